/* SPDX-License-Identifier: MIT */
/* Files of CAN frames, read one by one. */
#include "can-source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Told by the caller. Is it the end? */
static int damaged(struct can_source *s)
{
	s->damaged++;
	return s->is_strict ? -1 : 0;
}

/* ----------------------------------------------------------------- logs -- */

static int open_log(struct can_source *s)
{
	struct lines *l = &s->lines;

	l->begin = l->end = 0;
	l->fd = strcmp(s->name, "-") == 0 ? dup(STDIN_FILENO) :
		open(s->name, O_RDONLY | O_CLOEXEC);
	return l->fd < 0 ? cli_bad_call(s->name, -errno) : CLI_OK;
}

static int bad_line(struct can_source *s, int error)
{
	char words[SFAM_DIAG_STRLEN];

	if (sfam_diag_format(&s->diag, words, sizeof(words)) < 0)
		cli_bad_call(s->name, error);
	else
		cli_error("%s: line %" PRIu64 ": %s", s->name, s->number,
			  words);
	return damaged(s);
}

/* 1: ret is set. 0: there is nothing in this line. -1: the end. */
static int take_line(struct can_source *s, const char *text, size_t len,
		     struct can_source_item *ret)
{
	int kind = sfam_can_log_parse(&s->parsed, s->frame, sizeof(s->frame),
				      text, len, 0, &s->diag);

	if (kind < 0)
		return bad_line(s, kind);
	if (kind == SFAM_CAN_LOG_OTHER)
		return 0;
	*ret = (struct can_source_item){
		.ifname = s->parsed.ifname,
		.drops = s->parsed.drops,
		.frame = kind == SFAM_CAN_LOG_FRAME ? s->frame : NULL,
		.size = s->parsed.frame_size,
		.time_ns = s->parsed.time_ns,
		.direction = s->parsed.direction,
		.line = text,
		.line_len = len,
	};
	return 1;
}

/* A line that names a channel is an item too, so that numbers are kept. */
static int take_asc_line(struct can_source *s, const char *text, size_t len,
			 struct can_source_item *ret)
{
	const struct sfam_can_asc_line *l = &s->asc_line;
	int kind = sfam_can_asc_parse(&s->asc.state, &s->asc_line, s->frame,
				      sizeof(s->frame), text, len, &s->diag);

	if (kind < 0)
		return bad_line(s, kind);
	*ret = (struct can_source_item){ .ifname = l->ifname };
	switch (kind) {
	case SFAM_CAN_ASC_CHANNEL:
		can_asc_take_name(&s->asc, l->channel, l->ifname);
		ret->ifname = s->asc.names[l->channel];
		return 1;
	case SFAM_CAN_ASC_DROPS:
		ret->drops = l->drops;
		return 1;
	case SFAM_CAN_ASC_FRAME:
		ret->ifname = can_asc_name(&s->asc, l->channel);
		ret->frame = s->frame;
		ret->size = l->frame_size;
		ret->time_ns = l->time_ns;
		ret->direction = l->direction;
		return 1;
	}
	s->asc.events += kind == SFAM_CAN_ASC_EVENT;
	return 0;
}

static int bad_read(struct can_source *s, int error)
{
	if (error != -EMSGSIZE)
		cli_bad_call(s->name, error);
	else
		cli_error("%s: line %" PRIu64 ": more than %d bytes", s->name,
			  s->number + 1, LINES_MAX);
	return -1;
}

static int read_lines(struct can_source *s, struct can_source_item *ret)
{
	const char *text;
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = lines_next(&s->lines, &text)) != 0) {
		if (n < 0)
			return bad_read(s, (int)n);
		s->number++;
		r = s->is_asc ? take_asc_line(s, text, (size_t)n, ret) :
				take_line(s, text, (size_t)n, ret);
	}
	return r;
}

/* -------------------------------------------------------- capture files -- */

/* Files of old kind have no names. */
static int take_interface(struct can_source *s,
			  const struct sfam_capture_interface *i,
			  struct can_source_item *ret)
{
	char *name = s->names[s->n_names];

	if (s->n_names == CAN_SOURCE_INTERFACES_MAX) {
		cli_error("%s: more than %d interfaces", s->name,
			  CAN_SOURCE_INTERFACES_MAX);
		return -1;
	}
	name[0] = '\0';
	s->told[s->n_names] = s->counted[s->n_names] = 0;
	s->n_names++;
	if (i->link_type != SFAM_CAPTURE_LINK_CAN)
		return 0;
	snprintf(name, sizeof(s->names[0]), "can%" PRIu32, s->n_names - 1);
	if (i->name && i->name[0] && strlen(i->name) < sizeof(s->names[0]) &&
	    !strpbrk(i->name, " \t\n'"))
		snprintf(name, sizeof(s->names[0]), "%s", i->name);
	*ret = (struct can_source_item){ .ifname = name };
	return 1;
}

static char direction_of(const struct sfam_capture_record *record)
{
	switch (record->flags & SFAM_CAPTURE_DIRECTION) {
	case SFAM_CAPTURE_IN:
		return 'R';
	case SFAM_CAPTURE_OUT:
		return 'T';
	default:
		return 0;
	}
}

static int take_packet(struct can_source *s,
		       const struct sfam_capture_record *record,
		       struct can_source_item *ret)
{
	const char *ifname = s->names[record->interface];
	ssize_t n;

	s->number++;
	s->told[record->interface] += record->drops;
	if (!ifname[0]) {
		s->others++;
		return 0;
	}
	n = sfam_capture_can_frame(record, s->frame, sizeof(s->frame));
	if (n < 0) {
		cli_error("%s: packet %" PRIu64 ": no whole CAN frame",
			  s->name, s->number);
		return damaged(s);
	}
	*ret = (struct can_source_item){
		.ifname = ifname,
		.drops = record->drops,
		.frame = s->frame,
		.size = (size_t)n,
		.time_ns = record->time_ns,
		.direction = direction_of(record),
	};
	return 1;
}

/* Who counts where differs; a packet's drops are those of both. */
static void take_stats(struct can_source *s,
		       const struct sfam_capture_stats *stats)
{
	uint64_t n = 0;

	if (stats->os_drops != SFAM_CAPTURE_NOT_TOLD)
		n += stats->os_drops;
	if (stats->if_drops != SFAM_CAPTURE_NOT_TOLD)
		n += stats->if_drops;
	s->counted[stats->interface] = n;
}

/*
 * At the end, what only the statistics tell: those in the middle count what
 * the next packet tells too.
 */
static int take_rest(struct can_source *s, struct can_source_item *ret)
{
	uint32_t i;

	for (i = 0; i < s->n_names; i++) {
		if (!s->names[i][0] || s->counted[i] <= s->told[i])
			continue;
		*ret = (struct can_source_item){
			.ifname = s->names[i],
			.drops = s->counted[i] - s->told[i],
		};
		s->told[i] = s->counted[i];
		return 1;
	}
	return 0;
}

static int read_capture(struct can_source *s, struct can_source_item *ret)
{
	struct sfam_capture_item item;
	int kind, r = 0;

	while (r == 0) {
		kind = packet_file_read(&s->file, &item);
		if (kind == SFAM_CAPTURE_END)
			return take_rest(s, ret);
		if (kind < 0)
			r = -1;
		else if (kind == SFAM_CAPTURE_INTERFACE)
			r = take_interface(s, &item.interface, ret);
		else if (kind == SFAM_CAPTURE_PACKET)
			r = take_packet(s, &item.packet, ret);
		else if (kind == SFAM_CAPTURE_STATS)
			take_stats(s, &item.stats);
	}
	return r;
}

/* ----------------------------------------------------------------- both -- */

static int ends_in(const char *name, const char *end)
{
	const size_t len = gzip_stem(name), n = strlen(end);

	return len > n && strncmp(name + len - n, end, n) == 0;
}

int can_source_is_capture(const char *name)
{
	return ends_in(name, ".pcapng") || ends_in(name, ".pcap");
}

int can_source_is_asc(const char *name)
{
	return ends_in(name, ".asc");
}

int can_source_open(struct can_source *s)
{
	s->is_capture = can_source_is_capture(s->name);
	s->is_asc = can_source_is_asc(s->name);
	s->asc.state = (struct sfam_can_asc){ .start_ns = 0 };
	s->number = 0;
	s->n_names = 0;
	return s->is_capture ? packet_file_open(&s->file, s->name) :
			       open_log(s);
}

int can_source_read(struct can_source *s, struct can_source_item *ret)
{
	return s->is_capture ? read_capture(s, ret) : read_lines(s, ret);
}

int can_source_is_file(const struct can_source *s)
{
	struct stat st;

	return fstat(s->is_capture ? s->file.fd : s->lines.fd, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

void can_source_close(struct can_source *s)
{
	if (s->is_capture)
		packet_file_close(&s->file);
	else
		close(s->lines.fd);
}

void can_source_tell(const struct can_source *s)
{
	if (s->others)
		fprintf(stderr, "%" PRIu64 " packets left out: their "
			"interface is not CAN\n", s->others);
	if (s->damaged)
		fprintf(stderr, "%" PRIu64 " damaged and left out\n",
			s->damaged);
	can_asc_tell_in(&s->asc);
}
