/* SPDX-License-Identifier: MIT */
/* net/netlink/diag.c. The kernel's own sockets have port 0 and no inode. */
#include <sys/socket.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>

#include "diag.h"

#define ATTRS NETLINK_DIAG_GROUPS

static int netlink_request(struct nl_msg *msg, const struct sfam__diag *row)
{
	struct netlink_diag_req req = {
		.sdiag_family = AF_NETLINK,
		.sdiag_protocol = NDIAG_PROTO_ALL,
		.ndiag_show = NDIAG_SHOW_MEMINFO | NDIAG_SHOW_GROUPS,
	};

	(void)row;
	return nlmsg_append(msg, &req, sizeof(req), NLMSG_ALIGNTO);
}

/* Groups above 32 have no place in an address. 1 if there is any. */
static int read_groups(struct sockaddr_nl *sa, const struct nlattr *attr)
{
	const char *bytes = attr ? nla_data(attr) : NULL;
	int any = 0;
	int i;

	for (i = 0; attr && i < nla_len(attr); i++)
		any |= bytes[i] != 0;
	if (any)
		sfam__diag_copy(&sa->nl_groups, sizeof(sa->nl_groups), attr);
	return any;
}

static int netlink_read(struct sfam_socket_info *ret,
			const struct sfam__diag *row, struct nlmsghdr *header)
{
	const struct netlink_diag_msg *m = nlmsg_data(header);
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	struct sockaddr_nl peer = { .nl_family = AF_NETLINK };
	struct nlattr *tb[ATTRS + 1];

	(void)row;
	if (nlmsg_parse(header, sizeof(*m), tb, ATTRS, NULL) < 0)
		return -EIO;
	ret->type = m->ndiag_type;
	ret->protocol = m->ndiag_protocol;
	/* NETLINK_CONNECTED is 1, NETLINK_UNCONNECTED 0, and a new one 7. */
	ret->state = m->ndiag_state == 1 ? SFAM_SOCKET_CONNECTED :
					   SFAM_SOCKET_UNCONNECTED;
	ret->inode = m->ndiag_ino;
	ret->cookie = SFAM__COOKIE(m->ndiag_cookie);
	local.nl_pid = m->ndiag_portid;
	if (read_groups(&local, tb[NETLINK_DIAG_GROUPS]) || !m->ndiag_portid)
		ret->have |= SFAM_SOCKET_IS_LISTENING;
	sfam__diag_local(ret, &local, sizeof(local));
	peer.nl_pid = m->ndiag_dst_portid;
	if (m->ndiag_dst_group >= 1 && m->ndiag_dst_group <= 32)
		peer.nl_groups = 1u << (m->ndiag_dst_group - 1);
	if (ret->state == SFAM_SOCKET_CONNECTED)
		sfam__diag_peer(ret, &peer, sizeof(peer));
	sfam__diag_memory_queues(ret, tb[NETLINK_DIAG_MEMINFO]);
	return 0;
}

const struct sfam__diag sfam__diag_netlink[] = {
	{ "netlink", "NETLINK", "netlink_diag", "CONFIG_NETLINK_DIAG", 0, 0, 1,
	  netlink_request, netlink_read },
	{ .scheme = NULL },
};
