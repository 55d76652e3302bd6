/* SPDX-License-Identifier: MIT */
/* Bytes on their way from one descriptor to another. */
#ifndef SFAM_SOCKET_FLOW_H
#define SFAM_SOCKET_FLOW_H

#include "base/sys.h"

struct sfam__flow {
	int in, out;
	int in_kind, out_kind;		/* enum sfam__kind */
	struct sfam__deadline deadline;
	int64_t at;			/* of a file: where to go on */
	uint64_t left;			/* still to move */
	uint64_t moved;			/* out took it */
	uint64_t lost;			/* in gave it, out did not take it */
};

/*
 * These move until nothing is left (0), the end of the input (1) or an
 * error. What cannot be done this way, of what is left, is told by an error
 * for which sfam__flow_is_unable() holds.
 */
int sfam__flow_copy(struct sfam__flow *f);
int sfam__flow_sendfile(struct sfam__flow *f);

/* sfam__flow_sendfile() if that ends in time, and copies. */
int sfam__flow_file(struct sfam__flow *f);

/* Sets kinds and deadline. -EPROTOTYPE: a socket that has messages. */
int sfam__flow_init(struct sfam__flow *f, int in, int out, uint64_t len,
		    int64_t timeout_ns);
bool sfam__flow_is_unable(int error);
/* Whether the kernel, writing to out, comes back by the deadline. */
bool sfam__flow_out_is_timely(const struct sfam__flow *f);
/* What the next call may move, and -ETIMEDOUT if it is too late for one. */
ssize_t sfam__flow_next(const struct sfam__flow *f);
void sfam__flow_count(struct sfam__flow *f, ssize_t n);
/* Writes all of buf. Returns how much was; *ret_error is why not all. */
size_t sfam__flow_put(struct sfam__flow *f, const char *buf, size_t len,
		      int *ret_error);

#endif
