/* SPDX-License-Identifier: MIT */
/* Total times for calls that wait more than once. */
#ifndef SFAM_CTL_WAIT_H
#define SFAM_CTL_WAIT_H

#include <stdint.h>

struct sfam__ctl_deadline {
	int64_t at_ns;		/* on CLOCK_MONOTONIC; -1: never */
};

struct sfam__ctl_deadline sfam__ctl_deadline_in(int64_t timeout_ns);
/* What is left, 0 at the least; -1: for ever. */
int64_t sfam__ctl_left_ns(struct sfam__ctl_deadline deadline);

/* Until fd is readable; fd -1: until the end. -ETIMEDOUT. */
int sfam__ctl_wait(int fd, struct sfam__ctl_deadline deadline);

#endif
