/* SPDX-License-Identifier: MIT */
/* What `can watch` shows, apart from sockets, clocks and the terminal. */
#ifndef SFAM_CLI_CAN_WATCH_H
#define SFAM_CLI_CAN_WATCH_H

#include <sockfam/sockfam.h>

#define CAN_WATCH_BYTES 64	/* of a frame that are looked at */

/* The frames of one identifier and one kind. */
struct can_watch_row {
	uint32_t id;		/* with CAN_EFF_FLAG ... */
	uint32_t kind;		/* SFAM_CAN_FD, SFAM_CAN_XL or 0 */
	uint16_t len;
	uint8_t n;		/* bytes of data that are held */
	uint8_t data[CAN_WATCH_BYTES];
	uint8_t changed[CAN_WATCH_BYTES];	/* bits, since changed_ns */
	uint8_t ever[CAN_WATCH_BYTES];		/* bits, since the start */
	uint8_t known[CAN_WATCH_BYTES];		/* bits that may change */
	uint64_t frames;
	int64_t last_ns;	/* stamp of the last */
	int64_t gap_ns;		/* since the one before; 0: only one came */
	int64_t changed_ns;	/* stamp of the last change */
};

struct can_watch {
	struct can_watch_row *rows;	/* by identifier, then kind */
	size_t n, size;
	uint64_t frames;
	uint64_t left_out;	/* frames for which there was no row */
};

/* For up to `size` rows. 0, or -ENOMEM. */
int can_watch_init(struct can_watch *w, size_t size);
void can_watch_done(struct can_watch *w);

/* Takes a frame; 1: something to be seen has changed, or is new. */
int can_watch_take(struct can_watch *w, const struct sfam_can_record *rec);
/* What changed before that is not shown as changed any more. 1: some were. */
int can_watch_expire(struct can_watch *w, int64_t before_ns);
/* The bits that have changed until now may go on so, unseen. */
void can_watch_notch(struct can_watch *w);
/* All bits count again. */
void can_watch_unnotch(struct can_watch *w);

/*
 * A row as a line of at most `width` columns, without its end: seconds since
 * the frame before, identifier, length, bytes; what changed is inverse video.
 * bits: each byte as eight digits. Returns its length in bytes; buf has room
 * for CAN_WATCH_STRLEN.
 */
#define CAN_WATCH_STRLEN 8192
size_t can_watch_line(char *buf, const struct can_watch_row *row,
		      size_t width, int bits);

#endif
