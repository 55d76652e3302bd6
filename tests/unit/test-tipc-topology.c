/* SPDX-License-Identifier: MIT */
/* TIPC's names and what the topology service tells of them. */
#include <pthread.h>
#include <sys/wait.h>

#include "test-tipc-data.h"

static const struct sfam_tipc_subscription everything = {
	.type = 5000, .lower = 0, .upper = 99, .timeout_ns = SFAM_FOREVER,
	.tag = UINT64_C(0x1122334455667788),
};

static int topology(void)
{
	int fd = sfam_tipc_topology_open(LONG_NS);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static int watch(uint32_t flags)
{
	struct sfam_tipc_subscription sub = everything;
	int fd = topology();

	sub.flags = flags;
	ck_assert_ok(sfam_tipc_subscribe(fd, &sub));
	return fd;
}

static struct sfam_tipc_event next(int fd)
{
	struct sfam_tipc_event e;

	ck_assert_ok(sfam_tipc_event_recv(fd, &e, LONG_NS));
	return e;
}

static void expect_event(int fd, enum sfam_tipc_change change, uint32_t lower,
			 uint32_t upper, uint32_t ref)
{
	struct sfam_tipc_event e = next(fd);

	ck_assert_int_eq(e.change, change);
	ck_assert_uint_eq(e.type, 5000);
	ck_assert_uint_eq(e.lower, lower);
	ck_assert_uint_eq(e.upper, upper);
	ck_assert_uint_eq(e.ref, ref);
	ck_assert_uint_eq(e.node, 0);
	ck_assert_uint_eq(e.bearer, 0);
	ck_assert(e.tag == everything.tag);
}

/*
 * The service reads subscriptions in its own time, but one after the other:
 * once it has ended a second one, the first, which has no events yet, is in
 * place.
 */
static int watch_in_place(uint32_t flags)
{
	struct sfam_tipc_subscription other = { .type = 5002 };
	int fd = watch(flags);
	struct sfam_tipc_event e;

	ck_assert_ok(sfam_tipc_subscribe(fd, &other));
	e = next(fd);
	ck_assert_int_eq(e.change, SFAM_TIPC_SUB_OVER);
	ck_assert_uint_eq(e.type, 5002);
	return fd;
}

/* All that was to come has come: what is bound now is the next event. */
static void expect_marker(int fd)
{
	int marker = tipc_bound(SOCK_RDM, "tipc:5000:99");
	uint32_t ref = tipc_ref(marker);

	expect_event(fd, SFAM_TIPC_UP, 99, 99, ref);
	close(marker);
	expect_event(fd, SFAM_TIPC_DOWN, 99, 99, ref);
}

START_TEST(several_names)
{
	struct sfam_addr a = tipc_text("tipc:5000:1-3");
	struct sfam_addr b = tipc_text("tipc:5000:7@node");
	int fd = tipc_socket(SOCK_RDM);
	uint32_t ref = tipc_ref(fd);
	int w = watch_in_place(0);

	ck_assert_ok(sfam_tipc_bind(fd, &a, 0, 0));
	ck_assert_ok(sfam_tipc_bind(fd, &b, 0, 0));
	expect_event(w, SFAM_TIPC_UP, 1, 3, ref);
	expect_event(w, SFAM_TIPC_UP, 7, 7, ref);
	ck_assert_ok(sfam_tipc_unbind(fd, &b));
	expect_event(w, SFAM_TIPC_DOWN, 7, 7, ref);
	ck_assert_err(sfam_tipc_unbind(fd, &b), EINVAL);
	ck_assert_ok(sfam_tipc_bind(fd, &b, 0, 0));
	expect_event(w, SFAM_TIPC_UP, 7, 7, ref);
	ck_assert_ok(sfam_tipc_unbind(fd, NULL));
	ck_assert_int_eq(next(w).change, SFAM_TIPC_DOWN);
	ck_assert_int_eq(next(w).change, SFAM_TIPC_DOWN);
	expect_marker(w);
	close(w);
	close(fd);
}
END_TEST

START_TEST(bad_names)
{
	static const struct {
		const char *text;
		uint32_t flags;
		int error;
	} bad[] = {
		{ "tipc:socket:0:5", 0, EINVAL },
		{ "tipc:5000:1@-node", 0, EINVAL },
		{ "tipc:5000:1", 2, EINVAL },
		{ "tipc:63:1", 0, EACCES },
		{ "unix:/x", 0, EAFNOSUPPORT },
	};
	int fd = tipc_socket(SOCK_RDM);
	struct sfam_addr addr;
	size_t i;

	for (i = 0; i < HARNESS_LEN(bad); i++) {
		addr = tipc_text(bad[i].text);
		ck_assert_err(sfam_tipc_bind(fd, &addr, bad[i].flags, 0),
			      bad[i].error);
	}
	addr = tipc_text("tipc:socket:0:5");
	ck_assert_err(sfam_tipc_unbind(fd, &addr), EINVAL);
	ck_assert_err(sfam_tipc_wait(&addr, 0), EINVAL);
	addr = tipc_text("unix:/x");
	ck_assert_err(sfam_tipc_unbind(fd, &addr), EAFNOSUPPORT);
	ck_assert_err(sfam_tipc_wait(&addr, 0), EAFNOSUPPORT);
	addr = tipc_text("tipc:63:1");
	ck_assert_err(sfam_tipc_bind(fd, &addr, SFAM_TIPC_BIND_EXCLUSIVE,
				     LONG_NS), EACCES);
	ck_assert_err(sfam_tipc_bind(-1, &addr, 0, 0), EBADF);
	close(fd);
}
END_TEST

/* -------------------------------------------------------------- alone -- */

START_TEST(exclusive)
{
	struct sfam_addr range = tipc_text("tipc:5000:1-9");
	struct sfam_addr beside = tipc_text("tipc:5000:10");
	struct sfam_addr overlap = tipc_text("tipc:5000:9-20");
	int a = tipc_socket(SOCK_RDM);
	int b = tipc_socket(SOCK_RDM);
	int w;

	ck_assert_ok(sfam_tipc_bind(a, &range, SFAM_TIPC_BIND_EXCLUSIVE,
				    LONG_NS));
	ck_assert_err(sfam_tipc_bind(b, &overlap, SFAM_TIPC_BIND_EXCLUSIVE,
				     LONG_NS), EADDRINUSE);
	ck_assert_ok(sfam_tipc_bind(b, &beside, SFAM_TIPC_BIND_EXCLUSIVE,
				    LONG_NS));
	ck_assert_ok(sfam_tipc_unbind(b, NULL));
	/* The kernel has no such thing: twice the same, and in turn. */
	ck_assert_ok(sfam_tipc_bind(b, &range, 0, 0));
	ck_assert_ok(sfam_tipc_unbind(b, &range));
	/* Who was refused has left nothing, nor was he seen. */
	w = watch(0);
	expect_event(w, SFAM_TIPC_UP, 1, 9, tipc_ref(a));
	ck_assert_err(sfam_tipc_bind(b, &overlap, SFAM_TIPC_BIND_EXCLUSIVE,
				     LONG_NS), EADDRINUSE);
	expect_marker(w);
	close(w);
	close(a);
	close(b);
}
END_TEST

#define RACERS 4
#define ROUNDS 20

struct race {
	pthread_barrier_t start, end;
	int result[RACERS];
	int next;
};

static void *racer(void *arg)
{
	struct sfam_addr name = tipc_text("tipc:5000:1@node");
	struct race *race = arg;
	int i, fd, me = __atomic_fetch_add(&race->next, 1, __ATOMIC_RELAXED);

	for (i = 0; i < ROUNDS; i++) {
		fd = tipc_socket(SOCK_RDM);
		pthread_barrier_wait(&race->start);
		race->result[me] = sfam_tipc_bind(fd, &name,
						  SFAM_TIPC_BIND_EXCLUSIVE,
						  LONG_NS);
		pthread_barrier_wait(&race->end);
		close(fd);
		pthread_barrier_wait(&race->end);
	}
	return NULL;
}

/* Of many at once at most one has it, and none another error. */
START_TEST(exclusive_race)
{
	pthread_t threads[RACERS];
	struct race race = { .next = 0 };
	int i, j, won;

	pthread_barrier_init(&race.start, NULL, RACERS + 1);
	pthread_barrier_init(&race.end, NULL, RACERS + 1);
	for (i = 0; i < RACERS; i++)
		pthread_create(&threads[i], NULL, racer, &race);
	for (i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&race.start);
		pthread_barrier_wait(&race.end);
		for (j = won = 0; j < RACERS; j++) {
			won += race.result[j] == 0;
			if (race.result[j] != 0)
				ck_assert_err(race.result[j], EADDRINUSE);
		}
		ck_assert_int_le(won, 1);
		pthread_barrier_wait(&race.end);
	}
	for (i = 0; i < RACERS; i++)
		pthread_join(threads[i], NULL);
}
END_TEST

/* ------------------------------------------------------------- events -- */

START_TEST(with_and_without_state)
{
	int a = tipc_bound(SOCK_RDM, "tipc:5000:1-200");
	int all = watch(0);
	int news = watch_in_place(SFAM_TIPC_SUB_NEWS);
	uint32_t ref = tipc_ref(a);

	expect_event(all, SFAM_TIPC_UP, 1, 200, ref);
	expect_marker(news);
	close(a);
	expect_event(news, SFAM_TIPC_DOWN, 1, 200, ref);
	ck_assert_uint_eq(next(all).lower, 99);
	ck_assert_uint_eq(next(all).lower, 99);
	expect_event(all, SFAM_TIPC_DOWN, 1, 200, ref);
	close(all);
	close(news);
}
END_TEST

START_TEST(once)
{
	int w = watch_in_place(SFAM_TIPC_SUB_ONCE);
	int a = tipc_bound(SOCK_RDM, "tipc:5000:1");
	int b = tipc_bound(SOCK_RDM, "tipc:5000:1");
	uint32_t ref_a = tipc_ref(a), ref_b = tipc_ref(b);

	expect_event(w, SFAM_TIPC_UP, 1, 1, ref_a);
	close(a);
	expect_marker(w);
	close(b);
	expect_event(w, SFAM_TIPC_DOWN, 1, 1, ref_b);
	close(w);
}
END_TEST

START_TEST(cancelled)
{
	struct sfam_tipc_subscription other = everything;
	int w = watch(0);
	struct sfam_tipc_event e;
	int fd;

	other.type = 5001;
	ck_assert_ok(sfam_tipc_subscribe(w, &other));
	ck_assert_ok(sfam_tipc_unsubscribe(w, &everything));
	/* One after the other: the service has seen that too by then. */
	other.type = 5002;
	other.timeout_ns = 0;
	ck_assert_ok(sfam_tipc_subscribe(w, &other));
	e = next(w);
	ck_assert_int_eq(e.change, SFAM_TIPC_SUB_OVER);
	ck_assert_uint_eq(e.type, 5002);
	fd = tipc_bound(SOCK_RDM, "tipc:5000:1");
	close(fd);
	fd = tipc_bound(SOCK_RDM, "tipc:5001:2");
	e = next(w);
	ck_assert_uint_eq(e.type, 5001);
	ck_assert_uint_eq(e.lower, 2);
	ck_assert_err(sfam_tipc_event_recv(w, &e, 0), ETIMEDOUT);
	close(fd);
	close(w);
}
END_TEST

START_TEST(bad_subscriptions)
{
	struct sfam_tipc_subscription sub = everything;
	struct sfam_tipc_event e = { .type = 77 };
	int fd[2], w = topology();

	sub.lower = 100;
	ck_assert_err(sfam_tipc_subscribe(w, &sub), EINVAL);
	sub = everything;
	sub.flags = 1u << 2;
	ck_assert_err(sfam_tipc_subscribe(w, &sub), EINVAL);
	sub = everything;
	sub.timeout_ns = INT64_C(4294967295) * 1000000;
	ck_assert_err(sfam_tipc_subscribe(w, &sub), EINVAL);
	ck_assert_err(sfam_tipc_unsubscribe(w, &sub), EINVAL);
	sub.timeout_ns -= 1000000;
	ck_assert_ok(sfam_tipc_subscribe(w, &sub));
	ck_assert_err(sfam_tipc_event_recv(w, &e, 0), ETIMEDOUT);
	/* Of a wrong size: the service hangs up. */
	ck_assert_int_eq(send(w, "x", 1, 0), 1);
	ck_assert_err(sfam_tipc_event_recv(w, &e, LONG_NS), ENODATA);
	ck_assert_uint_eq(e.type, 77);
	ck_assert_err(sfam_tipc_subscribe(w, &everything), EPIPE);
	close(w);
	/* One that is not the service. */
	ck_assert_ok(sfam_socketpair(sfam_family_by_name("tipc"), 0, 0, fd));
	ck_assert_int_eq(send(fd[0], "x", 1, 0), 1);
	ck_assert_err(sfam_tipc_event_recv(fd[1], &e, LONG_NS), EBADMSG);
	ck_assert_err(sfam_tipc_subscribe(-1, &everything), EBADF);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

/* --------------------------------------------------------------- wait -- */

START_TEST(wait_for_service)
{
	struct sfam_addr name = tipc_text("tipc:5000:5");
	struct sfam_addr range = tipc_text("tipc:5000:0-5");
	int fd = tipc_bound(SOCK_RDM, "tipc:5000:6");
	int status;
	pid_t pid;

	ck_assert_err(sfam_tipc_wait(&name, 1), ETIMEDOUT);
	ck_assert_err(sfam_tipc_wait(&range, 1), ETIMEDOUT);
	pid = fork();
	if (pid == 0)
		_exit(sfam_tipc_wait(&name, LONG_NS) == 0 ? 0 : 1);
	ck_assert_ok(sfam_tipc_bind(fd, &name, 0, 0));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert_ok(sfam_tipc_wait(&name, LONG_NS));
	ck_assert_ok(sfam_tipc_wait(&range, SFAM_FOREVER));
	close(fd);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ several_names, "netns tipc" },
		{ bad_names, "netns tipc" },
		{ exclusive, "netns tipc" },
		{ exclusive_race, "netns tipc" },
		{ with_and_without_state, "netns tipc" },
		{ once, "netns tipc" },
		{ cancelled, "netns tipc" },
		{ bad_subscriptions, "netns tipc" },
		{ wait_for_service, "netns tipc" },
	};

	return harness_run("tipc-topology", tests, HARNESS_LEN(tests));
}
