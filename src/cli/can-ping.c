/* SPDX-License-Identifier: MIT */
/* sockfam can ping: frames that another node answers. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "can-bus.h"
#include "can-tools.h"
#include "json.h"
#include "progress.h"
#include "spread.h"

#define BATCH 64
#define LEN 8
#define LOOK_UP_NS INT64_C(1000000000)	/* for signals, while sending */

struct ping {
	const char *name;
	uint32_t id;
	int answer;		/* -r */
	int fd_frames;		/* -d */
	int brs;		/* -b */
	int json;
	uint64_t count;		/* -n; 0: without end */
	uint64_t at_once;	/* -f */
	int64_t timeout_ns;	/* -W */

	int fd;
	size_t largest;
	struct sfam_can_receiver *receiver;
	/* When each that is under way was sent; 0: it is not. */
	int64_t sent_ns[256];
	uint64_t under_way;
	uint64_t sent;
	uint64_t answered;
	uint64_t strange;	/* answers to nothing that is under way */
	struct spread times;
};

/* --------------------------------------------------------------- ask -- */

/* The number is the first byte, and the next ones go up from it. */
static int ask(struct ping *p)
{
	struct canfd_frame frame = { .can_id = p->id, .len = LEN,
				     .flags = p->brs ? CANFD_BRS : 0 };
	const struct iovec iov = { &frame, p->fd_frames ? CANFD_MTU :
				   CAN_MTU };
	uint8_t number = (uint8_t)p->sent;
	ssize_t r;
	size_t i;

	for (i = 0; i < LEN; i++)
		frame.data[i] = (uint8_t)(number + i);
	p->sent_ns[number] = progress_now_ns();
	r = sfam_can_send(p->fd, &iov, 1, NULL, p->timeout_ns);
	if (r < 0)
		return can_bus_send_failed(p->name, "ping", p->fd, p->largest,
					   (int)r);
	p->sent++;
	p->under_way++;
	return CLI_OK;
}

/* The number that this answers, or -1. */
static int answered_number(const struct ping *p,
			   const struct sfam_can_record *rec)
{
	struct sfam_can_fields f;
	uint8_t number;
	size_t i;

	if (sfam_can_unpack(&f, rec->frame, rec->size) < 0 || f.len != LEN)
		return -1;
	number = (uint8_t)(f.data[0] - 1);
	for (i = 1; i < LEN; i++)
		if (f.data[i] != (uint8_t)(f.data[0] + i))
			return -1;
	if (!(f.flags & SFAM_CAN_FD) != !p->fd_frames)
		return -1;
	return p->sent_ns[number] ? number : -1;
}

/* 0, or -errno: -ETIMEDOUT if there was none. */
static int take_answers(struct ping *p)
{
	const struct sfam_can_record *rec;
	ssize_t n = sfam_can_receive(p->fd, p->receiver, &rec, 0);
	int64_t now_ns = progress_now_ns();
	ssize_t i;
	int number;

	for (i = 0; i < n; i++) {
		number = answered_number(p, &rec[i]);
		if (number < 0) {
			p->strange++;
			continue;
		}
		spread_add(&p->times, now_ns - p->sent_ns[number]);
		p->sent_ns[number] = 0;
		p->under_way--;
		p->answered++;
	}
	return n < 0 ? (int)n : 0;
}

static int no_answer(const struct ping *p, int error)
{
	if (error == -ETIMEDOUT)
		return cli_error("%s: no answer to %" PRIu64 " frame%s; try: "
				 "sockfam can ping -r, or canfdtest, there",
				 p->name, p->under_way,
				 p->under_way > 1 ? "s" : "");
	return can_bus_receive_failed(p->name, error);
}

static int ask_all(struct ping *p, int signals)
{
	int r;

	while (!p->count || p->answered < p->count) {
		while (p->under_way < p->at_once &&
		       (!p->count || p->sent < p->count))
			if (ask(p) != CLI_OK)
				return CLI_FAILED;
		r = can_bus_wait(p->fd, signals, p->timeout_ns);
		if (r == 1)
			return CLI_OK;
		if (r == 0)
			r = take_answers(p);
		if (r < 0)
			return no_answer(p, r);
	}
	return CLI_OK;
}

static void print_text(const struct ping *p)
{
	printf("%s: %" PRIu64 " sent, %" PRIu64 " answered, %" PRIu64
	       " not expected", p->name, p->sent, p->answered, p->strange);
	spread_print(&p->times);
	putchar('\n');
}

static void print_json(const struct ping *p)
{
	struct json j = JSON_INIT(stdout);

	json_object(&j, NULL);
	json_text(&j, "interface", p->name);
	json_uint(&j, "sent", p->sent);
	json_uint(&j, "answered", p->answered);
	json_uint(&j, "not_expected", p->strange);
	spread_json(&p->times, &j);
	json_end(&j);
}

/* ------------------------------------------------------------ answer -- */

/* Identifier and bytes one higher, all else as it came. */
static void make_answer(struct canfd_frame *answer,
			const struct sfam_can_record *rec)
{
	size_t i;

	memcpy(answer, rec->frame, rec->size);
	answer->can_id++;
	for (i = 0; i < answer->len; i++)
		answer->data[i]++;
}

/*
 * All of them, however long a bus without another node takes: 0, 1 if a
 * signal came meanwhile, or -errno.
 */
static int send_answers(struct ping *p, const struct iovec *iov, size_t n,
			int signals)
{
	size_t done = 0;
	ssize_t r;

	while (done < n) {
		r = sfam_can_send(p->fd, iov + done, n - done, NULL,
				  LOOK_UP_NS);
		if (r >= 0)
			done += (size_t)r;
		else if (r != -ENOBUFS && r != -ETIMEDOUT)
			return (int)r;
		else if (can_bus_wait(-1, signals, 0) == 1)
			return 1;
	}
	p->answered += n;
	return 0;
}

/* 0, 1 at the end, or -errno. */
static int answer_some(struct ping *p, int signals)
{
	struct canfd_frame answers[BATCH];
	struct iovec iov[BATCH];
	const struct sfam_can_record *rec;
	ssize_t n = sfam_can_receive(p->fd, p->receiver, &rec, 0);
	ssize_t i;
	int r;

	if (n < 0)
		return n == -ETIMEDOUT ? 0 : (int)n;
	if (p->count && (uint64_t)n > p->count - p->answered)
		n = (ssize_t)(p->count - p->answered);
	for (i = 0; i < n; i++) {
		make_answer(&answers[i], &rec[i]);
		iov[i].iov_base = &answers[i];
		iov[i].iov_len = rec[i].size;
	}
	r = send_answers(p, iov, (size_t)n, signals);
	return r ? r : p->count && p->answered == p->count;
}

static int answer_all(struct ping *p, int signals)
{
	int r = 0;

	while (r == 0) {
		r = can_bus_wait(p->fd, signals, SFAM_FOREVER);
		if (r == 0)
			r = answer_some(p, signals);
	}
	return r < 0 ? can_bus_receive_failed(p->name, r) : CLI_OK;
}

/* -------------------------------------------------------------- main -- */

static int run(struct ping *p)
{
	int signals = cli_signal_fd();
	int status;

	if (signals < 0)
		return CLI_FAILED;
	status = p->answer ? answer_all(p, signals) : ask_all(p, signals);
	if (p->answer)
		printf("%s: %" PRIu64 " answered\n", p->name, p->answered);
	else if (p->json)
		print_json(p);
	else
		print_text(p);
	if (p->strange)
		status = CLI_FAILED;
	close(signals);
	return status;
}

static int read_option(const struct cli_verb *self, struct ping *p, int o)
{
	switch (o) {
	case 'b':
		p->brs = p->fd_frames = 1;
		return CLI_OK;
	case 'd':
		p->fd_frames = 1;
		return CLI_OK;
	case 'j':
		p->json = 1;
		return CLI_OK;
	case 'r':
		p->answer = 1;
		return CLI_OK;
	case 'i':
		if (can_bus_id(optarg, &p->id) != CLI_OK)
			return CLI_FAILED;
		if (p->id == CAN_SFF_MASK ||
		    p->id == (CAN_EFF_MASK | CAN_EFF_FLAG))
			return cli_usage(self, "-i: there is no identifier "
					 "above %s to answer with", optarg);
		return CLI_OK;
	case 'n':
		if (cli_number(optarg, 1, UINT64_MAX, &p->count) < 0)
			return cli_usage(self, "-n takes a number of frames");
		return CLI_OK;
	case 'f':
		if (cli_number(optarg, 1, 255, &p->at_once) < 0)
			return cli_usage(self, "-f takes 1 to 255 frames");
		return CLI_OK;
	case 'W':
		if (cli_seconds(optarg, &p->timeout_ns) < 0)
			return cli_usage(self, "-W takes seconds");
		return CLI_OK;
	}
	return CLI_USAGE;
}

/* For FD, what asks must; what answers does where the interface can. */
static int open_bus(struct ping *p)
{
	struct can_filter filter = can_bus_filter(p->id + !p->answer);

	p->largest = p->fd_frames ? CANFD_MTU : CAN_MTU;
	if (p->answer && can_bus_largest(p->name) > CAN_MTU)
		p->largest = CANFD_MTU;
	p->receiver = sfam_can_receiver_new(BATCH, 0);
	if (!p->receiver)
		return cli_bad_call(p->name, -ENOMEM);
	p->fd = can_bus_open(p->name, p->largest, 0, &filter);
	return p->fd < 0 ? CLI_FAILED : CLI_OK;
}

int can_ping_run(const struct cli_verb *self, int argc, char **argv)
{
	struct ping *p = calloc(1, sizeof(*p));
	int status = CLI_OK;
	int o;

	if (!p)
		return cli_bad_call("ping", -ENOMEM);
	p->fd = -1;
	p->id = 0x77;
	p->at_once = 1;
	p->timeout_ns = 1000000000;
	while (status == CLI_OK &&
	       (o = cli_getopt_long(self, argc, argv, "+:bdi:f:n:rW:",
				    cli_json)) != -1)
		status = read_option(self, p, o);
	if (status == CLI_OK && argc - optind != 1)
		status = cli_usage(self, "which interface?");
	p->name = argv[optind];
	if (status == CLI_OK)
		status = open_bus(p);
	if (status == CLI_OK)
		status = run(p);
	if (p->fd >= 0)
		close(p->fd);
	sfam_can_receiver_free(p->receiver);
	free(p);
	return status;
}
