/* SPDX-License-Identifier: MIT */
/*
 * sockfam can watch: a live view of what changes. The terminal is as it was
 * whenever this ends or is stopped: all signals that would do either are read
 * from a descriptor, and none can come in between.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <linux/can/error.h>

#include "can-bus.h"
#include "can-watch.h"
#include "progress.h"

#define ROWS 4096
#define BATCH 64
#define REDRAW_NS INT64_C(100000000)
#define HOLD_NS INT64_C(1000000000)	/* how long a change is shown */

#define ENTER "\033[?1049h\033[?25l"	/* other screen, no cursor */
#define LEAVE "\033[?25h\033[?1049l"

enum { FD_BUS, FD_KEYS, FD_SIGNALS, FD_COUNT };

struct watcher {
	const char *name;
	int fd;
	int signals;
	struct sfam_can_receiver *receiver;
	struct can_watch rows;
	struct sfam_can_tracker tracker;
	uint64_t drops;
	int bits;		/* bytes as bits */
	size_t top;		/* first row that is shown */
	int dirty;		/* since the last drawing */
	int ended;
	struct termios before;
	char *out;
	size_t out_size;
};

/* ---------------------------------------------------------- terminal -- */

static int enter(struct watcher *w)
{
	struct termios raw = w->before;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	w->dirty = 1;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) < 0)
		return cli_bad_call("terminal", -errno);
	return cli_write(STDOUT_FILENO, ENTER, strlen(ENTER)) < 0 ?
	       CLI_FAILED : CLI_OK;
}

static void leave(const struct watcher *w)
{
	cli_write(STDOUT_FILENO, LEAVE, strlen(LEAVE));
	tcsetattr(STDIN_FILENO, TCSANOW, &w->before);
}

/* What is seen fits: each line ends in time. */
static int draw(struct watcher *w)
{
	struct winsize size = { .ws_row = 0 };
	size_t width, height, i, shown;
	char title[256];
	char *p;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	width = size.ws_col ? size.ws_col : 80;
	height = size.ws_row ? size.ws_row : 24;
	if (w->top >= w->rows.n)
		w->top = w->rows.n ? w->rows.n - 1 : 0;
	shown = w->rows.n - w->top;
	if (shown > height - 1)
		shown = height - 1;
	if (w->out_size < (shown + 1) * CAN_WATCH_STRLEN) {
		w->out_size = (shown + 1) * CAN_WATCH_STRLEN;
		free(w->out);
		w->out = malloc(w->out_size);
		if (!w->out)
			return cli_bad_call("watch", -ENOMEM);
	}
	snprintf(title, sizeof(title), "%s  %llu frames  %zu rows from %zu  "
		 "%llu lost  %s   q quit, n notch, u all, b bits, j k rows",
		 w->name, (unsigned long long)w->rows.frames, w->rows.n,
		 w->top, (unsigned long long)(w->drops + w->rows.left_out),
		 w->tracker.state ? sfam_can_state_name(w->tracker.state) :
		 "");
	p = w->out + sprintf(w->out, "\033[H%.*s\033[K", (int)width, title);
	for (i = 0; i < shown; i++) {
		p = stpcpy(p, "\r\n");
		p += can_watch_line(p, &w->rows.rows[w->top + i], width,
				    w->bits);
		p = stpcpy(p, "\033[K");
	}
	p = stpcpy(p, "\033[J");
	w->dirty = 0;
	return cli_write(STDOUT_FILENO, w->out, (size_t)(p - w->out)) < 0 ?
	       CLI_FAILED : CLI_OK;
}

/* Stopped here, and back: with the terminal of others in between. */
static int stop(struct watcher *w)
{
	leave(w);
	kill(getpid(), SIGSTOP);
	return enter(w);
}

/* ------------------------------------------------------------ events -- */

static void read_key(struct watcher *w)
{
	char key;

	if (read(STDIN_FILENO, &key, 1) != 1) {
		w->ended = 1;
		return;
	}
	w->dirty = 1;
	if (key == 'q')
		w->ended = 1;
	else if (key == 'n')
		can_watch_notch(&w->rows);
	else if (key == 'u')
		can_watch_unnotch(&w->rows);
	else if (key == 'b')
		w->bits = !w->bits;
	else if (key == 'j')
		w->top++;
	else if (key == 'k' && w->top)
		w->top--;
}

static int read_signal(struct watcher *w)
{
	struct signalfd_siginfo info;

	if (read(w->signals, &info, sizeof(info)) != sizeof(info))
		return CLI_OK;
	switch (info.ssi_signo) {
	case SIGTSTP:
		return stop(w);
	case SIGCONT:		/* after a SIGSTOP that could not be seen */
		return enter(w);
	case SIGWINCH:
		w->dirty = 1;
		return CLI_OK;
	}
	w->ended = 1;
	return CLI_OK;
}

static int read_frames(struct watcher *w)
{
	const struct sfam_can_record *rec;
	struct sfam_can_error error;
	ssize_t n = sfam_can_receive(w->fd, w->receiver, &rec, 0);
	ssize_t i;

	for (i = 0; i < n; i++) {
		if (sfam_can_error_decode(&error, rec[i].frame,
					  rec[i].size) == 0)
			sfam_can_tracker_feed(&w->tracker, &error);
		can_watch_take(&w->rows, &rec[i]);
		w->drops += rec[i].drops;
		w->dirty = 1;
	}
	return n < 0 && n != -ETIMEDOUT ? (int)n : 0;
}

/* 0 at the end, 1 after printing, or -errno of the socket. */
static int loop(struct watcher *w)
{
	struct pollfd polls[FD_COUNT] = {
		[FD_BUS] = { w->fd, POLLIN, 0 },
		[FD_KEYS] = { STDIN_FILENO, POLLIN, 0 },
		[FD_SIGNALS] = { w->signals, POLLIN, 0 },
	};
	int64_t next_ns = progress_now_ns(), left_ns;
	int r = 0;

	while (r == 0 && !w->ended) {
		left_ns = next_ns - progress_now_ns();
		if (left_ns <= 0) {
			if (w->dirty && draw(w) != CLI_OK)
				return 1;
			/* Behind it, so that each change is drawn once. */
			w->dirty |= can_watch_expire(&w->rows,
				can_bus_real_ns() - HOLD_NS);
			next_ns = progress_now_ns() + REDRAW_NS;
			left_ns = REDRAW_NS;
		}
		if (poll(polls, FD_COUNT, (int)(left_ns / 1000000 + 1)) < 0)
			continue;
		if (polls[FD_KEYS].revents)
			read_key(w);
		if (polls[FD_SIGNALS].revents && read_signal(w) != CLI_OK)
			return 1;
		if (polls[FD_BUS].revents)
			r = read_frames(w);
	}
	return r;
}

/* -------------------------------------------------------------- main -- */

static int open_signals(void)
{
	static const int all[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
				   SIGCONT, SIGWINCH };
	sigset_t set;
	size_t i;
	int fd;

	sigemptyset(&set);
	for (i = 0; i < CLI_ARRAY_LEN(all); i++)
		sigaddset(&set, all[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		cli_bad_call("signalfd", -errno);
	return fd;
}

static int set_filters(int fd, const char *name, const char *items)
{
	static const struct can_filter all = { 0, 0 };
	struct sfam_can_filters filters;
	struct sfam_diag diag;
	int r;

	if (!items)
		return CLI_OK;
	r = sfam_can_filters_parse(&filters, items, strlen(items), &diag);
	if (r < 0)
		return cli_bad_text(items, r, &diag);
	r = sfam_can_filters_set(fd, &filters);
	/* Only #MASK, err or j. */
	if (r == 0 && filters.n == 0)
		r = sfam_can_set_filters(fd, &all, 1);
	return r < 0 ? cli_bad_call(name, r) : CLI_OK;
}

/* arg: IF[,FILTER]... All is there before the terminal is touched. */
static int open_all(struct watcher *w, char *arg)
{
	const uint32_t on = SFAM_CAN_OPT_TIME | SFAM_CAN_OPT_DROPS;
	/* Inverse of all: nothing, until the real ones are set. */
	const struct can_filter none = { CAN_INV_FILTER, 0 };
	char *items = strchr(arg, ',');
	struct sfam_can_status s;
	size_t largest;

	if (items)
		*items++ = '\0';
	w->name = arg;
	largest = can_bus_largest(arg);
	w->receiver = sfam_can_receiver_new(BATCH, largest > CANFD_MTU ?
					    SFAM_CAN_OPT_XL : 0);
	if (!w->receiver || can_watch_init(&w->rows, ROWS) < 0)
		return cli_bad_call(arg, -ENOMEM);
	w->fd = can_bus_open(arg, largest, on, items ? &none : NULL);
	if (w->fd < 0)
		return CLI_FAILED;
	if (sfam_can_get_status(arg, &s, NULL) == 0 &&
	    s.have & SFAM_CAN_HAVE_CONTROLLER)
		w->tracker.state = s.state;
	/* Without filters, its errors too: they tell the state. */
	if (!items && sfam_can_set_error_mask(w->fd, CAN_ERR_MASK) < 0)
		return cli_error("%s: no error frames", arg);
	return set_filters(w->fd, arg, items);
}

static int run(struct watcher *w)
{
	int r;

	w->signals = open_signals();
	if (w->signals < 0)
		return CLI_FAILED;
	r = enter(w);
	if (r == 0)
		r = loop(w);
	leave(w);
	close(w->signals);
	if (r < 0)
		return can_bus_receive_failed(w->name, r);
	return r ? CLI_FAILED : CLI_OK;
}

int can_watch_run(const struct cli_verb *self, int argc, char **argv)
{
	struct watcher w = { .fd = -1 };
	int status;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc - optind != 1)
		return cli_usage(self, "which interface?");
	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &w.before) < 0)
		return cli_error("can watch: stdin and stdout are no terminal; "
				 "try: sockfam can changes, or can dump");
	status = open_all(&w, argv[optind]);
	if (status == CLI_OK)
		status = run(&w);
	if (w.fd >= 0)
		close(w.fd);
	can_watch_done(&w.rows);
	sfam_can_receiver_free(w.receiver);
	free(w.out);
	return status;
}
