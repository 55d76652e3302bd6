/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <time.h>

#include "capture-rotate.h"
#include "gzip.h"

static int is_numbered(const struct capture_rotate *r)
{
	return r->bytes || r->packets;
}

static int is_full(const struct capture_rotate *r,
		   const struct sfam_capture_written *written)
{
	return (r->bytes && written->bytes > r->bytes) ||
	       (r->packets && written->packets >= r->packets);
}

static enum capture_rotate_step next_period(struct capture_rotate *r,
					    int64_t now)
{
	r->since = now;
	r->number = 0;
	r->periods++;
	if (!is_numbered(r) && r->files && r->periods >= r->files)
		return CAPTURE_ROTATE_DONE;
	return CAPTURE_ROTATE_NEXT;
}

enum capture_rotate_step
capture_rotate_step(struct capture_rotate *r, int64_t now,
		    const struct sfam_capture_written *written)
{
	if (r->seconds && now - r->since >= r->seconds)
		return next_period(r, now);
	if (!is_full(r, written))
		return CAPTURE_ROTATE_STAY;
	r->number++;
	if (r->number == r->files)
		r->number = 0;
	return CAPTURE_ROTATE_NEXT;
}

size_t capture_rotate_room(const struct capture_rotate *r,
			   const struct sfam_capture_writer *w,
			   const struct sfam_capture_record *records, size_t n)
{
	struct sfam_capture_written written;
	size_t i;

	if (!is_numbered(r))
		return n;
	sfam_capture_written(w, &written);
	for (i = 0; i < n && (i == 0 || !is_full(r, &written)); i++) {
		written.bytes += sfam_capture_size(w, &records[i]);
		written.packets++;
	}
	return i;
}

/* Digits of the last number of a ring; 0 without one. */
static int digits(const struct capture_rotate *r)
{
	unsigned int last = r->files ? r->files - 1 : 0;
	int n = 0;

	for (; last; last /= 10)
		n++;
	return n;
}

/* The user's words for the time are no literal that gcc could check. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static int format_time(const struct capture_rotate *r, char *buf, size_t size)
{
	const time_t since = (time_t)r->since;
	struct tm tm;

	if (!localtime_r(&since, &tm) || !strftime(buf, size, r->name, &tm))
		return -ENAMETOOLONG;
	return 0;
}
#pragma GCC diagnostic pop

int capture_rotate_name(const struct capture_rotate *r, char *buf, size_t size)
{
	const int width = is_numbered(r) ? digits(r) : 0;
	const char *name = r->name;
	char period[PATH_MAX], number[16] = "";
	size_t stem;
	int n;

	if (r->seconds) {
		if (format_time(r, period, sizeof(period)) < 0)
			return -ENAMETOOLONG;
		name = period;
	}
	stem = gzip_stem(name);
	if (width || r->number)
		snprintf(number, sizeof(number), "%0*u", width, r->number);
	n = snprintf(buf, size, "%.*s%s%s", (int)stem, name, number,
		     name + stem);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}
