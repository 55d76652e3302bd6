/* SPDX-License-Identifier: MIT */
/*
 * sockfam can cyclic: the kernel sends frames by itself, for as long as this
 * holds the socket.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "can-bcm.h"

struct frame {
	char at[CANFD_MTU] __attribute__((aligned(8)));
};

/* Frames of one kind. */
struct set {
	struct frame *frames;
	struct iovec *iov;
	size_t n, max;
	uint32_t flags;		/* SFAM_BCM_FD or 0 */
};

struct cyclic {
	char name[IFNAMSIZ];
	int fd;
	struct set set;		/* as it began */
	struct set other;	/* the last line of stdin */
	int64_t interval_ns;
	int64_t then_ns;	/* -t, or 0 */
	uint64_t count;		/* -n, or 0 */
	struct sfam_bcm_task task;
	struct sfam_bcm_chain chain;	/* instead, for more frames */
	int64_t next_ns;	/* when its next part is due; 0: it runs */
	uint64_t left;		/* of count, in a chain */
	int reads;		/* -u, and stdin has not ended */
	int was_bad;		/* a line of it */
	char line[32768];
	size_t line_len;
};

/* ------------------------------------------------------------ frames -- */

static int set_init(struct set *s, size_t max)
{
	s->max = max;
	s->frames = calloc(max, sizeof(*s->frames));
	s->iov = calloc(max, sizeof(*s->iov));
	return s->frames && s->iov ? CLI_OK : cli_bad_call("cyclic", -ENOMEM);
}

static void set_done(struct set *s)
{
	free(s->frames);
	free(s->iov);
}

static int set_add(struct set *s, const char *text)
{
	char frame[SFAM_CANXL_MTU] __attribute__((aligned(8)));
	struct sfam_diag diag;
	ssize_t n = sfam_can_text_parse(frame, sizeof(frame), text,
					strlen(text), 0, &diag);
	uint32_t flags = n == CANFD_MTU ? SFAM_BCM_FD : 0;

	if (n < 0)
		return cli_bad_text(text, (int)n, &diag);
	if (frame[4] & 0x80)
		return cli_error("%s: the kernel sends no CAN XL by itself",
				 text);
	if (s->n > 0 && flags != s->flags)
		return cli_error("%s: frames of one cycle are all classic or "
				 "all FD", text);
	s->flags = flags;
	memcpy(&s->frames[s->n], frame, (size_t)n);
	s->iov[s->n].iov_base = &s->frames[s->n];
	s->iov[s->n++].iov_len = (size_t)n;
	return CLI_OK;
}

/* The kernel would leave out, without a word, what cannot be sent. */
static int check_interface(const struct cyclic *c)
{
	const int want = c->set.flags & SFAM_BCM_FD ? CANFD_MTU : CAN_MTU;
	int mtu = can_cli_mtu(c->fd, c->name);
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	memcpy(ifr.ifr_name, c->name, IFNAMSIZ);
	if (ioctl(c->fd, SIOCGIFFLAGS, &ifr) < 0)
		return cli_bad_call(c->name, -errno);
	if (!(ifr.ifr_flags & IFF_UP))
		return can_bcm_failed(c->name, -ENETDOWN);
	if (mtu > 0 && mtu < want)
		return cli_error("%s: its MTU of %d takes no such frame; try: "
				 "ip link set %s mtu %d", c->name, mtu,
				 c->name, want);
	return CLI_OK;
}

/* ------------------------------------------------------------- cycle -- */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int is_chain(const struct cyclic *c)
{
	return c->set.n > SFAM_BCM_FRAMES_MAX;
}

static uint32_t first_id(const struct cyclic *c)
{
	uint32_t id;

	memcpy(&id, c->set.frames, sizeof(id));
	return id;
}

/* A part has gone. 1: it was the last. */
static int part_done(struct cyclic *c)
{
	c->next_ns = now_ns() + c->interval_ns;
	return c->count && c->left == 0;
}

/* 0, 1 at the end, or -errno. */
static int next_part(struct cyclic *c)
{
	size_t most = c->left < SFAM_BCM_FRAMES_MAX ? (size_t)c->left :
		      SFAM_BCM_FRAMES_MAX;
	ssize_t n = sfam_bcm_chain_next(c->fd, &c->chain, most);

	if (n < 0)
		return (int)n;
	c->next_ns = 0;
	if (c->count)
		c->left -= (uint64_t)n;
	return n == 1 ? part_done(c) : 0;
}

static int start_chain(struct cyclic *c)
{
	c->chain = (struct sfam_bcm_chain){
		.id = first_id(c),
		.flags = c->set.flags,
		.frames = c->set.iov,
		.n = c->set.n,
		.interval_ns = c->interval_ns,
	};
	c->left = c->count;
	return next_part(c);
}

static int start_task(struct cyclic *c)
{
	struct sfam_bcm_task *t = &c->task;
	int ends = c->count && c->then_ns == 0;
	int r;

	*t = (struct sfam_bcm_task)SFAM_BCM_TASK_INIT;
	t->id = first_id(c);
	t->flags = c->set.flags;
	t->frames = c->set.iov;
	t->n = c->set.n;
	t->count = (uint32_t)c->count;
	t->first_ns = c->count ? c->interval_ns : 0;
	t->then_ns = c->count ? c->then_ns : c->interval_ns;
	if (ends && c->count > 1)
		t->flags |= SFAM_BCM_TELL_SENT;
	r = sfam_bcm_task_start(c->fd, t);
	return r == 0 && ends && c->count == 1 ? 1 : r;
}

/* What was told: that a part, or all, has gone. 0, 1 at the end, -errno. */
static int take_event(struct cyclic *c)
{
	struct sfam_bcm_event event;
	int r = sfam_bcm_recv(c->fd, &event, NULL, 0, 0);

	if (r < 0)
		return r == -ETIMEDOUT ? 0 : r;
	return is_chain(c) ? part_done(c) : 1;
}

/* ------------------------------------------------------------- stdin -- */

/* Reads a line of frames, as many as there are and of their kind. */
static int read_line(struct cyclic *c, char *line)
{
	char *p, *save = NULL;

	c->other.n = 0;
	for (p = strtok_r(line, " \t\r", &save); p;
	     p = strtok_r(NULL, " \t\r", &save)) {
		if (c->other.n == c->set.n)
			return cli_error("%s: more than the %zu frames of the "
					 "cycle", p, c->set.n);
		if (set_add(&c->other, p) != CLI_OK)
			return CLI_FAILED;
		if (c->other.flags != c->set.flags)
			return cli_error("%s: frames of one cycle are all "
					 "classic or all FD", p);
	}
	if (c->other.n < c->set.n)
		return cli_error("a line of %zu frames; the cycle has %zu",
				 c->other.n, c->set.n);
	return CLI_OK;
}

/* A bad line is told and changes nothing. 0 or -errno. */
static int take_line(struct cyclic *c, char *line)
{
	if (read_line(c, line) != CLI_OK) {
		c->was_bad = 1;
		return 0;
	}
	c->task.frames = c->other.iov;
	return sfam_bcm_task_change(c->fd, &c->task);
}

/* What is there, line by line. 0 or -errno. */
static int take_stdin(struct cyclic *c)
{
	ssize_t n = read(STDIN_FILENO, c->line + c->line_len,
			 sizeof(c->line) - c->line_len);
	char *start = c->line, *end;
	int r = 0;

	if (n <= 0) {
		c->reads = 0;
		return n < 0 ? -errno : 0;
	}
	c->line_len += (size_t)n;
	while (r == 0 && (end = memchr(start, '\n', c->line_len)) != NULL) {
		*end++ = '\0';
		c->line_len -= (size_t)(end - start);
		r = take_line(c, start);
		start = end;
	}
	memmove(c->line, start, c->line_len);
	return c->line_len == sizeof(c->line) ? -EMSGSIZE : r;
}

/* -------------------------------------------------------------- main -- */

/* Until the next part of a chain is due. */
static const struct timespec *time_left(const struct cyclic *c,
					struct timespec *ts)
{
	int64_t left;

	if (c->next_ns == 0)
		return NULL;
	left = c->next_ns - now_ns();
	if (left < 0)
		left = 0;
	ts->tv_sec = (time_t)(left / 1000000000);
	ts->tv_nsec = (long)(left % 1000000000);
	return ts;
}

/* 0, 1 at the end or after a signal, or -errno. */
static int wait_once(struct cyclic *c, int signals)
{
	struct pollfd polls[] = {
		{ c->fd, POLLIN, 0 },
		{ signals, POLLIN, 0 },
		{ c->reads ? STDIN_FILENO : -1, POLLIN, 0 },
	};
	struct timespec ts;
	int r = ppoll(polls, CLI_ARRAY_LEN(polls), time_left(c, &ts), NULL);

	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	if (polls[1].revents)
		return 1;
	r = polls[0].revents ? take_event(c) : 0;
	if (r == 0 && polls[2].revents)
		r = take_stdin(c);
	if (r == 0 && c->next_ns && now_ns() >= c->next_ns)
		r = next_part(c);
	return r;
}

static int run(struct cyclic *c)
{
	int signals = cli_signal_fd();
	int r = check_interface(c);

	if (signals < 0 || r != CLI_OK) {
		r = CLI_FAILED;
	} else {
		r = is_chain(c) ? start_chain(c) : start_task(c);
		while (r == 0)
			r = wait_once(c, signals);
		r = r < 0 ? can_bcm_failed(c->name, r) : CLI_OK;
	}
	if (signals >= 0)
		close(signals);
	return r == CLI_OK && c->was_bad ? CLI_FAILED : r;
}

static int read_options(const struct cli_verb *self, struct cyclic *c,
			int argc, char **argv)
{
	int o;

	while ((o = cli_getopt(self, argc, argv, "+:n:t:u")) != -1) {
		switch (o) {
		case 'n':
			if (cli_number(optarg, 1, UINT32_MAX, &c->count) < 0)
				return cli_usage(self, "-n takes a number of "
						 "frames");
			break;
		case 't':
			if (can_bcm_seconds(optarg, &c->then_ns) < 0)
				return cli_usage(self, "-t takes seconds");
			break;
		case 'u':
			c->reads = 1;
			break;
		default:
			return CLI_USAGE;
		}
	}
	if (c->then_ns && !c->count)
		return cli_usage(self, "-t comes after -n frames");
	return CLI_OK;
}

static int read_operands(const struct cli_verb *self, struct cyclic *c,
			 int argc, char **argv)
{
	size_t n = (size_t)(argc - optind - 2);
	int status, i;

	if (argc - optind < 3)
		return cli_usage(self, "which interface, how often and which "
				 "frames?");
	if (can_bcm_seconds(argv[optind + 1], &c->interval_ns) < 0)
		return cli_usage(self, "an interval is seconds, 0.000001 at "
				 "the least, not %s", argv[optind + 1]);
	if (n > SFAM_BCM_FRAMES_MAX && (c->then_ns || c->reads))
		return cli_usage(self, "-t and -u are for %d frames at most",
				 SFAM_BCM_FRAMES_MAX);
	status = set_init(&c->set, n);
	if (status == CLI_OK)
		status = set_init(&c->other, n);
	for (i = optind + 2; i < argc && status == CLI_OK; i++)
		status = set_add(&c->set, argv[i]);
	return status;
}

int can_cyclic_run(const struct cli_verb *self, int argc, char **argv)
{
	struct cyclic *c = calloc(1, sizeof(*c));
	int status;

	if (!c)
		return cli_bad_call("cyclic", -ENOMEM);
	c->fd = -1;
	status = read_options(self, c, argc, argv);
	if (status == CLI_OK)
		status = read_operands(self, c, argc, argv);
	if (status == CLI_OK) {
		c->fd = can_bcm_open(argv[optind], c->name);
		status = c->fd < 0 ? CLI_FAILED : run(c);
	}
	if (c->fd >= 0)
		close(c->fd);
	set_done(&c->set);
	set_done(&c->other);
	free(c);
	return status;
}
