/* SPDX-License-Identifier: MIT */
/*
 * L2CAP. PSM and CID are little endian in the sockaddr. bind takes one of
 * the two; the address of a connected socket has both (l2cap_sock_getname()
 * of net/bluetooth/l2cap_sock.c).
 */
#include "family/bt.h"

#include <endian.h>

/* struct sockaddr_l2 of net/bluetooth/l2cap.h */
struct sockaddr_l2 {
	sa_family_t family;
	uint16_t psm;
	struct sfam__bdaddr bdaddr;
	uint16_t cid;
	uint8_t addrtype;
	uint8_t pad;		/* unnamed there */
};

#define BREDR 0			/* BDADDR_BREDR */
#define LE_RANDOM 2		/* BDADDR_LE_RANDOM, the last */

static const struct sfam__name addrtypes[] = {
	{ "bredr", BREDR },
	{ "le-public", 1 },
	{ "le-random", LE_RANDOM },
	{ NULL, 0 },
};

/* l2cap_validate_bredr_psm(), l2cap_validate_le_psm(); 0 is none. */
static bool psm_is_valid(const struct sockaddr_l2 *l2)
{
	uint16_t psm = le16toh(l2->psm);

	if (l2->addrtype != BREDR)
		return psm <= 0xff;
	return psm == 0 || (psm & 0x0101) == 0x0001;
}

static const char psm_expected[] =
	"a PSM: odd and 0x100 clear, on LE 0..255, or 0";

static int set_cid(struct sfam__scan *s, void *sa)
{
	struct sockaddr_l2 *l2 = sa;
	uint16_t cid;
	int r = sfam__scan_u16(s, UINT16_MAX, &cid, "a channel id 0..65535");

	if (r == 0)
		l2->cid = htole16(cid);
	return r;
}

static int set_addrtype(struct sfam__scan *s, void *sa)
{
	struct sockaddr_l2 *l2 = sa;
	uint32_t v;
	int r = sfam__scan_named(s, addrtypes, LE_RANDOM, &v,
				 "bredr le-public le-random or 0..2");

	if (r == 0)
		l2->addrtype = (uint8_t)v;
	return r;
}

static const struct sfam__key keys[] = {
	{ "cid", set_cid },
	{ "addrtype", set_addrtype },
	{ NULL, NULL },
};

static int l2cap_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_l2 l2 = { .family = AF_BLUETOOTH };
	size_t psm_at = 0;
	uint16_t psm;
	int r;

	r = sfam__bt_scan(s, &l2.bdaddr);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":PSM\"");
	if (r == 0) {
		psm_at = s->pos;
		r = sfam__scan_u16(s, UINT16_MAX, &psm, psm_expected);
	}
	if (r < 0)
		return r;
	l2.psm = htole16(psm);
	r = sfam__keys_parse(s, ret, keys, &l2, NULL);
	if (r < 0)
		return r;
	if (!psm_is_valid(&l2))
		return sfam__scan_fail(s, -EINVAL, psm_at, psm_expected);
	sfam__addr_set(ret, &l2, sizeof(l2));
	return 0;
}

static int l2cap_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_l2 l2;

	sfam__addr_get(addr, &l2, sizeof(l2));
	if (l2.addrtype > LE_RANDOM)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_l2,
						     addrtype),
				      "an address type 0..2");
	if (!psm_is_valid(&l2))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_l2, psm),
				      psm_expected);
	l2.pad = 0;
	sfam__addr_set(addr, &l2, sizeof(l2));
	return 0;
}

static void l2cap_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_l2 l2;

	sfam__addr_get(addr, &l2, sizeof(l2));
	sfam__bt_out(o, &l2.bdaddr);
	sfam__out_char(o, ':');
	sfam__out_dec(o, le16toh(l2.psm));
	sfam__out_key(o, "cid", le16toh(l2.cid));
	if (l2.addrtype != BREDR) {
		sfam__out_str(o, ",addrtype=");
		sfam__out_named(o, addrtypes, l2.addrtype);
	}
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("l2_family", struct sockaddr_l2, family, HOST),
	SFAM__FIELD_AS("l2_psm", struct sockaddr_l2, psm, LITTLE),
	SFAM__FIELD_AS("l2_bdaddr", struct sockaddr_l2, bdaddr, LITTLE),
	SFAM__FIELD_AS("l2_cid", struct sockaddr_l2, cid, LITTLE),
	SFAM__FIELD_AS("l2_bdaddr_type", struct sockaddr_l2, addrtype, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_bt_l2cap = {
	.name = "bt-l2cap",
	.syntax = "bt-l2cap:BDADDR:PSM[,cid=][,addrtype=]  "
		  "(BDADDR also any, local)",
	.af = AF_BLUETOOTH,
	.type = SOCK_SEQPACKET,
	.protocol = SFAM_BT_L2CAP,
	.types = SFAM_TYPE_SEQPACKET | SFAM_TYPE_STREAM | SFAM_TYPE_DGRAM |
		 SFAM_TYPE_RAW,
	.flags = SFAM_ROW_BY_PROTOCOL,
	/*
	 * The kernel fills up with zeros what is short: old programs know no
	 * cid and no type. It takes even 2 bytes; half a PSM is no address.
	 */
	.len_min = offsetof(struct sockaddr_l2, cid),
	.len_max = sizeof(struct sockaddr_l2),
	.config = "CONFIG_BT",
	.module = "bluetooth",
	.since = "2.4.6",
	.parse = l2cap_parse,
	.format = l2cap_format,
	.fields = fields,
	.check = l2cap_check,
};
