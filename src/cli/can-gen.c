/* SPDX-License-Identifier: MIT */
/* sockfam can gen: frames that are made up. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "can-gen-frame.h"
#include "can-screen.h"
#include "can-sender.h"
#include "pace.h"

#define GAP_NS INT64_C(200000000)
#define XL_MTU_MIN ((int)SFAM_CANXL_HDR + 64)	/* CANXL_MIN_MTU */

struct generate {
	struct gen gen;
	struct can_sender sender;
	int64_t gap_ns;		/* 0: none */
	uint64_t burst;		/* all, without a gap */
	uint64_t left;		/* of -n */
	int64_t timeout_ns;	/* -p; -1: none */
	int skips_full;		/* -i */
	uint64_t priority;	/* -P */
	uint32_t options_off;
	int shows;		/* -v */
	struct can_screen screen;
};

/* --------------------------------------------------------------- signals -- */

static volatile sig_atomic_t stopped;

static void on_signal(int signo)
{
	(void)signo;
	stopped = 1;
}

/* What was ignored from the start (nohup, a job of sh) stays so. */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction sa = { .sa_handler = on_signal };
	struct sigaction old;
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
}

/* --------------------------------------------------------------- sending -- */

static int show(struct generate *g, const void *frame, size_t size)
{
	int r = can_screen_print(&g->screen, g->sender.name, frame, size);

	return r < 0 ? cli_bad_call(g->sender.name, r) : CLI_OK;
}

static int put_one(struct generate *g)
{
	void *frame = can_sender_space(&g->sender);
	ssize_t n;

	if (!frame)
		return CLI_FAILED;
	n = gen_next(&g->gen, frame);
	if (n < 0)
		return cli_bad_call(g->sender.name, (int)n);
	g->left--;
	if (g->shows && show(g, frame, (size_t)n) != CLI_OK)
		return CLI_FAILED;
	return can_sender_add(&g->sender, (size_t)n);
}

static int flush(struct generate *g)
{
	if (fflush(stdout) != 0)
		return cli_bad_call("stdout", -errno);
	return can_sender_flush(&g->sender);
}

/* A signal between the look at it and the sleep is seen after that long. */
#define NAP_NS INT64_C(100000000)

static void sleep_until(int64_t until_ns)
{
	int64_t now;

	while (!stopped && (now = pace_now()) < until_ns)
		pace_sleep(until_ns - now > NAP_NS ? now + NAP_NS : until_ns);
}

static int send_burst(struct generate *g)
{
	uint64_t i;
	int status = CLI_OK;

	for (i = 0; i < g->burst && g->left && !stopped && status == CLI_OK;
	     i++)
		status = put_one(g);
	return status == CLI_OK ? flush(g) : status;
}

static int send_all(struct generate *g)
{
	int64_t due_ns = pace_now();
	int status = send_burst(g);

	while (status == CLI_OK && g->left && !stopped) {
		due_ns += g->gap_ns;
		sleep_until(due_ns);
		status = send_burst(g);
	}
	return status;
}

static void tell(const struct can_sender *s)
{
	fprintf(stderr, "%" PRIu64 " frames sent\n", s->sent);
	if (s->skipped)
		fprintf(stderr, "%" PRIu64 " left out: the queue was full\n",
			s->skipped);
}

/* --------------------------------------------------------------- opening -- */

/* What the interface takes is mixed. */
static void set_mixable(struct generate *g)
{
	int mtu = can_cli_mtu(g->sender.fd, g->sender.name);

	if (mtu >= (int)CANFD_MTU)
		g->gen.mixable |= SFAM_CAN_FD;
	if (mtu >= XL_MTU_MIN)
		g->gen.mixable |= SFAM_CAN_XL;
}

static int set_up(struct generate *g)
{
	int r;

	set_mixable(g);
	g->sender.timeout_ns = g->timeout_ns;
	g->sender.skips_full = g->skips_full;
	g->sender.stopped = &stopped;
	if (getrandom(&g->gen.random, sizeof(g->gen.random), 0) < 0)
		return cli_bad_call("getrandom", -errno);
	g->gen.random |= 1;
	r = sfam_option_set_int(g->sender.fd, SOL_SOCKET, SO_PRIORITY,
				(int)g->priority);
	if (r < 0)
		return cli_bad_call("-P", r);
	/* A queue that is never full is not what -i is to count. */
	return g->skips_full ? CLI_OK : can_sender_hold_back(&g->sender);
}

static int generate(struct generate *g, const char *ifname)
{
	int status = can_sender_open(&g->sender, ifname, g->options_off);

	if (status != CLI_OK)
		return status;
	catch_signals();
	status = set_up(g);
	if (status == CLI_OK)
		status = send_all(g);
	if (status == CLI_OK)
		tell(&g->sender);
	can_sender_close(&g->sender);
	return status;
}

/* --------------------------------------------------------------- options -- */

static int read_ms(const char *text, int64_t *ret_ns)
{
	int r = cli_seconds(text, ret_ns);

	*ret_ns /= r < 0 ? 1 : 1000;
	return r;
}

/* Those with a value: 0, or -1 where it is none. */
static int read_value(struct generate *g, int o, const char *text)
{
	switch (o) {
	case 'I':
		return gen_read_id(&g->gen.id, text);
	case 'L':
		return gen_read_len(&g->gen.len, text);
	case 'D':
		return gen_read_data(&g->gen, text);
	case 'F':
		return gen_read_byte(&g->gen.xl_flags, text);
	case 'S':
		return gen_read_byte(&g->gen.sdt, text);
	case 'A':
		return gen_read_word(&g->gen.af, text);
	case 'V':
		return gen_read_byte(&g->gen.vcid, text);
	case 'g':
		return read_ms(text, &g->gap_ns);
	case 'p':
		return read_ms(text, &g->timeout_ns);
	case 'c':
		return cli_number(text, 1, UINT64_MAX, &g->burst);
	case 'n':
		return cli_number(text, 1, UINT64_MAX, &g->left);
	default:
		return cli_number(text, 0, INT32_MAX, &g->priority);
	}
}

static void set_flag(struct generate *g, int o)
{
	static const char letters[] = "efbEXR";
	static const uint32_t flags[] = {
		SFAM_CAN_EXT, SFAM_CAN_FD, SFAM_CAN_FD | SFAM_CAN_BRS,
		SFAM_CAN_FD | SFAM_CAN_ESI, SFAM_CAN_XL, SFAM_CAN_RTR,
	};
	const char *p = strchr(letters, o);

	if (p)
		g->gen.flags |= flags[p - letters];
	else if (o == '8')
		g->gen.has_raw_dlc = 1;
	else if (o == 'm')
		g->gen.mixes = 1;
	else if (o == 'i')
		g->skips_full = 1;
	else if (o == 'x')
		g->options_off = SFAM_CAN_OPT_LOOPBACK;
	else
		g->shows = 1;
}

static int read_options(const struct cli_verb *self, struct generate *g,
			int argc, char **argv)
{
	static const char letters[] = "+:g:c:n:efbEXR8mI:L:D:F:S:A:V:ip:P:xv";
	const char *why;
	int o;

	while ((o = cli_getopt(self, argc, argv, letters)) != -1) {
		if (o == '?')
			return CLI_USAGE;
		if (!strchr("gcnILDFSAVpP", o))
			set_flag(g, o);
		else if (read_value(g, o, optarg) < 0)
			return cli_usage(self, "-%c does not take %s", o,
					 optarg);
	}
	if (g->gap_ns == 0)
		g->burst = UINT64_MAX;
	why = gen_check(&g->gen);
	if (why)
		return cli_usage(self, "%s", why);
	if (g->skips_full && g->timeout_ns >= 0)
		return cli_usage(self, "-i does not wait for what -p says");
	return argc - optind == 1 ? CLI_OK :
				    cli_usage(self, "onto which interface?");
}

int can_gen_run(const struct cli_verb *self, int argc, char **argv)
{
	struct generate *g = calloc(1, sizeof(*g));
	int status;

	if (!g)
		return cli_bad_call("can gen", -ENOMEM);
	g->gap_ns = GAP_NS;
	g->burst = 1;
	g->left = UINT64_MAX;
	g->timeout_ns = -1;
	status = read_options(self, g, argc, argv);
	if (status == CLI_OK)
		status = generate(g, argv[optind]);
	free(g);
	return status;
}
