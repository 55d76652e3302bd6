/* SPDX-License-Identifier: MIT */
#ifndef SFAM_SOCKET_BPF_H
#define SFAM_SOCKET_BPF_H

#include <linux/filter.h>

#include "base/common.h"

/* A load of 1, 2 or 4 bytes at k or x + k. */
static inline bool sfam__bpf_is_bytes(uint16_t code)
{
	return code <= 0xff && BPF_CLASS(code) == BPF_LD &&
	       BPF_SIZE(code) <= BPF_B &&
	       (BPF_MODE(code) == BPF_ABS || BPF_MODE(code) == BPF_IND);
}

/* A jump on a condition. */
static inline bool sfam__bpf_is_branch(uint16_t code)
{
	return code <= 0xff && BPF_CLASS(code) == BPF_JMP &&
	       BPF_OP(code) >= BPF_JEQ && BPF_OP(code) <= BPF_JSET;
}

#endif
