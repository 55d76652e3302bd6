/* SPDX-License-Identifier: MIT */
/* CAN frames from a log, and made up, by programs; nobody listens. */
#include "bus.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "bench.h"

#define LOG "bench-log"
#define PLAY_MAX 0.65		/* sockfam can play to canplayer */
/*
 * sockfam can gen to cangen -g 0, where nearly all is the kernel's part:
 * sendmmsg(2) alone is 0.94 of cangen with fixed values (bench send).
 */
#define GEN_MAX 0.95
#define GEN_FIXED_MAX 1.0

/* In the arguments. */
static char count[24];

/* All are due at the first, or soon. */
static void write_log(size_t n)
{
	FILE *f = fopen(LOG, "w");
	size_t i;

	if (!f)
		die(LOG);
	for (i = 0; i < n; i++)
		fprintf(f, "(1700000000.%06zu) %s %03zX#%016zX\n",
			i * 900000 / n, config.ifname, i & 0x7FF,
			i * 0x9E3779B97F4A7C15);
	if (fclose(f) != 0)
		die(LOG);
}

/* Each frame is sent, or the row is worth nothing. */
static int64_t run(const void *arg, size_t n)
{
	const char *const *argv = arg;
	unsigned long sent = count_sent();
	int64_t cost;

	write_log(n);
	snprintf(count, sizeof(count), "%zu", n);
	cost = reap(start_program(argv, "/dev/null"), argv[0]);
	errno = 0;
	if (count_sent() - sent != n)
		die("frames sent");
	return cost;
}

/* The difference of 2n and n frames, without start and end. */
static double measure(const char *const *argv)
{
	int64_t cost;

	if (!have_program(argv[0]))
		return NONE;
	cost = least_of_runs(run, argv, config.frames);
	cost = least_of_runs(run, argv, 2 * config.frames) - cost;
	return (double)cost / (double)config.frames;
}

static void show(const char *item, const char *const *argv,
		 const char *const *peer, double max)
{
	const struct row row = { item, NONE, measure(argv), measure(peer) };

	show_row(&row);
	set_limit(item, "ours/peer", row.ours / row.peer, max);
}

void bench_play(void)
{
	const char *const play[] = {
		config.sockfam, "can", "play", "-I", LOG, "-t", NULL
	};
	const char *const canplayer[] = {
		"canplayer", "-I", LOG, "-t", NULL
	};

	show_heading("CAN frames of a log, per frame, nobody listens; peer: "
		     "canplayer");
	show("can play -t", play, canplayer, PLAY_MAX);
	unlink(LOG);
}

void bench_gen(void)
{
	const char *const gen[] = {
		config.sockfam, "can", "gen", "-g", "0", "-n", count,
		config.ifname, NULL
	};
	const char *const cangen[] = {
		"cangen", "-g", "0", "-n", count, config.ifname, NULL
	};
	const char *const fixed[] = {
		config.sockfam, "can", "gen", "-g", "0", "-n", count, "-I",
		"123", "-L", "8", "-D", "1122334455667788", config.ifname, NULL
	};
	const char *const cangen_fixed[] = {
		"cangen", "-g", "0", "-n", count, "-I", "123", "-L", "8", "-D",
		"1122334455667788", config.ifname, NULL
	};

	show_heading("CAN frames made up, per frame, nobody listens; peer: "
		     "cangen");
	show("can gen -g 0", gen, cangen, GEN_MAX);
	show("can gen -g 0 of fixed values", fixed, cangen_fixed,
	     GEN_FIXED_MAX);
	unlink(LOG);
}
