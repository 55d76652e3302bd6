/* SPDX-License-Identifier: MIT */
/*
 * sockfam can dump: what candump does, in batches. A batch is printed into
 * one buffer that is written when the socket has nothing more, so a lone
 * frame shows at once and a burst costs few system calls.
 */
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "can-cli.h"
#include "can-dump.h"

#define BATCH 256
#define BATCH_XL 64
#define FILTERS_MAX 512
#define NAMES 64
#define OUT_SIZE 65536
#define LINE_MAX_LEN SFAM_CAN_LOG_STRLEN

struct source {
	const char *name;	/* as given: "vcan0", "any" */
	size_t name_len;
	int fd;
	size_t batch;
	struct sfam_can_receiver *receiver;
	uint64_t drops;		/* in all */
};

struct dump {
	int log;		/* -L */
	int show_drops;		/* -d */
	uint64_t count;		/* -n: frames still to come; 0 without */
	int limited;
	int timeout_ms;		/* -T, or -1 */
	int rcvbuf;		/* -r, or 0 */
	struct can_screen screen;

	struct source *sources;
	size_t n_sources;
	struct { int index; char name[IFNAMSIZ]; } names[NAMES];
	size_t n_names;
	char out[OUT_SIZE];
	size_t out_len;
};

/* ----------------------------------------------------------- opening -- */

/* The items behind the interface, to filters and error mask. */
static int set_filters(int fd, const char *arg)
{
	struct can_filter filters[FILTERS_MAX];
	uint32_t error_mask = 0;
	struct sfam_diag diag;
	const char *item, *end;
	size_t n = 0;
	int join = 0;
	int r;

	for (item = strchr(arg, ','); item; item = *end ? end : NULL) {
		item++;
		end = item + strcspn(item, ",");
		if (n == FILTERS_MAX)
			return cli_error("%s: more than %d filters", arg,
					 FILTERS_MAX);
		r = sfam_can_filter_parse(&filters[n], &error_mask, item,
					  (size_t)(end - item), &diag);
		if (r < 0) {
			diag.offset += (size_t)(item - arg);
			return cli_bad_text(arg, r, &diag);
		}
		n += r == SFAM_CAN_FILTER_ID;
		join |= r == SFAM_CAN_FILTER_JOIN;
	}
	r = n ? sfam_can_set_filters(fd, filters, n) : 0;
	if (r == 0)
		r = sfam_can_set_error_mask(fd, error_mask);
	if (r == 0 && join)
		r = sfam_can_set_options(fd, SFAM_CAN_OPT_JOIN, 0);
	return r < 0 ? cli_bad_call(arg, r) : 0;
}

static void set_rcvbuf(int fd, int bytes)
{
	socklen_t len = sizeof(int);
	int got = 0;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
		       sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &len);
	/* The kernel doubles it for its own overhead (socket(7)). */
	if (got < bytes * 2)
		cli_error("warning: receive buffer is %d bytes, not %d; "
			  "try: sysctl net.core.rmem_max=%d", got / 2, bytes,
			  bytes);
}

/* XL where an interface can have it, FD always. */
static int set_options(struct source *s, int index)
{
	uint32_t on = SFAM_CAN_OPT_FD | SFAM_CAN_OPT_TIME |
		      SFAM_CAN_OPT_DROPS;
	int r = sfam_can_set_options(s->fd, on, 0);

	s->batch = BATCH;
	if (r < 0)
		return cli_bad_call(s->name, r);
	if ((index == 0 || can_cli_mtu(s->fd, s->name) > (int)CANFD_MTU) &&
	    sfam_can_set_options(s->fd, SFAM_CAN_OPT_XL, 0) == 0)
		s->batch = BATCH_XL;
	s->receiver = sfam_can_receiver_new(s->batch, s->batch == BATCH_XL ?
					    SFAM_CAN_OPT_XL : 0);
	return s->receiver ? 0 : cli_bad_call(s->name, -ENOMEM);
}

static int open_source(struct dump *d, struct source *s, char *arg)
{
	struct sfam_addr addr;
	int index;
	int r;

	s->fd = -1;
	s->name = arg;
	s->name_len = strcspn(arg, ",");
	r = can_cli_addr(arg, s->name_len, &addr, &index);
	if (r)
		return r;
	s->fd = cli_open(&addr, SFAM_OPEN_SOCKET, NULL);
	if (s->fd < 0)
		return CLI_FAILED;
	/* All is set before bind, so nothing unwanted is ever queued. */
	r = set_filters(s->fd, arg);
	arg[s->name_len] = '\0';
	if (r == 0)
		r = set_options(s, index);
	if (r)
		return r;
	if (d->rcvbuf)
		set_rcvbuf(s->fd, d->rcvbuf);
	if (bind(s->fd, sfam_addr_sockaddr(&addr), addr.len) < 0)
		return cli_bad_call(s->name, -errno);
	if (s->name_len > d->screen.name_width)
		d->screen.name_width = s->name_len;
	return 0;
}

/* ---------------------------------------------------------- printing -- */

static int flush(struct dump *d)
{
	size_t len = d->out_len;

	d->out_len = 0;
	return cli_write(STDOUT_FILENO, d->out, len);
}

/* The name behind an index, asked for once. */
static const char *name_of(struct dump *d, const struct source *s, int index)
{
	size_t i;

	for (i = 0; i < d->n_names; i++)
		if (d->names[i].index == index)
			return d->names[i].name;
	if (d->n_names == NAMES)
		d->n_names = 0;
	i = d->n_names++;
	d->names[i].index = index;
	if (!if_indextoname((unsigned int)index, d->names[i].name))
		snprintf(d->names[i].name, IFNAMSIZ, "%.15s", s->name);
	if (strlen(d->names[i].name) > d->screen.name_width)
		d->screen.name_width = strlen(d->names[i].name);
	return d->names[i].name;
}

static void print_drops(struct dump *d, struct source *s, uint32_t drops)
{
	int n;

	s->drops += drops;
	if (!d->show_drops)
		return;
	n = snprintf(d->out + d->out_len, OUT_SIZE - d->out_len,
		     "DROPCOUNT: dropped %u CAN frame%s on '%s' socket "
		     "(total drops %llu)\n", drops, drops > 1 ? "s" : "",
		     s->name, (unsigned long long)s->drops);
	d->out_len += (size_t)n;
}

static int print_record(struct dump *d, struct source *s,
			const struct sfam_can_record *rec)
{
	const char *name = name_of(d, s, rec->ifindex);
	char *at;
	ssize_t n;

	if (OUT_SIZE - d->out_len < 2 * LINE_MAX_LEN && flush(d) < 0)
		return -1;
	if (rec->drops)
		print_drops(d, s, rec->drops);
	at = d->out + d->out_len;
	if (d->log)
		n = sfam_can_log_format(at, LINE_MAX_LEN,
			can_screen_log_time(&d->screen, rec->time_ns), name,
			d->screen.name_width, rec->frame, rec->size);
	else
		n = can_screen_line(&d->screen, at, name, rec->time_ns,
				    rec->frame, rec->size);
	if (n < 0) {
		cli_error("%s: a frame of %u bytes that is none", name,
			  rec->size);
		return 0;
	}
	d->out_len += (size_t)n;
	return 0;
}

/* ----------------------------------------------------------- receive -- */

/*
 * Prints what is there. Returns 1 when -n is reached, 0, or -1 after an
 * error was printed.
 */
static int drain(struct dump *d, struct source *s)
{
	const struct sfam_can_record *rec;
	ssize_t n, i;

	do {
		n = sfam_can_receive(s->fd, s->receiver, &rec, 0);
		if (n == -ETIMEDOUT)
			break;
		if (n == -ENETDOWN)
			cli_error("%s: interface is down", s->name);
		else if (n == -ENODEV)
			cli_error("%s: interface is gone", s->name);
		else if (n < 0)
			cli_bad_call(s->name, (int)n);
		if (n < 0)
			return -1;
		for (i = 0; i < n; i++) {
			if (print_record(d, s, &rec[i]) < 0)
				return -1;
			if (d->limited && --d->count == 0)
				return 1;
		}
	} while ((size_t)n == s->batch);
	return 0;
}

static int drain_ready(struct dump *d, const struct pollfd *polls)
{
	size_t i;
	int r = 0;

	for (i = 0; i < d->n_sources && r == 0; i++)
		if (polls[i].revents)
			r = drain(d, &d->sources[i]);
	if (flush(d) < 0)
		return -1;
	return r;
}

/* Until -n, -T, a signal or an error. */
static int receive_all(struct dump *d, struct pollfd *polls, int signals)
{
	size_t i, n = d->n_sources;
	int r;

	for (i = 0; i < n; i++)
		polls[i] = (struct pollfd){ d->sources[i].fd, POLLIN, 0 };
	polls[n] = (struct pollfd){ signals, POLLIN, 0 };
	for (;;) {
		r = poll(polls, n + 1, d->timeout_ms);
		if (r < 0 && errno != EINTR)
			return cli_bad_call("poll", -errno);
		if (r == 0)
			return CLI_OK;
		r = drain_ready(d, polls);
		if (r)
			return r < 0 ? CLI_FAILED : CLI_OK;
		if (polls[n].revents)
			return CLI_OK;
	}
}

/* What was lost and not yet told (SO_MEMINFO counts at once). */
static void report_drops(const struct dump *d)
{
	const struct source *s;

	for (s = d->sources; s < d->sources + d->n_sources; s++) {
		uint64_t drops = can_cli_drops(s->fd, s->drops);

		if (drops)
			cli_error("%s: %llu frame%s lost: the socket was "
				  "full; try: -r BYTES", s->name,
				  (unsigned long long)drops,
				  drops > 1 ? "s" : "");
	}
}

/* --------------------------------------------------------- arguments -- */

static int read_stamp(const struct cli_verb *self, struct dump *d)
{
	if (strlen(optarg) != 1 || !strchr("aAdz", optarg[0]))
		return cli_usage(self, "-t takes a, A, d or z, not %s",
				 optarg);
	d->screen.stamp = optarg[0];
	return 0;
}

static int read_option(const struct cli_verb *self, struct dump *d, int c)
{
	uint64_t v = 0;

	switch (c) {
	case 'L':
		d->log = 1;
		return 0;
	case 'd':
		d->show_drops = 1;
		return 0;
	case 't':
		return read_stamp(self, d);
	case 'n':
		d->limited = 1;
		if (cli_number(optarg, 1, UINT64_MAX, &d->count) == 0)
			return 0;
		return cli_usage(self, "-n takes a number of frames");
	case 'T':
		if (cli_number(optarg, 1, INT32_MAX, &v) < 0)
			return cli_usage(self, "-T takes milliseconds");
		d->timeout_ms = (int)v;
		return 0;
	case 'r':
		if (cli_number(optarg, 1, INT32_MAX / 2, &v) < 0)
			return cli_usage(self, "-r takes a number of bytes");
		d->rcvbuf = (int)v;
		return 0;
	}
	return CLI_USAGE;
}

static int dump_all(struct dump *d, int argc, char **argv)
{
	struct pollfd *polls = calloc((size_t)argc + 1, sizeof(*polls));
	int status = polls ? CLI_OK : cli_bad_call("dump", -ENOMEM);
	int signals = cli_signal_fd();
	size_t i;

	if (signals < 0)
		status = CLI_FAILED;
	for (i = 0; status == CLI_OK && i < (size_t)argc; i++) {
		d->n_sources++;
		status = open_source(d, &d->sources[i], argv[i]);
	}
	if (status == CLI_OK) {
		status = receive_all(d, polls, signals);
		report_drops(d);
	}
	for (i = 0; i < d->n_sources; i++) {
		sfam_can_receiver_free(d->sources[i].receiver);
		if (d->sources[i].fd >= 0)
			close(d->sources[i].fd);
	}
	free(polls);
	if (signals >= 0)
		close(signals);
	return status;
}

int can_dump_run(const struct cli_verb *self, int argc, char **argv)
{
	struct dump *d = calloc(1, sizeof(*d));
	int status = CLI_OK;
	int c;

	if (!d)
		return cli_bad_call("dump", -ENOMEM);
	d->timeout_ms = -1;
	d->screen.base_us = -1;
	while (status == CLI_OK &&
	       (c = cli_getopt(self, argc, argv, "+:Ldt:n:T:r:")) != -1)
		status = c == '?' ? CLI_USAGE : read_option(self, d, c);
	if (status == CLI_OK && optind == argc)
		status = cli_usage(self, "which interface?");
	if (status == CLI_OK && d->log && d->screen.stamp &&
	    !strchr("az", d->screen.stamp))
		status = cli_usage(self, "a log (-L) takes -t a or z only");
	if (status == CLI_OK) {
		d->sources = calloc((size_t)(argc - optind),
				    sizeof(*d->sources));
		status = d->sources ?
			 dump_all(d, argc - optind, argv + optind) :
			 cli_bad_call("dump", -ENOMEM);
	}
	free(d->sources);
	free(d);
	return status;
}
