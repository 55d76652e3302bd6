/* SPDX-License-Identifier: MIT */
/* sockfam relay A B: the verb. The engine is in relay-*.c. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "relay.h"

#define MAX_OPEN 1000
#define CONNECT_NS INT64_C(10000000000)
#define QUIET_NS INT64_C(1000000000)

static int read_seconds(const struct cli_verb *self, int c, int64_t *ret_ns)
{
	if (cli_seconds(optarg, ret_ns) == 0)
		return CLI_OK;
	return cli_usage(self, "-%c %s: not a number of seconds", c, optarg);
}

static int read_clients(const struct cli_verb *self, int c, uint64_t *ret)
{
	if (cli_number(optarg, 1, UINT32_MAX, ret) == 0)
		return CLI_OK;
	return cli_usage(self, "-%c %s: not a number of clients, 1 or more",
			 c, optarg);
}

static int read_option(const struct cli_verb *self, int c, struct relay *r)
{
	switch (c) {
	case 'c':
		r->a_connects = 1;
		return CLI_OK;
	case 'n':
		return read_clients(self, c, &r->left);
	case 'm':
		return read_clients(self, c, &r->max_open);
	case 'i':
		return read_seconds(self, c, &r->idle_ns);
	case 'w':
		return read_seconds(self, c, &r->connect_ns);
	case 'q':
		return read_seconds(self, c, &r->quiet_ns);
	}
	return CLI_USAGE;
}

static int read_usage(const struct cli_verb *self, int argc, char **argv,
		      struct relay *r)
{
	int c, status;

	while ((c = cli_getopt(self, argc, argv, "+:cn:m:i:w:q:")) != -1) {
		status = read_option(self, c, r);
		if (status != CLI_OK)
			return status;
	}
	if (argc - optind != 2)
		return cli_usage(self, "two addresses, please");
	if (strcmp(argv[optind], "-") == 0 &&
	    strcmp(argv[optind + 1], "-") == 0)
		return cli_usage(self, "'-' for one of them only");
	return CLI_OK;
}

/* ----------------------------------------------------------- set up --- */

/* The unix path that our bind made, to remove that and no other. */
struct made_path {
	struct sockaddr_un sa;
	struct stat st;
};

static void note_path(struct made_path *made, int fd)
{
	/* A path of 108 bytes comes with its NUL, which is too many. */
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	memset(&ss, 0, sizeof(ss));
	made->sa.sun_path[0] = '\0';
	if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0 ||
	    ss.ss_family != AF_UNIX)
		return;
	memcpy(&made->sa, &ss, sizeof(made->sa));
	/* It ends with the storage of ss, which is longer. */
	if (lstat(((struct sockaddr_un *)&ss)->sun_path, &made->st) < 0)
		made->sa.sun_path[0] = '\0';
}

static void remove_path(const struct made_path *made)
{
	char path[sizeof(made->sa.sun_path) + 1] = "";
	struct stat st;

	memcpy(path, made->sa.sun_path, sizeof(made->sa.sun_path));
	if (path[0] && lstat(path, &st) == 0 &&
	    st.st_dev == made->st.st_dev && st.st_ino == made->st.st_ino)
		unlink(path);
}

/* Two or more descriptors each, so the soft limit is no use to anybody. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int open_signals(struct relay *r)
{
	sigset_t set;

	if (r->signals.fd >= 0)
		return CLI_OK;
	r->signals.fd = cli_signal_fd();
	if (r->signals.fd < 0)
		return CLI_FAILED;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (signalfd(r->signals.fd, &set, 0) < 0)
		return cli_bad_call("signalfd", -errno);
	relay_watch(r, &r->signals, EPOLLIN);
	return CLI_OK;
}

static int set_up(struct relay *r)
{
	raise_limit();
	r->epoll = epoll_create1(EPOLL_CLOEXEC);
	r->senders = eventfd(0, EFD_CLOEXEC);
	r->buf = malloc(RELAY_BUF);
	r->batch = relay_batch_new();
	if (r->epoll < 0 || r->senders < 0 || !r->buf || !r->batch)
		return cli_bad_call("set-up", -errno);
	return CLI_OK;
}

static void say_listening(int fd, const struct endpoint *e)
{
	char text[SFAM_ADDR_STRLEN];
	struct sfam_addr addr;

	/* A port that the kernel chose is in the local address. */
	if (sfam_addr_local(&addr, fd) == 0 &&
	    !(sfam_family_traits(addr.family) & SFAM_TRAIT_NAMES))
		cli_addr_text(&addr, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%s", e->text);
	fprintf(stderr, "listening on %s\n", text);
}

/* ---------------------------------------------------------------- run -- */

/* Returns the descriptor, -1 for stdin and stdout; -2 after printing. */
static int open_word(struct relay *r, const struct endpoint *e, int serves)
{
	int fd;

	if (e->is_stdio)
		return -1;
	fd = serves ? relay_serve(e) : relay_connect(r, e);
	return fd < 0 ? -2 : fd;
}

static int run_pair(struct relay *r, int fd_a, int fd_b)
{
	struct pair *p;
	int status;

	if (open_signals(r) != CLI_OK || relay_pair_new(r, fd_a, &p) != CLI_OK)
		return CLI_FAILED;
	relay_pair_start(r, p, fd_b);
	status = relay_run(r);
	relay_print_counters(r);
	return r->count.errors && !r->is_stopping ? CLI_FAILED : status;
}

/* One pair, and its end is the end. */
static int run_one(struct relay *r)
{
	struct made_path made = { .sa = { .sun_path = "" } };
	int fd_b = open_word(r, &r->b, 0);
	int fd_a = fd_b == -2 ? -2 : open_word(r, &r->a, !r->a_connects);
	int status = CLI_FAILED;

	if (fd_a >= 0 && !r->a_connects) {
		note_path(&made, fd_a);
		say_listening(fd_a, &r->a);
	}
	if (fd_a != -2)
		status = run_pair(r, fd_a, fd_b);
	remove_path(&made);
	return status;
}

static int listens(int fd)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &len) == 0 &&
	       value;
}

static int run_listener(struct relay *r)
{
	struct made_path made;
	int status;

	if (open_signals(r) != CLI_OK)
		return CLI_FAILED;
	r->listener.fd = relay_serve(&r->a);
	if (r->listener.fd < 0)
		return CLI_FAILED;
	if (!listens(r->listener.fd)) {		/* a name for UDP */
		close(r->listener.fd);
		r->listener.fd = -1;
		return run_one(r);
	}
	note_path(&made, r->listener.fd);
	relay_keep_spare(r);
	say_listening(r->listener.fd, &r->a);
	if (r->b.is_stdio)
		r->left = 1;
	status = relay_run(r);
	relay_print_counters(r);
	close(r->listener.fd);
	remove_path(&made);
	return status;
}

static void tear_down(struct relay *r)
{
	while (r->pairs.next != &r->pairs)
		relay_pair_end(r, r->pairs.next, r->is_stopping);
	relay_pairs_free(r);
	if (!r->is_stopping)
		relay_sender_wait(r);
	relay_close_pipes(r);
	if (r->signals.fd >= 0)
		close(r->signals.fd);
	if (r->spare >= 0)
		close(r->spare);
	close(r->senders);
	close(r->epoll);
	free(r->buf);
	free(r->batch);
}

static int run_relay(const struct cli_verb *self, int argc, char **argv)
{
	struct relay r = {
		.max_open = MAX_OPEN,
		.left = UINT64_MAX,
		.idle_ns = SFAM_FOREVER,
		.connect_ns = CONNECT_NS,
		.quiet_ns = QUIET_NS,
		.listener = { .fd = -1 },
		.signals = { .fd = -1 },
		.spare = -1,
		.tick_ns = INT64_MAX,
	};
	const char *words;
	int status = read_usage(self, argc, argv, &r);

	if (status != CLI_OK)
		return status;
	r.pairs.next = r.pairs.prev = &r.pairs;
	if (relay_endpoint(&r.a, argv[optind]) != CLI_OK ||
	    relay_endpoint(&r.b, argv[optind + 1]) != CLI_OK)
		return CLI_FAILED;
	words = relay_mismatch(relay_endpoint_kind(&r.a),
			       relay_endpoint_kind(&r.b));
	if (words)
		return cli_error("%s and %s: %s", r.a.text, r.b.text, words);
	if (set_up(&r) != CLI_OK)
		return CLI_FAILED;
	status = r.a_connects || !relay_may_listen(&r.a) ? run_one(&r) :
							   run_listener(&r);
	tear_down(&r);
	return status;
}

const struct cli_verb cli_relay = {
	.name = "relay",
	.args = "[-c] [-n CLIENTS] [-m CLIENTS] [-i SECONDS] [-w SECONDS] "
		"[-q SECONDS] A B",
	.help = "join any address to any other, both ways",
	.details =
"A listens and each of its clients gets a connection to B; '-' is stdin and\n"
"stdout. A datagram socket A is bound, and answers whoever sent last. What\n"
"has no peer (can, can-isotp, can-j1939, packet, netlink) is bound.\n"
"  -c          A connects too; the end of that connection is the end\n"
"  -n CLIENTS  accept so many clients, end when they have gone\n"
"  -m CLIENTS  so many at a time (default 1000); more wait in the backlog\n"
"  -i SECONDS  close a connection that has been silent for so long\n"
"  -w SECONDS  to connect to B, in all (default 10)\n"
"  -q SECONDS  when one side ended and the other cannot be told (TIPC,\n"
"              datagrams): go on until that one is silent for so long, or\n"
"              for so long in all if it has no connection (default 1)\n"
"Streams go to streams, messages to sockets with messages, each one whole.\n"
"Beside '-' one read is one message, and a CAN frame is a line: 123#1122 or\n"
"a line of candump -L in, a line of candump -L out. SIGUSR1 prints the\n"
"counters on stderr, as the end does; SIGINT and SIGTERM end it.\n",
	.run = run_relay,
};
