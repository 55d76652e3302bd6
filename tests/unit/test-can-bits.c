/* SPDX-License-Identifier: MIT */
/* Wire lengths: frames counted by hand. can-bits.py counts random ones. */
#include <errno.h>
#include <string.h>

#include <sockfam/can-bits.h>
#include <sockfam/can.h>

#include "harness.h"

static struct sfam_can_bits bits_of(const char *text)
{
	uint8_t frame[CANFD_MTU] __attribute__((aligned(8)));
	struct sfam_can_bits bits;
	ssize_t n;

	n = sfam_can_text_parse(frame, sizeof(frame), text, strlen(text), 0,
				NULL);
	ck_assert_ok(n);
	ck_assert_ok(sfam_can_count_bits(&bits, frame, (size_t)n));
	return bits;
}

/*
 * 000#: 34 zeros up to the end of the CRC (of zeros, 0): a stuff bit after
 * each 5 of them but the last 4. 000#R: two in 12 zeros, one in 6, none in
 * the CRC 111001111000101. 000##0: 14 zeros, FDF, 7 zeros. 000##1: 14 zeros,
 * FDF, 0, BRS, 5 zeros, which only the fixed stuff bit follows. 000##2: ESI
 * ends the second run of zeros before it is long enough.
 */
static const struct {
	const char *text;
	struct sfam_can_bits bits;
} vectors[] = {
	{ "000#", { 47 + 6, 0, 6 } },
	{ "000#R", { 47 + 3, 0, 3 } },
	{ "000##0", { 22 + 3 + 21 + 6 + 1 + 12, 0, 3 + 6 } },
	{ "000##1", { 17 + 2 + 12, 5 + 21 + 6 + 1, 2 + 6 } },
	{ "000##2", { 22 + 2 + 21 + 6 + 1 + 12, 0, 2 + 6 } },
	{ "555##1AA55", { 17 + 12, 5 + 16 + 21 + 6 + 1, 6 } },
	{ "555##0AA55AA55AA55AA55AA55AA55AA55AA55AA55AA55",
	  { 22 + 160 + 25 + 7 + 1 + 12, 0, 7 } },
};

START_TEST(counted)
{
	struct sfam_can_bits bits;
	size_t i;

	for (i = 0; i < HARNESS_LEN(vectors); i++) {
		bits = bits_of(vectors[i].text);
		ck_assert_msg(memcmp(&bits, &vectors[i].bits,
				     sizeof(bits)) == 0,
			      "%s: %u + %u, %u of them stuffed",
			      vectors[i].text, bits.nominal, bits.data,
			      bits.stuffed);
	}
}
END_TEST

/* Without its stuff bits each length is what ISO 11898-1 adds up to. */
START_TEST(unstuffed)
{
	static const struct {
		const char *text;
		uint32_t bits;
	} sums[] = {
		{ "123#", 47 },
		{ "123#1122334455667788", 47 + 64 },
		{ "123#1122334455667788_F", 47 + 64 },
		{ "123#R8", 47 },
		{ "12345678#", 67 },
		{ "12345678#1122334455667788", 67 + 64 },
		{ "123##0", 56 },
		{ "12345678##0", 75 },
		{ "123##011223344", 56 + 32 },
	};
	struct sfam_can_bits bits;
	size_t i;

	for (i = 0; i < HARNESS_LEN(sums); i++) {
		bits = bits_of(sums[i].text);
		ck_assert_uint_eq(bits.nominal - bits.stuffed, sums[i].bits);
		ck_assert_uint_eq(bits.data, 0);
	}
}
END_TEST

START_TEST(refused)
{
	struct sfam_can_bits bits, before;
	struct canfd_frame fd = { .can_id = 1, .len = 9 };
	struct can_frame frame = { .can_id = CAN_ERR_FLAG | 1, .can_dlc = 8 };
	uint8_t xl[SFAM_CANXL_HDR + 1] __attribute__((aligned(4))) = {
		[4] = 0x80, [6] = 1,
	};

	memset(&bits, 0xee, sizeof(bits));
	before = bits;
	ck_assert_err(sfam_can_count_bits(&bits, &fd, CANFD_MTU), EINVAL);
	ck_assert_err(sfam_can_count_bits(&bits, &fd, 20), EINVAL);
	ck_assert_err(sfam_can_count_bits(&bits, &frame, CAN_MTU), EINVAL);
	if (*(const uint16_t *)(const void *)"\1" == 1)
		ck_assert_err(sfam_can_count_bits(&bits, xl, sizeof(xl)),
			      EOPNOTSUPP);
	ck_assert_mem_eq(&bits, &before, sizeof(bits));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ counted, NULL },
		{ unstuffed, NULL },
		{ refused, NULL },
	};

	return harness_run("can-bits", tests, HARNESS_LEN(tests));
}
