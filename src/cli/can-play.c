/* SPDX-License-Identifier: MIT */
/* sockfam can play: the frames of a log onto interfaces. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "can-screen.h"
#include "can-sender.h"
#include "can-source.h"
#include "pace.h"

#define ROUTES_MAX 256

/* Where the frames of an interface in the log go. */
struct route {
	char logif[IFNAMSIZ];
	struct can_sender *sender;	/* NULL: its lines go to stdout */
};

struct play {
	struct can_source source;
	struct pace pace;
	int at_once;		/* -t */
	int64_t gap_ns;		/* -g */
	uint64_t times;		/* -l; 0: for ever */
	uint64_t left;		/* -n */
	int shows;		/* -v */
	uint32_t options_off;	/* of the sockets */
	int is_mapped;		/* IF=LOGIF: there are no other routes */
	struct route routes[ROUTES_MAX];
	size_t n_routes;
	struct can_sender *senders[ROUTES_MAX];
	size_t n_senders;
	/* The frames that wait to be sent are its. */
	struct can_sender *last;
	size_t batch_max;
	struct can_screen screen;
	uint64_t taken;		/* frames of the log, read again or not */
	uint64_t left_out;	/* they have no route */
};

/* ---------------------------------------------------------------- routes -- */

static int new_sender(struct play *p, const char *ifname,
		      struct can_sender **ret)
{
	struct can_sender *s = malloc(sizeof(*s));

	if (!s)
		return cli_bad_call(ifname, -ENOMEM);
	if (can_sender_open(s, ifname, p->options_off) != CLI_OK) {
		free(s);
		return CLI_FAILED;
	}
	p->senders[p->n_senders++] = s;
	*ret = s;
	return can_sender_hold_back(s);
}

/* Two interfaces of the log may go to one. */
static int get_sender(struct play *p, const char *ifname,
		      struct can_sender **ret)
{
	size_t i;

	for (i = 0; i < p->n_senders; i++) {
		*ret = p->senders[i];
		if (strcmp((*ret)->name, ifname) == 0)
			return CLI_OK;
	}
	return new_sender(p, ifname, ret);
}

static struct route *find_route(struct play *p, const char *logif)
{
	size_t i;

	for (i = 0; i < p->n_routes; i++)
		if (strcmp(p->routes[i].logif, logif) == 0)
			return &p->routes[i];
	return NULL;
}

static int add_route(struct play *p, const char *ifname, const char *logif)
{
	struct route *r = &p->routes[p->n_routes];

	if (p->n_routes == ROUTES_MAX)
		return cli_error("%s: more than %d interfaces", logif,
				 ROUTES_MAX);
	strncpy(r->logif, logif, sizeof(r->logif) - 1);
	if (strcmp(ifname, "stdout") != 0 &&
	    get_sender(p, ifname, &r->sender) != CLI_OK)
		return CLI_FAILED;
	p->n_routes++;
	return CLI_OK;
}

/* "vcan1=can0" */
static int add_word(const struct cli_verb *self, struct play *p, char *word)
{
	char *logif = strchr(word, '=');

	if (!logif || logif == word || !logif[1] ||
	    strlen(logif + 1) >= IFNAMSIZ)
		return cli_usage(self, "not IF=LOGIF: %s", word);
	*logif++ = '\0';
	/* canplayer would take the first, and not tell. */
	if (find_route(p, logif))
		return cli_usage(self, "%s is to go to two interfaces", logif);
	return add_route(p, word, logif);
}

/* NULL where there is none: *ret_status says if that is a failure. */
static struct route *route_of(struct play *p, const char *logif,
			      int *ret_status)
{
	struct route *r = find_route(p, logif);

	*ret_status = CLI_OK;
	if (r || p->is_mapped)
		return r;
	*ret_status = add_route(p, logif, logif);
	return *ret_status == CLI_OK ? &p->routes[p->n_routes - 1] : NULL;
}

static void close_senders(struct play *p)
{
	while (p->n_senders) {
		can_sender_close(p->senders[--p->n_senders]);
		free(p->senders[p->n_senders]);
	}
}

/* --------------------------------------------------------------- playing -- */

static int flush(struct play *p)
{
	if (fflush(stdout) != 0)
		return cli_bad_call("stdout", -errno);
	return p->last ? can_sender_flush(p->last) : CLI_OK;
}

static int wait_for(struct play *p, int64_t stamp_ns)
{
	int64_t due_ns;
	int status;

	if (p->at_once)
		stamp_ns = (int64_t)p->taken * p->gap_ns;
	if (p->at_once && p->gap_ns == 0)
		return CLI_OK;
	if (!pace_is_ahead(&p->pace, stamp_ns, &due_ns))
		return CLI_OK;
	status = flush(p);
	while (status == CLI_OK && pace_sleep(due_ns))
		;
	return status;
}

static int show(struct play *p, const struct can_sender *s,
		const struct can_source_item *item)
{
	int r = can_screen_print(&p->screen, s->name, item->frame,
				 item->size);

	return r < 0 ? cli_bad_call(p->source.name, r) : CLI_OK;
}

static int print_line(const struct play *p, const struct can_source_item *item)
{
	char line[SFAM_CAN_LOG_STRLEN];
	ssize_t n;

	if (item->line) {
		fwrite(item->line, 1, item->line_len, stdout);
		return CLI_OK;
	}
	n = sfam_can_log_format(line, sizeof(line), item->time_ns,
				item->ifname, 0, item->frame, item->size);
	if (n < 0)
		return cli_bad_call(p->source.name, (int)n);
	fwrite(line, 1, (size_t)n, stdout);
	return CLI_OK;
}

/* Frames go out in the log's order, whatever their interfaces. */
static int send_item(struct play *p, struct can_sender *s,
		     const struct can_source_item *item)
{
	void *space;

	if (p->last != s && flush(p) != CLI_OK)
		return CLI_FAILED;
	p->last = s;
	space = can_sender_space(s);
	if (!space)
		return CLI_FAILED;
	memcpy(space, item->frame, item->size);
	if (can_sender_add(s, item->size) != CLI_OK)
		return CLI_FAILED;
	if (p->shows && show(p, s, item) != CLI_OK)
		return CLI_FAILED;
	return s->n >= p->batch_max ? flush(p) : CLI_OK;
}

static int play_item(struct play *p, const struct can_source_item *item)
{
	struct route *r;
	int status;

	if (!item->frame)
		return CLI_OK;
	/* First, since time counts from the first frame on. */
	r = route_of(p, item->ifname, &status);
	if (status == CLI_OK)
		status = wait_for(p, item->time_ns);
	if (status != CLI_OK)
		return status;
	p->taken++;
	if (!r) {
		p->left_out++;
		return CLI_OK;
	}
	p->left--;
	return r->sender ? send_item(p, r->sender, item) :
			   print_line(p, item);
}

static int play_items(struct play *p)
{
	struct can_source_item item;
	int status = CLI_OK, r;

	while (status == CLI_OK && p->left &&
	       (r = can_source_read(&p->source, &item)))
		status = r < 0 ? CLI_FAILED : play_item(p, &item);
	/* What came before a failure goes out all the same. */
	if (flush(p) != CLI_OK)
		status = CLI_FAILED;
	return status;
}

static int play_once(struct play *p)
{
	int status = can_source_open(&p->source);

	if (status != CLI_OK)
		return status;
	/* What comes from elsewhere may come late: nothing waits for it. */
	p->batch_max = can_source_is_file(&p->source) ? CAN_SENDER_BATCH : 1;
	if (!p->at_once)
		p->pace.has_begun = 0;
	status = play_items(p);
	can_source_close(&p->source);
	return status;
}

static void tell(const struct play *p)
{
	uint64_t sent = 0;
	size_t i;

	for (i = 0; i < p->n_senders; i++)
		sent += p->senders[i]->sent;
	fprintf(stderr, "%" PRIu64 " frames sent\n", sent);
	if (p->left_out)
		fprintf(stderr, "%" PRIu64 " frames left out: nobody said "
			"where to\n", p->left_out);
	can_source_tell(&p->source);
}

/* A file without a frame would be read for ever. */
static int play_all(struct play *p)
{
	uint64_t i = 0, before;
	int status;

	/* The kernel lets sleeps end 50 us late else, to save power. */
	prctl(PR_SET_TIMERSLACK, 1UL);
	do {
		before = p->taken;
		status = play_once(p);
	} while (status == CLI_OK && p->left && p->taken > before &&
		 ++i != p->times);
	if (status != CLI_OK)
		return status;
	tell(p);
	return p->source.damaged ? CLI_FAILED : CLI_OK;
}

/* --------------------------------------------------------------- options -- */

static int read_times(const struct cli_verb *self, struct play *p)
{
	if (strcmp(optarg, "i") == 0)
		p->times = 0;
	else if (cli_number(optarg, 1, UINT64_MAX, &p->times) < 0)
		return cli_usage(self, "-l %s: want 1 or more, or i", optarg);
	return CLI_OK;
}

static int read_gap(const struct cli_verb *self, struct play *p)
{
	if (cli_seconds(optarg, &p->gap_ns) < 0)
		return cli_usage(self, "-g takes milliseconds, not %s",
				 optarg);
	p->gap_ns /= 1000;
	return CLI_OK;
}

static int read_option(const struct cli_verb *self, struct play *p, int o)
{
	switch (o) {
	case 'I':
		p->source.name = optarg;
		return CLI_OK;
	case 'l':
		return read_times(self, p);
	case 't':
		p->at_once = 1;
		return CLI_OK;
	case 'g':
		return read_gap(self, p);
	case 'f':
		if (pace_read_factor(optarg, &p->pace.factor) < 0)
			return cli_usage(self, "-f %s: want a number above 0",
					 optarg);
		return CLI_OK;
	case 's':
		if (cli_seconds(optarg, &p->pace.skip_ns) < 0 ||
		    p->pace.skip_ns == 0)
			return cli_usage(self, "-s takes seconds, not %s",
					 optarg);
		return CLI_OK;
	case 'n':
		if (cli_number(optarg, 1, UINT64_MAX, &p->left) < 0)
			return cli_usage(self, "-n takes a number of frames");
		return CLI_OK;
	case 'e':
		p->source.is_strict = 1;
		return CLI_OK;
	case 'x':
		p->options_off = SFAM_CAN_OPT_LOOPBACK;
		return CLI_OK;
	case 'v':
		p->shows = 1;
		return CLI_OK;
	default:
		return CLI_USAGE;
	}
}

static int read_arguments(const struct cli_verb *self, struct play *p,
			  int argc, char **argv)
{
	int o, status = CLI_OK;

	while (status == CLI_OK &&
	       (o = cli_getopt(self, argc, argv, "+:I:l:tg:f:s:n:exv")) != -1)
		status = read_option(self, p, o);
	if (status != CLI_OK)
		return status;
	if (p->times != 1 && strcmp(p->source.name, "-") == 0)
		return cli_usage(self, "-l wants a file (-I): stdin is read "
				 "once");
	p->is_mapped = optind < argc;
	for (; optind < argc && status == CLI_OK; optind++)
		status = add_word(self, p, argv[optind]);
	return status;
}

int can_play_run(const struct cli_verb *self, int argc, char **argv)
{
	struct play *p = calloc(1, sizeof(*p));
	int status;

	if (!p)
		return cli_bad_call("can play", -ENOMEM);
	p->source.name = "-";
	p->times = 1;
	p->left = UINT64_MAX;
	p->pace.factor = 1;
	p->pace.may_go_back = 1;
	status = read_arguments(self, p, argc, argv);
	if (status == CLI_OK)
		status = play_all(p);
	close_senders(p);
	free(p);
	return status;
}
