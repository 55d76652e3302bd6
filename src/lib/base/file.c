/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

int sfam__sys_fstat(int fd, struct stat *ret)
{
	return fstat(fd, ret) < 0 ? -errno : 0;
}

int sfam__sys_fcntl(int fd, int cmd, int arg)
{
	int r = fcntl(fd, cmd, arg);

	return r < 0 ? -errno : r;
}

int sfam__sys_dup_to(int fd, int to)
{
	int r;

	do {
		r = dup2(fd, to);
	} while (r < 0 && (errno == EINTR || errno == EBUSY));
	return r < 0 ? -errno : 0;
}

int sfam__sys_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;
	ssize_t n;

	for (; len; p += n, len -= (size_t)n) {
		n = sfam__sys_write(fd, p, len);
		if (n < 0)
			return (int)n;
	}
	return 0;
}

/* Leaves out n bytes; *count, and what is returned, is what is left. */
static struct iovec *advance(struct iovec *iov, size_t *count, size_t n)
{
	for (; *count && n >= iov->iov_len; iov++, (*count)--)
		n -= iov->iov_len;
	if (*count) {
		iov->iov_base = (char *)iov->iov_base + n;
		iov->iov_len -= n;
	}
	return iov;
}

int sfam__sys_writev_all(int fd, struct iovec *iov, size_t count,
			 size_t *ret_done)
{
	ssize_t n;
	int r;

	*ret_done = 0;
	while (count) {
		n = writev(fd, iov, (int)count);
		if (n >= 0) {
			*ret_done += (size_t)n;
			iov = advance(iov, &count, (size_t)n);
			continue;
		}
		r = errno == EINTR ? 0 : -errno;
		if (r == -EAGAIN)
			r = sfam__sys_wait(fd, POLLOUT, sfam__deadline_in(-1));
		if (r < 0)
			return r;
	}
	return 0;
}

int sfam__sys_memfd(const char *name, unsigned int flags)
{
	int fd = memfd_create(name, flags);

	return fd < 0 ? -errno : fd;
}

int sfam__sys_map(int fd, size_t len, const void **ret)
{
	void *map = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	*ret = map;
	return 0;
}

int sfam__sys_map_shared(int fd, size_t len, void **ret)
{
	void *map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	*ret = map;
	return 0;
}

int sfam__sys_unmap(const void *map, size_t len)
{
	return munmap((void *)(uintptr_t)map, len) < 0 ? -errno : 0;
}
