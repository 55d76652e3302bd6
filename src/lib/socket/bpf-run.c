/* SPDX-License-Identifier: MIT */
/* Classic BPF on bytes, with the kernel's results (net/core/filter.c). */
#include "base/common.h"

#include <sockfam/bpf.h>

struct machine {
	const struct sfam_bpf_packet *packet;
	uint32_t a, x;
	uint32_t memory[BPF_MEMWORDS];
};

/* How a step ends the program; others are -errno. */
enum { GO_ON, END };

/*
 * n bytes at offset as the kernel counts them: below 0 they are of the
 * network or the link header (bpf_internal_load_pointer_neg_helper()).
 * NULL: there are none.
 */
static const uint8_t *bytes_at(const struct sfam_bpf_packet *p,
			       uint32_t offset, size_t n)
{
	const uint32_t net = (uint32_t)SKF_NET_OFF;
	const uint32_t link = (uint32_t)SKF_LL_OFF;
	size_t at = offset;

	if (offset > INT32_MAX) {
		if (offset >= net)
			at = offset - net + p->net_offset;
		else if (offset >= link && p->net_offset > 0)
			at = offset - link;
		else
			return NULL;
	}
	if (at > p->len || p->len - at < n)
		return NULL;
	return (const uint8_t *)p->data + at;
}

static int load_bytes(struct machine *m, uint16_t code, uint32_t offset)
{
	const size_t n = BPF_SIZE(code) == BPF_W ? 4 :
			 BPF_SIZE(code) == BPF_H ? 2 : 1;
	const uint8_t *b = bytes_at(m->packet, offset, n);

	if (!b)
		return END;
	if (n == 1)
		m->a = b[0];
	else if (n == 2)
		m->a = (uint32_t)(b[0] << 8 | b[1]);
	else
		m->a = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
		       (uint32_t)b[2] << 8 | b[3];
	return GO_ON;
}

/* A packet of no interface ends the program with what A holds. */
static int load_of_device(struct machine *m, uint32_t value,
			  uint32_t *ret_bytes)
{
	if (m->packet->ifindex == 0) {
		*ret_bytes = m->a;
		return END;
	}
	m->a = value;
	return GO_ON;
}

static int load_ancillary(struct machine *m, uint32_t k, uint32_t *ret_bytes)
{
	const struct sfam_bpf_packet *p = m->packet;

	switch (k - (uint32_t)SKF_AD_OFF) {
	case SKF_AD_PROTOCOL:
		m->a = p->protocol;
		return GO_ON;
	case SKF_AD_PKTTYPE:
		m->a = p->pkttype;
		return GO_ON;
	case SKF_AD_IFINDEX:
		return load_of_device(m, p->ifindex, ret_bytes);
	case SKF_AD_HATYPE:
		return load_of_device(m, p->hatype, ret_bytes);
	case SKF_AD_MARK:
		m->a = p->mark;
		return GO_ON;
	case SKF_AD_QUEUE:
		m->a = p->queue;
		return GO_ON;
	case SKF_AD_RXHASH:
		m->a = p->rxhash;
		return GO_ON;
	case SKF_AD_ALU_XOR_X:
		m->a ^= m->x;
		return GO_ON;
	case SKF_AD_VLAN_TAG:
		m->a = p->vlan_tci;
		return GO_ON;
	case SKF_AD_VLAN_TAG_PRESENT:
		m->a = p->vlan_present;
		return GO_ON;
	case SKF_AD_VLAN_TPID:
		m->a = p->vlan_tpid;
		return GO_ON;
	default:
		return -EOPNOTSUPP;
	}
}

static int load(struct machine *m, const struct sock_filter *insn,
		uint32_t *ret_bytes)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_IMM:
		m->a = insn->k;
		return GO_ON;
	case BPF_ABS:
		if (insn->k >= (uint32_t)SKF_AD_OFF)
			return load_ancillary(m, insn->k, ret_bytes);
		return load_bytes(m, insn->code, insn->k);
	case BPF_IND:
		return load_bytes(m, insn->code, m->x + insn->k);
	case BPF_MEM:
		m->a = m->memory[insn->k % BPF_MEMWORDS];
		return GO_ON;
	default:
		m->a = (uint32_t)m->packet->wire_len;
		return GO_ON;
	}
}

static int load_x(struct machine *m, const struct sock_filter *insn)
{
	const uint8_t *b;

	switch (BPF_MODE(insn->code)) {
	case BPF_IMM:
		m->x = insn->k;
		return GO_ON;
	case BPF_MEM:
		m->x = m->memory[insn->k % BPF_MEMWORDS];
		return GO_ON;
	case BPF_MSH:
		b = bytes_at(m->packet, insn->k, 1);
		if (!b)
			return END;
		m->x = 4 * (*b & 0xfu);
		return GO_ON;
	default:
		m->x = (uint32_t)m->packet->wire_len;
		return GO_ON;
	}
}

static int compute(struct machine *m, uint16_t op, uint32_t by)
{
	switch (op) {
	case BPF_ADD:
		m->a += by;
		return GO_ON;
	case BPF_SUB:
		m->a -= by;
		return GO_ON;
	case BPF_MUL:
		m->a *= by;
		return GO_ON;
	case BPF_DIV:
	case BPF_MOD:
		if (by == 0)
			return END;
		m->a = op == BPF_DIV ? m->a / by : m->a % by;
		return GO_ON;
	case BPF_OR:
		m->a |= by;
		return GO_ON;
	case BPF_AND:
		m->a &= by;
		return GO_ON;
	case BPF_XOR:
		m->a ^= by;
		return GO_ON;
	case BPF_LSH:
		m->a <<= by & 31;
		return GO_ON;
	case BPF_RSH:
		m->a >>= by & 31;
		return GO_ON;
	default:
		m->a = -m->a;
		return GO_ON;
	}
}

static bool holds(const struct machine *m, uint16_t op, uint32_t value)
{
	switch (op) {
	case BPF_JEQ:
		return m->a == value;
	case BPF_JGT:
		return m->a > value;
	case BPF_JGE:
		return m->a >= value;
	default:
		return (m->a & value) != 0;
	}
}

/* One instruction; *pc is that of the next one already. */
static int step(struct machine *m, const struct sock_filter *insn,
		uint64_t *pc, uint32_t *ret_bytes)
{
	const uint16_t code = insn->code;
	const uint32_t value = BPF_SRC(code) == BPF_X ? m->x : insn->k;

	switch (BPF_CLASS(code)) {
	case BPF_LD:
		return load(m, insn, ret_bytes);
	case BPF_LDX:
		return load_x(m, insn);
	case BPF_ST:
		m->memory[insn->k % BPF_MEMWORDS] = m->a;
		return GO_ON;
	case BPF_STX:
		m->memory[insn->k % BPF_MEMWORDS] = m->x;
		return GO_ON;
	case BPF_ALU:
		return compute(m, BPF_OP(code), value);
	case BPF_JMP:
		if (BPF_OP(code) == BPF_JA)
			*pc += insn->k;
		else
			*pc += holds(m, BPF_OP(code), value) ? insn->jt :
							       insn->jf;
		return GO_ON;
	case BPF_RET:
		*ret_bytes = BPF_RVAL(code) == BPF_A ? m->a : insn->k;
		return END;
	default:
		if (BPF_MISCOP(code) == BPF_TAX)
			m->x = m->a;
		else
			m->a = m->x;
		return GO_ON;
	}
}

SFAM_PUBLIC int sfam_bpf_run(const struct sock_filter *insns, size_t n,
			     const struct sfam_bpf_packet *packet,
			     uint32_t *ret_bytes)
{
	struct machine m = { .packet = packet };
	uint32_t bytes = 0;
	uint64_t pc = 0;	/* in 32 bits a long jump would turn back */
	int r = GO_ON;

	while (r == GO_ON) {
		if (pc >= n)
			return -EINVAL;
		pc++;
		r = step(&m, &insns[pc - 1], &pc, &bytes);
	}
	if (r < 0)
		return r;
	*ret_bytes = bytes;
	return 0;
}
