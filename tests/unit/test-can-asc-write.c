/* SPDX-License-Identifier: MIT */
/* Lines of Vector's ASC format, written, and read again. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sockfam/can-asc.h>

#include "harness.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)
#define XL_RATES " 000000050005000e 0000000000a00010 0000000a000a001d " \
		 "0000000000a00002 000000100010000f 0000000000a00001"

union frame {
	uint32_t id;
	uint8_t at[SFAM_CANXL_MTU];
};

static size_t frame_of(union frame *f, const char *text)
{
	ssize_t r = sfam_can_text_parse(f, sizeof(*f), text, strlen(text),
					SFAM_CAN_TEXT_LENIENT, NULL);

	ck_assert_ok(r);
	return (size_t)r;
}

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void is_header(int64_t start_s, const char *date)
{
	char text[256], expected[256];
	ssize_t n, size;

	snprintf(expected, sizeof(expected), "date %s\n"
		 "base hex  timestamps absolute\nno internal events logged\n"
		 "// sockfam: start %" PRId64 "\n", date, start_s);
	memset(text, 'x', sizeof(text));
	for (size = 0; size < (ssize_t)strlen(expected); size++)
		ck_assert_err(sfam_can_asc_format_header(text, (size_t)size,
							 start_s), ENOSPC);
	ck_assert_int_eq(text[0], 'x');
	n = sfam_can_asc_format_header(text, (size_t)size, start_s);
	ck_assert_int_eq(n, size);
	ck_assert_mem_eq(text, expected, (size_t)n);
	ck_assert_int_eq(text[n], 'x');
}

START_TEST(headers)
{
	char text[256];

	set_zone("UTC0");
	is_header(0, "Thu Jan  1 00:00:00 1970");
	is_header(1700000000, "Tue Nov 14 22:13:20 2023");
	is_header(9214646399, "Tue Dec 31 23:59:59 2261");
	ck_assert_err(sfam_can_asc_format_header(text, sizeof(text),
						 9214646400), EINVAL);
	ck_assert_err(sfam_can_asc_format_header(text, sizeof(text), -1),
		      EINVAL);
	ck_assert_err(sfam_can_asc_format_header(text, sizeof(text),
						 INT64_MAX), EINVAL);
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	/* The hour that comes twice: the comment tells which. */
	is_header(1698537600, "Sun Oct 29 02:00:00 2023");
	is_header(1698541200, "Sun Oct 29 02:00:00 2023");
}
END_TEST

/* --------------------------------------------------------------- write -- */

static char line[SFAM_CAN_ASC_STRLEN + 1];

static void is_line(const char *expected, int64_t time_ns, uint32_t channel,
		    char direction, const char *text)
{
	union frame f;
	size_t size = frame_of(&f, text);
	size_t len = strlen(expected), at;
	ssize_t n;

	memset(line, 'x', sizeof(line));
	for (at = 0; at < len; at++)
		ck_assert_err(sfam_can_asc_format(line, at, time_ns, channel,
						  direction, &f, size),
			      ENOSPC);
	ck_assert_int_eq(line[0], 'x');
	n = sfam_can_asc_format(line, len, time_ns, channel, direction, &f,
				size);
	ck_assert_int_eq(n, (ssize_t)len);
	ck_assert_msg(memcmp(line, expected, len) == 0, "%.*s", (int)n, line);
	ck_assert_int_eq(line[len], 'x');
}

#define NAME_FIELD "                                  "

START_TEST(lines)
{
	is_line("   0.000000 1  123             Rx   d 4 11 22 33 44\n", 999, 1,
		0, "123#11223344");
	is_line("   1.000001 12 12345678x       Tx   d 0\n", S + 1999, 12, 'T',
		"12345678#");
	is_line("12345.999999 255 0               Rx   r 0\n",
		12345 * S + 999999999, 255, 'R', "000#R");
	is_line("   0.000000 2  7FF             Rx   r A\n", 0, 2, 'R',
		"7FF#R8_A");
	is_line("   0.000000 2  1x              Rx   d E 01 02 03 04 05 06 07 "
		"08\n", 0, 2, 'R', "00000001#0102030405060708_E");
	is_line("   0.000000 2  ErrorFrame\n", 0, 2, 'R',
		"20000004#0001000000000000");
	is_line("   0.500000 CANFD   2 Tx   12345678x" NAME_FIELD "1 1 9 12 "
		"11 22 33 44 55 66 77 88 99 AA BB CC   130000  130     7000 "
		"0 0 0 0 0\n", 500 * MS, 2, 'T',
		"12345678##7112233445566778899AABBCC");
	is_line("   0.500000 CANFD 255 Rx        123 " NAME_FIELD "0 0 0  0   "
		"130000  130     1000 0 0 0 0 0\n", 500 * MS, 255, 'R',
		"123##0");
	/* Of nine bytes, as the kernel lets them be. */
	is_line("   0.500000 CANFD   1 Rx          1 " NAME_FIELD "0 0 9  9 "
		"01 02 03 04 05 06 07 08 09   130000  130     1000 0 0 0 0 0\n",
		500 * MS, 1, 'R', "001##0010203040506070809");
	is_line("   1.000000 CANXL   1 Rx   XLFF   984438   4656       123"
		NAME_FIELD "fe 1 2 3 1 1f96 45 0000abcd 11 22 33 123123 "
		"01c03000 00000000" XL_RATES "\n", S, 1, 'R',
		"45123#83:FE:0000ABCD#112233");
}
END_TEST

START_TEST(refused)
{
	union frame f;
	size_t size = frame_of(&f, "123#1122");

	strcpy(line, "kept");
	ck_assert_err(sfam_can_asc_format(line, sizeof(line), -1, 1, 'R', &f,
					  size), EINVAL);
	ck_assert_err(sfam_can_asc_format(line, sizeof(line), 0, 0, 'R', &f,
					  size), EINVAL);
	ck_assert_err(sfam_can_asc_format(line, sizeof(line), 0, 256, 'R', &f,
					  size), EINVAL);
	ck_assert_err(sfam_can_asc_format(line, sizeof(line), 0, 1, 'R', &f,
					  15), EINVAL);
	ck_assert_err(sfam_can_asc_format_channel(line, sizeof(line), 0, "c"),
		      EINVAL);
	ck_assert_err(sfam_can_asc_format_channel(line, sizeof(line), 256,
						  "c"), EINVAL);
	ck_assert_err(sfam_can_asc_format_channel(line, sizeof(line), 1, ""),
		      EINVAL);
	ck_assert_err(sfam_can_asc_format_channel(line, sizeof(line), 1,
						  "sixteen--letters"), EINVAL);
	ck_assert_err(sfam_can_asc_format_channel(line, sizeof(line), 1, "a b"),
		      EINVAL);
	ck_assert_err(sfam_can_asc_format_channel(line, 23, 1, "c"), ENOSPC);
	ck_assert_str_eq(line, "kept");
	ck_assert_int_eq(sfam_can_asc_format_channel(line, 24, 1, "c"), 24);
	ck_assert_mem_eq(line, "// sockfam: channel 1 c\n", 24);
}
END_TEST

/* ---------------------------------------------------------- round trip -- */

static void random_data(uint8_t *data, size_t len, uint64_t *state)
{
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = (uint8_t)test_random(state);
}

/* Any frame that the kernel could hand out, but for error frames. */
static size_t random_frame(union frame *f, uint64_t *state)
{
	static const uint32_t kinds[] = { 0, SFAM_CAN_RTR, SFAM_CAN_FD,
					  SFAM_CAN_XL };
	uint8_t data[SFAM_CANXL_DLEN];
	struct sfam_can_fields s = { .flags = 0 };
	uint64_t r = test_random(state);
	ssize_t n;

	s.flags = kinds[r % 4];
	s.data = data;
	random_data(data, sizeof(data), state);
	if (s.flags == SFAM_CAN_XL) {
		s.flags |= (r & 0x10 ? SFAM_CAN_SEC : 0) |
			   (r & 0x20 ? SFAM_CAN_RRS : 0);
		s.id = r >> 8 & CAN_SFF_MASK;
		s.len = (uint16_t)(1 + (r >> 20) % SFAM_CANXL_DLEN);
		s.vcid = (uint8_t)(r >> 32);
		s.sdt = (uint8_t)(r >> 40);
		s.af = (uint32_t)test_random(state);
	} else {
		s.flags |= r & 0x10 ? SFAM_CAN_EXT : 0;
		s.id = (uint32_t)(r >> 32) &
		       (r & 0x10 ? CAN_EFF_MASK : CAN_SFF_MASK);
		s.len = (uint16_t)((r >> 8) % 9);
		if (s.len == 8 && r & 0x20)
			s.len8_dlc = (uint8_t)(9 + (r >> 16) % 7);
	}
	if (s.flags & SFAM_CAN_FD) {
		s.flags |= (r & 0x40 ? SFAM_CAN_BRS : 0) |
			   (r & 0x80 ? SFAM_CAN_ESI : 0);
		s.len8_dlc = 0;
		s.len = (uint16_t)sfam_can_fd_len((r >> 8) % 65);
	}
	n = sfam_can_pack(f, sizeof(*f), &s);
	ck_assert_ok(n);
	return (size_t)n;
}

START_TEST(there_and_back)
{
	uint64_t state = test_seed();
	struct sfam_can_asc asc = { 0 };
	struct sfam_can_asc_line got;
	union frame f, got_frame;
	struct sfam_diag diag;
	uint32_t channel;
	int64_t t;
	size_t size;
	ssize_t n;
	int i;

	for (i = 0; i < 4000; i++) {
		size = random_frame(&f, &state);
		t = (int64_t)(test_random(&state) >> (2 + i % 62));
		t -= t % 1000;
		memset(&got_frame, 0x55, sizeof(got_frame));
		channel = 1 + (uint32_t)test_random(&state) % 255;
		n = sfam_can_asc_format(line, sizeof(line), t, channel,
					i & 1 ? 'R' : 'T', &f, size);
		ck_assert_ok(n);
		ck_assert_int_eq(sfam_can_asc_parse(&asc, &got, &got_frame,
						    sizeof(got_frame), line,
						    (size_t)n, &diag),
				 SFAM_CAN_ASC_FRAME);
		ck_assert_int_eq(got.time_ns, t);
		ck_assert_uint_eq(got.channel, channel);
		ck_assert_int_eq(got.direction, i & 1 ? 'R' : 'T');
		ck_assert_uint_eq(got.frame_size, size);
		ck_assert_mem_eq(&got_frame, &f, size);
	}
}
END_TEST

START_TEST(longest)
{
	static union frame f;
	uint16_t len = SFAM_CANXL_DLEN;
	uint32_t prio = 0xff07ff;

	memcpy(f.at, &prio, sizeof(prio));
	f.at[4] = 0x83;
	memcpy(f.at + 6, &len, sizeof(len));
	ck_assert_ok(sfam_can_asc_format(line, SFAM_CAN_ASC_STRLEN, INT64_MAX,
					 255, 'R', &f, SFAM_CANXL_MTU));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ headers, NULL },
		{ lines, NULL },
		{ refused, NULL },
		{ there_and_back, NULL },
		{ longest, NULL },
	};

	return harness_run("can-asc-write", tests, HARNESS_LEN(tests));
}
