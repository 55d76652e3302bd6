/* SPDX-License-Identifier: MIT */
/*
 * Two emulated SJA1000 controllers on one bus, and two CTU CAN FD on another
 * (tests/vm/run --can-bus --canfd-bus). They live in the first network
 * namespace, so this test is alone with them.
 */
#include <errno.h>
#include <linux/can/netlink.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"

static int open_bus(const char *text, uint32_t options)
{
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, NULL,
				NULL);

	ck_assert_ok(fd);
	ck_assert_ok(sfam_can_set_options(fd, options, 0));
	return fd;
}

static void start(const char *name, uint32_t modes)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;

	config.flags = SFAM_CAN_CONFIG_DOWN | SFAM_CAN_CONFIG_UP;
	config.timing.bitrate = 500000;
	config.data.bitrate = modes & CAN_CTRLMODE_FD ? 4000000 : 0;
	config.mode_mask = config.modes = modes;
	ck_assert_ok(sfam_can_configure(name, &config, NULL));
}

START_TEST(frames_cross_the_bus)
{
	const struct sfam_can_record *rec;
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(8, 0);
	struct can_frame sent = { .can_id = 0x123, .len = 3,
				  .data = { 1, 2, 3 } };
	struct iovec iov = { &sent, sizeof(sent) };
	int own, other;

	start("can0", 0);
	start("can1", 0);
	own = open_bus("can:can0", SFAM_CAN_OPT_OWN | SFAM_CAN_OPT_TIME);
	other = open_bus("can:can1", SFAM_CAN_OPT_TIME);
	ck_assert_int_eq(sfam_can_send(own, &iov, 1, NULL, SFAM_FOREVER), 1);
	/* The echo of a sent frame is the proof that it went. */
	ck_assert_int_eq(sfam_can_receive(own, receiver, &rec,
					  SFAM_FOREVER), 1);
	ck_assert_uint_eq(rec->flags, SFAM_CAN_RX_LOCAL | SFAM_CAN_RX_OWN);
	ck_assert_int_eq(sfam_can_receive(other, receiver, &rec,
					  SFAM_FOREVER), 1);
	ck_assert_uint_eq(rec->flags, 0);
	ck_assert_uint_eq(rec->size, CAN_MTU);
	ck_assert_mem_eq(rec->frame, &sent, sizeof(sent));
	ck_assert_int_gt(rec->time_ns, 0);
	ck_assert_ok(sfam_link_down("can0", NULL));
	ck_assert_err(sfam_can_receive(own, receiver, &rec, SFAM_FOREVER),
		      ENETDOWN);
	ck_assert_err(sfam_can_send(own, &iov, 1, NULL, 0), ENETDOWN);
	ck_assert_ok(sfam_link_down("can1", NULL));
	sfam_can_receiver_free(receiver);
	close(own);
	close(other);
}
END_TEST

/* Bit-rate switch and 64 bytes, and the frames that the link counted. */
START_TEST(fd_frames_cross_the_bus)
{
	const struct sfam_can_record *rec;
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(8, 0);
	struct canfd_frame sent = { .can_id = 0x12345678 | CAN_EFF_FLAG,
				    .len = 64, .flags = CANFD_BRS };
	struct iovec iov = { &sent, sizeof(sent) };
	struct sfam_can_status before, after;
	int from, to;

	memset(sent.data, 0x5a, sizeof(sent.data));
	start("can2", CAN_CTRLMODE_FD);
	start("can3", CAN_CTRLMODE_FD);
	ck_assert_ok(sfam_can_get_status("can3", &before, NULL));
	from = open_bus("can:can2", SFAM_CAN_OPT_FD);
	to = open_bus("can:can3", SFAM_CAN_OPT_FD | SFAM_CAN_OPT_TIME);
	ck_assert_int_eq(sfam_can_send(from, &iov, 1, NULL, SFAM_FOREVER), 1);
	ck_assert_int_eq(sfam_can_receive(to, receiver, &rec,
					  SFAM_FOREVER), 1);
	ck_assert_uint_eq(rec->size, CANFD_MTU);
	sent.flags |= ((const struct canfd_frame *)rec->frame)->flags &
		      CANFD_FDF;	/* as the driver likes */
	ck_assert_mem_eq(rec->frame, &sent, sizeof(sent));
	ck_assert_ok(sfam_can_get_status("can3", &after, NULL));
	ck_assert_uint_eq(after.rx_packets, before.rx_packets + 1);
	ck_assert_ok(sfam_link_down("can2", NULL));
	ck_assert_ok(sfam_link_down("can3", NULL));
	sfam_can_receiver_free(receiver);
	close(from);
	close(to);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ frames_cross_the_bus, "can can-bus" },
		{ fd_frames_cross_the_bus, "can canfd-bus" },
	};

	return harness_run("can-bus", tests, HARNESS_LEN(tests));
}
