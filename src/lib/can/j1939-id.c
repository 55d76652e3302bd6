/* SPDX-License-Identifier: MIT */
/* Identifiers and NAMEs of J1939, to and from their parts. */
#include "can/j1939.h"

SFAM_PUBLIC int sfam_j1939_id_pack(uint32_t *ret_can_id,
				   const struct sfam_j1939_id *id)
{
	bool has_dst = sfam__j1939_has_dst(id->pgn);

	if (id->prio > 7 || id->pgn > J1939_PGN_MAX)
		return -EINVAL;
	if (has_dst ? (id->pgn & 0xff) != 0 : id->dst != J1939_NO_ADDR)
		return -EINVAL;
	*ret_can_id = CAN_EFF_FLAG | (uint32_t)id->prio << 26 | id->pgn << 8 |
		      (has_dst ? (uint32_t)id->dst << 8 : 0) | id->src;
	return 0;
}

SFAM_PUBLIC int sfam_j1939_id_unpack(struct sfam_j1939_id *ret,
				     uint32_t can_id)
{
	uint32_t pgn = can_id >> 8 & J1939_PGN_MAX;

	if (!(can_id & CAN_EFF_FLAG) || can_id & (CAN_RTR_FLAG | CAN_ERR_FLAG))
		return -EINVAL;
	ret->prio = can_id >> 26 & 7;
	ret->src = can_id & 0xff;
	ret->dst = J1939_NO_ADDR;
	if (sfam__j1939_has_dst(pgn)) {
		ret->dst = pgn & 0xff;
		pgn &= ~UINT32_C(0xff);
	}
	ret->pgn = pgn;
	return 0;
}

/* Puts value into bits of a NAME; false if it has more of them. */
static bool put(uint64_t *name, uint32_t value, int shift, int bits)
{
	*name |= (uint64_t)value << shift;
	return value >> bits == 0;
}

SFAM_PUBLIC int sfam_j1939_name_pack(uint64_t *ret,
				     const struct sfam_j1939_name *n)
{
	uint64_t name = 0;

	if (!put(&name, n->identity, 0, 21) ||
	    !put(&name, n->manufacturer, 21, 11) ||
	    !put(&name, n->ecu_instance, 32, 3) ||
	    !put(&name, n->function_instance, 35, 5) ||
	    !put(&name, n->function, 40, 8) ||
	    !put(&name, n->reserved, 48, 1) ||
	    !put(&name, n->vehicle_system, 49, 7) ||
	    !put(&name, n->system_instance, 56, 4) ||
	    !put(&name, n->industry_group, 60, 3) ||
	    !put(&name, n->arbitrary_address, 63, 1))
		return -ERANGE;
	*ret = name;
	return 0;
}

static uint32_t get(uint64_t name, int shift, int bits)
{
	return (uint32_t)(name >> shift) & ((UINT32_C(1) << bits) - 1);
}

SFAM_PUBLIC void sfam_j1939_name_unpack(struct sfam_j1939_name *ret,
					uint64_t name)
{
	ret->identity = get(name, 0, 21);
	ret->manufacturer = (uint16_t)get(name, 21, 11);
	ret->ecu_instance = (uint8_t)get(name, 32, 3);
	ret->function_instance = (uint8_t)get(name, 35, 5);
	ret->function = (uint8_t)get(name, 40, 8);
	ret->reserved = (uint8_t)get(name, 48, 1);
	ret->vehicle_system = (uint8_t)get(name, 49, 7);
	ret->system_instance = (uint8_t)get(name, 56, 4);
	ret->industry_group = (uint8_t)get(name, 60, 3);
	ret->arbitrary_address = (uint8_t)get(name, 63, 1);
}
