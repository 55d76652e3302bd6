/* SPDX-License-Identifier: MIT */
/* NFC, raw: connected to a target of a device (net/nfc/rawsock.c). */
#include "family/nfc.h"

static const struct sfam__name protocols[] = {
	{ "none", 0 },
	{ "jewel", NFC_PROTO_JEWEL },
	{ "mifare", NFC_PROTO_MIFARE },
	{ "felica", NFC_PROTO_FELICA },
	{ "iso14443", NFC_PROTO_ISO14443 },
	{ "nfc-dep", NFC_PROTO_NFC_DEP },
	{ "iso14443-b", NFC_PROTO_ISO14443_B },
	{ "iso15693", NFC_PROTO_ISO15693 },
	{ NULL, 0 },
};

static const struct sfam__key no_keys[] = { { NULL, NULL } };

int sfam__nfc_scan(struct sfam__scan *s, struct sockaddr_nfc *ret)
{
	int r;

	r = sfam__scan_u32(s, UINT32_MAX, &ret->dev_idx,
			   "the number of a device");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":TARGET:PROTO\"");
	if (r == 0)
		r = sfam__scan_u32(s, UINT32_MAX, &ret->target_idx,
				   "the number of a target");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":PROTO\"");
	if (r == 0)
		r = sfam__scan_named(s, protocols, SFAM_NFC_PROTO_MAX,
				     &ret->nfc_protocol, "a protocol: none "
				     "jewel mifare felica iso14443 ... or "
				     "0..31");
	return r;
}

void sfam__nfc_out(struct sfam__out *o, const struct sockaddr_nfc *sa)
{
	sfam__out_dec(o, sa->dev_idx);
	sfam__out_char(o, ':');
	sfam__out_dec(o, sa->target_idx);
	sfam__out_char(o, ':');
	sfam__out_named(o, protocols, sa->nfc_protocol);
}

int sfam__nfc_check_proto(uint32_t proto, struct sfam_diag *diag)
{
	if (proto <= SFAM_NFC_PROTO_MAX)
		return 0;
	return sfam__addr_bad(diag, offsetof(struct sockaddr_nfc,
					     nfc_protocol),
			      "a protocol 0..31");
}

static int nfc_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_nfc sa;
	int r;

	memset(&sa, 0, sizeof(sa));	/* there is padding */
	sa.sa_family = AF_NFC;
	r = sfam__nfc_scan(s, &sa);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &sa, sizeof(sa));
	return r;
}

static int nfc_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_nfc old, sa;

	sfam__addr_get(addr, &old, sizeof(old));
	memset(&sa, 0, sizeof(sa));
	sa.sa_family = AF_NFC;
	sa.dev_idx = old.dev_idx;
	sa.target_idx = old.target_idx;
	sa.nfc_protocol = old.nfc_protocol;
	sfam__addr_set(addr, &sa, sizeof(sa));
	return sfam__nfc_check_proto(sa.nfc_protocol, diag);
}

static void nfc_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_nfc sa;

	sfam__addr_get(addr, &sa, sizeof(sa));
	sfam__nfc_out(o, &sa);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_nfc, sa_family, HOST),
	SFAM__FIELD(struct sockaddr_nfc, dev_idx, HOST),
	SFAM__FIELD(struct sockaddr_nfc, target_idx, HOST),
	SFAM__FIELD(struct sockaddr_nfc, nfc_protocol, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_nfc = {
	.name = "nfc",
	.syntax = "nfc:DEV:TARGET:PROTO",
	.af = AF_NFC,
	.type = SOCK_SEQPACKET,
	.protocol = NFC_SOCKPROTO_RAW,
	.types = SFAM_TYPE_SEQPACKET | SFAM_TYPE_RAW,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.len_min = sizeof(struct sockaddr_nfc),
	.len_max = sizeof(struct sockaddr_nfc),
	.config = "CONFIG_NFC",
	.module = "nfc",
	.since = "3.1",
	.parse = nfc_parse,
	.format = nfc_format,
	.fields = fields,
	.check = nfc_check,
};
