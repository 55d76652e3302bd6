/* SPDX-License-Identifier: MIT */
/* sockfam can convert: logs of CAN frames from one format to another. */
#include <errno.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "can-cli.h"
#include "can-source.h"
#include "output.h"

#define ETH_P_CANXL_SINCE_6_1 0x000e
#define NAMES_MAX SFAM_CAN_ASC_CHANNEL_MAX

struct convert {
	struct can_source source;
	struct output out;
	struct sfam_capture_writer *writer;	/* NULL: lines are written */
	enum sfam_capture_format format;
	int is_asc;				/* of Vector's ASC */
	struct can_asc_out asc_out;
	/* Of the interfaces, by their number in the file that is written. */
	char names[NAMES_MAX][16];
	uint64_t lost[NAMES_MAX];	/* to be told with the next frame */
	uint64_t total_lost[NAMES_MAX];
	uint32_t n_names;
	const struct sfam_can_filters *filters;	/* -f, or NULL */
	uint64_t frames;
	uint64_t filtered;	/* that no filter let pass */
	int64_t last_ns;	/* of the last one */
	uint64_t cut_stamps, cut_drops;	/* that the format cannot hold */
};

/* A frame, and where it came from. */
struct one {
	int64_t time_ns;
	uint32_t number;	/* of the interface */
	char direction;		/* 'R', 'T', 0 */
	const void *frame;
	size_t size;
};

/* ------------------------------------------------------------ interfaces -- */

static int add_to_file(struct convert *c, const char *name)
{
	const struct sfam_capture_interface interface = {
		.name = name,
		.link_type = SFAM_CAPTURE_LINK_CAN,
	};
	int r = sfam_capture_add_interface(c->writer, &interface);

	if (r == -EUSERS && c->format != SFAM_CAPTURE_PCAPNG)
		return cli_error("%s: a pcap file has one interface; try: "
				 "another name than .pcap", c->out.name);
	return r < 0 ? cli_bad_call(c->out.name, r) : CLI_OK;
}

static int number_of(struct convert *c, const char *name, uint32_t *ret)
{
	for (*ret = 0; *ret < c->n_names; (*ret)++)
		if (strcmp(c->names[*ret], name) == 0)
			return CLI_OK;
	if (c->n_names == NAMES_MAX)
		return cli_error("%s: more than %d interfaces", c->source.name,
				 NAMES_MAX);
	snprintf(c->names[c->n_names++], sizeof(c->names[0]), "%s", name);
	return c->writer ? add_to_file(c, name) : CLI_OK;
}

/* --------------------------------------------------------------- writing -- */

static int tell_drops(struct convert *c, uint32_t number)
{
	const uint64_t n = c->lost[number];
	char line[128] = CAN_ASC_OURS;
	size_t len = c->is_asc ? strlen(line) : 0;

	if (n == 0)
		return CLI_OK;
	c->lost[number] = 0;
	c->total_lost[number] += n;
	len += can_cli_drops_line(line + len, sizeof(line) - len,
				  c->names[number], n, c->total_lost[number]);
	return output_write(&c->out, line, len) < 0 ? CLI_FAILED : CLI_OK;
}

static int put_line(struct convert *c, const struct one *o)
{
	char line[SFAM_CAN_LOG_STRLEN + 2];
	ssize_t n;

	if (tell_drops(c, o->number) != CLI_OK)
		return CLI_FAILED;
	n = sfam_can_log_format(line, sizeof(line) - 2, o->time_ns,
				c->names[o->number], 0, o->frame, o->size);
	if (n < 0)
		return cli_bad_call(c->source.name, (int)n);
	if (o->direction) {
		line[n - 1] = ' ';
		line[n++] = o->direction;
		line[n++] = '\n';
	}
	c->cut_stamps += o->time_ns % 1000 != 0;
	return output_write(&c->out, line, (size_t)n) < 0 ? CLI_FAILED :
							    CLI_OK;
}

static int put_asc(struct convert *c, const struct one *o)
{
	const struct can_asc_frame f = {
		.time_ns = o->time_ns,
		.channel = o->number + 1,
		.direction = o->direction,
		.frame = o->frame,
		.size = o->size,
	};

	if (can_asc_begin(&c->asc_out, &c->out, o->time_ns) != CLI_OK ||
	    can_asc_put_names(&c->asc_out, &c->out, c->n_names,
			      c->names) != CLI_OK ||
	    tell_drops(c, o->number) != CLI_OK)
		return CLI_FAILED;
	c->cut_stamps += o->time_ns % 1000 != 0;
	return can_asc_put(&c->asc_out, &c->out, &f);
}

/* An XL frame has a flag where the others have their length. */
static uint16_t protocol_of(const struct one *o)
{
	const uint8_t *p = o->frame;

	if (p[4] & 0x80)
		return ETH_P_CANXL_SINCE_6_1;
	return o->size == CAN_MTU ? ETH_P_CAN : ETH_P_CANFD;
}

static int put_packet(struct convert *c, const struct one *o)
{
	struct sfam_capture_record record = {
		.time_ns = o->time_ns,
		.data = o->frame,
		.len = o->size,
		.orig_len = o->size,
		.interface = o->number,
		.drops = c->lost[o->number],
	};
	const struct sockaddr_ll from = {
		.sll_protocol = htons(protocol_of(o)),
	};
	int r;

	sfam_capture_set_link(&record, SFAM_CAPTURE_LINK_CAN, &from);
	record.flags = o->direction == 'R' ? SFAM_CAPTURE_IN :
		       o->direction == 'T' ? SFAM_CAPTURE_OUT : 0;
	r = sfam_capture_write(c->writer, &record, 1);
	if (r < 0)
		return cli_bad_call(c->out.name, r);
	if (c->format != SFAM_CAPTURE_PCAPNG)
		c->cut_drops += record.drops;
	c->total_lost[o->number] += record.drops;
	c->lost[o->number] = 0;
	return CLI_OK;
}

static int put(struct convert *c, const struct one *o)
{
	int status;

	if (c->filters &&
	    sfam_can_filters_match_frame(c->filters, o->frame, o->size) == 0) {
		c->filtered++;
		return CLI_OK;
	}
	status = c->writer ? put_packet(c, o) :
		 c->is_asc ? put_asc(c, o) : put_line(c, o);
	c->frames += status == CLI_OK;
	c->last_ns = o->time_ns;
	return status;
}

/* --------------------------------------------------------------- reading -- */

static int take(struct convert *c, const struct can_source_item *item)
{
	struct one o = {
		.time_ns = item->time_ns,
		.direction = item->direction,
		.frame = item->frame,
		.size = item->size,
	};

	if (number_of(c, item->ifname, &o.number) != CLI_OK)
		return CLI_FAILED;
	c->lost[o.number] += item->drops;
	return item->frame ? put(c, &o) : CLI_OK;
}

static int read_all(struct convert *c)
{
	struct can_source_item item;
	int status = CLI_OK, r;

	if (can_source_open(&c->source) != CLI_OK)
		return CLI_FAILED;
	while (status == CLI_OK && (r = can_source_read(&c->source, &item)))
		status = r < 0 ? CLI_FAILED : take(c, &item);
	can_source_close(&c->source);
	return status;
}

/* ------------------------------------------------------------------ main -- */

static int begin(struct convert *c, const char *name)
{
	int r;

	c->is_asc = can_source_is_asc(name);
	if (!can_source_is_capture(name))
		return CLI_OK;
	c->format = packet_save_format(name);
	r = sfam_capture_writer_new(&c->writer, c->out.fd, c->format, NULL);
	return r < 0 ? cli_bad_call(name, r) : CLI_OK;
}

/* Losses that no frame came after. */
static int tell_last_drops(struct convert *c)
{
	struct sfam_capture_stats stats = {
		.time_ns = c->last_ns,
		.received = SFAM_CAPTURE_NOT_TOLD,
		.if_drops = SFAM_CAPTURE_NOT_TOLD,
		.accepted = SFAM_CAPTURE_NOT_TOLD,
		.delivered = SFAM_CAPTURE_NOT_TOLD,
	};
	uint32_t i;
	int r;

	for (i = 0; i < c->n_names; i++) {
		if (c->lost[i] && c->is_asc &&
		    can_asc_begin(&c->asc_out, &c->out, c->last_ns) != CLI_OK)
			return CLI_FAILED;
		if (c->lost[i] && !c->writer && tell_drops(c, i) != CLI_OK)
			return CLI_FAILED;
		if (!c->lost[i])
			continue;
		stats.interface = i;
		stats.os_drops = c->total_lost[i] + c->lost[i];
		r = sfam_capture_write_stats(c->writer, &stats);
		if (r == -EOPNOTSUPP)
			c->cut_drops += c->lost[i];
		else if (r < 0)
			return cli_bad_call(c->out.name, r);
	}
	return CLI_OK;
}

static void tell(const struct convert *c)
{
	fprintf(stderr, "%" PRIu64 " frames\n", c->frames);
	if (c->filters)
		fprintf(stderr, "%" PRIu64 " frames that no filter let "
			"pass\n", c->filtered);
	if (c->cut_stamps)
		fprintf(stderr, "%" PRIu64 " stamps cut to microseconds: %s "
			"holds no more\n", c->cut_stamps,
			c->is_asc ? "ASC" : "a log");
	if (c->cut_drops)
		fprintf(stderr, "%" PRIu64 " lost frames left out: pcap does "
			"not hold them\n", c->cut_drops);
	can_source_tell(&c->source);
	can_asc_tell_out(&c->asc_out, c->names);
}

static int convert(struct convert *c, const char *out)
{
	int status = begin(c, out);

	if (status == CLI_OK)
		status = read_all(c);
	if (status == CLI_OK)
		status = tell_last_drops(c);
	if (status != CLI_OK)
		return status;
	if (output_commit(&c->out) < 0)
		return CLI_FAILED;
	tell(c);
	return c->source.damaged ? CLI_FAILED : CLI_OK;
}

/* Compressed capture files are read, and that is all. */
static int check_names(const char *in, const char *out)
{
	if (gzip_stem(in) < strlen(in) && !can_source_is_capture(in))
		return cli_error("%s: only capture files may be compressed; "
				 "try: zcat %s | sockfam can convert - ...",
				 in, in);
	if (gzip_stem(out) < strlen(out))
		return cli_error("%s: no compressed file is written; try: - "
				 "... | gzip", out);
	return CLI_OK;
}

/* Of -i: names of the channels that are read, and of those written. */
static int take_names(struct convert *c, const char *list, const char *out)
{
	struct can_asc_in *in = &c->source.asc;
	uint32_t number;
	char name[16];
	size_t n;

	for (; *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n < 1 || n >= sizeof(name) || strcspn(list, " \t") < n ||
		    in->n_given == SFAM_CAN_ASC_CHANNEL_MAX)
			return cli_error("-i: %s: expected up to %d "
					 "interfaces of 1 to 15 bytes", list,
					 SFAM_CAN_ASC_CHANNEL_MAX);
		snprintf(name, sizeof(name), "%.*s", (int)n, list);
		snprintf(in->names[++in->n_given], sizeof(name), "%s", name);
		if (can_source_is_asc(out) &&
		    number_of(c, name, &number) != CLI_OK)
			return CLI_FAILED;
	}
	return CLI_OK;
}

static int take_filters(struct sfam_can_filters *filters, const char *text)
{
	struct sfam_diag diag;
	int r = sfam_can_filters_parse(filters, text, strlen(text), &diag);

	return r < 0 ? cli_bad_text(text, r, &diag) : CLI_OK;
}

int can_convert_run(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_can_filters filters = { .n = 0 };
	const char *interfaces = NULL, *list = NULL;
	struct convert *c;
	int status, is_strict = 0, option;

	while ((option = cli_getopt(self, argc, argv, "+:f:i:s")) != -1) {
		if (option == '?')
			return CLI_USAGE;
		if (option == 'f')
			list = optarg;
		else if (option == 'i')
			interfaces = optarg;
		else
			is_strict = 1;
	}
	if (argc - optind != 2)
		return cli_usage(self, "from which file, to which?");
	if (interfaces && !can_source_is_asc(argv[optind]) &&
	    !can_source_is_asc(argv[optind + 1]))
		return cli_usage(self, "-i is of .asc files, and none is "
				 "here");
	c = calloc(1, sizeof(*c));
	if (!c)
		return cli_bad_call("can convert", -ENOMEM);
	c->source.name = argv[optind];
	c->source.is_strict = is_strict;
	c->filters = list ? &filters : NULL;
	status = check_names(argv[optind], argv[optind + 1]);
	if (status == CLI_OK && list)
		status = take_filters(&filters, list);
	if (status == CLI_OK && interfaces)
		status = take_names(c, interfaces, argv[optind + 1]);
	if (status == CLI_OK && output_open(&c->out, argv[optind + 1]) < 0)
		status = CLI_FAILED;
	if (status == CLI_OK) {
		status = convert(c, argv[optind + 1]);
		output_discard(&c->out);
	}
	sfam_capture_writer_free(c->writer);
	free(c);
	return status;
}
