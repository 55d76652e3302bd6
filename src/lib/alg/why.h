/* SPDX-License-Identifier: MIT */
/* What the files of sfam_alg_explain() share. */
#ifndef SFAM_ALG_WHY_H
#define SFAM_ALG_WHY_H

#include "alg/alg.h"
#include "base/text.h"

struct question {
	enum sfam_alg_type type;
	const char *name;
	const struct sfam_alg *alg;
	int error;
};

struct answer {
	enum sfam_alg_cause cause;
	struct sfam__out reason;
	struct sfam__out remedy;
};

static inline void say(struct sfam__out *o, const char *a, const char *b,
		       const char *c)
{
	sfam__out_str(o, a);
	sfam__out_str(o, b);
	sfam__out_str(o, c);
}

/* why-session.c: an error of an algorithm that can be used. */
void sfam__alg_explain_session(struct answer *a, const struct question *q);

#endif
