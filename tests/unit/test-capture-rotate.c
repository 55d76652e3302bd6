/* SPDX-License-Identifier: MIT */
/* Names and limits of capture files that follow each other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "capture-rotate.h"
#include "harness.h"

static const struct sfam_capture_written empty = { .bytes = 24 };

static void is_name(const struct capture_rotate *r, const char *expected)
{
	const size_t len = strlen(expected);
	char name[64] = "", cut[64];
	size_t size;

	ck_assert_ok(capture_rotate_name(r, name, sizeof(name)));
	ck_assert_str_eq(name, expected);
	ck_assert_ok(capture_rotate_name(r, cut, len + 1));
	for (size = 0; size <= len; size++)
		ck_assert_err(capture_rotate_name(r, cut, size), ENAMETOOLONG);
}

/* The next file comes when this one has more than its limit. */
static void fill(struct capture_rotate *r, int64_t now)
{
	struct sfam_capture_written written = { .bytes = r->bytes };

	ck_assert_int_eq(capture_rotate_step(r, now, &written),
			 CAPTURE_ROTATE_STAY);
	written.bytes++;
	ck_assert_int_eq(capture_rotate_step(r, now, &written),
			 CAPTURE_ROTATE_NEXT);
}

START_TEST(one_file)
{
	const struct sfam_capture_written much = { 1ull << 60, 1ull << 60 };
	struct capture_rotate r = { .name = "a%Sb" };

	is_name(&r, "a%Sb");
	ck_assert_int_eq(capture_rotate_step(&r, INT64_MAX, &much),
			 CAPTURE_ROTATE_STAY);
	ck_assert_uint_eq(capture_rotate_room(&r, NULL, NULL, 77), 77);
	/* A number alone limits nothing. */
	r.files = 20;
	is_name(&r, "a%Sb");
	ck_assert_int_eq(capture_rotate_step(&r, INT64_MAX, &much),
			 CAPTURE_ROTATE_STAY);
}
END_TEST

START_TEST(by_size)
{
	struct capture_rotate r = { .name = "x.pcap", .bytes = 1000000 };
	unsigned int i;

	is_name(&r, "x.pcap");
	fill(&r, 0);
	is_name(&r, "x.pcap1");
	for (i = 2; i <= 12; i++)
		fill(&r, 0);
	is_name(&r, "x.pcap12");
}
END_TEST

START_TEST(compressed)
{
	struct capture_rotate r = { .name = "x.pcap.gz", .bytes = 1000 };
	struct capture_rotate only_end = { .name = ".gz", .bytes = 1000 };

	is_name(&r, "x.pcap.gz");
	fill(&r, 0);
	is_name(&r, "x.pcap1.gz");
	is_name(&only_end, ".gz");
	fill(&only_end, 0);
	is_name(&only_end, ".gz1");
}
END_TEST

static void is_ring(unsigned int files, const char *first, const char *second,
		    const char *last)
{
	struct capture_rotate r = {
		.name = "x", .bytes = 1000, .files = files,
	};
	unsigned int i;

	is_name(&r, first);
	fill(&r, 0);
	is_name(&r, second);
	for (i = 2; i < files; i++)
		fill(&r, 0);
	is_name(&r, last);
	if (files > 1)
		fill(&r, 0);
	is_name(&r, first);
}

START_TEST(rings)
{
	is_ring(1, "x", "x", "x");
	is_ring(2, "x0", "x1", "x1");
	is_ring(10, "x0", "x1", "x9");
	is_ring(11, "x00", "x01", "x10");
	is_ring(1000, "x000", "x001", "x999");
	is_ring(1001, "x0000", "x0001", "x1000");
}
END_TEST

START_TEST(by_time)
{
	struct capture_rotate r = {
		.name = "x-%H%M%S", .seconds = 60, .since = 3600,
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	is_name(&r, "x-010000");
	ck_assert_int_eq(capture_rotate_step(&r, 3659, &empty),
			 CAPTURE_ROTATE_STAY);
	ck_assert_int_eq(capture_rotate_step(&r, 3665, &empty),
			 CAPTURE_ROTATE_NEXT);
	is_name(&r, "x-010105");
	/* From then on, not from the full minute. */
	ck_assert_int_eq(capture_rotate_step(&r, 3724, &empty),
			 CAPTURE_ROTATE_STAY);
	ck_assert_int_eq(capture_rotate_step(&r, 3725, &empty),
			 CAPTURE_ROTATE_NEXT);
	is_name(&r, "x-010205");
	/* A clock that was set back waits until it is there again. */
	ck_assert_int_eq(capture_rotate_step(&r, 0, &empty),
			 CAPTURE_ROTATE_STAY);
}
END_TEST

START_TEST(some_periods)
{
	struct capture_rotate r = { .name = "x", .seconds = 1, .files = 3 };

	ck_assert_int_eq(capture_rotate_step(&r, 1, &empty),
			 CAPTURE_ROTATE_NEXT);
	is_name(&r, "x");
	ck_assert_int_eq(capture_rotate_step(&r, 2, &empty),
			 CAPTURE_ROTATE_NEXT);
	ck_assert_int_eq(capture_rotate_step(&r, 3, &empty),
			 CAPTURE_ROTATE_DONE);
}
END_TEST

/* Numbers begin anew in each period, and -W makes them a ring. */
START_TEST(by_both)
{
	struct capture_rotate r = {
		.name = "%S-", .seconds = 10, .bytes = 5000, .files = 2,
	};
	int period;

	setenv("TZ", "UTC0", 1);
	tzset();
	for (period = 0; period < 5; period++) {
		r.seconds = 10;
		is_name(&r, ((const char *[]){ "00-0", "10-0", "20-0", "30-0",
					       "40-0" })[period]);
		fill(&r, 10 * period + 9);
		is_name(&r, ((const char *[]){ "00-1", "10-1", "20-1", "30-1",
					       "40-1" })[period]);
		ck_assert_int_eq(capture_rotate_step(&r, 10 * period + 10,
						     &empty),
				 CAPTURE_ROTATE_NEXT);
	}
}
END_TEST

START_TEST(by_packets)
{
	struct sfam_capture_written written = { .packets = 9 };
	struct capture_rotate r = { .name = "x", .packets = 10 };

	ck_assert_int_eq(capture_rotate_step(&r, 0, &written),
			 CAPTURE_ROTATE_STAY);
	written.packets = 10;
	ck_assert_int_eq(capture_rotate_step(&r, 0, &written),
			 CAPTURE_ROTATE_NEXT);
	is_name(&r, "x1");
}
END_TEST

/* Room for all records up to the one that goes over the limit. */
START_TEST(room)
{
	const struct sfam_capture_interface eth = { .link_type = 1 };
	struct capture_rotate r = { .name = "x" };
	struct sfam_capture_record records[100];
	struct sfam_capture_writer *w;
	struct sfam_capture_written written;
	int fd = memfd_create("rotate", MFD_CLOEXEC);
	size_t i;

	for (i = 0; i < 100; i++)
		records[i] = (struct sfam_capture_record){
			.data = "0123", .len = 4,
		};
	ck_assert_ok(sfam_capture_writer_new(&w, fd, SFAM_CAPTURE_PCAP, NULL));
	ck_assert_int_eq(sfam_capture_add_interface(w, &eth), 0);
	ck_assert_uint_eq(capture_rotate_room(&r, w, records, 100), 100);
	r.packets = 30;
	ck_assert_uint_eq(capture_rotate_room(&r, w, records, 100), 30);
	r.bytes = 24 + 200;	/* 10 packets are as many */
	ck_assert_uint_eq(capture_rotate_room(&r, w, records, 100), 11);
	ck_assert_uint_eq(capture_rotate_room(&r, w, records, 11), 11);
	ck_assert_uint_eq(capture_rotate_room(&r, w, records, 10), 10);
	ck_assert_uint_eq(capture_rotate_room(&r, w, records, 0), 0);
	r.bytes--;
	ck_assert_uint_eq(capture_rotate_room(&r, w, records, 100), 10);
	r.bytes = 1;		/* never none, or nobody would get on */
	ck_assert_uint_eq(capture_rotate_room(&r, w, records, 100), 1);
	r.bytes = 0;
	ck_assert_ok(sfam_capture_write(w, records, 25));
	ck_assert_uint_eq(capture_rotate_room(&r, w, records, 100), 5);
	sfam_capture_written(w, &written);
	ck_assert_int_eq(capture_rotate_step(&r, 0, &written),
			 CAPTURE_ROTATE_STAY);
	sfam_capture_writer_free(w);
	close(fd);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ one_file, NULL },
		{ by_size, NULL },
		{ compressed, NULL },
		{ rings, NULL },
		{ by_time, NULL },
		{ some_periods, NULL },
		{ by_both, NULL },
		{ by_packets, NULL },
		{ room, NULL },
	};

	return harness_run("capture-rotate", tests, HARNESS_LEN(tests));
}
