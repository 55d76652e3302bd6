/* SPDX-License-Identifier: MIT */
/*
 * sockfam can load: how much of its time a bus is taken. The seconds end at
 * absolute times of the monotonic clock, so they do not drift, and a frame
 * counts in the second of its own stamp, however late it is read.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/can/error.h>

#include "can-bus.h"
#include "can-load.h"
#include "json.h"
#include "progress.h"

#define BATCH 64
#define SECOND_NS INT64_C(1000000000)
#define BAR 20

struct bus {
	const char *name;
	uint32_t bps, data_bps;
	int fd;
	struct sfam_can_receiver *receiver;
	int has_state;		/* there is a controller */
	struct sfam_can_tracker tracker;
	struct can_load now, next;	/* this second, and behind its end */
};

struct load {
	int bar;		/* -b */
	int redraw;		/* -r */
	int show_time;		/* -t */
	int json;
	uint64_t count;		/* -n; 0: without end */
	struct bus *buses;
	size_t n;
	int64_t end_ns;		/* of this second, CLOCK_MONOTONIC */
};

/* ----------------------------------------------------------- opening -- */

/* Rate and state of the controller, as far as there is one. */
static int ask_controller(struct bus *b)
{
	struct sfam_can_status s;
	struct sfam_ctl_diag diag;
	int r = sfam_can_get_status(b->name, &s, &diag);

	if (r < 0)
		return can_cli_bad_ctl(b->name, r, &diag);
	b->has_state = (s.have & SFAM_CAN_HAVE_CONTROLLER) != 0;
	b->tracker.state = s.state;
	if (b->bps)
		return CLI_OK;
	b->bps = s.timing.bitrate;
	b->data_bps = s.data_timing.bitrate;
	if (!b->bps)
		return cli_error("%s: has no bit rate; try: %s@500000",
				 b->name, b->name);
	return CLI_OK;
}

static int open_bus(const struct cli_verb *self, struct bus *b, char *arg)
{
	size_t largest;
	int r;

	b->name = arg;
	if (can_load_parse(arg, &b->bps, &b->data_bps) < 0)
		return cli_usage(self, "%s@...: not a bit rate", arg);
	if (ask_controller(b) != CLI_OK)
		return CLI_FAILED;
	largest = can_bus_largest(b->name);
	b->receiver = sfam_can_receiver_new(BATCH, largest > CANFD_MTU ?
					    SFAM_CAN_OPT_XL : 0);
	if (!b->receiver)
		return cli_bad_call(b->name, -ENOMEM);
	b->fd = can_bus_open(b->name, largest, SFAM_CAN_OPT_TIME |
			     SFAM_CAN_OPT_DROPS, NULL);
	if (b->fd < 0)
		return CLI_FAILED;
	r = sfam_can_set_error_mask(b->fd, CAN_ERR_CRTL | CAN_ERR_BUSOFF |
				    CAN_ERR_RESTARTED);
	return r < 0 ? cli_bad_call(b->name, r) : CLI_OK;
}

/* ---------------------------------------------------------- counting -- */

static void note(struct bus *b, const struct sfam_can_record *rec,
		 int64_t end_real_ns)
{
	struct sfam_can_error error;

	if (sfam_can_error_decode(&error, rec->frame, rec->size) == 0)
		sfam_can_tracker_feed(&b->tracker, &error);
	can_load_add(rec->time_ns < end_real_ns ? &b->now : &b->next, rec);
}

/* One batch. 1: there may be more of this second; 0; or -errno. */
static int read_some(const struct load *l, struct bus *b)
{
	const struct sfam_can_record *rec;
	ssize_t n = sfam_can_receive(b->fd, b->receiver, &rec, 0);
	int64_t end_real_ns = can_bus_real_ns() + l->end_ns -
			      progress_now_ns();
	ssize_t i;

	if (n < 0)
		return n == -ETIMEDOUT ? 0 : (int)n;
	for (i = 0; i < n; i++)
		note(b, &rec[i], end_real_ns);
	return n == BATCH && rec[n - 1].time_ns < end_real_ns;
}

/* ---------------------------------------------------------- printing -- */

static void print_bar(double percent)
{
	char bar[BAR + 1];
	int i, full = (int)(percent / 100 * BAR);

	for (i = 0; i < BAR; i++)
		bar[i] = i < full ? 'X' : '.';
	bar[BAR] = '\0';
	printf(" |%s|", bar);
}

static void print_text(const struct load *l, const struct bus *b)
{
	const struct can_load *c = &b->now;
	double percent = (double)can_load_busy_ns(c, b->bps, b->data_bps) /
			 (double)SECOND_NS * 100;

	printf("%s@%u", b->name, b->bps);
	if (b->data_bps)
		printf(",%u", b->data_bps);
	printf(" %6" PRIu64 " %8" PRIu64 " %8" PRIu64 " %5.1f%%", c->frames,
	       c->nominal_bits + c->data_bits, c->payload_bits, percent);
	if (l->bar)
		print_bar(percent);
	if (c->not_counted)
		printf(" %" PRIu64 " not counted", c->not_counted);
	if (c->drops)
		printf(" %" PRIu64 " lost", c->drops);
	if (b->has_state && b->tracker.state)
		printf(" %s", sfam_can_state_name(b->tracker.state));
	putchar('\n');
}

static void print_json(const struct bus *b)
{
	const struct can_load *c = &b->now;
	const char *state = sfam_can_state_name(b->tracker.state);
	struct json j = JSON_INIT(stdout);

	json_object(&j, NULL);
	json_text(&j, "interface", b->name);
	json_uint(&j, "bitrate_bps", b->bps);
	json_uint(&j, "data_bitrate_bps", b->data_bps);
	json_uint(&j, "frames", c->frames);
	json_uint(&j, "nominal_bits", c->nominal_bits);
	json_uint(&j, "data_bits", c->data_bits);
	json_uint(&j, "payload_bits", c->payload_bits);
	json_uint(&j, "not_counted", c->not_counted);
	json_uint(&j, "drops", c->drops);
	json_int(&j, "busy_ns", can_load_busy_ns(c, b->bps, b->data_bps));
	if (b->has_state && state)
		json_text(&j, "state", state);
	else
		json_null(&j, "state");
	json_end(&j);
}

static void print_time(void)
{
	time_t now = time(NULL);
	char date[32];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	printf("%s\n", date);
}

/* A second is over. 0, 1 after the last, or -errno. */
static int tell(struct load *l)
{
	struct bus *b;

	if (l->redraw)
		fputs("\033[H\033[2J", stdout);
	if (l->show_time)
		print_time();
	for (b = l->buses; b < l->buses + l->n; b++) {
		if (l->json)
			print_json(b);
		else
			print_text(l, b);
		b->now = b->next;
		memset(&b->next, 0, sizeof(b->next));
	}
	if (fflush(stdout) != 0)
		return errno == EPIPE ? 1 : -errno;
	l->end_ns += SECOND_NS;
	return l->count && --l->count == 0;
}

/* -------------------------------------------------------------- main -- */

/* Reads all of the second that is over, then tells of it. */
static int second_over(struct load *l)
{
	struct bus *b;
	int r;

	for (b = l->buses; b < l->buses + l->n; b++) {
		do
			r = read_some(l, b);
		while (r == 1);
		if (r < 0) {
			can_bus_receive_failed(b->name, r);
			return r;
		}
	}
	r = tell(l);
	if (r < 0)
		cli_bad_call("stdout", r);
	return r;
}

static int run(struct load *l, struct pollfd *polls)
{
	struct timespec ts;
	int64_t left_ns;
	size_t i;
	int r = 0;

	l->end_ns = progress_now_ns() + SECOND_NS;
	while (r == 0) {
		left_ns = l->end_ns - progress_now_ns();
		if (left_ns < 0)
			left_ns = 0;
		ts.tv_sec = left_ns / SECOND_NS;
		ts.tv_nsec = left_ns % SECOND_NS;
		if (ppoll(polls, l->n + 1, &ts, NULL) < 0 && errno != EINTR)
			return cli_bad_call("poll", -errno);
		if (polls[l->n].revents)
			return CLI_OK;
		for (i = 0; i < l->n && r >= 0; i++) {
			if (!polls[i].revents)
				continue;
			r = read_some(l, &l->buses[i]);
			if (r < 0)
				can_bus_receive_failed(l->buses[i].name, r);
		}
		if (r >= 0)
			r = progress_now_ns() < l->end_ns ? 0 : second_over(l);
	}
	return r < 0 ? CLI_FAILED : CLI_OK;
}

static int open_all(const struct cli_verb *self, struct load *l, int argc,
		    char **argv)
{
	struct pollfd *polls = calloc((size_t)argc + 1, sizeof(*polls));
	int status = polls ? CLI_OK : cli_bad_call("load", -ENOMEM);
	int signals = -1;

	for (; status == CLI_OK && l->n < (size_t)argc; l->n++) {
		l->buses[l->n].fd = -1;
		status = open_bus(self, &l->buses[l->n], argv[l->n]);
		polls[l->n].fd = l->buses[l->n].fd;
		polls[l->n].events = POLLIN;
	}
	if (status == CLI_OK) {
		signals = cli_signal_fd();
		polls[l->n].fd = signals;
		polls[l->n].events = POLLIN;
		status = signals < 0 ? CLI_FAILED : run(l, polls);
	}
	if (signals >= 0)
		close(signals);
	free(polls);
	return status;
}

static int read_option(const struct cli_verb *self, struct load *l, int o)
{
	switch (o) {
	case 'b':
		l->bar = 1;
		return CLI_OK;
	case 'j':
		l->json = 1;
		return CLI_OK;
	case 'r':
		l->redraw = 1;
		return CLI_OK;
	case 't':
		l->show_time = 1;
		return CLI_OK;
	case 'n':
		if (cli_number(optarg, 1, UINT64_MAX, &l->count) < 0)
			return cli_usage(self, "-n takes a number of seconds");
		return CLI_OK;
	}
	return CLI_USAGE;
}

int can_load_run(const struct cli_verb *self, int argc, char **argv)
{
	struct load l = { 0 };
	int status = CLI_OK;
	int o;

	while (status == CLI_OK &&
	       (o = cli_getopt_long(self, argc, argv, "+:brtn:",
				    cli_json)) != -1)
		status = read_option(self, &l, o);
	if (status != CLI_OK)
		return status;
	if (optind == argc)
		return cli_usage(self, "which interface?");
	l.buses = calloc((size_t)(argc - optind), sizeof(*l.buses));
	if (!l.buses)
		return cli_bad_call("load", -ENOMEM);
	status = open_all(self, &l, argc - optind, argv + optind);
	while (l.n-- > 0) {
		sfam_can_receiver_free(l.buses[l.n].receiver);
		if (l.buses[l.n].fd >= 0)
			close(l.buses[l.n].fd);
	}
	free(l.buses);
	return status;
}
