/* SPDX-License-Identifier: MIT */
/* An echo for many clients at once: multi-server [inet:127.0.0.1:65432] */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#define MAX 1000
/* The listener is the first; the clients follow it without gaps. */
static struct pollfd polls[MAX];
static struct client {
	size_t len, sent;	/* bytes in buf; those that went back */
	char buf[16384];
} clients[MAX];

/* One step, which never waits; then what to wait for, or -errno. */
static int serve(int fd, struct client *c)
{
	size_t sent = 0;
	ssize_t n;

	if (c->len == 0) {
		n = sfam_recv(fd, c->buf, sizeof(c->buf), 0, NULL);
		if (n <= 0)
			return n == -ETIMEDOUT ? POLLIN : n ? (int)n : -EPIPE;
		c->len = (size_t)n;
		c->sent = 0;
	}
	n = sfam_send_all(fd, c->buf + c->sent, c->len - c->sent, 0, 0, &sent);
	c->sent += sent;
	if (n == 0)
		c->len = 0;
	return n == 0 ? POLLIN : n == -ETIMEDOUT ? POLLOUT : (int)n;
}

static int serve_all(int n)
{
	int i;

	for (i = n - 1; i > 0; i--) {
		if (!polls[i].revents)
			continue;
		polls[i].events = (short)serve(polls[i].fd, &clients[i]);
		if (polls[i].events < 0) {
			close(polls[i].fd);
			polls[i] = polls[--n];
			clients[i] = clients[n];
		}
	}
	return n;
}

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "inet:127.0.0.1:65432";
	char why[SFAM_ERROR_STRLEN] = "listening";
	struct sfam_diag diag = { 0 };
	int fd, n = 1;

	fd = polls[0].fd = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN,
					  NULL, &diag);
	if (fd < 0)
		sfam_error_format(fd, why, sizeof(why));
	fprintf(stderr, "%s: %s %s\n", text, why, diag.expected);
	while (polls[0].fd >= 0) {
		/* No room, or no descriptors: look again in a second. */
		polls[0].events = fd >= 0 || fd == -ETIMEDOUT ? POLLIN : 0;
		if (poll(polls, (nfds_t)n, polls[0].events ? -1 : 1000) > 0)
			n = serve_all(n);
		fd = n < MAX ? sfam_accept(polls[0].fd, 0, 0, NULL) : -EMFILE;
		if (fd >= 0) {
			polls[n] = (struct pollfd){ fd, POLLIN, 0 };
			clients[n++].len = 0;
		}
	}
	return 1;
}
