/* SPDX-License-Identifier: MIT */
/* Two connected sockets of every family that the tests of streams use. */
#ifndef TEST_PAIRS_H
#define TEST_PAIRS_H

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

struct pairs_call {
	struct sfam_addr at;
	int fd;
};

static void *pairs_connect(void *arg)
{
	struct pairs_call *call = arg;

	call->fd = sfam_open(&call->at, SFAM_OPEN_CONNECT, NULL);
	return NULL;
}

/* fd[0] connected to fd[1]. TIPC's connect waits for accept: a thread. */
static inline void pairs_open(int fd[2], const char *text)
{
	struct pairs_call call;
	pthread_t thread;
	int listener = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN,
				      NULL, NULL);

	ck_assert_ok(listener);
	if (strncmp(text, "tipc:", 5) == 0)
		ck_assert_ok(sfam_addr_parse(&call.at, text, strlen(text),
					     NULL));
	else
		ck_assert_ok(sfam_addr_local(&call.at, listener));
	ck_assert_int_eq(pthread_create(&thread, NULL, pairs_connect, &call),
			 0);
	fd[1] = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	ck_assert_ok(fd[1]);
	pthread_join(thread, NULL);
	ck_assert_ok(call.fd);
	fd[0] = call.fd;
	close(listener);
}

/*
 * Fills a listener's backlog, for good: a connection that nobody accepts is
 * there, and is returned.
 */
static inline int pairs_fill(int listener)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	struct sfam_addr at;
	int fd;

	ck_assert_int_eq(listen(listener, 0), 0);
	ck_assert_ok(sfam_addr_local(&at, listener));
	fd = sfam_open(&at, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(fd);
	ck_assert_int_eq(poll(&p, 1, -1), 1);
	return fd;
}

static inline void pairs_close(const int fd[2])
{
	close(fd[0]);
	close(fd[1]);
}

#endif
