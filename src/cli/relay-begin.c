/* SPDX-License-Identifier: MIT */
/*
 * A pair until it runs: what A asks for, the connection to B, what a monitor
 * of virtual machines answers. Such monitors (Firecracker, Cloud Hypervisor)
 * have a unix socket where "CONNECT PORT" and a newline leads to a port of
 * their guest, and is answered by "OK PORT" and a newline. Here both ends of
 * it are spoken.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "relay.h"

#define RETRY_NS INT64_C(10000000)	/* connect to a full backlog */
#define NOT_READY_NS INT64_C(250000000)	/* to a machine that starts */

/* -------------------------------------------------------------- lines -- */

/* So that what stands behind the line stays for whom it is meant. */
static size_t line_part(const char *p, size_t n)
{
	const char *newline = memchr(p, '\n', n);

	return newline ? (size_t)(newline - p) + 1 : n;
}

/* 0: all of it, without its end; -EAGAIN: not so far; -ENODATA, -EPROTO. */
static int receive_line(struct pair *p, int fd)
{
	char *at = p->line + p->line_len;
	size_t room = sizeof(p->line) - p->line_len;
	ssize_t n = recv(fd, at, room, MSG_PEEK | MSG_DONTWAIT);

	if (n > 0)
		n = recv(fd, at, line_part(at, (size_t)n), MSG_DONTWAIT);
	if (n <= 0)
		return n < 0 ? -errno : -ENODATA;
	p->line_len += (size_t)n;
	if (at[n - 1] != '\n')
		return p->line_len == sizeof(p->line) ? -EPROTO : -EAGAIN;
	at[n - 1] = '\0';
	p->line_len = 0;
	return 0;
}

/* "WORD NUMBER" and no more. */
static int read_line(const struct pair *p, const char *word, uint32_t *ret)
{
	size_t n = strlen(word);
	uint64_t number;

	if (strncmp(p->line, word, n) != 0 ||
	    cli_number(p->line + n, 0, UINT32_MAX - 1, &number) < 0)
		return -EPROTO;
	*ret = (uint32_t)number;
	return 0;
}

/* The socket is new, so there is room. */
static int send_line(int fd, const char *word, uint32_t number)
{
	char line[RELAY_LINE_MAX];
	int len = snprintf(line, sizeof(line), "%s%" PRIu32 "\n", word,
			   number);
	ssize_t n = send(fd, line, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);

	return n < 0 ? -errno : n == len ? 0 : -EIO;
}

static void end_saying(struct relay *r, struct pair *p, const char *what,
		       int error)
{
	relay_say(r, p, what, error);
	relay_pair_end(r, p, 1);
}

/* ---------------------------------------------------------------- B --- */

static void retry_within(struct relay *r, struct pair *p, int64_t ns)
{
	p->state = PAIR_RETRYING;
	p->retry_at_ns = r->now_ns + ns;
	relay_tick_within(r, ns);
}

static void explain(const struct pair *p, int error,
		    struct sfam_vsock_fault *ret)
{
	struct sfam_vsock_addr addr = p->rule->b.vsock;

	addr.at = relay_address_of_b(p);
	sfam_vsock_explain(&addr, error, ret);
}

/* 1: a guest that starts may still come. */
static int is_not_ready(const struct pair *p, int error)
{
	struct sfam_vsock_fault fault;

	if (!p->rule->b.is_vsock)
		return 0;
	explain(p, error, &fault);
	return fault.why == SFAM_VSOCK_NOT_READY;
}

static void say_failed(struct relay *r, struct pair *p, int error)
{
	struct sfam_vsock_fault fault;
	char words[sizeof(fault.words) + 16];

	if (!p->rule->b.is_vsock) {
		relay_say(r, p, "connect, B", error);
		return;
	}
	explain(p, error, &fault);
	snprintf(words, sizeof(words), "connect, B: %s", fault.words);
	relay_say(r, p, words, 0);
}

static void connect_failed(struct relay *r, struct pair *p, int error)
{
	p->error = error;
	if (error == -EAGAIN) {
		retry_within(r, p, RETRY_NS);
	} else if (is_not_ready(p, error)) {
		retry_within(r, p, NOT_READY_NS);
	} else {
		say_failed(r, p, error);
		relay_pair_end(r, p, 1);
	}
}

/* B is there; the client that asked for a port shall know. */
static void run_pair(struct relay *r, struct pair *p)
{
	int error = p->rule->asks ? send_line(p->a.in.fd, "OK ", p->port) : 0;

	if (error < 0)
		end_saying(r, p, "send, A", error);
	else
		relay_pair_start(r, p, p->b.in.fd);
}

static void connected(struct relay *r, struct pair *p)
{
	const struct endpoint *b = &p->rule->b;
	int error;

	if (!b->is_monitor) {
		run_pair(r, p);
		return;
	}
	p->state = PAIR_ANSWERED;
	error = send_line(p->b.in.fd, "CONNECT ", b->vsock.port);
	if (error < 0)
		end_saying(r, p, "send, B", error);
	else
		relay_watch(r, &p->b.in, EPOLLIN);
}

static void connect_b(struct relay *r, struct pair *p)
{
	int fd = -1;
	int error;

	p->state = PAIR_CONNECTING;
	error = relay_connect_async(r, p, &fd);
	if (error < 0 && error != -EINPROGRESS) {
		connect_failed(r, p, error);
		return;
	}
	if (relay_pair_side(r, p, &p->b, fd) < 0)
		return;
	if (error == 0)
		connected(r, p);
	else
		relay_watch(r, &p->b.in, EPOLLOUT);
	if (p->state != PAIR_GONE && p->state != PAIR_RUNNING)
		relay_tick_within(r, r->connect_ns);
}

static void take_outcome(struct relay *r, struct pair *p)
{
	socklen_t len = sizeof(int);
	int error = 0;

	getsockopt(p->b.in.fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error == 0) {
		connected(r, p);
		return;
	}
	if (p->rule->b.is_resolved)	/* the name may have moved */
		p->rule->b.is_parsed = 0;
	relay_side_end(r, &p->b, 1);
	connect_failed(r, p, -error);
}

static void take_answer(struct relay *r, struct pair *p)
{
	int error = receive_line(p, p->b.in.fd);
	uint32_t number;

	if (error == -EAGAIN)
		return;
	if (error == 0)
		error = read_line(p, "OK ", &number);
	if (error == 0) {
		run_pair(r, p);
		return;
	}
	say_failed(r, p, error == -ENODATA ? -ECONNRESET : error);
	relay_pair_end(r, p, 1);
}

/* ---------------------------------------------------------------- A --- */

static void take_question(struct relay *r, struct pair *p)
{
	int error = receive_line(p, p->a.in.fd);

	if (error == -EAGAIN)
		return;
	if (error == 0)
		error = read_line(p, "CONNECT ", &p->port);
	if (error < 0) {
		end_saying(r, p, "A did not say CONNECT PORT", 0);
		return;
	}
	relay_unwatch(r, &p->a.in);
	p->since_ns = r->now_ns;
	connect_b(r, p);
}

void relay_pair_accepted(struct relay *r, struct pair *p)
{
	if (p->rule->b.is_stdio) {
		relay_pair_start(r, p, -1);
	} else if (p->rule->asks) {
		p->state = PAIR_ASKED;
		relay_watch(r, &p->a.in, EPOLLIN);
		relay_tick_within(r, r->connect_ns);
	} else {
		connect_b(r, p);
	}
}

/* ------------------------------------------------------ events, time -- */

void relay_begin_event(struct relay *r, struct pair *p)
{
	if (p->state == PAIR_ASKED)
		take_question(r, p);
	else if (p->state == PAIR_ANSWERED)
		take_answer(r, p);
	else if (p->state == PAIR_CONNECTING)
		take_outcome(r, p);
}

static void too_late(struct relay *r, struct pair *p)
{
	if (p->state == PAIR_ASKED)
		relay_say(r, p, "A did not say CONNECT PORT in time", 0);
	else if (p->error && p->error != -EAGAIN)
		say_failed(r, p, p->error);
	else
		relay_say(r, p, "connect, B: timed out", 0);
	relay_pair_end(r, p, 1);
}

void relay_begin_tick(struct relay *r, struct pair *p)
{
	int64_t until_ns = p->since_ns + r->connect_ns;

	if (r->connect_ns >= 0 && r->now_ns >= until_ns) {
		too_late(r, p);
		return;
	}
	if (r->connect_ns >= 0)
		relay_tick_within(r, until_ns - r->now_ns);
	if (p->state != PAIR_RETRYING)
		return;
	if (r->now_ns >= p->retry_at_ns)
		connect_b(r, p);
	else
		relay_tick_within(r, p->retry_at_ns - r->now_ns);
}
