/* SPDX-License-Identifier: MIT */
/*
 * The traps, all of them measured (tests/unit/test-fdpass.c):
 * - A control buffer of CMSG_SPACE(one int) receives two descriptors, and
 *   no flag says so. So the buffer always has room for all that the kernel
 *   can send, and what the caller did not ask for is closed.
 * - When the receiver is out of descriptors the kernel installs some or
 *   none and sets MSG_CTRUNC, nothing more.
 */
#include <sys/uio.h>

#include "base/sys.h"

#include <sockfam/fdpass.h>

#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04		/* linux/socket.h since 6.5 */
#endif

/* Room for credentials, a security label and time stamps beside them. */
#define OTHER_CONTROL 512

union send_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int) * SFAM_FDPASS_MAX)];
};

union recv_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int) * SFAM_FDPASS_MAX) + OTHER_CONTROL];
};

static int is_stream(int sock, bool *ret)
{
	int type;
	int r = sfam__sys_getsockopt_int(sock, SOL_SOCKET, SO_TYPE, &type);

	if (r == 0)
		*ret = type == SOCK_STREAM;
	return r;
}

static void put_fds(struct msghdr *msg, union send_control *c, const int *fds,
		    size_t n)
{
	struct cmsghdr *h = &c->align;

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(h), fds, n * sizeof(int));
	msg->msg_control = c;
	msg->msg_controllen = CMSG_SPACE(n * sizeof(int));
}

SFAM_PUBLIC ssize_t sfam_fdpass_send(int sock, const int *fds, size_t n_fds,
				     const void *buf, size_t len,
				     int64_t timeout_ns)
{
	union send_control control;
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	bool stream = false;
	int r;

	if (n_fds == 0 || n_fds > SFAM_FDPASS_MAX)
		return -EINVAL;
	if (len == 0) {
		r = is_stream(sock, &stream);
		if (r < 0)
			return r;
		if (stream)
			return -EINVAL;
	}
	memset(&control, 0, sizeof(control));
	put_fds(&msg, &control, fds, n_fds);
	return sfam__sys_sendmsg(sock, &msg, 0, sfam__deadline_in(timeout_ns));
}

static size_t copy_ints(const struct cmsghdr *h, int *ret)
{
	size_t bytes = h->cmsg_len - CMSG_LEN(0);

	memcpy(ret, CMSG_DATA(h), bytes);
	return bytes / sizeof(int);
}

/*
 * All descriptors of the message, in order; returns how many. A pidfd of
 * the sender (SO_PASSPIDFD) is not one that was passed: nobody here wants
 * it, and it must not stay open.
 */
static size_t take_fds(struct msghdr *msg, int *fds)
{
	struct cmsghdr *h;
	size_t n = 0;
	int pidfd;

	for (h = CMSG_FIRSTHDR(msg); h; h = CMSG_NXTHDR(msg, h)) {
		if (h->cmsg_level != SOL_SOCKET)
			continue;
		if (h->cmsg_type == SCM_RIGHTS)
			n += copy_ints(h, fds + n);
		else if (h->cmsg_type == SCM_PIDFD &&
			 copy_ints(h, &pidfd) == 1 && pidfd >= 0)
			sfam__sys_close(pidfd);
	}
	return n;
}

static ssize_t reject(const int *fds, size_t n, int error)
{
	while (n)
		sfam__sys_close(fds[--n]);
	return error;
}

SFAM_PUBLIC ssize_t sfam_fdpass_recv(int sock, int *ret_fds, size_t max_fds,
				     size_t *ret_n_fds, void *buf, size_t size,
				     int64_t timeout_ns)
{
	union recv_control control;
	/* The kernel merges what it received into one item of at most 253. */
	int fds[SFAM_FDPASS_MAX + OTHER_CONTROL / sizeof(int)];
	struct iovec iov = { buf, size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len;
	size_t n;

	if (max_fds > SFAM_FDPASS_MAX)
		return -EINVAL;
	len = sfam__sys_recvmsg(sock, &msg, 0, sfam__deadline_in(timeout_ns));
	if (len < 0)
		return len;
	n = take_fds(&msg, fds);
	if (msg.msg_flags & MSG_CTRUNC)
		return reject(fds, n, -EMFILE);
	if (n > max_fds)
		return reject(fds, n, -E2BIG);
	if (msg.msg_flags & MSG_TRUNC)
		return reject(fds, n, -EMSGSIZE);
	memcpy(ret_fds, fds, n * sizeof(int));
	*ret_n_fds = n;
	return len;
}
