/* SPDX-License-Identifier: MIT */
#include "tipc/tipc.h"

SFAM_PUBLIC int sfam_tipc_group_join(int fd, const struct sfam_addr *member,
				     uint32_t flags)
{
	struct tipc_group_req req;
	struct sockaddr_tipc tipc;
	int r = sfam__tipc_of(&tipc, member);

	if (r < 0)
		return r;
	if (tipc.addrtype != TIPC_SERVICE_ADDR || tipc.scope < 0 ||
	    flags & ~(SFAM_TIPC_GROUP_EVENTS | SFAM_TIPC_GROUP_LOOPBACK))
		return -EINVAL;
	r = sfam__tipc_connects(fd);
	if (r != 0)
		return r < 0 ? r : -EPROTOTYPE;
	memset(&req, 0, sizeof(req));
	req.type = tipc.addr.name.name.type;
	req.instance = tipc.addr.name.name.instance;
	/* As of bind: all but the node's is the cluster's. */
	req.scope = tipc.scope == TIPC_NODE_SCOPE ? TIPC_NODE_SCOPE :
						    TIPC_CLUSTER_SCOPE;
	if (flags & SFAM_TIPC_GROUP_EVENTS)
		req.flags |= TIPC_GROUP_MEMBER_EVTS;
	if (flags & SFAM_TIPC_GROUP_LOOPBACK)
		req.flags |= TIPC_GROUP_LOOPBACK;
	return sfam__sys_setsockopt(fd, SOL_TIPC, TIPC_GROUP_JOIN, &req,
				    sizeof(req));
}

SFAM_PUBLIC int sfam_tipc_group_leave(int fd)
{
	return sfam__sys_setsockopt(fd, SOL_TIPC, TIPC_GROUP_LEAVE, NULL, 0);
}
