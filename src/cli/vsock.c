/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sys/socket.h>
#include <linux/vm_sockets.h>

#include "cli.h"
#include "stream.h"

#define MESSAGE_MAX (1024 * 1024)
#define STDIN_CHUNK 65536
#define CLIENTS_MAX 1000

/* ---------------------------------------------------------- messages -- */

/*
 * A send on a SEQPACKET socket that may not wait puts into the stream what
 * the peer's credit allows and then fails with EAGAIN, as if nothing had
 * happened: the bytes become the beginning of the next message (Linux
 * 6.12, vsock_connectible_sendmsg). So messages are sent by a call that
 * waits, and for this each direction of each client has its own thread.
 * Nor may a signal end the call: cli_signal_fd() has blocked them.
 */
static int send_message(int fd, const void *buf, size_t len)
{
	ssize_t n;

	do {
		n = send(fd, buf, len, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

/* Returns when the client has ended. */
static int echo_messages(int fd)
{
	char *buf = malloc(MESSAGE_MAX);
	ssize_t n = buf ? 1 : -ENOMEM;

	while (n > 0) {
		n = sfam_recv(fd, buf, MESSAGE_MAX, SFAM_FOREVER, NULL);
		if (n > 0) {
			int r = send_message(fd, buf, (size_t)n);

			n = r < 0 ? r : n;
		}
	}
	free(buf);
	if (n == 0 || n == -ECONNRESET)
		return CLI_OK;
	return cli_bad_call("client", (int)n);
}

struct echo_client {
	int fd;
	int gone;		/* eventfd: how many have ended */
};

static void *echo_thread(void *arg)
{
	struct echo_client c = *(struct echo_client *)arg;
	const uint64_t one = 1;

	free(arg);
	echo_messages(c.fd);
	close(c.fd);
	/* An eventfd is full after 2^64 - 2 clients. */
	if (write(c.gone, &one, sizeof(one)) < 0)
		cli_bad_call("eventfd", -errno);
	return NULL;
}

static int start_echo(int fd, int gone)
{
	struct echo_client *c = malloc(sizeof(*c));
	pthread_t thread;
	int r = ENOMEM;

	if (c) {
		c->fd = fd;
		c->gone = gone;
		r = pthread_create(&thread, NULL, echo_thread, c);
	}
	if (r == 0) {
		pthread_detach(thread);
		return CLI_OK;
	}
	free(c);
	close(fd);
	return cli_bad_call("thread", -r);
}

struct message_server {
	int listener;
	int signals;
	int gone;
	uint64_t running;
	uint64_t left;		/* clients still to come */
	int status;
};

static void accept_messages(struct message_server *s)
{
	int fd = sfam_accept(s->listener, 0, 0, NULL);

	if (fd == -ETIMEDOUT || fd == -ECONNABORTED)
		return;
	if (fd >= 0 && start_echo(fd, s->gone) == CLI_OK) {
		s->running++;
		s->left--;
		return;
	}
	/* Out of descriptors or threads: the clients there may finish. */
	s->status = fd < 0 ? cli_bad_call("accept", fd) : CLI_FAILED;
	s->left = 0;
}

/* Returns 0 at the end. */
static int serve_messages(struct message_server *s)
{
	struct pollfd fds[3] = {
		{ .fd = s->signals, .events = POLLIN },
		{ .fd = s->gone, .events = POLLIN },
		{ .fd = s->left && s->running < CLIENTS_MAX ? s->listener : -1,
		  .events = POLLIN },
	};
	uint64_t n;

	if (poll(fds, 3, -1) < 0) {
		if (errno == EINTR)
			return 1;
		s->status = cli_bad_call("poll", -errno);
		return 0;
	}
	if (fds[0].revents)
		return 0;
	if (fds[1].revents && read(s->gone, &n, sizeof(n)) == sizeof(n))
		s->running -= n;
	if (fds[2].revents)
		accept_messages(s);
	return s->left || s->running;
}

static int message_server(int listener, uint64_t clients)
{
	struct message_server s = {
		.listener = listener,
		.signals = cli_signal_fd(),
		.gone = eventfd(0, EFD_CLOEXEC),
		.left = clients ? clients : UINT64_MAX,
	};

	if (s.signals < 0 || s.gone < 0)
		return CLI_FAILED;
	while (serve_messages(&s))
		;
	/* Both stay open: threads may live on until the process ends. */
	return s.status;
}

/* What one read of stdin gives is one message. */
static void *send_stdin(void *arg)
{
	char buf[STDIN_CHUNK], words[SFAM_ERROR_STRLEN];
	int fd = *(int *)arg;
	ssize_t n = 1;
	int r = 0;

	while (n > 0 && r == 0) {
		n = read(STDIN_FILENO, buf, sizeof(buf));
		if (n > 0)
			r = send_message(fd, buf, (size_t)n);
	}
	if (n < 0)
		cli_bad_call("stdin", -errno);
	if (r < 0)
		cli_error("%zd bytes of stdin or more were not sent: %s", n,
			  cli_words(r, words, sizeof(words)));
	shutdown(fd, SHUT_WR);
	return n < 0 || r < 0 ? arg : NULL;
}

static int pipe_messages(int fd)
{
	char *buf = malloc(MESSAGE_MAX);
	void *failed = NULL;
	pthread_t sender;
	ssize_t n = 1;
	int r = buf ? pthread_create(&sender, NULL, send_stdin, &fd) : ENOMEM;

	if (r != 0) {
		free(buf);
		return cli_bad_call("thread", -r);
	}
	while (n > 0) {
		n = sfam_recv(fd, buf, MESSAGE_MAX, SFAM_FOREVER, NULL);
		if (n > 0 && cli_write(STDOUT_FILENO, buf, (size_t)n) < 0)
			exit(CLI_FAILED);	/* the sender goes with us */
	}
	free(buf);
	if (n < 0) {
		cli_bad_call("receive", (int)n);
		exit(CLI_FAILED);
	}
	pthread_join(sender, &failed);
	return failed ? CLI_FAILED : CLI_OK;
}

/* ------------------------------------------------------------- verbs -- */

static int run_echo(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_addr addr;
	uint64_t clients;
	int status;
	int fd = stream_listen(self, argc, argv, "vsock", &addr, &clients,
			       &status);

	if (fd < 0)
		return status;
	stream_say_listening(fd, &addr);
	status = addr.type == SOCK_SEQPACKET ? message_server(fd, clients) :
					       cli_echo_server(fd, clients);
	close(fd);
	return status;
}

static int run_connect(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_addr addr;
	int status;
	int fd;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc - optind != 1)
		return cli_usage(self, argc == optind ? "which address?" :
				 "one address only");
	if (cli_parse_addr("vsock", argv[optind], &addr) != 0)
		return CLI_FAILED;
	fd = cli_open(&addr, SFAM_OPEN_CONNECT, NULL);
	if (fd < 0)
		return CLI_FAILED;
	status = addr.type == SOCK_SEQPACKET ? pipe_messages(fd) :
					       cli_pipe_socket(fd);
	close(fd);
	return status;
}

static int print_cid(int fd)
{
	unsigned int cid;

	/* Only the device answers this, a socket does not (ENOTTY). */
	if (ioctl(fd, IOCTL_VM_SOCKETS_GET_LOCAL_CID, &cid) < 0)
		return cli_bad_call("/dev/vsock", -errno);
	if (cid == VMADDR_CID_ANY)
		return cli_error("this machine has no CID: it is no guest "
				 "with a vsock device, nor a host; try: CID "
				 "local (modprobe vsock_loopback)");
	printf("%u\n", cid);
	return CLI_OK;
}

static int run_cid(const struct cli_verb *self, int argc, char **argv)
{
	int status;
	int fd;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc != optind)
		return cli_usage(self, "no arguments, please");
	fd = open("/dev/vsock", O_RDONLY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENODEV))
		return cli_error("/dev/vsock: not there; try: modprobe vsock "
				 "(CONFIG_VSOCKETS)");
	if (fd < 0)
		return cli_bad_call("/dev/vsock", -errno);
	status = print_cid(fd);
	close(fd);
	return status;
}

static int run_ping(const struct cli_verb *self, int argc, char **argv)
{
	return stream_ping(self, argc, argv, "vsock");
}

static int run_perf(const struct cli_verb *self, int argc, char **argv)
{
	return stream_perf(self, argc, argv, "vsock");
}

static const struct cli_verb below[] = {
	{
		.name = "echo",
		.args = "[-n CLIENTS] ADDR",
		.help = "echo server; at most 1000 clients at a time",
		.details =
"  -n CLIENTS  accept so many clients, end when they have gone\n"
"ADDR is [vsock:]CID:PORT[,type=seqpacket]. Prints 'listening on ADDR' on\n"
"stderr when clients may come. With type=seqpacket messages keep their\n"
"boundaries; one of more than 1 MiB ends its client with an error.\n",
		.run = run_echo,
	}, {
		.name = "connect",
		.args = "ADDR",
		.help = "stdin to a socket, the socket to stdout",
		.details =
"ADDR is [vsock:]CID:PORT[,type=seqpacket]. At the end of stdin the\n"
"sending half is closed; it ends when the peer has ended as well.\n",
		.run = run_connect,
	}, {
		.name = "cid",
		.args = "",
		.help = "print this machine's own CID",
		.run = run_cid,
	}, {
		.name = "ping",
		.args = STREAM_PING_ARGS,
		.help = STREAM_PING_HELP,
		.details = STREAM_PING_DETAILS
"ADDR is [vsock:]CID:PORT[,type=seqpacket].\n",
		.run = run_ping,
	}, {
		.name = "perf",
		.args = STREAM_PERF_ARGS,
		.help = STREAM_PERF_HELP,
		.details = STREAM_PERF_DETAILS
"ADDR is [vsock:]CID:PORT[,type=seqpacket].\n",
		.run = run_perf,
	},
	{ .name = NULL },
};

const struct cli_verb cli_vsock = {
	.name = "vsock",
	.args = "VERB ...",
	.help = "sockets between virtual machines and their host",
	.below = below,
};
