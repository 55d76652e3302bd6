/* SPDX-License-Identifier: MIT */
#include "base/sys.h"
#include "family/row.h"

#include <sockfam/socket.h>

/* Only SOCK_SEQPACKET can have the fault: one cheap question for most. */
static bool leaves_half_messages(int fd)
{
	const struct sfam_family *f;
	int type = 0;

	return sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type) == 0 &&
	       type == SOCK_SEQPACKET && sfam_family_by_fd(&f, fd) == 0 &&
	       f->flags & SFAM_ROW_HALF_MESSAGES;
}

SFAM_PUBLIC int sfam_send_all(int fd, const void *buf, size_t len, int flags,
			      int64_t timeout_ns, size_t *ret_sent)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	bool whole = leaves_half_messages(fd);
	size_t sent = 0;
	ssize_t n = 0;

	do {
		struct iovec iov = { (char *)(uintptr_t)buf + sent,
				     len - sent };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

		n = whole ?
		    sfam__sys_sendmsg_whole(fd, &msg, flags, deadline) :
		    sfam__sys_sendmsg(fd, &msg, flags, deadline);
		if (n > 0)
			sent += (size_t)n;
	} while (n > 0 && sent < len);
	if (ret_sent)
		*ret_sent = sent;
	if (n < 0)
		return (int)n;
	return sent < len ? -EIO : 0;	/* a send of nothing: never seen */
}

SFAM_PUBLIC int sfam_recv_exact(int fd, void *buf, size_t len,
				int64_t timeout_ns, size_t *ret_got)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	size_t got = 0;
	ssize_t n = 1;

	while (n > 0 && got < len) {
		struct iovec iov = { (char *)buf + got, len - got };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

		n = sfam__sys_recvmsg(fd, &msg, 0, deadline);
		if (n > 0)
			got += (size_t)n;
	}
	if (ret_got)
		*ret_got = got;
	if (n < 0)
		return (int)n;
	return got < len ? -ENODATA : 0;
}

SFAM_PUBLIC ssize_t sfam_recv(int fd, void *buf, size_t size,
			      int64_t timeout_ns, struct sfam_addr *ret_from)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	struct sockaddr_storage ss;
	struct iovec iov = { buf, size };
	struct msghdr msg = {
		.msg_name = ret_from ? &ss : NULL,
		.msg_namelen = ret_from ? sizeof(ss) : 0,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;
	int r;

	n = sfam__sys_recvmsg(fd, &msg, 0, deadline);
	if (n < 0)
		return n;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	if (ret_from) {
		r = sfam__addr_of_fd(ret_from, fd, &ss, msg.msg_namelen);
		if (r < 0)
			return r;
	}
	return n;
}
