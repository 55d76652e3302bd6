/* SPDX-License-Identifier: MIT */
/* Messages to a J1939 socket, whole. */
#include "can/j1939.h"

#include <poll.h>

/* The kernel takes so many bytes at once, each part for so much memory. */
#define PART_BYTES 1785
#define PART_ROOM 4608

/*
 * Room for all parts in the half of the send buffer that poll(2) waits for
 * (sock_writeable() in include/net/sock.h). The kernel doubles what is set.
 */
static int make_room(int fd, size_t len)
{
	int need = (int)((len + PART_BYTES - 1) / PART_BYTES * PART_ROOM);
	int have = 0;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_SNDBUF, &have);

	if (r < 0 || have / 2 >= need)
		return r;
	r = sfam__sys_setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &need,
				 sizeof(need));
	if (r == -EPERM)
		r = sfam__sys_setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &need,
					 sizeof(need));
	if (r == 0)
		r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_SNDBUF, &have);
	if (r < 0)
		return r;
	return have / 2 >= need ? 0 : -ENOBUFS;
}

static int wait_for_room(int fd, size_t len, struct sfam__deadline deadline)
{
	int r = make_room(fd, len);

	if (r == 0)
		r = sfam__sys_wait(fd, POLLOUT, deadline);
	return r < 0 ? r : 0;
}

SFAM_PUBLIC int sfam_j1939_send(int fd, const void *buf, size_t len,
				const struct sfam_addr *to, int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;
	int r = 0;

	/*
	 * j1939_session_skb_get() in net/can/j1939/transport.c finds nothing
	 * in an empty message, and close(2) waits for it for ever.
	 */
	if (len == 0)
		return -EINVAL;
	if (len > SFAM_J1939_SIZE_MAX)
		return -EMSGSIZE;
	if (to) {
		msg.msg_name = (void *)(uintptr_t)sfam_addr_sockaddr(to);
		msg.msg_namelen = to->len;
	}
	if (len > PART_BYTES)
		r = wait_for_room(fd, len, deadline);
	if (r < 0)
		return r;
	n = sfam__sys_sendmsg(fd, &msg, 0, deadline);
	if (n < 0)
		return (int)n;
	return (size_t)n == len ? 0 : -EIO;
}
