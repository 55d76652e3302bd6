/* SPDX-License-Identifier: MIT */
/* Who sent it, and is it what was expected. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "test-fd.h"

/* ------------------------------------------------------------ senders -- */

static struct sfam_fdpass_opts allow(uint32_t flags)
{
	struct sfam_fdpass_opts o = framed;

	o.flags |= flags;
	o.sender.pid = getpid();
	o.sender.uid = getuid();
	o.sender.gid = getgid();
	return o;
}

/* The kernel gives nobody's ids (overflowuid) to him whom it did not note. */
static void nobody_is_not_unknown(int type)
{
	struct sfam_fdpass_opts o = allow(SFAM_FDPASS_ALLOW_UID |
					  SFAM_FDPASS_ALLOW_GID);
	struct inbox in;
	int sock[2];

	o.sender.uid = 65534;
	o.sender.gid = 65534;
	pair(sock, type);
	ck_assert_ok(sfam_fdpass_send_message(sock[1], sock, 1, "x", 1,
					      &framed));
	ck_assert_ok(sfam_fdpass_ask(sock[0], SFAM_FDPASS_ASK_CREDENTIALS));
	ck_assert_err(receive(sock[0], &in, &o), EACCES);
	close_all(sock, 2);
}

START_TEST(sender_rule)
{
	const uint32_t all = SFAM_FDPASS_ALLOW_PID | SFAM_FDPASS_ALLOW_UID |
			     SFAM_FDPASS_ALLOW_GID;
	struct sfam_fdpass_opts o = allow(all);
	struct inbox in;
	int sock[2], here;
	size_t t;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		here = open_fds();
		/* Sent before anybody asked: nobody knows who it was. */
		ck_assert_ok(sfam_fdpass_send_message(sock[1], sock, 1, "x", 1,
						      &framed));
		ck_assert_ok(sfam_fdpass_ask(sock[0],
					     SFAM_FDPASS_ASK_CREDENTIALS));
		ck_assert_err(receive(sock[0], &in, &o), EACCES);
		nobody_is_not_unknown(types[t]);
		ck_assert_ok(sfam_fdpass_send_message(sock[1], sock, 1, "x", 1,
						      &framed));
		ck_assert_int_eq(receive(sock[0], &in, &o), 1);
		ck_assert_int_eq(in.m.sender.pid, getpid());
		ck_assert_uint_eq(in.m.n_fds, 1);
		close(in.fds[0]);
		/* Each part of the rule alone, with data kept or not. */
		o = allow(SFAM_FDPASS_ALLOW_UID | SFAM_FDPASS_KEEP_DATA);
		o.sender.uid++;
		ck_assert_ok(sfam_fdpass_send_message(sock[1], sock, 1, "x", 1,
						      &framed));
		ck_assert_err(receive(sock[0], &in, &o), EACCES);
		o = allow(SFAM_FDPASS_ALLOW_GID);
		o.sender.gid++;
		ck_assert_ok(sfam_fdpass_send_message(sock[1], sock, 1, "x", 1,
						      &framed));
		ck_assert_err(receive(sock[0], &in, &o), EACCES);
		o = allow(SFAM_FDPASS_ALLOW_PID);
		o.sender.pid++;
		ck_assert_ok(sfam_fdpass_send_message(sock[1], sock, 1, "x", 1,
						      &framed));
		ck_assert_err(receive(sock[0], &in, &o), EACCES);
		ck_assert_int_eq(open_fds(), here);
		o = allow(all);
		close_all(sock, 2);
	}
}
END_TEST

/* Who asks for credentials gets a name of his own once he sends. */
START_TEST(asking_gives_a_name)
{
	struct sfam_addr addr;
	int sock[2], t;

	for (t = 0; t < 2; t++) {
		pair(sock, SOCK_DGRAM);
		if (t)
			ck_assert_ok(sfam_fdpass_ask(
				sock[0], SFAM_FDPASS_ASK_CREDENTIALS));
		ck_assert_int_eq(send(sock[0], "x", 1, 0), 1);
		ck_assert_ok(sfam_addr_local(&addr, sock[0]));
		ck_assert_int_eq(addr.len > sizeof(sa_family_t), t);
		close_all(sock, 2);
	}
}
END_TEST

static void check_pidfd(int fd)
{
	ck_assert_int_ge(fd, 0);
	ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	ck_assert_int_eq((int)syscall(__NR_pidfd_send_signal, fd, 0, NULL, 0),
			 0);
	close(fd);
}

/* Linux 6.5; before it both ways say that there is none. */
START_TEST(sender_pidfd)
{
	struct inbox in;
	int sock[2];
	size_t n;
	char c;
	int r;

	pair(sock, SOCK_STREAM);
	r = sfam_fdpass_ask(sock[0], SFAM_FDPASS_ASK_PIDFD);
	if (r == 0) {
		ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 2, "x", 1,
						  0), 1);
		ck_assert_int_eq(receive(sock[0], &in, &plain), 1);
		check_pidfd(in.m.pidfd);
		close_all(in.fds, 2);
		/* Who does not look for it does not leak it. */
		ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 1, "x", 1,
						  0), 1);
		ck_assert_int_eq(sfam_fdpass_recv(sock[0], in.fds, 1, &n, &c,
						  1, 0), 1);
		close(in.fds[0]);
		ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 2, "x", 1,
						  0), 1);
		ck_assert_err(sfam_fdpass_recv(sock[0], in.fds, 1, &n, &c, 1,
					       0), E2BIG);
		check_pidfd(sfam_peer_pidfd(sock[0]));
	} else {
		ck_assert_err(r, ENOPROTOOPT);
		ck_assert_err(sfam_peer_pidfd(sock[0]), ENOPROTOOPT);
	}
	ck_assert_err(sfam_fdpass_ask(sock[0], 1u << 9), EINVAL);
	close_all(sock, 2);
}
END_TEST

START_TEST(peer)
{
	struct sfam_credentials c = { 0, 0, 0 };
	gid_t groups[65536 / sizeof(gid_t)];
	int n = getgroups(HARNESS_LEN(groups), groups);
	char label[256];
	int sock[2], fd;
	ssize_t r;

	pair(sock, SOCK_STREAM);
	ck_assert_ok(sfam_peer_credentials(sock[0], &c));
	ck_assert_int_eq(c.pid, getpid());
	ck_assert_uint_eq(c.uid, geteuid());
	ck_assert_uint_eq(c.gid, getegid());
	ck_assert_int_eq(sfam_peer_groups(sock[0], groups,
					  HARNESS_LEN(groups)), n);
	if (n > 0)
		ck_assert_err(sfam_peer_groups(sock[0], groups,
					       (size_t)n - 1), ERANGE);
	r = sfam_peer_security(sock[0], label, sizeof(label));
	ck_assert(r == -ENOPROTOOPT || r >= 0);
	ck_assert_err(sfam_peer_security(sock[0], label, 0), ERANGE);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_err(sfam_peer_credentials(fd, &c), ENOTCONN);
	ck_assert_err(sfam_peer_groups(fd, groups, 1), ENODATA);
	ck_assert_err(sfam_peer_credentials(-1, &c), EBADF);
	close(fd);
	close_all(sock, 2);
}
END_TEST

/* ------------------------------------------------------- what may come -- */

static void check_is(int fd, struct sfam_fd_expect e)
{
	struct sfam_diag diag = { .offset = 9 };

	ck_assert_ok(sfam_fd_check(fd, &e, &diag));
	ck_assert_uint_eq(diag.offset, 9);
}

static void check_is_not(int fd, struct sfam_fd_expect e, const char *found,
			 const char *expected)
{
	struct sfam_diag diag;

	ck_assert_err(sfam_fd_check(fd, &e, &diag), EPROTOTYPE);
	ck_assert_str_eq(diag.found, found);
	ck_assert_str_eq(diag.expected, expected);
	ck_assert_err(sfam_fd_check(fd, &e, NULL), EPROTOTYPE);
}

#define EXPECT(...) ((struct sfam_fd_expect){ __VA_ARGS__ })

START_TEST(kinds_and_access)
{
	int dir = open("/", O_RDONLY | O_CLOEXEC);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int path = open("/dev/null", O_PATH | O_CLOEXEC);
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	check_is(dir, EXPECT(.kind = SFAM_FD_DIRECTORY,
			     .flags = SFAM_FD_READ_ONLY));
	check_is_not(dir, EXPECT(.kind = SFAM_FD_REGULAR), "directory",
		     "regular file");
	check_is_not(dir, EXPECT(.socket_type = SOCK_STREAM), "directory",
		     "socket");
	check_is(null, EXPECT(.kind = SFAM_FD_CHAR_DEVICE,
			      .flags = SFAM_FD_WRITABLE |
				       SFAM_FD_NOT_READABLE));
	check_is_not(null, EXPECT(.flags = SFAM_FD_READ_ONLY), "not so",
		     "open for reading");
	check_is_not(null, EXPECT(.flags = SFAM_FD_NOT_WRITABLE), "it is",
		     "not open for writing");
	check_is(path, EXPECT(.flags = SFAM_FD_NOT_READABLE |
			      SFAM_FD_NOT_WRITABLE));
	check_is_not(path, EXPECT(.flags = SFAM_FD_WRITABLE), "not so",
		     "open for writing");
	check_is_not(ends[0], EXPECT(.flags = SFAM_FD_NOT_READABLE), "it is",
		     "not open for reading");
	check_is(ends[0], EXPECT(.kind = SFAM_FD_FIFO,
				 .flags = SFAM_FD_READ_ONLY));
	check_is(ends[1], EXPECT(.kind = SFAM_FD_ANY));
	ck_assert_err(sfam_fd_check(-1, &EXPECT(.kind = SFAM_FD_ANY), NULL),
		      EBADF);
	ck_assert_err(sfam_fd_check(dir, &EXPECT(.kind = (enum sfam_fd_kind)99),
				    NULL), EINVAL);
	ck_assert_err(sfam_fd_check(dir, &EXPECT(.flags = 1u << 20), NULL),
		      EINVAL);
	close_all(ends, 2);
	close(dir);
	close(null);
	close(path);
}
END_TEST

START_TEST(sockets_and_seals)
{
	const struct sfam_family *un = sfam_family_by_name("unix");
	const struct sfam_family *in = sfam_family_by_name("inet");
	int memfd = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int sock[2], listener;

	listener = sfam_open_text("unix:", 5, SFAM_OPEN_LISTEN, NULL, NULL);
	pair(sock, SOCK_SEQPACKET);
	check_is(listener, EXPECT(SFAM_FD_SOCKET, SFAM_FD_LISTENING, 0,
				  SOCK_STREAM, un));
	check_is_not(sock[0], EXPECT(.flags = SFAM_FD_LISTENING),
		     "it does not", "a socket that listens");
	check_is_not(sock[0], EXPECT(.socket_type = SOCK_STREAM),
		     "seqpacket", "a socket of type stream");
	check_is_not(sock[0], EXPECT(.family = in), "unix",
		     "a socket of family inet");
	check_is_not(memfd, EXPECT(.seals = F_SEAL_WRITE | F_SEAL_GROW),
		     "not sealed", "sealed against: grow");
	check_is_not(sock[0], EXPECT(.seals = F_SEAL_WRITE), "no memfd",
		     "a sealed memfd");
	ck_assert_ok(sfam_memfd_seal(memfd));
	check_is(memfd, EXPECT(.seals = F_SEAL_WRITE | F_SEAL_SHRINK |
				 F_SEAL_GROW | F_SEAL_SEAL));
	close(memfd);
	close(listener);
	close_all(sock, 2);
}
END_TEST

START_TEST(checked_on_arrival)
{
	const struct sfam_fd_expect expect[2] = {
		{ .kind = SFAM_FD_DIRECTORY },
		{ .kind = SFAM_FD_SOCKET, .socket_type = SOCK_STREAM },
	};
	struct sfam_diag diag = { 0 };
	struct sfam_fdpass_opts o = framed;
	int sock[2], fds[3], here;
	struct inbox in;

	pair(sock, SOCK_STREAM);
	fds[0] = open("/", O_RDONLY | O_CLOEXEC);
	fds[1] = fds[2] = sock[0];
	here = open_fds();
	o.expect = expect;
	o.n_expect = 2;
	o.diag = &diag;
	ck_assert_ok(sfam_fdpass_send_message(sock[1], fds, 3, "x", 1,
					      &framed));
	ck_assert_int_eq(receive(sock[0], &in, &o), 1);
	ck_assert_uint_eq(in.m.n_fds, 3);
	close_all(in.fds, 3);
	fds[2] = fds[0];
	ck_assert_ok(sfam_fdpass_send_message(sock[1], fds, 3, "x", 1,
					      &framed));
	ck_assert_err(receive(sock[0], &in, &o), EPROTOTYPE);
	ck_assert_uint_eq(diag.offset, 2);
	ck_assert_str_eq(diag.found, "directory");
	o.flags |= SFAM_FDPASS_KEEP_DATA;
	ck_assert_ok(sfam_fdpass_send_message(sock[1], fds, 3, "x", 1,
					      &framed));
	ck_assert_int_eq(receive(sock[0], &in, &o), 1);
	ck_assert_int_eq(in.m.lost, -EPROTOTYPE);
	ck_assert_uint_eq(in.m.len, 1);
	ck_assert_int_eq(open_fds(), here);
	close(fds[0]);
	close_all(sock, 2);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ sender_rule, NULL },
		{ asking_gives_a_name, NULL },
		{ sender_pidfd, NULL },
		{ peer, NULL },
		{ kinds_and_access, NULL },
		{ sockets_and_seals, NULL },
		{ checked_on_arrival, NULL },
	};

	return harness_run("fdcheck", tests, HARNESS_LEN(tests));
}
