/* SPDX-License-Identifier: MIT */
/* What happens to links, event by event; and when there is too much of it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"

#define TOGGLES 500
#define FEW 50

static struct sfam_link_event event;

/* The next one, about that link. Events of others do not count. */
static void expect(struct sfam_link_watch *watch, const char *name,
		   enum sfam_link_change change)
{
	do
		ck_assert_ok(sfam_link_watch_next(watch, &event,
						  SFAM_FOREVER));
	while (strcmp(event.link.name, name) != 0);
	ck_assert_msg(event.change == change, "%s: %s, not %s", name,
		      sfam_link_change_name(event.change),
		      sfam_link_change_name(change));
}

static void expect_no_more(struct sfam_link_watch *watch, const char *name)
{
	int r;

	while ((r = sfam_link_watch_next(watch, &event, 0)) == 0)
		ck_assert_msg(strcmp(event.link.name, name) != 0, "%s: %s",
			      name, sfam_link_change_name(event.change));
	ck_assert_int_eq(r, -ETIMEDOUT);
}

/* Of a pair: this host may have no dummy. The peer stays down. */
static void add(const char *name)
{
	char peer[SFAM_INTERFACE_NAME_SIZE];

	snprintf(peer, sizeof(peer), "p-%s", name);
	ck_assert_ok(sfam_link_add(name, "veth", peer, 0, NULL));
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static struct sfam_link_watch *begin(size_t receive_bytes)
{
	struct sfam_link_watch *watch;
	int r;

	ck_assert_ok(sfam_link_watch_new(&watch, receive_bytes));
	while ((r = sfam_link_watch_next(watch, &event, 0)) == 0)
		ck_assert_int_eq(event.change, SFAM_LINK_PRESENT);
	ck_assert_int_eq(r, -ETIMEDOUT);
	return watch;
}

static int is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

START_TEST(life_of_a_link)
{
	struct sfam_link_watch *watch;

	ck_assert_ok(sfam_link_add("a0", "veth", "a1", 0, NULL));
	ck_assert_ok(sfam_link_watch_new(&watch, 0));
	expect(watch, "lo", SFAM_LINK_PRESENT);
	expect(watch, "a1", SFAM_LINK_PRESENT);
	expect(watch, "a0", SFAM_LINK_PRESENT);
	expect_no_more(watch, "a0");
	ck_assert(!is_readable(sfam_link_watch_fd(watch)));
	ck_assert_ok(sfam_link_up("a0", NULL));
	ck_assert(is_readable(sfam_link_watch_fd(watch)));
	expect(watch, "a0", SFAM_LINK_UP);
	ck_assert(!sfam_link_is_running(&event.link));
	ck_assert_ok(sfam_link_up("a1", NULL));
	expect(watch, "a1", SFAM_LINK_UP);
	ck_assert_ok(sfam_link_wait_running("a0", SFAM_FOREVER, NULL));
	ck_assert_ok(sfam_link_wait_running("a1", SFAM_FOREVER, NULL));
	ck_assert_ok(sfam_link_down("a1", NULL));
	do
		ck_assert_ok(sfam_link_watch_next(watch, &event,
						  SFAM_FOREVER));
	while (event.change != SFAM_LINK_NO_CARRIER);
	ck_assert_str_eq(event.link.name, "a0");
	ck_assert_ok(sfam_link_delete("a0", NULL));
	do
		ck_assert_ok(sfam_link_watch_next(watch, &event,
						  SFAM_FOREVER));
	while (event.change != SFAM_LINK_GONE);
	ck_assert_ptr_null(sfam_link_watch_free(watch));
}
END_TEST

START_TEST(settings)
{
	struct sfam_link_watch *watch = begin(0);

	add("d0");
	expect(watch, "d0", SFAM_LINK_ADDED);
	ck_assert_str_eq(event.link.kind, "veth");
	ck_assert_ok(sfam_link_set_mtu("d0", 1234, NULL));
	expect(watch, "d0", SFAM_LINK_CHANGED);
	ck_assert_uint_eq(event.link.mtu, 1234);
	ck_assert_ok(sfam_link_set_tx_queue("d0", 7, NULL));
	expect(watch, "d0", SFAM_LINK_CHANGED);
	ck_assert_uint_eq(event.link.tx_queue, 7);
	ck_assert_ok(sfam_link_rename("d0", "e0", NULL));
	expect(watch, "e0", SFAM_LINK_RENAMED);
	ck_assert_str_eq(event.old_name, "d0");
	expect_no_more(watch, "e0");
	ck_assert_ok(sfam_link_delete("e0", NULL));
	expect(watch, "e0", SFAM_LINK_GONE);
	expect_no_more(watch, "e0");
	sfam_link_watch_free(watch);
}
END_TEST

static int here(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(moved_away_and_back)
{
	struct sfam_link_watch *watch = begin(0);
	int first = here(), second;

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	second = here();
	ck_assert_int_eq(setns(first, CLONE_NEWNET), 0);
	add("d0");
	expect(watch, "d0", SFAM_LINK_ADDED);
	ck_assert_ok(sfam_link_move_to_netns("d0", second, NULL));
	expect(watch, "d0", SFAM_LINK_MOVED);
	expect_no_more(watch, "d0");
	ck_assert_int_eq(setns(second, CLONE_NEWNET), 0);
	ck_assert_ok(sfam_link_move_to_netns("d0", first, NULL));
	expect(watch, "d0", SFAM_LINK_ADDED);
	sfam_link_watch_free(watch);
	close(first);
	close(second);
}
END_TEST

/* Read after each change: no buffer is too small for that. */
START_TEST(up_and_down)
{
	struct sfam_link_watch *watch = begin(0);
	int i;

	add("d0");
	expect(watch, "d0", SFAM_LINK_ADDED);
	for (i = 0; i < FEW; i++) {
		ck_assert_ok(sfam_link_up("d0", NULL));
		expect(watch, "d0", SFAM_LINK_UP);
		ck_assert_ok(sfam_link_down("d0", NULL));
		expect(watch, "d0", SFAM_LINK_DOWN);
		expect_no_more(watch, "d0");
	}
	sfam_link_watch_free(watch);
}
END_TEST

static void toggle(int times)
{
	int i;

	for (i = 0; i < times; i++)
		if (sfam_link_up("d0", NULL) < 0 ||
		    sfam_link_down("d0", NULL) < 0)
			_exit(1);
	if (sfam_link_delete("d0", NULL) < 0)
		_exit(1);
	_exit(0);
}

/*
 * Up and down take turns until d0 is gone, be it before its peer or after,
 * and what is lost is said. Returns the ups.
 */
static int follow(struct sfam_link_watch *watch, int *ret_resyncs)
{
	int ups = 0, is_up = 0;

	*ret_resyncs = 0;
	do {
		ck_assert_ok(sfam_link_watch_next(watch, &event,
						  SFAM_FOREVER));
		if (event.change == SFAM_LINK_RESYNC)
			++*ret_resyncs;
		if (event.change == SFAM_LINK_UP ||
		    event.change == SFAM_LINK_DOWN) {
			ck_assert_int_eq(is_up,
					 event.change == SFAM_LINK_DOWN);
			is_up = !is_up;
			ups += is_up;
		}
	} while (event.change != SFAM_LINK_GONE ||
		 strcmp(event.link.name, "d0") != 0);
	ck_assert_int_eq(is_up, 0);
	return ups;
}

/* Another process is as fast as it can. */
static void race(size_t receive_bytes, int times)
{
	struct sfam_link_watch *watch = begin(receive_bytes);
	int resyncs, ups, status;
	pid_t pid;

	add("d0");
	expect(watch, "d0", SFAM_LINK_ADDED);
	pid = fork();
	if (pid == 0)
		toggle(times);
	ups = follow(watch, &resyncs);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	if (resyncs == 0)
		ck_assert_int_eq(ups, times);
	else
		ck_assert_int_le(ups, times);
	sfam_link_watch_free(watch);
}

START_TEST(race_with_room)
{
	race(1 << 20, TOGGLES);
}
END_TEST

START_TEST(race_without_room)
{
	race(1, 2 * FEW);
}
END_TEST

static struct {
	char name[SFAM_INTERFACE_NAME_SIZE];
	enum sfam_link_change change;
} seen[64];
static size_t n_seen;

static void note_rest(struct sfam_link_watch *watch)
{
	n_seen = 0;
	while (sfam_link_watch_next(watch, &event, 0) == 0) {
		ck_assert_uint_lt(n_seen, HARNESS_LEN(seen));
		memcpy(seen[n_seen].name, event.link.name,
		       sizeof(seen[0].name));
		seen[n_seen++].change = event.change;
	}
}

/* Once, and nothing else of that link. */
static void only(const char *name, enum sfam_link_change change)
{
	size_t i, n = 0;

	for (i = 0; i < n_seen; i++) {
		if (strcmp(seen[i].name, name) != 0)
			continue;
		ck_assert_str_eq(sfam_link_change_name(seen[i].change),
				 sfam_link_change_name(change));
		n++;
	}
	ck_assert_uint_eq(n, 1);
}

/* Nobody reads, the queue overflows, and much is different afterwards. */
START_TEST(overflow)
{
	struct sfam_link_watch *watch;
	int i;

	add("d0");
	add("d1");
	add("d2");
	watch = begin(1);
	for (i = 0; i < FEW; i++) {
		ck_assert_ok(sfam_link_up("d0", NULL));
		ck_assert_ok(sfam_link_down("d0", NULL));
	}
	ck_assert_ok(sfam_link_up("d0", NULL));
	ck_assert_ok(sfam_link_delete("d1", NULL));
	ck_assert_ok(sfam_link_rename("d2", "e2", NULL));
	add("d3");
	/* What still fitted, then what can be known of the rest. */
	do
		ck_assert_ok(sfam_link_watch_next(watch, &event, 0));
	while (event.change != SFAM_LINK_RESYNC);
	ck_assert_uint_eq(event.link.index, 0);
	note_rest(watch);
	only("d1", SFAM_LINK_GONE);
	only("p-d1", SFAM_LINK_GONE);
	only("e2", SFAM_LINK_RENAMED);
	only("d3", SFAM_LINK_ADDED);
	/* and it goes on as before */
	ck_assert_ok(sfam_link_down("d0", NULL));
	expect(watch, "d0", SFAM_LINK_DOWN);
	sfam_link_watch_free(watch);
}
END_TEST

START_TEST(timeout)
{
	struct sfam_link_watch *watch = begin(0);
	int64_t before = now_ns();

	ck_assert_err(sfam_link_watch_next(watch, &event, 20000000),
		      ETIMEDOUT);
	ck_assert_int_ge(now_ns() - before, 20000000);
	sfam_link_watch_free(watch);
}
END_TEST

/* With n descriptors left, for each n that does not do. */
START_TEST(no_descriptors)
{
	struct rlimit limit = { 64, 64 };
	struct sfam_link_watch *watch = NULL;
	int fds[64];
	int n = 0, r;

	setrlimit(RLIMIT_NOFILE, &limit);
	while ((fds[n] = dup(STDIN_FILENO)) >= 0)
		n++;
	do {
		r = sfam_link_watch_new(&watch, 0);
		ck_assert_int_gt(n, 0);
		close(fds[--n]);
		ck_assert(r == 0 || !watch);
	} while (r < 0);
	ck_assert_int_lt(n, 61);	/* it took three at least */
	sfam_link_watch_free(watch);
	while (n)
		close(fds[--n]);
	ck_assert_ptr_null(sfam_link_watch_free(NULL));
	ck_assert_ptr_null(sfam_link_change_name(SFAM_LINK_RESYNC + 1));
	ck_assert_str_eq(sfam_link_change_name(SFAM_LINK_RESYNC), "resync");
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ life_of_a_link, "netns" },
		{ settings, "netns" },
		{ moved_away_and_back, "netns" },
		{ up_and_down, "netns" },
		{ race_with_room, "netns" },
		{ race_without_room, "netns" },
		{ overflow, "netns" },
		{ timeout, "netns" },
		{ no_descriptors, "netns" },
	};

	return harness_run("watch", tests, HARNESS_LEN(tests));
}
