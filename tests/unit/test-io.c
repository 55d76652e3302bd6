/* SPDX-License-Identifier: MIT */
/* Whole buffers in and out: vectors, datagrams with addresses, streams. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"
#include "pairs.h"

#define MS INT64_C(1000000)
#define BIG (3u << 20)

static int open_text(const char *text, enum sfam_open_how how)
{
	return sfam_open_text(text, strlen(text), how, NULL, NULL);
}

static void fill(unsigned char *buf, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf[i] = (unsigned char)(i * 2654435761u >> 24);
}

static void unix_pair(int fd[2], int type)
{
	ck_assert_int_eq(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fd), 0);
}

/* ----------------------------------------------------------- vectors -- */

/* Buffers of every length, empty ones too, from 0 to n bytes in all. */
static size_t cut_up(struct iovec *iov, size_t max, unsigned char *buf,
		     size_t n, uint64_t *seed)
{
	size_t len, i;

	for (i = 0; i < max - 1 && n; i++) {
		len = test_random(seed) % 4 ? test_random(seed) % 30000 : 0;
		len = len < n ? len : n;
		iov[i].iov_base = buf;
		iov[i].iov_len = len;
		buf += len;
		n -= len;
	}
	iov[i].iov_base = buf;
	iov[i].iov_len = n;
	return i + 1;
}

/* Receives in a child, checks, and ends with 0 if all was as sent. */
static pid_t expect_in_child(const int fd[2], const unsigned char *want,
			     size_t n)
{
	pid_t pid = fork();
	unsigned char *buf;
	size_t got = 0;
	int r;

	if (pid != 0)
		return pid;
	close(fd[0]);
	buf = malloc(n);
	r = sfam_recv_until_end(fd[1], buf, n, SFAM_FOREVER, &got);
	/* TIPC has no half close: its end may be a reset. */
	_exit((r == 0 || r == -ECONNRESET) && got == n &&
	      memcmp(buf, want, n) == 0 ? 0 : 1);
}

static void reap(pid_t pid)
{
	int status = 1;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static void vectors_through(const char *text)
{
	static unsigned char buf[BIG];
	static struct iovec iov[IOV_MAX], before[IOV_MAX];
	uint64_t seed = test_seed();
	size_t n, sent = 0;
	int fd[2];
	pid_t pid;

	fill(buf, BIG);
	pairs_open(fd, text);
	pid = expect_in_child(fd, buf, BIG);
	close(fd[1]);
	n = cut_up(iov, IOV_MAX, buf, BIG, &seed);
	memcpy(before, iov, sizeof(iov));
	ck_assert_ok(sfam_sendv_all(fd[0], iov, n, 0, SFAM_FOREVER, &sent));
	ck_assert_uint_eq(sent, BIG);
	ck_assert_mem_eq(iov, before, sizeof(iov));
	close(fd[0]);
	reap(pid);
}

START_TEST(vectors_unix)
{
	vectors_through("unix:");
}
END_TEST

START_TEST(vectors_inet)
{
	vectors_through("inet:127.0.0.1:0");
	vectors_through("inet6:[::1]:0");
}
END_TEST

START_TEST(vectors_vsock)
{
	vectors_through("vsock:local:any");
}
END_TEST

START_TEST(vectors_tipc)
{
	vectors_through("tipc:4712:1,type=stream");
}
END_TEST

/* All buffers of a call are one message, and come into the buffers given. */
static void message_through(const int fd[2])
{
	char in[3][8] = { "", "", "" };
	struct iovec out_iov[] = {
		{ (char *)(uintptr_t)"abcd", 4 },
		{ NULL, 0 },
		{ (char *)(uintptr_t)"efghij", 6 },
	};
	const struct iovec in_iov[] = { { in[0], 4 }, { in[1], 1 },
					{ in[2], 8 } };
	size_t sent = 0;

	ck_assert_ok(sfam_sendv_all(fd[0], out_iov, 3, 0, SFAM_FOREVER,
				    &sent));
	ck_assert_uint_eq(sent, 10);
	ck_assert_int_eq(sfam_recvv(fd[1], in_iov, 3, 0, SFAM_FOREVER, NULL),
			 10);
	ck_assert_str_eq(in[0], "abcd");
	ck_assert_str_eq(in[1], "e");
	ck_assert_str_eq(in[2], "fghij");
	ck_assert_ok(sfam_send_all(fd[0], "0123456789", 10, 0, SFAM_FOREVER,
				   NULL));
	ck_assert_err(sfam_recvv(fd[1], in_iov, 2, 0, SFAM_FOREVER, NULL),
		      EMSGSIZE);
	ck_assert_err(sfam_recvv(fd[1], in_iov, 3, 0, 0, NULL), ETIMEDOUT);
	ck_assert_err(sfam_recvv(fd[1], in_iov, 3, 0, 5 * MS, NULL),
		      ETIMEDOUT);
}

START_TEST(messages_unix)
{
	int fd[2];

	unix_pair(fd, SOCK_DGRAM);
	message_through(fd);
	pairs_close(fd);
	unix_pair(fd, SOCK_SEQPACKET);
	message_through(fd);
	pairs_close(fd);
}
END_TEST

START_TEST(messages_vsock)
{
	int fd[2];

	pairs_open(fd, "vsock:local:any,type=seqpacket");
	message_through(fd);
	pairs_close(fd);
}
END_TEST

START_TEST(messages_tipc)
{
	int fd[2];

	pairs_open(fd, "tipc:4712:2");
	message_through(fd);
	pairs_close(fd);
}
END_TEST

START_TEST(vector_limits)
{
	static struct iovec iov[IOV_MAX + 1];
	size_t sent = 7;
	char c;
	int fd[2];

	unix_pair(fd, SOCK_STREAM);
	ck_assert_err(sfam_sendv_all(fd[0], iov, IOV_MAX + 1, 0, 0, &sent),
		      EMSGSIZE);
	ck_assert_uint_eq(sent, 0);
	ck_assert_ok(sfam_sendv_all(fd[0], iov, IOV_MAX, 0, 0, &sent));
	ck_assert_ok(sfam_sendv_all(fd[0], NULL, 0, 0, 0, &sent));
	iov[0] = (struct iovec){ &c, SIZE_MAX };
	iov[1] = (struct iovec){ &c, 1 };
	ck_assert_err(sfam_sendv_all(fd[0], iov, 2, 0, 0, NULL), EINVAL);
	iov[0] = (struct iovec){ NULL, 8 };
	ck_assert_err(sfam_sendv_all(fd[0], iov, 1, 0, 0, &sent), EFAULT);
	ck_assert_uint_eq(sent, 0);
	iov[0] = (struct iovec){ &c, 1 };
	ck_assert_err(sfam_recvv(fd[0], iov, IOV_MAX + 1, 0, 0, NULL),
		      EMSGSIZE);
	ck_assert_err(sfam_recvv(fd[0], iov, 1, MSG_WAITALL, 0, NULL), EINVAL);
	ck_assert_err(sfam_recvv(fd[0], iov, 1, MSG_ERRQUEUE, 0, NULL),
		      EINVAL);
	close(fd[1]);
	ck_assert_err(sfam_sendv_all(fd[0], iov, 1, 0, 0, NULL), EPIPE);
	ck_assert_int_eq(sfam_recvv(fd[0], iov, 1, 0, 0, NULL), 0);
	close(fd[0]);
	ck_assert_err(sfam_sendv_all(-1, iov, 1, 0, 0, NULL), EBADF);
}
END_TEST

/* ------------------------------------------------------------- flags -- */

START_TEST(peek_and_length)
{
	char buf[4] = "";
	const struct iovec iov = { buf, 2 };
	int fd[2];

	unix_pair(fd, SOCK_DGRAM);
	ck_assert_int_eq(sfam_send(fd[0], "abc", 3, 0, 0, NULL), 3);
	ck_assert_int_eq(sfam_recvv(fd[1], NULL, 0, MSG_PEEK | MSG_TRUNC, 0,
				    NULL), 3);
	ck_assert_err(sfam_recvv(fd[1], &iov, 1, MSG_PEEK, 0, NULL), EMSGSIZE);
	ck_assert_int_eq(sfam_recvv(fd[1], &iov, 1, MSG_TRUNC, 0, NULL), 3);
	ck_assert_str_eq(buf, "ab");
	ck_assert_err(sfam_recvv(fd[1], &iov, 1, MSG_TRUNC, 0, NULL),
		      ETIMEDOUT);
	pairs_close(fd);
}
END_TEST

START_TEST(urgent_data)
{
	char c = 0;
	const struct iovec iov = { &c, 1 };
	struct pollfd p = { .events = POLLPRI };
	int fd[2];

	pairs_open(fd, "inet:127.0.0.1:0");
	ck_assert_int_eq(sfam_send(fd[0], "ab", 2, 0, 0, NULL), 2);
	ck_assert_err(sfam_recvv(fd[1], &iov, 1, MSG_OOB, SFAM_FOREVER, NULL),
		      EINVAL);
	ck_assert_int_eq(sfam_send(fd[0], "!", 1, MSG_OOB, 0, NULL), 1);
	p.fd = fd[1];
	ck_assert_int_eq(poll(&p, 1, -1), 1);
	ck_assert_int_eq(sfam_recvv(fd[1], &iov, 1, MSG_OOB, SFAM_FOREVER,
				    NULL), 1);
	ck_assert_int_eq(c, '!');
	pairs_close(fd);
}
END_TEST

/* ------------------------------------------------------------ sendto -- */

static void send_to(const char *text)
{
	struct sfam_addr at, from, me;
	char buf[4];
	int a = open_text(text, SFAM_OPEN_BIND);
	int b = open_text(text, SFAM_OPEN_BIND);

	ck_assert_ok(a);
	ck_assert_ok(b);
	ck_assert_ok(sfam_addr_local(&at, a));
	ck_assert_ok(sfam_addr_local(&me, b));
	ck_assert_int_eq(sfam_send(b, "abc", 3, 0, SFAM_FOREVER, &at), 3);
	ck_assert_int_eq(sfam_recv(a, buf, 4, SFAM_FOREVER, &from), 3);
	ck_assert(sfam_addr_equal(&from, &me));
	ck_assert_int_lt(sfam_send(b, "abc", 3, 0, 0, NULL), 0);
	close(a);
	close(b);
}

START_TEST(send_to_unix)
{
	struct sfam_addr nowhere;
	int fd[2];

	send_to("unix:,type=dgram");
	unix_pair(fd, SOCK_STREAM);
	ck_assert_ok(sfam_addr_parse(&nowhere, "unix:/nosuch", 12, NULL));
	ck_assert_err(sfam_send(fd[0], "a", 1, 0, 0, &nowhere), EISCONN);
	pairs_close(fd);
	unix_pair(fd, SOCK_DGRAM);
	ck_assert_err(sfam_send(fd[0], "a", 1, 0, 0, &nowhere), ENOENT);
	pairs_close(fd);
}
END_TEST

START_TEST(send_to_inet)
{
	send_to("inet:127.0.0.1:0,type=dgram");
	send_to("inet6:[::1]:0,type=dgram");
}
END_TEST

START_TEST(send_to_tipc)
{
	static const char text[] = "tipc:4712:3,type=rdm";
	struct sfam_addr at;
	int a = open_text(text, SFAM_OPEN_BIND);
	int b = open_text(text, SFAM_OPEN_SOCKET);
	char buf[4];

	ck_assert_ok(sfam_addr_parse(&at, text, strlen(text), NULL));
	ck_assert_int_eq(sfam_send(b, "abc", 3, 0, SFAM_FOREVER, &at), 3);
	ck_assert_int_eq(sfam_recv(a, buf, 4, SFAM_FOREVER, NULL), 3);
	close(a);
	close(b);
}
END_TEST

/* Part of it, while there is room for part only. */
START_TEST(send_one_part)
{
	static char buf[BIG];
	ssize_t n;
	int fd[2];

	unix_pair(fd, SOCK_STREAM);
	n = sfam_send(fd[0], buf, BIG, 0, 0, NULL);
	ck_assert_int_gt(n, 0);
	ck_assert_int_lt(n, BIG);
	while (sfam_send(fd[0], buf, BIG, 0, 0, NULL) > 0)
		;
	ck_assert_err(sfam_send(fd[0], buf, 1, 0, 5 * MS, NULL), ETIMEDOUT);
	pairs_close(fd);
}
END_TEST

/* --------------------------------------------------- to the very end -- */

static void until_end(const char *text)
{
	struct pollfd p = { .events = POLLIN };
	char buf[8] = "";
	size_t got = 77;
	int fd[2];

	pairs_open(fd, text);
	ck_assert_ok(sfam_send_all(fd[0], "abcd", 4, 0, SFAM_FOREVER, NULL));
	p.fd = fd[1];
	ck_assert_int_eq(poll(&p, 1, -1), 1);
	ck_assert_err(sfam_recv_until_end(fd[1], buf, 8, 5 * MS, &got),
		      ETIMEDOUT);
	ck_assert_uint_eq(got, 4);
	ck_assert_ok(sfam_send_all(fd[0], "efgh", 4, 0, SFAM_FOREVER, NULL));
	ck_assert_int_eq(shutdown(fd[0], SHUT_WR), 0);
	ck_assert_err(sfam_recv_until_end(fd[1], buf, 3, SFAM_FOREVER, &got),
		      EMSGSIZE);
	ck_assert_uint_eq(got, 3);
	ck_assert_ok(sfam_recv_until_end(fd[1], buf, 1, SFAM_FOREVER, &got));
	ck_assert_uint_eq(got, 1);
	ck_assert_int_eq(buf[0], 'h');
	ck_assert_ok(sfam_recv_until_end(fd[1], NULL, 0, SFAM_FOREVER, &got));
	ck_assert_uint_eq(got, 0);
	pairs_close(fd);
}

START_TEST(until_end_unix)
{
	until_end("unix:");
}
END_TEST

START_TEST(until_end_inet)
{
	until_end("inet:127.0.0.1:0");
}
END_TEST

START_TEST(until_end_vsock)
{
	until_end("vsock:local:any");
}
END_TEST

/* Datagrams have no end but that of one's own shutdown. */
START_TEST(end_of_datagrams)
{
	size_t control[64];
	struct sockaddr_storage from;
	char c;
	struct iovec iov = { &c, 1 };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd[2];

	unix_pair(fd, SOCK_DGRAM);
	ck_assert_int_eq(send(fd[1], "x", 1, 0), 1);
	ck_assert_int_eq(shutdown(fd[0], SHUT_RD), 0);
	ck_assert_int_eq(sfam_recv(fd[0], &c, 1, SFAM_FOREVER, NULL), 1);
	ck_assert_int_eq(sfam_recv(fd[0], &c, 1, SFAM_FOREVER, NULL), 0);
	ck_assert_int_eq(sfam_recvmsg(fd[0], &msg, 0, SFAM_FOREVER), 0);
	ck_assert_uint_eq(msg.msg_namelen, 0);
	ck_assert_uint_eq(msg.msg_controllen, 0);
	/* What it was asked with (net/socket.c) is no word of the message. */
	ck_assert_int_eq(msg.msg_flags & ~MSG_CMSG_CLOEXEC, 0);
	/* Both ways: a hang-up. */
	ck_assert_int_eq(shutdown(fd[0], SHUT_RDWR), 0);
	ck_assert_int_eq(sfam_recv(fd[0], &c, 1, SFAM_FOREVER, NULL), 0);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

/* -------------------------------------------------------------- wait -- */

/* For ever is longer than the socket's own time, and than no time at all. */
static void waits_for(int fd[2])
{
	const struct timespec some = { 0, 30 * MS };
	pid_t pid = fork();
	char c;

	if (pid == 0) {
		nanosleep(&some, NULL);
		_exit(send(fd[1], "x", 1, 0) != 1);
	}
	ck_assert_int_eq(sfam_recv(fd[0], &c, 1, SFAM_FOREVER, NULL), 1);
	reap(pid);
	close(fd[0]);
	close(fd[1]);
}

START_TEST(waits_for_ever)
{
	int fd[2];

	unix_pair(fd, SOCK_DGRAM);
	ck_assert_ok(sfam_option_set_timeout(fd[0], SO_RCVTIMEO, MS));
	waits_for(fd);
	unix_pair(fd, SOCK_STREAM | SOCK_NONBLOCK);
	waits_for(fd);
	unix_pair(fd, SOCK_SEQPACKET);
	waits_for(fd);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ vectors_unix, NULL },
		{ vectors_inet, "netns inet6" },
		{ vectors_vsock, "vsock-loopback" },
		{ vectors_tipc, "netns tipc" },
		{ messages_unix, NULL },
		{ messages_vsock, "vsock-loopback" },
		{ messages_tipc, "netns tipc" },
		{ vector_limits, NULL },
		{ peek_and_length, NULL },
		{ urgent_data, "netns" },
		{ send_to_unix, NULL },
		{ send_to_inet, "netns inet6" },
		{ send_to_tipc, "netns tipc" },
		{ send_one_part, NULL },
		{ until_end_unix, NULL },
		{ until_end_inet, "netns" },
		{ until_end_vsock, "vsock-loopback" },
		{ end_of_datagrams, NULL },
		{ waits_for_ever, NULL },
	};

	return harness_run("io", tests, HARNESS_LEN(tests));
}
