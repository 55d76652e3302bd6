/* SPDX-License-Identifier: MIT */
/*
 * The bytes of messages to and from the broadcast manager, over a pair of
 * unix sockets in its place; and what is refused before it comes to that.
 */
#include "test-can-bcm.h"

/* As linux/can/bcm.h has it, with the frames behind it. */
union message {
	struct bcm_msg_head head;
	uint8_t at[sizeof(struct bcm_msg_head) + SFAM_BCM_BUF_SIZE];
};

static union message got;
static int pair[2];

static void set_up(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
}

static void tear_down(void)
{
	close(pair[0]);
	close(pair[1]);
}

/* The message that was sent; returns the bytes of its frames. */
static size_t sent(void)
{
	ssize_t n = recv(pair[1], &got, sizeof(got), MSG_DONTWAIT);

	ck_assert_int_ge(n, (ssize_t)sizeof(got.head));
	return (size_t)n - sizeof(got.head);
}

static void expect_nothing_sent(void)
{
	ck_assert_int_eq(recv(pair[1], &got, sizeof(got), MSG_DONTWAIT), -1);
	ck_assert_int_eq(errno, EAGAIN);
}

static void expect_head(uint32_t opcode, uint32_t flags, uint32_t count,
			uint32_t id, uint32_t nframes)
{
	ck_assert_uint_eq(got.head.opcode, opcode);
	ck_assert_uint_eq(got.head.flags, flags);
	ck_assert_uint_eq(got.head.count, count);
	ck_assert_uint_eq(got.head.can_id, id);
	ck_assert_uint_eq(got.head.nframes, nframes);
}

static void expect_times(long s1, long us1, long s2, long us2)
{
	ck_assert_int_eq(got.head.ival1.tv_sec, s1);
	ck_assert_int_eq(got.head.ival1.tv_usec, us1);
	ck_assert_int_eq(got.head.ival2.tv_sec, s2);
	ck_assert_int_eq(got.head.ival2.tv_usec, us2);
}

START_TEST(tasks)
{
	struct frames f = frames_of("123#0102 124#R3");
	struct sfam_bcm_task t = task_of(0xfedcba98, &f);

	set_up();
	t.count = 7;
	t.first_ns = INT64_C(3000002000);
	t.then_ns = SFAM_BCM_MAX_NS;
	t.flags = SFAM_BCM_TELL_SENT;
	ck_assert_ok(sfam_bcm_task_start(pair[0], &t));
	ck_assert_uint_eq(t.room, 2);
	ck_assert_uint_eq(sent(), 2 * CAN_MTU);
	expect_head(TX_SETUP, SETTIMER | STARTTIMER | TX_RESET_MULTI_IDX |
		    TX_COUNTEVT, 7, 0xfedcba98, 2);
	expect_times(3, 2, 34560000, 0);
	ck_assert_mem_eq(got.head.frames, &f.at[0], CAN_MTU);
	ck_assert_mem_eq(got.head.frames + 1, &f.at[1], CAN_MTU);
	/* Neither times nor the start again; the event again. */
	t.n = 1;
	t.flags |= SFAM_BCM_NOW | SFAM_BCM_FROM_FIRST;
	ck_assert_ok(sfam_bcm_task_change(pair[0], &t));
	ck_assert_uint_eq(sent(), CAN_MTU);
	expect_head(TX_SETUP, TX_COUNTEVT | TX_ANNOUNCE | TX_RESET_MULTI_IDX,
		    7, 0xfedcba98, 1);
	ck_assert_uint_eq(t.room, 1);
	ck_assert_ok(sfam_bcm_task_ask(pair[0], &t));
	ck_assert_uint_eq(sent(), 0);
	expect_head(TX_READ, 0, 0, 0xfedcba98, 0);
	ck_assert_ok(sfam_bcm_task_stop(pair[0], &t));
	ck_assert_uint_eq(sent(), 0);
	expect_head(TX_DELETE, 0, 0, 0xfedcba98, 0);
	ck_assert_uint_eq(t.room, 0);
	tear_down();
}
END_TEST

START_TEST(tasks_of_fd_frames)
{
	struct frames f = frames_of("12345678##31122");
	struct sfam_bcm_task t = task_of(5, &f);

	set_up();
	t.then_ns = 1000;
	ck_assert_ok(sfam_bcm_task_start(pair[0], &t));
	ck_assert_uint_eq(sent(), CANFD_MTU);
	expect_head(TX_SETUP, SETTIMER | STARTTIMER | TX_RESET_MULTI_IDX |
		    CAN_FD_FRAME, 0, 5, 1);
	expect_times(0, 0, 0, 1);
	ck_assert_mem_eq(got.head.frames, &f.at[0], CANFD_MTU);
	ck_assert_ok(sfam_bcm_task_stop(pair[0], &t));
	ck_assert_uint_eq(sent(), 0);
	expect_head(TX_DELETE, CAN_FD_FRAME, 0, 5, 0);
	tear_down();
}
END_TEST

static void expect_refused(const struct sfam_bcm_task *good, int error)
{
	struct sfam_bcm_task t = *good;

	ck_assert_err(sfam_bcm_task_start(pair[0], &t), error);
	ck_assert_mem_eq(&t, good, sizeof(t));
	expect_nothing_sent();
}

START_TEST(bad_times)
{
	static const struct {
		uint32_t flags, count;
		int64_t first_ns, then_ns;
		int error;
	} cases[] = {
		{ 0, 0, 0, 0, EINVAL },
		{ 0, 0, 0, -1000, EINVAL },
		{ 0, 1, -1000, 0, EINVAL },
		{ 0, 1, INT64_MIN, 0, EINVAL },
		{ 0, 1, 0, 1000, EINVAL },
		{ 0, 0, 1000, 1000, EINVAL },
		{ 0, 0, 0, 1, ERANGE },
		{ 0, 0, 0, 1001, ERANGE },
		{ 0, 1, 999, 0, ERANGE },
		{ 0, 0, 0, SFAM_BCM_MAX_NS + 1000, ERANGE },
		{ 0, 1, INT64_MAX / 1000 * 1000, 0, ERANGE },
		{ SFAM_BCM_TELL_SENT, 0, 0, 1000, EINVAL },
		{ SFAM_BCM_TELL_SENT, 1, 1000, 0, EINVAL },
		{ SFAM_BCM_NOW, 0, 0, 1000, EINVAL },
		{ SFAM_BCM_FROM_FIRST, 0, 0, 1000, EINVAL },
		{ SFAM_BCM_LENGTH, 0, 0, 1000, EINVAL },
		{ 1u << 31, 0, 0, 1000, EINVAL },
	};
	struct frames f = frames_of("123#");
	struct sfam_bcm_task t = task_of(1, &f);
	size_t i;

	set_up();
	for (i = 0; i < HARNESS_LEN(cases); i++) {
		t.flags = cases[i].flags;
		t.count = cases[i].count;
		t.first_ns = cases[i].first_ns;
		t.then_ns = cases[i].then_ns;
		expect_refused(&t, cases[i].error);
	}
	tear_down();
}
END_TEST

START_TEST(bad_frames)
{
	struct frames f = frames_of("123#11 123#22 123##1");
	struct sfam_bcm_task t = task_of(1, &f);

	set_up();
	t.then_ns = 1000;
	expect_refused(&t, EINVAL);	/* two kinds */
	t.n = 2;
	t.flags = SFAM_BCM_FD;
	expect_refused(&t, EINVAL);
	t.flags = 0;
	f.at[1].at[4] = 9;		/* its length */
	expect_refused(&t, EINVAL);
	f.at[1].at[4] = 8;
	f.iov[1].iov_len--;
	expect_refused(&t, EINVAL);
	f.iov[1].iov_len++;
	t.n = 0;
	expect_refused(&t, EINVAL);
	t.n = 257;
	expect_refused(&t, E2BIG);
	t.n = 2;
	t.size = 4;
	expect_refused(&t, EINVAL);
	tear_down();
}
END_TEST

START_TEST(bad_changes)
{
	struct frames f = frames_of("123#11 123#22 123#33");
	struct sfam_bcm_task t = task_of(1, &f);

	set_up();
	t.n = 2;
	t.then_ns = 1000;
	ck_assert_err(sfam_bcm_task_change(pair[0], &t), ENOENT);
	ck_assert_ok(sfam_bcm_task_start(pair[0], &t));
	sent();
	t.n = 3;
	ck_assert_err(sfam_bcm_task_change(pair[0], &t), E2BIG);
	t.n = 0;
	ck_assert_err(sfam_bcm_task_change(pair[0], &t), EINVAL);
	t.n = 2;
	t.flags = SFAM_BCM_LENGTH;
	ck_assert_err(sfam_bcm_task_change(pair[0], &t), EINVAL);
	t.flags = SFAM_BCM_FD;
	ck_assert_err(sfam_bcm_task_change(pair[0], &t), EINVAL);
	ck_assert_uint_eq(t.room, 2);
	expect_nothing_sent();
	t.flags = 0;
	ck_assert_ok(sfam_bcm_task_stop(pair[0], &t));
	sent();
	ck_assert_err(sfam_bcm_task_change(pair[0], &t), ENOENT);
	expect_nothing_sent();
	tear_down();
}
END_TEST

START_TEST(watches)
{
	struct frames f = frames_of("000#FF 000#0102");
	struct sfam_bcm_watch w = SFAM_BCM_WATCH_INIT;

	set_up();
	w.id = 0x123;
	ck_assert_ok(sfam_bcm_watch_start(pair[0], &w));
	ck_assert_uint_eq(sent(), 0);
	expect_head(RX_SETUP, SETTIMER | RX_FILTER_ID, 0, 0x123, 0);
	expect_times(0, 0, 0, 0);
	w.frames = iov_of(&f);
	w.n = 2;
	w.flags = SFAM_BCM_LENGTH;
	w.throttle_ns = INT64_C(1500000000);
	ck_assert_ok(sfam_bcm_watch_start(pair[0], &w));
	ck_assert_uint_eq(sent(), 2 * CAN_MTU);
	expect_head(RX_SETUP, SETTIMER | RX_CHECK_DLC, 0, 0x123, 2);
	expect_times(0, 0, 1, 500000);
	ck_assert_mem_eq(got.head.frames + 1, &f.at[1], CAN_MTU);
	w.timeout_ns = INT64_C(2000003000);
	ck_assert_ok(sfam_bcm_watch_start(pair[0], &w));
	sent();
	expect_head(RX_SETUP, SETTIMER | RX_CHECK_DLC | STARTTIMER |
		    RX_ANNOUNCE_RESUME, 0, 0x123, 2);
	expect_times(2, 3, 1, 500000);
	w.flags = SFAM_BCM_FD;
	ck_assert_ok(sfam_bcm_watch_ask(pair[0], &w));
	ck_assert_uint_eq(sent(), 0);
	expect_head(RX_READ, CAN_FD_FRAME, 0, 0x123, 0);
	ck_assert_ok(sfam_bcm_watch_stop(pair[0], &w));
	ck_assert_uint_eq(sent(), 0);
	expect_head(RX_DELETE, CAN_FD_FRAME, 0, 0x123, 0);
	tear_down();
}
END_TEST

static void expect_watch_refused(const struct sfam_bcm_watch *w, int error)
{
	ck_assert_err(sfam_bcm_watch_start(pair[0], w), error);
	expect_nothing_sent();
}

START_TEST(bad_watches)
{
	static const uint32_t ids[] = { 0x800, CAN_ERR_FLAG | 1,
		CAN_EFF_FLAG | CAN_ERR_FLAG, CAN_RTR_FLAG | 0x800 };
	static const uint32_t good_ids[] = { 0x7ff, CAN_RTR_FLAG | 1,
		CAN_EFF_FLAG | CAN_EFF_MASK };
	struct frames f = frames_of("123#11 123##1");
	struct sfam_bcm_watch w = SFAM_BCM_WATCH_INIT;
	size_t i;

	set_up();
	for (i = 0; i < HARNESS_LEN(ids); i++) {
		w.id = ids[i];
		expect_watch_refused(&w, EINVAL);
	}
	for (i = 0; i < HARNESS_LEN(good_ids); i++) {
		w.id = good_ids[i];
		ck_assert_ok(sfam_bcm_watch_start(pair[0], &w));
		sent();
	}
	w.flags = SFAM_BCM_NOW;
	expect_watch_refused(&w, EINVAL);
	w.flags = 0;
	w.frames = iov_of(&f);
	w.n = 2;
	expect_watch_refused(&w, EINVAL);
	w.n = 1;
	w.flags = SFAM_BCM_FD;
	expect_watch_refused(&w, EINVAL);
	w.n = 258;
	expect_watch_refused(&w, E2BIG);
	w.n = 0;
	w.timeout_ns = -1;
	expect_watch_refused(&w, EINVAL);
	w.timeout_ns = 1500;
	expect_watch_refused(&w, ERANGE);
	w.timeout_ns = 0;
	w.throttle_ns = SFAM_BCM_MAX_NS + 1000;
	expect_watch_refused(&w, ERANGE);
	w.size = 1;
	expect_watch_refused(&w, EINVAL);
	ck_assert_err(sfam_bcm_watch_stop(pair[0], &w), EINVAL);
	ck_assert_err(sfam_bcm_watch_ask(pair[0], &w), EINVAL);
	tear_down();
}
END_TEST

/* The largest that there is: a mask and 256 values. */
START_TEST(full_watch)
{
	struct frames f = { .n = 0 };
	struct sfam_bcm_watch w = SFAM_BCM_WATCH_INIT;

	set_up();
	while (f.n < 257)
		frames_add(&f, "123##0FF");
	w.flags = SFAM_BCM_FD;
	w.frames = iov_of(&f);
	w.n = f.n;
	ck_assert_ok(sfam_bcm_watch_start(pair[0], &w));
	ck_assert_uint_eq(sent(), 257 * CANFD_MTU);
	ck_assert_uint_eq(got.head.nframes, 257);
	tear_down();
}
END_TEST

START_TEST(newer_structs)
{
	struct { struct sfam_bcm_task t; uint64_t tail; } t = {
		SFAM_BCM_TASK_INIT, 0 };
	struct { struct sfam_bcm_watch w; uint64_t tail; } w = {
		SFAM_BCM_WATCH_INIT, 0 };
	struct frames f = frames_of("123#");

	set_up();
	t.t = task_of(1, &f);
	t.t.then_ns = 1000;
	t.t.size = sizeof(t);
	w.w.size = sizeof(w);
	ck_assert_ok(sfam_bcm_task_start(pair[0], &t.t));
	ck_assert_ok(sfam_bcm_watch_start(pair[0], &w.w));
	sent();
	sent();
	t.tail = w.tail = 1;
	ck_assert_err(sfam_bcm_task_start(pair[0], &t.t), E2BIG);
	ck_assert_err(sfam_bcm_task_change(pair[0], &t.t), E2BIG);
	ck_assert_err(sfam_bcm_task_ask(pair[0], &t.t), E2BIG);
	ck_assert_err(sfam_bcm_task_stop(pair[0], &t.t), E2BIG);
	ck_assert_err(sfam_bcm_watch_start(pair[0], &w.w), E2BIG);
	expect_nothing_sent();
	tear_down();
}
END_TEST

/* ------------------------------------------------------------ events -- */

static void say(size_t len)
{
	ck_assert_int_eq(send(pair[1], &got, len, 0), (ssize_t)len);
}

static struct sfam_bcm_event event;
static uint32_t buf[SFAM_BCM_BUF_SIZE / 4];

static int hear(size_t size)
{
	return sfam_bcm_recv(pair[0], &event, buf, size, 0);
}

START_TEST(events)
{
	static const struct {
		uint32_t opcode;
		enum sfam_bcm_kind kind;
		uint32_t flags;
	} cases[] = {
		{ TX_EXPIRED, SFAM_BCM_SENT, SFAM_BCM_TELL_SENT },
		{ TX_STATUS, SFAM_BCM_TASK, SFAM_BCM_TELL_SENT },
		{ RX_STATUS, SFAM_BCM_WATCH, SFAM_BCM_LENGTH },
		{ RX_CHANGED, SFAM_BCM_CHANGED, SFAM_BCM_LENGTH },
		{ RX_TIMEOUT, SFAM_BCM_TIMEOUT, SFAM_BCM_LENGTH },
	};
	size_t i, n;

	set_up();
	for (i = 0; i < 2 * HARNESS_LEN(cases); i++) {
		uint32_t fd = i % 2 ? SFAM_BCM_FD : 0;
		size_t frame_size = fd ? CANFD_MTU : CAN_MTU;

		for (n = 0; n < sizeof(got); n++)
			got.at[n] = (uint8_t)n;
		got.head.opcode = cases[i / 2].opcode;
		got.head.flags = 0xfffff7ff | fd;
		got.head.count = 9;
		got.head.ival1.tv_sec = 3;
		got.head.ival1.tv_usec = 999999;
		got.head.ival2.tv_sec = 34560000;
		got.head.ival2.tv_usec = 1;
		got.head.can_id = 0x92345678;
		got.head.nframes = 257;
		say(sizeof(got.head) + 257 * frame_size);
		ck_assert_ok(hear(sizeof(buf)));
		ck_assert_int_eq(event.kind, cases[i / 2].kind);
		ck_assert_uint_eq(event.flags, cases[i / 2].flags | fd);
		ck_assert_uint_eq(event.id, 0x92345678);
		ck_assert_uint_eq(event.count, 9);
		ck_assert_int_eq(event.first_ns, INT64_C(3999999000));
		ck_assert_int_eq(event.then_ns, INT64_C(34560000000001000));
		ck_assert_uint_eq(event.n, 257);
		ck_assert_uint_eq(event.frame_size, frame_size);
		ck_assert_ptr_eq(event.frames, buf);
		ck_assert_mem_eq(buf, got.head.frames, 257 * frame_size);
		ck_assert_uint_eq(event.rx_flags, 0);
		ck_assert_int_eq(event.time_ns, 0);
		ck_assert_uint_eq(event.drops, 0);
	}
	tear_down();
}
END_TEST

static void expect_bad_event(size_t len, size_t size, int error)
{
	struct sfam_bcm_event before;

	memset(&event, 0x5a, sizeof(event));
	before = event;
	say(len);
	ck_assert_err(hear(size), error);
	ck_assert_mem_eq(&event, &before, sizeof(event));
	ck_assert_err(hear(size), ETIMEDOUT);
}

START_TEST(bad_events)
{
	const size_t head = sizeof(got.head);

	set_up();
	memset(&got, 0, sizeof(got));
	got.head.opcode = RX_CHANGED;
	got.head.nframes = 1;
	expect_bad_event(head - 1, sizeof(buf), EPROTO);
	expect_bad_event(head + CAN_MTU - 1, sizeof(buf), EPROTO);
	expect_bad_event(head + CAN_MTU + 1, sizeof(buf), EPROTO);
	expect_bad_event(head + CANFD_MTU, sizeof(buf), EPROTO);
	expect_bad_event(head + CAN_MTU, CAN_MTU - 1, EMSGSIZE);
	expect_bad_event(head + CAN_MTU, 0, EMSGSIZE);
	got.head.nframes = 3;
	expect_bad_event(head + 3 * CAN_MTU, 3 * CAN_MTU - 1, EMSGSIZE);
	got.head.nframes = 258;
	expect_bad_event(head + 258 * CAN_MTU, sizeof(buf), EPROTO);
	got.head.nframes = UINT32_MAX;
	expect_bad_event(head, sizeof(buf), EPROTO);
	got.head.nframes = 0;
	got.head.opcode = 0;
	expect_bad_event(head, sizeof(buf), EPROTO);
	got.head.opcode = RX_CHANGED + 1;
	expect_bad_event(head, sizeof(buf), EPROTO);
	got.head.opcode = RX_TIMEOUT;
	say(head);
	ck_assert_ok(hear(0));
	tear_down();
}
END_TEST

/* ------------------------------------------------------------ chains -- */

START_TEST(chain_parts)
{
	static const struct {
		size_t n, next, most, part, then;
	} cases[] = {
		{ 1, 0, 0, 1, 0 }, { 2, 0, 0, 2, 0 }, { 256, 0, 0, 256, 0 },
		{ 257, 0, 0, 256, 256 }, { 257, 256, 0, 1, 0 },
		{ 600, 512, 0, 88, 0 }, { 600, 0, 100, 100, 100 },
		{ 600, 500, 300, 100, 0 }, { 600, 100, 256, 256, 356 },
		{ 3, 1, 1, 1, 2 },
	};
	static struct iovec iovs[600];
	struct frames f = frames_of("123#11");
	struct sfam_bcm_chain c = { 77, 0, iovs, 0, 5000, 0 };
	size_t i;

	set_up();
	for (i = 0; i < HARNESS_LEN(iovs); i++)
		iovs[i] = *iov_of(&f);
	for (i = 0; i < HARNESS_LEN(cases); i++) {
		c.n = cases[i].n;
		c.next = cases[i].next;
		ck_assert_int_eq(sfam_bcm_chain_next(pair[0], &c,
						     cases[i].most),
				 (int)cases[i].part);
		ck_assert_uint_eq(c.next, cases[i].then);
		ck_assert_uint_eq(sent(), 0);
		expect_head(TX_DELETE, 0, 0, 77, 0);
		ck_assert_uint_eq(sent(), cases[i].part * CAN_MTU);
		expect_head(TX_SETUP, SETTIMER | STARTTIMER |
			    TX_RESET_MULTI_IDX |
			    (cases[i].part > 1 ? TX_COUNTEVT : 0),
			    (uint32_t)cases[i].part, 77,
			    (uint32_t)cases[i].part);
		expect_times(0, 5, 0, 0);
	}
	tear_down();
}
END_TEST

START_TEST(bad_chains)
{
	struct frames f = frames_of("123#11 123##1");
	struct sfam_bcm_chain c = { 77, 0, iov_of(&f), 1, 5000, 1 };

	set_up();
	ck_assert_err(sfam_bcm_chain_next(pair[0], &c, 0), EINVAL);
	c.n = c.next = 0;
	ck_assert_err(sfam_bcm_chain_next(pair[0], &c, 0), EINVAL);
	c.n = 1;
	c.flags = SFAM_BCM_TELL_SENT;
	ck_assert_err(sfam_bcm_chain_next(pair[0], &c, 0), EINVAL);
	expect_nothing_sent();
	c.flags = 0;
	c.n = 2;
	ck_assert_err(sfam_bcm_chain_next(pair[0], &c, 0), EINVAL);
	c.n = 1;
	c.interval_ns = 1;
	ck_assert_err(sfam_bcm_chain_next(pair[0], &c, 0), ERANGE);
	c.interval_ns = 0;
	ck_assert_err(sfam_bcm_chain_next(pair[0], &c, 0), EINVAL);
	ck_assert_uint_eq(c.next, 0);
	tear_down();
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ tasks, NULL },
		{ tasks_of_fd_frames, NULL },
		{ bad_times, NULL },
		{ bad_frames, NULL },
		{ bad_changes, NULL },
		{ watches, NULL },
		{ bad_watches, NULL },
		{ full_watch, NULL },
		{ newer_structs, NULL },
		{ events, NULL },
		{ bad_events, NULL },
		{ chain_parts, NULL },
		{ bad_chains, NULL },
	};

	return harness_run("can-bcm-message", tests, HARNESS_LEN(tests));
}
