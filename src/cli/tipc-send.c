/* SPDX-License-Identifier: MIT */
/* sockfam tipc send: messages without a connection, and what comes back. */
#include <errno.h>
#include <linux/tipc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"
#include "tipc-talk.h"

struct send {
	enum tipc_talk_form form;	/* of what comes back */
	int importance;			/* -i, or -1 */
	int64_t wait_ns;		/* -w, or 0 */
	int fd;
	const char *name;		/* as it was written */
	struct sfam_addr to;
	uint64_t sent;
	char buf[SFAM_TIPC_MESSAGE_MAX + 1];
};

static int read_importance(const char *text)
{
	static const char *const words[] = {
		"low", "medium", "high", "critical",
	};
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(words); i++)
		if (strcmp(text, words[i]) == 0)
			return TIPC_LOW_IMPORTANCE + (int)i;
	return -1;
}

/* -------------------------------------------------------------- send -- */

static int send_one(struct send *s, const char *data, size_t len)
{
	ssize_t n;

	if (len == 0)
		return cli_error("%s: an empty message cannot be sent",
				 s->name);
	n = sfam_tipc_send(s->fd, &s->to, data, len, SFAM_FOREVER);
	if (n == -EHOSTUNREACH)
		return cli_error("%s: nobody has that name", s->name);
	if (n == -EMSGSIZE)
		return cli_error("%s: a message has at most %d bytes", s->name,
				 SFAM_TIPC_MESSAGE_MAX);
	if (n < 0)
		return cli_bad_call(s->name, (int)n);
	s->sent++;
	return CLI_OK;
}

/* All of it is one message. */
static int send_stdin(struct send *s)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < sizeof(s->buf)) {
		n = read(STDIN_FILENO, s->buf + len, sizeof(s->buf) - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	return n < 0 ? cli_bad_call("stdin", -errno) :
		       send_one(s, s->buf, len);
}

static int send_all(struct send *s, char **texts)
{
	int status = CLI_OK;

	if (!*texts)
		return send_stdin(s);
	for (; *texts && status == CLI_OK; texts++)
		status = send_one(s, *texts, strlen(*texts));
	return status;
}

/* -------------------------------------------------------------- wait -- */

/* Of a range's answers nobody knows how many there will be. */
static int knows_number(const struct send *s)
{
	struct sockaddr_tipc tipc;

	memcpy(&tipc, &s->to.storage, sizeof(tipc));
	return tipc.addrtype != TIPC_SERVICE_RANGE;
}

static int await_answers(struct send *s)
{
	int64_t end_ns = progress_now_ns() + s->wait_ns;
	uint64_t left = knows_number(s) ? s->sent : UINT64_MAX;
	struct sfam_tipc_received got;
	int status = CLI_OK;
	int64_t left_ns;
	int r;

	for (; left; left--) {
		left_ns = end_ns - progress_now_ns();
		r = sfam_tipc_recv(s->fd, s->buf, sizeof(s->buf), &got,
				   left_ns > 0 ? left_ns : 0);
		if (r == -ETIMEDOUT)
			break;
		if (r < 0)
			return cli_bad_call(s->name, r);
		if (tipc_talk_print(s->form, &got, s->buf) != CLI_OK)
			return CLI_FAILED;
		if (got.kind == SFAM_TIPC_REJECTED)
			status = CLI_FAILED;
	}
	return status;
}

static int set_options(const struct send *s)
{
	int r = 0;

	if (s->importance >= 0)
		r = sfam_option_set_int(s->fd, SOL_TIPC, TIPC_IMPORTANCE,
					s->importance);
	/* Or what is rejected would vanish. */
	if (r == 0 && s->wait_ns)
		r = sfam_option_set_int(s->fd, SOL_TIPC, TIPC_DEST_DROPPABLE,
					0);
	return r < 0 ? cli_bad_call(s->name, r) : CLI_OK;
}

static int run(struct send *s, char **texts)
{
	int status;

	s->fd = cli_open(&s->to, SFAM_OPEN_SOCKET, NULL);
	if (s->fd < 0)
		return CLI_FAILED;
	status = set_options(s);
	if (status == CLI_OK)
		status = send_all(s, texts);
	if (status == CLI_OK && s->wait_ns)
		status = await_answers(s);
	close(s->fd);
	return status;
}

static int read_options(const struct cli_verb *self, struct send *s, int argc,
			char **argv)
{
	int c;

	while ((c = cli_getopt_long(self, argc, argv, "+:i:w:", cli_json)) !=
	       -1) {
		switch (c) {
		case 'j':
			s->form = TIPC_TALK_JSON;
			break;
		case 'i':
			s->importance = read_importance(optarg);
			if (s->importance < 0)
				return cli_usage(self, "-i %s: not low, "
						 "medium, high or critical",
						 optarg);
			break;
		case 'w':
			if (cli_seconds(optarg, &s->wait_ns) < 0)
				return cli_usage(self, "-w %s: not a number "
						 "of seconds", optarg);
			break;
		default:
			return CLI_USAGE;
		}
	}
	if (optind == argc)
		return cli_usage(self, "to which address?");
	return CLI_OK;
}

int tipc_send_run(const struct cli_verb *self, int argc, char **argv)
{
	struct send s = { .importance = -1 };
	int status = read_options(self, &s, argc, argv);

	if (status != CLI_OK)
		return status;
	s.name = argv[optind];
	status = tipc_talk_addr(s.name, &s.to);
	return status == CLI_OK ? run(&s, argv + optind + 1) : status;
}
