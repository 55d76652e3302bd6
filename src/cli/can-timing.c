/* SPDX-License-Identifier: MIT */
/* sockfam can timing: the calculator, with limits read from a link or given. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "can-cli.h"
#include "json.h"

struct timing_args {
	struct sfam_can_limits limits;
	uint64_t clock_hz;
	uint64_t rate;
	uint32_t point;
	int is_data, as_json, has_limits;
};

/* TSEG1,TSEG2,SJW,BRP,STEP, the first two and BRP as MIN-MAX. */
static int parse_limits(const char *text, struct sfam_can_limits *l)
{
	int end = 0;
	int n = sscanf(text, "%u-%u,%u-%u,%u,%u-%u,%u%n", &l->tseg1_min,
		       &l->tseg1_max, &l->tseg2_min, &l->tseg2_max,
		       &l->sjw_max, &l->brp_min, &l->brp_max, &l->brp_inc,
		       &end);

	return n == 8 && !text[end] &&
	       strspn(text, "0123456789-,") == strlen(text) ? 0 : -1;
}

static int parse_option(const struct cli_verb *self, struct timing_args *a,
			int c)
{
	if (c == 'd')
		a->is_data = 1;
	else if (c == 'j')
		a->as_json = 1;
	else if (c == 's' && can_cli_permille(optarg, &a->point) < 0)
		return cli_usage(self, "not a sample point: %s", optarg);
	else if (c == 'c' && cli_number(optarg, 1, UINT32_MAX,
					&a->clock_hz) < 0)
		return cli_usage(self, "not a clock: %s", optarg);
	else if (c == 'l' && parse_limits(optarg, &a->limits) < 0)
		return cli_usage(self, "not limits: %s", optarg);
	if (c == 'l')
		a->has_limits = 1;
	return CLI_OK;
}

static int read_limits(const char *ifname, struct timing_args *a)
{
	struct sfam_can_status s;
	struct sfam_ctl_diag diag;
	int r = sfam_can_get_status(ifname, &s, &diag);

	if (r < 0)
		return can_cli_bad_ctl(ifname, r, &diag);
	if (!(s.have & (a->is_data ? SFAM_CAN_HAVE_DATA_LIMITS :
				     SFAM_CAN_HAVE_LIMITS)))
		return cli_error("%s: its driver tells no limits of %stiming",
				 ifname, a->is_data ? "data " : "");
	a->limits = a->is_data ? s.data_limits : s.limits;
	a->clock_hz = s.clock_hz;
	return CLI_OK;
}

static void put_timing(const struct sfam_can_timing *t, uint32_t ppm,
		       uint64_t clock_hz)
{
	struct json j = JSON_INIT(stdout);

	json_object(&j, NULL);
	json_uint(&j, "clock_hz", clock_hz);
	can_json_timing(&j, "timing", t);
	json_uint(&j, "error_ppm", ppm);
	json_end(&j);
}

static int compute(const char *text, const struct timing_args *a)
{
	struct sfam_can_timing t;
	uint32_t ppm;
	int r = sfam_can_timing_compute(&t, &ppm, &a->limits,
					(uint32_t)a->clock_hz,
					(uint32_t)a->rate, a->point);

	if (r == -EDOM)
		return cli_error("%s: the controller cannot get within 5 %% "
				 "of that from its clock of %u Hz", text,
				 (uint32_t)a->clock_hz);
	if (r == -EINVAL)
		return cli_error("%s: the limits contradict themselves", text);
	if (r < 0)
		return cli_bad_call(text, r);
	if (a->as_json) {
		put_timing(&t, ppm, a->clock_hz);
		return CLI_OK;
	}
	can_cli_print_timing("rate", &t);
	printf("  off by %u ppm\n", ppm);
	return CLI_OK;
}

int can_timing_run(const struct cli_verb *self, int argc, char **argv)
{
	struct timing_args a = { .clock_hz = 0 };
	int c;

	while ((c = cli_getopt_long(self, argc, argv, "+:ds:c:l:",
				    cli_json)) != -1)
		if (c == '?' || parse_option(self, &a, c) != CLI_OK)
			return CLI_USAGE;
	if ((a.clock_hz != 0) != a.has_limits)
		return cli_usage(self, "-c and -l go together");
	if (argc - optind != (a.has_limits ? 1 : 2))
		return cli_usage(self, a.has_limits ? "which bit rate?" :
				 "which interface and bit rate?");
	if (cli_number(argv[argc - 1], 1, UINT32_MAX, &a.rate) < 0)
		return cli_usage(self, "not a bit rate: %s", argv[argc - 1]);
	if (!a.has_limits && read_limits(argv[optind], &a) != CLI_OK)
		return CLI_FAILED;
	return compute(argv[argc - 1], &a);
}
