/* SPDX-License-Identifier: MIT */
/*
 * sockfam can changes: the kernel compares frames with those before, and only
 * what changed, or stays away, comes here.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "can-bcm.h"
#include "can-screen.h"
#include "json.h"

#define ITEMS_MAX (1 + SFAM_BCM_FRAMES_MAX)

struct changes {
	const char *name;	/* as given */
	int fd;
	int64_t missing_ns;	/* -m, or 0 */
	int64_t rate_ns;	/* -r, or 0 */
	uint64_t left;		/* of -n; 0: without */
	int json;
	struct can_screen screen;
};

/* A watch as its text says. */
struct watched {
	struct sfam_bcm_watch watch;
	char frames[ITEMS_MAX][CANFD_MTU] __attribute__((aligned(8)));
	struct iovec iov[ITEMS_MAX];
};

/* ----------------------------------------------------------- reading -- */

/* text is a frame, whose data is a mask. */
static int add_frame(struct watched *w, const char *what, const char *text)
{
	char frame[SFAM_CANXL_MTU] __attribute__((aligned(8)));
	size_t i = w->watch.n;
	struct sfam_diag diag;
	ssize_t n = sfam_can_text_parse(frame, sizeof(frame), text,
					strlen(text), 0, &diag);

	if (n < 0)
		return cli_bad_text(text, (int)n, &diag);
	if (frame[4] & 0x80)
		return cli_error("%s: the kernel watches no CAN XL", what);
	if (i == ITEMS_MAX)
		return cli_error("%s: more than %d values", what,
				 SFAM_BCM_FRAMES_MAX);
	memcpy(w->frames[i], frame, (size_t)n);
	w->iov[i].iov_base = w->frames[i];
	w->iov[i].iov_len = (size_t)n;
	w->watch.n++;
	return CLI_OK;
}

/* ID alone: all bits count. */
static void fill_mask(struct watched *w)
{
	size_t size = w->iov[0].iov_len;

	memset(w->frames[0] + 8, 0xff, size - 8);
}

/*
 * ID[#MASK[,VALUE]...], with ID##0 for FD: each part is a frame's text with
 * what stands before MASK in front of it.
 */
static int read_watch(struct watched *w, const char *what)
{
	const char *hash = strchr(what, '#');
	int is_fd = hash && hash[1] == '#';
	int is_bare = !hash || hash[1 + is_fd] == '\0';
	size_t head = hash ? (size_t)(hash - what) + 1u + 2u * (size_t)is_fd :
		      strlen(what);
	char text[256], copy[32768], *p, *save = NULL;
	int status = CLI_OK;

	if (strlen(what) >= sizeof(copy) || head > 16)
		return cli_error("%.20s...: expected ID, or ID#MASK", what);
	if (is_bare) {
		snprintf(text, sizeof(text), "%.*s%s", (int)strcspn(what, "#"),
			 what, is_fd ? "##0" : "#");
		status = add_frame(w, what, text);
		if (status == CLI_OK)
			fill_mask(w);
		return status;
	}
	strcpy(copy, what);
	for (p = strtok_r(copy + head, ",", &save); p && status == CLI_OK;
	     p = strtok_r(NULL, ",", &save)) {
		snprintf(text, sizeof(text), "%.*s%s", (int)head, what, p);
		status = add_frame(w, what, text);
	}
	if (status == CLI_OK && w->watch.n == 0)
		return cli_error("%s: expected a mask behind the #", what);
	return status;
}

static int start_watch(const struct changes *c, const char *what)
{
	struct watched *w = calloc(1, sizeof(*w));
	int status, r;

	if (!w)
		return cli_bad_call(what, -ENOMEM);
	w->watch = (struct sfam_bcm_watch)SFAM_BCM_WATCH_INIT;
	status = read_watch(w, what);
	if (status == CLI_OK) {
		memcpy(&w->watch.id, w->frames[0], sizeof(w->watch.id));
		w->watch.frames = w->iov;
		w->watch.flags = SFAM_BCM_LENGTH;
		if (w->iov[0].iov_len == CANFD_MTU)
			w->watch.flags |= SFAM_BCM_FD;
		w->watch.timeout_ns = c->missing_ns;
		w->watch.throttle_ns = c->rate_ns;
		r = sfam_bcm_watch_start(c->fd, &w->watch);
		if (r == -EINVAL)
			status = cli_error("%s: no identifier to watch", what);
		else if (r < 0)
			status = can_bcm_failed(c->name, r);
	}
	free(w);
	return status;
}

/* ---------------------------------------------------------- printing -- */

static void id_text(char *buf, size_t size, uint32_t id)
{
	const uint32_t bits = id & CAN_EFF_MASK;

	snprintf(buf, size, id & CAN_EFF_FLAG ? "%08X" : "%03X", bits);
}

static void name_of(const struct changes *c, int index, char *buf)
{
	if (index == 0 || !if_indextoname((unsigned int)index, buf))
		snprintf(buf, IFNAMSIZ, "%s", index ? "?" : c->name);
}

static void print_event(struct changes *c, const struct sfam_bcm_event *e,
			const char *name)
{
	char id[16];

	if (e->kind == SFAM_BCM_CHANGED) {
		can_screen_print(&c->screen, name, e->frames, e->frame_size);
		return;
	}
	id_text(id, sizeof(id), e->id);
	printf("  %*s  %s  missing\n", (int)c->screen.name_width, name, id);
}

static void json_event(const struct sfam_bcm_event *e, const char *name)
{
	struct json j = JSON_INIT(stdout);
	char text[SFAM_CAN_TEXT_STRLEN] = "", id[16];

	id_text(id, sizeof(id), e->id);
	json_object(&j, NULL);
	json_text(&j, "event", e->kind == SFAM_BCM_CHANGED ? "changed" :
		  "missing");
	json_text(&j, "interface", name);
	json_text(&j, "id", id);
	json_truth(&j, "fd", (e->flags & SFAM_BCM_FD) != 0);
	if (e->kind == SFAM_BCM_CHANGED &&
	    sfam_can_text_format(text, sizeof(text), e->frames,
				 e->frame_size) > 0) {
		json_text(&j, "frame", text);
		json_int(&j, "time_ns", e->time_ns);
	} else {
		json_null(&j, "frame");
		json_null(&j, "time_ns");
	}
	json_end(&j);
}

/* 0, 1 at the end, or -errno. */
static int take_event(struct changes *c)
{
	uint32_t buf[CANFD_MTU / sizeof(uint32_t)];
	struct sfam_bcm_event event;
	char name[IFNAMSIZ];
	int r = sfam_bcm_recv(c->fd, &event, buf, sizeof(buf), 0);

	if (r < 0)
		return r == -ETIMEDOUT ? 0 : r;
	name_of(c, event.ifindex, name);
	if (strlen(name) > c->screen.name_width)
		c->screen.name_width = strlen(name);
	if (c->json)
		json_event(&event, name);
	else
		print_event(c, &event, name);
	if (fflush(stdout) != 0)
		return errno == EPIPE ? 1 : -errno;
	return c->left && --c->left == 0;
}

/* -------------------------------------------------------------- main -- */

static int run(struct changes *c, char **items)
{
	int signals = cli_signal_fd();
	struct pollfd polls[] = {
		{ c->fd, POLLIN, 0 },
		{ signals, POLLIN, 0 },
	};
	int status = signals < 0 ? CLI_FAILED : CLI_OK;
	uint64_t drops;
	int r = 0;

	for (; *items && status == CLI_OK; items++)
		status = start_watch(c, *items);
	while (r == 0 && status == CLI_OK) {
		if (poll(polls, 2, -1) < 0 && errno != EINTR)
			r = -errno;
		else if (polls[1].revents)
			r = 1;
		else
			r = take_event(c);
	}
	if (r < 0)
		status = can_bcm_failed(c->name, r);
	drops = can_cli_drops(c->fd, 0);
	if (drops)
		cli_error("%s: %llu event%s lost: the socket was full",
			  c->name, (unsigned long long)drops,
			  drops > 1 ? "s" : "");
	if (signals >= 0)
		close(signals);
	return status;
}

static int read_option(const struct cli_verb *self, struct changes *c, int o)
{
	switch (o) {
	case 'm':
		if (can_bcm_seconds(optarg, &c->missing_ns) < 0)
			return cli_usage(self, "-m takes seconds");
		return CLI_OK;
	case 'r':
		if (can_bcm_seconds(optarg, &c->rate_ns) < 0)
			return cli_usage(self, "-r takes seconds");
		return CLI_OK;
	case 'n':
		if (cli_number(optarg, 1, UINT64_MAX, &c->left) < 0)
			return cli_usage(self, "-n takes a number of lines");
		return CLI_OK;
	case 'j':
		c->json = 1;
		return CLI_OK;
	}
	return CLI_USAGE;
}

int can_changes_run(const struct cli_verb *self, int argc, char **argv)
{
	struct changes c = { .fd = -1 };
	int status = CLI_OK;
	int o;

	while (status == CLI_OK &&
	       (o = cli_getopt_long(self, argc, argv, "+:m:r:n:",
				    cli_json)) != -1)
		status = read_option(self, &c, o);
	if (status != CLI_OK)
		return status;
	if (argc - optind < 2)
		return cli_usage(self, "which interface and which frames?");
	c.name = argv[optind];
	c.fd = can_bcm_open(c.name, NULL);
	if (c.fd < 0)
		return CLI_FAILED;
	status = sfam_can_set_options(c.fd, SFAM_CAN_OPT_TIME, 0);
	status = status < 0 ? cli_bad_call(c.name, status) :
		 run(&c, argv + optind + 1);
	close(c.fd);
	return status;
}
