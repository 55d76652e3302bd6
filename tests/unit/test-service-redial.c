/* SPDX-License-Identifier: MIT */
/* A connection that comes back, on a clock of the test's own. */
#include <errno.h>
#include <poll.h>

#include "test-service.h"

#define MS INT64_C(1000000)
#define S (1000 * MS)

static struct sfam_addr nowhere(void)
{
	static const char text[] = "unix:@sockfam-nobody-is-here";
	struct sfam_addr addr;

	ck_assert_ok(sfam_addr_parse(&addr, text, sizeof(text) - 1, NULL));
	return addr;
}

static void wait_for_step(struct sfam_redial *d, int64_t now_ns)
{
	struct pollfd p;

	do {
		p.fd = d->fd;
		p.events = d->events;
		ck_assert_int_eq(poll(&p, 1, -1), 1);
	} while (!sfam_redial_step(d, now_ns));
}

static void come_up(struct sfam_redial *d, int64_t now_ns)
{
	ck_assert_int_eq(sfam_redial_step(d, now_ns), 1);
	while (d->state == SFAM_REDIAL_CONNECTS)
		wait_for_step(d, now_ns);
	ck_assert_int_eq(d->state, SFAM_REDIAL_UP);
	ck_assert_int_ge(d->fd, 0);
	ck_assert_int_eq(d->due_ns, -1);
}

static int accept_from(int listener)
{
	int fd = sfam_accept(listener, 0, PATIENCE_NS, NULL);

	ck_assert_ok(fd);
	return fd;
}

START_TEST(bad_start)
{
	struct sfam_addr none = { .family = NULL };
	struct sfam_redial d;

	ck_assert_err(sfam_redial_init(&d, &none, 1), EINVAL);
}
END_TEST

/* Each rest is in its half, and they grow to the longest. */
START_TEST(rests)
{
	static const int64_t full_ms[] = { 100, 200, 400, 800, 1600, 3200,
					   6400, 10000, 10000 };
	struct sfam_addr addr = nowhere();
	int64_t now = 77 * S, rest;
	struct sfam_redial d;
	size_t i;

	ck_assert_ok(sfam_redial_init(&d, &addr, 1));
	ck_assert_int_le(d.due_ns, now);
	for (i = 0; i < HARNESS_LEN(full_ms); i++) {
		ck_assert_int_eq(sfam_redial_step(&d, now), 1);
		ck_assert_int_eq(d.state, SFAM_REDIAL_RESTS);
		ck_assert_int_eq(d.error, -ECONNREFUSED);
		ck_assert_uint_eq(d.tries, i + 1);
		ck_assert_int_eq(d.fd, -1);
		rest = d.due_ns - now;
		ck_assert_int_le(rest, full_ms[i] * MS);
		ck_assert_int_ge(rest, full_ms[i] * MS / 2);
		ck_assert_int_eq(sfam_redial_step(&d, d.due_ns - 1), 0);
		now = d.due_ns;
	}
	sfam_redial_done(&d);
	ck_assert_int_eq(d.fd, -1);
}
END_TEST

/* The same seed, the same rests; another, others; times can be set. */
START_TEST(seeds)
{
	struct sfam_addr addr = nowhere();
	struct sfam_redial a, b, other;
	int i, differ = 0;

	ck_assert_ok(sfam_redial_init(&a, &addr, 5));
	ck_assert_ok(sfam_redial_init(&b, &addr, 5));
	ck_assert_ok(sfam_redial_init(&other, &addr, 6));
	for (i = 0; i < 20; i++) {
		ck_assert_int_eq(sfam_redial_step(&a, i * 20 * S), 1);
		ck_assert_int_eq(sfam_redial_step(&b, i * 20 * S), 1);
		ck_assert_int_eq(sfam_redial_step(&other, i * 20 * S), 1);
		ck_assert_int_eq(a.due_ns, b.due_ns);
		differ += a.due_ns != other.due_ns;
	}
	ck_assert_int_ge(differ, 19);
	ck_assert_ok(sfam_redial_init(&a, &addr, 0));
	a.first_ns = 0;
	a.longest_ns = 0;
	for (i = 0; i < 5; i++) {
		ck_assert_int_eq(sfam_redial_step(&a, i), 1);
		ck_assert_int_eq(a.due_ns, i);
	}
}
END_TEST

static void up_and_down(const char *text)
{
	struct sfam_addr addr;
	int listener = service_listen(text, &addr);
	struct sfam_redial d;
	struct pollfd p;
	char c[8];
	int child;

	ck_assert_ok(sfam_redial_init(&d, &addr, 1));
	/* TIPC is not connected before it is accepted. */
	ck_assert_int_eq(sfam_redial_step(&d, 0), 1);
	child = accept_from(listener);
	while (d.state == SFAM_REDIAL_CONNECTS)
		wait_for_step(&d, 0);
	ck_assert_int_eq(d.state, SFAM_REDIAL_UP);
	ck_assert_int_eq(sfam_redial_step(&d, 0), 0);
	/* It blocks, so messages go by any family. */
	ck_assert_ok(sfam_message_send(d.fd, "hello", 5, PATIENCE_NS));
	close(child);
	/* The end, or a reset since hello was not read. */
	while (d.state == SFAM_REDIAL_UP) {
		p.fd = d.fd;
		p.events = d.events;
		ck_assert_int_eq(poll(&p, 1, -1), 1);
		if (sfam_redial_step(&d, S) == 0 &&
		    sfam_message_recv(d.fd, c, sizeof(c), 0) <= 0)
			sfam_redial_lost(&d, -ENODATA, S);
	}
	ck_assert_int_eq(d.state, SFAM_REDIAL_RESTS);
	ck_assert_int_lt(d.error, 0);
	ck_assert_int_gt(d.due_ns, S);
	ck_assert_int_eq(sfam_redial_step(&d, d.due_ns), 1);
	child = accept_from(listener);
	while (d.state == SFAM_REDIAL_CONNECTS)
		wait_for_step(&d, 0);
	ck_assert_int_eq(d.state, SFAM_REDIAL_UP);
	sfam_redial_done(&d);
	close(child);
	close(listener);
}

START_TEST(of_unix)
{
	up_and_down("unix:");
	up_and_down("unix:,type=seqpacket");
}
END_TEST

START_TEST(of_tcp)
{
	up_and_down("inet:127.0.0.1:0");
}
END_TEST

START_TEST(of_vsock)
{
	up_and_down("vsock:local:any");
	up_and_down("vsock:local:any,type=seqpacket");
}
END_TEST

START_TEST(of_tipc)
{
	up_and_down("tipc:5001:1,type=stream");
	up_and_down("tipc:5001:1,type=seqpacket");
}
END_TEST

/* What a restarted machine's kernel does to connections that it forgot. */
START_TEST(reset)
{
	const struct linger linger = { 1, 0 };
	struct sfam_addr addr;
	int listener = service_listen("inet:127.0.0.1:0", &addr);
	struct sfam_redial d;
	int child;

	ck_assert_ok(sfam_redial_init(&d, &addr, 1));
	come_up(&d, 0);
	child = accept_from(listener);
	ck_assert_int_eq(setsockopt(child, SOL_SOCKET, SO_LINGER, &linger,
				    sizeof(linger)), 0);
	close(child);
	wait_for_step(&d, 3 * S);
	ck_assert_int_eq(d.state, SFAM_REDIAL_RESTS);
	ck_assert_int_eq(d.error, -ECONNRESET);
	close(listener);
}
END_TEST

/* After one that lasted the rest is the first again, else a longer one. */
START_TEST(lasting)
{
	struct sfam_addr addr = nowhere(), there;
	int listener = service_listen("unix:", &there);
	struct sfam_redial d;
	int i;

	ck_assert_ok(sfam_redial_init(&d, &addr, 1));
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(sfam_redial_step(&d, i * 100 * S), 1);
	ck_assert_uint_eq(d.tries, 4);
	d.addr = there;
	come_up(&d, 400 * S);
	close(accept_from(listener));
	sfam_redial_lost(&d, -ENODATA, 401 * S);
	ck_assert_int_eq(d.error, -ENODATA);
	ck_assert_uint_eq(d.tries, 5);
	/* It rests already. */
	sfam_redial_lost(&d, -EPIPE, 401 * S);
	ck_assert_int_eq(d.error, -ENODATA);
	ck_assert_uint_eq(d.tries, 5);
	come_up(&d, 500 * S);
	close(accept_from(listener));
	sfam_redial_lost(&d, -ENODATA, 510 * S);
	ck_assert_uint_eq(d.tries, 1);
	ck_assert_int_le(d.due_ns, 510 * S + 100 * MS);
	close(listener);
}
END_TEST

/* A full backlog of TCP drops what comes, so a try ends by its time alone. */
START_TEST(given_up)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_redial d[3];
	struct sfam_addr addr;
	int listener, i;

	stay_on_cpu();
	opts.backlog = 1;
	listener = sfam_open_text("inet:127.0.0.1:0", 16, SFAM_OPEN_LISTEN,
				  &opts, NULL);
	ck_assert_ok(listener);
	ck_assert_ok(sfam_addr_local(&addr, listener));
	for (i = 0; i < 3; i++) {
		ck_assert_ok(sfam_redial_init(&d[i], &addr, 1));
		ck_assert_int_eq(sfam_redial_step(&d[i], 0), 1);
		/* Two there is room for. */
		while (i < 2 && d[i].state == SFAM_REDIAL_CONNECTS)
			wait_for_step(&d[i], 0);
		settle();	/* they are in the backlog */
	}
	ck_assert_int_eq(d[2].state, SFAM_REDIAL_CONNECTS);
	ck_assert_int_eq(d[2].due_ns, 5 * S);
	ck_assert_int_eq(sfam_redial_step(&d[2], 5 * S - 1), 0);
	ck_assert_int_eq(sfam_redial_step(&d[2], 5 * S), 1);
	ck_assert_int_eq(d[2].state, SFAM_REDIAL_RESTS);
	ck_assert_int_eq(d[2].error, -ETIMEDOUT);
	for (i = 0; i < 3; i++)
		sfam_redial_done(&d[i]);
	close(listener);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ bad_start, NULL },
		{ rests, NULL },
		{ seeds, NULL },
		{ of_unix, NULL },
		{ of_tcp, NULL },
		{ of_vsock, "vsock-loopback" },
		{ of_tipc, "tipc" },
		{ reset, NULL },
		{ lasting, NULL },
		{ given_up, NULL },
	};

	return harness_run("service-redial", tests, HARNESS_LEN(tests));
}
