/* SPDX-License-Identifier: MIT */
#include "base/text.h"

ssize_t sfam__out_finish(struct sfam__out *o)
{
	if (o->len >= o->size)
		return -ENOSPC;
	o->buf[o->len] = '\0';
	return (ssize_t)o->len;
}

void sfam__out_char(struct sfam__out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

void sfam__out_str(struct sfam__out *o, const char *s)
{
	while (*s)
		sfam__out_char(o, *s++);
}

/* Writes v in base, at least width digits. */
static void out_number(struct sfam__out *o, uint64_t v, unsigned int base,
		       unsigned int width)
{
	char digits[20];
	unsigned int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	while (width-- > n)
		sfam__out_char(o, '0');
	while (n)
		sfam__out_char(o, digits[--n]);
}

void sfam__out_dec(struct sfam__out *o, uint64_t v)
{
	out_number(o, v, 10, 1);
}

void sfam__out_hex(struct sfam__out *o, uint64_t v, unsigned int width)
{
	out_number(o, v, 16, width);
}

void sfam__out_named(struct sfam__out *o, const struct sfam__name *names,
		     uint32_t v)
{
	for (; names->name; names++) {
		if (names->value == v) {
			sfam__out_str(o, names->name);
			return;
		}
	}
	sfam__out_dec(o, v);
}

void sfam__out_escape(struct sfam__out *o, char c)
{
	sfam__out_str(o, "\\x");
	sfam__out_hex(o, (unsigned char)c, 2);
}

static bool parentheses_balanced(const char *bytes, size_t len)
{
	size_t depth = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (bytes[i] == '(')
			depth++;
		else if (bytes[i] == ')' && depth-- == 0)
			return false;
	}
	return depth == 0;
}

void sfam__out_bytes(struct sfam__out *o, char stop, const char *bytes,
		     size_t len)
{
	bool balanced = parentheses_balanced(bytes, len);
	size_t depth = 0;
	size_t i;
	char c;

	for (i = 0; i < len; i++) {
		c = bytes[i];
		if (c < ' ' || c > '~' || (c == stop && stop != ':')) {
			sfam__out_escape(o, c);
			continue;
		}
		if (c == '(' || c == ')') {
			if (!balanced) {
				sfam__out_escape(o, c);
				continue;
			}
			depth += c == '(' ? 1 : (size_t)-1;
		}
		if (c == '\\' || (depth == 0 && (c == ',' || c == stop)))
			sfam__out_char(o, '\\');
		sfam__out_char(o, c);
	}
}
