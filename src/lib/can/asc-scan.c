/* SPDX-License-Identifier: MIT */
/* Words, numbers and stamps of an ASC line. */
#include "can/asc.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

size_t sfam__asc_word_len(const struct sfam__scan *s)
{
	size_t n = 0;

	while (s->pos + n < s->len && !is_blank(s->text[s->pos + n]))
		n++;
	return n;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool sfam__asc_skip_word(struct sfam__scan *s, const char *word)
{
	const size_t n = strlen(word);
	size_t i;

	if (sfam__asc_word_len(s) != n)
		return false;
	for (i = 0; i < n; i++)
		if (lower(s->text[s->pos + i]) != lower(word[i]))
			return false;
	s->pos += n;
	sfam__scan_blanks(s);
	return true;
}

int sfam__asc_skip_any(struct sfam__scan *s, const char *expected)
{
	const size_t n = sfam__asc_word_len(s);

	if (n == 0)
		return sfam__scan_fail(s, -EINVAL, s->pos, expected);
	s->pos += n;
	sfam__scan_blanks(s);
	return 0;
}

int sfam__asc_scan_dec(struct sfam__scan *s, uint64_t max, uint64_t *ret,
		       const char *expected)
{
	const size_t start = s->pos;

	if (sfam__scan_digits(s, max, ret) == 0 || sfam__asc_word_len(s) > 0)
		return sfam__scan_fail(s, -EINVAL, start, expected);
	sfam__scan_blanks(s);
	return 0;
}

int sfam__asc_scan_stamp(struct sfam__scan *s, int64_t *ret)
{
	static const char expected[] = "a stamp: seconds, \".\" and up to "
				       "nine digits";
	const size_t start = s->pos;
	uint64_t seconds, part;
	size_t digits;

	if (sfam__scan_digits(s, INT64_MAX / SFAM__ASC_NS_PER_S - 1,
			      &seconds) == 0 ||
	    !sfam__scan_skip(s, '.'))
		return sfam__scan_fail(s, -EINVAL, start, expected);
	digits = sfam__scan_digits(s, SFAM__ASC_NS_PER_S - 1, &part);
	if (digits == 0 || digits > 9 || sfam__asc_word_len(s) > 0)
		return sfam__scan_fail(s, -EINVAL, start, expected);
	while (digits++ < 9)
		part *= 10;
	sfam__scan_blanks(s);
	*ret = (int64_t)seconds * SFAM__ASC_NS_PER_S + (int64_t)part;
	return 0;
}
