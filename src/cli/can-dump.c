/* SPDX-License-Identifier: MIT */
/* sockfam can dump: what candump does, in batches. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "can-cli.h"
#include "can-dump.h"
#include "rotate-option.h"

#define OPTIONS "+:8C:DG:HLNST:W:acdef:iln:r:s:t:x"

static const struct option longs[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "engine", required_argument, NULL, 'E' },
	{ 0 },
};

struct dump {
	const char *engine;	/* --engine */
	struct can_dump_opts opts;
	struct can_dump_out out;
	int is_silence_given;	/* -s */
};

/* ------------------------------------------------------------- options -- */

static uint32_t look_of(int c)
{
	switch (c) {
	case 'a':
		return CAN_SCREEN_ASCII;
	case 'e':
		return CAN_SCREEN_EXPLAIN;
	case 'i':
		return CAN_SCREEN_BINARY;
	case 'S':
		return CAN_SCREEN_SWAP;
	case '8':
		return CAN_SCREEN_DLC;
	}
	return 0;
}

/* Those without a value. */
static void switch_on(struct dump *d, int c)
{
	switch (c) {
	case 'c':
		d->out.screen.color++;
		break;
	case 'D':
		d->opts.stays = 1;
		break;
	case 'd':
		d->out.show_drops = 1;
		break;
	case 'H':
		d->opts.options = SFAM_CAN_OPT_HWTIME;
		d->out.has_hw_time = 1;
		break;
	case 'j':
		d->out.form = CAN_DUMP_JSON;
		break;
	case 'L':
		d->out.form = CAN_DUMP_LOG;
		break;
	case 'l':
		d->out.file.name = "";
		break;
	case 'N':
		d->out.screen.is_ns = 1;
		break;
	case 'x':
		d->out.screen.has_extra = 1;
		break;
	default:
		d->out.screen.look |= look_of(c);
	}
}

static int read_stamp(const struct cli_verb *self, struct dump *d)
{
	if (strlen(optarg) != 1 || !strchr("aAdz", optarg[0]))
		return cli_usage(self, "-t takes a, A, d or z, not %s",
				 optarg);
	d->out.screen.stamp = optarg[0];
	return 0;
}

static int read_silence(const struct cli_verb *self, struct dump *d)
{
	uint64_t level = 0;

	if (cli_number(optarg, CAN_DUMP_NOT_SILENT, CAN_DUMP_SILENT,
		       &level) < 0)
		return cli_usage(self, "-s takes 0, 1 or 2");
	d->out.silent = (int)level;
	d->is_silence_given = 1;
	return 0;
}

static int read_option(const struct cli_verb *self, struct dump *d, int c)
{
	uint64_t v = 0;

	switch (c) {
	case 'C':
	case 'G':
	case 'W':
		if (rotate_option_read(&d->out.file.rotate, c, optarg) == 0)
			return 0;
		return cli_usage(self, "-C takes million bytes, or lines as "
				 "100p; -G seconds, -W a number of files");
	case 'f':
		d->out.file.name = optarg;
		return *optarg ? 0 : cli_usage(self, "-f takes a file");
	case 's':
		return read_silence(self, d);
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
	case 'E':
		d->engine = optarg;
		return 0;
	default:
		switch_on(d, c);
		return 0;
	}
}

/* ------------------------------------------------------------ together -- */

static int has_looks(const struct can_dump_out *out)
{
	const struct can_screen *s = &out->screen;

	return s->look || s->stamp || s->is_ns || s->has_extra || s->color;
}

/* -f - is -L; a log file alone is silent. */
static void settle(struct dump *d)
{
	struct can_dump_out *out = &d->out;

	if (out->file.name && strcmp(out->file.name, "-") == 0) {
		out->file.name = NULL;
		out->form = CAN_DUMP_LOG;
	}
	if (out->file.name && !d->is_silence_given)
		out->silent = CAN_DUMP_SILENT;
	d->opts.reopens = out->file.name != NULL;
}

static int check(const struct cli_verb *self, const struct dump *d)
{
	const struct can_dump_out *out = &d->out;
	const char *wrong = rotate_option_check(&out->file.rotate,
						out->file.name != NULL);

	if (wrong)
		return cli_usage(self, "%s", wrong);
	if (out->form == CAN_DUMP_LOG && out->screen.look)
		return cli_usage(self, "-8, -a, -e, -i and -S are not for a "
				 "log (-L)");
	if (out->form == CAN_DUMP_JSON &&
	    (has_looks(out) || out->silent || out->file.name))
		return cli_usage(self, "--json goes with -D, -d, -H, -n, -r "
				 "and -T only");
	return CLI_OK;
}

/*
 * A log is for much that comes fast, so it gets a ring. What is looked at
 * comes by a socket, which shows each frame at once; so do several
 * interfaces, since each would have a ring, and blocks are not in order.
 */
static int choose_engine(const struct cli_verb *self, struct dump *d,
			 int interfaces)
{
	const struct can_dump_out *out = &d->out;
	const int is_log = out->form == CAN_DUMP_LOG || out->file.name;
	/* A ring knows no direction, and no stamps of controllers. */
	const int is_raw = out->screen.has_extra || out->has_hw_time ||
			   out->form == CAN_DUMP_JSON;

	if (!d->engine)
		d->opts.engine = is_log && !is_raw && interfaces == 1 ?
				 CAN_DUMP_AUTO : CAN_DUMP_RAW;
	else if (strcmp(d->engine, "raw") == 0)
		d->opts.engine = CAN_DUMP_RAW;
	else if (strcmp(d->engine, "ring") != 0)
		return cli_usage(self, "--engine takes raw or ring, not %s",
				 d->engine);
	else if (is_raw)
		return cli_usage(self, "--engine ring goes without -x, -H and "
				 "--json");
	else
		d->opts.engine = CAN_DUMP_RING;
	return CLI_OK;
}

int can_dump_run(const struct cli_verb *self, int argc, char **argv)
{
	struct dump *d = calloc(1, sizeof(*d));
	int status = CLI_OK;
	int c;

	if (!d)
		return cli_bad_call("dump", -ENOMEM);
	d->opts.timeout_ms = -1;
	d->out.file.fd = -1;
	while (status == CLI_OK &&
	       (c = cli_getopt_long(self, argc, argv, OPTIONS,
				    longs)) != -1)
		status = c == '?' ? CLI_USAGE : read_option(self, d, c);
	if (status == CLI_OK && optind == argc)
		status = cli_usage(self, "which interface?");
	settle(d);
	if (status == CLI_OK)
		status = check(self, d);
	if (status == CLI_OK)
		status = choose_engine(self, d, argc - optind);
	if (status == CLI_OK)
		status = can_dump_receive(&d->opts, &d->out, argv + optind,
					  argc - optind);
	if (can_dump_end(&d->out) < 0 && status == CLI_OK)
		status = CLI_FAILED;
	free(d);
	return status;
}
