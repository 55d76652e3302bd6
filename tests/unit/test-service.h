/* SPDX-License-Identifier: MIT */
/* What the tests of services share. */
#ifndef SFAM_TEST_SERVICE_H
#define SFAM_TEST_SERVICE_H

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

/* Should something hang: nothing here takes as long on any machine. */
#define PATIENCE_NS (INT64_C(300) * 1000000000)

/* A listener, and the address to connect to. */
static inline int service_listen(const char *text, struct sfam_addr *ret)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd;

	opts.flags = SFAM_OPEN_NONBLOCK;
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN, &opts, NULL);
	expect_msg(fd >= 0, "%s: %s", text, strerror(-fd));
	expect_that(sfam_addr_parse(ret, text, strlen(text), NULL) == 0);
	/* Of a bus of names getsockname(2) tells something else. */
	if (!(sfam_family_traits(ret->family) & SFAM_TRAIT_NAMES))
		expect_that(sfam_addr_local(ret, fd) == 0);
	return fd;
}

static inline int service_dial(const struct sfam_addr *addr)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd = sfam_open(addr, SFAM_OPEN_CONNECT, &opts);

	expect_msg(fd >= 0, "connect: %s", strerror(-fd));
	return fd;
}

static inline int is_stream(int fd)
{
	int type = 0;

	expect_that(sfam_option_get_int(fd, SOL_SOCKET, SO_TYPE, &type) == 0);
	return type == SOCK_STREAM;
}

#endif
