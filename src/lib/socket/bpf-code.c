/* SPDX-License-Identifier: MIT */
/* Instructions from the last to the first. */
#include "socket/bpf-code.h"

static size_t put(struct sfam__code *c, unsigned int code, size_t jt,
		  size_t jf, uint32_t k)
{
	if (c->n == c->room) {
		c->is_full = true;
		return c->n;
	}
	c->n++;
	c->insns[c->room - c->n] = (struct sock_filter){
		.code = (uint16_t)code,
		.jt = (uint8_t)jt,
		.jf = (uint8_t)jf,
		.k = k,
	};
	return c->n;
}

static size_t jump(struct sfam__code *c, size_t target)
{
	return put(c, BPF_JMP | BPF_JA, 0, 0, (uint32_t)(c->n - target));
}

size_t sfam__code_do(struct sfam__code *c, unsigned int code, uint32_t k,
		     size_t next)
{
	if (next != c->n)
		jump(c, next);
	return put(c, code, 0, 0, k);
}

/*
 * A conditional jump reaches 255 instructions, any other all of them. One
 * more may come in between, for the branch's other target.
 */
static size_t in_reach(struct sfam__code *c, size_t target)
{
	return c->n + 1 - target > UINT8_MAX ? jump(c, target) : target;
}

size_t sfam__code_branch(struct sfam__code *c, unsigned int op, uint32_t k,
			 size_t yes, size_t no)
{
	if (yes == no)
		return yes;
	yes = in_reach(c, yes);
	no = in_reach(c, no);
	return put(c, BPF_JMP | op | BPF_K, c->n - yes, c->n - no, k);
}

size_t sfam__code_ret(struct sfam__code *c, uint32_t k)
{
	return put(c, BPF_RET | BPF_K, 0, 0, k);
}

void sfam__code_begin(struct sfam__code *c, size_t first)
{
	if (first != c->n)
		jump(c, first);
}
