/* SPDX-License-Identifier: MIT */
/*
 * A storm of signals in every process that takes part. No error surfaces,
 * totals hold, and no byte is lost or sent twice. How late each total ended
 * is printed; on a loaded machine that says nothing, so it is not judged.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"
#include "pairs.h"
#include "storm.h"

#define MS INT64_C(1000000)
#define BYTES (2u << 20)
#define WAIT_NS (50 * MS)

/* The first calls wait for the program's own pages to be read. */
static int warming_up;

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static unsigned char byte_at(size_t i)
{
	return (unsigned char)(i * 2654435761u >> 24);
}

static unsigned char *pattern(void)
{
	unsigned char *buf = malloc(BYTES);
	size_t i;

	for (i = 0; i < BYTES; i++)
		buf[i] = byte_at(i);
	return buf;
}

static int file_of_pattern(void)
{
	unsigned char *buf = pattern();
	int fd = memfd_create("pattern", MFD_CLOEXEC);

	ck_assert_int_eq(write(fd, buf, BYTES), BYTES);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	free(buf);
	return fd;
}

static void reap(pid_t pid)
{
	int status = 1;

	while (waitpid(pid, &status, 0) < 0)
		ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(status, 0);
}

/* A child in a storm of its own; its end is what run says. */
static pid_t in_child(int (*run)(int fd), int fd, int other)
{
	pid_t pid = fork();
	int r;

	if (pid != 0)
		return pid;
	close(other);
	storm();
	r = run(fd);
	calm();
	if (r < 0)
		printf("in the child: %s\n", strerror(-r));
	_exit(r < 0 ? 1 : 0);
}

/* ---------------------------------------------------- what a child does -- */

static int send_pattern(int fd)
{
	unsigned char *buf = pattern();
	size_t sent = 0;
	int r = sfam_send_all(fd, buf, BYTES, 0, SFAM_FOREVER, &sent);

	return r < 0 ? r : sent == BYTES ? 0 : -EIO;
}

static int sendv_pattern(int fd)
{
	unsigned char *buf = pattern();
	struct iovec iov[] = { { buf, 1 }, { buf + 1, BYTES / 2 },
			       { buf + 1 + BYTES / 2, BYTES / 2 - 1 } };

	return sfam_sendv_all(fd, iov, 3, 0, SFAM_FOREVER, NULL);
}

static int sendfile_pattern(int fd)
{
	return sfam_sendfile(fd, file_of_pattern(), NULL, BYTES, SFAM_FOREVER,
			     NULL);
}

/* By copies: a blocking socket with a timeout. */
static int sendfile_in_time(int fd)
{
	return sfam_sendfile(fd, file_of_pattern(), NULL, BYTES,
			     3600 * 1000 * MS, NULL);
}

static int compare(const unsigned char *buf)
{
	size_t i;

	for (i = 0; i < BYTES; i++)
		if (buf[i] != byte_at(i))
			return -EBADMSG;
	return 0;
}

static int receive_exactly(int fd)
{
	unsigned char *buf = malloc(BYTES);
	int r = sfam_recv_exact(fd, buf, BYTES, SFAM_FOREVER, NULL);

	return r < 0 ? r : compare(buf);
}

/* ------------------------------------------------------------ streams -- */

/*
 * send and receive run in children, each in its storm. The end comes after
 * all is received: TIPC drops what is in flight when a side closes.
 */
static void stream(const char *text, int (*send)(int fd))
{
	pid_t sender, receiver;
	char more;
	int fd[2];

	pairs_open(fd, text);
	receiver = in_child(receive_exactly, fd[1], fd[0]);
	sender = in_child(send, fd[0], fd[1]);
	reap(receiver);
	reap(sender);
	/* Not one byte twice. */
	ck_assert_err(sfam_recv(fd[1], &more, 1, 0, NULL), ETIMEDOUT);
	pairs_close(fd);
}

/* This process stands between the two. */
static void between(const char *text, int64_t timeout_ns)
{
	int in[2], out[2];
	uint64_t moved = 0, lost = 7;
	pid_t sender, receiver;

	pairs_open(in, text);
	pairs_open(out, "unix:");
	sender = in_child(send_pattern, in[0], in[1]);
	receiver = in_child(receive_exactly, out[1], out[0]);
	storm();
	ck_assert_ok(sfam_splice(in[1], out[0], BYTES, timeout_ns, &moved,
				 &lost));
	calm();
	ck_assert_uint_eq(moved, BYTES);
	ck_assert_uint_eq(lost, 0);
	reap(sender);
	reap(receiver);
	pairs_close(in);
	pairs_close(out);
}

static void receive_to_end(const char *text)
{
	unsigned char *buf = malloc(BYTES);
	size_t got = 0;
	pid_t sender;
	int fd[2];

	pairs_open(fd, text);
	sender = in_child(send_pattern, fd[0], fd[1]);
	close(fd[0]);
	storm();
	ck_assert_ok(sfam_recv_until_end(fd[1], buf, BYTES, SFAM_FOREVER,
					 &got));
	calm();
	ck_assert_uint_eq(got, BYTES);
	ck_assert_ok(compare(buf));
	reap(sender);
	close(fd[1]);
	free(buf);
}

static void streams(const char *text)
{
	stream(text, send_pattern);
	stream(text, sendv_pattern);
	stream(text, sendfile_pattern);
	stream(text, sendfile_in_time);
	between(text, SFAM_FOREVER);
	between(text, 3600 * 1000 * MS);
	if (strncmp(text, "tipc:", 5) != 0)
		receive_to_end(text);
}

START_TEST(streams_unix)
{
	streams("unix:");
}
END_TEST

START_TEST(streams_inet)
{
	streams("inet:127.0.0.1:0");
}
END_TEST

START_TEST(streams_vsock)
{
	streams("vsock:local:any");
}
END_TEST

START_TEST(streams_tipc)
{
	streams("tipc:4715:1,type=stream");
}
END_TEST

/* ------------------------------------------------- connect and accept -- */

#define CONNECTIONS 50

/* As a child: so many connections, of new sockets and of foreign ones. */
static int connect_often(const struct sfam_addr *at, int flags)
{
	int i, fd, r;

	for (i = 0; i < CONNECTIONS; i++) {
		fd = i % 2 ? sfam_open(at, SFAM_OPEN_CONNECT, NULL) :
			     socket(sfam_family_af(at->family),
				    at->type | flags, at->protocol);
		if (fd < 0)
			return fd;
		r = i % 2 ? 0 : sfam_connect(fd, at, SFAM_FOREVER);
		if (r == 0)
			r = sfam_send_all(fd, &i, sizeof(i), 0, SFAM_FOREVER,
					  NULL);
		/* Till the other side has it: TIPC drops what is in flight. */
		if (r == 0)
			r = sfam_recv_exact(fd, &r, sizeof(r), SFAM_FOREVER,
					    NULL);
		close(fd);
		if (r < 0)
			return r;
	}
	return 0;
}

static pid_t connect_in_child(const struct sfam_addr *at, int flags)
{
	pid_t pid = fork();
	int r;

	if (pid != 0)
		return pid;
	storm();
	r = connect_often(at, flags);
	calm();
	if (r < 0)
		printf("connect: %s\n", strerror(-r));
	_exit(r < 0 ? 1 : 0);
}

static int listen_on(const char *text, struct sfam_addr *ret_at)
{
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN, NULL,
				NULL);

	ck_assert_ok(fd);
	if (strncmp(text, "tipc:", 5) == 0)
		ck_assert_ok(sfam_addr_parse(ret_at, text, strlen(text),
					     NULL));
	else
		ck_assert_ok(sfam_addr_local(ret_at, fd));
	return fd;
}

/* Every connection comes once, in order. */
static void connections(const char *text, int flags)
{
	struct sfam_addr at;
	int listener = listen_on(text, &at), child, i, got;
	pid_t pid = connect_in_child(&at, flags);

	storm();
	for (i = 0; i < CONNECTIONS; i++) {
		child = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
		ck_assert_ok(child);
		ck_assert_ok(sfam_recv_exact(child, &got, sizeof(got),
					     SFAM_FOREVER, NULL));
		ck_assert_int_eq(got, i);
		got = 0;
		ck_assert_ok(sfam_send_all(child, &got, sizeof(got), 0,
					   SFAM_FOREVER, NULL));
		close(child);
	}
	ck_assert_err(sfam_accept(listener, 0, 0, NULL), ETIMEDOUT);
	calm();
	reap(pid);
	close(listener);
}

START_TEST(connections_unix)
{
	connections("unix:", 0);
	connections("unix:", SOCK_NONBLOCK);
}
END_TEST

START_TEST(connections_inet)
{
	connections("inet:127.0.0.1:0", 0);
	connections("inet:127.0.0.1:0", SOCK_NONBLOCK);
}
END_TEST

START_TEST(connections_vsock)
{
	connections("vsock:local:any", 0);
	connections("vsock:local:any", SOCK_NONBLOCK);
}
END_TEST

START_TEST(connections_tipc)
{
	connections("tipc:4715:2", 0);
	connections("tipc:4715:2", SOCK_NONBLOCK);
}
END_TEST

/* ------------------------------------------------------------- totals -- */

struct total {
	const char *name;
	int64_t start;
	int count;		/* of signals before */
};

static void begin(struct total *t, const char *name)
{
	t->name = name;
	t->count = storm_signals;
	t->start = now_ns();
}

static void end(const struct total *t)
{
	int64_t late = now_ns() - t->start - WAIT_NS;

	calm();
	if (!warming_up)
		printf("storm: %-20s %3d signals, %6.3f ms late\n", t->name,
		       (int)storm_signals - t->count,
		       (double)late / (double)MS);
	fflush(stdout);
	ck_assert_int_ge(late, 0);
	/* Both timers are of one CPU, and its own comes first. */
	ck_assert_int_gt(storm_signals, t->count);
	storm();
}

static void total_of_accept(const char *text)
{
	struct sfam_addr at;
	struct total t;
	int listener = listen_on(text, &at);

	begin(&t, "accept");
	ck_assert_err(sfam_accept(listener, 0, WAIT_NS, NULL), ETIMEDOUT);
	end(&t);
	close(listener);
}

static void totals_of_io(const char *text)
{
	unsigned char *buf = pattern();
	int file = file_of_pattern(), fd[2], out[2];
	struct total t;

	pairs_open(fd, text);
	pairs_open(out, text);
	begin(&t, "recv_exact");
	ck_assert_err(sfam_recv_exact(fd[1], buf, 1, WAIT_NS, NULL),
		      ETIMEDOUT);
	end(&t);
	begin(&t, "recv_until_end");
	ck_assert_err(sfam_recv_until_end(fd[1], buf, 1, WAIT_NS, NULL),
		      ETIMEDOUT);
	end(&t);
	begin(&t, "splice");
	ck_assert_err(sfam_splice(fd[1], out[0], 1, WAIT_NS, NULL, NULL),
		      ETIMEDOUT);
	end(&t);
	while (sfam_send_all(fd[0], buf, BYTES, 0, 0, NULL) == 0)
		;
	begin(&t, "send_all");
	ck_assert_err(sfam_send_all(fd[0], buf, BYTES, 0, WAIT_NS, NULL),
		      ETIMEDOUT);
	end(&t);
	begin(&t, "sendfile");
	ck_assert_err(sfam_sendfile(fd[0], file, NULL, SFAM_TO_END, WAIT_NS,
				    NULL), ETIMEDOUT);
	end(&t);
	pairs_close(fd);
	pairs_close(out);
	close(file);
	free(buf);
}

static void totals(const char *text)
{
	stay_on_cpu();
	printf("storm: %s\n", text);
	storm();
	for (warming_up = 1; warming_up >= 0; warming_up--) {
		total_of_accept(text);
		totals_of_io(text);
	}
	calm();
}

START_TEST(totals_unix)
{
	totals("unix:");
}
END_TEST

START_TEST(totals_inet)
{
	totals("inet:127.0.0.1:0");
}
END_TEST

START_TEST(totals_vsock)
{
	totals("vsock:local:any");
}
END_TEST

START_TEST(totals_tipc)
{
	totals("tipc:4715:3,type=stream");
}
END_TEST

/* A TIPC listener that does not accept, and full backlogs. */
static void total_of_connect(const char *text, int flags, int is_full)
{
	struct sfam_addr at;
	struct total t;
	int listener = listen_on(text, &at);
	int first = is_full ? pairs_fill(listener) : -1, fd;

	fd = socket(sfam_family_af(at.family), at.type | flags, at.protocol);
	printf("storm: %s\n", text);
	stay_on_cpu();
	storm();
	begin(&t, flags ? "connect, O_NONBLOCK" : "connect, blocking");
	ck_assert_err(sfam_connect(fd, &at, WAIT_NS), ETIMEDOUT);
	end(&t);
	calm();
	close(fd);
	if (is_full)
		close(first);
	close(listener);
}

START_TEST(totals_of_connect)
{
	total_of_connect("unix:", 0, 1);
	total_of_connect("unix:", SOCK_NONBLOCK, 1);
	total_of_connect("inet:127.0.0.1:0", 0, 1);
	total_of_connect("inet:127.0.0.1:0", SOCK_NONBLOCK, 1);
}
END_TEST

START_TEST(total_of_connect_tipc)
{
	total_of_connect("tipc:4715:4", SOCK_NONBLOCK, 0);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ streams_unix, NULL },
		{ streams_inet, "netns" },
		{ streams_vsock, "vsock-loopback" },
		{ streams_tipc, "netns tipc" },
		{ connections_unix, NULL },
		{ connections_inet, "netns" },
		{ connections_vsock, "vsock-loopback" },
		{ connections_tipc, "netns tipc" },
		{ totals_unix, NULL },
		{ totals_inet, "netns" },
		{ totals_vsock, "vsock-loopback" },
		{ totals_tipc, "netns tipc" },
		{ totals_of_connect, "netns" },
		{ total_of_connect_tipc, "netns tipc" },
	};

	return harness_run("storm", tests, HARNESS_LEN(tests));
}
