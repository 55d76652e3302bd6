/* SPDX-License-Identifier: MIT */
/* What the bus tools count. */
#include <stdlib.h>
#include <string.h>

#include "can-load.h"
#include "can-tools.h"
#include "spread.h"

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
	struct spread *s = calloc(1, sizeof(*s));
	static int64_t values[VALUES];
	uint64_t state = test_seed();
	int64_t exact, got, last = 0;
	size_t i, n, at;

	ck_assert_int_eq(spread_at(s, 500), 0);
	for (n = 0; n < VALUES; n++) {
		values[n] = (int64_t)(test_random(&state) >> 1 >>
				      test_random(&state) % 63);
		spread_add(s, values[n]);
	}
	qsort(values, n, sizeof(values[0]), compare);
	ck_assert_int_eq(s->min, values[0]);
	ck_assert_int_eq(s->max, values[n - 1]);
	for (i = 0; i < HARNESS_LEN(permilles); i++) {
		at = (n * permilles[i] + 999) / 1000;
		exact = values[at ? at - 1 : 0];
		got = spread_at(s, permilles[i]);
		ck_assert_int_ge(got, exact);
		ck_assert_int_le(got, exact + exact / 128);
		ck_assert_int_ge(got, last);
		last = got;
	}
	ck_assert_int_eq(spread_at(s, 1000), s->max);
	free(s);
}
END_TEST

START_TEST(spread_of_extremes)
{
	struct spread *s = calloc(1, sizeof(*s));

	spread_add(s, -5);
	ck_assert_int_eq(spread_at(s, 500), 0);
	ck_assert_int_eq(s->max, 0);
	spread_add(s, INT64_MAX);
	ck_assert_int_eq(spread_at(s, 500), 0);
	ck_assert_int_eq(spread_at(s, 501), INT64_MAX);
	free(s);
}
END_TEST

/* ------------------------------------------------------------- load -- */

static void add(struct can_load *load, const char *text, uint32_t drops)
{
	uint32_t frame[SFAM_CANXL_MTU / sizeof(uint32_t)];
	struct sfam_can_record rec = { .frame = frame, .drops = drops };
	ssize_t n = sfam_can_text_parse(frame, sizeof(frame), text,
					strlen(text), 0, NULL);

	ck_assert_ok(n);
	rec.size = (uint32_t)n;
	can_load_add(load, &rec);
}

/* Bits as in test-can-bits.c. */
START_TEST(load)
{
	struct can_load l = { 0 };

	ck_assert_int_eq(can_load_busy_ns(&l, 500000, 0), 0);
	add(&l, "000#", 0);
	add(&l, "000#R", 2);
	ck_assert_uint_eq(l.nominal_bits, 53 + 50);
	ck_assert_int_eq(can_load_busy_ns(&l, 500000, 0), 103 * 2000);
	add(&l, "555##1AA55", 0);
	ck_assert_uint_eq(l.nominal_bits, 103 + 29);
	ck_assert_uint_eq(l.data_bits, 49);
	ck_assert_int_eq(can_load_busy_ns(&l, 500000, 2000000),
			 132 * 2000 + 49 * 500);
	ck_assert_int_eq(can_load_busy_ns(&l, 500000, 0), 181 * 2000);
	ck_assert_uint_eq(l.payload_bits, 16);
	/* Not on the wire; and one of which the length is not known. */
	add(&l, "20000004#0001000000000000", 1);
	ck_assert_uint_eq(l.frames, 3);
	add(&l, "00123#80:00:00000000#1122", 0);
	ck_assert_uint_eq(l.frames, 4);
	ck_assert_uint_eq(l.not_counted, 1);
	ck_assert_uint_eq(l.payload_bits, 32);
	ck_assert_uint_eq(l.drops, 3);
	ck_assert_uint_eq(l.nominal_bits, 132);
	/* A remote request has a length, and no data. */
	add(&l, "7FF#R4", 0);
	ck_assert_uint_eq(l.payload_bits, 32);
}
END_TEST

static void parse_load(const char *text, const char *name, int64_t bps,
		       int64_t data_bps)
{
	uint32_t got = 12345, data = 12345;
	char buf[64];
	int r;

	strcpy(buf, text);
	r = can_load_parse(buf, &got, &data);
	ck_assert_int_eq(r, bps < 0 ? -1 : 0);
	ck_assert_str_eq(buf, name);
	ck_assert_int_eq(got, bps < 0 ? 12345 : bps);
	ck_assert_int_eq(data, bps < 0 ? 12345 : data_bps);
}

START_TEST(load_rates)
{
	parse_load("can0", "can0", 0, 0);
	parse_load("can0@500000", "can0", 500000, 0);
	parse_load("can0@500000,2000000", "can0", 500000, 2000000);
	parse_load("can0@", "can0", -1, 0);
	parse_load("can0@0", "can0", -1, 0);
	parse_load("can0@1000000000", "can0", -1, 0);
	parse_load("can0@5k", "can0", -1, 0);
	parse_load("can0@500000,", "can0", -1, 0);
	parse_load("can0@500000,0", "can0", -1, 0);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ sequence, NULL },
		{ spread, NULL },
		{ spread_of_extremes, NULL },
		{ load, NULL },
		{ load_rates, NULL },
	};

	return harness_run("can-tools", tests, HARNESS_LEN(tests));
}
