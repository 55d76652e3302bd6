/* SPDX-License-Identifier: MIT */
/* Every number of descriptors, through every type of socket. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "test-bits.h"

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

/*
 * Every case of a large table where SFAM_ROUNDS asks for a long search, else
 * every few, and in the VM, which is slow, every so many.
 */
static size_t one_of(size_t few, size_t many)
{
	const char *rounds = getenv("SFAM_ROUNDS");

	if (getenv("SFAM_IN_VM"))
		return many;
	return rounds && atol(rounds) >= 1000000 ? 1 : few;
}

static void send_bare(int sock, const int *fds, size_t n)
{
	static size_t control[CMSG_SPACE(253 * sizeof(int)) / sizeof(size_t)];
	struct iovec iov = { (void *)"b", 1 };
	struct sfam_cmsg_writer w;
	struct msghdr msg = message_of(NULL, 0, 0);

	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	EXPECT(sfam_cmsg_writer_init(&w, control, sizeof(control)) == 0);
	EXPECT(sfam_cmsg_put_fds(&w, fds, n) == 0);
	sfam_cmsg_writer_finish(&w, &msg);
	EXPECT(sendmsg(sock, &msg, 0) == 1);
}

/* What fits comes, whole descriptors, and the cut is told: size by size. */
static void receive_in(int sock, size_t n, size_t size)
{
	static size_t control[CMSG_SPACE(256 * sizeof(int)) / sizeof(size_t)];
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = message_of(control, size, 0);
	struct sfam_cmsg_reader r;
	struct sfam_cmsg got;
	size_t fit = size < CMSG_LEN(0) ? 0 :
		     (size - CMSG_LEN(0)) / sizeof(int);
	size_t came = 0;
	int x;

	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	EXPECT(recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) == 1);
	EXPECT(sfam_cmsg_reader_init(&r, &msg) == 0);
	while ((x = sfam_cmsg_next(&r, &got)) == 1) {
		EXPECT(got.kind == SFAM_CMSG_RIGHTS);
		came += got.u.fds.n;
	}
	EXPECT(x == (fit < n ? -ENOBUFS : 0));
	EXPECT(came == (fit < n ? fit : n));
	EXPECT(sfam_cmsg_close_fds(&msg) == came);
}

/* A socket in flight would have the kernel look for rings of them. */
static int open_null(void)
{
	int fd = open("/dev/null", O_RDONLY);

	EXPECT(fd >= 0);
	return fd;
}

static void open_pairs(int sock[LEN(types)][2])
{
	size_t t;

	for (t = 0; t < LEN(types); t++)
		EXPECT(socketpair(AF_UNIX, types[t], 0, sock[t]) == 0);
}

static void close_pairs(int sock[LEN(types)][2])
{
	size_t t;

	for (t = 0; t < LEN(types); t++) {
		close(sock[t][0]);
		close(sock[t][1]);
	}
}

/* Every number in sizes that are no step of the layout, the types in turn. */
void control_sizes(void)
{
	int before = count_fds(), null = open_null();
	int fds[253], sock[LEN(types)][2];
	size_t i, n, size, step, round = 0;
	const int *pair;

	open_pairs(sock);
	for (i = 0; i < 253; i++)
		fds[i] = null;
	for (n = 1; n <= 253; n++) {
		step = n < 6 ? 1 : n == 253 ? one_of(1, 37) : one_of(7, 370);
		for (size = 0; size < CMSG_SPACE(n * 4) + 16; size += step) {
			pair = sock[round++ % LEN(types)];
			send_bare(pair[1], fds, n);
			receive_in(pair[0], n, size);
		}
	}
	close_pairs(sock);
	close(null);
	EXPECT(count_fds() == before);
}

static void check_fds(const int *fds, size_t n, int want)
{
	struct stat a, b;
	size_t i;

	EXPECT(fstat(want, &b) == 0);
	for (i = 0; i < n; i++) {
		if (i % 16 == 0) {
			EXPECT(fstat(fds[i], &a) == 0 && a.st_ino == b.st_ino);
			EXPECT(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
		}
		EXPECT(close(fds[i]) == 0);
	}
}

/* n sent, max wanted: exactly they, or none and the right error. */
static void simple_case(const int *sock, int fd, size_t n, size_t max,
			size_t size)
{
	static int fds[254], got[254];
	char out[64] = "payload", in[64];
	size_t n_got = 999, i;
	ssize_t r;

	for (i = 0; i < n; i++)
		fds[i] = fd;
	r = sfam_fdpass_send(sock[1], fds, n, out, size, 0);
	if (n > SFAM_FDPASS_MAX) {
		EXPECT(r == -EINVAL);
		return;
	}
	EXPECT(r == (ssize_t)size);
	r = sfam_fdpass_recv(sock[0], got, max, &n_got, in, size, 0);
	if (max < n) {
		EXPECT(r == -E2BIG && n_got == 999);
		return;
	}
	EXPECT(r == (ssize_t)size && n_got == n &&
	       memcmp(in, out, size) == 0);
	if (n_got == n)
		check_fds(got, n, fd);
}

void simple_counts(void)
{
	static const size_t sizes[] = { 0, 1, 2, 64 };
	int before = count_fds(), sock[2];
	size_t n, t, s;

	for (t = 0; t < LEN(types); t++) {
		EXPECT(socketpair(AF_UNIX, types[t], 0, sock) == 0);
		for (n = 1; n <= 254; n++) {
			s = sizes[n % LEN(sizes)];
			simple_case(sock, sock[1], n, n <= 253 ? n : 253, s);
			simple_case(sock, sock[1], n, n - 1, s);
			simple_case(sock, sock[1], n, n < 253 ? n + 1 : 253,
				    1);
			EXPECT(count_fds() == before + 2);
		}
		close(sock[0]);
		close(sock[1]);
	}
}

/* Every number to the numbers that are allowed. */
void surplus(void)
{
	int before = count_fds(), null = open_null(), sock[LEN(types)][2];
	size_t n, max, round = 0;
	size_t step = one_of(7, 41);

	open_pairs(sock);
	for (n = 1; n <= 253; n++)
		for (max = 0; max <= 253; max += step)
			simple_case(sock[round++ % LEN(types)], null, n, max,
				    1);
	close_pairs(sock);
	close(null);
	EXPECT(count_fds() == before);
}

/* In a frame, with the next one right behind it. */
static void framed_case(const int *sock, int type, size_t n, size_t max,
			size_t size, uint32_t keep)
{
	static int fds[600], got[600];
	char out[64] = "framed payload", in[64];
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	struct sfam_fdpass_message m = { in, size, got, max, 999, 999, 0,
					 { 0, 0, 0 }, -1 };
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		fds[i] = sock[1];
	opts.flags = SFAM_FDPASS_FRAMED | SFAM_FDPASS_SPLIT;
	opts.timeout_ns = 0;
	r = sfam_fdpass_send_message(sock[1], fds, n, out, size, &opts);
	if (n > SFAM_FDPASS_MAX && type == SOCK_DGRAM) {
		EXPECT(r == -E2BIG);
		return;
	}
	EXPECT(r == 0);
	EXPECT(sfam_fdpass_send_message(sock[1], NULL, 0, "next", 4,
					&opts) == 0);
	opts.flags = SFAM_FDPASS_FRAMED | keep;
	r = sfam_fdpass_recv_message(sock[0], &m, &opts);
	if (max >= n) {
		EXPECT(r == 1 && m.n_fds == n && m.len == size && !m.lost);
		check_fds(got, m.n_fds, sock[1]);
	} else if (keep) {
		EXPECT(r == 1 && m.n_fds == 0 && m.lost == -E2BIG);
		EXPECT(m.len == size && memcmp(in, out, size) == 0);
	} else {
		EXPECT(r == -E2BIG && m.n_fds == 999);
	}
	m.size = sizeof(in);
	r = sfam_fdpass_recv_message(sock[0], &m, &opts);
	EXPECT(r == 1 && m.len == 4 && !memcmp(in, "next", 4) && !m.n_fds);
}

void framed_counts(void)
{
	static const size_t big[] = { 254, 255, 505, 506, 507, 600 };
	int before = count_fds(), sock[2];
	size_t n, t, i;

	for (t = 0; t < LEN(types); t++) {
		EXPECT(socketpair(AF_UNIX, types[t], 0, sock) == 0);
		for (i = 0; i < 254 + LEN(big); i++) {
			n = i < 254 ? i : big[i - 254];
			framed_case(sock, types[t], n, n, i % 40, 0);
			if (n)
				framed_case(sock, types[t], n, n - 1, i % 40,
					    i % 2 ? SFAM_FDPASS_KEEP_DATA : 0);
			EXPECT(count_fds() == before + 2);
		}
		close(sock[0]);
		close(sock[1]);
	}
}

/* RLIMIT_NOFILE reached before the first, in the middle, at the last. */
static void limited_case(int type, size_t n, size_t room, uint32_t flags)
{
	struct rlimit limit, before;
	int sock[2], fds[300], got[300];
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	struct sfam_fdpass_message m = { NULL, 0, got, 300, 0, 0, 0,
					 { 0, 0, 0 }, -1 };
	int here, r;
	size_t i;

	EXPECT(socketpair(AF_UNIX, type, 0, sock) == 0);
	here = count_fds();
	for (i = 0; i < n; i++)
		fds[i] = sock[1];
	opts.flags = SFAM_FDPASS_FRAMED | SFAM_FDPASS_SPLIT;
	opts.timeout_ns = 0;
	EXPECT(sfam_fdpass_send_message(sock[1], fds, n, NULL, 0, &opts) == 0);
	EXPECT(getrlimit(RLIMIT_NOFILE, &before) == 0);
	limit = before;
	limit.rlim_cur = (rlim_t)sock[1] + 1 + room;
	EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	opts.flags = SFAM_FDPASS_FRAMED | flags;
	r = sfam_fdpass_recv_message(sock[0], &m, &opts);
	EXPECT(setrlimit(RLIMIT_NOFILE, &before) == 0);
	if (room >= n) {
		EXPECT(r == 1 && m.n_fds == n);
		check_fds(got, n, sock[1]);
	} else if (flags) {
		EXPECT(r == 1 && m.n_fds == 0 && m.lost == -EMFILE);
	} else {
		EXPECT(r == -EMFILE);
	}
	EXPECT(count_fds() == here);
	close(sock[0]);
	close(sock[1]);
}

void limited(void)
{
	const size_t step = one_of(1, 40);
	size_t t, n, i;

	for (n = 1; n <= 254; n++) {
		const size_t rooms[] = { 0, 1, n / 2, n - 1, n };

		if (n % step && n > 3 && n < 253)
			continue;
		for (i = 0; i < LEN(rooms); i++) {
			t = n > 253 ? 2 * (i % 2) : (n + i) % LEN(types);
			limited_case(types[t], n, rooms[i], 0);
			limited_case(types[t], n, rooms[i],
				     SFAM_FDPASS_KEEP_DATA);
		}
	}
	for (t = 0; t < LEN(types); t++)
		for (i = 0; i <= 253; i += 23)
			limited_case(types[t], 253, i, 0);
}
