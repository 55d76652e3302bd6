/* SPDX-License-Identifier: MIT */
/* Capture files of every kind. */
#include "capture-items.h"

/* ----------------------------------------------------------------- pcap -- */

static void is_pcap(uint32_t magic, int big, uint32_t part, int64_t time_ns)
{
	struct bytes b = { .big = big };
	struct sfam_capture_reader *r;
	const struct sfam_capture_item *item;
	const int extra = magic == 0xa1b2cd34 ? 8 : 0;
	int i;

	/* A frame check length stands above the link type. */
	put_pcap(&b, magic, 4, 65535, 0x54000000 + 276);
	for (i = 0; i < 2; i++) {
		put_pcap_packet(&b, 1700000000, part, 5, 1500);
		put(&b, "????????", (size_t)extra);
		put(&b, "abcde", 5);
	}
	r = reader_of(b.at, b.len);
	item = expect(r, SFAM_CAPTURE_INTERFACE);
	ck_assert_uint_eq(item->interface.link_type, 276);
	ck_assert_uint_eq(item->interface.snap_len, 65535);
	ck_assert_ptr_null(item->interface.name);
	ck_assert_uint_eq(sfam_capture_offset(r), 24);
	for (i = 0; i < 2; i++) {
		const struct sfam_capture_record *p = expect_packet(
			r, 1700000000 * S + time_ns, "abcde");

		ck_assert_uint_eq(p->orig_len, 1500);
		ck_assert_uint_eq(p->link_type, 276);
		ck_assert_uint_eq(p->interface, 0);
		ck_assert_uint_eq(p->flags, 0);
		ck_assert_ptr_null(p->comment);
	}
	expect(r, SFAM_CAPTURE_END);
	expect(r, SFAM_CAPTURE_END);
	ck_assert_uint_eq(sfam_capture_offset(r), b.len);
	sfam_capture_reader_free(r);
}

START_TEST(pcap)
{
	int big;

	for (big = 0; big < 2; big++) {
		is_pcap(0xa1b2c3d4, big, 999999, 999999000);
		is_pcap(0xa1b23c4d, big, 999999999, 999999999);
		is_pcap(0xa1b2cd34, big, 1, 1000);
	}
}
END_TEST

/* Up to 2.3 some wrote the original length first. */
START_TEST(pcap_old)
{
	uint32_t minor;

	for (minor = 0; minor <= 4; minor++) {
		struct bytes b = { .len = 0 };
		struct sfam_capture_reader *r;

		put_pcap(&b, 0xa1b2c3d4, minor, 96, 1);
		put_pcap_packet(&b, 1, 0, minor < 4 ? 60 : 3,
				minor < 4 ? 3 : 60);
		put(&b, "abc", 3);
		r = reader_of(b.at, b.len);
		expect(r, SFAM_CAPTURE_INTERFACE);
		ck_assert_uint_eq(expect_packet(r, S, "abc")->orig_len, 60);
		expect(r, SFAM_CAPTURE_END);
		sfam_capture_reader_free(r);
	}
}
END_TEST

START_TEST(pcap_bad)
{
	struct bytes b = { .len = 0 };

	put(&b, "\x1f\x8b\x08\x00 gzip", 9);
	is_bad(&b, 0, EPROTONOSUPPORT, 0, "1f8b0800");
	b.len = 0;
	put_pcap(&b, 0xa1b2c3d4, 5, 96, 1);
	is_bad(&b, 0, EPROTONOSUPPORT, 4, "5");
	b.at[4] = 3;
	is_bad(&b, 0, EPROTONOSUPPORT, 4, "3");
	b.len = 0;
	put_pcap(&b, 0xa1b2c3d4, 4, 0, 1);
	put_pcap_packet(&b, 1, 2, 1048577, 2);
	is_bad(&b, 1, EMSGSIZE, 24 + 8, "1048577");
	b.len = 0;
	is_bad(&b, 0, ENODATA, 0, NULL);
}
END_TEST

/* --------------------------------------------------------------- pcapng -- */

static void is_rich(struct sfam_capture_reader *r, uint32_t interface)
{
	const struct sfam_capture_section *s =
		&expect(r, SFAM_CAPTURE_SECTION)->section;
	const struct sfam_capture_interface *i;
	const struct sfam_capture_record *p;
	const struct sfam_capture_stats *st;

	ck_assert_str_eq(s->application, "an application");
	ck_assert_str_eq(s->os, "OS");
	ck_assert_str_eq(s->hardware, "hw");
	ck_assert_str_eq(s->comment, "comment");
	i = &expect(r, SFAM_CAPTURE_INTERFACE)->interface;
	ck_assert_uint_eq(i->link_type, 228);
	ck_assert_uint_eq(i->snap_len, 96);
	ck_assert_str_eq(i->name, "eth0");
	ck_assert_str_eq(i->description, "de");
	ck_assert_str_eq(i->filter, "udp");
	ck_assert_str_eq(i->os, "an OS");
	ck_assert_str_eq(i->comment, "");
	p = expect_packet(r, 2 * S + 345, "abcdefg");
	ck_assert_uint_eq(p->orig_len, 99);
	ck_assert_uint_eq(p->interface, interface);
	ck_assert_uint_eq(p->link_type, 228);
	ck_assert_uint_eq(p->flags, 0x01000009);
	ck_assert_uint_eq(p->drops, (uint64_t)3 << 33);
	ck_assert_str_eq(p->comment, "a");
	p = expect_packet(r, 2 * S, "old");
	ck_assert_uint_eq(p->interface, interface);
	ck_assert_uint_eq(p->flags, SFAM_CAPTURE_OUT);
	ck_assert_str_eq(p->comment, "older");
	p = expect_packet(r, 0, "plain");
	ck_assert_uint_eq(p->interface, interface);
	ck_assert_uint_eq(p->orig_len, 5);
	ck_assert_uint_eq(p->link_type, 228);
	st = &expect(r, SFAM_CAPTURE_STATS)->stats;
	ck_assert_uint_eq(st->interface, interface);
	ck_assert_int_eq(st->time_ns, 10 * S);
	ck_assert_int_eq(st->start_ns, S);
	ck_assert_int_eq(st->end_ns, 9 * S);
	ck_assert_uint_eq(st->received, 4);
	ck_assert_uint_eq(st->if_drops, 5);
	ck_assert_uint_eq(st->accepted, UINT64_MAX - 1);
	ck_assert_uint_eq(st->os_drops, 7);
	ck_assert_uint_eq(st->delivered, 8);
	ck_assert_str_eq(st->comment, "done");
}

/* Sections of both byte orders behind each other. */
START_TEST(pcapng)
{
	struct bytes b = { .len = 0 };
	struct sfam_capture_reader *r;
	uint32_t i;

	for (i = 0; i < 5; i++) {
		b.big = i % 2;
		put_rich(&b);
	}
	r = reader_of(b.at, b.len);
	for (i = 0; i < 5; i++)
		is_rich(r, i);
	expect(r, SFAM_CAPTURE_END);
	ck_assert_ptr_null(sfam_capture_reader_free(r));
	ck_assert_ptr_null(sfam_capture_reader_free(NULL));
}
END_TEST

/* Of the second interface, and counts that were not told. */
START_TEST(pcapng_bare)
{
	struct bytes b = { .big = 1 };
	struct sfam_capture_reader *r;
	const struct sfam_capture_record *p;
	const struct sfam_capture_stats *st;

	put_section(&b);
	put_interface(&b, 1, 0);
	put_interface(&b, 101, 0);
	packet_begin(&b, 2, 7000001, "x", 1);
	memcpy(b.at + b.len - 24, "\0\1\xff\xff", 4);
	block_end(&b);
	packet_begin(&b, 2, 7000001, "y", 1);
	memcpy(b.at + b.len - 24, "\0\1\0\7", 4);
	block_end(&b);
	block_begin(&b, 5);
	put32(&b, 1);
	put_time(&b, 8000000);
	block_end(&b);
	r = reader_of(b.at, b.len);
	expect(r, SFAM_CAPTURE_SECTION);
	expect(r, SFAM_CAPTURE_INTERFACE);
	expect(r, SFAM_CAPTURE_INTERFACE);
	p = expect_packet(r, 7 * S + 1000, "x");
	ck_assert_uint_eq(p->interface, 1);
	ck_assert_uint_eq(p->link_type, 101);
	ck_assert_uint_eq(p->drops, 0);
	ck_assert_uint_eq(expect_packet(r, 7 * S + 1000, "y")->drops, 7);
	st = &expect(r, SFAM_CAPTURE_STATS)->stats;
	ck_assert_int_eq(st->time_ns, 8 * S);
	ck_assert_int_eq(st->start_ns, 0);
	ck_assert_int_eq(st->end_ns, 0);
	ck_assert_uint_eq(st->received, SFAM_CAPTURE_NOT_TOLD);
	ck_assert_uint_eq(st->if_drops, SFAM_CAPTURE_NOT_TOLD);
	ck_assert_uint_eq(st->accepted, SFAM_CAPTURE_NOT_TOLD);
	ck_assert_uint_eq(st->os_drops, SFAM_CAPTURE_NOT_TOLD);
	ck_assert_uint_eq(st->delivered, SFAM_CAPTURE_NOT_TOLD);
	expect(r, SFAM_CAPTURE_END);
	sfam_capture_reader_free(r);
}
END_TEST

/* A simple packet has the snap length at the most. */
START_TEST(simple_cut)
{
	struct bytes b = { .len = 0 };
	struct sfam_capture_reader *r;
	const struct sfam_capture_record *p;

	put_section(&b);
	put_interface(&b, 1, 6);
	block_begin(&b, 3);
	put32(&b, 1000);
	put(&b, "abcdef\0\0", 8);
	block_end(&b);
	r = reader_of(b.at, b.len);
	expect(r, SFAM_CAPTURE_SECTION);
	expect(r, SFAM_CAPTURE_INTERFACE);
	p = expect_packet(r, 0, "abcdef");
	ck_assert_uint_eq(p->orig_len, 1000);
	expect(r, SFAM_CAPTURE_END);
	sfam_capture_reader_free(r);
	/* The snap length is more than the block has. */
	b.at[28 + 12] = 9;
	is_bad(&b, 2, EBADMSG, 28 + 20 + 8, "9");
}
END_TEST

/* A frame in a cooked packet, as the kernel of a file's machine gives it. */
static void put_cooked(struct bytes *b, int old, uint32_t protocol, size_t len)
{
	struct bytes p = { .big = 1 };

	if (old)
		put(&p, "12345678901234", 14);
	put16(&p, protocol);
	if (!old)
		put(&p, "123456789012345678", 18);
	p.big = b->big;
	put32(&p, 0x01020304);
	put(&p, "fs", 2);
	put16(&p, 0x0506);
	put32(&p, 0x0708090a);
	put(&p, "data", 4);
	p.len = len;
	put(b, p.at, p.len);
}

/* Whose numbers are turned: the identifier; XL's length and field too. */
static void is_cooked(int old, uint32_t protocol, int id, int rest,
		      size_t len)
{
	struct bytes there = { .big = !HOST_BIG };
	struct bytes here = { .big = HOST_BIG };
	struct sfam_capture_reader *r;
	const struct sfam_capture_record *p;
	uint8_t *frame = here.at + (old ? 16 : 20);

	put_cooked(&here, old, protocol, len);
	if (!id)
		memcpy(frame, HOST_BIG ? "\4\3\2\1" : "\1\2\3\4", 4);
	if (!rest)
		memcpy(frame + 6, HOST_BIG ? "\6\5\x0a\x09\x08\x07"
					   : "\5\6\x07\x08\x09\x0a", 6);
	put_pcap(&there, 0xa1b2c3d4, 4, 0, old ? 113 : 276);
	put_pcap_packet(&there, 0, 0, (uint32_t)len, 99);
	put_cooked(&there, old, protocol, len);
	r = reader_of(there.at, there.len);
	expect(r, SFAM_CAPTURE_INTERFACE);
	p = &expect(r, SFAM_CAPTURE_PACKET)->packet;
	ck_assert_uint_eq(p->len, len);
	ck_assert_mem_eq(p->data, here.at, len);
	sfam_capture_reader_free(r);
}

/* In pcapng the byte order is that of the section. */
START_TEST(cooked_pcapng)
{
	struct bytes there = { .big = !HOST_BIG };
	struct bytes here = { .big = HOST_BIG };
	struct sfam_capture_reader *r;
	const struct sfam_capture_record *p;

	put_section(&there);
	put_interface(&there, 276, 0);
	block_begin(&there, 3);
	put32(&there, 36);
	put_cooked(&there, 0, 0x000e, 36);
	block_end(&there);
	put_cooked(&here, 0, 0x000e, 36);
	r = reader_of(there.at, there.len);
	expect(r, SFAM_CAPTURE_SECTION);
	expect(r, SFAM_CAPTURE_INTERFACE);
	p = &expect(r, SFAM_CAPTURE_PACKET)->packet;
	ck_assert_uint_eq(p->len, 36);
	ck_assert_mem_eq(p->data, here.at, 36);
	sfam_capture_reader_free(r);
}
END_TEST

START_TEST(cooked)
{
	size_t head;
	int old;

	for (old = 0; old < 2; old++) {
		head = old ? 16 : 20;
		is_cooked(old, 0x000c, 1, 0, head + 16);
		is_cooked(old, 0x000d, 1, 0, head + 16);
		is_cooked(old, 0x000e, 1, 1, head + 16);
		is_cooked(old, 0x0800, 0, 0, head + 16);
		is_cooked(old, 0x0c0c, 0, 0, head + 16);
		is_cooked(old, 0x000c, 1, 0, head + 4);
		is_cooked(old, 0x000c, 0, 0, head + 3);
		is_cooked(old, 0x000e, 1, 1, head + 12);
		is_cooked(old, 0x000e, 0, 0, head + 11);
		is_cooked(old, 0x000c, 0, 0, 2);
	}
}
END_TEST

static void is_time(unsigned int resolution, int64_t offset, uint64_t time,
		    int64_t expected)
{
	const uint8_t value[4] = { (uint8_t)resolution };
	struct bytes b = { .len = 0 };
	struct sfam_capture_reader *r;

	put_section(&b);
	block_begin(&b, 1);
	put32(&b, 1);
	put32(&b, 0);
	option_begin(&b, 9, 1);
	put(&b, value, 4);
	option_begin(&b, 14, 8);
	put64(&b, (uint64_t)offset);
	block_end(&b);
	put_packet(&b, time, "x");
	r = reader_of(b.at, b.len);
	expect(r, SFAM_CAPTURE_SECTION);
	expect(r, SFAM_CAPTURE_INTERFACE);
	expect_packet(r, expected, "x");
	sfam_capture_reader_free(r);
}

START_TEST(resolutions)
{
	const uint64_t one = 1;

	is_time(0, 0, 7, 7 * S);
	is_time(3, 0, 1234, 1234000000);
	is_time(6, 0, 1234567, 1234567000);
	is_time(9, 0, 1234567891, 1234567891);
	is_time(10, 0, 12345678919, 1234567891);
	is_time(12, 0, 1234567891999, 1234567891);
	is_time(19, 0, UINT64_MAX, 1844674407);
	is_time(20, 0, UINT64_MAX, 184467440);
	is_time(28, 0, UINT64_MAX, 1);
	is_time(29, 0, UINT64_MAX, 0);
	is_time(127, 0, UINT64_MAX, 0);
	is_time(0x80, 0, 7, 7 * S);
	is_time(0x80 + 1, 0, 3, 1500000000);
	is_time(0x80 + 10, 0, 1024 + 512, 1500000000);
	is_time(0x80 + 32, 0, (5 * one << 32) + (one << 31), 5500000000);
	is_time(0x80 + 33, 0, (5 * one << 33) + (one << 31), 5250000000);
	is_time(0x80 + 63, 0, (one << 63) + (one << 62), 1500000000);
	is_time(0x80 + 64, 0, one << 63, 500000000);
	is_time(0x80 + 65, 0, one << 63, 250000000);
	is_time(0x80 + 95, 0, UINT64_MAX, 0);
	is_time(0x80 + 127, 0, UINT64_MAX, 0);
	/* Seconds to be added. */
	is_time(6, 1700000000, 5, 1700000000 * S + 5000);
	is_time(9, -2, 5, -2 * S + 5);
	/* The nearest that fit. */
	is_time(9, 0, INT64_MAX, INT64_MAX);
	is_time(9, 0, one << 63, INT64_MAX);
	is_time(0, 0, UINT64_MAX, INT64_MAX);
	is_time(6, INT64_MAX, 5000000, INT64_MAX);
	is_time(6, INT64_MIN, 5000000, INT64_MIN);
	is_time(0, INT64_MIN, UINT64_MAX, INT64_MAX);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ pcap, NULL },
		{ pcap_old, NULL },
		{ pcap_bad, NULL },
		{ pcapng, NULL },
		{ pcapng_bare, NULL },
		{ simple_cut, NULL },
		{ cooked, NULL },
		{ cooked_pcapng, NULL },
		{ resolutions, NULL },
	};

	return harness_run("capture-read", tests, HARNESS_LEN(tests));
}
