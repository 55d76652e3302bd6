/* SPDX-License-Identifier: MIT */
/*
 * What a rule of the CAN gateway makes of a frame, from the description in
 * linux/can/gw.h: the second opinion of what the kernel does.
 */
#ifndef SFAM_TEST_GW_MODEL_H
#define SFAM_TEST_GW_MODEL_H

#include <string.h>

#include <sockfam/ctl.h>

enum gw_fate { GW_PASSES, GW_NOT_MEANT, GW_DELETED };

static inline uint32_t gw_op(int op, uint32_t value, uint32_t operand)
{
	switch (op) {
	case SFAM_CAN_GW_AND:
		return value & operand;
	case SFAM_CAN_GW_OR:
		return value | operand;
	case SFAM_CAN_GW_XOR:
		return value ^ operand;
	default:
		return operand;
	}
}

/* The length of a classic frame is its DLC: 9 to 15 stand for 8 bytes. */
static inline void gw_classic_len(struct canfd_frame *f, int op,
				  uint8_t operand)
{
	struct can_frame *classic = (struct can_frame *)f;
	uint8_t dlc = classic->len == 8 && classic->len8_dlc > 8 ?
		      classic->len8_dlc : classic->len;

	dlc = (uint8_t)gw_op(op, dlc, operand);
	classic->len8_dlc = dlc > 8 && dlc < 16 ? dlc : 0;
	classic->len = classic->len8_dlc ? 8 : dlc;
}

static inline void gw_modify(struct canfd_frame *f, int op, int fd,
			     const struct sfam_can_gw_mod *m)
{
	size_t i;

	if (m->what & CGW_MOD_ID)
		f->can_id = gw_op(op, f->can_id, m->id);
	if (m->what & CGW_MOD_LEN && fd)
		f->len = (uint8_t)gw_op(op, f->len, m->len);
	else if (m->what & CGW_MOD_LEN)
		gw_classic_len(f, op, m->len);
	if (m->what & CGW_MOD_FLAGS)
		f->flags = (uint8_t)gw_op(op, f->flags, m->flags);
	if (m->what & CGW_MOD_DATA)
		for (i = 0; i < (fd ? 64 : 8); i++)
			f->data[i] = (uint8_t)gw_op(op, f->data[i],
						    m->data[i]);
}

/* The three indexes as they are in this frame; 0: one is before it. */
static inline int gw_indexes(const struct canfd_frame *f, int *from, int *to,
			     int *result)
{
	*from += *from < 0 ? f->len : 0;
	*to += *to < 0 ? f->len : 0;
	*result += *result < 0 ? f->len : 0;
	return *from >= 0 && *to >= 0 && *result >= 0;
}

static inline void gw_crc8(struct canfd_frame *f,
			   const struct cgw_csum_crc8 *c)
{
	int i = c->from_idx, to = c->to_idx, result = c->result_idx;
	uint8_t crc = c->init_crc_val;
	int step;

	if (!gw_indexes(f, &i, &to, &result))
		return;
	step = i <= to ? 1 : -1;
	for (to += step; i != to; i += step)
		crc = c->crctab[crc ^ f->data[i]];
	if (c->profile == CGW_CRC8PRF_1U8)
		crc = c->crctab[crc ^ c->profile_data[0]];
	else if (c->profile == CGW_CRC8PRF_16U8)
		crc = c->crctab[crc ^ c->profile_data[f->data[1] & 15]];
	else if (c->profile == CGW_CRC8PRF_SFFID_XOR)
		crc = c->crctab[(crc ^ f->can_id ^ f->can_id >> 8) & 255];
	f->data[result] = crc ^ c->final_xor_val;
}

static inline void gw_xor(struct canfd_frame *f, const struct cgw_csum_xor *c)
{
	int i = c->from_idx, to = c->to_idx, result = c->result_idx;
	uint8_t x = c->init_xor_val;
	int step;

	if (!gw_indexes(f, &i, &to, &result))
		return;
	step = i <= to ? 1 : -1;
	for (to += step; i != to; i += step)
		x ^= f->data[i];
	f->data[result] = x;
}

static inline int gw_matches(const struct can_filter *filter, uint32_t id)
{
	int same = ((id ^ filter->can_id) & filter->can_mask &
		    ~CAN_INV_FILTER) == 0;

	return filter->can_id & CAN_INV_FILTER ? !same : same;
}

/* f is a frame of size bytes and becomes what comes out. */
static inline enum gw_fate gw_apply(const struct sfam_can_gw_rule *rule,
				    struct canfd_frame *f, size_t size)
{
	int fd = (rule->flags & CGW_FLAGS_CAN_FD) != 0;
	int i, modified = 0;

	if (fd != (size == CANFD_MTU) || !gw_matches(&rule->filter, f->can_id))
		return GW_NOT_MEANT;
	for (i = 0; i < SFAM_CAN_GW_OPS; i++) {
		gw_modify(f, i, fd, &rule->mods[i]);
		modified |= rule->mods[i].what != 0;
	}
	if (modified && f->len > (fd ? 64 : 8))
		return GW_DELETED;
	if (rule->have & SFAM_CAN_GW_HAVE_CRC8)
		gw_crc8(f, &rule->sum_crc8);
	if (rule->have & SFAM_CAN_GW_HAVE_XOR)
		gw_xor(f, &rule->sum_xor);
	if (fd)
		f->flags |= CANFD_FDF;	/* the kernel's own, on sending */
	return GW_PASSES;
}

#endif
