/* SPDX-License-Identifier: MIT */
/* sockfam can j1939 recv: messages to an address. */
#include <stdio.h>
#include <unistd.h>

#include "can-j1939.h"

struct recv {
	int is_hex;		/* -x */
	int as_lines;		/* -l */
	int is_verbose;		/* -v */
	uint32_t options;
	uint64_t count;		/* -n, or 0 */
	struct can_j1939_addr at, from;
	int is_connected;
	size_t total;		/* of the message that is coming */
};

/* testj1939's line, with a new one after 8 bytes. */
static int print_lines(const struct sfam_j1939_event *e,
		       const unsigned char *data)
{
	size_t i;

	printf("%02x %05x:", e->src, e->pgn);
	for (i = 0; i < e->len; i++) {
		if (i && i % 8 == 0)
			printf("\n%05zx    ", i);
		printf(" %02x", data[i]);
	}
	putchar('\n');
	return fflush(stdout) == 0 ? CLI_OK : CLI_FAILED;
}

static int take(void *arg, const struct sfam_j1939_event *e,
		const unsigned char *data)
{
	struct recv *r = arg;

	switch (e->kind) {
	case SFAM_J1939_MESSAGE:
		if (r->as_lines)
			return print_lines(e, data);
		return cli_write(STDOUT_FILENO, data, e->len) < 0 ?
			       CLI_FAILED : CLI_OK;
	case SFAM_J1939_RX_BEGIN:
		r->total = e->len;
		if (r->is_verbose)
			fprintf(stderr, "%zu bytes from %02x\n", e->len,
				e->src);
		return CLI_OK;
	case SFAM_J1939_RX_PROGRESS:
		if (r->is_verbose)
			fprintf(stderr, "%zu of %zu bytes\n", e->len,
				r->total);
		return CLI_OK;
	case SFAM_J1939_RX_ABORT:
		cli_error("%s: a message was given up: %s", cli_path,
			  sfam_j1939_abort_words(e->error));
		return CLI_OK;
	default:
		return CLI_OK;
	}
}

static int run(struct recv *r)
{
	struct can_j1939_reader reader = {
		.ifname = r->at.ifname,
		.count = r->count,
		.take = take,
		.arg = r,
	};
	struct sfam_addr from;
	int status = CLI_OK;
	int e;

	reader.fd = can_j1939_open(&r->at, r->options);
	if (reader.fd < 0)
		return CLI_FAILED;
	if (r->is_connected) {
		status = can_j1939_sfam_addr(&from, &r->from);
		e = status == CLI_OK ? sfam_connect(reader.fd, &from, 0) : 0;
		if (e < 0)
			status = can_j1939_failed(r->at.ifname, e);
	}
	if (status == CLI_OK)
		status = can_j1939_read(&reader);
	close(reader.fd);
	return status;
}

static int read_options(const struct cli_verb *self, struct recv *r, int argc,
			char **argv)
{
	int o;

	while ((o = cli_getopt(self, argc, argv, "+:xlvBn:")) != -1) {
		switch (o) {
		case 'x':
			r->is_hex = 1;
			break;
		case 'l':
			r->as_lines = 1;
			break;
		case 'v':
			r->is_verbose = 1;
			break;
		case 'B':
			r->options |= SFAM_J1939_OPT_BROADCAST;
			break;
		case 'n':
			if (cli_number(optarg, 1, UINT64_MAX, &r->count) < 0)
				return cli_usage(self, "-n takes a number of "
						 "messages");
			break;
		default:
			return CLI_USAGE;
		}
	}
	if (argc - optind < 1 || argc - optind > 2)
		return cli_usage(self, "at which address, and from where?");
	return CLI_OK;
}

int can_j1939_recv_run(const struct cli_verb *self, int argc, char **argv)
{
	struct recv r = { .options = SFAM_J1939_OPT_RX_EVENTS };
	int status = read_options(self, &r, argc, argv);

	if (status != CLI_OK)
		return status;
	status = can_j1939_local(&r.at, argv[optind], r.is_hex);
	if (status == CLI_OK && argv[optind + 1]) {
		r.is_connected = 1;
		status = can_j1939_remote(&r.from, argv[optind + 1], r.is_hex,
					  &r.at);
	}
	return status == CLI_OK ? run(&r) : status;
}
