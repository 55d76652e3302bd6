/* SPDX-License-Identifier: MIT */
/* L2TPv3 straight over IPv6; see l2tpip.c. net/l2tp/l2tp_ip6.c */
#include "family/inet.h"

#include <linux/l2tp.h>

static const struct sfam__key keys[] = {
	{ "flowinfo", sfam__inet_set_flowinfo },
	{ NULL, NULL },
};

static int l2tpip6_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_l2tpip6 sa = { .l2tp_family = AF_INET6 };
	struct sfam__inet_keys k = { 0, 0 };
	int r;

	r = sfam__inet6_scan_host(s, &sa.l2tp_addr, &sa.l2tp_scope_id);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":CONNECTION\"");
	if (r == 0)
		r = sfam__scan_u32(s, UINT32_MAX, &sa.l2tp_conn_id,
				   "a connection 0..4294967295");
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &k, NULL);
	if (r < 0)
		return r;
	sa.l2tp_flowinfo = htonl(k.flowinfo);
	sfam__addr_set(ret, &sa, sizeof(sa));
	return 0;
}

static int l2tpip6_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_l2tpip6 sa;

	sfam__addr_get(addr, &sa, sizeof(sa));
	if (ntohl(sa.l2tp_flowinfo) > SFAM_FLOWINFO_MAX)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_l2tpip6,
						     l2tp_flowinfo),
				      "a flow info 0..0xfffffff");
	sa.l2tp_unused = 0;
	sfam__addr_set(addr, &sa, sizeof(sa));
	return 0;
}

static void l2tpip6_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_l2tpip6 sa;

	sfam__addr_get(addr, &sa, sizeof(sa));
	sfam__inet6_out_host(o, &sa.l2tp_addr, sa.l2tp_scope_id);
	sfam__out_char(o, ':');
	sfam__out_dec(o, sa.l2tp_conn_id);
	sfam__inet6_out_flowinfo(o, sa.l2tp_flowinfo);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_l2tpip6, l2tp_family, HOST),
	SFAM__FIELD(struct sockaddr_l2tpip6, l2tp_unused, NET),
	SFAM__FIELD(struct sockaddr_l2tpip6, l2tp_flowinfo, NET),
	SFAM__FIELD(struct sockaddr_l2tpip6, l2tp_addr, INET),
	SFAM__FIELD(struct sockaddr_l2tpip6, l2tp_scope_id, HOST),
	SFAM__FIELD(struct sockaddr_l2tpip6, l2tp_conn_id, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_l2tpip6 = {
	.name = "l2tpip6",
	.syntax = "l2tpip6:[HOST%SCOPE]:CONNECTION[,flowinfo=]  (numeric)",
	.af = AF_INET6,
	.type = SOCK_DGRAM,
	.protocol = IPPROTO_L2TP,
	.types = SFAM_TYPE_DGRAM,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.len_min = sizeof(struct sockaddr_l2tpip6),
	.len_max = sizeof(struct sockaddr_l2tpip6),
	.config = "CONFIG_L2TP_IP, CONFIG_IPV6",
	.module = "l2tp_ip6",
	.since = "3.5",
	.parse = l2tpip6_parse,
	.format = l2tpip6_format,
	.fields = fields,
	.check = l2tpip6_check,
};
