/* SPDX-License-Identifier: MIT */
/* bench [-i IF] [-n FRAMES] [-s SOCKFAM]: the table and its limits. */
#include "bench.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMITS_MAX 256

struct limit {
	char item[48];
	char what[24];
	double value;
	double max;
};

struct config config = { "vcan0", 10000, "sockfam" };

static struct limit limits[LIMITS_MAX];
static size_t n_limits;

void die(const char *what)
{
	fflush(stdout);
	fprintf(stderr, "bench: %s: %s\n", what,
		errno ? strerror(errno) : "not as it should be");
	exit(1);
}

static void show_number(double v, int width, int digits)
{
	if (isnan(v))
		printf(" %*s", width, "-");
	else
		printf(" %*.*f", width, digits, v);
}

void show_heading(const char *text)
{
	printf("\n# %s\n%-34s %7s %7s %7s %10s %9s\n", text, "item",
	       "floor", "ours", "peer", "ours/floor", "ours/peer");
	fflush(stdout);
}

void show_row(const struct row *row)
{
	printf("%-34s", row->item);
	show_number(row->floor, 7, 0);
	show_number(row->ours, 7, 0);
	show_number(row->peer, 7, 0);
	show_number(row->ours / row->floor, 10, 3);
	show_number(row->ours / row->peer, 9, 3);
	printf("\n");
	fflush(stdout);
}

void set_limit(const char *item, const char *what, double value, double max)
{
	struct limit *l = &limits[n_limits];

	errno = 0;
	if (n_limits++ == LIMITS_MAX)
		die("too many limits");
	snprintf(l->item, sizeof(l->item), "%s", item);
	snprintf(l->what, sizeof(l->what), "%s", what);
	l->value = value;
	l->max = max;
}

/* Returns 1 if one is broken. SFAM_BENCH_LIMITS=no: they are not looked at. */
static int check_limits(void)
{
	const char *env = getenv("SFAM_BENCH_LIMITS");
	int off = env && strcmp(env, "no") == 0;
	int passed = 0, failed = 0, skipped = 0;
	const struct limit *l;
	const char *verdict;

	printf("\n# limits\n");
	for (l = limits; l < limits + n_limits; l++) {
		if (off || isnan(l->value)) {
			verdict = "SKIP";
			skipped++;
		} else if (l->value <= l->max) {
			verdict = "PASS";
			passed++;
		} else {
			verdict = "FAIL";
			failed++;
		}
		printf("%s %-34s %-10s %8.3f (at most %g)\n", verdict,
		       l->item, l->what, l->value, l->max);
	}
	printf("bench: %d passed, %d failed, %d skipped\n", passed, failed,
	       skipped);
	return failed > 0;
}

static void usage(void)
{
	fprintf(stderr, "usage: bench [-i IF] [-n FRAMES] [-s SOCKFAM] "
			"[text|addr|receive|send|play|gen|packet|"
			"packet-send|stream|relay|echo|fdpass|tipc|alg]...\n");
	exit(2);
}

static const struct part {
	const char *name;
	void (*run)(void);
} parts[] = {
	{ "text", bench_text },
	{ "addr", bench_addr },
	{ "receive", bench_receive },
	{ "send", bench_send },
	{ "play", bench_play },
	{ "gen", bench_gen },
	{ "packet", bench_packet },
	{ "packet-send", bench_packet_send },
	{ "stream", bench_stream },
	{ "relay", bench_relay },
	{ "echo", bench_echo },
	{ "fdpass", bench_fdpass },
	{ "tipc", bench_tipc },
	{ "alg", bench_alg },
};

static int is_wanted(const char *name, char **names)
{
	if (!*names)
		return 1;
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	sigset_t set;
	size_t i;
	int c;

	while ((c = getopt(argc, argv, "i:n:s:")) != -1) {
		if (c == 'i')
			config.ifname = optarg;
		else if (c == 'n')
			config.frames = strtoul(optarg, NULL, 10);
		else if (c == 's')
			config.sockfam = optarg;
		else
			usage();
	}
	if (config.frames == 0)
		usage();
	/* reap() waits for it. */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	printf("# instructions per item, user and kernel together\n");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (is_wanted(parts[i].name, argv + optind))
			parts[i].run();
	return check_limits();
}
