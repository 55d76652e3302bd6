/* SPDX-License-Identifier: MIT */
/* PDUs out of frames: each kind of event. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/sockfam.h>

#include "harness.h"

#define MS INT64_C(1000000)
#define BUF_SIZE 5000

struct fixture {
	struct sfam_isotp_reader reader;
	struct sfam_isotp_talk talk;
	uint8_t bufs[2][BUF_SIZE];
	struct sfam_isotp_event events[SFAM_ISOTP_EVENTS_MAX];
	int n;			/* of the last feed */
};

static struct fixture *fixture(int address, size_t buf_size)
{
	const struct sfam_isotp_talk talk = SFAM_ISOTP_TALK_INIT;
	static struct fixture f;

	f.talk = talk;
	f.talk.ids[0] = 0x123;
	f.talk.ids[1] = 0x321;
	f.talk.addresses[0] = f.talk.addresses[1] = address;
	f.talk.bufs[0] = f.bufs[0];
	f.talk.bufs[1] = f.bufs[1];
	f.talk.buf_size = buf_size;
	ck_assert_ok(sfam_isotp_reader_init(&f.reader, &f.talk));
	return &f;
}

static void feed(struct fixture *f, const char *text, int64_t time_ns)
{
	char frame[SFAM_CANXL_MTU] __attribute__((aligned(8)));
	ssize_t n = sfam_can_text_parse(frame, sizeof(frame), text,
					strlen(text), 0, NULL);

	ck_assert_ok(n);
	memset(f->events, 0x55, sizeof(f->events));
	f->n = sfam_isotp_reader_feed(&f->reader, frame, (size_t)n, time_ns,
				      f->events);
	ck_assert_ok(f->n);
	memset(frame, 0, sizeof(frame));	/* events must not need it */
}

/* Events behind one another: "side kind len/total:data". */
static void tell(const struct sfam_isotp_event *e, int n, char *to)
{
	static const char *const kinds[] = {
		"pdu", "sequence", "timeout", "replaced", "overflow",
		"unfinished", "too-long", "stray", "malformed", "no-flow",
	};
	size_t i;

	to[0] = '\0';
	for (; n > 0; n--, e++) {
		to += sprintf(to, "%d %s %zu/%zu:", e->side,
			      kinds[e->kind], e->len, e->total);
		for (i = 0; i < e->len; i++)
			to += sprintf(to, "%02X", e->data[i]);
		if (e->kind == SFAM_ISOTP_SEQUENCE)
			to += sprintf(to, " %X,%X", e->number, e->expected);
		if (n > 1)
			to += sprintf(to, " ");
	}
}

static void expect(struct fixture *f, const char *frame, const char *expected)
{
	char text[512];

	feed(f, frame, 0);
	tell(f->events, f->n, text);
	ck_assert_msg(strcmp(text, expected) == 0, "%s: \"%s\", not \"%s\"",
		      frame, text, expected);
}

static void expect_end(struct fixture *f, const char *expected)
{
	char text[512];

	tell(f->events, sfam_isotp_reader_end(&f->reader, f->events), text);
	ck_assert_str_eq(text, expected);
}

/* ------------------------------------------------------------ vectors -- */

#define FF "123#1014010203040506"
#define FC "321#300000"
#define CF1 "123#210708090A0B0C0D"
#define CF2 "123#220E0F1011121314"
#define WHOLE "0102030405060708090A0B0C0D0E0F1011121314"

START_TEST(whole_ones)
{
	struct fixture *f = fixture(-1, 64);

	expect(f, "123#03112233", "0 pdu 3/3:112233");
	expect(f, "321#0411223344FFFF", "1 pdu 4/4:11223344");
	expect(f, FF, "");
	expect(f, FC, "");
	expect(f, CF1, "");
	expect(f, CF2, "0 pdu 20/20:" WHOLE);
	expect(f, "123##0000901020304050607080900", "0 pdu 9/9:"
	       "010203040506070809");
	expect(f, "123##00701020304050607", "0 pdu 7/7:01020304050607");
	/* The last one is padded; frames of others, and no data frames. */
	expect(f, "123#1008010203040506", "");
	expect(f, FC, "");
	expect(f, "124#0101", "");
	expect(f, "00000123#0101", "");
	expect(f, "123#R", "");
	expect(f, "20000123#0000000000000000", "");
	expect(f, "123#210708CCCCCCCCCC", "0 pdu 8/8:0102030405060708");
	expect_end(f, "");
}
END_TEST

/* 32 bits of length, FD, and numbers that begin again behind F. */
START_TEST(long_ones)
{
	struct fixture *f = fixture(-1, 5000);
	char text[64];
	size_t len = 10;
	int i;

	expect(f, "123##0100000001001" "0102030405060708090A", "");
	expect(f, "321##0300000", "");
	for (i = 1; len < 0x1001; i++, len += 15) {
		sprintf(text, "123##02%X%02X00000000000000000000000000%02X",
			i % 16, i & 0xff, i & 0xff);
		feed(f, text, 0);
		expect_that(f->n == (len + 15 >= 0x1001));
	}
	ck_assert_int_eq((int)f->events[0].kind, SFAM_ISOTP_PDU);
	ck_assert_uint_eq(f->events[0].len, 0x1001);
	ck_assert_uint_eq(f->events[0].data[9], 10);
	ck_assert_uint_eq(f->events[0].data[10], 1);
	ck_assert_uint_eq(f->events[0].data[24], 1);
	ck_assert_uint_eq(f->events[0].data[25], 2);
}
END_TEST

START_TEST(addresses)
{
	struct fixture *f = fixture(0x55, 64);

	expect(f, "123#5502AABB", "0 pdu 2/2:AABB");
	expect(f, "123#5602AABB", "");
	expect(f, "123#", "");
	expect(f, "123#551008010203", "0 malformed 5/0:1008010203");
	expect(f, "123#5510080102030405", "");
	expect(f, "321#55300000", "");
	expect(f, "123#5521060708", "0 pdu 8/8:0102030405060708");
	expect(f, "123#55", "0 malformed 0/0:");
}
END_TEST

/* One identifier for both, told apart by their addresses. */
START_TEST(one_id)
{
	struct fixture *f = fixture(0x55, 64);

	f->talk.ids[1] = f->talk.ids[0];
	f->talk.addresses[1] = 0x66;
	ck_assert_ok(sfam_isotp_reader_init(&f->reader, &f->talk));
	expect(f, "123#5510080102030405", "");
	expect(f, "123#66300000", "");
	expect(f, "123#6601AA", "1 pdu 1/1:AA");
	expect(f, "123#5521060708", "0 pdu 8/8:0102030405060708");
}
END_TEST

START_TEST(ended_early)
{
	struct fixture *f = fixture(-1, 64);

	/* A frame is missing, and the rest of it is passed over. */
	expect(f, FF, "");
	expect(f, FC, "");
	expect(f, CF2, "0 sequence 6/20:010203040506 2,1");
	expect(f, CF1, "");
	expect(f, CF2, "");
	/* One came twice. */
	expect(f, FF, "");
	expect(f, FC, "");
	expect(f, CF1, "");
	expect(f, CF1, "0 sequence 13/20:0102030405060708090A0B0C0D 1,2");
	/* Another begins: a single one, a first frame. */
	expect(f, FF, "");
	expect(f, "123#0199", "0 replaced 6/20:010203040506 0 pdu 1/1:99");
	expect(f, FF, "");
	expect(f, "123#1009090807060504", "0 replaced 6/20:010203040506");
	expect(f, FC, "");
	expect(f, "123#21030201", "0 pdu 9/9:090807060504030201");
	/* No room; what the receiver says when none is on its way. */
	expect(f, FF, "");
	expect(f, "321#320000", "0 overflow 6/20:010203040506");
	expect(f, "321#320000", "");
	expect(f, CF1, "");
	expect(f, "123#1041010203040506", "0 too-long 6/65:010203040506");
	expect(f, CF1, "");
	expect(f, "123#1040010203040506", "");
	expect_end(f, "0 unfinished 6/64:010203040506");
	expect_end(f, "");
}
END_TEST

START_TEST(strays)
{
	struct fixture *f = fixture(-1, 64);

	expect(f, CF1, "0 stray 7/0:0708090A0B0C0D");
	expect(f, CF2, "");
	expect(f, "123#0199", "0 pdu 1/1:99");
	expect(f, CF2, "0 stray 7/0:0E0F1011121314");
	expect(f, FC, "");
	expect_end(f, "");
	expect(f, CF2, "0 stray 7/0:0E0F1011121314");
}
END_TEST

START_TEST(malformed)
{
	static const char *const frames[] = {
		"123#", "123#00", "123#0401", "123#0801020304050607",
		"123#10", "123#10140102", "123#1005010203040506",
		"123#1006010203040506", "123#1000000000020102",
		"123#40", "123#F0010203", "123#3000", "123#330000",
		"123##0000001020304050607080900",
		"123##0030102030405060708090A0B", "123##000",
		"123##0000B0102030405060708090A",
	};
	struct fixture *f = fixture(-1, 64);
	size_t i;

	expect(f, FF, "");
	for (i = 0; i < HARNESS_LEN(frames); i++) {
		feed(f, frames[i], 0);
		expect_msg(f->n == 1 && f->events[0].kind ==
			   SFAM_ISOTP_MALFORMED && f->events[0].side == 0,
			   "%s: %d events", frames[i], f->n);
	}
	/* The PDU that was coming still is. */
	expect(f, FC, "");
	expect(f, "123#210708", "0 malformed 3/0:210708");
	expect(f, "123##0210708090A0B0C0D0E0F1011",
	       "0 malformed 12/0:210708090A0B0C0D0E0F1011");
	expect(f, CF1, "");
	expect(f, CF2, "0 pdu 20/20:" WHOLE);
}
END_TEST

START_TEST(flow)
{
	struct fixture *f = fixture(-1, 64);

	expect(f, FF, "");
	expect(f, CF1, "0 no-flow 6/20:010203040506");
	expect(f, CF2, "0 pdu 20/20:" WHOLE);
	/* The second block is not asked for. */
	expect(f, FF, "");
	expect(f, "321#300100", "");
	expect(f, CF1, "");
	expect(f, CF2, "0 no-flow 13/20:0102030405060708090A0B0C0D "
	       "0 pdu 20/20:" WHOLE);
	expect(f, FF, "");
	expect(f, "321#300100", "");
	expect(f, CF1, "");
	expect(f, "321#310000", "");
	expect(f, "321#300100", "");
	expect(f, CF2, "0 pdu 20/20:" WHOLE);
}
END_TEST

START_TEST(times)
{
	struct fixture *f = fixture(-1, 64);

	feed(f, FF, 10 * MS);
	feed(f, FC, 11 * MS);
	feed(f, CF1, 12 * MS);
	feed(f, CF2, 1012 * MS);	/* just in time */
	ck_assert_int_eq(f->n, 1);
	ck_assert_int_eq((int)f->events[0].kind, SFAM_ISOTP_PDU);
	ck_assert_int_eq(f->events[0].begin_ns, 10 * MS);
	ck_assert_int_eq(f->events[0].end_ns, 1012 * MS);
	feed(f, FF, 2000 * MS);
	feed(f, "321#310000", 2900 * MS);	/* more time */
	feed(f, FC, 3800 * MS);
	ck_assert_int_eq(f->n, 0);
	feed(f, CF1, 4800 * MS + 1);
	ck_assert_int_eq(f->n, 1);
	ck_assert_int_eq((int)f->events[0].kind, SFAM_ISOTP_TIMEOUT);
	ck_assert_int_eq(f->events[0].begin_ns, 2000 * MS);
	ck_assert_int_eq(f->events[0].end_ns, 3800 * MS);
	feed(f, CF2, 4801 * MS);
	ck_assert_int_eq(f->n, 0);
	/* Both sides at once, and what the frame itself tells. */
	feed(f, FF, 5000 * MS);
	feed(f, "321#1014010203040506", 5000 * MS);
	feed(f, "123#0155", 7000 * MS);
	ck_assert_int_eq(f->n, 3);
	ck_assert_int_eq((int)f->events[1].kind, SFAM_ISOTP_TIMEOUT);
	ck_assert_int_eq(f->events[1].side, 1);
	ck_assert_int_eq((int)f->events[2].kind, SFAM_ISOTP_PDU);
	ck_assert_int_eq(f->events[2].end_ns, 7000 * MS);
	/* No stamps, or no limit: no time-out. */
	f->talk.timeout_ns = -1;
	ck_assert_ok(sfam_isotp_reader_init(&f->reader, &f->talk));
	feed(f, FF, 1 * MS);
	feed(f, FC, 9000 * MS);
	ck_assert_int_eq(f->n, 0);
}
END_TEST

START_TEST(bad_calls)
{
	struct fixture *f = fixture(-1, 64);
	struct sfam_isotp_talk good = f->talk, t = good;
	uint8_t frame[CAN_MTU] __attribute__((aligned(8))) = { 0x23, 1 };

	frame[4] = 9;
	ck_assert_err(sfam_isotp_reader_feed(&f->reader, frame, CAN_MTU, 0,
					     f->events), EINVAL);
	ck_assert_err(sfam_isotp_reader_feed(&f->reader, frame, 15, 0,
					     f->events), EINVAL);
	t.ids[1] = t.ids[0];
	ck_assert_err(sfam_isotp_reader_init(&f->reader, &t), EINVAL);
	t.addresses[0] = 5;
	ck_assert_err(sfam_isotp_reader_init(&f->reader, &t), EINVAL);
	t = good;
	t.ids[0] = 0x800;
	ck_assert_err(sfam_isotp_reader_init(&f->reader, &t), EINVAL);
	t.ids[0] = 0xa0000000;
	ck_assert_err(sfam_isotp_reader_init(&f->reader, &t), EINVAL);
	t = good;
	t.addresses[1] = 256;
	ck_assert_err(sfam_isotp_reader_init(&f->reader, &t), EINVAL);
	t.addresses[1] = -2;
	ck_assert_err(sfam_isotp_reader_init(&f->reader, &t), EINVAL);
	t = good;
	t.bufs[1] = NULL;
	ck_assert_err(sfam_isotp_reader_init(&f->reader, &t), EINVAL);
	t = good;
	t.buf_size = 0;
	ck_assert_err(sfam_isotp_reader_init(&f->reader, &t), EINVAL);
	t = good;
	t.size = sizeof(t) + 8;
	{
		struct { struct sfam_isotp_talk t; uint64_t more; } longer = {
			t, 1,
		};

		ck_assert_err(sfam_isotp_reader_init(&f->reader, &longer.t),
			      E2BIG);
	}
	ck_assert_ok(sfam_isotp_reader_init(&f->reader, &good));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ whole_ones, NULL },
		{ long_ones, NULL },
		{ addresses, NULL },
		{ one_id, NULL },
		{ ended_early, NULL },
		{ strays, NULL },
		{ malformed, NULL },
		{ flow, NULL },
		{ times, NULL },
		{ bad_calls, NULL },
	};

	return harness_run("can-isotp-reader", tests, HARNESS_LEN(tests));
}
