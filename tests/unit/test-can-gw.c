/* SPDX-License-Identifier: MIT */
/* Rules of the CAN gateway without a kernel that has one: text, refusals. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "gw-random.h"

static struct sfam_can_gw_rule rule_of(const char *text)
{
	struct sfam_can_gw_rule rule;
	struct sfam_diag diag;
	int r = sfam_can_gw_rule_parse(&rule, text, strlen(text), &diag);

	ck_assert_msg(r == 0, "%s: at %zu: %s", text, diag.offset,
		      diag.expected);
	return rule;
}

static const char *text_of(const struct sfam_can_gw_rule *rule)
{
	static char text[SFAM_CAN_GW_TEXT_STRLEN];

	ck_assert_ok(sfam_can_gw_rule_format(rule, text, sizeof(text)));
	return text;
}

/* ------------------------------------------------------------- text -- */

#define BYTES8 "1122334455667788"
#define BYTES64 BYTES8 BYTES8 BYTES8 BYTES8 BYTES8 BYTES8 BYTES8 BYTES8
#define BYTES256 BYTES64 BYTES64 BYTES64 BYTES64
#define LONGEST "-s fifteen-letters -d an-other-as-lon -X -e -t -i -l 255 " \
	"-M AND:IFLD:FFFFFFFF.FF.FF." BYTES64 \
	" -M OR:IFLD:FFFFFFFF.FF.FF." BYTES64 \
	" -M XOR:IFLD:FFFFFFFF.FF.FF." BYTES64 \
	" -M SET:IFLD:FFFFFFFF.FF.FF." BYTES64 \
	" -u FFFFFFFF -c -64:-64:-64:FF:FF:" BYTES256 \
	" -p 2:" BYTES8 BYTES8 " -x -64:-64:-64:FF -f DFFFFFFF~FFFFFFFF"

START_TEST(canonical_texts)
{
	static const char *const texts[][2] = {
		{ "-s a -d b", "-s a -d b" },
		{ "  -d\tb \n -sa ", "-s a -d b" },
		{ "-tie -sa -Xd b", "-s a -d b -X -e -t -i" },
		{ "-s a -d b -f 0:0", "-s a -d b" },
		{ "-s a -d b -f 1:7ff", "-s a -d b -f 001:7FF" },
		{ "-s a -d b -f 12345678~dfffffff -l 06",
		  "-s a -d b -l 6 -f 12345678~DFFFFFFF" },
		{ "-s can0 -d vcan3 -e -f 123:C00007FF -m SET:IL:333.4." BYTES8,
		  "-s can0 -d vcan3 -e -m SET:IL:333.4." BYTES8
		  " -f 123:C00007FF" },
		{ "-s a -d b -m SET:DLI:0.08." BYTES8 " -m AND:I:1fffffff.0."
		  BYTES8 " -x -1:-02:7:a -u 0abc",
		  "-s a -d b -m AND:I:1FFFFFFF.0." BYTES8
		  " -m SET:ILD:000.8." BYTES8 " -u ABC -x -1:-2:7:0A" },
		{ "-s a -d b -X -M OR:F:1.2.40." BYTES64 " -x 0:63:-64:00",
		  "-s a -d b -X -M OR:F:001.2.40." BYTES64 " -x 0:63:-64:00" },
		{ "-s a -d b -p 1:5 -m OR:I:0.0." BYTES8
		  " -c 0:6:7:1:ff:" BYTES256,
		  "-s a -d b -m OR:I:000.0." BYTES8
		  " -c 0:6:7:01:FF:" BYTES256 " -p 1:05" },
		{ "-s a -d b -p 3 -m OR:I:0.0." BYTES8
		  " -c 0:6:7:1:ff:" BYTES256,
		  "-s a -d b -m OR:I:000.0." BYTES8
		  " -c 0:6:7:01:FF:" BYTES256 " -p 3:" },
		{ LONGEST, LONGEST },
	};
	struct sfam_can_gw_rule rule;
	size_t i;

	for (i = 0; i < HARNESS_LEN(texts); i++) {
		rule = rule_of(texts[i][0]);
		ck_assert_str_eq(text_of(&rule), texts[i][1]);
		rule = rule_of(texts[i][1]);
		ck_assert_str_eq(text_of(&rule), texts[i][1]);
	}
	ck_assert_uint_lt(strlen(LONGEST), SFAM_CAN_GW_TEXT_STRLEN);
}
END_TEST

START_TEST(fields_of_a_text)
{
	struct sfam_can_gw_rule r = rule_of("-s a -d b -i -l 3 -f 123~7FF "
		"-u 1F -m XOR:LD:80000123.5." BYTES8 " -x -1:2:3:0A "
		"-c 1:-2:0:0b:0c:" BYTES256 " -p 2:" BYTES8 BYTES8);

	ck_assert_str_eq(r.source, "a");
	ck_assert_str_eq(r.destination, "b");
	ck_assert_uint_eq(r.flags, CGW_FLAGS_CAN_IIF_TX_OK);
	ck_assert_uint_eq(r.hops, 3);
	ck_assert_uint_eq(r.uid, 0x1f);
	ck_assert_uint_eq(r.filter.can_id, 0x123 | CAN_INV_FILTER);
	ck_assert_uint_eq(r.filter.can_mask, 0x7ff);
	ck_assert_uint_eq(r.mods[SFAM_CAN_GW_XOR].what,
			  CGW_MOD_LEN | CGW_MOD_DATA);
	ck_assert_uint_eq(r.mods[SFAM_CAN_GW_XOR].id, 0x80000123);
	ck_assert_uint_eq(r.mods[SFAM_CAN_GW_XOR].len, 5);
	ck_assert_mem_eq(r.mods[SFAM_CAN_GW_XOR].data,
			 "\x11\x22\x33\x44\x55\x66\x77\x88", 9);
	ck_assert_uint_eq(r.mods[SFAM_CAN_GW_SET].what, 0);
	ck_assert_uint_eq(r.have, SFAM_CAN_GW_HAVE_XOR | SFAM_CAN_GW_HAVE_CRC8);
	ck_assert_int_eq(r.sum_xor.from_idx, -1);
	ck_assert_int_eq(r.sum_xor.to_idx, 2);
	ck_assert_int_eq(r.sum_xor.result_idx, 3);
	ck_assert_uint_eq(r.sum_xor.init_xor_val, 10);
	ck_assert_int_eq(r.sum_crc8.to_idx, -2);
	ck_assert_uint_eq(r.sum_crc8.init_crc_val, 11);
	ck_assert_uint_eq(r.sum_crc8.final_xor_val, 12);
	ck_assert_uint_eq(r.sum_crc8.crctab[255], 0x88);
	ck_assert_uint_eq(r.sum_crc8.profile, CGW_CRC8PRF_16U8);
	ck_assert_uint_eq(r.sum_crc8.profile_data[15], 0x88);
}
END_TEST

START_TEST(refused_texts)
{
	static const struct {
		const char *text;
		size_t offset;
		const char *expected;
	} cases[] = {
		{ "", 0, "-s and the source" },
		{ "-s a", 4, "-d and the destination" },
		{ "-s a -d", 7, "value of this option" },
		{ "-s a -d b c", 10, "an option" },
		{ "-s a -d b -", 11, "an option out of" },
		{ "-s a -d b -A", 11, "an option out of" },
		{ "-s a -d b -eq", 12, "an option out of" },
		{ "-s a -d b -d c", 13, "only once" },
		{ "-s sixteen-letters-", 3, "at most 15" },
		{ "-s a -d b -f 123", 16, "\":\" or \"~\"" },
		{ "-s a -d b -f :7FF", 13, "ID:MASK" },
		{ "-s a -d b -f 123456789:7", 13, "ID:MASK" },
		{ "-s a -d b -f 123:", 17, "a mask" },
		{ "-s a -d b -f 123:7FF:", 20, "end of this value" },
		{ "-s a -d b -f 20000000:1", 13, "bit 29" },
		{ "-s a -d b -l 0", 13, "hops" },
		{ "-s a -d b -l 256", 13, "hops" },
		{ "-s a -d b -l 1f", 13, "hops" },
		{ "-s a -d b -u 0 -m SET:I:1.1." BYTES8, 13, "other than 0" },
		{ "-s a -d b -u 5", 13, "beside -m" },
		{ "-s a -d b -x 0:1:2:3", 13, "beside -m" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -p 1:5", 43, "beside -c" },
		{ "-s a -d b -m SETX:I:1.1." BYTES8, 13, "AND, OR" },
		{ "-s a -d b -m set:I:1.1." BYTES8, 13, "AND, OR" },
		{ "-s a -d b -m SET", 16, "\":\"" },
		{ "-s a -d b -m SET:F:1.1." BYTES8, 17, "of I, L and D" },
		{ "-s a -d b -m SET::1.1." BYTES8, 17, "of I, L and D" },
		{ "-s a -d b -m SET:I:123456789.1." BYTES8, 19, "identifier" },
		{ "-s a -d b -m SET:I:1.100." BYTES8, 21, "a length" },
		{ "-s a -d b -m SET:I:1.1.112233445566778", 23, "8 bytes" },
		{ "-s a -d b -m SET:I:1.1.1z22334455667788", 23, "8 bytes" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 "9", 23, "8 bytes" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -m SET:L:1.1." BYTES8, 43,
		  "only once" },
		{ "-s a -d b -X -m SET:I:1.1." BYTES8, 16, "-M in a rule" },
		{ "-s a -d b -M SET:I:1.1.1." BYTES64, 13, "-X" },
		{ "-X -s a -d b -M SET:I:1.1.1." BYTES8, 28, "64 bytes" },
		{ "-X -s a -d b -M SET:Q:1.1.1." BYTES8, 20, "I, F, L and D" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -x 0:8:0:0", 43, "to 7" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -x -9:0:0:0", 43, "to 7" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -x 0:0:64:0", 47,
		  "-64 to 63" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -x 0:0:0:100", 49,
		  "a byte" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -c 0:0:0:1:1:" BYTES64, 53,
		  "256 bytes" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -p 4:1", 43, "1:XX" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -p 0:1", 43, "1:XX" },
		{ "-s a -d b -m SET:I:1.1." BYTES8 " -p 2:11", 45, "16 bytes" },
	};
	struct sfam_can_gw_rule rule = { .hops = 77 };
	struct sfam_diag diag;
	size_t i;
	int r;

	for (i = 0; i < HARNESS_LEN(cases); i++) {
		r = sfam_can_gw_rule_parse(&rule, cases[i].text,
					   strlen(cases[i].text), &diag);
		ck_assert_err(r, EINVAL);
		ck_assert_msg(diag.offset == cases[i].offset &&
			      strstr(diag.expected, cases[i].expected),
			      "%s: at %zu: %s", cases[i].text, diag.offset,
			      diag.expected);
		ck_assert_uint_eq(rule.hops, 77);
		ck_assert_str_eq(rule.source, "");
	}
}
END_TEST

static char *edge;		/* the first byte that cannot be read */

static int parse_at_edge(struct sfam_can_gw_rule *ret, const char *text,
			 size_t len, struct sfam_diag *diag)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p;

	if (!edge) {
		p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ck_assert_ptr_ne(p, MAP_FAILED);
		edge = p + page;
		ck_assert_int_eq(mprotect(edge, page, PROT_NONE), 0);
	}
	memcpy(edge - len, text, len);
	return sfam_can_gw_rule_parse(ret, edge - len, len, diag);
}

START_TEST(cut_at_every_byte)
{
	struct sfam_can_gw_rule rule;
	struct sfam_diag diag;
	size_t len, taken = 0;
	int r;

	for (len = 0; len <= strlen(LONGEST); len++) {
		r = parse_at_edge(&rule, LONGEST, len, &diag);
		if (r == 0) {
			taken++;
			continue;
		}
		ck_assert_err(r, EINVAL);
		ck_assert_uint_le(diag.offset, len);
		ck_assert_str_ne(diag.expected, "");
		/* The fault is the end, or a value that stops too early. */
		ck_assert(!diag.found[0] == (diag.offset == len));
	}
	ck_assert_uint_gt(taken, 20);
	ck_assert_uint_lt(taken, 100);
}
END_TEST

START_TEST(random_rules_survive)
{
	uint64_t state = test_seed();
	struct sfam_can_gw_rule a, b;
	char text[SFAM_CAN_GW_TEXT_STRLEN];
	struct sfam_diag diag;
	ssize_t len;
	int i, r;

	for (i = 0; i < 2000; i++) {
		gw_random_rule(&a, &state, i & 1);
		len = sfam_can_gw_rule_format(&a, text, sizeof(text));
		ck_assert_ok(len);
		ck_assert_uint_eq(strlen(text), (size_t)len);
		r = parse_at_edge(&b, text, (size_t)len, &diag);
		ck_assert_msg(r == 0, "%s: at %zu: %s", text, diag.offset,
			      diag.expected);
		gw_expect_equal(&a, &b);
		ck_assert_str_eq(text_of(&b), text);
	}
}
END_TEST

START_TEST(damaged_texts)
{
	static const char likely[] = "0F:.~- -x-s-m\0\n,zI\xff";
	uint64_t state = test_seed();
	struct sfam_can_gw_rule rule, again;
	char text[SFAM_CAN_GW_TEXT_STRLEN];
	uint64_t r;
	size_t len, n;
	int i;

	for (i = 0; i < 4000; i++) {
		gw_random_rule(&rule, &state, i & 1);
		len = (size_t)sfam_can_gw_rule_format(&rule, text,
						      sizeof(text));
		for (n = test_random(&state) % 3 + 1; n; n--) {
			r = test_random(&state);
			text[(r >> 8) % len] =
				likely[r % (sizeof(likely) - 1)];
		}
		if (parse_at_edge(&rule, text, len, NULL) == 0) {
			again = rule_of(text_of(&rule));
			gw_expect_equal(&rule, &again);
		}
	}
}
END_TEST

START_TEST(format_without_room)
{
	struct sfam_can_gw_rule rule = rule_of(LONGEST);
	char text[SFAM_CAN_GW_TEXT_STRLEN + 1];
	size_t size, len = strlen(LONGEST);

	memset(text, '!', sizeof(text));
	for (size = 0; size <= len; size++) {
		ck_assert_err(sfam_can_gw_rule_format(&rule, text, size),
			      ENOSPC);
		ck_assert_int_eq(text[size], '!');
	}
	ck_assert_int_eq(sfam_can_gw_rule_format(&rule, text, len + 1),
			 (ssize_t)len);
	memset(rule.source, 'x', sizeof(rule.source));
	ck_assert_err(sfam_can_gw_rule_format(&rule, text, sizeof(text)),
		      EINVAL);
	memset(rule.destination, 'x', sizeof(rule.destination));
	strcpy(rule.source, "a");
	ck_assert_err(sfam_can_gw_rule_format(&rule, text, sizeof(text)),
		      EINVAL);
}
END_TEST

/* ---------------------------------------------------------- refusals -- */

static void refused(const struct sfam_can_gw_rule *rule, int code,
		    const char *words)
{
	struct sfam_ctl_diag diag = { "" };

	ck_assert_err(sfam_can_gw_add(rule, &diag), code);
	ck_assert_msg(strstr(diag.words, words) != NULL, "\"%s\" lacks "
		      "\"%s\"", diag.words, words);
	ck_assert_err(sfam_can_gw_add(rule, NULL), code);
}

/* Before the kernel is asked: what it would refuse, or half take. */
START_TEST(rules_that_make_no_sense)
{
	struct sfam_can_gw_rule r = { .source = "lo", .destination = "lo" };
	struct sfam_can_gw_rule mod;

	refused(&r, EINVAL, "are the same");
	strcpy(r.source, "nosuch0");
	refused(&r, ENODEV, "nosuch0: no such interface");
	strcpy(r.source, "");
	refused(&r, EINVAL, "not the name");
	memset(r.source, 'x', sizeof(r.source));
	refused(&r, EINVAL, "not the name");
	strcpy(r.source, "lo");
	strcpy(r.destination, "other");
	refused(&r, EINVAL, "lo: not a CAN interface");
	r.flags = 0x10;
	refused(&r, EINVAL, "no such flags");
	r.flags = 0x10000;
	refused(&r, EINVAL, "beyond");
	r.flags = 0;
	r.hops = 256;
	refused(&r, EINVAL, "beyond");
	r.hops = 0;
	r.uid = 1;
	refused(&r, EINVAL, "count only");
	r.uid = 0;
	r.have = SFAM_CAN_GW_HAVE_XOR;
	refused(&r, EINVAL, "count only");
	mod = r;
	mod.mods[0].what = CGW_MOD_ID;
	mod.sum_xor.result_idx = 8;
	refused(&mod, EINVAL, "an index");
	mod.flags = CGW_FLAGS_CAN_FD;
	refused(&mod, EINVAL, "lo: not a CAN interface");
	mod.sum_xor.result_idx = -65;
	refused(&mod, EINVAL, "an index");
	mod.have = SFAM_CAN_GW_HAVE_CRC8;
	refused(&mod, EINVAL, "lo: not a CAN interface");
	mod.sum_crc8.to_idx = 64;
	refused(&mod, EINVAL, "an index");
	mod.flags = mod.have = 0;
	mod.mods[0].what = CGW_MOD_FLAGS;
	refused(&mod, EINVAL, "no such element");
	mod.mods[0].what = 0x104;
	refused(&mod, EINVAL, "no such element");
	mod.mods[0].what = CGW_MOD_DATA;
	mod.mods[0].data[8] = 1;
	refused(&mod, EINVAL, "more than 8 bytes");
	mod.mods[0].data[8] = 0;
	mod.mods[0].flags = 1;
	refused(&mod, EINVAL, "more than 8 bytes");
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ canonical_texts, NULL },
		{ fields_of_a_text, NULL },
		{ refused_texts, NULL },
		{ cut_at_every_byte, NULL },
		{ random_rules_survive, NULL },
		{ damaged_texts, NULL },
		{ format_without_room, NULL },
		{ rules_that_make_no_sense, NULL },
	};

	return harness_run("can-gw", tests, HARNESS_LEN(tests));
}
