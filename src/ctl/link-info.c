/* SPDX-License-Identifier: MIT */
/* Reading links: one by name, or all. */
#include <linux/can/netlink.h>
#include <net/if_arp.h>

#include "link-info.h"

void sfam__ctl_link_init(struct sfam__ctl_link *link)
{
	memset(link, 0, sizeof(*link));
	link->info.can_state = SFAM_LINK_NO_STATE;
	link->info.peer_netns_id = -1;
}

static void take_number(struct nlattr *attr, uint32_t *ret)
{
	if (attr && nla_len(attr) >= (int)sizeof(*ret))
		*ret = nla_get_u32(attr);
}

static void take_operstate(struct nlattr *attr, struct sfam_link_info *info)
{
	if (attr)
		info->operstate = nla_get_u8(attr);
}

static void take_address(struct nlattr *attr, struct sfam_link_info *info)
{
	if (!attr || (size_t)nla_len(attr) > sizeof(info->address))
		return;
	info->address_len = (size_t)nla_len(attr);
	memcpy(info->address, nla_data(attr), info->address_len);
}

static void take_peer(struct nlattr **a, struct sfam_link_info *info)
{
	if (!a[IFLA_LINK])
		return;
	info->peer_index = nla_get_u32(a[IFLA_LINK]);
	info->peer_netns_id = a[IFLA_LINK_NETNSID] ?
			      nla_get_s32(a[IFLA_LINK_NETNSID]) : -1;
}

static void take_stats(struct nlattr *attr, struct sfam_link_info *info)
{
	struct rtnl_link_stats64 s;

	if (!sfam__ctl_take_stats(attr, &s))
		return;
	info->rx_packets = s.rx_packets;
	info->tx_packets = s.tx_packets;
	info->rx_bytes = s.rx_bytes;
	info->tx_bytes = s.tx_bytes;
	info->rx_errors = s.rx_errors;
	info->tx_errors = s.tx_errors;
	info->rx_dropped = s.rx_dropped;
	info->tx_dropped = s.tx_dropped;
	info->rx_overruns = s.rx_over_errors;
}

static void take_kind(struct nlattr *attr, struct sfam_link_info *info)
{
	struct nlattr *a[IFLA_INFO_MAX + 1];

	if (attr && nla_parse_nested(a, IFLA_INFO_MAX, attr, NULL) == 0 &&
	    a[IFLA_INFO_KIND])
		nla_strlcpy(info->kind, a[IFLA_INFO_KIND], sizeof(info->kind));
}

static void take_controller(struct nlattr *attr, struct sfam__ctl_link *link)
{
	struct sfam_can_status s;

	if (!attr || link->info.type != ARPHRD_CAN)
		return;
	memset(&s, 0, sizeof(s));
	sfam__ctl_can_take(attr, &s);
	if (!(s.have & SFAM_CAN_HAVE_CONTROLLER))
		return;
	link->info.can_state = s.state;
	link->warnings = s.error_warnings;
	link->passives = s.error_passives;
	link->bus_offs = s.bus_offs;
	link->restarts = s.restarts;
}

int sfam__ctl_link_parse(struct nlmsghdr *header, struct sfam__ctl_link *link)
{
	const struct ifinfomsg *ifi = nlmsg_data(header);
	struct sfam_link_info *info = &link->info;
	struct nlattr *a[IFLA_MAX + 1];

	if (nlmsg_parse(header, sizeof(*ifi), a, IFLA_MAX, NULL) < 0)
		return -EIO;
	info->index = (unsigned int)ifi->ifi_index;
	info->type = ifi->ifi_type;
	info->flags = ifi->ifi_flags;
	if (a[IFLA_IFNAME])
		nla_strlcpy(info->name, a[IFLA_IFNAME], sizeof(info->name));
	take_number(a[IFLA_MTU], &info->mtu);
	take_number(a[IFLA_TXQLEN], &info->tx_queue);
	take_operstate(a[IFLA_OPERSTATE], info);
	take_address(a[IFLA_ADDRESS], info);
	take_peer(a, info);
	take_stats(a[IFLA_STATS64], info);
	take_kind(a[IFLA_LINKINFO], info);
	take_controller(a[IFLA_LINKINFO], link);
	return 0;
}

static int on_one(struct nlmsghdr *header, void *arg)
{
	if (header->nlmsg_type != RTM_NEWLINK)
		return -EIO;
	return sfam__ctl_link_parse(header, arg);
}

SFAM_PUBLIC int sfam_link_get(const char *name, struct sfam_link_info *ret,
			      struct sfam_ctl_diag *diag)
{
	struct sfam__ctl_link link;
	int r = sfam__ctl_check_name(name, diag);

	if (r < 0)
		return r;
	sfam__ctl_link_init(&link);
	r = sfam__ctl_request(sfam__ctl_link_message(RTM_GETLINK, 0, name,
						     0, 0),
			      on_one, &link, diag);
	if (r == 0)
		*ret = link.info;
	return r;
}

static struct nl_msg *dump_message(void)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, NLM_F_DUMP);

	if (msg && nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

int sfam__ctl_link_dump(int (*got)(struct nlmsghdr *header, void *arg),
			void *arg, struct sfam_ctl_diag *diag)
{
	return sfam__ctl_dump(NETLINK_ROUTE, dump_message(), got, arg, diag);
}

struct list {
	struct sfam_link_info *to;
	size_t room;
	size_t n;
};

static int on_listed(struct nlmsghdr *header, void *arg)
{
	struct list *list = arg;
	struct sfam__ctl_link link;
	int r;

	if (header->nlmsg_type != RTM_NEWLINK)
		return -EIO;
	sfam__ctl_link_init(&link);
	r = sfam__ctl_link_parse(header, &link);
	if (r < 0)
		return r;
	if (list->n < list->room)
		list->to[list->n] = link.info;
	list->n++;
	return 0;
}

SFAM_PUBLIC int sfam_link_list(struct sfam_link_info *list, size_t n,
			       size_t *ret_n, struct sfam_ctl_diag *diag)
{
	struct list l = { list, n, 0 };
	int r = sfam__ctl_link_dump(on_listed, &l, diag);

	if (r < 0)
		return r;
	*ret_n = l.n;
	return l.n > n ? -ENOSPC : 0;
}

SFAM_PUBLIC int sfam_link_is_running(const struct sfam_link_info *link)
{
	const uint32_t all = IFF_UP | IFF_RUNNING | SFAM__LOWER_UP;

	return (link->flags & all) == all;
}
