/* SPDX-License-Identifier: MIT */
#include <linux/if_link.h>
#include <linux/veth.h>

#include "request.h"

static int name_is_valid(const char *name)
{
	return name[0] && strlen(name) < IFNAMSIZ;
}

/* The other end of a pair: an ifinfomsg and its attributes, nested. */
static int put_peer(struct nl_msg *msg, const char *peer)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct nlattr *data = nla_nest_start(msg, IFLA_INFO_DATA);
	struct nlattr *info;

	/* VETH_INFO_PEER and VXCAN_INFO_PEER are the same number. */
	info = data ? nla_nest_start(msg, VETH_INFO_PEER) : NULL;
	if (!info || nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0 ||
	    nla_put_string(msg, IFLA_IFNAME, peer) < 0)
		return -1;
	nla_nest_end(msg, info);
	nla_nest_end(msg, data);
	return 0;
}

static int put_kind(struct nl_msg *msg, const char *kind, const char *peer)
{
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);

	if (!info || nla_put_string(msg, IFLA_INFO_KIND, kind) < 0)
		return -1;
	if (peer && put_peer(msg, peer) < 0)
		return -1;
	nla_nest_end(msg, info);
	return 0;
}

/* A request about an existing interface; attr of u32, or -1 for none. */
static int change(const char *name, int type, unsigned int mask,
		  unsigned int flags, int attr, uint32_t value)
{
	struct nl_msg *msg;

	if (!name_is_valid(name))
		return -ENODEV;
	msg = sfam__ctl_link_message(type, 0, name, mask, flags);
	if (msg && attr >= 0 && nla_put_u32(msg, attr, value) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return sfam__ctl_request(msg, NULL, NULL, NULL);
}

static int create(const char *name, const char *kind, const char *peer)
{
	struct nl_msg *msg = sfam__ctl_link_message(RTM_NEWLINK,
			NLM_F_CREATE | NLM_F_EXCL, name, 0, 0);

	if (msg && put_kind(msg, kind, peer) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return sfam__ctl_request(msg, NULL, NULL, NULL);
}

static int set_mtu(const char *name, uint32_t mtu)
{
	return change(name, RTM_NEWLINK, 0, 0, IFLA_MTU, mtu);
}

/*
 * The MTU in a request of its own: given with the creation the kernel takes
 * any number, without asking the driver (rtnl_create_link() of
 * net/core/rtnetlink.c), and a vcan of MTU 73 comes to be.
 */
SFAM_PUBLIC int sfam_link_add(const char *name, const char *kind,
			      const char *peer, uint32_t mtu)
{
	int pair = strcmp(kind, "veth") == 0 || strcmp(kind, "vxcan") == 0;
	int r;

	if (!name_is_valid(name) || pair != (peer != NULL) ||
	    (peer && !name_is_valid(peer)))
		return -EINVAL;
	r = create(name, kind, peer);
	if (r < 0 || mtu == 0)
		return r;
	r = set_mtu(name, mtu);
	if (r == 0 && peer)
		r = set_mtu(peer, mtu);
	if (r < 0)
		change(name, RTM_DELLINK, 0, 0, -1, 0);
	return r;
}

SFAM_PUBLIC int sfam_link_delete(const char *name)
{
	return change(name, RTM_DELLINK, 0, 0, -1, 0);
}

SFAM_PUBLIC int sfam_link_up(const char *name)
{
	return change(name, RTM_NEWLINK, IFF_UP, IFF_UP, -1, 0);
}

SFAM_PUBLIC int sfam_link_down(const char *name)
{
	return change(name, RTM_NEWLINK, IFF_UP, 0, -1, 0);
}

SFAM_PUBLIC int sfam_link_move(const char *name, pid_t pid)
{
	if (pid <= 0)
		return -ESRCH;
	return change(name, RTM_NEWLINK, 0, 0, IFLA_NET_NS_PID, (uint32_t)pid);
}
