/* SPDX-License-Identifier: MIT */
/* sockfam packet replay: a capture file onto an interface. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pace.h"
#include "packet-cli.h"

#define BATCH 64
#define ROOM 65536

struct replay {
	const char *file, *ifname;
	int fd;			/* packets go there */
	uint32_t link_type;	/* of the interface */
	struct pace pace;
	int at_once;		/* -t */
	uint64_t times;
	uint64_t sent;
	/* Those that are due, for one call; copies, but for what is too big. */
	struct iovec batch[BATCH];
	size_t n, n_max;
	size_t used;		/* bytes of room */
	uint8_t room[ROOM];
};

static int flush(struct replay *r)
{
	int status = packet_sender_send(r->fd, r->ifname, r->batch, r->n,
					&r->sent);

	r->n = r->used = 0;
	return status;
}

static int wait_for(struct replay *r, int64_t time_ns)
{
	int64_t due_ns;
	int status;

	if (r->at_once || !pace_is_ahead(&r->pace, time_ns, &due_ns))
		return CLI_OK;
	status = flush(r);
	while (status == CLI_OK && pace_sleep(due_ns))
		;
	return status;
}

/* data stays as it is until the return. */
static int send_later(struct replay *r, const void *data, size_t len)
{
	struct iovec *packet;
	int status;

	if (len > ROOM - r->used) {
		status = flush(r);
		if (status != CLI_OK)
			return status;
	}
	packet = &r->batch[r->n++];
	packet->iov_len = len;
	if (len > ROOM) {
		packet->iov_base = (void *)(uintptr_t)data;
		return flush(r);
	}
	packet->iov_base = r->room + r->used;
	memcpy(packet->iov_base, data, len);
	r->used += len;
	return r->n == r->n_max ? flush(r) : CLI_OK;
}

static int send_can(struct replay *r, const struct sfam_capture_record *record)
{
	uint8_t frame[SFAM_CANXL_MTU];
	ssize_t n = sfam_capture_can_frame(record, frame, sizeof(frame));

	if (n < 0)
		return cli_error("%s: packet %" PRIu64 ": no whole CAN frame",
				 r->file, r->sent + r->n + 1);
	return send_later(r, frame, (size_t)n);
}

static int replay_packet(struct replay *r,
			 const struct sfam_capture_record *record)
{
	int status;

	if (record->link_type != r->link_type)
		return cli_error("%s: packet %" PRIu64 ": its link type is "
				 "%" PRIu32 ", that of %s is %" PRIu32,
				 r->file, r->sent + r->n + 1, record->link_type,
				 r->ifname, r->link_type);
	if (record->len != record->orig_len)
		return cli_error("%s: packet %" PRIu64 ": %zu of its %zu "
				 "bytes are in the file", r->file,
				 r->sent + r->n + 1, record->len,
				 record->orig_len);
	status = wait_for(r, record->time_ns);
	if (status != CLI_OK)
		return status;
	return r->link_type == SFAM_CAPTURE_LINK_CAN ? send_can(r, record) :
	       send_later(r, record->data, record->len);
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

/* What comes from elsewhere may come late: nothing waits for more of it. */
static size_t batch_for(const struct packet_file *file)
{
	struct stat st;

	return fstat(file->fd, &st) == 0 && S_ISREG(st.st_mode) ? BATCH : 1;
}

static int replay_once(struct replay *r)
{
	struct packet_file file;
	int status = packet_file_open(&file, r->file);

	if (status != CLI_OK)
		return status;
	r->pace.has_begun = 0;
	r->n_max = batch_for(&file);
	status = replay_items(r, &file);
	/* What came before a failure goes out all the same. */
	if (flush(r) != CLI_OK)
		status = CLI_FAILED;
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

int packet_replay_run(const struct cli_verb *self, int argc, char **argv)
{
	struct replay r = { .pace.factor = 1, .times = 1 };
	int c, status;

	while ((c = cli_getopt(self, argc, argv, "+:x:tl:")) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 't')
			r.at_once = 1;
		else if (c == 'x' &&
			 pace_read_factor(optarg, &r.pace.factor) < 0)
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
