/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "wait.h"

#define SECOND INT64_C(1000000000)

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

struct sfam__ctl_deadline sfam__ctl_deadline_in(int64_t timeout_ns)
{
	struct sfam__ctl_deadline d = { -1 };

	if (timeout_ns >= 0 &&
	    __builtin_add_overflow(now_ns(), timeout_ns, &d.at_ns))
		d.at_ns = -1;
	return d;
}

int64_t sfam__ctl_left_ns(struct sfam__ctl_deadline deadline)
{
	int64_t now;

	if (deadline.at_ns < 0)
		return -1;
	now = now_ns();
	return deadline.at_ns > now ? deadline.at_ns - now : 0;
}

int sfam__ctl_wait(int fd, struct sfam__ctl_deadline deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct timespec t;
	int64_t left;
	int r;

	do {
		left = sfam__ctl_left_ns(deadline);
		t.tv_sec = left / SECOND;
		t.tv_nsec = left % SECOND;
		r = ppoll(&p, 1, left < 0 ? NULL : &t, NULL);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r == 0 ? -ETIMEDOUT : 0;
}
