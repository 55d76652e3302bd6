/* SPDX-License-Identifier: MIT */
/* sockfam fd store: keeps descriptors for those who come back for them. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fd.h"

/* Of more at once the one that has been silent longest must go. */
#define CLIENTS_MAX 256
/* Descriptors that come and may not stay, listeners, standard ones. */
#define SPARE (CLIENTS_MAX + SFAM_FDPASS_MAX + 16)
/* execve(2) takes no longer string (MAX_ARG_STRLEN). */
#define ENV_MAX 131072

enum { SIGNALS, LISTENER, NOTICES, CLIENTS };

struct keeper {
	struct sfam_fdstore *store;
	struct sfam_fdstore_opts limits;
	struct fd_rule rule;
	const char *notify;	/* -N, or NULL */
	int keep_dead;
	struct sfam_addr addr, notify_addr;
	const char *text;	/* of addr */
	/* By enum, then clients, those that asked last at the end. */
	struct pollfd fds[CLIENTS + CLIENTS_MAX];
	nfds_t n;
};

/* ------------------------------------------------------------- options -- */

static int set_limit(const struct cli_verb *self, int c, const char *text,
		     size_t *ret)
{
	uint64_t n;

	if (cli_number(text, 1, SFAM_FDPASS_SPLIT_MAX, &n) < 0)
		return cli_usage(self, "-%c: not a number from 1 to %d: %s",
				 c, SFAM_FDPASS_SPLIT_MAX, text);
	*ret = (size_t)n;
	return CLI_OK;
}

static int read_options(const struct cli_verb *self, struct keeper *k,
			int argc, char **argv)
{
	int status = CLI_OK;
	int c;

	while ((c = cli_getopt(self, argc, argv, "+:N:g:km:p:u:")) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 'N')
			k->notify = optarg;
		else if (c == 'k')
			k->keep_dead = 1;
		else if (c == 'm')
			status = set_limit(self, c, optarg, &k->limits.max);
		else if (c == 'p')
			status = set_limit(self, c, optarg,
					   &k->limits.max_per_name);
		else
			status = fd_rule_set(self, &k->rule, c, optarg);
		if (status != CLI_OK)
			return status;
	}
	if (argc != optind + 1)
		return cli_usage(self, argc == optind ? "which address?" :
				 "only one address");
	k->text = argv[optind];
	if (cli_parse_addr("unix", k->text, &k->addr) != 0 ||
	    (k->notify &&
	     cli_parse_addr("unix", k->notify, &k->notify_addr) != 0))
		return CLI_FAILED;
	k->addr.type = SOCK_SEQPACKET;
	k->notify_addr.type = SOCK_DGRAM;
	return CLI_OK;
}

/* ------------------------------------------------------------- clients -- */

/* A place that is free moves those behind it up. */
static void take_out(struct keeper *k, nfds_t i)
{
	k->n--;
	memmove(&k->fds[i], &k->fds[i + 1], (k->n - i) * sizeof(k->fds[0]));
}

static void close_client(struct keeper *k, nfds_t i)
{
	close(k->fds[i].fd);
	take_out(k, i);
}

static void add_client(struct keeper *k, int sock)
{
	if (k->n == CLIENTS + CLIENTS_MAX)
		close_client(k, CLIENTS);
	k->fds[k->n++] = (struct pollfd){ sock, POLLIN, 0 };
}

static int accept_client(struct keeper *k)
{
	int sock = sfam_accept(k->fds[LISTENER].fd, 0, 0, NULL);
	char who[FD_WHO_LEN];

	if (sock == -ETIMEDOUT || sock == -ECONNABORTED)
		return CLI_OK;
	if ((sock == -EMFILE || sock == -ENFILE) && k->n > CLIENTS) {
		close_client(k, CLIENTS);
		return CLI_OK;
	}
	if (sock < 0)
		return cli_bad_call("accept", sock);
	if (fd_is_client_allowed(&k->rule, sock, who))
		add_client(k, sock);
	else
		close(sock);
	return CLI_OK;
}

static void serve_client(struct keeper *k, nfds_t i)
{
	struct pollfd p = k->fds[i];
	int r = sfam_fdstore_serve(k->store, p.fd);

	take_out(k, i);
	if (r > 0) {
		k->fds[k->n++] = p;
		return;
	}
	if (r < 0)
		cli_bad_call("client", r);
	close(p.fd);
}

static void take_notice(struct keeper *k)
{
	static int fds[SFAM_FDPASS_MAX];
	static char text[8192];
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	struct sfam_fdpass_message m = {
		.buf = text,
		.size = sizeof(text),
		.fds = fds,
		.max_fds = SFAM_FDPASS_MAX,
	};
	ssize_t r;

	opts.flags = k->rule.flags;
	opts.sender = k->rule.who;
	opts.timeout_ns = 0;
	r = sfam_fdpass_recv_message(k->fds[NOTICES].fd, &m, &opts);
	if (r > 0)
		r = sfam_fdstore_notify(k->store, &m);
	if (r < 0 && r != -ETIMEDOUT)
		cli_bad_call(k->notify, (int)r);
}

/* Those who ask first; only then new ones, for whom some may have to go. */
static int serve_ready(struct keeper *k)
{
	nfds_t n = k->n, i;

	if (!k->keep_dead)
		sfam_fdstore_drop_dead(k->store);
	if (k->fds[NOTICES].revents)
		take_notice(k);
	for (i = CLIENTS; i < n;) {
		if (k->fds[i].revents) {
			serve_client(k, i);
			n--;
		} else {
			i++;
		}
	}
	return k->fds[LISTENER].revents ? accept_client(k) : CLI_OK;
}

static int run(struct keeper *k)
{
	int status = CLI_OK;

	while (status == CLI_OK) {
		if (poll(k->fds, k->n, -1) < 0) {
			if (errno == EINTR)
				continue;
			return cli_bad_call("poll", -errno);
		}
		if (k->fds[SIGNALS].revents)
			break;
		status = serve_ready(k);
	}
	return status;
}

/* --------------------------------------------------------------- start -- */

static int check_limit(const struct keeper *k)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur >= k->limits.max + SPARE)
		return CLI_OK;
	return cli_error("%zu descriptors: this process may have %llu, and "
			 "%d for clients; try: ulimit -n, or -m for fewer",
			 k->limits.max, (unsigned long long)limit.rlim_cur,
			 SPARE);
}

/* What a service manager, or `fd get` of an older store, left to us. */
static int take_inherited(struct keeper *k)
{
	static int fds[SFAM_FDPASS_SPLIT_MAX];
	char *names = malloc(ENV_MAX);
	ssize_t n = -ENOMEM;
	ssize_t i;

	if (names)
		n = sfam_listen_fds(SFAM_LISTEN_UNSET_ENV, names, ENV_MAX);
	if (n > SFAM_FDPASS_SPLIT_MAX)
		n = -ENOSPC;
	for (i = 0; i < n; i++)
		fds[i] = SFAM_LISTEN_FDS_START + (int)i;
	if (n > 0) {
		i = sfam_fdstore_add(k->store, fds, (size_t)n, names);
		n = i < 0 ? i : n;
	}
	free(names);
	return n < 0 ? cli_bad_call("what was inherited", (int)n) : CLI_OK;
}

static int open_sockets(struct keeper *k)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int r = 0;

	opts.flags = SFAM_OPEN_NONBLOCK;	/* see sfam_accept() */
	k->fds[SIGNALS].fd = cli_signal_fd();
	if (k->fds[SIGNALS].fd < 0)
		return CLI_FAILED;
	k->fds[LISTENER].fd = fd_listen(&k->addr, SFAM_OPEN_LISTEN, &opts,
					k->text);
	if (k->fds[LISTENER].fd < 0 || !k->notify)
		return k->fds[LISTENER].fd < 0 ? CLI_FAILED : CLI_OK;
	k->fds[NOTICES].fd = fd_listen(&k->notify_addr, SFAM_OPEN_BIND, NULL,
				       k->notify);
	if (k->fds[NOTICES].fd < 0)
		return CLI_FAILED;
	if (k->rule.flags)
		r = sfam_fdpass_ask(k->fds[NOTICES].fd,
				    SFAM_FDPASS_ASK_CREDENTIALS);
	return r < 0 ? cli_bad_call(k->notify, r) : CLI_OK;
}

static void close_sockets(struct keeper *k)
{
	if (k->fds[LISTENER].fd >= 0)
		fd_remove_path(&k->addr);
	if (k->fds[NOTICES].fd >= 0)
		fd_remove_path(&k->notify_addr);
	while (k->n--)
		if (k->fds[k->n].fd >= 0)
			close(k->fds[k->n].fd);
}

static int keep(struct keeper *k)
{
	int status, r;

	for (k->n = 0; k->n < CLIENTS; k->n++)
		k->fds[k->n] = (struct pollfd){ -1, POLLIN, 0 };
	fd_raise_limit();
	if (check_limit(k) != CLI_OK)
		return CLI_FAILED;
	r = sfam_fdstore_new(&k->store, &k->limits);
	if (r < 0)
		return cli_bad_call("store", r);
	status = take_inherited(k);
	if (status == CLI_OK)
		status = open_sockets(k);
	if (status == CLI_OK) {
		fprintf(stderr, "listening on %s\n", k->text);
		status = run(k);
	}
	close_sockets(k);
	sfam_fdstore_free(k->store);
	return status;
}

int fd_store_run(const struct cli_verb *self, int argc, char **argv)
{
	const struct sfam_fdstore_opts defaults = SFAM_FDSTORE_OPTS_INIT;
	static struct keeper k;
	int status;

	k.limits = defaults;
	k.limits.max_per_name = SFAM_FDPASS_SPLIT_MAX;
	status = read_options(self, &k, argc, argv);
	return status == CLI_OK ? keep(&k) : status;
}
