/* SPDX-License-Identifier: MIT */
/* What the tests of connecting to names and of serving them share. */
#ifndef SFAM_TEST_NAMED_H
#define SFAM_TEST_NAMED_H

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/sockfam.h>

#include "harness.h"

static inline int open_text(const char *text, enum sfam_open_how how,
		     const struct sfam_open_opts *opts)
{
	return sfam_open_text(text, strlen(text), how, opts, NULL);
}

static inline int listener(const char *text)
{
	int fd = open_text(text, SFAM_OPEN_LISTEN, NULL);

	ck_assert_msg(fd >= 0, "%s: %d", text, fd);
	return fd;
}

static inline void check_text(const struct sfam_addr *a, const char *want)
{
	char text[SFAM_ADDR_STRLEN];

	ck_assert_ok(sfam_addr_format(a, text, sizeof(text)));
	ck_assert_msg(strncmp(text, want, strlen(want)) == 0, "%s, not %s",
		      text, want);
}

static inline void check_local(int fd, const char *want)
{
	struct sfam_addr a;

	ck_assert_ok(sfam_addr_local(&a, fd));
	check_text(&a, want);
}

static inline unsigned int port_of(int fd)
{
	struct sfam_addr a;
	struct sockaddr_in in;	/* sin6_port is at the same place */

	ck_assert_ok(sfam_addr_local(&a, fd));
	memcpy(&in, sfam_addr_sockaddr(&a), sizeof(in));
	return ntohs(in.sin_port);
}

static inline const char *with_port(const char *before, unsigned int port)
{
	static char text[2][64];
	static int i;

	i = !i;
	snprintf(text[i], sizeof(text[i]), "%s:%u", before, port);
	return text[i];
}

#endif
