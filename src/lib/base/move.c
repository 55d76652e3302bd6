/* SPDX-License-Identifier: MIT */
/* Bytes between descriptors of all kinds. */
#include "base/sys.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int sfam__sys_kind(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISSOCK(st.st_mode))
		return SFAM__KIND_SOCKET;
	if (S_ISFIFO(st.st_mode))
		return SFAM__KIND_PIPE;
	return S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) ? SFAM__KIND_FILE :
							    SFAM__KIND_OTHER;
}

int sfam__sys_pipe(int ret_fds[2])
{
	return pipe2(ret_fds, O_CLOEXEC) < 0 ? -errno : 0;
}

ssize_t sfam__sys_read(int fd, void *buf, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, buf, size);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t sfam__sys_pread(int fd, void *buf, size_t size, int64_t at)
{
	ssize_t n;

	do {
		n = pread(fd, buf, size, at);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t sfam__sys_write(int fd, const void *buf, size_t len)
{
	ssize_t n;

	do {
		n = write(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int64_t sfam__sys_position(int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);

	return at < 0 ? -errno : at;
}

int sfam__sys_set_position(int fd, int64_t at)
{
	return lseek(fd, at, SEEK_SET) < 0 ? -errno : 0;
}

ssize_t sfam__sys_sendfile(int out, int in, int64_t *at, size_t len)
{
	off_t here = *at;
	ssize_t n;

	do {
		n = sendfile(out, in, &here, len);
	} while (n < 0 && errno == EINTR);
	*at = here;
	return n < 0 ? -errno : n;
}

ssize_t sfam__sys_splice(int in, int out, size_t len, unsigned int flags)
{
	ssize_t n;
	int error;

	do {
		n = splice(in, NULL, out, NULL, len, flags);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	error = errno;
	return sfam__sys_is_end(in, error) ? 0 : -error;
}

void sfam__sys_hold_sigpipe(struct sfam__sigpipe *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, &s->mask);
	/* The caller's own can only wait if it was blocked before. */
	s->pending = sigismember(&s->mask, SIGPIPE) == 1 &&
		     sigpending(&set) == 0 && sigismember(&set, SIGPIPE) == 1;
}

void sfam__sys_release_sigpipe(const struct sfam__sigpipe *s, int result)
{
	const struct timespec now = { 0, 0 };
	sigset_t set;

	if (result == -EPIPE && !s->pending) {
		sigemptyset(&set);
		sigaddset(&set, SIGPIPE);
		while (sigtimedwait(&set, NULL, &now) < 0 && errno == EINTR)
			;
	}
	pthread_sigmask(SIG_SETMASK, &s->mask, NULL);
}
