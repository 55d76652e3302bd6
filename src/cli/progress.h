/* SPDX-License-Identifier: MIT */
/*
 * How far a long file has come: a line on stderr, if that is a terminal,
 * from the second second on; gone again in the end.
 */
#ifndef SFAM_CLI_PROGRESS_H
#define SFAM_CLI_PROGRESS_H

#include <stdint.h>

struct progress {
	const char *name;
	int64_t total;		/* bytes; -1: nobody knows */
	int64_t done;
	int64_t begun_ns;
	int64_t shown_ns;	/* 0: not yet */
	int width;		/* of the terminal; 0: there is none */
};

void progress_begin(struct progress *p, const char *name, int fd);
void progress_add(struct progress *p, size_t n);
void progress_end(struct progress *p);

/* CLOCK_MONOTONIC. */
int64_t progress_now_ns(void);

#endif
