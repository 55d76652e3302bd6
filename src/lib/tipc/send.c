/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "tipc/tipc.h"

#include "family/row.h"

static ssize_t send_one(int fd, const struct sfam_addr *to, const void *buf,
			size_t len, struct sfam__deadline deadline)
{
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (len == 0 || (to && to->family != &sfam__family_tipc))
		return -EINVAL;
	if (to) {
		msg.msg_name = (void *)(uintptr_t)&to->storage;
		msg.msg_namelen = to->len;
	}
	return sfam__sys_sendmsg(fd, &msg, 0, deadline);
}

SFAM_PUBLIC ssize_t sfam_tipc_send(int fd, const struct sfam_addr *to,
				   const void *buf, size_t len,
				   int64_t timeout_ns)
{
	return send_one(fd, to, buf, len, sfam__deadline_in(timeout_ns));
}

/*
 * A refused connection is told by a hang-up, an accepted one by room for
 * more (tipc_poll() of net/tipc/socket.c).
 */
static int wait_until_accepted(int fd, struct sfam__deadline deadline)
{
	int error;
	int r = sfam__sys_wait(fd, POLLOUT, deadline);

	if (r < 0)
		return r;
	r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_ERROR, &error);
	return r < 0 ? r : -error;
}

SFAM_PUBLIC int sfam_tipc_connect_send(int fd, const struct sfam_addr *to,
				       const void *buf, size_t len,
				       int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	int r = sfam__tipc_connects(fd);
	struct sockaddr_tipc peer;
	socklen_t peer_len;
	ssize_t n;

	if (r <= 0)
		return r < 0 ? r : -EPROTOTYPE;
	if (!to)
		return -EINVAL;
	/* The kernel would cut it, and send a part only. */
	if (len > SFAM_TIPC_MESSAGE_MAX)
		return -EMSGSIZE;
	/* There it would send, whatever `to` is. */
	peer_len = sizeof(peer);
	if (sfam__sys_getpeername(fd, &peer, &peer_len) == 0)
		return -EISCONN;
	n = send_one(fd, to, buf, len, deadline);
	return n < 0 ? (int)n : wait_until_accepted(fd, deadline);
}
