// SPDX-License-Identifier: MIT
/* ARP, and its kin that ask the other way round (RARP, InARP). */
#include <linux/if_ether.h>
#include <net/if_arp.h>

#include "decode-layer.h"

#define ARP_LEN 8

/* Where the addresses are, by the lengths in the header. */
struct arp {
	struct view v;
	size_t hlen;
	size_t sender_ip, target_mac, target_ip;
};

static const char *hardware_name(unsigned int type)
{
	switch (type) {
	case ARPHRD_ETHER:
		return "Ethernet";
	case ARPHRD_IEEE802:
		return "TokenRing";
	case ARPHRD_ARCNET:
		return "ArcNet";
	case ARPHRD_IEEE1394:
		return "IEEE 1394";
	case ARPHRD_INFINIBAND:
		return "InfiniBand";
	}
	return NULL;
}

static void put_kinds(struct text *t, struct view v)
{
	const char *name = hardware_name(view_be16(v, 0));

	if (name)
		text_put(t, "%s", name);
	else
		text_put(t, "Unknown Hardware (%u)", view_be16(v, 0));
	text_put(t, " (len %u), ", view_u8(v, 4));
	if (view_be16(v, 2) == ETH_P_IP)
		text_put(t, "IPv4");
	else if (view_be16(v, 2) == ETH_P_IPV6)
		text_put(t, "IPv6");
	else
		text_put(t, "Unknown Protocol (0x%04x)", view_be16(v, 2));
	text_put(t, " (len %u), ", view_u8(v, 5));
}

static int is_zero(struct view v, size_t at, size_t n)
{
	while (n && view_u8(v, at + n - 1) == 0)
		n--;
	return n == 0;
}

static void put_who_has(struct text *t, const struct arp *a)
{
	text_put(t, "Request who-has %s", view_ip4(a->v, a->target_ip).s);
	if (!is_zero(a->v, a->target_mac, a->hlen)) {
		text_put(t, " (");
		text_mac(t, a->v, a->target_mac, a->hlen);
		text_put(t, ")");
	}
	text_put(t, " tell %s", view_ip4(a->v, a->sender_ip).s);
}

static void put_who_is(struct text *t, const struct arp *a, const char *kind)
{
	text_put(t, "%s Request who-is ", kind);
	text_mac(t, a->v, a->target_mac, a->hlen);
	text_put(t, " tell ");
	text_mac(t, a->v, ARP_LEN, a->hlen);
}

static void put_at(struct text *t, const struct arp *a, const char *kind,
		   size_t mac, size_t ip)
{
	text_put(t, "%s Reply ", kind);
	text_mac(t, a->v, mac, a->hlen);
	text_put(t, " at %s", view_ip4(a->v, ip).s);
}

static void put_operation(struct decode *d, const struct arp *a)
{
	struct text *t = &d->text;
	unsigned int op = view_be16(a->v, 6);

	if (op == ARPOP_REQUEST) {
		put_who_has(t, a);
	} else if (op == ARPOP_REPLY) {
		text_put(t, "Reply %s is-at ", view_ip4(a->v, a->sender_ip).s);
		text_mac(t, a->v, ARP_LEN, a->hlen);
	} else if (op == ARPOP_RREQUEST) {
		put_who_is(t, a, "Reverse");
	} else if (op == ARPOP_RREPLY) {
		put_at(t, a, "Reverse", a->target_mac, a->target_ip);
	} else if (op == ARPOP_InREQUEST) {
		put_who_is(t, a, "Inverse");
	} else if (op == ARPOP_InREPLY) {
		put_at(t, a, "Inverse", ARP_LEN, a->sender_ip);
	} else {
		if (op == ARPOP_NAK)
			text_put(t, "NACK Reply");
		else
			text_put(t, "Unknown (%u)", op);
		decode_rest(d, a->v, 0);
		return;
	}
	text_put(t, ", length %zu", a->v.orig);
}

void decode_arp(struct decode *d, struct view v)
{
	struct arp a = { .v = v, .hlen = view_u8(v, 4) };
	int is_ip = view_be16(v, 2) == ETH_P_IP && view_u8(v, 5) == 4;

	decode_prefix(d, "ARP, ");
	if (v.cap < ARP_LEN) {
		text_put(&d->text, "[|arp]");
		return;
	}
	if (!is_ip || decode_is_verbose(d))
		put_kinds(&d->text, v);
	a.sender_ip = ARP_LEN + a.hlen;
	a.target_mac = a.sender_ip + 4;
	a.target_ip = a.target_mac + a.hlen;
	if (!is_ip)
		text_put(&d->text, "op %u, length %zu", view_be16(v, 6),
			 v.orig);
	else if (v.cap < a.target_ip + 4)
		text_put(&d->text, "[|arp], length %zu", v.orig);
	else
		put_operation(d, &a);
}
