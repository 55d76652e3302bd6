/* SPDX-License-Identifier: MIT */
/*
 * SAE J1939 (linux/can/j1939.h). Left out in the text: no name (0), no PGN
 * (0x40000), no address (0xff).
 */
#include "family/can.h"

#include <linux/can/j1939.h>

/* A PGN whose PDU format is below 240 has a destination, not a low byte. */
static bool pgn_is_clean(uint32_t pgn)
{
	return pgn == J1939_NO_PGN || (pgn & 0xff00) >= 0xf000 ||
	       (pgn & 0xff) == 0;
}

static int set_name(struct sfam__scan *s, void *sa)
{
	struct sockaddr_can *can = sa;
	uint64_t v;
	int r;

	r = sfam__scan_uint(s, UINT64_MAX, &v, "a 64 bit NAME, 0x...");
	if (r == 0)
		can->can_addr.j1939.name = v;
	return r;
}

static int set_pgn(struct sfam__scan *s, void *sa)
{
	struct sockaddr_can *can = sa;
	size_t start = s->pos;
	int r;

	r = sfam__scan_u32(s, J1939_PGN_MAX, &can->can_addr.j1939.pgn,
			   "a PGN 0..0x3ffff");
	if (r == 0 && !pgn_is_clean(can->can_addr.j1939.pgn))
		return sfam__scan_fail(s, -EINVAL, start, "a PGN that ends "
				       "in 00, as its format is below 240");
	return r;
}

static int set_addr(struct sfam__scan *s, void *sa)
{
	struct sockaddr_can *can = sa;
	uint32_t v;
	int r;

	r = sfam__scan_u32(s, UINT8_MAX, &v, "an address 0..255");
	if (r == 0)
		can->can_addr.j1939.addr = (uint8_t)v;
	return r;
}

static const struct sfam__key keys[] = {
	{ "name", set_name },
	{ "pgn", set_pgn },
	{ "addr", set_addr },
	{ NULL, NULL },
};

static int j1939_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_can can = { .can_family = AF_CAN };
	int r;

	can.can_addr.j1939.name = J1939_NO_NAME;
	can.can_addr.j1939.pgn = J1939_NO_PGN;
	can.can_addr.j1939.addr = J1939_NO_ADDR;
	r = sfam__scan_interface(s, 0, &can.can_ifindex);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &can, NULL);
	if (r == 0)
		sfam__addr_set(ret, &can, sizeof(can));
	return r;
}

static int j1939_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_can old;
	struct sockaddr_can can;

	sfam__addr_get(addr, &old, sizeof(old));
	memset(&can, 0, sizeof(can));	/* there is padding behind addr */
	can.can_family = AF_CAN;
	can.can_ifindex = old.can_ifindex;
	can.can_addr.j1939.name = old.can_addr.j1939.name;
	can.can_addr.j1939.pgn = old.can_addr.j1939.pgn;
	can.can_addr.j1939.addr = old.can_addr.j1939.addr;
	if (can.can_addr.j1939.pgn > J1939_NO_PGN ||
	    !pgn_is_clean(can.can_addr.j1939.pgn))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_can,
						     can_addr.j1939.pgn),
				      "a clean PGN up to 0x3ffff, or 0x40000");
	sfam__addr_set(addr, &can, sizeof(can));
	return sfam__can_check_index(&can, diag);
}

static void j1939_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_can can;

	sfam__addr_get(addr, &can, sizeof(can));
	sfam__out_interface(o, 0, can.can_ifindex);
	if (can.can_addr.j1939.name != J1939_NO_NAME) {
		sfam__out_str(o, ",name=0x");
		sfam__out_hex(o, can.can_addr.j1939.name, 16);
	}
	if (can.can_addr.j1939.pgn != J1939_NO_PGN) {
		sfam__out_str(o, ",pgn=0x");
		sfam__out_hex(o, can.can_addr.j1939.pgn, 5);
	}
	if (can.can_addr.j1939.addr != J1939_NO_ADDR) {
		sfam__out_str(o, ",addr=0x");
		sfam__out_hex(o, can.can_addr.j1939.addr, 2);
	}
}

static bool j1939_is_fd(int fd)
{
	return sfam__can_answers(fd, SOL_CAN_J1939, SO_J1939_PROMISC);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_can, can_family, HOST),
	SFAM__FIELD(struct sockaddr_can, can_ifindex, SIGNED),
	SFAM__FIELD(struct sockaddr_can, can_addr.j1939.name, HOST),
	SFAM__FIELD(struct sockaddr_can, can_addr.j1939.pgn, HOST),
	SFAM__FIELD(struct sockaddr_can, can_addr.j1939.addr, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_can_j1939 = {
	.name = "can-j1939",
	.syntax = "can-j1939:IF[,name=][,pgn=][,addr=]",
	.af = AF_CAN,
	.type = SOCK_DGRAM,
	.protocol = CAN_J1939,
	.types = SFAM_TYPE_DGRAM,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.traits = SFAM_TRAIT_BUS,
	.len_min = SFAM_CAN_LEN(can_addr.j1939),
	.len_max = sizeof(struct sockaddr_can),
	.config = "CONFIG_CAN_J1939",
	.module = "can-j1939",
	.since = "5.4",
	.parse = j1939_parse,
	.format = j1939_format,
	.fields = fields,
	.check = j1939_check,
	.is_fd = j1939_is_fd,
};
