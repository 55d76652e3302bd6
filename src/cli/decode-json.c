// SPDX-License-Identifier: MIT
/* A packet as a JSON object: see decode.h for what is in it. */
#include <linux/if_ether.h>

#include "decode-can.h"
#include "decode-layer.h"

#define ETHER_LEN 14
#define VLAN_LEN 4
#define SLL_LEN 16
#define SLL2_LEN 20
#define HEX_MAX (2 * SFAM_CANXL_DLEN + 1)

static void put_mac(struct json *j, const char *key, struct view v, size_t at)
{
	char buf[3 * ETH_ALEN];
	struct text t = { buf, sizeof(buf), 0 };

	text_mac(&t, v, at, ETH_ALEN);
	json_text(j, key, buf);
}

/* --------------------------------------------------------- transport -- */

static void put_ports(struct json *j, struct view v)
{
	json_uint(j, "src_port", view_be16(v, 0));
	json_uint(j, "dst_port", view_be16(v, 2));
}

static void put_tcp(struct json *j, struct view v)
{
	size_t header = (size_t)(view_u8(v, 12) >> 4) * 4;
	char flags[16];

	json_object(j, "tcp");
	put_ports(j, v);
	json_uint(j, "seq", view_be32(v, 4));
	json_uint(j, "ack", view_be32(v, 8));
	json_text(j, "flags", decode_tcp_flags(flags, view_u8(v, 13)));
	json_uint(j, "window", view_be16(v, 14));
	json_uint(j, "length", header < v.orig ? v.orig - header : 0);
	json_end(j);
}

static void put_udp(struct json *j, struct view v)
{
	unsigned int len = view_be16(v, 4);

	json_object(j, "udp");
	put_ports(j, v);
	json_uint(j, "length", len < 8 ? v.orig - 8 : len - 8);
	json_end(j);
}

static void put_sctp(struct json *j, struct view v)
{
	json_object(j, "sctp");
	put_ports(j, v);
	json_uint(j, "tag", view_be32(v, 4));
	json_end(j);
}

static void put_icmp(struct json *j, struct view v)
{
	json_object(j, "icmp");
	json_uint(j, "type", view_u8(v, 0));
	json_uint(j, "code", view_u8(v, 1));
	json_end(j);
}

static void put_transport(struct json *j, unsigned int proto, struct view v)
{
	if (proto == IPPROTO_TCP && v.cap >= 20)
		put_tcp(j, v);
	else if (proto == IPPROTO_UDP && v.cap >= 8)
		put_udp(j, v);
	else if (proto == IPPROTO_SCTP && v.cap >= 12)
		put_sctp(j, v);
	else if ((proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) &&
		 v.cap >= 8)
		put_icmp(j, v);
}

/* ----------------------------------------------------------- network -- */

static void put_fragment(struct json *j, uint32_t id, unsigned int offset,
			 int more)
{
	json_object(j, "fragment");
	json_uint(j, "id", id);
	json_uint(j, "offset", offset);
	json_truth(j, "more", more);
	json_end(j);
}

/* What both versions have. */
struct ip {
	unsigned int version, protocol, ttl;
	struct ip_text src, dst;
	size_t length;
};

static void begin_ip(struct json *j, const struct ip *ip)
{
	json_object(j, "ip");
	json_uint(j, "version", ip->version);
	json_text(j, "src", ip->src.s);
	json_text(j, "dst", ip->dst.s);
	json_uint(j, "protocol", ip->protocol);
	json_uint(j, "ttl", ip->ttl);
	json_uint(j, "length", ip->length);
}

static void put_ip4(struct json *j, struct view v)
{
	size_t header = (size_t)(view_u8(v, 0) & 15) * 4;
	size_t len = view_be16(v, 2) ? view_be16(v, 2) : v.orig;
	unsigned int frag = view_be16(v, 6);
	struct view next = view_behind(view_first(v, len), header);
	const struct ip ip = {
		.version = 4,
		.protocol = view_u8(v, 9),
		.ttl = view_u8(v, 8),
		.src = view_ip4(v, 12),
		.dst = view_ip4(v, 16),
		.length = len - header,
	};

	if (v.cap < 20 || header < 20 || len < header)
		return;
	begin_ip(j, &ip);
	if (frag & 0x3fff)
		put_fragment(j, view_be16(v, 4), (frag & 0x1fff) * 8,
			     (frag & 0x2000) != 0);
	json_end(j);
	if (!(frag & 0x1fff))
		put_transport(j, view_u8(v, 9), next);
}

static void put_ip6(struct json *j, struct view v)
{
	size_t len = view_be16(v, 4);
	struct view next = view_behind(v, 40);
	struct ip ip = {
		.version = 6,
		.protocol = view_u8(v, 6),
		.ttl = view_u8(v, 7),
		.src = view_ip6(v, 8),
		.dst = view_ip6(v, 24),
		.length = len ? len : next.orig,
	};
	struct view fragment;
	unsigned int bits;

	if (v.cap < 40)
		return;
	next = decode_ip6_skip(view_first(next, ip.length), &ip.protocol,
			       &fragment);
	begin_ip(j, &ip);
	bits = view_be16(fragment, 2);
	if (fragment.cap)
		put_fragment(j, view_be32(fragment, 4), bits & 0xfff8,
			     bits & 1);
	json_end(j);
	if ((bits & 0xfff8) == 0)
		put_transport(j, ip.protocol, next);
}

static void put_arp(struct json *j, struct view v)
{
	const int is_common = view_be32(v, 0) == 0x00010800 &&
			      view_be16(v, 4) == 0x0604;

	if (v.cap < 28 || !is_common)
		return;
	json_object(j, "arp");
	json_uint(j, "op", view_be16(v, 6));
	put_mac(j, "sender_mac", v, 8);
	json_text(j, "sender_ip", view_ip4(v, 14).s);
	put_mac(j, "target_mac", v, 18);
	json_text(j, "target_ip", view_ip4(v, 24).s);
	json_end(j);
}

/* -------------------------------------------------------------- link -- */

static struct view put_vlans(struct json *j, struct view v, unsigned int *type)
{
	struct view end = decode_skip_vlans(v, type);
	unsigned int tci;

	if (v.data == end.data)
		return end;
	json_list(j, "vlan");
	for (; v.data < end.data; v = view_behind(v, VLAN_LEN)) {
		tci = view_be16(v, 0);
		json_object(j, NULL);
		json_uint(j, "id", tci & 0xfff);
		json_uint(j, "priority", tci >> 13);
		json_truth(j, "dei", (tci & 0x1000) != 0);
		json_end(j);
	}
	json_end(j);
	return end;
}

static void put_ethernet(struct json *j, struct view v)
{
	json_object(j, "ethernet");
	put_mac(j, "src", v, 6);
	put_mac(j, "dst", v, 0);
	json_uint(j, "type", view_be16(v, 12));
	json_end(j);
}

static void put_can(struct json *j, struct view v, int is_file)
{
	uint32_t frame[CAN_FRAME_WORDS];
	struct sfam_can_fields f;
	char hex[HEX_MAX] = "";
	struct text t = { hex, sizeof(hex), 0 };
	size_t i, size = decode_can_frame(frame, v, is_file);

	if (size == 0 || sfam_can_unpack(&f, frame, size) < 0)
		return;
	for (i = 0; i < f.len && !(f.flags & SFAM_CAN_RTR); i++)
		text_put(&t, "%02x", f.data[i]);
	json_object(j, "can");
	json_uint(j, "id", f.id);
	json_truth(j, "extended", (f.flags & SFAM_CAN_EXT) != 0);
	json_truth(j, "remote", (f.flags & SFAM_CAN_RTR) != 0);
	json_truth(j, "error", (f.flags & SFAM_CAN_ERR) != 0);
	json_truth(j, "fd", (f.flags & SFAM_CAN_FD) != 0);
	json_truth(j, "xl", (f.flags & SFAM_CAN_XL) != 0);
	json_text(j, "data", hex);
	json_end(j);
}

/* What type says is in v. */
static void put_network(struct json *j, struct view v, unsigned int type)
{
	v = put_vlans(j, v, &type);
	if (type == ETH_P_IP)
		put_ip4(j, v);
	else if (type == ETH_P_IPV6)
		put_ip6(j, v);
	else if (type == ETH_P_ARP)
		put_arp(j, v);
}

/* Of a cooked capture: there a type may be CAN. */
static void put_cooked(struct json *j, struct view v, unsigned int type,
		       int is_file)
{
	if (decode_is_can(type))
		put_can(j, v, is_file);
	else
		put_network(j, v, type);
}

static void put_layers(struct json *j, struct view v,
		       const struct decode_packet *p)
{
	switch (p->link) {
	case DECODE_ETHERNET:
		if (v.cap < ETHER_LEN)
			return;
		put_ethernet(j, v);
		put_network(j, view_behind(v, ETHER_LEN), view_be16(v, 12));
		break;
	case DECODE_SLL:
		put_cooked(j, view_behind(v, SLL_LEN), view_be16(v, 14), 1);
		break;
	case DECODE_SLL2:
		put_cooked(j, view_behind(v, SLL2_LEN), view_be16(v, 0), 1);
		break;
	case DECODE_RAW:
	case DECODE_IPV4:
	case DECODE_IPV6:
		put_network(j, v, view_u8(v, 0) >> 4 == 6 ? ETH_P_IPV6 :
							    ETH_P_IP);
		break;
	case DECODE_COOKED:
		put_cooked(j, v, p->protocol, 0);
		break;
	case DECODE_CAN:
	case DECODE_CAN_FILE:
		put_can(j, v, p->link == DECODE_CAN_FILE);
		break;
	}
}

void decode_json(struct json *j, const struct decode_packet *p)
{
	struct view v = { p->data, p->caplen,
			  p->origlen > p->caplen ? p->origlen : p->caplen };
	char text[DECODE_STRLEN];

	json_uint(j, "length", p->origlen);
	json_uint(j, "captured", p->caplen);
	put_layers(j, v, p);
	if (decode_text(text, sizeof(text), p, 0, NULL) >= 0)
		json_text(j, "text", text);
}
