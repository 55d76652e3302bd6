/* SPDX-License-Identifier: MIT */
/*
 * The only scanners and writers of text: bounded by lengths, never by NUL.
 */
#ifndef SFAM_BASE_TEXT_H
#define SFAM_BASE_TEXT_H

#include "base/common.h"

/* ------------------------------------------------------------- scan -- */

/* Reads text[pos..len); the first failure is kept in diag. */
struct sfam__scan {
	const char *text;
	size_t len;
	size_t pos;
	struct sfam_diag *diag;		/* may be NULL */
};

/* A number and the name it goes by; a table ends with a NULL name. */
struct sfam__name {
	const char *name;
	uint32_t value;
};

/* Fills diag for the text at offset and returns error. */
int sfam__scan_fail(const struct sfam__scan *s, int error, size_t offset,
		    const char *expected);
/* "LEAD MIDDLE TAIL" without spaces between, cut to fit. */
int sfam__scan_fail_about(const struct sfam__scan *s, int error,
			  size_t offset, const char *lead, const char *middle,
			  const char *tail);

bool sfam__scan_end(const struct sfam__scan *s);
bool sfam__scan_is(const struct sfam__scan *s, char c);
/* Takes c if it is next. */
bool sfam__scan_skip(struct sfam__scan *s, char c);
int sfam__scan_expect(struct sfam__scan *s, char c, const char *expected);
/* Takes a word if it is next and whole (no letter, digit, - or _ after). */
bool sfam__scan_word(struct sfam__scan *s, const char *word);

/* Decimal or 0x-hex, at most max. */
int sfam__scan_uint(struct sfam__scan *s, uint64_t max, uint64_t *ret,
		    const char *expected);
int sfam__scan_u32(struct sfam__scan *s, uint32_t max, uint32_t *ret,
		   const char *expected);
/* A name of the table, or a number. */
int sfam__scan_named(struct sfam__scan *s, const struct sfam__name *names,
		     uint32_t max, uint32_t *ret, const char *expected);
/* Exactly n hex digits without prefix. */
int sfam__scan_hex(struct sfam__scan *s, size_t n, uint32_t *ret,
		   const char *expected);
/* How many hex digits come next. */
size_t sfam__scan_hex_run(const struct sfam__scan *s);
/* Takes decimal digits, leading zeros too: how many; 0 where above max. */
size_t sfam__scan_digits(struct sfam__scan *s, uint64_t max, uint64_t *ret);
/* Takes blanks and tabs: how many. */
size_t sfam__scan_blanks(struct sfam__scan *s);

/*
 * An escaped run of bytes up to an unescaped comma outside parentheses or
 * the byte stop (0: none), unescaped into buf.
 * raw_first, if not NULL, tells whether its first byte stood unescaped.
 */
int sfam__scan_bytes(struct sfam__scan *s, char stop, char *buf, size_t size,
		     size_t *ret_len, const char *expected);

/* ------------------------------------------------------------ write -- */

/* Writes to buf and counts on when it is full. */
struct sfam__out {
	char *buf;
	size_t size;
	size_t len;		/* what was written, or would have been */
};

/* Adds the NUL. Returns the length without it, or -ENOSPC. */
ssize_t sfam__out_finish(struct sfam__out *o);

void sfam__out_char(struct sfam__out *o, char c);
void sfam__out_str(struct sfam__out *o, const char *s);
void sfam__out_dec(struct sfam__out *o, uint64_t v);
/* Without prefix, at least width digits, lower case. */
void sfam__out_hex(struct sfam__out *o, uint64_t v, unsigned int width);
/* The table's name of v, or v in decimal. */
void sfam__out_named(struct sfam__out *o, const struct sfam__name *names,
		     uint32_t v);
/* The inverse of sfam__scan_bytes(). */
void sfam__out_bytes(struct sfam__out *o, char stop, const char *bytes,
		     size_t len);
/* \xHH for one byte. */
void sfam__out_escape(struct sfam__out *o, char c);

/* ------------------------------------------------------ hex on the hot path */

/* Value of a hex digit; 0xff for any other byte. */
extern const uint8_t sfam__hex_value[256];
/* Two upper case digits of each byte. */
extern const char sfam__hex_pair[256][2];

#endif
