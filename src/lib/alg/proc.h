/* SPDX-License-Identifier: MIT */
/* The entries of /proc/crypto as they come. */
#ifndef SFAM_ALG_PROC_H
#define SFAM_ALG_PROC_H

#include "alg/alg.h"

struct sfam__alg_entry {
	struct sfam_alg_info info;
	char type[16];		/* the kernel's word: "shash", "cipher" */
	bool internal;
	bool usable;		/* of one of the four types; info is whole */
};

/* As sfam_alg_list(), for all there is. */
int sfam__alg_proc_each(int (*each)(const struct sfam__alg_entry *, void *),
			void *arg);

#endif
