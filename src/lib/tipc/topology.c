/* SPDX-License-Identifier: MIT */
/*
 * The kernel's topology service: a SEQPACKET server that takes
 * subscriptions and gives events (net/tipc/topsrv.c). It closes a connection
 * on which a subscription of another size or an empty range comes.
 */
#include "tipc/tipc.h"

#include "family/row.h"

#include <sockfam/socket.h>

/* Not in linux/tipc.h; net/tipc/subscr.h. Taken from anybody. */
#define NO_STATUS 0x80

#define SUB_FLAGS (SFAM_TIPC_SUB_ONCE | SFAM_TIPC_SUB_NEWS)
#define NS_PER_MS 1000000

SFAM_PUBLIC int sfam_tipc_topology_open(int64_t timeout_ns)
{
	const struct sockaddr_tipc server = {
		.family = AF_TIPC,
		.addrtype = TIPC_SERVICE_ADDR,
		.addr.name.name = { TIPC_TOP_SRV, TIPC_TOP_SRV },
	};
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_addr addr;
	int r = sfam_addr_from_sockaddr(&addr, &sfam__family_tipc,
					SOCK_SEQPACKET, 0, &server,
					sizeof(server), NULL);

	opts.timeout_ns = timeout_ns;
	return r < 0 ? r : sfam_open(&addr, SFAM_OPEN_CONNECT, &opts);
}

/* ----------------------------------------------------- subscriptions -- */

static int put_timeout(struct tipc_subscr *s, int64_t timeout_ns)
{
	int64_t ms = timeout_ns / NS_PER_MS + (timeout_ns % NS_PER_MS > 0);

	if (timeout_ns >= 0 && ms >= UINT32_MAX)
		return -EINVAL;
	s->timeout = timeout_ns < 0 ? (uint32_t)TIPC_WAIT_FOREVER :
				      (uint32_t)ms;
	return 0;
}

static int send_subscription(int fd, const struct sfam_tipc_subscription *sub,
			     uint32_t filter)
{
	struct tipc_subscr s = {
		.seq = { sub->type, sub->lower, sub->upper },
		.filter = filter,
	};
	struct iovec iov = { &s, sizeof(s) };
	const struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int r;
	ssize_t n;

	if (sub->lower > sub->upper || sub->flags & ~SUB_FLAGS)
		return -EINVAL;
	r = put_timeout(&s, sub->timeout_ns);
	if (r < 0)
		return r;
	s.filter |= sub->flags & SFAM_TIPC_SUB_ONCE ? TIPC_SUB_SERVICE :
						      TIPC_SUB_PORTS;
	if (sub->flags & SFAM_TIPC_SUB_NEWS)
		s.filter |= NO_STATUS;
	memcpy(s.usr_handle, &sub->tag, sizeof(sub->tag));
	n = sfam__sys_sendmsg(fd, &msg, 0, sfam__deadline_in(SFAM_FOREVER));
	return n < 0 ? (int)n : 0;
}

SFAM_PUBLIC int sfam_tipc_subscribe(int fd,
				    const struct sfam_tipc_subscription *sub)
{
	return send_subscription(fd, sub, 0);
}

/* All but this bit must be as it was (conn_rcv_sub() of topsrv.c). */
SFAM_PUBLIC int sfam_tipc_unsubscribe(int fd,
				      const struct sfam_tipc_subscription *sub)
{
	return send_subscription(fd, sub, TIPC_SUB_CANCEL);
}

/* ------------------------------------------------------------ events -- */

static void read_event(struct sfam_tipc_event *ret, const struct tipc_event *e)
{
	memset(ret, 0, sizeof(*ret));
	ret->type = e->s.seq.type;
	ret->lower = e->found_lower;
	ret->upper = e->found_upper;
	if (e->event == TIPC_SUBSCR_TIMEOUT)
		ret->change = SFAM_TIPC_SUB_OVER;
	else
		ret->change = e->event == TIPC_PUBLISHED ? SFAM_TIPC_UP :
							   SFAM_TIPC_DOWN;
	/* Of links it is both ends' bearers (tipc_node_link_up(), node.c). */
	if (e->s.seq.type == TIPC_LINK_STATE) {
		ret->bearer = e->port.ref & 0xffff;
		ret->peer_bearer = e->port.ref >> 16;
	} else {
		ret->ref = e->port.ref;
		ret->node = e->port.node;
	}
	memcpy(&ret->tag, e->s.usr_handle, sizeof(ret->tag));
}

SFAM_PUBLIC int sfam_tipc_event_recv(int fd, struct sfam_tipc_event *ret,
				     int64_t timeout_ns)
{
	struct sfam_tipc_received got;
	struct tipc_event event;
	int r = sfam_tipc_recv(fd, &event, sizeof(event), &got, timeout_ns);

	if (r == -EMSGSIZE)
		return -EBADMSG;
	if (r < 0)
		return r;
	if (got.kind == SFAM_TIPC_END)
		return -ENODATA;
	if (got.kind != SFAM_TIPC_MESSAGE || got.len != sizeof(event) ||
	    event.event < TIPC_PUBLISHED || event.event > TIPC_SUBSCR_TIMEOUT)
		return -EBADMSG;
	read_event(ret, &event);
	return 0;
}

/* -------------------------------------------------------------- wait -- */

static int wait_for(int fd, const struct sockaddr_tipc *name, uint32_t node,
		    struct sfam__deadline deadline)
{
	const struct sfam_tipc_subscription sub = {
		.type = name->addr.nameseq.type,
		.lower = name->addr.nameseq.lower,
		.upper = name->addr.nameseq.upper,
		.timeout_ns = SFAM_FOREVER,
	};
	struct sfam_tipc_event event;
	int r = sfam_tipc_subscribe(fd, &sub);

	while (r == 0) {
		r = sfam_tipc_event_recv(fd, &event,
					 sfam__deadline_left_ns(deadline));
		if (r == 0 && event.change == SFAM_TIPC_UP &&
		    (node == 0 || event.node == node))
			break;
	}
	return r;
}

SFAM_PUBLIC int sfam_tipc_wait(const struct sfam_addr *name,
			       int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	struct sockaddr_tipc as_given, range;
	uint32_t node = 0;
	int fd;
	int r = sfam__tipc_name_of(&range, name);

	if (r == 0)
		r = sfam__tipc_of(&as_given, name);
	if (r < 0)
		return r;
	if (as_given.addrtype == TIPC_SERVICE_ADDR)
		node = as_given.addr.name.domain;
	fd = sfam_tipc_topology_open(timeout_ns);
	if (fd < 0)
		return fd;
	r = wait_for(fd, &range, node, deadline);
	sfam__sys_close(fd);
	return r;
}
