/* SPDX-License-Identifier: MIT */
/*
 * Sends on sockets that were made O_NONBLOCK here: one system call each,
 * without the deadline of their siblings in sys.c.
 */
#include "base/sys.h"

ssize_t sfam__sys_send_now(int fd, const void *buf, size_t n, int flags)
{
	ssize_t r;

	do {
		r = send(fd, buf, n, flags);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

ssize_t sfam__sys_sendmsg_now(int fd, const struct msghdr *msg, int flags)
{
	ssize_t r;

	do {
		r = sendmsg(fd, msg, flags);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

ssize_t sfam__sys_ask(int fd, const void *in, size_t n, void *out, size_t size)
{
	ssize_t r = sfam__sys_send_now(fd, in, n, 0);

	if (__builtin_expect(r != (ssize_t)n, 0))
		return r < 0 ? r : -EIO;
	return sfam__sys_read(fd, out, size);
}

ssize_t sfam__sys_ask_msg(int fd, const struct msghdr *msg, size_t n,
			  void *out, size_t size)
{
	ssize_t r = sfam__sys_sendmsg_now(fd, msg, 0);

	if (__builtin_expect(r != (ssize_t)n, 0))
		return r < 0 ? r : -EIO;
	return sfam__sys_read(fd, out, size);
}
