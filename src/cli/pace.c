/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include <errno.h>
#include <time.h>

#include "cli.h"

#define SECOND INT64_C(1000000000)

/* Rounded down: that of -1 ns is -1. */
static int64_t second_of(int64_t ns)
{
	return ns / SECOND - (ns % SECOND < 0);
}

static int64_t difference(int64_t a, int64_t b)
{
	int64_t r;

	if (__builtin_sub_overflow(a, b, &r))
		return a < b ? INT64_MIN : INT64_MAX;
	return r;
}

int pace_begins(const struct pace *p, int64_t stamp_ns)
{
	if (!p->has_begun)
		return 1;
	if (p->may_go_back && second_of(stamp_ns) < second_of(p->last_ns))
		return 1;
	return p->skip_ns && difference(stamp_ns, p->last_ns) > p->skip_ns;
}

void pace_begin(struct pace *p, int64_t stamp_ns, int64_t now_ns)
{
	p->has_begun = 1;
	p->first_ns = stamp_ns;
	p->begun_ns = now_ns;
}

int64_t pace_due(const struct pace *p, int64_t stamp_ns)
{
	const double ns = (double)difference(stamp_ns, p->first_ns) /
			  p->factor;

	/* A double that is not below 2^63 is no int64_t. */
	if (ns >= (double)(INT64_MAX - p->begun_ns))
		return INT64_MAX;
	return ns <= 0 ? p->begun_ns : p->begun_ns + (int64_t)ns;
}

int64_t pace_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec;
}

int pace_is_ahead(struct pace *p, int64_t stamp_ns, int64_t *ret_due_ns)
{
	if (pace_begins(p, stamp_ns)) {
		p->seen_ns = pace_now();
		pace_begin(p, stamp_ns, p->seen_ns);
	}
	p->last_ns = stamp_ns;
	*ret_due_ns = pace_due(p, stamp_ns);
	/* The clock costs more than all of this. */
	if (*ret_due_ns > p->seen_ns)
		p->seen_ns = pace_now();
	return *ret_due_ns > p->seen_ns;
}

int pace_sleep(int64_t until_ns)
{
	const struct timespec t = {
		.tv_sec = (time_t)(until_ns / SECOND),
		.tv_nsec = (long)(until_ns % SECOND),
	};

	return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
	       EINTR;
}

int pace_read_factor(const char *text, double *ret)
{
	int64_t ns;

	/* A number with a fraction, as seconds are. */
	if (cli_seconds(text, &ns) < 0 || ns <= 0)
		return -1;
	*ret = (double)ns / (double)SECOND;
	return 0;
}
