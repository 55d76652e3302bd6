/* SPDX-License-Identifier: MIT */
/*
 * Two loops around poll(2): stdin and stdout to a socket, and an echo
 * server. Neither ever holds more of one direction than one receive gave,
 * so a peer that does not read stops only its own sender.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "stream.h"

/*
 * A message that is longer is told as an error, never cut. TIPC has up to
 * 66000 bytes, vsock and unix what the socket buffer takes.
 */
#define MESSAGE_MAX (1024 * 1024)
/* One read of stdin is one message where the socket has messages. */
#define STDIN_CHUNK 65536
#define QUIET_DEFAULT_NS INT64_C(1000000000)
#define CLIENTS_MAX 1000

/* -------------------------------------------------------------- pipe -- */

struct pump {
	int sock;
	int64_t quiet_ns;
	int one_end;		/* both directions end together (TIPC) */
	int input;		/* stdin may have more */
	int output;		/* the peer may send more */
	int quiet;		/* all is sent; the peer's silence ends it */
	int status;
	size_t off;		/* of out: sent already */
	size_t len;		/* of out: still to send */
	char out[STDIN_CHUNK];
	char in[MESSAGE_MAX];
};

/* Has stdin more for a peer that takes no more? A terminal is not asked. */
static void look_for_input(struct pump *p)
{
	struct pollfd fds = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n = 0;

	if (poll(&fds, 1, 0) == 1)
		n = read(STDIN_FILENO, p->out, sizeof(p->out));
	if (n > 0)
		p->len = (size_t)n;
}

/* Nothing can be sent any more: what is left of stdin is lost, and said. */
static void input_failed(struct pump *p, int error)
{
	char words[SFAM_ERROR_STRLEN];

	if (p->input && p->len == 0)
		look_for_input(p);
	if (p->len)
		p->status = cli_error("%zu bytes of stdin or more were not "
				      "sent: %s", p->len,
				      cli_words(error, words, sizeof(words)));
	p->input = 0;
	p->len = 0;
}

static void finish_input(struct pump *p)
{
	if (shutdown(p->sock, SHUT_WR) == 0)
		return;
	if (errno == EINVAL)
		p->quiet = 1;	/* TIPC knows SHUT_RDWR only */
	else if (errno != ENOTCONN)
		p->status = cli_bad_call("shutdown", -errno);
}

static void pump_send(struct pump *p)
{
	size_t sent;
	int r = sfam_send_all(p->sock, p->out + p->off, p->len, 0, 0, &sent);

	p->off += sent;
	p->len -= sent;
	if (r < 0 && r != -ETIMEDOUT)
		input_failed(p, r);
}

static void pump_read_stdin(struct pump *p)
{
	ssize_t n = read(STDIN_FILENO, p->out, sizeof(p->out));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0) {
		p->off = 0;
		p->len = (size_t)n;
		pump_send(p);
		return;
	}
	if (n < 0)
		p->status = cli_bad_call("stdin", -errno);
	p->input = 0;
	finish_input(p);
}

static void pump_receive(struct pump *p)
{
	ssize_t n = sfam_recv(p->sock, p->in, sizeof(p->in), 0, NULL);

	if (n == -ETIMEDOUT)
		return;
	if (n > 0) {
		if (cli_write(STDOUT_FILENO, p->in, (size_t)n) == 0)
			return;
		p->status = CLI_FAILED;
	} else if (n < 0 && !(n == -ECONNRESET && p->one_end)) {
		p->status = cli_bad_call("receive", (int)n);
	}
	p->output = 0;
	if (n != 0 || p->one_end)
		input_failed(p, n < 0 ? (int)n : -EPIPE);
}

static int pump_poll(struct pump *p, struct pollfd *fds)
{
	struct timespec ts = {
		.tv_sec = (time_t)(p->quiet_ns / 1000000000),
		.tv_nsec = (long)(p->quiet_ns % 1000000000),
	};
	int forever = !p->quiet || p->quiet_ns < 0;

	fds[0].fd = p->input && p->len == 0 ? STDIN_FILENO : -1;
	fds[0].events = POLLIN;
	fds[1].fd = p->sock;
	fds[1].events = (short)((p->output ? POLLIN : 0) |
				(p->len ? POLLOUT : 0));
	return ppoll(fds, 2, forever ? NULL : &ts, NULL);
}

/* Returns 0 when there is nothing more to do. */
static int pump_once(struct pump *p)
{
	const short gone = POLLHUP | POLLERR;
	struct pollfd fds[2];
	int r = pump_poll(p, fds);

	if (r < 0 && errno == EINTR)
		return 1;
	if (r < 0)
		p->status = cli_bad_call("poll", -errno);
	if (r <= 0)
		return 0;
	if (p->output && fds[1].revents & (POLLIN | gone))
		pump_receive(p);
	else if (p->len == 0 && !fds[0].revents && fds[1].revents & gone)
		return 0;
	if (p->len && fds[1].revents & (POLLOUT | gone))
		pump_send(p);
	if (p->input && fds[0].revents)
		pump_read_stdin(p);
	return p->output || p->input || p->len;
}

static int run_pump(int sock, int64_t quiet_ns, int one_end)
{
	struct pump *p = malloc(sizeof(*p));
	int status;

	if (!p)
		return cli_bad_call("malloc", -ENOMEM);
	p->sock = sock;
	p->quiet_ns = quiet_ns;
	p->one_end = one_end;
	p->input = 1;
	p->output = 1;
	p->quiet = 0;
	p->status = CLI_OK;
	p->off = 0;
	p->len = 0;
	while (pump_once(p))
		;
	if (p->quiet)
		shutdown(sock, SHUT_RDWR);
	status = p->status;
	free(p);
	return status;
}

int cli_pipe_socket(int sock)
{
	return run_pump(sock, QUIET_DEFAULT_NS, 0);
}

int stream_pipe_quiet(int sock, int64_t quiet_ns)
{
	return run_pump(sock, quiet_ns, 1);
}

/* -------------------------------------------------------------- echo -- */

struct client {
	int fd;
	int ended;		/* it sends no more; it may still read */
	char *pending;		/* received, not yet sent back; or NULL */
	size_t off;		/* of pending: sent already */
	size_t len;		/* of pending: still to send */
	struct sfam_addr peer;
};

struct server {
	int listener;
	int signals;
	int has_limit;
	uint64_t left;		/* clients still to come, with a limit */
	int full;		/* out of descriptors: wait till one goes */
	int status;
	size_t n;
	struct client clients[CLIENTS_MAX];
	struct pollfd fds[2 + CLIENTS_MAX];
	char buf[MESSAGE_MAX];
};

/*
 * While an echo waits, the end of its client has to be looked for: of a
 * vsock client that went without reading poll(2) tells only POLLRDHUP when
 * there is data to read as well. That may also be a half close, so from
 * then on sending is tried once a second, and EPIPE tells.
 */
#define RETRY_MS 1000

/* The last one moves into its place. */
static void drop(struct server *s, size_t i)
{
	free(s->clients[i].pending);
	close(s->clients[i].fd);
	s->clients[i] = s->clients[--s->n];
	s->full = 0;
}

static void drop_for(struct server *s, size_t i, const char *what, int error)
{
	char name[SFAM_ADDR_STRLEN], words[SFAM_ERROR_STRLEN];

	cli_addr_text(&s->clients[i].peer, name, sizeof(name));
	cli_error("%s: %s: %s", name, what, error == -EMSGSIZE ?
		  "message longer than the echo can hold" :
		  cli_words(error, words, sizeof(words)));
	/* A client that goes without its echo is no failure of ours. */
	if (error != -EPIPE && error != -ECONNRESET)
		s->status = CLI_FAILED;
	drop(s, i);
}

/* -ETIMEDOUT: the client has to read first. */
static int send_back(struct client *c, const char *buf, size_t len,
		     size_t *ret_sent)
{
	return sfam_send_all(c->fd, buf, len, 0, 0, ret_sent);
}

static void echo_input(struct server *s, size_t i)
{
	struct client *c = &s->clients[i];
	ssize_t n = sfam_recv(c->fd, s->buf, sizeof(s->buf), 0, NULL);
	size_t sent;
	int r;

	if (n == -ETIMEDOUT)
		return;
	if (n == 0 || n == -ECONNRESET) {	/* TIPC's end of file */
		drop(s, i);
		return;
	}
	if (n < 0) {
		drop_for(s, i, "receive", (int)n);
		return;
	}
	r = send_back(c, s->buf, (size_t)n, &sent);
	if (r == -ETIMEDOUT) {
		c->off = 0;
		c->len = (size_t)n - sent;
		c->pending = malloc(c->len);
		r = c->pending ? 0 : -ENOMEM;
		if (r == 0)
			memcpy(c->pending, s->buf + sent, c->len);
	}
	if (r < 0)
		drop_for(s, i, "send", r);
}

static void echo_pending(struct server *s, size_t i)
{
	struct client *c = &s->clients[i];
	size_t sent;
	int r = send_back(c, c->pending + c->off, c->len, &sent);

	c->off += sent;
	c->len -= sent;
	if (r < 0 && r != -ETIMEDOUT) {
		drop_for(s, i, "send", r);
	} else if (c->len == 0) {
		free(c->pending);
		c->pending = NULL;
	}
}

static int wants_clients(const struct server *s)
{
	return s->n < CLIENTS_MAX && !s->full && (!s->has_limit || s->left);
}

/* Returns 0 when the server cannot go on. */
static int accept_client(struct server *s)
{
	struct client *c = &s->clients[s->n];
	int fd = sfam_accept(s->listener, SFAM_OPEN_NONBLOCK, 0, &c->peer);

	if (fd == -ETIMEDOUT || fd == -ECONNABORTED)
		return 1;
	if (fd < 0) {
		s->status = cli_bad_call("accept", fd);
		s->full = 1;
		return s->n > 0;
	}
	c->fd = fd;
	c->ended = 0;
	c->pending = NULL;
	s->n++;
	s->left--;
	return 1;
}

/* Returns the timeout. */
static int prepare_poll(struct server *s)
{
	const struct client *c;
	int timeout = -1;
	size_t i;

	s->fds[0].fd = s->signals;
	s->fds[0].events = POLLIN;
	s->fds[1].fd = wants_clients(s) ? s->listener : -1;
	s->fds[1].events = POLLIN;
	for (i = 0; i < s->n; i++) {
		c = &s->clients[i];
		s->fds[2 + i].fd = c->fd;
		s->fds[2 + i].events = POLLIN;
		if (c->pending)
			s->fds[2 + i].events = c->ended ? POLLOUT :
						POLLOUT | POLLRDHUP;
		if (c->pending && c->ended)
			timeout = RETRY_MS;
	}
	return timeout;
}

static void serve_client(struct server *s, size_t i, int revents)
{
	struct client *c = &s->clients[i];

	if (revents & POLLRDHUP)
		c->ended = 1;
	if (c->pending && (revents || c->ended))
		echo_pending(s, i);
	else if (revents)
		echo_input(s, i);
}

/* Returns 0 when the server has ended. */
static int serve_once(struct server *s)
{
	size_t i = s->n;

	if (poll(s->fds, 2 + s->n, prepare_poll(s)) < 0) {
		if (errno == EINTR)
			return 1;
		s->status = cli_bad_call("poll", -errno);
		return 0;
	}
	if (s->fds[0].revents)
		return 0;
	/* Downwards: drop() fills the gap with one that is done. */
	while (i--)
		serve_client(s, i, s->fds[2 + i].revents);
	if (s->fds[1].revents && !accept_client(s))
		return 0;
	return !s->has_limit || s->left || s->n;
}

int cli_echo_server(int listener, uint64_t max_clients)
{
	struct server *s = calloc(1, sizeof(*s));
	int status;

	if (!s)
		return cli_bad_call("malloc", -ENOMEM);
	s->listener = listener;
	s->has_limit = max_clients != 0;
	s->left = max_clients;
	s->signals = cli_signal_fd();
	s->status = s->signals < 0 ? CLI_FAILED : CLI_OK;
	while (s->signals >= 0 && serve_once(s))
		;
	while (s->n)
		drop(s, s->n - 1);
	if (s->signals >= 0)
		close(s->signals);
	status = s->status;
	free(s);
	return status;
}

/* ------------------------------------------------------------- verbs -- */

void stream_say_listening(int fd, const struct sfam_addr *asked)
{
	char text[SFAM_ADDR_STRLEN];
	struct sfam_addr addr;

	/* Of a TIPC socket it is its own, not the service's. */
	if (sfam_family_traits(asked->family) & SFAM_TRAIT_NAMES ||
	    sfam_addr_local(&addr, fd) < 0)
		addr = *asked;
	fprintf(stderr, "listening on %s\n",
		cli_addr_text(&addr, text, sizeof(text)));
}

static int listen_usage(const struct cli_verb *self, int argc, char **argv,
			uint64_t *ret_clients)
{
	int c;

	*ret_clients = 0;
	while ((c = cli_getopt(self, argc, argv, "+:n:")) != -1) {
		if (c != 'n')
			return CLI_USAGE;
		if (cli_number(optarg, 1, UINT32_MAX, ret_clients) < 0)
			return cli_usage(self, "-n %s: not a number of "
					 "clients, 1 or more", optarg);
	}
	if (argc - optind != 1)
		return cli_usage(self, argc == optind ? "which address?" :
				 "one address only");
	return CLI_OK;
}

int stream_listen(const struct cli_verb *self, int argc, char **argv,
		  const char *scheme, struct sfam_addr *ret_addr,
		  uint64_t *ret_clients, int *ret_status)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd;

	*ret_status = listen_usage(self, argc, argv, ret_clients);
	if (*ret_status != CLI_OK)
		return -1;
	*ret_status = CLI_FAILED;
	if (cli_parse_addr(scheme, argv[optind], ret_addr) != 0)
		return -1;
	/* accept(2) has no flag not to wait (sockfam/socket.h) */
	opts.flags = SFAM_OPEN_NONBLOCK;
	fd = cli_open(ret_addr, SFAM_OPEN_LISTEN, &opts);
	if (fd >= 0)
		*ret_status = CLI_OK;
	return fd;
}
