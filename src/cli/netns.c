/* SPDX-License-Identifier: MIT */
/* Network namespaces, as users name them. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int cli_open_netns(const char *name)
{
	char path[256];
	uint64_t pid;
	int r, fd = -1;

	if (cli_number(name, 1, INT32_MAX, &pid) == 0)
		r = snprintf(path, sizeof(path), "/proc/%u/ns/net",
			     (unsigned int)pid);
	else
		r = snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ?
			     "" : "/run/netns/", name);
	errno = ENAMETOOLONG;
	if (r < (int)sizeof(path))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		cli_bad_call(name, -errno);
	return fd;
}

int cli_enter_netns(const char *name)
{
	int fd = cli_open_netns(name);
	int r;

	if (fd < 0)
		return CLI_FAILED;
	r = setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
	close(fd);
	return r < 0 ? cli_bad_call(name, r) : CLI_OK;
}
