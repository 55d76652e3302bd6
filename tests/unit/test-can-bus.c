/* SPDX-License-Identifier: MIT */
/*
 * Two emulated SJA1000 controllers on one bus (tests/vm/run --can-bus). They
 * live in the first network namespace, so this test is alone with them.
 */
#include <errno.h>
#include <libsocketcan.h>
#include <string.h>
#include <unistd.h>

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

static void start(const char *name)
{
	can_do_stop(name);
	ck_assert_int_eq(can_set_bitrate(name, 500000), 0);
	ck_assert_int_eq(can_do_start(name), 0);
}

START_TEST(frames_cross_the_bus)
{
	const struct sfam_can_record *rec;
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(8, 0);
	struct can_frame sent = { .can_id = 0x123, .len = 3,
				  .data = { 1, 2, 3 } };
	struct iovec iov = { &sent, sizeof(sent) };
	const int64_t limit = INT64_C(20000000000);
	int own, other;

	start("can0");
	start("can1");
	own = open_bus("can:can0", SFAM_CAN_OPT_OWN | SFAM_CAN_OPT_TIME);
	other = open_bus("can:can1", SFAM_CAN_OPT_TIME);
	ck_assert_int_eq(sfam_can_send(own, &iov, 1, NULL, limit), 1);
	/* The echo of a sent frame is the proof that it went. */
	ck_assert_int_eq(sfam_can_receive(own, receiver, &rec, limit), 1);
	ck_assert_uint_eq(rec->flags, SFAM_CAN_RX_LOCAL | SFAM_CAN_RX_OWN);
	ck_assert_int_eq(sfam_can_receive(other, receiver, &rec, limit), 1);
	ck_assert_uint_eq(rec->flags, 0);
	ck_assert_uint_eq(rec->size, CAN_MTU);
	ck_assert_mem_eq(rec->frame, &sent, sizeof(sent));
	ck_assert_int_gt(rec->time_ns, 0);
	ck_assert_int_eq(can_do_stop("can0"), 0);
	ck_assert_err(sfam_can_receive(own, receiver, &rec, limit), ENETDOWN);
	ck_assert_err(sfam_can_send(own, &iov, 1, NULL, 0), ENETDOWN);
	ck_assert_int_eq(can_do_stop("can1"), 0);
	sfam_can_receiver_free(receiver);
	close(own);
	close(other);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ frames_cross_the_bus, "can can-bus" },
	};

	return harness_run("can-bus", tests, HARNESS_LEN(tests));
}
