// SPDX-License-Identifier: MIT
/* ICMP, and what its errors quote. */
#include <netinet/ip_icmp.h>

#include "decode-layer.h"

#define ICMP_LEN 8

enum { ROUTER_ADVERTISEMENT = 9, ROUTER_SOLICITATION = 10 };

static void put_echo(struct text *t, struct view v)
{
	text_put(t, "echo %s, id %u, seq %u",
		 view_u8(v, 0) == ICMP_ECHO ? "request" : "reply",
		 view_be16(v, 4), view_be16(v, 6));
}

/* The port that nobody listens on. */
static void put_port(struct text *t, struct view quote, const char *dst)
{
	size_t header = (size_t)(view_u8(quote, 0) & 15) * 4;
	unsigned int proto = view_u8(quote, 9);
	unsigned int port = view_be16(quote, header + 2);

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		text_put(t, "%s %s port %u unreachable", dst,
			 proto == IPPROTO_TCP ? "tcp" : "udp", port);
	else
		text_put(t, "%s protocol %u port %u unreachable", dst, proto,
			 port);
}

static void put_fragmentation(struct text *t, struct view v, const char *dst)
{
	text_put(t, "%s unreachable - need to frag", dst);
	if (view_be16(v, 6))
		text_put(t, " (mtu %u)", view_be16(v, 6));
}

/* What comes before and behind the address, by code. */
static const struct {
	const char *before, *behind;
} unreachable[] = {
	[ICMP_NET_UNREACH] = { "net ", "" },
	[ICMP_HOST_UNREACH] = { "host ", "" },
	[ICMP_SR_FAILED] = { "", " - source route failed" },
	[ICMP_NET_UNKNOWN] = { "net ", " - unknown" },
	[ICMP_HOST_UNKNOWN] = { "host ", " - unknown" },
	[ICMP_HOST_ISOLATED] = { "", " - source host isolated" },
	[ICMP_NET_ANO] = { "net ", " - admin prohibited" },
	[ICMP_HOST_ANO] = { "host ", " - admin prohibited" },
	[ICMP_NET_UNR_TOS] = { "net ", " - tos prohibited" },
	[ICMP_HOST_UNR_TOS] = { "host ", " - tos prohibited" },
	[ICMP_PKT_FILTERED] = { "host ", " - admin prohibited filter" },
	[ICMP_PREC_VIOLATION] = { "host ", " - host precedence violation" },
	[ICMP_PREC_CUTOFF] = { "host ", " - precedence cutoff" },
};

static void put_unreachable(struct text *t, struct view v)
{
	struct view quote = view_behind(v, ICMP_LEN);
	struct ip_text dst = view_ip4(quote, 16);
	unsigned int code = view_u8(v, 1);

	if (quote.cap < 20)
		text_put(t, "unreachable [|icmp]");
	else if (code == ICMP_PROT_UNREACH)
		text_put(t, "%s protocol %u unreachable", dst.s,
			 view_u8(quote, 9));
	else if (code == ICMP_PORT_UNREACH)
		put_port(t, quote, dst.s);
	else if (code == ICMP_FRAG_NEEDED)
		put_fragmentation(t, v, dst.s);
	else if (code <= ICMP_PREC_CUTOFF)
		text_put(t, "%s%s unreachable%s", unreachable[code].before,
			 dst.s, unreachable[code].behind);
	else
		text_put(t, "%s unreachable - #%u", dst.s, code);
}

static void put_redirect(struct text *t, struct view v)
{
	static const char *const words[][2] = {
		{ "", "net " }, { "", "host " },
		{ "-tos", "net " }, { "-tos", "host " },
	};
	struct ip_text dst = view_ip4(view_behind(v, ICMP_LEN), 16);
	unsigned int code = view_u8(v, 1);

	if (v.cap < ICMP_LEN + 20)
		text_put(t, "redirect [|icmp]");
	else if (code <= ICMP_REDIR_HOSTTOS)
		text_put(t, "redirect%s %s to %s%s", words[code][0], dst.s,
			 words[code][1], view_ip4(v, 4).s);
	else
		text_put(t, "redirect-#%u %s to %s", code, dst.s,
			 view_ip4(v, 4).s);
}

static void put_exceeded(struct text *t, unsigned int code)
{
	if (code == ICMP_EXC_TTL)
		text_put(t, "time exceeded in-transit");
	else if (code == ICMP_EXC_FRAGTIME)
		text_put(t, "ip reassembly time exceeded");
	else
		text_put(t, "time exceeded-#%u", code);
}

static void put_parameter(struct text *t, struct view v)
{
	if (view_u8(v, 1))
		text_put(t, "parameter problem - code %u", view_u8(v, 1));
	else
		text_put(t, "parameter problem - octet %u", view_u8(v, 4));
}

static void put_lifetime(struct text *t, unsigned int s)
{
	if (s < 60)
		text_put(t, "%u", s);
	else if (s < 3600)
		text_put(t, "%u:%02u", s / 60, s % 60);
	else
		text_put(t, "%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
}

static void put_routers(struct text *t, struct view v)
{
	unsigned int n = view_u8(v, 4);
	size_t step = view_u8(v, 5) * 4u;
	size_t at = ICMP_LEN;

	text_put(t, "router advertisement lifetime ");
	put_lifetime(t, view_be16(v, 6));
	text_put(t, " %u:", n);
	if (step != 8) {
		text_put(t, " [size %zu]", step);
		return;
	}
	for (; n && text_has_room(t); n--, at += step) {
		if (v.cap < at + step) {
			text_put(t, " [|icmp]");
			return;
		}
		text_put(t, " {%s %u}", view_ip4(v, at).s,
			 view_be32(v, at + 4));
	}
}

static void put_time(struct text *t, const char *name, uint32_t ms)
{
	text_put(t, "%s %02u:%02u:%02u.%03u", name, ms / 3600000,
		 ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

static void put_timestamp(struct text *t, struct view v)
{
	int is_reply = view_u8(v, 0) == ICMP_TIMESTAMPREPLY;

	text_put(t, "time stamp %s id %u seq %u",
		 is_reply ? "reply" : "query", view_be16(v, 4),
		 view_be16(v, 6));
	if (!is_reply)
		return;
	if (v.cap < 20) {
		text_put(t, " [|icmp]");
		return;
	}
	put_time(t, ": org", view_be32(v, 8));
	put_time(t, ", recv", view_be32(v, 12));
	put_time(t, ", xmit", view_be32(v, 16));
}

static void put_message(struct text *t, struct view v)
{
	unsigned int type = view_u8(v, 0);

	switch (type) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
		put_echo(t, v);
		break;
	case ICMP_DEST_UNREACH:
		put_unreachable(t, v);
		break;
	case ICMP_SOURCE_QUENCH:
		text_put(t, "source quench");
		break;
	case ICMP_REDIRECT:
		put_redirect(t, v);
		break;
	case ROUTER_ADVERTISEMENT:
		put_routers(t, v);
		break;
	case ROUTER_SOLICITATION:
		text_put(t, "router solicitation");
		break;
	case ICMP_TIME_EXCEEDED:
		put_exceeded(t, view_u8(v, 1));
		break;
	case ICMP_PARAMETERPROB:
		put_parameter(t, v);
		break;
	case ICMP_TIMESTAMP:
	case ICMP_TIMESTAMPREPLY:
		put_timestamp(t, v);
		break;
	case ICMP_INFO_REQUEST:
	case ICMP_INFO_REPLY:
		text_put(t, "information %s",
			 type == ICMP_INFO_REQUEST ? "request" : "reply");
		break;
	case ICMP_ADDRESS:
		text_put(t, "address mask request");
		break;
	case ICMP_ADDRESSREPLY:
		text_put(t, "address mask is 0x%08x", view_be32(v, 8));
		break;
	default:
		text_put(t, "type-#%u", type);
	}
}

static int has_quote(unsigned int type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH ||
	       type == ICMP_REDIRECT || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

static void put_more(struct decode *d, const struct ends *e, struct view v)
{
	unsigned int sum = view_checksum(v, v.cap, 2, 0);
	struct view quote = view_behind(v, ICMP_LEN);

	if (!e->is_fragment && view_is_whole(v) && sum != view_be16(v, 2))
		text_put(&d->text, " (wrong icmp cksum %x (->%x)!)",
			 view_be16(v, 2), sum);
	if (!has_quote(view_u8(v, 0)) || quote.cap == 0)
		return;
	text_put(&d->text, "\n\t");
	if (decode_enter(d)) {
		d->is_quote = 1;
		decode_ip4(d, quote);
		d->is_quote = 0;
		decode_leave(d);
	}
}

void decode_icmp(struct decode *d, const struct ends *e, struct view v)
{
	text_put(&d->text, "ICMP ");
	if (v.cap < ICMP_LEN) {
		text_put(&d->text, "[|icmp]");
		return;
	}
	put_message(&d->text, v);
	text_put(&d->text, ", length %zu", v.orig);
	if (decode_is_verbose(d))
		put_more(d, e, v);
}
