/* SPDX-License-Identifier: MIT */
/* How candump shows a frame on a screen. */
#ifndef SFAM_CLI_CAN_SCREEN_H
#define SFAM_CLI_CAN_SCREEN_H

#include <sockfam/sockfam.h>

/* Longest: stamp, interface, 2048 bytes cut to 64; or an error's words. */
#define CAN_SCREEN_STRLEN (512 + SFAM_CAN_ERROR_STRLEN)

struct can_screen {
	char stamp;		/* 0, or 'a' 'A' 'd' 'z' */
	int explain;		/* error frames in words, on more lines */
	int indent;		/* an extended frame was seen */
	int64_t base_us;	/* of 'd' and 'z'; -1: none yet */
	size_t name_width;	/* longest interface name so far */
};

/*
 * A line, or an error frame's, with its newline; returns the length.
 * -EINVAL: not a frame.
 */
ssize_t can_screen_line(struct can_screen *screen, char *buf,
			const char *ifname, int64_t time_ns,
			const void *frame, size_t size);

/* The stamp of a log line: absolute, or since the first frame ('z'). */
int64_t can_screen_log_time(struct can_screen *screen, int64_t time_ns);

#endif
