/* SPDX-License-Identifier: MIT */
/*
 * Lines of sha256sum's, with a digest of 4 bytes: what they say, what is
 * none, every good one cut at every byte, and names written and read again.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "hex.h"
#include "sum-line.h"

#define SIZE 4
#define ROUNDS 20000

struct vector {
	const char *line;
	const char *name;	/* NULL: no such line */
};

static const struct vector vectors[] = {
	{ "0badcafe  file", "file" },
	{ "0badcafe *file", "file" },
	{ "0badcafe file", "file" },
	{ "0BADCAFE  file", "file" },
	{ "0badcafe\t file", "file" },
	{ " \t0badcafe  file", "file" },
	{ "0badcafe   file", " file" },
	{ "0badcafe **file", "*file" },
	{ "0badcafe  a b", "a b" },
	{ "0badcafe  a\\n", "a\\n" },
	{ "\\0badcafe  a\\n\\r\\\\b", "a\n\r\\b" },
	{ "0badcafe  (a) = b", "(a) = b" },
	{ "CRC-32 (file) = 0badcafe", "file" },
	{ "CRC-32(file)=0badcafe", "file" },
	{ "CRC-32 (a) = (b) = 0BADCAFE", "a) = (b" },
	{ "\\CRC-32 (a\\\\b) = 0badcafe", "a\\b" },
	{ " CRC-32 ()\t=\t0badcafe", "" },
	{ "", NULL },
	{ "0badcafe", NULL },
	{ "0badcafe ", NULL },
	{ "0badcaf  file", NULL },
	{ "0badcafe1  file", NULL },
	{ "0badcafg  file", NULL },
	{ "0badcafe-file", NULL },
	{ "\\0badcafe  a\\", NULL },
	{ "\\0badcafe  a\\t", NULL },
	{ "CRC-32", NULL },
	{ "CRC-32 ", NULL },
	{ "CRC-32 (file", NULL },
	{ "CRC-32 (file)", NULL },
	{ "CRC-32 (file) 0badcafe", NULL },
	{ "CRC-32 (file) = 0badcaf", NULL },
	{ "CRC-32 (file) = 0badcafe0", NULL },
	{ "CRC-32  (file) = 0badcafe", NULL },
	{ "CRC-33 (file) = 0badcafe", NULL },
	{ "crc-32 (file) = 0badcafe", NULL },
};

/* In memory of exactly its size; the name is copied out. */
static int parse(const char *line, size_t len, char *ret_name)
{
	static const unsigned char want[SIZE] = { 0x0b, 0xad, 0xca, 0xfe };
	unsigned char digest[SIZE] = { 0 };
	char *copy = malloc(len + 1);
	char *name = NULL;
	int r;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, line, len);
	copy[len] = '\0';
	r = sum_line_parse(copy, len, "crc-32", digest, SIZE, &name);
	ck_assert_int_le(r, 0);
	if (r == 0) {
		ck_assert_mem_eq(digest, want, SIZE);
		strcpy(ret_name, name);
	}
	free(copy);
	return r;
}

START_TEST(reads)
{
	const struct vector *v;
	char name[64];
	size_t i;
	int r;

	for (i = 0; i < HARNESS_LEN(vectors); i++) {
		v = &vectors[i];
		r = parse(v->line, strlen(v->line), name);
		ck_assert_msg(r == (v->name ? 0 : -1), "\"%s\": %d", v->line,
			      r);
		if (v->name)
			ck_assert_str_eq(name, v->name);
	}
}
END_TEST

/* A line that is cut may be another good one, but never more than it has. */
START_TEST(cut)
{
	const struct vector *v;
	char name[64];
	size_t i, n;

	for (i = 0; i < HARNESS_LEN(vectors); i++) {
		v = &vectors[i];
		for (n = 0; n < strlen(v->line); n++)
			if (parse(v->line, n, name) == 0)
				ck_assert_uint_lt(strlen(name), n);
	}
}
END_TEST

/* Any name comes back, but for what a line cannot hold: NUL. */
START_TEST(round_trip)
{
	static const char odd[] = "\\\n\r *()=a\xff";
	static const unsigned char digest[SIZE] = { 0x0b, 0xad, 0xca, 0xfe };
	uint64_t state = test_seed();
	char name[12], back[64];
	char *line;
	size_t len, n;
	FILE *to;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		n = 1 + test_random(&state) % (sizeof(name) - 1);
		name[n] = '\0';
		while (n--)
			name[n] = odd[test_random(&state) % (sizeof(odd) - 1)];
		to = open_memstream(&line, &len);
		ck_assert_ptr_nonnull(to);
		sum_line_print(to, digest, SIZE, name, '\n');
		ck_assert_int_eq(fclose(to), 0);
		ck_assert_int_eq(line[len - 1], '\n');
		ck_assert_ptr_null(memchr(line, '\n', len - 1));
		line[len - 1] = '\0';
		ck_assert_int_eq(parse(line, len - 1, back), 0);
		ck_assert_str_eq(back, name);
		free(line);
	}
}
END_TEST

START_TEST(hex)
{
	unsigned char bytes[4] = { 0 };
	char text[8];

	ck_assert_int_eq(hex_read("", bytes, 4), 0);
	ck_assert_int_eq(hex_read("00fFA9", bytes, 4), 3);
	ck_assert_mem_eq(bytes, "\x00\xff\xa9\x00", 4);
	ck_assert_int_eq(hex_read("0011223344", bytes, 4), -1);
	ck_assert_int_eq(hex_read("001", bytes, 4), -1);
	ck_assert_int_eq(hex_read("0g", bytes, 4), -1);
	ck_assert_int_eq(hex_read("0x12", bytes, 4), -1);
	ck_assert_int_eq(hex_read("00 1", bytes, 4), -1);
	hex_write(text, (const unsigned char *)"\x01\xfe\x90", 3);
	ck_assert_mem_eq(text, "01fe90", 6);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ reads, NULL },
		{ cut, NULL },
		{ round_trip, NULL },
		{ hex, NULL },
	};

	return harness_run("sum-line", tests, HARNESS_LEN(tests));
}
