/* SPDX-License-Identifier: MIT */
/*
 * Writes a program from its end. Instructions are counted from there, the
 * last one is number 1; a target is such a number.
 */
#ifndef SFAM_SOCKET_BPF_CODE_H
#define SFAM_SOCKET_BPF_CODE_H

#include <linux/filter.h>

#include "base/common.h"

struct sfam__code {
	struct sock_filter *insns;
	size_t room;
	size_t n;		/* the number of what was written last */
	bool is_full;
};

/* Each returns the number of the instruction that it begins with. */
size_t sfam__code_do(struct sfam__code *c, unsigned int code, uint32_t k,
		     size_t next);
size_t sfam__code_branch(struct sfam__code *c, unsigned int op, uint32_t k,
			 size_t yes, size_t no);
size_t sfam__code_ret(struct sfam__code *c, uint32_t k);
/* A program begins with its first instruction: this shall be it. */
void sfam__code_begin(struct sfam__code *c, size_t first);

#endif
