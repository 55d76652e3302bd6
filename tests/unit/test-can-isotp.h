/* SPDX-License-Identifier: MIT */
/* What the tests of CAN_ISOTP sockets share. Included once by each. */
#ifndef SFAM_TEST_CAN_ISOTP_H
#define SFAM_TEST_CAN_ISOTP_H

#include <stdio.h>

#include "test-can-vcan.h"

/* A safety limit, not a measure. */
#define FAR_NS (300000 * MS)

#define PDU_MAX 70000

/* What is sent, from its begin. */
static const uint8_t bytes[64] = {
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
	21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
};

static inline struct sfam_addr isotp_addr(const char *ifname, const char *rx,
					  const char *tx)
{
	struct sfam_addr addr;
	char text[64];

	snprintf(text, sizeof(text), "can-isotp:%s,rx=%s,tx=%s", ifname, rx,
		 tx);
	ck_assert_ok(sfam_addr_parse(&addr, text, strlen(text), NULL));
	return addr;
}

/* Sends 123, receives 321; the other way round if it is the other side. */
static inline int isotp_open(const char *ifname, int is_other,
			     const struct sfam_isotp_opts *opts)
{
	const struct sfam_addr addr =
		is_other ? isotp_addr(ifname, "123", "321") :
			   isotp_addr(ifname, "321", "123");
	int fd = sfam_isotp_open(&addr, opts);

	ck_assert_ok(fd);
	return fd;
}

/* Nothing in the kernel waits for a timer between frames of a PDU. */
static inline struct sfam_isotp_opts at_once(uint32_t flags)
{
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;

	o.flags = flags;
	o.frame_ns = 0;
	return o;
}

static inline void fill(uint8_t *buf, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf[i] = (uint8_t)(i + 1);
}

/*
 * The kernel gives a second (two for an echo) for each step of a transfer,
 * and nobody can ask it for more: on a machine that was slower than that the
 * test does it again.
 */
static inline int was_late(ssize_t r)
{
	return r == -ECOMM || r == -ETIME;
}

/* A PDU of n bytes from one socket, with SFAM_ISOTP_WAIT_SENT, to another. */
static inline void transfer(int tx, int rx, size_t n)
{
	static uint8_t sent[PDU_MAX], got[PDU_MAX];
	ssize_t r;

	fill(sent, n);
	do {
		while (sfam_isotp_recv(rx, got, sizeof(got), 0) !=
		       -ETIMEDOUT)
			;	/* what a late one left */
		r = sfam_isotp_send(tx, sent, n, FAR_NS);
		if (r == 0)
			r = sfam_isotp_recv(rx, got, sizeof(got), FAR_NS);
	} while (was_late(r));
	ck_assert_msg(r == (ssize_t)n, "%zu bytes: %zd", n, r);
	ck_assert(memcmp(sent, got, n) == 0);
}

struct wire {
	int raw;
	struct sfam_can_receiver *receiver;
};

static inline struct wire wire_open(void)
{
	struct wire w;

	stay_on_cpu();
	w.raw = can_open("vcan0");
	ck_assert_ok(sfam_can_set_options(w.raw, SFAM_CAN_OPT_FD |
					  SFAM_CAN_OPT_TIME, 0));
	w.receiver = receiver_new(1, 0);
	return w;
}

static inline void wire_close(struct wire *w)
{
	sfam_can_receiver_free(w->receiver);
	close(w->raw);
}

static inline void wire_send(struct wire *w, const char *text)
{
	ck_assert_int_eq(send_text(w->raw, text), 1);
}

static inline void wire_expect(struct wire *w, const char *text)
{
	expect_text(w->raw, w->receiver, text);
}

/*
 * The next frame on the wire, which the kernel sends by itself if fd's
 * transfer was not late: then 0.
 */
static inline int wire_await(struct wire *w, int fd, char *text,
			     int64_t *ret_ns)
{
	const struct sfam_can_record *rec;
	uint8_t buf[8];
	ssize_t n;

	do {
		n = sfam_can_receive(w->raw, w->receiver, &rec, 10 * MS);
		if (n == 1)
			break;
		ck_assert_err(n, ETIMEDOUT);
		n = sfam_isotp_recv(fd, buf, sizeof(buf), 0);
		if (was_late(n))
			return 0;
		ck_assert_err(n, ETIMEDOUT);
	} while (1);
	ck_assert_ok(sfam_can_text_format(text, SFAM_CAN_TEXT_STRLEN,
					  rec->frame, rec->size));
	if (ret_ns)
		*ret_ns = rec->time_ns;
	return 1;
}

/* An answer that ends the transfer, which close(2) would wait for. */
#define END_IT "321#320000"

static inline void wire_drain(struct wire *w)
{
	const struct sfam_can_record *rec;

	settle();
	settle();
	while (sfam_can_receive(w->raw, w->receiver, &rec, 0) == 1)
		;
}

#endif
