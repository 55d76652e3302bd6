/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "can-cli.h"

#define INVERSE 0x20000000u	/* CAN_INV_FILTER of linux/can.h */

/* candump takes an identifier of 8 digits for an extended one. */
static void print_filter(const struct can_filter *f)
{
	const uint32_t id = f->can_id & (CAN_EFF_MASK | CAN_RTR_FLAG);
	const int is_long = (f->can_id & CAN_EFF_FLAG) || id > 0xfffffff;

	printf("%0*X%c%X", is_long ? 8 : 3, id,
	       f->can_id & INVERSE ? '~' : ':', f->can_mask);
}

static void print_filters(const struct sfam_can_filters *f)
{
	const char *comma = "";
	size_t i;

	for (i = 0; i < f->n; i++) {
		fputs(comma, stdout);
		print_filter(&f->filters[i]);
		comma = ",";
	}
	if (f->error_mask) {
		printf("%s#%X", comma, f->error_mask);
		comma = ",";
	}
	if (f->is_joined)
		printf("%sj", comma);
	putchar('\n');
}

/* What filters cannot say, as tcpdump -d has programs. */
static void print_program(const struct sfam_can_filters *f)
{
	char line[SFAM_BPF_STRLEN];
	size_t i;

	for (i = 0; i < f->n_insns; i++) {
		sfam_bpf_format(&f->insns[i], i, line, sizeof(line));
		puts(line);
	}
}

int can_filter_run(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_can_filters filters;
	struct sfam_diag diag;
	int r;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc - optind != 1)
		return cli_usage(self, "which filters?");
	r = sfam_can_filters_parse(&filters, argv[optind],
				   strlen(argv[optind]), &diag);
	if (r < 0)
		return cli_bad_text(argv[optind], r, &diag);
	print_filters(&filters);
	print_program(&filters);
	return CLI_OK;
}
