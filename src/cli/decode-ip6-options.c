// SPDX-License-Identifier: MIT
/* Options of IPv6's hop-by-hop and destination headers, each in brackets. */
#include <netinet/ip6.h>

#include "decode-layer.h"

#define OPTION_HOME_ADDRESS 0xc9	/* RFC 6275 */

static void put_option(struct text *t, struct view v)
{
	unsigned int type = view_u8(v, 0);
	unsigned int len = view_u8(v, 1);

	if (type == IP6OPT_PADN)
		text_put(t, "(padn)");
	else if (type == IP6OPT_ROUTER_ALERT && len == 2)
		text_put(t, "(rtalert: 0x%04x)", view_be16(v, 2));
	else if (type == IP6OPT_JUMBO && len == 4)
		text_put(t, "(jumbo: %u)", view_be32(v, 2));
	else if (type == OPTION_HOME_ADDRESS && len == 16)
		text_put(t, "(homeaddr: %s)", view_ip6(v, 2).s);
	else
		text_put(t, "(opt_type 0x%02x: len=%u)", type, len);
}

void decode_ip6_options(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	size_t len;

	for (; v.orig && text_has_room(t); v = view_behind(v, len)) {
		len = view_u8(v, 0) == IP6OPT_PAD1 ? 1 : view_u8(v, 1) + 2u;
		if (v.cap == 0 || v.cap < len) {
			text_put(t, "[|ip6]");
			return;
		}
		if (len == 1)
			text_put(t, "(pad1)");
		else
			put_option(t, view_first(v, len));
	}
}
