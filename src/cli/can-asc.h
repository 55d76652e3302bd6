/* SPDX-License-Identifier: MIT */
/* What 'can convert' knows of Vector's ASC: channels, and what is lost. */
#ifndef SFAM_CLI_CAN_ASC_H
#define SFAM_CLI_CAN_ASC_H

#include "cli.h"
#include "output.h"

#include <sockfam/can-asc.h>

#define CAN_ASC_OURS "// sockfam: "	/* before what only we read */

/* The file that is read. */
struct can_asc_in {
	struct sfam_can_asc state;
	/* Of channels from 1 on: as told (-i, or the file), or empty. */
	char names[SFAM_CAN_ASC_CHANNEL_MAX + 1][16];
	uint32_t n_given;	/* by -i: the file's words do not count */
	uint8_t seen[SFAM_CAN_ASC_CHANNEL_MAX + 1];
	uint64_t events;	/* lines that are no frames */
};

/* The file that is written. */
struct can_asc_out {
	int64_t start_s;
	int has_begun;
	uint32_t n_named;	/* channels that the file has a name for */
	uint64_t early;		/* stamps before the start */
	uint64_t cut_errors;	/* error frames with class and data */
	uint64_t no_direction;
};

struct can_asc_frame {
	int64_t time_ns;
	uint32_t channel;
	char direction;
	const void *frame;
	size_t size;
};

/* The name of a channel: one that was told, or as asc2log has it. */
const char *can_asc_name(struct can_asc_in *in, uint32_t channel);
/* A line of the file that names one. */
void can_asc_take_name(struct can_asc_in *in, uint32_t channel,
		       const char *name);
/* What was skipped, and which channel was which, on stderr. */
void can_asc_tell_in(const struct can_asc_in *in);

/*
 * The header, if this is the first line. time_ns is that of the first frame;
 * its second is the file's start. CLI_OK or CLI_FAILED.
 */
int can_asc_begin(struct can_asc_out *out, struct output *file,
		  int64_t time_ns);
/* Names of the channels up to this one, unless they are there. */
int can_asc_put_names(struct can_asc_out *out, struct output *file,
		      uint32_t channel, const char (*names)[16]);
int can_asc_put(struct can_asc_out *out, struct output *file,
		const struct can_asc_frame *f);
/* What was lost, and which channel is which, on stderr. */
void can_asc_tell_out(const struct can_asc_out *out, const char (*names)[16]);

#endif
