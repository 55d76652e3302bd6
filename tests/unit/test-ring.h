/* SPDX-License-Identifier: MIT */
/* What the tests of rings share. */
#ifndef SFAM_TEST_RING_H
#define SFAM_TEST_RING_H

#include <sched.h>
#include <time.h>

#include "test-packet.h"

/* Both modes do the same, but for the time that a packet waits. */
static const enum sfam_packet_mode modes[] = {
	SFAM_PACKET_THROUGHPUT, SFAM_PACKET_LATENCY,
};
#define EACH_MODE(mode) \
	size_t mode_i = 0; \
	mode_i < HARNESS_LEN(modes) && ((mode) = modes[mode_i], 1); mode_i++

/* With a snap length of 200: 5900 packets of ours, or 2700 slots. */
static inline struct sfam_packet_ring_opts small_ring(enum sfam_packet_mode
						      mode)
{
	struct sfam_packet_ring_opts o = SFAM_PACKET_RING_OPTS_INIT;

	o.mode = mode;
	o.bytes = 1 << 20;
	o.block_bytes = 1 << 16;
	return o;
}

static inline struct sfam_packet_ring *
must_ring(const char *text, const struct sfam_packet_opts *opts,
	  const struct sfam_packet_ring_opts *ring_opts)
{
	struct sfam_addr addr = addr_of(text);
	struct sfam_packet_ring *ring = NULL;

	ck_assert_ok(sfam_packet_ring_new(&ring, &addr, opts, ring_opts));
	return ring;
}

/* For packets of ours on an interface, also those that it sends. */
static inline struct sfam_packet_ring *ours_on(const char *text,
					       enum sfam_packet_mode mode,
					       uint32_t snap_len)
{
	struct sfam_packet_ring_opts ro = small_ring(mode);
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;

	o.filter = &our_filter;
	o.snap_len = snap_len;
	return must_ring(text, &o, &ro);
}

static inline struct sfam_packet_stats stats_of(struct sfam_packet_ring *ring)
{
	struct sfam_packet_stats s;

	ck_assert_ok(sfam_packet_ring_stats(ring, &s));
	return s;
}

/* The next packet, whatever happens otherwise. */
static inline struct sfam_packet must_next(struct sfam_packet_ring *ring)
{
	struct sfam_packet p;

	ck_assert_int_eq(sfam_packet_ring_next(ring, &p, SFAM_FOREVER), 1);
	return p;
}

/* SFAM_PACKETS: how many are sent at full speed. */
static inline uint32_t packets(void)
{
	const char *text = getenv("SFAM_PACKETS");

	return text ? (uint32_t)strtoul(text, NULL, 10) : 50000;
}

static inline pid_t send_in_child(uint32_t n)
{
	pid_t pid = fork();
	uint32_t i;
	ssize_t r;
	int fd;

	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = packet_open(FROM_A0, NULL);
	for (i = 0; i < n; i += (uint32_t)r) {
		r = send_some(fd, OUR_TYPE, i, n - i < BATCH ? n - i : BATCH);
		if (r < 0)
			_exit(1);
	}
	_exit(0);
}

static inline void run(const char *command)
{
	ck_assert_msg(system(command) == 0, "%s", command);
}

/* Its packets, an event, and then the error, again and again. */
static inline void expect_end(struct sfam_packet_ring *ring, uint32_t n)
{
	struct sfam_packet p;
	uint32_t events = 0, i = 0;
	int r;

	while ((r = sfam_packet_ring_next(ring, &p, SFAM_FOREVER)) >= 0) {
		events |= sfam_packet_ring_events(ring);
		if (r == 1)
			ck_assert_uint_eq(number_of(&p), i++);
	}
	ck_assert_err(r, ENODEV);
	ck_assert_uint_eq(i, n);
	ck_assert_uint_eq(events, SFAM_PACKET_EVENT_DOWN);
	ck_assert_err(sfam_packet_ring_next(ring, &p, SFAM_FOREVER), ENODEV);
	ck_assert_err(sfam_packet_ring_next(ring, &p, 0), ENODEV);
}

/* A process in a network namespace of its own. */
static inline pid_t start_elsewhere(void)
{
	int ready[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) == 0 && write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

#endif
