/* SPDX-License-Identifier: MIT */
/*
 * CAN_ISOTP (ISO 15765-2). Identifiers as the field writes them: 3 hex
 * digits are standard, 8 are extended. The kernel refuses any other bit
 * (isotp_bind of net/can/isotp.c).
 */
#include "family/can.h"

#include <linux/can/isotp.h>

static int scan_id(struct sfam__scan *s, canid_t *ret)
{
	static const char expected[] =
		"a CAN identifier: 3 hex digits up to 7FF, or 8 up to 1FFFFFFF";
	size_t start = s->pos;
	size_t n = sfam__scan_hex_run(s);
	uint32_t max = n == 3 ? CAN_SFF_MASK : CAN_EFF_MASK;
	uint32_t v;

	if ((n != 3 && n != 8) || sfam__scan_hex(s, n, &v, expected) < 0 ||
	    v > max) {
		s->pos = start;
		return sfam__scan_fail(s, -EINVAL, start, expected);
	}
	*ret = n == 3 ? v : v | CAN_EFF_FLAG;
	return 0;
}

static int set_rx(struct sfam__scan *s, void *sa)
{
	return scan_id(s, &((struct sockaddr_can *)sa)->can_addr.tp.rx_id);
}

static int set_tx(struct sfam__scan *s, void *sa)
{
	return scan_id(s, &((struct sockaddr_can *)sa)->can_addr.tp.tx_id);
}

static const struct sfam__key keys[] = {
	{ "rx", set_rx },
	{ "tx", set_tx },
	{ NULL, NULL },
};

static int isotp_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_can can = { .can_family = AF_CAN };
	uint32_t seen;
	int r;

	r = sfam__scan_interface(s, 0, &can.can_ifindex);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &can, &seen);
	if (r < 0)
		return r;
	if ((seen & 3) != 3)
		return sfam__scan_fail(s, -EINVAL, s->pos,
				       seen & 1 ? "tx=ID too" : "rx=ID too");
	sfam__addr_set(ret, &can, sizeof(can));
	return 0;
}

static bool id_is_clean(canid_t id)
{
	if (id & CAN_EFF_FLAG)
		return (id & ~(CAN_EFF_FLAG | CAN_EFF_MASK)) == 0;
	return id <= CAN_SFF_MASK;
}

static int isotp_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_can old;
	struct sockaddr_can can = { .can_family = AF_CAN };

	sfam__addr_get(addr, &old, sizeof(old));
	can.can_ifindex = old.can_ifindex;
	can.can_addr.tp = old.can_addr.tp;
	if (!id_is_clean(can.can_addr.tp.rx_id))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_can,
						     can_addr.tp.rx_id),
				      "an rx_id without stray bits");
	if (!id_is_clean(can.can_addr.tp.tx_id))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_can,
						     can_addr.tp.tx_id),
				      "a tx_id without stray bits");
	sfam__addr_set(addr, &can, sizeof(can));
	return sfam__can_check_index(&can, diag);
}

static void out_id(struct sfam__out *o, const char *key, canid_t id)
{
	sfam__out_str(o, key);
	if (id & CAN_EFF_FLAG)
		sfam__out_hex(o, id & CAN_EFF_MASK, 8);
	else
		sfam__out_hex(o, id, 3);
}

static void isotp_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_can can;

	sfam__addr_get(addr, &can, sizeof(can));
	sfam__out_interface(o, 0, can.can_ifindex);
	out_id(o, ",rx=", can.can_addr.tp.rx_id);
	out_id(o, ",tx=", can.can_addr.tp.tx_id);
}

static bool isotp_is_fd(int fd)
{
	return sfam__can_answers(fd, SOL_CAN_ISOTP, CAN_ISOTP_OPTS);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_can, can_family, HOST),
	SFAM__FIELD(struct sockaddr_can, can_ifindex, SIGNED),
	SFAM__FIELD(struct sockaddr_can, can_addr.tp.rx_id, HOST),
	SFAM__FIELD(struct sockaddr_can, can_addr.tp.tx_id, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_can_isotp = {
	.name = "can-isotp",
	.syntax = "can-isotp:IF,rx=ID,tx=ID",
	.af = AF_CAN,
	.type = SOCK_DGRAM,
	.protocol = CAN_ISOTP,
	.types = SFAM_TYPE_DGRAM,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.traits = SFAM_TRAIT_BUS,
	.len_min = SFAM_CAN_LEN(can_addr.tp),
	.len_max = sizeof(struct sockaddr_can),
	.config = "CONFIG_CAN_ISOTP",
	.module = "can-isotp",
	.since = "5.10",
	.parse = isotp_parse,
	.format = isotp_format,
	.fields = fields,
	.check = isotp_check,
	.is_fd = isotp_is_fd,
};
