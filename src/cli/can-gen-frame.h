/* SPDX-License-Identifier: MIT */
/* Frames that are made up, by cangen's modes. */
#ifndef SFAM_CLI_CAN_GEN_FRAME_H
#define SFAM_CLI_CAN_GEN_FRAME_H

#include <sockfam/can.h>

enum gen_mode {
	GEN_RANDOM,		/* r */
	GEN_EVEN,		/* e: random */
	GEN_ODD,		/* o: random */
	GEN_INCREMENT,		/* i */
	GEN_FIXED,
};

/* One value of a frame, and how it goes on. */
struct gen_value {
	enum gen_mode mode;
	uint32_t value;		/* the fixed one, or the next */
};

#define GEN_DATA_MAX 64		/* bytes of a pattern */

struct gen {
	/* The user's. */
	uint32_t flags;		/* of all: SFAM_CAN_EXT, _FD, _XL, _RTR ... */
	int mixes;		/* -m: flags are random, of those in mixable */
	uint32_t mixable;	/* SFAM_CAN_FD, _XL: what there may be */
	int has_raw_dlc;	/* -8 */
	struct gen_value id, len;
	struct gen_value xl_flags, sdt, af, vcid;
	enum gen_mode data_mode;
	/* GEN_FIXED: where mask has a 1, a random bit. */
	uint8_t data[GEN_DATA_MAX], mask[GEN_DATA_MAX];
	uint64_t data_count;	/* GEN_INCREMENT: the next */
	uint64_t random;	/* the generator's state: not 0 */
};

/*
 * Each reads an argument: 0, or -1 where it is none. id, of -I: r i e o or
 * hex; len, of -L: r i or decimal; byte, word, of XL: r i or hex.
 */
int gen_read_id(struct gen_value *ret, const char *text);
int gen_read_len(struct gen_value *ret, const char *text);
int gen_read_byte(struct gen_value *ret, const char *text);
int gen_read_word(struct gen_value *ret, const char *text);
/* -D: r, i, or bytes of two hex digits; x: a random digit. */
int gen_read_data(struct gen *g, const char *text);

/* What cannot be, in words; NULL if all fits together. */
const char *gen_check(const struct gen *g);

/*
 * The next frame, into SFAM_CANXL_MTU bytes: its size. -EINVAL: gen_check()
 * had something to say.
 */
ssize_t gen_next(struct gen *g, void *frame);

#endif
