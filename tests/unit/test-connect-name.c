/* SPDX-License-Identifier: MIT */
/* Connecting to names, within a time, from an address. */
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "pairs.h"
#include "test-etc.h"
#include "test-named.h"

#define MS INT64_C(1000000)

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static int open_within(const char *text, int64_t timeout_ns)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;

	opts.timeout_ns = timeout_ns;
	return open_text(text, SFAM_OPEN_CONNECT, &opts);
}

static struct sfam_addr parse(const char *text)
{
	struct sfam_addr a;

	ck_assert_ok(sfam_addr_parse(&a, text, strlen(text), NULL));
	return a;
}

/*
 * A server at host whose backlog is full: what comes now is dropped by the
 * kernel without an answer. fd[0] is the port's.
 */
static void black_hole(const char *host, unsigned int port, int fd[2])
{
	fd[0] = listener(with_port(host, port));
	fd[1] = pairs_fill(fd[0]);
	ck_assert_err(open_within(with_port(host, port_of(fd[0])), 100 * MS),
		      ETIMEDOUT);
}

#define THREE "127.0.0.1 three.test\n127.0.0.2 three.test\n" \
	      "127.0.0.3 three.test\n"

#define WORKING 10

/*
 * The first refuses, the second is silent, the third works, and so do some
 * more: however late it is, there is a share of the time left for one.
 */
START_TEST(connect_tries_each)
{
	struct sfam_addr peer, at[3];
	char hosts[512] = THREE, host[32];
	unsigned int port;
	int64_t start;
	size_t n;
	int hole[2], servers[WORKING], fd, i;

	for (i = 1; i < WORKING; i++)
		sprintf(hosts + strlen(hosts), "127.0.0.%d three.test\n",
			3 + i);
	own_etc(hosts, "");
	ck_assert_ok(sfam_resolve("tcp:three.test:1", 16, 0, at, 3, &n, NULL));
	ck_assert_uint_eq(n, 2 + WORKING);
	check_text(&at[0], "inet:127.0.0.1:");
	check_text(&at[1], "inet:127.0.0.2:");
	check_text(&at[2], "inet:127.0.0.3:");
	servers[0] = listener("tcp:127.0.0.3:0");
	port = port_of(servers[0]);
	for (i = 1; i < WORKING; i++) {
		snprintf(host, sizeof(host), "tcp:127.0.0.%d", 3 + i);
		servers[i] = listener(with_port(host, port));
	}
	black_hole("tcp:127.0.0.2", port, hole);
	start = now_ns();
	fd = open_within(with_port("tcp:three.test", port), 11000 * MS);
	ck_assert_ok(fd);
	/* The silent one had its share, of what the refusal left. */
	ck_assert_int_ge(now_ns() - start, 1000 * MS);
	ck_assert_ok(sfam_addr_peer(&peer, fd));
	check_text(&peer, "inet:127.0.0.");
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	close(fd);
	pairs_close(hole);
	for (i = 0; i < WORKING; i++)
		close(servers[i]);
}
END_TEST

START_TEST(connect_gives_up)
{
	int first[2], second[2], third[2];
	unsigned int port;
	int64_t start;

	own_etc(THREE, "");
	black_hole("tcp:127.0.0.1", 0, first);
	port = port_of(first[0]);
	black_hole("tcp:127.0.0.2", port, second);
	black_hole("tcp:127.0.0.3", port, third);
	start = now_ns();
	ck_assert_err(open_within(with_port("tcp:three.test", port), 300 * MS),
		      ETIMEDOUT);
	ck_assert_int_ge(now_ns() - start, 300 * MS);
	ck_assert_err(open_within(with_port("tcp:three.test", port), 0),
		      ETIMEDOUT);
	pairs_close(first);
	pairs_close(second);
	pairs_close(third);
}
END_TEST

/*
 * A nameserver that never answers holds the resolver up for its timeout of
 * a second; then the file has the name, but the time is over.
 */
START_TEST(resolving_takes_its_time)
{
	int silent, server = listener("tcp:127.0.0.1:0");
	unsigned int port = port_of(server);
	int64_t start = now_ns();
	int fd;

	own_etc("127.0.0.1 slow.test\n", "");
	write_etc("/etc/nsswitch.conf", "hosts: dns files\n");
	write_etc("/etc/resolv.conf", "nameserver 127.0.0.1\n"
		  "options timeout:1 attempts:1\n");
	silent = open_text("udp:127.0.0.1:53", SFAM_OPEN_BIND, NULL);
	ck_assert_ok(silent);
	ck_assert_err(open_within(with_port("tcp:slow.test", port), 500 * MS),
		      ETIMEDOUT);
	ck_assert_int_ge(now_ns() - start, 900 * MS);
	fd = open_within(with_port("tcp:slow.test", port), SFAM_FOREVER);
	ck_assert_ok(fd);
	close(fd);
	close(silent);
	close(server);
}
END_TEST

/* 2001:db8:: has no route here: that says less than a refusal. */
START_TEST(connect_error)
{
	struct sfam_diag diag;

	own_etc("127.0.0.1 both.test\n2001:db8::1 both.test away.test\n", "");
	ck_assert_err(open_within("tcp:both.test:1", SFAM_FOREVER),
		      ECONNREFUSED);
	ck_assert_err(open_within("tcp:away.test:1", SFAM_FOREVER),
		      ENETUNREACH);
	ck_assert_int_eq(sfam_error_class(open_within("tcp:no.test:1", 0)),
			 SFAM_ERROR_NAME);
	ck_assert_err(open_within("tcp:both.test", 0), EINVAL);
	memset(&diag, 0x55, sizeof(diag));
	ck_assert_err(sfam_open_text("tcp:both.test:1", 15, SFAM_OPEN_CONNECT,
				     NULL, &diag), ECONNREFUSED);
	ck_assert_str_eq(diag.expected, "");
}
END_TEST

START_TEST(connect_from_source)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_addr source = parse("inet:127.0.0.9:0"), peer;
	int server, fd, child;
	unsigned int port;

	own_etc("::1 both.test six.test\n127.0.0.1 both.test\n", "");
	server = listener("tcp::0");
	port = port_of(server);
	opts.source = &source;
	fd = open_text(with_port("tcp:both.test", port), SFAM_OPEN_CONNECT,
		       &opts);
	ck_assert_ok(fd);
	check_local(fd, "inet:127.0.0.9:");
	child = sfam_accept(server, 0, SFAM_FOREVER, &peer);
	ck_assert_ok(child);
	check_text(&peer, "inet6:[::ffff:127.0.0.9]:");
	close(child);
	close(fd);
	ck_assert_err(open_text(with_port("tcp:six.test", port),
				SFAM_OPEN_CONNECT, &opts), EADDRNOTAVAIL);
	ck_assert_err(open_text("inet6:[::1]:1", SFAM_OPEN_CONNECT, &opts),
		      EINVAL);
	ck_assert_err(open_text("tcp::0", SFAM_OPEN_LISTEN, &opts), EINVAL);
	ck_assert_err(open_text("inet::0", SFAM_OPEN_BIND, &opts), EINVAL);
	source = parse("inet:192.0.2.1:0");	/* not ours */
	ck_assert_err(open_text(with_port("tcp:both.test", port),
				SFAM_OPEN_CONNECT, &opts), EADDRNOTAVAIL);
	close(server);
}
END_TEST

/* Connects to what a listener has, from source; the peer sees it. */
static void check_source(const char *server_text, const char *source_text)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_addr source = parse(source_text), at, peer;
	int server = listener(server_text);
	int fd, child;

	opts.source = &source;
	ck_assert_ok(sfam_addr_local(&at, server));
	fd = sfam_open(&at, SFAM_OPEN_CONNECT, &opts);
	ck_assert_ok(fd);
	child = sfam_accept(server, 0, SFAM_FOREVER, &peer);
	ck_assert_ok(child);
	check_text(&peer, source_text);
	close(child);
	close(fd);
	close(server);
}

START_TEST(source_unix)
{
	check_source("unix:", "unix:@sockfam-test-source");
	check_source("unix:,type=seqpacket", "unix:@sockfam-test-source");
}
END_TEST

START_TEST(source_vsock)
{
	check_source("vsock:local:any", "vsock:local:47110");
}
END_TEST

/* Who is bound is a server there (net/tipc/socket.c). */
START_TEST(source_tipc)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_addr source = parse("tipc:47110:2");
	int server = listener("tipc:47110:1");

	opts.source = &source;
	ck_assert_err(open_text("tipc:47110:1", SFAM_OPEN_CONNECT, &opts),
		      EOPNOTSUPP);
	close(server);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ connect_tries_each, "netns" },
		{ connect_gives_up, "netns" },
		{ resolving_takes_its_time, "netns" },
		{ connect_error, "netns inet6" },
		{ connect_from_source, "netns inet6" },
		{ source_unix, "netns" },
		{ source_vsock, "vsock-loopback" },
		{ source_tipc, "netns tipc" },
	};

	return harness_run("connect-name", tests, HARNESS_LEN(tests));
}
