/* SPDX-License-Identifier: MIT */
/* What becomes of can dump's records: lines, in a buffer. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "can-cli.h"
#include "can-dump.h"

#define LINE_MAX_LEN SFAM_CAN_LOG_STRLEN

int can_dump_flush(struct can_dump_out *out)
{
	size_t len = out->len;

	out->len = 0;
	return cli_write(STDOUT_FILENO, out->buf, len);
}

void can_dump_widen(struct can_dump_out *out, size_t len)
{
	if (len > out->screen.name_width)
		out->screen.name_width = len;
}

/* The name behind an index, asked for once. */
static const char *name_of(struct can_dump_out *out,
			   const struct can_dump_from *from, int index)
{
	char *name;
	size_t i;

	for (i = 0; i < out->n_names; i++)
		if (out->names[i].index == index)
			return out->names[i].name;
	if (out->n_names == CAN_DUMP_NAMES)
		out->n_names = 0;
	i = out->n_names++;
	out->names[i].index = index;
	name = out->names[i].name;
	if (!if_indextoname((unsigned int)index, name))
		snprintf(name, IFNAMSIZ, "%.15s", from->name);
	can_dump_widen(out, strlen(name));
	return name;
}

int can_dump_record(struct can_dump_out *out,
		    const struct can_dump_from *from,
		    const struct sfam_can_record *rec)
{
	const char *name = name_of(out, from, rec->ifindex);
	char *at;
	ssize_t n;

	if (CAN_DUMP_OUT_SIZE - out->len < 2 * LINE_MAX_LEN &&
	    can_dump_flush(out) < 0)
		return -1;
	if (rec->drops && out->show_drops)
		out->len += can_cli_drops_line(out->buf + out->len,
					       CAN_DUMP_OUT_SIZE - out->len,
					       from->name, rec->drops,
					       from->drops);
	at = out->buf + out->len;
	if (out->log)
		n = sfam_can_log_format(at, LINE_MAX_LEN,
			can_screen_log_time(&out->screen, rec->time_ns), name,
			out->screen.name_width, rec->frame, rec->size);
	else
		n = can_screen_line(&out->screen, at, name, rec->time_ns,
				    rec->frame, rec->size);
	if (n < 0) {
		cli_error("%s: a frame of %u bytes that is none", name,
			  rec->size);
		return 0;
	}
	out->len += (size_t)n;
	return 0;
}
