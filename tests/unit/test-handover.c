/* SPDX-License-Identifier: MIT */
/* Names, hand-over, inheritance at exec, sealed messages. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "test-fd.h"

/* -------------------------------------------------------------- names -- */

START_TEST(names)
{
	char buf[SFAM_FDNAME_MAX + 1], longest[SFAM_FDNAME_MAX + 2];

	ck_assert_ok(sfam_fdnames_check("", 0));
	ck_assert_ok(sfam_fdnames_check("", 1));
	ck_assert_ok(sfam_fdnames_check("a:b", 2));
	ck_assert_ok(sfam_fdnames_check(":", 2));
	ck_assert_err(sfam_fdnames_check("a", 0), EINVAL);
	ck_assert_err(sfam_fdnames_check("a:b", 1), EINVAL);
	ck_assert_err(sfam_fdnames_check("a:b", 3), EINVAL);
	ck_assert_err(sfam_fdnames_check("a\n", 1), EINVAL);
	ck_assert_err(sfam_fdnames_check("\xc3\xa4", 1), EINVAL);
	memset(longest, 'x', sizeof(longest));
	longest[SFAM_FDNAME_MAX] = '\0';
	ck_assert_ok(sfam_fdnames_check(longest, 1));
	ck_assert_int_eq(sfam_fdnames_get(longest, 0, buf, sizeof(buf)),
			 SFAM_FDNAME_MAX);
	ck_assert_err(sfam_fdnames_get(longest, 0, buf, SFAM_FDNAME_MAX),
		      ENOSPC);
	longest[SFAM_FDNAME_MAX] = 'x';
	longest[SFAM_FDNAME_MAX + 1] = '\0';
	ck_assert_err(sfam_fdnames_check(longest, 1), EINVAL);
	ck_assert_int_eq(sfam_fdnames_get("web::admin", 2, buf, sizeof(buf)),
			 5);
	ck_assert_str_eq(buf, "admin");
	ck_assert_int_eq(sfam_fdnames_get("web::admin", 1, buf, sizeof(buf)),
			 0);
	ck_assert_err(sfam_fdnames_get("web::admin", 3, buf, sizeof(buf)),
		      ENOENT);
	ck_assert_int_eq(sfam_fdnames_find("a:b:a:ab", "a", 1), 2);
	ck_assert_int_eq(sfam_fdnames_find("a:b:a:ab", "ab", 0), 3);
	ck_assert_err(sfam_fdnames_find("a:b:a:ab", "a", 3), ENOENT);
	ck_assert_err(sfam_fdnames_find("a:b", "", 0), ENOENT);
	ck_assert_err(sfam_fdnames_find("a:b", "a", 7), ENOENT);
}
END_TEST

/* ----------------------------------------------------------- hand over -- */

/* The new process: takes, checks, and says that it is ready, or does not. */
static int take(int sock, int say)
{
	char text[16];
	int fds[4];

	if (sfam_handover_take(sock, fds, 4, text, sizeof(text),
			       SFAM_FOREVER) != 2)
		return 2;
	if (strcmp(text, "web:admin") != 0)
		return 3;
	if (say == 'r' && sfam_handover_ready(sock, 0) < 0)
		return 4;
	if (say == 'x' && send(sock, "sfd1\0\0\0\0\1\0\0\0\0\0\0\0x", 17,
			       0) != 17)
		return 5;
	return 0;
}

static int give(int type, int say, const char *list)
{
	int sock[2], fds[2], status, r;
	pid_t pid;

	pair(sock, type);
	fds[0] = sock[0];
	fds[1] = sock[1];
	pid = fork();
	if (pid == 0) {
		close(sock[0]);
		_exit(take(sock[1], say));
	}
	close(sock[1]);
	fds[1] = sock[0];
	r = sfam_handover_give(sock[0], fds, 2, list, SFAM_FOREVER);
	close(sock[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, r == -EINVAL ? 2 << 8 : 0);
	return r;
}

START_TEST(give_and_take)
{
	ck_assert_ok(give(SOCK_STREAM, 'r', "web:admin"));
	ck_assert_ok(give(SOCK_SEQPACKET, 'r', "web:admin"));
	/* Its descriptors hold its end open: it must be gone altogether. */
	ck_assert_err(give(SOCK_STREAM, 'x', "web:admin"), EBADMSG);
	ck_assert_err(give(SOCK_STREAM, 'r', "web"), EINVAL);
}
END_TEST

START_TEST(new_one_ends_too_soon)
{
	char text[16];
	int sock[2], fds[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid;

	pair(sock, SOCK_STREAM);
	pid = fork();
	if (pid == 0)
		_exit(sfam_handover_take(sock[1], fds, 2, text, sizeof(text),
					 SFAM_FOREVER) != 1);
	close(sock[1]);
	ck_assert_err(sfam_handover_give(sock[0], &null, 1, "x",
					 SFAM_FOREVER), ECONNRESET);
	waitpid(pid, NULL, 0);
	close(sock[0]);
	/* The old one gives up waiting: the new one's word finds nobody. */
	pair(sock, SOCK_STREAM);
	ck_assert_err(sfam_handover_give(sock[0], &null, 1, "x", 1000000),
		      ETIMEDOUT);
	close(sock[0]);
	ck_assert_int_eq(sfam_handover_take(sock[1], fds, 2, text,
					    sizeof(text), 0), 1);
	ck_assert_err(sfam_handover_ready(sock[1], 0), EPIPE);
	close(fds[0]);
	close(sock[1]);
	close(null);
}
END_TEST

/* Names that are none, too few, too long; more descriptors than room. */
START_TEST(bad_gifts)
{
	static const struct {
		const char *payload;
		size_t len;
		int want;
	} gifts[] = {
		{ "a", 1, EBADMSG }, { "a\0b", 3, EBADMSG },
		{ "a:b\0c", 5, EBADMSG },
		{ "a:\x01", 3, EBADMSG }, { "a:b:c", 5, EBADMSG },
		{ "a:123456", 8, EMSGSIZE },
	};
	char text[8];
	int sock[2], fds[2], here;
	size_t i;

	for (i = 0; i < HARNESS_LEN(gifts); i++) {
		pair(sock, SOCK_STREAM);
		here = open_fds();
		ck_assert_ok(sfam_fdpass_send_message(sock[0], sock, 2,
						      gifts[i].payload,
						      gifts[i].len, &framed));
		ck_assert_err(sfam_handover_take(sock[1], fds, 2, text,
						 sizeof(text), 0),
			      gifts[i].want);
		ck_assert_int_eq(open_fds(), here);
		ck_assert_ok(sfam_fdpass_send_message(sock[1], sock, 2, "a:b",
						      3, &framed));
		ck_assert_err(sfam_handover_take(sock[0], fds, 1, text,
						 sizeof(text), 0), E2BIG);
		ck_assert_int_eq(open_fds(), here);
		close(sock[0]);
		ck_assert_err(sfam_handover_take(sock[1], fds, 1, text,
						 sizeof(text), 0), ENODATA);
		close(sock[1]);
	}
}
END_TEST

/* ------------------------------------------------------------- inherit -- */

static void set_env(const char *pid, const char *n, const char *list)
{
	clearenv();
	if (pid)
		setenv("LISTEN_PID", pid, 1);
	if (n)
		setenv("LISTEN_FDS", n, 1);
	if (list)
		setenv("LISTEN_FDNAMES", list, 1);
}

/* In a child, whose descriptors 3 and 4 are of a pipe. */
static int inherit(void)
{
	char me[16], text[64];
	int ends[2];

	close_range(3, ~0u, 0);
	if (pipe(ends) < 0 || ends[0] != 3)
		return 2;
	snprintf(me, sizeof(me), "%d", getpid());
	set_env(NULL, NULL, NULL);
	if (sfam_listen_fds(0, text, sizeof(text)) != 0)
		return 3;
	set_env("1", "2", "a:b");
	if (sfam_listen_fds(0, text, sizeof(text)) != 0 ||
	    fcntl(3, F_GETFD) != 0)
		return 4;
	set_env(me, "2", "a:b");
	if (sfam_listen_fds(0, text, sizeof(text)) != 2 ||
	    strcmp(text, "a:b") != 0 || fcntl(3, F_GETFD) != FD_CLOEXEC ||
	    fcntl(4, F_GETFD) != FD_CLOEXEC || !getenv("LISTEN_FDS"))
		return 5;
	set_env(me, "2", NULL);
	if (sfam_listen_fds(SFAM_LISTEN_UNSET_ENV, text, sizeof(text)) != 2 ||
	    strcmp(text, "unknown:unknown") != 0 || getenv("LISTEN_FDS") ||
	    getenv("LISTEN_PID"))
		return 6;
	set_env(me, "3", NULL);
	if (sfam_listen_fds(0, NULL, 0) != -EBADF)
		return 7;
	set_env(me, "2", "a");
	if (sfam_listen_fds(0, text, sizeof(text)) != -EINVAL)
		return 8;
	set_env(me, "2", "a:b");
	if (sfam_listen_fds(0, text, 3) != -ENOSPC)
		return 9;
	set_env(me, "2x", "a:b");
	if (sfam_listen_fds(0, text, sizeof(text)) != -EINVAL)
		return 10;
	set_env("", "2", "a:b");
	if (sfam_listen_fds(0, text, sizeof(text)) != -EINVAL)
		return 11;
	set_env(me, "4294967295", "a:b");
	if (sfam_listen_fds(0, text, sizeof(text)) != -EINVAL ||
	    sfam_listen_fds(2, text, sizeof(text)) != -EINVAL)
		return 12;
	return 1;
}

START_TEST(listen_fds)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(inherit());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 1);
}
END_TEST

/*
 * Child of a shell that says what it inherited. perm[i] is where the
 * descriptor for place i stands before.
 */
static void place(const int *perm, size_t n, const char *list,
		  const char *want)
{
	static const char script[] =
		"[ \"$LISTEN_PID\" = $$ ] || echo pid; echo $LISTEN_FDS "
		"$LISTEN_FDNAMES $X; for i in $(seq 3 $((2 + LISTEN_FDS))); "
		"do eval \"cat <&$i\"; done; [ -e /proc/$$/fd/"
		"$((3 + LISTEN_FDS)) ] && echo more";
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	char *env[] = { (char *)"X=x", (char *)"LISTEN_FDS=77",
			(char *)"LISTEN_PID=1", (char *)"PATH=/usr/bin:/bin",
			NULL };
	char *new_env[16], text[SFAM_LISTEN_ENV_SIZE + 64], got[256];
	int out[2], fds[8], file;
	size_t i, len = 0;
	ssize_t r;
	pid_t pid;

	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	ck_assert_ok(sfam_listen_env(env, list, n, new_env, 16, text,
				     sizeof(text)));
	pid = fork();
	if (pid == 0) {
		dup2(out[1], 1);
		close_range(3, ~0u, 0);
		for (i = 0; i < n; i++) {
			file = memfd_create("x", MFD_CLOEXEC);
			dprintf(file, "%zu", i);
			lseek(file, 0, SEEK_SET);
			dup3(file, perm[i] + 20, O_CLOEXEC);
			close(file);
		}
		for (i = 0; i < n; i++) {
			dup3(perm[i] + 20, perm[i], O_CLOEXEC);
			close(perm[i] + 20);
			fds[i] = perm[i];
		}
		if (sfam_listen_place(new_env, fds, n) < 0)
			_exit(3);
		execve("/bin/sh", argv, new_env);
		_exit(4);
	}
	close(out[1]);
	while ((r = read(out[0], got + len, sizeof(got) - len - 1)) > 0)
		len += (size_t)r;
	got[len] = '\0';
	close(out[0]);
	waitpid(pid, NULL, 0);
	ck_assert_str_eq(got, want);
}

START_TEST(listen_place)
{
	place((int[]){ 3, 4, 5 }, 3, "a:b:c", "3 a:b:c x\n012");
	place((int[]){ 5, 4, 3 }, 3, "a:b:c", "3 a:b:c x\n012");
	place((int[]){ 4, 5, 3 }, 3, "a:b:c", "3 a:b:c x\n012");
	place((int[]){ 9, 3, 12 }, 3, "::", "3 :: x\n012");
	place((int[]){ 0 }, 0, "", "0 x\n");
}
END_TEST

START_TEST(listen_env_limits)
{
	char *env[] = { (char *)"X=x", (char *)"LISTEN_FDSX=1", NULL };
	char *out[7], text[SFAM_LISTEN_ENV_SIZE + 4];
	int fds[2] = { 3, -1 };

	ck_assert_ok(sfam_listen_env(env, "abc", 1, out, 7, text,
				     sizeof(text)));
	ck_assert_str_eq(out[1], "LISTEN_FDSX=1");
	ck_assert_str_eq(out[3], "LISTEN_FDS=1");
	ck_assert_str_eq(out[4], "LISTEN_FDNAMES=abc");
	ck_assert_ptr_null(out[6]);
	ck_assert_err(sfam_listen_env(env, "abc", 1, out, 6, text,
				      sizeof(text)), ENOSPC);
	ck_assert_err(sfam_listen_env(env, "abc", 1, out, 1, text,
				      sizeof(text)), ENOSPC);
	ck_assert_err(sfam_listen_env(env, "abc", 1, out, 7, text, 30),
		      ENOSPC);
	ck_assert_err(sfam_listen_env(env, "a:b", 1, out, 7, text,
				      sizeof(text)), EINVAL);
	ck_assert_ok(sfam_listen_env(NULL, "", 0, out, 5, text,
				     sizeof(text)));
	fds[0] = -1;
	ck_assert_err(sfam_listen_place(out, fds, 1), EBADF);
	ck_assert_err(sfam_listen_place(env, fds, 0), EINVAL);
	ck_assert_ok(sfam_listen_place(out, fds, 0));
	ck_assert_int_eq(atoi(strchr(out[0], '=') + 1), getpid());
}
END_TEST

/* -------------------------------------------------------------- sealed -- */

START_TEST(sealed_message)
{
	static char data[100000];
	const void *map = NULL;
	size_t len = 9, t;
	int sock[2];

	memset(data, 'd', sizeof(data));
	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		ck_assert_ok(sfam_memfd_send(sock[1], data, sizeof(data), 0));
		ck_assert_ok(sfam_memfd_send(sock[1], NULL, 0, 0));
		ck_assert_ok(sfam_memfd_send(sock[1], "abcd", 4, 0));
		ck_assert_ok(sfam_memfd_recv(sock[0], sizeof(data), &map, &len,
					     0));
		ck_assert_uint_eq(len, sizeof(data));
		ck_assert_int_eq(memcmp(map, data, len), 0);
		sfam_memfd_unmap(map, len);
		ck_assert_ok(sfam_memfd_recv(sock[0], 0, &map, &len, 0));
		ck_assert_ptr_null(map);
		ck_assert_uint_eq(len, 0);
		sfam_memfd_unmap(map, len);
		len = 9;
		ck_assert_err(sfam_memfd_recv(sock[0], 3, &map, &len, 0),
			      EFBIG);
		ck_assert_uint_eq(len, 9);
		close_all(sock, 2);
	}
}
END_TEST

START_TEST(not_sealed)
{
	int fd = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const void *map;
	size_t len;
	void *w;

	ck_assert_int_eq(ftruncate(fd, 4096), 0);
	ck_assert_err(sfam_memfd_map(null, 4096, &map, &len), EPERM);
	ck_assert_err(sfam_memfd_map(-1, 4096, &map, &len), EBADF);
	ck_assert_err(sfam_memfd_map(fd, 4096, &map, &len), EPERM);
	fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW);
	ck_assert_err(sfam_memfd_map(fd, 4096, &map, &len), EPERM);
	close(fd);
	fd = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	ck_assert_int_eq(ftruncate(fd, 4096), 0);
	w = mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_err(sfam_memfd_seal(fd), EBUSY);
	munmap(w, 4096);
	ck_assert_ok(sfam_memfd_seal(fd));
	ck_assert_err(sfam_memfd_seal(fd), EPERM);
	ck_assert_int_lt(write(fd, "x", 1), 0);
	ck_assert_ok(sfam_memfd_map(fd, 4096, &map, &len));
	sfam_memfd_unmap(map, len);
	ck_assert_err(sfam_memfd_seal(null), EINVAL);
	close(fd);
	close(null);
}
END_TEST

/* A descriptor that is no memfd, none at all, and the end. */
START_TEST(bad_messages)
{
	const void *map;
	size_t len;
	int sock[2];

	pair(sock, SOCK_STREAM);
	ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 1, NULL, 0, 0), 0);
	ck_assert_err(sfam_memfd_recv(sock[0], 9, &map, &len, 0), EPERM);
	ck_assert_int_eq(sfam_fdpass_send(sock[1], sock, 2, NULL, 0, 0), 0);
	ck_assert_err(sfam_memfd_recv(sock[0], 9, &map, &len, 0), E2BIG);
	ck_assert_int_eq(send(sock[1], "x", 1, 0), 1);
	ck_assert_err(sfam_memfd_recv(sock[0], 9, &map, &len, 0), ENOMSG);
	ck_assert_err(sfam_memfd_recv(sock[0], 9, &map, &len, 0), ETIMEDOUT);
	close(sock[1]);
	ck_assert_err(sfam_memfd_recv(sock[0], 9, &map, &len, 0), ENODATA);
	ck_assert_err(sfam_memfd_send(sock[0], "x", 1, 0), EPIPE);
	close(sock[0]);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ names, NULL },
		{ give_and_take, NULL },
		{ new_one_ends_too_soon, NULL },
		{ bad_gifts, NULL },
		{ listen_fds, NULL },
		{ listen_place, NULL },
		{ listen_env_limits, NULL },
		{ sealed_message, NULL },
		{ not_sealed, NULL },
		{ bad_messages, NULL },
	};

	return harness_run("handover", tests, HARNESS_LEN(tests));
}
