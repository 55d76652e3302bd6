/* SPDX-License-Identifier: MIT */
/* What the bus tools count. */
#include <stdlib.h>
#include <string.h>

#include "can-tools.h"

#include "harness.h"

START_TEST(sequence)
{
	struct can_seq s = { 0 };

	/* The first begins it. */
	ck_assert_uint_eq(can_seq_note(&s, 254, 0), 0);
	ck_assert_uint_eq(can_seq_note(&s, 255, 0), 0);
	ck_assert_uint_eq(can_seq_note(&s, 0, 0), 0);
	ck_assert_uint_eq(can_seq_note(&s, 3, 0), 2);
	/* The same once more: 255 are missing, or one was doubled. */
	ck_assert_uint_eq(can_seq_note(&s, 3, 0), 255);
	ck_assert_uint_eq(s.gaps, 2);
	ck_assert_uint_eq(s.missing, 257);
	/* All, some and far more than 256 of a gap were dropped here. */
	ck_assert_uint_eq(can_seq_note(&s, 6, 2), 0);
	ck_assert_uint_eq(can_seq_note(&s, 10, 1), 2);
	ck_assert_uint_eq(can_seq_note(&s, 11, 256), 0);
	ck_assert_uint_eq(can_seq_note(&s, 12, 255), 1);
	ck_assert_uint_eq(s.gaps, 6);
	ck_assert_uint_eq(s.missing, 260);
	ck_assert_uint_eq(s.dropped, 514);
	ck_assert_uint_eq(s.frames, 9);
}
END_TEST

static int compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#define VALUES 1000

/* Against the sorted list itself. */
START_TEST(spread)
{
	static const unsigned int permilles[] = {
		0, 1, 10, 500, 501, 900, 990, 999, 1000
	};
	struct can_spread *s = calloc(1, sizeof(*s));
	static int64_t values[VALUES];
	uint64_t state = test_seed();
	int64_t exact, got, last = 0;
	size_t i, n, at;

	ck_assert_int_eq(can_spread_at(s, 500), 0);
	for (n = 0; n < VALUES; n++) {
		values[n] = (int64_t)(test_random(&state) >> 1 >>
				      test_random(&state) % 63);
		can_spread_add(s, values[n]);
	}
	qsort(values, n, sizeof(values[0]), compare);
	ck_assert_int_eq(s->min, values[0]);
	ck_assert_int_eq(s->max, values[n - 1]);
	for (i = 0; i < HARNESS_LEN(permilles); i++) {
		at = (n * permilles[i] + 999) / 1000;
		exact = values[at ? at - 1 : 0];
		got = can_spread_at(s, permilles[i]);
		ck_assert_int_ge(got, exact);
		ck_assert_int_le(got, exact + exact / 128);
		ck_assert_int_ge(got, last);
		last = got;
	}
	ck_assert_int_eq(can_spread_at(s, 1000), s->max);
	free(s);
}
END_TEST

START_TEST(spread_of_extremes)
{
	struct can_spread *s = calloc(1, sizeof(*s));

	can_spread_add(s, -5);
	ck_assert_int_eq(can_spread_at(s, 500), 0);
	ck_assert_int_eq(s->max, 0);
	can_spread_add(s, INT64_MAX);
	ck_assert_int_eq(can_spread_at(s, 500), 0);
	ck_assert_int_eq(can_spread_at(s, 501), INT64_MAX);
	free(s);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ sequence, NULL },
		{ spread, NULL },
		{ spread_of_extremes, NULL },
	};

	return harness_run("can-tools", tests, HARNESS_LEN(tests));
}
