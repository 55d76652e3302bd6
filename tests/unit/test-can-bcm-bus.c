/* SPDX-License-Identifier: MIT */
/*
 * Tasks and watches of the broadcast manager on emulated controllers
 * (tests/vm/run --can-bus --canfd-bus): from one to the other, and what is
 * told when the link goes down or away in the middle.
 */
#include <linux/can/netlink.h>

#include <sockfam/ctl.h>

#include "test-can-bcm.h"

static void start(const char *name, uint32_t modes)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;

	config.flags = SFAM_CAN_CONFIG_DOWN | SFAM_CAN_CONFIG_UP;
	config.timing.bitrate = 500000;
	config.data.bitrate = modes & CAN_CTRLMODE_FD ? 4000000 : 0;
	config.mode_mask = config.modes = modes;
	ck_assert_ok(sfam_can_configure(name, &config, NULL));
}

/* Counted frames of one cross to the other, which watches them there. */
static void cross(const char *from, const char *to, struct frames *f,
		  struct frames *masks, const char *first, const char *second)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct sfam_bcm_task t = task_of(1, f);
	struct sfam_bcm_watch w = SFAM_BCM_WATCH_INIT;
	int bcm = bcm_open(from);
	int far = bcm_open(to);
	int rx = can_open(to);
	struct sfam_bcm_event e;
	int i;

	if (t.flags & SFAM_BCM_FD)
		ck_assert_ok(sfam_can_set_options(rx, SFAM_CAN_OPT_FD, 0));
	memcpy(&w.id, &f->at[0], sizeof(w.id));
	w.flags = t.flags;
	w.frames = iov_of(masks);
	w.n = masks->n;
	ck_assert_ok(sfam_bcm_watch_start(far, &w));
	t.flags |= SFAM_BCM_TELL_SENT;
	t.count = 6;
	t.first_ns = 20 * MS;
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	for (i = 0; i < 6; i++)
		await_text(rx, r, i % 2 ? second : first);
	expect_event(bcm, SFAM_BCM_SENT, 1);
	/* Each differs from the one before it. */
	for (i = 0; i < 6; i++) {
		e = next_event(far);
		ck_assert_int_eq(e.kind, SFAM_BCM_CHANGED);
		ck_assert_uint_eq(e.rx_flags, 0);
		ck_assert_mem_eq((const uint8_t *)e.frames + 8,
				 &f->at[i % 2].at[8], e.frame_size - 8);
	}
	expect_no_event(far);
	sfam_can_receiver_free(r);
	close(bcm);
	close(far);
	close(rx);
}

/* The interface of a task and a watch goes down: both are told, once. */
static void goes_down(const char *from, const char *to)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	struct frames f = frames_of("123#01");
	struct frames none = { .n = 0 };
	struct sfam_bcm_task t = task_of(1, &f);
	struct sfam_bcm_watch w = SFAM_BCM_WATCH_INIT;
	int bcm = bcm_open(from);
	int rx = can_open(to);
	struct sfam_bcm_event e;

	w.id = 0x7ff;
	w.frames = iov_of(&none);
	t.then_ns = 20 * MS;
	ck_assert_ok(sfam_bcm_watch_start(bcm, &w));
	ck_assert_ok(sfam_bcm_task_start(bcm, &t));
	await_text(rx, r, "123#01");
	ck_assert_ok(sfam_link_down(from, NULL));
	ck_assert_err(sfam_bcm_recv(bcm, &e, NULL, 0, FAR_NS), ENETDOWN);
	expect_no_event(bcm);
	/* Up again: the task goes on by itself. */
	ck_assert_ok(sfam_link_up(from, NULL));
	await_text(rx, r, "123#01");
	await_text(rx, r, "123#01");
	await_text(rx, r, "123#01");
	ck_assert_ok(sfam_bcm_task_stop(bcm, &t));
	sfam_can_receiver_free(r);
	close(bcm);
	close(rx);
}

START_TEST(classic)
{
	struct frames f = frames_of("12345678#0102030405060708 "
				    "12345678#0102030405060709");
	struct frames masks = frames_of("000#00000000000000FF");

	start("can0", 0);
	start("can1", 0);
	cross("can0", "can1", &f, &masks, "12345678#0102030405060708",
	      "12345678#0102030405060709");
	goes_down("can0", "can1");
	ck_assert_ok(sfam_link_down("can0", NULL));
	ck_assert_ok(sfam_link_down("can1", NULL));
}
END_TEST

#define ZEROS_8 "0000000000000000"
#define ZEROS_56 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8

/* With bit-rate switch, and what changes is the last of 64 bytes. */
START_TEST(fd)
{
	static const char first[] = "123##5" ZEROS_56 "0000000000000001";
	static const char second[] = "123##5" ZEROS_56 "0000000000000002";
	struct frames f = { .n = 0 };
	struct frames masks = frames_of("000##0" ZEROS_56
					"00000000000000FF");

	frames_add(&f, first);
	frames_add(&f, second);
	start("can2", CAN_CTRLMODE_FD);
	start("can3", CAN_CTRLMODE_FD);
	cross("can2", "can3", &f, &masks, first, second);
	goes_down("can2", "can3");
	ck_assert_ok(sfam_link_down("can2", NULL));
	ck_assert_ok(sfam_link_down("can3", NULL));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ classic, "can can-bcm can-bus" },
		{ fd, "can can-bcm canfd-bus" },
	};

	return harness_run("can-bcm-bus", tests, HARNESS_LEN(tests));
}
