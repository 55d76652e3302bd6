/* SPDX-License-Identifier: MIT */
/* Serving names: on all addresses of this machine, or on those of a host. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "test-etc.h"
#include "test-named.h"

static int open_flags(const char *text, enum sfam_open_how how, uint32_t flags)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;

	opts.flags = flags;
	return open_text(text, how, &opts);
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static int can_connect(const char *host, unsigned int port)
{
	int fd = open_text(with_port(host, port), SFAM_OPEN_CONNECT, NULL);

	if (fd < 0) {
		ck_assert_err(fd, ECONNREFUSED);
		return 0;
	}
	close(fd);
	return 1;
}

static void check_reach(int server, int four, int six)
{
	ck_assert_ok(server);
	ck_assert_int_eq(can_connect("tcp:127.0.0.1", port_of(server)), four);
	ck_assert_int_eq(can_connect("tcp:[::1]", port_of(server)), six);
	close(server);
}

static void set_sysctl(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, value, strlen(value)), (int)strlen(value));
	close(fd);
}

static void check_reach_of_all(void)
{
	const enum sfam_open_how how = SFAM_OPEN_LISTEN;

	check_reach(listener("tcp::0"), 1, 1);
	check_reach(listener("tcp:*:0"), 1, 1);
	check_reach(listener("tcp:*:0,family=inet"), 1, 0);
	check_reach(listener("tcp:*:0,family=inet6"), 0, 1);
	check_reach(open_flags("tcp:*:0", how, SFAM_OPEN_V6ONLY), 0, 1);
	check_reach(open_flags("tcp:[::]:0", how, SFAM_OPEN_V6ONLY), 0, 1);
	check_reach(open_flags("inet6:[]:0", how, SFAM_OPEN_V6ONLY), 0, 1);
}

START_TEST(any_is_dual_stack)
{
	int fd;

	ck_assert_int_eq(sfam_has_dualstack(), 1);
	check_reach_of_all();
	check_reach(listener("tcp:[::]:0"), 1, 1);
	set_sysctl("/proc/sys/net/ipv6/bindv6only", "1");
	ck_assert_int_eq(sfam_has_dualstack(), 1);
	check_reach_of_all();
	check_reach(listener("tcp:[::]:0"), 0, 1);
	/* IPv6 off: no address of it, but sockets, which take IPv4. */
	set_sysctl("/proc/sys/net/ipv6/conf/lo/disable_ipv6", "1");
	set_sysctl("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	ck_assert_int_eq(sfam_has_dualstack(), 1);
	fd = listener("tcp:*:0");
	check_local(fd, "inet6:[::]:");
	ck_assert_int_eq(can_connect("tcp:127.0.0.1", port_of(fd)), 1);
	close(fd);
}
END_TEST

/* As on a kernel without IPv6: socket(AF_INET6) is EAFNOSUPPORT. */
static void forbid(int af, int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)af, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 SECCOMP_RET_ERRNO | (unsigned int)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { HARNESS_LEN(code), code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), 0);
}

START_TEST(any_without_ipv6)
{
	int fds[2];
	size_t n;
	int fd;

	own_etc("::1 both.test\n127.0.0.1 both.test\n", "");
	forbid(AF_INET6, EAFNOSUPPORT);
	ck_assert_int_eq(sfam_has_dualstack(), 0);
	fd = listener("tcp::0");
	check_local(fd, "inet:0.0.0.0:");
	ck_assert_int_eq(can_connect("tcp:both.test", port_of(fd)), 1);
	close(fd);
	ck_assert_err(open_flags("tcp::0", SFAM_OPEN_LISTEN, SFAM_OPEN_V6ONLY),
		      EAFNOSUPPORT);
	ck_assert_err(open_flags("tcp::0,family=inet6", SFAM_OPEN_LISTEN, 0),
		      EAFNOSUPPORT);
	fd = listener("tcp:both.test:0");
	check_local(fd, "inet:127.0.0.1:");
	close(fd);
	ck_assert_ok(sfam_listen_all("tcp::0", 6, NULL, fds, 2, &n, NULL));
	ck_assert_uint_eq(n, 1);
	close(fds[0]);
}
END_TEST

START_TEST(dual_stack_cannot_be_told)
{
	forbid(AF_INET6, EPERM);
	ck_assert_err(sfam_has_dualstack(), EPERM);
	ck_assert_err(open_text("tcp::0", SFAM_OPEN_LISTEN, NULL), EPERM);
}
END_TEST

/* A port in use is no reason to take the next address. */
START_TEST(serve_the_first)
{
	int fd, other;

	own_etc("127.0.0.1 two.test\n127.0.0.2 two.test\n"
		"192.0.2.1 away.test\n127.0.0.2 away.test\n", "");
	fd = listener("tcp:two.test:0");
	check_local(fd, "inet:127.0.0.1:");
	ck_assert_err(open_text(with_port("tcp:two.test", port_of(fd)),
				SFAM_OPEN_LISTEN, NULL), EADDRINUSE);
	ck_assert_err(open_text(with_port("tcp:", port_of(fd)),
				SFAM_OPEN_LISTEN, NULL), EADDRINUSE);
	other = listener("tcp:away.test:0,family=inet");
	check_local(other, "inet:127.0.0.2:");
	close(other);
	close(fd);
}
END_TEST

static int listen_all(const char *text, int *ret_fds, size_t max,
		      size_t *ret_n)
{
	return sfam_listen_all(text, strlen(text), NULL, ret_fds, max, ret_n,
			       NULL);
}

START_TEST(serve_all)
{
	int fds[3] = { -1, -1, -1 }, other;
	char text[32];
	size_t n = 7;

	own_etc("::1 all.test\n127.0.0.1 all.test\n192.0.2.1 all.test\n", "");
	ck_assert_err(listen_all("tcp:all.test:0", fds, 2, &n), ENOSPC);
	/* The port is free in IPv6, which comes first, and taken in IPv4. */
	other = listener("tcp:127.0.0.1:0");
	snprintf(text, sizeof(text), "tcp:all.test:%u", port_of(other));
	ck_assert_err(listen_all(text, fds, 3, &n), EADDRINUSE);
	ck_assert_uint_eq(n, 7);
	ck_assert_int_eq(fds[0], -1);
	close(other);
	ck_assert_ok(listen_all(text, fds, 3, &n));
	ck_assert_uint_eq(n, 2);
	check_local(fds[0], "inet6:[::1]:");
	ck_assert_int_eq(option(fds[0], IPPROTO_IPV6, IPV6_V6ONLY), 1);
	check_local(fds[1], "inet:127.0.0.1:");
	ck_assert_int_eq(fds[2], -1);
	close(fds[0]);
	close(fds[1]);
	ck_assert_ok(listen_all("udp::47110", fds, 3, &n));
	ck_assert_uint_eq(n, 2);
	close(fds[0]);
	close(fds[1]);
	ck_assert_ok(listen_all("unix:", fds, 3, &n));
	ck_assert_uint_eq(n, 1);
	close(fds[0]);
	ck_assert_err(listen_all("tcp:192.0.2.1:0", fds, 3, &n),
		      EADDRNOTAVAIL);
	ck_assert_err(listen_all("tcp:x", fds, 3, &n), EINVAL);
}
END_TEST

START_TEST(more_than_we_keep)
{
	char hosts[70 * 32] = "";
	int fds[100], i;
	size_t n = 0;

	for (i = 1; i <= 70; i++)
		snprintf(hosts + strlen(hosts), sizeof(hosts) - strlen(hosts),
			 "127.0.1.%d many.test\n", i);
	own_etc(hosts, "");
	ck_assert_err(listen_all("tcp:many.test:0", fds, 100, &n), ENOSPC);
	ck_assert_uint_eq(n, 0);
	check_reach(listener("tcp:many.test:0"), 0, 0);
	ck_assert_err(open_text("tcp:many.test:1", SFAM_OPEN_CONNECT, NULL),
		      ECONNREFUSED);
	ck_assert_ok(sfam_resolve("tcp:many.test:1", 15, 0, NULL, 0, &n,
				  NULL));
	ck_assert_uint_eq(n, 70);
}
END_TEST

static int bind_bare(unsigned int port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0 ? -errno : 0;

	close(fd);
	return r;
}

/* The server ends its connection first: its port stays in TIME_WAIT. */
static void restart(const char *text)
{
	int server = listener(text);
	unsigned int port = port_of(server);
	int client = open_text(with_port("tcp:127.0.0.1", port),
			       SFAM_OPEN_CONNECT, NULL);
	int child = sfam_accept(server, 0, SFAM_FOREVER, NULL);
	char at[64], c;

	snprintf(at, sizeof(at), "%.*s%u", (int)strlen(text) - 1, text, port);
	ck_assert_ok(client);
	close(child);
	close(server);
	ck_assert_int_eq(sfam_recv(client, &c, 1, SFAM_FOREVER, NULL), 0);
	close(client);
	ck_assert_err(bind_bare(port), EADDRINUSE);
	server = listener(at);
	ck_assert_err(open_text(at, SFAM_OPEN_LISTEN, NULL), EADDRINUSE);
	close(server);
}

START_TEST(server_starts_again)
{
	restart("tcp:127.0.0.1:0");
	restart("inet:127.0.0.1:0");
	restart("tcp::0");
}
END_TEST

START_TEST(reuse_port)
{
	int first = open_flags("tcp:127.0.0.1:0", SFAM_OPEN_LISTEN,
			       SFAM_OPEN_REUSEPORT);
	const char *text;
	int second;

	ck_assert_ok(first);
	text = with_port("tcp:127.0.0.1", port_of(first));
	second = open_flags(text, SFAM_OPEN_LISTEN, SFAM_OPEN_REUSEPORT);
	ck_assert_ok(second);
	ck_assert_err(open_flags(text, SFAM_OPEN_LISTEN, 0), EADDRINUSE);
	close(first);
	close(second);
}
END_TEST

/* A datagram to a name, from both kinds of addresses to one socket. */
START_TEST(datagrams)
{
	static const char *const hosts[] = { "udp:127.0.0.1", "udp:[::1]" };
	int server = open_text("udp:*:0", SFAM_OPEN_BIND, NULL);
	size_t i;
	char c;

	ck_assert_ok(server);
	ck_assert_int_eq(option(server, SOL_SOCKET, SO_REUSEADDR), 0);
	for (i = 0; i < HARNESS_LEN(hosts); i++) {
		int fd = open_text(with_port(hosts[i], port_of(server)),
				   SFAM_OPEN_CONNECT, NULL);

		ck_assert_ok(fd);
		ck_assert_ok(sfam_send_all(fd, "x", 1, 0, 0, NULL));
		ck_assert_int_eq(sfam_recv(server, &c, 1, SFAM_FOREVER, NULL),
				 1);
		close(fd);
	}
	ck_assert_err(open_text(with_port("udp:", port_of(server)),
				SFAM_OPEN_BIND, NULL), EADDRINUSE);
	ck_assert_err(open_text("udp:*:0", SFAM_OPEN_LISTEN, NULL),
		      EOPNOTSUPP);
	close(server);
}
END_TEST

/* Server and client by name; the socket is what was asked for. */
static void other_protocol(const char *scheme, const char *keys, int protocol,
			   int datagram)
{
	char text[64], c = 0;
	int server, fd, child;

	snprintf(text, sizeof(text), "%s::0%s", scheme, keys);
	server = open_text(text, datagram ? SFAM_OPEN_BIND : SFAM_OPEN_LISTEN,
			   NULL);
	ck_assert_msg(server >= 0, "%s: %d", text, server);
	check_local(server, "inet6:[::]:");
	ck_assert_int_eq(option(server, SOL_SOCKET, SO_PROTOCOL), protocol);
	ck_assert_int_eq(option(server, SOL_SOCKET, SO_REUSEADDR), !datagram);
	snprintf(text, sizeof(text), "%s:127.0.0.1:%u%s", scheme,
		 port_of(server), keys);
	fd = open_text(text, SFAM_OPEN_CONNECT, NULL);
	ck_assert_msg(fd >= 0, "%s: %d", text, fd);
	child = datagram ? dup(server) :
		sfam_accept(server, 0, SFAM_FOREVER, NULL);
	ck_assert_ok(child);
	ck_assert_ok(sfam_send_all(fd, "y", 1, 0, SFAM_FOREVER, NULL));
	ck_assert_int_eq(sfam_recv(child, &c, 1, SFAM_FOREVER, NULL), 1);
	ck_assert_int_eq(c, 'y');
	close(child);
	close(fd);
	close(server);
}

START_TEST(other_protocols)
{
	other_protocol("udplite", "", IPPROTO_UDPLITE, 1);
	other_protocol("mptcp", "", 262, 0);
	other_protocol("sctp", "", IPPROTO_SCTP, 0);
}
END_TEST

/* One-to-many: nothing to accept, and send wants the address each time. */
START_TEST(sctp_seqpacket)
{
	int server = listener("sctp::0,type=seqpacket");
	struct sfam_addr at;
	char text[64], c = 0;
	size_t n;
	int fd;

	snprintf(text, sizeof(text), "sctp:[::1]:%u,type=seqpacket",
		 port_of(server));
	fd = open_text(text, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(fd);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_TYPE), SOCK_SEQPACKET);
	ck_assert_err(sfam_send_all(fd, "z", 1, 0, SFAM_FOREVER, NULL), EPIPE);
	ck_assert_ok(sfam_resolve(text, strlen(text), 0, &at, 1, &n, NULL));
	ck_assert_int_eq(sendto(fd, "z", 1, 0, sfam_addr_sockaddr(&at),
				at.len), 1);
	ck_assert_int_eq(sfam_recv(server, &c, 1, SFAM_FOREVER, NULL), 1);
	ck_assert_int_eq(c, 'z');
	close(fd);
	close(server);
}
END_TEST

START_TEST(smc_lingers_too)
{
	int fd = listener("smc:127.0.0.1:0");

	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_REUSEADDR), 1);
	close(fd);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ any_is_dual_stack, "netns inet6" },
		{ any_without_ipv6, "netns" },
		{ dual_stack_cannot_be_told, NULL },
		{ serve_the_first, "netns" },
		{ serve_all, "netns inet6" },
		{ more_than_we_keep, "netns" },
		{ server_starts_again, "netns" },
		{ reuse_port, "netns" },
		{ datagrams, "netns inet6" },
		{ other_protocols, "vm" },
		{ sctp_seqpacket, "vm" },
		{ smc_lingers_too, "vm smc" },
	};

	return harness_run("serve", tests, HARNESS_LEN(tests));
}
