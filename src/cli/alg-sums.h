/* SPDX-License-Identifier: MIT */
/* The verbs hash and hmac: what writing sums and checking them share. */
#ifndef SFAM_CLI_ALG_SUMS_H
#define SFAM_CLI_ALG_SUMS_H

#include "alg-cli.h"

#define ALG_DIGEST_MAX 256	/* the longest of the kernel's is 64 */

/* Bits of struct alg_sums.flags: sha256sum's options. */
enum {
	ALG_SUMS_CHECK = 1 << 0,
	ALG_SUMS_ZERO = 1 << 1,
	ALG_SUMS_QUIET = 1 << 2,
	ALG_SUMS_STATUS = 1 << 3,
	ALG_SUMS_STRICT = 1 << 4,
	ALG_SUMS_WARN = 1 << 5,
	ALG_SUMS_IGNORE_MISSING = 1 << 6,
};

struct alg_sums {
	struct alg_session session;
	const char *algorithm;
	size_t size;		/* of a digest */
	uint32_t flags;
};

enum alg_sums_result {
	ALG_SUMS_DONE,
	ALG_SUMS_FAILED,	/* a line on stderr says why */
	ALG_SUMS_MISSING,	/* --ignore-missing, and there is no file */
};

/* The digest of a file (s->size bytes); "-" is stdin. */
enum alg_sums_result alg_sums_file(struct alg_sums *s, const char *name,
				   unsigned char *digest);

/* Checks the files that a list names. Returns the exit status. */
int alg_sums_check(struct alg_sums *s, const char *list);

#endif
