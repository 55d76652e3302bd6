/* SPDX-License-Identifier: MIT */
/*
 * Vector's ASC format of CAN logs, a line at a time:
 *
 *	date Tue Nov 14 22:13:20 2023
 *	base hex  timestamps absolute
 *	no internal events logged
 *	   0.123456 1  123             Rx   d 2 11 22
 *	   0.123999 CANFD   2 Tx   12345678x  [NAME] 1 0 9 12 11 22 ...
 *
 * Classic, CANFD and CANXL lines are read and written as log2asc and asc2log
 * of can-utils have them. The format has numbered channels for interfaces,
 * an ErrorFrame without its class and data, stamps of microseconds since its
 * date, and its date in local time. What a log of candump has beyond that
 * stands in comments here, which others skip:
 *
 *	// sockfam: start 1700000000
 *	// sockfam: channel 1 can0
 *	// sockfam: DROPCOUNT: dropped 3 CAN frames on 'can0' socket (total ...
 *
 * Nothing depends on the locale; local time is that of TZ (tzset(3)).
 */
#ifndef SOCKFAM_CAN_ASC_H
#define SOCKFAM_CAN_ASC_H

#include <sockfam/base.h>
#include <sockfam/can.h>

#ifdef __cplusplus
extern "C" {
#endif

/* -------------------------------------------------------------- read -- */

/* What the lines so far have said. Begin with zeros. One thread at a time. */
struct sfam_can_asc {
	int64_t start_ns;	/* when stamp 0 was, since 1970 */
	int64_t last_ns;	/* the last stamp, since then */
	uint32_t is_decimal;	/* base dec: identifiers and data bytes */
	uint32_t is_relative;	/* stamps count from the one before */
};

enum sfam_can_asc_kind {
	SFAM_CAN_ASC_OTHER,	/* header, comment, empty: nothing is lost */
	SFAM_CAN_ASC_FRAME,
	SFAM_CAN_ASC_EVENT,	/* no frame that was on a bus: statistics ... */
	SFAM_CAN_ASC_DROPS,
	SFAM_CAN_ASC_CHANNEL,	/* the name of a channel */
};

/* What a line says; zero where it says nothing. */
struct sfam_can_asc_line {
	int64_t time_ns;	/* since 1970 */
	size_t frame_size;
	uint32_t channel;	/* 1 .. SFAM_CAN_ASC_CHANNEL_MAX */
	char direction;		/* 'R' received, 'T' sent; 0 of ErrorFrame */
	char ifname[16];	/* of DROPS and CHANNEL, with its NUL */
	uint64_t drops;		/* since the last such line */
	uint64_t total;		/* since the log began */
};

#define SFAM_CAN_ASC_CHANNEL_MAX 255

/*
 * Reads the next line, with or without its newline. The frame goes to frame,
 * a buffer of size bytes, as for sfam_can_pack(). An ErrorFrame becomes
 * 20000080#0000000000000000, as by asc2log. Lines that can-utils leaves out
 * too are events: TxRq, which is a wish and no frame. Stamps may have one to
 * nine digits behind the point.
 * Returns the kind: enum sfam_can_asc_kind; of frame and ret only what the
 * kind has is written.
 * -EINVAL: damaged (diag says where); -ENOSPC: size is too small. Then asc
 * has what the line's stamp said, and nothing else is written.
 */
int sfam_can_asc_parse(struct sfam_can_asc *asc,
		       struct sfam_can_asc_line *ret, void *frame, size_t size,
		       const char *line, size_t line_len,
		       struct sfam_diag *diag) SFAM_MUST_CHECK;

/* ------------------------------------------------------------- write -- */

/* Longest line, of an XL frame. */
#define SFAM_CAN_ASC_STRLEN (320 + 3 * SFAM_CANXL_DLEN)

/*
 * Each writes text with its newline, no NUL, and returns the length.
 * -ENOSPC: size is too small; buf is untouched then.
 */

/*
 * The header; start_s: seconds since 1970, from which the stamps count.
 * -EINVAL: before 1970, after 2261, or no local time.
 */
ssize_t sfam_can_asc_format_header(char *buf, size_t size, int64_t start_s)
	SFAM_MUST_CHECK;

/*
 * The comment that names a channel. -EINVAL: channel out of range; a name of
 * more than 15 bytes, of none, or with blanks.
 */
ssize_t sfam_can_asc_format_channel(char *buf, size_t size, uint32_t channel,
				    const char *ifname) SFAM_MUST_CHECK;

/*
 * A frame; time_ns since the start, cut to microseconds. direction: 'T', or
 * any other for received: the format has no third. An error frame loses all
 * but that it is one. -EINVAL: not a frame, a negative time, channel out of
 * range.
 */
ssize_t sfam_can_asc_format(char *buf, size_t size, int64_t time_ns,
			    uint32_t channel, char direction,
			    const void *frame, size_t frame_size)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
