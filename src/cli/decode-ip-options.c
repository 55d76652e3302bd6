// SPDX-License-Identifier: MIT
/* Options of IPv4, one after the other with commas between. */
#include <netinet/ip.h>

#include "decode-layer.h"

static const struct {
	unsigned int type;
	const char *name;
} names[] = {
	{ IPOPT_EOL, "EOL" },
	{ IPOPT_NOP, "NOP" },
	{ IPOPT_RR, "RR" },
	{ IPOPT_TS, "timestamp" },
	{ IPOPT_SECURITY, "security" },
	{ IPOPT_LSRR, "LSRR" },
	{ IPOPT_SSRR, "SSRR" },
	{ IPOPT_RA, "RA" },
};

static void put_name(struct text *t, unsigned int type)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].type == type) {
			text_put(t, "%s", names[i].name);
			return;
		}
	}
	text_put(t, "unknown %u", type);
}

/* Addresses; the third byte says, counted from 1, which one comes next. */
static void put_route(struct text *t, struct view v)
{
	unsigned int at;

	if ((v.orig + 1) % 4)
		text_put(t, " [bad length %zu]", v.orig);
	for (at = 3; at + 4 <= v.orig; at += 4)
		text_put(t, "%s%s", at == 3 ? " " : ", ", view_ip4(v, at).s);
}

static void put_timestamps(struct text *t, struct view v)
{
	unsigned int kind = view_u8(v, 3) & 15;
	size_t step = kind == IPOPT_TS_TSONLY ? 4 : 8;
	size_t at;

	if (v.orig < 4 || (v.orig - 4) % step) {
		text_put(t, " [bad length %zu]", v.orig);
		return;
	}
	text_put(t, " TS{%s", kind == IPOPT_TS_TSONLY ? "TSONLY" :
		 kind == IPOPT_TS_TSANDADDR ? "TS+ADDR" :
		 kind == IPOPT_TS_PRESPEC ? "PRESPEC" : "[bad ts type]");
	for (at = 4; at + step <= v.orig; at += step) {
		text_put(t, "%s", view_u8(v, 2) == at + 1 ? " ^" : "");
		text_put(t, " %u@%s", view_be32(v, at + step - 4),
			 step == 8 ? view_ip4(v, at).s : "");
	}
	text_put(t, "%s}", view_u8(v, 2) == at + 1 ? " ^" : "");
	if (view_u8(v, 3) >> 4)
		text_put(t, " [%u hops not recorded]", view_u8(v, 3) >> 4);
}

static void put_option(struct text *t, struct view v)
{
	switch (view_u8(v, 0)) {
	case IPOPT_RR:
	case IPOPT_LSRR:
	case IPOPT_SSRR:
		put_route(t, v);
		break;
	case IPOPT_TS:
		put_timestamps(t, v);
		break;
	}
}

void decode_ip4_options(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	const char *comma = "";
	unsigned int type;
	int is_short;
	size_t len;

	for (; v.orig; v = view_behind(v, len)) {
		type = view_u8(v, 0);
		is_short = type == IPOPT_EOL || type == IPOPT_NOP;
		len = is_short ? 1 : view_u8(v, 1);
		text_put(t, "%s", comma);
		comma = ",";
		if (v.cap < 2 && v.cap < v.orig) {
			text_put(t, "[|ip]");
			return;
		}
		put_name(t, type);
		if ((len < 2 && !is_short) || len > v.orig) {
			text_put(t, " [bad length %zu]", len);
			return;
		}
		put_option(t, view_first(v, len));
		if (type == IPOPT_EOL)
			return;
	}
}
