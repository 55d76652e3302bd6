// SPDX-License-Identifier: MIT
/* Packets for people: see decode.h. Here: which link it is, and the end. */
#include <errno.h>
#include <net/if_arp.h>

#include "decode-layer.h"

#ifndef ARPHRD_RAWIP
#define ARPHRD_RAWIP 519	/* linux/if_arp.h since 4.14 */
#endif

#define DEPTH_MAX 6		/* packets in packets; who nests deeper lies */

enum decode_link decode_link(unsigned int arphrd)
{
	switch (arphrd) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return DECODE_ETHERNET;
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_PPP:
		return DECODE_RAW;
	case ARPHRD_CAN:
		return DECODE_CAN;
	}
	return DECODE_UNKNOWN;
}

/* x, X and A twice: from the link header on. */
static unsigned int add_dump(unsigned int flags, unsigned int kind)
{
	return flags | (flags & kind ? DECODE_FROM_LINK : kind);
}

unsigned int decode_option(unsigned int flags, int letter)
{
	switch (letter) {
	case 'e':
		return flags | DECODE_WITH_LINK;
	case 'v':
		return flags | DECODE_VERBOSE;
	case 'x':
		return add_dump(flags, DECODE_HEX);
	case 'X':
		return add_dump(flags, DECODE_ASCII);
	case 'A':
		return add_dump(flags, DECODE_TEXT);
	}
	return flags;
}

int decode_is_verbose(const struct decode *d)
{
	return (d->flags & DECODE_VERBOSE) != 0;
}

void decode_prefix(struct decode *d, const char *name)
{
	if (!(d->flags & DECODE_WITH_LINK))
		text_put(&d->text, "%s", name);
}

void decode_rest(struct decode *d, struct view v, int is_plain)
{
	d->rest = v;
	d->rest_is_plain = is_plain;
}

int decode_enter(struct decode *d)
{
	if (d->depth >= DEPTH_MAX) {
		text_put(&d->text, "[nested too deep]");
		return 0;
	}
	d->depth++;
	return 1;
}

void decode_leave(struct decode *d)
{
	d->depth--;
}

static void decode_layers(struct decode *d, struct view v,
			  const struct decode_packet *p)
{
	d->start = v;
	d->rest = view_behind(v, v.orig);
	switch (p->link) {
	case DECODE_ETHERNET:
		decode_ethernet(d, v);
		break;
	case DECODE_RAW:
	case DECODE_IPV4:
	case DECODE_IPV6:
		decode_raw(d, v);
		break;
	case DECODE_SLL:
		decode_sll(d, v);
		break;
	case DECODE_SLL2:
		decode_sll2(d, v);
		break;
	case DECODE_CAN:
	case DECODE_CAN_FILE:
		decode_can(d, v, p->link == DECODE_CAN_FILE);
		break;
	case DECODE_COOKED:
		decode_cooked(d, v, p);
		break;
	case DECODE_UNKNOWN:
		text_put(&d->text, "unknown link, length %zu", v.orig);
		decode_rest(d, v, 0);
		break;
	default:
		text_put(&d->text, "link type %u, length %zu", p->link, v.orig);
		decode_rest(d, v, 0);
	}
}

ssize_t decode_text(char *buf, size_t size, const struct decode_packet *p,
		    unsigned int flags, struct decode_extent *ret_extent)
{
	struct view v = { p->data, p->caplen,
			  p->origlen > p->caplen ? p->origlen : p->caplen };
	struct decode d = { .text = { buf, size, 0 }, .flags = flags };

	decode_layers(&d, v, p);
	if (d.text.len >= size)
		return -ENOSPC;
	if (ret_extent) {
		ret_extent->link_len = p->caplen - d.start.cap;
		ret_extent->rest_at = (size_t)(d.rest.data - p->data);
		ret_extent->rest_len = d.rest.cap;
		ret_extent->rest_is_plain = d.rest_is_plain;
	}
	return (ssize_t)d.text.len;
}
