/* SPDX-License-Identifier: MIT */
/* What the two files of test-alg-traps share. */
#ifndef TEST_ALG_TRAPS_H
#define TEST_ALG_TRAPS_H

#include "alg-common.h"

#define TRAP_BIG (1 << 20)

extern unsigned char trap_plain[TRAP_BIG];
extern unsigned char trap_text[TRAP_BIG];
extern unsigned char trap_back[TRAP_BIG];
extern const unsigned char trap_key[64];
extern const unsigned char trap_iv[32];

/* Their short names here. */
#define BIG TRAP_BIG
#define plain trap_plain
#define text trap_text
#define back trap_back
#define key trap_key
#define iv trap_iv

static inline struct session gcm(void)
{
	return session_open(SFAM_ALG_AEAD, "gcm(aes)", key, 32, 0);
}

/* alg-traps-keys.c */
void trap_order_of_keys(void);
void trap_missing_key(void);
void trap_wrong_keys(void);
void trap_tag_sizes(void);
void trap_authenc_blob(void);

#endif
