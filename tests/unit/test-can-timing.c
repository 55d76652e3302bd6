/* SPDX-License-Identifier: MIT */
/*
 * Our choice of bit timing beside the kernel's: bit rates and sample points,
 * usual and odd, on an SJA1000 and on both phases of a CTU CAN FD.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/ctl.h>

#include "harness.h"

static const uint32_t points[] = {
	0, 100, 333, 500, 600, 667, 700, 750, 800, 850, 875, 900, 950, 999,
};

static const uint32_t nominal[] = {
	5000, 6500, 10000, 20000, 33333, 47619, 50000, 83333, 95238, 100000,
	123456, 125000, 250000, 333333, 500000, 500001, 615384, 700000,
	800000, 800001, 1000000, 1300000, 3000000,
};

static const uint32_t data[] = {
	500000, 666666, 800000, 1000000, 1234567, 1700000, 2000000, 2500000,
	3333333, 4000000, 5000000, 6000000, 7300000, 8000000, 10000000,
};

static struct sfam_can_status status_of(const char *ifname)
{
	struct sfam_can_status s;

	ck_assert_ok(sfam_can_get_status(ifname, &s, NULL));
	return s;
}

/* Only the sum of the first two segments reaches the bus. */
static void same(const struct sfam_can_timing *ours,
		 const struct sfam_can_timing *kernel, const char *what)
{
	ck_assert_msg(ours->bitrate == kernel->bitrate &&
		      ours->sample_point_permille ==
		      kernel->sample_point_permille &&
		      ours->tq_ns == kernel->tq_ns &&
		      ours->prop_seg + ours->phase_seg1 ==
		      kernel->prop_seg + kernel->phase_seg1 &&
		      ours->phase_seg2 == kernel->phase_seg2 &&
		      ours->brp == kernel->brp, "%s: ours %u %u tq %u %u+%u "
		      "%u brp %u, kernel's %u %u tq %u %u+%u %u brp %u", what,
		      ours->bitrate, ours->sample_point_permille, ours->tq_ns,
		      ours->prop_seg, ours->phase_seg1, ours->phase_seg2,
		      ours->brp, kernel->bitrate,
		      kernel->sample_point_permille, kernel->tq_ns,
		      kernel->prop_seg, kernel->phase_seg1,
		      kernel->phase_seg2, kernel->brp);
	/* Before Linux 6.3 always 1. */
	ck_assert_msg(kernel->sjw == ours->sjw || kernel->sjw == 1,
		      "%s: sjw %u, kernel's %u", what, ours->sjw,
		      kernel->sjw);
}

static uint32_t off_permille(uint32_t rate, const struct sfam_can_timing *t)
{
	uint32_t off = t->bitrate > rate ? t->bitrate - rate :
					   rate - t->bitrate;

	return (uint32_t)((uint64_t)off * 1000 / rate);
}

/*
 * can_update_sample_point() of drivers/net/can/dev/calc_bittiming.c minds
 * tseg1_max, and not tseg1_min (seen in 6.1 and 6.12).
 */
static int kernel_left_limits(const struct sfam_can_timing *kernel,
			      const struct sfam_can_limits *l)
{
	return kernel->prop_seg + kernel->phase_seg1 < l->tseg1_min;
}

/* Sets one phase by rate and point alone. 1 if both took it. */
static int compare(const char *ifname, int is_data, uint32_t rate,
		   uint32_t point)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	struct sfam_can_status s = status_of(ifname);
	struct sfam_can_timing *set = is_data ? &config.data : &config.timing;
	const struct sfam_can_timing *kernel = is_data ? &s.data_timing :
							 &s.timing;
	const struct sfam_can_limits *l = is_data ? &s.data_limits :
						    &s.limits;
	struct sfam_can_timing ours;
	struct sfam_ctl_diag diag;
	char what[64];
	int r, k;

	snprintf(what, sizeof(what), "%s %s %u at %u", ifname,
		 is_data ? "data" : "nominal", rate, point);
	r = sfam_can_timing_compute(&ours, NULL, l, s.clock_hz, rate, point);
	config.flags = SFAM_CAN_CONFIG_DOWN;
	if (is_data) {
		config.timing.bitrate = 500000;
		config.mode_mask = config.modes = 0x20; /* CAN_CTRLMODE_FD */
	}
	set->bitrate = rate;
	set->sample_point_permille = point;
	k = sfam_can_configure(ifname, &config, &diag);
	s = status_of(ifname);
	if (k < 0 ? strstr(diag.words, "phase-seg1: 0") != NULL :
		    kernel_left_limits(kernel, l))
		return 0;
	if (r == -EDOM && k == 0)	/* it cuts its error to permille */
		ck_assert_uint_eq(off_permille(rate, kernel), 50);
	else
		ck_assert_msg((r < 0) == (k < 0), "%s: ours %d, kernel's %d",
			      what, r, k);
	if (r < 0 || k < 0)
		return 0;
	same(&ours, kernel, what);
	return 1;
}

static size_t compare_all(const char *ifname, int is_data,
			  const uint32_t *rates, size_t n)
{
	size_t taken = 0;
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < HARNESS_LEN(points); j++)
			taken += (size_t)compare(ifname, is_data, rates[i],
						 points[j]);
	return taken;
}

START_TEST(sja1000_nominal)
{
	ck_assert_uint_gt(compare_all("can0", 0, nominal,
				      HARNESS_LEN(nominal)), 100);
}
END_TEST

START_TEST(ctucanfd_nominal)
{
	ck_assert_uint_gt(compare_all("can2", 0, nominal,
				      HARNESS_LEN(nominal)), 200);
}
END_TEST

START_TEST(ctucanfd_data)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;

	ck_assert_uint_gt(compare_all("can2", 1, data, HARNESS_LEN(data)),
			  100);
	config.flags = SFAM_CAN_CONFIG_DOWN;
	config.mode_mask = 0x20;
	ck_assert_ok(sfam_can_configure("can2", &config, NULL));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ sja1000_nominal, "can-bus" },
		{ ctucanfd_nominal, "canfd-bus" },
		{ ctucanfd_data, "canfd-bus" },
	};

	return harness_run("can-timing", tests, HARNESS_LEN(tests));
}
