/* SPDX-License-Identifier: MIT */
/*
 * The two sides of sockfam can dump: records come from sockets
 * (can-dump-source.c) and become lines (can-dump-out.c), which may go to a
 * log file (can-dump-file.c).
 */
#ifndef SFAM_CLI_CAN_DUMP_H
#define SFAM_CLI_CAN_DUMP_H

#include <limits.h>
#include <net/if.h>

#include "can-screen.h"
#include "capture-rotate.h"
#include "json.h"

/* Where a record came from. */
struct can_dump_from {
	const char *name;	/* as given: "vcan0", "any" */
	uint64_t drops;		/* in all, those before this record too */
	uint64_t overruns;	/* the same */
};

/* -------------------------------------------------------------- file -- */

/* A log of whole lines, one file after the other. */
struct can_dump_file {
	const char *name;	/* -f; "" for -l: of the time; NULL: none */
	struct capture_rotate rotate;

	char by_time[40];	/* the name of -l */
	char path[PATH_MAX];	/* of the file that is open */
	int fd;
	struct sfam_capture_written written;	/* with those in buf */
	char buf[65536];
	size_t len;
};

/* 0, or -1 after printing, as all of these. */
int can_dump_file_open(struct can_dump_file *f);
/* 1: the last file that was wanted is full, and takes no line more. */
int can_dump_file_add(struct can_dump_file *f, const char *line, size_t len);
int can_dump_file_flush(struct can_dump_file *f);
/*
 * Closes the file, which may have another name now, and opens one of its
 * old name, or goes on there; with -l one of the time.
 */
int can_dump_file_reopen(struct can_dump_file *f);
int can_dump_file_close(struct can_dump_file *f);

/* --------------------------------------------------------------- out -- */

#define CAN_DUMP_NAMES 64
#define CAN_DUMP_OUT_SIZE 65536

enum can_dump_form { CAN_DUMP_SCREEN, CAN_DUMP_LOG, CAN_DUMP_JSON };

/* -s */
enum { CAN_DUMP_NOT_SILENT, CAN_DUMP_ANIMATED, CAN_DUMP_SILENT };

struct can_dump_out {
	enum can_dump_form form;	/* of stdout */
	int silent;
	int show_drops;		/* -d */
	int has_hw_time;	/* -H */
	struct can_screen screen;
	struct can_dump_file file;

	unsigned int turn;	/* of the animation */
	struct { int index; char name[IFNAMSIZ]; } names[CAN_DUMP_NAMES];
	size_t n_names;
	char buf[CAN_DUMP_OUT_SIZE];
	size_t len;
};

/* Names are padded to the longest: one of len bytes may come. */
void can_dump_widen(struct can_dump_out *out, size_t len);
/* All sources are open: makes the log file. 0, or -1 after printing. */
int can_dump_begin(struct can_dump_out *out);
/* A record, into the buffer. 0, 1 at the end, or -1 after printing. */
int can_dump_record(struct can_dump_out *out,
		    const struct can_dump_from *from,
		    const struct sfam_can_record *rec);
/* Frames were lost and no record tells of them: the same. */
int can_dump_drops(struct can_dump_out *out, const struct can_dump_from *from,
		   uint64_t drops);
/* The controller lost frames, rec tells: the same. */
int can_dump_overrun(struct can_dump_out *out,
		     const struct can_dump_from *from,
		     const struct sfam_can_record *rec);
/* There is nothing more for now: writes the buffer. 0, or -1. */
int can_dump_flush(struct can_dump_out *out);
/* SIGHUP came, and there is a log file. 0, or -1. */
int can_dump_reopen(struct can_dump_out *out);
/* The log file is whole. 0, or -1. */
int can_dump_end(struct can_dump_out *out);

/* One object on a line each. -EINVAL: not a frame. */
int can_dump_json_frame(struct json *j, const struct can_seen *seen,
			const struct sfam_can_record *rec);
void can_dump_json_drops(struct json *j, const struct can_dump_from *from,
			 uint64_t drops);
void can_dump_json_overrun(struct json *j, const char *ifname,
			   uint64_t total, const struct sfam_can_record *rec);

/* ------------------------------------------------------------ source -- */

enum can_dump_engine {
	CAN_DUMP_RAW,		/* CAN_RAW sockets */
	CAN_DUMP_RING,
	CAN_DUMP_AUTO,		/* rings where they are to be had */
};

struct can_dump_opts {
	uint64_t count;		/* -n; 0: without */
	int timeout_ms;		/* -T, or -1 */
	int rcvbuf;		/* -r, or 0 */
	enum can_dump_engine engine;
	uint32_t options;	/* SFAM_CAN_OPT_..., besides what all get */
	int stays;		/* -D: when an interface goes down */
	int reopens;		/* SIGHUP is not the end */
};

/*
 * Receives from the n interfaces of args, which are cut at their commas,
 * until the end. Returns the exit status.
 */
int can_dump_receive(const struct can_dump_opts *opts,
		     struct can_dump_out *out, char **args, int n);

#endif
