/* SPDX-License-Identifier: MIT */
/* CAN frames out to one interface, none lost and many at a time. */
#ifndef SFAM_CLI_CAN_SENDER_H
#define SFAM_CLI_CAN_SENDER_H

#include <net/if.h>
#include <signal.h>
#include <sys/uio.h>

#include "can-cli.h"

/* MTU of a frame's kind. */
size_t can_sender_kind(const void *frame, size_t size);

#define CAN_SENDER_BATCH 256

struct can_sender {
	char name[IFNAMSIZ];
	int fd;
	size_t largest;		/* kind that the socket takes */
	/* The user's, zero but for the first by can_sender_open(). */
	int64_t timeout_ns;	/* for room for a frame; -1: for ever */
	int skips_full;		/* a full queue: the frame is left out */
	const volatile sig_atomic_t *stopped;	/* NULL, or when it is set */
	uint64_t sent, skipped;
	/* Those to be sent by one call. */
	struct iovec batch[CAN_SENDER_BATCH];
	size_t n;
	size_t used;		/* bytes of room */
	uint8_t room[CAN_SENDER_BATCH * CANFD_MTU + SFAM_CANXL_MTU]
		__attribute__((aligned(8)));
};

/*
 * options_off: SFAM_CAN_OPT_LOOPBACK or 0. Each of these CLI_OK, or prints;
 * close it only after open was CLI_OK.
 */
int can_sender_open(struct can_sender *s, const char *name,
		    uint32_t options_off);
/*
 * With the kernel's smallest buffer, so that a bus that is slower than this
 * makes it wait, and the interface's queue is never full.
 */
int can_sender_hold_back(struct can_sender *s);
/*
 * Where the next frame can be written, up to SFAM_CANXL_MTU bytes of it: what
 * is there may be sent first. NULL after printing.
 */
void *can_sender_space(struct can_sender *s);
/* And it was, so many bytes: it is to be sent. */
int can_sender_add(struct can_sender *s, size_t size);
/* Sends what is there. */
int can_sender_flush(struct can_sender *s);
void can_sender_close(struct can_sender *s);

#endif
