/* SPDX-License-Identifier: MIT */
/* Random rules of the CAN gateway, for what reads and what does them. */
#ifndef SFAM_TEST_GW_RANDOM_H
#define SFAM_TEST_GW_RANDOM_H

#include <string.h>

#include <sockfam/ctl.h>

#include "harness.h"

static inline void gw_random_bytes(void *buf, size_t n, uint64_t *state)
{
	uint8_t *p = buf;

	while (n--)
		*p++ = (uint8_t)test_random(state);
}

/* The operand has values in fields that do nothing as well. */
static inline void gw_random_mod(struct sfam_can_gw_mod *m, uint64_t *state,
				 int fd)
{
	static const uint32_t bits[] = {
		CGW_MOD_ID, CGW_MOD_LEN, CGW_MOD_DATA, CGW_MOD_FLAGS,
	};
	uint64_t r = test_random(state);
	size_t i;

	for (i = 0; i < (fd ? 4u : 3u); i++)
		if (r >> i & 1)
			m->what |= bits[i];
	if (!m->what)
		return;
	m->id = (uint32_t)(r >> 8);
	m->len = (uint8_t)(r >> 40);
	m->flags = fd ? (uint8_t)(r >> 48) : 0;
	gw_random_bytes(m->data, fd ? 64 : 8, state);
}

static inline int8_t gw_random_index(uint64_t *state, int fd)
{
	int len = fd ? 64 : 8;

	return (int8_t)((int)(test_random(state) % (2u * (unsigned int)len)) -
			len);
}

static inline void gw_random_crc8(struct cgw_csum_crc8 *c, uint64_t *state,
				  int fd)
{
	size_t used[] = { 0, 1, 16, 0 };

	gw_random_bytes(c->crctab, sizeof(c->crctab), state);
	c->from_idx = gw_random_index(state, fd);
	c->to_idx = gw_random_index(state, fd);
	c->result_idx = gw_random_index(state, fd);
	gw_random_bytes(&c->init_crc_val, 1, state);
	gw_random_bytes(&c->final_xor_val, 1, state);
	c->profile = test_random(state) % 4;
	gw_random_bytes(c->profile_data, used[c->profile], state);
}

static inline void gw_random_sums(struct sfam_can_gw_rule *rule,
				  uint64_t *state, int fd)
{
	rule->have = test_random(state) & (SFAM_CAN_GW_HAVE_CRC8 |
					   SFAM_CAN_GW_HAVE_XOR);
	if (rule->have & SFAM_CAN_GW_HAVE_CRC8)
		gw_random_crc8(&rule->sum_crc8, state, fd);
	if (!(rule->have & SFAM_CAN_GW_HAVE_XOR))
		return;
	rule->sum_xor.from_idx = gw_random_index(state, fd);
	rule->sum_xor.to_idx = gw_random_index(state, fd);
	rule->sum_xor.result_idx = gw_random_index(state, fd);
	gw_random_bytes(&rule->sum_xor.init_xor_val, 1, state);
}

/* Any rule that has a text, from va to vb. */
static inline void gw_random_rule(struct sfam_can_gw_rule *rule,
				  uint64_t *state, int fd)
{
	uint64_t r = test_random(state);
	uint32_t what = 0;
	int i;

	memset(rule, 0, sizeof(*rule));
	strcpy(rule->source, "va");
	strcpy(rule->destination, "vb");
	rule->flags = (uint32_t)r & (CGW_FLAGS_CAN_ECHO |
				     CGW_FLAGS_CAN_SRC_TSTAMP |
				     CGW_FLAGS_CAN_IIF_TX_OK);
	if (fd)
		rule->flags |= CGW_FLAGS_CAN_FD;
	for (i = 0; i < SFAM_CAN_GW_OPS; i++) {
		if (r >> (8 + i) & 1)
			gw_random_mod(&rule->mods[i], state, fd);
		what |= rule->mods[i].what;
	}
	if (what && r >> 16 & 1)
		gw_random_sums(rule, state, fd);
	if (what && r >> 17 & 1)
		rule->uid = (uint32_t)test_random(state) | 1;
	if (r >> 18 & 1)
		gw_random_bytes(&rule->filter, sizeof(rule->filter), state);
	rule->hops = r >> 19 & 1;
}

/* Not by memcmp: there is padding. */
static inline void gw_expect_equal(const struct sfam_can_gw_rule *a,
				   const struct sfam_can_gw_rule *b)
{
	int i;

	ck_assert_str_eq(a->source, b->source);
	ck_assert_str_eq(a->destination, b->destination);
	ck_assert_uint_eq(a->flags, b->flags);
	ck_assert_uint_eq(a->have, b->have);
	ck_assert_mem_eq(&a->filter, &b->filter, sizeof(a->filter));
	ck_assert_uint_eq(a->uid, b->uid);
	ck_assert_uint_eq(a->hops, b->hops);
	for (i = 0; i < SFAM_CAN_GW_OPS; i++) {
		ck_assert_uint_eq(a->mods[i].what, b->mods[i].what);
		ck_assert_uint_eq(a->mods[i].id, b->mods[i].id);
		ck_assert_uint_eq(a->mods[i].len, b->mods[i].len);
		ck_assert_uint_eq(a->mods[i].flags, b->mods[i].flags);
		ck_assert_mem_eq(a->mods[i].data, b->mods[i].data, 64);
	}
	ck_assert_mem_eq(&a->sum_crc8, &b->sum_crc8, sizeof(a->sum_crc8));
	ck_assert_mem_eq(&a->sum_xor, &b->sum_xor, sizeof(a->sum_xor));
}

#endif
