/* SPDX-License-Identifier: MIT */
/*
 * One message, with all that the kernel says of it in three places: control
 * messages, flags, and a second address (tipc_recvmsg() and what it calls,
 * net/tipc/socket.c).
 */
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

/* What the control messages say. */
struct told {
	uint32_t cause;
	struct tipc_service_range name;
	const void *returned;
	size_t returned_len;
};

static void note_control(struct told *told, int type, const void *data,
			 size_t len)
{
	switch (type) {
	case TIPC_ERRINFO:
		if (len >= sizeof(told->cause))
			memcpy(&told->cause, data, sizeof(told->cause));
		break;
	case TIPC_RETDATA:
		told->returned = data;
		told->returned_len = len;
		break;
	case TIPC_DESTNAME:
		if (len >= sizeof(told->name))
			memcpy(&told->name, data, sizeof(told->name));
		break;
	}
}

static void note_controls(struct told *told, const struct msghdr *msg)
{
	const unsigned char *p = msg->msg_control;
	size_t left = msg->msg_controllen;
	const struct cmsghdr *cmsg;
	size_t len;

	while ((cmsg = sfam__cmsg_step(&p, &left, &len)) != NULL)
		if (cmsg->cmsg_level == SOL_TIPC)
			note_control(told, cmsg->cmsg_type, CMSG_DATA(cmsg),
				     len);
}

/* All of *ret but kind, len and what is told. */
static void note_sender(struct sfam_tipc_received *ret,
			const struct msghdr *msg)
{
	const struct addresses *a = msg->msg_name;

	memset(ret, 0, sizeof(*ret));
	ret->from.family = &sfam__family_tipc;
	ret->from.type = sfam__family_tipc.type;
	if (msg->msg_namelen >= sizeof(a->sock)) {
		memcpy(&ret->from.storage, &a->sock, sizeof(a->sock));
		ret->from.len = sizeof(a->sock);
	}
	if (msg->msg_namelen >= sizeof(*a)) {
		ret->member_type = a->member.addr.name.name.type;
		ret->member_instance = a->member.addr.name.name.instance;
	}
}

/* A message of ours that came back, or the end of a connection. */
static int note_returned(int fd, struct sfam_tipc_received *ret,
			 const struct told *told, const struct msghdr *msg)
{
	int connects = sfam__tipc_connects(fd);

	if (connects < 0)
		return connects;
	if (told->returned_len > msg->msg_iov->iov_len)
		return -EMSGSIZE;
	if (told->returned_len)
		memcpy(msg->msg_iov->iov_base, told->returned,
		       told->returned_len);
	note_sender(ret, msg);
	ret->kind = connects ? SFAM_TIPC_END : SFAM_TIPC_REJECTED;
	ret->len = told->returned_len;
	return 0;
}

/*
 * A member's coming or going is MSG_OOB, and the kernel's own struct of it
 * is in the buffer, cut if that is short.
 */
static int note(int fd, struct sfam_tipc_received *ret,
		const struct msghdr *msg, size_t n)
{
	struct told told = { .cause = 0 };
	int r = 0;

	if (msg->msg_controllen)
		note_controls(&told, msg);
	if (told.cause) {
		r = note_returned(fd, ret, &told, msg);
	} else if (msg->msg_flags & MSG_OOB) {
		note_sender(ret, msg);
		ret->kind = msg->msg_flags & MSG_EOR ? SFAM_TIPC_LEFT :
						       SFAM_TIPC_JOINED;
	} else if (msg->msg_flags & MSG_TRUNC) {
		r = -EMSGSIZE;
	} else {
		note_sender(ret, msg);
		ret->kind = n ? SFAM_TIPC_MESSAGE : SFAM_TIPC_END;
		ret->len = n;
	}
	if (r < 0)
		return r;
	ret->cause = told.cause;
	ret->name_type = told.name.type;
	ret->name_lower = told.name.lower;
	ret->name_upper = told.name.upper;
	return 0;
}

/*
 * Long past, but poll(2) is asked once: after the end of a connection it alone
 * tells of that (sfam__sys_recvmsg()).
 */
static const struct sfam__deadline now = { 1 };

SFAM_PUBLIC int sfam_tipc_recv(int fd, void *buf, size_t size,
			       struct sfam_tipc_received *ret,
			       int64_t timeout_ns)
{
	size_t control[CONTROL_SIZE / sizeof(size_t)];
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
	ssize_t n = sfam__sys_recvmsg(fd, &msg, 0, timeout_ns ?
				      sfam__deadline_in(timeout_ns) : now);

	return n < 0 ? (int)n : note(fd, ret, &msg, (size_t)n);
}
