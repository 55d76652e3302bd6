/* SPDX-License-Identifier: MIT */
/* What comes out of rings, in both modes. */
#include "test-ring.h"

static int64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* ------------------------------------------------------------ records -- */

START_TEST(one_record_in_both_modes)
{
	struct sfam_packet_ring_opts ro = SFAM_PACKET_RING_OPTS_INIT;
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	union test_frame sent;
	struct sockaddr_ll ll;
	uint16_t tpid, tci;
	unsigned int b0;
	int64_t before;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	ck_assert_ok(sfam_interface_index("b0", &b0));
	fill_frame(&sent, OUR_TYPE, 7);
	for (EACH_MODE(mode)) {
		ro.mode = mode;	/* and the sizes that nobody asked for */
		ring = must_ring(ON_B0, NULL, &ro);
		before = clock_ns();
		send_numbers(tx, 7, 1);
		p = must_next(ring);
		ck_assert_uint_eq(p.len, FRAME_LEN);
		ck_assert_uint_eq(p.orig_len, FRAME_LEN);
		ck_assert_mem_eq(p.data, &sent, FRAME_LEN);
		ck_assert_int_ge(sfam_packet_time_ns(&p), before);
		ck_assert_int_le(sfam_packet_time_ns(&p), clock_ns());
		ck_assert_int_eq(sfam_packet_vlan(&p, &tpid, &tci), 0);
		ll = from_of(&p);
		ck_assert_int_eq(ll.sll_ifindex, (int)b0);
		ck_assert_uint_eq(ll.sll_protocol, htons(OUR_TYPE));
		ck_assert_uint_eq(ll.sll_pkttype, PACKET_BROADCAST);
		ck_assert_uint_eq(ll.sll_halen, ETH_ALEN);
		ck_assert_mem_eq(ll.sll_addr, sent.at.eth.h_source, ETH_ALEN);
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

START_TEST(cooked)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet_ring_opts ro;
	struct sfam_packet p;
	union test_frame sent;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	fill_frame(&sent, OUR_TYPE, 7);
	for (EACH_MODE(mode)) {
		ro = small_ring(mode);
		ring = must_ring(ON_B0 ",type=dgram", NULL, &ro);
		send_numbers(tx, 7, 1);
		p = must_next(ring);
		ck_assert_uint_eq(p.len, FRAME_LEN - ETH_HLEN);
		ck_assert_mem_eq(p.data, sent.bytes + ETH_HLEN, p.len);
		ck_assert_uint_eq(from_of(&p).sll_protocol, htons(OUR_TYPE));
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

START_TEST(snap_length)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, 20);
		send_numbers(tx, 7, 1);
		p = must_next(ring);
		ck_assert_uint_eq(p.len, 20);
		ck_assert_uint_eq(p.orig_len, FRAME_LEN);
		ck_assert_uint_eq(number_of(&p), 7);
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

/* Whole to the last byte, at every length. */
START_TEST(every_length)
{
	static uint8_t sent[ETH_HLEN + 1500];
	struct iovec iov = { sent, ETH_HLEN };
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	size_t i;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i * 7 + 1);
	sent[12] = OUR_TYPE >> 8;
	sent[13] = OUR_TYPE & 0xff;
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, sizeof(sent));
		for (i = ETH_HLEN + 1; i <= sizeof(sent); i += 43) {
			iov.iov_len = i;
			ck_assert_int_eq(sfam_packet_send(tx, &iov, 1, NULL,
							  0), 1);
			p = must_next(ring);
			ck_assert_uint_eq(p.len, i);
			ck_assert_mem_eq(p.data, sent, i);
		}
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

/* No interface here stamps; the kernel may have yet to begin with it. */
START_TEST(whose_time)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_ring_opts ro;
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int64_t before;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	o.flags = SFAM_PACKET_HWTIME;
	for (EACH_MODE(mode)) {
		ro = small_ring(mode);
		ring = must_ring(ON_B0, &o, &ro);
		do {
			before = clock_ns();
			send_numbers(tx, 1, 1);
			p = must_next(ring);
		} while (!(sfam_packet_status(&p) & SFAM_PACKET_SWTIME_VALID));
		ck_assert_uint_eq(sfam_packet_status(&p) &
				  SFAM_PACKET_HWTIME_VALID, 0);
		ck_assert_int_ge(sfam_packet_time_ns(&p), before);
		ck_assert_int_le(sfam_packet_time_ns(&p), clock_ns());
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

static void expect_tag(struct sfam_packet_ring *ring, int tx, uint16_t tpid)
{
	union test_frame sent;
	struct sfam_packet p;
	uint16_t got_tpid, tci;

	send_tagged(tx, sent.bytes, tpid);
	p = must_next(ring);
	ck_assert_uint_eq(p.len, FRAME_LEN - 4);
	ck_assert_int_eq(sfam_packet_vlan(&p, &got_tpid, &tci), 1);
	ck_assert_uint_eq(got_tpid, tpid);
	ck_assert_uint_eq(tci, TEST_TCI);
	ck_assert_int_eq(sfam_packet_restore_vlan(&p), 1);
	ck_assert_uint_eq(p.len, FRAME_LEN);
	ck_assert_mem_eq(p.data, sent.bytes, FRAME_LEN);
	ck_assert_int_eq(sfam_packet_vlan(&p, &got_tpid, &tci), 0);
	ck_assert_uint_eq(from_of(&p).sll_halen, ETH_ALEN);
}

START_TEST(vlan)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:b0", mode, 0);
		expect_tag(ring, tx, ETH_P_8021Q);
		expect_tag(ring, tx, ETH_P_8021AD);
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

/* ---------------------------------------------------------------- order -- */

/* The reader may be so far behind without a loss. */
#define BEHIND_MAX 1000

/* Takes one batch; the timeout is 0 where there need not be one yet. */
static uint32_t take_numbers(struct sfam_packet_ring *ring, uint32_t next,
			     int64_t timeout_ns)
{
	struct sfam_packet_batch batch;
	struct sfam_packet p;
	ssize_t n = sfam_packet_ring_take(ring, &batch, timeout_ns);

	if (timeout_ns == 0 && n == -ETIMEDOUT)
		return next;
	ck_assert_int_gt(n, 0);
	ck_assert_uint_eq(batch.left, (size_t)n);
	while (sfam_packet_batch_next(&batch, &p)) {
		ck_assert_uint_eq(number_of(&p), next++);
		n--;
	}
	ck_assert_int_eq(n, 0);
	return next;
}

/* Many times around the ring, each packet once, and in order. */
START_TEST(around_the_ring)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	uint32_t sent, got;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, 200);
		for (sent = got = 0; sent < 30000; ) {
			send_numbers(tx, sent, 1 + sent % 97);
			sent += 1 + sent % 97;
			got = take_numbers(ring, got, 0);
			while (sent - got > BEHIND_MAX)
				got = take_numbers(ring, got, SFAM_FOREVER);
		}
		while (got < sent)
			got = take_numbers(ring, got, SFAM_FOREVER);
		ck_assert_uint_eq(got, sent);
		ck_assert_uint_eq(stats_of(ring).seen, sent);
		ck_assert_uint_eq(stats_of(ring).dropped, 0);
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

/* What next has left of a batch is the first that take gives. */
START_TEST(next_and_take)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet_batch batch;
	struct sfam_packet p;
	uint32_t i;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (EACH_MODE(mode)) {
		ring = ours_on("packet:a0", mode, 200);
		ck_assert_err(sfam_packet_ring_next(ring, &p, 0), ETIMEDOUT);
		ck_assert_err(sfam_packet_ring_take(ring, &batch, MS),
			      ETIMEDOUT);
		send_numbers(tx, 0, 10);
		p = must_next(ring);
		ck_assert_uint_eq(number_of(&p), 0);
		p = must_next(ring);
		ck_assert_uint_eq(number_of(&p), 1);
		for (i = 2; i < 10; )
			i = take_numbers(ring, i, SFAM_FOREVER);
		ck_assert_err(sfam_packet_ring_take(ring, &batch, 0),
			      ETIMEDOUT);
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

/* ---------------------------------------------------------- accounting -- */

#define MEMBERS_MAX 3

struct reader {
	struct sfam_packet_ring *ring;
	uint64_t received;
	int64_t last;		/* number; one by one they only grow */
};

/* A batch, if there is one now. */
static void read_some(struct reader *r)
{
	struct sfam_packet_batch batch;
	struct sfam_packet p;
	ssize_t n = sfam_packet_ring_take(r->ring, &batch, 0);

	if (n == -ETIMEDOUT)
		return;
	ck_assert_int_gt(n, 0);
	for (; sfam_packet_batch_next(&batch, &p); r->received++) {
		ck_assert_int_gt(number_of(&p), r->last);
		r->last = number_of(&p);
	}
}

static uint64_t dropped_of(struct reader *readers, size_t n)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += stats_of(readers[i].ring).dropped;
	return sum;
}

/* Reads nothing before some are lost, and then too slowly. */
static void read_slowly(struct reader *readers, size_t n, pid_t sender)
{
	const struct timespec nap = { 0, 200000 };
	int status = 0;
	size_t i;

	while (dropped_of(readers, n) == 0)
		nanosleep(&nap, NULL);
	while (waitpid(sender, &status, WNOHANG) == 0) {
		for (i = 0; i < n; i++)
			read_some(&readers[i]);
		nanosleep(&nap, NULL);
	}
	ck_assert_int_eq(status, 0);
}

/* What the kernel says is in the ring comes, and then no more does. */
static void read_rest(struct reader *r)
{
	struct sfam_packet_stats s = stats_of(r->ring);
	struct sfam_packet_batch batch;

	while (r->received + s.dropped < s.seen)
		read_some(r);
	ck_assert_uint_eq(r->received + s.dropped, s.seen);
	ck_assert_err(sfam_packet_ring_take(r->ring, &batch, 0), ETIMEDOUT);
}

static void account(enum sfam_packet_mode mode, size_t n,
		    struct sfam_packet_fanout *fanout)
{
	struct sfam_packet_ring_opts ro = small_ring(mode);
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct reader readers[MEMBERS_MAX] = { { .received = 0 } };
	struct sfam_packet_stats s;
	uint64_t received = 0, dropped = 0, freezes = 0;
	size_t i;

	o.filter = &our_filter;
	o.snap_len = 200;
	o.fanout = fanout;
	for (i = 0; i < n; i++) {
		readers[i].ring = must_ring("packet:a0", &o, &ro);
		readers[i].last = -1;
		if (fanout && i == 0) {
			fanout->id = (uint16_t)sfam_packet_fanout_id(
				sfam_packet_ring_fd(readers[0].ring));
			fanout->flags = 0;
		}
	}
	read_slowly(readers, n, send_in_child(packets()));
	for (i = 0; i < n; i++) {
		read_rest(&readers[i]);
		s = stats_of(readers[i].ring);
		received += readers[i].received;
		dropped += s.dropped;
		freezes += s.freezes;
		sfam_packet_ring_free(readers[i].ring);
	}
	ck_assert_uint_eq(received + dropped, packets());
	ck_assert_uint_gt(dropped, 0);
	ck_assert_uint_gt(received, 0);
	ck_assert_int_eq(freezes > 0, mode == SFAM_PACKET_THROUGHPUT);
}

START_TEST(nothing_lost_uncounted)
{
	enum sfam_packet_mode mode;

	links_up();
	for (EACH_MODE(mode))
		account(mode, 1, NULL);
}
END_TEST

START_TEST(nothing_lost_in_a_fanout)
{
	struct sfam_packet_fanout f = {
		.mode = PACKET_FANOUT_LB,
		.flags = PACKET_FANOUT_FLAG_UNIQUEID,
	};

	links_up();
	account(SFAM_PACKET_THROUGHPUT, MEMBERS_MAX, &f);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ one_record_in_both_modes, "netns" },
		{ cooked, "netns" },
		{ snap_length, "netns" },
		{ every_length, "netns" },
		{ whose_time, "netns" },
		{ vlan, "netns" },
		{ around_the_ring, "netns" },
		{ next_and_take, "netns" },
		{ nothing_lost_uncounted, "netns" },
		{ nothing_lost_in_a_fanout, "netns" },
	};

	return harness_run("ring", tests, HARNESS_LEN(tests));
}
