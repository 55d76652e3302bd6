/* SPDX-License-Identifier: MIT */
/* Lines of Vector's ASC format. */
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

union frame {
	uint32_t id;
	uint8_t at[SFAM_CANXL_MTU];
};

static struct sfam_can_asc asc;
static struct sfam_can_asc_line got;
static union frame got_frame;
static struct sfam_diag diag;

static int parse(const char *text)
{
	memset(&got, 0x55, sizeof(got));
	memset(&got_frame, 0x55, sizeof(got_frame));
	return sfam_can_asc_parse(&asc, &got, &got_frame, sizeof(got_frame),
				  text, strlen(text), &diag);
}

static size_t frame_of(union frame *f, const char *text)
{
	ssize_t r = sfam_can_text_parse(f, sizeof(*f), text, strlen(text),
					SFAM_CAN_TEXT_LENIENT, NULL);

	ck_assert_ok(r);
	return (size_t)r;
}

static void is_frame(const char *line, int64_t time_ns, uint32_t channel,
		     char direction, const char *text)
{
	union frame f;
	size_t size = frame_of(&f, text);
	int kind = parse(line);

	ck_assert_msg(kind == SFAM_CAN_ASC_FRAME, "%s: %d at %zu", line, kind,
		      diag.offset);
	ck_assert_int_eq(got.time_ns, time_ns);
	ck_assert_uint_eq(got.channel, channel);
	ck_assert_int_eq(got.direction, direction);
	ck_assert_str_eq(got.ifname, "");
	ck_assert_uint_eq(got.drops, 0);
	ck_assert_uint_eq(got.frame_size, size);
	ck_assert_msg(memcmp(&got_frame, &f, size) == 0, "%s", line);
	/* Nothing behind it. */
	ck_assert(size == sizeof(f) || got_frame.at[size] == 0x55);
}

/* ---------------------------------------------------------------- read -- */

#define XL_RATES " 000000050005000e 0000000000a00010 0000000a000a001d " \
		 "0000000000a00002 000000100010000f 0000000000a00001"

static const struct {
	const char *line;
	int64_t time_ns;
	uint32_t channel;
	char direction;
	const char *frame;
} frames[] = {
	{ "   0.002367 1  390x            Rx   d 8 17 00 14 00 C0 00 08 00",
	  2367000, 1, 'R', "00000390#17001400C0000800" },
	{ "1.5 255 7FF Tx d 0\r\n", S + 500 * MS, 255, 'T', "7FF#" },
	{ "12.3456 2 1FFFFFFFx Rx d 2 1 a Length = 204000 BitCount = 105",
	  12 * S + 345600000, 2, 'R', "1FFFFFFF#010A" },
	{ "0.123456789 3 123 rx D E 1 2 3 4 5 6 7 8", 123456789, 3, 'R',
	  "123#0102030405060708_E" },
	{ "1.0 1 123 Rx r", S, 1, 'R', "123#R" },
	{ "1.0 1 123 Rx r 5", S, 1, 'R', "123#R5" },
	{ "1.0 1 123 Rx r A Length = 1", S, 1, 'R', "123#R8_A" },
	{ "1.0 1 123x Rx r Length = 1", S, 1, 'R', "00000123#R" },
	{ "\t0.7 2\tErrorFrame", 700 * MS, 2, 0, "20000080#0000000000000000" },
	{ "0.7 2 ErrorFrame Flags = 0xe CodeExt = 0x20a2", 700 * MS, 2, 0,
	  "20000080#0000000000000000" },
	/* CANFD, of log2asc, of CANoe, of python-can. */
	{ "   0.500000 CANFD   2 Tx   12345678x                              "
	  "    1 1 9 12 11 22 33 44 55 66 77 88 99 AA BB CC   130000  130    "
	  " 7000 0 0 0 0 0", 500 * MS, 2, 'T',
	  "12345678##7112233445566778899AABBCC" },
	{ "21.671796 CANFD 1 Tx 11 msgCanFdFr1 1 0 a 16 00 00 00 00 00 00 00 "
	  "00 00 00 00 00 00 00 59 c0 100000 214 223040 80000000 46500250",
	  21 * S + 671796000, 1, 'T',
	  "011##5000000000000000000000000000059c0" },
	{ " 0.000000 CANFD   1 Rx        7FF                                  "
	  "0 0 0  0         0    0     1000        0        0        0", 0, 1,
	  'R', "7FF##4" },
	/* A name like a hex number. */
	{ "0.4 CANFD 1 Tx 11 bad 1 0 1 1 FF 0 0 3000", 400 * MS, 1, 'T',
	  "011##5FF" },
	/* The flags tell the kind, and with FD nothing else does. */
	{ "0.4 CANFD 2 Rx 123 0 0 a 0 130000 130 10 0 0 0 0 0", 400 * MS, 2,
	  'R', "123#R8_A" },
	{ "0.4 CANFD 2 Rx 123 1 1 5 0 130000 130 10 0 0 0 0 0", 400 * MS, 2,
	  'R', "123#R5" },
	{ "0.4 CANFD 2 Rx 123 0 0 f 8 1 2 3 4 5 6 7 8 0 0 0", 400 * MS, 2,
	  'R', "123#0102030405060708_F" },
	{ "0.4 CANFD 2 Rx 123 0 0 2 2 1 2 0 0 0", 400 * MS, 2, 'R',
	  "123#0102" },
	{ "0.4 CANFD 2 Rx 123 0 0 9 9 1 2 3 4 5 6 7 8 9 0 0 1000", 400 * MS,
	  2, 'R', "123##4010203040506070809" },
	{ "0.4 CANFD 2 Rx ErrorFrame Not Acknowledge error, dominant error "
	  "flag fffe c7 31ca Arb. 556 44 0 0 f000 1331984 11300 0 0 0",
	  400 * MS, 2, 0, "20000080#0000000000000000" },
	/* CANXL. */
	{ "59.171614 CANXL   2 Rx   XLFF   984438   4656      432  "
	  "msgCanXlTest1 e0 0  2 3 1 1f96 45 12345678 e1 89 e8 12cfbd62 "
	  "01403000 00000000" XL_RATES, 59 * S + 171614000, 2, 'R',
	  "45432#81:E0:12345678#E189E8" },
	{ "1.0 CANXL 1 Tx XLFF 984438 4656 7FF 0 0 0 1 1 1f96 0 0 FF 0 c00000",
	  S, 1, 'T', "007FF#82:00:00000000#FF" },
	{ "1.0 CANXL 2 Rx CBFF 243215 176 432 msgCanCCTest1 f 8 e1 89 e8 c2 b9 "
	  "6d 5a f1 174 00000000 00000000" XL_RATES, S, 2, 'R',
	  "432#E189E8C2B96D5AF1_F" },
	{ "1.0 CANXL 2 Rx CEFF 243215 176 432x 3 0 174 00000010 00000000", S,
	  2, 'R', "00000432#R3" },
	{ "1.0 CANXL 2 Rx FBFF 243215 176 432 msgCanFDTest2 9 12 e1 89 e8 c2 "
	  "b9 6d 5a f1 11 22 33 44 a 12345 00005000 0", S, 2, 'R',
	  "432##6e189e8c2b96d5af111223344" },
	{ "1.0 CANXL 2 Rx FEFF 243215 176 432x 1 1 ff a 12345 00003000 0", S,
	  2, 'R', "00000432##5ff" },
};

START_TEST(read_frames)
{
	size_t i;

	memset(&asc, 0, sizeof(asc));
	for (i = 0; i < HARNESS_LEN(frames); i++)
		is_frame(frames[i].line, frames[i].time_ns, frames[i].channel,
			 frames[i].direction, frames[i].frame);
}
END_TEST

START_TEST(decimal)
{
	memset(&asc, 0, sizeof(asc));
	ck_assert_int_eq(parse("base dec timestamps absolute\n"),
			 SFAM_CAN_ASC_OTHER);
	is_frame("1.0 1 2047 Rx d 3 255 0 010", S, 1, 'R', "7FF#FF000A");
	is_frame("1.0 1 536870911x Rx d 0", S, 1, 'R', "1FFFFFFF#");
	/* These are always hex. */
	is_frame("1.0 CANFD 1 Rx 7FF 0 0 1 1 ff 0 0 1000", S, 1, 'R',
		 "7FF##4FF");
	ck_assert_err(parse("1.0 1 2048 Rx d 0"), EINVAL);
	ck_assert_uint_eq(diag.offset, 6);
	ck_assert_err(parse("1.0 1 1 Rx d 1 256"), EINVAL);
	ck_assert_uint_eq(diag.offset, 15);
	ck_assert_int_eq(parse("Base HEX"), SFAM_CAN_ASC_OTHER);
	is_frame("1.0 1 10 Rx d 1 10", S, 1, 'R', "010#10");
}
END_TEST

START_TEST(relative)
{
	memset(&asc, 0, sizeof(asc));
	ck_assert_int_eq(parse("base hex timestamps relative"),
			 SFAM_CAN_ASC_OTHER);
	ck_assert_int_eq(parse("// sockfam: start 1700000000"),
			 SFAM_CAN_ASC_OTHER);
	is_frame("1.5 1 1 Rx d 0", 1700000001 * S + 500 * MS, 1, 'R', "001#");
	ck_assert_int_eq(parse("0.25 Start of measurement"),
			 SFAM_CAN_ASC_EVENT);
	/* A line that cannot be read took its time as well. */
	ck_assert_err(parse("0.25 1 1 Rx d 1"), EINVAL);
	is_frame("0.5 CANFD 1 Rx 1 0 0 0 0 0 0 1000", 1700000002 * S + 500 * MS,
		 1, 'R', "001##4");
	is_frame("0.0 2 ErrorFrame", 1700000002 * S + 500 * MS, 2, 0,
		 "20000080#0000000000000000");
	ck_assert_int_eq(parse("base hex timestamps absolute"),
			 SFAM_CAN_ASC_OTHER);
	is_frame("0.5 1 1 Rx d 0", 1700000000 * S + 500 * MS, 1, 'R', "001#");
}
END_TEST

START_TEST(others)
{
	static const struct { const char *line; int kind; } lines[] = {
		{ "", SFAM_CAN_ASC_OTHER },
		{ "  \r\n", SFAM_CAN_ASC_OTHER },
		{ "// version 18.2.0", SFAM_CAN_ASC_OTHER },
		{ "//", SFAM_CAN_ASC_OTHER },
		{ "// sockfam: something new", SFAM_CAN_ASC_OTHER },
		{ "// sockfam: D", SFAM_CAN_ASC_OTHER },
		{ "no internal events logged", SFAM_CAN_ASC_OTHER },
		{ "internal events logged", SFAM_CAN_ASC_OTHER },
		{ "End TriggerBlock\n", SFAM_CAN_ASC_OTHER },
		{ "previous log file: x.asc", SFAM_CAN_ASC_EVENT },
		{ "Begin something", SFAM_CAN_ASC_EVENT },
		{ "not here", SFAM_CAN_ASC_EVENT },
		{ "x 1 123 Rx d 0", SFAM_CAN_ASC_EVENT },
		{ "0.0 Start of measurement", SFAM_CAN_ASC_EVENT },
		{ "1.0", SFAM_CAN_ASC_EVENT },
		{ "1.0 1", SFAM_CAN_ASC_EVENT },
		{ "1.0 CAN 1 Status:chip status error active",
		  SFAM_CAN_ASC_EVENT },
		{ "1.0 1  Statistic: D 0 R 0 XD 0 XR 0 E 0 O 0 B 0.00%",
		  SFAM_CAN_ASC_EVENT },
		{ "1.0 1 J1939TP FEE3p 6 0 0 - Rx d 23 A0 0F A6 60",
		  SFAM_CAN_ASC_EVENT },
		{ "1.0 1 123 TxRq d 1 11", SFAM_CAN_ASC_EVENT },
		{ "1.0 CANFD 1 TxRq 123 0 0 1 1 11 0 0 1000",
		  SFAM_CAN_ASC_EVENT },
		{ "1.0 1 OverloadFrame", SFAM_CAN_ASC_EVENT },
	};
	size_t i;

	memset(&asc, 0, sizeof(asc));
	for (i = 0; i < HARNESS_LEN(lines); i++) {
		ck_assert_msg(parse(lines[i].line) == lines[i].kind, "%s",
			      lines[i].line);
		ck_assert_uint_eq(got.frame_size & 0xff, 0x55);
	}
}
END_TEST

START_TEST(our_comments)
{
	memset(&asc, 0, sizeof(asc));
	ck_assert_int_eq(parse("// sockfam: channel 12 vcan0\n"),
			 SFAM_CAN_ASC_CHANNEL);
	ck_assert_uint_eq(got.channel, 12);
	ck_assert_str_eq(got.ifname, "vcan0");
	ck_assert_int_eq(parse("// sockfam: DROPCOUNT: dropped 20 CAN frames "
			       "on 'can0' socket (total drops 30)"),
			 SFAM_CAN_ASC_DROPS);
	ck_assert_uint_eq(got.drops, 20);
	ck_assert_uint_eq(got.total, 30);
	ck_assert_str_eq(got.ifname, "can0");
	ck_assert_uint_eq(got.frame_size, 0);
}
END_TEST

/* Where it is wrong; and nothing but the time is written. */
static const struct {
	const char *line;
	size_t offset;
} bad[] = {
	{ "1", 0 }, { "1,0 1 1 Rx d 0", 0 }, { "1.x 1 1 Rx d 0", 0 },
	{ "1.1234567890 1 1 Rx d 0", 0 }, { "1.0x 1 1 Rx d 0", 0 },
	{ "9223372036.0 1 1 Rx d 0", 0 },
	{ "1.0 0 1 Rx d 0", 4 }, { "1.0 256 1 Rx d 0", 4 },
	{ "1.0 1x 1 Rx d 0", 4 }, { "1.0 256 ErrorFrame", 4 },
	{ "1.0 1 800 Rx d 0", 6 }, { "1.0 1 20000000x Rx d 0", 6 },
	{ "1.0 1 123456789 Rx d 0", 6 }, { "1.0 1 12g Rx d 0", 6 },
	{ "1.0 1 x Rx d 0", 6 }, { "1.0 1 1xx Rx d 0", 6 },
	{ "1.0 1 1 Rx", 10 }, { "1.0 1 1 Rx b 0", 11 },
	{ "1.0 1 1 Rx d", 12 }, { "1.0 1 1 Rx d 10", 13 },
	{ "1.0 1 1 Rx d g", 13 }, { "1.0 1 1 Rx d 2 11", 17 },
	{ "1.0 1 1 Rx d 2 11 2g", 18 }, { "1.0 1 1 Rx d 2 11 100", 18 },
	{ "1.0 1 1 Rx d 1 11 22", 18 }, { "1.0 1 1 Rx d 9 1 2 3 4 5 6 7", 28 },
	{ "1.0 1 1 Rx r 8 11", 15 }, { "1.0 1 1 Rx r g", 13 },
	{ "1.0 CANFD x Rx 1 0 0 0 0 0 0 0", 10 },
	{ "1.0 CANFD 1 Rx 800 0 0 0 0 0 0 0", 15 },
	{ "1.0 CANFD 1 Rx 1 2 0 0 0 0 0 0", 17 },
	{ "1.0 CANFD 1 Rx 1 0 2 0 0 0 0 0", 19 },
	{ "1.0 CANFD 1 Rx 1 name 0 0 10 0 0 0 0", 26 },
	{ "1.0 CANFD 1 Rx 1 0 0 8 9 1 2 3 4 5 6 7 8 9 0 0 1000", 23 },
	{ "1.0 CANFD 1 Rx 1 0 0 f 65", 23 },
	{ "1.0 CANFD 1 Rx 1 0 0 1 1", 24 },
	{ "1.0 CANFD 1 Rx 1 0 0 1 1 1 0 0", 30 },
	{ "1.0 CANFD 1 Rx 1 0 0 9 9 1 2 3 4 5 6 7 8 9 0 0 0", 43 },
	{ "1.0 CANXL 1 Rx ABFF 0 0 1 0 0 0 0", 15 },
	{ "1.0 CANXL 1 Rx XLF 0 0 1", 15 },
	{ "1.0 CANXL 1 Rx FBFF 0 0 1 1 1 ff 0 0 0", 33 },
	{ "1.0 CANXL 1 Rx CBFF 0 0 1 9 9", 28 },
	{ "1.0 CANXL 1 Rx XLFF 0 0 800 0 0 0 1 1 1 0 0 ff 0 400000", 24 },
	{ "1.0 CANXL 1 Rx XLFF 0 0 1x 0 0 0 1 1 1 0 0 ff 0 400000", 15 },
	{ "1.0 CANXL 1 Rx XLFF 0 0 1 0 0 1 1 1 1 0 0 ff 0 400000", 26 },
	{ "1.0 CANXL 1 Rx XLFF 0 0 1 0 0 800 2049 1 1 0 0 ff", 30 },
	{ "1.0 CANXL 1 Rx XLFF 0 0 1 0 0 0 0 1 1 0 0 0 400000", 26 },
	{ "1.0 CANXL 1 Rx XLFF 0 0 1 0 0 0 1 1 1 0 0 ff 0 1000", 45 },
	{ "1.0 CANXL 1 Rx XLFF 0 0 1 0 2 0 1 1 1 0 0 ff 0 400000", 28 },
	{ "base oct", 5 }, { "base hex stamps", 9 },
	{ "base hex timestamps x", 20 },
	{ "base hex timestamps absolute x", 29 },
	{ "date", 4 }, { "date Tue", 8 },
	{ "date Tue Nox 14 22:13:20 2023", 9 },
	{ "date Tue Nov 32 22:13:20 2023", 13 },
	{ "date Tue Nov 31 22:13:20 2023", 5 },
	{ "date Tue Nov 14 24:13:20 2023", 16 },
	{ "date Tue Nov 14 22:60:20 2023", 16 },
	{ "date Tue Nov 14 22:13 2023", 16 },
	{ "date Tue Nov 14 22:13:20. 2023", 16 },
	{ "date Tue Nov 14 22:13:20x 2023", 24 },
	{ "date Tue Nov 14 22:13:20 pm 2023", 16 },
	{ "date Tue Nov 14 00:13:20 am 2023", 16 },
	{ "date Tue Nov 14 22:13:20", 24 },
	{ "date Tue Nov 14 22:13:20 2262", 25 },
	{ "date Tue Nov 14 22:13:20 1969", 5 },
	{ "date Tue Nov 14 22:13:20 2023 x", 30 },
	{ "Begin TriggerBlock x", 20 },
	{ "// sockfam: start x", 18 }, { "// sockfam: start 9223372036", 18 },
	{ "// sockfam: channel 0 c", 20 }, { "// sockfam: channel 256 c", 20 },
	{ "// sockfam: channel 1", 20 },
	{ "// sockfam: channel 1 sixteen--letters", 20 },
	{ "// sockfam: DROPCOUNT: dropped x", 31 },
};

START_TEST(damaged)
{
	static const char in_name[] = "// sockfam: channel 1 c\0n";
	struct sfam_can_asc before;
	size_t i;
	int r;

	setenv("TZ", "UTC0", 1);
	tzset();
	for (i = 0; i < HARNESS_LEN(bad); i++) {
		memset(&asc, 0, sizeof(asc));
		asc.start_ns = 7 * S;
		before = asc;
		r = parse(bad[i].line);
		ck_assert_msg(r == -EINVAL && diag.offset == bad[i].offset,
			      "%s: %d at %zu", bad[i].line, r, diag.offset);
		ck_assert_uint_eq(got.frame_size & 0xff, 0x55);
		ck_assert_uint_eq(got_frame.at[0], 0x55);
		asc.last_ns = 0;
		ck_assert_mem_eq(&asc, &before, sizeof(asc));
		ck_assert_err(sfam_can_asc_parse(&asc, &got, &got_frame,
						 sizeof(got_frame),
						 bad[i].line,
						 strlen(bad[i].line), NULL),
			      EINVAL);
	}
	ck_assert_err(sfam_can_asc_parse(&asc, &got, &got_frame,
					 sizeof(got_frame), in_name,
					 sizeof(in_name) - 1, &diag), EINVAL);
	ck_assert_uint_eq(diag.offset, 20);
}
END_TEST

/* No byte behind the line is looked at, wherever it is cut. */
START_TEST(cut)
{
	size_t i, len, whole;
	char *copy;
	int r;

	for (i = 0; i < HARNESS_LEN(frames); i++) {
		whole = strlen(frames[i].line);
		for (len = 0; len < whole; len++) {
			copy = malloc(len ? len : 1);
			ck_assert_ptr_nonnull(copy);
			memcpy(copy, frames[i].line, len);
			memset(&asc, 0, sizeof(asc));
			r = sfam_can_asc_parse(&asc, &got, &got_frame,
					       sizeof(got_frame), copy, len,
					       &diag);
			ck_assert(r >= 0 || (r == -EINVAL &&
					     diag.offset <= len));
			free(copy);
		}
	}
}
END_TEST

START_TEST(room)
{
	static const char line[] = "1.0 1 123 Rx d 1 11";
	size_t size;

	memset(&asc, 0, sizeof(asc));
	memset(&got_frame, 0x55, sizeof(got_frame));
	for (size = 0; size < CAN_MTU; size++)
		ck_assert_err(sfam_can_asc_parse(&asc, &got, &got_frame, size,
						 line, strlen(line), NULL),
			      ENOSPC);
	ck_assert_uint_eq(got_frame.at[0], 0x55);
	ck_assert_int_eq(sfam_can_asc_parse(&asc, &got, &got_frame, CAN_MTU,
					    line, strlen(line), NULL),
			 SFAM_CAN_ASC_FRAME);
	ck_assert_uint_eq(got_frame.at[CAN_MTU], 0x55);
}
END_TEST

/* --------------------------------------------------------------- dates -- */

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void is_date(const char *date, int64_t ns)
{
	char line[128];

	memset(&asc, 0, sizeof(asc));
	asc.last_ns = 1;
	snprintf(line, sizeof(line), "date %s\r\n", date);
	ck_assert_int_eq(parse(line), SFAM_CAN_ASC_OTHER);
	ck_assert_msg(asc.start_ns == ns, "%s: %" PRId64, date, asc.start_ns);
	ck_assert_int_eq(asc.last_ns, 0);
	snprintf(line, sizeof(line), "Begin Triggerblock %s", date);
	asc.start_ns = 0;
	ck_assert_int_eq(parse(line), SFAM_CAN_ASC_OTHER);
	ck_assert_int_eq(asc.start_ns, ns);
}

START_TEST(dates)
{
	const int64_t t = 1700000000 * S;

	set_zone("UTC0");
	is_date("Tue Nov 14 22:13:20 2023", t);
	is_date("Tue Nov 14 10:13:20 pm 2023", t);
	is_date("Tue Nov 14 10:13:20.123 PM 2023", t + 123 * MS);
	is_date("Die Nov 14 22:13:20.123456789 2023", t + 123456789);
	is_date("Thu Jan  1 12:00:00 am 1970", 0);
	is_date("Thu Jan 1 12:00:01 pm 1970", 12 * 3600 * S + S);
	is_date("Mit M\xe4r 1 00:00:00 2023", 1677628800 * S);
	is_date("Mit M\xc3\xa4r 1 00:00:00 2023", 1677628800 * S);
	is_date("Mit Mrz 1 00:00:00 2023", 1677628800 * S);
	is_date("Wed Mar 01 00:00:00 2023", 1677628800 * S);
	is_date("Mon Mai 1 00:00:00 2023", 1682899200 * S);
	is_date("Son Okt 1 00:00:00 2023", 1696118400 * S);
	is_date("Fre Dez 1 00:00:00 2023", 1701388800 * S);
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	is_date("Tue Nov 14 23:13:20 2023", t);
	is_date("Sat Jul  1 02:00:00 2023", 1688169600 * S);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ read_frames, NULL },
		{ decimal, NULL },
		{ relative, NULL },
		{ others, NULL },
		{ our_comments, NULL },
		{ damaged, NULL },
		{ cut, NULL },
		{ room, NULL },
		{ dates, NULL },
	};

	return harness_run("can-asc", tests, HARNESS_LEN(tests));
}
