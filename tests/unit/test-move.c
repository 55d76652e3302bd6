/* SPDX-License-Identifier: MIT */
/* sfam_sendfile and sfam_splice: what comes out, and what is left. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"
#include "pairs.h"

#define MS INT64_C(1000000)
#define BIG (2u << 20)

static unsigned char pattern[BIG];

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static void fill(void)
{
	size_t i;

	for (i = 0; i < BIG; i++)
		pattern[i] = (unsigned char)(i * 2654435761u >> 24);
}

static int file_of_pattern(void)
{
	int fd = memfd_create("pattern", MFD_CLOEXEC);

	fill();
	ck_assert_int_eq(write(fd, pattern, BIG), BIG);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void set_nonblock(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

/* Writes all of the pattern to fd, in a child. */
static pid_t write_in_child(int fd, int other)
{
	pid_t pid = fork();
	size_t off;
	ssize_t n;

	if (pid != 0)
		return pid;
	close(other);
	for (off = 0; off < BIG; off += (size_t)n) {
		n = write(fd, pattern + off, BIG - off);
		if (n < 0)
			_exit(1);
	}
	_exit(0);
}

/* Reads to the end in a child: from byte `from` of the pattern, n of them. */
static pid_t read_in_child(int fd, int other, size_t from, size_t n)
{
	static unsigned char buf[65536];
	pid_t pid = fork();
	size_t got = 0;
	ssize_t r;

	if (pid != 0)
		return pid;
	close(other);
	while ((r = read(fd, buf, sizeof(buf))) > 0) {
		if (got + (size_t)r > n ||
		    memcmp(buf, pattern + from + got, (size_t)r) != 0)
			_exit(1);
		got += (size_t)r;
	}
	/* TIPC has no half close: its end may be a reset. */
	_exit((r == 0 || errno == ECONNRESET) && got == n ? 0 : 2);
}

static void reap(pid_t pid)
{
	int status = 1;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* ---------------------------------------------------------- sendfile -- */

static void send_file(const char *text, int nonblock, int64_t timeout_ns)
{
	int file = file_of_pattern(), fd[2];
	int64_t offset = 1000;
	uint64_t sent = 0;
	pid_t pid;

	pairs_open(fd, text);
	pid = read_in_child(fd[1], fd[0], 1000, BIG - 1000);
	close(fd[1]);
	set_nonblock(fd[0], nonblock);
	ck_assert_ok(sfam_sendfile(fd[0], file, &offset, 500000, timeout_ns,
				   &sent));
	ck_assert_uint_eq(sent, 500000);
	ck_assert_int_eq(offset, 501000);
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), 0);
	ck_assert_int_eq(lseek(file, offset, SEEK_SET), offset);
	ck_assert_ok(sfam_sendfile(fd[0], file, NULL, SFAM_TO_END, timeout_ns,
				   &sent));
	ck_assert_uint_eq(sent, BIG - 501000);
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), BIG);
	ck_assert_err(sfam_sendfile(fd[0], file, NULL, 1, timeout_ns, &sent),
		      ENODATA);
	ck_assert_uint_eq(sent, 0);
	ck_assert_int_eq(!!(fcntl(fd[0], F_GETFL) & O_NONBLOCK), nonblock);
	close(fd[0]);
	close(file);
	reap(pid);
}

static void send_file_all_ways(const char *text)
{
	send_file(text, 0, SFAM_FOREVER);
	send_file(text, 0, 3600 * 1000 * MS);
	send_file(text, 1, SFAM_FOREVER);
	send_file(text, 1, 3600 * 1000 * MS);
}

START_TEST(sendfile_unix)
{
	send_file_all_ways("unix:");
}
END_TEST

START_TEST(sendfile_inet)
{
	send_file_all_ways("inet:127.0.0.1:0");
}
END_TEST

START_TEST(sendfile_vsock)
{
	send_file_all_ways("vsock:local:any");
}
END_TEST

START_TEST(sendfile_tipc)
{
	send_file_all_ways("tipc:4714:1,type=stream");
}
END_TEST

/*
 * Nobody reads: the time ends it, and what was sent and where the file
 * stands agree with what the peer finds.
 */
static void sendfile_in_time(int nonblock)
{
	static unsigned char got[BIG];
	int file = file_of_pattern(), fd[2];
	uint64_t sent = 0, more = 0;
	int64_t start;
	size_t n = 0;

	pairs_open(fd, "unix:");
	set_nonblock(fd[0], nonblock);
	do {		/* with what is late before it begins nothing goes */
		start = now_ns();
		ck_assert_err(sfam_sendfile(fd[0], file, NULL, SFAM_TO_END,
					    30 * MS, &sent), ETIMEDOUT);
		ck_assert_int_ge(now_ns() - start, 30 * MS);
	} while (sent == 0);
	ck_assert_uint_lt(sent, BIG);
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), (off_t)sent);
	/* There is room still if it was too slow to fill that in time. */
	ck_assert_err(sfam_sendfile(fd[0], file, NULL, SFAM_TO_END, 0, &more),
		      ETIMEDOUT);
	sent += more;
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), (off_t)sent);
	close(fd[0]);
	ck_assert_ok(sfam_recv_until_end(fd[1], got, BIG, SFAM_FOREVER, &n));
	ck_assert_uint_eq(n, sent);
	ck_assert_mem_eq(got, pattern, n);
	close(fd[1]);
	close(file);
}

START_TEST(sendfile_timeout)
{
	sendfile_in_time(0);
	sendfile_in_time(1);
}
END_TEST

/* SIGPIPE would end this process. */
START_TEST(sendfile_refusals)
{
	int file = file_of_pattern(), fd[2], p[2];
	int64_t offset = 5, wrong = -1;
	uint64_t sent = 7;
	sigset_t set;

	pairs_open(fd, "unix:");
	close(fd[1]);
	ck_assert_err(sfam_sendfile(fd[0], file, &offset, 10, SFAM_FOREVER,
				    &sent), EPIPE);
	ck_assert_uint_eq(sent, 0);
	ck_assert_int_eq(offset, 5);
	ck_assert_err(sfam_sendfile(fd[0], file, NULL, 10, 3600 * 1000 * MS,
				    NULL), EPIPE);
	ck_assert_int_eq(sigpending(&set), 0);
	ck_assert_int_eq(sigismember(&set, SIGPIPE), 0);
	ck_assert_err(sfam_sendfile(fd[0], file, &wrong, 10, 0, NULL), EINVAL);
	ck_assert_int_eq(pipe(p), 0);
	ck_assert_err(sfam_sendfile(fd[0], p[0], NULL, 1, 0, NULL), ESPIPE);
	ck_assert_err(sfam_sendfile(fd[0], p[0], &offset, 1, SFAM_FOREVER,
				    NULL), ESPIPE);
	ck_assert_err(sfam_sendfile(p[1], file, NULL, 1, 0, NULL), ENOTSOCK);
	ck_assert_err(sfam_sendfile(fd[0], -1, NULL, 1, 0, NULL), EBADF);
	ck_assert_err(sfam_sendfile(-1, file, NULL, 1, 0, NULL), EBADF);
	close(fd[0]);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
	ck_assert_err(sfam_sendfile(fd[0], file, NULL, 1, 0, NULL),
		      EPROTOTYPE);
	pairs_close(fd);
	pairs_close(p);
	close(file);
}
END_TEST

/* The caller's own SIGPIPE, blocked and waiting, is not taken away. */
START_TEST(sigpipe_of_the_caller)
{
	int file = file_of_pattern(), fd[2];
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGPIPE);
	pairs_open(fd, "unix:");
	close(fd[1]);
	ck_assert_err(sfam_sendfile(fd[0], file, NULL, 10, SFAM_FOREVER, NULL),
		      EPIPE);
	ck_assert_int_eq(sigpending(&set), 0);
	ck_assert_int_eq(sigismember(&set, SIGPIPE), 1);
	close(fd[0]);
	close(file);
}
END_TEST

/* ------------------------------------------------------------ splice -- */

enum end { UNIX, INET, VSOCK, TIPC, PIPE };

static const char *const texts[] = {
	"unix:", "inet:127.0.0.1:0", "vsock:local:any",
	"tipc:4714:2,type=stream",
};

/* fd[0] writes, fd[1] reads. */
static void open_end(enum end end, int fd[2])
{
	int p[2];

	if (end == PIPE) {
		ck_assert_int_eq(pipe2(p, O_CLOEXEC), 0);
		fd[0] = p[1];
		fd[1] = p[0];
	} else {
		pairs_open(fd, texts[end]);
	}
}

/* A child writes into in[0], we move in[1] to out[0], a child reads out[1]. */
static void splice_ends(enum end from, enum end to, int nonblock,
			int64_t timeout_ns)
{
	uint64_t moved = 0, lost = 7;
	int in[2], out[2];
	pid_t writer, reader;

	fill();
	open_end(from, in);
	writer = write_in_child(in[0], in[1]);
	close(in[0]);
	open_end(to, out);
	reader = read_in_child(out[1], out[0], 0, BIG);
	close(out[1]);
	set_nonblock(in[1], nonblock);
	set_nonblock(out[0], nonblock);
	ck_assert_ok(sfam_splice(in[1], out[0], 12345, timeout_ns, &moved,
				 &lost));
	ck_assert_uint_eq(moved, 12345);
	ck_assert_ok(sfam_splice(in[1], out[0], BIG - 12345, timeout_ns,
				 &moved, &lost));
	ck_assert_uint_eq(moved, BIG - 12345);
	ck_assert_uint_eq(lost, 0);
	if (from != TIPC)
		ck_assert_err(sfam_splice(in[1], out[0], 1, timeout_ns, &moved,
					  NULL), ENODATA);
	close(in[1]);
	close(out[0]);
	reap(writer);
	reap(reader);
}

static void splice_all_ways(enum end from, enum end to)
{
	splice_ends(from, to, 0, SFAM_FOREVER);
	splice_ends(from, to, 0, 3600 * 1000 * MS);
	splice_ends(from, to, 1, SFAM_FOREVER);
	splice_ends(from, to, 1, 3600 * 1000 * MS);
}

START_TEST(splice_unix_inet_pipe)
{
	splice_all_ways(UNIX, INET);
	splice_all_ways(INET, UNIX);
	splice_all_ways(UNIX, PIPE);
	splice_all_ways(PIPE, INET);
	splice_all_ways(PIPE, PIPE);
}
END_TEST

START_TEST(splice_vsock)
{
	splice_all_ways(VSOCK, UNIX);
	splice_all_ways(UNIX, VSOCK);
	splice_all_ways(PIPE, VSOCK);
}
END_TEST

START_TEST(splice_tipc)
{
	splice_all_ways(TIPC, UNIX);
	splice_all_ways(UNIX, TIPC);
	splice_all_ways(TIPC, PIPE);
}
END_TEST

static void file_to(enum end to, int64_t timeout_ns)
{
	int file = file_of_pattern(), out[2];
	uint64_t moved = 0;
	pid_t reader;

	open_end(to, out);
	reader = read_in_child(out[1], out[0], 7, BIG - 7);
	close(out[1]);
	ck_assert_int_eq(lseek(file, 7, SEEK_SET), 7);
	ck_assert_ok(sfam_splice(file, out[0], SFAM_TO_END, timeout_ns,
				 &moved, NULL));
	ck_assert_uint_eq(moved, BIG - 7);
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), BIG);
	close(out[0]);
	close(file);
	reap(reader);
}

/* A file to append to is one that splice refuses when all is read already. */
static void unix_to_file(int append, int64_t timeout_ns)
{
	static unsigned char got[BIG];
	int file = memfd_create("out", MFD_CLOEXEC), in[2];
	uint64_t moved = 0, lost = 7;
	pid_t writer;

	fill();
	if (append)
		fcntl(file, F_SETFL, O_APPEND);
	open_end(UNIX, in);
	writer = write_in_child(in[0], in[1]);
	close(in[0]);
	ck_assert_ok(sfam_splice(in[1], file, SFAM_TO_END, timeout_ns, &moved,
				 &lost));
	ck_assert_uint_eq(moved, BIG);
	ck_assert_uint_eq(lost, 0);
	ck_assert_int_eq(pread(file, got, BIG, 0), BIG);
	ck_assert_mem_eq(got, pattern, BIG);
	close(in[1]);
	close(file);
	reap(writer);
}

START_TEST(splice_files)
{
	file_to(UNIX, SFAM_FOREVER);
	file_to(UNIX, 3600 * 1000 * MS);
	file_to(PIPE, SFAM_FOREVER);
	file_to(PIPE, 3600 * 1000 * MS);
	unix_to_file(0, SFAM_FOREVER);
	unix_to_file(0, 3600 * 1000 * MS);
	unix_to_file(1, SFAM_FOREVER);
}
END_TEST

static size_t drain(int fd, size_t at)
{
	static unsigned char buf[65536];
	size_t got = 0;
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		ck_assert_mem_eq(buf, pattern + at + got, (size_t)n);
		got += (size_t)n;
	}
	return got;
}

/*
 * The reader stops: time ends the call, and what it moved plus what waits in
 * the input is all there was.
 */
static void splice_in_time(int nonblock)
{
	uint64_t moved = 0, lost = 7;
	size_t sent = 0, got;
	int in[2], out[2];
	int64_t start;
	int small = 4096;

	fill();
	open_end(UNIX, in);
	open_end(UNIX, out);
	setsockopt(out[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	set_nonblock(out[0], nonblock);
	(void)!sfam_send_all(in[0], pattern, BIG, 0, 0, &sent);
	ck_assert_uint_gt(sent, 65536);
	do {
		start = now_ns();
		ck_assert_err(sfam_splice(in[1], out[0], SFAM_TO_END, 30 * MS,
					  &moved, &lost), ETIMEDOUT);
		ck_assert_int_ge(now_ns() - start, 30 * MS);
		ck_assert_uint_eq(lost, 0);
	} while (moved == 0);
	ck_assert_uint_lt(moved, sent);
	got = drain(out[1], 0);
	ck_assert_uint_eq(got, moved);
	ck_assert_uint_eq(got + drain(in[1], got), sent);
	pairs_close(in);
	pairs_close(out);
}

START_TEST(splice_timeout)
{
	uint64_t moved = 7;
	int in[2], out[2];
	int64_t start;

	splice_in_time(0);
	splice_in_time(1);
	open_end(PIPE, in);
	open_end(INET, out);
	ck_assert_err(sfam_splice(in[1], out[0], 1, 0, &moved, NULL),
		      ETIMEDOUT);
	ck_assert_uint_eq(moved, 0);
	start = now_ns();
	ck_assert_err(sfam_splice(out[1], in[0], 1, 20 * MS, NULL, NULL),
		      ETIMEDOUT);
	ck_assert_int_ge(now_ns() - start, 20 * MS);
	pairs_close(in);
	pairs_close(out);
}
END_TEST

/* The output fails for good: what was given is moved, lost, or still there. */
START_TEST(splice_output_gone)
{
	uint64_t moved = 7, lost = 7;
	size_t sent = 0;
	int in[2], out[2];

	fill();
	open_end(UNIX, in);
	open_end(UNIX, out);
	close(out[1]);
	(void)!sfam_send_all(in[0], pattern, BIG, 0, 0, &sent);
	ck_assert_err(sfam_splice(in[1], out[0], SFAM_TO_END, 3600 * 1000 * MS,
				  &moved, &lost), EPIPE);
	ck_assert_uint_eq(moved, 0);
	ck_assert_uint_eq(lost, 0);
	ck_assert_err(sfam_splice(in[1], out[0], SFAM_TO_END, SFAM_FOREVER,
				  &moved, &lost), EPIPE);
	ck_assert_uint_eq(moved, 0);
	ck_assert_uint_le(lost, 65536);
	ck_assert_uint_eq(lost + drain(in[1], lost), sent);
	pairs_close(in);
	close(out[0]);
	open_end(PIPE, in);
	open_end(PIPE, out);
	close(out[1]);
	ck_assert_int_eq(write(in[0], "abcd", 4), 4);
	ck_assert_err(sfam_splice(in[1], out[0], 4, SFAM_FOREVER, &moved,
				  &lost), EPIPE);
	ck_assert_uint_eq(lost, 0);
	pairs_close(in);
	close(out[0]);
}
END_TEST

START_TEST(splice_refusals)
{
	struct rlimit low;
	uint64_t moved = 7, lost = 7;
	int in[2], out[2];
	struct rlimit limit;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, in), 0);
	open_end(UNIX, out);
	ck_assert_err(sfam_splice(in[1], out[0], 1, 0, &moved, &lost),
		      EPROTOTYPE);
	ck_assert_err(sfam_splice(out[1], in[0], 1, 0, NULL, NULL),
		      EPROTOTYPE);
	ck_assert_err(sfam_splice(-1, out[0], 1, 0, &moved, &lost), EBADF);
	ck_assert_err(sfam_splice(out[0], -1, 1, 0, &moved, &lost), EBADF);
	ck_assert_uint_eq(moved + lost, 0);
	pairs_close(in);
	open_end(UNIX, in);
	getrlimit(RLIMIT_NOFILE, &limit);
	low = limit;
	low.rlim_cur = 3;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
	ck_assert_err(sfam_splice(in[1], out[0], 1, SFAM_FOREVER, NULL, NULL),
		      EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	pairs_close(in);
	pairs_close(out);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ sendfile_unix, NULL },
		{ sendfile_inet, "netns" },
		{ sendfile_vsock, "vsock-loopback" },
		{ sendfile_tipc, "netns tipc" },
		{ sendfile_timeout, NULL },
		{ sendfile_refusals, NULL },
		{ sigpipe_of_the_caller, NULL },
		{ splice_unix_inet_pipe, "netns" },
		{ splice_vsock, "vsock-loopback" },
		{ splice_tipc, "netns tipc" },
		{ splice_files, NULL },
		{ splice_timeout, "netns" },
		{ splice_output_gone, NULL },
		{ splice_refusals, NULL },
	};

	return harness_run("move", tests, HARNESS_LEN(tests));
}
