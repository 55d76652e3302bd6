/* SPDX-License-Identifier: MIT */
/* Who we are: net/tipc/net.c; and who was seen: net/tipc/node.c. */
#include "tipc.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* include/linux/errno.h, not for programs, but TIPC_NL_PEER_REMOVE gives it */
#define KERNEL_ENOTSUPP 524

static int got_net(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_NET_MAX + 1];
	struct sfam_tipc_node *node = arg;
	int r = sfam__tipc_parse(h, TIPC_NLA_NET, tb, TIPC_NLA_NET_MAX);
	uint64_t half;

	if (r < 0)
		return r;
	node->cluster = sfam__tipc_number(tb[TIPC_NLA_NET_ID]);
	if (!tb[TIPC_NLA_NET_NODEID] || !tb[TIPC_NLA_NET_NODEID_W1])
		return 0;
	half = nla_get_u64(tb[TIPC_NLA_NET_NODEID]);
	memcpy(node->id.bytes, &half, sizeof(half));
	half = nla_get_u64(tb[TIPC_NLA_NET_NODEID_W1]);
	memcpy(node->id.bytes + sizeof(half), &half, sizeof(half));
	return 0;
}

/* Netlink tells all but the address; every socket has it in its name. */
static int own_address(uint32_t *ret, struct sfam_ctl_diag *diag)
{
	struct sockaddr_tipc addr;
	socklen_t len = sizeof(addr);
	int fd = sfam__tipc_socket(diag);
	int r = 0;

	if (fd < 0)
		return fd;
	if (getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		r = -errno;
	else
		*ret = addr.addr.id.node;
	close(fd);
	return r;
}

SFAM_PUBLIC int sfam_tipc_get_node(struct sfam_tipc_node *ret,
				   struct sfam_ctl_diag *diag)
{
	struct sfam_tipc_node node = { .address = 0 };
	int r = sfam__tipc_dump(TIPC_NL_NET_GET, 0, NULL, got_net, &node,
				diag);

	if (r == 0)
		r = own_address(&node.address, diag);
	if (r == 0)
		*ret = node;
	return r;
}

static int has_id(const struct sfam_tipc_node *node)
{
	static const struct sfam_tipc_id none;

	return memcmp(&node->id, &none, sizeof(none)) != 0;
}

static int put_id(struct nl_msg *body, const struct sfam_tipc_id *id)
{
	uint64_t half[2];

	memcpy(half, id->bytes, sizeof(half));
	if (nla_put_u64(body, TIPC_NLA_NET_NODEID, half[0]) < 0 ||
	    nla_put_u64(body, TIPC_NLA_NET_NODEID_W1, half[1]) < 0)
		return -ENOMEM;
	return 0;
}

static struct nl_msg *node_body(const struct sfam_tipc_node *node)
{
	struct nl_msg *body = nlmsg_alloc();

	if (!body)
		return NULL;
	if ((node->cluster &&
	     nla_put_u32(body, TIPC_NLA_NET_ID, node->cluster) < 0) ||
	    (node->address &&
	     nla_put_u32(body, TIPC_NLA_NET_ADDR, node->address) < 0) ||
	    (has_id(node) && put_id(body, &node->id) < 0)) {
		nlmsg_free(body);
		return NULL;
	}
	return body;
}

/*
 * Whether what was asked for is so. A second identity is dropped with a line
 * in the kernel's log only (tipc_net_init() of net/tipc/net.c), and EPERM is
 * both "no privilege" and "too late".
 */
static int check_node(const struct sfam_tipc_node *want, int r,
		      struct sfam_ctl_diag *diag)
{
	struct sfam_tipc_node now;

	if ((r != 0 && r != -EPERM) || sfam_tipc_get_node(&now, NULL) < 0)
		return r;
	if (r == -EPERM && now.address == 0)
		return r;
	if (r == 0 && (!has_id(want) || memcmp(&want->id, &now.id,
					       sizeof(now.id)) == 0) &&
	    (!want->address || want->address == now.address))
		return r;
	return sfam__ctl_refuse(diag, -EBUSY, now.address ?
				"the node has an address, and keeps address, "
				"identity and cluster" :
				"the node has an identity, and keeps it");
}

SFAM_PUBLIC int sfam_tipc_set_node(const struct sfam_tipc_node *node,
				   struct sfam_ctl_diag *diag)
{
	int r;

	if (has_id(node) && node->address)
		return sfam__ctl_refuse(diag, -EINVAL, "an address makes its "
					"identity itself: only one of them");
	if (!has_id(node) && !node->address && !node->cluster)
		return sfam__ctl_refuse(diag, -EINVAL, "nothing to set");
	if (node->cluster > 9999)	/* __tipc_nl_net_set() has no words */
		return sfam__ctl_refuse(diag, -EINVAL,
					"a cluster is 1 to 9999");
	r = sfam__tipc_do(TIPC_NL_NET_SET, TIPC_NLA_NET, node_body(node), NULL,
			  NULL, diag);
	return check_node(node, r, diag);
}

/* ----------------------------------------------------------------- peers -- */

struct peers {
	int (*each)(const struct sfam_tipc_peer *peer, void *arg);
	void *arg;
	int fd;
};

static void ask_id(int fd, struct sfam_tipc_peer *peer)
{
	struct tipc_sioc_nodeid_req req = { .peer = peer->address };

	if (ioctl(fd, SIOCGETNODEID, &req) == 0)
		memcpy(peer->id.bytes, req.node_id, sizeof(peer->id.bytes));
}

static int got_peer(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_NODE_MAX + 1];
	struct sfam_tipc_peer peer = { .address = 0 };
	struct peers *peers = arg;
	int r = sfam__tipc_parse(h, TIPC_NLA_NODE, tb, TIPC_NLA_NODE_MAX);

	if (r < 0)
		return r;
	peer.address = sfam__tipc_number(tb[TIPC_NLA_NODE_ADDR]);
	peer.is_up = tb[TIPC_NLA_NODE_UP] != NULL;
	ask_id(peers->fd, &peer);
	return peers->each(&peer, peers->arg);
}

SFAM_PUBLIC int sfam_tipc_list_peers(int (*each)
				     (const struct sfam_tipc_peer *peer,
				      void *arg),
				     void *arg, struct sfam_ctl_diag *diag)
{
	struct peers peers = { each, arg, sfam__tipc_socket(diag) };
	int r;

	if (peers.fd < 0)
		return peers.fd;
	r = sfam__tipc_dump(TIPC_NL_NODE_GET, 0, NULL, got_peer, &peers, diag);
	close(peers.fd);
	return r;
}

SFAM_PUBLIC int sfam_tipc_remove_peer(uint32_t address,
				      struct sfam_ctl_diag *diag)
{
	int r = sfam__tipc_do(TIPC_NL_PEER_REMOVE, TIPC_NLA_NET,
			      sfam__tipc_body_number(TIPC_NLA_NET_ADDR,
						     address), NULL, NULL,
			      diag);

	switch (r) {
	case -ENXIO:
	case -EINVAL:		/* address 0 */
		return sfam__ctl_refuse(diag, -ENODEV, "no such node");
	case -EBUSY:
		return sfam__ctl_refuse(diag, r, "the node is up");
	case -KERNEL_ENOTSUPP:
		return sfam__ctl_refuse(diag, -EOPNOTSUPP,
					"that is this node");
	default:
		return r;
	}
}
