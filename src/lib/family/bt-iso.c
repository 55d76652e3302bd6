/* SPDX-License-Identifier: MIT */
/*
 * ISO, the channels of LE Audio. Addresses are LE's alone. A receiver of a
 * broadcast is bound to its sender too: who that is, the number of its
 * advertising set (SID) and which streams (BIS) are wanted. The sockaddr has
 * exactly these two lengths (iso_sock_bind() of net/bluetooth/iso.c).
 */
#include "family/bt.h"

#define BIS_MAX 31		/* ISO_MAX_NUM_BIS, and the highest of them */
#define SID_MAX 15
#define SID_ANY 0xff		/* HCI_SID_INVALID; since 6.16 and backports */

/* struct sockaddr_iso and, from bc on, sockaddr_iso_bc of bluetooth/iso.h */
struct sockaddr_iso {
	sa_family_t family;
	struct sfam__bdaddr bdaddr;
	uint8_t addrtype;
	struct sfam__bdaddr bc;
	uint8_t bc_addrtype;
	uint8_t sid;
	uint8_t num_bis;
	uint8_t bis[BIS_MAX];
	uint8_t pad;		/* unnamed there */
};

#define SHORT_LEN 10		/* without bc, but with a byte of padding */
#define LE_PUBLIC 1
#define LE_RANDOM 2

static const struct sfam__name addrtypes[] = {
	{ "le-public", LE_PUBLIC },
	{ "le-random", LE_RANDOM },
	{ NULL, 0 },
};

static const struct sfam__name sids[] = {
	{ "any", SID_ANY },
	{ NULL, 0 },
};

static bool type_is_le(uint32_t type)
{
	return type == LE_PUBLIC || type == LE_RANDOM;
}

static bool sid_is_valid(uint32_t sid)
{
	return sid <= SID_MAX || sid == SID_ANY;
}

static int scan_type(struct sfam__scan *s, uint8_t *ret)
{
	static const char expected[] = "le-public le-random or 1..2";
	size_t start = s->pos;
	uint32_t v;
	int r = sfam__scan_named(s, addrtypes, LE_RANDOM, &v, expected);

	if (r == 0 && !type_is_le(v))
		return sfam__scan_fail(s, -EINVAL, start, expected);
	if (r == 0)
		*ret = (uint8_t)v;
	return r;
}

static int set_addrtype(struct sfam__scan *s, void *sa)
{
	return scan_type(s, &((struct sockaddr_iso *)sa)->addrtype);
}

static int set_bc(struct sfam__scan *s, void *sa)
{
	return sfam__bt_scan(s, &((struct sockaddr_iso *)sa)->bc);
}

static int set_bc_addrtype(struct sfam__scan *s, void *sa)
{
	return scan_type(s, &((struct sockaddr_iso *)sa)->bc_addrtype);
}

static int set_sid(struct sfam__scan *s, void *sa)
{
	static const char expected[] = "a SID: any or 0..15";
	struct sockaddr_iso *iso = sa;
	size_t start = s->pos;
	uint32_t v;
	int r = sfam__scan_named(s, sids, SID_ANY, &v, expected);

	if (r == 0 && !sid_is_valid(v))
		return sfam__scan_fail(s, -EINVAL, start, expected);
	if (r == 0)
		iso->sid = (uint8_t)v;
	return r;
}

static int set_bis(struct sfam__scan *s, void *sa)
{
	static const char expected[] = "up to 31 streams 1..31, joined by +";
	struct sockaddr_iso *iso = sa;
	size_t start;
	uint8_t v;
	int r;

	do {
		start = s->pos;
		r = sfam__scan_u8(s, BIS_MAX, &v, expected);
		if (r < 0)
			return r;
		if (v == 0 || iso->num_bis == BIS_MAX)
			return sfam__scan_fail(s, -EINVAL, start, expected);
		iso->bis[iso->num_bis++] = v;
	} while (sfam__scan_skip(s, '+'));
	return 0;
}

static const struct sfam__key keys[] = {
	{ "addrtype", set_addrtype },
	{ "bc", set_bc },
	{ "bc_addrtype", set_bc_addrtype },
	{ "sid", set_sid },
	{ "bis", set_bis },
	{ NULL, NULL },
};

#define SEEN_ADDRTYPE (1u << 0)
#define SEEN_BC (1u << 1)

static int iso_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_iso iso = { .family = AF_BLUETOOTH };
	uint32_t seen;
	int r;

	iso.addrtype = LE_PUBLIC;
	iso.bc_addrtype = LE_PUBLIC;
	r = sfam__bt_scan(s, &iso.bdaddr);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &iso, &seen);
	if (r < 0)
		return r;
	if (seen & ~SEEN_ADDRTYPE && !(seen & SEEN_BC))
		return sfam__scan_fail(s, -EINVAL, s->pos, "bc=BDADDR too");
	sfam__addr_set(ret, &iso, seen & SEEN_BC ? sizeof(iso) : SHORT_LEN);
	return 0;
}

/* Zeroes the streams behind the last; false: one out of range. */
static bool clean_streams(struct sockaddr_iso *iso)
{
	size_t i;

	if (iso->num_bis > BIS_MAX)
		return false;
	for (i = 0; i < iso->num_bis; i++)
		if (iso->bis[i] == 0 || iso->bis[i] > BIS_MAX)
			return false;
	memset(iso->bis + i, 0, BIS_MAX - i);
	return true;
}

static int check_broadcast(struct sockaddr_iso *iso, struct sfam_diag *diag)
{
	if (!type_is_le(iso->bc_addrtype))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_iso,
						     bc_addrtype),
				      "an LE address type 1..2");
	if (!sid_is_valid(iso->sid))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_iso, sid),
				      "a SID 0..15, or 255 for any");
	if (!clean_streams(iso))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_iso,
						     num_bis),
				      "up to 31 streams 1..31");
	iso->pad = 0;
	return 0;
}

static int iso_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_iso iso;
	int r;

	sfam__addr_get(addr, &iso, sizeof(iso));
	if (addr->len != SHORT_LEN && addr->len != sizeof(iso))
		return sfam__addr_bad(diag, addr->len,
				      "10 bytes, or 50 with a broadcast");
	if (!type_is_le(iso.addrtype))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_iso,
						     addrtype),
				      "an LE address type 1..2");
	if (addr->len == SHORT_LEN) {
		iso.bc.b[0] = 0;	/* what is padding then */
	} else {
		r = check_broadcast(&iso, diag);
		if (r < 0)
			return r;
	}
	sfam__addr_set(addr, &iso, addr->len);
	return 0;
}

static void out_type(struct sfam__out *o, const char *key, uint32_t type)
{
	if (type == LE_PUBLIC)
		return;
	sfam__out_str(o, key);
	sfam__out_named(o, addrtypes, type);
}

static void out_broadcast(struct sfam__out *o, const struct sockaddr_iso *iso)
{
	size_t i;

	sfam__out_str(o, ",bc=");
	sfam__bt_out(o, &iso->bc);
	out_type(o, ",bc_addrtype=", iso->bc_addrtype);
	if (iso->sid) {
		sfam__out_str(o, ",sid=");
		sfam__out_named(o, sids, iso->sid);
	}
	for (i = 0; i < iso->num_bis; i++) {
		sfam__out_str(o, i ? "+" : ",bis=");
		sfam__out_dec(o, iso->bis[i]);
	}
}

static void iso_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_iso iso;

	sfam__addr_get(addr, &iso, sizeof(iso));
	sfam__bt_out(o, &iso.bdaddr);
	out_type(o, ",addrtype=", iso.addrtype);
	if (addr->len > SHORT_LEN)
		out_broadcast(o, &iso);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("iso_family", struct sockaddr_iso, family, HOST),
	SFAM__FIELD_AS("iso_bdaddr", struct sockaddr_iso, bdaddr, LITTLE),
	SFAM__FIELD_AS("iso_bdaddr_type", struct sockaddr_iso, addrtype, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field bc_tail[] = {
	SFAM__FIELD_AS("iso_bc->bc_bdaddr", struct sockaddr_iso, bc, LITTLE),
	SFAM__FIELD_AS("iso_bc->bc_bdaddr_type", struct sockaddr_iso,
		       bc_addrtype, HOST),
	SFAM__FIELD_AS("iso_bc->bc_sid", struct sockaddr_iso, sid, HOST),
	SFAM__FIELD_AS("iso_bc->bc_num_bis", struct sockaddr_iso, num_bis,
		       HOST),
	SFAM__FIELD_AS("iso_bc->bc_bis", struct sockaddr_iso, bis, BYTES),
	SFAM__FIELD_END
};

static const struct sfam_addr_field *iso_tail(const struct sfam_addr *addr)
{
	return addr->len > SHORT_LEN ? bc_tail : NULL;
}

const struct sfam_family sfam__family_bt_iso = {
	.name = "bt-iso",
	.syntax = "bt-iso:BDADDR[,addrtype=]"
		  "[,bc=BDADDR[,bc_addrtype=][,sid=][,bis=N+N...]]",
	.af = AF_BLUETOOTH,
	.type = SOCK_SEQPACKET,
	.protocol = SFAM_BT_ISO,
	.types = SFAM_TYPE_SEQPACKET,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.len_min = SHORT_LEN,
	.len_max = sizeof(struct sockaddr_iso),
	/* an experiment: the kernel waits to be told (mgmt, the UUID of it) */
	.config = "CONFIG_BT_LE, switched on by bluetoothd -E",
	.module = "bluetooth",
	.since = "6.0",
	.parse = iso_parse,
	.format = iso_format,
	.fields = fields,
	.tail = iso_tail,
	.check = iso_check,
};
