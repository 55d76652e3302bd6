/* SPDX-License-Identifier: MIT */
/* The kernel's rules for classic BPF: bpf_check_classic() and what it calls,
 * net/core/filter.c. */
#include "base/text.h"
#include "socket/bpf.h"

#include <sockfam/bpf.h>

/* The instruction at fault, cut to fit. */
static int fail(struct sfam_diag *diag, const struct sock_filter *insns,
		size_t at, const char *expected)
{
	struct sfam__scan s = { "", 0, 0, diag };
	char line[SFAM_BPF_STRLEN];
	size_t i, len = 0;
	ssize_t n;

	if (!diag)
		return -EINVAL;
	sfam__scan_fail(&s, -EINVAL, at, expected);
	n = sfam_bpf_format(&insns[at], at, line, sizeof(line));
	/* Behind the number, which is the offset; columns become blanks. */
	for (i = at < 1000 ? 6 : 7;
	     i < (size_t)n && len + 1 < sizeof(diag->found); i++) {
		if (line[i] == '\t')
			line[i] = ' ';
		if (line[i] != ' ' || line[i - 1] != ' ')
			diag->found[len++] = line[i];
	}
	if (len > 0 && diag->found[len - 1] == ' ')
		len--;
	diag->found[len] = '\0';
	return -EINVAL;
}

static bool is_known(uint16_t code)
{
	switch (BPF_CLASS(code)) {
	case BPF_LD:
		return sfam__bpf_is_bytes(code) || code == BPF_LD ||
		       code == (BPF_LD | BPF_MEM) ||
		       code == (BPF_LD | BPF_W | BPF_LEN);
	case BPF_LDX:
		return code == (BPF_LDX | BPF_IMM) ||
		       code == (BPF_LDX | BPF_MEM) ||
		       code == (BPF_LDX | BPF_W | BPF_LEN) ||
		       code == (BPF_LDX | BPF_B | BPF_MSH);
	case BPF_ST:
	case BPF_STX:
		return code == BPF_CLASS(code);
	case BPF_ALU:
		return code == (BPF_ALU | BPF_NEG) ||
		       (code <= 0xff && BPF_OP(code) <= BPF_XOR &&
			BPF_OP(code) != BPF_NEG);
	case BPF_JMP:
		return code == (BPF_JMP | BPF_JA) || sfam__bpf_is_branch(code);
	case BPF_RET:
		return code == (BPF_RET | BPF_K) || code == (BPF_RET | BPF_A);
	default:
		return code == (BPF_MISC | BPF_TAX) ||
		       code == (BPF_MISC | BPF_TXA);
	}
}

static bool is_memory(uint16_t code)
{
	return code == BPF_ST || code == BPF_STX ||
	       code == (BPF_LD | BPF_MEM) || code == (BPF_LDX | BPF_MEM);
}

/* Loads at SKF_AD_OFF and above; the last that Linux has is VLAN_TPID. */
static bool is_unknown_ancillary(const struct sock_filter *insn)
{
	const uint32_t first = (uint32_t)SKF_AD_OFF;

	return sfam__bpf_is_bytes(insn->code) &&
	       BPF_MODE(insn->code) == BPF_ABS && insn->k >= first &&
	       (insn->k - first > SKF_AD_VLAN_TPID || insn->k % 4 != 0);
}

/* NULL, or the rule that this instruction breaks. */
static const char *broken_rule(const struct sock_filter *insn, size_t after)
{
	const uint16_t code = insn->code;

	if (!is_known(code))
		return "an instruction that exists";
	if ((code == (BPF_ALU | BPF_DIV | BPF_K) ||
	     code == (BPF_ALU | BPF_MOD | BPF_K)) && insn->k == 0)
		return "a divisor other than 0";
	if ((code == (BPF_ALU | BPF_LSH | BPF_K) ||
	     code == (BPF_ALU | BPF_RSH | BPF_K)) && insn->k >= 32)
		return "a shift by 0 to 31 bits";
	if (is_memory(code) && insn->k >= BPF_MEMWORDS)
		return "a memory word of M[0] to M[15]";
	if (code == (BPF_JMP | BPF_JA) && insn->k >= after)
		return "a jump to an instruction of the program";
	if (sfam__bpf_is_branch(code) &&
	    (insn->jt >= after || insn->jf >= after))
		return "jumps to instructions of the program";
	if (is_unknown_ancillary(insn))
		return "an ancillary load that exists";
	return NULL;
}

/* Each word of memory is written on every way to where it is read. */
static int check_memory(const struct sock_filter *insns, size_t n,
			struct sfam_diag *diag)
{
	uint16_t ways[BPF_MAXINSNS];	/* words written on all ways here */
	unsigned int valid = 0;
	size_t i;

	memset(ways, 0xff, sizeof(ways));
	for (i = 0; i < n; i++) {
		const struct sock_filter *insn = &insns[i];

		valid &= ways[i];
		if (insn->code == BPF_ST || insn->code == BPF_STX) {
			valid |= 1u << insn->k;
		} else if (is_memory(insn->code)) {
			if (!(valid & 1u << insn->k))
				return fail(diag, insns, i, "a memory word "
					    "that is written on every way "
					    "here");
		} else if (insn->code == (BPF_JMP | BPF_JA)) {
			ways[i + 1 + insn->k] &= (uint16_t)valid;
			valid = 0xffff;
		} else if (sfam__bpf_is_branch(insn->code)) {
			ways[i + 1 + insn->jt] &= (uint16_t)valid;
			ways[i + 1 + insn->jf] &= (uint16_t)valid;
			valid = 0xffff;
		}
	}
	return 0;
}

SFAM_PUBLIC int sfam_bpf_check(const struct sock_filter *insns, size_t n,
			       struct sfam_diag *diag)
{
	struct sfam__scan none = { "", 0, 0, diag };
	const char *rule;
	size_t i;

	if (n == 0)
		return sfam__scan_fail(&none, -EINVAL, 0, "an instruction");
	if (n > BPF_MAXINSNS)
		return fail(diag, insns, BPF_MAXINSNS,
			    "4096 instructions at most");
	for (i = 0; i < n; i++) {
		rule = broken_rule(&insns[i], n - i - 1);
		if (rule)
			return fail(diag, insns, i, rule);
	}
	if (BPF_CLASS(insns[n - 1].code) != BPF_RET)
		return fail(diag, insns, n - 1, "ret as the last instruction");
	return check_memory(insns, n, diag);
}
