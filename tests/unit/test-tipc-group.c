/* SPDX-License-Identifier: MIT */
/* TIPC groups: who is in, and messages to one, some and all of them. */
#include <pthread.h>
#include <stdio.h>

#include "test-tipc-data.h"

#define MEMBERS_MAX 8
#define GROUP 6000

static struct sfam_addr member_name(uint32_t instance)
{
	char text[32];

	snprintf(text, sizeof(text), "tipc:%u:%u", GROUP, instance);
	return tipc_text(text);
}

static int join(uint32_t instance, uint32_t flags)
{
	struct sfam_addr name = member_name(instance);
	int fd = tipc_socket(SOCK_RDM);

	ck_assert_ok(sfam_tipc_group_join(fd, &name, flags));
	return fd;
}

static void check_member(const struct sfam_tipc_received *got,
			 uint32_t instance, uint32_t ref)
{
	ck_assert_uint_eq(got->member_type, GROUP);
	ck_assert_uint_eq(got->member_instance, instance);
	ck_assert_uint_eq(from_ref(got), ref);
}

/* Members 1 to n; all know of all. */
static void join_all(int *fd, unsigned int n)
{
	unsigned int i, j;

	for (i = 0; i < n; i++)
		fd[i] = join(i + 1, SFAM_TIPC_GROUP_EVENTS);
	for (i = 0; i < n; i++)
		for (j = 1; j < n; j++)
			tipc_take(fd[i], SFAM_TIPC_JOINED, "");
}

static void close_all(const int *fd, unsigned int n)
{
	while (n-- > 0)
		close(fd[n]);
}

/*
 * Who comes and goes, and both addresses. Only who was told of another knows
 * it and can send to it.
 */
START_TEST(members)
{
	int a = join(1, SFAM_TIPC_GROUP_EVENTS);
	int b = join(2, SFAM_TIPC_GROUP_EVENTS);
	struct sfam_tipc_received got;
	struct sfam_addr from;
	uint32_t ref_b = tipc_ref(b);
	char c;

	/* The kernel's own struct of it does not fit, and shall not. */
	ck_assert_ok(sfam_tipc_recv(a, &c, 1, &got, LONG_NS));
	ck_assert_int_eq(got.kind, SFAM_TIPC_JOINED);
	ck_assert_uint_eq(got.len, 0);
	check_member(&got, 2, ref_b);
	got = tipc_take(b, SFAM_TIPC_JOINED, "");
	check_member(&got, 1, tipc_ref(a));
	tipc_nothing(b);
	ck_assert_int_eq(sfam_tipc_send(b, NULL, "b", 1, LONG_NS), 1);
	got = tipc_take(a, SFAM_TIPC_MESSAGE, "b");
	check_member(&got, 2, ref_b);
	/* Of both addresses the first, where there is room for one. */
	ck_assert_int_eq(sfam_tipc_send(b, NULL, "b", 1, LONG_NS), 1);
	ck_assert_int_eq(sfam_recv(a, &c, 1, LONG_NS, &from), 1);
	ck_assert_uint_eq(tipc_of(&from).addr.id.ref, ref_b);
	ck_assert_ok(sfam_tipc_group_leave(b));
	got = tipc_take(a, SFAM_TIPC_LEFT, "");
	check_member(&got, 2, ref_b);
	ck_assert_err(sfam_tipc_group_leave(b), EINVAL);
	close(b);
	b = join(3, SFAM_TIPC_GROUP_EVENTS);
	ref_b = tipc_ref(b);
	got = tipc_take(a, SFAM_TIPC_JOINED, "");
	check_member(&got, 3, ref_b);
	got = tipc_take(b, SFAM_TIPC_JOINED, "");
	check_member(&got, 1, tipc_ref(a));
	close(b);
	got = tipc_take(a, SFAM_TIPC_LEFT, "");
	check_member(&got, 3, ref_b);
	close(a);
}
END_TEST

START_TEST(bad_joins)
{
	struct sfam_addr name = member_name(1);
	struct sfam_addr low = tipc_text("tipc:63:1");
	struct sfam_addr range = tipc_text("tipc:6000:1-2");
	struct sfam_addr minus = tipc_text("tipc:6000:1@-node");
	struct sfam_addr unix_addr = tipc_text("unix:/x");
	int seq = tipc_socket(SOCK_SEQPACKET);
	int fd = tipc_socket(SOCK_RDM);

	ck_assert_err(sfam_tipc_group_join(fd, &low, 0), EACCES);
	ck_assert_err(sfam_tipc_group_join(fd, &range, 0), EINVAL);
	ck_assert_err(sfam_tipc_group_join(fd, &minus, 0), EINVAL);
	ck_assert_err(sfam_tipc_group_join(fd, &name, 4), EINVAL);
	ck_assert_err(sfam_tipc_group_join(fd, &unix_addr, 0), EAFNOSUPPORT);
	ck_assert_err(sfam_tipc_group_join(seq, &name, 0), EPROTOTYPE);
	ck_assert_err(sfam_tipc_group_join(-1, &name, 0), EBADF);
	ck_assert_err(sfam_tipc_group_leave(-1), EBADF);
	ck_assert_ok(sfam_tipc_group_join(fd, &name, 0));
	ck_assert_err(sfam_tipc_group_join(fd, &name, 0), EACCES);
	ck_assert_err(sfam_tipc_bind(fd, &name, 0, 0), EACCES);
	ck_assert_err(sfam_tipc_send(fd, NULL, "", 0, 0), EINVAL);
	close(fd);
	close(seq);
}
END_TEST

static void say(int fd, const struct sfam_addr *to, unsigned int who)
{
	char text = (char)('0' + who);

	ck_assert_int_eq(sfam_tipc_send(fd, to, &text, 1, LONG_NS), 1);
}

static void hear(int fd, unsigned int who)
{
	const char text[] = { (char)('0' + who), '\0' };
	struct sfam_tipc_received got = tipc_take(fd, SFAM_TIPC_MESSAGE, text);

	ck_assert_uint_eq(got.member_instance, who);
}

/* Each says something to all, and one to a name and to a socket. */
static void check_everybody(unsigned int n)
{
	struct sfam_addr local, two = member_name(2);
	struct sfam_addr nobody = member_name(99);
	int fd[MEMBERS_MAX];
	unsigned int i, j;

	join_all(fd, n);
	for (i = 0; i < n; i++) {
		say(fd[i], NULL, i + 1);
		for (j = 0; j < n; j++)
			if (j != i)
				hear(fd[j], i + 1);
	}
	say(fd[0], &two, 1);
	hear(fd[1], 1);
	ck_assert_ok(sfam_addr_local(&local, fd[2]));
	say(fd[0], &local, 1);
	hear(fd[2], 1);
	ck_assert_err(sfam_tipc_send(fd[0], &nobody, "x", 1, 0),
		      EHOSTUNREACH);
	for (i = 0; i < n; i++)
		tipc_nothing(fd[i]);
	close_all(fd, n);
}

START_TEST(everybody)
{
	unsigned int n;

	for (n = 3; n <= MEMBERS_MAX; n++)
		check_everybody(n);
}
END_TEST

/* All of one instance; the range's upper end is not looked at. */
START_TEST(multicast)
{
	struct sfam_addr some = tipc_text("tipc:6000:2-3");
	struct sfam_addr nobody = tipc_text("tipc:6000:9-20");
	int a = join(1, SFAM_TIPC_GROUP_EVENTS);
	int b = join(2, 0), c = join(2, 0), d = join(3, 0);
	int i;

	for (i = 0; i < 3; i++)
		tipc_take(a, SFAM_TIPC_JOINED, "");
	say(a, &some, 1);
	hear(b, 1);
	hear(c, 1);
	ck_assert_err(sfam_tipc_send(a, &nobody, "x", 1, 0), EHOSTUNREACH);
	/* Nobody else's was on its way: this is in order behind it. */
	say(a, NULL, 2);
	tipc_take(b, SFAM_TIPC_MESSAGE, "2");
	tipc_take(c, SFAM_TIPC_MESSAGE, "2");
	tipc_take(d, SFAM_TIPC_MESSAGE, "2");
	close(d);
	close(c);
	close(b);
	close(a);
}
END_TEST

START_TEST(loopback)
{
	int fd = join(1, SFAM_TIPC_GROUP_EVENTS | SFAM_TIPC_GROUP_LOOPBACK);
	struct sfam_tipc_received got;

	got = tipc_take(fd, SFAM_TIPC_JOINED, "");
	check_member(&got, 1, tipc_ref(fd));
	say(fd, NULL, 1);
	got = tipc_take(fd, SFAM_TIPC_MESSAGE, "1");
	check_member(&got, 1, tipc_ref(fd));
	close(fd);
}
END_TEST

/* ------------------------------------------------------- flow control -- */

#define BYTES 1000
#define BACKLOG_MAX 10000

static void number_out(int fd, const struct sfam_addr *to, uint32_t number,
		       int64_t timeout_ns, int expected)
{
	uint32_t buf[BYTES / 4] = { number };

	ck_assert_int_eq((int)sfam_tipc_send(fd, to, buf, sizeof(buf),
					     timeout_ns), expected);
}

static void number_in(int fd, uint32_t number)
{
	struct sfam_tipc_received got;
	uint32_t buf[BYTES / 4];

	ck_assert_ok(sfam_tipc_recv(fd, buf, sizeof(buf), &got, LONG_NS));
	ck_assert_int_eq(got.kind, SFAM_TIPC_MESSAGE);
	ck_assert_uint_eq(got.len, sizeof(buf));
	ck_assert_uint_eq(buf[0], number);
}

/* Until somebody is so far behind that it has to wait. */
static uint32_t fill(int fd, const struct sfam_addr *to)
{
	uint32_t buf[BYTES / 4] = { 0 };
	ssize_t r;

	for (;; buf[0]++) {
		r = sfam_tipc_send(fd, to, buf, sizeof(buf), 0);
		if (r < 0)
			break;
		ck_assert_uint_lt(buf[0], BACKLOG_MAX);
	}
	ck_assert_err(r, ETIMEDOUT);
	return buf[0];
}

struct sender {
	const struct sfam_addr *to;
	int fd;
	uint32_t number;
};

static void *send_late(void *arg)
{
	const struct sender *s = arg;

	number_out(s->fd, s->to, s->number, LONG_NS, BYTES);
	return NULL;
}

/* The slowest counts, nothing is lost, and who waits is woken. */
START_TEST(flow_of_broadcast)
{
	struct sender s = { NULL, -1, 0 };
	pthread_t thread;
	uint32_t i;
	int fd[3];

	join_all(fd, 3);
	s.fd = fd[0];
	s.number = fill(fd[0], NULL);
	for (i = 0; i < s.number; i++)
		number_in(fd[1], i);
	/* The other one is still behind. */
	number_out(fd[0], NULL, s.number, 1, -ETIMEDOUT);
	pthread_create(&thread, NULL, send_late, &s);
	for (i = 0; i <= s.number; i++)
		number_in(fd[2], i);
	pthread_join(thread, NULL);
	number_in(fd[1], s.number);
	close_all(fd, 3);
}
END_TEST

START_TEST(flow_of_one)
{
	struct sfam_addr two = member_name(2);
	struct sender s = { &two, -1, 0 };
	pthread_t thread;
	uint32_t i;
	int fd[3];

	join_all(fd, 3);
	s.fd = fd[0];
	s.number = fill(fd[0], &two);
	pthread_create(&thread, NULL, send_late, &s);
	for (i = 0; i <= s.number; i++)
		number_in(fd[1], i);
	pthread_join(thread, NULL);
	tipc_nothing(fd[2]);
	close_all(fd, 3);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ members, "netns tipc" },
		{ bad_joins, "netns tipc" },
		{ everybody, "netns tipc" },
		{ multicast, "netns tipc" },
		{ loopback, "netns tipc" },
		{ flow_of_broadcast, "netns tipc" },
		{ flow_of_one, "netns tipc" },
	};

	return harness_run("tipc-group", tests, HARNESS_LEN(tests));
}
