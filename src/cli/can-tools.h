/* SPDX-License-Identifier: MIT */
/* What the bus tools count, apart from sockets, clocks and terminals. */
#ifndef SFAM_CLI_CAN_TOOLS_H
#define SFAM_CLI_CAN_TOOLS_H

#include <stddef.h>
#include <stdint.h>

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

#endif
