/* SPDX-License-Identifier: MIT */
/*
 * The compact text of frames: the vectors of tests/data/can-text.txt, then
 * whatever random frames and damaged texts find. Every text that is parsed
 * here ends at a page that cannot be read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockfam/can.h>

#include "harness.h"

#define STRICT 0u
#define LENIENT SFAM_CAN_TEXT_LENIENT

union frame {
	uint32_t id;
	uint8_t at[SFAM_CANXL_MTU];
};

/* ------------------------------------------------------ at the edge -- */

static char *edge;		/* the first byte that cannot be read */

static void make_edge(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = 4 * page;
	char *p = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	edge = p + room;
	ck_assert_int_eq(mprotect(edge, page, PROT_NONE), 0);
}

/* As the library's, but from where a read too far is fatal. */
static ssize_t parse(union frame *ret, size_t size, const char *text,
		     size_t len, uint32_t flags, struct sfam_diag *diag)
{
	if (!edge)
		make_edge();
	memcpy(edge - len, text, len);
	return sfam_can_text_parse(ret, size, edge - len, len, flags, diag);
}

/* ---------------------------------------------------------- vectors -- */

static char *dump_data(char *p, const uint8_t *data, size_t len)
{
	while (len--)
		p += sprintf(p, "%02X", *data++);
	*p = '\0';
	return p;
}

static int rest_is_zero(const union frame *f, size_t used, size_t size)
{
	for (; used < size; used++)
		if (f->at[used])
			return 0;
	return 1;
}

/* A frame as the vectors write it. */
static void dump(char *p, const union frame *f, size_t size)
{
	size_t len = f->at[4];
	uint16_t xl_len;
	uint32_t af;

	if (len & 0x80) {
		memcpy(&xl_len, f->at + 6, sizeof(xl_len));
		memcpy(&af, f->at + 8, sizeof(af));
		p += sprintf(p, "xl:%08X:%02X:%02X:%u:%08X:", f->id,
			     f->at[4], f->at[5], xl_len, af);
		ck_assert_uint_eq(size, 12u + xl_len);
		dump_data(p, f->at + 12, xl_len);
		return;
	}
	if (size == CANFD_MTU) {
		p += sprintf(p, "fd:%08X:%zu:%X:", f->id, len, f->at[5]);
	} else {
		ck_assert_uint_eq(size, CAN_MTU);
		p += sprintf(p, "cc:%08X:%zu:%X:", f->id, len, f->at[7]);
		/* Only the lenient let through a request with data. */
		if (f->id & CAN_RTR_FLAG && rest_is_zero(f, 8, size))
			len = 0;
	}
	dump_data(p, f->at + 8, len);
	ck_assert(rest_is_zero(f, 8 + len, size));
}

struct vector {
	int line;
	char *text;
	char *strict;
	char *lenient;
	char *canonical;
};

static char *trim(char *p)
{
	size_t n;

	p += strspn(p, " ");
	n = strlen(p);
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\n'))
		p[--n] = '\0';
	return p;
}

static int read_vector(FILE *file, struct vector *v)
{
	static char line[2048];
	char *p;

	do {
		if (!fgets(line, sizeof(line), file))
			return 0;
		v->line++;
	} while (line[0] != '"');
	v->text = line + 1;
	p = strchr(v->text, '"');
	ck_assert_ptr_nonnull(p);
	*p++ = '\0';
	strtok(p, "|");
	v->strict = trim(strtok(NULL, "|"));
	v->lenient = trim(strtok(NULL, "|"));
	v->canonical = trim(strtok(NULL, "|"));
	if (strcmp(v->lenient, "=") == 0)
		v->lenient = v->strict;
	return 1;
}

static FILE *open_vectors(void)
{
	const char *dir = getenv("SFAM_TESTDATA");
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/can-text.txt",
		 dir ? dir : TESTDATA_DIR);
	file = fopen(path, "re");
	ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
	return file;
}

/* The frame as text, or @ and the offset of the fault. */
static ssize_t outcome(char *buf, union frame *frame, const char *text,
		       uint32_t flags)
{
	struct sfam_diag diag = { .offset = 4711 };
	union frame before;
	ssize_t r;

	memset(frame, 0xee, sizeof(*frame));
	before = *frame;
	r = parse(frame, sizeof(*frame), text, strlen(text), flags, &diag);
	if (r < 0) {
		ck_assert_err(r, EINVAL);
		ck_assert_mem_eq(frame, &before, sizeof(before));
		ck_assert_str_ne(diag.expected, "");
		ck_assert(diag.offset <= strlen(text));
		ck_assert(!diag.found[0] == (diag.offset == strlen(text)));
		sprintf(buf, "@%zu", diag.offset);
		return r;
	}
	ck_assert_uint_eq(diag.offset, 4711);
	dump(buf, frame, (size_t)r);
	return r;
}

static void check_vector(const struct vector *v)
{
	union frame frame;
	char got[8192];
	ssize_t r;

	outcome(got, &frame, v->text, STRICT);
	ck_assert_msg(strcmp(got, v->strict) == 0, "line %d: \"%s\": %s",
		      v->line, v->text, got);
	r = outcome(got, &frame, v->text, LENIENT);
	ck_assert_msg(strcmp(got, v->lenient) == 0,
		      "line %d: lenient: \"%s\": %s", v->line, v->text, got);
	if (r < 0) {
		ck_assert_str_eq(v->canonical, "-");
		return;
	}
	r = sfam_can_text_format(got, sizeof(got), &frame, (size_t)r);
	if (strcmp(v->canonical, "-") == 0) {
		ck_assert_err(r, EINVAL);
		return;
	}
	ck_assert_ok(r);
	ck_assert_str_eq(got, v->canonical);
	ck_assert_uint_eq(strlen(got), (size_t)r);
}

START_TEST(vectors)
{
	FILE *file = open_vectors();
	struct vector v = { 0 };
	int n = 0;

	while (read_vector(file, &v)) {
		check_vector(&v);
		n++;
	}
	fclose(file);
	ck_assert_int_gt(n, 100);
}
END_TEST

/* Every beginning of every vector, at the edge, in both modes. */
START_TEST(no_beginning_is_read_too_far)
{
	FILE *file = open_vectors();
	struct vector v = { 0 };
	union frame frame;
	size_t len;
	ssize_t r;

	while (read_vector(file, &v)) {
		for (len = 0; len <= strlen(v.text); len++) {
			r = parse(&frame, sizeof(frame), v.text, len, STRICT,
				  NULL);
			ck_assert(r >= 0 || r == -EINVAL);
			r = parse(&frame, sizeof(frame), v.text, len, LENIENT,
				  NULL);
			ck_assert(r >= 0 || r == -EINVAL);
		}
	}
	fclose(file);
}
END_TEST

/* ------------------------------------------------------ round trips -- */

static void fill(void *buf, size_t len, uint64_t *state)
{
	uint8_t *p = buf;

	while (len--)
		*p++ = (uint8_t)test_random(state);
}

static size_t random_classic(union frame *f, uint64_t *state)
{
	struct sfam_can_fields fields = { 0 };
	uint64_t r = test_random(state);
	uint8_t data[8];

	fill(data, sizeof(data), state);
	fields.data = data;
	fields.flags = (uint32_t)r & (SFAM_CAN_EXT | SFAM_CAN_RTR);
	if (r % 16 == 15)
		fields.flags = SFAM_CAN_ERR;
	fields.id = (uint32_t)(r >> 8) &
		    (fields.flags & ~SFAM_CAN_RTR ? CAN_EFF_MASK
						  : CAN_SFF_MASK);
	fields.len = (uint16_t)((r >> 40) % 9);
	if (fields.len == 8 && fields.flags != SFAM_CAN_ERR && r >> 63)
		fields.len8_dlc = (uint8_t)(9 + (r >> 50) % 7);
	return (size_t)sfam_can_pack(f, sizeof(*f), &fields);
}

static size_t random_fd(union frame *f, uint64_t *state)
{
	uint64_t r = test_random(state);
	size_t len = sfam_can_fd_len(r % 65);

	memset(f, 0, CANFD_MTU);
	f->id = (uint32_t)(r >> 8) & CAN_SFF_MASK;
	if (r >> 63)
		f->id = ((uint32_t)(r >> 8) & CAN_EFF_MASK) | CAN_EFF_FLAG;
	f->at[4] = (uint8_t)len;
	f->at[5] = (uint8_t)(4 | (r >> 48 & 15));
	fill(f->at + 8, len, state);
	return CANFD_MTU;
}

static size_t random_xl(union frame *f, uint64_t *state)
{
	uint64_t r = test_random(state);
	uint16_t len = (uint16_t)(1 + (r & 1 ? r >> 8 & 31 : r >> 8 & 2047));

	fill(f, 12, state);
	f->id &= 0x00ff07ff;
	f->at[4] |= 0x80;
	memcpy(f->at + 6, &len, sizeof(len));
	fill(f->at + 12, len, state);
	return 12u + len;
}

static size_t random_frame(union frame *f, uint64_t *state)
{
	switch (test_random(state) % 8) {
	case 0:
		return random_xl(f, state);
	case 1:
	case 2:
		return random_fd(f, state);
	default:
		return random_classic(f, state);
	}
}

START_TEST(random_frames_survive)
{
	uint64_t state = test_seed();
	char text[SFAM_CAN_TEXT_STRLEN];
	union frame f, g;
	size_t size;
	ssize_t len;
	int i;

	for (i = 0; i < 10000; i++) {
		size = random_frame(&f, &state);
		len = sfam_can_text_format(text, sizeof(text), &f, size);
		ck_assert_ok(len);
		ck_assert_int_eq(parse(&g, sizeof(g), text, (size_t)len,
				       i & 1 ? LENIENT : STRICT, NULL),
				 (ssize_t)size);
		ck_assert_mem_eq(&f, &g, size);
	}
}
END_TEST

/* The kind of damage that a line gets: bytes changed, cut, doubled. */
static size_t damage(char *text, size_t len, uint64_t *state)
{
	static const char likely[] = "0123456789ABCDEFabcdefgGRr#._: \0\xff/@`";
	uint64_t r = test_random(state);
	size_t at = len ? (size_t)(r >> 8) % len : 0;

	switch (r % 4) {
	case 0:
		return at;
	case 1:
		memmove(text + at + 1, text + at, len - at);
		return len + 1;
	case 2:
		if (!len)
			return 0;
		memmove(text + at, text + at + 1, len - at - 1);
		return len - 1;
	default:
		text[at] = likely[(r >> 40) % (sizeof(likely) - 1)];
		return len ? len : 1;
	}
}

/* What is accepted must come back the same through its canonical text. */
static void check_accepted(const union frame *f, size_t size, uint32_t flags)
{
	char text[SFAM_CAN_TEXT_STRLEN];
	union frame g;
	ssize_t len = sfam_can_text_format(text, sizeof(text), f, size);

	if (flags == LENIENT && len == -EINVAL) {
		ck_assert_uint_eq(size, 12);	/* the empty XL frame */
		return;
	}
	ck_assert_ok(len);
	ck_assert_int_eq(parse(&g, sizeof(g), text, (size_t)len, LENIENT,
			       NULL), (ssize_t)size);
	if (flags == STRICT)
		ck_assert_mem_eq(f, &g, size);
}

START_TEST(damaged_texts)
{
	uint64_t state = test_seed();
	char text[2 * SFAM_CAN_TEXT_STRLEN];
	union frame f;
	size_t len, n;
	ssize_t r;
	int i;

	for (i = 0; i < 30000; i++) {
		r = (ssize_t)random_frame(&f, &state);
		r = sfam_can_text_format(text, sizeof(text), &f, (size_t)r);
		ck_assert_ok(r);
		len = (size_t)r;
		for (n = test_random(&state) % 3 + 1; n; n--)
			len = damage(text, len, &state);
		r = parse(&f, sizeof(f), text, len, STRICT, NULL);
		if (r >= 0)
			check_accepted(&f, (size_t)r, STRICT);
		r = parse(&f, sizeof(f), text, len, LENIENT, NULL);
		if (r >= 0)
			check_accepted(&f, (size_t)r, LENIENT);
	}
}
END_TEST

/* Each byte in each place of a digit: taken if and only if it is one. */
START_TEST(every_byte_as_a_digit)
{
	static const char *const texts[] = {
		"123#1122334455667788", "12345678#1122334455667788",
		"123##1112233445566778899aabbcc",
		"45123#81:00:12345678#11223344556677881122",
	};
	char text[64];
	union frame f;
	size_t i, at, len;
	int c, taken;

	for (i = 0; i < HARNESS_LEN(texts); i++) {
		len = strlen(texts[i]);
		for (at = 0; at < len; at++) {
			memcpy(text, texts[i], len);
			if (!strchr("0123456789abc", text[at]))
				continue;
			for (c = 0; c < 256; c++) {
				text[at] = (char)c;
				taken = parse(&f, sizeof(f), text, len,
					      LENIENT, NULL) >= 0;
				if (c == '#' || c == 'R' || c == 'r' ||
				    c == '.' || c == ':')
					continue;
				ck_assert_int_eq(taken, c && strchr(
					"0123456789abcdefABCDEF", c));
			}
		}
	}
}
END_TEST

/* ------------------------------------------------------------- room -- */

static void parse_needs(const char *text, size_t size)
{
	union frame f, before;
	size_t len = strlen(text);

	memset(&f, 0xee, sizeof(f));
	before = f;
	ck_assert_err(parse(&f, size - 1, text, len, STRICT, NULL), ENOSPC);
	ck_assert_err(parse(&f, 0, text, len, STRICT, NULL), ENOSPC);
	ck_assert_mem_eq(&f, &before, sizeof(f));
	ck_assert_int_eq(parse(&f, size, text, len, STRICT, NULL),
			 (ssize_t)size);
}

START_TEST(parse_without_room)
{
	parse_needs("123#", CAN_MTU);
	parse_needs("123#1122334455667788", CAN_MTU);
	parse_needs("12345678#1122334455667788", CAN_MTU);
	parse_needs("123#R", CAN_MTU);
	parse_needs("123##1", CANFD_MTU);
	parse_needs("00000#80:00:00000000#1122", 14);
}
END_TEST

/* Where there is no room nothing is written, with room exactly the text. */
START_TEST(format_without_room)
{
	static const char *const texts[] = {
		"123#", "123#11", "123#1122334455667788", "123#R", "123#R5",
		"123#R8_9", "123#1122334455667788_F", "1FFFFFFF#",
		"12345678#1122334455667788", "20000004#0102", "123##4",
		"12345678##5112233445566778899AABBCC",
		"45123#81:00:12345678#112233445566778899",
	};
	char buf[128], blank[128];
	size_t i, len, size;
	union frame f;
	ssize_t r;

	memset(blank, 'x', sizeof(blank));
	for (i = 0; i < HARNESS_LEN(texts); i++) {
		len = strlen(texts[i]);
		r = parse(&f, sizeof(f), texts[i], len, STRICT, NULL);
		ck_assert_ok(r);
		memcpy(buf, blank, sizeof(buf));
		for (size = 0; size <= len; size++)
			ck_assert_err(sfam_can_text_format(buf, size, &f,
							   (size_t)r), ENOSPC);
		ck_assert_mem_eq(buf, blank, sizeof(buf));
		ck_assert_int_eq(sfam_can_text_format(buf, len + 1, &f,
						      (size_t)r),
				 (ssize_t)len);
		ck_assert_str_eq(buf, texts[i]);
		ck_assert_mem_eq(buf + len + 1, blank, sizeof(buf) - len - 1);
	}
}
END_TEST

START_TEST(format_what_is_no_frame)
{
	union frame f = { 0 };
	char buf[SFAM_CAN_TEXT_STRLEN] = "kept";

	ck_assert_err(sfam_can_text_format(buf, sizeof(buf), &f, 0), EINVAL);
	ck_assert_err(sfam_can_text_format(buf, sizeof(buf), &f, 15), EINVAL);
	ck_assert_err(sfam_can_text_format(buf, sizeof(buf), &f, 71), EINVAL);
	f.at[4] = 9;
	ck_assert_err(sfam_can_text_format(buf, sizeof(buf), &f, 16), EINVAL);
	f.at[4] = 65;
	ck_assert_err(sfam_can_text_format(buf, sizeof(buf), &f, 72), EINVAL);
	ck_assert_str_eq(buf, "kept");
}
END_TEST

START_TEST(longest_xl)
{
	union frame f = { 0 }, g;
	char text[SFAM_CAN_TEXT_STRLEN + 2];
	uint16_t len = 2048;
	ssize_t r;

	memset(&f, 0xa5, sizeof(f));
	f.id = 0x123;
	f.at[4] = 0x80;
	memcpy(f.at + 6, &len, sizeof(len));
	r = sfam_can_text_format(text, sizeof(text), &f, SFAM_CANXL_MTU);
	ck_assert_int_eq(r, 21 + 2 * 2048);
	ck_assert(r < SFAM_CAN_TEXT_STRLEN);
	ck_assert_int_eq(parse(&g, sizeof(g), text, (size_t)r, STRICT, NULL),
			 SFAM_CANXL_MTU);
	ck_assert_mem_eq(&f, &g, SFAM_CANXL_MTU);
	memcpy(text + r, "00", 2);
	ck_assert_err(parse(&g, sizeof(g), text, (size_t)r + 2, STRICT, NULL),
		      EINVAL);
	ck_assert_int_eq(parse(&g, sizeof(g), text, (size_t)r + 2, LENIENT,
			       NULL), SFAM_CANXL_MTU);
}
END_TEST

START_TEST(words_of_a_refusal)
{
	struct sfam_diag diag;
	char line[SFAM_DIAG_STRLEN];
	union frame f;

	ck_assert_err(parse(&f, sizeof(f), "123#11z2", 8, STRICT, &diag),
		      EINVAL);
	ck_assert_ok(sfam_diag_format(&diag, line, sizeof(line)));
	ck_assert_str_eq(line,
			 "at 6: expected two hex digits, found \"z2\"");
	ck_assert_err(parse(&f, sizeof(f), "123#112", 7, STRICT, &diag),
		      EINVAL);
	ck_assert_ok(sfam_diag_format(&diag, line, sizeof(line)));
	ck_assert_str_eq(line, "at 7: expected the second hex digit of a "
			 "byte, found the end");
}
END_TEST

START_TEST(unknown_flags)
{
	union frame f;

	ck_assert_err(parse(&f, sizeof(f), "123#", 4, 2, NULL), EINVAL);
	ck_assert_err(parse(&f, sizeof(f), "123#1122334455667788", 20,
			    3, NULL), EINVAL);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ vectors, NULL },
		{ no_beginning_is_read_too_far, NULL },
		{ random_frames_survive, NULL },
		{ damaged_texts, NULL },
		{ every_byte_as_a_digit, NULL },
		{ parse_without_room, NULL },
		{ format_without_room, NULL },
		{ format_what_is_no_frame, NULL },
		{ longest_xl, NULL },
		{ words_of_a_refusal, NULL },
		{ unknown_flags, NULL },
	};

	return harness_run("can-text", tests, HARNESS_LEN(tests));
}
