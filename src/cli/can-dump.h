/* SPDX-License-Identifier: MIT */
/*
 * The two sides of sockfam can dump: records come from sockets
 * (can-dump-source.c) and become lines (can-dump-out.c).
 */
#ifndef SFAM_CLI_CAN_DUMP_H
#define SFAM_CLI_CAN_DUMP_H

#include <net/if.h>

#include "can-screen.h"

/* --------------------------------------------------------------- out -- */

#define CAN_DUMP_NAMES 64
#define CAN_DUMP_OUT_SIZE 65536

/* Where a record came from. */
struct can_dump_from {
	const char *name;	/* as given: "vcan0", "any" */
	uint64_t drops;		/* in all, those before this record too */
};

struct can_dump_out {
	int log;		/* -L */
	int show_drops;		/* -d */
	struct can_screen screen;

	struct { int index; char name[IFNAMSIZ]; } names[CAN_DUMP_NAMES];
	size_t n_names;
	char buf[CAN_DUMP_OUT_SIZE];
	size_t len;
};

/* Names are padded to the longest: one of len bytes may come. */
void can_dump_widen(struct can_dump_out *out, size_t len);
/* A record, into the buffer. 0, or -1 after printing. */
int can_dump_record(struct can_dump_out *out,
		    const struct can_dump_from *from,
		    const struct sfam_can_record *rec);
/* There is nothing more for now: writes the buffer. 0, or -1. */
int can_dump_flush(struct can_dump_out *out);

/* ------------------------------------------------------------ source -- */

struct can_dump_opts {
	uint64_t count;		/* -n; 0: without */
	int timeout_ms;		/* -T, or -1 */
	int rcvbuf;		/* -r, or 0 */
};

/*
 * Receives from the n interfaces of args, which are cut at their commas,
 * until the end. Returns the exit status.
 */
int can_dump_receive(const struct can_dump_opts *opts,
		     struct can_dump_out *out, char **args, int n);

#endif
