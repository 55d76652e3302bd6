/* SPDX-License-Identifier: MIT */
/* What a reader is expected to give, and a file that has all there is. */
#ifndef CAPTURE_ITEMS_H
#define CAPTURE_ITEMS_H

#include <errno.h>
#include <string.h>

#include <sockfam/capture.h>

#include "capture-bytes.h"
#include "harness.h"

#define S INT64_C(1000000000)

static inline struct sfam_capture_reader *feeder(void)
{
	struct sfam_capture_reader *r;

	ck_assert_ok(sfam_capture_reader_new(&r, -1));
	return r;
}

static inline struct sfam_capture_reader *reader_of(const void *p, size_t n)
{
	struct sfam_capture_reader *r = feeder();

	ck_assert_int_eq(sfam_capture_feed(r, p, n), (ssize_t)n);
	if (n)
		ck_assert_int_eq(sfam_capture_feed(r, NULL, 0), 0);
	return r;
}

static inline const struct sfam_capture_item *
expect(struct sfam_capture_reader *r, enum sfam_capture_kind kind)
{
	static struct sfam_capture_item item;
	struct sfam_diag diag = { .offset = 0 };
	int k;

	memset(&item, 0xee, sizeof(item));
	k = sfam_capture_read(r, &item, &diag);
	ck_assert_msg(k == (int)kind, "%d instead of %d: at %zu: %s, %s", k,
		      (int)kind, diag.offset, diag.expected, diag.found);
	return &item;
}

static inline const struct sfam_capture_record *
expect_packet(struct sfam_capture_reader *r, int64_t time_ns, const char *data)
{
	const struct sfam_capture_record *p =
		&expect(r, SFAM_CAPTURE_PACKET)->packet;

	ck_assert_int_eq(p->time_ns, time_ns);
	ck_assert_uint_eq(p->len, strlen(data));
	ck_assert_mem_eq(p->data, data, strlen(data));
	ck_assert_uint_eq(p->head_len, 0);
	return p;
}

/* It fails now and ever after; found: NULL for the end. */
static inline void expect_failure(struct sfam_capture_reader *r, int error,
			   size_t offset, const char *found)
{
	struct sfam_capture_item item, before;
	struct sfam_diag diag;
	int i;

	memset(&item, 0xee, sizeof(item));
	before = item;
	for (i = 0; i < 2; i++) {
		memset(&diag, 0xee, sizeof(diag));
		ck_assert_err(sfam_capture_read(r, &item, &diag), error);
		ck_assert_uint_eq(diag.offset, offset);
		ck_assert_str_eq(diag.found, found ? found : "");
		ck_assert_uint_gt(strlen(diag.expected), 4);
		ck_assert_err(sfam_capture_read(r, &item, NULL), error);
	}
	ck_assert_mem_eq(&item, &before, sizeof(item));
}

/* The item after `items` others fails. */
static inline void is_bad(const struct bytes *b, int items, int error,
			  size_t offset, const char *found)
{
	struct sfam_capture_reader *r = reader_of(b->at, b->len);
	struct sfam_capture_item item;

	while (items-- > 0)
		ck_assert_int_gt(sfam_capture_read(r, &item, NULL), 0);
	expect_failure(r, error, offset, found);
	sfam_capture_reader_free(r);
}

static inline void put_rich_interface(struct bytes *b)
{
	block_begin(b, 1);
	put16(b, 228);
	put16(b, 0xffff);	/* reserved: not looked at */
	put32(b, 96);
	put_option(b, 12, "an OS");
	put_option(b, 2, "eth0");
	put_option(b, 0x8001, "local use");
	option_begin(b, 11, 5);
	put(b, "\1code\0\0\0", 8);
	option_begin(b, 11, 4);
	put(b, "\0udp", 4);
	put_option(b, 3, "de");
	put_option(b, 3, "another");
	option_begin(b, 9, 1);
	put(b, "\x09\xff\xff\xff", 4);
	option_begin(b, 14, 8);
	put64(b, (uint64_t)-10);
	put_option(b, 1, "");
	option_begin(b, 0, 0);
	put(b, "rubbish behind the end..", 24);
	block_end(b);
}

static inline void put_rich_packet(struct bytes *b)
{
	packet_begin(b, 6, 12 * S + 345, "abcdefg", 99);
	option_begin(b, 2, 4);
	put32(b, 0x01000009);
	option_begin(b, 1, 5);
	put(b, "a\0bcd\0\0\0", 8);
	option_begin(b, 4, 8);
	put64(b, (uint64_t)3 << 33);
	put_option(b, 1, "second");
	put_option(b, 3, "hash");
	block_end(b);		/* without an end of options */
}

static inline void put_rich_stats(struct bytes *b)
{
	uint32_t code;

	block_begin(b, 5);
	put32(b, 0);
	put_time(b, 20 * S);
	option_begin(b, 2, 8);
	put_time(b, 11 * S);
	option_begin(b, 3, 8);
	put_time(b, 19 * S);
	for (code = 4; code <= 8; code++) {
		option_begin(b, code, 8);
		put64(b, code == 6 ? UINT64_MAX - 1 : code);
	}
	put_option(b, 1, "done");
	option_begin(b, 0, 0);
	block_end(b);
}

/* A section of everything; returns how many items that are. */
static inline int put_rich(struct bytes *b)
{
	block_begin(b, 0x0a0d0d0a);
	put32(b, 0x1a2b3c4d);
	put16(b, 1);
	put16(b, 2);
	put64(b, 0);		/* a length, and not the right one */
	put_option(b, 4, "an application");
	put_option(b, 3, "OS");
	put_option(b, 2, "hw");
	put_option(b, 1, "comment");
	option_begin(b, 0, 0);
	block_end(b);
	put_rich_interface(b);
	put_rich_packet(b);
	block_begin(b, 0x80000bad);
	put(b, "what nobody knows...", 20);
	block_end(b);
	packet_begin(b, 2, 12 * S, "old", 3);
	put_option(b, 1, "older");
	option_begin(b, 2, 4);
	put32(b, 2);
	block_end(b);
	block_begin(b, 3);
	put32(b, 5);
	put(b, "plain\0\0\0", 8);
	block_end(b);
	put_rich_stats(b);
	return 6;
}

#endif
