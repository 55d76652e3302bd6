/* SPDX-License-Identifier: MIT */
/*
 * IEEE 802.2 (linux/llc.h). bind takes Ethernet only and finds the
 * interface by its MAC address; SAP 0 is a free one. test, xid and ua ask
 * for such frames when sending (net/llc/af_llc.c).
 */
#include <sys/socket.h>
#include <linux/if_arp.h>
#include <linux/llc.h>

#include "family/row.h"

#define MAC_LEN 6

static const struct sfam__name frames[] = {
	{ "test", 1 },
	{ "xid", 2 },
	{ "ua", 4 },
	{ NULL, 0 },
};

static uint32_t frames_of(const struct sockaddr_llc *llc)
{
	return (llc->sllc_test ? 1u : 0) | (llc->sllc_xid ? 2u : 0) |
	       (llc->sllc_ua ? 4u : 0);
}

static void set_frames(struct sockaddr_llc *llc, uint32_t v)
{
	llc->sllc_test = (v & 1) != 0;
	llc->sllc_xid = (v & 2) != 0;
	llc->sllc_ua = (v & 4) != 0;
}

static int set_frame(struct sfam__scan *s, void *sa)
{
	uint32_t v;
	int r = sfam__scan_flags(s, frames, &v,
				 "test, xid, ua, joined by +");

	if (r == 0)
		set_frames(sa, v);
	return r;
}

static const struct sfam__key keys[] = {
	{ "frame", set_frame },
	{ NULL, NULL },
};

static int scan_mac(struct sfam__scan *s, unsigned char *mac)
{
	size_t n;

	if (sfam__scan_word(s, "any"))
		return 0;
	return sfam__scan_octets(s, MAC_LEN, MAC_LEN, mac, &n,
				 "a MAC address: XX:XX:XX:XX:XX:XX, or any");
}

static int llc_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_llc llc = { .sllc_family = AF_LLC };
	int r;

	llc.sllc_arphrd = ARPHRD_ETHER;
	r = scan_mac(s, llc.sllc_mac);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":SAP\"");
	if (r == 0)
		r = sfam__scan_u8(s, UINT8_MAX, &llc.sllc_sap,
				  "a SAP 0..255");
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &llc, NULL);
	if (r == 0)
		sfam__addr_set(ret, &llc, sizeof(llc));
	return r;
}

static int llc_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_llc llc;

	sfam__addr_get(addr, &llc, sizeof(llc));
	if (llc.sllc_arphrd != 0 && llc.sllc_arphrd != ARPHRD_ETHER)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_llc,
						     sllc_arphrd),
				      "ARPHRD_ETHER (1) or 0");
	llc.sllc_arphrd = ARPHRD_ETHER;
	set_frames(&llc, frames_of(&llc));
	memset(llc.__pad, 0, sizeof(llc.__pad));
	sfam__addr_set(addr, &llc, sizeof(llc));
	return 0;
}

static void llc_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	static const unsigned char any[MAC_LEN];
	struct sockaddr_llc llc;

	sfam__addr_get(addr, &llc, sizeof(llc));
	if (memcmp(llc.sllc_mac, any, MAC_LEN) == 0)
		sfam__out_str(o, "any");
	else
		sfam__out_octets(o, llc.sllc_mac, MAC_LEN);
	sfam__out_char(o, ':');
	sfam__out_dec(o, llc.sllc_sap);
	if (frames_of(&llc)) {
		sfam__out_str(o, ",frame=");
		sfam__out_flags(o, frames, frames_of(&llc));
	}
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_llc, sllc_family, HOST),
	SFAM__FIELD(struct sockaddr_llc, sllc_arphrd, HOST),
	SFAM__FIELD(struct sockaddr_llc, sllc_test, HOST),
	SFAM__FIELD(struct sockaddr_llc, sllc_xid, HOST),
	SFAM__FIELD(struct sockaddr_llc, sllc_ua, HOST),
	SFAM__FIELD(struct sockaddr_llc, sllc_sap, HOST),
	SFAM__FIELD(struct sockaddr_llc, sllc_mac, BYTES),
	SFAM__FIELD(struct sockaddr_llc, __pad, BYTES),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_llc = {
	.name = "llc",
	.syntax = "llc:MAC:SAP[,frame=]  (MAC also any; frame: test xid ua)",
	.af = AF_LLC,
	.type = SOCK_DGRAM,
	.types = SFAM_TYPE_DGRAM | SFAM_TYPE_STREAM,
	.len_min = sizeof(struct sockaddr_llc),
	.len_max = sizeof(struct sockaddr_llc),
	.config = "CONFIG_LLC2",
	.module = "llc2",
	.since = "2.5.47",
	.needs = "CAP_NET_RAW: run as root",
	.parse = llc_parse,
	.format = llc_format,
	.fields = fields,
	.check = llc_check,
};
