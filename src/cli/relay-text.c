/* SPDX-License-Identifier: MIT */
/*
 * stdin and stdout beside a socket that has messages. CAN frames are lines
 * of text there: in, what cansend takes or a line of candump -L (its last
 * word is the same); out, a line of candump -L. For other families what
 * one read gives is one message.
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "relay.h"

#define STDIN_CHUNK 65536
/* The longest frame as a line of a log. */
#define LINE_MAX_BYTES SFAM_CAN_LOG_STRLEN

/* ----------------------------------------------------------------- in -- */

/* 0 at the end, or enum flow_wait with *ret_n bytes in r->buf. */
static int read_stdin(struct relay *r, struct flow *f, size_t *ret_n)
{
	ssize_t n = relay_read(f->from, r->buf, STDIN_CHUNK);

	*ret_n = 0;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? FLOW_IN : -errno;
	if (n == 0)
		f->is_eof = 1;
	*ret_n = (size_t)n;
	*f->bytes += (size_t)n;
	return FLOW_MORE;
}

int relay_get_stdin(struct relay *r, struct flow *f)
{
	size_t n;
	int result = read_stdin(r, f, &n);

	if (n)
		result = relay_hold_message(f, r->buf, n);
	return result;
}

static int is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int hold_line(struct relay *r, struct flow *f, const char *line,
		     size_t len)
{
	char frame[SFAM_CANXL_MTU] __attribute__((aligned(8)));
	struct sfam_diag diag;
	size_t begin;
	ssize_t n;

	while (len && is_space(line[len - 1]))
		len--;
	for (begin = len; begin && !is_space(line[begin - 1]); begin--)
		;
	if (begin == len)
		return 0;
	n = sfam_can_text_parse(frame, sizeof(frame), line + begin,
				len - begin, 0, &diag);
	if (n > 0)
		return relay_hold_message(f, frame, (size_t)n);
	cli_error("relay: stdin: no frame in '%.*s': expected %s",
		  (int)(len < 60 ? len : 60), line, diag.expected);
	r->count.errors++;
	return 0;
}

/* Adds to the line that has begun; one too long is cut, and no frame. */
static void begin_line(struct flow *f, const char *p, size_t n)
{
	size_t room = LINE_MAX_BYTES - f->line_len;

	if (n > room)
		n = room;
	memcpy(f->line + f->line_len, p, n);
	f->line_len += n;
}

int relay_get_lines(struct relay *r, struct flow *f)
{
	const char *p = r->buf;
	const char *newline;
	size_t n;
	int result = read_stdin(r, f, &n);
	int err = 0;

	if (!f->line)
		f->line = malloc(LINE_MAX_BYTES);
	if (!f->line)
		return -ENOMEM;
	while (err == 0 && n && (newline = memchr(p, '\n', n))) {
		begin_line(f, p, (size_t)(newline - p));
		err = hold_line(r, f, f->line, f->line_len);
		f->line_len = 0;
		n -= (size_t)(newline + 1 - p);
		p = newline + 1;
	}
	begin_line(f, p, n);
	if (f->is_eof && err == 0) {
		err = hold_line(r, f, f->line, f->line_len);
		f->line_len = 0;
	}
	return err < 0 ? err : result;
}

/* ---------------------------------------------------------------- out -- */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

int relay_hold_text(struct flow *f, const void *buf, size_t len,
		    int64_t time_ns, int ifindex)
{
	char line[SFAM_CAN_LOG_STRLEN];
	char name[IF_NAMESIZE] = "-";
	ssize_t n;

	if (f->from->kind != RELAY_FRAMES)
		return relay_hold(f, buf, len);
	if_indextoname((unsigned int)ifindex, name);
	n = sfam_can_log_format(line, sizeof(line), time_ns ? time_ns :
				now_ns(), name, 0, buf, len);
	return n < 0 ? (int)n : relay_hold(f, line, (size_t)n);
}
