/* SPDX-License-Identifier: MIT */
/* What `can watch` shows of frames. */
#include <errno.h>
#include <string.h>

#include "can-watch.h"

#include "harness.h"

#define S INT64_C(1000000000)

static int take(struct can_watch *w, const char *text, int64_t time_ns)
{
	uint32_t frame[SFAM_CANXL_MTU / sizeof(uint32_t)];
	struct sfam_can_record rec = { .frame = frame, .time_ns = time_ns };
	ssize_t n = sfam_can_text_parse(frame, sizeof(frame), text,
					strlen(text), 0, NULL);

	ck_assert_ok(n);
	rec.size = (uint32_t)n;
	return can_watch_take(w, &rec);
}

static void expect_line(const struct can_watch *w, size_t row, size_t width,
			int bits, const char *expected)
{
	char buf[CAN_WATCH_STRLEN];
	size_t n;

	ck_assert_uint_lt(row, w->n);
	n = can_watch_line(buf, &w->rows[row], width, bits);
	ck_assert_str_eq(buf, expected);
	ck_assert_uint_eq(n, strlen(expected));
}

START_TEST(rows)
{
	struct can_watch w;

	ck_assert_ok(can_watch_init(&w, 8));
	ck_assert_int_eq(take(&w, "7FF#R3", S), 1);
	ck_assert_int_eq(take(&w, "123#11", S), 1);
	ck_assert_int_eq(take(&w, "123##1AABBCC", S), 1);
	ck_assert_int_eq(take(&w, "00000123#", S), 1);
	ck_assert_int_eq(take(&w, "01123#80:00:00000000#1122", S), 1);
	ck_assert_int_eq(take(&w, "20000004#0001000000000000", S), 1);
	ck_assert_int_eq(take(&w, "001#0102030405060708", S), 1);
	ck_assert_int_eq(take(&w, "123#11", S * 3 / 2), 0);
	ck_assert_uint_eq(w.n, 7);
	ck_assert_uint_eq(w.frames, 8);
	expect_line(&w, 0, 80, 0,
		    "   0.000       001    [   8] 01 02 03 04 05 06 07 08");
	expect_line(&w, 1, 80, 0, "   0.500       123    [   1] 11");
	expect_line(&w, 2, 80, 0, "   0.000       123 FD [   3] AA BB CC");
	expect_line(&w, 3, 80, 0, "   0.000       123 XL [   2] 11 22");
	expect_line(&w, 4, 80, 0, "   0.000  20000004    [   8] "
		    "00 01 00 00 00 00 00 00");
	expect_line(&w, 5, 80, 0, "   0.000       7FF    [   3] remote");
	expect_line(&w, 6, 80, 0, "   0.000  00000123    [   0]");
	can_watch_done(&w);
}
END_TEST

START_TEST(changes)
{
	struct can_watch w;

	ck_assert_ok(can_watch_init(&w, 8));
	take(&w, "123#1122", S);
	ck_assert_int_eq(take(&w, "123#1133", 2 * S), 1);
	expect_line(&w, 0, 80, 0, "   1.000       123    [   2] 11 "
		    "\033[7m33\033[27m");
	expect_line(&w, 0, 80, 1, "   1.000       123    [   2] 00010001 "
		    "001\033[7m1\033[27m001\033[7m1\033[27m");
	/* It is shown for a while. */
	ck_assert_int_eq(take(&w, "123#1133", 3 * S), 0);
	ck_assert_int_eq(can_watch_expire(&w, 2 * S), 0);
	ck_assert_int_eq(can_watch_expire(&w, 2 * S + 1), 1);
	ck_assert_int_eq(can_watch_expire(&w, 9 * S), 0);
	expect_line(&w, 0, 80, 0, "   1.000       123    [   2] 11 33");
	/* The bits of then may change, others not. */
	can_watch_notch(&w);
	ck_assert_int_eq(take(&w, "123#1122", 4 * S), 0);
	expect_line(&w, 0, 80, 0, "   1.000       123    [   2] 11 22");
	ck_assert_int_eq(take(&w, "123#1132", 5 * S), 0);
	ck_assert_int_eq(take(&w, "123#1136", 6 * S), 1);
	expect_line(&w, 0, 80, 1, "   1.000       123    [   2] 00010001 "
		    "00110\033[7m1\033[27m10");
	can_watch_unnotch(&w);
	can_watch_expire(&w, 7 * S);
	ck_assert_int_eq(take(&w, "123#1137", 7 * S), 1);
	can_watch_done(&w);
}
END_TEST

START_TEST(lengths)
{
	struct can_watch w;

	ck_assert_ok(can_watch_init(&w, 8));
	take(&w, "123#1122", S);
	/* One more byte: all of it is new, whatever stood there. */
	ck_assert_int_eq(take(&w, "123#112200", S), 1);
	expect_line(&w, 0, 80, 0, "   0.000       123    [   3] 11 22 "
		    "\033[7m00\033[27m");
	ck_assert_int_eq(take(&w, "123#11", S), 1);
	expect_line(&w, 0, 80, 0, "   0.000       123    [   1] 11");
	ck_assert_int_eq(take(&w, "123#", S), 1);
	expect_line(&w, 0, 80, 0, "   0.000       123    [   0]");
	can_watch_done(&w);
}
END_TEST

START_TEST(widths)
{
	char buf[CAN_WATCH_STRLEN];
	char text[32 + 2 * 100] = "00123#80:00:00000000#";
	struct can_watch w;
	size_t i;

	ck_assert_ok(can_watch_init(&w, 8));
	take(&w, "123#112233", S);
	expect_line(&w, 0, 37, 0, "   0.000       123    [   3] 11 22 33");
	expect_line(&w, 0, 36, 0, "   0.000       123    [   3] 11 22 >");
	expect_line(&w, 0, 33, 0, "   0.000       123    [   3] 11 >");
	expect_line(&w, 0, 31, 0, "   0.000       123    [   3] 11");
	expect_line(&w, 0, 28, 0, "   0.000       123    [   3]");
	expect_line(&w, 0, 5, 0, "   0.");
	expect_line(&w, 0, 0, 0, "");
	/* Of XL, 64 bytes; a change behind them is none. */
	for (i = 0; i < 100; i++)
		strcat(text, "11");
	take(&w, text, S);
	ck_assert_uint_eq(w.rows[1].n, CAN_WATCH_BYTES);
	text[strlen(text) - 1] = '2';
	ck_assert_int_eq(take(&w, text, S), 0);
	ck_assert_uint_gt(can_watch_line(buf, &w.rows[1], 500, 0), 2);
	ck_assert_ptr_nonnull(strstr(buf, " 11 11 >"));
	can_watch_done(&w);
}
END_TEST

START_TEST(no_room)
{
	struct can_watch w;

	ck_assert_ok(can_watch_init(&w, 2));
	ck_assert_int_eq(take(&w, "002#", S), 1);
	ck_assert_int_eq(take(&w, "001#", S), 1);
	ck_assert_int_eq(take(&w, "003#", S), 0);
	ck_assert_int_eq(take(&w, "001#11", S), 1);
	ck_assert_uint_eq(w.n, 2);
	ck_assert_uint_eq(w.left_out, 1);
	ck_assert_uint_eq(w.frames, 4);
	can_watch_done(&w);
	can_watch_done(&w);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ rows, NULL },
		{ changes, NULL },
		{ lengths, NULL },
		{ widths, NULL },
		{ no_room, NULL },
	};

	return harness_run("can-watch-rows", tests, HARNESS_LEN(tests));
}
