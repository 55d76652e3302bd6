/* SPDX-License-Identifier: MIT */
/* What the tests of messages with descriptors share. */
#ifndef TEST_FD_H
#define TEST_FD_H

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

#define MAY_BE_UNUSED __attribute__((unused))

static const int MAY_BE_UNUSED types[] = {
	SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET
};
static const struct sfam_fdpass_opts MAY_BE_UNUSED framed = {
	.size = sizeof(framed), .flags = SFAM_FDPASS_FRAMED,
};
static const struct sfam_fdpass_opts MAY_BE_UNUSED plain = {
	.size = sizeof(plain),
};

static inline void pair(int fd[2], int type)
{
	ck_assert_int_eq(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fd), 0);
}

static inline void close_all(const int *fds, size_t n)
{
	while (n)
		close(fds[--n]);
}

/* A receiver's place, and what came into it. */
struct inbox {
	char buf[64];
	int fds[300];
	struct sfam_fdpass_message m;
};

static inline int receive(int sock, struct inbox *in,
			  const struct sfam_fdpass_opts *opts)
{
	memset(&in->m, 0, sizeof(in->m));
	in->m.buf = in->buf;
	in->m.size = sizeof(in->buf);
	in->m.fds = in->fds;
	in->m.max_fds = HARNESS_LEN(in->fds);
	return sfam_fdpass_recv_message(sock, &in->m, opts);
}

#endif
