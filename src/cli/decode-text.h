/* SPDX-License-Identifier: MIT */
/* Text into a buffer that may be too small: then only its length is kept. */
#ifndef SFAM_CLI_DECODE_TEXT_H
#define SFAM_CLI_DECODE_TEXT_H

#include "decode-view.h"

struct text {
	char *buf;
	size_t size;
	size_t len;		/* size and beyond: it did not fit */
};

void text_put(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* n bytes at an offset as an address of a link: colons between them. */
void text_mac(struct text *t, struct view v, size_t at, size_t n);
/* All bytes as hex digits. */
void text_hex(struct text *t, struct view v);
/* All bytes as characters; ^A and M-a for those that cannot be printed. */
void text_name(struct text *t, struct view v);
/*
 * Whether a list may have one more item; writes [...] if it is to end, as
 * the text is long.
 */
int text_has_room(struct text *t);

#endif
