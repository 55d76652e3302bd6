/* SPDX-License-Identifier: MIT */
/* Switches, filters and the error mask of a CAN_RAW socket. */
#include "test-can-vcan.h"

static const uint32_t all_options = SFAM_CAN_OPT_LOOPBACK | SFAM_CAN_OPT_OWN |
	SFAM_CAN_OPT_FD | SFAM_CAN_OPT_XL | SFAM_CAN_OPT_JOIN |
	SFAM_CAN_OPT_TIME | SFAM_CAN_OPT_HWTIME | SFAM_CAN_OPT_DROPS;

START_TEST(bad_arguments)
{
	struct can_filter filters[513] = { { 0, 0 } };
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	ck_assert_err(sfam_can_set_options(fds[0], 1u << 8, 0), EINVAL);
	ck_assert_err(sfam_can_set_options(fds[0], 0, 1u << 31), EINVAL);
	ck_assert_err(sfam_can_set_options(fds[0], SFAM_CAN_OPT_TIME,
					   SFAM_CAN_OPT_TIME), EINVAL);
	ck_assert_err(sfam_can_set_filters(fds[0], filters, 513), EINVAL);
	ck_assert_err(sfam_can_set_filters(fds[0], filters, SIZE_MAX / 8),
		      EINVAL);
	ck_assert_ok(sfam_can_set_options(fds[0], 0, 0));
	/* Not a CAN socket */
	ck_assert_err(sfam_can_set_options(fds[0], SFAM_CAN_OPT_FD, 0),
		      EOPNOTSUPP);
	ck_assert_err(sfam_can_set_filters(fds[0], filters, 1), EOPNOTSUPP);
	ck_assert_err(sfam_can_set_error_mask(fds[0], 1), EOPNOTSUPP);
	ck_assert_err(sfam_can_set_options(-1, SFAM_CAN_OPT_TIME, 0), EBADF);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(all_at_once)
{
	int fd = can_open("vcan0");

	ck_assert_ok(sfam_can_set_options(fd, all_options, 0));
	ck_assert_ok(sfam_can_set_options(fd, 0, all_options));
	ck_assert_ok(sfam_can_set_options(fd, all_options, 0));
	/* The kernel ties FD to XL. */
	ck_assert_err(sfam_can_set_options(fd, 0, SFAM_CAN_OPT_FD), EINVAL);
	ck_assert_ok(sfam_can_set_options(fd, 0, SFAM_CAN_OPT_FD |
					  SFAM_CAN_OPT_XL));
	close(fd);
}
END_TEST

START_TEST(loopback)
{
	struct sfam_can_receiver *r = receiver_new(4, 0);
	int tx = can_open("vcan0");
	int rx = can_open("vcan0");

	ck_assert_ok(sfam_can_set_options(tx, 0, SFAM_CAN_OPT_LOOPBACK));
	ck_assert_ok(send_text(tx, "123#01"));
	expect_text(rx, r, NULL);
	ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_LOOPBACK, 0));
	ck_assert_ok(send_text(tx, "123#02"));
	expect_text(rx, r, "123#02");
	/* My own frames only if I want them */
	expect_text(tx, r, NULL);
	ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_OWN, 0));
	ck_assert_ok(send_text(tx, "123#03"));
	expect_text(tx, r, "123#03");
	sfam_can_receiver_free(r);
	close(tx);
	close(rx);
}
END_TEST

START_TEST(fd_needs_the_switch)
{
	struct sfam_can_receiver *r = receiver_new(4, 0);
	int tx = can_open("vcan0");
	int rx = can_open("vcan0");

	ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_FD, 0));
	ck_assert_ok(send_text(tx, "123##401"));
	expect_text(rx, r, NULL);
	ck_assert_ok(sfam_can_set_options(rx, SFAM_CAN_OPT_FD, 0));
	ck_assert_ok(send_text(tx, "123##402"));
	expect_text(rx, r, "123##402");
	sfam_can_receiver_free(r);
	close(tx);
	close(rx);
}
END_TEST

static void filter_by(int fd, const char *first, const char *second)
{
	const char *texts[] = { first, second };
	struct can_filter filters[2];
	uint32_t mask;
	size_t n;

	for (n = 0; n < 2 && texts[n]; n++)
		ck_assert_int_eq(sfam_can_filter_parse(&filters[n], &mask,
						       texts[n],
						       strlen(texts[n]), NULL),
				 SFAM_CAN_FILTER_ID);
	ck_assert_ok(sfam_can_set_filters(fd, filters, n));
}

START_TEST(filter_items)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	int tx = can_open("vcan0");
	int rx = can_open("vcan0");
	size_t i;

	static const struct {
		const char *first, *second, *passes, *stops;
		uint32_t options;
	} cases[] = {
		{ "123:7FF", NULL, "123#", "124#", 0 },
		{ "123:7FF", "124:7FF", "124#", "125#", 0 },
		{ "100~700", NULL, "223#", "123#", 0 },
		/* All of them, not any of them */
		{ "100:700", "123~7FF", "124#", "123#", SFAM_CAN_OPT_JOIN },
		{ "12345678:9FFFFFFF", NULL, "12345678#", "678#", 0 },
		/* 8 digits do not exclude the same standard identifier. */
		{ "00000123:1FFFFFFF", NULL, "123#", "124#", 0 },
		{ "123:C00007FF", NULL, "123#11", "123#R", 0 },
		{ NULL, NULL, NULL, "123#", 0 },
	};
	for (i = 0; i < HARNESS_LEN(cases); i++) {
		ck_assert_ok(sfam_can_set_options(rx, cases[i].options,
						  SFAM_CAN_OPT_JOIN &
						  ~cases[i].options));
		filter_by(rx, cases[i].first, cases[i].second);
		ck_assert_ok(send_text(tx, cases[i].stops));
		expect_text(rx, r, NULL);
		if (!cases[i].passes)
			continue;
		ck_assert_ok(send_text(tx, cases[i].passes));
		expect_text(rx, r, cases[i].passes);
	}
	sfam_can_receiver_free(r);
	close(tx);
	close(rx);
}
END_TEST

START_TEST(number_of_filters)
{
	static struct can_filter filters[513];
	struct sfam_can_receiver *r = receiver_new(1, 0);
	int tx = can_open("vcan0");
	int rx = can_open("vcan0");
	uint32_t i;

	for (i = 0; i < HARNESS_LEN(filters); i++)
		filters[i] = (struct can_filter){ 0x100 + i, 0x7ff };
	ck_assert_ok(sfam_can_set_filters(rx, filters, 512));
	ck_assert_ok(send_text(tx, "2FF#"));
	expect_text(rx, r, "2FF#");
	ck_assert_ok(send_text(tx, "300#"));
	expect_text(rx, r, NULL);
	/* Refused, and the old ones stay. */
	ck_assert_err(sfam_can_set_filters(rx, filters, 513), EINVAL);
	ck_assert_ok(send_text(tx, "100#"));
	expect_text(rx, r, "100#");
	ck_assert_ok(sfam_can_set_filters(rx, NULL, 0));
	ck_assert_ok(send_text(tx, "100#"));
	expect_text(rx, r, NULL);
	sfam_can_receiver_free(r);
	close(tx);
	close(rx);
}
END_TEST

START_TEST(filters_without_interface)
{
	struct can_filter all = { 0, 0 };
	int fd = can_open("vcan0");

	link_del("vcan0");
	/* Unbound by then: the filters wait for the next bind. */
	ck_assert_ok(sfam_can_set_filters(fd, &all, 1));
	close(fd);
}
END_TEST

START_TEST(error_frames)
{
	static const char bus_off[] = "20000040#0000000000000000";
	static const char no_ack[] = "20000020#0000000000000000";
	struct sfam_can_receiver *r = receiver_new(4, 0);
	int tx = can_open("vcan0");
	int rx = can_open("vcan0");

	ck_assert_ok(send_text(tx, bus_off));
	expect_text(rx, r, NULL);
	ck_assert_ok(sfam_can_set_error_mask(rx, 0x40));
	ck_assert_ok(send_text(tx, no_ack));
	expect_text(rx, r, NULL);
	ck_assert_ok(send_text(tx, bus_off));
	expect_text(rx, r, bus_off);
	ck_assert_ok(sfam_can_set_error_mask(rx, 0xffffffff));
	ck_assert_ok(send_text(tx, no_ack));
	expect_text(rx, r, no_ack);
	ck_assert_ok(sfam_can_set_error_mask(rx, 0));
	ck_assert_ok(send_text(tx, bus_off));
	expect_text(rx, r, NULL);
	sfam_can_receiver_free(r);
	close(tx);
	close(rx);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ bad_arguments, NULL },
		{ all_at_once, "can vcan" },
		{ loopback, "can vcan" },
		{ fd_needs_the_switch, "can vcan" },
		{ filter_items, "can vcan" },
		{ number_of_filters, "can vcan" },
		{ filters_without_interface, "can vcan" },
		{ error_frames, "can vcan" },
	};

	return harness_run("can-option", tests, HARNESS_LEN(tests));
}
