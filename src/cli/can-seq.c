/* SPDX-License-Identifier: MIT */
/* sockfam can seq: numbered frames, and which of them are missing. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "can-bus.h"
#include "can-tools.h"

#define BATCH 64

struct seq {
	const char *name;
	uint32_t id;
	int receive;		/* -r */
	int fd_frames;		/* -f */
	int brs;		/* -b */
	int verbose;		/* -v */
	uint64_t count;		/* -n; 0: without end */
	uint64_t gaps;		/* -q; 0: any number */

	int fd;
	struct can_seq seen;
};

/* -------------------------------------------------------------- send -- */

static int send_all(const struct seq *q)
{
	size_t size = q->fd_frames ? CANFD_MTU : CAN_MTU;
	struct canfd_frame frames[BATCH];
	struct iovec iov[BATCH];
	uint64_t sent = 0;
	size_t i, n = BATCH;
	ssize_t r;

	memset(frames, 0, sizeof(frames));
	while (!q->count || sent < q->count) {
		if (q->count && q->count - sent < BATCH)
			n = (size_t)(q->count - sent);
		for (i = 0; i < n; i++) {
			frames[i].can_id = q->id;
			frames[i].len = 1;
			frames[i].flags = q->brs ? CANFD_BRS : 0;
			frames[i].data[0] = (uint8_t)(sent + i);
			iov[i].iov_base = &frames[i];
			iov[i].iov_len = size;
		}
		r = sfam_can_send(q->fd, iov, n, NULL, SFAM_FOREVER);
		if (r < 0)
			return can_bus_send_failed(q->name, "sequence", q->fd,
						   size, (int)r);
		sent += (uint64_t)r;
	}
	return CLI_OK;
}

/* ----------------------------------------------------------- receive -- */

static void print_gap(const struct seq *q, unsigned int missing,
		      uint32_t drops, uint8_t number)
{
	printf("frame %" PRIu64 ", number %u: ", q->seen.frames, number);
	if (missing)
		printf("%u missing%s", missing, drops ? ", " : "");
	if (drops)
		printf("%u dropped here", drops);
	putchar('\n');
}

/* 1: that was the last to be looked at. */
static int take(struct seq *q, const struct sfam_can_record *rec)
{
	struct sfam_can_fields f;
	unsigned int missing;

	if (sfam_can_unpack(&f, rec->frame, rec->size) < 0 || f.len == 0)
		return 0;
	missing = can_seq_note(&q->seen, f.data[0], rec->drops);
	if (missing || rec->drops)
		print_gap(q, missing, rec->drops, f.data[0]);
	else if (q->verbose)
		printf("frame %" PRIu64 ", number %u\n", q->seen.frames,
		       f.data[0]);
	return (q->count && q->seen.frames == q->count) ||
	       (q->gaps && q->seen.gaps == q->gaps);
}

/* 1 at the end, 0, or -errno. */
static int drain(struct seq *q, struct sfam_can_receiver *receiver)
{
	const struct sfam_can_record *rec;
	ssize_t n = sfam_can_receive(q->fd, receiver, &rec, 0);
	ssize_t i;
	int r = 0;

	if (n < 0)
		return n == -ETIMEDOUT ? 0 : (int)n;
	for (i = 0; i < n && r == 0; i++)
		r = take(q, &rec[i]);
	if (fflush(stdout) != 0)
		return -errno;
	return r;
}

/* Missing frames are a failure, wherever they were lost. */
static int print_sum(const struct seq *q, int ended_early)
{
	const struct can_seq *s = &q->seen;
	/* After the last frame, and so not told yet; only if all was read. */
	uint64_t after = ended_early || !s->frames ? 0 :
			 can_cli_drops(q->fd, s->dropped) - s->dropped;

	printf("%" PRIu64 " frames, %" PRIu64 " gaps, %" PRIu64 " missing, "
	       "%" PRIu64 " dropped here\n", s->frames, s->gaps, s->missing,
	       s->dropped + after);
	return s->gaps || after ? CLI_FAILED : CLI_OK;
}

static int receive_all(struct seq *q)
{
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(BATCH, 0);
	int signals = cli_signal_fd();
	int status = CLI_OK;
	int r = receiver ? 0 : -ENOMEM;

	while (r == 0 && signals >= 0) {
		r = can_bus_wait(q->fd, signals, SFAM_FOREVER);
		if (r == 0)
			r = drain(q, receiver);
	}
	if (r < 0)
		status = can_bus_receive_failed(q->name, r);
	if (print_sum(q, q->count || q->gaps) != CLI_OK || signals < 0)
		status = CLI_FAILED;
	if (signals >= 0)
		close(signals);
	sfam_can_receiver_free(receiver);
	return status;
}

/* -------------------------------------------------------------- main -- */

static int read_option(const struct cli_verb *self, struct seq *q, int o)
{
	switch (o) {
	case 'b':
		q->brs = q->fd_frames = 1;
		return CLI_OK;
	case 'f':
		q->fd_frames = 1;
		return CLI_OK;
	case 'r':
		q->receive = 1;
		return CLI_OK;
	case 'v':
		q->verbose = 1;
		return CLI_OK;
	case 'i':
		return can_bus_id(optarg, &q->id);
	case 'n':
		if (cli_number(optarg, 1, UINT64_MAX, &q->count) < 0)
			return cli_usage(self, "-n takes a number of frames");
		return CLI_OK;
	case 'q':
		if (cli_number(optarg, 1, UINT64_MAX, &q->gaps) < 0)
			return cli_usage(self, "-q takes a number of gaps");
		return CLI_OK;
	}
	return CLI_USAGE;
}

int can_seq_run(const struct cli_verb *self, int argc, char **argv)
{
	struct seq q = { .id = 2 };
	struct can_filter filter;
	int status = CLI_OK;
	int o;

	while (status == CLI_OK &&
	       (o = cli_getopt(self, argc, argv, "+:bfi:n:q:rv")) != -1)
		status = read_option(self, &q, o);
	if (status != CLI_OK)
		return status;
	if (argc - optind != 1)
		return cli_usage(self, "which interface?");
	q.name = argv[optind];
	/* No error frames: what the socket drops is of the sequence alone. */
	filter = can_bus_filter(q.id);
	q.fd = can_bus_open(q.name, q.fd_frames ? CANFD_MTU : CAN_MTU,
			    q.receive ? SFAM_CAN_OPT_DROPS : 0, &filter);
	if (q.fd < 0)
		return CLI_FAILED;
	status = q.receive ? receive_all(&q) : send_all(&q);
	close(q.fd);
	return status;
}
