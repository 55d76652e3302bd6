// SPDX-License-Identifier: MIT
/* What IP carries: which protocol it is, names and ports, and IPsec. */
#include "decode-layer.h"

#define PORTS_LEN 4
#define AH_LEN 12
#define ESP_LEN 8
#define AH_MAX 8		/* headers of AH one behind the other */

/* In tcpdump's words; netinet/in.h does not have all. */
const char *decode_protocol_name(unsigned int proto)
{
	static const char *const names[256] = {
		[0] = "Options", [1] = "ICMP", [2] = "IGMP", [4] = "IPIP",
		[6] = "TCP", [8] = "EGP", [9] = "IGRP", [17] = "UDP",
		[33] = "DCCP", [41] = "IPv6", [43] = "Routing",
		[44] = "Fragment", [46] = "RSVP", [47] = "GRE", [50] = "ESP",
		[51] = "AH", [55] = "Mobile IP", [58] = "ICMPv6",
		[88] = "EIGRP", [89] = "OSPF", [103] = "PIM",
		[108] = "Compressed IP", [112] = "VRRP", [113] = "PGM",
		[132] = "SCTP", [135] = "Mobility", [143] = "Ethernet",
	};

	return names[proto & 0xff] ? names[proto & 0xff] : "unknown";
}

void decode_names(struct decode *d, struct ends *e)
{
	if (!e->is_named)
		text_put(&d->text, "%s > %s: ", e->src.s, e->dst.s);
	e->is_named = 1;
}

void decode_ports(struct decode *d, struct ends *e, struct view v)
{
	unsigned int src = view_be16(v, 0);
	unsigned int dst = view_be16(v, 2);

	if (v.cap < PORTS_LEN)
		decode_names(d, e);
	else if (e->is_named)
		text_put(&d->text, "%u > %u: ", src, dst);
	else
		text_put(&d->text, "%s.%u > %s.%u: ", e->src.s, src, e->dst.s,
			 dst);
	e->is_named = 1;
}

uint32_t decode_pseudo_sum(const struct ends *e, unsigned int proto,
			   size_t len)
{
	return e->sum + proto + (uint32_t)(len >> 16) +
	       (uint32_t)(len & 0xffff);
}

static void put_esp(struct text *t, struct view v)
{
	if (v.cap < ESP_LEN)
		text_put(t, "ESP [|esp]");
	else
		text_put(t, "ESP(spi=0x%08x,seq=0x%x), length %zu",
			 view_be32(v, 0), view_be32(v, 4), v.orig);
}

/* The header of AH hides nothing; returns what is behind it. */
static struct view put_ah(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	size_t len = (view_u8(v, 1) + 2u) * 4;
	struct view sum = view_behind(view_first(v, len), AH_LEN);

	text_put(t, "AH(");
	if (decode_is_verbose(d))
		text_put(t, "length=%u(%zu-bytes),", view_u8(v, 1), len);
	text_put(t, "spi=0x%08x,seq=0x%x,icv=0x", view_be32(v, 4),
		 view_be32(v, 8));
	text_hex(t, sum);
	text_put(t, "): ");
	return view_behind(v, len);
}

static void put_tunnel(struct decode *d, unsigned int proto, struct view v)
{
	if (!decode_enter(d))
		return;
	if (proto == IPPROTO_IPIP)
		decode_ip4(d, v);
	else if (proto == IPPROTO_IPV6)
		decode_ip6(d, v);
	else
		decode_gre(d, v);
	decode_leave(d);
}

/* Those without ports; the names are written. */
static void put_other(struct decode *d, const struct ends *e,
		      unsigned int proto, struct view v)
{
	if (proto == IPPROTO_ICMP && e->version == 4)
		decode_icmp(d, e, v);
	else if (proto == IPPROTO_ICMP)
		text_put(&d->text, "[ICMP requires IPv4] (invalid)");
	else if (proto == IPPROTO_ICMPV6 && e->version == 6)
		decode_icmp6(d, e, v);
	else if (proto == IPPROTO_ICMPV6)
		text_put(&d->text, "[ICMPv6 requires IPv6] (invalid)");
	else if (proto == IPPROTO_IGMP && e->version == 4)
		decode_igmp(d, v);
	else if (proto == IPPROTO_IPIP || proto == IPPROTO_IPV6 ||
		 proto == IPPROTO_GRE)
		put_tunnel(d, proto, v);
	else if (proto == IPPROTO_ESP)
		put_esp(&d->text, v);
	else if (proto == IPPROTO_AH)
		text_put(&d->text, "AH [|ah]");
	else if (proto == IPPROTO_NONE)
		text_put(&d->text, "no next header");
	else
		text_put(&d->text, "ip-proto-%u %zu", proto, v.orig);
}

void decode_transport(struct decode *d, struct ends *e, unsigned int proto,
		      struct view v)
{
	int i;

	for (i = 0; i < AH_MAX && proto == IPPROTO_AH && v.cap >= AH_LEN;
	     i++) {
		decode_names(d, e);
		proto = view_u8(v, 0);
		v = put_ah(d, v);
	}
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	    proto == IPPROTO_SCTP)
		decode_ports(d, e, v);
	else
		decode_names(d, e);
	if (proto == IPPROTO_TCP)
		decode_tcp(d, e, v);
	else if (proto == IPPROTO_UDP)
		decode_udp(d, e, v);
	else if (proto == IPPROTO_SCTP)
		decode_sctp(d, v);
	else
		put_other(d, e, proto, v);
}
