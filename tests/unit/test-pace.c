/* SPDX-License-Identifier: MIT */
/* When what a file holds is due. */
#include "harness.h"
#include "pace.h"

#define S INT64_C(1000000000)
#define NOW (77 * S + 5)

static struct pace pace;

static void setup(void)
{
	pace = (struct pace){ .factor = 1 };
}

/* What pace_is_ahead() does, at a time of the test's own. */
static int64_t due(int64_t stamp_ns, int64_t now_ns)
{
	if (pace_begins(&pace, stamp_ns))
		pace_begin(&pace, stamp_ns, now_ns);
	pace.last_ns = stamp_ns;
	return pace_due(&pace, stamp_ns);
}

START_TEST(first_is_now)
{
	setup();
	ck_assert_int_eq(due(1700000000 * S + 1, NOW), NOW);
	ck_assert_int_eq(due(1700000000 * S + 2, NOW + 9), NOW + 1);
	/* Against the first one, whatever the delays. */
	ck_assert_int_eq(due(1700000003 * S + 1, NOW + 100 * S), NOW + 3 * S);
}
END_TEST

START_TEST(each_file_anew)
{
	setup();
	due(10 * S, NOW);
	ck_assert_int_eq(due(11 * S, NOW), NOW + S);
	pace.has_begun = 0;
	ck_assert_int_eq(due(10 * S, NOW + 7 * S), NOW + 7 * S);
	ck_assert_int_eq(due(11 * S, NOW + 7 * S), NOW + 8 * S);
}
END_TEST

START_TEST(faster_and_slower)
{
	setup();
	pace.factor = 4;
	due(S, NOW);
	ck_assert_int_eq(due(9 * S, NOW), NOW + 2 * S);
	setup();
	pace.factor = 0.5;
	due(S, NOW);
	ck_assert_int_eq(due(9 * S + 1, NOW), NOW + 16 * S + 2);
}
END_TEST

/* To the nanosecond, over 100 days. */
START_TEST(exact)
{
	const int64_t days = 100 * 86400 * S;

	setup();
	due(1700000000 * S, NOW);
	ck_assert_int_eq(due(1700000000 * S + days + 1, NOW), NOW + days + 1);
}
END_TEST

START_TEST(gaps)
{
	setup();
	pace.skip_ns = 2 * S;
	due(S, NOW);
	ck_assert_int_eq(due(3 * S, NOW), NOW + 2 * S);
	ck_assert_int_eq(due(5 * S + 1, NOW + 3 * S), NOW + 3 * S);
	ck_assert_int_eq(due(6 * S + 1, NOW + 9 * S), NOW + 4 * S);
	/* The gap is the file's, however fast it is played. */
	setup();
	pace.skip_ns = 2 * S;
	pace.factor = 100;
	due(S, NOW);
	ck_assert_int_eq(due(4 * S, NOW + 7), NOW + 7);
}
END_TEST

START_TEST(no_gaps_left_out)
{
	setup();
	due(S, NOW);
	ck_assert_int_eq(due(1000 * S, NOW + 1), NOW + 999 * S);
}
END_TEST

/* Begins anew in an earlier second, and not within one. */
START_TEST(back)
{
	setup();
	pace.may_go_back = 1;
	due(10 * S + 5, NOW);
	due(12 * S + 500, NOW);
	ck_assert_int_eq(due(12 * S + 499, NOW + 9), NOW + 2 * S + 494);
	ck_assert_int_eq(due(12 * S - 1, NOW + 5 * S), NOW + 5 * S);
	ck_assert_int_eq(due(13 * S - 1, NOW + 8 * S), NOW + 6 * S);
	/* Below 0 too: -1 ns is in an earlier second than 0. */
	due(0, NOW);
	ck_assert_int_eq(due(-1, NOW + 3), NOW + 3);
	ck_assert_int_eq(due(-S, NOW + 9), NOW + 3);
}
END_TEST

START_TEST(back_is_at_once)
{
	setup();
	due(10 * S, NOW);
	due(20 * S, NOW);
	ck_assert_int_eq(due(12 * S, NOW + 3 * S), NOW + 2 * S);
	ck_assert_int_eq(due(2 * S, NOW + 3 * S), NOW);
	ck_assert_int_eq(due(21 * S, NOW + 3 * S), NOW + 11 * S);
}
END_TEST

START_TEST(never)
{
	setup();
	due(0, NOW);
	ck_assert_int_eq(due(INT64_MAX, NOW), INT64_MAX);
	pace.factor = 1e-9;
	ck_assert_int_eq(due(100 * S, NOW), INT64_MAX);
	setup();
	due(INT64_MIN, NOW);
	ck_assert_int_eq(due(INT64_MAX, NOW), INT64_MAX);
	setup();
	pace.skip_ns = INT64_MAX;
	due(INT64_MAX, NOW);
	ck_assert_int_eq(due(INT64_MIN, NOW), NOW);
	ck_assert_int_eq(due(INT64_MAX, NOW + 1), NOW);
}
END_TEST

START_TEST(clock)
{
	const int64_t start = pace_now();
	int64_t at;

	setup();
	ck_assert(!pace_is_ahead(&pace, 5 * S, &at));
	ck_assert_int_ge(at, start);
	ck_assert(pace_is_ahead(&pace, 5 * S + 1000 * S, &at));
	ck_assert_int_ge(at, start + 1000 * S);
	ck_assert(!pace_is_ahead(&pace, 4 * S, &at));
	at = pace_now() + 1000000;
	ck_assert(!pace_sleep(at));
	ck_assert_int_ge(pace_now(), at);
}
END_TEST

START_TEST(factors)
{
	double f = 7;

	ck_assert_int_eq(pace_read_factor("0", &f), -1);
	ck_assert_int_eq(pace_read_factor("-1", &f), -1);
	ck_assert_int_eq(pace_read_factor("2x", &f), -1);
	ck_assert_int_eq(pace_read_factor("", &f), -1);
	ck_assert(f == 7);
	ck_assert_int_eq(pace_read_factor("0.25", &f), 0);
	ck_assert(f == 0.25);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ first_is_now, NULL },
		{ each_file_anew, NULL },
		{ faster_and_slower, NULL },
		{ exact, NULL },
		{ gaps, NULL },
		{ no_gaps_left_out, NULL },
		{ back, NULL },
		{ back_is_at_once, NULL },
		{ never, NULL },
		{ clock, NULL },
		{ factors, NULL },
	};

	return harness_run("pace", tests, HARNESS_LEN(tests));
}
