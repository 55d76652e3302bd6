/* SPDX-License-Identifier: MIT */
/* Files, and whatever else read(2) reads. */
#include "base/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int sfam__sys_open_read(const char *path)
{
	int fd;

	do {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	} while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

ssize_t sfam__sys_read_by(int fd, void *buf, size_t n,
			  struct sfam__deadline deadline)
{
	ssize_t r;

	do {
		r = sfam__sys_wait(fd, POLLIN, deadline);
		if (r >= 0)
			r = sfam__sys_read(fd, buf, n);
	} while (r == -EAGAIN);	/* another reader was faster */
	return r;
}

ssize_t sfam__sys_readv(int fd, const struct iovec *iov, size_t count)
{
	ssize_t r;

	do {
		r = readv(fd, iov, (int)count);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

ssize_t sfam__sys_sendfile_here(int out, int in, size_t n)
{
	ssize_t r;

	do {
		r = sendfile(out, in, NULL, n);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

int64_t sfam__sys_file_left(int fd)
{
	struct stat st;
	off_t pos;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ESPIPE;
	pos = lseek(fd, 0, SEEK_CUR);
	if (pos < 0)
		return -errno;
	return st.st_size > pos ? st.st_size - pos : 0;
}
