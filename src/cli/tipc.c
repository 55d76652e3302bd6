/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "stream.h"
#include "tipc-cli.h"
#include "tipc-talk.h"

#define QUIET_DEFAULT_NS INT64_C(1000000000)

static int run_echo(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_addr addr;
	uint64_t clients;
	int status;
	int fd = stream_listen(self, argc, argv, "tipc", &addr, &clients,
			       &status);

	if (fd < 0)
		return status;
	stream_say_listening(fd, &addr);
	status = cli_echo_server(fd, clients);
	close(fd);
	return status;
}

static int connect_usage(const struct cli_verb *self, int argc, char **argv,
			 int64_t *ret_quiet_ns)
{
	int c;

	*ret_quiet_ns = QUIET_DEFAULT_NS;
	while ((c = cli_getopt(self, argc, argv, "+:q:")) != -1) {
		if (c != 'q')
			return CLI_USAGE;
		if (cli_seconds(optarg, ret_quiet_ns) < 0)
			return cli_usage(self, "-q %s: not a number of "
					 "seconds", optarg);
	}
	if (argc - optind != 1)
		return cli_usage(self, argc == optind ? "which address?" :
				 "one address only");
	return CLI_OK;
}

static int run_connect(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_addr addr;
	int64_t quiet_ns;
	int status = connect_usage(self, argc, argv, &quiet_ns);
	int fd;

	if (status != CLI_OK)
		return status;
	if (cli_parse_addr("tipc", argv[optind], &addr) != 0)
		return CLI_FAILED;
	fd = cli_open(&addr, SFAM_OPEN_CONNECT, NULL);
	if (fd < 0)
		return CLI_FAILED;
	status = stream_pipe_quiet(fd, quiet_ns);
	close(fd);
	return status;
}

/* The end of stdin cannot be told, so it is the client that ends. */
static int pipe_to_end(int sock)
{
	return stream_pipe_quiet(sock, SFAM_FOREVER);
}

static int run_listen(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_addr addr;
	uint64_t clients;
	int status;
	int fd = stream_listen(self, argc, argv, "tipc", &addr, &clients,
			       &status);

	if (fd < 0)
		return status;
	status = stream_serve_pipe(fd, &addr, clients ? clients : 1,
				   pipe_to_end, NULL, NULL);
	close(fd);
	return status;
}

static int run_ping(const struct cli_verb *self, int argc, char **argv)
{
	return stream_ping(self, argc, argv, "tipc");
}

static int run_perf(const struct cli_verb *self, int argc, char **argv)
{
	return stream_perf(self, argc, argv, "tipc");
}

static const struct cli_verb below[] = {
	{
		.name = "echo",
		.args = "[-n CLIENTS] ADDR",
		.help = "echo server; at most 1000 clients at a time",
		.details =
"  -n CLIENTS  accept so many clients, end when they have gone\n"
"ADDR is a service or a range of instances, [tipc:]TYPE:INSTANCE[@SCOPE]\n"
"or [tipc:]TYPE:LOWER-UPPER[@SCOPE], with ,type=stream for a stream; TYPE\n"
"is 64 or more. Prints 'listening on ADDR' on stderr when clients may come.\n",
		.run = run_echo,
	}, {
		.name = "connect",
		.args = "[-q SECONDS] ADDR",
		.help = "stdin to a socket, the socket to stdout",
		.details =
"  -q SECONDS  after the end of stdin wait for the peer until it has been\n"
"              silent for so long, 2.5 say (default 1)\n"
"ADDR is a service or a socket, [tipc:]TYPE:INSTANCE or\n"
"[tipc:]socket:NODE:REF, with ,type=stream for a stream. What one read of\n"
"stdin gives (at most 65536 bytes) is one message. TIPC cannot close the\n"
"sending half alone, hence -q; an answer that comes later is lost.\n",
		.run = run_connect,
	}, {
		.name = "listen",
		.args = "[-n CLIENTS] ADDR",
		.help = "the same with a client that comes, until it ends",
		.details =
"  -n CLIENTS  so many clients, one after another (default 1)\n"
"ADDR is as with echo. Prints 'listening on ADDR' on stderr when clients may\n"
"come.\n",
		.run = run_listen,
	}, {
		.name = "ping",
		.args = STREAM_PING_ARGS,
		.help = STREAM_PING_HELP,
		.details = STREAM_PING_DETAILS
"ADDR is [tipc:]TYPE:INSTANCE[,type=stream]; tipc echo is such a server.\n",
		.run = run_ping,
	}, {
		.name = "perf",
		.args = STREAM_PERF_ARGS,
		.help = STREAM_PERF_HELP,
		.details = STREAM_PERF_DETAILS
"ADDR is [tipc:]TYPE:INSTANCE[,type=stream].\n",
		.run = run_perf,
	}, {
		.name = "send",
		.args = "[-i IMPORTANCE] [-w SECONDS] [--json] ADDR [TEXT]...",
		.help = "messages without a connection, and what comes back",
		.details =
"  -i IMPORTANCE  low, medium, high, critical: dropped last by who is slow\n"
"  -w SECONDS     wait so long for answers, and for what is rejected; of one\n"
"                 receiver, no longer than until there is one for each\n"
"  --json         what comes back as JSON\n"
"Each TEXT is a message; without any, all of stdin is one. ADDR is a service\n"
"(any one that has it, with ,domain=NODE there), a range (all who have a name\n"
"of it), or socket:NODE:REF. Status 1 if a message was rejected.\n"
TIPC_TALK_LINES_HELP,
		.run = tipc_send_run,
	}, {
		.name = "recv",
		.args = "[-e] [-n N] [-r | --json] ADDR...",
		.help = "messages to services or ranges, without a connection",
		.details =
"  -e      refuse names that another has\n"
"  -n N    end after so many messages\n"
"  -r      their bytes alone\n"
"  --json  an object for each\n"
"Prints 'listening on ADDR' on stderr when messages may come.\n"
TIPC_TALK_LINES_HELP,
		.run = tipc_recv_run,
	}, {
		.name = "watch",
		.args = "[-n N] [--json] [ADDR]... | -w SECONDS ADDR",
		.help = "services, or nodes and links, that come and go",
		.details =
"  -n N        end after so many events\n"
"  -w SECONDS  wait so long until somebody has the name; status 1: nobody\n"
"  --json      an object for each\n"
"ADDR is a service or a range of them; without any: nodes and links. What is\n"
"there already comes first.\n",
		.run = tipc_watch_run,
	}, {
		.name = "group",
		.args = "[-m N] [-n N] [--json] GROUP:INSTANCE[@SCOPE]",
		.help = "be a member of a group, and talk to the others",
		.details =
"  -m N    read stdin when so many others are there (default 1)\n"
"  -n N    leave after so many messages; 0: by a signal only\n"
"  --json  an object for each event\n"
"Each line of stdin is TO MESSAGE, where TO is *: everybody; an INSTANCE: one\n"
"member of it; INSTANCE-INSTANCE: all of it; socket:NODE:REF: that member.\n"
"Without -n the member leaves at the end of stdin.\n"
TIPC_TALK_LINES_HELP,
		.run = tipc_group_run,
	}, {
		.name = "node",
		.args = "[--json]",
		.help = "show this node, or 'set' it up",
		.run = tipc_node_get,
		.below = tipc_node_verbs,
	}, {
		.name = "bearer",
		.args = "[--json]",
		.help = "list bearers, or 'enable', 'disable', 'set' one",
		.run = tipc_bearer_list,
		.below = tipc_bearer_verbs,
	}, {
		.name = "links",
		.args = "[--json] [-s] [IF]",
		.help = "list links, or 'set', 'reset' one",
		.run = tipc_links_list,
		.below = tipc_links_verbs,
	}, {
		.name = "names",
		.args = "[--json]",
		.help = "list the name table",
		.details =
"A line for each range that a socket of the cluster is bound to: type, lower\n"
"and upper instance, scope, node and socket. --json: a list of objects.\n",
		.run = tipc_names_run,
	}, {
		.name = "sockets",
		.args = "[--json]",
		.help = "list TIPC sockets of this network namespace",
		.details =
"What each is bound to, or connected to. --json: a list of objects.\n",
		.run = tipc_sockets_run,
	}, {
		.name = "peers",
		.args = "[--json]",
		.help = "list other nodes, or 'remove' one that is down",
		.run = tipc_peers_list,
		.below = tipc_peers_verbs,
	}, {
		.name = "monitor",
		.args = "[--json]",
		.help = "show who watches whom, or the 'threshold' of it",
		.run = tipc_monitor_list,
		.below = tipc_monitor_verbs,
	},
	{ .name = NULL },
};

const struct cli_verb cli_tipc = {
	.name = "tipc",
	.args = "VERB ...",
	.help = "services of a TIPC cluster",
	.below = below,
};
