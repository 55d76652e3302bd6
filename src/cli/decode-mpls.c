// SPDX-License-Identifier: MIT
/* MPLS: a stack of labels, and IP behind it if it looks like that. */
#include "decode-layer.h"

#define LABEL_LEN 4

static const char *reserved_name(uint32_t label)
{
	switch (label) {
	case 0:
		return "IPv4 explicit NULL";
	case 1:
		return "router alert";
	case 2:
		return "IPv6 explicit NULL";
	case 3:
		return "implicit NULL";
	}
	return "rsvd";
}

/* Whether it is the bottom of the stack. */
static int put_label(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	uint32_t word = view_be32(v, 0);
	int is_bottom = word >> 8 & 1;

	text_put(t, "(label %u", word >> 12);
	if (decode_is_verbose(d) && word >> 12 < 16)
		text_put(t, " (%s)", reserved_name(word >> 12));
	text_put(t, ", tc %u%s, ttl %u)", word >> 9 & 7,
		 is_bottom ? ", [S]" : "", word & 0xff);
	return is_bottom;
}

static void put_break(struct decode *d)
{
	text_put(&d->text, decode_is_verbose(d) ? "\n\t" : " ");
}

void decode_mpls(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	unsigned int version;
	int is_bottom;

	text_put(t, "MPLS ");
	do {
		if (v.cap < LABEL_LEN) {
			text_put(t, "[|mpls]");
			return;
		}
		is_bottom = put_label(d, v);
		v = view_behind(v, LABEL_LEN);
		if (!is_bottom)
			put_break(d);
	} while (!is_bottom && text_has_room(t));
	version = view_u8(v, 0) >> 4;
	if (!is_bottom || v.cap == 0 || (version != 4 && version != 6)) {
		decode_rest(d, v, 0);
		return;
	}
	put_break(d);
	if (version == 4)
		decode_ip4(d, v);
	else
		decode_ip6(d, v);
}
