/* SPDX-License-Identifier: MIT */
/* When the next capture file begins and what its name is, as tcpdump does. */
#ifndef CAPTURE_ROTATE_H
#define CAPTURE_ROTATE_H

#include <sockfam/capture.h>

/* Limits are 0 where there is none. */
struct capture_rotate {
	/* -w; with -G for strftime(3), local time. Numbers go before .gz. */
	const char *name;
	uint64_t bytes;		/* -C: a file that has more is full */
	uint64_t packets;	/* a file that has as many is full */
	int64_t seconds;	/* -G: a period, which has one file or more */
	unsigned int files;	/* -W: with -C a ring of them, else periods */
	/* How far it is; zero, but for since. */
	int64_t since;		/* seconds since 1970: begin of the period */
	unsigned int periods;	/* that are over */
	unsigned int number;	/* of the file, in its period */
};

enum capture_rotate_step {
	CAPTURE_ROTATE_STAY,
	CAPTURE_ROTATE_NEXT,	/* a file of a new name, or that again */
	CAPTURE_ROTATE_DONE,	/* there shall be no more */
};

/* Before each write: whether that goes to the file that is open. */
enum capture_rotate_step
capture_rotate_step(struct capture_rotate *r, int64_t now,
		    const struct sfam_capture_written *written);

/* How many of n records that file takes, at least one, before the next step. */
size_t capture_rotate_room(const struct capture_rotate *r,
			   const struct sfam_capture_writer *w,
			   const struct sfam_capture_record *records,
			   size_t n);

/* The name of the file that is next; 0, or -ENAMETOOLONG. */
int capture_rotate_name(const struct capture_rotate *r, char *buf,
			size_t size);

#endif
