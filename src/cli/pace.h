/* SPDX-License-Identifier: MIT */
/*
 * When what a file holds is due: its stamps, moved to the clock of now. Each
 * is counted from where the file began, so delays do not add up.
 */
#ifndef SFAM_CLI_PACE_H
#define SFAM_CLI_PACE_H

#include <stdint.h>

struct pace {
	/* The user's. */
	double factor;		/* so many times as fast; above 0 */
	int64_t skip_ns;	/* longer gaps are left out; 0: none */
	/*
	 * As canplayer has it: a stamp in an earlier second than the one
	 * before begins anew. Else it is due at once.
	 */
	int may_go_back;
	/* The rest is pace.c's; 0 at the begin of a file. */
	int has_begun;
	int64_t first_ns, last_ns;	/* stamps */
	int64_t begun_ns;	/* CLOCK_MONOTONIC at the first */
	int64_t seen_ns;	/* and when that was looked at last */
};

/* ------------------------------------------------------- without a clock -- */

/* Does the file begin here, or anew? */
int pace_begins(const struct pace *p, int64_t stamp_ns);
void pace_begin(struct pace *p, int64_t stamp_ns, int64_t now_ns);
/* When it is due; INT64_MAX where a clock does not reach. */
int64_t pace_due(const struct pace *p, int64_t stamp_ns);

/* ---------------------------------------------------------- with a clock -- */

int64_t pace_now(void);
/* The next stamp: 1 if it is still to come, at *ret_due_ns; 0. */
int pace_is_ahead(struct pace *p, int64_t stamp_ns, int64_t *ret_due_ns);
/* Until then; 1 if a signal came before. */
int pace_sleep(int64_t until_ns);

/* "0.5", "20": a factor above 0. 0 or -1. */
int pace_read_factor(const char *text, double *ret);

#endif
