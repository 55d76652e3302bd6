/* SPDX-License-Identifier: MIT */
/* The scanners and writers of base/, from the inside. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "harness.h"

static struct sfam__scan scan_of(const char *text, struct sfam_diag *diag)
{
	struct sfam__scan s = { text, strlen(text), 0, diag };

	return s;
}

static int scan_number(const char *text, uint64_t max, uint64_t *ret)
{
	struct sfam__scan s = scan_of(text, NULL);
	int r = sfam__scan_uint(&s, max, ret, "a number");

	if (r < 0)
		ck_assert_uint_eq(s.pos, 0);
	return r;
}

START_TEST(numbers)
{
	uint64_t v = 42;

	ck_assert_ok(scan_number("0", 0, &v));
	ck_assert_uint_eq(v, 0);
	ck_assert_ok(scan_number("255", 255, &v));
	ck_assert_uint_eq(v, 255);
	ck_assert_ok(scan_number("0xfF,", 255, &v));
	ck_assert_uint_eq(v, 255);
	ck_assert_ok(scan_number("18446744073709551615", UINT64_MAX, &v));
	ck_assert_uint_eq(v, UINT64_MAX);
	ck_assert_ok(scan_number("0xffffffffffffffff", UINT64_MAX, &v));
	ck_assert_uint_eq(v, UINT64_MAX);
	ck_assert_ok(scan_number("00000000000000000000000001", 1, &v));
	v = 42;
	ck_assert_err(scan_number("256", 255, &v), EINVAL);
	ck_assert_err(scan_number("5", 4, &v), EINVAL);
	ck_assert_err(scan_number("18446744073709551616", UINT64_MAX, &v),
		      EINVAL);
	ck_assert_err(scan_number("99999999999999999999", UINT64_MAX, &v),
		      EINVAL);
	ck_assert_err(scan_number("0x10000000000000000", UINT64_MAX, &v),
		      EINVAL);
	ck_assert_err(scan_number("", 9, &v), EINVAL);
	ck_assert_err(scan_number("0x", 9, &v), EINVAL);
	ck_assert_err(scan_number("-1", 9, &v), EINVAL);
	ck_assert_err(scan_number("+1", 9, &v), EINVAL);
	ck_assert_err(scan_number(" 1", 9, &v), EINVAL);
	ck_assert_err(scan_number("1a", 99, &v), EINVAL);
	ck_assert_uint_eq(v, 42);
}
END_TEST

START_TEST(every_byte_survives)
{
	char bytes[256], text[2048], back[256];
	struct sfam__out o = { text, sizeof(text), 0 };
	struct sfam__scan s;
	size_t i, n;

	for (i = 0; i < 256; i++)
		bytes[i] = (char)i;
	sfam__out_bytes(&o, ':', bytes, sizeof(bytes));
	ck_assert_ok(sfam__out_finish(&o));
	s = scan_of(text, NULL);
	ck_assert_ok(sfam__scan_bytes(&s, ':', back, sizeof(back), &n, ""));
	ck_assert_uint_eq(n, 256);
	ck_assert_mem_eq(back, bytes, 256);
	ck_assert(sfam__scan_end(&s));
}
END_TEST

static const char *written(const char *bytes)
{
	static char text[64];
	struct sfam__out o = { text, sizeof(text), 0 };

	sfam__out_bytes(&o, ':', bytes, strlen(bytes));
	ck_assert_ok(sfam__out_finish(&o));
	return text;
}

START_TEST(escapes)
{
	ck_assert_str_eq(written("a,b:c"), "a\\,b\\:c");
	ck_assert_str_eq(written("f(a,b:c)"), "f(a,b:c)");
	ck_assert_str_eq(written("f(a,b"), "f\\x28a\\,b");
	ck_assert_str_eq(written(")("), "\\x29\\x28");
	ck_assert_str_eq(written("\x7f\n~ "), "\\x7f\\x0a~ ");
}
END_TEST

START_TEST(out_never_overruns)
{
	char buf[8];
	struct sfam__out o;
	size_t size;

	for (size = 0; size <= 7; size++) {
		memset(buf, '#', sizeof(buf));
		o = (struct sfam__out){ buf, size, 0 };
		sfam__out_str(&o, "ab");
		sfam__out_dec(&o, 123);
		sfam__out_hex(&o, 0xc, 1);
		ck_assert_uint_eq(o.len, 6);
		if (size <= 6)
			ck_assert_err(sfam__out_finish(&o), ENOSPC);
		else
			ck_assert_int_eq(sfam__out_finish(&o), 6);
		ck_assert_int_eq(buf[size], '#');
	}
	ck_assert_mem_eq(buf, "ab123c\0#", 8);
}
END_TEST

START_TEST(numbers_written)
{
	char buf[64];
	struct sfam__out o = { buf, sizeof(buf), 0 };

	sfam__out_dec(&o, UINT64_MAX);
	sfam__out_char(&o, ' ');
	sfam__out_hex(&o, UINT64_MAX, 1);
	sfam__out_char(&o, ' ');
	sfam__out_hex(&o, 0xa, 4);
	sfam__out_finish(&o);
	ck_assert_str_eq(buf, "18446744073709551615 ffffffffffffffff 000a");
}
END_TEST

/* The first byte behind the text is not readable. */
START_TEST(scanners_stay_inside)
{
	static const char *const texts[] = {
		"0x", "0", "\\x4", "\\", "a", "0xffff", "(", "ab", "\\x41",
	};
	long page = sysconf(_SC_PAGESIZE);
	char *pages, buf[16];
	uint64_t v;
	uint32_t w;
	size_t i, n, len;

	pages = mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(pages, MAP_FAILED);
	ck_assert_int_eq(mprotect(pages + page, (size_t)page, PROT_NONE), 0);
	for (i = 0; i < HARNESS_LEN(texts); i++) {
		struct sfam_diag d;
		struct sfam__scan s = { NULL, strlen(texts[i]), 0, &d };
		char *at = pages + page - s.len;

		len = s.len;
		memcpy(at, texts[i], len);
		s.text = at;
		if (sfam__scan_uint(&s, 99, &v, "") == 0)
			s.pos = 0;
		sfam__scan_word(&s, "abc");
		s.pos = 0;
		if (sfam__scan_hex(&s, 4, &w, "") == 0)
			s.pos = 0;
		(void)!sfam__scan_bytes(&s, ':', buf, sizeof(buf), &n, "");
		s.pos = len;
		ck_assert(!sfam__scan_skip(&s, 'a'));
		ck_assert(!sfam__scan_word(&s, "a"));
	}
	munmap(pages, 2 * (size_t)page);
}
END_TEST

START_TEST(whole_words)
{
	struct sfam__scan s = scan_of("to-host,any", NULL);

	ck_assert(!sfam__scan_word(&s, "to"));
	ck_assert(sfam__scan_word(&s, "to-host"));
	ck_assert(sfam__scan_skip(&s, ','));
	ck_assert(!sfam__scan_word(&s, "anyone"));
	ck_assert(sfam__scan_word(&s, "any"));
	ck_assert(sfam__scan_end(&s));
}
END_TEST

START_TEST(diagnosis)
{
	struct sfam_diag d;
	struct sfam__scan s = scan_of("ab\x01" "cdefghijklmnopqrstuvwxyz0123456"
				      "789", &d);
	char words[SFAM_DIAG_STRLEN];

	ck_assert_err(sfam__scan_fail(&s, -ENODEV, 2, "a b"), ENODEV);
	ck_assert_uint_eq(d.offset, 2);
	ck_assert_int_eq(strncmp(d.found, "\\x01cdef", 8), 0);
	ck_assert_ok(sfam_diag_format(&d, words, sizeof(words)));
	ck_assert_int_eq(strncmp(words, "at 2: expected a b, found \"\\x01cd",
				 33), 0);
	ck_assert_err(sfam_diag_format(&d, words, 20), ENOSPC);
	s = scan_of("abc", &d);
	sfam__scan_fail(&s, -EINVAL, 3, "more");
	ck_assert_ok(sfam_diag_format(&d, words, sizeof(words)));
	ck_assert_str_eq(words, "at 3: expected more, found the end");
}
END_TEST

START_TEST(hex_tables)
{
	char pair[3];
	int i;

	for (i = 0; i < 256; i++) {
		snprintf(pair, sizeof(pair), "%02X", (unsigned int)i);
		ck_assert_mem_eq(sfam__hex_pair[i], pair, 2);
		if (i && strchr("0123456789abcdefABCDEF", i))
			ck_assert_uint_eq(sfam__hex_value[i],
				strtoul((char[2]){ (char)i, 0 }, NULL, 16));
		else
			ck_assert_uint_eq(sfam__hex_value[i], 0xff);
	}
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ numbers, NULL },
		{ every_byte_survives, NULL },
		{ escapes, NULL },
		{ out_never_overruns, NULL },
		{ numbers_written, NULL },
		{ scanners_stay_inside, NULL },
		{ whole_words, NULL },
		{ diagnosis, NULL },
		{ hex_tables, NULL },
	};

	return harness_run("text", tests, HARNESS_LEN(tests));
}
