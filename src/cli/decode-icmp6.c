// SPDX-License-Identifier: MIT
/* ICMPv6, and what its errors quote. */
#include <netinet/icmp6.h>

#include "decode-layer.h"

#define ICMP6_LEN 8
#define IP6_LEN 40
#define MLD2_REPORT 143		/* RFC 3810 */

static void put_echo(struct decode *d, struct view v)
{
	text_put(&d->text, ", id %u, seq %u", view_be16(v, 4),
		 view_be16(v, 6));
}

/* The port that nobody listens on: behind what comes before the transport. */
static void put_port(struct text *t, struct view quote)
{
	struct view next = view_behind(quote, IP6_LEN);
	unsigned int proto = view_u8(quote, 6);
	struct view fragment;

	next = decode_ip6_skip(next, &proto, &fragment);
	text_put(t, "unreachable port, %s ", view_ip6(quote, 24).s);
	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		text_put(t, "%s", proto == IPPROTO_TCP ? "tcp" : "udp");
	else
		text_put(t, "protocol %u", proto);
	text_put(t, " port %u", view_be16(next, 2));
}

static void put_unreachable(struct decode *d, struct view v)
{
	static const char *const words[] = {
		"unreachable route", "unreachable prohibited",
		"beyond scope", "unreachable address",
	};
	struct view quote = view_behind(v, ICMP6_LEN);
	unsigned int code = view_u8(v, 1);
	struct text *t = &d->text;

	text_put(t, ", ");
	if (code > ICMP6_DST_UNREACH_NOPORT) {
		text_put(t, "unknown unreach code (%u)", code);
		decode_rest(d, v, 1);
		return;
	}
	if (quote.cap < IP6_LEN) {
		text_put(t, "[|icmp6]");
		return;
	}
	if (code == ICMP6_DST_UNREACH_NOPORT)
		put_port(t, quote);
	else
		text_put(t, "%s %s", words[code], view_ip6(quote, 24).s);
	if (code == ICMP6_DST_UNREACH_BEYONDSCOPE)
		text_put(t, ", source address %s", view_ip6(quote, 8).s);
}

static void put_too_big(struct decode *d, struct view v)
{
	text_put(&d->text, ", mtu %u", view_be32(v, 4));
}

static void put_exceeded(struct decode *d, struct view v)
{
	struct view quote = view_behind(v, ICMP6_LEN);
	unsigned int code = view_u8(v, 1);

	if (code == ICMP6_TIME_EXCEED_TRANSIT && quote.cap < IP6_LEN)
		text_put(&d->text, " [|icmp6]");
	else if (code == ICMP6_TIME_EXCEED_TRANSIT)
		text_put(&d->text, " for %s", view_ip6(quote, 24).s);
	else if (code == ICMP6_TIME_EXCEED_REASSEMBLY)
		text_put(&d->text, " (reassembly)");
	else
		text_put(&d->text, ", unknown code (%u)", code);
}

static void put_parameter(struct decode *d, struct view v)
{
	static const char *const words[] = {
		"erroneous", "next header", "option",
		"incomplete header chain",
	};
	unsigned int code = view_u8(v, 1);

	if (code < sizeof(words) / sizeof(words[0]))
		text_put(&d->text, ", %s - octet %u", words[code],
			 view_be32(v, 4));
	else
		text_put(&d->text, ", code-#%u", code);
}

/* The bits from the highest on, by name. */
static void put_bits(struct text *t, unsigned int bits,
		     const char *const names[], size_t n)
{
	const char *comma = "";
	size_t i;

	text_put(t, "Flags [");
	for (i = 0; i < n; i++) {
		if (!(bits & 0x80u >> i))
			continue;
		text_put(t, "%s%s", comma, names[i]);
		comma = ", ";
	}
	text_put(t, "%s]", *comma ? "" : "none");
}

static void put_router(struct decode *d, struct view v)
{
	static const char *const flags[] = {
		"managed", "other stateful", "home agent",
	};
	static const char *const preference[] = {
		"medium", "high", "reserved", "low",
	};
	struct text *t = &d->text;

	if (!decode_is_verbose(d))
		return;
	text_put(t, "\n\thop limit %u, ", view_u8(v, 4));
	put_bits(t, view_u8(v, 5), flags, 3);
	text_put(t, ", pref %s, router lifetime %us, reachable time %ums, "
		 "retrans timer %ums", preference[view_u8(v, 5) >> 3 & 3],
		 view_be16(v, 6), view_be32(v, 8), view_be32(v, 12));
}

static void put_who_has(struct decode *d, struct view v)
{
	text_put(&d->text, ", who has %s", view_ip6(v, 8).s);
}

static void put_target(struct decode *d, struct view v)
{
	static const char *const flags[] = {
		"router", "solicited", "override",
	};

	text_put(&d->text, ", tgt is %s", view_ip6(v, 8).s);
	if (decode_is_verbose(d)) {
		text_put(&d->text, ", ");
		put_bits(&d->text, view_u8(v, 4), flags, 3);
	}
}

static void put_redirect(struct decode *d, struct view v)
{
	text_put(&d->text, ", %s to %s", view_ip6(v, 24).s,
		 view_ip6(v, 8).s);
}

static const struct message {
	unsigned int type;
	const char *name;
	size_t len;
	int is_nd;		/* the length stands behind the name */
	void (*put)(struct decode *d, struct view v);
} messages[] = {
	{ ICMP6_ECHO_REQUEST, "echo request", 8, 0, put_echo },
	{ ICMP6_ECHO_REPLY, "echo reply", 8, 0, put_echo },
	{ ICMP6_DST_UNREACH, "destination unreachable", 8, 0,
	  put_unreachable },
	{ ICMP6_PACKET_TOO_BIG, "packet too big", 8, 0, put_too_big },
	{ ICMP6_TIME_EXCEEDED, "time exceeded in-transit", 8, 0,
	  put_exceeded },
	{ ICMP6_PARAM_PROB, "parameter problem", 8, 0, put_parameter },
	{ ND_ROUTER_SOLICIT, "router solicitation", 8, 1, NULL },
	{ ND_ROUTER_ADVERT, "router advertisement", 16, 1, put_router },
	{ ND_NEIGHBOR_SOLICIT, "neighbor solicitation", 24, 1, put_who_has },
	{ ND_NEIGHBOR_ADVERT, "neighbor advertisement", 24, 1, put_target },
	{ ND_REDIRECT, "redirect", 40, 1, put_redirect },
	{ MLD_LISTENER_QUERY, "multicast listener query", 24, 0,
	  decode_mld_query },
	{ MLD_LISTENER_REPORT, "multicast listener report", 24, 0,
	  decode_mld_query },
	{ MLD_LISTENER_REDUCTION, "multicast listener done", 24, 0,
	  decode_mld_query },
	{ MLD2_REPORT, "multicast listener report v2", 8, 0,
	  decode_mld_report },
	{ 0, NULL, 0, 0, NULL },
};

static void put_message(struct decode *d, struct view v,
			const struct message *m)
{
	struct text *t = &d->text;

	text_put(t, "%s", m->name);
	if (m->is_nd && decode_is_verbose(d))
		text_put(t, ", length %zu", v.orig);
	if (v.cap < m->len)
		text_put(t, " [|icmp6]");
	else if (m->put)
		m->put(d, v);
	if (!decode_is_verbose(d))
		text_put(t, ", length %zu", v.orig);
	else if (m->is_nd)
		decode_nd_options(d, view_behind(v, m->len));
}

static void put_checksum(struct decode *d, const struct ends *e,
			 struct view v)
{
	unsigned int sum;

	if (e->is_fragment || !decode_is_verbose(d) || !view_is_whole(v))
		return;
	sum = view_checksum(v, v.orig, 2,
			    decode_pseudo_sum(e, IPPROTO_ICMPV6, v.orig));
	if (sum == view_be16(v, 2))
		text_put(&d->text, "[icmp6 sum ok] ");
	else
		text_put(&d->text, "[bad icmp6 cksum 0x%04x -> 0x%04x!] ",
			 view_be16(v, 2), sum);
}

void decode_icmp6(struct decode *d, const struct ends *e, struct view v)
{
	const struct message *m = messages;
	struct text *t = &d->text;

	if (v.cap < ICMP6_LEN) {
		text_put(t, "ICMP6, [|icmp6]");
		return;
	}
	put_checksum(d, e, v);
	text_put(t, "ICMP6, ");
	while (m->name && m->type != view_u8(v, 0))
		m++;
	if (m->name) {
		put_message(d, v, m);
	} else {
		text_put(t, "unknown icmp6 type (%u), length %zu",
			 view_u8(v, 0), v.orig);
		decode_rest(d, v, 1);
	}
}
