/* SPDX-License-Identifier: MIT */
/* The verb perf of connections of any family. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "json.h"
#include "stream-perf.h"
#include "stream.h"

#define TIME_DEFAULT_NS UINT64_C(10000000000)

/* ------------------------------------------------------------- print -- */

static int failed(const struct perf *p, int error)
{
	if (error == -EBADMSG)
		return cli_error("%s: the peer is no sockfam perf", p->name);
	if (error == -EIO)
		return cli_error("%s: what was sent is not what came",
				 p->name);
	if (sfam_error_class(error) == SFAM_ERROR_PEER_GONE)
		return cli_error("%s: the peer has ended before the test",
				 p->name);
	return cli_bad_call(p->name, error);
}

static double rate(const struct perf_way *w)
{
	return w->ns > 0 ? (double)w->bytes * 1e9 / (double)w->ns : 0;
}

static void print_way(const struct perf *p, const char *what,
		      const struct perf_way *w)
{
	printf("%s: %s %" PRIu64 " bytes in %" PRIu64 " messages, %.3f s, "
	       "%.1f MB/s\n", p->name, what, w->bytes,
	       w->bytes / p->plan.size, (double)w->ns / 1e9, rate(w) / 1e6);
}

static void print_json_way(struct json *j, const char *what,
			   const struct perf *p, const struct perf_way *w)
{
	json_object(j, what);
	json_uint(j, "bytes", w->bytes);
	json_uint(j, "messages", w->bytes / p->plan.size);
	json_int(j, "ns", w->ns);
	json_uint(j, "bytes_per_s", (uint64_t)rate(w));
	json_end(j);
}

static void print_result(const struct perf *p)
{
	struct json j = JSON_INIT(stdout);

	if (!p->json) {
		if (p->sends)
			print_way(p, "sent", &p->sent);
		if (p->receives)
			print_way(p, "received", &p->received);
		fflush(stdout);
		return;
	}
	json_object(&j, NULL);
	json_text(&j, "address", p->name);
	json_uint(&j, "size", p->plan.size);
	if (p->sends)
		print_json_way(&j, "sent", p, &p->sent);
	if (p->receives)
		print_json_way(&j, "received", p, &p->received);
	json_end(&j);
	fflush(stdout);
}

/* One connection, and its end. */
static int run_one(struct perf *p, int fd)
{
	int r = p->listens ? stream_perf_answer(p, fd) :
			     stream_perf_ask(p, fd);

	if (r == 0)
		print_result(p);
	/* TIPC's peer has an error without. */
	shutdown(fd, SHUT_RDWR);
	close(fd);
	return r < 0 ? failed(p, r) : CLI_OK;
}

static int serve(struct perf *p, int listener)
{
	struct sfam_addr peer;
	uint64_t left = p->clients ? p->clients : UINT64_MAX;
	int status = CLI_OK;
	int fd;

	for (; left; left--) {
		do
			fd = sfam_accept(listener, 0, SFAM_FOREVER, &peer);
		while (fd == -ECONNABORTED);
		if (fd < 0)
			return cli_bad_call("accept", fd);
		cli_addr_text(&peer, p->name, sizeof(p->name));
		if (run_one(p, fd) != CLI_OK)
			status = CLI_FAILED;
	}
	return status;
}

/* ------------------------------------------------------------- usage -- */

static int read_option(const struct cli_verb *self, struct perf *p, int o)
{
	int64_t ns;

	switch (o) {
	case 'j':
		p->json = 1;
		return CLI_OK;
	case 'l':
		p->listens = 1;
		return CLI_OK;
	case 'r':
		p->plan.direction = PERF_DOWN;
		return CLI_OK;
	case 'd':
		p->plan.direction = PERF_UP | PERF_DOWN;
		return CLI_OK;
	case 'n':
		if (cli_number(optarg, 1, UINT32_MAX, &p->clients) < 0)
			return cli_usage(self, "-n takes a number of clients");
		return CLI_OK;
	case 's':
		if (cli_number(optarg, 1, STREAM_PERF_MAX, &p->plan.size) < 0)
			return cli_usage(self, "-s takes 1 to %d bytes",
					 STREAM_PERF_MAX);
		return CLI_OK;
	case 'b':
		if (cli_number(optarg, 1, UINT64_MAX / 2, &p->plan.bytes) < 0)
			return cli_usage(self, "-b takes a number of bytes");
		return CLI_OK;
	case 't':
		if (cli_seconds(optarg, &ns) < 0 || ns == 0)
			return cli_usage(self, "-t takes seconds, above 0");
		p->plan.ns = (uint64_t)ns;
		return CLI_OK;
	}
	return CLI_USAGE;
}

static int read_usage(const struct cli_verb *self, int argc, char **argv,
		      struct perf *p)
{
	struct perf_plan *plan = &p->plan;
	int status = CLI_OK;
	int o;

	while (status == CLI_OK &&
	       (o = cli_getopt_long(self, argc, argv, "+:b:dln:rs:t:",
				    cli_json)) != -1)
		status = read_option(self, p, o);
	if (status != CLI_OK)
		return status;
	if (argc - optind != 1)
		return cli_usage(self, "which address?");
	if (p->listens && (plan->direction || plan->size || plan->bytes ||
			   plan->ns))
		return cli_usage(self, "-b, -d, -r, -s and -t are the "
				 "client's");
	if (!p->listens && p->clients)
		return cli_usage(self, "-n goes with -l");
	if (!plan->direction)
		plan->direction = PERF_UP;
	if (!plan->size)
		plan->size = 65536;
	if (!plan->bytes && !plan->ns)
		plan->ns = TIME_DEFAULT_NS;
	p->sends = (plan->direction & PERF_UP) != 0;
	p->receives = (plan->direction & PERF_DOWN) != 0;
	return CLI_OK;
}

static int run(struct perf *p, const struct sfam_addr *addr)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int status;
	int fd;

	cli_addr_text(addr, p->name, sizeof(p->name));
	/* accept(2) has no flag not to wait (sockfam/socket.h) */
	opts.flags = p->listens ? SFAM_OPEN_NONBLOCK : 0;
	fd = cli_open(addr, p->listens ? SFAM_OPEN_LISTEN :
		      SFAM_OPEN_CONNECT, &opts);
	if (fd < 0)
		return CLI_FAILED;
	if (!p->listens)
		return run_one(p, fd);
	stream_say_listening(fd, addr);
	status = serve(p, fd);
	close(fd);
	return status;
}

int stream_perf(const struct cli_verb *self, int argc, char **argv,
		const char *scheme)
{
	struct perf *p = calloc(1, sizeof(*p));
	struct sfam_addr addr;
	int status;

	if (!p)
		return cli_bad_call("perf", -ENOMEM);
	status = read_usage(self, argc, argv, p);
	if (status == CLI_OK)
		status = cli_parse_addr(scheme, argv[optind], &addr);
	if (status == CLI_OK)
		status = run(p, &addr);
	free(p);
	return status;
}
