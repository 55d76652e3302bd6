/* SPDX-License-Identifier: MIT */
/* What the verbs below `alg` share. */
#ifndef SFAM_CLI_ALG_H
#define SFAM_CLI_ALG_H

#include <sockfam/alg.h>

#include "alg-key.h"
#include "cli.h"
#include "output.h"
#include "progress.h"

/* An algorithm with its key, and one operation. */
struct alg_session {
	struct sfam_alg *alg;
	struct sfam_alg_op *op;
};

/* key: NULL where there is none. 0, or -1 after a line on stderr. */
int alg_open(struct alg_session *s, enum sfam_alg_type type, const char *name,
	     const struct alg_key *key);
void alg_close(struct alg_session *s);

/* "sockfam: NAME: WHY; try: REMEDY". Returns CLI_FAILED. */
int alg_fail(enum sfam_alg_type type, const char *name,
	     const struct sfam_alg *alg, int error);
/* The same for an operation of s. */
int alg_bad_call(const struct alg_session *s, int error);

/*
 * The type that has an algorithm of that name. 0, or -1 after a line on
 * stderr that says why it cannot be used.
 */
int alg_find_type(const char *name, enum sfam_alg_type *ret);

/* Bytes from the kernel's getrandom(2). 0, or -1 after a line on stderr. */
int alg_fresh_random(void *buf, size_t len);

/* From one file to another, with a key: what enc, dec, seal, open have. */
struct alg_job {
	struct alg_key key;
	const char *out_name;	/* NULL: stdout */
	const char *in_name;	/* "-": stdin */
	int in;
	struct output out;
	struct progress progress;
};

/*
 * Opens both ends, runs work, and the output appears only if that gives
 * CLI_OK. Wipes the key. Returns the exit status.
 */
int alg_job_run(struct alg_job *job, int (*work)(struct alg_job *, void *),
		void *arg);
/*
 * Fills buf from the input unless that ends. Returns the number of bytes,
 * less than size at the end only; -1 after a line on stderr.
 */
ssize_t alg_job_read(struct alg_job *job, void *buf, size_t size);

/* The verbs' own; one file each. */
int alg_run_hash(const struct cli_verb *self, int argc, char **argv);
int alg_run_cipher(const struct cli_verb *self, int argc, char **argv);
int alg_run_seal(const struct cli_verb *self, int argc, char **argv);
int alg_run_rng(const struct cli_verb *self, int argc, char **argv);
int alg_run_list(const struct cli_verb *self, int argc, char **argv);
int alg_run_bench(const struct cli_verb *self, int argc, char **argv);

#endif
