/* SPDX-License-Identifier: MIT */
/* Percentiles of any number of values, in a fixed room. */
#ifndef SFAM_CLI_SPREAD_H
#define SFAM_CLI_SPREAD_H

#include <stddef.h>
#include <stdint.h>

/* Each power of two in so many steps: a value is known to 1/128. */
#define SPREAD_STEPS 128
#define SPREAD_SIZE (SPREAD_STEPS * 57)

/* How values are spread. Start with zeros. */
struct spread {
	uint64_t n;
	int64_t min, max;	/* exact */
	uint64_t counts[SPREAD_SIZE];
};

void spread_add(struct spread *s, int64_t value);
/*
 * The value that permille of all do not exceed, at most 1/128 too large;
 * 0 without any.
 */
int64_t spread_at(const struct spread *s, unsigned int permille);

struct json;

/* What a ping says of its times, in ns; spread-print.c. */
void spread_print(const struct spread *s);
void spread_json(const struct spread *s, struct json *j);

#endif
