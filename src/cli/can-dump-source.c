/* SPDX-License-Identifier: MIT */
/*
 * Where can dump's records come from: sockets, received from in batches, or
 * rings. A batch is printed into one buffer that is written when there is
 * nothing more, so a lone frame shows at once and a burst costs few system
 * calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/can/error.h>

#include "can-bus.h"
#include "can-dump.h"

#define BATCH 256
#define BATCH_XL 64
#define ROOM 8192		/* frames in a socket, without -r */

struct source {
	struct can_dump_from from;
	uint32_t error_mask;	/* of the error frames to be shown */
	struct sfam_can_ring *ring;	/* or NULL, and there is a socket: */
	int fd;
	int info_fd;		/* the same socket, out of reach of signals */
	size_t room;		/* of it, in classic frames */
	size_t batch;
	struct sfam_can_receiver *receiver;
};

struct dump {
	const struct can_dump_opts *opts;
	struct can_dump_out *out;
	uint64_t count;		/* of opts->count: still to come */
	struct source *sources;
	size_t n_sources;
	int hangup_fd;		/* SIGHUP, where it is not the end; or -1 */
};

/* -------------------------------------------------------------- stop -- */

/*
 * A signal must end a receive that waits for ever, and the library goes on
 * after EINTR. So the handler puts /dev/null in the place of each socket:
 * the call that was interrupted, or is about to begin, fails at once. This
 * spares a lone source the poll that watching a signalfd would cost, and
 * there is no moment at which a signal is missed. The sockets themselves
 * stay open under other numbers, for what they can tell at the end. A ring
 * can be woken up.
 */
static struct {
	volatile sig_atomic_t stopped;
	int null;
	const struct dump *dump;
} stop = { 0, -1, NULL };

static void on_signal(int signo)
{
	const struct source *s = stop.dump->sources;
	size_t i;

	(void)signo;
	stop.stopped = 1;
	for (i = 0; i < stop.dump->n_sources; i++)
		if (s[i].ring)
			sfam_can_ring_wake(s[i].ring);
		else
			dup2(stop.null, s[i].fd);
}

/*
 * SIGHUP to be read, also if it was ignored from the start: nohup asks that
 * it be not the end, and it is not.
 */
static int watch_hangup(struct dump *d)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGHUP, SIG_DFL);
	d->hangup_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return d->hangup_fd < 0 ? cli_bad_call("signalfd", -errno) : CLI_OK;
}

/* Signals that were ignored from the start (nohup, a job of sh) stay so. */
static int catch_signals(struct dump *d)
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
	return d->opts->reopens ? watch_hangup(d) : CLI_OK;
}

/* ----------------------------------------------------------- opening -- */

/*
 * Besides what was asked for come error frames of the controller, which tell
 * that it lost frames. Of two masks the last counts. Without them where the
 * list has no room for one item more.
 */
static void add_overruns(struct sfam_can_filters *filters, const char *items)
{
	const uint32_t mask = filters->error_mask | CAN_ERR_CRTL;
	const size_t size = strlen(items) + 16;
	char *text = malloc(size);

	if (filters->n_insns == 0)
		filters->error_mask = mask;
	else if (text)
		(void)!sfam_can_filters_parse(filters, text,
			(size_t)snprintf(text, size, "%s,#%X", items, mask),
			NULL);
	free(text);
}

/* The items behind the interface; without any, the kernel's default. */
static int read_filters(struct sfam_can_filters *ret, uint32_t *ret_error_mask,
			const char *arg)
{
	const char *items = strchr(arg, ',');
	struct sfam_diag diag;
	int r = 0;

	memset(ret, 0, sizeof(*ret));
	if (items) {
		items++;
		r = sfam_can_filters_parse(ret, items, strlen(items), &diag);
	}
	if (r < 0) {
		diag.offset += (size_t)(items - arg);
		return cli_bad_text(arg, r, &diag);
	}
	*ret_error_mask = ret->error_mask & CAN_ERR_MASK;
	add_overruns(ret, items ? items : "");
	return 0;
}

#define FRAME_BYTES 768		/* of a buffer, for a classic or FD frame */

/*
 * Frames for which a socket with -r would have room; 0: as many as a ring has
 * by default.
 */
static size_t ring_frames(int rcvbuf)
{
	return rcvbuf ? (size_t)rcvbuf * 2 / FRAME_BYTES + 1 : 0;
}

#define NO_RING (-1)		/* and a socket will do */

/* 0, NO_RING, or CLI_FAILED. */
static int open_ring(const struct dump *d, struct source *s, int index,
		     const struct sfam_can_filters *filters)
{
	int r;

	if (d->opts->engine == CAN_DUMP_RAW)
		return NO_RING;
	r = sfam_can_ring_new(&s->ring, index, ring_frames(d->opts->rcvbuf),
			      filters);
	if (r == 0)
		return 0;
	if (d->opts->engine == CAN_DUMP_AUTO)
		return NO_RING;
	if (r == -EPERM)
		return cli_error("%s: a ring needs CAP_NET_RAW; try: as root, "
				 "or --engine raw", s->from.name);
	if (r == -ENETDOWN)
		return cli_error("%s: interface is down", s->from.name);
	return cli_bad_call(s->from.name, r);
}

/* Returns for how many classic frames that is. */
static int set_rcvbuf(int fd, int bytes)
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
	return got / FRAME_BYTES;
}

/* XL where an interface can have it, FD always. */
static int set_options(const struct dump *d, struct source *s, int index)
{
	uint32_t on = SFAM_CAN_OPT_FD | SFAM_CAN_OPT_TIME |
		      SFAM_CAN_OPT_DROPS | d->opts->options;
	int r = sfam_can_set_options(s->fd, on, 0);

	s->batch = BATCH;
	if (r < 0)
		return cli_bad_call(s->from.name, r);
	if ((index == 0 || can_cli_mtu(s->fd, s->from.name) > (int)CANFD_MTU) &&
	    sfam_can_set_options(s->fd, SFAM_CAN_OPT_XL, 0) == 0)
		s->batch = BATCH_XL;
	s->receiver = sfam_can_receiver_new(s->batch, s->batch == BATCH_XL ?
					    SFAM_CAN_OPT_XL : 0);
	return s->receiver ? 0 : cli_bad_call(s->from.name, -ENOMEM);
}

/* All is set before bind, so nothing unwanted is ever queued. */
static int open_socket(const struct dump *d, struct source *s,
		       const struct sfam_addr *addr, int index,
		       const struct sfam_can_filters *filters)
{
	int r;

	s->fd = cli_open(addr, SFAM_OPEN_SOCKET, NULL);
	if (s->fd < 0)
		return CLI_FAILED;
	s->info_fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 0);
	if (s->info_fd < 0)
		return cli_bad_call(s->from.name, -errno);
	r = sfam_can_filters_set(s->fd, filters);
	if (r < 0)
		return cli_bad_call(s->from.name, r);
	r = set_options(d, s, index);
	if (r)
		return r;
	r = d->opts->rcvbuf ? set_rcvbuf(s->fd, d->opts->rcvbuf) :
			      (int)sfam_can_set_room(s->fd, ROOM);
	if (r < 0)
		return cli_bad_call(s->from.name, r);
	s->room = (size_t)r;
	if (bind(s->fd, sfam_addr_sockaddr(addr), addr->len) < 0)
		return cli_bad_call(s->from.name, -errno);
	return 0;
}

static int open_source(struct dump *d, struct source *s, char *arg)
{
	const size_t name_len = strcspn(arg, ",");
	struct sfam_can_filters filters;
	struct sfam_addr addr;
	int index;
	int r;

	s->fd = s->info_fd = -1;
	s->from.name = arg;
	r = can_cli_addr(arg, name_len, &addr, &index);
	if (r == 0)
		r = read_filters(&filters, &s->error_mask, arg);
	if (r)
		return r;
	arg[name_len] = '\0';
	can_dump_widen(d->out, name_len);
	r = open_ring(d, s, index, &filters);
	return r == NO_RING ? open_socket(d, s, &addr, index, &filters) : r;
}

/* ----------------------------------------------------------- receive -- */

static int receive_failed(const struct dump *d, const struct source *s,
			  int error)
{
	if (stop.stopped)
		return 1;
	if (error == -ENETDOWN) {
		cli_error("%s: interface is down", s->from.name);
		if (d->opts->stays)
			return 0;
	} else if (error == -ENODEV) {
		cli_error("%s: interface is gone", s->from.name);
	} else {
		cli_bad_call(s->from.name, error);
	}
	return -1;
}

static ssize_t receive(struct source *s, const struct sfam_can_record **rec,
		       int64_t timeout_ns)
{
	return s->ring ? sfam_can_ring_receive(s->ring, rec, timeout_ns) :
			 sfam_can_receive(s->fd, s->receiver, rec, timeout_ns);
}

static int show(struct dump *d, struct source *s,
		const struct sfam_can_record *rec)
{
	int r = can_dump_record(d->out, &s->from, rec);

	return r == 0 && d->count && --d->count == 0 ? 1 : r;
}

/* One that nobody asked for came for what it says of overruns. */
static int print_error(struct dump *d, struct source *s,
		       const struct sfam_can_record *rec, uint32_t id)
{
	const unsigned int is_overrun = (rec->flags & SFAM_CAN_RX_OVERRUN) != 0;
	int r = 0;

	s->from.overruns += is_overrun;
	/* One that is shown says so itself, as to candump. */
	if (id & s->error_mask)
		return show(d, s, rec);
	if (rec->drops)
		r = can_dump_drops(d->out, &s->from, rec->drops);
	if (r == 0 && is_overrun)
		r = can_dump_overrun(d->out, &s->from, rec);
	return r;
}

/* As drain(). */
static int print(struct dump *d, struct source *s,
		 const struct sfam_can_record *rec, ssize_t n)
{
	const struct sfam_can_record *const end = rec + n;
	uint32_t id;
	int r = 0;

	for (; rec < end && r == 0; rec++) {
		id = *(const uint32_t *)rec->frame;
		s->from.drops += rec->drops;
		r = id & CAN_ERR_FLAG ? print_error(d, s, rec, id) :
					show(d, s, rec);
	}
	return r;
}

/* There is nothing more for now: what was lost behind the last frame. */
static int print_drops(struct dump *d, struct source *s)
{
	uint32_t drops = 0;
	int r = s->ring ? sfam_can_ring_drops(s->ring, &drops) :
			  sfam_can_receiver_drops(s->info_fd, s->receiver,
						  &drops);

	/* A kernel that cannot tell has told with the frames. */
	if (r < 0 || drops == 0)
		return 0;
	s->from.drops += drops;
	return can_dump_drops(d->out, &s->from, drops);
}

/*
 * A socket that had few frames since it was empty last was not full between.
 * A fifth of them fit that are XL, so this is said with a margin.
 */
static int may_have_dropped(const struct source *s, size_t received)
{
	return s->ring || received >= s->room / 10;
}

/*
 * Receives within timeout_ns, prints that and what else is there. Returns 1
 * at the end (-n, a signal), 0, or -1 after an error was printed.
 */
static int drain(struct dump *d, struct source *s, int64_t timeout_ns)
{
	const struct sfam_can_record *rec;
	size_t received = 0;
	ssize_t n;
	int r;

	for (;;) {
		n = receive(s, &rec, timeout_ns);
		if (n == -ETIMEDOUT)
			break;
		if (n < 0)
			return receive_failed(d, s, (int)n);
		received += (size_t)n;
		r = n ? print(d, s, rec, n) : 1;
		if (r != 0)
			return r;
		/* Of a socket, fewer than a batch were all. */
		if (!s->ring && (size_t)n < s->batch)
			break;
		timeout_ns = 0;
	}
	r = may_have_dropped(s, received) ? print_drops(d, s) : 0;
	return r ? r : n == -ETIMEDOUT && timeout_ns > 0;
}

/* At the end: what came before it, and waits in a ring for its block. */
static int take_rest(struct dump *d)
{
	const int64_t end_ns = can_bus_real_ns();
	const struct sfam_can_record *rec;
	struct source *s;
	ssize_t n;
	int r = 0;

	for (s = d->sources; s < d->sources + d->n_sources; s++) {
		if (!s->ring)
			continue;
		while (r == 0 && sfam_can_ring_pending(s->ring)) {
			n = receive(s, &rec, SFAM_FOREVER);
			if (n < 0 || (n > 0 && rec[0].time_ns > end_ns))
				break;
			r = print(d, s, rec, n);
		}
	}
	return r < 0 ? CLI_FAILED : CLI_OK;
}

/* One source: the receive itself is what waits. */
static int receive_one(struct dump *d)
{
	int64_t timeout_ns = d->opts->timeout_ms < 0 ? SFAM_FOREVER :
			     (int64_t)d->opts->timeout_ms * 1000000;
	int r;

	do {
		r = drain(d, d->sources, timeout_ns);
		if (can_dump_flush(d->out) < 0)
			r = -1;
	} while (r == 0);
	return r < 0 ? CLI_FAILED : CLI_OK;
}

static int poll_fd(const struct source *s)
{
	return s->ring ? sfam_can_ring_poll_fd(s->ring) : s->fd;
}

/* The signals that came are one. */
static int take_hangup(struct dump *d)
{
	struct signalfd_siginfo info;

	while (read(d->hangup_fd, &info, sizeof(info)) == sizeof(info))
		continue;
	return can_dump_reopen(d->out);
}

/* polls has room for one more than the sources. */
static int receive_many(struct dump *d, struct pollfd *polls)
{
	size_t i, n = d->n_sources;
	int r = 0;

	for (i = 0; i < n; i++)
		polls[i] = (struct pollfd){ poll_fd(&d->sources[i]), POLLIN,
					    0 };
	polls[n] = (struct pollfd){ d->hangup_fd, POLLIN, 0 };
	while (r == 0) {
		r = poll(polls, n + 1, d->opts->timeout_ms);
		if (r < 0 && errno != EINTR)
			return cli_bad_call("poll", -errno);
		if (r == 0)
			return CLI_OK;
		for (i = 0, r = 0; i < n && r == 0; i++)
			if (polls[i].revents || stop.stopped)
				r = drain(d, &d->sources[i], 0);
		if (can_dump_flush(d->out) < 0)
			r = -1;
		else if (r == 0 && polls[n].revents)
			r = take_hangup(d);
	}
	return r < 0 ? CLI_FAILED : CLI_OK;
}

static void report_losses(struct dump *d)
{
	struct source *s;

	for (s = d->sources; s < d->sources + d->n_sources; s++) {
		print_drops(d, s);
		if (s->from.drops)
			cli_error("%s: %llu frame%s lost: the %s was full; "
				  "try: -r BYTES", s->from.name,
				  (unsigned long long)s->from.drops,
				  s->from.drops > 1 ? "s" : "",
				  s->ring ? "ring" : "socket");
		if (s->from.overruns)
			cli_error("%s: the controller lost frames %llu "
				  "time%s: its own buffer was full",
				  s->from.name,
				  (unsigned long long)s->from.overruns,
				  s->from.overruns > 1 ? "s" : "");
	}
}

static void close_sources(struct dump *d)
{
	struct sfam_can_ring *ring;
	struct source *s;

	for (s = d->sources; s < d->sources + d->n_sources; s++) {
		ring = s->ring;
		s->ring = NULL;		/* for on_signal() */
		sfam_can_ring_free(ring);
		sfam_can_receiver_free(s->receiver);
		if (s->fd >= 0)
			close(s->fd);
		if (s->info_fd >= 0)
			close(s->info_fd);
	}
}

static int receive_all(struct dump *d, char **args, int n)
{
	struct pollfd *polls = calloc((size_t)n + 1, sizeof(*polls));
	int status = polls ? CLI_OK : cli_bad_call("dump", -ENOMEM);
	int i;

	for (i = 0; status == CLI_OK && i < n; i++) {
		status = open_source(d, &d->sources[i], args[i]);
		d->n_sources++;
	}
	if (status == CLI_OK)
		status = catch_signals(d);
	if (status == CLI_OK && can_dump_begin(d->out) < 0)
		status = CLI_FAILED;
	if (status == CLI_OK) {
		status = n == 1 && d->hangup_fd < 0 ? receive_one(d) :
						      receive_many(d, polls);
		if (status == CLI_OK && !(d->opts->count && d->count == 0))
			status = take_rest(d);
		report_losses(d);
		if (can_dump_flush(d->out) < 0)
			status = CLI_FAILED;
	}
	close_sources(d);
	free(polls);
	return status;
}

int can_dump_receive(const struct can_dump_opts *opts,
		     struct can_dump_out *out, char **args, int n)
{
	struct dump d = {
		.opts = opts,
		.out = out,
		.count = opts->count,
		.hangup_fd = -1,
	};
	int status;

	d.sources = calloc((size_t)n, sizeof(*d.sources));
	if (!d.sources)
		return cli_bad_call("dump", -ENOMEM);
	status = receive_all(&d, args, n);
	free(d.sources);
	if (d.hangup_fd >= 0)
		close(d.hangup_fd);
	return status;
}
