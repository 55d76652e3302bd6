/* SPDX-License-Identifier: MIT */
/* What the tests of CAN_RAW sockets share. Included once by each. */
#ifndef SFAM_TEST_CAN_VCAN_H
#define SFAM_TEST_CAN_VCAN_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

#define MS INT64_C(1000000)

union frame {
	uint32_t id;
	uint8_t at[SFAM_CANXL_MTU];
};

static inline int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* A socket bound to an interface, "" for all. */
static inline int can_open(const char *ifname)
{
	char text[32] = "can:";
	int fd;

	strcat(text, ifname);
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, NULL, NULL);
	ck_assert_ok(fd);
	return fd;
}

static inline struct sfam_can_receiver *receiver_new(size_t n, uint32_t flags)
{
	struct sfam_can_receiver *r = sfam_can_receiver_new(n, flags);

	ck_assert_ptr_nonnull(r);
	return r;
}

static inline size_t frame_of(union frame *f, const char *text)
{
	ssize_t r = sfam_can_text_parse(f, sizeof(*f), text, strlen(text), 0,
					NULL);

	ck_assert_ok(r);
	return (size_t)r;
}

/* The frame has reached all sockets when this returns. */
static inline ssize_t send_text(int fd, const char *text)
{
	union frame f;
	struct iovec iov = { &f, frame_of(&f, text) };
	ssize_t r = sfam_can_send(fd, &iov, 1, NULL, 0);

	settle();
	return r;
}

#define NUMBERED_MAX 1024

/*
 * Sends n frames, each with a number from first on as its data. As send,
 * returns how many went; they have reached all sockets.
 */
static inline ssize_t send_numbers(int fd, uint32_t first, size_t n,
				   const struct sfam_addr *to,
				   int64_t timeout_ns)
{
	static struct can_frame frames[NUMBERED_MAX];
	static struct iovec iovs[NUMBERED_MAX];
	uint32_t number;
	ssize_t r;
	size_t i;

	ck_assert_uint_le(n, NUMBERED_MAX);
	for (i = 0; i < n; i++) {
		number = first + (uint32_t)i;
		frames[i].can_id = 0x123;
		frames[i].len = sizeof(number);
		memcpy(frames[i].data, &number, sizeof(number));
		iovs[i].iov_base = &frames[i];
		iovs[i].iov_len = CAN_MTU;
	}
	r = sfam_can_send(fd, iovs, n, to, timeout_ns);
	settle();
	return r;
}

static inline uint32_t number_of(const struct sfam_can_record *rec)
{
	struct sfam_can_fields f;
	uint32_t number;

	ck_assert_ok(sfam_can_unpack(&f, rec->frame, rec->size));
	ck_assert_uint_eq(f.id, 0x123);
	ck_assert_uint_eq(f.len, sizeof(number));
	memcpy(&number, f.data, sizeof(number));
	return number;
}

/* The next frame is this; NULL: there is none. */
static inline void expect_text(int fd, struct sfam_can_receiver *r,
			       const char *expected)
{
	char text[SFAM_CAN_TEXT_STRLEN] = "";
	const struct sfam_can_record *rec;
	ssize_t n = sfam_can_receive(fd, r, &rec, 0);

	if (!expected) {
		ck_assert_err(n, ETIMEDOUT);
		return;
	}
	ck_assert_int_eq(n, 1);
	ck_assert_ok(sfam_can_text_format(text, sizeof(text), rec->frame,
					  rec->size));
	ck_assert_str_eq(text, expected);
}

#endif
