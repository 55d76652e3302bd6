/* SPDX-License-Identifier: MIT */
/*
 * A send on a vsock SEQPACKET socket that may not wait puts into the stream
 * what the peer's credit allows and then fails with EAGAIN, as if nothing
 * had happened: the bytes become the beginning of the next message (Linux
 * 6.12, vsock_connectible_sendmsg). So messages are sent there by a call
 * that waits, in a thread per connection. The rest of the relay sees the
 * other end of a unix socket pair, which keeps messages and blocks as any.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "relay.h"

#define MESSAGE_MAX (512 * 1024)

struct sender {
	int from;	/* our end of the pair */
	int to;		/* a duplicate: it outlives the side */
	int gone;
	char buf[MESSAGE_MAX];
};

static int send_message(int fd, const void *buf, size_t len)
{
	ssize_t n;

	do {
		n = send(fd, buf, len, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Returns at the end of what is to be sent, or with words. */
static void send_all(struct sender *s)
{
	char words[SFAM_ERROR_STRLEN];
	ssize_t n;
	int r = 0;

	do {
		n = recv(s->from, s->buf, sizeof(s->buf), 0);
		if (n > 0)
			r = send_message(s->to, s->buf, (size_t)n);
	} while ((n > 0 && r == 0) || (n < 0 && errno == EINTR));
	if (r < 0)
		cli_error("relay: a message of %zd bytes was not sent: "
			  "%s", n, cli_words(r, words, sizeof(words)));
	shutdown(s->to, SHUT_WR);
}

static void *sender_thread(void *arg)
{
	struct sender *s = arg;
	const uint64_t one = 1;
	int gone = s->gone;

	send_all(s);
	close(s->from);
	close(s->to);
	free(s);
	/* An eventfd is full after 2^64 - 2 of them. */
	if (write(gone, &one, sizeof(one)) < 0)
		cli_bad_call("eventfd", -errno);
	return NULL;
}

static int start_thread(struct sender *s)
{
	pthread_t thread;
	pthread_attr_t attr;
	int r;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 128 * 1024);
	r = pthread_create(&thread, &attr, sender_thread, s);
	pthread_attr_destroy(&attr);
	return -r;
}

/* Its O_NONBLOCK is ours; receives here pass MSG_DONTWAIT. */
static int prepare(struct sender *s, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	s->to = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (s->to < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

int relay_sender_start(struct relay *r, struct side *side)
{
	struct sender *s = malloc(sizeof(*s));
	const int size = MESSAGE_MAX;
	int pair[2];
	int err;

	if (!s)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		err = -errno;
		free(s);
		return err;
	}
	/* As far as net.core.wmem_max lets us; a longer one is EMSGSIZE. */
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	s->from = pair[1];
	s->gone = r->senders;
	err = prepare(s, side->in.fd);
	if (err == 0)
		err = start_thread(s);
	if (err == 0) {
		side->out.fd = pair[0];
		r->n_senders++;
		return 0;
	}
	if (s->to >= 0)
		close(s->to);
	close(pair[0]);
	close(pair[1]);
	free(s);
	return err;
}

void relay_sender_wait(struct relay *r)
{
	struct pollfd fds[2] = {
		{ .fd = r->senders, .events = POLLIN },
		{ .fd = r->signals.fd, .events = POLLIN },
	};
	uint64_t n;

	while (r->n_senders && (poll(fds, 2, -1) > 0 || errno == EINTR)) {
		if (fds[1].revents)
			return;
		if (read(r->senders, &n, sizeof(n)) == sizeof(n))
			r->n_senders -= n;
	}
}
