/* SPDX-License-Identifier: MIT */
/* Lists of filters: few of them, and the same frames as the text says. */
#include <stdio.h>

#include "test-can-vcan.h"

static struct sfam_can_filters filters;
static struct sfam_diag diag;

static int parse(const char *text)
{
	/* A copy of exactly that size, for ASan to watch its end. */
	size_t len = strlen(text);
	char *exact = memcpy(malloc(len ? len : 1), text, len);
	int r;

	memset(&filters, 0xee, sizeof(filters));
	memset(&diag, 0xff, sizeof(diag));
	r = sfam_can_filters_parse(&filters, exact, len, &diag);
	free(exact);
	return r;
}

static void is_refused(const char *text, size_t offset, const char *expected)
{
	struct sfam_can_filters untouched;

	memset(&untouched, 0xee, sizeof(untouched));
	ck_assert_err(parse(text), EINVAL);
	ck_assert_msg(diag.offset == offset &&
		      strcmp(diag.expected, expected) == 0,
		      "\"%s\": at %zu: %s", text, diag.offset, diag.expected);
	ck_assert_mem_eq(&filters, &untouched, sizeof(filters));
	ck_assert_err(sfam_can_filters_parse(&filters, text, strlen(text),
					     NULL), EINVAL);
}

START_TEST(refused)
{
	static const char item[] = "ID, ID-ID, ID:MASK, ID~MASK, #MASK, std, "
				   "ext, rtr, err, classic, canfd, canxl, "
				   "[N], len or j";
	static const char id[] = "an identifier: 3 hex digits up to 7FF, or "
				 "8 up to 1FFFFFFF";
	static const char second[] = "an identifier of the same kind, not "
				     "below the first";

	is_refused("", 0, item);
	is_refused(",", 0, item);
	is_refused("123,", 4, item);
	is_refused("123,,456", 4, item);
	is_refused("xyz", 0, item);
	is_refused("std,nosuch", 4, item);
	is_refused("123, 456", 4, item);
	is_refused("800", 0, id);
	is_refused("1234", 0, id);
	is_refused("123,1234567", 4, id);
	is_refused("20000000", 0, id);
	is_refused("123456789", 0, id);
	is_refused("100-", 4, id);
	is_refused("100-800", 4, id);
	is_refused("200-1FF", 4, second);
	is_refused("100-00000200", 4, second);
	is_refused("00000100-200", 9, second);
	is_refused("100-200-300", 7, "a comma or the end");
	is_refused("extx", 1, "\":\" or \"~\", and a mask");
	is_refused("ext-rtr", 1, "\":\" or \"~\", and a mask");
	is_refused("123:", 4, "a mask of 1 to 8 hex digits");
	is_refused("100,123:7FF:1", 11, "the end of the filter");
	is_refused("100,#", 5, "an error mask of 1 to 8 hex digits");
	is_refused("7FF,101-1FF,j", 4, "a range of one filter where there is "
		   "a j, like 100-1FF");
}
END_TEST

/* The list has these filters, in this order. */
static void becomes(const char *text, const char *expected)
{
	char list[400] = "";
	char *end = list;
	size_t i;

	ck_assert_ok(parse(text));
	for (i = 0; i < filters.n; i++)
		end += sprintf(end, "%s%X/%X", i ? " " : "",
			       filters.filters[i].can_id,
			       filters.filters[i].can_mask);
	ck_assert_msg(strcmp(list, expected) == 0, "\"%s\": %s, not %s", text,
		      list, expected);
}

START_TEST(few)
{
	becomes("j,#1FF", "");
	ck_assert_uint_eq(filters.error_mask, 0x1ff);
	ck_assert_uint_eq(filters.is_joined, 1);
	becomes("123", "123/800007FF");
	ck_assert_uint_eq(filters.error_mask, 0);
	ck_assert_uint_eq(filters.is_joined, 0);
	becomes("1", "1/800007FF");
	becomes("00000123", "80000123/9FFFFFFF");
	becomes("100-1FF", "100/80000700");
	becomes("000-7FF", "0/80000000");
	becomes("0-7FF", "0/80000000");
	becomes("00000000-1FFFFFFF", "80000000/80000000");
	becomes("std", "0/80000000");
	becomes("ext", "80000000/80000000");
	becomes("std,ext", "0/0");
	becomes("rtr", "40000000/40000000");
	becomes("100,101,102,103", "100/800007FC");
	becomes("103,100,102,101", "100/800007FC");
	becomes("100-1FF,180,200-2FF", "100/80000700 200/80000700");
	becomes("200-2FF,300-3FF,210", "200/80000600");
	becomes("123,123", "123/800007FF");
	becomes("123:7FF", "123/7FF");
	becomes("123:7FF,123,00000123", "123/7FF");
	/* Each item as it is, where all must hold or one is turned around. */
	becomes("100~7FF,101~7FF", "20000100/7FF 20000101/7FF");
	becomes("100:7FF,101:7FF,j", "100/7FF 101/7FF");
	/* Bits that a standard identifier does not have. */
	becomes("1123:800017FF", "123/800007FF");
}
END_TEST

static int passes(uint32_t can_id)
{
	return sfam_can_filters_match(&filters, can_id);
}

/* All ranges of a random first and last, over all standard identifiers. */
START_TEST(ranges)
{
	uint64_t seed = test_seed();
	unsigned int rounds = 300;
	uint32_t first, last, id;
	char text[32];

	while (rounds--) {
		first = (uint32_t)(test_random(&seed) % 0x800);
		last = first + (uint32_t)(test_random(&seed) %
					  (0x800 - first));
		snprintf(text, sizeof(text), "%X-%03X", first, last);
		ck_assert_ok(parse(text));
		ck_assert_uint_le(filters.n, 20);
		for (id = 0; id < 0x800; id++) {
			expect_that(passes(id) ==
				    (first <= id && id <= last));
			expect_that(passes(id | CAN_RTR_FLAG) == passes(id));
			expect_that(passes(id | CAN_EFF_FLAG) == 0);
		}
		/* The same numbers as extended ones, at both ends. */
		snprintf(text, sizeof(text), "%08X-%08X", first << 17,
			 last << 17);
		ck_assert_ok(parse(text));
		first = first << 17 | CAN_EFF_FLAG;
		last = last << 17 | CAN_EFF_FLAG;
		ck_assert_int_eq(passes(first), 1);
		ck_assert_int_eq(passes(last), 1);
		ck_assert_int_eq(passes(last + 1), 0);
		ck_assert_int_eq(passes((first - 1) | CAN_EFF_FLAG), 0);
		ck_assert_int_eq(passes(first & CAN_SFF_MASK), 0);
	}
}
END_TEST

START_TEST(errors_pass_by_mask)
{
	ck_assert_ok(parse("123,#4"));
	ck_assert_int_eq(passes(CAN_ERR_FLAG | 4), 1);
	ck_assert_int_eq(passes(CAN_ERR_FLAG | 0x123 | 8), 0);
	ck_assert_int_eq(passes(0x123), 1);
	ck_assert_ok(parse("#4"));
	ck_assert_int_eq(passes(CAN_ERR_FLAG | 6), 1);
	ck_assert_int_eq(passes(0x7ff), 1);
	ck_assert_ok(parse("123~7FF,124~7FF,j,#4"));
	ck_assert_int_eq(passes(CAN_ERR_FLAG | 4), 0);
	ck_assert_int_eq(passes(0x123), 0);
	ck_assert_int_eq(passes(0x125), 1);
	ck_assert_ok(parse("123~7FF,j,#4"));
	ck_assert_int_eq(passes(CAN_ERR_FLAG | 4), 1);
}
END_TEST

/* n identifiers, step apart, each an item. */
static char *many(size_t n, uint32_t step, const char *tail)
{
	char *text = malloc(n * 9 + 8);
	char *end = text;
	size_t i;

	for (i = 0; i < n; i++)
		end += sprintf(end, "%08X,", (uint32_t)i * step);
	strcpy(end, tail);
	return text;
}

/* This many items are taken, and become at most n filters. */
static void are_taken(char *text, size_t n)
{
	ck_assert_ok(parse(text));
	ck_assert_uint_le(filters.n, n);
	free(text);
}

static void are_too_many(char *text, const char *expected)
{
	ck_assert_err(parse(text), E2BIG);
	ck_assert_str_eq(diag.expected, expected);
	free(text);
}

START_TEST(limits)
{
	/* In rows they need few; 3 apart no two differ in one bit. */
	are_taken(many(600, 1, "7FF"), 6);
	are_taken(many(2000, 2, "std"), 7);
	are_taken(many(511, 3, "123"), 512);
	ck_assert_uint_eq(filters.n, 512);
	are_too_many(many(512, 3, "123"), "512 filters at most");
	are_too_many(many(512, 3, "123,j"), "512 filters at most");
	are_too_many(many(513, 1, "j"),
		     "512 filters at most where there is a j");
	are_taken(many(512, 1, "j"), 512);
	ck_assert_uint_eq(filters.n, 512);
}
END_TEST

/* ------------------------------------------------------------ kernel -- */

static uint32_t random_id(uint64_t *seed)
{
	const uint32_t id = (uint32_t)(test_random(seed) % 16) << 6 |
			    (uint32_t)(test_random(seed) % 4);

	switch (test_random(seed) % 4) {
	case 0:
		return id | CAN_EFF_FLAG;
	case 1:
		return id | CAN_RTR_FLAG;
	case 2:
		return id | CAN_EFF_FLAG | (id & 3) << 20;
	default:
		return id;
	}
}

#define BARRIER (CAN_EFF_FLAG | 0x1ffffffe)

static void write_id(int fd, uint32_t can_id)
{
	const struct can_frame frame = { .can_id = can_id };

	ck_assert_int_eq(write(fd, &frame, sizeof(frame)),
			 (ssize_t)sizeof(frame));
}

/*
 * What was sent before has been seen by all sockets: one CPU takes the
 * frames in turn, each to all sockets.
 */
static void wait_for_barrier(int out, int end)
{
	struct can_frame frame;

	write_id(out, BARRIER);
	do {
		ck_assert_int_eq(read(end, &frame, sizeof(frame)),
				 (ssize_t)sizeof(frame));
	} while (frame.can_id != BARRIER);
}

/* A socket with these filters gets the frames that match, in their order. */
static void in_kernel_are(const char *text, int out, int end, uint64_t *seed)
{
	struct can_frame frame;
	uint32_t ids[64];
	int in = can_open("vcan0");
	size_t i;

	ck_assert_ok(parse(text));
	ck_assert_ok(sfam_can_filters_set(in, &filters));
	for (i = 0; i < HARNESS_LEN(ids); i++) {
		ids[i] = random_id(seed);
		write_id(out, ids[i]);
	}
	wait_for_barrier(out, end);
	for (i = 0; i < HARNESS_LEN(ids); i++) {
		if (!passes(ids[i]))
			continue;
		ck_assert_int_eq(recv(in, &frame, sizeof(frame),
				      MSG_DONTWAIT), (ssize_t)sizeof(frame));
		ck_assert_msg(frame.can_id == ids[i], "%s: %x, not %x", text,
			      frame.can_id, ids[i]);
	}
	if (recv(in, &frame, sizeof(frame), MSG_DONTWAIT) >= 0)
		ck_assert_uint_eq(frame.can_id, BARRIER);
	close(in);
}

START_TEST(in_kernel)
{
	static const char *const texts[] = {
		"100", "00000100", "000-0FF", "041-2C2,ext", "rtr",
		"std,rtr", "100-1FF,00000000-000001FF", "100:7FF", "100~7C0",
		"100~7C0,140~7C0,j", "ext,100:7C0,j", "rtr,100-13F,j",
		"1100:80001FFF", "40000100:C00007FF", "#1FF,j", "0:0",
		"040,080,0C0,100,140,180,1C0,041,042,043",
	};
	uint64_t seed = test_seed();
	int out = can_open("vcan0");
	int end = can_open("vcan0");
	size_t i;

	for (i = 0; i < HARNESS_LEN(texts); i++)
		in_kernel_are(texts[i], out, end, &seed);
	close(out);
	close(end);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ refused, NULL },
		{ few, NULL },
		{ ranges, NULL },
		{ errors_pass_by_mask, NULL },
		{ limits, NULL },
		{ in_kernel, "vcan" },
	};

	return harness_run("can-filters", tests, HARNESS_LEN(tests));
}
