/* SPDX-License-Identifier: MIT */
/* What becomes of can dump's records: lines, in a buffer. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "can-cli.h"
#include "can-dump.h"

#define LINE_MAX_LEN \
	(CAN_SCREEN_LOG_STRLEN > CAN_SCREEN_STRLEN ? CAN_SCREEN_LOG_STRLEN : \
						     CAN_SCREEN_STRLEN)

/* ------------------------------------------------------------- stdout -- */

static int flush_stdout(struct can_dump_out *out)
{
	size_t len = out->len;

	out->len = 0;
	if (out->form != CAN_DUMP_JSON)
		return cli_write(STDOUT_FILENO, out->buf, len);
	if (fflush(stdout) == 0)
		return 0;
	if (errno != EPIPE)
		cli_bad_call("stdout", -errno);
	return -1;
}

int can_dump_flush(struct can_dump_out *out)
{
	int r = flush_stdout(out);

	if (out->file.name && can_dump_file_flush(&out->file) < 0)
		r = -1;
	return r;
}

/* Room for a line of any length. */
static int make_room(struct can_dump_out *out)
{
	return CAN_DUMP_OUT_SIZE - out->len < LINE_MAX_LEN ?
	       flush_stdout(out) : 0;
}

/* --------------------------------------------------------------- names -- */

void can_dump_widen(struct can_dump_out *out, size_t len)
{
	if (len > out->screen.name_width)
		out->screen.name_width = len;
}

/* The place of the name behind an index, which is asked for once. */
static size_t name_of(struct can_dump_out *out,
		      const struct can_dump_from *from, int index)
{
	char *name;
	size_t i;

	for (i = 0; i < out->n_names; i++)
		if (out->names[i].index == index)
			return i;
	if (out->n_names == CAN_DUMP_NAMES)
		out->n_names = 0;
	i = out->n_names++;
	out->names[i].index = index;
	name = out->names[i].name;
	if (!if_indextoname((unsigned int)index, name))
		snprintf(name, IFNAMSIZ, "%.15s", from->name);
	can_dump_widen(out, strlen(name));
	return i;
}

/* --------------------------------------------------------------- drops -- */

/* To stdout, unless it is silent, and to the file. */
static int put_loss(struct can_dump_out *out, const char *line, size_t len)
{
	if (out->silent != CAN_DUMP_SILENT) {
		if (make_room(out) < 0)
			return -1;
		memcpy(out->buf + out->len, line, len);
		out->len += len;
	}
	return out->file.name ? can_dump_file_add(&out->file, line, len) : 0;
}

int can_dump_drops(struct can_dump_out *out, const struct can_dump_from *from,
		   uint64_t drops)
{
	struct json j = JSON_INIT(stdout);
	char line[160];
	size_t len;

	if (out->form == CAN_DUMP_JSON) {
		can_dump_json_drops(&j, from, drops);
		return 0;
	}
	if (!out->show_drops)
		return 0;
	len = can_cli_drops_line(line, sizeof(line), from->name, drops,
				 from->drops);
	return put_loss(out, line, len);
}

/* A line that readers of logs pass over: it does not begin with "(". */
int can_dump_overrun(struct can_dump_out *out,
		     const struct can_dump_from *from,
		     const struct sfam_can_record *rec)
{
	const size_t number = name_of(out, from, rec->ifindex);
	struct json j = JSON_INIT(stdout);
	char line[160];
	int len;

	if (out->form == CAN_DUMP_JSON) {
		can_dump_json_overrun(&j, out->names[number].name,
				      from->overruns, rec);
		return 0;
	}
	if (!out->show_drops)
		return 0;
	len = snprintf(line, sizeof(line), "OVERRUN: the controller of '%s' "
		       "lost CAN frames (total overruns %" PRIu64 ")\n",
		       out->names[number].name, from->overruns);
	return put_loss(out, line, (size_t)len);
}

/* -------------------------------------------------------------- frames -- */

static int no_frame(const struct can_seen *seen)
{
	cli_error("%s: a frame of %zu bytes that is none", seen->ifname,
		  seen->size);
	return 0;
}

static int to_file(struct can_dump_out *out, const struct can_seen *seen)
{
	char line[CAN_SCREEN_LOG_STRLEN];
	ssize_t n = can_screen_log_line(&out->screen, line, seen);

	return n < 0 ? no_frame(seen) :
		       can_dump_file_add(&out->file, line, (size_t)n);
}

/* candump -s 1: a stick that turns. */
static int animate(struct can_dump_out *out)
{
	if (make_room(out) < 0)
		return -1;
	out->buf[out->len++] = "|/-\\"[out->turn++ % 4];
	out->buf[out->len++] = '\b';
	return 0;
}

static int to_stdout(struct can_dump_out *out, const struct can_seen *seen)
{
	ssize_t n;
	char *at;

	if (make_room(out) < 0)
		return -1;
	at = out->buf + out->len;
	n = out->form == CAN_DUMP_LOG ?
	    can_screen_log_line(&out->screen, at, seen) :
	    can_screen_line(&out->screen, at, seen);
	if (n < 0)
		return no_frame(seen);
	out->len += (size_t)n;
	return 0;
}

int can_dump_record(struct can_dump_out *out,
		    const struct can_dump_from *from,
		    const struct sfam_can_record *rec)
{
	const size_t number = name_of(out, from, rec->ifindex);
	const struct can_seen seen = {
		.ifname = out->names[number].name,
		.number = number,
		.time_ns = out->has_hw_time ? rec->hw_time_ns : rec->time_ns,
		.is_local = (rec->flags & SFAM_CAN_RX_LOCAL) != 0,
		.frame = rec->frame,
		.size = rec->size,
	};
	struct json j = JSON_INIT(stdout);
	int r = 0;

	if (rec->drops)
		r = can_dump_drops(out, from, rec->drops);
	if (r == 0 && out->file.name)
		r = to_file(out, &seen);
	if (r != 0)
		return r;
	if (out->silent == CAN_DUMP_SILENT)
		return 0;
	if (out->silent == CAN_DUMP_ANIMATED)
		return animate(out);
	if (out->form != CAN_DUMP_JSON)
		return to_stdout(out, &seen);
	return can_dump_json_frame(&j, &seen, rec) < 0 ? no_frame(&seen) : 0;
}

/* ----------------------------------------------------------------- file -- */

int can_dump_begin(struct can_dump_out *out)
{
	return out->file.name ? can_dump_file_open(&out->file) : 0;
}

int can_dump_reopen(struct can_dump_out *out)
{
	return can_dump_file_reopen(&out->file);
}

int can_dump_end(struct can_dump_out *out)
{
	int r = flush_stdout(out);

	if (out->file.fd >= 0 && can_dump_file_close(&out->file) < 0)
		r = -1;
	return r;
}
