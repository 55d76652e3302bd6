/* SPDX-License-Identifier: MIT */
/* sockfam can dump: what candump does, in batches. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "can-cli.h"
#include "can-dump.h"

struct dump {
	struct can_dump_opts opts;
	struct can_dump_out out;
};

static int read_stamp(const struct cli_verb *self, struct dump *d)
{
	if (strlen(optarg) != 1 || !strchr("aAdz", optarg[0]))
		return cli_usage(self, "-t takes a, A, d or z, not %s",
				 optarg);
	d->out.screen.stamp = optarg[0];
	return 0;
}

static int read_option(const struct cli_verb *self, struct dump *d, int c)
{
	uint64_t v = 0;

	switch (c) {
	case 'L':
		d->out.log = 1;
		return 0;
	case 'd':
		d->out.show_drops = 1;
		return 0;
	case 'e':
		d->out.screen.explain = 1;
		return 0;
	case 't':
		return read_stamp(self, d);
	case 'n':
		if (cli_number(optarg, 1, UINT64_MAX, &d->opts.count) == 0)
			return 0;
		return cli_usage(self, "-n takes a number of frames");
	case 'T':
		if (cli_number(optarg, 1, INT32_MAX, &v) < 0)
			return cli_usage(self, "-T takes milliseconds");
		d->opts.timeout_ms = (int)v;
		return 0;
	case 'r':
		if (cli_number(optarg, 1, INT32_MAX / 2, &v) < 0)
			return cli_usage(self, "-r takes a number of bytes");
		d->opts.rcvbuf = (int)v;
		return 0;
	}
	return CLI_USAGE;
}

int can_dump_run(const struct cli_verb *self, int argc, char **argv)
{
	struct dump *d = calloc(1, sizeof(*d));
	int status = CLI_OK;
	int c;

	if (!d)
		return cli_bad_call("dump", -ENOMEM);
	d->opts.timeout_ms = -1;
	d->out.screen.base_us = -1;
	while (status == CLI_OK &&
	       (c = cli_getopt(self, argc, argv, "+:Ldet:n:T:r:")) != -1)
		status = c == '?' ? CLI_USAGE : read_option(self, d, c);
	if (status == CLI_OK && optind == argc)
		status = cli_usage(self, "which interface?");
	if (status == CLI_OK && d->out.log && d->out.screen.stamp &&
	    !strchr("az", d->out.screen.stamp))
		status = cli_usage(self, "a log (-L) takes -t a or z only");
	if (status == CLI_OK)
		status = can_dump_receive(&d->opts, &d->out, argv + optind,
					  argc - optind);
	free(d);
	return status;
}
