/* SPDX-License-Identifier: MIT */
/* sockfam can state: controllers, for people. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "can-cli.h"
#include "json.h"

int can_cli_bad_ctl(const char *ifname, int error,
		    const struct sfam_ctl_diag *diag)
{
	if (error == -EPERM)
		return cli_error("%s: no permission (CAP_NET_ADMIN); try: as "
				 "root", ifname);
	if (diag->words[0])
		return cli_error("%s: %s", ifname, diag->words);
	return cli_bad_call(ifname, error);
}

void can_cli_print_timing(const char *label, const struct sfam_can_timing *t)
{
	if (t->bitrate == 0)
		return;
	printf("  %s %u bit/s, sample point %u.%u %%: tq %u ns, prop %u, "
	       "seg1 %u, seg2 %u, sjw %u, brp %u\n", label, t->bitrate,
	       t->sample_point_permille / 10, t->sample_point_permille % 10,
	       t->tq_ns, t->prop_seg, t->phase_seg1, t->phase_seg2, t->sjw,
	       t->brp);
}

static void print_limits(const char *label, const struct sfam_can_limits *l)
{
	printf("  %s %s: tseg1 %u..%u, tseg2 %u..%u, sjw to %u, brp %u..%u "
	       "by %u\n", label, l->name, l->tseg1_min, l->tseg1_max,
	       l->tseg2_min, l->tseg2_max, l->sjw_max, l->brp_min, l->brp_max,
	       l->brp_inc);
}

static void print_modes(const char *label, uint32_t modes)
{
	uint32_t bit;

	printf("  %s", label);
	for (bit = 1; bit; bit <<= 1)
		if (modes & bit && sfam_can_mode_name(bit))
			printf(" %s", sfam_can_mode_name(bit));
		else if (modes & bit)
			printf(" 0x%x", bit);
	printf("%s\n", modes ? "" : " none");
}

static void print_numbers(const char *label, const uint32_t *numbers,
			  uint32_t n)
{
	uint32_t i;

	printf("  %s", label);
	for (i = 0; i < n; i++)
		printf(" %u", numbers[i]);
	putchar('\n');
}

static void print_tdc(const struct sfam_can_status *s)
{
	if (!(s->have & SFAM_CAN_HAVE_TDC_LIMITS))
		return;
	printf("  delay compensation tdcv %u, tdco %u (to %u), tdcf %u (to "
	       "%u)\n", s->tdc.tdcv, s->tdc.tdco, s->tdc_max.tdco,
	       s->tdc.tdcf, s->tdc_max.tdcf);
}

static void print_controller(const struct sfam_can_status *s)
{
	can_cli_print_timing("rate", &s->timing);
	can_cli_print_timing("data rate", &s->data_timing);
	print_tdc(s);
	print_modes("modes", s->modes);
	if (s->have & SFAM_CAN_HAVE_SUPPORTED)
		print_modes("can do", s->modes_supported);
	printf("  clock %u Hz, restart after bus-off ", s->clock_hz);
	printf(s->restart_ms ? "in %u ms\n" : "never\n", s->restart_ms);
	if (s->have & SFAM_CAN_HAVE_LIMITS)
		print_limits("limits", &s->limits);
	if (s->have & SFAM_CAN_HAVE_DATA_LIMITS)
		print_limits("data limits", &s->data_limits);
	if (s->have & SFAM_CAN_HAVE_BITRATES)
		print_numbers("rates", s->bitrates, s->n_bitrates);
	if (s->have & SFAM_CAN_HAVE_DATA_BITRATES)
		print_numbers("data rates", s->data_bitrates,
			      s->n_data_bitrates);
	if (s->have & SFAM_CAN_HAVE_TERMINATION) {
		printf("  termination %u ohm\n", s->termination_ohm);
		print_numbers("  of", s->terminations_ohm, s->n_terminations);
	}
	if (s->have & SFAM_CAN_HAVE_DEVICE_COUNTS)
		printf("  bus errors %u, to warning %u, to passive %u, to "
		       "bus-off %u, arbitration lost %u, restarts %u\n",
		       s->bus_errors, s->error_warnings, s->error_passives,
		       s->bus_offs, s->arbitrations_lost, s->restarts);
}

static void print_head(const char *ifname, const struct sfam_can_status *s)
{
	const char *state = sfam_can_state_name(s->state);

	printf("%s: %s, %s, MTU %u", ifname, s->kind[0] ? s->kind : "can",
	       s->link_flags & IFF_UP ? "up" : "down", s->mtu);
	if (s->have & SFAM_CAN_HAVE_CONTROLLER)
		printf(", %s", state ? state : "state unknown");
	if (s->have & SFAM_CAN_HAVE_ERROR_COUNTERS)
		printf(", errors tx %u rx %u", s->tx_errors, s->rx_errors);
	putchar('\n');
}

static void print_status(const char *ifname, const struct sfam_can_status *s)
{
	print_head(ifname, s);
	if (s->have & SFAM_CAN_HAVE_CONTROLLER)
		print_controller(s);
	printf("  received %llu frames (%llu bytes), errors %llu, dropped "
	       "%llu, overruns %llu\n", (unsigned long long)s->rx_packets,
	       (unsigned long long)s->rx_bytes,
	       (unsigned long long)s->rx_errors_total,
	       (unsigned long long)s->rx_dropped,
	       (unsigned long long)s->rx_overruns);
	printf("  sent %llu frames (%llu bytes), errors %llu, dropped %llu\n",
	       (unsigned long long)s->tx_packets,
	       (unsigned long long)s->tx_bytes,
	       (unsigned long long)s->tx_errors_total,
	       (unsigned long long)s->tx_dropped);
}

static int show_status(struct json *j, const char *ifname)
{
	struct sfam_can_status s;
	struct sfam_ctl_diag diag;
	int r = sfam_can_get_status(ifname, &s, &diag);

	if (r < 0)
		return can_cli_bad_ctl(ifname, r, &diag);
	if (!j) {
		print_status(ifname, &s);
		return CLI_OK;
	}
	json_object(j, NULL);
	json_text(j, "name", ifname);
	can_json_status(j, &s);
	json_end(j);
	return CLI_OK;
}

int can_state_run(const struct cli_verb *self, int argc, char **argv)
{
	struct json out = JSON_INIT(stdout);
	struct json *j = NULL;
	int status = CLI_OK;
	int c;

	while ((c = cli_getopt_long(self, argc, argv, "+:", cli_json)) !=
	       -1) {
		if (c != 'j')
			return CLI_USAGE;
		j = &out;
	}
	if (optind == argc)
		return cli_usage(self, "which interface?");
	if (j)
		json_list(j, NULL);
	for (; optind < argc; optind++)
		if (show_status(j, argv[optind]) != CLI_OK)
			status = CLI_FAILED;
	if (j)
		json_end(j);
	return status;
}

int can_cli_permille(const char *text, uint32_t *ret)
{
	int64_t ns;		/* "0.875" read as seconds */

	if (cli_seconds(text, &ns) < 0 || ns <= 0 || ns >= 1000000000)
		return -1;
	*ret = (uint32_t)((ns + 500000) / 1000000);
	return *ret > 0 && *ret < 1000 ? 0 : -1;
}
