// SPDX-License-Identifier: MIT
/* Multicast listener discovery: messages of ICMPv6 (RFC 2710, 3810). */
#include <netinet/icmp6.h>

#include "decode-layer.h"

#define MLD_LEN 24
#define QUERY2_LEN 28
#define RECORD_LEN 20

/* From a bit on, mantissa and exponent. */
static unsigned int query_interval(unsigned int code)
{
	if (code < 128)
		return code;
	return ((code & 15) | 16) << ((code >> 4 & 7) + 3);
}

static unsigned int response_delay(unsigned int code)
{
	if (code < 32768)
		return code;
	return ((code & 0xfff) | 0x1000) << ((code >> 12 & 7) + 3);
}

static void put_query2(struct decode *d, struct view v)
{
	struct text *t = &d->text;

	text_put(t, " v2");
	if (v.cap < QUERY2_LEN) {
		text_put(t, " [|icmp6]");
		return;
	}
	if (decode_is_verbose(d))
		text_put(t, " [max resp delay=%u]",
			 response_delay(view_be16(v, 4)));
	text_put(t, " [gaddr %s", view_ip6(v, 8).s);
	if (decode_is_verbose(d))
		text_put(t, "%s robustness=%u qqi=%u",
			 view_u8(v, 24) & 8 ? " sflag" : "",
			 view_u8(v, 24) & 7, query_interval(view_u8(v, 25)));
	if (view_be16(v, 26))
		text_put(t, ", %u source(s)", view_be16(v, 26));
	text_put(t, "]");
}

void decode_mld_query(struct decode *d, struct view v)
{
	if (v.orig >= QUERY2_LEN && view_u8(v, 0) == MLD_LISTENER_QUERY)
		put_query2(d, v);
	else
		text_put(&d->text, " max resp delay: %u addr: %s",
			 view_be16(v, 4), view_ip6(v, 8).s);
}

void decode_mld_report(struct decode *d, struct view v)
{
	static const char *const kinds[] = {
		"", " is_in", " is_ex", " to_in", " to_ex", " allow",
		" block",
	};
	struct text *t = &d->text;
	unsigned int n = view_be16(v, 6);
	unsigned int kind, sources;

	text_put(t, ", %u group record(s)", n);
	if (!decode_is_verbose(d))
		return;
	for (v = view_behind(v, 8); n && text_has_room(t); n--) {
		if (v.cap < RECORD_LEN) {
			text_put(t, " [|icmp6]");
			return;
		}
		kind = view_u8(v, 0);
		sources = view_be16(v, 2);
		text_put(t, " [gaddr %s", view_ip6(v, 4).s);
		if (kind >= 1 && kind <= 6)
			text_put(t, "%s", kinds[kind]);
		else
			text_put(t, " [v2-report-#%u]", kind);
		text_put(t, ", %u source(s)]", sources);
		v = view_behind(v, RECORD_LEN + 16u * sources +
				   4u * view_u8(v, 1));
	}
}
