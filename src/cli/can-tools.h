/* SPDX-License-Identifier: MIT */
/* What the bus tools count, apart from sockets, clocks and terminals. */
#ifndef SFAM_CLI_CAN_TOOLS_H
#define SFAM_CLI_CAN_TOOLS_H

#include <stddef.h>
#include <stdint.h>

/* -------------------------------------------------------- sequences -- */

/* Frames numbered modulo 256. Start with zeros. */
struct can_seq {
	uint64_t frames;
	uint64_t gaps;
	uint64_t dropped;	/* lost here: the socket was full */
	uint64_t missing;	/* and those that did not come at all */
	uint8_t next;
};

/*
 * A frame of this number came; the socket has dropped so many of the
 * sequence right before it. Returns how many did not come at all, modulo
 * 256: exact, since what was dropped is known. The first frame begins the
 * sequence.
 */
unsigned int can_seq_note(struct can_seq *s, uint8_t number, uint32_t drops);

/* ------------------------------------------------------ percentiles -- */

/* Each power of two in so many steps: a value is known to 1/128. */
#define CAN_SPREAD_STEPS 128
#define CAN_SPREAD_SIZE (CAN_SPREAD_STEPS * 57)

/* How values are spread. Start with zeros. */
struct can_spread {
	uint64_t n;
	int64_t min, max;	/* exact */
	uint64_t counts[CAN_SPREAD_SIZE];
};

void can_spread_add(struct can_spread *s, int64_t value);
/*
 * The value that permille of all do not exceed, at most 1/128 too large;
 * 0 without any.
 */
int64_t can_spread_at(const struct can_spread *s, unsigned int permille);

#endif
