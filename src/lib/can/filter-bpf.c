/* SPDX-License-Identifier: MIT */
/*
 * Filters of CAN_RAW as classic BPF. A load takes can_id for big-endian, and
 * it is in host order: so are the constants turned that it meets.
 */
#include "can/filters.h"

#include <arpa/inet.h>

#include <linux/can.h>

/* A conditional jump reaches 255 instructions; filters have 3 at most. */
#define GROUP 80

#define LOAD_ID BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)
#define RET(k) BPF_STMT(BPF_RET | BPF_K, k)
#define JUMP_IF_SET(mask, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, htonl(mask), yes, no)

struct code {
	struct sock_filter *insns;
	size_t n;
	uint32_t mask;		/* A is can_id under this mask; X is can_id */
};

static void put(struct code *c, struct sock_filter insn)
{
	c->insns[c->n++] = insn;
}

/* Errors pass by their classes; not beside several filters that must hold. */
static void put_errors(struct code *c, const struct sfam_can_filters *f,
		       uint32_t keep)
{
	const bool none = f->is_joined && f->n > 1;
	const uint32_t mask = none ? 0 : f->error_mask & CAN_ERR_MASK;

	put(c, (struct sock_filter)LOAD_ID);
	put(c, (struct sock_filter)JUMP_IF_SET(CAN_ERR_FLAG, 0, 3));
	put(c, (struct sock_filter)JUMP_IF_SET(mask, 0, 1));
	put(c, (struct sock_filter)RET(keep));
	put(c, (struct sock_filter)RET(0));
}

/* What it jumps for: that f holds, or with `all` that it does not. */
static void put_filter(struct code *c, struct can_filter f, bool all)
{
	const bool inverse = f.can_id & SFAM__CAN_INVERSE;
	const bool if_equal = inverse == all;

	if (f.can_mask != c->mask) {
		put(c, (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TXA, 0));
		put(c, (struct sock_filter)
		       BPF_STMT(BPF_ALU | BPF_AND | BPF_K, htonl(f.can_mask)));
		c->mask = f.can_mask;
	}
	put(c, (struct sock_filter)
	       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			htonl(f.can_id & ~SFAM__CAN_INVERSE), if_equal,
			!if_equal));
}

/* Behind the jumps since start, where those of them go that are taken. */
static void put_end(struct code *c, size_t start, uint32_t k)
{
	struct sock_filter *insn;

	put(c, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1));
	put(c, (struct sock_filter)RET(k));
	for (insn = c->insns + start; insn < c->insns + c->n - 2; insn++) {
		const size_t way = (size_t)(c->insns + c->n - 2 - insn);

		insn->jt = insn->jt ? (uint8_t)way : 0;
		insn->jf = insn->jf ? (uint8_t)way : 0;
	}
}

/* What filters cannot say is a program already, but keeps other bytes. */
static size_t copy_program(struct sock_filter *insns,
			   const struct sfam_can_filters *filters,
			   uint32_t keep)
{
	size_t i;

	for (i = 0; i < filters->n_insns; i++) {
		insns[i] = filters->insns[i];
		if (insns[i].code == (BPF_RET | BPF_K) && insns[i].k != 0)
			insns[i].k = keep;
	}
	return filters->n_insns;
}

size_t sfam__can_filters_code(struct sock_filter *insns,
			      const struct sfam_can_filters *filters,
			      uint32_t keep)
{
	const bool all = filters->is_joined != 0;
	struct code c = { insns, 0, UINT32_MAX };
	size_t i, start;

	if (filters->n_insns > 0)
		return copy_program(insns, filters, keep);
	put_errors(&c, filters, keep);
	put(&c, (struct sock_filter)BPF_STMT(BPF_MISC | BPF_TAX, 0));
	start = c.n;
	for (i = 0; i < filters->n; i++) {
		put_filter(&c, sfam__can_filter_normal(filters->filters[i]),
			   all);
		if (i % GROUP != GROUP - 1 && i != filters->n - 1)
			continue;
		put_end(&c, start, all ? 0 : keep);
		start = c.n;
	}
	put(&c, (struct sock_filter)RET(all || filters->n == 0 ? keep : 0));
	return c.n;
}
