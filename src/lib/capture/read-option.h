/* SPDX-License-Identifier: MIT */
/* pcapng: walking along the options of a block. */
#ifndef SFAM_CAPTURE_READ_OPTION_H
#define SFAM_CAPTURE_READ_OPTION_H

#include "capture/reader.h"

/* Those of a block that are still to come. */
struct sfam__capture_options {
	uint8_t *at;
	uint8_t *end;
};

struct sfam__capture_found {
	uint16_t code;
	uint16_t len;
	uint8_t *value;
};

/* They begin `at` bytes into the body. */
static inline struct sfam__capture_options
sfam__capture_options_of(const struct sfam__capture_body *body, size_t at)
{
	struct sfam__capture_options o = {
		body->at + at, body->at + body->len,
	};

	return o;
}

/* The next one: 1, or 0 at their end, or -EBADMSG. */
int sfam__capture_next(struct sfam_capture_reader *r,
		       struct sfam__capture_options *options,
		       struct sfam__capture_found *ret);
/* -EBADMSG: its value has not these len bytes. */
int sfam__capture_check_len(struct sfam_capture_reader *r,
			    const struct sfam__capture_found *o, size_t len);
/*
 * Its value as a text with a NUL, but for the first bytes of it: moved down
 * over its head, which has been read by now.
 */
const char *sfam__capture_text(const struct sfam__capture_found *o,
			       size_t without);
/* Sets the member of object that it is the text of, if any; the first wins. */
void sfam__capture_take_text(void *object,
			     const struct sfam__capture_option *table,
			     const struct sfam__capture_found *o);

/* The 64 bits of a time, high half first. */
static inline uint64_t
sfam__capture_units(const struct sfam_capture_reader *r, const uint8_t *p)
{
	return (uint64_t)sfam__capture_word(r, p) << 32 |
	       sfam__capture_word(r, p + 4);
}

/* In read-packet.c. NULL, with a diag: not described in this section. */
const struct sfam__capture_source *
sfam__capture_source(struct sfam_capture_reader *r, uint32_t interface);

#endif
