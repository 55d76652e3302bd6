/* SPDX-License-Identifier: MIT */
/*
 * Sends and receives that do not wait, by MSG_DONTWAIT or on sockets that
 * were made O_NONBLOCK here: one system call each, without the deadline of
 * their siblings in sys.c.
 */
#include "base/sys.h"

#include <sys/uio.h>
#include <unistd.h>

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

ssize_t sfam__sys_recv_now(int fd, void *buf, size_t size, int flags)
{
	ssize_t r;

	do {
		r = recv(fd, buf, size, flags);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

/*
 * Of a question and its answer nothing is shared with the functions above:
 * a call of its own for each is 1 in 1000 of a small hash.
 */
static ssize_t not_all(ssize_t r)
{
	return r < 0 ? -errno : -EIO;
}

ssize_t sfam__sys_ask(int fd, const void *in, size_t n, void *out, size_t size)
{
	ssize_t r;

	do {
		r = send(fd, in, n, 0);
	} while (r < 0 && errno == EINTR);
	if (__builtin_expect(r != (ssize_t)n, 0))
		return not_all(r);
	do {
		r = read(fd, out, size);
	} while (r < 0 && errno == EINTR);
	return __builtin_expect(r < 0, 0) ? -errno : r;
}

static ssize_t read_answer(int fd, const struct sfam__answer *a)
{
	if (__builtin_expect(a->count == 1, 1))
		return read(fd, a->iov->iov_base, a->iov->iov_len);
	return readv(fd, a->iov, (int)a->count);
}

ssize_t sfam__sys_ask_msg(int fd, const struct msghdr *msg,
			  const struct sfam__answer *answer)
{
	ssize_t r;

	do {
		r = sendmsg(fd, msg, 0);
	} while (r < 0 && errno == EINTR);
	if (__builtin_expect(r != (ssize_t)answer->asked, 0))
		return not_all(r);
	do {
		r = read_answer(fd, answer);
	} while (r < 0 && errno == EINTR);
	return __builtin_expect(r < 0, 0) ? -errno : r;
}
