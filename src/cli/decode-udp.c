// SPDX-License-Identifier: MIT
/* UDP, and VXLAN on its port (RFC 7348). */
#include "decode-layer.h"

#define UDP_LEN 8
#define VXLAN_PORT 4789
#define VXLAN_LEN 8
#define VXLAN_HAS_VNI 0x08

static void put_vxlan(struct decode *d, struct view v)
{
	struct text *t = &d->text;

	text_put(t, "VXLAN, ");
	if (v.cap < VXLAN_LEN) {
		text_put(t, "[|vxlan]");
		return;
	}
	text_put(t, "flags [%s] (0x%02x), vni %u%s",
		 view_u8(v, 0) & VXLAN_HAS_VNI ? "I" : "invalid",
		 view_u8(v, 0), view_be32(v, 4) >> 8,
		 decode_is_verbose(d) ? "\n" : " ");
	if (!decode_enter(d))
		return;
	decode_ethernet(d, view_behind(v, VXLAN_LEN));
	decode_leave(d);
}

/* Of IPv6 alone, as tcpdump -v does: there it is all that guards them. */
static void put_checksum(struct decode *d, const struct ends *e,
			 struct view v, size_t len)
{
	unsigned int sum;

	if (e->version != 6 || e->is_fragment || !decode_is_verbose(d) ||
	    v.cap < len)
		return;
	sum = view_checksum(v, len, 6,
			    decode_pseudo_sum(e, IPPROTO_UDP, len));
	if (sum == 0)
		sum = 0xffff;	/* 0 means that there is none */
	if (sum == view_be16(v, 6))
		text_put(&d->text, "[udp sum ok] ");
	else
		text_put(&d->text, "[bad udp cksum 0x%04x -> 0x%04x!] ",
			 view_be16(v, 6), sum);
}

void decode_udp(struct decode *d, const struct ends *e, struct view v)
{
	struct text *t = &d->text;
	size_t len = view_be16(v, 4);

	if (v.cap < UDP_LEN) {
		text_put(t, "[|udp]");
		return;
	}
	if (len == 0 && v.orig > UINT16_MAX)
		len = v.orig;	/* longer than the field can say: RFC 2675 */
	if (len < UDP_LEN) {
		text_put(t, "truncated-udplength %zu", len);
		return;
	}
	put_checksum(d, e, v, len < v.orig ? len : v.orig);
	if (view_be16(v, 2) == VXLAN_PORT)
		put_vxlan(d, view_behind(v, UDP_LEN));
	else if (len > v.orig && !e->is_fragment)
		text_put(t, "UDP, bad length %zu > %zu", len - UDP_LEN,
			 v.orig - UDP_LEN);
	else
		text_put(t, "UDP, length %zu", len - UDP_LEN);
}
