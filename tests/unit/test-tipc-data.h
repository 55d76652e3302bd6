/* SPDX-License-Identifier: MIT */
/* What the tests of TIPC's messages, topology and groups share. */
#ifndef SFAM_TEST_TIPC_DATA_H
#define SFAM_TEST_TIPC_DATA_H

#include <errno.h>
#include <linux/tipc.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

/* Nobody waits so long for what does come. */
#define LONG_NS INT64_C(300000000000)

static inline struct sfam_addr tipc_text(const char *text)
{
	struct sfam_addr addr;

	ck_assert_ok(sfam_addr_parse(&addr, text, strlen(text), NULL));
	return addr;
}

static inline int tipc_socket(int type)
{
	int fd = socket(AF_TIPC, type | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static inline int tipc_bound(int type, const char *name)
{
	struct sfam_addr addr = tipc_text(name);
	int fd = tipc_socket(type);

	ck_assert_ok(sfam_tipc_bind(fd, &addr, 0, 0));
	return fd;
}

static inline struct sockaddr_tipc tipc_of(const struct sfam_addr *addr)
{
	struct sockaddr_tipc tipc;

	memcpy(&tipc, &addr->storage, sizeof(tipc));
	return tipc;
}

static inline uint32_t tipc_ref(int fd)
{
	struct sfam_addr addr;

	ck_assert_ok(sfam_addr_local(&addr, fd));
	return tipc_of(&addr).addr.id.ref;
}

static inline uint32_t from_ref(const struct sfam_tipc_received *got)
{
	ck_assert_uint_eq(got->from.len, sizeof(struct sockaddr_tipc));
	return tipc_of(&got->from).addr.id.ref;
}

/* The next thing must be this kind, with these bytes ("" for none). */
static inline struct sfam_tipc_received
tipc_take(int fd, enum sfam_tipc_kind kind, const char *text)
{
	struct sfam_tipc_received got;
	char buf[2048];

	ck_assert_ok(sfam_tipc_recv(fd, buf, sizeof(buf), &got, LONG_NS));
	ck_assert_int_eq(got.kind, kind);
	ck_assert_uint_eq(got.len, strlen(text));
	ck_assert(memcmp(buf, text, got.len) == 0);
	return got;
}

static inline void tipc_nothing(int fd)
{
	struct sfam_tipc_received got;
	char buf[64];

	ck_assert_err(sfam_tipc_recv(fd, buf, sizeof(buf), &got, 0),
		      ETIMEDOUT);
}

#endif
