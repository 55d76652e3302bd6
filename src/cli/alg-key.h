/* SPDX-License-Identifier: MIT */
/*
 * A key from where the user says: FILE, fd:N, key:SERIAL (of the kernel's
 * keyring) or hex:DIGITS.
 */
#ifndef SFAM_CLI_ALG_KEY_H
#define SFAM_CLI_ALG_KEY_H

#include "cli.h"

#define ALG_KEY_MAX 4096

/* One line of help for every verb that has -k. */
#define ALG_KEY_HELP \
"  -k KEY  where the key is: FILE (its bytes, all of them), fd:N, or\n" \
"          key:SERIAL (keyctl(1), Linux 6.2); hex:DIGITS is seen by all\n"

struct alg_key {
	unsigned char bytes[ALG_KEY_MAX];
	size_t len;
	int32_t serial;		/* of the keyring; 0: bytes has it */
};

/* 0, or -1 after a line on stderr. Done with: alg_key_wipe(). */
int alg_key_read(char *where, struct alg_key *ret);
void alg_key_wipe(struct alg_key *key);

/* Takes as long wherever they differ. 1 or 0. */
int alg_equal(const void *a, const void *b, size_t n);

#endif
