/* SPDX-License-Identifier: MIT */
/*
 * The one test of all rows: vectors, length edges, and the round trip over
 * random texts and random sockaddrs. A new row needs lines in
 * tests/data/addresses.txt and nothing here.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/sockfam.h>

#include "harness.h"

#define LINE_MAX_LEN 1024

static int hex_nibble(int c)
{
	return isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
}

static size_t hex_bytes(const char *text, unsigned char *ret)
{
	size_t n = 0;
	int high = -1;

	for (; *text; text++) {
		if (*text == ' ')
			continue;
		if (high < 0) {
			high = hex_nibble((unsigned char)*text);
		} else {
			ret[n++] = (unsigned char)(high << 4 |
				   hex_nibble((unsigned char)*text));
			high = -1;
		}
	}
	ck_assert_int_eq(high, -1);
	return n;
}

/* "TEXT | X | Y" cut at " | "; returns the number of fields. */
static int split(char *line, char *field[3])
{
	int n = 0;
	char *p = line;

	while (n < 3 && p) {
		field[n++] = p;
		p = strstr(p, "| ");
		if (p) {
			if (p > line)
				p[-1] = '\0';
			p += 2;
		}
	}
	return n;
}

static void check_error(const char *text, const char *want)
{
	struct sfam_addr addr, before;
	struct sfam_diag diag;
	char got[32];
	int r;

	memset(&addr, 0x5a, sizeof(addr));
	before = addr;
	r = sfam_addr_parse(&addr, text, strlen(text), &diag);
	snprintf(got, sizeof(got), "-%s@%zu", r == -EINVAL ? "EINVAL" :
		 r == -ENODEV ? "ENODEV" : "other", diag.offset);
	ck_assert_msg(strcmp(got, want) == 0, "%s: %s, expected %s", text, got,
		      want);
	ck_assert_msg(diag.expected[0] != '\0', "%s: no words", text);
	ck_assert_mem_eq(&addr, &before, sizeof(addr));
	ck_assert_err(sfam_addr_parse(&addr, text, strlen(text), NULL), -r);
}

static void check_value(const char *text, const char *hex,
			const char *canonical)
{
	unsigned char bytes[256];
	struct sfam_addr addr, again;
	struct sfam_diag diag = { 0 };
	char out[SFAM_ADDR_STRLEN];
	size_t n = hex_bytes(hex, bytes);
	ssize_t len;
	int r;

	r = sfam_addr_parse(&addr, text, strlen(text), &diag);
	ck_assert_msg(r == 0, "%s: %d at %zu: expected %s", text, r,
		      diag.offset, diag.expected);
	ck_assert_msg(addr.len == n, "%s: len %u, expected %zu", text,
		      addr.len, n);
	ck_assert_msg(memcmp(&addr.storage, bytes, n) == 0, "%s: bytes", text);
	len = sfam_addr_format(&addr, out, sizeof(out));
	ck_assert_msg(len == (ssize_t)strlen(canonical) &&
		      strcmp(out, canonical) == 0, "%s: \"%s\", expected "
		      "\"%s\"", text, len < 0 ? "-" : out, canonical);
	ck_assert_err(sfam_addr_format(&addr, out, (size_t)len), ENOSPC);
	ck_assert_int_eq(sfam_addr_format(&addr, out, (size_t)len + 1), len);
	ck_assert_ok(sfam_addr_from_sockaddr(&again, addr.family, addr.type,
					     addr.protocol, &addr.storage,
					     addr.len, NULL));
	ck_assert_msg(sfam_addr_equal(&addr, &again), "%s: not equal", text);
}

/* Calls use with each line of the data file, cut at " | ". */
static void for_each_line(void (*use)(char *line, char *field[3], int n))
{
	const char *dir = getenv("SFAM_TESTDATA");
	char path[512], line[LINE_MAX_LEN];
	char *field[3];
	FILE *f;

	snprintf(path, sizeof(path), "%s/addresses.txt",
		 dir ? dir : TESTDATA_DIR);
	f = fopen(path, "re");
	if (!f) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '#' && line[0] != '\0')
			use(line, field, split(line, field));
	}
	fclose(f);
}

/* What the !row lines say. */
static struct row_line {
	char text[128];
	socklen_t min, max;	/* 0: not to be checked */
} rows[80];
static size_t n_rows;

static void add_row(char *line, char *field[3], int n)
{
	struct row_line *row = &rows[n_rows];

	if (strncmp(line, "!row ", 5) != 0)
		return;
	if (n == 2 || n_rows == HARNESS_LEN(rows) ||
	    strlen(line + 5) >= sizeof(row->text)) {
		fprintf(stderr, "bad line or too many: %s\n", line);
		exit(1);
	}
	strcpy(row->text, line + 5);
	if (n == 3) {
		row->min = (socklen_t)strtoul(field[1], NULL, 10);
		row->max = (socklen_t)strtoul(field[2], NULL, 10);
	}
	n_rows++;
}

static struct sfam_addr row_addr(const struct row_line *row)
{
	struct sfam_addr addr;
	struct sfam_diag diag = { 0 };

	ck_assert_msg(sfam_addr_parse(&addr, row->text, strlen(row->text),
				      &diag) == 0, "%s: %s", row->text,
		      diag.expected);
	return addr;
}

static int vectors_seen;

static void check_vector(char *line, char *field[3], int n)
{
	if (line[0] == '!')
		return;
	if (line[0] == ' ')
		field[0] = line + strlen(line);	/* the empty text */
	ck_assert_int_ge(n, 2);
	if (field[1][0] == '-')
		check_error(field[0], field[1]);
	else
		check_value(field[0], field[1], n == 3 ? field[2] : field[0]);
	vectors_seen++;
}

START_TEST(vectors)
{
	for_each_line(check_vector);
	ck_assert_int_gt(vectors_seen, 300);
}
END_TEST

/* A text that parses means the same as its canonical text. */
static int check_text(const char *text, size_t len)
{
	struct sfam_addr a, b;
	char canonical[SFAM_ADDR_STRLEN];
	ssize_t n;

	if (sfam_addr_parse(&a, text, len, NULL) < 0)
		return 0;
	n = sfam_addr_format(&a, canonical, sizeof(canonical));
	expect_that(n >= 0);
	expect_msg(sfam_addr_parse(&b, canonical, (size_t)n, NULL) == 0,
		   "%.*s became %s", (int)len, text, canonical);
	expect_msg(sfam_addr_equal(&a, &b), "%.*s became %s", (int)len, text,
		   canonical);
	return 1;
}

/* One byte of a row's text changed: an answer, no crash. */
static void check_damaged(const char *text, size_t n)
{
	struct sfam_addr addr;
	struct sfam_diag diag;
	char words[SFAM_DIAG_STRLEN];
	int r = sfam_addr_parse(&addr, text, n, &diag);

	expect_that(r == 0 || r == -EINVAL || r == -ENODEV);
	if (r == 0) {
		check_text(text, n);
		return;
	}
	expect_that(diag.offset <= n);
	expect_that(sfam_diag_format(&diag, words, sizeof(words)) >= 0);
}

/*
 * Every prefix, and every one-byte change to what could mean something, of
 * the rows' texts. The random round trip tries other bytes.
 */
START_TEST(damaged_texts)
{
	static const char bytes[] = ",:=\\()@%-+/[]<*.019afxzAZ \n\x7f\xff";
	char text[sizeof(rows[0].text)];
	size_t i, n, at, c;

	for (i = 0; i < n_rows; i++) {
		n = strlen(rows[i].text);
		for (at = 0; at < n; at++) {
			strcpy(text, rows[i].text);
			check_damaged(text, at);
			for (c = 0; c < sizeof(bytes); c++) {
				text[at] = bytes[c];
				check_damaged(text, n);
			}
		}
	}
}
END_TEST

START_TEST(every_row_has_a_line)
{
	const struct sfam_family *f = NULL;
	size_t i;

	while ((f = sfam_family_next(f)) != NULL) {
		for (i = 0; i < n_rows; i++)
			if (row_addr(&rows[i]).family == f)
				break;
		ck_assert_msg(i < n_rows, "addresses.txt has no !row of %s",
			      sfam_family_name(f));
	}
}
END_TEST

/* min-1, min, max, max+1 bytes; the limits are the kernel's. */
START_TEST(length_edges)
{
	struct sfam_addr a, b;
	struct sfam_diag diag;
	size_t i;
	socklen_t len;
	int r;

	for (i = 0; i < n_rows; i++) {
		a = row_addr(&rows[i]);
		for (len = 1; rows[i].max && len <= 130; len++) {
			r = sfam_addr_from_sockaddr(&b, a.family, a.type,
				a.protocol, &a.storage, len, &diag);
			ck_assert_msg(r == (len < rows[i].min ||
					    len > rows[i].max ? -EINVAL : 0),
				      "%s of %u: %d", rows[i].text, len, r);
		}
	}
}
END_TEST

/*
 * Each byte is in one field, and what is called padding means nothing: the
 * kernel ignores it (it is zeroed) or refuses it.
 */
START_TEST(fields)
{
	struct sfam_addr a, b;
	struct sfam_addr_field f, before;
	unsigned char bytes[128];
	size_t i, n, at;
	int r;

	for (i = 0; i < n_rows; i++) {
		a = row_addr(&rows[i]);
		for (at = n = 0; sfam_addr_field(&a, n, &f) == 1; n++) {
			ck_assert_uint_eq(f.offset, at);
			ck_assert_uint_gt(f.size, 0);
			at += f.size;
			if (f.kind != SFAM_FIELD_PADDING)
				continue;
			memcpy(bytes, &a.storage, sizeof(bytes));
			memset(bytes + f.offset, 0x5a, f.size);
			r = sfam_addr_from_sockaddr(&b, a.family, a.type,
				a.protocol, bytes, a.len, NULL);
			ck_assert_msg(r == -EINVAL ||
				      sfam_addr_equal(&a, &b), "%s at %zu",
				      rows[i].text, f.offset);
		}
		ck_assert_msg(at == a.len, "%s: %zu bytes", rows[i].text, at);
		before = f;
		ck_assert_int_eq(sfam_addr_field(&a, n, &f), 0);
		ck_assert_int_eq(sfam_addr_field(&a, SIZE_MAX, &f), 0);
		ck_assert_ptr_eq(f.name, before.name);
		ck_assert_uint_eq(f.offset, before.offset);
	}
	a.len = 129;
	ck_assert_err(sfam_addr_field(&a, 0, &f), EINVAL);
	a.len = 0;
	ck_assert_int_eq(sfam_addr_field(&a, 0, &f), 0);
	a.family = NULL;
	ck_assert_err(sfam_addr_field(&a, 0, &f), EINVAL);
}
END_TEST

START_TEST(wrong_family_type_protocol)
{
	struct sfam_addr a, b;
	const struct sfam_family *unix_row = sfam_family_by_name("unix");
	struct sfam_diag diag;

	ck_assert_ok(sfam_addr_parse(&a, "inet:1.2.3.4:5", 14, NULL));
	ck_assert_err(sfam_addr_from_sockaddr(&b, unix_row, 0, 0, &a.storage,
					      a.len, &diag), EINVAL);
	ck_assert_err(sfam_addr_from_sockaddr(&b, a.family, SOCK_RDM, 0,
					      &a.storage, a.len, &diag),
		      EINVAL);
	ck_assert_err(sfam_addr_from_sockaddr(&b, a.family, 0, -1, &a.storage,
					      a.len, &diag), EINVAL);
	ck_assert_err(sfam_addr_from_sockaddr(&b, a.family, 0, 263, &a.storage,
					      a.len, &diag), EINVAL);
	a.type = 77;
	ck_assert_err(sfam_addr_format(&a, (char[64]){ 0 }, 64), EINVAL);
}
END_TEST

START_TEST(unix_of_108_bytes)
{
	char text[128] = "unix:/", out[SFAM_ADDR_STRLEN];
	struct sfam_addr a, b;

	memset(text + 6, 'a', 107);
	ck_assert_ok(sfam_addr_parse(&a, text, 5 + 108, NULL));
	ck_assert_uint_eq(a.len, 110);
	ck_assert_int_eq(sfam_addr_format(&a, out, sizeof(out)), 113);
	ck_assert_mem_eq(out, text, 113);
	/* as getsockname has it */
	ck_assert_ok(sfam_addr_from_sockaddr(&b, a.family, 0, 0, &a.storage,
					     111, NULL));
	ck_assert(sfam_addr_equal(&a, &b));
	text[6 + 107] = 'a';
	ck_assert_err(sfam_addr_parse(&a, text, 5 + 109, NULL), EINVAL);
	text[5] = '@';
	ck_assert_ok(sfam_addr_parse(&a, text, 5 + 108, NULL));
	ck_assert_uint_eq(a.len, 110);
	ck_assert_err(sfam_addr_parse(&a, text, 5 + 109, NULL), EINVAL);
}
END_TEST

START_TEST(alg_of_103_bytes)
{
	char text[160] = "alg:hash:", out[SFAM_ADDR_STRLEN];
	struct sfam_addr a, b;
	unsigned char cut[128];

	memset(text + 9, 'n', 104);
	ck_assert_ok(sfam_addr_parse(&a, text, 9 + 63, NULL));
	ck_assert_uint_eq(a.len, 88);
	ck_assert_ok(sfam_addr_parse(&a, text, 9 + 64, NULL));
	ck_assert_uint_eq(a.len, 24 + 65);
	ck_assert_ok(sfam_addr_parse(&a, text, 9 + 103, NULL));
	ck_assert_uint_eq(a.len, 128);
	ck_assert_int_eq(sfam_addr_format(&a, out, sizeof(out)), 9 + 103);
	ck_assert_err(sfam_addr_parse(&b, text, 9 + 104, NULL), EINVAL);
	/* without its NUL the kernel would drop the last letter */
	memcpy(cut, &a.storage, 128);
	ck_assert_err(sfam_addr_from_sockaddr(&b, a.family, 0, 0, cut, 127,
					      NULL), EINVAL);
}
END_TEST

START_TEST(padding_is_zeroed)
{
	static const struct { const char *text; size_t at; } pads[] = {
		{ "inet:1.2.3.4:5", 8 }, { "inet:1.2.3.4:5", 15 },
		{ "netlink:route", 2 }, { "netlink:route", 3 },
		{ "packet:lo", 12 }, { "packet:lo", 19 },
		{ "can:lo", 2 }, { "can:lo", 8 }, { "can:lo", 23 },
		{ "can-j1939:lo", 21 }, { "can-j1939:lo", 23 },
		{ "can-isotp:lo,rx=123,tx=321", 16 },
		{ "alg:hash:sha256", 7 }, { "alg:hash:sha256", 87 },
		{ "vsock:3:4", 2 }, { "vsock:3:4", 13 }, { "vsock:3:4", 15 },
		{ "tipc:socket:1:2", 12 }, { "tipc:socket:1:2", 3 },
		{ "unix:/x", 5 },
		{ "qrtr:1:2", 2 }, { "qrtr:1:2", 3 },
		{ "bt-l2cap:any:1", 13 }, { "bt-rfcomm:any:1", 9 },
		{ "rds:1.2.3.4:5", 8 }, { "rds:[::1]:5", 4 },
		{ "rds:[::1]:5", 7 }, { "xdp:lo:1", 12 }, { "xdp:lo:1", 15 },
		{ "rxrpc:1.2.3.4:1", 16 }, { "rxrpc:1.2.3.4:1", 35 },
		{ "phonet:0:1", 5 }, { "phonet:0:1", 15 },
		{ "llc:any:1", 14 }, { "ieee802154:1:1", 2 },
		{ "ieee802154:1:1", 12 }, { "ieee802154:none", 8 },
		{ "ieee802154:1:02:03:04:05:06:07:08:09", 18 },
		{ "pppox:lo:02:00:00:00:00:02:1", 29 },
		{ "nfc:0:1:mifare", 2 }, { "nfc-llcp:0:0:none", 2 },
		{ "nfc-llcp:0:0:none", 18 }, { "x25:123", 17 },
		{ "iucv:A:B", 2 }, { "iucv:A:B", 15 }, { "ax25:A,via=B", 9 },
		{ "ax25:A,via=B", 23 }, { "rose:0123456789:A", 14 },
		{ "rose:0123456789:A", 20 }, { "atmpvc:0:0:32", 2 },
		{ "caif:at:2", 5 }, { "caif:util:abc", 23 },
		{ "appletalk:1.2:3", 3 }, { "appletalk:1.2:3", 7 },
		{ "appletalk:1.2:3", 8 },
	};
	struct sfam_addr a, b;
	unsigned char bytes[128];
	size_t i;

	for (i = 0; i < HARNESS_LEN(pads); i++) {
		ck_assert_ok(sfam_addr_parse(&a, pads[i].text,
					     strlen(pads[i].text), NULL));
		memcpy(bytes, &a.storage, sizeof(bytes));
		bytes[pads[i].at] = 0x5a;
		ck_assert_ok(sfam_addr_from_sockaddr(&b, a.family, a.type,
			a.protocol, bytes, pads[i].text[0] == 'u' ? 110 :
			a.len, NULL));
		ck_assert_msg(sfam_addr_equal(&a, &b), "%s at %zu",
			      pads[i].text, pads[i].at);
	}
}
END_TEST

/* ------------------------------------------------ random round trip -- */

/*
 * Random bytes in the shape of the row's sockaddr: a valid one with some
 * bytes changed, so that most of them pass and all fields are met.
 */
static void random_sockaddr(uint64_t *state, const struct sfam_addr *base,
			    unsigned char *bytes, socklen_t *ret_len)
{
	uint64_t r = test_random(state);
	size_t changes = r % 8;
	socklen_t len = base->len;

	memset(bytes, 0, 128);
	memcpy(bytes, &base->storage, base->len);
	if (r >> 60 == 0)
		len = (socklen_t)(test_random(state) % 129);
	else if (base->family == sfam_family_by_name("unix") ||
		 base->family == sfam_family_by_name("packet"))
		len = (socklen_t)(2 + test_random(state) % 110);
	while (changes--) {
		r = test_random(state);
		if (len > 2)
			bytes[2 + r % (len - 2u)] =
				(unsigned char)(r >> 32 & (r >> 40 & 1 ?
							   0xff : 0x07));
	}
	*ret_len = len;
}

static void mutated_text(uint64_t *state, char *text, size_t len)
{
	static const char likely[] = ",:=\\()@%#-[]0129afxX \n";
	uint64_t r = test_random(state);

	text[r % len] = r >> 40 & 3 ? likely[(r >> 48) % sizeof(likely)] :
				      (char)(r >> 48);
	check_text(text, len);
}

/* A byte that counts, and so is not zero, is no padding. */
static void check_padding(const struct sfam_addr *a, const char *text)
{
	const unsigned char *bytes = (const unsigned char *)&a->storage;
	struct sfam_addr_field f;
	size_t n, i;

	for (n = 0; sfam_addr_field(a, n, &f) == 1; n++)
		for (i = 0; f.kind == SFAM_FIELD_PADDING && i < f.size; i++)
			ck_assert_msg(bytes[f.offset + i] == 0,
				      "%s: byte %zu is in no field", text,
				      f.offset + i);
}

static int one_round_trip(uint64_t *state, const struct sfam_addr *base)
{
	unsigned char bytes[128];
	struct sfam_addr a, b;
	struct sfam_diag diag;
	char text[SFAM_ADDR_STRLEN], again[SFAM_ADDR_STRLEN];
	socklen_t len;
	ssize_t n;

	random_sockaddr(state, base, bytes, &len);
	if (sfam_addr_from_sockaddr(&a, base->family, base->type,
				    base->protocol, bytes, len, &diag) < 0)
		return 0;
	n = sfam_addr_format(&a, text, sizeof(text));
	expect_that(n >= 0);
	expect_msg(sfam_addr_parse(&b, text, (size_t)n, &diag) == 0,
		   "%s: at %zu: %s", text, diag.offset, diag.expected);
	expect_msg(sfam_addr_equal(&a, &b), "not equal: %s", text);
	expect_that(sfam_addr_format(&b, again, sizeof(again)) == n);
	expect_msg(strcmp(text, again) == 0, "%s, again %s", text, again);
	check_padding(&a, text);
	mutated_text(state, text, (size_t)n);
	return 1;
}

/*
 * SFAM_ROUNDS cases in all, shared out over the rows. Each row goes on until
 * it had its share of real addresses, however few of the random ones are.
 */
START_TEST(random_round_trip)
{
	const char *rounds = getenv("SFAM_ROUNDS");
	unsigned long total = rounds ? strtoul(rounds, NULL, 0) : 100000;
	unsigned long each = total / n_rows + 1;
	uint64_t state = test_seed();
	struct sfam_addr base;
	unsigned long tries, passed;
	size_t row;

	for (row = 0; row < n_rows; row++) {
		base = row_addr(&rows[row]);
		for (tries = passed = 0; passed < each; tries++) {
			ck_assert_msg(tries < 100 * each, "%s: %lu of %lu "
				      "were addresses", rows[row].text,
				      passed, tries);
			passed += (unsigned long)one_round_trip(&state, &base);
		}
	}
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ vectors, NULL },
		{ damaged_texts, NULL },
		{ every_row_has_a_line, NULL },
		{ length_edges, NULL },
		{ fields, NULL },
		{ wrong_family_type_protocol, NULL },
		{ unix_of_108_bytes, NULL },
		{ alg_of_103_bytes, NULL },
		{ padding_is_zeroed, NULL },
		{ random_round_trip, NULL },
	};

	for_each_line(add_row);
	return harness_run("addr", tests, HARNESS_LEN(tests));
}
