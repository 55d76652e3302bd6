/* SPDX-License-Identifier: MIT */
/*
 * Messages to an echo and back, over the loopback of vsock: an echo that can
 * have many clients, by a service and by bare epoll, to the same bare client;
 * and one with one client, both ends by our functions and both by bare system
 * calls that wait, as ours do not (sfam__sys_recvmsg()). The cost is that of
 * both ends.
 */
#include "bench.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/vm_sockets.h>
#include <sockfam/service.h>
#include <sockfam/socket.h>

#define HEAD 4
#define SIZE (HEAD + 64)	/* a message as it is in a stream */

struct ends {
	void (*send)(int fd);
	int (*receive)(int fd);	/* 0 at the end */
	void (*echo)(int listener);
};

/* Its length in the head: for records no matter. */
static char message[SIZE] = { 0, 0, 0, SIZE - HEAD };

static void send_bare(int fd)
{
	if (send(fd, message, SIZE, MSG_NOSIGNAL) != SIZE)
		die("send");
}

static int receive_bare(int fd)
{
	ssize_t n = recv(fd, message, SIZE, 0);

	if (n != 0 && n != SIZE)
		die("recv");
	return n != 0;
}

static void send_ours(int fd)
{
	if (sfam_send_all(fd, message, SIZE, 0, SFAM_FOREVER, NULL) < 0)
		die("sfam_send_all");
}

static int receive_ours(int fd)
{
	ssize_t n = sfam_recv(fd, message, SIZE, SFAM_FOREVER, NULL);

	if (n != 0 && n != SIZE)
		die("sfam_recv");
	return n != 0;
}

/* ------------------------------------------------------------- echoes -- */

static int accept_bare(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		die("accept");
	return fd;
}

static void echo_bare(int listener)
{
	int fd = accept_bare(listener);

	while (receive_bare(fd))
		send_bare(fd);
}

static void echo_ours(int listener)
{
	int fd = accept_bare(listener);

	while (receive_ours(fd))
		send_ours(fd);
}

static int asks_for_room;

/* After this a record that the kernel did not take is known to be cut. */
static void ask_for_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (poll(&p, 1, 0) != 1)
		die("poll");
}

static void echo_epoll(int listener)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int set = epoll_create1(EPOLL_CLOEXEC);
	ssize_t n;

	ev.data.fd = accept_bare(listener);
	if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, ev.data.fd, &ev) < 0)
		die("epoll");
	while (epoll_wait(set, &ev, 1, -1) == 1) {
		n = recv(ev.data.fd, message, SIZE, MSG_DONTWAIT);
		if (n == 0)
			return;
		if (asks_for_room)
			ask_for_room(ev.data.fd);
		if (n != SIZE || send(ev.data.fd, message, SIZE, MSG_DONTWAIT |
				      MSG_NOSIGNAL) != SIZE)
			die("echo");
	}
}

static int echo_back(void *arg, struct sfam_service_client *client,
		     const void *buf, size_t len)
{
	(void)arg;
	return len ? sfam_service_send(client, buf, len) : 0;
}

static void stop_service(void *arg, struct sfam_service_client *client,
			 int cause)
{
	struct sfam_service **service = arg;

	(void)client;
	if (cause < 0)
		die("service");
	sfam_service_stop(*service, 0);
}

static void echo_service(int listener)
{
	struct sfam_service_opts opts = SFAM_SERVICE_OPTS_INIT;
	struct sfam_service *service;

	opts.received = echo_back;
	opts.closed = stop_service;
	opts.arg = &service;
	if (sfam_service_new(&service, &listener, 1, &opts) < 0 ||
	    sfam_service_run(service, SFAM_FOREVER) < 0)
		die("sfam_service_run");
	sfam_service_free(service);
}

static const struct ends bare = { send_bare, receive_bare, echo_bare };
static const struct ends ours = { send_ours, receive_ours, echo_ours };
static const struct ends with_epoll = { send_bare, receive_bare, echo_epoll };
static const struct ends with_service = {
	send_bare, receive_bare, echo_service,
};

/* --------------------------------------------------------------- runs -- */

/* The kernel chooses the port. */
static int listen_any(int type, struct sockaddr_vm *ret)
{
	struct sockaddr_vm a = { .svm_family = AF_VSOCK,
				 .svm_cid = VMADDR_CID_LOCAL,
				 .svm_port = VMADDR_PORT_ANY };
	socklen_t len = sizeof(*ret);
	int fd = socket(AF_VSOCK, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)ret, &len) < 0)
		die("listen");
	return fd;
}

static pid_t start_echo(int listener, const struct ends *e)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		e->echo(listener);
		_exit(0);
	}
	return pid;
}

/* CPU time of both ends. */
static double run(int type, const struct ends *e, size_t n)
{
	struct sockaddr_vm a;
	int listener = listen_any(type, &a);
	pid_t pid = start_echo(listener, e);
	int fd = socket(AF_VSOCK, type | SOCK_CLOEXEC, 0);
	int64_t start;
	size_t i;

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		die("connect");
	start = cpu_ns();
	for (i = 0; i < n; i++) {
		e->send(fd);
		if (!e->receive(fd))
			die("the echo has ended");
	}
	start = cpu_ns() - start;
	close(fd);
	close(listener);
	return (double)(start + reap(pid, "the echo"));
}

static double measure(int type, const struct ends *e)
{
	size_t n = config.frames;

	return (run(type, e, 2 * n) - run(type, e, n)) / (double)n;
}

static void show(const char *item, int type, const struct ends *floor,
		 const struct ends *end, double limit)
{
	double least = measure(type, floor);
	double cost = measure(type, end);

	show_row(&(struct row){ item, least, cost, NONE });
	set_limit(item, "ours/floor", cost / least, limit);
}

void bench_echo(void)
{
	int fd = socket(AF_VSOCK, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	close(fd);
	show_heading("vsock: 64 bytes to an echo and back, both ends");
	asks_for_room = 1;
	show("service, seqpacket", SOCK_SEQPACKET, &with_epoll, &with_service,
	     1.07);
	asks_for_room = 0;
	show("service, hasty floor", SOCK_SEQPACKET, &with_epoll,
	     &with_service, 1.1);
	show("service, stream", SOCK_STREAM, &with_epoll, &with_service, 1.05);
	show("one client, seqpacket", SOCK_SEQPACKET, &bare, &ours, 1.6);
	show("one client, stream", SOCK_STREAM, &bare, &ours, 1.5);
}
