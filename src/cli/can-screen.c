/* SPDX-License-Identifier: MIT */
/*
 * candump's screen format, byte for byte:
 *   " " ["(" time ") "] " " IFNAME "  " id "  " " [" len "] " bytes
 * Standard identifiers move right once an extended one was seen; RTR,
 * error and XL frames have forms of their own.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "can-screen.h"

#define US_PER_S 1000000
#define XL_SHOWN 64		/* bytes of an XL frame on a line */

static int64_t since_base(struct can_screen *s, int64_t us)
{
	int64_t diff;

	if (s->base_us < 0)
		s->base_us = us;
	diff = us - s->base_us;
	if (s->stamp == 'd')
		s->base_us = us;
	return diff < 0 ? 0 : diff;
}

int64_t can_screen_log_time(struct can_screen *s, int64_t time_ns)
{
	return s->stamp == 'z' ? since_base(s, time_ns / 1000) * 1000 :
				 time_ns;
}

static int put_date(char *p, size_t size, int64_t us)
{
	time_t sec = (time_t)(us / US_PER_S);
	char date[32];
	struct tm tm;

	localtime_r(&sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	return snprintf(p, size, "(%s.%06d) ", date, (int)(us % US_PER_S));
}

static int put_stamp(struct can_screen *s, char *p, size_t size,
		     int64_t time_ns)
{
	int64_t us = time_ns / 1000;

	if (s->stamp == 0)
		return 0;
	if (s->stamp == 'A')
		return put_date(p, size, us);
	if (s->stamp != 'a')
		us = since_base(s, us);
	return snprintf(p, size, s->stamp == 'a' ? "(%010lld.%06d) " :
			"(%03lld.%06d) ", (long long)(us / US_PER_S),
			(int)(us % US_PER_S));
}

static char *put_bytes(char *p, const uint8_t *data, size_t n,
		       const char *between)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < n; i++) {
		if (i || between[0] == ' ')
			*p++ = ' ';
		*p++ = digits[data[i] >> 4];
		*p++ = digits[data[i] & 15];
	}
	return p;
}

/* Virtual network, flags, type and acceptance field before the bytes. */
static int put_xl(char *p, const struct sfam_can_fields *f,
		  const uint8_t *raw, int indent)
{
	size_t shown = f->len < XL_SHOWN ? f->len : XL_SHOWN;
	char *start = p;

	p += sprintf(p, "%*s%03X [%04d] (%02X|%02X:%02X:%08X) ",
		     indent ? 5 : 0, "", f->id, f->len, f->vcid, raw[4],
		     f->sdt, f->af);
	p = put_bytes(p, f->data, shown, "");
	if (f->len > shown)
		p = stpcpy(p, " ...");
	return (int)(p - start);
}

static int put_id(char *p, const struct sfam_can_fields *f, int indent)
{
	if (f->flags & SFAM_CAN_ERR)
		return sprintf(p, "%08X  ", f->id | CAN_ERR_FLAG);
	if (f->flags & SFAM_CAN_EXT)
		return sprintf(p, "%08X  ", f->id);
	return sprintf(p, "%*s%03X  ", indent ? 5 : 0, "", f->id);
}

static int put_classic(char *p, const struct sfam_can_fields *f, int indent)
{
	char *start = p;

	p += put_id(p, f, indent);
	p += sprintf(p, f->flags & SFAM_CAN_FD ? "[%02d] " : " [%d] ", f->len);
	if (f->flags & SFAM_CAN_RTR)
		return (int)(stpcpy(p, " remote request") - start);
	p = put_bytes(p, f->data, f->len, " ");
	if (f->flags & SFAM_CAN_ERR && f->len <= 8)
		p += sprintf(p, "%*s", 3 * (8 - f->len) + 13, "ERRORFRAME");
	return (int)(p - start);
}

/* candump -e: a line for each class of an error frame. */
static int put_words(char *p, const void *frame, size_t size)
{
	struct sfam_can_error error;
	ssize_t n;

	if (sfam_can_error_decode(&error, frame, size) < 0)
		return 0;
	memcpy(p, "\n\t", 2);
	n = sfam_can_error_format(p + 2, SFAM_CAN_ERROR_STRLEN, &error,
				  "\n\t");
	return n < 0 ? 0 : 2 + (int)n;
}

ssize_t can_screen_line(struct can_screen *s, char *buf, const char *ifname,
			int64_t time_ns, const void *frame, size_t size)
{
	struct sfam_can_fields f;
	char *p = buf;
	int r = sfam_can_unpack(&f, frame, size);

	if (r < 0)
		return r;
	if (f.flags & SFAM_CAN_EXT)
		s->indent = 1;
	*p++ = ' ';
	p += put_stamp(s, p, CAN_SCREEN_STRLEN - 1, time_ns);
	p += sprintf(p, " %*s  ", (int)s->name_width, ifname);
	p += f.flags & SFAM_CAN_XL ? put_xl(p, &f, frame, s->indent) :
				     put_classic(p, &f, s->indent);
	if (s->explain)
		p += put_words(p, frame, size);
	*p++ = '\n';
	return p - buf;
}
