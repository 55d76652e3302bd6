/* SPDX-License-Identifier: MIT */
/* Options, copies of descriptors, pairs, interfaces. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"

#define MS INT64_C(1000000)

static int socket_of(const char *text)
{
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_SOCKET, NULL,
				NULL);

	ck_assert_ok(fd);
	return fd;
}

/* ----------------------------------------------------------- options -- */

START_TEST(integers)
{
	int fd = socket_of("inet:127.0.0.1:0"), v = 7;
	uint64_t wide = 7;

	ck_assert_ok(sfam_option_set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1));
	ck_assert_ok(sfam_option_get_int(fd, SOL_SOCKET, SO_KEEPALIVE, &v));
	ck_assert_int_eq(v, 1);
	v = 7;
	ck_assert_err(sfam_option_get_int(fd, SOL_SOCKET, 9999, &v),
		      ENOPROTOOPT);
	ck_assert_err(sfam_option_set_int(fd, IPPROTO_TCP, 9999, 1),
		      ENOPROTOOPT);
	/* An int where 64 bits are asked for would leave half of them. */
	ck_assert_err(sfam_option_get_wide(fd, SOL_SOCKET, SO_TYPE, &wide),
		      EMSGSIZE);
	/* A name, here none: the kernel gives no byte of it. */
	ck_assert_err(sfam_option_get_int(fd, SOL_SOCKET, SO_BINDTODEVICE,
					  &v), EMSGSIZE);
	ck_assert_int_eq(v, 7);
	ck_assert_uint_eq(wide, 7);
	ck_assert_ok(sfam_option_set_wide(fd, SOL_SOCKET, SO_MAX_PACING_RATE,
					  UINT64_C(5000000000)));
	ck_assert_ok(sfam_option_get_wide(fd, SOL_SOCKET, SO_MAX_PACING_RATE,
					  &wide));
	ck_assert_uint_eq(wide, UINT64_C(5000000000));
	close(fd);
	ck_assert_err(sfam_option_get_int(-1, SOL_SOCKET, SO_TYPE, &v), EBADF);
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	ck_assert_err(sfam_option_get_int(fd, SOL_SOCKET, SO_TYPE, &v),
		      ENOTSOCK);
	close(fd);
}
END_TEST

START_TEST(wide_of_vsock)
{
	int fd = socket_of("vsock:any:any");
	uint64_t v;

	ck_assert_ok(sfam_option_set_wide(fd, AF_VSOCK,
					  SO_VM_SOCKETS_BUFFER_SIZE, 4096));
	ck_assert_ok(sfam_option_get_wide(fd, AF_VSOCK,
					  SO_VM_SOCKETS_BUFFER_SIZE, &v));
	ck_assert_uint_eq(v, 4096);
	ck_assert_err(sfam_option_set_int(fd, AF_VSOCK,
					  SO_VM_SOCKETS_BUFFER_SIZE, 4096),
		      EINVAL);
	close(fd);
}
END_TEST

/* As plain setsockopt sees it. */
static int64_t kernel_rcvtimeo_us(int fd)
{
	struct timeval tv;
	socklen_t len = sizeof(tv);

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, &len),
			 0);
	return (int64_t)tv.tv_sec * 1000000 + tv.tv_usec;
}

START_TEST(timeouts)
{
	int fd = socket_of("unix:");
	int64_t ns = 7;
	char c;

	ck_assert_ok(sfam_option_get_timeout(fd, SO_RCVTIMEO, &ns));
	ck_assert_int_eq(ns, SFAM_FOREVER);
	/* A tick that is nearly a second rounds up to one. */
	ck_assert_ok(sfam_option_set_timeout(fd, SO_RCVTIMEO,
					     2999999999));
	ck_assert_int_eq(kernel_rcvtimeo_us(fd), 3000000);
	ck_assert_ok(sfam_option_get_timeout(fd, SO_RCVTIMEO, &ns));
	ck_assert_int_eq(ns, 3000 * MS);
	ck_assert_ok(sfam_option_set_timeout(fd, SO_SNDTIMEO, 1));
	ck_assert_ok(sfam_option_get_timeout(fd, SO_SNDTIMEO, &ns));
	ck_assert_int_gt(ns, 0);
	ck_assert_ok(sfam_option_set_timeout(fd, SO_RCVTIMEO, SFAM_FOREVER));
	ck_assert_int_eq(kernel_rcvtimeo_us(fd), 0);
	ck_assert_err(sfam_option_set_timeout(fd, SO_RCVTIMEO, 0), EINVAL);
	ck_assert_err(sfam_option_set_timeout(fd, SO_LINGER, 5),
		      ENOPROTOOPT);
	ck_assert_err(sfam_option_get_timeout(-1, SO_RCVTIMEO, &ns), EBADF);
	ck_assert_int_eq(recv(fd, &c, 1, MSG_DONTWAIT), -1);
	close(fd);
}
END_TEST

START_TEST(linger)
{
	int fd = socket_of("inet:127.0.0.1:0"), v = 7;

	ck_assert_ok(sfam_option_get_linger(fd, &v));
	ck_assert_int_eq(v, -1);
	ck_assert_ok(sfam_option_set_linger(fd, 0));
	ck_assert_ok(sfam_option_get_linger(fd, &v));
	ck_assert_int_eq(v, 0);
	ck_assert_ok(sfam_option_set_linger(fd, 30));
	ck_assert_ok(sfam_option_get_linger(fd, &v));
	ck_assert_int_eq(v, 30);
	ck_assert_ok(sfam_option_set_linger(fd, -1));
	ck_assert_ok(sfam_option_get_linger(fd, &v));
	ck_assert_int_eq(v, -1);
	close(fd);
}
END_TEST

START_TEST(bytes)
{
	int fd = socket_of("netlink:route"), v;
	char name[16];
	uint32_t groups[2];	/* a sanitizer believes the length */
	ssize_t n;

	/* The kernel says how much it has, though it gave only some. */
	for (v = 1; v <= 33; v += 32)
		ck_assert_ok(sfam_option_set_int(fd, SOL_NETLINK,
						 NETLINK_ADD_MEMBERSHIP, v));
	ck_assert_err(sfam_option_get(fd, SOL_NETLINK,
				      NETLINK_LIST_MEMBERSHIPS, groups, 4),
		      ENOSPC);
	close(fd);
	fd = socket_of("inet:127.0.0.1:0");
	n = sfam_option_get(fd, IPPROTO_TCP, TCP_CONGESTION, name, 16);
	ck_assert_ok(n);
	ck_assert_ok(sfam_option_set(fd, IPPROTO_TCP, TCP_CONGESTION, name,
				     strnlen(name, 16)));
	ck_assert_err(sfam_option_get(fd, IPPROTO_TCP, TCP_CONGESTION, name,
				      (size_t)INT_MAX + 1), EINVAL);
	ck_assert_err(sfam_option_set(fd, IPPROTO_TCP, TCP_CONGESTION, name,
				      (size_t)INT_MAX + 1), EINVAL);
	ck_assert_err(sfam_option_set(fd, SOL_SOCKET, SO_KEEPALIVE, NULL, 4),
		      EFAULT);
	close(fd);
}
END_TEST

/* The form with NULL and a length. */
START_TEST(null_and_length)
{
	static const char text[] = "alg:aead:gcm(aes)";
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, NULL,
				NULL);

	ck_assert_ok(fd);
	ck_assert_ok(sfam_option_set(fd, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL,
				     16));
	ck_assert_err(sfam_option_set(fd, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL,
				      99), EINVAL);
	close(fd);
}
END_TEST

/* ------------------------------------------------------- descriptors -- */

START_TEST(copies)
{
	int fd = open("/dev/null", O_RDONLY), copy;

	ck_assert_int_eq(sfam_fd_get_inheritable(fd), 1);
	copy = sfam_fd_dup(fd);
	ck_assert_ok(copy);
	ck_assert_int_eq(sfam_fd_get_inheritable(copy), 0);
	ck_assert_int_eq(sfam_fd_get_inheritable(fd), 1);
	ck_assert_ok(sfam_fd_set_inheritable(copy, 1));
	ck_assert_int_eq(fcntl(copy, F_GETFD), 0);
	ck_assert_ok(sfam_fd_set_inheritable(copy, 0));
	ck_assert_int_eq(fcntl(copy, F_GETFD), FD_CLOEXEC);
	ck_assert_err(sfam_fd_set_inheritable(copy, 2), EINVAL);
	close(copy);
	close(fd);
	ck_assert_err(sfam_fd_dup(fd), EBADF);
	ck_assert_err(sfam_fd_get_inheritable(fd), EBADF);
	ck_assert_err(sfam_fd_set_inheritable(fd, 1), EBADF);
}
END_TEST

static void pair_of(const char *name, int type, uint32_t flags)
{
	char c = 0;
	int fd[2], v, i;

	ck_assert_ok(sfam_socketpair(sfam_family_by_name(name), type, flags,
				     fd));
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(sfam_fd_get_inheritable(fd[i]),
				 flags & SFAM_OPEN_KEEP_ON_EXEC ? 1 : 0);
		ck_assert_int_eq(!!(fcntl(fd[i], F_GETFL) & O_NONBLOCK),
				 flags & SFAM_OPEN_NONBLOCK ? 1 : 0);
		ck_assert_ok(sfam_option_get_int(fd[i], SOL_SOCKET, SO_TYPE,
						 &v));
		if (type)
			ck_assert_int_eq(v, type);
		ck_assert_ok(sfam_send_all(fd[i], "p", 1, 0, SFAM_FOREVER,
					   NULL));
		ck_assert_int_eq(sfam_recv(fd[!i], &c, 1, SFAM_FOREVER, NULL),
				 1);
		ck_assert_int_eq(c, 'p');
	}
	close(fd[0]);
	close(fd[1]);
}

START_TEST(pairs_of_unix)
{
	const struct sfam_family *f = sfam_family_by_name("unix");
	int fd[2] = { -7, -7 };

	pair_of("unix", 0, 0);
	pair_of("unix", SOCK_DGRAM, SFAM_OPEN_NONBLOCK);
	pair_of("unix", SOCK_SEQPACKET,
		SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC);
	ck_assert_err(sfam_socketpair(f, SOCK_RDM, 0, fd), ESOCKTNOSUPPORT);
	ck_assert_err(sfam_socketpair(f, 0, SFAM_OPEN_REUSEADDR, fd), EINVAL);
	ck_assert_err(sfam_socketpair(f, SOCK_STREAM | SOCK_CLOEXEC, 0, fd),
		      EINVAL);
	ck_assert_err(sfam_socketpair(sfam_family_by_name("inet"), 0, 0, fd),
		      EOPNOTSUPP);
	ck_assert_int_eq(fd[0], -7);
}
END_TEST

START_TEST(pairs_of_tipc)
{
	pair_of("tipc", 0, 0);
	pair_of("tipc", SOCK_STREAM, SFAM_OPEN_NONBLOCK);
	pair_of("tipc", SOCK_DGRAM, 0);
}
END_TEST

/* -------------------------------------------------------- interfaces -- */

START_TEST(interface_names)
{
	char name[SFAM_INTERFACE_NAME_SIZE] = "untouched";
	unsigned int index = 77;

	link_add_pair("fifteen-letters", "peer");
	ck_assert_ok(sfam_interface_index("fifteen-letters", &index));
	ck_assert_uint_eq(index, if_nametoindex("fifteen-letters"));
	ck_assert_err(sfam_interface_name(0, name), ENODEV);
	ck_assert_err(sfam_interface_name(index + 100, name), ENODEV);
	ck_assert_err(sfam_interface_name(UINT_MAX, name), ENODEV);
	ck_assert_str_eq(name, "untouched");
	ck_assert_ok(sfam_interface_name(index, name));
	ck_assert_str_eq(name, "fifteen-letters");
	index = 77;
	ck_assert_err(sfam_interface_index("", &index), ENODEV);
	ck_assert_err(sfam_interface_index("nosuch0", &index), ENODEV);
	ck_assert_err(sfam_interface_index("fifteen-letters+", &index),
		      ENODEV);
	ck_assert_uint_eq(index, 77);
}
END_TEST

#define PAIRS 510

/* More than any one answer of the kernel holds. */
START_TEST(interface_list)
{
	static struct sfam_interface list[2 * PAIRS + 1];
	static char seen[8 * PAIRS];
	char name[SFAM_INTERFACE_NAME_SIZE], peer[SFAM_INTERFACE_NAME_SIZE];
	unsigned int index;
	size_t n = 0, i;

	ck_assert_ok(sfam_interface_list(list, 1, &n));
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(list[0].name, "lo");
	for (i = 0; i < PAIRS; i++) {
		snprintf(name, sizeof(name), "a%zu", i);
		snprintf(peer, sizeof(peer), "b%zu", i);
		ck_assert_ok(sfam_link_add(name, "veth", peer, 0, NULL));
	}
	ck_assert_err(sfam_interface_list(list, 2 * PAIRS, &n), ENOSPC);
	ck_assert_uint_eq(n, 2 * PAIRS + 1);
	ck_assert_ok(sfam_interface_list(list, n, &n));
	ck_assert_uint_eq(n, 2 * PAIRS + 1);
	/* Each of them once; 6.1 tells them in another order than 6.12. */
	for (i = 0; i < n; i++) {
		ck_assert_uint_lt(list[i].index, HARNESS_LEN(seen));
		ck_assert_int_eq(seen[list[i].index]++, 0);
	}
	for (i = 0; i < n; i += 97) {
		ck_assert_ok(sfam_interface_index(list[i].name, &index));
		ck_assert_uint_eq(index, list[i].index);
	}
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ integers, "netns" },
		{ wide_of_vsock, "vsock" },
		{ timeouts, NULL },
		{ linger, "netns" },
		{ bytes, "netns" },
		{ null_and_length, "alg" },
		{ copies, NULL },
		{ pairs_of_unix, NULL },
		{ pairs_of_tipc, "netns tipc" },
		{ interface_names, "netns" },
		{ interface_list, "netns" },
	};

	return harness_run("option", tests, HARNESS_LEN(tests));
}
