/* SPDX-License-Identifier: MIT */
/* Watches of the broadcast manager, on vcan. */
#include "test-can-bcm.h"

static struct sfam_bcm_watch watch_of(uint32_t id, struct frames *f)
{
	struct sfam_bcm_watch w = SFAM_BCM_WATCH_INIT;

	w.id = id;
	w.frames = iov_of(f);
	w.n = f->n;
	if (f->n && f->iov[0].iov_len == CANFD_MTU)
		w.flags = SFAM_BCM_FD;
	return w;
}

/* The next event is of this frame. */
static struct sfam_bcm_event expect_change(int bcm, const char *expected)
{
	struct sfam_bcm_event e = next_event(bcm);
	char text[SFAM_CAN_TEXT_STRLEN] = "";

	ck_assert_int_eq(e.kind, SFAM_BCM_CHANGED);
	ck_assert_uint_eq(e.n, 1);
	ck_assert_uint_eq(e.id, *(const uint32_t *)e.frames);
	ck_assert_ok(sfam_can_text_format(text, sizeof(text), e.frames,
					  e.frame_size));
	ck_assert_str_eq(text, expected);
	return e;
}

/*
 * Sends the frames, with blanks between; those with a "!" before them are
 * told, the others not.
 */
static void expect_told(int bcm, int tx, const char *texts)
{
	char copy[1024], told[1024], *p, *save;

	strcpy(copy, texts);
	for (p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save))
		ck_assert_ok(send_text(tx, p + (*p == '!')));
	strcpy(told, texts);
	for (p = strtok_r(told, " ", &save); p; p = strtok_r(NULL, " ", &save))
		if (*p == '!')
			expect_change(bcm, p + 1);
	expect_no_event(bcm);
}

#define ZEROS_8 "0000000000000000"
#define ZEROS_56 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8

START_TEST(contents)
{
	static const struct {
		const char *frames;
		uint32_t id, flags;
		const char *traffic;
	} cases[] = {
		/* All with the identifier, changed or not */
		{ "", 0x123, 0, "!123#01 !123#01 124#01 123##401 123#R "
		  "00000123#01 !123#" },
		{ "", 0x123, SFAM_BCM_FD, "123#01 !123##401 !123##401" },
		{ "", 0x123 | CAN_RTR_FLAG, 0, "123# !123#R !123#R5 123##4" },
		{ "", 0x123 | CAN_EFF_FLAG, 0, "123# !00000123#11 123#R" },
		/* Bits that count */
		{ "000#00F0", 0x123, 0, "!123#0102 123#0102 123#0203 "
		  "!123#0113 123#0113 !123#0102 124#FFFF" },
		{ "000#0000000000000001", 0x123, 0,
		  "!123#0000000000000000 123#00000000000000FE "
		  "!123#0000000000000001" },
		/* A mask without bits: the first alone */
		{ "000#", 0x123, 0, "!123#0102 123#0304" },
		/* Only with _LENGTH; an empty one is compared with nothing */
		{ "000#FFFF", 0x123, 0, "!123#0102 123# 123#01020304" },
		{ "000#FFFF", 0x123, SFAM_BCM_LENGTH,
		  "!123#0102 !123# !123#0102 !123#01020304 123#01020304" },
		/* Multiplexed by the first byte */
		{ "000#FF 000#01FF 000#02000F", 0x123, 0,
		  "!123#0111 !123#020000 123#0111 123#02FF00 !123#02FF01 "
		  "!123#0112 123#0311 123#020011 123#0112" },
		/* FD: any of 64 bytes, multiplexed by the first 8 */
		{ "000##0" ZEROS_56 "00000000000000FF", 0x123, SFAM_BCM_FD,
		  "!123##4" ZEROS_56 "0000000000000000 123##502 "
		  "123##4" ZEROS_56 "0000000000000100 123#01 "
		  "!123##4" ZEROS_56 "0000000000000001" },
		{ "000##0FF 000##001000000000000000F", 0x123, SFAM_BCM_FD,
		  "!123##4010000000000000001000000 "
		  "123##4020000000000000001000000 "
		  "123##4010000000000000011000000 "
		  "!123##4010000000000000002000000 "
		  "123##4010000000000000002000000" },
	};
	int tx = can_open("vcan0");
	struct sfam_bcm_watch w;
	struct frames f;
	size_t i;
	int bcm;

	stay_on_cpu();
	ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_FD, 0));
	for (i = 0; i < HARNESS_LEN(cases); i++) {
		bcm = bcm_open("vcan0");
		f = frames_of(cases[i].frames);
		w = watch_of(cases[i].id, &f);
		w.flags = cases[i].flags;
		ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
		expect_told(bcm, tx, cases[i].traffic);
		close(bcm);
	}
	close(tx);
}
END_TEST

static void expect_watch(int bcm, const struct sfam_bcm_watch *w)
{
	struct sfam_bcm_event e;
	size_t i;

	ck_assert_ok(sfam_bcm_watch_ask(bcm, w));
	e = next_event(bcm);
	ck_assert_int_eq(e.kind, SFAM_BCM_WATCH);
	ck_assert_uint_eq(e.id, w->id);
	ck_assert_uint_eq(e.flags, w->flags);
	ck_assert_int_eq(e.first_ns, w->timeout_ns);
	ck_assert_int_eq(e.then_ns, w->throttle_ns);
	ck_assert_uint_eq(e.n, w->n);
	for (i = 0; i < w->n; i++)
		ck_assert_mem_eq((const uint8_t *)e.frames + i * e.frame_size,
				 w->frames[i].iov_base, e.frame_size);
}

/* One takes the place of another, without its times; with fewer frames too. */
START_TEST(replaced)
{
	struct frames f = frames_of("000#FF 000#01FF 000#02FF");
	struct frames g = frames_of("000#FF");
	struct sfam_bcm_watch w = watch_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int tx = can_open("vcan0");

	stay_on_cpu();
	ck_assert_err(sfam_bcm_watch_ask(bcm, &w), ENOENT);
	ck_assert_err(sfam_bcm_watch_stop(bcm, &w), ENOENT);
	w.timeout_ns = HOUR_NS;
	w.throttle_ns = 2 * HOUR_NS;
	w.flags = SFAM_BCM_LENGTH;
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	expect_watch(bcm, &w);
	w = watch_of(0x123, &g);
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	expect_watch(bcm, &w);
	expect_told(bcm, tx, "!123#0311 123#0312 !123#0411");
	/* Told once more: what was told before counts no more. */
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	expect_told(bcm, tx, "!123#0411 123#0411");
	/* It has room for no more now. */
	w = watch_of(0x123, &f);
	ck_assert_err(sfam_bcm_watch_start(bcm, &w), E2BIG);
	ck_assert_ok(sfam_bcm_watch_stop(bcm, &w));
	ck_assert_err(sfam_bcm_watch_stop(bcm, &w), ENOENT);
	expect_told(bcm, tx, "123#0101");
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	expect_told(bcm, tx, "!123#0101 123#0311");
	close(tx);
	close(bcm);
}
END_TEST

/* Classic and FD watches of one identifier, and another, on one socket. */
START_TEST(side_by_side)
{
	struct frames none = { .n = 0 };
	struct frames f = frames_of("000##0FF");
	struct sfam_bcm_watch w = watch_of(0x123, &none);
	struct sfam_bcm_watch v = watch_of(0x123, &f);
	struct sfam_bcm_watch u = watch_of(0x7ff, &none);
	int bcm = bcm_open("vcan0");
	int tx = can_open("vcan0");

	stay_on_cpu();
	ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_FD, 0));
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	ck_assert_ok(sfam_bcm_watch_start(bcm, &v));
	ck_assert_ok(sfam_bcm_watch_start(bcm, &u));
	expect_told(bcm, tx, "!123#01 !123##401 123##401 !7FF# !123#01");
	ck_assert_ok(sfam_bcm_watch_stop(bcm, &w));
	expect_told(bcm, tx, "123#01 !123##402 !7FF#");
	expect_watch(bcm, &v);
	ck_assert_ok(sfam_bcm_watch_stop(bcm, &v));
	ck_assert_ok(sfam_bcm_watch_stop(bcm, &u));
	expect_told(bcm, tx, "123#01 123##403 7FF#");
	close(tx);
	close(bcm);
}
END_TEST

START_TEST(all_values)
{
	struct frames f = { .n = 0 };
	struct sfam_bcm_watch w;
	int bcm = bcm_open("vcan0");
	int tx = can_open("vcan0");
	char text[32];
	size_t i;

	stay_on_cpu();
	frames_add(&f, "000#FF");
	for (i = 0; i < 256; i++) {
		snprintf(text, sizeof(text), "000#%02zXFF", i);
		frames_add(&f, text);
	}
	w = watch_of(0x123, &f);
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	expect_watch(bcm, &w);
	for (i = 0; i < 256; i++) {
		snprintf(text, sizeof(text), "!123#%02zX11", i);
		expect_told(bcm, tx, text);
		expect_told(bcm, tx, text + 1);
	}
	close(tx);
	close(bcm);
}
END_TEST

/* ------------------------------------------------------------- times -- */

START_TEST(timeout)
{
	struct frames f = frames_of("000#FF");
	struct sfam_bcm_watch w = watch_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int tx = can_open("vcan0");
	struct sfam_bcm_event e;
	int64_t start;
	int i;

	w.timeout_ns = 20 * MS;
	start = clock_ns(CLOCK_MONOTONIC);
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	/* From the start on, though none has come. */
	e = next_event(bcm);
	ck_assert_int_ge(clock_ns(CLOCK_MONOTONIC) - start, 20 * MS);
	ck_assert_int_eq(e.kind, SFAM_BCM_TIMEOUT);
	ck_assert_uint_eq(e.id, 0x123);
	ck_assert_uint_eq(e.n, 0);
	ck_assert_int_gt(e.ifindex, 0);
	ck_assert_int_eq(e.time_ns, 0);
	for (i = 0; i < 3; i++) {
		/* Once; the same frame is told after it. */
		expect_no_event(bcm);
		start = clock_ns(CLOCK_MONOTONIC);
		ck_assert_ok(send_text(tx, "123#01"));
		expect_change(bcm, "123#01");
		expect_event(bcm, SFAM_BCM_TIMEOUT, 0x123);
		ck_assert_int_ge(clock_ns(CLOCK_MONOTONIC) - start, 20 * MS);
	}
	close(tx);
	close(bcm);
}
END_TEST

/* Frames that come in time hold it up: none is told, and no timeout. */
START_TEST(no_timeout)
{
	struct frames f = frames_of("000#FF");
	struct sfam_bcm_watch w = watch_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int tx = can_open("vcan0");

	stay_on_cpu();
	w.timeout_ns = HOUR_NS;
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	expect_told(bcm, tx, "!123#01 123#01 !123#02");
	w.timeout_ns = 20 * MS;
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	expect_event(bcm, SFAM_BCM_TIMEOUT, 0x123);
	/* Without one again: it does not stay. */
	w.timeout_ns = 0;
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	expect_told(bcm, tx, "!123#02");
	expect_watch(bcm, &w);
	close(tx);
	close(bcm);
}
END_TEST

START_TEST(throttle)
{
	struct frames f = frames_of("000#FF");
	struct sfam_bcm_watch w = watch_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int tx = can_open("vcan0");

	stay_on_cpu();
	w.throttle_ns = HOUR_NS;
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	expect_told(bcm, tx, "!123#01 123#02 123#03");
	close(bcm);
	close(tx);
}
END_TEST

/* What is told last is what came last, and at its time the earliest. */
START_TEST(throttle_ends)
{
	struct frames f = frames_of("000#FF");
	struct sfam_bcm_watch w = watch_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int tx = can_open("vcan0");
	struct sfam_bcm_event e;
	int64_t start;
	size_t told = 1;
	char text[16];
	int i;

	w.throttle_ns = 30 * MS;
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	start = clock_ns(CLOCK_MONOTONIC);
	ck_assert_ok(send_text(tx, "123#01"));
	expect_change(bcm, "123#01");
	for (i = 2; i < 9; i++) {
		snprintf(text, sizeof(text), "123#%02d", i);
		ck_assert_ok(send_text(tx, text));
	}
	do {
		e = next_event(bcm);
		ck_assert_int_eq(e.kind, SFAM_BCM_CHANGED);
		ck_assert_int_ge(clock_ns(CLOCK_MONOTONIC) - start,
				 (int64_t)told++ * 30 * MS);
	} while (((const uint8_t *)e.frames)[8] != 8);
	expect_no_event(bcm);
	close(tx);
	close(bcm);
}
END_TEST

/* ------------------------------------------------------- where, when -- */

/* Each interface, where the socket has none. */
START_TEST(all_interfaces)
{
	struct frames none = { .n = 0 };
	struct sfam_bcm_watch w = watch_of(0x123, &none);
	unsigned int first, second;
	int bcm, tx, ty;

	link_add("vcan1", "vcan", 72);
	ck_assert_ok(sfam_interface_index("vcan0", &first));
	ck_assert_ok(sfam_interface_index("vcan1", &second));
	bcm = bcm_open("");
	tx = can_open("vcan0");
	ty = can_open("vcan1");
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	ck_assert_ok(send_text(tx, "123#01"));
	ck_assert_int_eq(expect_change(bcm, "123#01").ifindex, (int)first);
	ck_assert_ok(send_text(ty, "123#02"));
	ck_assert_int_eq(expect_change(bcm, "123#02").ifindex, (int)second);
	close(bcm);
	bcm = bcm_open("vcan1");
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	ck_assert_ok(send_text(tx, "123#01"));
	ck_assert_ok(send_text(ty, "123#02"));
	ck_assert_int_eq(expect_change(bcm, "123#02").ifindex, (int)second);
	close(bcm);
	close(tx);
	close(ty);
}
END_TEST

/* The same stamp as CAN_RAW gives, once the kernel has begun to stamp. */
START_TEST(stamps)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames none = { .n = 0 };
	struct sfam_bcm_watch w = watch_of(0x123, &none);
	int bcm = bcm_open("vcan0");
	int rx = can_open("vcan0");
	int tx = can_open("vcan0");
	const struct sfam_can_record *rec;
	struct sfam_bcm_event e;

	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	ck_assert_ok(send_text(tx, "123#01"));
	ck_assert_int_eq(expect_change(bcm, "123#01").time_ns, 0);
	ck_assert_int_eq(sfam_can_receive(rx, r, &rec, FAR_NS), 1);
	ck_assert_ok(sfam_can_set_options(rx, SFAM_CAN_OPT_TIME, 0));
	ck_assert_ok(sfam_can_set_options(bcm, SFAM_CAN_OPT_TIME, 0));
	do {
		ck_assert_ok(send_text(tx, "123#01"));
		e = expect_change(bcm, "123#01");
		ck_assert_int_gt(e.time_ns, 0);
		ck_assert_int_eq(sfam_can_receive(rx, r, &rec, FAR_NS), 1);
	} while (rec->time_ns != e.time_ns);
	/* What is no frame has none. */
	ck_assert_ok(sfam_bcm_watch_ask(bcm, &w));
	ck_assert_int_eq(next_event(bcm).time_ns, 0);
	ck_assert_ok(sfam_can_set_options(bcm, SFAM_CAN_OPT_HWTIME,
					  SFAM_CAN_OPT_TIME));
	do {
		ck_assert_ok(send_text(tx, "123#01"));
		e = expect_change(bcm, "123#01");
		ck_assert_int_eq(sfam_can_receive(rx, r, &rec, FAR_NS), 1);
	} while (rec->time_ns != e.time_ns);
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
	close(tx);
}
END_TEST

/* As the bare call tells it; kernels before 6.3 tell nothing. */
START_TEST(whose_frame)
{
	struct frames none = { .n = 0 };
	struct sfam_bcm_watch w = watch_of(0x123, &none);
	struct frames f = frames_of("123#07");
	struct sfam_bcm_task t = task_of(0x123, &f);
	int bcm = bcm_open("vcan0");
	int bare = bcm_open("vcan0");
	struct bcm_msg_head head;
	struct iovec iov = { &head, sizeof(head) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int i, knows;
	uint32_t flags;

	t.then_ns = HOUR_NS;
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	ck_assert_ok(sfam_bcm_watch_start(bare, &w));
	for (i = 0; i < 2; i++) {
		ck_assert_ok(sfam_bcm_task_start(i ? bare : bcm, &t));
		flags = expect_change(bcm, "123#07").rx_flags;
		ck_assert_int_gt(recvmsg(bare, &msg, 0), 0);
		knows = (msg.msg_flags & MSG_DONTROUTE) != 0;
		ck_assert_int_eq((msg.msg_flags & MSG_CONFIRM) != 0,
				 knows && i == 1);
		ck_assert_uint_eq(flags, (knows ? SFAM_CAN_RX_LOCAL : 0) |
				  (knows && i == 0 ? SFAM_CAN_RX_OWN : 0));
	}
	close(bcm);
	close(bare);
}
END_TEST

/* Told or lost: all are accounted for. */
START_TEST(drops)
{
	struct frames none = { .n = 0 };
	struct sfam_bcm_watch w = watch_of(0x123, &none);
	struct sfam_bcm_watch last = watch_of(0x124, &none);
	int bcm = bcm_open("vcan0");
	int other = bcm_open("vcan0");
	int tx = can_open("vcan0");
	uint32_t buf[CANFD_MTU / 4];
	struct sfam_bcm_event e;
	size_t told = 0;

	stay_on_cpu();
	ck_assert_ok(sfam_can_set_options(bcm, SFAM_CAN_OPT_DROPS, 0));
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	ck_assert_ok(sfam_bcm_watch_start(other, &last));
	ck_assert_int_eq(send_numbers(tx, 0, 1000, NULL, 0), 1000);
	/* When this is there, all before it were told or lost. */
	ck_assert_ok(send_text(tx, "124#"));
	expect_change(other, "124#");
	while (sfam_bcm_recv(bcm, &e, buf, sizeof(buf), 0) == 0) {
		ck_assert_uint_eq(e.drops, 0);
		ck_assert_uint_eq(buf[2], told++);
	}
	ck_assert_uint_lt(told, 1000);
	ck_assert_int_eq(send_numbers(tx, 1000, 1, NULL, 0), 1);
	e = next_event(bcm);
	ck_assert_uint_eq(*((const uint32_t *)e.frames + 2), 1000);
	ck_assert_uint_eq(e.drops, 1000 - told);
	close(other);
	close(tx);
	close(bcm);
}
END_TEST

START_TEST(interface_gone)
{
	struct frames none = { .n = 0 };
	struct sfam_bcm_watch w = watch_of(0x123, &none);
	int bcm = bcm_open("vcan0");
	int any = bcm_open("");
	int tx = can_open("vcan0");
	struct sfam_bcm_event e;
	int r;

	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	ck_assert_ok(sfam_bcm_watch_start(any, &w));
	ck_assert_ok(send_text(tx, "123#01"));
	expect_change(any, "123#01");
	link_del("vcan0");
	r = sfam_bcm_recv(bcm, &e, NULL, 0, FAR_NS);
	if (r == -ENETDOWN)
		r = sfam_bcm_recv(bcm, &e, NULL, 0, FAR_NS);
	ck_assert_err(r, ENODEV);
	/* What came before is still there; of all interfaces, others come. */
	expect_change(bcm, "123#01");
	ck_assert_err(sfam_bcm_watch_start(bcm, &w), ENOTCONN);
	close(tx);
	link_add("vcan0", "vcan", 72);
	tx = can_open("vcan0");
	ck_assert_ok(send_text(tx, "123#02"));
	expect_change(any, "123#02");
	expect_no_event(bcm);
	close(tx);
	close(any);
	close(bcm);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ contents, "can can-bcm vcan" },
		{ replaced, "can can-bcm vcan" },
		{ side_by_side, "can can-bcm vcan" },
		{ all_values, "can can-bcm vcan" },
		{ timeout, "can can-bcm vcan" },
		{ no_timeout, "can can-bcm vcan" },
		{ throttle, "can can-bcm vcan" },
		{ throttle_ends, "can can-bcm vcan" },
		{ all_interfaces, "can can-bcm vcan" },
		{ stamps, "can can-bcm vcan" },
		{ whose_frame, "can can-bcm vcan" },
		{ drops, "can can-bcm vcan" },
		{ interface_gone, "can can-bcm vcan" },
	};

	return harness_run("can-bcm-watch", tests, HARNESS_LEN(tests));
}
