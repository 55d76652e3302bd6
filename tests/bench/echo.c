/* SPDX-License-Identifier: MIT */
/*
 * Messages to an echo and back, over the loopback of vsock: both ends by our
 * functions, and both by bare system calls. The cost is that of the two. No
 * limit: ours ask, poll and ask again, where a bare call waits by itself.
 */
#include "bench.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/vm_sockets.h>
#include <sockfam/socket.h>

#define SIZE 64

struct ends {
	void (*send)(int fd);
	int (*receive)(int fd);	/* 0 at the end */
};

static char message[SIZE];

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

static const struct ends bare = { send_bare, receive_bare };
static const struct ends ours = { send_ours, receive_ours };

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
	int fd;

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	fd = accept(listener, NULL, NULL);
	while (e->receive(fd))
		e->send(fd);
	_exit(0);
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

static void show(const char *item, int type)
{
	double floor = measure(type, &bare);
	double cost = measure(type, &ours);

	show_row(&(struct row){ item, floor, cost, NONE });
}

void bench_echo(void)
{
	int fd = socket(AF_VSOCK, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	close(fd);
	show_heading("vsock: 64 bytes to an echo and back, both ends");
	show("seqpacket", SOCK_SEQPACKET);
	show("stream", SOCK_STREAM);
}
