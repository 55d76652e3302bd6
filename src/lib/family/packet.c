/* SPDX-License-Identifier: MIT */
/*
 * packet(7). proto is host order in the text and network order in the
 * sockaddr. A hardware address of more than 8 bytes (InfiniBand: 20) goes
 * on behind the end of struct sockaddr_ll.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "family/row.h"

#define ADDR_AT offsetof(struct sockaddr_ll, sll_addr)
#define ADDR_MAX 32		/* MAX_ADDR_LEN of linux/netdevice.h */

/* sockaddr_ll with room for the longest hardware address. */
union long_ll {
	struct sockaddr_ll ll;
	unsigned char bytes[ADDR_AT + ADDR_MAX];
};

static const struct sfam__name protocols[] = {
	{ "all", ETH_P_ALL },
	{ "ip", ETH_P_IP },
	{ "arp", ETH_P_ARP },
	{ "vlan", ETH_P_8021Q },
	{ "qinq", ETH_P_8021AD },
	{ "ipv6", ETH_P_IPV6 },
	{ "mpls", ETH_P_MPLS_UC },
	{ "pppoe", ETH_P_PPP_SES },
	{ "eapol", ETH_P_PAE },
	{ "tipc", ETH_P_TIPC },
	{ "lldp", 0x88cc },	/* ETH_P_LLDP, linux/if_ether.h since 4.9 */
	{ "ptp", ETH_P_1588 },
	{ "can", ETH_P_CAN },
	{ "canfd", ETH_P_CANFD },
	{ "canxl", 0x000e },	/* ETH_P_CANXL, linux/if_ether.h since 6.2 */
	{ NULL, 0 },
};

static const struct sfam__name pkttypes[] = {
	{ "host", PACKET_HOST },
	{ "broadcast", PACKET_BROADCAST },
	{ "multicast", PACKET_MULTICAST },
	{ "otherhost", PACKET_OTHERHOST },
	{ "outgoing", PACKET_OUTGOING },
	{ NULL, 0 },
};

static int set_proto(struct sfam__scan *s, void *sa)
{
	union long_ll *u = sa;
	uint32_t v;
	int r;

	r = sfam__scan_named(s, protocols, UINT16_MAX, &v,
			     "a protocol: all ip ipv6 arp can ... or "
			     "0..0xffff");
	if (r == 0)
		u->ll.sll_protocol = htons((uint16_t)v);
	return r;
}

static int set_pkttype(struct sfam__scan *s, void *sa)
{
	union long_ll *u = sa;
	uint32_t v;
	int r;

	r = sfam__scan_named(s, pkttypes, UINT8_MAX, &v,
			     "host broadcast multicast otherhost outgoing "
			     "or 0..255");
	if (r == 0)
		u->ll.sll_pkttype = (unsigned char)v;
	return r;
}

static int set_hatype(struct sfam__scan *s, void *sa)
{
	union long_ll *u = sa;
	uint32_t v;
	int r;

	r = sfam__scan_u32(s, UINT16_MAX, &v, "a hardware type 0..65535");
	if (r == 0)
		u->ll.sll_hatype = (unsigned short)v;
	return r;
}

static int set_addr(struct sfam__scan *s, void *sa)
{
	union long_ll *u = sa;
	size_t n;
	int r;

	r = sfam__scan_octets(s, 1, ADDR_MAX, u->bytes + ADDR_AT, &n,
			      "a hardware address: up to 32 pairs of hex "
			      "digits, XX:XX:...");
	if (r < 0)
		return r;
	u->ll.sll_halen = (unsigned char)n;
	return 0;
}

static const struct sfam__key keys[] = {
	{ "proto", set_proto },
	{ "pkttype", set_pkttype },
	{ "hatype", set_hatype },
	{ "addr", set_addr },
	{ NULL, NULL },
};

static socklen_t length_of(const union long_ll *u)
{
	socklen_t len = (socklen_t)(ADDR_AT + u->ll.sll_halen);

	return len > sizeof(u->ll) ? len : (socklen_t)sizeof(u->ll);
}

static int packet_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	union long_ll u;
	int r;

	memset(&u, 0, sizeof(u));
	u.ll.sll_family = AF_PACKET;
	u.ll.sll_protocol = htons(ETH_P_ALL);
	r = sfam__scan_interface(s, 0, &u.ll.sll_ifindex);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &u, NULL);
	if (r == 0)
		sfam__addr_set(ret, &u, length_of(&u));
	return r;
}

static int packet_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	union long_ll u;
	size_t halen;

	sfam__addr_get(addr, &u, sizeof(u));
	halen = u.ll.sll_halen;
	if (halen > addr->len - ADDR_AT)
		return sfam__addr_bad(diag,
				      offsetof(struct sockaddr_ll, sll_halen),
				      "an sll_halen within the length");
	if (u.ll.sll_ifindex < 0)
		return sfam__addr_bad(diag,
				      offsetof(struct sockaddr_ll,
					       sll_ifindex),
				      "an interface index of 0 or more");
	memset(u.bytes + ADDR_AT + halen, 0, ADDR_MAX - halen);
	sfam__addr_set(addr, &u, length_of(&u));
	return 0;
}

static void out_proto(struct sfam__out *o, uint16_t proto)
{
	const struct sfam__name *n;

	sfam__out_str(o, ",proto=");
	for (n = protocols; n->name; n++) {
		if (n->value == proto) {
			sfam__out_str(o, n->name);
			return;
		}
	}
	sfam__out_str(o, "0x");
	sfam__out_hex(o, proto, 4);
}

static void packet_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	union long_ll u;

	sfam__addr_get(addr, &u, sizeof(u));
	sfam__out_interface(o, 0, u.ll.sll_ifindex);
	if (ntohs(u.ll.sll_protocol) != ETH_P_ALL)
		out_proto(o, ntohs(u.ll.sll_protocol));
	if (u.ll.sll_pkttype) {
		sfam__out_str(o, ",pkttype=");
		sfam__out_named(o, pkttypes, u.ll.sll_pkttype);
	}
	if (u.ll.sll_hatype) {
		sfam__out_str(o, ",hatype=");
		sfam__out_dec(o, u.ll.sll_hatype);
	}
	if (u.ll.sll_halen) {
		sfam__out_str(o, ",addr=");
		sfam__out_octets(o, u.bytes + ADDR_AT, u.ll.sll_halen);
	}
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_ll, sll_family, HOST),
	SFAM__FIELD(struct sockaddr_ll, sll_protocol, NET),
	SFAM__FIELD(struct sockaddr_ll, sll_ifindex, SIGNED),
	SFAM__FIELD(struct sockaddr_ll, sll_hatype, HOST),
	SFAM__FIELD(struct sockaddr_ll, sll_pkttype, HOST),
	SFAM__FIELD(struct sockaddr_ll, sll_halen, HOST),
	{ "sll_addr", ADDR_AT, ADDR_MAX, SFAM_FIELD_BYTES },
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_packet = {
	.name = "packet",
	.syntax = "packet:IF[,proto=][,pkttype=][,hatype=][,addr=]  "
		  "(no IF: all; proto: all)",
	.af = AF_PACKET,
	.type = SOCK_RAW,
	.types = SFAM_TYPE_RAW | SFAM_TYPE_DGRAM,
	.traits = SFAM_TRAIT_BUS,
	/* getsockname gives 12 + halen (net/packet/af_packet.c) */
	.len_min = ADDR_AT,
	.len_max = ADDR_AT + ADDR_MAX,
	.config = "CONFIG_PACKET",
	.module = "af_packet",
	.since = "2.2",
	.needs = "CAP_NET_RAW: run as root, or in a user and network namespace",
	.parse = packet_parse,
	.format = packet_format,
	.fields = fields,
	.check = packet_check,
};
