// SPDX-License-Identifier: MIT
/* Ethernet, its tags, 802.2 below length 0x600, and what is inside. */
#include <linux/if_ether.h>

#include "decode-layer.h"

#define ETHER_LEN 14
#define VLAN_LEN 4
#define SNAP_LEN 8
#define LLC_LEN 3
#define ETHERTYPE_QINQ_9100 0x9100	/* older than 802.1ad */
#define ETHERTYPE_QINQ_9200 0x9200
#define ETHERTYPE_TEB 0x6558
#define ETHERTYPE_CFM 0x8902
#define ETHERTYPE_CANXL 0x000e	/* linux/if_ether.h since 6.2 */
#define LSAP_SNAP 0xaa
/* Up to here it is a length, as tcpdump has it; the kernel says 0x5ff. */
#define LENGTH_MAX 1500

static const struct ethertype {
	unsigned int type;
	const char *name;
	void (*put)(struct decode *d, struct view v);
} ethertypes[] = {
	{ ETH_P_IP, "IPv4", decode_ip4 },
	{ ETH_P_IPV6, "IPv6", decode_ip6 },
	{ ETH_P_ARP, "ARP", decode_arp },
	{ ETH_P_RARP, "Reverse ARP", decode_arp },
	{ ETH_P_MPLS_UC, "MPLS unicast", decode_mpls },
	{ ETH_P_MPLS_MC, "MPLS multicast", decode_mpls },
	{ ETH_P_LLDP, "LLDP", decode_lldp },
	{ ETHERTYPE_TEB, "TEB", decode_ethernet },
	{ ETH_P_8021Q, "802.1Q", NULL },
	{ ETH_P_8021AD, "802.1Q-QinQ", NULL },
	{ ETHERTYPE_QINQ_9100, "802.1Q-9100", NULL },
	{ ETHERTYPE_QINQ_9200, "802.1Q-9200", NULL },
	{ ETH_P_IPX, "IPX", NULL },
	{ ETH_P_SLOW, "Slow Protocols", NULL },
	{ ETH_P_PPP_DISC, "PPPoE D", NULL },
	{ ETH_P_PPP_SES, "PPPoE S", NULL },
	{ ETH_P_PAE, "EAPOL", NULL },
	{ ETH_P_AOE, "AoE", NULL },
	{ ETH_P_TIPC, "TIPC", NULL },
	{ ETH_P_MACSEC, "802.1AE MACsec", NULL },
	{ ETH_P_1588, "PTP", NULL },
	{ ETHERTYPE_CFM, "CFM", NULL },
	{ ETH_P_LOOPBACK, "Loopback", NULL },
	{ ETH_P_CAN, "CAN", NULL },
	{ ETH_P_CANFD, "CAN FD", NULL },
	{ ETHERTYPE_CANXL, "CAN XL", NULL },
	{ 0, "Unknown", NULL },
};

static const struct ethertype *find_type(unsigned int type)
{
	const struct ethertype *t = ethertypes;

	while (t->type && t->type != type)
		t++;
	return t;
}

const char *decode_ethertype_name(unsigned int type)
{
	return find_type(type)->name;
}

int decode_network(struct decode *d, struct view v, unsigned int type)
{
	const struct ethertype *t = find_type(type);

	if (!t->put)
		return 0;
	if (decode_enter(d)) {
		t->put(d, v);
		decode_leave(d);
	}
	return 1;
}

static int is_vlan(unsigned int type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD ||
	       type == ETHERTYPE_QINQ_9100 || type == ETHERTYPE_QINQ_9200;
}

struct view decode_skip_vlans(struct view v, unsigned int *type)
{
	int n;

	for (n = 0; n < VLANS_MAX && is_vlan(*type) && v.cap >= VLAN_LEN;
	     n++) {
		*type = view_be16(v, 2);
		v = view_behind(v, VLAN_LEN);
	}
	return v;
}

void decode_vlans(struct text *t, struct view v, struct view end)
{
	unsigned int tci, type;

	for (; v.data < end.data; v = view_behind(v, VLAN_LEN)) {
		tci = view_be16(v, 0);
		type = view_be16(v, 2);
		text_put(t, "vlan %u, p %u%s, ", tci & 0xfff, tci >> 13,
			 tci & 0x1000 ? ", DEI" : "");
		if (type > LENGTH_MAX)
			text_put(t, "ethertype %s (0x%04x), ",
				 decode_ethertype_name(type), type);
		else
			text_put(t, "802.3, ");
	}
}

/* tags begins behind the header, and end behind the tags. */
static void put_header(struct text *t, struct view v, struct view tags,
		       struct view end)
{
	unsigned int type = view_be16(v, 12);

	text_mac(t, v, 6, ETH_ALEN);
	text_put(t, " > ");
	text_mac(t, v, 0, ETH_ALEN);
	if (type > LENGTH_MAX)
		text_put(t, ", ethertype %s (0x%04x), length %zu: ",
			 decode_ethertype_name(type), type, v.orig);
	else
		text_put(t, ", 802.3, length %zu: ",
			 type < tags.orig ? type : tags.orig);
	decode_vlans(t, tags, end);
}

static const char *lsap_name(unsigned int lsap)
{
	switch (lsap & ~1u) {
	case LSAP_SNAP:
		return "SNAP";
	case 0x42:
		return "STP";
	case 0x00:
		return "Null";
	}
	return "Unknown";
}

static void put_llc(struct text *t, struct view v)
{
	text_put(t, "LLC, dsap %s (0x%02x) %s, ssap %s (0x%02x) %s, "
		 "ctrl 0x%02x", lsap_name(view_u8(v, 0)), view_u8(v, 0) & ~1u,
		 view_u8(v, 0) & 1 ? "Group" : "Individual",
		 lsap_name(view_u8(v, 1)), view_u8(v, 1) & ~1u,
		 view_u8(v, 1) & 1 ? "Response" : "Command", view_u8(v, 2));
}

/* The header of 802.2 alone: what is behind it is not decoded. */
static void put_802(struct decode *d, struct view v)
{
	struct text *t = &d->text;

	if (v.cap < LLC_LEN) {
		text_put(t, "[|llc]");
		return;
	}
	put_llc(t, v);
	if (view_be16(v, 0) == 0xaaaa && v.cap >= SNAP_LEN)
		text_put(t, ", oui 0x%06x, pid 0x%04x",
			 view_be32(v, 3) >> 8, view_be16(v, 6));
	text_put(t, ", length %zu", v.orig);
	decode_rest(d, v, 0);
}

/* Whether a type stands behind an 802.2 header after all: RFC 1042. */
static int is_snap(struct view v)
{
	return v.cap >= SNAP_LEN && view_be32(v, 0) == 0xaaaa0300 &&
	       view_be16(v, 4) == 0 && view_be16(v, 6) > LENGTH_MAX;
}

/* Goes over that header. */
static struct view skip_snap(struct decode *d, struct view v,
			     unsigned int *type)
{
	*type = view_be16(v, 6);
	if (d->flags & DECODE_WITH_LINK) {
		put_llc(&d->text, v);
		text_put(&d->text, ": oui Ethernet (0x000000), ethertype %s "
			 "(0x%04x), length %zu: ", decode_ethertype_name(*type),
			 *type, v.orig - SNAP_LEN);
	}
	return view_behind(v, SNAP_LEN);
}

void decode_ethernet(struct decode *d, struct view v)
{
	unsigned int type = view_be16(v, 12);
	struct view tags = view_behind(v, ETHER_LEN);
	struct view in = decode_skip_vlans(tags, &type);
	struct view end = in;

	if (v.cap < ETHER_LEN) {
		text_put(&d->text, "[|ether]");
		return;
	}
	if (d->flags & DECODE_WITH_LINK)
		put_header(&d->text, v, tags, end);
	if (type <= LENGTH_MAX) {
		in = view_first(in, type < in.orig ? type : in.orig);
		if (is_snap(in))
			in = skip_snap(d, in, &type);
	}
	if (d->start.data == v.data)	/* not in a tunnel */
		d->start = view_behind(v, (size_t)(in.data - v.data));
	if (decode_network(d, in, type))
		return;
	if (!(d->flags & DECODE_WITH_LINK))
		put_header(&d->text, v, tags, end);
	if (type <= LENGTH_MAX) {
		put_802(d, in);
		return;
	}
	if (is_vlan(type))
		text_put(&d->text, "[|vlan]");
	decode_rest(d, in, 0);
}
