/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static void print_bytes(const struct sfam_addr *addr)
{
	const unsigned char *b = (const unsigned char *)&addr->storage;
	socklen_t i;

	for (i = 0; i < addr->len; i++)
		printf("%s%02x", i && i % 4 == 0 ? " " : "", b[i]);
}

static int print_addr(const char *text)
{
	struct sfam_diag diag;
	struct sfam_addr addr;
	char canonical[SFAM_ADDR_STRLEN];
	int r = sfam_addr_parse(&addr, text, strlen(text), &diag);

	if (r < 0)
		return cli_bad_text(text, r, &diag);
	printf("%s  socket(%d, %d, %d)  len %u  ",
	       cli_addr_text(&addr, canonical, sizeof(canonical)),
	       sfam_family_af(addr.family), addr.type, addr.protocol,
	       (unsigned int)addr.len);
	print_bytes(&addr);
	putchar('\n');
	return CLI_OK;
}

static int run(const struct cli_verb *self, int argc, char **argv)
{
	int status = CLI_OK;
	int i;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (optind == argc)
		return cli_usage(self, "which address?");
	for (i = optind; i < argc; i++)
		if (print_addr(argv[i]) != CLI_OK)
			status = CLI_FAILED;
	return status;
}

const struct cli_verb cli_addr = {
	.name = "addr",
	.args = "TEXT...",
	.help = "what an address text means: canonical text, socket, bytes",
	.details =
"One line per text: its canonical form, the socket(2) triple, the length\n"
"and the bytes of the sockaddr. 'sockfam families' has the syntax.\n",
	.run = run,
};
