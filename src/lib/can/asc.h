/* SPDX-License-Identifier: MIT */
/* Of Vector's ASC format: what its files in here share. */
#ifndef SFAM_CAN_ASC_H
#define SFAM_CAN_ASC_H

#include "base/text.h"

#include <sockfam/can-asc.h>

#define SFAM__ASC_NS_PER_S INT64_C(1000000000)
#define SFAM__ASC_YEAR_MAX 2261		/* the last that 63 bits of ns hold */

/* Behind "// ", before what only this library reads. */
#define SFAM__ASC_OURS "sockfam:"

/* Bits of the flags of CANFD and CANXL lines. */
#define SFAM__ASC_RTR 0x00000010u
#define SFAM__ASC_FDF 0x00001000u
#define SFAM__ASC_BRS 0x00002000u
#define SFAM__ASC_ESI 0x00004000u
#define SFAM__ASC_XLF 0x00400000u
#define SFAM__ASC_RRS 0x00800000u
#define SFAM__ASC_SEC 0x01000000u

/* The data length that each DLC of an FD frame stands for. */
extern const uint8_t sfam__asc_fd_lens[16];

/* Words are what stands between blanks. */
size_t sfam__asc_word_len(const struct sfam__scan *s);
/* Takes this word, in either case, and the blanks behind it. */
bool sfam__asc_skip_word(struct sfam__scan *s, const char *word);
/* Takes any word; -EINVAL where the line ends. */
int sfam__asc_skip_any(struct sfam__scan *s, const char *expected);
/* "SECONDS.FRACTION" to ns. */
int sfam__asc_scan_stamp(struct sfam__scan *s, int64_t *ret);
/* A word that is a decimal number. */
int sfam__asc_scan_dec(struct sfam__scan *s, uint64_t max, uint64_t *ret,
		       const char *expected);

/* "Tue Nov 14 10:13:20.123 pm 2023", in English or German, to ns. */
int sfam__asc_scan_date(struct sfam__scan *s, int64_t *ret_ns);
/* As ctime(3) has it; -EINVAL. */
int sfam__asc_out_date(struct sfam__out *o, int64_t seconds);

/*
 * The frame of a line whose stamp was read. Returns FRAME or EVENT of enum
 * sfam_can_asc_kind; ret has frame_size, channel and direction of a FRAME.
 */
int sfam__asc_scan_frame(struct sfam__scan *s, bool is_decimal,
			 struct sfam_can_asc_line *ret, void *frame);

#endif
