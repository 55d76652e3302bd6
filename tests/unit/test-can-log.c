/* SPDX-License-Identifier: MIT */
/* Lines of candump's log format. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/can.h>

#include "harness.h"

#define NS_PER_S INT64_C(1000000000)

union frame {
	uint32_t id;
	uint8_t at[SFAM_CANXL_MTU];
};

static size_t frame_of(union frame *f, const char *text)
{
	ssize_t r = sfam_can_text_parse(f, sizeof(*f), text, strlen(text), 0,
					NULL);

	ck_assert_ok(r);
	return (size_t)r;
}

static char line[SFAM_CAN_LOG_STRLEN + 1];

static void is_line(const char *expected, int64_t time_ns, const char *ifname,
		    size_t width, const char *text)
{
	union frame f;
	size_t size = frame_of(&f, text);
	ssize_t len;

	memset(line, 'x', sizeof(line));
	len = sfam_can_log_format(line, SFAM_CAN_LOG_STRLEN, time_ns, ifname,
				  width, &f, size);
	ck_assert_int_eq(len, (ssize_t)strlen(expected));
	ck_assert_mem_eq(line, expected, (size_t)len);
	ck_assert_int_eq(line[len], 'x');
}

START_TEST(lines)
{
	is_line("(1700000000.123456) vcan0 123#11223344\n",
		INT64_C(1700000000123456789), "vcan0", 0, "123#11223344");
	is_line("(1700000000.123456) vcan0 123#11223344\n",
		INT64_C(1700000000123456789), "vcan0", 5, "123#11223344");
	is_line("(1700000000.999999)    can0 12345678#R\n",
		INT64_C(1700000000999999999), "can0", 7, "12345678#R");
	is_line("(0000000000.000000) c 123#\n", 0, "c", 0, "123#");
	is_line("(0000000000.000000) c 123#\n", 999, "c", 1, "123#");
	is_line("(0000000000.000001)  c 123#\n", 1000, "c", 2, "123#");
	is_line("(9223372036.854775) interface-names 123##5AA\n", INT64_MAX,
		"interface-names", 15, "123##5AA");
	is_line("(0000000001.000000) vcan0 45123#81:00:12345678#112233\n",
		NS_PER_S, "vcan0", 5, "45123#81:00:12345678#112233");
}
END_TEST

START_TEST(every_stamp)
{
	uint64_t state = test_seed();
	char expected[64];
	int64_t t;
	int i;

	for (i = 0; i < 20000; i++) {
		t = (int64_t)(test_random(&state) >> (1 + i % 63));
		snprintf(expected, sizeof(expected),
			 "(%010" PRId64 ".%06" PRId64 ") can0 123#\n",
			 t / NS_PER_S, t % NS_PER_S / 1000);
		is_line(expected, t, "can0", 4, "123#");
	}
}
END_TEST

/* Exactly the line fits; with a byte less nothing is written. */
START_TEST(exact_room)
{
	static const char expected[] = "(0000000001.000000)  can0 123#1122\n";
	size_t len = sizeof(expected) - 1;
	char blank[sizeof(line)];
	union frame f;
	size_t size = frame_of(&f, "123#1122");
	size_t room;

	memset(blank, 'x', sizeof(blank));
	memcpy(line, blank, sizeof(line));
	for (room = 0; room < len; room++)
		ck_assert_err(sfam_can_log_format(line, room, NS_PER_S, "can0",
						  5, &f, size), ENOSPC);
	ck_assert_mem_eq(line, blank, sizeof(line));
	ck_assert_int_eq(sfam_can_log_format(line, len, NS_PER_S, "can0", 5,
					     &f, size), (ssize_t)len);
	ck_assert_mem_eq(line, expected, len);
	ck_assert_int_eq(line[len], 'x');
	ck_assert_err(sfam_can_log_format(line, sizeof(line), NS_PER_S, "can0",
					  SIZE_MAX, &f, size), ENOSPC);
	ck_assert_err(sfam_can_log_format(line, sizeof(line), NS_PER_S, "can0",
					  sizeof(line), &f, size), ENOSPC);
}
END_TEST

START_TEST(refused)
{
	union frame f;
	size_t size = frame_of(&f, "123#1122");

	strcpy(line, "kept");
	ck_assert_err(sfam_can_log_format(line, sizeof(line), 0,
					  "sixteen--letters", 0, &f, size),
		      EINVAL);
	ck_assert_err(sfam_can_log_format(line, sizeof(line), 0, "", 0, &f,
					  size), EINVAL);
	ck_assert_err(sfam_can_log_format(line, sizeof(line), -1, "can0", 0,
					  &f, size), EINVAL);
	ck_assert_err(sfam_can_log_format(line, sizeof(line), 0, "can0", 0, &f,
					  15), EINVAL);
	ck_assert_str_eq(line, "kept");
}
END_TEST

START_TEST(longest)
{
	static union frame f;
	uint16_t len = SFAM_CANXL_DLEN;

	f.at[4] = 0x80;
	memcpy(f.at + 6, &len, sizeof(len));
	ck_assert_ok(sfam_can_log_format(line, SFAM_CAN_LOG_STRLEN, INT64_MAX,
					 "interface-names", 15, &f,
					 SFAM_CANXL_MTU));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ lines, NULL },
		{ every_stamp, NULL },
		{ exact_room, NULL },
		{ refused, NULL },
		{ longest, NULL },
	};

	return harness_run("can-log", tests, HARNESS_LEN(tests));
}
