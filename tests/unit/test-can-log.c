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

/* --------------------------------------------------------------- parse -- */

static struct sfam_can_log_line got;
static union frame got_frame;

static int parse(const char *text)
{
	struct sfam_diag diag;

	memset(&got, 0x55, sizeof(got));
	memset(&got_frame, 0x55, sizeof(got_frame));
	return sfam_can_log_parse(&got, &got_frame, sizeof(got_frame), text,
				  strlen(text), 0, &diag);
}

static void is_frame(const char *text, int64_t time_ns, const char *ifname,
		     const char *frame, char direction)
{
	union frame f;
	size_t size = frame_of(&f, frame);

	ck_assert_int_eq(parse(text), SFAM_CAN_LOG_FRAME);
	ck_assert_int_eq(got.time_ns, time_ns);
	ck_assert_str_eq(got.ifname, ifname);
	ck_assert_int_eq(got.direction, direction);
	ck_assert_uint_eq(got.drops, 0);
	ck_assert_uint_eq(got.frame_size, size);
	ck_assert_mem_eq(&got_frame, &f, size);
	/* Nothing behind it. */
	ck_assert_uint_eq(got_frame.at[size], 0x55);
}

START_TEST(parse_frames)
{
	const int64_t t = INT64_C(1700000000123456000);

	is_frame("(1700000000.123456) vcan0 123#11223344", t, "vcan0",
		 "123#11223344", 0);
	is_frame("(1700000000.123456)    vcan0  123#11223344\n", t, "vcan0",
		 "123#11223344", 0);
	is_frame("(1700000000.123456789) vcan0 12345678#R8_9 R\r\n", t + 789,
		 "vcan0", "12345678#R8_9", 'R');
	is_frame("(000.000000) c 123##511  T ", 0, "c", "123##511", 'T');
	is_frame("(9223372035.999999999) interface-names "
		 "45123#81:00:12345678#112233 T", INT64_C(9223372035999999999),
		 "interface-names", "45123#81:00:12345678#112233", 'T');
}
END_TEST

START_TEST(parse_drops)
{
	ck_assert_int_eq(parse("DROPCOUNT: dropped 1 CAN frame on 'can0' "
			       "socket (total drops 18446744073709551615)\n"),
			 SFAM_CAN_LOG_DROPS);
	ck_assert_uint_eq(got.drops, 1);
	ck_assert_uint_eq(got.total, UINT64_MAX);
	ck_assert_str_eq(got.ifname, "can0");
	ck_assert_uint_eq(got.frame_size, 0);
	ck_assert_int_eq(parse("DROPCOUNT: dropped 20 CAN frames on "
			       "'interface-names' socket (total drops 20)"),
			 SFAM_CAN_LOG_DROPS);
	ck_assert_uint_eq(got.drops, 20);
}
END_TEST

START_TEST(parse_others)
{
	static const char *const texts[] = {
		"", "\n", "# a comment", " (1.000000) can0 123#", "DROPCOUNT:",
	};
	size_t i;

	for (i = 0; i < HARNESS_LEN(texts); i++) {
		ck_assert_int_eq(parse(texts[i]), SFAM_CAN_LOG_OTHER);
		ck_assert_int_eq(got.frame_size & 0xff, 0x55);
	}
}
END_TEST

/* Where it is wrong; and nothing is written. */
static const struct {
	const char *text;
	size_t offset;
} bad[] = {
	{ "(", 1 }, { "(x.000000) can0 123#", 1 }, { "(1", 2 },
	{ "(1,000000) can0 123#", 2 }, { "(1.00000) can0 123#", 3 },
	{ "(1.0000000) can0 123#", 3 }, { "(1.0000000000) can0 123#", 3 },
	{ "(9223372036.000000) can0 123#", 1 },
	{ "(99999999999999999999.000000) can0 123#", 1 },
	{ "(1.000000 can0 123#", 9 }, { "(1.000000)can0 123#", 10 },
	{ "(1.000000) can0", 11 }, { "(1.000000) ", 11 },
	{ "(1.000000) interface-names0 123#", 11 },
	{ "(1.000000) can0 ", 16 }, { "(1.000000) can0 123", 19 },
	{ "(1.000000) can0 123#G", 20 },
	{ "(1.000000) can0 123#112233445566778899", 36 },
	{ "(1.000000) can0 123# X", 21 }, { "(1.000000) can0 123# RT", 22 },
	{ "DROPCOUNT: dropped ", 19 }, { "DROPCOUNT: dropped x CAN", 19 },
	{ "DROPCOUNT: dropped 18446744073709551616 CAN frames on", 19 },
	{ "DROPCOUNT: dropped 1 CAM", 20 },
	{ "DROPCOUNT: dropped 1 CAN frame on can0", 30 },
	{ "DROPCOUNT: dropped 1 CAN frame on '' socket", 35 },
	{ "DROPCOUNT: dropped 1 CAN frame on 'c' socket", 37 },
	{ "DROPCOUNT: dropped 1 CAN frame on 'c' socket (total drops )", 58 },
	{ "DROPCOUNT: dropped 1 CAN frame on 'c' socket (total drops 1", 59 },
	{ "DROPCOUNT: dropped 1 CAN frame on 'c' socket (total drops 1) ",
	  60 },
};

static void is_bad(const char *text, size_t len, size_t offset)
{
	struct sfam_can_log_line l;
	struct sfam_diag diag;
	union frame f;

	memset(&l, 0x55, sizeof(l));
	memset(&f, 0x55, sizeof(f));
	ck_assert_err(sfam_can_log_parse(&l, &f, sizeof(f), text, len, 0,
					 &diag), EINVAL);
	ck_assert_msg(diag.offset == offset, "%s: at %zu", text, diag.offset);
	ck_assert_uint_eq(l.frame_size & 0xff, 0x55);
	ck_assert_uint_eq(f.at[0], 0x55);
	ck_assert_err(sfam_can_log_parse(&l, &f, sizeof(f), text, len, 0,
					 NULL), EINVAL);
}

START_TEST(parse_bad)
{
	static const char in_name[] = "(1.000000) ca\0n 123#11";
	static const char no_name[] = "DROPCOUNT: dropped 1 CAN frame on "
				      "'\0' socket (total drops 1)";
	size_t i;

	for (i = 0; i < HARNESS_LEN(bad); i++)
		is_bad(bad[i].text, strlen(bad[i].text), bad[i].offset);
	is_bad(in_name, sizeof(in_name) - 1, 11);
	is_bad(no_name, sizeof(no_name) - 1, 35);
}
END_TEST

START_TEST(parse_room)
{
	static const char text[] = "(1.000000) can0 123#11";
	struct sfam_can_log_line l;
	union frame f;
	size_t size;

	memset(&f, 0x55, sizeof(f));
	for (size = 0; size < CAN_MTU; size++)
		ck_assert_err(sfam_can_log_parse(&l, &f, size, text,
						 strlen(text), 0, NULL),
			      ENOSPC);
	ck_assert_uint_eq(f.at[0], 0x55);
	ck_assert_int_eq(sfam_can_log_parse(&l, &f, CAN_MTU, text,
					    strlen(text), 0, NULL),
			 SFAM_CAN_LOG_FRAME);
	ck_assert_uint_eq(f.at[CAN_MTU], 0x55);
}
END_TEST

/* What is written is read again, whatever the bytes are. */
START_TEST(there_and_back)
{
	uint64_t state = test_seed();
	union frame f;
	ssize_t len;
	int64_t t;
	int i;

	for (i = 0; i < 20000; i++) {
		memset(&f, 0, sizeof(f));
		t = (int64_t)(test_random(&state) >> (1 + i % 63));
		t -= t % 1000;
		f.id = (uint32_t)test_random(&state) & 0x7ff;
		f.at[4] = (uint8_t)(i % 9);
		memset(f.at + 8, i, f.at[4]);
		len = sfam_can_log_format(line, sizeof(line), t, "can0",
					  (size_t)i % 16, &f, CAN_MTU);
		ck_assert_int_eq(sfam_can_log_parse(&got, &got_frame,
						    sizeof(got_frame), line,
						    (size_t)len, 0, NULL),
				 SFAM_CAN_LOG_FRAME);
		ck_assert_int_eq(got.time_ns, t);
		ck_assert_mem_eq(&got_frame, &f, CAN_MTU);
	}
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
		{ parse_frames, NULL },
		{ parse_drops, NULL },
		{ parse_others, NULL },
		{ parse_bad, NULL },
		{ parse_room, NULL },
		{ there_and_back, NULL },
	};

	return harness_run("can-log", tests, HARNESS_LEN(tests));
}
