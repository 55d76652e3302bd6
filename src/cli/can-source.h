/* SPDX-License-Identifier: MIT */
/* A file of CAN frames that is read: a log of candump or Vector, a capture. */
#ifndef SFAM_CLI_CAN_SOURCE_H
#define SFAM_CLI_CAN_SOURCE_H

#include "can-asc.h"
#include "lines.h"
#include "packet-cli.h"

#define CAN_SOURCE_INTERFACES_MAX 256

/* What stands in the file; all of it stays until the next read. */
struct can_source_item {
	const char *ifname;
	uint64_t drops;		/* frames that were lost there before this */
	const void *frame;	/* NULL: there is only the above */
	size_t size;
	int64_t time_ns;
	char direction;		/* 'R', 'T', 0 */
	const char *line;	/* of candump's log as it is; else NULL */
	size_t line_len;
};

struct can_source {
	/* The user's. */
	const char *name;	/* "-": stdin */
	int is_strict;		/* what is damaged ends it */
	/* What was left out. */
	uint64_t damaged;	/* lines, packets; each was told on stderr */
	uint64_t others;	/* packets whose interface is not CAN */
	struct can_asc_in asc;	/* names may be set before the file is open */
	/* The rest is can-source.c's. */
	int is_capture;
	int is_asc;
	struct lines lines;
	struct sfam_can_log_line parsed;
	struct sfam_can_asc_line asc_line;
	struct sfam_diag diag;
	uint64_t number;	/* of the line or packet that was read last */
	struct packet_file file;
	/* Of the capture's interfaces; the name is empty where it is no CAN. */
	char names[CAN_SOURCE_INTERFACES_MAX][16];
	uint32_t n_names;
	/* Lost there: told with packets, and by the statistics read last. */
	uint64_t told[CAN_SOURCE_INTERFACES_MAX];
	uint64_t counted[CAN_SOURCE_INTERFACES_MAX];
	uint8_t frame[SFAM_CANXL_MTU] __attribute__((aligned(8)));
};

/* Would a file of that name be a capture file, or a log? */
int can_source_is_capture(const char *name);
/* Vector's? */
int can_source_is_asc(const char *name);
/* The user's part of s is set, the rest zero. CLI_OK, or prints. */
int can_source_open(struct can_source *s);
/* 1; 0 at the end; -1 after printing. */
int can_source_read(struct can_source *s, struct can_source_item *ret);
/* A regular file: nothing in it comes late. */
int can_source_is_file(const struct can_source *s);
/* Can be opened again after it; the counts go on. */
void can_source_close(struct can_source *s);
/* On stderr, what was left out. */
void can_source_tell(const struct can_source *s);

#endif
