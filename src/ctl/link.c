/* SPDX-License-Identifier: MIT */
/* Changing links: one request each. */
#include <linux/if_link.h>
#include <linux/veth.h>

#include "link-info.h"

static int name_is_valid(const char *name)
{
	return name[0] && strlen(name) < IFNAMSIZ;
}

int sfam__ctl_check_name(const char *name, struct sfam_ctl_diag *diag)
{
	if (name_is_valid(name))
		return 0;
	return sfam__ctl_refuse(diag, -ENODEV, "%s", "no interface can have "
				"that name");
}

/* What the kernel has no words for, being asked about a link that exists. */
static int explain(int r, struct sfam_ctl_diag *diag)
{
	if (!diag || diag->words[0])
		return r;
	if (r == -ENODEV)
		return sfam__ctl_refuse(diag, r, "%s", "no such interface");
	if (r == -EEXIST)
		return sfam__ctl_refuse(diag, r, "%s", "the name is taken");
	return r;
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
		  unsigned int flags, int attr, uint32_t value,
		  struct sfam_ctl_diag *diag)
{
	struct nl_msg *msg;
	int r = sfam__ctl_check_name(name, diag);

	if (r < 0)
		return r;
	msg = sfam__ctl_link_message(type, 0, name, mask, flags);
	if (msg && attr >= 0 && nla_put_u32(msg, attr, value) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return explain(sfam__ctl_request(msg, NULL, NULL, diag), diag);
}

static int set_number(const char *name, int attr, uint32_t value,
		      struct sfam_ctl_diag *diag)
{
	return change(name, RTM_NEWLINK, 0, 0, attr, value, diag);
}

static int create(const char *name, const char *kind, const char *peer,
		  struct sfam_ctl_diag *diag)
{
	struct nl_msg *msg = sfam__ctl_link_message(RTM_NEWLINK,
			NLM_F_CREATE | NLM_F_EXCL, name, 0, 0);

	if (msg && put_kind(msg, kind, peer) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return explain(sfam__ctl_request(msg, NULL, NULL, diag), diag);
}

static int check_pair(const char *name, const char *kind, const char *peer,
		      struct sfam_ctl_diag *diag)
{
	int pair = strcmp(kind, "veth") == 0 || strcmp(kind, "vxcan") == 0;

	if (pair != (peer != NULL))
		return sfam__ctl_refuse(diag, -EINVAL, "a %s %s a peer", kind,
					pair ? "wants" : "has not");
	if (!name_is_valid(name) || (peer && !name_is_valid(peer)))
		return sfam__ctl_refuse(diag, -EINVAL, "%s", "no interface "
					"can have that name");
	return 0;
}

/*
 * The MTU in a request of its own: given with the creation the kernel takes
 * any number, without asking the driver (rtnl_create_link() of
 * net/core/rtnetlink.c), and a vcan of MTU 73 comes to be.
 */
SFAM_PUBLIC int sfam_link_add(const char *name, const char *kind,
			      const char *peer, uint32_t mtu,
			      struct sfam_ctl_diag *diag)
{
	int r = check_pair(name, kind, peer, diag);

	if (r == 0)
		r = create(name, kind, peer, diag);
	if (r < 0 || mtu == 0)
		return r;
	r = sfam_link_set_mtu(name, mtu, diag);
	if (r == 0 && peer)
		r = sfam_link_set_mtu(peer, mtu, diag);
	if (r < 0)
		change(name, RTM_DELLINK, 0, 0, -1, 0, NULL);
	return r;
}

SFAM_PUBLIC int sfam_link_delete(const char *name, struct sfam_ctl_diag *diag)
{
	int r = change(name, RTM_DELLINK, 0, 0, -1, 0, diag);

	if (r == -EOPNOTSUPP && diag && !diag->words[0])
		return sfam__ctl_refuse(diag, r, "%s", "this is not a virtual "
					"interface that can be deleted");
	return r;
}

SFAM_PUBLIC int sfam_link_up(const char *name, struct sfam_ctl_diag *diag)
{
	return change(name, RTM_NEWLINK, IFF_UP, IFF_UP, -1, 0, diag);
}

SFAM_PUBLIC int sfam_link_down(const char *name, struct sfam_ctl_diag *diag)
{
	return change(name, RTM_NEWLINK, IFF_UP, 0, -1, 0, diag);
}

SFAM_PUBLIC int sfam_link_set_mtu(const char *name, uint32_t mtu,
				  struct sfam_ctl_diag *diag)
{
	int r = set_number(name, IFLA_MTU, mtu, diag);

	if (!diag || diag->words[0])
		return r;
	if (r == -EINVAL)
		return sfam__ctl_refuse(diag, r, "the driver takes no MTU of "
					"%u bytes", mtu);
	if (r == -EBUSY)
		return sfam__ctl_refuse(diag, r, "%s", "the MTU can be changed "
					"only while the link is down");
	return r;
}

SFAM_PUBLIC int sfam_link_set_tx_queue(const char *name, uint32_t packets,
				       struct sfam_ctl_diag *diag)
{
	return set_number(name, IFLA_TXQLEN, packets, diag);
}

/* By index: with a name in it the request would be about that one. */
SFAM_PUBLIC int sfam_link_rename(const char *name, const char *new_name,
				 struct sfam_ctl_diag *diag)
{
	struct sfam_link_info link;
	struct ifinfomsg *ifi;
	struct nl_msg *msg;
	int r = sfam_link_get(name, &link, diag);

	if (r < 0)
		return explain(r, diag);
	if (!name_is_valid(new_name))
		return sfam__ctl_refuse(diag, -EINVAL, "%s", "no interface "
					"can have the new name");
	msg = sfam__ctl_link_message(RTM_NEWLINK, 0, new_name, 0, 0);
	if (msg) {
		ifi = nlmsg_data(nlmsg_hdr(msg));
		ifi->ifi_index = (int)link.index;
	}
	return explain(sfam__ctl_request(msg, NULL, NULL, diag), diag);
}

SFAM_PUBLIC int sfam_link_move_to_process(const char *name, pid_t pid,
					  struct sfam_ctl_diag *diag)
{
	if (pid <= 0)
		return sfam__ctl_refuse(diag, -ESRCH, "%s", "not a process");
	return set_number(name, IFLA_NET_NS_PID, (uint32_t)pid, diag);
}

SFAM_PUBLIC int sfam_link_move_to_netns(const char *name, int netns_fd,
					struct sfam_ctl_diag *diag)
{
	int r;

	if (netns_fd < 0)
		return sfam__ctl_refuse(diag, -EBADF, "%s",
					"not a descriptor");
	r = set_number(name, IFLA_NET_NS_FD, (uint32_t)netns_fd, diag);
	if (r == -EINVAL && diag && !diag->words[0])
		return sfam__ctl_refuse(diag, r, "%s", "it cannot be moved, or "
					"the descriptor is no network "
					"namespace");
	return r;
}
