/* SPDX-License-Identifier: MIT */
/* Random programs of classic BPF, most of them right. */
#ifndef SFAM_TEST_BPF_RANDOM_H
#define SFAM_TEST_BPF_RANDOM_H

#include <linux/filter.h>

#include "harness.h"

#define RANDOM_INSNS 48

static uint32_t random_below(uint32_t n, uint64_t *seed)
{
	return (uint32_t)(test_random(seed) % n);
}

/* Small bytes are frequent, so that comparisons hold now and then. */
static inline void random_bytes(uint8_t *data, size_t n, uint64_t *seed)
{
	size_t i;

	for (i = 0; i < n; i++)
		data[i] = (uint8_t)(random_below(2, seed) ?
				    random_below(4, seed) :
				    random_below(256, seed));
}

static uint32_t random_number(uint64_t *seed)
{
	static const uint32_t corners[] = {
		0, 1, 31, 32, 0x7fffffff, 0x80000000, 0xffffffff, 0x100,
		(uint32_t)SKF_AD_OFF - 1, (uint32_t)SKF_NET_OFF,
		(uint32_t)SKF_LL_OFF, (uint32_t)SKF_NET_OFF + 3,
	};

	switch (random_below(4, seed)) {
	case 0:
		return corners[random_below(HARNESS_LEN(corners), seed)];
	case 1:
		return (uint32_t)test_random(seed);
	default:
		return random_below(70, seed);
	}
}

/* Loads whose value is the same in each packet of a socket pair. */
static uint32_t random_offset(uint64_t *seed)
{
	static const uint32_t ancillary[] = {
		SKF_AD_PROTOCOL, SKF_AD_PKTTYPE, SKF_AD_IFINDEX,
		SKF_AD_MARK, SKF_AD_QUEUE, SKF_AD_HATYPE, SKF_AD_RXHASH,
		SKF_AD_ALU_XOR_X, SKF_AD_VLAN_TAG, SKF_AD_VLAN_TAG_PRESENT,
		SKF_AD_VLAN_TPID,
	};
	uint32_t k;

	switch (random_below(8, seed)) {
	case 0:
		return (uint32_t)SKF_AD_OFF +
		       ancillary[random_below(HARNESS_LEN(ancillary), seed)];
	case 1:
		/* Not by chance one of the others. */
		k = random_number(seed);
		return k < (uint32_t)SKF_AD_OFF ? k : 0;
	default:
		return random_below(40, seed);
	}
}

static struct sock_filter random_insn(size_t after, uint64_t *seed)
{
	static const uint16_t codes[] = {
		BPF_LD | BPF_W | BPF_ABS, BPF_LD | BPF_H | BPF_ABS,
		BPF_LD | BPF_B | BPF_ABS, BPF_LD | BPF_W | BPF_IND,
		BPF_LD | BPF_H | BPF_IND, BPF_LD | BPF_B | BPF_IND,
		BPF_LD | BPF_W | BPF_LEN, BPF_LD | BPF_IMM, BPF_LD | BPF_MEM,
		BPF_LDX | BPF_W | BPF_LEN, BPF_LDX | BPF_IMM,
		BPF_LDX | BPF_MEM, BPF_LDX | BPF_B | BPF_MSH, BPF_ST, BPF_STX,
		BPF_ALU | BPF_ADD, BPF_ALU | BPF_SUB, BPF_ALU | BPF_MUL,
		BPF_ALU | BPF_DIV, BPF_ALU | BPF_MOD, BPF_ALU | BPF_AND,
		BPF_ALU | BPF_OR, BPF_ALU | BPF_XOR, BPF_ALU | BPF_LSH,
		BPF_ALU | BPF_RSH, BPF_ALU | BPF_NEG, BPF_JMP | BPF_JA,
		BPF_JMP | BPF_JEQ, BPF_JMP | BPF_JGT, BPF_JMP | BPF_JGE,
		BPF_JMP | BPF_JSET, BPF_RET | BPF_K, BPF_RET | BPF_A,
		BPF_MISC | BPF_TAX, BPF_MISC | BPF_TXA,
	};
	uint16_t code = codes[random_below(HARNESS_LEN(codes), seed)];
	struct sock_filter insn = { .code = code, .k = random_number(seed) };

	if ((BPF_CLASS(code) == BPF_ALU && BPF_OP(code) != BPF_NEG) ||
	    (BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA))
		insn.code |= random_below(2, seed) ? BPF_X : BPF_K;
	if (BPF_CLASS(code) == BPF_LD && BPF_MODE(code) == BPF_ABS)
		insn.k = random_offset(seed);
	else if (BPF_CLASS(code) == BPF_ST || BPF_CLASS(code) == BPF_STX ||
		 BPF_MODE(code) == BPF_MEM)
		insn.k = random_below(4, seed);
	if (code == (BPF_JMP | BPF_JA))
		insn.k = random_below((uint32_t)after, seed);
	if (BPF_CLASS(code) == BPF_JMP && after > 0) {
		insn.jt = (uint8_t)random_below((uint32_t)after, seed);
		insn.jf = (uint8_t)random_below((uint32_t)after, seed);
	}
	return insn;
}

/* How many instructions; they begin with words of memory that are set. */
static inline size_t random_program(struct sock_filter *insns,
				    uint64_t *seed)
{
	const size_t n = 6 + random_below(RANDOM_INSNS - 6, seed);
	size_t i;

	for (i = 0; i < 4; i++)
		insns[i] = (struct sock_filter)BPF_STMT(BPF_ST, (uint32_t)i);
	for (; i + 1 < n; i++)
		insns[i] = random_insn(n - i - 1, seed);
	insns[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
	return n;
}

/* One thing in it is something else. */
static inline void random_damage(struct sock_filter *insns, size_t n,
				 uint64_t *seed)
{
	struct sock_filter *insn = &insns[random_below((uint32_t)n, seed)];

	switch (random_below(5, seed)) {
	case 0:
		insn->code = (uint16_t)random_below(0x120, seed);
		break;
	case 1:
		insn->jt = (uint8_t)random_below(RANDOM_INSNS, seed);
		break;
	case 2:
		insn->jf = (uint8_t)random_below(RANDOM_INSNS, seed);
		break;
	case 3:
		insn->k = (uint32_t)SKF_AD_OFF + random_below(80, seed);
		break;
	default:
		insn->k = random_number(seed);
	}
}

#endif
