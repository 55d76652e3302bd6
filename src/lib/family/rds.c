/* SPDX-License-Identifier: MIT */
/*
 * rds(7): the addresses of IPv4 and IPv6 (since 4.19), no flow info
 * (net/rds/bind.c). The name of an unbound socket is 16 zero bytes, family
 * and all (rds_getname() of net/rds/af_rds.c): 0.0.0.0:0, which bind refuses.
 */
#include "family/inet.h"

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int rds_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	union sfam__inet_either u;
	int r;

	r = sfam__inet_either_scan(s, &u);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &u, u.family == AF_INET ? sizeof(u.in) :
							      sizeof(u.in6));
	return r;
}

static int rds_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	union sfam__inet_either u;
	int len;

	sfam__addr_get(addr, &u, sizeof(u));
	if (u.family == AF_UNSPEC)
		u.family = AF_INET;
	len = sfam__inet_either_check(&u, addr->len, 0, diag);
	if (len < 0)
		return len;
	if (u.family == AF_INET6)
		u.in6.sin6_flowinfo = 0;
	sfam__addr_set(addr, &u, (socklen_t)len);
	return 0;
}

static void rds_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	union sfam__inet_either u;

	sfam__addr_get(addr, &u, sizeof(u));
	sfam__inet_either_out(o, &u);
}

const struct sfam_family sfam__family_rds = {
	.name = "rds",
	.syntax = "rds:HOST:PORT | rds:[HOST%SCOPE]:PORT  (numeric)",
	.af = AF_RDS,
	.type = SOCK_SEQPACKET,
	.types = SFAM_TYPE_SEQPACKET,
	.flags = SFAM_ROW_INET_ADDR,
	.len_min = sizeof(struct sockaddr_in),
	.len_max = sizeof(struct sockaddr_in6),
	.config = "CONFIG_RDS",
	.module = "rds",
	.since = "2.6.30",
	.parse = rds_parse,
	.format = rds_format,
	.tail = sfam__inet_either_tail,
	.check = rds_check,
};
