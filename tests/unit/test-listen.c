/* SPDX-License-Identifier: MIT */
/* Descriptors on their way to the places of sd_listen_fds(3), and its ids. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "test-fd.h"

#define MOST 300
#define FAR 700		/* files wait here until they go where they stand */

/* ------------------------------------------------------------- places -- */

/* Each case runs in a child: exit status 0, or the line that failed. */
#define NEED(condition) do { if (!(condition)) _exit(__LINE__ % 255 + 1); } \
	while (0)

static size_t count_open(void)
{
	size_t n = 0;
	int fd;

	for (fd = 0; fd < 2 * FAR; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* File number is[i] stands at fds[i], for all i; 0 to 2 as they were. */
static void stand(const int *fds, const size_t *is, size_t n, ino_t *ret_ino)
{
	struct stat st;
	size_t i;
	int fd;

	close_range(3, ~0u, 0);
	for (i = 0; i < n; i++) {
		if (is[i] != i)
			continue;
		fd = memfd_create("x", MFD_CLOEXEC);
		NEED(fd >= 0 && fstat(fd, &st) == 0);
		ret_ino[i] = st.st_ino;
		NEED(dup3(fd, FAR + (int)i, O_CLOEXEC) >= 0);
		close(fd);
	}
	for (i = 0; i < n; i++) {
		NEED(dup3(FAR + (int)is[i], fds[i], O_CLOEXEC) >= 0);
		ret_ino[i] = ret_ino[is[i]];
	}
	close_range(FAR, ~0u, 0);
}

/* limit: RLIMIT_NOFILE meanwhile. want: 0 or an errno. */
static void in_child(const int *fds, const size_t *is, size_t n, rlim_t limit,
		     int want)
{
	char *env[5], names[MOST] = "", text[SFAM_LISTEN_ENV_SIZE + MOST];
	int now[MOST];
	ino_t ino[MOST];
	struct stat st;
	size_t i, before;

	memset(names, ':', n - 1);
	NEED(sfam_listen_env(NULL, names, n, env, 5, text,
			     sizeof(text)) == 0);
	stand(fds, is, n, ino);
	before = count_open();
	memcpy(now, fds, n * sizeof(*fds));
	NEED(setrlimit(RLIMIT_NOFILE,
		       &(struct rlimit){ limit, FAR * 2 }) == 0);
	NEED(sfam_listen_place(env, now, n) == -want);
	for (i = 0; i < n; i++) {
		NEED(fstat(now[i], &st) == 0 && st.st_ino == ino[i]);
		if (want)
			continue;
		NEED(now[i] == 3 + (int)i);
		NEED(fcntl(now[i], F_GETFD) == 0);
	}
	/* Nothing is left but where they stood, and copies of what is twice */
	for (i = 0; i < n; i++)
		before += is[i] == i ? 1 : 2;
	NEED(count_open() <= before);
	_exit(0);
}

static void place_as(const int *fds, const size_t *is, size_t n,
		     rlim_t limit, int want)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		in_child(fds, is, n, limit, want);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "a case of %zu: line %d", n,
		      WEXITSTATUS(status) - 1);
}

/* Each file once; fds are its places before. */
static void place(const int *fds, size_t n, rlim_t limit, int want)
{
	size_t is[MOST], i;

	for (i = 0; i < n; i++)
		is[i] = i;
	place_as(fds, is, n, limit, want);
}

/* With no number free but the one that a ring needs, if there is one. */
START_TEST(without_room)
{
	const size_t sizes[] = { 1, 2, 3, 7, MOST };
	int off[MOST], up[MOST], down[MOST], back[MOST];
	rlim_t n;
	size_t s, i;

	for (s = 0; s < HARNESS_LEN(sizes); s++) {
		n = sizes[s];
		for (i = 0; i < n; i++) {
			off[i] = 4 + (int)i;
			up[i] = 3 + (int)((i + 1) % n);
			down[i] = 3 + (int)((i + n - 1) % n);
			back[i] = 2 + (int)(n - i);
		}
		place(off, n, 4 + n, 0);
		place(up, n, 4 + n, 0);
		place(down, n, 4 + n, 0);
		place(back, n, 4 + n, 0);
		if (n < 2)
			continue;
		place(up, n, 3 + n, EMFILE);
		place(back, n, 3 + n, EMFILE);
		/* One from elsewhere begins the row: no ring */
		down[0] = 3 + (int)n;
		place(down, n, 4 + n, 0);
	}
}
END_TEST

static void shuffle(int *v, size_t n, uint64_t *random)
{
	size_t i, j;
	int x;

	for (i = n; i > 1; i--) {
		j = test_random(random) % i;
		x = v[i - 1];
		v[i - 1] = v[j];
		v[j] = x;
	}
}

/* Some of a few more numbers than places; every other time some twice. */
START_TEST(anywhere)
{
	uint64_t random = test_seed();
	int numbers[24], fds[12];
	size_t is[12], round, n, i;

	for (round = 0; round < 400; round++) {
		n = 1 + test_random(&random) % HARNESS_LEN(fds);
		for (i = 0; i < HARNESS_LEN(numbers); i++)
			numbers[i] = 3 + (int)i;
		shuffle(numbers, n + test_random(&random) % 12, &random);
		for (i = 0; i < n; i++) {
			is[i] = i;
			if (round % 2 && i && test_random(&random) % 3 == 0)
				is[i] = is[test_random(&random) % i];
			fds[i] = numbers[is[i]];
		}
		place_as(fds, is, n, FAR, 0);
	}
}
END_TEST

/* --------------------------------------------------------------- ids -- */

/* This process's, by the pidfd; 0: the kernel has none (before 6.9). */
static uint64_t own_id(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct statfs fs;
	struct stat st;

	NEED(fd >= 0 && fstatfs(fd, &fs) == 0 && fstat(fd, &st) == 0);
	close(fd);
	return fs.f_type == 0x50494446 ? st.st_ino : 0;
}

static void say(uint64_t id, const char *pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)id);
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PIDFDID", text, 1);
}

static void read_ids(void)
{
	uint64_t id = own_id();
	char pid[16];

	dup2(1, 3);
	snprintf(pid, sizeof(pid), "%d", getpid());
	say(id, pid);
	NEED(sfam_listen_fds(0, NULL, 0) == 1);
	say(id + 1, pid);
	fcntl(3, F_SETFD, 0);
	NEED(sfam_listen_fds(0, NULL, 0) == (id ? 0 : 1));
	NEED(fcntl(3, F_GETFD) == (id ? 0 : FD_CLOEXEC));
	say(id, "1");
	NEED(sfam_listen_fds(0, NULL, 0) == 0);
	say(id, pid);
	setenv("LISTEN_PIDFDID", "x", 1);
	NEED(sfam_listen_fds(0, NULL, 0) == -EINVAL);
	NEED(sfam_listen_fds(SFAM_LISTEN_UNSET_ENV, NULL, 0) == -EINVAL);
	NEED(!getenv("LISTEN_PIDFDID"));
	_exit(0);
}

static void write_ids(void)
{
	char *env[6], text[SFAM_LISTEN_ENV_SIZE + 1], want[64], *kept[2];
	uint64_t id = own_id();

	kept[0] = (char *)"LISTEN_PIDFDID=7";
	kept[1] = NULL;
	NEED(sfam_listen_env(kept, "", 0, env, 5, text, sizeof(text)) == 0);
	NEED(strcmp(env[3], "LISTEN_PIDFDID=00000000000000000000") == 0);
	NEED(sfam_listen_place(env, NULL, 0) == 0);
	snprintf(want, sizeof(want), "LISTEN_PIDFDID=%llu",
		 (unsigned long long)id);
	if (id)
		NEED(strcmp(env[3], want) == 0 && !env[4]);
	else
		NEED(!env[3]);
	NEED(strncmp(env[0], "LISTEN_PID=", 11) == 0 &&
	     atoi(env[0] + 11) == getpid());
	_exit(0);
}

static void run_child(void (*run)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		run();
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "line %d", WEXITSTATUS(status) - 1);
}

START_TEST(process_ids)
{
	run_child(read_ids);
	run_child(write_ids);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ without_room, NULL },
		{ anywhere, NULL },
		{ process_ids, NULL },
	};

	return harness_run("listen", tests, HARNESS_LEN(tests));
}
