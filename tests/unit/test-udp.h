/* SPDX-License-Identifier: MIT */
/* UDP sockets with this and that option, for tests of control messages. */
#ifndef SFAM_TEST_UDP_H
#define SFAM_TEST_UDP_H

#include <string.h>
#include <sys/socket.h>

#include <sockfam/socket.h>

#include "harness.h"

static inline int open_udp(const char *text)
{
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, NULL,
				NULL);

	ck_assert_ok(fd);
	return fd;
}

/* Connected to another, or to where nobody is. */
static inline int connect_udp(int to)
{
	struct sfam_addr addr;
	int fd;

	ck_assert_ok(sfam_addr_local(&addr, to));
	fd = sfam_open(&addr, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(fd);
	return fd;
}

static inline void set(int fd, int level, int name, int value)
{
	ck_assert_int_eq(setsockopt(fd, level, name, &value, sizeof(value)),
			 0);
}

#endif
