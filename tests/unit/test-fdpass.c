/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

static void pair(int fd[2], int type)
{
	ck_assert_int_eq(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fd), 0);
}

static void close_all(const int *fds, size_t n)
{
	while (n)
		close(fds[--n]);
}

static void fill(int *fds, size_t n, int fd)
{
	while (n)
		fds[--n] = fd;
}

static ssize_t send_n(int sock, size_t n, int fd)
{
	int fds[SFAM_FDPASS_MAX + 1];

	fill(fds, n, fd);
	return sfam_fdpass_send(sock, fds, n, "p", 1, 0);
}

static void check_same_file(int fd, int want)
{
	struct stat a, b;

	ck_assert_int_eq(fstat(fd, &a), 0);
	ck_assert_int_eq(fstat(want, &b), 0);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
	ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* n sent to a receiver that allows max: exactly n, or none and an error. */
static void one_case(int sock[2], size_t n, size_t max)
{
	int got[SFAM_FDPASS_MAX];
	size_t n_got = 777;
	int before = open_fds();
	char payload = 0;
	ssize_t r;
	size_t i;

	ck_assert_int_eq(send_n(sock[1], n, sock[1]), 1);
	r = sfam_fdpass_recv(sock[0], got, max, &n_got, &payload, 1, 0);
	if (n <= max) {
		ck_assert_int_eq(r, 1);
		ck_assert_int_eq(payload, 'p');
		ck_assert_uint_eq(n_got, n);
		for (i = 0; i < n; i++)
			check_same_file(got[i], sock[1]);
		close_all(got, n);
	} else {
		ck_assert_err(r, E2BIG);
		ck_assert_uint_eq(n_got, 777);
	}
	ck_assert_int_eq(open_fds(), before);
}

START_TEST(never_one_more)
{
	static const size_t counts[] = { 1, 2, 3, 4, 5, 63, 64, 252, 253 };
	int sock[2];
	size_t t, i, j;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		for (i = 0; i < HARNESS_LEN(counts); i++) {
			one_case(sock, counts[i], counts[i]);
			one_case(sock, counts[i], counts[i] - 1);
			for (j = 0; j < 6; j++)
				one_case(sock, counts[i], j);
		}
		close_all(sock, 2);
	}
}
END_TEST

START_TEST(limits)
{
	char buf[4];
	int sock[2], got[1];
	size_t n = 777;

	pair(sock, SOCK_STREAM);
	ck_assert_err(send_n(sock[1], 0, sock[1]), EINVAL);
	ck_assert_err(send_n(sock[1], SFAM_FDPASS_MAX + 1, sock[1]), EINVAL);
	ck_assert_err(send_n(sock[1], 1, -1), EBADF);
	ck_assert_err(sfam_fdpass_recv(sock[0], got, SFAM_FDPASS_MAX + 1, &n,
				       buf, 4, 0), EINVAL);
	ck_assert_err(sfam_fdpass_recv(sock[0], got, 1, &n, buf, 4, 0),
		      ETIMEDOUT);
	ck_assert_err(sfam_fdpass_recv(sock[0], got, 1, &n, buf, 4, 1000000),
		      ETIMEDOUT);
	close(sock[1]);
	ck_assert_int_eq(sfam_fdpass_recv(sock[0], got, 1, &n, buf, 4, 0), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_err(send_n(sock[0], 1, sock[0]), EPIPE);
	close(sock[0]);
}
END_TEST

START_TEST(without_payload)
{
	int sock[2], got[2];
	size_t n, t;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 2, NULL, 0,
						  0), 0);
		ck_assert_int_eq(sfam_fdpass_recv(sock[0], got, 2, &n, NULL, 0,
						  0), 0);
		ck_assert_uint_eq(n, 2);
		/* Nothing of it is left, not even a stream's one byte. */
		ck_assert_err(sfam_fdpass_recv(sock[0], got, 2, &n, NULL, 0,
					       0), ETIMEDOUT);
		close_all(got, 2);
		close_all(sock, 2);
	}
}
END_TEST

START_TEST(payload_cut)
{
	char buf[2];
	int sock[2], got[1];
	size_t n = 777;

	pair(sock, SOCK_SEQPACKET);
	ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 1, "abc", 3, 0), 3);
	ck_assert_err(sfam_fdpass_recv(sock[0], got, 1, &n, buf, 2, 0),
		      EMSGSIZE);
	ck_assert_uint_eq(n, 777);
	close_all(sock, 2);
}
END_TEST

START_TEST(message_without_descriptors)
{
	char buf[4];
	int sock[2], got[1];
	size_t n = 777;

	pair(sock, SOCK_STREAM);
	ck_assert_ok(sfam_send_all(sock[1], "abc", 3, 0, 0, NULL));
	ck_assert_int_eq(sfam_fdpass_recv(sock[0], got, 1, &n, buf, 4, 0), 3);
	ck_assert_uint_eq(n, 0);
	close_all(sock, 2);
}
END_TEST

/* Out of descriptors half way: the kernel installs some and says little. */
START_TEST(emfile_half_way)
{
	const struct rlimit before = { 1024, 4096 };
	struct rlimit limit;
	int sock[2], got[10], here;
	size_t n, room;
	char c;

	for (room = 0; room < 10; room++) {
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
		pair(sock, SOCK_STREAM);
		here = open_fds();
		ck_assert_int_eq(send_n(sock[1], 10, sock[1]), 1);
		limit.rlim_max = before.rlim_max;
		limit.rlim_cur = (rlim_t)(sock[1] + 1) + room;
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		n = 777;
		ck_assert_err(sfam_fdpass_recv(sock[0], got, 10, &n, &c, 1,
					       0), EMFILE);
		ck_assert_uint_eq(n, 777);
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
		ck_assert_int_eq(open_fds(), here);
		close_all(sock, 2);
	}
}
END_TEST

/* Other control data beside the descriptors does not crowd them out. */
START_TEST(with_credentials)
{
	int one = 1, sock[2], got[SFAM_FDPASS_MAX];
	size_t n;
	char c;

	pair(sock, SOCK_STREAM);
	ck_assert_int_eq(setsockopt(sock[0], SOL_SOCKET, SO_PASSCRED, &one,
				    sizeof(one)), 0);
	/* 76: SO_PASSPIDFD, Linux 6.5; it installs one descriptor more */
	(void)!setsockopt(sock[0], SOL_SOCKET, 76, &one, sizeof(one));
	ck_assert_int_eq(send_n(sock[1], SFAM_FDPASS_MAX, sock[1]), 1);
	ck_assert_int_eq(sfam_fdpass_recv(sock[0], got, SFAM_FDPASS_MAX, &n,
					  &c, 1, 0), 1);
	ck_assert_uint_eq(n, SFAM_FDPASS_MAX);
	close_all(got, n);
	close_all(sock, 2);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ never_one_more, NULL },
		{ limits, NULL },
		{ without_payload, NULL },
		{ payload_cut, NULL },
		{ message_without_descriptors, NULL },
		{ emfile_half_way, NULL },
		{ with_credentials, NULL },
	};

	return harness_run("fdpass", tests, HARNESS_LEN(tests));
}
