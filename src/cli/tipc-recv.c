/* SPDX-License-Identifier: MIT */
/* sockfam tipc recv: messages to names. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "tipc-talk.h"

/* The topology service answers at once, if it does. */
#define EXCLUSIVE_NS INT64_C(10000000000)

struct recv {
	enum tipc_talk_form form;
	uint32_t flags;		/* of sfam_tipc_bind() */
	uint64_t left;		/* messages; 0: no end */
	int fd;
	char buf[SFAM_TIPC_MESSAGE_MAX];
};

static int bind_one(const struct recv *r, const char *text,
		    const struct sfam_addr *name)
{
	int error = sfam_tipc_bind(r->fd, name, r->flags, EXCLUSIVE_NS);

	if (error == -EADDRINUSE)
		return cli_error("%s: another has it already", text);
	if (error == -EINVAL)
		return cli_error("%s: not a name that one can have", text);
	if (error == -EACCES)
		return cli_error("%s: types below 64 are the kernel's own",
				 text);
	return error < 0 ? cli_bad_call(text, error) : CLI_OK;
}

/* All of them, on one socket of the first one's type. */
static int bind_all(struct recv *r, char **texts)
{
	struct sfam_addr name;
	int status = tipc_talk_addr(texts[0], &name);

	if (status != CLI_OK)
		return status;
	r->fd = cli_open(&name, SFAM_OPEN_SOCKET, NULL);
	if (r->fd < 0)
		return CLI_FAILED;
	for (; *texts && status == CLI_OK; texts++) {
		status = tipc_talk_addr(*texts, &name);
		if (status == CLI_OK)
			status = bind_one(r, *texts, &name);
	}
	return status;
}

/* 1: that was the last one. */
static int take(struct recv *r)
{
	struct sfam_tipc_received got;
	int error = sfam_tipc_recv(r->fd, r->buf, sizeof(r->buf), &got, 0);

	if (error < 0)
		return error == -ETIMEDOUT ? 0 : error;
	if (tipc_talk_print(r->form, &got, r->buf) != CLI_OK)
		return -EPIPE;
	return r->left && --r->left == 0;
}

static int receive(struct recv *r, int signals)
{
	int error = 0;

	while (error == 0) {
		error = cli_wait_input(r->fd, signals, -1);
		if (error == 0)
			error = take(r);
	}
	if (error > 0)
		return CLI_OK;
	return error == -EPIPE ? CLI_FAILED : cli_bad_call("receive", error);
}

static int run(struct recv *r, char **texts)
{
	int signals = cli_signal_fd();
	int status = CLI_FAILED;

	if (signals >= 0)
		status = bind_all(r, texts);
	if (status == CLI_OK) {
		fprintf(stderr, "listening on %s\n", texts[0]);
		status = receive(r, signals);
	}
	if (r->fd >= 0)
		close(r->fd);
	if (signals >= 0)
		close(signals);
	return status;
}

static int read_options(const struct cli_verb *self, struct recv *r, int argc,
			char **argv)
{
	int c;

	while ((c = cli_getopt_long(self, argc, argv, "+:en:r", cli_json)) !=
	       -1) {
		switch (c) {
		case 'j':
			r->form = TIPC_TALK_JSON;
			break;
		case 'r':
			r->form = TIPC_TALK_RAW;
			break;
		case 'e':
			r->flags = SFAM_TIPC_BIND_EXCLUSIVE;
			break;
		case 'n':
			if (cli_number(optarg, 1, UINT64_MAX, &r->left) < 0)
				return cli_usage(self, "-n %s: not a number "
						 "of messages", optarg);
			break;
		default:
			return CLI_USAGE;
		}
	}
	return optind == argc ? cli_usage(self, "at which address?") : CLI_OK;
}

int tipc_recv_run(const struct cli_verb *self, int argc, char **argv)
{
	struct recv r = { .fd = -1 };
	int status = read_options(self, &r, argc, argv);

	return status == CLI_OK ? run(&r, argv + optind) : status;
}
