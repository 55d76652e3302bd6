/* SPDX-License-Identifier: MIT */
/* What this kernel can do of vsock, buffers, and what is in them. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include <sockfam/sockfam.h>

#include "harness.h"

/* For what there is no other way to know. */
static int kernel_is(int major, int minor)
{
	struct utsname name;
	int a, b;

	if (uname(&name) < 0 || sscanf(name.release, "%d.%d", &a, &b) != 2)
		abort();
	return a > major || (a == major && b >= minor);
}

START_TEST(capabilities)
{
	struct sfam_vsock_caps caps = SFAM_VSOCK_CAPS_INIT;

	caps.size = 4;
	ck_assert_err(sfam_vsock_probe(&caps), EINVAL);
	caps.size = sizeof(caps);
	ck_assert_ok(sfam_vsock_probe(&caps));
	ck_assert_uint_eq(caps.size, sizeof(caps));
	/* The VM is a host without a host; datagrams are VMware's alone. */
	ck_assert_uint_eq(caps.types, SFAM_TYPE_STREAM | SFAM_TYPE_SEQPACKET);
	ck_assert_uint_eq(caps.transports, SFAM_VSOCK_LOOPBACK |
					   SFAM_VSOCK_AS_HOST);
	ck_assert_uint_eq(caps.transports_unknown, 0);
	ck_assert_uint_eq(caps.features, SFAM_VSOCK_TO_HOST |
			  (kernel_is(6, 7) ? SFAM_VSOCK_ZEROCOPY : 0));
	ck_assert_int_eq(caps.local_cid_error, 0);
	ck_assert_uint_eq(caps.local_cid, VMADDR_CID_HOST);
	ck_assert_int_eq(caps.ns == SFAM_VSOCK_NS_NONE,
			 access("/proc/sys/net/vsock/ns_mode", F_OK) != 0);
}
END_TEST

/* fds: the client, the accepted one; this has as large a buffer. */
static void connect_pair(const char *keys, uint64_t bytes, int fds[2])
{
	struct sfam_vsock_addr at;
	struct sfam_addr local;
	char text[64];
	int listener;

	snprintf(text, sizeof(text), "vsock:local:any%s", keys);
	listener = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN, NULL,
				  NULL);
	ck_assert_ok(listener);
	if (bytes)
		ck_assert_ok(sfam_vsock_buffer_set(listener, bytes, NULL));
	ck_assert_ok(sfam_addr_local(&local, listener));
	at.at = local;
	at.port = 0;
	/* One connection: none is given up and begun again. */
	fds[0] = sfam_open(&at.at, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(fds[0]);
	fds[1] = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	ck_assert_ok(fds[1]);
	close(listener);
}

static void close_pair(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static void check_buffer(int fd, uint64_t bytes, uint64_t min, uint64_t max)
{
	struct sfam_vsock_buffer b;

	ck_assert_ok(sfam_vsock_buffer_get(fd, &b));
	ck_assert_uint_eq(b.bytes, bytes);
	ck_assert_uint_eq(b.min_bytes, min);
	ck_assert_uint_eq(b.max_bytes, max);
}

START_TEST(buffers)
{
	struct sfam_vsock_buffer b = { 1, 2, 3 };
	uint64_t became = 0;
	int fds[2];
	int other;

	connect_pair("", 0, fds);
	check_buffer(fds[0], 262144, 128, 262144);
	ck_assert_ok(sfam_vsock_buffer_set(fds[0], 65536, &became));
	ck_assert_uint_eq(became, 65536);
	check_buffer(fds[0], 65536, 128, 262144);
	ck_assert_ok(sfam_vsock_buffer_set(fds[0], 4 << 20, &became));
	ck_assert_uint_eq(became, 4 << 20);
	check_buffer(fds[0], 4 << 20, 128, 4 << 20);
	ck_assert_ok(sfam_vsock_buffer_set(fds[0], 64, &became));
	ck_assert_uint_eq(became, 64);
	check_buffer(fds[0], 64, 64, 4 << 20);
	ck_assert_ok(sfam_vsock_buffer_set(fds[0], UINT64_C(1) << 40,
					   &became));
	ck_assert_uint_eq(became, UINT32_MAX);
	became = 5;
	ck_assert_err(sfam_vsock_buffer_set(fds[0], 0, &became), EINVAL);
	ck_assert_uint_eq(became, 5);
	close_pair(fds);
	connect_pair("", 1 << 20, fds);
	check_buffer(fds[1], 1 << 20, 128, 1 << 20);
	close_pair(fds);
	other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_lt(sfam_vsock_buffer_get(other, &b), 0);
	ck_assert_int_lt(sfam_vsock_buffer_set(other, 1, &became), 0);
	ck_assert_uint_eq(b.bytes, 1);
	ck_assert_uint_eq(became, 5);
	close(other);
	ck_assert_err(sfam_vsock_buffer_get(-1, &b), EBADF);
}
END_TEST

START_TEST(largest_message)
{
	const size_t max = 65536;
	char *message = calloc(1, max + 1);
	int fds[2], r;

	ck_assert_ptr_nonnull(message);
	connect_pair(",type=seqpacket", max, fds);
	r = sfam_send_all(fds[0], message, max + 1, 0, SFAM_FOREVER, NULL);
	ck_assert_int_eq(r, kernel_is(6, 12) ? -EMSGSIZE : -ENOMEM);
	ck_assert_ok(sfam_send_all(fds[0], message, max, 0, SFAM_FOREVER,
				   NULL));
	ck_assert_int_eq(sfam_recv(fds[1], message, max + 1, SFAM_FOREVER,
				   NULL), (ssize_t)max);
	close_pair(fds);
	free(message);
}
END_TEST

START_TEST(queues)
{
	uint64_t unsent = 77, waiting = 77;
	char bytes[1000] = "";
	int fds[2], r;

	connect_pair("", 0, fds);
	ck_assert_ok(sfam_send_all(fds[0], bytes, sizeof(bytes), 0,
				   SFAM_FOREVER, NULL));
	ck_assert_ok(sfam_recv_exact(fds[1], bytes, 400, SFAM_FOREVER, NULL));
	r = sfam_vsock_unsent(fds[0], &unsent);
	ck_assert_int_eq(r, kernel_is(6, 11) ? 0 : -EOPNOTSUPP);
	/* What is there to be received has been handed over. */
	ck_assert_uint_eq(unsent, r == 0 ? 0 : 77);
	r = sfam_vsock_waiting(fds[1], &waiting);
	ck_assert_int_eq(r, kernel_is(6, 17) ? 0 : -EOPNOTSUPP);
	ck_assert_uint_eq(waiting, r == 0 ? 600 : 77);
	close_pair(fds);
	ck_assert_err(sfam_vsock_unsent(-1, &unsent), EBADF);
	ck_assert_err(sfam_vsock_waiting(-1, &waiting), EBADF);
}
END_TEST

/* ----------------------------------------------------------------- end -- */

static void end_first(const char *keys, int how)
{
	uint64_t moved = 0;
	int fds[2], null;
	char bytes[10];

	connect_pair(keys, 0, fds);
	ck_assert_ok(sfam_send_all(fds[0], "last", 4, 0, SFAM_FOREVER, NULL));
	ck_assert_int_eq(sfam_recv(fds[1], bytes, sizeof(bytes), SFAM_FOREVER,
				   NULL), 4);
	close(fds[0]);
	ck_assert_int_eq(sfam_recv(fds[1], bytes, sizeof(bytes), SFAM_FOREVER,
				   NULL), 0);
	/* A part of what close(2) says may come first: wait for the rest. */
	while (send(fds[1], "x", 1, MSG_NOSIGNAL) == 1)
		;
	ck_assert_int_eq(shutdown(fds[1], how), 0);
	ck_assert_int_eq(sfam_recv(fds[1], bytes, sizeof(bytes), 0, NULL), 0);
	if (*keys == '\0') {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		ck_assert_ok(sfam_splice(fds[1], null, SFAM_TO_END,
					  SFAM_FOREVER, &moved, NULL));
		close(null);
	}
	close(fds[1]);
}

/* The kernel's word for it is ENOTCONN then: sfam__sys_is_end(). */
START_TEST(peer_ended_first)
{
	const int ways[] = { SHUT_WR, SHUT_RD, SHUT_RDWR };
	const char *const kinds[] = { "", ",type=seqpacket" };
	char byte;
	size_t i;
	int fd;

	for (i = 0; i < HARNESS_LEN(ways) * HARNESS_LEN(kinds); i++)
		end_first(kinds[i % 2], ways[i / 2]);
	fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ne(shutdown(fd, SHUT_RDWR), 0);
	ck_assert_err(sfam_recv(fd, &byte, 1, 0, NULL), ENOTCONN);
	close(fd);
}
END_TEST

/* --------------------------------------------------------- zero-copy -- */

#define PIECE 65536
#define MANY (64 * PIECE + 777)

static char *pattern(size_t n)
{
	char *bytes = malloc(n);
	size_t i;

	ck_assert_ptr_nonnull(bytes);
	for (i = 0; i < n; i++)
		bytes[i] = (char)(i * 31 + i / 4093);
	return bytes;
}

/* By loopback the bytes are the kernel's until they have been read. */
START_TEST(zerocopy_waits)
{
	char *bytes = pattern(PIECE), *got = calloc(1, PIECE);
	struct sfam_vsock_zerocopy z;
	size_t sent = 0;
	int fds[2];

	connect_pair("", 0, fds);
	ck_assert_ok(sfam_vsock_zerocopy_init(&z, fds[0]));
	ck_assert_ok(sfam_vsock_zerocopy_wait(&z, 0));
	ck_assert_ok(sfam_vsock_zerocopy_send(&z, bytes, PIECE, SFAM_FOREVER,
					      &sent));
	ck_assert_uint_eq(sent, PIECE);
	ck_assert_uint_eq(z.sent, 1);
	ck_assert_err(sfam_vsock_zerocopy_wait(&z, 0), ETIMEDOUT);
	ck_assert_ok(sfam_recv_exact(fds[1], got, PIECE, SFAM_FOREVER, NULL));
	ck_assert_ok(sfam_vsock_zerocopy_wait(&z, SFAM_FOREVER));
	ck_assert_uint_eq(z.done, 1);
	ck_assert_uint_eq(z.copied, 0);
	ck_assert_int_eq(memcmp(bytes, got, PIECE), 0);
	free(bytes);
	free(got);
	close_pair(fds);
}
END_TEST

/* More than there is room for: the kernel may copy what goes in parts. */
START_TEST(zerocopy_full)
{
	char *bytes = pattern(MANY), *got = calloc(1, MANY);
	struct sfam_vsock_zerocopy z;
	size_t sent = 0;
	int fds[2];

	connect_pair("", 0, fds);
	ck_assert_ok(sfam_vsock_zerocopy_init(&z, fds[0]));
	ck_assert_err(sfam_vsock_zerocopy_send(&z, bytes, MANY, 0, &sent),
		      ETIMEDOUT);
	ck_assert_uint_gt(sent, 0);
	ck_assert_uint_lt(sent, MANY);
	ck_assert_ok(sfam_recv_exact(fds[1], got, sent, SFAM_FOREVER, NULL));
	ck_assert_int_eq(memcmp(bytes, got, sent), 0);
	ck_assert_ok(sfam_vsock_zerocopy_wait(&z, SFAM_FOREVER));
	ck_assert_uint_eq(z.done, z.sent);
	/* Nobody reads what is sent next. */
	ck_assert_ok(sfam_vsock_zerocopy_send(&z, bytes, PIECE, SFAM_FOREVER,
					      NULL));
	close(fds[1]);
	ck_assert_ok(sfam_vsock_zerocopy_wait(&z, SFAM_FOREVER));
	free(bytes);
	free(got);
	close(fds[0]);
}
END_TEST

static void *receive_all(void *arg)
{
	int fd = *(int *)arg;
	char *got = malloc(MANY);

	if (got && sfam_recv_exact(fd, got, MANY, SFAM_FOREVER, NULL) < 0) {
		free(got);
		got = NULL;
	}
	return got;
}

START_TEST(zerocopy_all)
{
	char *bytes = pattern(MANY);
	struct sfam_vsock_zerocopy z;
	pthread_t thread;
	size_t sent = 0;
	void *got;
	int fds[2];

	connect_pair("", 0, fds);
	ck_assert_ok(sfam_vsock_zerocopy_init(&z, fds[0]));
	ck_assert_int_eq(pthread_create(&thread, NULL, receive_all, &fds[1]),
			 0);
	ck_assert_ok(sfam_vsock_zerocopy_send(&z, bytes, MANY, SFAM_FOREVER,
					      &sent));
	ck_assert_uint_eq(sent, MANY);
	ck_assert_ok(sfam_vsock_zerocopy_wait(&z, SFAM_FOREVER));
	ck_assert_uint_eq(z.done, z.sent);
	ck_assert_uint_ge(z.sent, MANY / PIECE);
	pthread_join(thread, &got);
	ck_assert_ptr_nonnull(got);
	ck_assert_int_eq(memcmp(bytes, got, MANY), 0);
	free(bytes);
	free(got);
	close_pair(fds);
}
END_TEST

START_TEST(zerocopy_refusals)
{
	const int can = kernel_is(6, 7);
	struct sfam_vsock_zerocopy z = { .fd = 99 };
	int fds[2], fd;

	connect_pair(",type=seqpacket", 0, fds);
	ck_assert_err(sfam_vsock_zerocopy_init(&z, fds[0]), EPROTOTYPE);
	close_pair(fds);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_err(sfam_vsock_zerocopy_init(&z, fd), EPROTOTYPE);
	close(fd);
	fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_err(sfam_vsock_zerocopy_init(&z, fd), ENOTCONN);
	close(fd);
	ck_assert_int_eq(z.fd, 99);
	connect_pair("", 0, fds);
	ck_assert_int_eq(sfam_vsock_zerocopy_init(&z, fds[0]),
			 can ? 0 : -EOPNOTSUPP);
	close(fds[1]);
	if (can) {
		/* Until the end has arrived, sends may still succeed. */
		while (sfam_vsock_zerocopy_send(&z, "x", 1, SFAM_FOREVER,
						NULL) == 0)
			;
		ck_assert_err(sfam_vsock_zerocopy_send(&z, "x", 1, 0, NULL),
			      EPIPE);
		ck_assert_ok(sfam_vsock_zerocopy_wait(&z, SFAM_FOREVER));
	}
	close(fds[0]);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ capabilities, "vsock-loopback root" },
		{ buffers, "vsock-loopback" },
		{ largest_message, "vsock-loopback" },
		{ queues, "vsock-loopback" },
		{ peer_ended_first, "vsock-loopback" },
		{ zerocopy_refusals, "vsock-loopback" },
		/* Those that need it; where it is, is tested above. */
		{ zerocopy_waits, "vsock-loopback" },
		{ zerocopy_full, "vsock-loopback" },
		{ zerocopy_all, "vsock-loopback" },
	};
	const size_t n = HARNESS_LEN(tests) - (kernel_is(6, 7) ? 0 : 3);

	return harness_run("vsock-socket", tests, n);
}
