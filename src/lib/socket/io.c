/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <sys/uio.h>

#include "base/sys.h"
#include "family/row.h"
#include "socket/message.h"

#include <sockfam/cmsg.h>
#include <sockfam/socket.h>

/* What is left of a cut iovec goes on in pieces of so many. */
#define WINDOW 16

#define RECV_FLAGS (MSG_PEEK | MSG_OOB | MSG_TRUNC | MSG_CTRUNC)

/* -------------------------------------------------------------- send -- */

/* Only SOCK_SEQPACKET can have the fault: one cheap question for most. */
static bool leaves_half_messages(int fd)
{
	const struct sfam_family *f;
	int type = 0;

	return sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type) == 0 &&
	       type == SOCK_SEQPACKET &&
	       sfam__family_of_type(&f, fd, type) == 0 &&
	       f->traits & SFAM_TRAIT_HALF_MESSAGES;
}

/* Where a send goes on: at byte skip of iov[0]. */
struct rest {
	const struct iovec *iov;
	size_t n;
	size_t skip;
};

static void advance(struct rest *rest, size_t sent)
{
	rest->skip += sent;
	while (rest->n && rest->skip >= rest->iov->iov_len) {
		rest->skip -= rest->iov->iov_len;
		rest->iov++;
		rest->n--;
	}
}

/* The caller's own array, unless a send ended inside a buffer. */
static void point_at(struct msghdr *msg, struct iovec *window,
		     const struct rest *rest)
{
	msg->msg_iov = (struct iovec *)(uintptr_t)rest->iov;
	msg->msg_iovlen = rest->n;
	if (!rest->skip)
		return;
	if (msg->msg_iovlen > WINDOW)
		msg->msg_iovlen = WINDOW;
	memcpy(window, rest->iov, msg->msg_iovlen * sizeof(*window));
	window->iov_base = (char *)window->iov_base + rest->skip;
	window->iov_len -= rest->skip;
	msg->msg_iov = window;
}

static ssize_t send_once(int fd, const struct msghdr *msg, int flags,
			 bool whole, struct sfam__deadline deadline)
{
	return whole ? sfam__sys_sendmsg_whole(fd, msg, flags, deadline) :
		       sfam__sys_sendmsg(fd, msg, flags, deadline);
}

static int send_rest(int fd, struct rest *rest, size_t len, int flags,
		     int64_t timeout_ns, size_t *ret_sent)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	bool whole = leaves_half_messages(fd);
	struct msghdr msg = { .msg_iov = NULL };
	struct iovec window[WINDOW];
	size_t sent = 0;
	ssize_t n;

	do {
		point_at(&msg, window, rest);
		n = send_once(fd, &msg, flags, whole, deadline);
		if (n > 0) {
			sent += (size_t)n;
			if (sent < len)
				advance(rest, (size_t)n);
		}
	} while (n > 0 && sent < len);
	if (ret_sent)
		*ret_sent = sent;
	if (n < 0)
		return (int)n;
	return sent < len ? -EIO : 0;	/* a send of nothing: never seen */
}

SFAM_PUBLIC int sfam_send_all(int fd, const void *buf, size_t len, int flags,
			      int64_t timeout_ns, size_t *ret_sent)
{
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct rest rest = { &iov, 1, 0 };

	return send_rest(fd, &rest, len, flags, timeout_ns, ret_sent);
}

/* -EINVAL where the sum is none, as sendmsg(2) has it. */
static int sum_of(const struct iovec *iov, size_t n, size_t *ret_len)
{
	size_t len = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (__builtin_add_overflow(len, iov[i].iov_len, &len))
			return -EINVAL;
	*ret_len = len;
	return 0;
}

SFAM_PUBLIC int sfam_sendv_all(int fd, const struct iovec *iov, size_t n,
			       int flags, int64_t timeout_ns,
			       size_t *ret_sent)
{
	struct rest rest = { iov, n, 0 };
	size_t len = 0;
	int r = n > IOV_MAX ? -EMSGSIZE : sum_of(iov, n, &len);

	if (r == 0)
		return send_rest(fd, &rest, len, flags, timeout_ns, ret_sent);
	if (ret_sent)
		*ret_sent = 0;
	return r;
}

SFAM_PUBLIC ssize_t sfam_sendmsg(int fd, const struct msghdr *msg, int flags,
				 int64_t timeout_ns)
{
	return send_once(fd, msg, flags, leaves_half_messages(fd),
			 sfam__deadline_in(timeout_ns));
}

SFAM_PUBLIC ssize_t sfam_send(int fd, const void *buf, size_t len, int flags,
			      int64_t timeout_ns, const struct sfam_addr *to)
{
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (to) {
		msg.msg_name = (void *)(uintptr_t)&to->storage;
		msg.msg_namelen = to->len;
	}
	return sfam_sendmsg(fd, &msg, flags, timeout_ns);
}

/* ----------------------------------------------------------- receive -- */

static ssize_t recv_some(int fd, void *buf, size_t size, int flags,
			 struct sfam__deadline deadline)
{
	struct iovec iov = { buf, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sfam__recvmsg(fd, &msg, flags, deadline);
}

/* Until len bytes or the end. Returns 1 if it was the end. */
static int recv_up_to(int fd, void *buf, size_t len,
		      struct sfam__deadline deadline, size_t *got)
{
	ssize_t n = 1;

	while (n > 0 && *got < len) {
		n = recv_some(fd, (char *)buf + *got, len - *got, 0, deadline);
		if (n > 0)
			*got += (size_t)n;
	}
	return n < 0 ? (int)n : n == 0;
}

SFAM_PUBLIC int sfam_recv_exact(int fd, void *buf, size_t len,
				int64_t timeout_ns, size_t *ret_got)
{
	size_t got = 0;
	int r = recv_up_to(fd, buf, len, sfam__deadline_in(timeout_ns), &got);

	if (ret_got)
		*ret_got = got;
	return r > 0 ? -ENODATA : r;
}

SFAM_PUBLIC int sfam_recv_until_end(int fd, void *buf, size_t size,
				    int64_t timeout_ns, size_t *ret_got)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	size_t got = 0;
	int r = recv_up_to(fd, buf, size, deadline, &got);
	ssize_t n;
	char more;

	if (r == 0) {
		n = recv_some(fd, &more, 1, MSG_PEEK, deadline);
		r = n > 0 ? -EMSGSIZE : (int)n;
	}
	if (ret_got)
		*ret_got = got;
	return r < 0 ? r : 0;
}

SFAM_PUBLIC ssize_t sfam_recvv(int fd, const struct iovec *iov, size_t n,
			       int flags, int64_t timeout_ns,
			       struct sfam_addr *ret_from)
{
	struct sockaddr_storage ss;
	struct msghdr msg = {
		.msg_name = ret_from ? &ss : NULL,
		.msg_namelen = ret_from ? sizeof(ss) : 0,
		.msg_iov = (struct iovec *)(uintptr_t)iov,
		.msg_iovlen = n,
	};
	ssize_t len;
	int r;

	if (flags & ~RECV_FLAGS)
		return -EINVAL;
	len = sfam__recvmsg(fd, &msg, flags, sfam__deadline_in(timeout_ns));
	if (len < 0)
		return len;
	if (ret_from) {
		r = sfam__addr_of_fd(ret_from, fd, &ss, msg.msg_namelen);
		if (r < 0)
			return r;
	}
	return len;
}

SFAM_PUBLIC ssize_t sfam_recv(int fd, void *buf, size_t size,
			      int64_t timeout_ns, struct sfam_addr *ret_from)
{
	const struct iovec iov = { buf, size };

	return sfam_recvv(fd, &iov, 1, 0, timeout_ns, ret_from);
}
