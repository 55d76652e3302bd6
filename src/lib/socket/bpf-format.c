/* SPDX-License-Identifier: MIT */
/* Instructions of classic BPF as tcpdump -d writes them. */
#include "base/text.h"

#include <sockfam/bpf.h>

/* How an operand is written. */
enum operand {
	NONE,
	NUMBER,		/* #0x10 */
	DECIMAL,	/* #16 */
	LENGTH,		/* #pktlen */
	BYTES,		/* [16], or the name of an ancillary load */
	INDEX,		/* [x + 16] */
	MEMORY,		/* M[3] */
	HEADER,		/* 4*([14]&0xf) */
	REG_X,		/* x */
	TARGET,		/* 7 */
};

static const struct {
	const char *name;
	uint16_t code;
	uint8_t operand;
} forms[] = {
	{ "ld", BPF_LD | BPF_W | BPF_ABS, BYTES },
	{ "ldh", BPF_LD | BPF_H | BPF_ABS, BYTES },
	{ "ldb", BPF_LD | BPF_B | BPF_ABS, BYTES },
	{ "ld", BPF_LD | BPF_W | BPF_IND, INDEX },
	{ "ldh", BPF_LD | BPF_H | BPF_IND, INDEX },
	{ "ldb", BPF_LD | BPF_B | BPF_IND, INDEX },
	{ "ld", BPF_LD | BPF_W | BPF_LEN, LENGTH },
	{ "ld", BPF_LD | BPF_IMM, NUMBER },
	{ "ld", BPF_LD | BPF_MEM, MEMORY },
	{ "ldx", BPF_LDX | BPF_W | BPF_LEN, LENGTH },
	{ "ldx", BPF_LDX | BPF_IMM, NUMBER },
	{ "ldx", BPF_LDX | BPF_MEM, MEMORY },
	{ "ldxb", BPF_LDX | BPF_B | BPF_MSH, HEADER },
	{ "st", BPF_ST, MEMORY },
	{ "stx", BPF_STX, MEMORY },
	{ "ja", BPF_JMP | BPF_JA, TARGET },
	{ "jeq", BPF_JMP | BPF_JEQ | BPF_K, NUMBER },
	{ "jgt", BPF_JMP | BPF_JGT | BPF_K, NUMBER },
	{ "jge", BPF_JMP | BPF_JGE | BPF_K, NUMBER },
	{ "jset", BPF_JMP | BPF_JSET | BPF_K, NUMBER },
	{ "jeq", BPF_JMP | BPF_JEQ | BPF_X, REG_X },
	{ "jgt", BPF_JMP | BPF_JGT | BPF_X, REG_X },
	{ "jge", BPF_JMP | BPF_JGE | BPF_X, REG_X },
	{ "jset", BPF_JMP | BPF_JSET | BPF_X, REG_X },
	{ "add", BPF_ALU | BPF_ADD | BPF_K, DECIMAL },
	{ "sub", BPF_ALU | BPF_SUB | BPF_K, DECIMAL },
	{ "mul", BPF_ALU | BPF_MUL | BPF_K, DECIMAL },
	{ "div", BPF_ALU | BPF_DIV | BPF_K, DECIMAL },
	{ "mod", BPF_ALU | BPF_MOD | BPF_K, DECIMAL },
	{ "and", BPF_ALU | BPF_AND | BPF_K, NUMBER },
	{ "or", BPF_ALU | BPF_OR | BPF_K, NUMBER },
	{ "xor", BPF_ALU | BPF_XOR | BPF_K, NUMBER },
	{ "lsh", BPF_ALU | BPF_LSH | BPF_K, DECIMAL },
	{ "rsh", BPF_ALU | BPF_RSH | BPF_K, DECIMAL },
	{ "add", BPF_ALU | BPF_ADD | BPF_X, REG_X },
	{ "sub", BPF_ALU | BPF_SUB | BPF_X, REG_X },
	{ "mul", BPF_ALU | BPF_MUL | BPF_X, REG_X },
	{ "div", BPF_ALU | BPF_DIV | BPF_X, REG_X },
	{ "mod", BPF_ALU | BPF_MOD | BPF_X, REG_X },
	{ "and", BPF_ALU | BPF_AND | BPF_X, REG_X },
	{ "or", BPF_ALU | BPF_OR | BPF_X, REG_X },
	{ "xor", BPF_ALU | BPF_XOR | BPF_X, REG_X },
	{ "lsh", BPF_ALU | BPF_LSH | BPF_X, REG_X },
	{ "rsh", BPF_ALU | BPF_RSH | BPF_X, REG_X },
	{ "neg", BPF_ALU | BPF_NEG, NONE },
	{ "ret", BPF_RET | BPF_K, DECIMAL },
	{ "ret", BPF_RET | BPF_A, NONE },
	{ "tax", BPF_MISC | BPF_TAX, NONE },
	{ "txa", BPF_MISC | BPF_TXA, NONE },
};

/* libpcap's words for the loads that are none of bytes. */
static const struct sfam__name ancillary[] = {
	{ "proto", (uint32_t)SKF_AD_OFF + SKF_AD_PROTOCOL },
	{ "type", (uint32_t)SKF_AD_OFF + SKF_AD_PKTTYPE },
	{ "ifidx", (uint32_t)SKF_AD_OFF + SKF_AD_IFINDEX },
	{ "nla", (uint32_t)SKF_AD_OFF + SKF_AD_NLATTR },
	{ "nlan", (uint32_t)SKF_AD_OFF + SKF_AD_NLATTR_NEST },
	{ "mark", (uint32_t)SKF_AD_OFF + SKF_AD_MARK },
	{ "queue", (uint32_t)SKF_AD_OFF + SKF_AD_QUEUE },
	{ "hatype", (uint32_t)SKF_AD_OFF + SKF_AD_HATYPE },
	{ "rxhash", (uint32_t)SKF_AD_OFF + SKF_AD_RXHASH },
	{ "cpu", (uint32_t)SKF_AD_OFF + SKF_AD_CPU },
	{ "xor_x", (uint32_t)SKF_AD_OFF + SKF_AD_ALU_XOR_X },
	{ "vlan_tci", (uint32_t)SKF_AD_OFF + SKF_AD_VLAN_TAG },
	{ "vlanp", (uint32_t)SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT },
	{ "payload", (uint32_t)SKF_AD_OFF + SKF_AD_PAY_OFFSET },
	{ "rand", (uint32_t)SKF_AD_OFF + SKF_AD_RANDOM },
	{ "vlan_tpid", (uint32_t)SKF_AD_OFF + SKF_AD_VLAN_TPID },
	{ NULL, 0 },
};

/* Blanks up to column. */
static void pad(struct sfam__out *o, size_t column)
{
	while (o->len < column)
		sfam__out_char(o, ' ');
}

static void around(struct sfam__out *o, const char *before, uint64_t k,
		   const char *after)
{
	sfam__out_str(o, before);
	sfam__out_dec(o, k);
	sfam__out_str(o, after);
}

static void put_operand(struct sfam__out *o, enum operand operand,
			uint32_t k, size_t index)
{
	switch (operand) {
	case NONE:
		break;
	case NUMBER:
		sfam__out_str(o, "#0x");
		sfam__out_hex(o, k, 1);
		break;
	case DECIMAL:
		around(o, "#", k, "");
		break;
	case LENGTH:
		sfam__out_str(o, "#pktlen");
		break;
	case BYTES:
		sfam__out_char(o, '[');
		sfam__out_named(o, ancillary, k);
		sfam__out_char(o, ']');
		break;
	case INDEX:
		around(o, "[x + ", k, "]");
		break;
	case MEMORY:
		around(o, "M[", k, "]");
		break;
	case HEADER:
		around(o, "4*([", k, "]&0xf)");
		break;
	case REG_X:
		sfam__out_char(o, 'x');
		break;
	case TARGET:
		around(o, "", index + 1 + k, "");
		break;
	}
}

static void put_insn(struct sfam__out *o, const struct sock_filter *insn,
		     size_t index)
{
	size_t start = o->len;
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(forms); i++)
		if (forms[i].code == insn->code)
			break;
	if (i == SFAM_ARRAY_LEN(forms)) {
		sfam__out_str(o, "unimp    0x");
		sfam__out_hex(o, insn->code, 1);
		return;
	}
	sfam__out_str(o, forms[i].name);
	pad(o, start + 9);
	put_operand(o, (enum operand)forms[i].operand, insn->k, index);
	if (BPF_CLASS(insn->code) != BPF_JMP ||
	    BPF_OP(insn->code) == BPF_JA)
		return;
	pad(o, start + 26);
	around(o, "jt ", index + 1 + insn->jt, "\tjf ");
	sfam__out_dec(o, index + 1 + insn->jf);
}

SFAM_PUBLIC ssize_t sfam_bpf_format(const struct sock_filter *insn,
				    size_t index, char *buf, size_t size)
{
	struct sfam__out o = { buf, size, 0 };

	sfam__out_char(&o, '(');
	if (index < 100)
		sfam__out_char(&o, '0');
	if (index < 10)
		sfam__out_char(&o, '0');
	sfam__out_dec(&o, index);
	sfam__out_str(&o, ") ");
	put_insn(&o, insn, index);
	return sfam__out_finish(&o);
}
