// SPDX-License-Identifier: MIT
/* Writing in bounds: see decode-text.h. */
#include <stdarg.h>
#include <stdio.h>

#include "decode-text.h"

#define LONG_TEXT 4096

void text_put(struct text *t, const char *fmt, ...)
{
	size_t room = t->len < t->size ? t->size - t->len : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? t->buf + t->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n;
}

void text_mac(struct text *t, struct view v, size_t at, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		text_put(t, "%s%02x", i ? ":" : "", view_u8(v, at + i));
}

void text_hex(struct text *t, struct view v)
{
	size_t i;

	for (i = 0; i < v.cap && (i % 64 || text_has_room(t)); i++)
		text_put(t, "%02x", v.data[i]);
}

void text_name(struct text *t, struct view v)
{
	size_t i;
	int c;

	for (i = 0; i < v.cap && (i % 64 || text_has_room(t)); i++) {
		c = v.data[i] & 0x7f;
		if (v.data[i] & 0x80)
			text_put(t, "M-");
		if (c < ' ' || c == 0x7f)
			text_put(t, "^%c", c ^ 0x40);
		else
			text_put(t, "%c", c);
	}
}

int text_has_room(struct text *t)
{
	if (t->len < LONG_TEXT)
		return 1;
	text_put(t, " [...]");
	return 0;
}
