/* SPDX-License-Identifier: MIT */
/* sockfam packet stats: how many packets come, and how many are lost. */
#include <errno.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "packet-cli.h"
#include "progress.h"

#define SECOND INT64_C(1000000000)
#define SNAP 64			/* only the lengths are looked at */

struct counts {
	uint64_t packets, bytes, drops;
};

struct meter {
	struct packet_sources sources;
	struct counts counts[PACKET_SOURCES_MAX];
	uint64_t told_drops[PACKET_SOURCES_MAX];
	int64_t interval_ns;
	uint64_t times;		/* 0: for ever */
	int as_json;
	int status;
};

static void count_batch(struct counts *c, struct sfam_packet_batch *batch)
{
	struct sfam_packet p;

	while (sfam_packet_batch_next(batch, &p)) {
		if (packet_is_twin(sfam_packet_from(&p)))
			continue;
		c->packets++;
		c->bytes += p.orig_len;
	}
}

static void count_source(struct meter *m, size_t i)
{
	struct packet_source *src = &m->sources.list[i];
	struct sfam_packet_batch batch;
	ssize_t n;

	while ((n = sfam_packet_ring_take(src->ring, &batch, 0)) >= 0) {
		if (n == 0)
			sfam_packet_ring_events(src->ring);
		else
			count_batch(&m->counts[i], &batch);
	}
	if (n == -ETIMEDOUT)
		return;
	m->status = n == -ENODEV ?
		    cli_error("%s: the interface has gone", src->name) :
		    cli_bad_call(src->name, (int)n);
	src->ring = sfam_packet_ring_free(src->ring);
	m->sources.alive--;
}

static void tell_source(struct meter *m, size_t i)
{
	struct packet_source *src = &m->sources.list[i];
	const double seconds = (double)m->interval_ns / (double)SECOND;
	struct counts *c = &m->counts[i];
	struct sfam_packet_stats stats;
	struct json j = JSON_INIT(stdout);

	if (sfam_packet_ring_stats(src->ring, &stats) == 0) {
		c->drops = stats.dropped - m->told_drops[i];
		m->told_drops[i] = stats.dropped;
	}
	if (m->as_json) {
		json_object(&j, NULL);
		json_text(&j, "interface", src->name);
		json_int(&j, "interval_ns", m->interval_ns);
		json_uint(&j, "packets", c->packets);
		json_uint(&j, "bytes", c->bytes);
		json_uint(&j, "dropped", c->drops);
		json_end(&j);
	} else {
		printf("%-15s %12.0f packets/s %15.0f bytes/s %10" PRIu64
		       " dropped\n", src->name, (double)c->packets / seconds,
		       (double)c->bytes / seconds, c->drops);
	}
	memset(c, 0, sizeof(*c));
}

/* 0 at a signal. */
static int wait_until(int64_t at_ns, int signals)
{
	struct pollfd p = { .fd = signals, .events = POLLIN };
	int64_t left;

	do {
		left = (at_ns - progress_now_ns() + 999999) / 1000000;
		if (poll(&p, 1, left > 0 ? (int)left : 0) > 0)
			return 0;
	} while (left > 0);
	return 1;
}

static void measure(struct meter *m, int signals)
{
	/* A tenth of the interval, or 50 ms: no ring fills in that time. */
	int64_t step = m->interval_ns / 10, next = progress_now_ns(), at = next;
	uint64_t told = 0;
	size_t i;

	if (step > SECOND / 20)
		step = SECOND / 20;
	next += m->interval_ns;
	while (m->sources.alive && (!m->times || told < m->times)) {
		at = at + step < next ? at + step : next;
		if (!wait_until(at, signals))
			return;
		for (i = 0; i < m->sources.n; i++)
			if (m->sources.list[i].ring)
				count_source(m, i);
		if (at < next)
			continue;
		for (i = 0; i < m->sources.n; i++)
			if (m->sources.list[i].ring)
				tell_source(m, i);
		if (fflush(stdout) == EOF) {
			m->status = CLI_FAILED;
			return;
		}
		told++;
		next += m->interval_ns;
	}
}

int packet_stats_run(const struct cli_verb *self, int argc, char **argv)
{
	struct packet_source_opts opts = {
		.flags = SFAM_PACKET_DOWN_OK,
		.snap_len = SNAP,
	};
	struct meter m = { .interval_ns = SECOND, .status = CLI_OK };
	int c, signals;

	while ((c = cli_getopt_long(self, argc, argv, "+:i:c:", cli_json)) !=
	       -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 'j')
			m.as_json = 1;
		else if (c == 'i' && (cli_seconds(optarg, &m.interval_ns) < 0 ||
				      m.interval_ns < SECOND / 100))
			return cli_usage(self, "-i %s: want seconds, 0.01 or "
					 "more", optarg);
		else if (c == 'c' &&
			 cli_number(optarg, 1, UINT64_MAX, &m.times) < 0)
			return cli_usage(self, "-c %s: want 1 or more", optarg);
	}
	if (argc == optind)
		return cli_usage(self, "which interface? any: all of them");
	opts.filter = argv + optind + 1;
	opts.n_filter = argc - optind - 1;
	signals = cli_signal_fd();
	if (signals < 0)
		return CLI_FAILED;
	if (packet_sources_open(&m.sources, argv[optind], &opts) == CLI_OK)
		measure(&m, signals);
	else
		m.status = CLI_FAILED;
	packet_sources_close(&m.sources);
	close(signals);
	return m.status;
}
