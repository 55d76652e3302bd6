/* SPDX-License-Identifier: MIT */
/*
 * candump's screen format, byte for byte:
 *   " " ["(" time ") "] " " IFNAME ["  TX B -"] "  " id "   [" len "] " bytes
 * Standard identifiers move right once an extended one was seen; RTR,
 * error and XL frames have forms of their own.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "can-screen.h"

#define NS_PER_S INT64_C(1000000000)
#define XL_SHOWN 64		/* bytes of an XL frame on a line */
#define COLOR_OFF "\033[0m"

/* ------------------------------------------------------------- stamps -- */

/* Digits behind the point are cut before anything is subtracted. */
static int64_t cut(const struct can_screen *s, int64_t ns)
{
	return s->is_ns ? ns : ns - ns % 1000;
}

static int64_t since_base(struct can_screen *s, int64_t ns, int moves)
{
	int64_t diff;

	if (!s->has_base)
		s->base_ns = ns;
	s->has_base = 1;
	diff = ns - s->base_ns;
	if (moves)
		s->base_ns = ns;
	return diff < 0 ? 0 : diff;
}

/* The time of day as number, or what passed since another. */
static int put_seconds(const struct can_screen *s, char *p, int is_time,
		       int64_t ns)
{
	const int width = is_time ? 10 : 3;
	const long long sec = ns / NS_PER_S;
	const int rest = (int)(ns % NS_PER_S);

	if (s->is_ns)
		return sprintf(p, "(%0*lld.%09d) ", width, sec, rest);
	return sprintf(p, "(%0*lld.%06d) ", width, sec, rest / 1000);
}

static int put_date(const struct can_screen *s, char *p, int64_t ns)
{
	time_t sec = (time_t)(ns / NS_PER_S);
	const int rest = (int)(ns % NS_PER_S);
	char date[32];
	struct tm tm;

	localtime_r(&sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	return s->is_ns ? sprintf(p, "(%s.%09d) ", date, rest) :
			  sprintf(p, "(%s.%06d) ", date, rest / 1000);
}

static int put_stamp(struct can_screen *s, char *p, char stamp, int64_t ns)
{
	ns = cut(s, ns);
	if (stamp == 0)
		return 0;
	if (stamp == 'A')
		return put_date(s, p, ns);
	if (stamp != 'a')
		ns = since_base(s, ns, stamp == 'd');
	return put_seconds(s, p, stamp == 'a', ns);
}

/* ------------------------------------------------------------- colours -- */

static char *color_on(char *p, size_t number)
{
	static const char *const colors[] = {
		"\033[1m\033[34m", "\033[1m\033[31m", "\033[1m\033[32m",
		"\033[1m", "\033[1m\033[35m", "\033[1m\033[36m",
	};

	return stpcpy(p, colors[number % (sizeof(colors) / sizeof(*colors))]);
}

/* --------------------------------------------------------------- bytes -- */

static char *put_hex(char *p, uint8_t byte)
{
	static const char digits[] = "0123456789ABCDEF";

	*p++ = digits[byte >> 4];
	*p++ = digits[byte & 15];
	return p;
}

static char *put_binary(char *p, uint8_t byte)
{
	int bit;

	for (bit = 7; bit >= 0; bit--)
		*p++ = (char)('0' + (byte >> bit & 1));
	return p;
}

/* The byte that comes i-th of n. */
static uint8_t byte_at(const uint8_t *data, size_t n, size_t i, uint32_t look)
{
	return data[look & CAN_SCREEN_SWAP ? n - 1 - i : i];
}

static char *put_bytes(char *p, const uint8_t *data, size_t n, uint32_t look)
{
	uint8_t byte;
	size_t i;

	for (i = 0; i < n; i++) {
		byte = byte_at(data, n, i, look);
		*p++ = i && look & CAN_SCREEN_SWAP ? '`' : ' ';
		p = look & CAN_SCREEN_BINARY ? put_binary(p, byte) :
					       put_hex(p, byte);
	}
	return p;
}

/* At the same column whatever the length is. */
static char *put_ascii(char *p, const uint8_t *data, size_t n, uint32_t look)
{
	const char quote = look & CAN_SCREEN_SWAP ? '`' : '\'';
	const int width = look & CAN_SCREEN_BINARY ? 9 : 3;
	uint8_t byte;
	size_t i;

	p += sprintf(p, "%*c", width * (8 - (int)n) + 4, quote);
	for (i = 0; i < n; i++) {
		byte = byte_at(data, n, i, look);
		*p++ = byte >= ' ' && byte <= '~' ? (char)byte : '.';
	}
	*p++ = quote;
	return p;
}

/* -------------------------------------------------------------- frames -- */

/* Virtual network, flags, type and acceptance field before the bytes. */
static char *put_xl(char *p, const struct sfam_can_fields *f,
		    const uint8_t *raw, int indent)
{
	size_t i, shown = f->len < XL_SHOWN ? f->len : XL_SHOWN;

	p += sprintf(p, "%*s%03X [%04d] (%02X|%02X:%02X:%08X)",
		     indent ? 5 : 0, "", f->id, f->len, f->vcid, raw[4],
		     f->sdt, f->af);
	for (i = 0; i < shown; i++) {
		*p++ = ' ';
		p = put_hex(p, f->data[i]);
	}
	return f->len > shown ? stpcpy(p, " ...") : p;
}

static char *put_id(char *p, const struct sfam_can_fields *f, int indent)
{
	if (f->flags & SFAM_CAN_ERR)
		return p + sprintf(p, "%08X  ", f->id | CAN_ERR_FLAG);
	if (f->flags & SFAM_CAN_EXT)
		return p + sprintf(p, "%08X  ", f->id);
	return p + sprintf(p, "%*s%03X  ", indent ? 5 : 0, "", f->id);
}

static char *put_length(char *p, const struct sfam_can_fields *f,
			uint32_t look)
{
	if (f->flags & SFAM_CAN_FD)
		return p + sprintf(p, "[%02d] ", f->len);
	if (look & CAN_SCREEN_DLC)
		return p + sprintf(p, " {%X} ", f->len8_dlc ? f->len8_dlc :
				   f->len);
	return p + sprintf(p, " [%d] ", f->len);
}

static char *put_classic(char *p, const struct sfam_can_fields *f,
			 const struct can_screen *s)
{
	const int width = s->look & CAN_SCREEN_BINARY ? 9 : 3;

	p = put_id(p, f, s->indent);
	p = put_length(p, f, s->look);
	if (f->flags & SFAM_CAN_RTR)
		return stpcpy(p, " remote request");
	p = put_bytes(p, f->data, f->len, s->look);
	if (f->len > 8)
		return p;
	if (f->flags & SFAM_CAN_ERR)
		p += sprintf(p, "%*s", width * (8 - f->len) + 13,
			     "ERRORFRAME");
	else if (s->look & CAN_SCREEN_ASCII)
		p = put_ascii(p, f->data, f->len, s->look);
	return p;
}

/* candump -e: a line for each class of an error frame. */
static char *put_words(char *p, const struct can_seen *seen)
{
	struct sfam_can_error error;
	ssize_t n;

	if (sfam_can_error_decode(&error, seen->frame, seen->size) < 0)
		return p;
	memcpy(p, "\n\t", 2);
	n = sfam_can_error_format(p + 2, SFAM_CAN_ERROR_STRLEN, &error,
				  "\n\t");
	return n < 0 ? p : p + 2 + n;
}

/* Which way it went; FD: bit rate switch and error state, XL: SEC, RRS. */
static char *put_extra(char *p, const struct sfam_can_fields *f, int is_local)
{
	const int is_xl = f->flags & SFAM_CAN_XL;
	const uint32_t first = is_xl ? SFAM_CAN_SEC : SFAM_CAN_BRS;
	const uint32_t second = is_xl ? SFAM_CAN_RRS : SFAM_CAN_ESI;

	return p + sprintf(p, "  %s %c %c", is_local ? "TX" : "RX",
			   !(f->flags & first) ? '-' : is_xl ? 'S' : 'B',
			   !(f->flags & second) ? '-' : is_xl ? 'R' : 'E');
}

/* --------------------------------------------------------------- lines -- */

static char *put_head(struct can_screen *s, char *p,
		      const struct can_seen *seen,
		      const struct sfam_can_fields *f)
{
	*p++ = ' ';
	if (s->color > 2)
		p = color_on(p, seen->number);
	p += put_stamp(s, p, s->stamp, seen->time_ns);
	*p++ = ' ';
	if (s->color == 1 || s->color == 2)
		p = color_on(p, seen->number);
	p += sprintf(p, "%*s", (int)s->name_width, seen->ifname);
	if (s->has_extra)
		p = put_extra(p, f, seen->is_local);
	if (s->color == 1)
		p = stpcpy(p, COLOR_OFF);
	return stpcpy(p, "  ");
}

ssize_t can_screen_line(struct can_screen *s, char *buf,
			const struct can_seen *seen)
{
	struct sfam_can_fields f;
	char *p;
	int r = sfam_can_unpack(&f, seen->frame, seen->size);

	if (r < 0)
		return r;
	if (f.flags & SFAM_CAN_EXT)
		s->indent = 1;
	p = put_head(s, buf, seen, &f);
	p = f.flags & SFAM_CAN_XL ? put_xl(p, &f, seen->frame, s->indent) :
				    put_classic(p, &f, s);
	if (s->look & CAN_SCREEN_EXPLAIN)
		p = put_words(p, seen);
	if (s->color > 1)
		p = stpcpy(p, COLOR_OFF);
	*p++ = '\n';
	return p - buf;
}

int can_screen_print(struct can_screen *s, const char *ifname,
		     const void *frame, size_t size)
{
	const struct can_seen seen = {
		.ifname = ifname, .frame = frame, .size = size,
	};
	char line[CAN_SCREEN_STRLEN];
	ssize_t n = can_screen_line(s, line, &seen);

	if (n < 0)
		return (int)n;
	fwrite(line, 1, (size_t)n, stdout);
	return 0;
}

/* What sfam_can_log_format() has not: other stamps. */
static ssize_t put_log(struct can_screen *s, char *buf,
		       const struct can_seen *seen)
{
	char *p = buf;
	ssize_t n;

	p += put_stamp(s, p, s->stamp == 'z' ? 'z' : 'a', seen->time_ns);
	p += sprintf(p, "%*s ", (int)s->name_width, seen->ifname);
	n = sfam_can_text_format(p, SFAM_CAN_TEXT_STRLEN, seen->frame,
				 seen->size);
	if (n < 0)
		return n;
	p[n] = '\n';
	return p + n + 1 - buf;
}

ssize_t can_screen_log_line(struct can_screen *s, char *buf,
			    const struct can_seen *seen)
{
	ssize_t n;

	if (s->stamp == 'z' || s->is_ns)
		n = put_log(s, buf, seen);
	else
		n = sfam_can_log_format(buf, SFAM_CAN_LOG_STRLEN,
					seen->time_ns, seen->ifname,
					s->name_width, seen->frame,
					seen->size);
	if (n < 0 || !s->has_extra)
		return n;
	memcpy(buf + n - 1, seen->is_local ? " T\n" : " R\n", 3);
	return n + 2;
}
