/* SPDX-License-Identifier: MIT */
/*
 * From the outside in: link, network, transport. A layer gets a view: the
 * bytes that were captured of it, and how many it has. All reading is done
 * by get_...(), which give zeros behind the end of what was captured; a
 * layer that is cut is written as [|name], as tcpdump does.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <net/if_arp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "packet-line.h"

#ifndef ARPHRD_RAWIP
#define ARPHRD_RAWIP 519	/* linux/if_arp.h since 4.14 */
#endif

#define ETHER_LEN 14
#define VLAN_LEN 4
#define VLANS_MAX 4		/* tags written; who nests deeper lies */
#define EXTENSIONS_MAX 8	/* IPv6 headers followed */

enum { ICMP = 1, TCP = 6, UDP = 17, FRAGMENT = 44, ICMP6 = 58, NO_NEXT = 59 };

struct view {
	const uint8_t *data;
	size_t cap;		/* bytes captured */
	size_t orig;		/* bytes there were, at least cap */
};

/* ------------------------------------------------------------ output -- */

struct line {
	char *buf;
	size_t size;
	size_t len;		/* beyond size: did not fit */
	int fragment;		/* the packet has more than its lengths say */
	int named;		/* the addresses are written already */
};

static void put(struct line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct line *l, const char *fmt, ...)
{
	size_t room = l->len < l->size ? l->size - l->len : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? l->buf + l->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n;
}

/* ------------------------------------------------------------- input -- */

static unsigned int get_u8(struct view v, size_t at)
{
	return at < v.cap ? v.data[at] : 0;
}

static unsigned int get_be16(struct view v, size_t at)
{
	return get_u8(v, at) << 8 | get_u8(v, at + 1);
}

static uint32_t get_be32(struct view v, size_t at)
{
	return (uint32_t)get_be16(v, at) << 16 | get_be16(v, at + 2);
}

/* What follows the first n bytes; empty if they are not all there. */
static struct view behind(struct view v, size_t n)
{
	size_t cap = n < v.cap ? n : v.cap;
	size_t orig = n < v.orig ? n : v.orig;
	struct view ret = { v.data + cap, v.cap - cap, v.orig - orig };

	return ret;
}

/* The first n bytes: what a length field says there is, more or less. */
static struct view sized(struct view v, size_t n)
{
	struct view ret = { v.data, v.cap < n ? v.cap : n, n };

	return ret;
}

struct ip_text {
	char s[INET6_ADDRSTRLEN];
};

static struct ip_text get_address(struct view v, size_t at, int af)
{
	struct ip_text t = { "" };
	uint8_t a[16];
	size_t i;

	for (i = 0; i < sizeof(a); i++)
		a[i] = (uint8_t)get_u8(v, at + i);
	inet_ntop(af, a, t.s, sizeof(t.s));
	return t;
}

static struct ip_text get_ip(struct view v, size_t at)
{
	return get_address(v, at, AF_INET);
}

static struct ip_text get_ip6(struct view v, size_t at)
{
	return get_address(v, at, AF_INET6);
}

static void put_mac(struct line *l, struct view v, size_t at)
{
	put(l, "%02x:%02x:%02x:%02x:%02x:%02x", get_u8(v, at),
	    get_u8(v, at + 1), get_u8(v, at + 2), get_u8(v, at + 3),
	    get_u8(v, at + 4), get_u8(v, at + 5));
}

/* --------------------------------------------------------- transport -- */

static void put_tcp_flags(struct line *l, unsigned int bits)
{
	static const char letters[] = "FSRP.UEW";
	size_t i;

	put(l, "Flags [");
	for (i = 0; i < 8; i++)
		if (bits & 1u << i)
			put(l, "%c", letters[i]);
	put(l, "%s]", bits ? "" : "none");
}

static void put_tcp(struct line *l, struct view v)
{
	const unsigned int fin_syn_rst = 7, ack = 0x10, urg = 0x20;
	size_t header = (size_t)(get_u8(v, 12) >> 4) * 4;
	unsigned int bits = get_u8(v, 13);
	uint32_t seq = get_be32(v, 4);
	uint32_t len;

	put_tcp_flags(l, bits);
	if (header < 20 || header > v.orig) {
		put(l, " [bad hdr length %zu - %s]", header,
		    header < 20 ? "too short, < 20" : "too long");
		return;
	}
	len = (uint32_t)(v.orig - header);
	if (len || bits & fin_syn_rst)
		put(l, ", seq %u", seq);
	if (len)
		put(l, ":%u", seq + len);
	if (bits & ack)
		put(l, ", ack %u", get_be32(v, 8));
	put(l, ", win %u", get_be16(v, 14));
	if (bits & urg)
		put(l, ", urg %u", get_be16(v, 18));
	put(l, ", length %u", len);
}

static void put_udp(struct line *l, struct view v)
{
	unsigned int len = get_be16(v, 4);

	if (len < 8 && (len || v.orig <= UINT16_MAX))
		put(l, "truncated-udplength %u", len);
	else if (len > v.orig && !l->fragment)
		put(l, "UDP, bad length %u > %zu", len - 8, v.orig - 8);
	else	/* 0: longer than the field can say (RFC 2675) */
		put(l, "UDP, length %zu", len ? len - 8 : v.orig - 8);
}

/* TCP or UDP: ports belong to the addresses. */
static void put_ports(struct line *l, struct view v, const char *src,
		      const char *dst, const char *name, size_t header)
{
	if (v.cap < 4 && !l->named)
		put(l, "%s > %s: ", src, dst);
	else if (l->named && v.cap >= 4)
		put(l, "%u > %u: ", get_be16(v, 0), get_be16(v, 2));
	else if (!l->named)
		put(l, "%s.%u > %s.%u: ", src, get_be16(v, 0), dst,
		    get_be16(v, 2));
	if (v.cap < header)
		put(l, "[|%s]", name);
	else if (header == 8)
		put_udp(l, v);
	else
		put_tcp(l, v);
}

static void put_echo(struct line *l, struct view v, const char *what)
{
	put(l, "echo %s, id %u, seq %u", what, get_be16(v, 4), get_be16(v, 6));
}

static void put_icmp(struct line *l, struct view v)
{
	unsigned int type = get_u8(v, 0);

	put(l, "ICMP ");
	if (v.cap < 8) {
		put(l, "[|icmp]");
		return;
	}
	if (type == 8 || type == 0)
		put_echo(l, v, type ? "request" : "reply");
	else if (type == 3)
		put(l, "unreachable, code %u", get_u8(v, 1));
	else if (type == 11)
		put(l, "%s", get_u8(v, 1) ? "ip reassembly time exceeded" :
					    "time exceeded in-transit");
	else
		put(l, "type-#%u", type);
	put(l, ", length %zu", v.orig);
}

static void put_icmp6_words(struct line *l, struct view v)
{
	unsigned int type = get_u8(v, 0);

	if (type == 128 || type == 129)
		put_echo(l, v, type == 128 ? "request" : "reply");
	else if (type == 133 || type == 134)
		put(l, "router %s", type == 133 ? "solicitation" :
						  "advertisement");
	else if (type == 135 && v.cap >= 24)
		put(l, "neighbor solicitation, who has %s", get_ip6(v, 8).s);
	else if (type == 136 && v.cap >= 24)
		put(l, "neighbor advertisement, tgt is %s", get_ip6(v, 8).s);
	else if (type == 143)
		put(l, "multicast listener report v2, %u group record(s)",
		    get_be16(v, 6));
	else if (type == 1)
		put(l, "destination unreachable, code %u", get_u8(v, 1));
	else if (type == 135 || type == 136)
		put(l, "[|icmp6]");
	else
		put(l, "unknown icmp6 type (%u)", type);
}

static void put_icmp6(struct line *l, struct view v)
{
	put(l, "ICMP6, ");
	if (v.cap < 8) {
		put(l, "[|icmp6]");
		return;
	}
	put_icmp6_words(l, v);
	put(l, ", length %zu", v.orig);
}

static void put_transport(struct line *l, unsigned int proto, struct view v,
			  const char *src, const char *dst)
{
	if (proto == TCP) {
		put_ports(l, v, src, dst, "tcp", 20);
		return;
	}
	if (proto == UDP) {
		put_ports(l, v, src, dst, "udp", 8);
		return;
	}
	if (!l->named)
		put(l, "%s > %s: ", src, dst);
	if (proto == ICMP)
		put_icmp(l, v);
	else if (proto == ICMP6)
		put_icmp6(l, v);
	else if (proto == NO_NEXT)
		put(l, "no next header");
	else
		put(l, "ip-proto-%u %zu", proto, v.orig);
}

/* ----------------------------------------------------------- network -- */

/* A later fragment has no transport header: its name must do. */
static void put_fragment(struct line *l, unsigned int proto)
{
	if (proto == ICMP || proto == TCP || proto == UDP)
		put(l, "%s", proto == ICMP ? "icmp" :
			     proto == TCP ? "tcp" : "udp");
	else
		put(l, "ip-proto-%u", proto);
}

static void put_ip(struct line *l, struct view v)
{
	struct ip_text src = get_ip(v, 12);
	struct ip_text dst = get_ip(v, 16);
	size_t header = (size_t)(get_u8(v, 0) & 15) * 4;
	size_t len = get_be16(v, 2);
	struct view next;

	if (v.cap < 20) {
		put(l, "[|ip]");
		return;
	}
	if (len == 0)
		len = v.orig;	/* too long for the field (BIG TCP) */
	if (header < 20 || len < header) {
		put(l, "%s %zu", header < 20 ? "bad-hlen" : "bad-len",
		    header < 20 ? header : len);
		return;
	}
	if (len > v.orig)
		put(l, "truncated-ip - %zu bytes missing! ", len - v.orig);
	next = behind(sized(v, len), header);
	if (get_be16(v, 6) & 0x1fff) {
		put(l, "%s > %s: ", src.s, dst.s);
		put_fragment(l, get_u8(v, 9));
		return;
	}
	l->fragment = (get_u8(v, 6) & 0x20) != 0;
	put_transport(l, get_u8(v, 9), next, src.s, dst.s);
}

static const char *extension_name(unsigned int proto)
{
	return proto == 0 ? "HBH" : proto == 43 ? "srcrt" :
	       proto == 60 ? "DSTOPT" : NULL;
}

/* A later fragment; the first one goes on like any packet. */
static int put_ip6_fragment(struct line *l, struct view v)
{
	unsigned int offset = get_be16(v, 2) & 0xfff8;

	if (v.cap < 8) {
		put(l, "[|frag]");
		return 1;
	}
	put(l, "frag (%u|%zu)%s", offset, v.orig - 8, offset ? "" : " ");
	l->fragment = 1;
	return offset != 0;
}

static void put_ip6_payload(struct line *l, unsigned int proto,
			    struct view v, const char *src, const char *dst)
{
	const char *name;
	int i;

	for (i = 0; i < EXTENSIONS_MAX; i++) {
		name = extension_name(proto);
		if (!name && proto != FRAGMENT)
			break;
		if (!l->named)
			put(l, "%s > %s: ", src, dst);
		l->named = 1;
		if (proto == FRAGMENT && put_ip6_fragment(l, v))
			return;
		if (name)
			put(l, "%s ", name);
		if (v.cap < 8) {
			put(l, "[|ip6]");
			return;
		}
		proto = get_u8(v, 0);
		v = behind(v, name ? (get_u8(v, 1) + 1) * 8 : 8);
	}
	put_transport(l, proto, v, src, dst);
}

static void put_ip6(struct line *l, struct view v)
{
	struct ip_text src = get_ip6(v, 8);
	struct ip_text dst = get_ip6(v, 24);
	unsigned int proto = get_u8(v, 6);
	size_t len = get_be16(v, 4);

	if (v.cap < 40) {
		put(l, "[|ip6]");
		return;
	}
	v = behind(v, 40);
	if (len > v.orig)
		put(l, "truncated-ip6 - %zu bytes missing! ", len - v.orig);
	if (len)	/* 0: a jumbo packet */
		v = sized(v, len);
	put_ip6_payload(l, proto, v, src.s, dst.s);
}

static void put_arp_request(struct line *l, struct view v)
{
	put(l, "Request who-has %s", get_ip(v, 24).s);
	if (get_be32(v, 18) || get_be16(v, 22)) {
		put(l, " (");
		put_mac(l, v, 18);
		put(l, ")");
	}
	put(l, " tell %s", get_ip(v, 14).s);
}

static void put_arp_reply(struct line *l, struct view v)
{
	put(l, "Reply %s is-at ", get_ip(v, 14).s);
	put_mac(l, v, 8);
}

static void put_arp(struct line *l, struct view v)
{
	unsigned int op = get_be16(v, 6);

	if (v.cap < 8) {
		put(l, "[|arp]");
		return;
	}
	if (get_be16(v, 0) != ARPHRD_ETHER || get_be16(v, 2) != ETH_P_IP ||
	    get_be16(v, 4) != 0x0604)
		put(l, "hardware 0x%04x, protocol 0x%04x, op %u",
		    get_be16(v, 0), get_be16(v, 2), op);
	else if (v.cap < 28)
		put(l, "[|arp]");
	else if (op == 1)
		put_arp_request(l, v);
	else if (op == 2)
		put_arp_reply(l, v);
	else
		put(l, "op %u", op);
	put(l, ", length %zu", v.orig);
}

/* -------------------------------------------------------------- link -- */

static const struct ethertype {
	unsigned int type;
	const char *name;	/* with the link header */
	const char *prefix;	/* without it */
	void (*put)(struct line *l, struct view v);
} ethertypes[] = {
	{ ETH_P_IP, "IPv4", "IP ", put_ip },
	{ ETH_P_IPV6, "IPv6", "IP6 ", put_ip6 },
	{ ETH_P_ARP, "ARP", "ARP, ", put_arp },
	{ ETH_P_8021Q, "802.1Q", NULL, NULL },
	{ ETH_P_8021AD, "802.1Q-QinQ", NULL, NULL },
	{ 0, "Unknown", NULL, NULL },
};

static const struct ethertype *find_type(unsigned int type)
{
	const struct ethertype *t = ethertypes;

	while (t->type && t->type != type)
		t++;
	return t;
}

static int is_vlan(unsigned int type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD;
}

/* Below 0x600 it is the length of an 802.3 frame. */
static void put_type(struct line *l, unsigned int type)
{
	if (type < ETH_P_802_3_MIN)
		put(l, "802.3");
	else
		put(l, "ethertype %s (0x%04x)", find_type(type)->name, type);
}

/* Returns the type behind the tags. */
static unsigned int put_vlans(struct line *l, struct view *v,
			      unsigned int type, unsigned int flags)
{
	unsigned int tci;
	int n;

	for (n = 0; is_vlan(type) && n < VLANS_MAX && v->cap >= VLAN_LEN;
	     n++) {
		tci = get_be16(*v, 0);
		type = get_be16(*v, 2);
		*v = behind(*v, VLAN_LEN);
		put(l, "vlan %u, p %u%s, ", tci & 0xfff, tci >> 13,
		    tci & 0x1000 ? ", DEI" : "");
		if (flags & PACKET_LINE_LINK) {
			put_type(l, type);
			put(l, ", ");
		}
	}
	return type;
}

static void put_network(struct line *l, struct view v, unsigned int type,
			unsigned int flags)
{
	const struct ethertype *t;
	size_t orig = v.orig + ETHER_LEN;

	type = put_vlans(l, &v, type, flags);
	t = find_type(type);
	if (t->put) {
		put(l, "%s", flags & PACKET_LINE_LINK ? "" : t->prefix);
		t->put(l, v);
	} else if (is_vlan(type)) {
		put(l, "[|vlan]");
	} else if (flags & PACKET_LINE_LINK) {
		put(l, "not decoded");
	} else if (type < ETH_P_802_3_MIN) {
		put(l, "802.3, length %u", type);
	} else {
		put(l, "ethertype 0x%04x, length %zu", type, orig);
	}
}

static void put_ether(struct line *l, struct view v, unsigned int flags)
{
	unsigned int type = get_be16(v, 12);

	if (v.cap < ETHER_LEN) {
		put(l, "[|ether]");
		return;
	}
	if (flags & PACKET_LINE_LINK) {
		put_mac(l, v, 6);
		put(l, " > ");
		put_mac(l, v, 0);
		put(l, ", ");
		put_type(l, type);
		put(l, ", length %zu: ", type < ETH_P_802_3_MIN ? type :
		    v.orig);
	}
	put_network(l, behind(v, ETHER_LEN), type, flags);
}

/* Tunnels have no link header; the first digit is IP's version. */
static void put_raw_ip(struct line *l, struct view v)
{
	unsigned int version = get_u8(v, 0) >> 4;

	if (version == 4 || version == 6) {
		put(l, "%s", version == 4 ? "IP " : "IP6 ");
		(version == 4 ? put_ip : put_ip6)(l, v);
	} else {
		put(l, "unknown IP version %u, length %zu", version, v.orig);
	}
}

static void put_can(struct line *l, struct view v)
{
	char text[SFAM_CAN_TEXT_STRLEN];
	uint32_t aligned[(SFAM_CANXL_MTU + 3) / 4];

	if (v.cap > sizeof(aligned) || v.cap < v.orig) {
		put(l, "CAN [|can]");
		return;
	}
	memcpy(aligned, v.data, v.cap);
	if (sfam_can_text_format(text, sizeof(text), aligned, v.cap) < 0)
		put(l, "CAN, not a frame, length %zu", v.orig);
	else
		put(l, "CAN %s", text);
}

ssize_t packet_line(char *buf, size_t size, const uint8_t *data,
		    size_t caplen, size_t origlen, unsigned int arphrd,
		    unsigned int flags)
{
	struct view v = { data, caplen, origlen > caplen ? origlen : caplen };
	struct line l = { buf, size, 0, 0, 0 };

	switch (arphrd) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		put_ether(&l, v, flags);
		break;
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_PPP:
		put_raw_ip(&l, v);
		break;
	case ARPHRD_CAN:
		put_can(&l, v);
		break;
	default:
		put(&l, "link type %u, length %zu", arphrd, origlen);
	}
	return l.len < size ? (ssize_t)l.len : -ENOSPC;
}
