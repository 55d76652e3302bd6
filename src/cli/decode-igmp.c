// SPDX-License-Identifier: MIT
/* IGMP, versions 1 to 3. */
#include "decode-layer.h"

#define IGMP_LEN 8
#define RECORD_LEN 8

enum {
	QUERY = 0x11, REPORT_1 = 0x12, REPORT_2 = 0x16, LEAVE = 0x17,
	REPORT_3 = 0x22,
};

/* In tenths of a second; from 128 on mantissa and exponent (RFC 3376). */
static unsigned int response_time(unsigned int code)
{
	if (code < 128)
		return code;
	return ((code & 15) | 16) << ((code >> 4 & 7) + 3);
}

static void put_query(struct text *t, struct view v)
{
	unsigned int time = response_time(view_u8(v, 1));
	int is_third = v.orig >= 12;

	text_put(t, "igmp query v%d", is_third ? 3 : view_u8(v, 1) ? 2 : 1);
	if (is_third && time != 100)
		text_put(t, " [max resp time %u.%us]", time / 10, time % 10);
	else if (view_u8(v, 1) && time != 100)
		text_put(t, " [max resp time %u]", time);
	if (view_be32(v, 4) == 0)
		return;
	text_put(t, " [gaddr %s", view_ip4(v, 4).s);
	if (is_third && view_be16(v, 10))
		text_put(t, ", %u source(s)", view_be16(v, 10));
	text_put(t, "]");
}

static void put_records(struct text *t, struct view v, unsigned int n)
{
	static const char *const kinds[] = {
		"", "is_in", "is_ex", "to_in", "to_ex", "allow", "block",
	};
	unsigned int kind, sources;

	for (; n && text_has_room(t); n--) {
		kind = view_u8(v, 0);
		sources = view_be16(v, 2);
		if (v.cap < RECORD_LEN) {
			text_put(t, " [|igmp]");
			return;
		}
		text_put(t, " [gaddr %s", view_ip4(v, 4).s);
		if (kind >= 1 && kind <= 6)
			text_put(t, " %s, %u source(s)]", kinds[kind], sources);
		else
			text_put(t, " [v3-report-#%u], %u source(s)]", kind,
				 sources);
		v = view_behind(v, RECORD_LEN + 4u * sources +
				   4u * view_u8(v, 1));
	}
}

void decode_igmp(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	unsigned int type = view_u8(v, 0);

	if (v.cap < IGMP_LEN) {
		text_put(t, "igmp [|igmp]");
	} else if (type == QUERY) {
		put_query(t, v);
	} else if (type == REPORT_1 || type == REPORT_2) {
		text_put(t, "igmp v%d report %s", type == REPORT_1 ? 1 : 2,
			 view_ip4(v, 4).s);
	} else if (type == LEAVE) {
		text_put(t, "igmp leave %s", view_ip4(v, 4).s);
	} else if (type == REPORT_3) {
		text_put(t, "igmp v3 report, %u group record(s)",
			 view_be16(v, 6));
		if (decode_is_verbose(d))
			put_records(t, view_behind(v, IGMP_LEN),
				    view_be16(v, 6));
	} else {
		text_put(t, "igmp-%u", type);
	}
}
