/* SPDX-License-Identifier: MIT */
/* What the tests of CAN_BCM sockets share. Included once by each. */
#ifndef SFAM_TEST_CAN_BCM_H
#define SFAM_TEST_CAN_BCM_H

#include <linux/can/bcm.h>
#include <stdio.h>

#include "test-can-vcan.h"

/* A safety limit, not a measure. */
#define FAR_NS (300000 * MS)
#define HOUR_NS (3600000 * MS)

/* Frames and what points to them. */
struct frames {
	union frame at[1 + SFAM_BCM_FRAMES_MAX];
	struct iovec iov[1 + SFAM_BCM_FRAMES_MAX];
	size_t n;
};

static inline void frames_add(struct frames *f, const char *text)
{
	f->iov[f->n].iov_len = frame_of(&f->at[f->n], text);
	f->n++;
}

/* What points to them, where they are now. */
static inline struct iovec *iov_of(struct frames *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		f->iov[i].iov_base = &f->at[i];
	return f->iov;
}

/* Text with blanks between the frames. */
static inline struct frames frames_of(const char *texts)
{
	struct frames f = { .n = 0 };
	char copy[256], *p;

	strcpy(copy, texts);
	for (p = strtok(copy, " "); p; p = strtok(NULL, " "))
		frames_add(&f, p);
	return f;
}

static inline int bcm_open(const char *ifname)
{
	char text[32] = "can-bcm:";
	int fd;

	strcat(text, ifname);
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_CONNECT, NULL, NULL);
	ck_assert_ok(fd);
	return fd;
}

static inline struct sfam_bcm_task task_of(uint32_t id, struct frames *f)
{
	struct sfam_bcm_task t = SFAM_BCM_TASK_INIT;

	t.id = id;
	t.frames = iov_of(f);
	t.n = f->n;
	if (f->n && f->iov[0].iov_len == CANFD_MTU)
		t.flags = SFAM_BCM_FD;
	return t;
}

/* The event that is there, or the next one to come. */
static inline struct sfam_bcm_event next_event(int fd)
{
	static uint32_t buf[SFAM_BCM_BUF_SIZE / 4];
	struct sfam_bcm_event e;

	ck_assert_ok(sfam_bcm_recv(fd, &e, buf, sizeof(buf), FAR_NS));
	return e;
}

static inline void expect_no_event(int fd)
{
	uint32_t buf[CANFD_MTU / 4];
	struct sfam_bcm_event e;

	ck_assert_err(sfam_bcm_recv(fd, &e, buf, sizeof(buf), 0), ETIMEDOUT);
}

static inline void expect_event(int fd, enum sfam_bcm_kind kind, uint32_t id)
{
	struct sfam_bcm_event e = next_event(fd);

	ck_assert_int_eq(e.kind, kind);
	ck_assert_uint_eq(e.id, id);
}

/* The next frame that comes is this. */
static inline void await_text(int fd, struct sfam_can_receiver *r,
			      const char *expected)
{
	char text[SFAM_CAN_TEXT_STRLEN] = "";
	const struct sfam_can_record *rec;

	ck_assert_int_eq(sfam_can_receive(fd, r, &rec, FAR_NS), 1);
	ck_assert_ok(sfam_can_text_format(text, sizeof(text), rec->frame,
					  rec->size));
	ck_assert_str_eq(text, expected);
}

#endif
