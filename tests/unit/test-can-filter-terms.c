/* SPDX-License-Identifier: MIT */
/*
 * Items of terms: random ones, with what each says of a frame worked out
 * beside them from the frame's fields. The program, the filters before it
 * and the kernel must agree with that.
 */
#include <stdio.h>

#include "filter-terms.h"

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
	static const char byte[] = "a byte of 1 or 2 hex digits";
	static const char number[] = "the number of a byte, 0 to 2047";
	static const char is[] = "\"=\" and a value (or \"&\" and a mask "
				 "before it)";
	static const char none[] = "what some frame can be";
	static const char length[] = "a length of up to 2048";
	static const char second[] = "\"!\": an item has one identifier or "
				     "range, the first";

	is_refused("123[", 4, number);
	is_refused("123[]", 4, number);
	is_refused("123[x]=1", 4, number);
	is_refused("[2048]=1", 1, number);
	is_refused("[99999999999999999999]=1", 1, number);
	is_refused("[1=1", 2, "\"]\"");
	is_refused("[1]", 3, is);
	is_refused("[1]1", 3, is);
	is_refused("[1]=", 4, byte);
	is_refused("[1]=123", 4, byte);
	is_refused("[1]&=3", 4, byte);
	is_refused("[1]&100=3", 4, byte);
	is_refused("[1]&0F", 6, is);
	is_refused("[1]&0F=10", 7, "a value within its mask");
	is_refused("len", 3, "one of = < > <= >=");
	is_refused("len8", 0, "ID, ID-ID, ID:MASK, ID~MASK, #MASK, std, ext, "
		   "rtr, err, classic, canfd, canxl, [N], len or j");
	is_refused("len>", 4, length);
	is_refused("len==3", 4, length);
	is_refused("len=2049", 4, length);
	is_refused("len<0", 0, none);
	is_refused("123+len>2048", 4, none);
	is_refused("std+ext", 4, none);
	is_refused("100,std+!std", 8, none);
	is_refused("std+00000123", 0, none);
	is_refused("123+ext+rtr", 0, none);
	is_refused("123+124", 4, second);
	is_refused("!123+124", 5, second);
	is_refused("123+", 4, "ID, ID-ID, ID:MASK, ID~MASK, #MASK, std, ext, "
		   "rtr, err, classic, canfd, canxl, [N], len or j");
	is_refused("123[0]=1x", 8, "a comma or the end");
	is_refused("err+std", 3, "a comma or the end");
	is_refused("123[0]=1,124,j", 0, "no condition where there is a j: "
		   "join terms by +");
	is_refused("123,!rtr+canfd,j", 4, "no condition where there is a j: "
		   "join terms by +");
}
END_TEST

/* --------------------------------------------------------- by the kernel */

/* Filters say it all: these. */
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

START_TEST(without_program)
{
	static const struct { const char *text, *filters; } lists[] = {
		{ "!123", "20000123/800007FF" },
		{ "!100-1FF", "20000100/80000700" },
		{ "!000-3FF", "20000000/80000400" },
		{ "!001-7FF", "0/800007FF 80000000/80000000" },
		{ "!123~7FF", "123/7FF" },
		{ "!std", "80000000/80000000" },
		{ "!ext", "0/80000000" },
		{ "!rtr", "0/40000000" },
		{ "ext+rtr", "C0000000/C0000000" },
		{ "std+rtr", "40000000/C0000000" },
		{ "rtr+100-1FF", "40000100/C0000700" },
		{ "100-1FF+!rtr+std", "100/C0000700" },
		{ "123:7FF+ext", "80000123/800007FF" },
		{ "!001-7FF+ext", "80000000/80000000" },
	};
	size_t i;

	for (i = 0; i < HARNESS_LEN(lists); i++) {
		becomes(lists[i].text, lists[i].filters);
		ck_assert_uint_eq(filters.n_insns, 0);
	}
	becomes("err", "");
	ck_assert_uint_eq(filters.error_mask, CAN_ERR_MASK);
}
END_TEST

/* All but a range, over all standard identifiers and some extended ones. */
START_TEST(all_but)
{
	uint64_t seed = test_seed();
	uint32_t first, last, id;
	unsigned int rounds = 100;
	char text[32];

	while (rounds--) {
		first = (uint32_t)(test_random(&seed) % 0x800);
		last = rounds % 4 ? first + (uint32_t)(test_random(&seed) %
						       (0x800 - first)) :
				    0x7fe + rounds % 8 / 4;
		if (first > last)
			first = last;
		snprintf(text, sizeof(text), "!%X-%03X", first, last);
		ck_assert_ok(parse(text));
		ck_assert_uint_eq(filters.n_insns, 0);
		for (id = 0; id < 0x800; id++) {
			expect_that(sfam_can_filters_match(&filters, id) ==
				    (id < first || id > last));
			expect_that(sfam_can_filters_match(
					    &filters, id | CAN_EFF_FLAG));
		}
	}
}
END_TEST

/* Behind filters that let pass no more than they must. */
START_TEST(with_program)
{
	static const struct { const char *text, *filters; } lists[] = {
		{ "123[0]=12", "123/800007FF" },
		{ "100-1FF[0]=12,200-2FF", "100/80000700 200/80000700" },
		{ "[0]=12,123", "0/0" },
		{ "!123+!124", "20000123/800007FF" },
		{ "!123+std", "0/80000000" },
		{ "canfd+ext", "80000000/80000000" },
		{ "len>8", "0/0" },
	};
	size_t i;

	for (i = 0; i < HARNESS_LEN(lists); i++) {
		becomes(lists[i].text, lists[i].filters);
		ck_assert_uint_gt(filters.n_insns, 0);
		ck_assert_ok(sfam_bpf_check(filters.insns, filters.n_insns,
					    &diag));
	}
}
END_TEST

/* -------------------------------------------------------- random frames */

static size_t random_frame(union frame *frame, uint64_t *seed)
{
	const unsigned int kind = below(seed, 8);
	const uint32_t id = random_id(seed);
	uint8_t data[100];
	struct sfam_can_fields f = {
		.id = id & CAN_EFF_MASK,
		.flags = id & CAN_EFF_FLAG ? SFAM_CAN_EXT : 0,
		.data = data,
		.len = (uint16_t)below(seed, 9),
	};
	ssize_t n;
	size_t i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)below(seed, 4);
	if (kind == 7) {
		f = (struct sfam_can_fields){
			.flags = SFAM_CAN_XL, .id = below(seed, 0x800),
			.vcid = (uint8_t)below(seed, 2), .data = data,
			.len = (uint16_t)(1 + below(seed, sizeof(data))),
		};
	} else if (kind >= 5) {
		f.flags |= SFAM_CAN_FD;
		f.len = (uint16_t)sfam_can_fd_len(below(seed, 65));
	} else if (kind == 4) {
		f.flags |= SFAM_CAN_RTR;
	}
	n = sfam_can_pack(frame, sizeof(*frame), &f);
	ck_assert_ok(n);
	return (size_t)n;
}

/* The kernel's own, which nobody can send. */
static size_t error_frame(union frame *frame, uint64_t *seed)
{
	const struct sfam_can_fields f = {
		.flags = SFAM_CAN_ERR, .id = 1u << below(seed, 9), .len = 8,
		.data = (const uint8_t[8]){ 0 },
	};

	ck_assert_ok(sfam_can_pack(frame, sizeof(*frame), &f));
	return CAN_MTU;
}

/* One that is not refused, as a list that no frame can pass is. */
static void next_list(struct list *l, uint64_t *seed)
{
	int r;

	do {
		random_list(l, seed);
		r = parse(l->text);
		ck_assert_msg(r == 0 || strcmp(diag.expected,
					       "what some frame can be") == 0,
			      "%s: at %zu: %s", l->text, diag.offset,
			      diag.expected);
	} while (r < 0);
}

START_TEST(random_lists)
{
	uint64_t seed = test_seed();
	unsigned int rounds = 1000, i, passed = 0, programs = 0;
	static struct list l;
	union frame frame;
	size_t size;
	int holds, r;

	while (rounds--) {
		next_list(&l, &seed);
		programs += filters.n_insns > 0;
		if (filters.n_insns)
			expect_that(sfam_bpf_check(filters.insns,
						   filters.n_insns,
						   NULL) == 0);
		for (i = 0; i < 50; i++) {
			size = i % 10 ? random_frame(&frame, &seed) :
					error_frame(&frame, &seed);
			holds = list_holds(&l, &frame, size);
			passed += (unsigned int)holds;
			r = sfam_can_filters_match_frame(&filters, &frame,
							 size);
			if (r != holds)
				ck_abort_msg("%s: %x of %zu bytes: %d",
					     l.text, frame.id, size, r);
			/* The filters before it let it come so far. */
			expect_that(!holds || sfam_can_filters_match(
						      &filters, frame.id));
		}
	}
	/* Both answers, and both ways, were many. */
	ck_assert_uint_gt(passed, 10000);
	ck_assert_uint_lt(passed, 40000);
	ck_assert_uint_gt(programs, 300);
	ck_assert_uint_lt(programs, 970);
}
END_TEST

/* In an FD frame the bit of a request means nothing. */
START_TEST(no_request)
{
	union frame frame;
	size_t size = frame_of(&frame, "123##011");

	frame.id |= CAN_RTR_FLAG;
	ck_assert_ok(parse("[0]=11"));
	ck_assert_int_eq(sfam_can_filters_match_frame(&filters, &frame, size),
			 1);
	ck_assert_ok(parse("[1]=11"));
	ck_assert_int_eq(sfam_can_filters_match_frame(&filters, &frame, size),
			 0);
}
END_TEST

START_TEST(no_frames)
{
	ck_assert_ok(parse("123[0]=12"));
	ck_assert_err(sfam_can_filters_match_frame(&filters, "", 0), EINVAL);
	ck_assert_ok(parse("123"));
	ck_assert_err(sfam_can_filters_match_frame(&filters, "", 0), EINVAL);
}
END_TEST

/* n times this item. */
static void repeated(const char *item, size_t n, int error)
{
	const size_t len = strlen(item);
	char *text = malloc(n * (len + 1) + 1);
	size_t i;

	for (i = 0; i < n; i++)
		sprintf(text + i * (len + 1), "%s,", item);
	text[n * (len + 1) - 1] = '\0';
	ck_assert_int_eq(parse(text), error);
	if (error)
		ck_assert_str_eq(diag.expected, "512 instructions at most for "
				 "a list with such an item");
	free(text);
}

START_TEST(limits)
{
	repeated("canxl", 128, 0);
	ck_assert_uint_eq(filters.n_insns, 4 + 2 * 128 + 1);
	repeated("canxl", 129, -E2BIG);
	repeated("123[0]=12", 26, 0);
	ck_assert_uint_le(filters.n_insns, SFAM_CAN_INSNS_MAX);
	ck_assert_ok(sfam_bpf_check(filters.insns, filters.n_insns, &diag));
	repeated("123[0]=12", 40, -E2BIG);
	/* Without a program there is no such limit. */
	repeated("123+!rtr", 2000, 0);
	ck_assert_uint_eq(filters.n, 1);
}
END_TEST

/* -------------------------------------------------------------- kernel */

#define FRAMES 40

/* What was sent before has been seen by all sockets. */
static void wait_for_barrier(int out, int end)
{
	const struct can_frame barrier = { .can_id = CAN_EFF_FLAG | 0x1ffffff };
	struct can_frame frame;

	ck_assert_int_eq(write(out, &barrier, sizeof(barrier)),
			 (ssize_t)sizeof(barrier));
	do {
		ck_assert_int_eq(read(end, &frame, sizeof(frame)),
				 (ssize_t)sizeof(frame));
	} while (frame.can_id != barrier.can_id);
}

static void in_kernel_is(const struct list *l, int out, int end,
			 uint64_t *seed)
{
	static union frame sent[FRAMES], got;
	size_t sizes[FRAMES], i;
	int in = can_open("vcan0");
	ssize_t n;

	ck_assert_ok(sfam_can_set_options(in, SFAM_CAN_OPT_XL, 0));
	ck_assert_ok(sfam_can_filters_set(in, &filters));
	for (i = 0; i < FRAMES; i++) {
		sizes[i] = random_frame(&sent[i], seed);
		ck_assert_int_eq(write(out, &sent[i], sizes[i]),
				 (ssize_t)sizes[i]);
	}
	wait_for_barrier(out, end);
	for (i = 0; i < FRAMES; i++) {
		if (!list_holds(l, &sent[i], sizes[i]))
			continue;
		n = recv(in, &got, sizeof(got), MSG_DONTWAIT);
		ck_assert_msg(n == (ssize_t)sizes[i] &&
			      memcmp(&got, &sent[i], sizes[i]) == 0,
			      "%s: frame %zu, %x: got %zd", l->text, i,
			      sent[i].id, n);
	}
	n = recv(in, &got, sizeof(got), MSG_DONTWAIT);
	ck_assert_msg(n < 0 || got.id == (CAN_EFF_FLAG | 0x1ffffff),
		      "%s: %x", l->text, got.id);
	close(in);
}

START_TEST(in_kernel)
{
	uint64_t seed = test_seed();
	int out = can_open("vcan0");
	int end = can_open("vcan0");
	static struct list l;
	int rounds = 60;

	ck_assert_ok(sfam_can_set_options(out, SFAM_CAN_OPT_XL, 0));
	while (rounds--) {
		next_list(&l, &seed);
		in_kernel_is(&l, out, end, &seed);
	}
	close(out);
	close(end);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ refused, NULL },
		{ without_program, NULL },
		{ all_but, NULL },
		{ with_program, NULL },
		{ random_lists, NULL },
		{ no_request, NULL },
		{ no_frames, NULL },
		{ limits, NULL },
		{ in_kernel, "vcanxl" },
	};

	return harness_run("can-filter-terms", tests, HARNESS_LEN(tests));
}
