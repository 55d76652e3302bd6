// SPDX-License-Identifier: MIT
/* TCP's options, one after the other with commas between. */
#include <netinet/tcp.h>

#include "decode-layer.h"

enum { MD5 = 19, USER_TIMEOUT = 28, FAST_OPEN = 34 };

static void put_sack(struct text *t, struct view v)
{
	size_t at;

	text_put(t, "sack %zu ", (v.orig - 2) / 8);
	for (at = 2; at + 8 <= v.orig; at += 8)
		text_put(t, "{%u:%u}", view_be32(v, at), view_be32(v, at + 4));
}

static void put_bytes(struct text *t, const char *before, struct view v)
{
	text_put(t, "%s", before);
	text_hex(t, view_behind(v, 2));
}

static void put_timeout(struct text *t, struct view v)
{
	unsigned int value = view_be16(v, 2);
	unsigned int unit = value & 0x8000 ? 60 : 1;

	text_put(t, "uto 0x%x %u", value, (value & 0x7fff) * unit);
}

static void put_unknown(struct text *t, struct view v)
{
	text_put(t, "unknown-%u", view_u8(v, 0));
	if (v.orig > 2)
		put_bytes(t, " 0x", v);
}

/* v is an option of two bytes and more. */
static void put_option(struct text *t, struct view v)
{
	unsigned int type = view_u8(v, 0);

	if (type == TCPOPT_MAXSEG && v.orig == TCPOLEN_MAXSEG)
		text_put(t, "mss %u", view_be16(v, 2));
	else if (type == TCPOPT_WINDOW && v.orig == TCPOLEN_WINDOW)
		text_put(t, "wscale %u", view_u8(v, 2));
	else if (type == TCPOPT_SACK_PERMITTED && v.orig == 2)
		text_put(t, "sackOK");
	else if (type == TCPOPT_SACK && v.orig % 8 == 2)
		put_sack(t, v);
	else if (type == TCPOPT_TIMESTAMP && v.orig == TCPOLEN_TIMESTAMP)
		text_put(t, "TS val %u ecr %u", view_be32(v, 2),
			 view_be32(v, 6));
	else if (type == MD5 && v.orig == 18)
		put_bytes(t, "md5 ", v);
	else if (type == USER_TIMEOUT && v.orig == 4)
		put_timeout(t, v);
	else if (type == FAST_OPEN && v.orig == 2)
		text_put(t, "tfo cookiereq");
	else if (type == FAST_OPEN)
		put_bytes(t, "tfo cookie ", v);
	else
		put_unknown(t, v);
}

/* The length of the option at the start of v; 0: it cannot be right. */
static size_t option_len(struct view v)
{
	size_t len = view_u8(v, 1);

	if (view_u8(v, 0) == TCPOPT_EOL || view_u8(v, 0) == TCPOPT_NOP)
		return 1;
	return len < 2 || len > v.orig ? 0 : len;
}

void decode_tcp_options(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	const char *comma = "";
	size_t len;

	for (; v.orig; v = view_behind(v, len)) {
		text_put(t, "%s", comma);
		comma = ",";
		len = option_len(v);
		if (v.cap < len || v.cap == 0) {
			text_put(t, "[|tcp]");
			return;
		}
		if (len == 0) {
			text_put(t, "[bad opt]");
			return;
		}
		if (len > 1)
			put_option(t, view_first(v, len));
		else if (view_u8(v, 0) == TCPOPT_NOP)
			text_put(t, "nop");
		else
			break;
	}
	if (v.orig)
		text_put(t, "eol");
}
