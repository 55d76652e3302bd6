/* SPDX-License-Identifier: MIT */
#ifndef SFAM_BASE_THREAD_H
#define SFAM_BASE_THREAD_H

#include <pthread.h>

/* In thread.c. Signals are for the other threads of the process. */
int sfam__sys_thread(pthread_t *ret, void *(*run)(void *arg), void *arg);
void sfam__sys_join(pthread_t thread);
/* By a thread that ends after it: for a close(2) that waits. */
int sfam__sys_close_aside(int fd);

#endif
