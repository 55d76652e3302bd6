/* SPDX-License-Identifier: MIT */
#include "base/thread.h"

#include "base/sys.h"

#include <signal.h>

int sfam__sys_thread(pthread_t *ret, void *(*run)(void *arg), void *arg)
{
	sigset_t all, before;
	pthread_t thread;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r == 0)
		*ret = thread;
	return -r;
}

void sfam__sys_join(pthread_t thread)
{
	pthread_join(thread, NULL);
}

static void *close_fd(void *arg)
{
	sfam__sys_close((int)(intptr_t)arg);
	return NULL;
}

int sfam__sys_close_aside(int fd)
{
	pthread_t thread;
	int r = sfam__sys_thread(&thread, close_fd, (void *)(intptr_t)fd);

	if (r == 0)
		pthread_detach(thread);
	return r;
}
