/* SPDX-License-Identifier: MIT */
/* sockfam tipc group: a member of a group, with stdin for what it says. */
#include <errno.h>
#include <linux/tipc.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tipc-talk.h"

#define WORD_MAX 64		/* of "socket:4294967295:4294967295" */

struct group {
	enum tipc_talk_form form;
	uint64_t wanted;	/* -m: members to be there before stdin */
	int has_limit;
	uint64_t left;		/* -n: messages still to come */
	int stays;		/* not only to the end of stdin */
	int fd;
	uint32_t type;		/* the group */
	uint64_t members;	/* that are there */
	int ended;		/* stdin */
	int blocked;		/* the line waits for room */
	int status;
	size_t len;
	char in[WORD_MAX + SFAM_TIPC_MESSAGE_MAX + 2];
	char buf[SFAM_TIPC_MESSAGE_MAX];
};

/* --------------------------------------------------------------- say -- */

/* "*", an instance, a range, or socket:NODE:REF. *ret: NULL is "*". */
static int read_target(const struct group *g, const char *word,
		       struct sfam_addr *addr, const struct sfam_addr **ret)
{
	char text[WORD_MAX + 16];

	*ret = NULL;
	if (strcmp(word, "*") == 0)
		return CLI_OK;
	*ret = addr;
	if (strncmp(word, "socket:", strlen("socket:")) == 0)
		return cli_parse_addr("tipc", word, addr);
	snprintf(text, sizeof(text), "%u:%s", g->type, word);
	return cli_parse_addr("tipc", text, addr);
}

/* -EAGAIN: no room for it yet. What is wrong with it is said, and no more. */
static int say(struct group *g, const char *line, size_t len)
{
	const char *space = memchr(line, ' ', len);
	const struct sfam_addr *to;
	char word[WORD_MAX] = "";
	struct sfam_addr addr;
	size_t head;
	ssize_t n;

	head = space ? (size_t)(space - line) : len;
	if (!space || head == 0 || head >= sizeof(word) || head + 1 == len) {
		g->status = cli_error("stdin: a line is TO MESSAGE");
		return 0;
	}
	memcpy(word, line, head);
	if (read_target(g, word, &addr, &to) != CLI_OK) {
		g->status = CLI_FAILED;
		return 0;
	}
	n = sfam_tipc_send(g->fd, to, line + head + 1, len - head - 1, 0);
	if (n == -ETIMEDOUT)
		return -EAGAIN;
	if (n == -EHOSTUNREACH)
		g->status = cli_error("%s: no such member", word);
	else if (n < 0)
		g->status = cli_bad_call(word, (int)n);
	return 0;
}

/* Says the lines that are there; what is left moves to the front. */
static void say_lines(struct group *g)
{
	const char *newline, *line = g->in;
	size_t left = g->len;

	g->blocked = 0;
	while (left && !g->blocked) {
		newline = memchr(line, '\n', left);
		if (!newline && !g->ended)
			break;
		if (!newline)
			newline = line + left;	/* the last one has none */
		if (say(g, line, (size_t)(newline - line)) == -EAGAIN) {
			g->blocked = 1;
			break;
		}
		left -= (size_t)(newline - line);
		line = newline;
		if (left) {
			line++;
			left--;
		}
	}
	memmove(g->in, line, left);
	g->len = left;
}

static void read_stdin(struct group *g)
{
	ssize_t n = read(STDIN_FILENO, g->in + g->len, sizeof(g->in) - g->len);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0)
		g->status = cli_bad_call("stdin", -errno);
	g->ended = n <= 0;
	g->len += n > 0 ? (size_t)n : 0;
	say_lines(g);
	if (g->len == sizeof(g->in) && !g->blocked) {
		g->status = cli_error("stdin: a message has at most %d bytes",
				      SFAM_TIPC_MESSAGE_MAX);
		g->ended = 1;
		g->len = 0;
	}
}

/* -------------------------------------------------------------- hear -- */

/* 0, 1: that was the last one, or -errno. */
static int hear(struct group *g)
{
	struct sfam_tipc_received got;
	int r = sfam_tipc_recv(g->fd, g->buf, sizeof(g->buf), &got, 0);

	if (r < 0)
		return r == -ETIMEDOUT ? 0 : r;
	if (got.kind == SFAM_TIPC_JOINED)
		g->members++;
	else if (got.kind == SFAM_TIPC_LEFT)
		g->members--;
	/* Who came before they were enough is enough. */
	if (g->members >= g->wanted)
		g->wanted = 0;
	if (tipc_talk_print(g->form, &got, g->buf) != CLI_OK)
		return -EPIPE;
	return got.kind == SFAM_TIPC_MESSAGE && g->has_limit && --g->left == 0;
}

/* -------------------------------------------------------------- loop -- */

/* 0, 1: the end, or -errno. */
static int turn(struct group *g, int signals)
{
	int reads = !g->ended && !g->blocked && g->wanted == 0;
	struct pollfd polls[] = {
		{ signals, POLLIN, 0 },
		{ g->fd, (short)(POLLIN | (g->blocked ? POLLOUT : 0)), 0 },
		{ reads ? STDIN_FILENO : -1, POLLIN, 0 },
	};

	if (g->ended && g->len == 0 && !g->stays)
		return 1;
	if (poll(polls, 3, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	if (polls[0].revents)
		return 1;
	if (polls[1].revents & POLLOUT)
		say_lines(g);
	if (polls[2].revents)
		read_stdin(g);
	return polls[1].revents & ~POLLOUT ? hear(g) : 0;
}

static int talk(struct group *g, int signals)
{
	int r = 0;

	while (r == 0)
		r = turn(g, signals);
	if (r == -EPIPE)
		return CLI_FAILED;
	return r < 0 ? cli_bad_call("group", r) : g->status;
}

static int join(struct group *g, const char *text)
{
	struct sfam_addr member;
	struct sockaddr_tipc tipc;
	int r;

	if (tipc_talk_addr(text, &member) != CLI_OK)
		return CLI_FAILED;
	memcpy(&tipc, &member.storage, sizeof(tipc));
	g->type = tipc.addr.name.name.type;
	g->fd = cli_open(&member, SFAM_OPEN_SOCKET, NULL);
	if (g->fd < 0)
		return CLI_FAILED;
	r = sfam_tipc_group_join(g->fd, &member, SFAM_TIPC_GROUP_EVENTS);
	if (r == -EINVAL)
		return cli_error("%s: not GROUP:INSTANCE", text);
	if (r == -EACCES)
		return cli_error("%s: types below 64 are the kernel's own",
				 text);
	return r < 0 ? cli_bad_call(text, r) : CLI_OK;
}

static int run(struct group *g, const char *text)
{
	int signals = cli_signal_fd();
	int status = CLI_FAILED;

	if (signals >= 0)
		status = join(g, text);
	if (status == CLI_OK)
		status = talk(g, signals);
	if (g->fd >= 0)
		close(g->fd);
	if (signals >= 0)
		close(signals);
	return status;
}

static int read_options(const struct cli_verb *self, struct group *g, int argc,
			char **argv)
{
	int c;

	while ((c = cli_getopt_long(self, argc, argv, "+:m:n:", cli_json)) !=
	       -1) {
		switch (c) {
		case 'j':
			g->form = TIPC_TALK_JSON;
			break;
		case 'm':
			if (cli_number(optarg, 0, UINT32_MAX, &g->wanted) < 0)
				return cli_usage(self, "-m %s: not a number "
						 "of members", optarg);
			break;
		case 'n':
			if (cli_number(optarg, 0, UINT32_MAX, &g->left) < 0)
				return cli_usage(self, "-n %s: not a number "
						 "of messages", optarg);
			g->stays = 1;
			g->has_limit = g->left != 0;
			break;
		default:
			return CLI_USAGE;
		}
	}
	if (argc - optind != 1)
		return cli_usage(self, argc == optind ? "which group?" :
				 "one group only");
	return CLI_OK;
}

int tipc_group_run(const struct cli_verb *self, int argc, char **argv)
{
	struct group g = { .wanted = 1, .fd = -1 };
	int status = read_options(self, &g, argc, argv);

	return status == CLI_OK ? run(&g, argv[optind]) : status;
}
