/* SPDX-License-Identifier: MIT */
/* The store of descriptors: keeper and clients. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "test-fd.h"

#define MANY 420	/* and copies of all are open in here */

static struct sfam_fdstore_opts limits(size_t max, size_t max_per_name)
{
	struct sfam_fdstore_opts o = SFAM_FDSTORE_OPTS_INIT;

	o.max = max;
	o.max_per_name = max_per_name;
	return o;
}

/* Serves one client after the other end of sock; all is closed at its end. */
static int keep(int sock, const struct sfam_fdstore_opts *opts, rlim_t files)
{
	const struct rlimit limit = { files, files };
	struct pollfd p = { sock, POLLIN, 0 };
	struct sfam_fdstore *store;
	int before = open_fds();
	int r;

	if (sfam_fdstore_new(&store, opts) < 0 ||
	    (files && setrlimit(RLIMIT_NOFILE, &limit) < 0))
		return 2;
	do {
		poll(&p, 1, -1);
		r = sfam_fdstore_serve(store, sock);
	} while (r == 1);
	sfam_fdstore_free(store);
	return open_fds() == before ? -r : 99;
}

static int start_keeper(const struct sfam_fdstore_opts *opts, rlim_t files,
			pid_t *ret_pid)
{
	int sock[2];

	pair(sock, SOCK_SEQPACKET);
	*ret_pid = fork();
	if (*ret_pid == 0) {
		close(sock[1]);
		_exit(keep(sock[0], opts, files));
	}
	close(sock[0]);
	return sock[1];
}

static void end_keeper(int sock, pid_t pid)
{
	int status;

	close(sock);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static int open_null(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static ssize_t list(int sock, const char *name, char *buf, size_t size)
{
	return sfam_fdstore_list(sock, name, buf, size, SFAM_FOREVER);
}

/* ------------------------------------------------------------- clients -- */

START_TEST(put_and_get)
{
	struct stat a, b;
	char names[64];
	int fds[3], got[3], other, i;
	pid_t pid;
	int sock = start_keeper(NULL, 0, &pid);

	for (i = 0; i < 3; i++) {
		fds[i] = memfd_create("x", MFD_CLOEXEC);
		ck_assert_int_ge(fds[i], 0);
	}
	ck_assert_int_eq(list(sock, NULL, names, sizeof(names)), 0);
	ck_assert_str_eq(names, "");
	ck_assert_ok(sfam_fdstore_put(sock, fds, 3, "a::a", SFAM_FOREVER));
	ck_assert_int_eq(list(sock, NULL, names, sizeof(names)), 3);
	ck_assert_str_eq(names, "a::a");
	ck_assert_int_eq(list(sock, "b", names, sizeof(names)), 0);
	ck_assert_int_eq(sfam_fdstore_get(sock, "a", got, 3, names,
					  sizeof(names), SFAM_FOREVER), 2);
	ck_assert_str_eq(names, "a:a");
	fstat(got[1], &a);
	fstat(fds[2], &b);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
	ck_assert_int_eq(fcntl(got[0], F_GETFD), FD_CLOEXEC);
	/* Got is not gone; put again is not there twice, but by name */
	ck_assert_ok(sfam_fdstore_put(sock, got, 2, "a:b", SFAM_FOREVER));
	ck_assert_int_eq(list(sock, NULL, names, sizeof(names)), 4);
	ck_assert_str_eq(names, "a::a:b");
	other = open_null();
	ck_assert_ok(sfam_fdstore_put(sock, &other, 1, "a", SFAM_FOREVER));
	close(other);
	other = open_null();
	ck_assert_ok(sfam_fdstore_put(sock, &other, 1, "a", SFAM_FOREVER));
	ck_assert_int_eq(list(sock, "a", names, sizeof(names)), 4);
	ck_assert_int_eq(sfam_fdstore_remove(sock, "a", SFAM_FOREVER), 4);
	ck_assert_int_eq(sfam_fdstore_remove(sock, "a", SFAM_FOREVER), 0);
	ck_assert_int_eq(list(sock, NULL, names, sizeof(names)), 2);
	ck_assert_str_eq(names, ":b");
	ck_assert_int_eq(sfam_fdstore_remove(sock, NULL, SFAM_FOREVER), 2);
	close(other);
	close_all(got, 2);
	close_all(fds, 3);
	end_keeper(sock, pid);
}
END_TEST

START_TEST(limits_of_store)
{
	const struct sfam_fdstore_opts few = limits(4, 2);
	char names[SFAM_FDSTORE_NAMES_MAX + 512];
	int fds[254], got[4], here;
	size_t i;
	pid_t pid;
	int sock = start_keeper(&few, 0, &pid);

	for (i = 0; i < 254; i++)
		fds[i] = open_null();
	here = open_fds();
	/* All or none */
	ck_assert_err(sfam_fdstore_put(sock, fds, 3, "a:a:a", SFAM_FOREVER),
		      EDQUOT);
	ck_assert_err(sfam_fdstore_put(sock, fds, 5, "a:b:c:d:e",
				       SFAM_FOREVER), ENOSPC);
	ck_assert_int_eq(list(sock, NULL, names, 8), 0);
	ck_assert_ok(sfam_fdstore_put(sock, fds, 4, "a:b:a:d", SFAM_FOREVER));
	ck_assert_err(sfam_fdstore_put(sock, fds + 4, 1, "e", SFAM_FOREVER),
		      ENOSPC);
	ck_assert_ok(sfam_fdstore_put(sock, fds, 1, "a", SFAM_FOREVER));
	/* What the caller has no room for */
	ck_assert_err(sfam_fdstore_get(sock, NULL, got, 3, names, 8,
				       SFAM_FOREVER), E2BIG);
	ck_assert_err(sfam_fdstore_get(sock, NULL, got, 4, names, 7,
				       SFAM_FOREVER), ENOSPC);
	ck_assert_err(list(sock, NULL, names, 0), ENOSPC);
	ck_assert_int_eq(open_fds(), here);
	ck_assert_int_eq(sfam_fdstore_get(sock, NULL, got, 4, names, 8,
					  SFAM_FOREVER), 4);
	close_all(got, 4);
	/* What is not sent at all */
	memset(names, ':', 253);
	names[253] = '\0';
	ck_assert_err(sfam_fdstore_put(sock, fds, 254, names, 0), E2BIG);
	for (i = 0; i < sizeof(names); i++)
		names[i] = i % 256 == 255 ? ':' : 'n';
	names[33 * 256 - 1] = '\0';
	ck_assert_err(sfam_fdstore_put(sock, fds, 33, names, 0), E2BIG);
	ck_assert_err(sfam_fdstore_put(sock, fds, 0, "", 0), EINVAL);
	ck_assert_err(sfam_fdstore_put(sock, fds, 2, "a", 0), EINVAL);
	ck_assert_err(sfam_fdstore_put(sock, fds, 1, "\n", 0), EINVAL);
	ck_assert_err(list(sock, "a:b", names, 8), EINVAL);
	ck_assert_err(sfam_fdstore_remove(sock, "a:b", 0), EINVAL);
	close_all(fds, 254);
	end_keeper(sock, pid);
}
END_TEST

/* More than one answer holds, by number and by length of their names. */
START_TEST(many)
{
	static char names[MANY * 256], got_names[MANY * 256];
	int fds[MANY], got[MANY], here;
	size_t i, at, step;
	struct stat a, b;
	pid_t pid;
	int sock = start_keeper(NULL, 0, &pid);

	for (i = 0; i < MANY; i++) {
		fds[i] = memfd_create("x", MFD_CLOEXEC);
		ck_assert_int_ge(fds[i], 0);
	}
	here = open_fds();
	for (at = 0; at < MANY; at += step) {
		step = at < 300 ? 100 : 30;
		for (i = 0; i < step; i++)
			memset(names + i * 256, 'n', 255);
		for (i = 0; i + 1 < step; i++)
			names[i * 256 + 255] = ':';
		names[step * 256 - 1] = '\0';
		if (step == 100)
			memset(names, ':', 99);
		if (step == 100)
			names[99] = '\0';
		ck_assert_ok(sfam_fdstore_put(sock, fds + at, step, names,
					      SFAM_FOREVER));
	}
	ck_assert_int_eq(sfam_fdstore_get(sock, NULL, got, MANY, got_names,
					  sizeof(got_names), SFAM_FOREVER),
			 MANY);
	ck_assert_ok(sfam_fdnames_check(got_names, MANY));
	for (i = 0; i < MANY; i++) {
		fstat(fds[i], &a);
		fstat(got[i], &b);
		ck_assert_uint_eq(a.st_ino, b.st_ino);
	}
	close_all(got, MANY);
	ck_assert_int_eq(list(sock, NULL, got_names, sizeof(got_names)),
			 MANY);
	ck_assert_err(sfam_fdstore_get(sock, NULL, got, MANY - 1, got_names,
				       sizeof(got_names), SFAM_FOREVER),
		      E2BIG);
	ck_assert_int_eq(open_fds(), here);
	close_all(fds, MANY);
	end_keeper(sock, pid);
}
END_TEST

START_TEST(keeper_out_of_descriptors)
{
	char names[64];
	int fds[9], i, here;
	pid_t pid;
	int sock = start_keeper(NULL, 16, &pid);

	for (i = 0; i < 9; i++)
		fds[i] = open_null();
	here = open_fds();
	/* The first may have room */
	(void)!sfam_fdstore_put(sock, fds, 9, "::::::::", SFAM_FOREVER);
	ck_assert_err(sfam_fdstore_put(sock, fds, 9, "::::::::",
				       SFAM_FOREVER), EMFILE);
	/* It goes on */
	ck_assert_ok(list(sock, NULL, names, sizeof(names)));
	ck_assert_int_eq(open_fds(), here);
	close_all(fds, 9);
	end_keeper(sock, pid);
}
END_TEST

/* ------------------------------------------------------------- restarts -- */

/* A service stores where it listens; its next start accepts who waits. */
static int serve_once(int sock, int is_first)
{
	char names[16], c;
	int fd = -1, child;

	if (is_first) {
		fd = sfam_open_text("unix:@sfam-fdstore", 18,
				    SFAM_OPEN_LISTEN, NULL, NULL);
		return sfam_fdstore_put(sock, &fd, 1, "web", SFAM_FOREVER);
	}
	if (sfam_fdstore_get(sock, "web", &fd, 1, names, sizeof(names),
			     SFAM_FOREVER) != 1)
		return 2;
	child = sfam_accept(fd, 0, SFAM_FOREVER, NULL);
	if (child < 0 || recv(child, &c, 1, 0) != 1)
		return 3;
	return send(child, "y", 1, 0) == 1 ? 0 : 4;
}

START_TEST(restarts)
{
	int client, round, status;
	char c;
	pid_t keeper, pid;
	int sock = start_keeper(NULL, 0, &keeper);

	for (round = 0; round < 5; round++) {
		client = -1;
		if (round) {
			client = sfam_open_text("unix:@sfam-fdstore", 18,
						SFAM_OPEN_CONNECT, NULL, NULL);
			ck_assert_ok(client);
			ck_assert_int_eq(send(client, "x", 1, 0), 1);
		}
		pid = fork();
		if (pid == 0)
			_exit(serve_once(sock, round == 0));
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
		if (round) {
			ck_assert_int_eq(recv(client, &c, 1, 0), 1);
			close(client);
		}
	}
	end_keeper(sock, keeper);
}
END_TEST

START_TEST(dead_ones)
{
	struct sfam_fdstore *store;
	int ends[2], sock[2], fds[4], before = open_fds();

	ck_assert_ok(sfam_fdstore_new(&store, NULL));
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pair(sock, SOCK_STREAM);
	fds[0] = ends[0];
	fds[1] = sock[0];
	fds[2] = open_null();
	fds[3] = memfd_create("x", MFD_CLOEXEC);
	ck_assert_ok(sfam_fdstore_add(store, fds, 4, "a:b:c:d"));
	ck_assert_uint_eq(sfam_fdstore_drop_dead(store), 0);
	close(ends[1]);
	ck_assert_uint_eq(sfam_fdstore_drop_dead(store), 1);
	close(sock[1]);
	ck_assert_uint_eq(sfam_fdstore_drop_dead(store), 1);
	ck_assert_uint_eq(sfam_fdstore_drop_dead(store), 0);
	ck_assert_int_eq(open_fds(), before + 2);
	sfam_fdstore_free(store);
	ck_assert_int_eq(open_fds(), before);
	sfam_fdstore_free(NULL);
}
END_TEST

START_TEST(options)
{
	struct sfam_fdstore_opts o = limits(0, 1);
	struct sfam_fdstore *store = NULL;
	int fds[2] = { open_null(), -1 };

	ck_assert_err(sfam_fdstore_new(&store, &o), EINVAL);
	o = limits(65536, 1);
	ck_assert_err(sfam_fdstore_new(&store, &o), EINVAL);
	o = limits(1, 0);
	ck_assert_err(sfam_fdstore_new(&store, &o), EINVAL);
	ck_assert_ptr_null(store);
	o = limits(1, 5);
	ck_assert_ok(sfam_fdstore_new(&store, &o));
	fds[1] = fcntl(fds[0], F_DUPFD_CLOEXEC, 0);
	ck_assert_err(sfam_fdstore_add(store, fds, 2, "a:b"), ENOSPC);
	ck_assert_err(sfam_fdstore_add(store, fds, 2, "a"), EINVAL);
	ck_assert_int_ge(fcntl(fds[0], F_GETFD), 0);
	/* The same open file twice: one is closed */
	ck_assert_ok(sfam_fdstore_add(store, fds, 2, "a:a"));
	ck_assert_int_lt(fcntl(fds[1], F_GETFD), 0);
	ck_assert_err(sfam_fdstore_serve(store, -1), EBADF);
	sfam_fdstore_free(store);
}
END_TEST

/* -------------------------------------------------------------- notify -- */

static ssize_t notify(struct sfam_fdstore *store, const char *text, size_t n)
{
	struct inbox in;
	int sock[2], fds[3];
	size_t i;
	ssize_t r;

	pair(sock, SOCK_DGRAM);
	for (i = 0; i < n; i++)
		fds[i] = open_null();
	if (n)
		ck_assert_ok(sfam_fdpass_consume_message(sock[1], fds, n, text,
							 strlen(text),
							 &plain));
	else
		ck_assert_int_ge(send(sock[1], text, strlen(text), 0), 0);
	ck_assert_int_eq(receive(sock[0], &in, &plain), 1);
	r = sfam_fdstore_notify(store, &in.m);
	close_all(sock, 2);
	return r;
}

START_TEST(notices)
{
	const struct sfam_fdstore_opts few = limits(6, 4);
	struct sfam_fdstore *store;
	int before = open_fds();

	ck_assert_ok(sfam_fdstore_new(&store, &few));
	ck_assert_int_eq(notify(store, "FDSTORE=1", 1), 1);
	ck_assert_int_eq(notify(store, "READY=1\nFDNAME=x\nFDSTORE=1\n", 2),
			 2);
	ck_assert_int_eq(open_fds(), before + 3);
	/* The rest is closed: sd_notify_barrier(3) waits for that */
	ck_assert_int_eq(notify(store, "BARRIER=1", 1), 0);
	ck_assert_int_eq(notify(store, "FDSTORE=10\nXFDSTORE=1", 3), 0);
	ck_assert_int_eq(notify(store, "STATUS=x", 0), 0);
	ck_assert_err(notify(store, "FDSTORE=1\nFDNAME=a:b", 1), EINVAL);
	ck_assert_err(notify(store, "FDNAME=a\x01\nFDSTORE=1", 1), EINVAL);
	ck_assert_int_eq(open_fds(), before + 3);
	ck_assert_err(notify(store, "FDSTORE=1\nFDNAME=x", 3), EDQUOT);
	ck_assert_int_eq(open_fds(), before + 5);
	ck_assert_err(notify(store, "FDSTORE=1\nFDNAME=y", 2), ENOSPC);
	ck_assert_int_eq(open_fds(), before + 6);
	ck_assert_int_eq(notify(store, "FDNAME=x\nFDSTOREREMOVE=1", 1), 4);
	ck_assert_int_eq(notify(store, "FDSTOREREMOVE=1", 0), 1);
	ck_assert_int_eq(open_fds(), before + 1);
	sfam_fdstore_free(store);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ put_and_get, NULL },
		{ limits_of_store, NULL },
		{ many, NULL },
		{ keeper_out_of_descriptors, NULL },
		{ restarts, "netns" },
		{ dead_ones, NULL },
		{ options, NULL },
		{ notices, NULL },
	};

	return harness_run("fdstore", tests, HARNESS_LEN(tests));
}
