/* SPDX-License-Identifier: MIT */
/*
 * One message, with all that the kernel says of it in three places: control
 * messages, flags, and a second address (tipc_recvmsg() and what it calls,
 * net/tipc/socket.c).
 */
#include <poll.h>

#include "tipc/tipc.h"

#include "family/row.h"
#include "socket/cmsg-layout.h"

/* TIPC_ERRINFO, TIPC_RETDATA (MAX_FORWARD_SIZE of msg.c), TIPC_DESTNAME. */
#define RETURNED_MAX 1024
#define CONTROL_SIZE (CMSG_SPACE(8) + CMSG_SPACE(RETURNED_MAX) + CMSG_SPACE(12))

/* In a group the kernel fills both. */
struct addresses {
	struct sockaddr_tipc sock;
	struct sockaddr_tipc member;
};

struct returned {
	const void *data;
	size_t len;
};

static void note_control(struct sfam_tipc_received *ret,
			 struct returned *returned, int type, const void *data,
			 size_t len)
{
	uint32_t words[3] = { 0, 0, 0 };

	memcpy(words, data, len < sizeof(words) ? len : sizeof(words));
	switch (type) {
	case TIPC_ERRINFO:
		ret->cause = words[0];
		break;
	case TIPC_RETDATA:
		returned->data = data;
		returned->len = len;
		break;
	case TIPC_DESTNAME:
		ret->name_type = words[0];
		ret->name_lower = words[1];
		ret->name_upper = words[2];
		break;
	}
}

static void note_controls(struct sfam_tipc_received *ret,
			  struct returned *returned, const struct msghdr *msg)
{
	const unsigned char *p = msg->msg_control;
	size_t left = msg->msg_controllen;
	const struct cmsghdr *cmsg;
	size_t len;

	while ((cmsg = sfam__cmsg_step(&p, &left, &len)) != NULL)
		if (cmsg->cmsg_level == SOL_TIPC)
			note_control(ret, returned, cmsg->cmsg_type,
				     CMSG_DATA(cmsg), len);
}

static void clear(struct sfam_tipc_received *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->from.family = &sfam__family_tipc;
	ret->from.type = sfam__family_tipc.type;
}

static void note_addresses(struct sfam_tipc_received *ret,
			   const struct addresses *a, socklen_t len)
{
	if (len >= sizeof(a->sock))
		sfam__addr_set(&ret->from, &a->sock, sizeof(a->sock));
	if (len >= sizeof(*a)) {
		ret->member_type = a->member.addr.name.name.type;
		ret->member_instance = a->member.addr.name.name.instance;
	}
}

/* Returns -EMSGSIZE if buf has no room for it. */
static int note_returned(int fd, struct sfam_tipc_received *ret,
			 const struct returned *returned, void *buf,
			 size_t size)
{
	int connects = sfam__tipc_connects(fd);

	if (connects < 0)
		return connects;
	if (returned->len > size)
		return -EMSGSIZE;
	if (returned->len)
		memcpy(buf, returned->data, returned->len);
	ret->len = returned->len;
	ret->kind = connects ? SFAM_TIPC_END : SFAM_TIPC_REJECTED;
	return 0;
}

/*
 * A member's coming or going is MSG_OOB, and the kernel's own struct of it
 * is in the buffer, cut if that is short: so the event comes before
 * MSG_TRUNC.
 */
static int note(int fd, struct sfam_tipc_received *ret,
		const struct msghdr *msg, size_t n, size_t size)
{
	struct returned returned = { NULL, 0 };

	clear(ret);
	note_addresses(ret, msg->msg_name, msg->msg_namelen);
	if (msg->msg_controllen)
		note_controls(ret, &returned, msg);
	if (ret->cause)
		return note_returned(fd, ret, &returned, msg->msg_iov->iov_base,
				     size);
	if (msg->msg_flags & MSG_OOB) {
		ret->kind = msg->msg_flags & MSG_EOR ? SFAM_TIPC_LEFT :
						       SFAM_TIPC_JOINED;
		return 0;
	}
	ret->len = n;
	ret->kind = n ? SFAM_TIPC_MESSAGE : SFAM_TIPC_END;
	return msg->msg_flags & MSG_TRUNC ? -EMSGSIZE : 0;
}

/*
 * After the end of a connection the kernel says EAGAIN or ENOTCONN, and a
 * blocking receive might wait for ever (tipc_wait_for_rcvmsg()); poll tells.
 * Returns 1 for that end, 0 to try again.
 */
static int wait_or_end(int fd, bool *last, struct sfam__deadline deadline)
{
	int r;

	if (*last)
		return 1;
	r = sfam__sys_wait(fd, POLLIN, deadline);
	/* What came before it is still to be received. */
	*last = r > 0 && r & POLLHUP;
	return r < 0 ? r : 0;
}

static int told_again(struct sfam_tipc_received *ret)
{
	clear(ret);
	ret->kind = SFAM_TIPC_END;
	return 0;
}

SFAM_PUBLIC int sfam_tipc_recv(int fd, void *buf, size_t size,
			       struct sfam_tipc_received *ret,
			       int64_t timeout_ns)
{
	const struct sfam__deadline now = sfam__deadline_in(0);
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	size_t control[CONTROL_SIZE / sizeof(size_t)];
	struct sfam_tipc_received got;
	struct addresses from;
	struct iovec iov = { buf, size };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	bool last = false;
	ssize_t n;
	int r;

	while ((n = sfam__sys_recvmsg(fd, &msg, 0, now)) < 0) {
		if (n != -ETIMEDOUT)
			return (int)n;
		r = wait_or_end(fd, &last, deadline);
		if (r != 0)
			return r < 0 ? r : told_again(ret);
	}
	r = note(fd, &got, &msg, (size_t)n, size);
	if (r == 0)
		*ret = got;
	return r;
}
