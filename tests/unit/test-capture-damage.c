/* SPDX-License-Identifier: MIT */
/* Capture files that are cut, damaged, huge, or come bit by bit. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture-items.h"

/* -------------------------------------------------------------- damaged -- */

/* What is right until the number at `at` is changed. */
static void is_damaged(const struct bytes *whole, size_t at, uint64_t value,
		       size_t n, int items, int error, size_t offset)
{
	struct bytes b = *whole;
	char found[24];

	b.len = at;
	put_number(&b, value, n);
	b.len = whole->len;
	snprintf(found, sizeof(found), "%llu", (unsigned long long)value);
	is_bad(&b, items, error, offset, found);
}

START_TEST(damaged)
{
	struct bytes b;
	size_t idb, epb, isb;
	int big;

	for (big = 0; big < 2; big++) {
		b = (struct bytes){ .big = big };
		put_section(&b);
		idb = b.len;
		block_begin(&b, 1);
		put32(&b, 0);
		put32(&b, 0);
		option_begin(&b, 9, 1);
		put(&b, "\6\0\0\0", 4);
		block_end(&b);
		epb = b.len;
		packet_begin(&b, 6, 0, "abcde", 5);
		option_begin(&b, 2, 4);
		put32(&b, 0);
		block_end(&b);
		isb = b.len;
		block_begin(&b, 5);
		put32(&b, 0);
		put_time(&b, 0);
		option_begin(&b, 4, 8);
		put64(&b, 0);
		block_end(&b);

		/* The section: byte order, versions, lengths. */
		is_damaged(&b, 12, 2, 2, 0, EPROTONOSUPPORT, 12);
		is_damaged(&b, 14, 1, 2, 0, EPROTONOSUPPORT, 12);
		is_damaged(&b, 4, 24, 4, 0, EBADMSG, 4);
		is_damaged(&b, 4, 29, 4, 0, EBADMSG, 4);
		is_damaged(&b, 24, 32, 4, 0, EBADMSG, 24);
		is_damaged(&b, 4, 0xfffffffc, 4, 0, EMSGSIZE, 4);
		/* The interface. */
		is_damaged(&b, idb + 4, 16, 4, 1, EBADMSG, idb + 4);
		is_damaged(&b, idb + 18, 2, 2, 1, EBADMSG, idb + 18);
		is_damaged(&b, idb + 18, 5, 2, 1, EBADMSG, idb + 18);
		/* The packet. */
		is_damaged(&b, epb + 8, 1, 4, 2, EBADMSG, epb + 8);
		is_damaged(&b, epb + 20, 17, 4, 2, EBADMSG, epb + 8);
		is_damaged(&b, epb + 20, 1048577, 4, 2, EMSGSIZE, epb + 8);
		is_damaged(&b, epb + 38, 3, 2, 2, EBADMSG, epb + 38);
		is_damaged(&b, epb + 38, 65535, 2, 2, EBADMSG, epb + 38);
		is_damaged(&b, epb + 44, 52, 4, 2, EBADMSG, epb + 44);
		/* The counts. */
		is_damaged(&b, isb + 8, 7, 4, 3, EBADMSG, isb + 8);
		is_damaged(&b, isb + 22, 7, 2, 3, EBADMSG, isb + 22);
		/* A type unknown: its length counts all the same. */
		b.at[isb + (big ? 3 : 0)] = 77;
		is_damaged(&b, isb + 4, 13, 4, 3, EBADMSG, isb + 4);
		is_damaged(&b, b.len - 4, 8, 4, 3, EBADMSG, b.len - 4);
	}
	b = (struct bytes){ .len = 0 };
	put_section(&b);
	b.at[8] = 0;
	is_bad(&b, 0, EBADMSG, 8, "439041024");
}
END_TEST

/* The first text is moved about in the buffer before the second fails. */
START_TEST(damaged_options)
{
	struct bytes b = { .len = 0 };
	size_t epb;

	put_section(&b);
	put_interface(&b, 1, 0);
	epb = b.len;
	packet_begin(&b, 6, 0, "abcd", 4);
	put_option(&b, 1, "12345678");
	option_begin(&b, 2, 3);
	put(&b, "xyz", 4);
	block_end(&b);
	is_bad(&b, 2, EBADMSG, epb + 46, "3");
	/* One that goes on over the end of its block. */
	b.len = epb;
	packet_begin(&b, 6, 0, "abcd", 4);
	option_begin(&b, 1, 8);
	put(&b, "1234", 4);
	block_end(&b);
	is_bad(&b, 2, EBADMSG, epb + 34, "8");
}
END_TEST

static int read_all(const void *p, size_t n, uint64_t *ends, int max)
{
	struct sfam_capture_reader *r = reader_of(p, n);
	struct sfam_capture_item item;
	struct sfam_diag diag = { .offset = 0 };
	int k, items = 0;

	while ((k = sfam_capture_read(r, &item, &diag)) > 0) {
		if (items < max)
			ends[items] = sfam_capture_offset(r);
		items++;
	}
	if (k < 0) {
		ck_assert_uint_le(diag.offset, n);
		ck_assert_uint_ge(diag.offset, sfam_capture_offset(r));
	}
	sfam_capture_reader_free(r);
	return k < 0 ? -items - 1 : items;
}

/* Cut after every number of bytes. */
static void cut_everywhere(const struct bytes *b)
{
	struct sfam_capture_item item;
	struct sfam_capture_reader *r;
	struct sfam_diag diag;
	uint64_t ends[32];
	int n = read_all(b->at, b->len, ends, 32), i, k;
	size_t len;

	ck_assert_int_gt(n, 3);
	for (len = 0; len < b->len; len++) {
		r = reader_of(b->at, len);
		for (i = 0; i < n && ends[i] <= len; i++)
			ck_assert_int_gt(sfam_capture_read(r, &item, &diag),
					 0);
		k = sfam_capture_read(r, &item, &diag);
		if (k == SFAM_CAPTURE_END) {
			ck_assert_uint_eq(sfam_capture_offset(r), len);
			ck_assert_int_gt(i, 0);
		} else {
			ck_assert_int_eq(k, -ENODATA);
			ck_assert_uint_eq(diag.offset, len);
			ck_assert_uint_le(sfam_capture_offset(r), len);
			ck_assert_uint_ge(sfam_capture_offset(r),
					  i ? ends[i - 1] : 0);
		}
		sfam_capture_reader_free(r);
	}
}

START_TEST(cut)
{
	struct bytes b = { .len = 0 };
	int i;

	put_rich(&b);
	b.big = 1;
	put_rich(&b);
	cut_everywhere(&b);
	b = (struct bytes){ .len = 0 };
	put_pcap(&b, 0xa1b2c3d4, 4, 0, 1);
	for (i = 0; i < 5; i++) {
		put_pcap_packet(&b, 1, 2, 6, 6);
		put(&b, "abcdef", 6);
	}
	cut_everywhere(&b);
}
END_TEST

/* Whatever bit falls over, what stands before it stays as it is. */
START_TEST(flipped)
{
	struct bytes b = { .len = 0 }, bent;
	uint64_t ends[32], now[32];
	size_t bit;
	int n, m, i;

	put_rich(&b);
	n = read_all(b.at, b.len, ends, 32);
	for (bit = 0; bit < 8 * b.len; bit++) {
		bent = b;
		bent.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		m = read_all(bent.at, bent.len, now, 32);
		m = m < 0 ? -m - 1 : m;
		for (i = 0; i < n && ends[i] <= bit / 8; i++) {
			ck_assert_int_lt(i, m);
			ck_assert_uint_eq(now[i], ends[i]);
		}
	}
}
END_TEST

/* ---------------------------------------------------------------- input -- */

/* Fed in pieces of n bytes, or random ones. */
static void is_fed(const struct bytes *b, size_t n, uint64_t *state)
{
	struct sfam_capture_reader *r = feeder();
	struct sfam_capture_item item;
	size_t at = 0, piece;
	int items = 0, k;

	for (;;) {
		k = sfam_capture_read(r, &item, NULL);
		if (k > 0)
			items++;
		else if (k != -EAGAIN)
			break;
		else {
			piece = n ? n : 1 + test_random(state) % 100;
			piece = piece < b->len - at ? piece : b->len - at;
			ck_assert_int_eq(sfam_capture_feed(r, b->at + at,
							   piece),
					 (ssize_t)piece);
			at += piece;
		}
	}
	ck_assert_int_eq(k, SFAM_CAPTURE_END);
	ck_assert_int_eq(items, 12);
	ck_assert_err(sfam_capture_feed(r, "x", 1), ESHUTDOWN);
	sfam_capture_reader_free(r);
}

START_TEST(fed)
{
	struct bytes b = { .big = 1 };
	uint64_t state = test_seed();
	int i;

	put_rich(&b);
	b.big = 0;
	put_rich(&b);
	is_fed(&b, 1, NULL);
	is_fed(&b, 3, NULL);
	is_fed(&b, b.len, NULL);
	for (i = 0; i < 100; i++)
		is_fed(&b, 0, &state);
}
END_TEST

/* A pipe that is O_NONBLOCK, one byte after the other. */
START_TEST(pipes)
{
	struct bytes b = { .len = 0 };
	struct sfam_capture_reader *r;
	struct sfam_capture_item item;
	int fd[2], items = 0, k;
	size_t i;

	put_rich(&b);
	ck_assert_int_eq(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
	ck_assert_ok(sfam_capture_reader_new(&r, fd[0]));
	ck_assert_err(sfam_capture_feed(r, "x", 1), EINVAL);
	ck_assert_err(sfam_capture_read(r, &item, NULL), EAGAIN);
	for (i = 0; i < b.len; i++) {
		ck_assert_int_eq(write(fd[1], b.at + i, 1), 1);
		while ((k = sfam_capture_read(r, &item, NULL)) > 0)
			items++;
		ck_assert_int_eq(k, -EAGAIN);
	}
	close(fd[1]);
	expect(r, SFAM_CAPTURE_END);
	ck_assert_int_eq(items, 6);
	sfam_capture_reader_free(r);
	close(fd[0]);
}
END_TEST

START_TEST(read_errors)
{
	struct sfam_capture_reader *r;
	struct sfam_capture_item item;
	struct sfam_diag diag = { .offset = 77 };
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_ok(sfam_capture_reader_new(&r, fd));
	ck_assert_err(sfam_capture_read(r, &item, &diag), EISDIR);
	ck_assert_uint_eq(diag.offset, 77);
	sfam_capture_reader_free(r);
	close(fd);
}
END_TEST

/* --------------------------------------------------------------- limits -- */

static int sparse(const struct bytes *b, off_t size)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);

	ck_assert_int_eq(write(fd, b->at, b->len), (ssize_t)b->len);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* The longest packet, which comes as its header says and not all at once. */
START_TEST(longest)
{
	struct bytes b = { .len = 0 };
	struct sfam_capture_reader *r;
	const struct sfam_capture_record *p;
	int fd, i;

	put_pcap(&b, 0xa1b2c3d4, 4, 0, 1);
	put_pcap_packet(&b, 1, 2, SFAM_CAPTURE_LEN_MAX, 2000000);
	fd = sparse(&b, (off_t)(b.len + SFAM_CAPTURE_LEN_MAX + 16));
	ck_assert_ok(sfam_capture_reader_new(&r, fd));
	expect(r, SFAM_CAPTURE_INTERFACE);
	p = &expect(r, SFAM_CAPTURE_PACKET)->packet;
	ck_assert_uint_eq(p->len, SFAM_CAPTURE_LEN_MAX);
	ck_assert_uint_eq(p->orig_len, 2000000);
	for (i = 0; i < 16; i++)
		ck_assert_uint_eq(((const uint8_t *)p->data)
				  [(size_t)i * (p->len / 16)], 0);
	ck_assert_uint_eq(expect_packet(r, 0, "")->orig_len, 0);
	expect(r, SFAM_CAPTURE_END);
	sfam_capture_reader_free(r);
	close(fd);
}
END_TEST

/* A block that nobody knows, of all sizes up to the largest there can be. */
START_TEST(passed_over)
{
	static const uint32_t sizes[] = {
		12, 16, 65536, 1114112, 1114116, 5000000, 0xfffffffc,
	};
	size_t i;

	for (i = 0; i < HARNESS_LEN(sizes); i++) {
		struct bytes b = { .len = 0 };
		struct sfam_capture_reader *r;
		off_t end;
		int fd;

		put_section(&b);
		put_interface(&b, 1, 0);
		put32(&b, 10);		/* decryption secrets */
		put32(&b, sizes[i]);
		end = (off_t)b.len - 8 + sizes[i];
		fd = sparse(&b, end);
		b.len = 0;
		put32(&b, sizes[i]);
		put_packet(&b, 1, "after it");
		ck_assert_int_eq(pwrite(fd, b.at, b.len, end - 4),
				 (ssize_t)b.len);
		ck_assert_ok(sfam_capture_reader_new(&r, fd));
		expect(r, SFAM_CAPTURE_SECTION);
		expect(r, SFAM_CAPTURE_INTERFACE);
		expect_packet(r, 1000, "after it");
		expect(r, SFAM_CAPTURE_END);
		ck_assert_uint_eq(sfam_capture_offset(r),
				  (uint64_t)end + b.len - 4);
		sfam_capture_reader_free(r);
		/* Cut, it is told where the file ends. */
		if (sizes[i] > 16) {
			ck_assert_int_eq(ftruncate(fd, end - 9), 0);
			lseek(fd, 0, SEEK_SET);
			ck_assert_ok(sfam_capture_reader_new(&r, fd));
			expect(r, SFAM_CAPTURE_SECTION);
			expect(r, SFAM_CAPTURE_INTERFACE);
			expect_failure(r, ENODATA, (size_t)end - 9, NULL);
			ck_assert_uint_eq(sfam_capture_offset(r), 28 + 20);
			sfam_capture_reader_free(r);
		}
		close(fd);
	}
}
END_TEST

/* In each section as many as there may be. */
START_TEST(most_interfaces)
{
	struct sfam_capture_reader *r = feeder();
	struct sfam_capture_item item;
	struct bytes b;
	int i, round;

	for (round = 0; round < 3; round++) {
		b = (struct bytes){ .big = round & 1 };
		put_section(&b);
		ck_assert_int_gt(sfam_capture_feed(r, b.at, b.len), 0);
		expect(r, SFAM_CAPTURE_SECTION);
		b.len = 0;
		put_interface(&b, 1, 0);
		for (i = 0; i < SFAM_CAPTURE_INTERFACES_MAX; i++) {
			ck_assert_int_gt(sfam_capture_feed(r, b.at, b.len), 0);
			ck_assert_int_eq(sfam_capture_read(r, &item, NULL),
					 SFAM_CAPTURE_INTERFACE);
		}
	}
	ck_assert_int_gt(sfam_capture_feed(r, b.at, b.len), 0);
	ck_assert_err(sfam_capture_read(r, &item, NULL), EUSERS);
	sfam_capture_reader_free(r);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ damaged, NULL },
		{ damaged_options, NULL },
		{ cut, NULL },
		{ flipped, NULL },
		{ fed, NULL },
		{ pipes, NULL },
		{ read_errors, NULL },
		{ longest, NULL },
		{ passed_over, NULL },
		{ most_interfaces, NULL },
	};

	return harness_run("capture-damage", tests, HARNESS_LEN(tests));
}
