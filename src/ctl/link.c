/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>

#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <netlink/attr.h>
#include <linux/rtnetlink.h>

#include <sockfam/ctl.h>

#define SFAM_PUBLIC __attribute__((visibility("default")))

/* libnl folds errno into codes of its own; these come back as they were. */
static int error_of(int nle)
{
	static const struct { int nle, error; } table[] = {
		{ NLE_EXIST, EEXIST },
		{ NLE_PERM, EPERM },
		{ NLE_NOACCESS, EACCES },
		{ NLE_OPNOTSUPP, EOPNOTSUPP },
		{ NLE_INVAL, EINVAL },
		{ NLE_RANGE, ERANGE },
		{ NLE_BUSY, EBUSY },
		{ NLE_NODEV, ENODEV },
		{ NLE_OBJ_NOTFOUND, ENODEV },
		{ NLE_NOMEM, ENOMEM },
		{ NLE_AF_NOSUPPORT, EAFNOSUPPORT },
		{ NLE_PROTO_MISMATCH, EPROTONOSUPPORT },
	};
	size_t i;

	if (nle >= 0)
		return 0;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].nle == -nle)
			return -table[i].error;
	return -EIO;
}

/* Sends one request and waits for its answer; takes msg. */
static int request(struct nl_msg *msg)
{
	struct nl_sock *sk = nl_socket_alloc();
	int r = -NLE_NOMEM;

	if (sk) {
		r = nl_connect(sk, NETLINK_ROUTE);
		if (r == 0) {
			r = nl_send_sync(sk, msg);	/* frees msg */
			msg = NULL;
		}
		nl_socket_free(sk);
	}
	nlmsg_free(msg);
	return error_of(r);
}

static struct nl_msg *link_message(int type, int flags, int index,
				   unsigned int change, unsigned int value)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = index,
		.ifi_change = change,
		.ifi_flags = value,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

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
	unsigned int index = if_nametoindex(name);
	struct nl_msg *msg;

	if (index == 0)
		return -ENODEV;
	msg = link_message(type, 0, (int)index, mask, flags);
	if (!msg)
		return -ENOMEM;
	if (attr >= 0 && nla_put_u32(msg, attr, value) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return request(msg);
}

static int create(const char *name, const char *kind, const char *peer)
{
	struct nl_msg *msg = link_message(RTM_NEWLINK,
					  NLM_F_CREATE | NLM_F_EXCL, 0, 0, 0);

	if (!msg)
		return -ENOMEM;
	if (nla_put_string(msg, IFLA_IFNAME, name) < 0 ||
	    put_kind(msg, kind, peer) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return request(msg);
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
