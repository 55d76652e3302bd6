/* SPDX-License-Identifier: MIT */
/* enc and dec: what the file's way through the cipher needs. */
#ifndef SFAM_CLI_ALG_CIPHER_H
#define SFAM_CLI_ALG_CIPHER_H

#include "alg-cli.h"

#define CIPHER_PART 65536u	/* of a stream; a multiple of every chunk */
#define CIPHER_BLOCK_MAX 256	/* of padding, whose bytes are its length */

struct cipher {
	struct alg_session session;
	const struct sfam_alg_info *info;
	enum sfam_alg_direction dir;
	const char *name;
	const char *iv_text;	/* NULL: in front of the ciphertext */
	int no_padding;
	size_t pad;		/* block to pad to; 0: no padding */
	unsigned char iv[CIPHER_BLOCK_MAX];
};

int cipher_encrypts(const struct cipher *c);
/* A line on stderr. Returns CLI_FAILED. */
int cipher_bad_length(const struct cipher *c, const struct alg_job *job);

/* The rest of the input, in parts, by a mode that chains. */
int cipher_run_stream(struct cipher *c, struct alg_job *job);

#endif
