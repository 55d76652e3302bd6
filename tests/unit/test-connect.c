/* SPDX-License-Identifier: MIT */
/* sfam_connect on descriptors that came from elsewhere. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"
#include "pairs.h"

#define MS INT64_C(1000000)

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static int listen_on(const char *text, struct sfam_addr *ret_at)
{
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN, NULL,
				NULL);

	ck_assert_ok(fd);
	ck_assert_ok(sfam_addr_local(ret_at, fd));
	return fd;
}

/* From plain socket(2). */
static int foreign(const struct sfam_addr *at, int flags)
{
	int fd = socket(sfam_family_af(at->family), at->type | flags,
			at->protocol);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void check_as_before(int fd, int nonblock)
{
	int64_t ns = 0;

	ck_assert_int_eq(!!(fcntl(fd, F_GETFL) & O_NONBLOCK), nonblock);
	ck_assert_ok(sfam_option_get_timeout(fd, SO_SNDTIMEO, &ns));
	ck_assert_int_eq(ns, 1234 * 1000 * MS);
}

static void connect_one(const char *text, int flags, int64_t timeout_ns)
{
	struct sfam_addr at;
	int listener = listen_on(text, &at), child, r;
	int fd = foreign(&at, flags);

	ck_assert_ok(sfam_option_set_timeout(fd, SO_SNDTIMEO,
					     1234 * 1000 * MS));
	ck_assert_ok(sfam_connect(fd, &at, timeout_ns));
	check_as_before(fd, !!flags);
	child = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	ck_assert_ok(child);
	/* TCP takes one more connect to tell that the first is through. */
	r = sfam_connect(fd, &at, timeout_ns);
	ck_assert_msg(r == 0 || r == -EISCONN, "%s: %d", text, r);
	close(child);
	close(listener);
	close(fd);
	fd = foreign(&at, flags);
	/* The kernel says ECONNRESET of a vsock that nobody listens on. */
	ck_assert_int_lt(sfam_connect(fd, &at, timeout_ns), 0);
	close(fd);
}

static void connect_all(const char *text)
{
	connect_one(text, 0, SFAM_FOREVER);
	connect_one(text, 0, 3600 * 1000 * MS);
	connect_one(text, SOCK_NONBLOCK, SFAM_FOREVER);
	connect_one(text, SOCK_NONBLOCK, 3600 * 1000 * MS);
}

START_TEST(streams)
{
	connect_all("unix:");
	connect_all("inet:127.0.0.1:0");
	connect_all("inet6:[::1]:0");
}
END_TEST

START_TEST(vsock)
{
	struct sfam_addr at;
	int fd;

	connect_one("vsock:local:any", 0, SFAM_FOREVER);
	connect_one("vsock:local:any", SOCK_NONBLOCK, SFAM_FOREVER);
	connect_one("vsock:local:any", SOCK_NONBLOCK, 3600 * 1000 * MS);
	ck_assert_ok(sfam_addr_parse(&at, "vsock:local:7", 13, NULL));
	fd = foreign(&at, 0);
	ck_assert_err(sfam_connect(fd, &at, 60 * 1000 * MS), EOPNOTSUPP);
	ck_assert_err(sfam_connect(fd, &at, 0), EOPNOTSUPP);
	close(fd);
}
END_TEST

/* Its listener has to accept before connect is through: none does here. */
START_TEST(tipc)
{
	struct sfam_addr at;
	int64_t start = now_ns();
	int listener = listen_on("tipc:4713:1", &at), fd, child;

	ck_assert_ok(sfam_addr_parse(&at, "tipc:4713:1", 11, NULL));
	fd = foreign(&at, SOCK_NONBLOCK);
	ck_assert_err(sfam_connect(fd, &at, 0), EINPROGRESS);
	ck_assert_err(sfam_connect(fd, &at, 30 * MS), ETIMEDOUT);
	ck_assert_int_ge(now_ns() - start, 30 * MS);
	child = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	ck_assert_ok(child);
	ck_assert_err(sfam_connect(fd, &at, SFAM_FOREVER), EISCONN);
	close(child);
	close(fd);
	fd = foreign(&at, 0);
	ck_assert_err(sfam_connect(fd, &at, 30 * MS), EOPNOTSUPP);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(datagrams)
{
	struct sfam_addr at;
	int fd, other;

	ck_assert_ok(sfam_addr_parse(&at, "inet:127.0.0.1:9,type=dgram", 27,
				     NULL));
	fd = foreign(&at, 0);
	ck_assert_ok(sfam_connect(fd, &at, 0));
	ck_assert_ok(sfam_connect(fd, &at, 0));	/* as often as one likes */
	close(fd);
	other = sfam_open_text("unix:,type=dgram", 16, SFAM_OPEN_BIND, NULL,
			       NULL);
	ck_assert_ok(sfam_addr_local(&at, other));
	fd = foreign(&at, 0);
	ck_assert_ok(sfam_connect(fd, &at, 0));
	close(other);
	ck_assert_err(sfam_connect(fd, &at, 0), ECONNREFUSED);
	close(fd);
}
END_TEST

/*
 * A TCP listener whose backlog is full drops what comes: the connection
 * neither fails nor succeeds, until there is room.
 */
static void full_listener(int flags)
{
	struct sfam_addr at;
	int listener = listen_on("inet:127.0.0.1:0", &at);
	int first = pairs_fill(listener), fd = foreign(&at, flags);
	int64_t start;

	ck_assert_ok(sfam_option_set_timeout(fd, SO_SNDTIMEO,
					     1234 * 1000 * MS));
	ck_assert_err(sfam_connect(fd, &at, 0), EINPROGRESS);
	start = now_ns();
	ck_assert_err(sfam_connect(fd, &at, 40 * MS), ETIMEDOUT);
	ck_assert_int_ge(now_ns() - start, 40 * MS);
	check_as_before(fd, !!flags);
	/* It was begun once, and comes through when there is room. */
	close(sfam_accept(listener, 0, SFAM_FOREVER, NULL));
	ck_assert_ok(sfam_connect(fd, &at, SFAM_FOREVER));
	check_as_before(fd, !!flags);
	close(fd);
	close(first);
	close(listener);
}

START_TEST(full_tcp_backlog)
{
	full_listener(0);
	full_listener(SOCK_NONBLOCK);
}
END_TEST

static void full_unix_listener(int flags)
{
	struct sfam_addr at;
	int listener = listen_on("unix:", &at);
	int first = pairs_fill(listener), fd = foreign(&at, flags);
	int64_t start;

	ck_assert_ok(sfam_option_set_timeout(fd, SO_SNDTIMEO,
					     1234 * 1000 * MS));
	ck_assert_err(sfam_connect(fd, &at, 0), ETIMEDOUT);
	start = now_ns();
	ck_assert_err(sfam_connect(fd, &at, 120 * MS), ETIMEDOUT);
	ck_assert_int_ge(now_ns() - start, 120 * MS);
	check_as_before(fd, !!flags);
	close(sfam_accept(listener, 0, SFAM_FOREVER, NULL));
	ck_assert_ok(sfam_connect(fd, &at, SFAM_FOREVER));
	check_as_before(fd, !!flags);
	close(fd);
	close(first);
	close(listener);
}

START_TEST(full_unix_backlog)
{
	full_unix_listener(0);
	full_unix_listener(SOCK_NONBLOCK);
}
END_TEST

START_TEST(refusals)
{
	struct sfam_addr at;
	int fd;

	ck_assert_ok(sfam_addr_parse(&at, "unix:/no/such", 13, NULL));
	ck_assert_err(sfam_connect(-1, &at, 0), EBADF);
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	ck_assert_err(sfam_connect(fd, &at, 0), ENOTSOCK);
	close(fd);
	fd = foreign(&at, 0);
	ck_assert_err(sfam_connect(fd, &at, SFAM_FOREVER), ENOENT);
	ck_assert_ok(sfam_addr_parse(&at, "inet:127.0.0.1:9", 16, NULL));
	ck_assert_err(sfam_connect(fd, &at, SFAM_FOREVER), EINVAL);
	close(fd);
	fd = foreign(&at, 0);
	ck_assert_err(sfam_connect(fd, &at, SFAM_FOREVER), ECONNREFUSED);
	close(fd);
	fd = foreign(&at, SOCK_NONBLOCK);
	ck_assert_err(sfam_connect(fd, &at, SFAM_FOREVER), ECONNREFUSED);
	close(fd);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ streams, "netns inet6" },
		{ vsock, "vsock-loopback" },
		{ tipc, "netns tipc" },
		{ datagrams, "netns" },
		{ full_tcp_backlog, "netns" },
		{ full_unix_backlog, NULL },
		{ refusals, "netns" },
	};

	return harness_run("connect", tests, HARNESS_LEN(tests));
}
