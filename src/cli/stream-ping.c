/* SPDX-License-Identifier: MIT */
/* How long an echo server takes: one message after another. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "json.h"
#include "progress.h"
#include "spread.h"
#include "stream.h"

/* Echo servers need not hold more than one message of this size. */
#define MESSAGE_MAX 65536

struct ping {
	uint64_t count;		/* -n */
	uint64_t size;		/* -s */
	int64_t interval_ns;	/* -i */
	int64_t timeout_ns;	/* -W */
	int json;
	char name[SFAM_ADDR_STRLEN];

	int fd;
	int signals;
	uint64_t sent;
	uint64_t answered;
	struct spread times;
	char out[MESSAGE_MAX];
	/* A longer answer than was asked for shall be seen. */
	char in[MESSAGE_MAX + 1];
};

/* Each message differs from the one before in each of its bytes. */
static void fill(struct ping *p)
{
	size_t i;

	for (i = 0; i < p->size; i++)
		p->out[i] = (char)(p->sent + i);
}

/* How much came of what is still to come; -errno. */
static ssize_t receive(struct ping *p, size_t got, int64_t until_ns)
{
	int64_t left = until_ns - progress_now_ns();
	int r = cli_wait_input(p->fd, p->signals, left > 0 ? left : 0);
	ssize_t n;

	if (r == 1)
		return -EINTR;
	if (r < 0)
		return r;
	n = sfam_recv(p->fd, p->in + got, sizeof(p->in) - got, 0, NULL);
	/* poll(2) may have been wrong: then again. */
	if (n == -ETIMEDOUT)
		return 0;
	return n == 0 ? -ENODATA : n;
}

/* 0, or -errno: -EINTR by a signal, -EBADMSG for other bytes. */
static int take_answer(struct ping *p, int64_t until_ns)
{
	size_t got = 0;
	ssize_t n = 0;

	while (got < p->size && n >= 0) {
		n = receive(p, got, until_ns);
		got += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		return (int)n;
	if (got != p->size || memcmp(p->in, p->out, got) != 0)
		return -EBADMSG;
	return 0;
}

static int ask(struct ping *p)
{
	int64_t begun;
	int r;

	fill(p);
	begun = progress_now_ns();
	r = sfam_send_all(p->fd, p->out, p->size, 0, p->timeout_ns, NULL);
	if (r < 0)
		return r;
	p->sent++;
	r = take_answer(p, begun + p->timeout_ns);
	if (r < 0)
		return r;
	spread_add(&p->times, progress_now_ns() - begun);
	p->answered++;
	return 0;
}

static int failed(const struct ping *p, int error)
{
	if (error == -ETIMEDOUT)
		return cli_error("%s: no answer", p->name);
	if (error == -EBADMSG)
		return cli_error("%s: the answer is not what was sent: that "
				 "is no echo server", p->name);
	if (error == -ENODATA || error == -ECONNRESET || error == -EPIPE)
		return cli_error("%s: the peer has ended", p->name);
	return cli_bad_call(p->name, error);
}

/* Between two messages; as ask(). */
static int pause_between(struct ping *p)
{
	int r = cli_wait_input(-1, p->signals, p->interval_ns);

	return r == 1 ? -EINTR : r == -ETIMEDOUT ? 0 : r;
}

static int ask_all(struct ping *p)
{
	int r = 0;

	while (r == 0 && p->answered < p->count) {
		if (p->interval_ns && p->sent)
			r = pause_between(p);
		if (r == 0)
			r = ask(p);
	}
	return r < 0 && r != -EINTR ? failed(p, r) : CLI_OK;
}

/* ------------------------------------------------------------- print -- */

static void print_text(const struct ping *p)
{
	printf("%s: %" PRIu64 " sent, %" PRIu64 " answered", p->name, p->sent,
	       p->answered);
	spread_print(&p->times);
	putchar('\n');
}

static void print_json(const struct ping *p)
{
	struct json j = JSON_INIT(stdout);

	json_object(&j, NULL);
	json_text(&j, "address", p->name);
	json_uint(&j, "size", p->size);
	json_uint(&j, "sent", p->sent);
	json_uint(&j, "answered", p->answered);
	spread_json(&p->times, &j);
	json_end(&j);
}

/* -------------------------------------------------------------- main -- */

static int run(struct ping *p)
{
	int status;

	p->signals = cli_signal_fd();
	if (p->signals < 0)
		return CLI_FAILED;
	status = ask_all(p);
	if (p->json)
		print_json(p);
	else
		print_text(p);
	/* TIPC's peer has an error without. */
	shutdown(p->fd, SHUT_RDWR);
	close(p->signals);
	return status;
}

static int read_option(const struct cli_verb *self, struct ping *p, int o)
{
	switch (o) {
	case 'j':
		p->json = 1;
		return CLI_OK;
	case 'n':
		if (cli_number(optarg, 1, UINT64_MAX, &p->count) < 0)
			return cli_usage(self, "-n takes a number of messages");
		return CLI_OK;
	case 's':
		if (cli_number(optarg, 1, MESSAGE_MAX, &p->size) < 0)
			return cli_usage(self, "-s takes 1 to %d bytes",
					 MESSAGE_MAX);
		return CLI_OK;
	case 'i':
		if (cli_seconds(optarg, &p->interval_ns) < 0)
			return cli_usage(self, "-i takes seconds");
		return CLI_OK;
	case 'W':
		if (cli_seconds(optarg, &p->timeout_ns) < 0)
			return cli_usage(self, "-W takes seconds");
		return CLI_OK;
	}
	return CLI_USAGE;
}

static int read_usage(const struct cli_verb *self, int argc, char **argv,
		      struct ping *p)
{
	int status = CLI_OK;
	int o;

	while (status == CLI_OK &&
	       (o = cli_getopt_long(self, argc, argv, "+:i:n:s:W:",
				    cli_json)) != -1)
		status = read_option(self, p, o);
	if (status == CLI_OK && argc - optind != 1)
		return cli_usage(self, "which address?");
	return status;
}

int stream_ping(const struct cli_verb *self, int argc, char **argv,
		const char *scheme)
{
	struct ping *p = calloc(1, sizeof(*p));
	struct sfam_addr addr;
	int status;

	if (!p)
		return cli_bad_call("ping", -ENOMEM);
	p->count = 100;
	p->size = 64;
	p->timeout_ns = INT64_C(10000000000);
	status = read_usage(self, argc, argv, p);
	if (status == CLI_OK)
		status = cli_parse_addr(scheme, argv[optind], &addr);
	if (status == CLI_OK) {
		cli_addr_text(&addr, p->name, sizeof(p->name));
		p->fd = cli_open(&addr, SFAM_OPEN_CONNECT, NULL);
		status = p->fd < 0 ? CLI_FAILED : run(p);
		if (p->fd >= 0)
			close(p->fd);
	}
	free(p);
	return status;
}
