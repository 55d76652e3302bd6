/* SPDX-License-Identifier: MIT */
/* Filters as programs: what passes is what sfam_can_filters_match() says. */
#include <string.h>

#include <linux/can.h>

#include "can/filters.h"

#include <sockfam/sockfam.h>

#include "harness.h"

#define KEEP 2060

static struct sfam_can_filters filters;
static struct sock_filter insns[SFAM__CAN_CODE_MAX];
static size_t n_insns;

static void compile(void)
{
	struct sfam_diag diag;

	memset(insns, 0xff, sizeof(insns));
	n_insns = sfam__can_filters_code(insns, &filters, KEEP);
	expect_that(n_insns <= SFAM__CAN_CODE_MAX);
	ck_assert_ok(sfam_bpf_check(insns, n_insns, &diag));
}

static uint32_t kept(uint32_t can_id, size_t len)
{
	const struct can_frame frame = { .can_id = can_id };
	const struct sfam_bpf_packet packet = {
		.data = &frame, .len = len, .wire_len = len,
	};
	uint32_t bytes = 1;

	ck_assert_ok(sfam_bpf_run(insns, n_insns, &packet, &bytes));
	return bytes;
}

static void same_answer(uint32_t can_id)
{
	const uint32_t expected = sfam_can_filters_match(&filters, can_id) ?
				  KEEP : 0;
	const uint32_t got = kept(can_id, CAN_MTU);

	expect_msg(got == expected, "%zu filters, joined %u, errors %x: %x "
		   "keeps %u", filters.n, filters.is_joined,
		   filters.error_mask, can_id, got);
}

/* Of few bits, so that many match; with flags of every kind. */
static uint32_t random_id(uint64_t *seed)
{
	const uint64_t r = test_random(seed);
	uint32_t id = (uint32_t)(r % 16) << (r >> 8) % 26;

	return id | (uint32_t)(r >> 16) % 8 << 29;
}

static void random_filters(size_t n, uint64_t *seed)
{
	const uint64_t r = test_random(seed);
	uint32_t mask = 0;
	size_t i;

	filters.n = n;
	filters.is_joined = r % 2;
	filters.error_mask = r & 2 ? (uint32_t)(r >> 32) : 0;
	for (i = 0; i < n; i++) {
		/* Now and then another mask. */
		if (i == 0 || test_random(seed) % 3 == 0)
			mask = (random_id(seed) | random_id(seed)) &
			       ~CAN_ERR_FLAG;
		filters.filters[i].can_id = random_id(seed);
		filters.filters[i].can_mask = mask;
	}
}

static void all_answers(uint64_t *seed)
{
	const uint32_t flips[] = { 0, 1, CAN_EFF_FLAG, CAN_RTR_FLAG };
	size_t i, k;

	compile();
	for (i = 0; i < 64; i++)
		same_answer(random_id(seed));
	for (i = 0; i < filters.n; i++)
		for (k = 0; k < HARNESS_LEN(flips); k++)
			same_answer((filters.filters[i].can_id ^ flips[k]) &
				    ~CAN_ERR_FLAG);
}

START_TEST(random_lists)
{
	uint64_t seed = test_seed();
	int rounds = 2000;

	while (rounds--) {
		random_filters((size_t)(test_random(&seed) % 6), &seed);
		all_answers(&seed);
	}
}
END_TEST

/* Jumps of one byte: around the length of a group, and all there can be. */
START_TEST(long_lists)
{
	static const size_t sizes[] = {
		79, 80, 81, 159, 160, 161, 254, 255, 256, 257, 511, 512,
	};
	uint64_t seed = test_seed();
	size_t i, k;

	for (i = 0; i < HARNESS_LEN(sizes); i++) {
		random_filters(sizes[i], &seed);
		all_answers(&seed);
		/* All differ: each has its mask, and one passes alone. */
		filters.is_joined = 0;
		for (k = 0; k < filters.n; k++)
			filters.filters[k] = (struct can_filter){
				.can_id = (uint32_t)k | CAN_EFF_FLAG,
				.can_mask = (k & 1 ? CAN_EFF_MASK : 0x3ff) |
					    CAN_EFF_FLAG,
			};
		all_answers(&seed);
		/* Not this one: all must hold, and only the last does not. */
		filters.is_joined = 1;
		for (k = 0; k < filters.n; k++)
			filters.filters[k].can_id |= CAN_INV_FILTER;
		all_answers(&seed);
	}
}
END_TEST

START_TEST(without_filters)
{
	memset(&filters, 0, sizeof(filters));
	compile();
	ck_assert_uint_eq(kept(0x123, CAN_MTU), KEEP);
	ck_assert_uint_eq(kept(CAN_ERR_FLAG | 4, CAN_MTU), 0);
	/* What is no frame. */
	ck_assert_uint_eq(kept(0x123, 3), 0);
	ck_assert_uint_eq(kept(0x123, 0), 0);
	filters.error_mask = 4;
	compile();
	ck_assert_uint_eq(kept(CAN_ERR_FLAG | 6, CAN_MTU), KEEP);
	ck_assert_uint_eq(kept(CAN_ERR_FLAG | 3, CAN_MTU), 0);
}
END_TEST

/* A list that has a program already: it keeps what is asked for. */
START_TEST(with_program)
{
	static const char text[] = "123+classic,#4";

	ck_assert_ok(sfam_can_filters_parse(&filters, text, strlen(text),
					    NULL));
	ck_assert_uint_gt(filters.n_insns, 0);
	compile();
	ck_assert_uint_eq(n_insns, filters.n_insns);
	ck_assert_uint_eq(kept(0x123, CAN_MTU), KEEP);
	ck_assert_uint_eq(kept(0x124, CAN_MTU), 0);
	ck_assert_uint_eq(kept(0x123, CAN_MTU - 1), 0);
	ck_assert_uint_eq(kept(CAN_ERR_FLAG | 4, CAN_MTU), KEEP);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ random_lists, NULL },
		{ long_lists, NULL },
		{ without_filters, NULL },
		{ with_program, NULL },
	};

	return harness_run("can-filter-bpf", tests, HARNESS_LEN(tests));
}
