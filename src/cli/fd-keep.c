/* SPDX-License-Identifier: MIT */
/* sockfam fd put, get, list and drop: the clients of a store. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"

static int explain(const char *what, int error)
{
	switch (error) {
	case -ENOSPC:
		return cli_error("%s: the store is full", what);
	case -EDQUOT:
		return cli_error("%s: the store takes no more of that name",
				 what);
	case -ECONNRESET:
		return cli_error("%s: the store has ended, or refuses us",
				 what);
	case -EBADMSG:
		return cli_error("%s: no store is there", what);
	}
	return cli_bad_call(what, error);
}

static int connect_to(const struct sfam_addr *to)
{
	struct sfam_addr addr = *to;

	addr.type = SOCK_SEQPACKET;
	return cli_open(&addr, SFAM_OPEN_CONNECT, NULL);
}

/* ----------------------------------------------------------------- put -- */

struct batch {
	size_t n;
	size_t len;
	char names[SFAM_FDSTORE_NAMES_MAX + 1];
};

/* 0, or -1: the batch is full. */
static int add_to_batch(struct batch *b, const char *name)
{
	size_t len = strlen(name);

	if (b->n == SFAM_FDPASS_MAX ||
	    b->len + 1 + len > SFAM_FDSTORE_NAMES_MAX)
		return -1;
	if (b->n++)
		b->names[b->len++] = ':';
	memcpy(b->names + b->len, name, len + 1);
	b->len += len;
	return 0;
}

/* As many as one request takes, from number i on. */
static struct batch batch_from(const struct fd_outgoing *o, size_t i)
{
	struct batch b = { .n = 0 };
	char name[SFAM_FDNAME_MAX + 1] = "stored";

	for (; i < o->files->n; i++) {
		if (o->names && sfam_fdnames_get(o->names, i, name,
						 sizeof(name)) < 0)
			break;	/* fd_check_names() has seen them */
		if (add_to_batch(&b, name) < 0)
			break;
	}
	return b;
}

static int put_all(const struct fd_outgoing *o)
{
	int sock = connect_to(&o->addr);
	struct batch b;
	size_t i = 0;
	int r = 0;

	if (sock < 0)
		return CLI_FAILED;
	for (; r == 0 && i < o->files->n; i += b.n) {
		b = batch_from(o, i);
		r = sfam_fdstore_put(sock, o->files->fds + i, b.n, b.names,
				     SFAM_FOREVER);
	}
	close(sock);
	return r < 0 ? explain("put", r) : CLI_OK;
}

int fd_put_run(const struct cli_verb *self, int argc, char **argv)
{
	struct fd_outgoing o = { .self = self };

	return fd_send_with(&o, argc, argv, "+:n:s", put_all);
}

/* ------------------------------------------------------ get, list, drop -- */

struct request {
	struct sfam_addr addr;
	const char *name;	/* NULL: all */
	char **command;
	int all, paths;
};

static int read_request(const struct cli_verb *self, struct request *q,
			int argc, char **argv, const char *options)
{
	int c;

	while ((c = cli_getopt(self, argc, argv, options)) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 'a')
			q->all = 1;
		else if (c == 'p')
			q->paths = 1;
		else
			q->name = optarg;
	}
	if (argc == optind)
		return cli_usage(self, "which address?");
	if (fd_check_names(self, q->name, 1) != CLI_OK)
		return CLI_USAGE;
	if (argv[optind + 1])
		q->command = argv + optind + 1;
	return cli_parse_addr("unix", argv[optind], &q->addr) == 0 ?
	       CLI_OK : CLI_FAILED;
}

/* In a bundle newlines are between the names, and no name has one. */
static void set_names(struct fd_bundle *b)
{
	char *colon = b->names;

	b->len = strlen(b->names);
	while ((colon = strchr(colon, ':')))
		*colon++ = '\n';
}

static int get_into(const struct request *q, struct fd_bundle *b)
{
	int sock = connect_to(&q->addr);
	ssize_t n;

	if (sock < 0)
		return CLI_FAILED;
	n = sfam_fdstore_get(sock, q->name, b->fds, SFAM_FDPASS_SPLIT_MAX,
			     b->names, sizeof(b->names), SFAM_FOREVER);
	close(sock);
	if (n < 0)
		return explain("get", (int)n);
	if (n == 0)
		return cli_error(q->name ? "get: the store has none of that "
				 "name" : "get: the store is empty");
	b->n = (size_t)n;
	set_names(b);
	return CLI_OK;
}

int fd_get_run(const struct cli_verb *self, int argc, char **argv)
{
	struct request q = { .name = NULL };
	int status = read_request(self, &q, argc, argv, "+:n:p");
	struct fd_bundle *b;

	if (status != CLI_OK)
		return status;
	if (q.paths && !q.command)
		return cli_usage(self, "-p is for a command: which?");
	fd_raise_limit();
	b = fd_bundle_new();
	if (!b)
		return CLI_FAILED;
	status = get_into(&q, b);
	if (status == CLI_OK)
		status = fd_bundle_use(b, q.command, q.paths);
	fd_bundle_free(b);
	return status;
}

static int list_into(const struct request *q, struct fd_bundle *b)
{
	int sock = connect_to(&q->addr);
	ssize_t n;

	if (sock < 0)
		return CLI_FAILED;
	n = sfam_fdstore_list(sock, q->name, b->names, sizeof(b->names) - 1,
			      SFAM_FOREVER);
	close(sock);
	if (n <= 0)
		return n < 0 ? explain("list", (int)n) : CLI_OK;
	set_names(b);
	b->names[b->len++] = '\n';
	return cli_write(STDOUT_FILENO, b->names, b->len) < 0 ? CLI_FAILED :
								CLI_OK;
}

int fd_list_run(const struct cli_verb *self, int argc, char **argv)
{
	struct request q = { .name = NULL };
	int status = read_request(self, &q, argc, argv, "+:n:");
	struct fd_bundle *b;

	if (status == CLI_OK && q.command)
		return cli_usage(self, "only one address");
	if (status != CLI_OK)
		return status;
	b = fd_bundle_new();
	if (!b)
		return CLI_FAILED;
	status = list_into(&q, b);
	fd_bundle_free(b);
	return status;
}

int fd_drop_run(const struct cli_verb *self, int argc, char **argv)
{
	struct request q = { .name = NULL };
	int status = read_request(self, &q, argc, argv, "+:an:");
	ssize_t n;
	int sock;

	if (status == CLI_OK && (!q.all == !q.name || q.command))
		return cli_usage(self, q.command ? "only one address" :
				 "which: -n or -a?");
	if (status != CLI_OK)
		return status;
	sock = connect_to(&q.addr);
	if (sock < 0)
		return CLI_FAILED;
	n = sfam_fdstore_remove(sock, q.name, SFAM_FOREVER);
	close(sock);
	if (n < 0)
		return explain("drop", (int)n);
	printf("%zd\n", n);
	return CLI_OK;
}
