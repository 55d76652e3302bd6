/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <signal.h>

int sfam__sys_connect_calm(int fd, const void *sa, socklen_t len)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	r = sfam__sys_connect(fd, sa, len);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}
