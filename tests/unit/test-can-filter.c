/* SPDX-License-Identifier: MIT */
/* The items of candump's filter list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/can.h>

#include "harness.h"

static struct can_filter filter;
static uint32_t error_mask;
static struct sfam_diag diag;

static int parse(const char *text)
{
	/* A copy of exactly that size, for ASan to watch its end. */
	size_t len = strlen(text);
	char *exact = memcpy(malloc(len ? len : 1), text, len);
	int r;

	filter.can_id = filter.can_mask = error_mask = 0xdeadbeef;
	memset(&diag, 0, sizeof(diag));
	r = sfam_can_filter_parse(&filter, &error_mask, exact, len, &diag);
	free(exact);
	return r;
}

static void is_filter(const char *text, uint32_t id, uint32_t mask)
{
	ck_assert_int_eq(parse(text), SFAM_CAN_FILTER_ID);
	ck_assert_uint_eq(filter.can_id, id);
	ck_assert_uint_eq(filter.can_mask, mask);
	ck_assert_uint_eq(error_mask, 0xdeadbeef);
}

static void is_refused(const char *text, size_t offset)
{
	ck_assert_err(parse(text), EINVAL);
	ck_assert_msg(diag.offset == offset, "\"%s\": %zu", text, diag.offset);
	ck_assert_str_ne(diag.expected, "");
	ck_assert_uint_eq(filter.can_id, 0xdeadbeef);
	ck_assert_uint_eq(filter.can_mask, 0xdeadbeef);
	ck_assert_uint_eq(error_mask, 0xdeadbeef);
	ck_assert_err(sfam_can_filter_parse(&filter, &error_mask, text,
					    strlen(text), NULL), EINVAL);
}

START_TEST(id_and_mask)
{
	is_filter("123:7FF", 0x123, 0x7ff);
	is_filter("1:1", 1, 1);
	is_filter("0:0", 0, 0);
	is_filter("7ff:7ff", 0x7ff, 0x7ff);
	is_filter("18DAF1:1FFFFF", 0x18daf1, 0x1fffff);
	/* Eight digits are extended; the mask says whether that matters. */
	is_filter("12345678:DFFFFFFF", 0x92345678, 0xdfffffff);
	is_filter("00000123:1FFFFFFF", 0x80000123, 0x1fffffff);
	is_filter("92345678:DFFFFFFF", 0x92345678, 0xdfffffff);
	/* Bit 29 of the mask would make it one of error frames. */
	is_filter("123:FFFFFFFF", 0x123, 0xdfffffff);
	is_filter("123:20000000", 0x123, 0);
	/* Requests only */
	is_filter("40000123:C00007FF", 0xc0000123, 0xc00007ff);
}
END_TEST

START_TEST(inverse)
{
	is_filter("123~7F0", 0x20000123, 0x7f0);
	is_filter("400~700", 0x20000400, 0x700);
	is_filter("12345678~1FFFFFFF", 0xb2345678, 0x1fffffff);
}
END_TEST

START_TEST(error_masks)
{
	ck_assert_int_eq(parse("#FFFFFFFF"), SFAM_CAN_FILTER_ERROR);
	ck_assert_uint_eq(error_mask, 0xffffffff);
	ck_assert_uint_eq(filter.can_id, 0xdeadbeef);
	ck_assert_int_eq(parse("#0"), SFAM_CAN_FILTER_ERROR);
	ck_assert_uint_eq(error_mask, 0);
	ck_assert_int_eq(parse("#1fa"), SFAM_CAN_FILTER_ERROR);
	ck_assert_uint_eq(error_mask, 0x1fa);
}
END_TEST

START_TEST(join)
{
	ck_assert_int_eq(parse("j"), SFAM_CAN_FILTER_JOIN);
	ck_assert_int_eq(parse("J"), SFAM_CAN_FILTER_JOIN);
	ck_assert_uint_eq(filter.can_id, 0xdeadbeef);
	ck_assert_uint_eq(error_mask, 0xdeadbeef);
}
END_TEST

START_TEST(refused)
{
	is_refused("", 0);
	is_refused(":", 0);
	is_refused("~7FF", 0);
	is_refused("123", 3);
	is_refused("123:", 4);
	is_refused("123~", 4);
	is_refused("123:7FF ", 7);
	is_refused("123:7FF,", 7);
	is_refused("123:7FFx", 7);
	is_refused(" 123:7FF", 0);
	is_refused("123 :7FF", 3);
	is_refused("0x123:7FF", 1);
	is_refused("123:0x7FF", 5);
	is_refused("-1:7FF", 0);
	is_refused("g:7FF", 0);
	is_refused("12g:7FF", 2);
	is_refused("123#7FF", 3);
	is_refused("123:7FF:1", 7);
	is_refused("123:~7FF", 4);
	is_refused("123456789:7FF", 0);
	is_refused("123:123456789", 4);
	is_refused("#", 1);
	is_refused("#g", 1);
	is_refused("#123456789", 1);
	is_refused("#FF ", 3);
	is_refused("##FF", 1);
	is_refused("jj", 1);
	is_refused("j ", 1);
	is_refused("k", 0);
	/* It would turn the filter around, or is meant for error frames. */
	is_refused("20000080:DFFFFFFF", 0);
	is_refused("20000123~7FF", 0);
}
END_TEST

/* Not one NUL ends it, nor any byte behind. */
START_TEST(length_rules)
{
	ck_assert_int_eq(sfam_can_filter_parse(&filter, &error_mask,
					       "123:7FFFFFF", 7, NULL),
			 SFAM_CAN_FILTER_ID);
	ck_assert_uint_eq(filter.can_mask, 0x7ff);
	ck_assert_err(sfam_can_filter_parse(&filter, &error_mask,
					    "123:7FF\0", 8, NULL), EINVAL);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ id_and_mask, NULL },
		{ inverse, NULL },
		{ error_masks, NULL },
		{ join, NULL },
		{ refused, NULL },
		{ length_rules, NULL },
	};

	return harness_run("can-filter", tests, HARNESS_LEN(tests));
}
