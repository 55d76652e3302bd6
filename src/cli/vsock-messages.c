/* SPDX-License-Identifier: MIT */
/* Sockets with messages (SOCK_SEQPACKET): echo, and stdin and stdout. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vsock-messages.h"

#define MESSAGE_MAX (1024 * 1024)
#define STDIN_CHUNK 65536
#define CLIENTS_MAX 1000

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

int vsock_message_server(int listener, uint64_t clients)
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

int vsock_pipe_messages(int fd)
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
