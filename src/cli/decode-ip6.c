// SPDX-License-Identifier: MIT
/* IPv6 and the headers between it and the transport. */
#include "decode-layer.h"

#define IP6_LEN 40
#define EXTENSION_LEN 8
#define ROUTING_SEGMENTS 4	/* RFC 8754: the first one is the last hop */

static size_t extension_len(unsigned int proto, struct view v)
{
	switch (proto) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_DSTOPTS:
	case IPPROTO_ROUTING:
		return (view_u8(v, 1) + 1u) * 8;
	case IPPROTO_FRAGMENT:
		return EXTENSION_LEN;
	}
	return 0;
}

struct view decode_ip6_skip(struct view v, unsigned int *proto,
			    struct view *ret_fragment)
{
	unsigned int before;
	size_t len;
	int i;

	*ret_fragment = view_first(v, 0);
	for (i = 0; i < EXTENSIONS_MAX; i++) {
		len = extension_len(*proto, v);
		if (len == 0)
			break;
		before = *proto;
		*proto = view_u8(v, 0);
		if (before == IPPROTO_FRAGMENT)
			*ret_fragment = view_first(v, len);
		v = view_behind(v, len);
		if (before == IPPROTO_FRAGMENT &&
		    view_be16(*ret_fragment, 2) & 0xfff8)
			break;
	}
	return v;
}

/* A later fragment has nothing to go on with. */
static int put_fragment(struct decode *d, struct ends *e, struct view v)
{
	unsigned int offset = view_be16(v, 2) & 0xfff8;

	text_put(&d->text, "frag (");
	if (decode_is_verbose(d))
		text_put(&d->text, "0x%08x:", view_be32(v, 4));
	text_put(&d->text, "%u|%zu)%s", offset, v.orig - EXTENSION_LEN,
		 offset ? "" : " ");
	e->is_fragment = 1;
	return offset == 0;
}

static size_t address_count(struct view v)
{
	if (view_u8(v, 2) == ROUTING_SEGMENTS)
		return view_u8(v, 4) + 1u;
	return view_u8(v, 1) / 2;
}

static void put_routing_words(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	int is_verbose = decode_is_verbose(d);

	if (view_u8(v, 2) != ROUTING_SEGMENTS) {
		if (is_verbose)
			text_put(t, ", rsv=0x%x", view_be32(v, 4));
		return;
	}
	text_put(t, ", last-entry=%u", view_u8(v, 4));
	if (is_verbose)
		text_put(t, ", flags=0x%x", view_u8(v, 5));
	text_put(t, ", tag=%x", view_be16(v, 6));
}

/* The checksums behind it are those of the last hop. */
static void take_last_hop(struct ends *e, struct view ip, struct view v)
{
	size_t at = EXTENSION_LEN;
	size_t n = address_count(v);

	if (view_u8(v, 3) == 0 || n == 0)
		return;
	if (view_u8(v, 2) != ROUTING_SEGMENTS)
		at += 16 * (n - 1);
	e->sum = view_sum(view_first(view_behind(ip, 8), 16), 0);
	e->sum = view_sum(view_first(view_behind(v, at), 16), e->sum);
}

static int put_routing(struct decode *d, struct ends *e, struct view ip,
		       struct view v)
{
	struct text *t = &d->text;
	unsigned int type = view_u8(v, 2);
	size_t i, n = address_count(v);

	v = view_first(v, (view_u8(v, 1) + 1u) * 8);
	text_put(t, "RT6 (len=%u, type=%u%s, segleft=%u", view_u8(v, 1), type,
		 type == 0 ? " [Deprecated]" : "", view_u8(v, 3));
	if (type != 0 && type != 2 && type != ROUTING_SEGMENTS) {
		text_put(t, " (unknown type) (invalid)");
		return 0;
	}
	put_routing_words(d, v);
	for (i = 0; i < n && text_has_room(t); i++) {
		if (v.cap < EXTENSION_LEN + (i + 1) * 16) {
			text_put(t, ", [|srcrt]");
			return 0;
		}
		text_put(t, ", [%zu]%s", i,
			 view_ip6(v, EXTENSION_LEN + i * 16).s);
	}
	text_put(t, ") ");
	take_last_hop(e, ip, v);
	return 1;
}

static void put_options(struct decode *d, const char *name, struct view v)
{
	text_put(&d->text, "%s ", name);
	if (!decode_is_verbose(d))
		return;
	v = view_first(v, (view_u8(v, 1) + 1u) * 8);
	decode_ip6_options(d, view_behind(v, 2));
	text_put(&d->text, " ");
}

/* Whether something can follow this header. */
static int put_extension(struct decode *d, struct ends *e, unsigned int proto,
			 struct view ip, struct view v)
{
	decode_names(d, e);
	if (v.cap < EXTENSION_LEN) {
		text_put(&d->text, "[|ip6]");
		return 0;
	}
	switch (proto) {
	case IPPROTO_HOPOPTS:
		put_options(d, "HBH", v);
		return 1;
	case IPPROTO_DSTOPTS:
		put_options(d, "DSTOPT", v);
		return 1;
	case IPPROTO_ROUTING:
		return put_routing(d, e, ip, v);
	}
	return put_fragment(d, e, v);
}

static void put_payload(struct decode *d, struct view ip, struct view v)
{
	struct ends e = {
		.version = 6,
		.src = view_ip6(ip, 8),
		.dst = view_ip6(ip, 24),
		.sum = view_sum(view_first(view_behind(ip, 8), 32), 0),
	};
	unsigned int proto = view_u8(ip, 6);
	size_t len;
	int i;

	for (i = 0; i < EXTENSIONS_MAX; i++) {
		len = extension_len(proto, v);
		if (len == 0)
			break;
		if (!put_extension(d, &e, proto, ip, v))
			return;
		proto = view_u8(v, 0);
		v = view_behind(v, len);
	}
	decode_transport(d, &e, proto, v);
}

static void put_header(struct text *t, struct view v, size_t len)
{
	uint32_t first = view_be32(v, 0);

	text_put(t, "(");
	if (first >> 20 & 0xff)
		text_put(t, "class 0x%02x, ", first >> 20 & 0xff);
	if (first & 0xfffff)
		text_put(t, "flowlabel 0x%05x, ", first & 0xfffff);
	text_put(t, "hlim %u, next-header %s (%u) payload length: %zu) ",
		 view_u8(v, 7), decode_protocol_name(view_u8(v, 6)),
		 view_u8(v, 6), len);
}

void decode_ip6(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	struct view next = view_behind(v, IP6_LEN);
	size_t len = view_be16(v, 4);

	decode_prefix(d, "IP6 ");
	if (v.cap < IP6_LEN) {
		text_put(t, "[|ip6]");
		return;
	}
	if (view_u8(v, 0) >> 4 != 6) {
		text_put(t, "version error: %u != 6", view_u8(v, 0) >> 4);
		return;
	}
	if (len > next.orig)
		text_put(t, "truncated-ip6 - %zu bytes missing! ",
			 len - next.orig);
	if (decode_is_verbose(d))
		put_header(t, v, len);
	/* 0: too long for the field (BIG TCP), with a jumbo option or not. */
	if (len || (next.orig <= UINT16_MAX && view_u8(v, 6)))
		next = view_first(next, len);
	put_payload(d, v, next);
}
