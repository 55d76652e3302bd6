// SPDX-License-Identifier: MIT
/*
 * Linux's cooked captures (LINKTYPE_LINUX_SLL and _SLL2), packets
 * without a header of their own, and bare IP.
 */
#include <linux/if_packet.h>

#include "decode-layer.h"

#define SLL_LEN 16
#define SLL2_LEN 20
#define ADDRESS_MAX 8

static const char *direction(unsigned int pkttype)
{
	static const char names[][4] = {
		[PACKET_HOST] = "In",
		[PACKET_BROADCAST] = "B",
		[PACKET_MULTICAST] = "M",
		[PACKET_OTHERHOST] = "P",
		[PACKET_OUTGOING] = "Out",
	};

	return pkttype <= PACKET_OUTGOING ? names[pkttype] : "?";
}

struct header {
	const char *direction;	/* NULL: an index instead */
	uint32_t index;
	struct view address;	/* of 8 bytes */
	size_t address_len;	/* may be more */
	unsigned int type;
	size_t length;		/* of all, header included */
};

static void put_header(struct text *t, const struct header *h,
		       unsigned int type)
{
	size_t len = h->address_len;

	if (h->direction)
		text_put(t, "%3s ", h->direction);
	else
		text_put(t, "ifindex %u ", h->index);
	if (len) {
		text_mac(t, h->address, 0,
			 len < ADDRESS_MAX ? len : ADDRESS_MAX);
		text_put(t, " ");
	}
	text_put(t, "ethertype %s (0x%04x), length %zu: ",
		 decode_ethertype_name(type), type, h->length);
}

static void put_inside(struct decode *d, const struct header *h,
		       struct view in)
{
	unsigned int type = h->type;
	struct view tags = in;

	in = decode_skip_vlans(in, &type);
	if (d->flags & DECODE_WITH_LINK) {
		put_header(&d->text, h, h->type);
		decode_vlans(&d->text, tags, in);
	}
	d->start = in;
	if (decode_is_can(type)) {
		decode_can(d, in, 1);
		return;
	}
	if (decode_network(d, in, type))
		return;
	if (!(d->flags & DECODE_WITH_LINK))
		put_header(&d->text, h, type);
	decode_rest(d, in, 0);
}

void decode_sll(struct decode *d, struct view v)
{
	const struct header h = {
		.direction = direction(view_be16(v, 0)),
		.address = view_behind(v, 6),
		.address_len = view_be16(v, 4),
		.type = view_be16(v, 14),
		.length = v.orig,
	};

	if (v.cap < SLL_LEN)
		text_put(&d->text, "[|sll]");
	else
		put_inside(d, &h, view_behind(v, SLL_LEN));
}

/* The name of the interface is not in it: its index, as in our addresses. */
void decode_sll2(struct decode *d, struct view v)
{
	const struct header h = {
		.index = view_be32(v, 4),
		.address = view_behind(v, 12),
		.address_len = view_u8(v, 11),
		.type = view_be16(v, 0),
		.length = v.orig,
	};

	if (v.cap < SLL2_LEN) {
		text_put(&d->text, "[|sll2]");
		return;
	}
	text_put(&d->text, "%%%-4u %-3s ", h.index, direction(view_u8(v, 10)));
	put_inside(d, &h, view_behind(v, SLL2_LEN));
}

/* As if it had the header that it would have in a file: SLL2. */
static void put_cooked(struct decode *d, struct view v, struct view in,
		       const struct decode_packet *p)
{
	const struct header h = {
		.index = p->index,
		.address = { p->address, ADDRESS_MAX, ADDRESS_MAX },
		.address_len = p->address_len,
		.type = p->protocol,
		.length = v.orig + SLL2_LEN,
	};

	put_header(&d->text, &h, p->protocol);
	decode_vlans(&d->text, v, in);
}

void decode_cooked(struct decode *d, struct view v,
		   const struct decode_packet *p)
{
	unsigned int type = p->protocol;
	struct view in = decode_skip_vlans(v, &type);

	d->start = v;
	if (d->flags & DECODE_WITH_LINK)
		put_cooked(d, v, in, p);
	if (decode_is_can(type)) {
		decode_can(d, in, 0);
		return;
	}
	if (decode_network(d, in, type))
		return;
	if (!(d->flags & DECODE_WITH_LINK))
		text_put(&d->text, "ethertype %s (0x%04x), length %zu",
			 decode_ethertype_name(type), type, in.orig);
	decode_rest(d, in, 0);
}

void decode_raw(struct decode *d, struct view v)
{
	unsigned int version = view_u8(v, 0) >> 4;

	if (d->flags & DECODE_WITH_LINK)
		text_put(&d->text, "ip: ");
	if (v.cap == 0) {
		text_put(&d->text, "[|ip]");
	} else if (version == 4) {
		decode_ip4(d, v);
	} else if (version == 6) {
		decode_ip6(d, v);
	} else {
		text_put(&d->text, "unknown ip %u", version);
		decode_rest(d, v, 0);
	}
}
