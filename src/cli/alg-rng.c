/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "alg-cli.h"
#include "hex.h"

#define PART 4096u

static int write_part(const void *part, size_t n, int hex)
{
	char text[2 * PART];
	int r;

	if (!hex)
		return cli_write(STDOUT_FILENO, part, n);
	hex_write(text, part, n);
	r = cli_write(STDOUT_FILENO, text, 2 * n);
	explicit_bzero(text, sizeof(text));
	return r;
}

static int write_random(const struct alg_session *s, uint64_t left, int hex)
{
	unsigned char part[PART];
	int status = CLI_OK;
	size_t n;
	int r;

	for (; left && status == CLI_OK; left -= n) {
		n = left < PART ? (size_t)left : PART;
		r = sfam_alg_random(s->op, part, n);
		if (r < 0)
			status = alg_bad_call(s, r);
		else if (write_part(part, n, hex) != 0)
			status = CLI_FAILED;
	}
	explicit_bzero(part, sizeof(part));
	if (hex && status == CLI_OK && cli_write(STDOUT_FILENO, "\n", 1) != 0)
		status = CLI_FAILED;
	return status;
}

int alg_run_rng(const struct cli_verb *self, int argc, char **argv)
{
	const char *name = "stdrng";
	struct alg_session s;
	uint64_t bytes;
	int hex = 0;
	int status;
	int c;

	while ((c = cli_getopt(self, argc, argv, "+:a:x")) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 'a')
			name = optarg;
		else
			hex = 1;
	}
	if (argc - optind != 1)
		return cli_usage(self, "how many bytes?");
	if (cli_number(argv[optind], 0, INT64_MAX, &bytes) != 0)
		return cli_usage(self, "not a number of bytes: %s",
				 argv[optind]);
	if (alg_open(&s, SFAM_ALG_RNG, name, NULL) != 0)
		return CLI_FAILED;
	status = write_random(&s, bytes, hex);
	alg_close(&s);
	return status;
}
