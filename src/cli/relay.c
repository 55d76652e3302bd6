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
	case 'g':
		r->with_group = 1;
		return CLI_OK;
	case 'n':
		return read_clients(self, c, &r->clients);
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
		      const char *options, struct relay *r)
{
	int status = CLI_OK;
	int c;

	while (status == CLI_OK &&
	       (c = cli_getopt(self, argc, argv, options)) != -1)
		status = read_option(self, c, r);
	return status;
}

/* ----------------------------------------------------------- set up --- */

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

static int run_pair(struct relay *r, struct rule *rule, int fd_a, int fd_b)
{
	struct pair *p;
	int status;

	if (open_signals(r) != CLI_OK ||
	    relay_pair_new(r, rule, fd_a, &p) != CLI_OK)
		return CLI_FAILED;
	relay_pair_start(r, p, fd_b);
	status = relay_run(r);
	relay_print_counters(r);
	return r->count.errors && !r->is_stopping ? CLI_FAILED : status;
}

/* One pair, and its end is the end. */
static int run_one(struct relay *r)
{
	struct rule *rule = &r->rules[0];
	int fd_b = open_word(r, &rule->b, 0);
	int fd_a = fd_b == -2 ? -2 : open_word(r, &rule->a, !r->a_connects);

	if (fd_a >= 0 && !r->a_connects)
		relay_rule_listens(rule, fd_a);
	return fd_a == -2 ? CLI_FAILED : run_pair(r, rule, fd_a, fd_b);
}

/* Says so when all is open: who looks at it then sees it at rest. */
static int listen_all(struct relay *r)
{
	struct rule *const end = r->rules + r->n_rules;
	struct rule *rule;

	if (open_signals(r) != CLI_OK)
		return CLI_FAILED;
	for (rule = r->rules; rule < end; rule++) {
		if (relay_rule_listen(rule) != CLI_OK)
			return CLI_FAILED;
		if (rule->line && rule->listener.fd < 0)
			return cli_error("%s: %s: what listens has "
					 "connections, this has not",
					 rule->name, rule->a.text);
	}
	relay_keep_spare(r);
	for (rule = r->rules; rule < end; rule++)
		if (rule->listener.fd >= 0)
			relay_rule_say(rule, rule->listener.fd);
	return CLI_OK;
}

static int run_rules(struct relay *r)
{
	int status;

	if (r->a_connects || !relay_may_listen(&r->rules[0].a))
		return run_one(r);
	if (listen_all(r) != CLI_OK)
		return CLI_FAILED;
	if (r->rules[0].listener.fd < 0)
		return run_one(r);
	status = relay_run(r);
	relay_print_counters(r);
	return status;
}

static void tear_down(struct relay *r)
{
	size_t i;

	while (r->pairs.next != &r->pairs)
		relay_pair_end(r, r->pairs.next, r->is_stopping);
	relay_pairs_free(r);
	if (!r->is_stopping)
		relay_sender_wait(r);
	relay_close_pipes(r);
	for (i = 0; i < r->n_rules; i++)
		relay_rule_close(&r->rules[i]);
	if (r->signals.fd >= 0)
		close(r->signals.fd);
	if (r->spare >= 0)
		close(r->spare);
	close(r->senders);
	close(r->epoll);
	free(r->buf);
	free(r->batch);
}

/* The command line's own rule. */
static int read_words(struct relay *r, const char *a, const char *b)
{
	struct rule_fault fault;

	r->rules = calloc(1, sizeof(*r->rules));
	if (!r->rules)
		return cli_bad_call("relay", -ENOMEM);
	r->n_rules = 1;
	r->rules->name = strdup("relay");
	if (!r->rules->name)
		return cli_bad_call("relay", -ENOMEM);
	if (relay_rule_read(r, r->rules, a, b, &fault) == 0) {
		if (r->rules->b.is_stdio)
			r->rules->left = 1;
		return CLI_OK;
	}
	if (fault.words)
		return cli_error("%s and %s: %s", a, b, fault.words);
	return cli_bad_text(fault.word, fault.error, &fault.diag);
}

static int run(struct relay *r, const char *file, char **words)
{
	int status = file ? relay_file_read(r, file) :
			    read_words(r, words[0], words[1]);

	r->pairs.next = r->pairs.prev = &r->pairs;
	if (status == CLI_OK)
		status = set_up(r);
	if (status == CLI_OK) {
		status = run_rules(r);
		tear_down(r);
	}
	relay_file_free(r);
	return status;
}

static void init(struct relay *r)
{
	*r = (struct relay){
		.max_open = MAX_OPEN,
		.clients = UINT64_MAX,
		.idle_ns = SFAM_FOREVER,
		.connect_ns = CONNECT_NS,
		.quiet_ns = QUIET_NS,
		.signals = { .fd = -1 },
		.spare = -1,
		.tick_ns = INT64_MAX,
	};
}

static int run_relay(const struct cli_verb *self, int argc, char **argv)
{
	struct relay r;
	int status;

	init(&r);
	status = read_usage(self, argc, argv, "+:cgn:m:i:w:q:", &r);
	if (status != CLI_OK)
		return status;
	if (argc - optind != 2)
		return cli_usage(self, "two addresses, please");
	if (strcmp(argv[optind], "-") == 0 &&
	    strcmp(argv[optind + 1], "-") == 0)
		return cli_usage(self, "'-' for one of them only");
	return run(&r, NULL, argv + optind);
}

int relay_forward(const struct cli_verb *self, int argc, char **argv)
{
	struct relay r;
	int status;

	init(&r);
	status = read_usage(self, argc, argv, "+:n:m:i:w:q:", &r);
	if (status != CLI_OK)
		return status;
	if (argc - optind != 1)
		return cli_usage(self, "which file of rules?");
	return run(&r, argv[optind], NULL);
}

const struct cli_verb cli_relay = {
	.name = "relay",
	.args = "[-c] [-n CLIENTS] [-m CLIENTS] [-i SECONDS] [-w SECONDS] "
		"[-q SECONDS] [-g] A B",
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
"  -g          A or B is tipc:GROUP:MEMBER: joins that group of the cluster,\n"
"              sends to all others in it and takes what they send; who comes\n"
"              and goes is told on stderr. MEMBER may be the same for all\n"
"Streams go to streams, messages to sockets with messages, each one whole.\n"
"Beside '-' one read is one message, and a CAN frame is a line: 123#1122 or\n"
"a line of candump -L in, a line of candump -L out. SIGUSR1 prints the\n"
"counters on stderr, as the end does; SIGINT and SIGTERM end it.\n",
	.run = run_relay,
};
