/* SPDX-License-Identifier: MIT */
/* Error frames: struct and bytes, words, and the state they tell of. */
#include <errno.h>
#include <string.h>

#include <linux/can/netlink.h>
#include <sockfam/can.h>
#include <sockfam/can-error.h>

#include "harness.h"

static const struct {
	struct sfam_can_error error;
	const char *words;
} vectors[] = {
	{ { CAN_ERR_TX_TIMEOUT, 0, 0, 0, 0, 0, 0, 0, 0 }, "tx-timeout" },
	{ { CAN_ERR_LOSTARB, 31, 0, 0, 0, 0, 0, 0, 0 },
	  "lost-arbitration{at bit 31}" },
	{ { CAN_ERR_CRTL, 9, 0, 0xff, 0, 0, 0, 0, 0 },
	  "controller-problem{}" },
	{ { CAN_ERR_CRTL, 0, CAN_ERR_CRTL_RX_OVERFLOW |
	    CAN_ERR_CRTL_TX_PASSIVE, 0, 0, 0, 0, 0, 0 },
	  "controller-problem{rx-overflow,tx-error-passive}" },
	{ { CAN_ERR_CRTL, 0, 0x80 | CAN_ERR_CRTL_ACTIVE, 0, 0, 0, 0, 0, 0 },
	  "controller-problem{back-to-error-active}" },
	{ { CAN_ERR_PROT, 0, 0, CAN_ERR_PROT_STUFF | CAN_ERR_PROT_TX,
	    CAN_ERR_PROT_LOC_CRC_SEQ, 0, 0, 0, 0 },
	  "protocol-violation{{bit-stuffing-error,error-on-tx}"
	  "{crc-sequence}}" },
	{ { CAN_ERR_PROT, 0, 0, 0, 0, 0, 0, 0, 0 },
	  "protocol-violation{{}{}}" },
	{ { CAN_ERR_PROT, 0, 0, 0, 0x1f, 0, 0, 0, 0 },
	  "protocol-violation{{}{unspecified}}" },
	{ { CAN_ERR_PROT, 0, 0, 0, 0x20, 0, 0, 0, 0 },
	  "protocol-violation{{}{}}" },
	{ { CAN_ERR_PROT, 0, 0, 0, 0xff, 0, 0, 0, 0 },
	  "protocol-violation{{}{}}" },
	{ { CAN_ERR_TRX, 0, 0, 0, 0, 0, 0, 0, 0 }, "transceiver-status" },
	{ { CAN_ERR_TRX, 0, 0, 0, 0, CAN_ERR_TRX_CANH_NO_WIRE |
	    CAN_ERR_TRX_CANL_SHORT_TO_GND, 0, 0, 0 },
	  "transceiver-status{canh-no-wire,canl-short-to-gnd}" },
	{ { CAN_ERR_TRX, 0, 0, 0, 0, CAN_ERR_TRX_CANL_SHORT_TO_CANH, 0, 0,
	    0 }, "transceiver-status{canl-short-to-canh}" },
	{ { CAN_ERR_TRX, 0, 0, 0, 0, 0x03, 0, 0, 0 }, "transceiver-status" },
	{ { CAN_ERR_ACK | CAN_ERR_BUSOFF | CAN_ERR_BUSERROR |
	    CAN_ERR_RESTARTED, 0, 0, 0, 0, 0, 0, 0, 0 },
	  "no-acknowledgement-on-tx; bus-off; bus-error; "
	  "restarted-after-bus-off" },
	{ { CAN_ERR_ACK, 0, 0, 0, 0, 0, 7, 96, 0 },
	  "no-acknowledgement-on-tx; error-counter-tx-rx{{96}{0}}" },
	{ { SFAM_CAN_ERR_CNT, 0, 0, 0, 0, 0, 0, 0, 0 },
	  "error-counter-tx-rx{{0}{0}}" },
	{ { 0, 0, 0, 0, 0, 0, 0, 0, 255 }, "error-counter-tx-rx{{0}{255}}" },
	{ { 0x10000400, 0, 0, 0, 0, 0, 0, 0, 0 },
	  "class-0x400; class-0x10000000" },
	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "" },
};

START_TEST(words)
{
	char text[SFAM_CAN_ERROR_STRLEN];
	size_t i, size, len;

	for (i = 0; i < HARNESS_LEN(vectors); i++) {
		len = strlen(vectors[i].words);
		for (size = 0; size <= len; size++)
			ck_assert_err(sfam_can_error_format(text, size,
					&vectors[i].error, "; "), ENOSPC);
		ck_assert_int_eq(sfam_can_error_format(text, len + 1,
				 &vectors[i].error, "; "), (ssize_t)len);
		ck_assert_str_eq(text, vectors[i].words);
	}
}
END_TEST

START_TEST(longest)
{
	char text[SFAM_CAN_ERROR_STRLEN];
	struct sfam_can_error all;
	size_t most = 0;
	unsigned int i;
	ssize_t n;

	memset(&all, 0xff, sizeof(all));
	all.classes = CAN_ERR_MASK;
	for (i = 0; i < 256; i++) {
		all.location = all.transceiver = (uint8_t)i;
		n = sfam_can_error_format(text, sizeof(text), &all, "1234");
		ck_assert_ok(n);
		if ((size_t)n > most)
			most = (size_t)n;
	}
	ck_assert_uint_gt(most, SFAM_CAN_ERROR_STRLEN / 2);
}
END_TEST

START_TEST(round_trip)
{
	struct sfam_can_error back;
	struct can_frame frame;
	uint64_t state = test_seed();
	struct sfam_can_error e;
	int i;

	for (i = 0; i < 10000; i++) {
		uint64_t bytes = test_random(&state);

		memset(&e, 0, sizeof(e));
		e.classes = (uint32_t)test_random(&state) & CAN_ERR_MASK;
		memcpy(&e.lost_bit, &bytes, 8);
		ck_assert_int_eq(sfam_can_error_encode(&frame, sizeof(frame),
						       &e), CAN_MTU);
		ck_assert_uint_eq(frame.can_id, e.classes | CAN_ERR_FLAG);
		ck_assert_uint_eq(frame.can_dlc, CAN_ERR_DLC);
		ck_assert_mem_eq(frame.data, &bytes, 8);
		memset(&back, 0, sizeof(back));
		ck_assert_ok(sfam_can_error_decode(&back, &frame, CAN_MTU));
		ck_assert_mem_eq(&back, &e, sizeof(e));
	}
}
END_TEST

START_TEST(refused)
{
	struct sfam_can_error e, before;
	struct canfd_frame fd = { .can_id = CAN_ERR_FLAG | 1, .len = 8 };
	struct can_frame frame = { .can_id = 1, .can_dlc = 8 };

	memset(&e, 0xee, sizeof(e));
	before = e;
	ck_assert_err(sfam_can_error_decode(&e, &frame, CAN_MTU), EINVAL);
	ck_assert_err(sfam_can_error_decode(&e, &fd, CANFD_MTU), EINVAL);
	frame.can_id |= CAN_ERR_FLAG;
	ck_assert_err(sfam_can_error_decode(&e, &frame, CAN_MTU - 1), EINVAL);
	frame.can_dlc = 9;
	ck_assert_err(sfam_can_error_decode(&e, &frame, CAN_MTU), EINVAL);
	ck_assert_mem_eq(&e, &before, sizeof(e));

	memset(&e, 0, sizeof(e));
	e.classes = CAN_ERR_MASK + 1;
	ck_assert_err(sfam_can_error_encode(&frame, CAN_MTU, &e), EINVAL);
	e.classes = CAN_ERR_MASK;
	ck_assert_err(sfam_can_error_encode(&frame, CAN_MTU - 1, &e), ENOSPC);
	ck_assert_uint_eq(frame.can_dlc, 9);
}
END_TEST

/* What a short frame has not is 0. */
START_TEST(short_frame)
{
	struct can_frame frame = {
		.can_id = CAN_ERR_FLAG | CAN_ERR_LOSTARB, .can_dlc = 1,
		.data = { 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};
	struct sfam_can_error e;

	ck_assert_ok(sfam_can_error_decode(&e, &frame, CAN_MTU));
	ck_assert_uint_eq(e.lost_bit, 5);
	ck_assert_uint_eq(e.controller | e.tx_errors | e.rx_errors, 0);
}
END_TEST

START_TEST(states)
{
	static const struct {
		uint32_t classes;
		uint8_t controller;
		int changed;
		uint32_t state;
	} steps[] = {
		{ CAN_ERR_BUSERROR, 0, 0, CAN_STATE_ERROR_ACTIVE },
		{ CAN_ERR_CRTL, CAN_ERR_CRTL_RX_OVERFLOW, 0,
		  CAN_STATE_ERROR_ACTIVE },
		{ CAN_ERR_BUSERROR, CAN_ERR_CRTL_TX_WARNING, 0,
		  CAN_STATE_ERROR_ACTIVE },
		{ CAN_ERR_CRTL, CAN_ERR_CRTL_TX_WARNING, 1,
		  CAN_STATE_ERROR_WARNING },
		{ CAN_ERR_CRTL, CAN_ERR_CRTL_RX_WARNING, 0,
		  CAN_STATE_ERROR_WARNING },
		{ CAN_ERR_CRTL | CAN_ERR_ACK, CAN_ERR_CRTL_TX_PASSIVE |
		  CAN_ERR_CRTL_RX_WARNING, 1, CAN_STATE_ERROR_PASSIVE },
		{ CAN_ERR_CRTL, CAN_ERR_CRTL_RX_WARNING, 1,
		  CAN_STATE_ERROR_WARNING },
		{ CAN_ERR_CRTL, CAN_ERR_CRTL_ACTIVE, 1,
		  CAN_STATE_ERROR_ACTIVE },
		{ CAN_ERR_CRTL | CAN_ERR_BUSOFF, CAN_ERR_CRTL_TX_PASSIVE, 1,
		  CAN_STATE_BUS_OFF },
		{ CAN_ERR_CRTL, CAN_ERR_CRTL_ACTIVE, 0, CAN_STATE_BUS_OFF },
		{ CAN_ERR_RESTARTED, 0, 1, CAN_STATE_ERROR_ACTIVE },
	};
	struct sfam_can_tracker t = SFAM_CAN_TRACKER_INIT;
	struct sfam_can_error e;
	size_t i;

	for (i = 0; i < HARNESS_LEN(steps); i++) {
		memset(&e, 0, sizeof(e));
		e.classes = steps[i].classes;
		e.controller = steps[i].controller;
		ck_assert_int_eq(sfam_can_tracker_feed(&t, &e),
				 steps[i].changed);
		ck_assert_uint_eq(t.state, steps[i].state);
	}
}
END_TEST

/* 0 is a count where the class says so, else nothing was told. */
START_TEST(counters)
{
	struct sfam_can_tracker t = SFAM_CAN_TRACKER_INIT;
	struct sfam_can_error e;

	memset(&e, 0, sizeof(e));
	e.tx_errors = 96;
	ck_assert_int_eq(sfam_can_tracker_feed(&t, &e), 0);
	ck_assert_uint_eq(t.tx_errors, 96);
	e.tx_errors = 0;
	sfam_can_tracker_feed(&t, &e);
	ck_assert_uint_eq(t.tx_errors, 96);
	e.classes = SFAM_CAN_ERR_CNT;
	e.rx_errors = 3;
	sfam_can_tracker_feed(&t, &e);
	ck_assert_uint_eq(t.tx_errors, 0);
	ck_assert_uint_eq(t.rx_errors, 3);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ words, NULL },
		{ longest, NULL },
		{ round_trip, NULL },
		{ refused, NULL },
		{ short_frame, NULL },
		{ states, NULL },
		{ counters, NULL },
	};

	return harness_run("can-error", tests, HARNESS_LEN(tests));
}
