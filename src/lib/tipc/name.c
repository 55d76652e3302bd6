/* SPDX-License-Identifier: MIT */
/* Names that sockets have: bound, taken back, and had by one alone. */
#include "tipc/tipc.h"

#include "family/row.h"

int sfam__tipc_of(struct sockaddr_tipc *ret, const struct sfam_addr *addr)
{
	if (addr->family != &sfam__family_tipc)
		return -EAFNOSUPPORT;
	sfam__addr_get(addr, ret, sizeof(*ret));
	return 0;
}

int sfam__tipc_name_of(struct sockaddr_tipc *ret, const struct sfam_addr *addr)
{
	struct sockaddr_tipc tipc;
	int r = sfam__tipc_of(&tipc, addr);

	if (r < 0)
		return r;
	if (tipc.addrtype == TIPC_SOCKET_ADDR || tipc.scope < 0)
		return -EINVAL;
	if (tipc.addrtype == TIPC_SERVICE_ADDR) {
		tipc.addrtype = TIPC_SERVICE_RANGE;
		tipc.addr.nameseq.upper = tipc.addr.nameseq.lower;
	}
	*ret = tipc;
	return 0;
}

int sfam__tipc_connects(int fd)
{
	int type;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);

	return r < 0 ? r : type == SOCK_SEQPACKET || type == SOCK_STREAM;
}

/* ------------------------------------------------------------- alone -- */

/*
 * How many bindings in the range there are. Those of the moment are told
 * before the timer of the subscription is set (tipc_sub_subscribe() of
 * net/tipc/subscr.c), so its end is the end of the list.
 */
static int count_bindings(int topology, const struct sockaddr_tipc *name,
			  struct sfam__deadline deadline)
{
	const struct sfam_tipc_subscription sub = {
		.type = name->addr.nameseq.type,
		.lower = name->addr.nameseq.lower,
		.upper = name->addr.nameseq.upper,
	};
	struct sfam_tipc_event event;
	int n = 0;
	int r = sfam_tipc_subscribe(topology, &sub);

	while (r == 0) {
		r = sfam_tipc_event_recv(topology, &event,
					 sfam__deadline_left_ns(deadline));
		if (r == 0 && event.change == SFAM_TIPC_SUB_OVER)
			return n;
		if (r == 0)
			n += event.change == SFAM_TIPC_UP ? 1 : -1;
	}
	return r;
}

/* -EADDRINUSE: there are more than `own` bindings in the range. */
static int check_alone(int topology, const struct sockaddr_tipc *name, int own,
		       struct sfam__deadline deadline)
{
	int n = count_bindings(topology, name, deadline);

	if (n < 0)
		return n;
	return n > own ? -EADDRINUSE : 0;
}

static int unbind(int fd, struct sockaddr_tipc name)
{
	/* Scope 0 is the cluster's too, and cannot be negative. */
	name.scope = name.scope == TIPC_NODE_SCOPE ? -TIPC_NODE_SCOPE :
						     -TIPC_CLUSTER_SCOPE;
	return sfam__sys_bind(fd, &name, sizeof(name));
}

static int bind_alone(int fd, const struct sockaddr_tipc *name,
		      int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	int topology = sfam_tipc_topology_open(timeout_ns);
	int r;

	if (topology < 0)
		return topology;
	r = check_alone(topology, name, 0, deadline);
	if (r == 0)
		r = sfam__sys_bind(fd, name, sizeof(*name));
	if (r == 0) {
		r = check_alone(topology, name, 1, deadline);
		if (r < 0)
			unbind(fd, *name);
	}
	sfam__sys_close(topology);
	return r;
}

/* -------------------------------------------------------------- bind -- */

SFAM_PUBLIC int sfam_tipc_bind(int fd, const struct sfam_addr *name,
			       uint32_t flags, int64_t timeout_ns)
{
	struct sockaddr_tipc tipc;
	int r = sfam__tipc_name_of(&tipc, name);

	if (r < 0)
		return r;
	if (flags & ~SFAM_TIPC_BIND_EXCLUSIVE)
		return -EINVAL;
	return flags & SFAM_TIPC_BIND_EXCLUSIVE ?
	       bind_alone(fd, &tipc, timeout_ns) :
	       sfam__sys_bind(fd, &tipc, sizeof(tipc));
}

SFAM_PUBLIC int sfam_tipc_unbind(int fd, const struct sfam_addr *name)
{
	struct sockaddr_tipc tipc;
	int r;

	/* No address withdraws everything (tipc_bind() of socket.c). */
	if (!name)
		return sfam__sys_bind(fd, NULL, 0);
	r = sfam__tipc_name_of(&tipc, name);
	return r < 0 ? r : unbind(fd, tipc);
}
