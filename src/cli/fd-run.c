/* SPDX-License-Identifier: MIT */
/* A program that inherits descriptors, as from a service manager. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fd.h"

/* execve(2) takes no longer string (MAX_ARG_STRLEN, 131072 bytes). */
#define ENV_NAMES_MAX 100000

static struct rlimit limit;

/* Soft limits are low for the sake of select(2), which is not used here. */
void fd_raise_limit(void)
{
	struct rlimit high;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	high = limit;
	high.rlim_cur = high.rlim_max;
	setrlimit(RLIMIT_NOFILE, &high);
}

static size_t count(char *const *strings)
{
	size_t n = 0;

	while (strings[n])
		n++;
	return n;
}

static int run_with(int *fds, size_t n, char **env, char **argv)
{
	int r = sfam_listen_place(env, fds, n);

	if (r < 0)
		return cli_bad_call("descriptors", r);
	/* Nor does it inherit what our parent left open. */
	if (close_range(SFAM_LISTEN_FDS_START + (unsigned int)n, ~0u, 0) < 0)
		return cli_bad_call("close_range", -errno);
	if (limit.rlim_max)
		setrlimit(RLIMIT_NOFILE, &limit);
	execvpe(argv[0], argv, env);
	return cli_bad_call(argv[0], -errno);
}

int fd_run(int *fds, size_t n, const char *names, char **argv)
{
	size_t size = SFAM_LISTEN_ENV_SIZE + strlen(names) + 1;
	size_t max = count(environ) + 5;
	char **env = calloc(max, sizeof(*env));
	char *text = malloc(size);
	int status = CLI_FAILED;
	int r = -ENOMEM;

	if (env && text)
		r = sfam_listen_env(environ, names, n, env, max, text, size);
	if (r < 0)
		cli_bad_call("environment", r);
	else
		status = run_with(fds, n, env, argv);
	free(env);
	free(text);
	return status;
}

/* ------------------------------------------------------------- bundles -- */

static int is_env_name(const char *name, size_t len)
{
	char text[SFAM_FDNAME_MAX + 1];

	if (len > SFAM_FDNAME_MAX || memchr(name, ':', len) ||
	    memchr(name, '\0', len))
		return 0;
	memcpy(text, name, len);
	text[len] = '\0';
	return sfam_fdnames_check(text, 1) == 0;
}

/*
 * The names as in $LISTEN_FDNAMES, those that cannot stand there "unknown",
 * into room for SFAM_FDNAME_MAX + 1 each. Of too many none is given.
 */
static void write_names(const struct fd_bundle *b, char *ret)
{
	size_t i, len, pos = 0, used = 0;
	const char *name;

	for (i = 0; i < b->n; i++) {
		name = fd_bundle_name(b, &pos, &len);
		if (!name || !is_env_name(name, len)) {
			name = "unknown";
			len = strlen(name);
		}
		if (i)
			ret[used++] = ':';
		memcpy(ret + used, name, len);
		used += len;
	}
	if (used > ENV_NAMES_MAX) {
		used = b->n - 1;
		memset(ret, ':', used);
	}
	ret[used] = '\0';
}

/* argv and the paths of n descriptors, all in one allocation. */
static char **add_paths(char **argv, size_t n)
{
	size_t size = sizeof("/dev/fd/65538");
	size_t argc = count(argv);
	size_t table = (argc + n + 1) * sizeof(*argv);
	char **ret = calloc(1, table + n * size);
	char *text = (char *)ret + table;
	size_t i;

	if (!ret)
		return NULL;
	memcpy(ret, argv, argc * sizeof(*argv));
	for (i = 0; i < n; i++, text += size) {
		snprintf(text, size, "/dev/fd/%d",
			 (int)(SFAM_LISTEN_FDS_START + i));
		ret[argc + i] = text;
	}
	return ret;
}

int fd_bundle_run(struct fd_bundle *b, char **argv, int add)
{
	char *names = malloc(b->n * (SFAM_FDNAME_MAX + 1));
	char **args = add_paths(argv, add ? b->n : 0);
	int status;

	if (names && args) {
		write_names(b, names);
		status = fd_run(b->fds, b->n, names, args);
	} else {
		status = cli_bad_call("memory", -ENOMEM);
	}
	free(names);
	free(args);
	return status;
}
