/* SPDX-License-Identifier: MIT */
/* What the tests of messages with descriptors share. */
#ifndef TEST_FD_H
#define TEST_FD_H

#include <errno.h>
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

/* A bare sendmsg, of any items. */
static inline ssize_t send_items(int sock, const void *data, size_t len,
				 const struct sfam_cmsg *items, size_t n)
{
	size_t control[400];
	struct iovec iov = { (void *)(uintptr_t)data, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct sfam_cmsg_writer w;
	ssize_t r;

	ck_assert_ok(sfam_cmsg_writer_init(&w, control, sizeof(control)));
	while (n--)
		ck_assert_ok(sfam_cmsg_put(&w, items++));
	sfam_cmsg_writer_finish(&w, &msg);
	r = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	return r < 0 ? -errno : r;
}

static inline struct sfam_cmsg rights(const int *fds, size_t n)
{
	struct sfam_cmsg item = { .kind = SFAM_CMSG_RIGHTS };

	item.u.fds.fd = fds;
	item.u.fds.n = n;
	return item;
}

/* So a message begins, in a frame, with a payload of eight bytes. */
struct frame {
	char magic[4];
	uint32_t n_fds;
	uint64_t len;
	char payload[8];
};

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
