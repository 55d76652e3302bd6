/* SPDX-License-Identifier: MIT */
/* A controller as JSON: all keys always, null for what was not told. */
#include <net/if.h>

#include "can-cli.h"
#include "link-cli.h"

/* 1, with the object open; 0 after null. */
static int begin(struct json *j, const char *key, int is_there)
{
	if (is_there)
		json_object(j, key);
	else
		json_null(j, key);
	return is_there;
}

void can_json_timing(struct json *j, const char *key,
		     const struct sfam_can_timing *t)
{
	if (!begin(j, key, t->bitrate != 0))
		return;
	json_uint(j, "bitrate_bps", t->bitrate);
	json_uint(j, "sample_point_permille", t->sample_point_permille);
	json_uint(j, "tq_ns", t->tq_ns);
	json_uint(j, "prop_seg", t->prop_seg);
	json_uint(j, "phase_seg1", t->phase_seg1);
	json_uint(j, "phase_seg2", t->phase_seg2);
	json_uint(j, "sjw", t->sjw);
	json_uint(j, "brp", t->brp);
	json_end(j);
}

static void limits(struct json *j, const char *key,
		   const struct sfam_can_limits *l, int is_there)
{
	if (!begin(j, key, is_there))
		return;
	json_text(j, "name", l->name);
	json_uint(j, "tseg1_min", l->tseg1_min);
	json_uint(j, "tseg1_max", l->tseg1_max);
	json_uint(j, "tseg2_min", l->tseg2_min);
	json_uint(j, "tseg2_max", l->tseg2_max);
	json_uint(j, "sjw_max", l->sjw_max);
	json_uint(j, "brp_min", l->brp_min);
	json_uint(j, "brp_max", l->brp_max);
	json_uint(j, "brp_inc", l->brp_inc);
	json_end(j);
}

static void modes(struct json *j, const char *key, uint32_t bits, int is_there)
{
	uint32_t bit;

	if (!is_there) {
		json_null(j, key);
		return;
	}
	json_list(j, key);
	for (bit = 1; bit; bit <<= 1) {
		if (!(bits & bit))
			continue;
		if (sfam_can_mode_name(bit))
			json_text(j, NULL, sfam_can_mode_name(bit));
		else
			json_uint(j, NULL, bit);
	}
	json_end(j);
}

static void numbers(struct json *j, const char *key, const uint32_t *list,
		    uint32_t n, int is_there)
{
	uint32_t i;

	if (!is_there) {
		json_null(j, key);
		return;
	}
	json_list(j, key);
	for (i = 0; i < n; i++)
		json_uint(j, NULL, list[i]);
	json_end(j);
}

static void tdc(struct json *j, const char *key, const struct sfam_can_tdc *t)
{
	if (!begin(j, key, t->have != 0))
		return;
	if (t->have & SFAM_CAN_TDC_V)
		json_uint(j, "tdcv", t->tdcv);
	if (t->have & SFAM_CAN_TDC_O)
		json_uint(j, "tdco", t->tdco);
	if (t->have & SFAM_CAN_TDC_F)
		json_uint(j, "tdcf", t->tdcf);
	json_end(j);
}

static void number(struct json *j, const char *key, uint32_t n, int is_there)
{
	if (is_there)
		json_uint(j, key, n);
	else
		json_null(j, key);
}

static void device(struct json *j, const struct sfam_can_status *s)
{
	if (!begin(j, "device", s->have & SFAM_CAN_HAVE_DEVICE_COUNTS))
		return;
	json_uint(j, "bus_errors", s->bus_errors);
	json_uint(j, "error_warnings", s->error_warnings);
	json_uint(j, "error_passives", s->error_passives);
	json_uint(j, "bus_offs", s->bus_offs);
	json_uint(j, "arbitrations_lost", s->arbitrations_lost);
	json_uint(j, "restarts", s->restarts);
	json_end(j);
}

static void link_counts(struct json *j, const struct sfam_can_status *s)
{
	const struct link_counts rx = {
		s->rx_packets, s->rx_bytes, s->rx_errors_total, s->rx_dropped,
		s->rx_overruns,
	};
	const struct link_counts tx = {
		s->tx_packets, s->tx_bytes, s->tx_errors_total, s->tx_dropped,
		0,
	};

	link_json_counts(j, "rx", &rx, 1);
	link_json_counts(j, "tx", &tx, 0);
}

static void phases(struct json *j, const struct sfam_can_status *s)
{
	can_json_timing(j, "timing", &s->timing);
	limits(j, "limits", &s->limits, s->have & SFAM_CAN_HAVE_LIMITS);
	numbers(j, "bitrates_bps", s->bitrates, s->n_bitrates,
		s->have & SFAM_CAN_HAVE_BITRATES);
	can_json_timing(j, "data_timing", &s->data_timing);
	limits(j, "data_limits", &s->data_limits,
	       s->have & SFAM_CAN_HAVE_DATA_LIMITS);
	numbers(j, "data_bitrates_bps", s->data_bitrates, s->n_data_bitrates,
		s->have & SFAM_CAN_HAVE_DATA_BITRATES);
	tdc(j, "tdc", &s->tdc);
	tdc(j, "tdc_min", &s->tdc_min);
	tdc(j, "tdc_max", &s->tdc_max);
}

void can_json_status(struct json *j, const struct sfam_can_status *s)
{
	int has_controller = s->have & SFAM_CAN_HAVE_CONTROLLER;
	int has_counters = s->have & SFAM_CAN_HAVE_ERROR_COUNTERS;
	int has_termination = s->have & SFAM_CAN_HAVE_TERMINATION;

	json_text(j, "kind", s->kind);
	json_uint(j, "index", s->index);
	json_truth(j, "up", s->link_flags & IFF_UP);
	json_uint(j, "mtu_bytes", s->mtu);
	link_json_state(j, "state", has_controller ? s->state :
						     SFAM_LINK_NO_STATE);
	number(j, "clock_hz", s->clock_hz, has_controller);
	number(j, "restart_ms", s->restart_ms, has_controller);
	number(j, "bitrate_max_bps", s->bitrate_max, s->bitrate_max != 0);
	modes(j, "modes", s->modes, s->have & SFAM_CAN_HAVE_MODES);
	modes(j, "modes_supported", s->modes_supported,
	      s->have & SFAM_CAN_HAVE_SUPPORTED);
	number(j, "tx_errors", s->tx_errors, has_counters);
	number(j, "rx_errors", s->rx_errors, has_counters);
	phases(j, s);
	number(j, "termination_ohm", s->termination_ohm, has_termination);
	numbers(j, "terminations_ohm", s->terminations_ohm, s->n_terminations,
		has_termination);
	device(j, s);
	link_counts(j, s);
}
