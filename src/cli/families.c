/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli.h"

static const char *answer_word(int answer)
{
	return answer == 1 ? "yes" : answer == 0 ? "no" : "unknown";
}

static void print_row(const struct sfam_family *f)
{
	struct sfam_caps caps = SFAM_CAPS_INIT;
	int answer = sfam_family_probe(f, &caps);

	printf("%-11s %-8s", sfam_family_name(f), answer_word(answer));
	if (answer == 1)
		printf("%s\n", sfam_family_syntax(f));
	else
		printf("%s; try: %s\n", caps.reason, caps.remedy);
}

static int run(const struct cli_verb *self, int argc, char **argv)
{
	const struct sfam_family *f = NULL;
	int status = CLI_OK;
	int i;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	for (i = 1; i < argc; i++) {
		f = sfam_family_by_name(argv[i]);
		if (f)
			print_row(f);
		else
			status = cli_error("%s: no such family", argv[i]);
	}
	if (argc > 1)
		return status;
	while ((f = sfam_family_next(f)) != NULL)
		print_row(f);
	return CLI_OK;
}

const struct cli_verb cli_families = {
	.name = "families",
	.args = "[NAME...]",
	.help = "what this kernel can do of each family, and what is missing",
	.details =
"One line per family: name, supported here (yes, no, unknown), and its\n"
"address syntax or the reason why not and what to do about it. Asks the\n"
"kernel by socket(2) alone.\n",
	.run = run,
};
