/* SPDX-License-Identifier: MIT */
/* sockfam fd exec: a program that inherits listening sockets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"

static int is_connection(int type)
{
	return type == SOCK_STREAM || type == SOCK_SEQPACKET;
}

/* A listening socket, or one that is bound where nothing connects. */
static int open_addr(const struct sfam_addr *addr, const char *text)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	enum sfam_open_how how = is_connection(addr->type) ?
				 SFAM_OPEN_LISTEN : SFAM_OPEN_BIND;

	opts.flags = SFAM_OPEN_REUSEADDR;
	if (sfam_family_af(addr->family) == AF_UNIX)
		return fd_listen(addr, how, &opts, text);
	return cli_open(addr, how, &opts);
}

/* A text that is no address may be a name (tcp:, udp:). */
static int open_text(const char *text)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_diag diag = { .offset = 0 };
	struct sfam_addr addr;
	int fd;

	if (sfam_addr_parse(&addr, text, strlen(text), NULL) == 0)
		return open_addr(&addr, text);
	opts.flags = SFAM_OPEN_REUSEADDR;
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN, &opts,
			    &diag);
	if (fd == -EOPNOTSUPP)
		fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, &opts,
				    &diag);
	if (fd < 0)
		cli_bad_text(text, fd, &diag);
	return fd;
}

/* Every name that nobody gave, as sd_listen_fds_with_names(3) has it. */
static char *unknown_names(size_t n)
{
	static const char unknown[] = "unknown:";
	const size_t len = sizeof(unknown) - 1;
	char *names = malloc(n * len);
	size_t i;

	for (i = 0; names && i < n; i++)
		memcpy(names + i * len, unknown, len);
	if (names)
		names[n * len - 1] = '\0';
	return names;
}

/* Opens them in order; how many, less than n after printing. */
static size_t open_all(char **addrs, size_t n, int *fds)
{
	size_t i;

	for (i = 0; i < n; i++) {
		fds[i] = open_text(addrs[i]);
		if (fds[i] < 0)
			break;
	}
	return i;
}

/* What was opened for nothing would keep the next start from its path. */
static void remove_paths(const int *fds, size_t n)
{
	struct sfam_addr addr;

	while (n--)
		if (sfam_addr_local(&addr, fds[n]) == 0 &&
		    sfam_family_af(addr.family) == AF_UNIX)
			fd_remove_path(&addr);
}

static int exec_with(char **addrs, size_t n, const char *names, char **argv)
{
	int *fds = calloc(n, sizeof(*fds));
	char *unknown = unknown_names(n);
	size_t opened = 0;

	if (!fds || !unknown)
		cli_bad_call("memory", -ENOMEM);
	else
		opened = open_all(addrs, n, fds);
	if (opened == n)
		fd_run(fds, n, names ? names : unknown, argv);
	remove_paths(fds, opened);
	free(fds);
	free(unknown);
	return CLI_FAILED;
}

int fd_exec_run(const struct cli_verb *self, int argc, char **argv)
{
	const char *names = NULL;
	char **addrs, **end;
	int status, c;

	while ((c = cli_getopt(self, argc, argv, "+:n:")) != -1) {
		if (c == '?')
			return CLI_USAGE;
		names = optarg;
	}
	addrs = end = argv + optind;
	while (*end && strcmp(*end, "--") != 0)
		end++;
	if (end == addrs)
		return cli_usage(self, "which address?");
	if (!*end || !end[1])
		return cli_usage(self, "which command? -- goes before it");
	status = fd_check_names(self, names, (size_t)(end - addrs));
	if (status != CLI_OK)
		return status;
	fd_raise_limit();
	return exec_with(addrs, (size_t)(end - addrs), names, end + 1);
}
