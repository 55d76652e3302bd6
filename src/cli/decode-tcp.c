// SPDX-License-Identifier: MIT
/* TCP; its numbers are those on the wire, as with tcpdump -S. */
#include "decode-layer.h"

#define TCP_LEN 20

enum { FIN_SYN_RST = 0x07, ACK = 0x10, URG = 0x20 };

const char *decode_tcp_flags(char buf[16], unsigned int bits)
{
	static const char letters[] = "FSRP.UEW";
	size_t i, n = 0;

	for (i = 0; i < 8; i++)
		if (bits & 1u << i)
			buf[n++] = letters[i];
	buf[n] = '\0';
	return n ? buf : "none";
}

static void put_checksum(struct decode *d, const struct ends *e,
			 struct view v)
{
	struct text *t = &d->text;
	unsigned int sum;

	if (e->is_fragment || !decode_is_verbose(d) || !view_is_whole(v))
		return;
	sum = view_checksum(v, v.orig, 16,
			    decode_pseudo_sum(e, IPPROTO_TCP, v.orig));
	text_put(t, ", cksum 0x%04x ", view_be16(v, 16));
	if (sum == view_be16(v, 16))
		text_put(t, "(correct)");
	else
		text_put(t, "(incorrect -> 0x%04x)", sum);
}

static void put_numbers(struct text *t, struct view v, uint32_t len)
{
	unsigned int bits = view_u8(v, 13);
	uint32_t seq = view_be32(v, 4);

	if (len || bits & FIN_SYN_RST)
		text_put(t, ", seq %u", seq);
	if (len)
		text_put(t, ":%u", seq + len);
	if (bits & ACK)
		text_put(t, ", ack %u", view_be32(v, 8));
	text_put(t, ", win %u", view_be16(v, 14));
	if (bits & URG)
		text_put(t, ", urg %u", view_be16(v, 18));
}

void decode_tcp(struct decode *d, const struct ends *e, struct view v)
{
	size_t header = (size_t)(view_u8(v, 12) >> 4) * 4;
	struct text *t = &d->text;
	char flags[16];

	if (v.cap < TCP_LEN) {
		text_put(t, "[|tcp]");
		return;
	}
	if (header < TCP_LEN) {
		text_put(t, "tcp %zu [bad hdr length %zu - too short, < %u]",
			 v.orig - header, header, TCP_LEN);
		return;
	}
	text_put(t, "Flags [%s]", decode_tcp_flags(flags, view_u8(v, 13)));
	if (header > v.orig) {
		text_put(t, " [bad hdr length %zu - too long, > %zu]", header,
			 v.orig);
		return;
	}
	put_checksum(d, e, v);
	put_numbers(t, v, (uint32_t)(v.orig - header));
	if (header > TCP_LEN) {
		text_put(t, ", options [");
		decode_tcp_options(d, view_behind(view_first(v, header),
						  TCP_LEN));
		text_put(t, "]");
	}
	text_put(t, ", length %zu", v.orig - header);
}
