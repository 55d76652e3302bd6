/* SPDX-License-Identifier: MIT */
/* Bytes through unix streams: vectors, and splice. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <sockfam/socket.h>

#define CALLS 5000
#define MOVES 20
#define PARTS 4
#define PART 256
#define MOVE (1 << 20)
#define PIPE_SIZE 65536
/* Holds a whole MOVE and the kernel's overhead. */
#define SNDBUF (8 << 20)

/* sendv asks once what kind of socket it has, 330 a system call. */
#define SEND_MAX 1.15
#define RECV_MAX 1.03
#define SPLICE_MAX 1.05

static char data[MOVE];
static struct iovec iov[PARTS];
static int in[2], out[2], through[2];

static void expect(ssize_t n, ssize_t want, const char *what)
{
	if (n == want)
		return;
	if (n >= 0)
		errno = 0;
	die(what);
}

static void none(size_t i)
{
	(void)i;
}

/* ----------------------------------------------------------- vectors -- */

static void send_bare(void)
{
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = PARTS };

	expect(sendmsg(in[0], &msg, MSG_NOSIGNAL | MSG_DONTWAIT), PARTS * PART,
	       "sendmsg");
}

static void recv_bare(void)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = PARTS };

	expect(recvmsg(in[1], &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC),
	       PARTS * PART, "recvmsg");
}

static void both_bare(size_t i)
{
	(void)i;
	send_bare();
	recv_bare();
}

static void send_ours(size_t i)
{
	(void)i;
	expect(sfam_sendv_all(in[0], iov, PARTS, 0, SFAM_FOREVER, NULL), 0,
	       "sfam_sendv_all");
	recv_bare();
}

static void recv_ours(size_t i)
{
	(void)i;
	send_bare();
	expect(sfam_recvv(in[1], iov, PARTS, 0, SFAM_FOREVER, NULL),
	       PARTS * PART, "sfam_recvv");
}

/* ------------------------------------------------------------ splice -- */

static void write_in(void)
{
	expect(write(in[0], data, MOVE), MOVE, "write");
}

static void read_all(int fd)
{
	ssize_t n, done;

	for (done = 0; done < MOVE; done += n) {
		n = read(fd, data, MOVE);
		if (n <= 0)
			die("read");
	}
}

static void move_nothing(size_t i)
{
	(void)i;
	write_in();
	read_all(in[1]);
}

static void drain(size_t held)
{
	ssize_t n;

	for (; held; held -= (size_t)n) {
		n = splice(through[0], NULL, out[0], NULL, held, 0);
		if (n <= 0)
			die("splice");
	}
}

static void move_bare(size_t i)
{
	ssize_t n, done;

	(void)i;
	write_in();
	for (done = 0; done < MOVE; done += n) {
		n = splice(in[1], NULL, through[1], NULL, PIPE_SIZE, 0);
		if (n <= 0)
			die("splice");
		drain((size_t)n);
	}
	read_all(out[1]);
}

static void move_ours(size_t i)
{
	(void)i;
	write_in();
	expect(sfam_splice(in[1], out[0], MOVE, SFAM_FOREVER, NULL, NULL), 0,
	       "sfam_splice");
	read_all(out[1]);
}

static void move_by_copies(size_t i)
{
	(void)i;
	write_in();
	expect(sfam_splice(in[1], out[0], MOVE, INT64_C(1000000000000), NULL,
			   NULL), 0, "sfam_splice");
	read_all(out[1]);
}

static void open_pair(int fd[2])
{
	const int size = SNDBUF;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0 ||
	    setsockopt(fd[0], SOL_SOCKET, SO_SNDBUFFORCE, &size,
		       sizeof(size)) < 0)
		die("socketpair");
}

static void bench_vectors(void)
{
	double bare = count_calls(both_bare, none, CALLS);
	double sent = count_calls(send_ours, none, CALLS);
	double received = count_calls(recv_ours, none, CALLS);

	show_row(&(struct row){ "sendv_all (and bare recvmsg)", bare, sent,
				NONE });
	show_row(&(struct row){ "recvv (and bare sendmsg)", bare, received,
				NONE });
	set_limit("sendv_all", "ours/floor", sent / bare, SEND_MAX);
	set_limit("recvv", "ours/floor", received / bare, RECV_MAX);
}

static void bench_moves(void)
{
	double bare = count_calls(move_bare, move_nothing, MOVES);
	double ours = count_calls(move_ours, move_nothing, MOVES);
	double copies = count_calls(move_by_copies, move_nothing,
				    MOVES);

	show_row(&(struct row){ "splice", bare, ours, NONE });
	show_row(&(struct row){ "splice with a timeout: copies", bare, copies,
				NONE });
	set_limit("splice", "ours/floor", ours / bare, SPLICE_MAX);
}

void bench_stream(void)
{
	size_t i;

	for (i = 0; i < PARTS; i++)
		iov[i] = (struct iovec){ data + i * PART, PART };
	open_pair(in);
	open_pair(out);
	if (pipe2(through, O_CLOEXEC) < 0)
		die("pipe2");
	show_heading("unix streams: 4 buffers of 256 bytes per call");
	bench_vectors();
	show_heading("1 MiB from one unix stream to another; floor: a loop of "
		     "splice(2)\n# with a pipe that is there already");
	bench_moves();
	for (i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
		close(through[i]);
	}
}
