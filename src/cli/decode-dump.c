// SPDX-License-Identifier: MIT
/* Bytes below the text: -x, -X and -A, and what was not decoded. */
#include "decode.h"

#define ROW 16

static int is_graphic(int c)
{
	return c > ' ' && c < 0x7f;
}

static void dump_row(FILE *to, const uint8_t *data, size_t n, size_t at,
		     int with_characters)
{
	size_t i;

	fprintf(to, "\t0x%04zx: ", at);
	for (i = 0; i < n; i++)
		fprintf(to, i % 2 ? "%02x" : " %02x", data[i]);
	if (with_characters) {
		/* Four digits and a blank for two bytes, 40 columns in all. */
		fprintf(to, "%*s", (int)(42 - n / 2 * 5 - n % 2 * 3), "");
		for (i = 0; i < n; i++)
			putc(is_graphic(data[i]) ? data[i] : '.', to);
	}
	putc('\n', to);
}

void decode_dump(FILE *to, const uint8_t *data, size_t len,
		 int with_characters)
{
	size_t at, n;

	for (at = 0; at < len; at += n) {
		n = len - at < ROW ? len - at : ROW;
		dump_row(to, data + at, n, at, with_characters);
	}
}

/* Lines of text stay lines: what CR LF ends, LF does. */
static void dump_text(FILE *to, const uint8_t *data, size_t len)
{
	size_t i;
	int c;

	for (i = 0; i < len; i++) {
		c = data[i];
		if (c == '\r' && i + 1 < len && data[i + 1] == '\n')
			continue;
		if (!is_graphic(c) && c != ' ' && c != '\t' && c != '\n')
			c = '.';
		putc(c, to);
	}
	putc('\n', to);
}

void decode_print(FILE *to, const struct decode_packet *p, unsigned int flags)
{
	struct decode_extent extent = { 0, 0, 0, 0 };
	char text[DECODE_STRLEN];
	size_t from;

	if (decode_text(text, sizeof(text), p, flags, &extent) < 0)
		snprintf(text, sizeof(text), "length %zu", p->origlen);
	fprintf(to, "%s\n", text);
	from = flags & DECODE_FROM_LINK ? 0 : extent.link_len;
	if (flags & (DECODE_HEX | DECODE_ASCII))
		decode_dump(to, p->data + from, p->caplen - from,
			    (flags & DECODE_ASCII) != 0);
	else if (flags & DECODE_TEXT)
		dump_text(to, p->data + from, p->caplen - from);
	else
		decode_dump(to, p->data + extent.rest_at, extent.rest_len,
			    !extent.rest_is_plain);
}
