/* SPDX-License-Identifier: MIT */
/*
 * What the kernel does to passed descriptors that a program does not
 * expect, one test each, and the calls that cope with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "test-fd.h"

#define PASSRIGHTS 83		/* SO_PASSRIGHTS, Linux 6.16 */

/* Plain bytes run into the message behind them; a frame keeps its own. */
START_TEST(plain_bytes_merge_in_front)
{
	struct sfam_cmsg item;
	struct inbox in;
	int sock[2];

	pair(sock, SOCK_STREAM);
	item = rights(sock, 1);
	ck_assert_int_eq(send(sock[1], "plain", 5, 0), 5);
	ck_assert_int_eq(send_items(sock[1], "bbbb", 4, &item, 1), 4);
	ck_assert_int_eq(receive(sock[0], &in, &plain), 1);
	ck_assert_uint_eq(in.m.len, 9);
	ck_assert_uint_eq(in.m.n_fds, 1);
	close(in.fds[0]);
	ck_assert_ok(sfam_fdpass_send_message(sock[1], NULL, 0, "plain", 5,
					      &framed));
	ck_assert_ok(sfam_fdpass_send_message(sock[1], sock, 1, "bbbb", 4,
					      &framed));
	ck_assert_int_eq(receive(sock[0], &in, &framed), 1);
	ck_assert_uint_eq(in.m.len, 5);
	ck_assert_uint_eq(in.m.n_fds, 0);
	ck_assert_int_eq(receive(sock[0], &in, &framed), 1);
	ck_assert_uint_eq(in.m.len, 4);
	ck_assert_uint_eq(in.m.n_fds, 1);
	close_all(in.fds, 1);
	close_all(sock, 2);
}
END_TEST

/* CMSG_SPACE of one int is room for two: no flag says that more came. */
START_TEST(padding_is_room_for_one_more)
{
	size_t control[CMSG_SPACE(sizeof(int)) / sizeof(size_t)];
	struct sfam_cmsg_reader reader;
	struct sfam_cmsg item;
	struct inbox in;
	char c;
	struct iovec iov = { &c, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	int sock[2], one;
	size_t n;

	pair(sock, SOCK_SEQPACKET);
	ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 2, "x", 1, 0), 1);
	ck_assert_int_eq(recvmsg(sock[0], &msg, 0), 1);
	ck_assert(!(msg.msg_flags & MSG_CTRUNC));
	ck_assert_ok(sfam_cmsg_reader_init(&reader, &msg));
	ck_assert_int_eq(sfam_cmsg_next(&reader, &item), 1);
	ck_assert_uint_eq(item.u.fds.n, 2);
	ck_assert_uint_eq(sfam_cmsg_close_fds(&msg), 2);
	ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 2, "x", 1, 0), 1);
	ck_assert_err(sfam_fdpass_recv(sock[0], &one, 1, &n, &c, 1, 0), E2BIG);
	ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 2, "x", 1, 0), 1);
	ck_assert_int_eq(receive(sock[0], &in, &plain), 1);
	ck_assert_uint_eq(in.m.n_fds, 2);
	close_all(in.fds, 2);
	close_all(sock, 2);
}
END_TEST

/* A plain read drops descriptors and says nothing; MSG_PEEK copies them. */
START_TEST(read_drops_and_peek_doubles)
{
	size_t control[16];
	char c;
	struct iovec iov = { &c, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct inbox in;
	int sock[2], before;

	pair(sock, SOCK_STREAM);
	before = open_fds();
	ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 1, "x", 1, 0), 1);
	ck_assert_int_eq(read(sock[0], &c, 1), 1);
	ck_assert_int_eq(open_fds(), before);
	ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 1, "x", 1, 0), 1);
	ck_assert_int_eq(recvmsg(sock[0], &msg, MSG_PEEK), 1);
	ck_assert_int_eq(open_fds(), before + 1);
	ck_assert_uint_eq(sfam_cmsg_close_fds(&msg), 1);
	ck_assert_int_eq(receive(sock[0], &in, &plain), 1);
	ck_assert_int_eq(open_fds(), before + 1);
	close(in.fds[0]);
	close_all(sock, 2);
}
END_TEST

/* 253 is for the message, however many items; they come as one. */
START_TEST(limit_is_over_all_items)
{
	struct sfam_cmsg items[2];
	struct inbox in;
	int sock[2], fds[127], i;

	pair(sock, SOCK_DGRAM);
	for (i = 0; i < 127; i++)
		fds[i] = sock[0];
	items[0] = items[1] = rights(fds, 127);
	ck_assert_err(send_items(sock[1], "x", 1, items, 2), EINVAL);
	items[1].u.fds.n = 126;
	ck_assert_int_eq(send_items(sock[1], "x", 1, items, 2), 1);
	ck_assert_int_eq(receive(sock[0], &in, &plain), 1);
	ck_assert_uint_eq(in.m.n_fds, 253);
	close_all(in.fds, 253);
	close_all(sock, 2);
}
END_TEST

/* The kernel counts by user: one that nobody else is. */
static void become_nobody(rlim_t n_files)
{
	const struct rlimit limit = { n_files, n_files };
	const uid_t uid = 20000 + (uid_t)getpid() % 40000;

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || setgid(65534) < 0 ||
	    setuid(uid) < 0)
		_exit(10);
}

/* As a user without rights: 1 if it is all as it should be. */
static int fill_in_flight(void)
{
	struct sfam_fdpass_opts wait = plain;
	struct inbox in;
	int sock[2], i, r;

	become_nobody(64);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sock) < 0)
		return 2;
	for (i = 0; i < 200; i++) {
		r = (int)sfam_fdpass_send(sock[1], sock, 1, "x", 1, 0);
		if (r < 0)
			break;
	}
	if (r != -ETOOMANYREFS || i < 64)
		return 3;
	wait.timeout_ns = 20000000;
	r = sfam_fdpass_send_message(sock[1], sock, 1, "x", 1, &wait);
	if (r != -ETOOMANYREFS)
		return 4;
	if (receive(sock[0], &in, &plain) != 1 ||
	    receive(sock[0], &in, &plain) != 1)
		return 5;
	return sfam_fdpass_send_message(sock[1], sock, 1, "x", 1, &wait) ?
	       6 : 1;
}

static int run_child(int (*run)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(run());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(too_many_in_flight)
{
	ck_assert_int_eq(run_child(fill_in_flight), 1);
}
END_TEST

START_TEST(what_cannot_be_passed)
{
	unsigned char params[120] = { 0 };
	struct inbox in;
	int sock[2], ring, fds[2], off = 0;
	ssize_t r;

	pair(sock, SOCK_SEQPACKET);
	fds[0] = sock[0];
	fds[1] = -1;
	ck_assert_err(sfam_fdpass_send_message(sock[1], fds, 2, "x", 1,
					       &framed), EBADF);
	ring = (int)syscall(__NR_io_uring_setup, 4, params);
	if (ring >= 0) {
		r = sfam_fdpass_send(sock[1], &ring, 1, "x", 1, 0);
		ck_assert(r == -EINVAL || r == 1);	/* 6.1: some can */
		if (r == 1 && receive(sock[0], &in, &plain) == 1)
			close(in.fds[0]);
		close(ring);
	}
	if (setsockopt(sock[0], SOL_SOCKET, PASSRIGHTS, &off,
		       sizeof(off)) == 0)
		ck_assert_err(sfam_fdpass_send(sock[1], sock, 1, "x", 1, 0),
			      EPERM);
	/* A failed consume leaves them open. */
	ck_assert_err(sfam_fdpass_consume_message(sock[1], fds, 2, "x", 1,
						  &framed), EBADF);
	ck_assert_int_ge(fcntl(sock[0], F_GETFD), 0);
	ck_assert_err(receive(sock[0], &in, &plain), ETIMEDOUT);
	close_all(sock, 2);
}
END_TEST

/* A socket that passes itself, and both ends are closed: no cycle is left. */
START_TEST(passes_itself)
{
	struct inbox in;
	int sock[2];
	size_t t;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 2, "x", 1,
						  0), 1);
		ck_assert_int_eq(receive(sock[0], &in, &plain), 1);
		close_all(in.fds, 2);
		ck_assert_int_eq(sfam_fdpass_consume(sock[1], sock, 2, "x", 1,
						     0), 1);
		ck_assert_int_lt(fcntl(sock[0], F_GETFD), 0);
		ck_assert_int_lt(fcntl(sock[1], F_GETFD), 0);
	}
}
END_TEST

/* ------------------------------------------------------ hostile senders -- */

/* Frames that lie, each to a fresh socket: never a leak, never a wait. */
static void lie(int type, const void *data, size_t len, size_t n_fds,
		int want)
{
	struct sfam_cmsg item;
	struct inbox in;
	int sock[2], here;

	pair(sock, type);
	here = open_fds();
	item = rights(sock, n_fds);
	ck_assert_int_eq(send_items(sock[1], data, len, &item, n_fds > 0),
			 (int)len);
	ck_assert_err(receive(sock[0], &in, &framed), want);
	ck_assert_int_eq(open_fds(), here);
	close_all(sock, 2);
}

START_TEST(frames_that_lie)
{
	const struct frame good = { "sfd1", 1, 8, "payload" };
	struct frame f;
	size_t t, len;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		f = good;
		f.magic[3] = '2';
		lie(types[t], &f, sizeof(f), 1, EBADMSG);
		f = good;
		f.len = UINT64_MAX;
		lie(types[t], &f, sizeof(f), 1, EMSGSIZE);
		f = good;
		f.n_fds = UINT32_MAX;
		lie(types[t], &f, sizeof(f), 1, EBADMSG);
		f = good;
		f.n_fds = 2;
		lie(types[t], &f, sizeof(f), 1, EBADMSG);
		lie(types[t], &good, sizeof(f), 2, EBADMSG);
		lie(types[t], &good, sizeof(f), 0, EBADMSG);
		f = good;
		f.n_fds = 300;		/* a further batch is missing */
		lie(types[t], &f, sizeof(f), 2, EPROTO);
		for (len = 1; len < sizeof(f); len++)
			lie(types[t], &good, len, 1,
			    types[t] == SOCK_STREAM ? EPROTO : EBADMSG);
	}
}
END_TEST

/* The stream ends within a frame, at every byte. */
START_TEST(closed_halves)
{
	const struct frame good = { "sfd1", 1, 8, "payload" };
	struct sfam_cmsg item;
	struct inbox in;
	int sock[2];
	size_t len;

	for (len = 0; len < sizeof(good); len++) {
		pair(sock, SOCK_STREAM);
		item = rights(sock, 1);
		if (len)
			ck_assert_int_gt(send_items(sock[1], &good, len, &item,
						    1), 0);
		shutdown(sock[1], SHUT_WR);
		ck_assert_int_eq(receive(sock[0], &in, &framed),
				 len ? -ENODATA : 0);
		ck_assert_int_eq(receive(sock[0], &in, &plain), 0);
		close(sock[1]);
		ck_assert_err(sfam_fdpass_send_message(sock[0], sock, 1, "x",
						       1, &framed), EPIPE);
		close(sock[0]);
	}
}
END_TEST

/* 10 000 descriptors, to one who wants none, and to one who wants one. */
START_TEST(flood)
{
	int sock[2], fds[250], here;
	struct inbox in;
	size_t i, t;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		here = open_fds();
		for (i = 0; i < HARNESS_LEN(fds); i++)
			fds[i] = sock[1];
		for (i = 0; i < 10000 / HARNESS_LEN(fds); i++) {
			ck_assert_int_eq(sfam_fdpass_send(sock[1], fds, 250,
							  "x", 1, 0), 1);
			in.m = (struct sfam_fdpass_message){
				in.buf, 1, in.fds, i % 2, 0, 0, 0,
				{ 0, 0, 0 }, -1,
			};
			ck_assert_err(sfam_fdpass_recv_message(
				sock[0], &in.m, &plain), E2BIG);
		}
		ck_assert_int_eq(open_fds(), here);
		close_all(sock, 2);
	}
}
END_TEST

/* Every option that adds an item, beside the most descriptors. */
START_TEST(foreign_items)
{
	static const int options[] = {
		SO_PASSCRED, 34 /* SO_PASSSEC */, 76 /* SO_PASSPIDFD */,
		SO_TIMESTAMP, 54 /* OPT_STATS, refused */, SO_RXQ_OVFL,
		84 /* SO_INQ, Linux 6.17 */,
	};
	int fds[SFAM_FDPASS_MAX], sock[2], on = 1;
	struct inbox in;
	size_t i, t;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		for (i = 0; i < HARNESS_LEN(options); i++)
			(void)!setsockopt(sock[0], SOL_SOCKET, options[i],
					  &on, sizeof(on));
		for (i = 0; i < SFAM_FDPASS_MAX; i++)
			fds[i] = sock[1];
		ck_assert_int_eq(sfam_fdpass_send(sock[1], fds,
						  SFAM_FDPASS_MAX, "x", 1,
						  0), 1);
		ck_assert_int_eq(receive(sock[0], &in, &plain), 1);
		ck_assert_uint_eq(in.m.n_fds, SFAM_FDPASS_MAX);
		close_all(in.fds, SFAM_FDPASS_MAX);
		if (in.m.pidfd >= 0)
			close(in.m.pidfd);
		close_all(sock, 2);
	}
}
END_TEST

/* ------------------------------------------------------------- the rest -- */

/* A payload larger than the buffer of the socket, with a slow reader. */
START_TEST(large_payload)
{
	struct sfam_fdpass_opts o = framed;
	size_t size = 3000000, i;
	char *data = malloc(size);
	struct sfam_fdpass_message m;
	int sock[2], fd = -1, status;
	pid_t pid;

	o.timeout_ns = SFAM_FOREVER;
	for (i = 0; i < size; i++)
		data[i] = (char)(i * 7 + i / 1000);
	pair(sock, SOCK_STREAM);
	pid = fork();
	if (pid == 0)
		_exit(sfam_fdpass_send_message(sock[1], sock, 1, data, size,
					       &o) != 0);
	m = (struct sfam_fdpass_message){ calloc(1, size), size, &fd, 1, 0, 0,
					  0, { 0, 0, 0 }, -1 };
	ck_assert_int_eq(sfam_fdpass_recv_message(sock[0], &m, &o), 1);
	ck_assert_uint_eq(m.len, size);
	ck_assert_int_eq(memcmp(m.buf, data, size), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	close(fd);
	free(m.buf);
	free(data);
	close_all(sock, 2);
}
END_TEST

/* Time that runs out with a part of the frame on its way. */
START_TEST(timeout_within)
{
	struct sfam_fdpass_opts o = framed;
	size_t size = 3000000;
	char *data = calloc(1, size);
	int sock[2];

	pair(sock, SOCK_STREAM);
	o.timeout_ns = 1000000;
	ck_assert_err(sfam_fdpass_send_message(sock[1], sock, 1, data, size,
					       &o), EPROTO);
	free(data);
	close_all(sock, 2);
}
END_TEST

START_TEST(options)
{
	struct {
		struct sfam_fdpass_opts o;
		int tail;
	} big = { .o = framed, .tail = 0 };
	struct inbox in;
	int sock[2];

	pair(sock, SOCK_SEQPACKET);
	big.o.size = sizeof(big);
	ck_assert_err(receive(sock[0], &in, &big.o), ETIMEDOUT);
	big.tail = 1;
	ck_assert_err(receive(sock[0], &in, &big.o), E2BIG);
	ck_assert_err(sfam_fdpass_send_message(sock[1], sock, 1, "", 0,
					       &big.o), E2BIG);
	big.o.size = 1;
	ck_assert_err(receive(sock[0], &in, &big.o), EINVAL);
	big.o = framed;
	big.o.flags |= 1u << 31;
	ck_assert_err(receive(sock[0], &in, &big.o), EINVAL);
	big.o.flags = SFAM_FDPASS_KEEP_DATA;
	ck_assert_err(sfam_fdpass_send_message(sock[1], sock, 1, "", 0,
					       &big.o), EINVAL);
	ck_assert_err(sfam_fdpass_send_message(sock[1], in.fds, 254, "x", 1,
					       &plain), E2BIG);
	ck_assert_err(sfam_fdpass_send_message(sock[1], in.fds, 254, "x", 1,
					       &framed), E2BIG);
	ck_assert_err(sfam_fdpass_send_message(sock[1], sock, 0, "x", 1,
					       &plain), EINVAL);
	ck_assert_err(receive(-1, &in, &framed), EBADF);
	ck_assert_err(receive(sock[0], &in, &plain), ETIMEDOUT);
	close_all(sock, 2);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ plain_bytes_merge_in_front, NULL },
		{ padding_is_room_for_one_more, NULL },
		{ read_drops_and_peek_doubles, NULL },
		{ limit_is_over_all_items, NULL },
		{ too_many_in_flight, "root" },
		{ what_cannot_be_passed, NULL },
		{ passes_itself, NULL },
		{ frames_that_lie, NULL },
		{ closed_halves, NULL },
		{ flood, NULL },
		{ foreign_items, NULL },
		{ large_payload, NULL },
		{ timeout_within, NULL },
		{ options, NULL },
	};

	return harness_run("fdmessage", tests, HARNESS_LEN(tests));
}
