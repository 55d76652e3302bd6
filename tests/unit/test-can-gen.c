/* SPDX-License-Identifier: MIT */
/* Frames that are made up: the modes, and what is certain of random ones. */
#include <string.h>

#include "can-gen-frame.h"
#include "harness.h"

#define ROUNDS 5000

static struct gen gen;
static uint8_t frame[SFAM_CANXL_MTU] __attribute__((aligned(8)));
static struct sfam_can_fields f;

static void setup(uint32_t flags)
{
	gen = (struct gen){ .flags = flags, .random = test_seed() | 1 };
}

static void next(void)
{
	ssize_t n;

	memset(frame, 0x55, sizeof(frame));
	n = gen_next(&gen, frame);
	ck_assert_ok(n);
	ck_assert_ok(sfam_can_unpack(&f, frame, (size_t)n));
}

/* "123#1122", and as the kernel has it. */
static void next_is(const char *text)
{
	uint8_t want[SFAM_CANXL_MTU] __attribute__((aligned(8)));
	char got[SFAM_CAN_TEXT_STRLEN + 1];
	ssize_t size, n;

	memset(frame, 0x55, sizeof(frame));
	n = gen_next(&gen, frame);
	ck_assert_ok(sfam_can_text_format(got, sizeof(got), frame, (size_t)n));
	ck_assert_str_eq(got, text);
	size = sfam_can_text_parse(want, sizeof(want), text, strlen(text), 0,
				   NULL);
	ck_assert_int_eq(n, size);
	ck_assert_mem_eq(frame, want, (size_t)n);
}

/* ------------------------------------------------------------- arguments -- */

START_TEST(arguments)
{
	static const char *const bad_ids[] = { "", "x", "rr", "ie", "-1", "12 ",
					       "20000000", "0x1" };
	static const char *const bad_lens[] = { "", "e", "o", "A", "2049",
						"99999999999999999999" };
	static const char *const bad_data[] = { "", "1", "123", "e", "1g",
						"xX", "rr", "i1" };
	struct gen_value v = { GEN_ODD, 77 };
	size_t i;

	for (i = 0; i < HARNESS_LEN(bad_ids); i++)
		ck_assert_int_eq(gen_read_id(&v, bad_ids[i]), -1);
	for (i = 0; i < HARNESS_LEN(bad_lens); i++)
		ck_assert_int_eq(gen_read_len(&v, bad_lens[i]), -1);
	ck_assert_int_eq(gen_read_byte(&v, "100"), -1);
	ck_assert_int_eq(gen_read_byte(&v, "o"), -1);
	ck_assert_int_eq(gen_read_word(&v, "100000000"), -1);
	ck_assert(v.mode == GEN_ODD && v.value == 77);
	setup(0);
	for (i = 0; i < HARNESS_LEN(bad_data); i++)
		ck_assert_int_eq(gen_read_data(&gen, bad_data[i]), -1);
	ck_assert(gen.data_mode == GEN_RANDOM);
}
END_TEST

START_TEST(good_arguments)
{
	struct gen_value v = { GEN_ODD, 77 };

	ck_assert_int_eq(gen_read_id(&v, "r"), 0);
	ck_assert(v.mode == GEN_RANDOM);
	ck_assert_int_eq(gen_read_id(&v, "e"), 0);
	ck_assert(v.mode == GEN_EVEN);
	ck_assert_int_eq(gen_read_id(&v, "o"), 0);
	ck_assert(v.mode == GEN_ODD);
	ck_assert_int_eq(gen_read_len(&v, "i"), 0);
	ck_assert(v.mode == GEN_INCREMENT);
	ck_assert_int_eq(gen_read_id(&v, "1fffFFFF"), 0);
	ck_assert(v.mode == GEN_FIXED && v.value == 0x1FFFFFFF);
	ck_assert_int_eq(gen_read_len(&v, "10"), 0);
	ck_assert_uint_eq(v.value, 10);
	ck_assert_int_eq(gen_read_word(&v, "FFFFFFFF"), 0);
	ck_assert_uint_eq(v.value, 0xFFFFFFFF);
}
END_TEST

static void fix(struct gen_value *v, uint32_t value)
{
	*v = (struct gen_value){ GEN_FIXED, value };
}

START_TEST(together)
{
	static const struct {
		uint32_t flags, len;
		int raw_dlc, is_good;
	} lens[] = {
		{ 0, 8, 0, 1 }, { 0, 9, 0, 0 }, { 0, 15, 1, 1 },
		{ 0, 16, 1, 0 }, { SFAM_CAN_FD, 64, 0, 1 },
		{ SFAM_CAN_FD, 65, 0, 0 }, { SFAM_CAN_XL, 2048, 0, 1 },
		{ SFAM_CAN_XL, 0, 0, 0 },
	};
	size_t i;

	for (i = 0; i < HARNESS_LEN(lens); i++) {
		setup(lens[i].flags);
		fix(&gen.len, lens[i].len);
		gen.has_raw_dlc = lens[i].raw_dlc;
		ck_assert_int_eq(!gen_check(&gen), lens[i].is_good);
	}
	setup(SFAM_CAN_FD | SFAM_CAN_RTR);
	ck_assert(gen_check(&gen));
	gen.mixes = 1;
	ck_assert(!gen_check(&gen));
	setup(SFAM_CAN_XL | SFAM_CAN_EXT);
	ck_assert(gen_check(&gen));
	setup(SFAM_CAN_XL);
	fix(&gen.xl_flags, 0x40);
	ck_assert(gen_check(&gen));
	setup(0);
	fix(&gen.id, 0x800);
	ck_assert(gen_check(&gen));
	gen.flags = SFAM_CAN_EXT;
	ck_assert(!gen_check(&gen));
}
END_TEST

/* --------------------------------------------------------------- counted -- */

START_TEST(counted)
{
	setup(0);
	gen.id = (struct gen_value){ GEN_INCREMENT, 0x7FE };
	gen.len.mode = GEN_INCREMENT;
	gen.data_mode = GEN_INCREMENT;
	gen.data_count = 0xFF;
	next_is("7FE#FF");		/* at least one byte */
	next_is("7FF#00");
	next_is("000#0101");
	next_is("001#020100");
	gen.len.value = 8;
	next_is("002#0301000000000000");
	next_is("003#04");
}
END_TEST

START_TEST(counted_extended)
{
	setup(SFAM_CAN_EXT);
	gen.id = (struct gen_value){ GEN_INCREMENT, 0x1FFFFFFF };
	fix(&gen.len, 0);
	next_is("1FFFFFFF#");
	next_is("00000000#");
}
END_TEST

START_TEST(counted_lengths)
{
	static const uint16_t fd[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20,
				       24, 32, 48, 64, 0 };
	size_t i;

	setup(SFAM_CAN_FD);
	gen.len.mode = GEN_INCREMENT;
	for (i = 0; i < HARNESS_LEN(fd); i++) {
		next();
		ck_assert_uint_eq(f.len, fd[i]);
	}
	setup(0);
	gen.len.mode = GEN_INCREMENT;
	gen.has_raw_dlc = 1;
	for (i = 0; i < 17; i++) {
		next();
		ck_assert_uint_eq(f.len, i == 16 ? 0 : i > 8 ? 8 : i);
		ck_assert_uint_eq(f.len8_dlc, i > 8 && i < 16 ? i : 0);
	}
}
END_TEST

/* As cangen's, all but the identifier are 1 at first. */
START_TEST(counted_xl)
{
	setup(SFAM_CAN_XL);
	fix(&gen.id, 0x123);
	fix(&gen.len, 2);
	gen.data_mode = GEN_INCREMENT;
	gen.xl_flags.mode = gen.sdt.mode = GEN_INCREMENT;
	gen.af.mode = gen.vcid.mode = GEN_INCREMENT;
	next_is("01123#81:01:00000001#0000");
	next_is("02123#80:02:00000002#0100");
	gen.vcid.value = gen.sdt.value = 0xFF;
	next_is("00123#81:00:00000003#0200");
}
END_TEST

/* ----------------------------------------------------------------- fixed -- */

START_TEST(fixed)
{
	setup(0);
	fix(&gen.id, 0x42);
	fix(&gen.len, 8);
	ck_assert_int_eq(gen_read_data(&gen, "11223344DEADbeef99"), 0);
	next_is("042#11223344DEADBEEF");
	fix(&gen.len, 3);
	next_is("042#112233");
	gen.flags = SFAM_CAN_FD | SFAM_CAN_BRS | SFAM_CAN_ESI | SFAM_CAN_EXT;
	fix(&gen.len, 9);
	next_is("00000042##711223344DEADBEEF99000000");
	gen.flags = SFAM_CAN_RTR;
	fix(&gen.len, 5);
	next_is("042#R5");
	gen.has_raw_dlc = 1;
	fix(&gen.len, 14);
	next_is("042#R8_E");
	gen.flags = 0;
	next_is("042#11223344DEADBEEF_E");
	setup(SFAM_CAN_XL);
	fix(&gen.id, 0x7FF);
	fix(&gen.len, 1);
	fix(&gen.xl_flags, 3);
	fix(&gen.sdt, 0xFE);
	fix(&gen.af, 0x12345678);
	fix(&gen.vcid, 0xAB);
	ck_assert_int_eq(gen_read_data(&gen, "CC"), 0);
	next_is("AB7FF#83:FE:12345678#CC");
}
END_TEST

START_TEST(longest)
{
	size_t i;

	setup(SFAM_CAN_XL);
	fix(&gen.len, 2048);
	gen_read_data(&gen, "1122");
	next();
	ck_assert_uint_eq(f.len, 2048);
	ck_assert(f.data[0] == 0x11 && f.data[1] == 0x22);
	for (i = 2; i < 2048; i++)
		ck_assert_uint_eq(f.data[i], 0);
	gen.data_mode = GEN_RANDOM;
	next();
	ck_assert_uint_eq(f.len, 2048);
	/* As many bytes as can be counted in. */
	gen.data_mode = GEN_INCREMENT;
	gen.data_count = UINT64_MAX;
	next();
	ck_assert(f.data[7] == 0xFF && f.data[8] == 0);
}
END_TEST

/* ---------------------------------------------------------------- random -- */

START_TEST(random_digits)
{
	uint8_t seen = 0, unseen = 0xFF;
	int i;

	setup(0);
	fix(&gen.len, 4);
	ck_assert_int_eq(gen_read_data(&gen, "x11x33x4"), 0);
	for (i = 0; i < ROUNDS; i++) {
		next();
		ck_assert_uint_eq(f.len, 4);
		ck_assert_uint_eq(f.data[0] & 15, 1);
		ck_assert_uint_eq(f.data[1] >> 4, 1);
		ck_assert_uint_eq(f.data[2], 0x33);
		ck_assert_uint_eq(f.data[3] & 15, 4);
		seen |= f.data[0];
		unseen &= f.data[0];
	}
	/* It fails once in 2^5000. */
	ck_assert_uint_eq(seen, 0xF1);
	ck_assert_uint_eq(unseen, 0x01);
}
END_TEST

START_TEST(random_ids)
{
	static const enum gen_mode modes[] = { GEN_RANDOM, GEN_EVEN, GEN_ODD };
	uint32_t seen[3] = { 0 };
	int i;

	setup(SFAM_CAN_EXT);
	for (i = 0; i < 3 * ROUNDS; i++) {
		gen.id.mode = modes[i % 3];
		gen.flags = i & 1 ? SFAM_CAN_EXT : 0;
		next();
		ck_assert_uint_eq(f.flags, gen.flags);
		seen[i % 3] |= f.id;
		if (i % 3)
			ck_assert_uint_eq(f.id & 1, i % 3 == 2);
	}
	ck_assert_uint_eq(seen[0], 0x1FFFFFFF);
	ck_assert_uint_eq(seen[1], 0x1FFFFFFE);
	ck_assert_uint_eq(seen[2], 0x1FFFFFFF);
}
END_TEST

/* What is behind the data is zero, so each frame is its own text's. */
static void is_clean(void)
{
	uint8_t again[SFAM_CANXL_MTU] __attribute__((aligned(8)));
	ssize_t n = sfam_can_pack(again, sizeof(again), &f);

	ck_assert_ok(n);
	ck_assert_mem_eq(again, frame, (size_t)n);
}

START_TEST(mixed)
{
	const uint32_t takes[] = { 0, SFAM_CAN_FD, SFAM_CAN_FD | SFAM_CAN_XL };
	uint32_t seen;
	size_t k;
	int i;

	for (k = 0; k < HARNESS_LEN(takes); k++) {
		setup(0);
		gen.mixes = 1;
		gen.mixable = takes[k];
		for (seen = 0, i = 0; i < ROUNDS; i++) {
			gen.has_raw_dlc = i & 1;
			gen.len.mode = i & 2 ? GEN_RANDOM : GEN_INCREMENT;
			next();
			seen |= f.flags;
			is_clean();
		}
		ck_assert_uint_eq(seen & (SFAM_CAN_FD | SFAM_CAN_XL),
				  takes[k]);
		ck_assert_uint_eq(!!(seen & SFAM_CAN_BRS), k > 0);
		ck_assert_uint_eq(!!(seen & SFAM_CAN_ESI), k > 0);
		ck_assert_uint_eq(!!(seen & SFAM_CAN_SEC), k > 1);
		ck_assert(seen & SFAM_CAN_EXT && seen & SFAM_CAN_RTR);
	}
	/* One length for all is cut to what each can have. */
	fix(&gen.len, 1000);
	for (i = 0; i < ROUNDS; i++) {
		next();
		ck_assert_uint_eq(f.len, f.flags & SFAM_CAN_XL ? 1000 :
					 f.flags & SFAM_CAN_FD ? 64 : 8);
	}
}
END_TEST

START_TEST(random_lengths)
{
	uint64_t seen[3] = { 0 };
	int i;

	for (i = 0; i < 3 * ROUNDS; i++) {
		if (i < 3)
			setup(0);
		gen.flags = i % 3 == 0 ? 0 : i % 3 == 1 ? SFAM_CAN_FD :
							  SFAM_CAN_XL;
		next();
		is_clean();
		seen[i % 3] |= UINT64_C(1) << (f.len & 63);
		ck_assert_uint_le(f.len, i % 3 ? 64 : 8);
	}
	ck_assert_uint_eq(seen[0], 0x1FF);
	ck_assert_uint_eq(seen[1], UINT64_C(0x00010001011111FF));
	ck_assert_uint_eq(seen[2], UINT64_MAX);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ arguments, NULL },
		{ good_arguments, NULL },
		{ together, NULL },
		{ counted, NULL },
		{ counted_extended, NULL },
		{ counted_lengths, NULL },
		{ counted_xl, NULL },
		{ fixed, NULL },
		{ longest, NULL },
		{ random_digits, NULL },
		{ random_ids, NULL },
		{ mixed, NULL },
		{ random_lengths, NULL },
	};

	return harness_run("can-gen", tests, HARNESS_LEN(tests));
}
