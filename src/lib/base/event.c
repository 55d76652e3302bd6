/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <sys/eventfd.h>
#include <unistd.h>

int sfam__sys_eventfd(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

/*
 * Either fails if it is so already, which is as good. Whom a signal handler
 * interrupts may need errno.
 */
void sfam__sys_eventfd_set(int fd)
{
	const uint64_t one = 1;
	int saved = errno;

	if (write(fd, &one, sizeof(one)) < 0)
		errno = saved;
}

void sfam__sys_eventfd_clear(int fd)
{
	uint64_t n;
	int saved = errno;

	if (read(fd, &n, sizeof(n)) < 0)
		errno = saved;
}
