/* SPDX-License-Identifier: MIT */
/*
 * What the tests of J1939 sockets share. Included once by each.
 *
 * The kernel has limits of time of its own: 1250 ms for an answer of the
 * transport protocols, 1000 ms for the echo of a frame. All that is done
 * within them is done by the kernel itself, in softirq, so that a slow
 * process does no harm; but a machine that stands still for so long in the
 * middle of a transfer breaks it: with EHOSTUNREACH, or ETIME for a message
 * of one frame. Only for these two is a transfer begun anew.
 */
#ifndef SFAM_TEST_CAN_J1939_H
#define SFAM_TEST_CAN_J1939_H

#include <stdio.h>

#include "test-can-vcan.h"

/* A safety limit, not a measure. */
#define FAR_NS (300000 * MS)

#define EVENTS_ALL (SFAM_J1939_OPT_TX_EVENTS | SFAM_J1939_OPT_RX_EVENTS)

/* "vcan0,addr=0x80" */
static inline struct sfam_addr j1939_addr(const char *body)
{
	struct sfam_addr addr;
	char text[80];

	snprintf(text, sizeof(text), "can-j1939:%s", body);
	ck_assert_ok(sfam_addr_parse(&addr, text, strlen(text), NULL));
	return addr;
}

static inline int j1939_open(const char *body, uint32_t options)
{
	struct sfam_addr addr = j1939_addr(body);
	int fd = sfam_open(&addr, SFAM_OPEN_BIND, NULL);

	ck_assert_ok(fd);
	ck_assert_ok(sfam_j1939_set_options(fd, options, 0));
	return fd;
}

static inline int was_slow(int error)
{
	return error == -EHOSTUNREACH || error == -ETIME;
}

/* How the last message ended; others count as progress. */
static inline struct sfam_j1939_event tx_end(int fd)
{
	struct sfam_j1939_event e;

	do
		ck_assert_ok(sfam_j1939_recv(fd, &e, NULL, 0, FAR_NS));
	while (e.kind != SFAM_J1939_TX_DONE && e.kind != SFAM_J1939_TX_ABORT);
	return e;
}

static inline void expect_nothing(int fd)
{
	struct sfam_j1939_event e;
	char buf[8];

	ck_assert_err(sfam_j1939_recv(fd, &e, buf, sizeof(buf), 0), ETIMEDOUT);
}

/* Sends it, and again if the machine was slow; its end. */
static inline struct sfam_j1939_event send_whole(int fd, const void *buf,
						 size_t len, const char *to)
{
	struct sfam_addr addr = j1939_addr(to);
	struct sfam_j1939_event e;

	do {
		ck_assert_ok(sfam_j1939_send(fd, buf, len, &addr, FAR_NS));
		e = tx_end(fd);
	} while (e.kind == SFAM_J1939_TX_ABORT && was_slow(e.error));
	ck_assert_int_eq(e.kind, SFAM_J1939_TX_DONE);
	return e;
}

#endif
