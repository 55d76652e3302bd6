/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay.h"
#include "stream.h"
#include "vsock-messages.h"

#define CONNECT_NS INT64_C(10000000000)

/* Also a monitor's socket, and self; the scheme may be left out. */
static int read_addr(const char *text, struct sfam_vsock_addr *ret)
{
	const char *scheme = strncmp(text, "vsock:", 6) == 0 ? "" : "vsock:";
	struct sfam_diag diag;
	char full[1024];
	int len = snprintf(full, sizeof(full), "%s%s", scheme, text);
	int r;

	if (len < 0 || (size_t)len >= sizeof(full))
		return cli_error("%.32s...: longer than any address", text);
	r = sfam_vsock_parse(ret, full, (size_t)len, &diag);
	return r < 0 ? cli_bad_text(full, r, &diag) : CLI_OK;
}

static int pipe_socket(int fd)
{
	int type = SOCK_STREAM;

	if (sfam_option_get_int(fd, SOL_SOCKET, SO_TYPE, &type) == 0 &&
	    type == SOCK_SEQPACKET)
		return vsock_pipe_messages(fd);
	return cli_pipe_socket(fd);
}

/* -------------------------------------------------------------- echo -- */

static int run_echo(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_addr addr;
	uint64_t clients;
	int status;
	int fd = stream_listen(self, argc, argv, "vsock", &addr, &clients,
			       &status);

	if (fd < 0)
		return status;
	stream_say_listening(fd, &addr);
	status = addr.type == SOCK_SEQPACKET ?
		 vsock_message_server(fd, clients) :
		 cli_echo_server(fd, clients);
	close(fd);
	return status;
}

/* ----------------------------------------------------------- connect -- */

static int run_connect(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_vsock_connect_opts opts = SFAM_VSOCK_CONNECT_OPTS_INIT;
	struct sfam_vsock_fault fault;
	struct sfam_vsock_addr addr;
	int status;
	int fd, c;

	opts.timeout_ns = CONNECT_NS;
	while ((c = cli_getopt(self, argc, argv, "+:w:")) != -1) {
		if (c != 'w')
			return CLI_USAGE;
		if (cli_seconds(optarg, &opts.timeout_ns) < 0)
			return cli_usage(self, "-w takes seconds");
	}
	if (argc - optind != 1)
		return cli_usage(self, argc == optind ? "which address?" :
				 "one address only");
	if (read_addr(argv[optind], &addr) != CLI_OK)
		return CLI_FAILED;
	fd = sfam_vsock_connect(&addr, &opts, &fault);
	if (fd < 0)
		return cli_error("%s: %s", argv[optind], fault.words);
	status = pipe_socket(fd);
	close(fd);
	return status;
}

/* ------------------------------------------------------------ listen -- */

struct listen {
	uint64_t clients;	/* 0: no end */
	struct sfam_vsock_allow allow;	/* n is 0: whoever comes */
};

static int read_allow(struct listen *l, const char *text)
{
	struct sfam_diag diag;
	int r = sfam_vsock_allow_parse(&l->allow, text, strlen(text), &diag);

	return r < 0 ? cli_bad_text(text, r, &diag) : CLI_OK;
}

static int read_listen_option(const struct cli_verb *self, int c,
			      struct listen *l)
{
	switch (c) {
	case 'a':
		return read_allow(l, optarg);
	case 'k':
		l->clients = 0;
		return CLI_OK;
	case 'n':
		if (cli_number(optarg, 1, UINT32_MAX, &l->clients) < 0)
			return cli_usage(self, "-n %s: not a number of "
					 "clients, 1 or more", optarg);
		return CLI_OK;
	}
	return CLI_USAGE;
}

/* Of a monitor's clients there is no CID to be told. */
static int open_listener(const struct listen *l, const char *text,
			 struct sfam_addr *ret)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_vsock_addr addr;
	int r;

	if (read_addr(text, &addr) != CLI_OK)
		return -1;
	r = sfam_vsock_listen_addr(ret, &addr);
	if (r < 0) {
		cli_bad_call(text, r);
		return -1;
	}
	if (l->allow.n && sfam_family_af(ret->family) == AF_UNIX) {
		cli_error("%s: -a needs peers that have a CID", text);
		return -1;
	}
	/* accept(2) has no flag not to wait (sockfam/socket.h) */
	opts.flags = SFAM_OPEN_NONBLOCK;
	return cli_open(ret, SFAM_OPEN_LISTEN, &opts);
}

static int is_allowed(void *arg, const struct sfam_addr *peer)
{
	const struct listen *l = arg;
	uint32_t cid;

	return !l->allow.n || (sfam_vsock_addr_get(peer, &cid, NULL) == 0 &&
			       sfam_vsock_allow_has(&l->allow, cid));
}

static int run_listen(const struct cli_verb *self, int argc, char **argv)
{
	struct listen l = { .clients = 1 };
	struct sfam_addr addr;
	int status = CLI_OK;
	int fd, c;

	while (status == CLI_OK &&
	       (c = cli_getopt(self, argc, argv, "+:a:kn:")) != -1)
		status = read_listen_option(self, c, &l);
	if (status != CLI_OK)
		return status;
	if (argc - optind != 1)
		return cli_usage(self, argc == optind ? "which address?" :
				 "one address only");
	fd = open_listener(&l, argv[optind], &addr);
	if (fd < 0)
		return CLI_FAILED;
	if (addr.type == SOCK_SEQPACKET && l.clients != 1)
		status = cli_error("%s: messages have one client only, since "
				   "a send of stdin cannot be given up",
				   argv[optind]);
	else
		status = stream_serve_pipe(fd, &addr, l.clients, pipe_socket,
					   is_allowed, &l);
	close(fd);
	return status;
}

/* --------------------------------------------------------------- cid -- */

static int run_cid(const struct cli_verb *self, int argc, char **argv)
{
	uint32_t cid;
	int r;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc != optind)
		return cli_usage(self, "no arguments, please");
	r = sfam_vsock_local_cid(&cid);
	if (r == -ENOENT)
		return cli_error("/dev/vsock: not there; try: modprobe vsock "
				 "(CONFIG_VSOCKETS)");
	if (r == -EADDRNOTAVAIL)
		return cli_error("this machine has no CID: it is no guest "
				 "with a vsock device, nor a host; try: CID "
				 "local (modprobe vsock_loopback)");
	if (r < 0)
		return cli_bad_call("/dev/vsock", r);
	printf("%u\n", cid);
	return CLI_OK;
}

/* ------------------------------------------------------------- verbs -- */

static int run_ping(const struct cli_verb *self, int argc, char **argv)
{
	return stream_ping(self, argc, argv, "vsock");
}

static int run_perf(const struct cli_verb *self, int argc, char **argv)
{
	return stream_perf(self, argc, argv, "vsock");
}

static const struct cli_verb below[] = {
	{
		.name = "echo",
		.args = "[-n CLIENTS] ADDR",
		.help = "echo server; at most 1000 clients at a time",
		.details =
"  -n CLIENTS  accept so many clients, end when they have gone\n"
"ADDR is [vsock:]CID:PORT[,type=seqpacket]. Prints 'listening on ADDR' on\n"
"stderr when clients may come. With type=seqpacket messages keep their\n"
"boundaries; one of more than 1 MiB ends its client with an error.\n",
		.run = run_echo,
	}, {
		.name = "connect",
		.args = "[-w SECONDS] ADDR",
		.help = "stdin to a socket, the socket to stdout",
		.details =
"  -w SECONDS  wait for a machine that starts, in all (default 10)\n"
"ADDR is [vsock:]CID:PORT[,type=seqpacket], or [vsock:]/PATH:PORT: a port of\n"
"the guest that has its monitor's socket there (Firecracker, Cloud\n"
"Hypervisor). At the end of stdin the sending half is closed; it ends when\n"
"the peer has ended as well.\n",
		.run = run_connect,
	}, {
		.name = "listen",
		.args = "[-k | -n CLIENTS] [-a CIDS] ADDR",
		.help = "a client to stdout, stdin to the client",
		.details =
"  -n CLIENTS  so many clients, one after another (default 1)\n"
"  -k          ... without end\n"
"  -a CIDS     only of these machines, 3,5-9,host say; others are refused\n"
"ADDR is [vsock:]CID:PORT[,type=seqpacket], or [vsock:]/PATH:PORT for what a\n"
"monitor's guest connects to. stdin goes to the client that is there.\n",
		.run = run_listen,
	}, {
		.name = "cid",
		.args = "",
		.help = "print this machine's own CID",
		.run = run_cid,
	}, {
		.name = "ping",
		.args = STREAM_PING_ARGS,
		.help = STREAM_PING_HELP,
		.details = STREAM_PING_DETAILS
"ADDR is [vsock:]CID:PORT[,type=seqpacket].\n",
		.run = run_ping,
	}, {
		.name = "perf",
		.args = STREAM_PERF_ARGS,
		.help = STREAM_PERF_HELP,
		.details = STREAM_PERF_DETAILS
"ADDR is [vsock:]CID:PORT[,type=seqpacket].\n",
		.run = run_perf,
	}, {
		.name = "forward",
		.args = RELAY_FORWARD_ARGS,
		.help = "many relays by the rules of a file",
		.details = RELAY_FORWARD_DETAILS,
		.run = relay_forward,
	},
	{ .name = NULL },
};

const struct cli_verb cli_vsock = {
	.name = "vsock",
	.args = "VERB ...",
	.help = "sockets between virtual machines and their host",
	.below = below,
};
