/* SPDX-License-Identifier: MIT */
/*
 * One test program: a table of check(3) tests and what each needs.
 *
 * A need is tried, never derived from a version: a family's scheme (probed
 * by socket(2)) or one of needs.c's words: "netns" (own user and network
 * namespace), "vcan" (vcan0 up in it, MTU 72), "vcanxl" (the same, MTU
 * 2060), "can-bus" (controllers can0 and can1), "canfd-bus" (CAN FD ones,
 * can2 and can3), "vsock-loopback", "root", "vm". check has no skip, so a
 * test whose need is not met is not run but listed and counted. With
 * SFAM_REQUIRE=all in the environment, as in the VM, an unmet need is a
 * failure instead.
 *
 * Each test runs in its own process and, with "netns" or "vcan", in its
 * own namespaces. A test that ends with more open descriptors than it
 * began with has failed.
 */
#ifndef SFAM_TEST_HARNESS_H
#define SFAM_TEST_HARNESS_H

#include <check.h>
#include <stdint.h>

struct harness_test {
	const TTest *test;	/* what START_TEST(name) made: name */
	const char *needs;	/* words with blanks between, or NULL */
};

#define HARNESS_LEN(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Runs the table. Prints SKIP lines, failures, and as the last line
 * "NAME: N passed, N failed, N skipped". Returns main's exit status.
 */
int harness_run(const char *name, const struct harness_test *tests, size_t n);

/* 1 if the word is met here. *ret_why (static) says what would supply it. */
int need_met(const char *word, const char **ret_why);

/* Fixtures, also for use inside tests. They end the test on failure. */
void netns_enter(void);			/* new user and network namespace */
void link_add(const char *name, const char *kind, unsigned int mtu); /* up */
/* A pair of veth, both up. */
void link_add_pair(const char *name, const char *peer);
void link_del(const char *name);
void link_set_up(const char *name, int up);

/*
 * From now on this process, and its children, are on one CPU: what packets
 * they send over virtual links the kernel takes in that order.
 */
void stay_on_cpu(void);
/*
 * Everything sent so far on this one CPU has been received: the kernel may
 * leave that to a thread of its own when it is busy (ksoftirqd), so neither
 * is there what was sent, nor has gone by what nobody wanted. A datagram on
 * lo, which must be up, is queued behind them all (netif_rx() of
 * net/core/dev.c).
 */
void settle(void);

/* How many descriptors this process has open. */
int open_fds(void);

/*
 * A random number generator with a known seed: SFAM_SEED, or always the same,
 * so that a run's outcome is no chance.
 */
uint64_t test_seed(void);		/* prints it once */
uint64_t test_random(uint64_t *state);	/* splitmix64 */

/* For loops: of each of its own assertions check tells its parent. */
#define expect_msg(expr, ...) do {					\
	if (!(expr))							\
		ck_abort_msg(__VA_ARGS__);				\
} while (0)
#define expect_that(expr) expect_msg(expr, "%s", #expr)

/* ret is an error (negative), and this one. */
#define ck_assert_err(expr, code) ck_assert_int_eq((int)(expr), -(code))
/* It succeeded; shows the error name otherwise. */
#define ck_assert_ok(expr) do {						\
	long ok_result = (long)(expr);					\
	ck_assert_msg(ok_result >= 0, "%s: %ld (%s)", #expr, ok_result,	\
		      ok_result < 0 ? strerror((int)-ok_result) : "");	\
} while (0)

#endif
