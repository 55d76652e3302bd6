/* SPDX-License-Identifier: MIT */
/*
 * Everything about a CAN interface from one RTM_GETLINK. The kernel tells
 * only what the driver has; `have` says what came.
 */
#include <linux/can/netlink.h>
#include <net/if_arp.h>

#include "link-info.h"

/* Copies an attribute of at least that size; 1 if it was there. */
static int take(struct nlattr *attr, void *ret, size_t size)
{
	if (!attr || (size_t)nla_len(attr) < size)
		return 0;
	memcpy(ret, nla_data(attr), size);
	return 1;
}

static int take_timing(struct nlattr *attr, struct sfam_can_timing *ret)
{
	struct can_bittiming bt;

	if (!take(attr, &bt, sizeof(bt)))
		return 0;
	*ret = (struct sfam_can_timing){
		.bitrate = bt.bitrate,
		.sample_point_permille = bt.sample_point,
		.tq_ns = bt.tq,
		.prop_seg = bt.prop_seg,
		.phase_seg1 = bt.phase_seg1,
		.phase_seg2 = bt.phase_seg2,
		.sjw = bt.sjw,
		.brp = bt.brp,
	};
	return 1;
}

static int take_limits(struct nlattr *attr, struct sfam_can_limits *ret)
{
	struct can_bittiming_const c;

	if (!take(attr, &c, sizeof(c)))
		return 0;
	c.name[sizeof(c.name) - 1] = '\0';
	memcpy(ret->name, c.name, sizeof(c.name));
	ret->tseg1_min = c.tseg1_min;
	ret->tseg1_max = c.tseg1_max;
	ret->tseg2_min = c.tseg2_min;
	ret->tseg2_max = c.tseg2_max;
	ret->sjw_max = c.sjw_max;
	ret->brp_min = c.brp_min;
	ret->brp_max = c.brp_max;
	ret->brp_inc = c.brp_inc;
	return 1;
}

static int take_rates(struct nlattr *attr, uint32_t *ret, uint32_t *ret_n)
{
	size_t n = attr ? (size_t)nla_len(attr) / sizeof(*ret) : 0;

	if (n > SFAM_CAN_BITRATES_MAX)
		n = SFAM_CAN_BITRATES_MAX;
	if (n)
		memcpy(ret, nla_data(attr), n * sizeof(*ret));
	*ret_n = (uint32_t)n;
	return n > 0;
}

static int take_terminations(struct nlattr *now, struct nlattr *all,
			     struct sfam_can_status *s)
{
	uint16_t ohm, list[SFAM_CAN_TERMINATIONS_MAX];
	size_t n = all ? (size_t)nla_len(all) / sizeof(list[0]) : 0;

	if (!take(now, &ohm, sizeof(ohm)))
		return 0;
	s->termination_ohm = ohm;
	if (n > SFAM_CAN_TERMINATIONS_MAX)
		n = SFAM_CAN_TERMINATIONS_MAX;
	if (n)
		memcpy(list, nla_data(all), n * sizeof(list[0]));
	for (s->n_terminations = 0; s->n_terminations < n; s->n_terminations++)
		s->terminations_ohm[s->n_terminations] =
			list[s->n_terminations];
	return 1;
}

static uint32_t take_tdc_bit(struct nlattr *attr, uint32_t *ret, uint32_t bit)
{
	return take(attr, ret, sizeof(*ret)) ? bit : 0;
}

static uint32_t take_tdc_values(struct nlattr **a, int v, int o, int f,
				struct sfam_can_tdc *ret)
{
	ret->have = take_tdc_bit(a[v], &ret->tdcv, SFAM_CAN_TDC_V) |
		    take_tdc_bit(a[o], &ret->tdco, SFAM_CAN_TDC_O) |
		    take_tdc_bit(a[f], &ret->tdcf, SFAM_CAN_TDC_F);
	return ret->have;
}

static int take_tdc(struct nlattr *attr, struct sfam_can_status *s)
{
	struct nlattr *a[IFLA_CAN_TDC_MAX + 1];

	if (!attr || nla_parse_nested(a, IFLA_CAN_TDC_MAX, attr, NULL) < 0)
		return 0;
	take_tdc_values(a, IFLA_CAN_TDC_TDCV, IFLA_CAN_TDC_TDCO,
			IFLA_CAN_TDC_TDCF, &s->tdc);
	take_tdc_values(a, IFLA_CAN_TDC_TDCV_MIN, IFLA_CAN_TDC_TDCO_MIN,
			IFLA_CAN_TDC_TDCF_MIN, &s->tdc_min);
	return take_tdc_values(a, IFLA_CAN_TDC_TDCV_MAX, IFLA_CAN_TDC_TDCO_MAX,
			       IFLA_CAN_TDC_TDCF_MAX, &s->tdc_max) != 0;
}

static int take_supported(struct nlattr *attr, uint32_t *ret)
{
	struct nlattr *a[IFLA_CAN_CTRLMODE_MAX + 1];

	return attr && nla_parse_nested(a, IFLA_CAN_CTRLMODE_MAX, attr,
					NULL) == 0 &&
	       take(a[IFLA_CAN_CTRLMODE_SUPPORTED], ret, sizeof(*ret));
}

static int take_modes(struct nlattr *attr, uint32_t *ret)
{
	struct can_ctrlmode mode;

	if (!take(attr, &mode, sizeof(mode)))
		return 0;
	*ret = mode.flags;
	return 1;
}

static int take_error_counters(struct nlattr *attr, struct sfam_can_status *s)
{
	struct can_berr_counter counter;

	if (!take(attr, &counter, sizeof(counter)))
		return 0;
	s->tx_errors = counter.txerr;
	s->rx_errors = counter.rxerr;
	return 1;
}

static void note(struct sfam_can_status *s, uint32_t bit, int found)
{
	if (found)
		s->have |= bit;
}

static void take_phases(struct nlattr **a, struct sfam_can_status *s)
{
	note(s, SFAM_CAN_HAVE_TIMING,
	     take_timing(a[IFLA_CAN_BITTIMING], &s->timing));
	note(s, SFAM_CAN_HAVE_LIMITS,
	     take_limits(a[IFLA_CAN_BITTIMING_CONST], &s->limits));
	note(s, SFAM_CAN_HAVE_BITRATES,
	     take_rates(a[IFLA_CAN_BITRATE_CONST], s->bitrates,
			&s->n_bitrates));
	note(s, SFAM_CAN_HAVE_DATA_TIMING,
	     take_timing(a[IFLA_CAN_DATA_BITTIMING], &s->data_timing));
	note(s, SFAM_CAN_HAVE_DATA_LIMITS,
	     take_limits(a[IFLA_CAN_DATA_BITTIMING_CONST], &s->data_limits));
	note(s, SFAM_CAN_HAVE_DATA_BITRATES,
	     take_rates(a[IFLA_CAN_DATA_BITRATE_CONST], s->data_bitrates,
			&s->n_data_bitrates));
	note(s, SFAM_CAN_HAVE_TDC_LIMITS, take_tdc(a[IFLA_CAN_TDC], s));
}

/* IFLA_INFO_DATA: only a real controller has it. */
static void take_controller(struct nlattr *data, struct sfam_can_status *s)
{
	struct nlattr *a[IFLA_CAN_MAX + 1];

	if (!data || nla_parse_nested(a, IFLA_CAN_MAX, data, NULL) < 0)
		return;
	note(s, SFAM_CAN_HAVE_CONTROLLER,
	     take(a[IFLA_CAN_STATE], &s->state, sizeof(s->state)));
	take(a[IFLA_CAN_CLOCK], &s->clock_hz, sizeof(s->clock_hz));
	take(a[IFLA_CAN_RESTART_MS], &s->restart_ms, sizeof(s->restart_ms));
	take(a[IFLA_CAN_BITRATE_MAX], &s->bitrate_max,
	     sizeof(s->bitrate_max));
	note(s, SFAM_CAN_HAVE_MODES,
	     take_modes(a[IFLA_CAN_CTRLMODE], &s->modes));
	note(s, SFAM_CAN_HAVE_SUPPORTED,
	     take_supported(a[IFLA_CAN_CTRLMODE_EXT], &s->modes_supported));
	note(s, SFAM_CAN_HAVE_ERROR_COUNTERS,
	     take_error_counters(a[IFLA_CAN_BERR_COUNTER], s));
	note(s, SFAM_CAN_HAVE_TERMINATION,
	     take_terminations(a[IFLA_CAN_TERMINATION],
			       a[IFLA_CAN_TERMINATION_CONST], s));
	take_phases(a, s);
}

static int take_device_counts(struct nlattr *attr, struct sfam_can_status *s)
{
	struct can_device_stats d;

	if (!take(attr, &d, sizeof(d)))
		return 0;
	s->bus_errors = d.bus_error;
	s->error_warnings = d.error_warning;
	s->error_passives = d.error_passive;
	s->bus_offs = d.bus_off;
	s->arbitrations_lost = d.arbitration_lost;
	s->restarts = d.restarts;
	return 1;
}

/* Kernels of all ages have the fields up to rx_over_errors. */
int sfam__ctl_take_stats(struct nlattr *attr, struct rtnl_link_stats64 *ret)
{
	memset(ret, 0, sizeof(*ret));
	return take(attr, ret,
		    offsetof(struct rtnl_link_stats64, rx_crc_errors));
}

static void take_link_counts(struct nlattr *attr, struct sfam_can_status *s)
{
	struct rtnl_link_stats64 stats;

	if (!sfam__ctl_take_stats(attr, &stats))
		return;
	s->rx_packets = stats.rx_packets;
	s->tx_packets = stats.tx_packets;
	s->rx_bytes = stats.rx_bytes;
	s->tx_bytes = stats.tx_bytes;
	s->rx_errors_total = stats.rx_errors;
	s->tx_errors_total = stats.tx_errors;
	s->rx_dropped = stats.rx_dropped;
	s->tx_dropped = stats.tx_dropped;
	s->rx_overruns = stats.rx_over_errors;
}

void sfam__ctl_can_take(struct nlattr *attr, struct sfam_can_status *s)
{
	struct nlattr *a[IFLA_INFO_MAX + 1];

	if (!attr || nla_parse_nested(a, IFLA_INFO_MAX, attr, NULL) < 0)
		return;
	if (a[IFLA_INFO_KIND])
		nla_strlcpy(s->kind, a[IFLA_INFO_KIND], sizeof(s->kind));
	if (strcmp(s->kind, "can") != 0)
		return;		/* vxcan's data is of another kind */
	take_controller(a[IFLA_INFO_DATA], s);
	note(s, SFAM_CAN_HAVE_DEVICE_COUNTS,
	     take_device_counts(a[IFLA_INFO_XSTATS], s));
}

static int on_link(struct nlmsghdr *header, void *arg)
{
	const struct ifinfomsg *link = nlmsg_data(header);
	struct sfam_can_status *s = arg;
	struct nlattr *a[IFLA_MAX + 1];

	if (header->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(header, sizeof(*link), a, IFLA_MAX, NULL) < 0)
		return -EIO;
	if (link->ifi_type != ARPHRD_CAN)
		return -EOPNOTSUPP;
	s->index = (unsigned int)link->ifi_index;
	s->link_flags = link->ifi_flags;
	take(a[IFLA_MTU], &s->mtu, sizeof(s->mtu));
	take_link_counts(a[IFLA_STATS64], s);
	sfam__ctl_can_take(a[IFLA_LINKINFO], s);
	return 0;
}

SFAM_PUBLIC int sfam_can_get_status(const char *ifname,
				    struct sfam_can_status *ret,
				    struct sfam_ctl_diag *diag)
{
	struct sfam_can_status s;
	int r;

	memset(&s, 0, sizeof(s));
	r = sfam__ctl_request(sfam__ctl_link_message(RTM_GETLINK, 0, ifname,
						     0, 0), on_link, &s, diag);
	if (r == -EOPNOTSUPP)
		return sfam__ctl_refuse(diag, r, "%s", "not a CAN interface");
	if (r < 0)
		return r;
	*ret = s;
	return 0;
}
