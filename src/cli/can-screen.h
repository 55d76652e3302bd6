/* SPDX-License-Identifier: MIT */
/* How candump shows a frame: on a screen, or in a log. */
#ifndef SFAM_CLI_CAN_SCREEN_H
#define SFAM_CLI_CAN_SCREEN_H

#include <sockfam/sockfam.h>

/* Longest: stamp, interface, 64 bytes in binary; and an error's words. */
#define CAN_SCREEN_STRLEN (1024 + SFAM_CAN_ERROR_STRLEN)
/* A log's line. */
#define CAN_SCREEN_LOG_STRLEN (16 + SFAM_CAN_LOG_STRLEN)

/* Bits of struct can_screen.look. */
#define CAN_SCREEN_EXPLAIN (1u << 0)	/* error frames in words, more lines */
#define CAN_SCREEN_ASCII   (1u << 1)	/* up to 8 bytes as text, too */
#define CAN_SCREEN_BINARY  (1u << 2)
#define CAN_SCREEN_SWAP    (1u << 3)	/* the last byte first */
#define CAN_SCREEN_DLC	   (1u << 4)	/* raw DLC of classic frames */

struct can_screen {
	uint32_t look;		/* CAN_SCREEN_... */
	char stamp;		/* 0, or 'a' 'A' 'd' 'z' */
	int is_ns;		/* stamps of nine digits, not six */
	int has_extra;		/* sent or received, flags */
	unsigned int color;	/* 1: name, 2: from there on, 3: all */
	int indent;		/* an extended frame was seen */
	int has_base;
	int64_t base_ns;	/* of 'd' and 'z' */
	size_t name_width;	/* longest interface name so far */
};

/* What is shown. */
struct can_seen {
	const char *ifname;
	size_t number;		/* of the interface: its colour */
	int64_t time_ns;
	int is_local;		/* sent on this host */
	const void *frame;
	size_t size;
};

/*
 * A line, or an error frame's, with its newline; returns the length.
 * -EINVAL: not a frame.
 */
ssize_t can_screen_line(struct can_screen *screen, char *buf,
			const struct can_seen *seen);
/* A line of a frame without a stamp, to stdout. 0, or -EINVAL. */
int can_screen_print(struct can_screen *screen, const char *ifname,
		     const void *frame, size_t size);

/*
 * A line of a log, as sfam_can_log_format(). Of the stamps only 'z' counts
 * there: since the first frame.
 */
ssize_t can_screen_log_line(struct can_screen *screen, char *buf,
			    const struct can_seen *seen);

#endif
