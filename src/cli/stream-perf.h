/* SPDX-License-Identifier: MIT */
/*
 * How much goes through a connection. The client sends a plan, which the
 * server sends back as ready; then data goes one way or both, in messages of
 * one size, of which the first byte tells the last one. When all has come and
 * gone the server sends what it has counted. No half close, since not every
 * family has one (TIPC).
 */
#ifndef SFAM_CLI_STREAM_PERF_H
#define SFAM_CLI_STREAM_PERF_H

#include "cli.h"

#define STREAM_PERF_MAX (1024 * 1024)	/* bytes of a message */
#define STREAM_PERF_BLOCK 64		/* and of a plan */

enum { PERF_UP = 1, PERF_DOWN = 2 };	/* bits of direction */

struct perf_plan {
	uint64_t direction;
	uint64_t size;		/* of a message */
	uint64_t bytes;		/* each direction ends then; 0: no such end */
	uint64_t ns;		/* or then; 0: the same */
};

struct perf_way {
	uint64_t bytes;
	int64_t ns;
	int error;		/* 0 or -errno */
};

struct perf {
	/* options */
	struct perf_plan plan;
	int listens;
	int json;
	uint64_t clients;	/* 0: no end */
	/* of one connection */
	int fd;
	int is_stream;
	int sends;
	int receives;
	char name[SFAM_ADDR_STRLEN];
	struct perf_way sent;
	struct perf_way received;
	size_t n_ahead;		/* bytes behind the last message, in ahead */
	char ahead[STREAM_PERF_BLOCK];
	char out[STREAM_PERF_MAX];
	char in[STREAM_PERF_MAX];
};

/*
 * One connection from its begin on: the client, with a plan, and the server,
 * which gets one. What was sent and received is in p then; the descriptor
 * stays open. 0, or -errno; -EBADMSG: that is another program. -EIO: the two
 * have not counted the same. -ENODATA, -ECONNRESET, -EPIPE: the peer ended.
 */
int stream_perf_ask(struct perf *p, int fd);
int stream_perf_answer(struct perf *p, int fd);

#endif
