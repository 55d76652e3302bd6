/* SPDX-License-Identifier: MIT */
/* sockfam fd recv: files come in. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"

#define EXPECT_MAX 64

struct incoming {
	struct sfam_addr addr;
	const char *text;	/* of addr */
	char **command;		/* NULL: to stdout */
	struct fd_rule rule;
	struct sfam_fd_expect expect[EXPECT_MAX];
	size_t n_expect;
	uint64_t max;
	int connect;
	int paths;
};

/* ------------------------------------------------------------- options -- */

static int add_expect(const struct cli_verb *self, struct incoming *in,
		      char *text)
{
	const char *bad;

	if (in->n_expect == EXPECT_MAX)
		return cli_usage(self, "at most %d times -e", EXPECT_MAX);
	bad = fd_expect_words(&in->expect[in->n_expect++], text);
	if (bad)
		return cli_usage(self, "-e: no such word: %s", bad);
	return CLI_OK;
}

static int set_max(const struct cli_verb *self, struct incoming *in,
		   const char *text)
{
	if (cli_number(text, 1, SFAM_FDPASS_SPLIT_MAX, &in->max) == 0)
		return CLI_OK;
	return cli_usage(self, "-m: not a number from 1 to %d: %s",
			 SFAM_FDPASS_SPLIT_MAX, text);
}

static int read_options(const struct cli_verb *self, struct incoming *in,
			int argc, char **argv)
{
	int status = CLI_OK;
	int c;

	while ((c = cli_getopt(self, argc, argv, "+:ce:g:m:pu:")) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 'c')
			in->connect = 1;
		else if (c == 'p')
			in->paths = 1;
		else if (c == 'e')
			status = add_expect(self, in, optarg);
		else if (c == 'm')
			status = set_max(self, in, optarg);
		else
			status = fd_rule_set(self, &in->rule, c, optarg);
		if (status != CLI_OK)
			return status;
	}
	if (argc == optind)
		return cli_usage(self, "which address?");
	in->text = argv[optind];
	if (argv[optind + 1])
		in->command = argv + optind + 1;
	if (in->paths && !in->command)
		return cli_usage(self, "-p is for a command: which?");
	return cli_parse_addr("unix", in->text, &in->addr) == 0 ? CLI_OK :
								  CLI_FAILED;
}

/* ------------------------------------------------------------- connect -- */

/* Only messages sent from now on will tell who sent them. */
static int ask_who_sends(const struct incoming *in, int sock)
{
	int r = 0;

	if (in->rule.flags)
		r = sfam_fdpass_ask(sock, SFAM_FDPASS_ASK_CREDENTIALS);
	return r < 0 ? cli_bad_call("credentials", r) : CLI_OK;
}

/* Asked before it connects: a server sends at once. */
static int connect_to(const struct incoming *in)
{
	int sock = cli_open(&in->addr, SFAM_OPEN_SOCKET, NULL);

	if (sock < 0)
		return -1;
	if (ask_who_sends(in, sock) == CLI_OK) {
		if (connect(sock, sfam_addr_sockaddr(&in->addr),
			    in->addr.len) == 0)
			return sock;
		if (errno == ECONNREFUSED)
			cli_error("%s: nobody listens there", in->text);
		else
			cli_bad_call(in->text, -errno);
	}
	close(sock);
	return -1;
}

static int accept_one(const struct incoming *in, int listener, int signals)
{
	int sock = -1;
	int r;

	if (ask_who_sends(in, listener) != CLI_OK)
		return -1;
	fprintf(stderr, "listening on %s\n", in->text);
	r = fd_wait(listener, signals);
	if (r == 0)
		cli_error("ended by a signal; nothing was received");
	if (r <= 0)
		return -1;
	sock = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	if (sock < 0)
		cli_bad_call("accept", sock);
	return sock;
}

/*
 * The signals wait in a descriptor until the path is removed; after that
 * they end us, and CMD, as ever.
 */
static int listen_for_one(const struct incoming *in)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int listener = -1;
	int sock = -1;
	int signals;
	sigset_t mask;

	opts.flags = SFAM_OPEN_NONBLOCK;	/* see sfam_accept() */
	opts.backlog = 1;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	signals = cli_signal_fd();
	if (signals < 0)
		return -1;
	listener = fd_listen(&in->addr, SFAM_OPEN_LISTEN, &opts, in->text);
	if (listener >= 0) {
		sock = accept_one(in, listener, signals);
		fd_remove_path(&in->addr);
		close(listener);
	}
	close(signals);
	if (sock >= 0) {
		signal(SIGPIPE, SIG_DFL);
		sigprocmask(SIG_SETMASK, &mask, NULL);
	}
	return sock;
}

/* ------------------------------------------------------------- receive -- */

/*
 * Is it a frame? To look at a message whose descriptors have no room makes
 * none, and leaves them where they are (scm_recv(), include/net/scm.h).
 */
static int is_frame(int sock)
{
	char start[4];
	ssize_t n = recv(sock, start, sizeof(start), MSG_PEEK);

	return n == sizeof(start) && memcmp(start, "sfd1", sizeof(start)) == 0;
}

static int explain_recv(const struct incoming *in, int error,
			const struct sfam_diag *diag)
{
	switch (error) {
	case -EMFILE:
		return cli_error("receive: more descriptors than this process "
				 "may have; try: ulimit -n 1024, or more");
	case -E2BIG:
		return cli_error("receive: the sender sent more than %d "
				 "descriptors", (int)in->max);
	case -EPROTOTYPE:
		return cli_error("receive: fd %zu: expected %s, found %s",
				 SFAM_LISTEN_FDS_START + diag->offset,
				 diag->expected, diag->found);
	case -EACCES:
		return cli_error("receive: the sender is not allowed to "
				 "(-u, -g)");
	case -EBADMSG:
	case -EMSGSIZE:
	case -ENODATA:
		return cli_error("receive: no whole message of 'sockfam fd'");
	}
	return cli_bad_call("receive", error);
}

static int receive(const struct incoming *in, int sock, struct fd_bundle *b)
{
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	struct sfam_diag diag = { .offset = 0 };
	struct sfam_fdpass_message m = {
		.buf = b->names,
		.size = FD_NAMES_MAX,
		.fds = b->fds,
		.max_fds = (size_t)in->max,
	};
	int r;

	opts.flags = in->rule.flags;
	if (is_frame(sock))
		opts.flags |= SFAM_FDPASS_FRAMED;
	opts.sender = in->rule.who;
	opts.expect = in->expect;
	opts.n_expect = in->n_expect;
	opts.diag = &diag;
	r = sfam_fdpass_recv_message(sock, &m, &opts);
	if (r < 0)
		return explain_recv(in, r, &diag);
	if (m.n_fds == 0)
		return cli_error(r ? "the sender sent bytes but no descriptor" :
				 "the sender sent nothing");
	b->n = m.n_fds;
	b->len = m.len;
	/* The byte that a stream needs is no name. */
	if (b->len == 1 && b->names[0] == '\0')
		b->len = 0;
	return CLI_OK;
}

/* ------------------------------------------------- what to do with them -- */

static int copy_all(const struct fd_bundle *b)
{
	int status = CLI_OK;
	char what[32];
	size_t i;

	for (i = 0; i < b->n; i++) {
		snprintf(what, sizeof(what), "fd %zu",
			 SFAM_LISTEN_FDS_START + i);
		if (fd_copy(b->fds[i], STDOUT_FILENO, what) != CLI_OK)
			status = CLI_FAILED;
	}
	return status;
}

int fd_bundle_use(struct fd_bundle *b, char **command, int paths)
{
	int status = fd_bundle_print(b);

	if (status != CLI_OK)
		return status;
	return command ? fd_bundle_run(b, command, paths) : copy_all(b);
}

static int receive_and_use(const struct incoming *in, struct fd_bundle *b)
{
	int sock = in->connect ? connect_to(in) : listen_for_one(in);
	int status;

	if (sock < 0)
		return CLI_FAILED;
	status = receive(in, sock, b);
	close(sock);
	return status == CLI_OK ? fd_bundle_use(b, in->command, in->paths) :
				  status;
}

int fd_recv_run(const struct cli_verb *self, int argc, char **argv)
{
	struct incoming in = { .max = SFAM_FDPASS_SPLIT_MAX };
	int status = read_options(self, &in, argc, argv);
	struct fd_bundle *b;

	if (status != CLI_OK)
		return status;
	fd_raise_limit();
	b = fd_bundle_new();
	if (!b)
		return CLI_FAILED;
	status = receive_and_use(&in, b);
	fd_bundle_free(b);
	return status;
}
