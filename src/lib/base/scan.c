/* SPDX-License-Identifier: MIT */
#include "base/text.h"

/* Adds s to a full-width string field, cut to fit. */
static void append(char *field, size_t size, const char *s)
{
	size_t n = strlen(field);

	while (*s && n + 1 < size)
		field[n++] = *s++;
	field[n] = '\0';
}

/* What stands at offset: up to the next comma, as printable text. */
static void copy_found(const struct sfam__scan *s, size_t offset,
		       struct sfam_diag *diag)
{
	struct sfam__out o = { diag->found, sizeof(diag->found), 0 };
	size_t i;
	char c;

	for (i = offset; i < s->len && o.len < sizeof(diag->found) - 5; i++) {
		c = s->text[i];
		if (c == ',' && i > offset)
			break;
		if (c < ' ' || c > '~')
			sfam__out_escape(&o, c);
		else
			sfam__out_char(&o, c);
	}
	sfam__out_finish(&o);
}

int sfam__scan_fail_about(const struct sfam__scan *s, int error,
			  size_t offset, const char *lead, const char *middle,
			  const char *tail)
{
	struct sfam_diag *d = s->diag;

	if (!d)
		return error;
	memset(d, 0, sizeof(*d));
	d->offset = offset;
	append(d->expected, sizeof(d->expected), lead);
	append(d->expected, sizeof(d->expected), middle);
	append(d->expected, sizeof(d->expected), tail);
	copy_found(s, offset, d);
	return error;
}

int sfam__scan_fail(const struct sfam__scan *s, int error, size_t offset,
		    const char *expected)
{
	return sfam__scan_fail_about(s, error, offset, expected, "", "");
}

bool sfam__scan_end(const struct sfam__scan *s)
{
	return s->pos >= s->len;
}

bool sfam__scan_is(const struct sfam__scan *s, char c)
{
	return s->pos < s->len && s->text[s->pos] == c;
}

bool sfam__scan_skip(struct sfam__scan *s, char c)
{
	if (!sfam__scan_is(s, c))
		return false;
	s->pos++;
	return true;
}

int sfam__scan_expect(struct sfam__scan *s, char c, const char *expected)
{
	if (sfam__scan_skip(s, c))
		return 0;
	return sfam__scan_fail(s, -EINVAL, s->pos, expected);
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool sfam__scan_word(struct sfam__scan *s, const char *word)
{
	size_t n = strlen(word);

	if (s->len - s->pos < n || memcmp(s->text + s->pos, word, n) != 0)
		return false;
	if (s->pos + n < s->len && is_word_char(s->text[s->pos + n]))
		return false;
	s->pos += n;
	return true;
}

int sfam__scan_uint(struct sfam__scan *s, uint64_t max, uint64_t *ret,
		    const char *expected)
{
	size_t start = s->pos;
	size_t first;
	unsigned int base = 10;
	unsigned int digit;
	uint64_t v = 0;

	if (s->len - s->pos > 2 && s->text[s->pos] == '0' &&
	    s->text[s->pos + 1] == 'x') {
		base = 16;
		s->pos += 2;
	}
	for (first = s->pos; s->pos < s->len; s->pos++) {
		digit = sfam__hex_value[(unsigned char)s->text[s->pos]];
		if (digit >= base)
			break;
		if (digit > max || v > (max - digit) / base) {
			s->pos = start;
			return sfam__scan_fail(s, -EINVAL, start, expected);
		}
		v = v * base + digit;
	}
	/* "12ab" is one wrong number, not a number and a rest. */
	if (s->pos == first ||
	    (s->pos < s->len && is_word_char(s->text[s->pos]) &&
	     s->text[s->pos] != '-')) {
		s->pos = start;
		return sfam__scan_fail(s, -EINVAL, start, expected);
	}
	*ret = v;
	return 0;
}

int sfam__scan_u32(struct sfam__scan *s, uint32_t max, uint32_t *ret,
		   const char *expected)
{
	uint64_t v;
	int r = sfam__scan_uint(s, max, &v, expected);

	if (r < 0)
		return r;
	*ret = (uint32_t)v;
	return 0;
}

int sfam__scan_named(struct sfam__scan *s, const struct sfam__name *names,
		     uint32_t max, uint32_t *ret, const char *expected)
{
	for (; names->name; names++) {
		if (sfam__scan_word(s, names->name)) {
			*ret = names->value;
			return 0;
		}
	}
	return sfam__scan_u32(s, max, ret, expected);
}

size_t sfam__scan_hex_run(const struct sfam__scan *s)
{
	size_t i = s->pos;

	while (i < s->len &&
	       sfam__hex_value[(unsigned char)s->text[i]] != 0xff)
		i++;
	return i - s->pos;
}

int sfam__scan_hex(struct sfam__scan *s, size_t n, uint32_t *ret,
		   const char *expected)
{
	uint32_t v = 0;

	if (sfam__scan_hex_run(s) < n)
		return sfam__scan_fail(s, -EINVAL, s->pos, expected);
	while (n--)
		v = v << 4 | sfam__hex_value[(unsigned char)s->text[s->pos++]];
	*ret = v;
	return 0;
}

static unsigned int digit_at(const char *p)
{
	return (unsigned int)(unsigned char)*p - '0';
}

/* So many fit into 64 bits, whatever they are. */
#define DIGITS_SAFE 19

size_t sfam__scan_digits(struct sfam__scan *s, uint64_t max, uint64_t *ret)
{
	const char *const start = s->text + s->pos;
	const char *const end = s->text + s->len;
	const char *const safe = end - start > DIGITS_SAFE ?
				 start + DIGITS_SAFE : end;
	const char *p = start;
	uint64_t v = 0;

	for (; p < safe && digit_at(p) <= 9; p++)
		v = v * 10 + digit_at(p);
	for (; p < end && digit_at(p) <= 9; p++) {
		if (v > (UINT64_MAX - digit_at(p)) / 10)
			return 0;
		v = v * 10 + digit_at(p);
	}
	if (v > max)
		return 0;
	s->pos += (size_t)(p - start);
	*ret = v;
	return (size_t)(p - start);
}

size_t sfam__scan_blanks(struct sfam__scan *s)
{
	const size_t start = s->pos;
	size_t pos = start;

	while (pos < s->len && (s->text[pos] == ' ' || s->text[pos] == '\t'))
		pos++;
	s->pos = pos;
	return pos - start;
}

/* The byte that an escape stands for; pos is behind the backslash. */
static int scan_escape(struct sfam__scan *s, char *ret)
{
	static const char expected[] = "\\, \\: \\\\ or \\xHH";
	size_t start = s->pos - 1;
	uint32_t v = 0;

	if (sfam__scan_is(s, ',') || sfam__scan_is(s, ':') ||
	    sfam__scan_is(s, '\\')) {
		*ret = s->text[s->pos++];
		return 0;
	}
	if (!sfam__scan_skip(s, 'x') || sfam__scan_hex_run(s) < 2)
		return sfam__scan_fail(s, -EINVAL, start, expected);
	sfam__scan_hex(s, 2, &v, expected);
	*ret = (char)v;
	return 0;
}

int sfam__scan_bytes(struct sfam__scan *s, char stop, char *buf, size_t size,
		     size_t *ret_len, const char *expected)
{
	size_t start = s->pos;
	size_t open = 0;		/* offset of the outermost "(" */
	size_t depth = 0;
	size_t n = 0;
	int r;
	char c;

	while (!sfam__scan_end(s)) {
		c = s->text[s->pos];
		if (depth == 0 && (c == ',' || (stop && c == stop)))
			break;
		s->pos++;
		if (c == '\\') {
			r = scan_escape(s, &c);
			if (r < 0)
				return r;
		} else if (c == '(') {
			if (depth++ == 0)
				open = s->pos - 1;
		} else if (c == ')' && depth-- == 0) {
			return sfam__scan_fail(s, -EINVAL, s->pos - 1,
					       "no \")\" without its \"(\"");
		}
		if (n == size)
			return sfam__scan_fail(s, -EINVAL, start, expected);
		buf[n++] = c;
	}
	if (depth)
		return sfam__scan_fail(s, -EINVAL, open,
				       "a \")\" for this \"(\"");
	*ret_len = n;
	return 0;
}
