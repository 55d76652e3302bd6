/* SPDX-License-Identifier: MIT */
/*
 * Tasks of the broadcast manager, on vcan.
 *
 * That a frame is not sent cannot be seen by waiting. Where a test says so,
 * the interval is an hour, or a counted task with a longer interval (a
 * "clock") has run since: the frame would have come, and no slowness of the
 * machine makes it come when it should not.
 */
#include "test-can-bcm.h"

/*
 * Runs until a task of 3 frames 124, 20 ms apart, has ended. Returns how many
 * other frames came meanwhile.
 */
static size_t run_clock(int bcm, int rx, struct sfam_can_receiver *r)
{
	struct frames f = frames_of("124#");
	struct sfam_bcm_task t = task_of(0x124, &f);
	const struct sfam_can_record *rec;
	size_t ticks = 0, others = 0;

	t.flags = SFAM_BCM_TELL_SENT;
	t.count = 3;
	t.first_ns = 20 * MS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	while (ticks < t.count) {
		ck_assert_int_eq(sfam_can_receive(rx, r, &rec, FAR_NS), 1);
		if (*(const uint32_t *)rec->frame == 0x124)
			ticks++;
		else
			others++;
	}
	expect_event(bcm, SFAM_BCM_SENT, 0x124);
	ck_assert_ok(sfam_bcm_task_stop(bcm, &t));
	return others;
}

/* For when no frame can be under way any more. */
static void expect_silence(int bcm, int rx, struct sfam_can_receiver *r)
{
	ck_assert_uint_eq(run_clock(bcm, rx, r), 0);
}

/* For when some may be, but no more follow. */
static void await_silence(int bcm, int rx, struct sfam_can_receiver *r)
{
	int rounds = 1000;

	while (run_clock(bcm, rx, r))
		ck_assert_int_gt(--rounds, 0);
}

START_TEST(counted)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#01 123#02");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");

	t.flags = SFAM_BCM_TELL_SENT;
	t.count = 5;
	t.first_ns = 2 * MS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	await_text(rx, r, "123#01");
	await_text(rx, r, "123#02");
	await_text(rx, r, "123#01");
	await_text(rx, r, "123#02");
	await_text(rx, r, "123#01");
	expect_event(bcm, SFAM_BCM_SENT, 0x123);
	expect_silence(bcm, rx, r);
	/* Another start goes through it again, from the first frame. */
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	await_text(rx, r, "123#01");
	await_text(rx, r, "123#02");
	await_text(rx, r, "123#01");
	await_text(rx, r, "123#02");
	await_text(rx, r, "123#01");
	expect_event(bcm, SFAM_BCM_SENT, 0x123);
	expect_silence(bcm, rx, r);
	expect_no_event(bcm);
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

/* No frame comes before its time; the last three are a wait apart. */
START_TEST(two_intervals)
{
	static const int64_t due_ms[] = { 0, 1, 2, 42, 82 };
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#01");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");
	struct sfam_bcm_event e;
	int64_t start;
	size_t i;

	t.flags = SFAM_BCM_TELL_SENT;
	t.count = 3;
	t.first_ns = 1 * MS;
	t.then_ns = 40 * MS;
	start = clock_ns(CLOCK_MONOTONIC);
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	for (i = 0; i < HARNESS_LEN(due_ms); i++) {
		await_text(rx, r, "123#01");
		ck_assert_int_ge(clock_ns(CLOCK_MONOTONIC) - start,
				 due_ms[i] * MS);
	}
	e = next_event(bcm);
	ck_assert_int_eq(e.kind, SFAM_BCM_SENT);
	ck_assert_uint_eq(e.flags, SFAM_BCM_TELL_SENT);
	ck_assert_uint_eq(e.count, 0);
	ck_assert_int_eq(e.first_ns, 1 * MS);
	ck_assert_int_eq(e.then_ns, 40 * MS);
	ck_assert_uint_eq(e.n, 0);
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

static void expect_task(int bcm, const struct sfam_bcm_task *t,
			uint32_t count)
{
	struct sfam_bcm_event e;
	size_t i;

	ck_assert_ok(sfam_bcm_task_ask(bcm, t));
	e = next_event(bcm);
	ck_assert_int_eq(e.kind, SFAM_BCM_TASK);
	ck_assert_uint_eq(e.id, t->id);
	ck_assert_uint_eq(e.flags, t->flags);
	ck_assert_uint_eq(e.count, count);
	ck_assert_int_eq(e.first_ns, t->first_ns);
	ck_assert_int_eq(e.then_ns, t->then_ns);
	ck_assert_uint_eq(e.n, t->n);
	for (i = 0; i < t->n; i++)
		ck_assert_mem_eq((const uint8_t *)e.frames + i * e.frame_size,
				 t->frames[i].iov_base, e.frame_size);
}

/* By an hour's interval: nothing but what is said goes out. */
START_TEST(changes)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#0A 123#0B 123#0C");
	struct frames g = frames_of("123#01 125#02 123#03");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");
	int tx = can_open("vcan0");

	stay_on_cpu();
	t.count = 9;
	t.first_ns = HOUR_NS;
	t.then_ns = 2 * HOUR_NS;
	t.flags = SFAM_BCM_TELL_SENT;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	await_text(rx, r, "123#0A");
	expect_task(bcm, &t, 8);
	t.frames = iov_of(&g);
	ck_assert_ok(sfam_bcm_task_change(bcm, &t));
	/* TELL_SENT, count and times are as they were. */
	expect_task(bcm, &t, 8);
	ck_assert_ok(send_text(tx, "7FF#"));
	await_text(rx, r, "7FF#");
	/* The second's turn; then the third's, and the first's. */
	t.flags |= SFAM_BCM_NOW;
	ck_assert_ok(sfam_bcm_task_change(bcm, &t));
	await_text(rx, r, "125#02");
	ck_assert_ok(sfam_bcm_task_change(bcm, &t));
	await_text(rx, r, "123#03");
	ck_assert_ok(sfam_bcm_task_change(bcm, &t));
	await_text(rx, r, "123#01");
	t.flags |= SFAM_BCM_FROM_FIRST;
	ck_assert_ok(sfam_bcm_task_change(bcm, &t));
	await_text(rx, r, "123#01");
	t.flags = SFAM_BCM_TELL_SENT;
	expect_task(bcm, &t, 4);
	/* Fewer: begins with the first. */
	t.n = 2;
	t.flags |= SFAM_BCM_NOW;
	ck_assert_ok(sfam_bcm_task_change(bcm, &t));
	await_text(rx, r, "123#01");
	ck_assert_uint_eq(t.room, 2);
	t.n = 3;
	ck_assert_err(sfam_bcm_task_change(bcm, &t), E2BIG);
	expect_no_event(bcm);
	sfam_can_receiver_free(r);
	close(tx);
	close(bcm);
	close(rx);
}
END_TEST

/* Changes without end do not hold the timer up, nor lose the event. */
START_TEST(changes_keep_the_period)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#00");
	struct sfam_bcm_task t = task_of(0x123, &f);
	struct sfam_bcm_event e;
	uint32_t buf[CANFD_MTU / 4];
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");
	size_t i;
	int n;

	t.flags = SFAM_BCM_TELL_SENT;
	t.count = 4;
	t.first_ns = 30 * MS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	while ((n = sfam_bcm_recv(bcm, &e, buf, sizeof(buf), 0)) ==
	       -ETIMEDOUT) {
		f.at[0].at[8]++;
		ck_assert_ok(sfam_bcm_task_change(bcm, &t));
	}
	ck_assert_ok(n);
	ck_assert_int_eq(e.kind, SFAM_BCM_SENT);
	for (i = 0; i < 4; i++) {
		const struct sfam_can_record *rec;

		ck_assert_int_eq(sfam_can_receive(rx, r, &rec, FAR_NS), 1);
	}
	expect_silence(bcm, rx, r);
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

/* The most that a task holds, and the first again. */
START_TEST(full_task)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = { .n = 0 };
	struct sfam_bcm_task t;
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");
	char text[32];
	size_t i;

	for (i = 0; i < 256; i++) {
		snprintf(text, sizeof(text), "%03zX#%04zX", i, i);
		frames_add(&f, text);
	}
	t = task_of(0x123, &f);
	t.flags = SFAM_BCM_TELL_SENT;
	t.count = 257;
	t.first_ns = 1 * MS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	for (i = 0; i < 257; i++) {
		snprintf(text, sizeof(text), "%03zX#%04zX", i % 256, i % 256);
		await_text(rx, r, text);
	}
	expect_event(bcm, SFAM_BCM_SENT, 0x123);
	t.flags = SFAM_BCM_TELL_SENT;
	expect_task(bcm, &t, 0);
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

START_TEST(stopped)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#01");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");

	t.then_ns = 5 * MS;
	ck_assert_err(sfam_bcm_task_stop(bcm, &t), ENOENT);
	ck_assert_err(sfam_bcm_task_ask(bcm, &t), ENOENT);
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	await_text(rx, r, "123#01");
	await_text(rx, r, "123#01");
	ck_assert_ok(sfam_bcm_task_stop(bcm, &t));
	ck_assert_err(sfam_bcm_task_stop(bcm, &t), ENOENT);
	ck_assert_err(sfam_bcm_task_ask(bcm, &t), ENOENT);
	ck_assert_err(sfam_bcm_task_change(bcm, &t), ENOENT);
	await_silence(bcm, rx, r);
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

/* A last close ends a task; one of two descriptors does not. */
START_TEST(closed)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#01");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int other = bcm_open("vcan0");
	int rx = can_open("vcan0");
	int copy = dup(bcm);

	ck_assert_int_ge(copy, 0);
	t.then_ns = 5 * MS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	/* Names are each socket's own. */
	ck_assert_err(sfam_bcm_task_ask(other, &t), ENOENT);
	await_text(rx, r, "123#01");
	close(bcm);
	await_text(rx, r, "123#01");
	await_text(rx, r, "123#01");
	close(copy);
	await_silence(other, rx, r);
	sfam_can_receiver_free(r);
	close(other);
	close(rx);
}
END_TEST

/* FD and classic tasks of one name are two. */
START_TEST(fd_frames)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#01");
	struct frames g = frames_of("12345678##70102030405060708090A0B0C");
	struct sfam_bcm_task t = task_of(0x123, &f);
	struct sfam_bcm_task u = task_of(0x123, &g);
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");

	stay_on_cpu();
	ck_assert_ok(sfam_can_set_options(rx, SFAM_CAN_OPT_FD, 0));
	t.then_ns = u.then_ns = HOUR_NS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	ck_assert_err(sfam_bcm_task_ask(bcm, &u), ENOENT);
	ck_assert_ok(sfam_bcm_task_start(bcm, &u));
	await_text(rx, r, "123#01");
	await_text(rx, r, "12345678##70102030405060708090A0B0C");
	expect_task(bcm, &t, 0);
	expect_task(bcm, &u, 0);
	ck_assert_ok(sfam_bcm_task_stop(bcm, &t));
	expect_task(bcm, &u, 0);
	ck_assert_ok(sfam_bcm_task_stop(bcm, &u));
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

/* ------------------------------------------------------------- traps -- */

static void raw_set_up(int bcm, uint32_t flags, uint32_t count,
		       struct frames *f)
{
	struct bcm_msg_head head = {
		.opcode = TX_SETUP,
		.flags = flags,
		.count = count,
		.ival1.tv_usec = 1000,
		.can_id = 0x123,
		.nframes = (uint32_t)f->n,
	};
	struct iovec iov[] = { { &head, sizeof(head) }, *iov_of(f) };

	ck_assert_int_gt(writev(bcm, iov, 2), 0);
}

/* Why _TELL_SENT needs a count of 2: the kernel tells nothing of 1. */
START_TEST(no_event_for_one)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#01");
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");

	raw_set_up(bcm, SETTIMER | STARTTIMER | TX_COUNTEVT, 1, &f);
	await_text(rx, r, "123#01");
	/* Its event is the first. */
	expect_silence(bcm, rx, r);
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

/* Why change wants room: the kernel makes a task that never sends. */
START_TEST(change_makes_a_task)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#01");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");

	t.room = 1;
	ck_assert_ok(sfam_bcm_task_change(bcm, &t));
	expect_task(bcm, &t, 0);
	expect_silence(bcm, rx, r);
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

START_TEST(too_many_for_the_kernel)
{
	struct frames f = frames_of("123#01 123#02 123#03");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");

	t.then_ns = HOUR_NS;
	t.n = 2;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	t.n = 3;
	ck_assert_err(sfam_bcm_task_start(bcm, &t), E2BIG);
	ck_assert_uint_eq(t.room, 2);
	ck_assert_ok(sfam_bcm_task_stop(bcm, &t));
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	ck_assert_uint_eq(t.room, 3);
	expect_task(bcm, &t, 0);
	close(bcm);
}
END_TEST

/* What was read back is what was asked for, in room too small. */
START_TEST(cut)
{
	struct frames f = frames_of("123#01 123#02 123#03");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	uint32_t buf[3 * CAN_MTU / 4];
	struct sfam_bcm_event e;

	t.then_ns = HOUR_NS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	ck_assert_ok(sfam_bcm_task_ask(bcm, &t));
	ck_assert_err(sfam_bcm_recv(bcm, &e, buf, sizeof(buf) - 1, FAR_NS),
		      EMSGSIZE);
	ck_assert_ok(sfam_bcm_task_ask(bcm, &t));
	ck_assert_ok(sfam_bcm_recv(bcm, &e, buf, sizeof(buf), FAR_NS));
	ck_assert_uint_eq(e.n, 3);
	close(bcm);
}
END_TEST

START_TEST(no_interface)
{
	static const char bare[] = "can-bcm:";
	struct frames f = frames_of("123#01");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = sfam_open_text(bare, strlen(bare), SFAM_OPEN_SOCKET, NULL,
				 NULL);

	ck_assert_ok(bcm);
	t.then_ns = HOUR_NS;
	ck_assert_err(sfam_bcm_task_start(bcm, &t), ENOTCONN);
	ck_assert_err(sfam_bcm_task_ask(bcm, &t), ENOTCONN);
	close(bcm);
	bcm = bcm_open("");
	ck_assert_err(sfam_bcm_task_start(bcm, &t), ENODEV);
	ck_assert_uint_eq(t.room, 0);
	close(bcm);
}
END_TEST

/* A task outlives its interface's being down, and says so. */
START_TEST(interface_down)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#01");
	struct sfam_bcm_task t = task_of(0x123, &f);
	const struct sfam_can_record *rec;
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");
	struct sfam_bcm_event e;
	ssize_t n;

	t.then_ns = 5 * MS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	await_text(rx, r, "123#01");
	link_set_up("vcan0", 0);
	ck_assert_err(sfam_bcm_recv(bcm, &e, NULL, 0, FAR_NS), ENETDOWN);
	ck_assert_err(sfam_bcm_recv(bcm, &e, NULL, 0, 0), ETIMEDOUT);
	do
		n = sfam_can_receive(rx, r, &rec, 0);
	while (n != -ETIMEDOUT);
	/* Nobody is told that these go nowhere. */
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	link_set_up("vcan0", 1);
	await_text(rx, r, "123#01");
	await_text(rx, r, "123#01");
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

START_TEST(interface_gone)
{
	struct frames f = frames_of("123#01");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	struct sfam_bcm_event e;
	int r;

	t.then_ns = 5 * MS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	link_del("vcan0");
	/* It goes down first; the second error may have hidden that. */
	r = sfam_bcm_recv(bcm, &e, NULL, 0, FAR_NS);
	if (r == -ENETDOWN)
		r = sfam_bcm_recv(bcm, &e, NULL, 0, FAR_NS);
	ck_assert_err(r, ENODEV);
	ck_assert_err(sfam_bcm_recv(bcm, &e, NULL, 0, 0), ETIMEDOUT);
	ck_assert_err(sfam_bcm_task_change(bcm, &t), ENOTCONN);
	ck_assert_err(sfam_bcm_task_start(bcm, &t), ENOTCONN);
	ck_assert_err(sfam_bcm_task_stop(bcm, &t), ENOTCONN);
	ck_assert_uint_eq(t.room, 1);
	close(bcm);
}
END_TEST

/* ------------------------------------------------------------ chains -- */

START_TEST(chain)
{
	static union frame at[600];
	static struct iovec iovs[600];
	struct sfam_bcm_chain c = { 0x123, 0, iovs, 600, 1 * MS, 0 };
	struct sfam_can_receiver *r = receiver_new(1, 0);
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");
	size_t i, round, next = 0;
	char text[32];
	ssize_t n;

	for (i = 0; i < HARNESS_LEN(at); i++) {
		snprintf(text, sizeof(text), "123#%04zX", i);
		iovs[i].iov_base = &at[i];
		iovs[i].iov_len = frame_of(&at[i], text);
	}
	for (round = 0; round < 4; round++) {
		n = sfam_bcm_chain_next(bcm, &c, 0);
		ck_assert_int_eq(n, round % 3 == 2 ? 88 : 256);
		for (i = 0; i < (size_t)n; i++) {
			snprintf(text, sizeof(text), "123#%04zX", next);
			await_text(rx, r, text);
			next = (next + 1) % 600;
		}
		expect_event(bcm, SFAM_BCM_SENT, 0x123);
	}
	ck_assert_uint_eq(c.next, 256);
	expect_silence(bcm, rx, r);
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ counted, "can can-bcm vcan" },
		{ two_intervals, "can can-bcm vcan" },
		{ changes, "can can-bcm vcan" },
		{ changes_keep_the_period, "can can-bcm vcan" },
		{ full_task, "can can-bcm vcan" },
		{ stopped, "can can-bcm vcan" },
		{ closed, "can can-bcm vcan" },
		{ fd_frames, "can can-bcm vcan" },
		{ no_event_for_one, "can can-bcm vcan" },
		{ change_makes_a_task, "can can-bcm vcan" },
		{ too_many_for_the_kernel, "can can-bcm vcan" },
		{ cut, "can can-bcm vcan" },
		{ no_interface, "can can-bcm vcan" },
		{ interface_down, "can can-bcm vcan" },
		{ interface_gone, "can can-bcm vcan" },
		{ chain, "can can-bcm vcan" },
	};

	return harness_run("can-bcm", tests, HARNESS_LEN(tests));
}
