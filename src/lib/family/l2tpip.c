/* SPDX-License-Identifier: MIT */
/*
 * L2TPv3 straight over IPv4 (linux/l2tp.h): a host and, where TCP and UDP
 * have a port, the number of a tunnel's connection. Each pair of them is
 * bound once; 0 is a number like any other (net/l2tp/l2tp_ip.c).
 */
#include "family/inet.h"

#include <linux/l2tp.h>

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int l2tpip_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_l2tpip sa = { .l2tp_family = AF_INET };
	int r;

	r = sfam__inet_scan_host(s, &sa.l2tp_addr);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":CONNECTION\"");
	if (r == 0)
		r = sfam__scan_u32(s, UINT32_MAX, &sa.l2tp_conn_id,
				   "a connection 0..4294967295");
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &sa, sizeof(sa));
	return r;
}

static int l2tpip_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_l2tpip sa;

	(void)diag;
	sfam__addr_get(addr, &sa, sizeof(sa));
	sa.l2tp_unused = 0;
	memset(sa.__pad, 0, sizeof(sa.__pad));
	sfam__addr_set(addr, &sa, sizeof(sa));
	return 0;
}

static void l2tpip_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_l2tpip sa;

	sfam__addr_get(addr, &sa, sizeof(sa));
	sfam__inet_out_host(o, &sa.l2tp_addr);
	sfam__out_char(o, ':');
	sfam__out_dec(o, sa.l2tp_conn_id);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_l2tpip, l2tp_family, HOST),
	SFAM__FIELD(struct sockaddr_l2tpip, l2tp_unused, NET),
	SFAM__FIELD(struct sockaddr_l2tpip, l2tp_addr, INET),
	SFAM__FIELD(struct sockaddr_l2tpip, l2tp_conn_id, HOST),
	SFAM__FIELD(struct sockaddr_l2tpip, __pad, BYTES),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_l2tpip = {
	.name = "l2tpip",
	.syntax = "l2tpip:HOST:CONNECTION  (numeric; no HOST: any)",
	.af = AF_INET,
	.type = SOCK_DGRAM,
	.protocol = IPPROTO_L2TP,
	.types = SFAM_TYPE_DGRAM,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.len_min = sizeof(struct sockaddr_l2tpip),
	.len_max = sizeof(struct sockaddr_l2tpip),
	.config = "CONFIG_L2TP_IP",
	.module = "l2tp_ip",
	.since = "2.6.35",
	.parse = l2tpip_parse,
	.format = l2tpip_format,
	.fields = fields,
	.check = l2tpip_check,
};
