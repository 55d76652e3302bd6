// SPDX-License-Identifier: MIT
/* Options of neighbor discovery (RFC 4861, 8106), a line each. */
#include <netinet/icmp6.h>

#include "decode-layer.h"

#define ND_OPT_RDNSS 25

static void put_prefix(struct text *t, struct view v)
{
	unsigned int bits = view_u8(v, 3);

	text_put(t, "%s/%u, Flags [%s%s%s], valid time ",
		 view_ip6(v, 16).s, view_u8(v, 2), bits & 0x80 ? "onlink" : "",
		 (bits & 0xc0) == 0xc0 ? ", " : "", bits & 0x40 ? "auto" :
		 bits & 0x80 ? "" : "none");
	if (view_be32(v, 4) == UINT32_MAX)
		text_put(t, "infinity");
	else
		text_put(t, "%us", view_be32(v, 4));
	text_put(t, ", pref. time ");
	if (view_be32(v, 8) == UINT32_MAX)
		text_put(t, "infinity");
	else
		text_put(t, "%us", view_be32(v, 8));
}

static void put_servers(struct text *t, struct view v)
{
	size_t at;

	text_put(t, " lifetime %us,", view_be32(v, 4));
	for (at = 8; at + 16 <= v.orig && text_has_room(t); at += 16)
		text_put(t, " addr: %s", view_ip6(v, at).s);
}

static const struct {
	unsigned int type;
	size_t len;		/* at least */
	const char *name;
} names[] = {
	{ ND_OPT_SOURCE_LINKADDR, 8, "source link-address" },
	{ ND_OPT_TARGET_LINKADDR, 8, "destination link-address" },
	{ ND_OPT_PREFIX_INFORMATION, 32, "prefix info" },
	{ ND_OPT_REDIRECTED_HEADER, 8, "redirected header" },
	{ ND_OPT_MTU, 8, "mtu" },
	{ ND_OPT_RDNSS, 24, "rdnss" },
	{ 0, 0, "unknown" },
};

static void put_option(struct text *t, struct view v)
{
	unsigned int type = view_u8(v, 0);
	size_t i = 0;

	while (names[i].type && (names[i].type != type ||
				 names[i].len > v.orig))
		i++;
	text_put(t, "\n\t  %s option (%u), length %zu (%u): ", names[i].name,
		 type, v.orig, view_u8(v, 1));
	switch (names[i].type) {
	case ND_OPT_SOURCE_LINKADDR:
	case ND_OPT_TARGET_LINKADDR:
		text_mac(t, v, 2, v.orig - 2);
		break;
	case ND_OPT_PREFIX_INFORMATION:
		put_prefix(t, v);
		break;
	case ND_OPT_MTU:
		text_put(t, " %u", view_be32(v, 4));
		break;
	case ND_OPT_RDNSS:
		put_servers(t, v);
		break;
	case 0:
		text_hex(t, view_behind(v, 2));
		break;
	}
}

void decode_nd_options(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	size_t len;

	for (; v.orig && text_has_room(t); v = view_behind(v, len)) {
		len = view_u8(v, 1) * 8u;
		if (len == 0 || v.cap < len) {
			text_put(t, " [|icmp6]");
			return;
		}
		put_option(t, view_first(v, len));
	}
}
