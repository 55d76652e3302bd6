// SPDX-License-Identifier: MIT
/* IPv4, and with -v all of its header. */
#include "decode-layer.h"

#define IP_LEN 20

static void put_flags(struct text *t, unsigned int bits)
{
	static const char *const names[] = { "+", "DF", "rsvd" };
	const char *comma = "";
	unsigned int i;

	text_put(t, "flags [%s", bits ? "" : "none");
	for (i = 0; i < 3; i++) {
		if (!(bits & 1u << i))
			continue;
		text_put(t, "%s%s", comma, names[i]);
		comma = ", ";
	}
	text_put(t, "]");
}

static void put_options(struct decode *d, struct view v, size_t header)
{
	if (header == IP_LEN)
		return;
	text_put(&d->text, ", options (");
	decode_ip4_options(d, view_behind(view_first(v, header), IP_LEN));
	text_put(&d->text, ")");
}

static void put_header(struct decode *d, struct view v, size_t header,
		       size_t len)
{
	static const char *const ecn[] = { "", ",ECT(1)", ",ECT(0)", ",CE" };
	unsigned int sum = view_checksum(v, header, 10, 0);
	unsigned int frag = view_be16(v, 6);
	struct text *t = &d->text;

	text_put(t, "(tos 0x%x%s", view_u8(v, 1), ecn[view_u8(v, 1) & 3]);
	if (view_u8(v, 8))
		text_put(t, ", ttl %u", view_u8(v, 8));
	text_put(t, ", id %u, offset %u, ", view_be16(v, 4),
		 (frag & 0x1fff) * 8);
	put_flags(t, frag >> 13);
	text_put(t, ", proto %s (%u), length %zu",
		 decode_protocol_name(view_u8(v, 9)), view_u8(v, 9), len);
	put_options(d, v, header);
	if (v.cap >= header && sum != view_be16(v, 10))
		text_put(t, ", bad cksum %x (->%x)!", view_be16(v, 10), sum);
	text_put(t, ")\n    ");
}

static void put_payload(struct decode *d, struct view v, struct view next)
{
	struct ends e = {
		.version = 4,
		.src = view_ip4(v, 12),
		.dst = view_ip4(v, 16),
		.sum = view_sum(view_first(view_behind(v, 12), 8), 0),
		.is_fragment = (view_be16(v, 6) & 0x3fff) != 0,
	};

	if (view_be16(v, 6) & 0x1fff) {
		decode_names(d, &e);	/* it has no header to name more */
		text_put(&d->text, "ip-proto-%u", view_u8(v, 9));
	} else {
		decode_transport(d, &e, view_u8(v, 9), next);
	}
}

/* Whether the header can be read on; a word about it if not. */
static int check_header(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	unsigned int version = view_u8(v, 0) >> 4;
	size_t header = (size_t)(view_u8(v, 0) & 15) * 4;
	size_t len = view_be16(v, 2);

	if (v.cap && version == 6) {
		text_put(t, "IP6, wrong link-layer encapsulation (invalid)");
		return 0;
	}
	if (v.cap && version != 4) {
		text_put(t, "IP%u (invalid)", version);
		return 0;
	}
	decode_prefix(d, "IP ");
	if (v.cap < IP_LEN)
		text_put(t, "[|ip]");
	else if (header < IP_LEN)
		text_put(t, "bad-hlen %zu", header);
	else if (len && len < header)
		text_put(t, "bad-len %zu", len);
	else
		return 1;
	return 0;
}

void decode_ip4(struct decode *d, struct view v)
{
	size_t header = (size_t)(view_u8(v, 0) & 15) * 4;
	size_t len = view_be16(v, 2);

	if (!check_header(d, v))
		return;
	if (len == 0)
		len = v.orig;	/* too long for the field (BIG TCP) */
	if (len > v.orig && !d->is_quote)
		text_put(&d->text, "truncated-ip - %zu bytes missing! ",
			 len - v.orig);
	if (decode_is_verbose(d))
		put_header(d, v, header, len);
	put_payload(d, v, view_behind(view_first(v, len), header));
}
