// SPDX-License-Identifier: MIT
/* GRE (RFC 2784, 2890): what its flags announce, and what is in it. */
#include <linux/if_ether.h>

#include "decode-layer.h"

#define GRE_LEN 4

enum {
	HAS_SUM = 0x8000, HAS_ROUTING = 0x4000, HAS_KEY = 0x2000,
	HAS_SEQ = 0x1000, VERSION_BITS = 0x0007,
};

static void put_flags(struct text *t, unsigned int flags)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ HAS_SUM, "checksum present" },
		{ HAS_ROUTING, "routing present" },
		{ HAS_KEY, "key present" },
		{ HAS_SEQ, "sequence# present" },
	};
	const char *comma = "";
	size_t i;

	text_put(t, ", Flags [");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(flags & names[i].bit))
			continue;
		text_put(t, "%s%s", comma, names[i].name);
		comma = ", ";
	}
	text_put(t, "%s]", *comma ? "" : "none");
}

/* Returns the length of the header with what the flags announce. */
static size_t put_fields(struct decode *d, struct view v)
{
	unsigned int flags = view_be16(v, 0);
	struct text *t = &d->text;
	size_t at = GRE_LEN;

	if (flags & HAS_SUM) {
		if (decode_is_verbose(d))
			text_put(t, ", sum 0x%x", view_be16(v, at));
		text_put(t, ", off 0x%x", view_be16(v, at + 2));
		at += 4;
	}
	if (flags & HAS_KEY) {
		text_put(t, ", key=0x%x", view_be32(v, at));
		at += 4;
	}
	if (flags & HAS_SEQ) {
		text_put(t, ", seq %u", view_be32(v, at));
		at += 4;
	}
	return at;
}

static size_t header_len(unsigned int flags)
{
	return GRE_LEN + (flags & HAS_SUM ? 4u : 0) +
	       (flags & HAS_KEY ? 4u : 0) + (flags & HAS_SEQ ? 4u : 0);
}

void decode_gre(struct decode *d, struct view v)
{
	unsigned int flags = view_be16(v, 0), type = view_be16(v, 2);
	struct text *t = &d->text;
	struct view in;

	text_put(t, "GREv%u", flags & VERSION_BITS);
	if (v.cap < GRE_LEN || v.cap < header_len(flags)) {
		text_put(t, " [|gre]");
		return;
	}
	if (flags & VERSION_BITS || flags & HAS_ROUTING) {
		text_put(t, " not decoded, length %zu", v.orig);
		decode_rest(d, v, 0);
		return;
	}
	if (decode_is_verbose(d))
		put_flags(t, flags);
	in = view_behind(v, put_fields(d, v));
	if (d->flags & DECODE_WITH_LINK)
		text_put(t, ", proto %s (0x%04x)", decode_ethertype_name(type),
			 type);
	text_put(t, ", length %zu%s", v.orig,
		 decode_is_verbose(d) ? "\n\t" : ": ");
	if (!decode_network(d, in, type)) {
		text_put(t, "gre-proto-0x%x", type);
		decode_rest(d, in, 0);
	}
}
