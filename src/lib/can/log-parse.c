/* SPDX-License-Identifier: MIT */
/* Lines of candump's log file to frames. */
#include "base/text.h"

#include <sockfam/can.h>

#define NS_PER_S INT64_C(1000000000)
#define S_MAX ((uint64_t)(INT64_MAX / NS_PER_S))

static int fail(const struct sfam__scan *s, size_t at, const char *expected)
{
	return sfam__scan_fail(s, -EINVAL, at, expected);
}

/* In here, since a log is millions of lines: a call costs more than this. */
static bool skip(struct sfam__scan *s, char c)
{
	if (s->pos >= s->len || s->text[s->pos] != c)
		return false;
	s->pos++;
	return true;
}

static int scan_number(struct sfam__scan *s, uint64_t *ret)
{
	const size_t start = s->pos;

	return sfam__scan_digits(s, UINT64_MAX, ret) ? 0 :
	       fail(s, start, "a number of frames");
}

static int scan_text(struct sfam__scan *s, const char *text)
{
	const size_t len = strlen(text);

	if (s->len - s->pos < len ||
	    memcmp(s->text + s->pos, text, len) != 0)
		return fail(s, s->pos, text);
	s->pos += len;
	return 0;
}

/* Bytes up to stop, and that; none of them ends a string. */
static int scan_name(struct sfam__scan *s, char stop, char *ret, size_t size)
{
	const char *name = s->text + s->pos;
	const char *end = memchr(name, stop, s->len - s->pos);
	const size_t len = end ? (size_t)(end - name) : 0;

	if (len == 0 || len >= size || memchr(name, '\0', len))
		return fail(s, s->pos, "an interface of 1 to 15 bytes");
	memset(ret, 0, size);
	memcpy(ret, name, len);
	s->pos += len + 1;
	return 0;
}

/* --------------------------------------------------------------- frames -- */

/* "SECONDS.FRACTION)", with six or nine digits of the fraction. */
static int scan_stamp(struct sfam__scan *s, int64_t *ret)
{
	size_t start = s->pos;
	uint64_t seconds, part;
	size_t digits;

	if (sfam__scan_digits(s, S_MAX - 1, &seconds) == 0)
		return fail(s, start, "seconds since 1970");
	if (!skip(s, '.'))
		return fail(s, s->pos, "\".\"");
	start = s->pos;
	digits = sfam__scan_digits(s, NS_PER_S - 1, &part);
	if (digits != 6 && digits != 9)
		return fail(s, start, "six or nine digits");
	if (!skip(s, ')'))
		return fail(s, s->pos, "\")\"");
	if (digits == 6)
		part *= 1000;
	*ret = (int64_t)(seconds * NS_PER_S + part);
	return 0;
}

/* What candump -x adds. */
static int scan_direction(struct sfam__scan *s, char *ret)
{
	*ret = 0;
	if (s->pos == s->len)
		return 0;
	if (sfam__scan_blanks(s) &&
	    (sfam__scan_is(s, 'R') || sfam__scan_is(s, 'T')))
		*ret = s->text[s->pos++];
	sfam__scan_blanks(s);
	return sfam__scan_end(s) ? 0 : fail(s, s->pos, "R, T or the end");
}

/* Where c stands before end, or end. */
static size_t find_end(const struct sfam__scan *s, size_t end, char c)
{
	const char *p = memchr(s->text + s->pos, c, end - s->pos);

	return p ? (size_t)(p - s->text) : end;
}

static ssize_t scan_frame(struct sfam__scan *s, void *frame, size_t size,
			  uint32_t text_flags)
{
	const size_t start = s->pos;
	struct sfam_diag *diag = s->diag;
	ssize_t r;

	s->pos = find_end(s, find_end(s, s->len, ' '), '\t');
	r = sfam_can_text_parse(frame, size, s->text + start, s->pos - start,
				text_flags, diag);
	if (r < 0 && diag)
		diag->offset += start;
	return r;
}

static int parse_frame(struct sfam__scan *s, struct sfam_can_log_line *ret,
		       void *frame, size_t size, uint32_t text_flags)
{
	struct sfam_can_log_line l = { .drops = 0 };
	unsigned char copy[SFAM_CANXL_MTU] __attribute__((aligned(4)));
	ssize_t n;
	int r = scan_stamp(s, &l.time_ns);

	if (r < 0)
		return r;
	if (sfam__scan_blanks(s) == 0)
		return fail(s, s->pos, "a blank");
	r = scan_name(s, ' ', l.ifname, sizeof(l.ifname));
	if (r < 0)
		return r;
	sfam__scan_blanks(s);
	n = scan_frame(s, copy, size < sizeof(copy) ? size : sizeof(copy),
		       text_flags);
	if (n < 0)
		return (int)n;
	r = scan_direction(s, &l.direction);
	if (r < 0)
		return r;
	l.frame_size = (size_t)n;
	memcpy(frame, copy, l.frame_size);
	*ret = l;
	return SFAM_CAN_LOG_FRAME;
}

/* ---------------------------------------------------------------- drops -- */

#define DROPS_BEGIN "DROPCOUNT: dropped "

static int parse_drops(struct sfam__scan *s, struct sfam_can_log_line *ret)
{
	struct sfam_can_log_line l = { .drops = 0 };
	int r = scan_number(s, &l.drops);

	if (r == 0)
		r = scan_text(s, " CAN frame");
	if (r == 0)
		skip(s, 's');
	if (r == 0)
		r = scan_text(s, " on '");
	if (r == 0)
		r = scan_name(s, '\'', l.ifname, sizeof(l.ifname));
	if (r == 0)
		r = scan_text(s, " socket (total drops ");
	if (r == 0)
		r = scan_number(s, &l.total);
	if (r == 0)
		r = scan_text(s, ")");
	if (r == 0 && !sfam__scan_end(s))
		r = fail(s, s->pos, "the end");
	if (r < 0)
		return r;
	*ret = l;
	return SFAM_CAN_LOG_DROPS;
}

SFAM_PUBLIC int sfam_can_log_parse(struct sfam_can_log_line *ret, void *frame,
				   size_t size, const char *line,
				   size_t line_len, uint32_t text_flags,
				   struct sfam_diag *diag)
{
	struct sfam__scan s = { line, line_len, 0, diag };

	while (s.len && (line[s.len - 1] == '\n' || line[s.len - 1] == '\r'))
		s.len--;
	if (skip(&s, '('))
		return parse_frame(&s, ret, frame, size, text_flags);
	if (s.len >= strlen(DROPS_BEGIN) &&
	    memcmp(line, DROPS_BEGIN, strlen(DROPS_BEGIN)) == 0) {
		s.pos = strlen(DROPS_BEGIN);
		return parse_drops(&s, ret);
	}
	return SFAM_CAN_LOG_OTHER;
}
