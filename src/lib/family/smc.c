/* SPDX-License-Identifier: MIT */
/*
 * SMC: TCP's addresses and connections over shared memory. Protocol 0 has
 * IPv4 inside and protocol 1 IPv6, and neither takes the other's sockaddr
 * (net/smc/af_smc.c): the address decides.
 */
#include "family/inet.h"

#ifndef AF_SMC
#define AF_SMC 43		/* sys/socket.h since glibc 2.27 */
#endif
#define PROTO_INET 0		/* SMCPROTO_SMC of net/smc/smc.h */
#define PROTO_INET6 1		/* SMCPROTO_SMC6 */

static const struct sfam__key keys[] = {
	{ "flowinfo", sfam__inet_set_flowinfo },
	{ NULL, NULL },
};

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int smc_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sfam__inet_keys k = { 0, 0 };
	union sfam__inet_either u;
	int r;

	r = sfam__inet_either_scan(s, &u);
	if (r == 0)
		r = sfam__keys_parse(s, ret, u.family == AF_INET6 ? keys :
				     no_keys, &k, NULL);
	if (r < 0)
		return r;
	if (u.family == AF_INET6) {
		ret->protocol = PROTO_INET6;
		u.in6.sin6_flowinfo = htonl(k.flowinfo);
		sfam__addr_set(ret, &u.in6, sizeof(u.in6));
	} else {
		sfam__addr_set(ret, &u.in, sizeof(u.in));
	}
	return 0;
}

static int smc_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	union sfam__inet_either u;
	int protocol;
	int len;

	sfam__addr_get(addr, &u, sizeof(u));
	len = sfam__inet_either_check(&u, addr->len, 0, diag);
	if (len < 0)
		return len;
	protocol = u.family == AF_INET6 ? PROTO_INET6 : PROTO_INET;
	if (addr->protocol != PROTO_INET && addr->protocol != protocol)
		return sfam__addr_bad(diag, 0, "protocol 0 with AF_INET, "
				      "1 with AF_INET6");
	if (u.family == AF_INET6 &&
	    ntohl(u.in6.sin6_flowinfo) > SFAM_FLOWINFO_MAX)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_in6,
						     sin6_flowinfo),
				      "a flow info 0..0xfffffff");
	addr->protocol = protocol;
	sfam__addr_set(addr, &u, (socklen_t)len);
	return 0;
}

static void smc_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	union sfam__inet_either u;

	sfam__addr_get(addr, &u, sizeof(u));
	sfam__inet_either_out(o, &u);
	if (u.family == AF_INET6)
		sfam__inet6_out_flowinfo(o, u.in6.sin6_flowinfo);
}

const struct sfam_family sfam__family_smc = {
	.name = "smc",
	.syntax = "smc:HOST:PORT | smc:[HOST%SCOPE]:PORT[,flowinfo=]  "
		  "(numeric)",
	.af = AF_SMC,
	.type = SOCK_STREAM,
	.types = SFAM_TYPE_STREAM,
	.flags = SFAM_ROW_INET_ADDR | SFAM_ROW_ANY_PROTOCOL |
		 SFAM_ROW_PORT_LINGERS,
	.len_min = sizeof(struct sockaddr_in),
	.len_max = sizeof(struct sockaddr_in6),
	.config = "CONFIG_SMC",
	.module = "smc",
	.since = "4.11",
	.parse = smc_parse,
	.format = smc_format,
	.tail = sfam__inet_either_tail,
	.check = smc_check,
};
