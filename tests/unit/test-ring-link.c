/* SPDX-License-Identifier: MIT */
/* What ends the wait on a ring besides packets. */
#include <poll.h>
#include <pthread.h>
#include <sys/syscall.h>

#include "test-ring.h"

/* No packets, but this happened. */
static void expect_event(struct sfam_packet_ring *ring, uint32_t event)
{
	struct sfam_packet_batch batch;

	ck_assert_int_eq(sfam_packet_ring_take(ring, &batch, SFAM_FOREVER), 0);
	ck_assert_uint_eq(sfam_packet_ring_events(ring), event);
	ck_assert_uint_eq(sfam_packet_ring_events(ring), 0);
}

static void expect_nothing(struct sfam_packet_ring *ring)
{
	struct sfam_packet_batch batch;

	ck_assert_err(sfam_packet_ring_take(ring, &batch, 0), ETIMEDOUT);
	ck_assert_uint_eq(sfam_packet_ring_events(ring), 0);
}

/* ------------------------------------------------------------ wake-ups -- */

static void *wake(void *ring)
{
	sfam_packet_ring_wake(ring);
	return NULL;
}

START_TEST(wake_ups)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	pthread_t thread;
	int i;

	links_up();
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, 200);
		for (i = 0; i < 100; i++) {
			ck_assert_int_eq(pthread_create(&thread, NULL, wake,
							ring), 0);
			expect_event(ring, SFAM_PACKET_EVENT_WOKEN);
			pthread_join(thread, NULL);
			expect_nothing(ring);
		}
		/* In advance, and several at once. */
		sfam_packet_ring_wake(ring);
		sfam_packet_ring_wake(ring);
		expect_event(ring, SFAM_PACKET_EVENT_WOKEN);
		expect_nothing(ring);
		sfam_packet_ring_free(ring);
	}
}
END_TEST

/* Also where there are always packets. */
START_TEST(wake_up_among_packets)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, 200);
		send_numbers(tx, 0, 1);
		p = must_next(ring);
		send_numbers(tx, 1, 2000);
		sfam_packet_ring_wake(ring);
		expect_event(ring, SFAM_PACKET_EVENT_WOKEN);
		p = must_next(ring);
		ck_assert_uint_eq(number_of(&p), 1);
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

static int is_readable(const struct sfam_packet_ring *ring, int timeout_ms)
{
	struct pollfd p = {
		.fd = sfam_packet_ring_poll_fd(ring),
		.events = POLLIN,
	};

	ck_assert_int_ge(poll(&p, 1, timeout_ms), 0);
	return p.revents != 0;
}

/* News of a link that say nothing may make it readable once more. */
static void expect_unreadable(struct sfam_packet_ring *ring)
{
	while (is_readable(ring, 0))
		expect_nothing(ring);
}

START_TEST(poll_loop)
{
	struct sfam_packet_ring *ring;
	struct sfam_packet_batch batch;
	enum sfam_packet_mode mode;
	ssize_t n;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, 200);
		expect_unreadable(ring);
		send_numbers(tx, 0, 1);
		do {
			ck_assert(is_readable(ring, -1));
			n = sfam_packet_ring_take(ring, &batch, 0);
		} while (n == -ETIMEDOUT);
		ck_assert_int_eq(n, 1);
		expect_nothing(ring);
		expect_unreadable(ring);
		sfam_packet_ring_wake(ring);
		ck_assert(is_readable(ring, -1));
		expect_event(ring, SFAM_PACKET_EVENT_WOKEN);
		expect_unreadable(ring);
		link_set_up("a0", 0);
		ck_assert(is_readable(ring, -1));
		expect_event(ring, SFAM_PACKET_EVENT_DOWN);
		expect_nothing(ring);
		expect_unreadable(ring);
		sfam_packet_ring_free(ring);
		link_set_up("a0", 1);
	}
	close(tx);
}
END_TEST

/* ----------------------------------------------------------- interface -- */

/* The library's ppoll(). */
static int polls;

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
	  const sigset_t *mask)
{
	struct timespec left = { 0, 0 };

	polls++;
	if (timeout)
		left = *timeout;	/* the system call changes it */
	return (int)syscall(SYS_ppoll, fds, n, timeout ? &left : NULL, mask,
			    sizeof(uint64_t));
}

/* It waits; more than once only for news of links that say nothing. */
static void expect_rest(struct sfam_packet_ring *ring)
{
	struct sfam_packet_batch batch;

	polls = 0;
	ck_assert_err(sfam_packet_ring_take(ring, &batch, 40 * MS),
		      ETIMEDOUT);
	ck_assert_int_ge(polls, 1);
	ck_assert_int_le(polls, 50);
}

START_TEST(down_and_up)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int tx, i;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, 200);
		for (i = 0; i < 3; i++) {
			link_set_up("a0", 0);
			expect_event(ring, SFAM_PACKET_EVENT_DOWN);
			expect_rest(ring);
			link_set_up("a0", 1);
			expect_event(ring, SFAM_PACKET_EVENT_UP);
			expect_rest(ring);
		}
		/* In between nobody looked; the socket's error tells. */
		link_set_up("a0", 0);
		link_set_up("a0", 1);
		expect_event(ring, SFAM_PACKET_EVENT_DOWN |
				   SFAM_PACKET_EVENT_UP);
		expect_rest(ring);
		send_numbers(tx, 5, 1);
		p = must_next(ring);
		ck_assert_uint_eq(number_of(&p), 5);
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

START_TEST(renamed)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, 200);
		/* Up as it is, since 6.3; before that it was refused. */
		run("ip link set a0 down && ip link set a0 name c0 && "
		    "ip link set c0 up");
		expect_event(ring, SFAM_PACKET_EVENT_RENAMED |
				   SFAM_PACKET_EVENT_DOWN |
				   SFAM_PACKET_EVENT_UP);
		send_numbers(tx, 5, 1);
		p = must_next(ring);
		ck_assert_uint_eq(number_of(&p), 5);
		run("ip link set c0 down");
		expect_event(ring, SFAM_PACKET_EVENT_DOWN);
		run("ip link set c0 name a0");
		expect_event(ring, SFAM_PACKET_EVENT_RENAMED);
		expect_rest(ring);
		run("ip link set a0 up");
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

/* Of another interface nothing is told. */
START_TEST(others_change)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;

	links_up();
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, 200);
		link_add_pair("x0", "y0");
		link_set_up("x0", 0);
		link_del("x0");
		expect_rest(ring);
		sfam_packet_ring_free(ring);
	}
}
END_TEST

/*
 * In throughput mode the last block is not yet due when a0 goes; 8000 are
 * more than the ring holds.
 */
START_TEST(deleted)
{
	static const uint32_t counts[] = { 0, 1, 500, 8000 };
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_ring_opts ro;
	struct sfam_packet_ring *ring;
	struct sfam_packet_stats s;
	enum sfam_packet_mode mode;
	size_t i;
	int tx;

	for (EACH_MODE(mode)) {
		for (i = 0; i < HARNESS_LEN(counts); i++) {
			links_up();
			tx = must_open(FROM_A0, NULL);
			ro = small_ring(mode);
			ro.retire_ns = 500 * MS;
			o.filter = &our_filter;
			o.snap_len = 200;
			ring = must_ring("packet:a0", &o, &ro);
			send_numbers(tx, 0, counts[i]);
			s = stats_of(ring);
			ck_assert_uint_eq(s.seen, counts[i]);
			link_del("a0");
			expect_end(ring, (uint32_t)(s.seen - s.dropped));
			sfam_packet_ring_free(ring);
			close(tx);
		}
	}
}
END_TEST

/* The kernel says nothing of this to the socket. */
START_TEST(deleted_while_down)
{
	struct sfam_packet_ring *ring;
	struct sfam_packet_batch batch;
	enum sfam_packet_mode mode;

	for (EACH_MODE(mode)) {
		links_up();
		ring = ours_on("packet:a0", mode, 200);
		link_set_up("a0", 0);
		expect_event(ring, SFAM_PACKET_EVENT_DOWN);
		link_del("a0");
		ck_assert_err(sfam_packet_ring_take(ring, &batch,
						    SFAM_FOREVER), ENODEV);
		sfam_packet_ring_free(ring);
	}
}
END_TEST

START_TEST(moved_away)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	char command[64];
	pid_t pid;

	for (EACH_MODE(mode)) {
		links_up();
		ring = ours_on("packet:a0", mode, 200);
		pid = start_elsewhere();
		snprintf(command, sizeof(command), "ip link set a0 netns %d",
			 pid);
		run(command);
		expect_end(ring, 0);
		sfam_packet_ring_free(ring);
		link_del("b0");
		ck_assert_int_eq(kill(pid, SIGKILL), 0);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	}
}
END_TEST

START_TEST(down_from_the_start)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_ring *ring = NULL;
	struct sfam_packet_ring_opts ro;
	struct sfam_addr addr;
	enum sfam_packet_mode mode;

	links_up();
	for (EACH_MODE(mode)) {
		link_set_up("b0", 0);
		addr = addr_of(ON_B0);
		ro = small_ring(mode);
		o.flags = 0;
		ck_assert_err(sfam_packet_ring_new(&ring, &addr, &o, &ro),
			      ENETDOWN);
		ck_assert_ptr_null(ring);
		o.flags = SFAM_PACKET_DOWN_OK;
		ck_assert_ok(sfam_packet_ring_new(&ring, &addr, &o, &ro));
		expect_rest(ring);
		link_set_up("b0", 1);
		expect_event(ring, SFAM_PACKET_EVENT_UP);
		ring = sfam_packet_ring_free(ring);
	}
}
END_TEST

/* One that takes all interfaces stays when one goes. */
START_TEST(all_interfaces)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int tx;

	for (EACH_MODE(mode)) {
		links_up();
		ring = ours_on("packet:", mode, 200);
		tx = must_open(FROM_A0, NULL);
		send_numbers(tx, 9, 1);
		p = must_next(ring);
		ck_assert_uint_eq(number_of(&p), 9);
		p = must_next(ring);	/* on b0 */
		ck_assert_uint_eq(number_of(&p), 9);
		link_del("a0");
		expect_rest(ring);
		close(tx);
		sfam_packet_ring_wake(ring);
		expect_event(ring, SFAM_PACKET_EVENT_WOKEN);
		sfam_packet_ring_free(ring);
	}
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ wake_ups, "netns" },
		{ wake_up_among_packets, "netns" },
		{ poll_loop, "netns" },
		{ down_and_up, "netns" },
		{ renamed, "netns" },
		{ others_change, "netns" },
		{ deleted, "netns" },
		{ deleted_while_down, "netns" },
		{ moved_away, "netns" },
		{ down_from_the_start, "netns" },
		{ all_interfaces, "netns" },
	};

	return harness_run("ring-link", tests, HARNESS_LEN(tests));
}
