/* SPDX-License-Identifier: MIT */
/* CPU time, of calls and of children. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

/*
 * More than any child takes. In short naps, and very many: while a child
 * waits for the host (9p), the guest is idle and its clock runs ahead.
 */
#define NAP_NS 100000000L
#define NAPS_MAX 1000000

int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static int64_t cost_of(void (*body)(size_t i), size_t n)
{
	int64_t start = cpu_ns();
	size_t i;

	for (i = 0; i < n; i++)
		body(i);
	return cpu_ns() - start;
}

/* The least of several runs: timers and other threads only ever add. */
static int64_t least_of(void (*body)(size_t i), size_t n)
{
	int64_t least, cost;
	int i;

	/* Once in advance, for the page faults. */
	cost_of(body, n / 16 + 1);
	least = cost_of(body, n);
	for (i = 1; i < 5; i++) {
		cost = cost_of(body, n);
		if (cost < least)
			least = cost;
	}
	return least;
}

double count_calls(void (*body)(size_t i), void (*nothing)(size_t i), size_t n)
{
	return (double)(least_of(body, n) - least_of(nothing, n)) / (double)n;
}

static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median_of(void (*body)(size_t i), size_t n)
{
	int64_t costs[512];
	int64_t start;
	size_t i;

	for (i = 0; i < n; i++) {
		start = cpu_ns();
		body(i);
		costs[i] = cpu_ns() - start;
	}
	qsort(costs, n, sizeof(costs[0]), compare);
	return costs[n / 2];
}

double count_median(void (*body)(size_t i), void (*nothing)(size_t i), size_t n)
{
	if (n > 512)
		die("too many calls");
	cost_of(body, n / 16 + 1);
	return (double)(median_of(body, n) - median_of(nothing, n));
}

static int64_t timeval_ns(const struct timeval *t)
{
	return t->tv_sec * NS_PER_S + t->tv_usec * INT64_C(1000);
}

int64_t least_of_runs(int64_t (*run)(const void *arg, size_t n),
		      const void *arg, size_t n)
{
	int64_t least = INT64_MAX, cost;
	int i;

	for (i = 0; i < 3; i++) {
		cost = run(arg, n);
		if (cost < least)
			least = cost;
	}
	return least;
}

static void wait_for_end(pid_t pid, const char *what)
{
	const struct timespec nap = { 0, NAP_NS };
	sigset_t set;
	int i;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (i = 0; i < NAPS_MAX; i++)
		if (sigtimedwait(&set, NULL, &nap) == SIGCHLD)
			return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fprintf(stderr, "bench: %s did not end: were frames lost?\n", what);
	exit(1);
}

int64_t reap(pid_t pid, const char *what)
{
	struct rusage usage;
	int status;

	wait_for_end(pid, what);
	errno = 0;
	if (wait4(pid, &status, 0, &usage) < 0 || status != 0)
		die(what);
	return timeval_ns(&usage.ru_utime) + timeval_ns(&usage.ru_stime);
}

pid_t start_program(const char *const *argv, const char *out)
{
	pid_t pid = fork();
	sigset_t none;
	int fd;

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		die(out);
	execvp(argv[0], (char *const *)argv);
	die(argv[0]);
}

int have_program(const char *name)
{
	const char *path = getenv("PATH");
	char file[512];
	size_t len;

	for (; path && *path; path += len + (path[len] == ':')) {
		len = strcspn(path, ":");
		snprintf(file, sizeof(file), "%.*s/%s", (int)len, path, name);
		if (access(file, X_OK) == 0)
			return 1;
	}
	return 0;
}
