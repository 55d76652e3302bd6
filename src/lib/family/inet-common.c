/* SPDX-License-Identifier: MIT */
#include "family/inet.h"

static const struct sfam__name protocols[] = {
	{ "icmp", IPPROTO_ICMP },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "sctp", IPPROTO_SCTP },
	{ "udplite", IPPROTO_UDPLITE },
	{ "raw", IPPROTO_RAW },
	{ "mptcp", IPPROTO_MPTCP },
	{ NULL, 0 },
};

int sfam__inet_set_proto(struct sfam__scan *s, void *sa)
{
	struct sfam__inet_keys *k = sa;

	return sfam__scan_named(s, protocols, IPPROTO_MPTCP, &k->protocol,
				"an IP protocol: tcp udp icmp ... or 0..262");
}

void sfam__inet_out_proto(const struct sfam_addr *addr, struct sfam__out *o)
{
	if (addr->protocol == 0)
		return;
	sfam__out_str(o, ",proto=");
	sfam__out_named(o, protocols, (uint32_t)addr->protocol);
}

int sfam__inet_check_proto(struct sfam_addr *addr, struct sfam_diag *diag)
{
	if (addr->protocol < 0 || addr->protocol > IPPROTO_MPTCP)
		return sfam__addr_bad(diag, 0, "an IP protocol 0..262");
	if ((addr->type == SOCK_STREAM && addr->protocol == IPPROTO_TCP) ||
	    (addr->type == SOCK_DGRAM && addr->protocol == IPPROTO_UDP))
		addr->protocol = 0;
	return 0;
}

int sfam__inet_scan_port(struct sfam__scan *s, uint16_t *ret_be)
{
	uint32_t port;
	int r;

	r = sfam__scan_expect(s, ':', "\":PORT\"");
	if (r == 0)
		r = sfam__scan_u32(s, UINT16_MAX, &port, "a port 0..65535");
	if (r == 0)
		*ret_be = htons((uint16_t)port);
	return r;
}
