/* SPDX-License-Identifier: MIT */
/*
 * sockfam can dump: what candump does, in batches. A batch is printed into
 * one buffer that is written when the socket has nothing more, so a lone
 * frame shows at once and a burst costs few system calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "can-cli.h"
#include "can-dump.h"

#define BATCH 256
#define BATCH_XL 64
#define NAMES 64
#define OUT_SIZE 65536
#define LINE_MAX_LEN SFAM_CAN_LOG_STRLEN

struct source {
	const char *name;	/* as given: "vcan0", "any" */
	size_t name_len;
	int fd;
	int info_fd;		/* the same socket, out of reach of signals */
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

/* -------------------------------------------------------------- stop -- */

/*
 * A signal must end a receive that waits for ever, and the library goes on
 * after EINTR. So the handler puts /dev/null in the place of each socket:
 * the call that was interrupted, or is about to begin, fails at once. This
 * spares a lone source the poll that watching a signalfd would cost, and
 * there is no moment at which a signal is missed. The sockets themselves
 * stay open under other numbers, for what they can tell at the end.
 */
static struct {
	volatile sig_atomic_t stopped;
	int null;
	const struct dump *dump;
} stop = { 0, -1, NULL };

static void on_signal(int signo)
{
	size_t i;

	(void)signo;
	stop.stopped = 1;
	for (i = 0; i < stop.dump->n_sources; i++)
		dup2(stop.null, stop.dump->sources[i].fd);
}

/* Signals that were ignored from the start (nohup, a job of sh) stay so. */
static int catch_signals(const struct dump *d)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction sa = { .sa_handler = on_signal };
	struct sigaction old;
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	stop.dump = d;
	stop.null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (stop.null < 0)
		return cli_bad_call("/dev/null", -errno);
	for (i = 0; i < CLI_ARRAY_LEN(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	return 0;
}

/* ----------------------------------------------------------- opening -- */

/* The items behind the interface. */
static int set_filters(int fd, const char *arg)
{
	const char *items = strchr(arg, ',');
	struct sfam_can_filters filters;
	struct sfam_diag diag;
	int r;

	if (!items)
		return 0;
	items++;
	r = sfam_can_filters_parse(&filters, items, strlen(items), &diag);
	if (r < 0) {
		diag.offset += (size_t)(items - arg);
		return cli_bad_text(arg, r, &diag);
	}
	r = sfam_can_filters_set(fd, &filters);
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

	s->fd = s->info_fd = -1;
	s->name = arg;
	s->name_len = strcspn(arg, ",");
	r = can_cli_addr(arg, s->name_len, &addr, &index);
	if (r)
		return r;
	s->fd = cli_open(&addr, SFAM_OPEN_SOCKET, NULL);
	if (s->fd < 0)
		return CLI_FAILED;
	s->info_fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 0);
	if (s->info_fd < 0)
		return cli_bad_call(s->name, -errno);
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
	s->drops += drops;
	if (d->show_drops)
		d->out_len += can_cli_drops_line(d->out + d->out_len,
						 OUT_SIZE - d->out_len,
						 s->name, drops, s->drops);
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

static int receive_failed(const struct source *s, int error)
{
	if (stop.stopped)
		return 1;
	if (error == -ENETDOWN)
		cli_error("%s: interface is down", s->name);
	else if (error == -ENODEV)
		cli_error("%s: interface is gone", s->name);
	else
		cli_bad_call(s->name, error);
	return -1;
}

/*
 * Receives within timeout_ns, prints that and what else is there. Returns 1
 * at the end (-n, a signal), 0, or -1 after an error was printed.
 */
static int drain(struct dump *d, struct source *s, int64_t timeout_ns)
{
	const struct sfam_can_record *rec;
	ssize_t n, i;

	do {
		n = sfam_can_receive(s->fd, s->receiver, &rec, timeout_ns);
		if (n == -ETIMEDOUT)
			return timeout_ns > 0;
		if (n < 0)
			return receive_failed(s, (int)n);
		for (i = 0; i < n; i++) {
			if (print_record(d, s, &rec[i]) < 0)
				return -1;
			if (d->limited && --d->count == 0)
				return 1;
		}
		timeout_ns = 0;
	} while ((size_t)n == s->batch);
	return 0;
}

/* One source: the receive itself is what waits. */
static int receive_one(struct dump *d)
{
	int64_t timeout_ns = d->timeout_ms < 0 ? SFAM_FOREVER :
			     (int64_t)d->timeout_ms * 1000000;
	int r;

	do {
		r = drain(d, d->sources, timeout_ns);
		if (flush(d) < 0)
			r = -1;
	} while (r == 0);
	return r < 0 ? CLI_FAILED : CLI_OK;
}

static int receive_many(struct dump *d, struct pollfd *polls)
{
	size_t i, n = d->n_sources;
	int r = 0;

	for (i = 0; i < n; i++)
		polls[i] = (struct pollfd){ d->sources[i].fd, POLLIN, 0 };
	while (r == 0) {
		r = poll(polls, n, d->timeout_ms);
		if (r < 0 && errno != EINTR)
			return cli_bad_call("poll", -errno);
		if (r == 0)
			return CLI_OK;
		for (i = 0, r = 0; i < n && r == 0; i++)
			if (polls[i].revents || stop.stopped)
				r = drain(d, &d->sources[i], 0);
		if (flush(d) < 0)
			r = -1;
	}
	return r < 0 ? CLI_FAILED : CLI_OK;
}

/* What was lost and not yet told (SO_MEMINFO counts at once). */
static void report_drops(const struct dump *d)
{
	const struct source *s;

	for (s = d->sources; s < d->sources + d->n_sources; s++) {
		uint64_t drops = can_cli_drops(s->info_fd, s->drops);

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
	case 'e':
		d->screen.explain = 1;
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

static void close_sources(struct dump *d)
{
	struct source *s;

	for (s = d->sources; s < d->sources + d->n_sources; s++) {
		sfam_can_receiver_free(s->receiver);
		if (s->fd >= 0)
			close(s->fd);
		if (s->info_fd >= 0)
			close(s->info_fd);
	}
}

static int dump_all(struct dump *d, int argc, char **argv)
{
	struct pollfd *polls = calloc((size_t)argc, sizeof(*polls));
	int status = polls ? CLI_OK : cli_bad_call("dump", -ENOMEM);
	int i;

	for (i = 0; status == CLI_OK && i < argc; i++) {
		status = open_source(d, &d->sources[i], argv[i]);
		d->n_sources++;
	}
	if (status == CLI_OK)
		status = catch_signals(d);
	if (status == CLI_OK) {
		status = argc == 1 ? receive_one(d) : receive_many(d, polls);
		report_drops(d);
	}
	close_sources(d);
	free(polls);
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
	       (c = cli_getopt(self, argc, argv, "+:Ldet:n:T:r:")) != -1)
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
