/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <sched.h>
#include <sys/random.h>
#include <unistd.h>

void sfam__wipe(void *buf, size_t n)
{
	if (n > 0)
		explicit_bzero(buf, n);
}

size_t sfam__sys_page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

int sfam__sys_random(void *buf, size_t n)
{
	ssize_t r;

	while (n > 0) {
		r = getrandom(buf, n, 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		buf = (char *)buf + r;
		n -= (size_t)r;
	}
	return 0;
}

void sfam__sys_yield(void)
{
	sched_yield();
}
