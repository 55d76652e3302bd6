/* SPDX-License-Identifier: MIT */
/* sockfam packet replay: a capture file onto an interface. */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/can.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "packet-cli.h"

#define SECOND INT64_C(1000000000)

struct replay {
	const char *file, *ifname;
	int fd;			/* packets go there */
	uint32_t link_type;	/* of the interface */
	double factor;
	int at_once;		/* -t */
	uint64_t times;
	/* Of the first packet: in the file, and here. */
	int has_begun;
	int64_t file_ns;
	struct timespec begun;
	uint64_t sent;
};

/* Against the first one, so delays do not add up. */
static void wait_for(struct replay *r, int64_t time_ns)
{
	struct timespec t;
	int64_t ns;

	if (!r->has_begun) {
		r->has_begun = 1;
		r->file_ns = time_ns;
		clock_gettime(CLOCK_MONOTONIC, &r->begun);
	}
	ns = (int64_t)((double)(time_ns - r->file_ns) / r->factor);
	if (r->at_once || ns <= 0)
		return;
	ns += r->begun.tv_nsec;
	t.tv_sec = r->begun.tv_sec + ns / SECOND;
	t.tv_nsec = ns % SECOND;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
	       EINTR)
		;
}

/* The identifier is in network order in the file. */
static int send_can(struct replay *r, const struct sfam_capture_record *record)
{
	struct canfd_frame frame;
	uint32_t id;

	if (record->len != CAN_MTU && record->len != CANFD_MTU)
		return cli_error("%s: packet %" PRIu64 ": not a CAN frame of "
				 "%d or %d bytes", r->file, r->sent + 1,
				 (int)CAN_MTU, (int)CANFD_MTU);
	memcpy(&frame, record->data, record->len);
	memcpy(&id, record->data, sizeof(id));
	frame.can_id = be32toh(id);
	return packet_sender_send(r->fd, r->ifname, &frame, record->len);
}

static int replay_packet(struct replay *r,
			 const struct sfam_capture_record *record)
{
	int status;

	if (record->link_type != r->link_type)
		return cli_error("%s: packet %" PRIu64 ": its link type is "
				 "%" PRIu32 ", that of %s is %" PRIu32,
				 r->file, r->sent + 1, record->link_type,
				 r->ifname, r->link_type);
	if (record->len != record->orig_len)
		return cli_error("%s: packet %" PRIu64 ": %zu of its %zu "
				 "bytes are in the file", r->file,
				 r->sent + 1, record->len, record->orig_len);
	wait_for(r, record->time_ns);
	status = r->link_type == SFAM_CAPTURE_LINK_CAN ? send_can(r, record) :
		 packet_sender_send(r->fd, r->ifname, record->data,
				    record->len);
	r->sent += status == CLI_OK;
	return status;
}

static int replay_items(struct replay *r, struct packet_file *file)
{
	struct sfam_capture_item item;
	int kind, status = CLI_OK;

	while (status == CLI_OK) {
		kind = packet_file_read(file, &item);
		if (kind == SFAM_CAPTURE_END)
			break;
		if (kind < 0)
			status = CLI_FAILED;
		else if (kind == SFAM_CAPTURE_PACKET)
			status = replay_packet(r, &item.packet);
	}
	return status;
}

static int replay_once(struct replay *r)
{
	struct packet_file file;
	int status = packet_file_open(&file, r->file);

	if (status != CLI_OK)
		return status;
	r->has_begun = 0;
	status = replay_items(r, &file);
	packet_file_close(&file);
	return status;
}

static int replay_all(struct replay *r)
{
	int is_stdin = strcmp(r->file, "-") == 0;
	int status = CLI_OK;
	uint64_t i;

	for (i = 0; status == CLI_OK && i < r->times; i++) {
		if (i && is_stdin && lseek(STDIN_FILENO, 0, SEEK_SET) < 0)
			status = cli_bad_call(r->file, -errno);
		else
			status = replay_once(r);
	}
	if (status == CLI_OK || r->sent)
		fprintf(stderr, "%" PRIu64 " packets sent\n", r->sent);
	return status;
}

static int read_factor(const char *text, double *ret)
{
	int64_t ns;

	/* A number with a fraction, as seconds are. */
	if (cli_seconds(text, &ns) < 0 || ns <= 0)
		return -1;
	*ret = (double)ns / (double)SECOND;
	return 0;
}

int packet_replay_run(const struct cli_verb *self, int argc, char **argv)
{
	struct replay r = { .factor = 1, .times = 1 };
	int c, status;

	while ((c = cli_getopt(self, argc, argv, "+:x:tl:")) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 't')
			r.at_once = 1;
		else if (c == 'x' && read_factor(optarg, &r.factor) < 0)
			return cli_usage(self, "-x %s: want a number above 0",
					 optarg);
		else if (c == 'l' &&
			 cli_number(optarg, 1, UINT64_MAX, &r.times) < 0)
			return cli_usage(self, "-l %s: want 1 or more", optarg);
	}
	if (argc - optind != 2)
		return cli_usage(self, "which file, and which interface?");
	r.file = argv[optind];
	r.ifname = argv[optind + 1];
	r.fd = packet_sender_open(r.ifname);
	if (r.fd < 0)
		return CLI_FAILED;
	status = packet_link_type(r.ifname, &r.link_type);
	if (status == CLI_OK)
		status = replay_all(&r);
	close(r.fd);
	return status;
}
