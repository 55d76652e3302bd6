/* SPDX-License-Identifier: MIT */
/* netlink(7). groups is a mask of the first 32 groups only. */
#include <linux/netlink.h>

#include "family/row.h"

static const struct sfam__name protocols[] = {
	{ "route", NETLINK_ROUTE },
	{ "usersock", NETLINK_USERSOCK },
	{ "sock_diag", NETLINK_SOCK_DIAG },
	{ "nflog", NETLINK_NFLOG },
	{ "xfrm", NETLINK_XFRM },
	{ "selinux", NETLINK_SELINUX },
	{ "iscsi", NETLINK_ISCSI },
	{ "audit", NETLINK_AUDIT },
	{ "fib_lookup", NETLINK_FIB_LOOKUP },
	{ "connector", NETLINK_CONNECTOR },
	{ "netfilter", NETLINK_NETFILTER },
	{ "dnrtmsg", NETLINK_DNRTMSG },
	{ "kobject_uevent", NETLINK_KOBJECT_UEVENT },
	{ "generic", NETLINK_GENERIC },
	{ "scsitransport", NETLINK_SCSITRANSPORT },
	{ "ecryptfs", NETLINK_ECRYPTFS },
	{ "rdma", NETLINK_RDMA },
	{ "crypto", NETLINK_CRYPTO },
	{ "smc", 22 },		/* NETLINK_SMC, linux/netlink.h since 5.0 */
	{ NULL, 0 },
};

#define PROTOCOL_MAX (MAX_LINKS - 1)

static int set_pid(struct sfam__scan *s, void *sa)
{
	struct sockaddr_nl *nl = sa;

	return sfam__scan_u32(s, UINT32_MAX, &nl->nl_pid,
			      "a port id 0..4294967295");
}

static int set_groups(struct sfam__scan *s, void *sa)
{
	struct sockaddr_nl *nl = sa;

	return sfam__scan_u32(s, UINT32_MAX, &nl->nl_groups,
			      "a mask of groups 0..0xffffffff");
}

static const struct sfam__key keys[] = {
	{ "pid", set_pid },
	{ "groups", set_groups },
	{ NULL, NULL },
};

static int netlink_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	uint32_t protocol;
	int r;

	r = sfam__scan_named(s, protocols, PROTOCOL_MAX, &protocol,
			     "a protocol: route generic ... or 0..31");
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &nl, NULL);
	if (r < 0)
		return r;
	ret->protocol = (int)protocol;
	sfam__addr_set(ret, &nl, sizeof(nl));
	return 0;
}

static int netlink_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_nl nl;

	sfam__addr_get(addr, &nl, sizeof(nl));
	if (addr->protocol < 0 || addr->protocol > PROTOCOL_MAX)
		return sfam__addr_bad(diag, 0, "a protocol 0..31");
	nl.nl_pad = 0;
	sfam__addr_set(addr, &nl, sizeof(nl));
	return 0;
}

static void netlink_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_nl nl;

	sfam__addr_get(addr, &nl, sizeof(nl));
	sfam__out_named(o, protocols, (uint32_t)addr->protocol);
	if (nl.nl_pid) {
		sfam__out_str(o, ",pid=");
		sfam__out_dec(o, nl.nl_pid);
	}
	if (nl.nl_groups) {
		sfam__out_str(o, ",groups=0x");
		sfam__out_hex(o, nl.nl_groups, 1);
	}
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_nl, nl_family, HOST),
	SFAM__FIELD(struct sockaddr_nl, nl_pad, HOST),
	SFAM__FIELD(struct sockaddr_nl, nl_pid, HOST),
	SFAM__FIELD(struct sockaddr_nl, nl_groups, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_netlink = {
	.name = "netlink",
	.syntax = "netlink:PROTO[,pid=][,groups=]",
	.af = AF_NETLINK,
	.type = SOCK_RAW,
	.types = SFAM_TYPE_RAW | SFAM_TYPE_DGRAM,
	.flags = SFAM_ROW_ANY_PROTOCOL,
	.traits = SFAM_TRAIT_BUS,
	.len_min = sizeof(struct sockaddr_nl),
	.len_max = sizeof(struct sockaddr_nl),
	.config = "CONFIG_NET",
	.since = "2.2",
	.parse = netlink_parse,
	.format = netlink_format,
	.fields = fields,
	.check = netlink_check,
};
