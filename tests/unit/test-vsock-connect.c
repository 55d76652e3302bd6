/* SPDX-License-Identifier: MIT */
/*
 * sfam_vsock_connect() in the VM: by loopback, and to guests of vhost that
 * never start. A slow machine may take longer than a try lasts, so no test
 * counts tries.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/vhost.h>
#include <linux/vm_sockets.h>

#include <sockfam/sockfam.h>

#include "harness.h"
#include "storm.h"

#define MS INT64_C(1000000)

static struct sfam_vsock_addr parse(const char *text)
{
	struct sfam_vsock_addr addr;

	ck_assert_ok(sfam_vsock_parse(&addr, text, strlen(text), NULL));
	return addr;
}

/* ret is where to connect to it by the CID. */
static int listen_for(const char *cid, const char *keys,
		      struct sfam_vsock_addr *ret)
{
	struct sfam_vsock_addr any;
	struct sfam_addr at;
	char text[64];
	uint32_t port;
	int fd;

	snprintf(text, sizeof(text), "vsock:any:any%s", keys);
	any = parse(text);
	ck_assert_ok(sfam_vsock_listen_addr(&at, &any));
	fd = sfam_open(&at, SFAM_OPEN_LISTEN, NULL);
	ck_assert_ok(fd);
	ck_assert_ok(sfam_addr_local(&at, fd));
	ck_assert_ok(sfam_vsock_addr_get(&at, NULL, &port));
	snprintf(text, sizeof(text), "vsock:%s:%u%s", cid, port, keys);
	*ret = parse(text);
	return fd;
}

/*
 * The listener's connection to fd: a try that was given up may have left one
 * before it, and that has ended.
 */
static int accept_of(int listener, int fd, struct sfam_addr *ret_peer)
{
	char c = 0;
	int child;

	ck_assert_ok(sfam_send_all(fd, "x", 1, 0, SFAM_FOREVER, NULL));
	for (;;) {
		child = sfam_accept(listener, 0, SFAM_FOREVER, ret_peer);
		ck_assert_ok(child);
		if (sfam_recv(child, &c, 1, SFAM_FOREVER, NULL) == 1)
			break;
		close(child);
	}
	ck_assert_int_eq(c, 'x');
	return child;
}

static void talk(const char *cid, const char *keys)
{
	struct sfam_vsock_addr at;
	int listener = listen_for(cid, keys, &at);
	int fd = sfam_vsock_connect(&at, NULL, NULL);
	struct sfam_addr peer;
	uint32_t peer_cid;
	char c;
	int child;

	ck_assert_ok(fd);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	child = accept_of(listener, fd, &peer);
	ck_assert_ok(sfam_vsock_addr_get(&peer, &peer_cid, NULL));
	ck_assert_uint_eq(peer_cid, VMADDR_CID_LOCAL);
	ck_assert_ok(sfam_send_all(child, "y", 1, 0, SFAM_FOREVER, NULL));
	ck_assert_int_eq(sfam_recv(fd, &c, 1, SFAM_FOREVER, NULL), 1);
	ck_assert_int_eq(c, 'y');
	close(child);
	close(fd);
	close(listener);
}

START_TEST(connections)
{
	talk("local", "");
	talk("local", ",type=seqpacket");
	/* Of a machine that is nobody's guest, by loopback too. */
	talk("host", "");
	talk("self", "");
}
END_TEST

START_TEST(open_flags)
{
	struct sfam_vsock_connect_opts opts = SFAM_VSOCK_CONNECT_OPTS_INIT;
	struct sfam_vsock_addr at;
	int listener = listen_for("local", "", &at), fd;

	opts.flags = SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC;
	fd = sfam_vsock_connect(&at, &opts, NULL);
	ck_assert_ok(fd);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
	close(fd);
	close(listener);
	at = parse("vsock:local:5,type=dgram");
	ck_assert_err(sfam_vsock_connect(&at, NULL, NULL), EPROTOTYPE);
}
END_TEST

START_TEST(signals)
{
	struct sfam_vsock_addr at;
	int listener = listen_for("local", "", &at), fd, i;

	storm();
	for (i = 0; i < 20; i++) {
		fd = sfam_vsock_connect(&at, NULL, NULL);
		ck_assert_ok(fd);
		close(fd);
	}
	calm();
	close(listener);
}
END_TEST

/* ---------------------------------------------------------- services -- */

struct service {
	struct sfam_vsock_addr at;
	int listener;			/* -1: not started */
	int refused;
};

/* The port is that of a listener that has ended. */
static void reserve(struct service *s)
{
	close(listen_for("local", "", &s->at));
	s->listener = -1;
	s->refused = 0;
}

static int start_service(void *arg, const struct sfam_vsock_fault *fault)
{
	struct service *s = arg;

	if (fault->why == SFAM_VSOCK_NOT_READY && fault->error == -ETIMEDOUT)
		return 0;	/* a slow machine */
	if (fault->why != SFAM_VSOCK_REFUSED)
		return -EBADMSG;
	if (++s->refused == 2)
		s->listener = sfam_open(&s->at.at, SFAM_OPEN_LISTEN, NULL);
	return s->refused > 2 ? -EBADMSG : 0;
}

static int connect_to(struct service *s, uint32_t flags,
		      struct sfam_vsock_fault *fault)
{
	struct sfam_vsock_connect_opts opts = SFAM_VSOCK_CONNECT_OPTS_INIT;

	opts.flags = flags;
	opts.failed = start_service;
	opts.arg = s;
	return sfam_vsock_connect(&s->at, &opts, fault);
}

START_TEST(service_comes)
{
	struct sfam_vsock_fault fault;
	struct service s;
	int fd;

	reserve(&s);
	ck_assert_err(connect_to(&s, 0, &fault), ECONNRESET);
	ck_assert_int_eq(fault.why, SFAM_VSOCK_REFUSED);
	ck_assert_int_eq(fault.error, -ECONNRESET);
	ck_assert_int_eq(s.refused, 0);
	fd = connect_to(&s, SFAM_VSOCK_WAIT_SERVICE, NULL);
	ck_assert_ok(fd);
	ck_assert_int_eq(s.refused, 2);
	close(fd);
	close(s.listener);
}
END_TEST

/* ---------------------------------------------------------- machines -- */

/* A guest of vhost whose driver does not start, by what a monitor does. */
static int guest(uint64_t cid)
{
	int fd = open("/dev/vhost-vsock", O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ioctl(fd, VHOST_VSOCK_SET_GUEST_CID, &cid), 0);
	return fd;
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static void check_not_ready(const char *text, int error, const char *words)
{
	struct sfam_vsock_connect_opts opts = SFAM_VSOCK_CONNECT_OPTS_INIT;
	struct sfam_vsock_addr at = parse(text);
	struct sfam_vsock_fault fault;
	int64_t begun = now_ns();

	opts.timeout_ns = 100 * MS;
	ck_assert_err(sfam_vsock_connect(&at, &opts, &fault), ETIMEDOUT);
	ck_assert_int_ge(now_ns() - begun, 100 * MS);
	ck_assert_int_eq(fault.why, SFAM_VSOCK_NOT_READY);
	ck_assert_int_eq(fault.error, -error);
	ck_assert_msg(strstr(fault.words, words), "%s", fault.words);
}

START_TEST(guests)
{
	int fd;

	check_not_ready("vsock:4242:1", ENODEV, "runs here");
	check_not_ready("vsock:4242:1,type=seqpacket", ESOCKTNOSUPPORT,
			"SEQPACKET");
	fd = guest(4242);
	check_not_ready("vsock:4242:1", ETIMEDOUT, "no answer from CID 4242");
	check_not_ready("vsock:4242:1,type=seqpacket", ESOCKTNOSUPPORT,
			"SEQPACKET");
	close(fd);
}
END_TEST

struct machine {
	int fd;			/* of a guest, -1: none */
	int absent, silent;
};

/* It comes, and does not answer, and goes. */
static int come_and_go(void *arg, const struct sfam_vsock_fault *fault)
{
	struct machine *m = arg;

	if (fault->why != SFAM_VSOCK_NOT_READY)
		return -EBADMSG;
	if (fault->error == -ENODEV && m->fd < 0) {
		m->absent++;
		if (m->absent == 1)
			m->fd = guest(4243);
		return m->absent == 2 ? -ECANCELED : 0;
	}
	if (fault->error == -ETIMEDOUT && m->fd >= 0) {
		m->silent++;
		close(m->fd);
		m->fd = -1;
		return 0;
	}
	return -EBADMSG;
}

START_TEST(guest_comes)
{
	struct sfam_vsock_connect_opts opts = SFAM_VSOCK_CONNECT_OPTS_INIT;
	struct sfam_vsock_addr at = parse("vsock:4243:1");
	struct machine m = { .fd = -1 };
	struct sfam_vsock_fault fault;

	opts.failed = come_and_go;
	opts.arg = &m;
	ck_assert_err(sfam_vsock_connect(&at, &opts, &fault), ECANCELED);
	ck_assert_int_eq(m.absent, 2);
	ck_assert_int_eq(m.silent, 1);
	ck_assert_uint_eq(fault.tries, 3);
}
END_TEST

static void check_at_once(const char *text, int error,
			  enum sfam_vsock_why why)
{
	struct sfam_vsock_addr at = parse(text);
	struct sfam_vsock_fault fault;

	ck_assert_err(sfam_vsock_connect(&at, NULL, &fault), error);
	ck_assert_msg(fault.why == why, "%s: %d, %s", text, fault.why,
		      fault.words);
	ck_assert_uint_eq(fault.tries, 1);
}

START_TEST(no_way)
{
	check_at_once("vsock:hypervisor:1", ENODEV, SFAM_VSOCK_UNREACHABLE);
	check_at_once("vsock:any:1", ENODEV, SFAM_VSOCK_UNREACHABLE);
	check_at_once("vsock:4242:1,flags=to-host", ENODEV,
		      SFAM_VSOCK_NO_TRANSPORT);
}
END_TEST

/* From now on socket(2) of vsock fails so in this process. */
static void forbid(int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_VSOCK, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 SECCOMP_RET_ERRNO | (uint32_t)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = { HARNESS_LEN(code), code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), 0);
}

START_TEST(denied)
{
	struct sfam_vsock_caps caps = SFAM_VSOCK_CAPS_INIT;

	forbid(EPERM);
	check_at_once("vsock:local:1", EPERM, SFAM_VSOCK_DENIED);
	ck_assert_err(sfam_vsock_probe(&caps), EPERM);
}
END_TEST

START_TEST(hidden)
{
	struct sfam_vsock_caps caps = SFAM_VSOCK_CAPS_INIT;

	forbid(EAFNOSUPPORT);
	check_at_once("vsock:local:1", EAFNOSUPPORT, SFAM_VSOCK_DENIED);
	ck_assert_err(sfam_vsock_probe(&caps), EAFNOSUPPORT);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ connections, "vsock-loopback" },
		{ open_flags, "vsock-loopback" },
		{ signals, "vsock-loopback" },
		{ service_comes, "vsock-loopback" },
		{ guests, "vsock-loopback root" },
		{ guest_comes, "vsock-loopback root" },
		{ no_way, "vsock-loopback" },
		{ denied, "vsock-loopback" },
		{ hidden, "vsock-loopback" },
	};

	return harness_run("vsock-connect", tests, HARNESS_LEN(tests));
}
