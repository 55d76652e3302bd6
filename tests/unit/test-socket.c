/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"
#include "storm.h"

#define MS INT64_C(1000000)

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static int open_text(const char *text, enum sfam_open_how how,
		     const struct sfam_open_opts *opts)
{
	return sfam_open_text(text, strlen(text), how, opts, NULL);
}

static void check_flags(int fd, int cloexec, int nonblock)
{
	ck_assert_int_eq(!!(fcntl(fd, F_GETFD) & FD_CLOEXEC), cloexec);
	ck_assert_int_eq(!!(fcntl(fd, F_GETFL) & O_NONBLOCK), nonblock);
}

static void pair(int fd[2], int type)
{
	ck_assert_int_eq(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fd), 0);
}

static void close_pair(const int fd[2])
{
	close(fd[0]);
	close(fd[1]);
}

/* A listener's text, its client, and what both see of each other. */
static void connect_and_talk(const char *text, const char *type)
{
	struct sfam_addr local, peer;
	char at[SFAM_ADDR_STRLEN], got[4];
	int listener, client, child;

	listener = open_text(text, SFAM_OPEN_LISTEN, NULL);
	ck_assert_ok(listener);
	check_flags(listener, 1, 0);
	ck_assert_ok(sfam_addr_local(&local, listener));
	ck_assert_ok(sfam_addr_format(&local, at, sizeof(at)));
	if (type)
		ck_assert_ptr_nonnull(strstr(at, type));
	client = sfam_open(&local, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(client);
	check_flags(client, 1, 0);
	child = sfam_accept(listener, 0, SFAM_FOREVER, &peer);
	ck_assert_ok(child);
	check_flags(child, 1, 0);
	ck_assert_ptr_eq(peer.family, local.family);
	ck_assert_ok(sfam_send_all(client, "abc", 4, 0, SFAM_FOREVER, NULL));
	ck_assert_ok(sfam_recv_exact(child, got, 4, SFAM_FOREVER, NULL));
	ck_assert_str_eq(got, "abc");
	ck_assert_ok(sfam_addr_peer(&peer, client));
	ck_assert(sfam_addr_equal(&peer, &local));
	close(child);
	close(client);
	close(listener);
}

START_TEST(unix_autobind)
{
	connect_and_talk("unix:", NULL);
	connect_and_talk("unix:,type=seqpacket", "type=seqpacket");
	connect_and_talk("unix:@sockfam\\x00test", NULL);
}
END_TEST

START_TEST(unix_path_of_108_bytes)
{
	char text[5 + 108 + 1], out[SFAM_ADDR_STRLEN];
	struct sfam_addr addr;
	int fd;

	snprintf(text, sizeof(text), "unix:/tmp/sockfam-%095d", (int)getpid());
	ck_assert_uint_eq(strlen(text), 5 + 108);
	unlink(text + 5);
	fd = open_text(text, SFAM_OPEN_BIND, NULL);
	ck_assert_ok(fd);
	ck_assert_ok(sfam_addr_local(&addr, fd));
	ck_assert_ok(sfam_addr_format(&addr, out, sizeof(out)));
	ck_assert_str_eq(out, text);
	close(fd);
	ck_assert_int_eq(unlink(text + 5), 0);
}
END_TEST

START_TEST(inet_loopback)
{
	connect_and_talk("inet:127.0.0.1:0", NULL);
}
END_TEST

START_TEST(inet6_loopback)
{
	connect_and_talk("inet6:[::1]:0", NULL);
}
END_TEST

START_TEST(vsock_loopback)
{
	connect_and_talk("vsock:local:any", NULL);
	connect_and_talk("vsock:local:any,type=seqpacket", "type=seqpacket");
}
END_TEST

/* TIPC answers a connect only when the server accepts: two threads. */
static void *accept_one(void *listener)
{
	int fd = sfam_accept(*(int *)listener, 0, SFAM_FOREVER, NULL);
	char c = 0;

	ck_assert_ok(fd);
	ck_assert_int_eq(sfam_recv(fd, &c, 1, SFAM_FOREVER, NULL), 1);
	ck_assert_int_eq(c, 'x');
	close(fd);
	return NULL;
}

START_TEST(tipc_service)
{
	struct sfam_addr peer;
	char text[SFAM_ADDR_STRLEN];
	pthread_t thread;
	int listener, fd;

	listener = open_text("tipc:4711:17", SFAM_OPEN_LISTEN, NULL);
	ck_assert_ok(listener);
	ck_assert_int_eq(pthread_create(&thread, NULL, accept_one, &listener),
			 0);
	fd = open_text("tipc:4711:17", SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(fd);
	ck_assert_ok(sfam_addr_peer(&peer, fd));
	ck_assert_ok(sfam_addr_format(&peer, text, sizeof(text)));
	ck_assert_int_eq(strncmp(text, "tipc:socket:", 12), 0);
	ck_assert_ok(sfam_send_all(fd, "x", 1, 0, SFAM_FOREVER, NULL));
	pthread_join(thread, NULL);
	close(fd);
	close(listener);
}
END_TEST

/* The listener never accepts: the kernel alone would wait for 8 s. */
START_TEST(tipc_connect_timeout)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int listener = open_text("tipc:4711:18", SFAM_OPEN_LISTEN, NULL);
	int64_t start = now_ns();

	ck_assert_ok(listener);
	opts.timeout_ns = 50 * MS;
	ck_assert_err(open_text("tipc:4711:18", SFAM_OPEN_CONNECT, &opts),
		      ETIMEDOUT);
	ck_assert_int_ge(now_ns() - start, 50 * MS);
	close(listener);
	ck_assert_err(open_text("tipc:4711:19", SFAM_OPEN_CONNECT, &opts),
		      EHOSTUNREACH);
}
END_TEST

/* Hash by two-step open: bind, accept; the peer has no address. */
START_TEST(alg_accept)
{
	static const unsigned char want[] = { 0xba, 0x78, 0x16, 0xbf };
	unsigned char digest[32];
	struct sfam_addr peer;
	int parent = open_text("alg:hash:sha256", SFAM_OPEN_BIND, NULL);
	int fd;

	ck_assert_ok(parent);
	fd = sfam_accept(parent, 0, 0, &peer);
	ck_assert_ok(fd);
	check_flags(fd, 1, 0);
	ck_assert_str_eq(sfam_family_name(peer.family), "alg");
	ck_assert_uint_eq(peer.len, 0);
	ck_assert_ok(sfam_send_all(fd, "abc", 3, 0, SFAM_FOREVER, NULL));
	ck_assert_int_eq(sfam_recv(fd, digest, sizeof(digest), SFAM_FOREVER,
				   NULL), 32);
	ck_assert_mem_eq(digest, want, sizeof(want));
	close(fd);
	close(parent);
	ck_assert_err(open_text("alg:hash:nosuch", SFAM_OPEN_BIND, NULL),
		      ENOENT);
}
END_TEST

START_TEST(bound_addresses)
{
	static const char *const texts[] = {
		"can:vcan0", "can:", "can-isotp:vcan0,rx=123,tx=321",
		"can-isotp:vcan0,rx=12345678,tx=00000001",
		"can-j1939:vcan0,addr=0x20",
		"can-j1939:vcan0,name=0x0123456789abcdef,addr=0x80",
	};
	struct sfam_addr addr;
	char text[SFAM_ADDR_STRLEN];
	size_t i;
	int fd;

	for (i = 0; i < HARNESS_LEN(texts); i++) {
		fd = open_text(texts[i], SFAM_OPEN_BIND, NULL);
		ck_assert_msg(fd >= 0, "%s: %s", texts[i], strerror(-fd));
		ck_assert_ok(sfam_addr_local(&addr, fd));
		ck_assert_ok(sfam_addr_format(&addr, text, sizeof(text)));
		ck_assert_str_eq(text, texts[i]);
		close(fd);
	}
	/* A PGN is a receive filter; the kernel does not tell it again. */
	fd = open_text("can-j1939:vcan0,pgn=0x0ef00", SFAM_OPEN_BIND, NULL);
	ck_assert_ok(fd);
	ck_assert_ok(sfam_addr_local(&addr, fd));
	ck_assert_ok(sfam_addr_format(&addr, text, sizeof(text)));
	ck_assert_str_eq(text, "can-j1939:vcan0");
	close(fd);
	fd = open_text("can-bcm:vcan0", SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(fd);
	close(fd);
	ck_assert_err(open_text("can:vcan0", SFAM_OPEN_LISTEN, NULL),
		      EOPNOTSUPP);
}
END_TEST

START_TEST(packet_bound)
{
	struct sfam_addr addr;
	char text[SFAM_ADDR_STRLEN];
	int fd = open_text("packet:lo,proto=ip", SFAM_OPEN_BIND, NULL);

	ck_assert_ok(fd);
	ck_assert_ok(sfam_addr_local(&addr, fd));
	ck_assert_ok(sfam_addr_format(&addr, text, sizeof(text)));
	ck_assert_str_eq(text, "packet:lo,proto=ip,hatype=772,"
			 "addr=00:00:00:00:00:00");
	close(fd);
}
END_TEST

START_TEST(netlink_bound)
{
	struct sfam_addr addr;
	char text[SFAM_ADDR_STRLEN];
	int fd = open_text("netlink:route,pid=4242,groups=0x1",
			   SFAM_OPEN_BIND, NULL);

	ck_assert_ok(fd);
	ck_assert_ok(sfam_addr_local(&addr, fd));
	ck_assert_ok(sfam_addr_format(&addr, text, sizeof(text)));
	ck_assert_str_eq(text, "netlink:route,pid=4242,groups=0x1");
	close(fd);
}
END_TEST

/* ----------------------------------------------------------- options -- */

START_TEST(options)
{
	struct { struct sfam_open_opts o; uint64_t tail; } longer;
	struct sfam_open_opts o = SFAM_OPEN_OPTS_INIT;
	int fd;

	o.flags = SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC;
	fd = open_text("unix:", SFAM_OPEN_BIND, &o);
	check_flags(fd, 0, 1);
	close(fd);
	o.flags = 0x80000000u;
	ck_assert_err(open_text("unix:", SFAM_OPEN_BIND, &o), EINVAL);
	o.flags = 0;
	ck_assert_err(open_text("unix:", (enum sfam_open_how)9, &o), EINVAL);
	memset(&longer, 0, sizeof(longer));
	longer.o.size = sizeof(longer);
	fd = open_text("unix:", SFAM_OPEN_BIND, &longer.o);
	ck_assert_ok(fd);
	close(fd);
	longer.tail = 1;
	ck_assert_err(open_text("unix:", SFAM_OPEN_BIND, &longer.o), E2BIG);
	o.size = 4;
	ck_assert_err(open_text("unix:", SFAM_OPEN_BIND, &o), EINVAL);
}
END_TEST

START_TEST(accept_options)
{
	int listener = open_text("unix:", SFAM_OPEN_LISTEN, NULL);
	struct sfam_addr at;
	int client, child;

	ck_assert_ok(sfam_addr_local(&at, listener));
	ck_assert_err(sfam_accept(listener, 0, 0, NULL), ETIMEDOUT);
	ck_assert_err(sfam_accept(listener, 0, 5 * MS, NULL), ETIMEDOUT);
	ck_assert_err(sfam_accept(listener, SFAM_OPEN_REUSEADDR, 0, NULL),
		      EINVAL);
	client = sfam_open(&at, SFAM_OPEN_CONNECT, NULL);
	child = sfam_accept(listener, SFAM_OPEN_NONBLOCK |
			    SFAM_OPEN_KEEP_ON_EXEC, 0, NULL);
	ck_assert_ok(child);
	check_flags(child, 0, 1);
	check_flags(listener, 1, 0);
	close(child);
	close(client);
	close(listener);
	ck_assert_err(sfam_accept(-1, 0, 0, NULL), EBADF);
}
END_TEST

/* A full backlog is where a unix connect waits. */
START_TEST(unix_connect_timeout)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_addr at;
	int64_t start;
	int listener, first;

	opts.backlog = 1;
	listener = open_text("unix:", SFAM_OPEN_LISTEN, &opts);
	ck_assert_int_eq(listen(listener, 0), 0);
	ck_assert_ok(sfam_addr_local(&at, listener));
	first = sfam_open(&at, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(first);
	opts.timeout_ns = 0;
	ck_assert_err(sfam_open(&at, SFAM_OPEN_CONNECT, &opts), ETIMEDOUT);
	opts.timeout_ns = 50 * MS;
	start = now_ns();
	ck_assert_err(sfam_open(&at, SFAM_OPEN_CONNECT, &opts), ETIMEDOUT);
	ck_assert_int_ge(now_ns() - start, 49 * MS);
	close(first);
	close(listener);
	ck_assert_err(sfam_open(&at, SFAM_OPEN_CONNECT, &opts), ECONNREFUSED);
}
END_TEST

/* ---------------------------------------------------------------- io -- */

START_TEST(io_timeouts)
{
	char buf[65536] = { 0 };
	size_t sent = 7, got = 7;
	int fd[2];
	int64_t start = now_ns();

	pair(fd, SOCK_STREAM);
	ck_assert_err(sfam_recv(fd[0], buf, 1, 0, NULL), ETIMEDOUT);
	ck_assert_err(sfam_recv_exact(fd[0], buf, 4, 20 * MS, &got),
		      ETIMEDOUT);
	ck_assert_uint_eq(got, 0);
	ck_assert_int_ge(now_ns() - start, 20 * MS);
	while (sfam_send_all(fd[1], buf, sizeof(buf), 0, 0, &sent) == 0)
		;
	ck_assert_uint_lt(sent, sizeof(buf));
	ck_assert_err(sfam_send_all(fd[1], buf, sizeof(buf), 0, 5 * MS, NULL),
		      ETIMEDOUT);
	check_flags(fd[0], 1, 0);
	check_flags(fd[1], 1, 0);
	close_pair(fd);
}
END_TEST

START_TEST(io_ends)
{
	char buf[8];
	size_t got = 0;
	int fd[2];

	pair(fd, SOCK_STREAM);
	ck_assert_ok(sfam_send_all(fd[1], "ab", 2, 0, SFAM_FOREVER, NULL));
	close(fd[1]);
	ck_assert_err(sfam_recv_exact(fd[0], buf, 4, SFAM_FOREVER, &got),
		      ENODATA);
	ck_assert_uint_eq(got, 2);
	ck_assert_int_eq(sfam_recv(fd[0], buf, 4, SFAM_FOREVER, NULL), 0);
	ck_assert_err(sfam_send_all(fd[0], "x", 1, 0, SFAM_FOREVER, NULL),
		      EPIPE);
	close(fd[0]);
	pair(fd, SOCK_DGRAM);
	ck_assert_ok(sfam_send_all(fd[1], "abcd", 4, 0, SFAM_FOREVER, NULL));
	ck_assert_err(sfam_recv(fd[0], buf, 3, SFAM_FOREVER, NULL), EMSGSIZE);
	ck_assert_ok(sfam_send_all(fd[1], "", 0, 0, SFAM_FOREVER, NULL));
	ck_assert_int_eq(sfam_recv(fd[0], buf, 3, SFAM_FOREVER, NULL), 0);
	close_pair(fd);
}
END_TEST

START_TEST(recv_from)
{
	struct sfam_addr to, from, me;
	char buf[4];
	int a = open_text("inet:127.0.0.1:0,type=dgram", SFAM_OPEN_BIND, NULL);
	int b;

	ck_assert_ok(sfam_addr_local(&to, a));
	b = sfam_open(&to, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(sfam_addr_local(&me, b));
	ck_assert_ok(sfam_send_all(b, "abc", 3, 0, SFAM_FOREVER, NULL));
	ck_assert_int_eq(sfam_recv(a, buf, 4, SFAM_FOREVER, &from), 3);
	ck_assert(sfam_addr_equal(&from, &me));
	close(a);
	close(b);
}
END_TEST

START_TEST(recv_packet)
{
	const struct sfam_family *packet = sfam_family_by_name("packet");
	int in = open_text("packet:lo", SFAM_OPEN_BIND, NULL);
	int out = open_text("inet:127.0.0.1:9,type=dgram", SFAM_OPEN_CONNECT,
			    NULL);
	struct sfam_addr from;
	char buf[100];

	ck_assert_ok(sfam_send_all(out, "abc", 3, 0, SFAM_FOREVER, NULL));
	ck_assert_int_eq(sfam_recv(in, buf, sizeof(buf), SFAM_FOREVER, &from),
			 14 + 20 + 8 + 3);
	ck_assert_mem_eq(buf + 14 + 20 + 8, "abc", 3);
	ck_assert_ptr_eq(from.family, packet);
	close(in);
	close(out);
}
END_TEST

/* --------------------------------------------------- a storm of signals -- */

#define STORM_BYTES (8u << 20)

static void send_pattern(int fd)
{
	unsigned char *buf = malloc(STORM_BYTES);
	size_t i;

	for (i = 0; i < STORM_BYTES; i++)
		buf[i] = (unsigned char)(i * 2654435761u >> 24);
	storm();
	if (sfam_send_all(fd, buf, STORM_BYTES, 0, SFAM_FOREVER, NULL) < 0)
		_exit(1);
	calm();
	free(buf);
	_exit(0);
}

START_TEST(signals_do_not_show)
{
	unsigned char *buf = malloc(STORM_BYTES);
	int fd[2], status = 1;
	int64_t start;
	size_t i;
	pid_t pid;

	pair(fd, SOCK_STREAM);
	pid = fork();
	if (pid == 0)
		send_pattern(fd[1]);
	storm();
	ck_assert_ok(sfam_recv_exact(fd[0], buf, STORM_BYTES, SFAM_FOREVER,
				     NULL));
	start = now_ns();
	ck_assert_err(sfam_recv(fd[0], buf, 1, 30 * MS, NULL), ETIMEDOUT);
	ck_assert_int_ge(now_ns() - start, 30 * MS);
	calm();
	for (i = 0; i < STORM_BYTES; i++)
		if (buf[i] != (unsigned char)(i * 2654435761u >> 24))
			break;
	ck_assert_uint_eq(i, STORM_BYTES);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	close_pair(fd);
	free(buf);
}
END_TEST

#define MESSAGES 12
#define MESSAGE_LEN 200000u

static void send_messages(const struct sfam_addr *to)
{
	unsigned char *buf = malloc(MESSAGE_LEN);
	int fd = sfam_open(to, SFAM_OPEN_CONNECT, NULL);
	int i;

	storm();
	for (i = 0; i < MESSAGES; i++) {
		memset(buf, i, MESSAGE_LEN);
		if (sfam_send_all(fd, buf, MESSAGE_LEN - (unsigned int)i, 0,
				  SFAM_FOREVER, NULL) < 0)
			_exit(1);
	}
	calm();
	free(buf);
	_exit(0);
}

/*
 * Messages that fill the peer's credit over and over, under a storm of
 * signals: each comes whole and alone. With MSG_DONTWAIT the kernel joins
 * the beginning of one to the next.
 */
START_TEST(vsock_messages_stay_whole)
{
	unsigned char *buf = malloc(2 * MESSAGE_LEN);
	int listener = open_text("vsock:local:any,type=seqpacket",
				 SFAM_OPEN_LISTEN, NULL);
	struct sfam_addr at;
	int fd, i, status = 1;
	ssize_t n;
	pid_t pid;

	ck_assert_ok(sfam_addr_local(&at, listener));
	pid = fork();
	if (pid == 0)
		send_messages(&at);
	fd = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	for (i = 0; i < MESSAGES; i++) {
		usleep(20000);
		n = sfam_recv(fd, buf, 2 * MESSAGE_LEN, SFAM_FOREVER, NULL);
		ck_assert_int_eq(n, MESSAGE_LEN - (unsigned int)i);
		ck_assert_int_eq(buf[0], i);
		ck_assert_int_eq(buf[n - 1], i);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	ck_assert_err(sfam_send_all(fd, buf, 1, 0, 0, NULL), EOPNOTSUPP);
	close(fd);
	close(listener);
	free(buf);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ unix_autobind, "netns" },
		{ unix_path_of_108_bytes, NULL },
		{ inet_loopback, "netns" },
		{ inet6_loopback, "netns inet6" },
		{ vsock_loopback, "vsock-loopback" },
		{ tipc_service, "netns tipc" },
		{ tipc_connect_timeout, "netns tipc" },
		{ alg_accept, "alg" },
		{ bound_addresses, "vcan can can-bcm can-isotp can-j1939" },
		{ packet_bound, "netns" },
		{ netlink_bound, "netns" },
		{ options, NULL },
		{ accept_options, NULL },
		{ unix_connect_timeout, NULL },
		{ io_timeouts, NULL },
		{ io_ends, NULL },
		{ recv_from, "netns" },
		{ recv_packet, "netns" },
		{ signals_do_not_show, NULL },
		{ vsock_messages_stay_whole, "vsock-loopback" },
	};

	return harness_run("socket", tests, HARNESS_LEN(tests));
}
