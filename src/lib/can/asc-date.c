/* SPDX-License-Identifier: MIT */
/*
 * Dates of ASC files, whatever the locale is. asc2log of can-utils wants the
 * locales en_US or de_DE installed, and takes the time of day without them.
 */
#include "base/local-time.h"
#include "can/asc.h"

static const struct sfam__name months[] = {
	{ "Jan", 0 }, { "Feb", 1 }, { "Mar", 2 }, { "Apr", 3 }, { "May", 4 },
	{ "Jun", 5 }, { "Jul", 6 }, { "Aug", 7 }, { "Sep", 8 }, { "Oct", 9 },
	{ "Nov", 10 }, { "Dec", 11 },
	/* German, in Latin-1 and UTF-8. */
	{ "M\xe4r", 2 }, { "M\xc3\xa4r", 2 }, { "Mrz", 2 }, { "Mai", 4 },
	{ "Okt", 9 }, { "Dez", 11 },
	{ NULL, 0 },
};

static int fail(const struct sfam__scan *s, size_t at, const char *expected)
{
	return sfam__scan_fail(s, -EINVAL, at, expected);
}

static int scan_month(struct sfam__scan *s, struct tm *tm)
{
	const struct sfam__name *m;

	for (m = months; m->name; m++) {
		if (sfam__asc_skip_word(s, m->name)) {
			tm->tm_mon = (int)m->value;
			return 0;
		}
	}
	return fail(s, s->pos, "a month: Jan, Feb ...");
}

/* Two digits, up to max, and what comes behind them. */
static bool scan_two(struct sfam__scan *s, uint64_t max, char stop, int *ret)
{
	uint64_t v;

	if (sfam__scan_digits(s, max, &v) == 0 ||
	    (stop && !sfam__scan_skip(s, stop)))
		return false;
	*ret = (int)v;
	return true;
}

/* "22:13:20", "10:13:20.123 pm" */
static int scan_time(struct sfam__scan *s, struct tm *tm, uint64_t *ret_ns)
{
	const size_t start = s->pos;
	size_t digits = 0;
	bool is_pm;

	*ret_ns = 0;
	if (!scan_two(s, 23, ':', &tm->tm_hour) ||
	    !scan_two(s, 59, ':', &tm->tm_min) ||
	    !scan_two(s, 60, 0, &tm->tm_sec))
		return fail(s, start, "a time: HH:MM:SS");
	if (sfam__scan_skip(s, '.')) {
		digits = sfam__scan_digits(s, SFAM__ASC_NS_PER_S - 1, ret_ns);
		if (digits == 0 || digits > 9)
			return fail(s, start, "a time: HH:MM:SS.FRACTION");
		while (digits++ < 9)
			*ret_ns *= 10;
	}
	if (sfam__asc_word_len(s) > 0)
		return fail(s, s->pos, "the end of the time");
	sfam__scan_blanks(s);
	is_pm = sfam__asc_skip_word(s, "pm");
	if (!is_pm && !sfam__asc_skip_word(s, "am"))
		return 0;
	if (tm->tm_hour < 1 || tm->tm_hour > 12)
		return fail(s, start, "an hour of 1 to 12 with am or pm");
	tm->tm_hour = tm->tm_hour % 12 + (is_pm ? 12 : 0);
	return 0;
}

int sfam__asc_scan_date(struct sfam__scan *s, int64_t *ret_ns)
{
	const size_t start = s->pos;
	struct tm tm = { .tm_isdst = -1 };
	uint64_t day, ns, year;
	time_t t;
	int r;

	r = sfam__asc_skip_any(s, "the name of a day");
	if (r == 0)
		r = scan_month(s, &tm);
	if (r == 0)
		r = sfam__asc_scan_dec(s, 31, &day, "a day of 1 to 31");
	if (r == 0)
		r = scan_time(s, &tm, &ns);
	if (r == 0)
		r = sfam__asc_scan_dec(s, SFAM__ASC_YEAR_MAX, &year, "a year");
	if (r < 0)
		return r;
	if (!sfam__scan_end(s))
		return fail(s, s->pos, "the end of the date");
	tm.tm_mday = (int)day;
	tm.tm_year = (int)year - 1900;
	t = sfam__time_of_local(&tm);
	/* A day that the month does not have becomes another one. */
	if (t < 0 || tm.tm_mday != (int)day)
		return fail(s, start, "a date, not before 1970");
	*ret_ns = (int64_t)t * SFAM__ASC_NS_PER_S + (int64_t)ns;
	return 0;
}

static void out_two(struct sfam__out *o, int v, char fill)
{
	if (v < 10)
		sfam__out_char(o, fill);
	sfam__out_dec(o, (uint64_t)v);
}

int sfam__asc_out_date(struct sfam__out *o, int64_t seconds)
{
	static const char days[7][4] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	};
	const time_t t = (time_t)seconds;
	struct tm tm;

	if (seconds < 0 || t != seconds || sfam__local_of_time(&tm, t) < 0 ||
	    tm.tm_year + 1900 < 1970 ||
	    tm.tm_year + 1900 > SFAM__ASC_YEAR_MAX)
		return -EINVAL;
	sfam__out_str(o, days[tm.tm_wday]);
	sfam__out_char(o, ' ');
	sfam__out_str(o, months[tm.tm_mon].name);
	sfam__out_char(o, ' ');
	out_two(o, tm.tm_mday, ' ');
	sfam__out_char(o, ' ');
	out_two(o, tm.tm_hour, '0');
	sfam__out_char(o, ':');
	out_two(o, tm.tm_min, '0');
	sfam__out_char(o, ':');
	out_two(o, tm.tm_sec, '0');
	sfam__out_char(o, ' ');
	sfam__out_dec(o, (uint64_t)tm.tm_year + 1900);
	return 0;
}
