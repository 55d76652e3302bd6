/* SPDX-License-Identifier: MIT */
/* JSON onto a stream: see json.h. Whether it all went out, fclose says. */
#include <inttypes.h>
#include <string.h>

#include "json.h"

static uint32_t bit_of(const struct json *j)
{
	return UINT32_C(1) << (j->depth & 31);
}

/* How long the UTF-8 character at text is; 0: none is there. */
static size_t utf8_len(const unsigned char *text, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t value;
	size_t n;
	size_t i;

	if (text[0] < 0x80)
		return 1;
	n = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	if (text[0] < 0xc0 || text[0] > 0xf4 || n > len)
		return 0;
	value = text[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (value < least[n] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	return n;
}

static void put_quoted(FILE *to, const unsigned char *text, size_t len)
{
	size_t n;

	putc('"', to);
	for (; len; text += n, len -= n) {
		n = utf8_len(text, len);
		if (n == 0) {
			fprintf(to, "\\udc%02x", text[0]);
			n = 1;
		} else if (text[0] < 0x20 || text[0] == 0x7f) {
			fprintf(to, "\\u%04x", text[0]);
		} else if (text[0] == '"' || text[0] == '\\') {
			fprintf(to, "\\%c", text[0]);
		} else {
			fwrite(text, 1, n, to);
		}
	}
	putc('"', to);
}

/* The comma, the line break and the key before a value. */
static void put_key(struct json *j, const char *key)
{
	if (j->have_values & bit_of(j))
		fputs(j->depth == 1 && j->are_lists & bit_of(j) ? ",\n" : ", ",
		      j->to);
	j->have_values |= bit_of(j);
	if (!key)
		return;
	put_quoted(j->to, (const unsigned char *)key, strlen(key));
	fputs(": ", j->to);
}

static void begin(struct json *j, const char *key, uint32_t is_list)
{
	put_key(j, key);
	putc(is_list ? '[' : '{', j->to);
	j->depth++;
	j->have_values &= ~bit_of(j);
	j->are_lists = (j->are_lists & ~bit_of(j)) | (is_list ? bit_of(j) : 0);
}

void json_object(struct json *j, const char *key)
{
	begin(j, key, 0);
}

void json_list(struct json *j, const char *key)
{
	begin(j, key, 1);
}

void json_end(struct json *j)
{
	putc(j->are_lists & bit_of(j) ? ']' : '}', j->to);
	j->depth--;
	if (j->depth > 0)
		return;
	putc('\n', j->to);
	j->have_values = 0;	/* the next outermost value is another text */
}

void json_bytes(struct json *j, const char *key, const void *text, size_t len)
{
	put_key(j, key);
	put_quoted(j->to, text, len);
}

void json_text(struct json *j, const char *key, const char *text)
{
	json_bytes(j, key, text, strlen(text));
}

void json_int(struct json *j, const char *key, int64_t value)
{
	put_key(j, key);
	fprintf(j->to, "%" PRId64, value);
}

void json_uint(struct json *j, const char *key, uint64_t value)
{
	put_key(j, key);
	fprintf(j->to, "%" PRIu64, value);
}

void json_truth(struct json *j, const char *key, int value)
{
	put_key(j, key);
	fputs(value ? "true" : "false", j->to);
}

void json_null(struct json *j, const char *key)
{
	put_key(j, key);
	fputs("null", j->to);
}
