/* SPDX-License-Identifier: MIT */
/*
 * States of a controller, bus-off and restarts. The emulated ones never have
 * errors, so this one is an slcan: the line discipline of a terminal whose
 * other end, us, says "sb256256" for bus-off. It lives in the first
 * namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pty.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/can/netlink.h>
#include <linux/tty.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"

struct slcan {
	int tty;		/* the adapter's end */
	int line;		/* the kernel's */
	pid_t reader;
	char name[16];
};

static struct sfam_link_event event;

static void next(struct sfam_link_watch *watch, const char *name)
{
	do
		ck_assert_ok(sfam_link_watch_next(watch, &event,
						  SFAM_FOREVER));
	while (strcmp(event.link.name, name) != 0);
}

/* The driver waits until its commands are read; they do not matter here. */
static void read_commands(struct slcan *s)
{
	char buf[64];

	s->reader = fork();
	ck_assert_int_ge(s->reader, 0);
	if (s->reader)
		return;
	close(s->line);
	while (read(s->tty, buf, sizeof(buf)) > 0)
		;
	_exit(0);
}

/* The one that has come since the watch began. */
static void learn_name(struct sfam_link_watch *watch, struct slcan *s)
{
	do
		ck_assert_ok(sfam_link_watch_next(watch, &event,
						  SFAM_FOREVER));
	while (event.change != SFAM_LINK_ADDED);
	memcpy(s->name, event.link.name, sizeof(s->name));
}

static struct sfam_link_watch *plug_in(struct slcan *s)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	const int discipline = N_SLCAN;
	struct sfam_link_watch *watch;
	struct termios raw;

	ck_assert_ok(sfam_link_watch_new(&watch, 0));
	memset(&raw, 0, sizeof(raw));
	cfmakeraw(&raw);
	ck_assert_int_eq(openpty(&s->tty, &s->line, NULL, &raw, NULL), 0);
	ck_assert_int_eq(ioctl(s->line, TIOCSETD, &discipline), 0);
	read_commands(s);
	learn_name(watch, s);
	config.timing.bitrate = 500000;
	config.flags = SFAM_CAN_CONFIG_UP;
	ck_assert_ok(sfam_can_configure(s->name, &config, NULL));
	do
		next(watch, s->name);
	while (event.change != SFAM_LINK_RUNNING);
	ck_assert_uint_eq(event.link.can_state, CAN_STATE_ERROR_ACTIVE);
	return watch;
}

static void unplug(struct slcan *s)
{
	close(s->line);
	ck_assert_int_eq(waitpid(s->reader, NULL, 0), s->reader);
	close(s->tty);
}

static void say(const struct slcan *s, const char *text)
{
	ck_assert_int_eq(write(s->tty, text, strlen(text)),
			 (ssize_t)strlen(text));
}

static void expect_state(struct sfam_link_watch *watch, const char *name,
			 enum sfam_link_change change, uint32_t state,
			 uint32_t old_state)
{
	next(watch, name);
	ck_assert_str_eq(sfam_link_change_name(event.change),
			 sfam_link_change_name(change));
	ck_assert_uint_eq(event.state, state);
	ck_assert_uint_eq(event.old_state, old_state);
	ck_assert_uint_eq(event.times, 1);
}

/* One after the other, each told at once. */
START_TEST(states)
{
	struct slcan s;
	struct sfam_link_watch *watch = plug_in(&s);

	say(&s, "sw100020\r");
	expect_state(watch, s.name, SFAM_LINK_CAN_STATE,
		     CAN_STATE_ERROR_WARNING, CAN_STATE_ERROR_ACTIVE);
	say(&s, "sp130130\r");
	expect_state(watch, s.name, SFAM_LINK_CAN_STATE,
		     CAN_STATE_ERROR_PASSIVE, CAN_STATE_ERROR_WARNING);
	say(&s, "sa000000\r");
	expect_state(watch, s.name, SFAM_LINK_CAN_STATE,
		     CAN_STATE_ERROR_ACTIVE, CAN_STATE_ERROR_PASSIVE);
	ck_assert_uint_eq(event.link.can_state, CAN_STATE_ERROR_ACTIVE);
	say(&s, "sb256256\r");
	expect_state(watch, s.name, SFAM_LINK_BUS_OFF, CAN_STATE_BUS_OFF,
		     CAN_STATE_ERROR_ACTIVE);
	/* The carrier goes with it; the kernel may take a second to say so. */
	next(watch, s.name);
	ck_assert_int_eq(event.change, SFAM_LINK_NO_CARRIER);
	unplug(&s);
	do
		next(watch, s.name);
	while (event.change != SFAM_LINK_GONE);
	sfam_link_watch_free(watch);
}
END_TEST

/* All at once: what was passed through is known by the counters. */
START_TEST(faster_than_the_reader)
{
	struct slcan s;
	struct sfam_link_watch *watch = plug_in(&s);

	say(&s, "sw100020\rsp130130\rsb256256\r");
	ck_assert_ok(sfam_can_wait_state(s.name, 1u << CAN_STATE_BUS_OFF, NULL,
					 SFAM_FOREVER, NULL));
	expect_state(watch, s.name, SFAM_LINK_CAN_STATE,
		     CAN_STATE_ERROR_WARNING, CAN_STATE_ERROR_ACTIVE);
	expect_state(watch, s.name, SFAM_LINK_CAN_STATE,
		     CAN_STATE_ERROR_PASSIVE, CAN_STATE_ERROR_WARNING);
	expect_state(watch, s.name, SFAM_LINK_BUS_OFF, CAN_STATE_BUS_OFF,
		     CAN_STATE_ERROR_PASSIVE);
	sfam_link_watch_free(watch);
	unplug(&s);
}
END_TEST

START_TEST(wait_for_a_state)
{
	struct slcan s;
	struct sfam_link_watch *watch = plug_in(&s);
	struct sfam_ctl_diag diag;
	uint32_t state = 77;
	int status;
	pid_t pid;

	sfam_link_watch_free(watch);
	ck_assert_err(sfam_can_wait_state(s.name, 1u << CAN_STATE_BUS_OFF,
					  &state, 1000000, &diag), ETIMEDOUT);
	ck_assert_uint_eq(state, 77);
	pid = fork();
	if (pid == 0) {
		usleep(20000);
		_exit(write(s.tty, "sb256256\r", 9) != 9);
	}
	ck_assert_ok(sfam_can_wait_state(s.name, 1u << CAN_STATE_BUS_OFF |
					 1u << CAN_STATE_SLEEPING, &state,
					 SFAM_FOREVER, &diag));
	ck_assert_uint_eq(state, CAN_STATE_BUS_OFF);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	unplug(&s);
	ck_assert_err(sfam_can_wait_state(s.name, ~0u, &state, 0, &diag),
		      ENODEV);
	ck_assert_err(sfam_can_wait_state("lo", ~0u, &state, 0, &diag),
		      EOPNOTSUPP);
}
END_TEST

/* Bus-off, and only then anything else; the watch sees the shortest. */
static void go_bus_off(const struct slcan *s, struct sfam_link_watch *watch)
{
	say(s, "sb256256\r");
	do
		next(watch, s->name);
	while (event.change != SFAM_LINK_BUS_OFF);
}

/* Three times, each time as soon as it runs again. */
static void fail_often(const struct slcan *s)
{
	struct sfam_link_watch *watch;
	int i;

	ck_assert_ok(sfam_link_watch_new(&watch, 0));
	for (i = 0; i < 3; i++) {
		ck_assert_ok(sfam_can_wait_state(s->name,
				1u << CAN_STATE_ERROR_ACTIVE, NULL,
				SFAM_FOREVER, NULL));
		go_bus_off(s, watch);
	}
	sfam_link_watch_free(watch);
	_exit(0);
}

/* This driver has no restart: down and up. */
START_TEST(keep_running)
{
	struct sfam_can_restarts policy = SFAM_CAN_RESTARTS_INIT;
	struct slcan s;
	struct sfam_link_watch *watch = plug_in(&s);
	struct sfam_ctl_diag diag = { "" };
	uint32_t restarts = 77;
	int status;
	pid_t pid;

	sfam_link_watch_free(watch);
	ck_assert_err(sfam_can_keep_running(s.name, NULL, &restarts, 1000000,
					    &diag), ETIMEDOUT);
	ck_assert_uint_eq(restarts, 0);
	policy.limit = 2;
	policy.delay_ns = 1000000;
	pid = fork();
	if (pid == 0)
		fail_often(&s);
	ck_assert_err(sfam_can_keep_running(s.name, &policy, &restarts,
					    SFAM_FOREVER, &diag), ENETDOWN);
	ck_assert_ptr_nonnull(strstr(diag.words, "after 2 restarts"));
	ck_assert_uint_eq(restarts, 2);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_err(sfam_can_restart(s.name, &diag), EOPNOTSUPP);
	ck_assert_uint_gt(strlen(diag.words), 0);
	unplug(&s);
}
END_TEST

START_TEST(not_a_policy)
{
	struct sfam_can_restarts policy = SFAM_CAN_RESTARTS_INIT;

	policy.size++;
	ck_assert_err(sfam_can_keep_running("lo", &policy, NULL, 0, NULL),
		      E2BIG);
	policy.size -= 2;
	ck_assert_err(sfam_can_keep_running("lo", &policy, NULL, 0, NULL),
		      EINVAL);
	policy.size++;
	policy.delay_max_ns = policy.delay_ns - 1;
	ck_assert_err(sfam_can_keep_running("lo", &policy, NULL, 0, NULL),
		      EINVAL);
	ck_assert_err(sfam_can_keep_running("lo", NULL, NULL, 0, NULL),
		      EOPNOTSUPP);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ states, "vm root" },
		{ faster_than_the_reader, "vm root" },
		{ wait_for_a_state, "vm root" },
		{ keep_running, "vm root" },
		{ not_a_policy, NULL },
	};

	return harness_run("can-watch", tests, HARNESS_LEN(tests));
}
