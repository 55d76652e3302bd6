/* SPDX-License-Identifier: MIT */
/*
 * CAN controllers: the timing calculator anywhere, the rest on the emulated
 * SJA1000 pair. libsocketcan is the second opinion of what was set.
 */
#include <errno.h>
#include <libsocketcan.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"

static const struct sfam_can_limits sja1000 = {
	"sja1000", 1, 16, 1, 8, 4, 1, 64, 1,
};
/* A CAN FD controller's nominal phase (CTU CAN FD). */
static const struct sfam_can_limits ctucanfd = {
	"ctucanfd", 2, 190, 1, 63, 31, 1, 255, 1,
};

static const uint32_t rates[] = {
	10000, 20000, 50000, 83333, 100000, 125000, 250000, 500000, 800000,
	1000000,
};

/* The timing must be what its own fields say, and within the limits. */
static void check_timing(const struct sfam_can_timing *t,
			 const struct sfam_can_limits *l, uint32_t clock)
{
	uint32_t tseg1 = t->prop_seg + t->phase_seg1;
	uint32_t quanta = 1 + tseg1 + t->phase_seg2;

	ck_assert_uint_eq(t->bitrate, clock / (t->brp * quanta));
	ck_assert_uint_eq(t->sample_point_permille,
			  1000 * (1 + tseg1) / quanta);
	ck_assert(tseg1 >= l->tseg1_min && tseg1 <= l->tseg1_max);
	ck_assert(t->phase_seg2 >= l->tseg2_min &&
		  t->phase_seg2 <= l->tseg2_max);
	ck_assert(t->brp >= l->brp_min && t->brp <= l->brp_max);
	ck_assert(t->sjw >= 1 && t->sjw <= l->sjw_max);
}

START_TEST(timing_of_common_rates)
{
	struct sfam_can_timing t;
	uint32_t ppm;
	size_t i;

	for (i = 0; i < HARNESS_LEN(rates); i++) {
		ck_assert_ok(sfam_can_timing_compute(&t, &ppm, &ctucanfd,
						     80000000, rates[i], 0));
		check_timing(&t, &ctucanfd, 80000000);
		ck_assert_uint_lt(ppm, 100);
	}
	/* 8 MHz: 500 kbit/s is 16 quanta, 87.5 % falls on one of them. */
	ck_assert_ok(sfam_can_timing_compute(&t, &ppm, &sja1000, 8000000,
					     500000, 0));
	ck_assert_uint_eq(ppm, 0);
	ck_assert_uint_eq(t.brp, 1);
	ck_assert_uint_eq(t.prop_seg + t.phase_seg1, 13);
	ck_assert_uint_eq(t.phase_seg2, 2);
	ck_assert_uint_eq(t.sample_point_permille, 875);
	ck_assert_uint_eq(t.tq_ns, 125);
}
END_TEST

START_TEST(timing_refusals)
{
	struct sfam_can_timing t = { .brp = 77 };
	struct sfam_can_limits wrong = sja1000;
	uint32_t ppm = 5;

	ck_assert_err(sfam_can_timing_compute(&t, &ppm, &sja1000, 8000000, 0,
					      0), EINVAL);
	ck_assert_err(sfam_can_timing_compute(&t, &ppm, &sja1000, 0, 500000,
					      0), EINVAL);
	ck_assert_err(sfam_can_timing_compute(&t, &ppm, &sja1000, 8000000,
					      500000, 1000), EINVAL);
	ck_assert_err(sfam_can_timing_compute(&t, &ppm, &sja1000, 8000000,
					      5000000, 0), EDOM);
	ck_assert_err(sfam_can_timing_compute(&t, &ppm, &sja1000, 8000000, 1,
					      0), EDOM);
	wrong.brp_inc = 0;
	ck_assert_err(sfam_can_timing_compute(&t, &ppm, &wrong, 8000000,
					      500000, 0), EINVAL);
	wrong = sja1000;
	wrong.tseg1_min = 17;
	ck_assert_err(sfam_can_timing_compute(&t, &ppm, &wrong, 8000000,
					      500000, 0), EINVAL);
	ck_assert_uint_eq(t.brp, 77);
	ck_assert_uint_eq(ppm, 5);
}
END_TEST

/* Random clocks, limits and rates: right by its own fields, or refused. */
START_TEST(timing_of_anything)
{
	uint64_t state = test_seed();
	struct sfam_can_limits l = ctucanfd;
	struct sfam_can_timing t;
	uint32_t clock, rate, ppm, computed = 0;
	int i, r;

	for (i = 0; i < 3000; i++) {
		clock = (uint32_t)(1000000 + test_random(&state) % 200000000);
		rate = (uint32_t)(1000 + test_random(&state) % 8000000);
		l.tseg1_max = (uint32_t)(2 + test_random(&state) % 255);
		l.tseg2_max = (uint32_t)(1 + test_random(&state) % 127);
		l.brp_max = (uint32_t)(1 + test_random(&state) % 1024);
		r = sfam_can_timing_compute(&t, &ppm, &l, clock, rate,
			(uint32_t)(test_random(&state) % 1000));
		if (r == -EDOM)
			continue;
		ck_assert_ok(r);
		check_timing(&t, &l, clock);
		ck_assert_uint_le(ppm, 50000);
		computed++;
	}
	ck_assert_uint_gt(computed, 300);
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(sfam_can_state_name(3), "BUS-OFF");
	ck_assert_ptr_null(sfam_can_state_name(6));
	ck_assert_str_eq(sfam_can_mode_name(0x20), "FD");
	ck_assert_str_eq(sfam_can_mode_name(0x8000), "XL-TMS");
	ck_assert_ptr_null(sfam_can_mode_name(0x3));
	ck_assert_ptr_null(sfam_can_mode_name(0x10000));
	ck_assert_ptr_null(sfam_can_mode_name(0));
}
END_TEST

static void says(const struct sfam_ctl_diag *diag, const char *words)
{
	ck_assert_msg(strstr(diag->words, words) != NULL, "\"%s\" lacks "
		      "\"%s\"", diag->words, words);
}

START_TEST(no_controller)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	struct sfam_can_status s = { .index = 77 };
	struct sfam_ctl_diag diag;

	ck_assert_err(sfam_can_get_status("nosuch0", &s, &diag), ENODEV);
	ck_assert_err(sfam_can_get_status("lo", &s, &diag), EOPNOTSUPP);
	says(&diag, "not a CAN interface");
	ck_assert_uint_eq(s.index, 77);
	config.timing.bitrate = 500000;
	ck_assert_err(sfam_can_configure("nosuch0", &config, &diag), ENODEV);
	ck_assert_err(sfam_can_configure("lo", &config, &diag), EOPNOTSUPP);
	ck_assert_err(sfam_can_restart("lo", NULL), EOPNOTSUPP);
	config.flags = 1u << 31;
	ck_assert_err(sfam_can_configure("lo", &config, &diag), EINVAL);
	config.flags = 0;
	config.size++;
	ck_assert_err(sfam_can_configure("lo", &config, &diag), E2BIG);
}
END_TEST

START_TEST(virtual)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	struct sfam_can_status s;
	struct sfam_ctl_diag diag;

	ck_assert_ok(sfam_link_add("v0", "vcan", NULL, 72, NULL));
	ck_assert_ok(sfam_link_add("x0", "vxcan", "x1", 0, NULL));
	ck_assert_ok(sfam_can_get_status("v0", &s, &diag));
	ck_assert_str_eq(s.kind, "vcan");
	ck_assert_uint_eq(s.have, 0);
	ck_assert_uint_eq(s.mtu, 72);
	ck_assert_uint_eq(s.index, if_nametoindex("v0"));
	ck_assert_ok(sfam_can_get_status("x1", &s, &diag));
	ck_assert_str_eq(s.kind, "vxcan");
	ck_assert_uint_eq(s.have, 0);
	config.timing.bitrate = 500000;
	ck_assert_err(sfam_can_configure("v0", &config, &diag), EOPNOTSUPP);
	says(&diag, "a vcan has no controller");
	ck_assert_err(sfam_can_restart("x0", &diag), EOPNOTSUPP);
	says(&diag, "a vxcan has no controller");
}
END_TEST

/* The controllers live in the first namespace: no two tests at a time. */
static struct sfam_can_status status_of(const char *ifname)
{
	struct sfam_can_status s;

	ck_assert_ok(sfam_can_get_status(ifname, &s, NULL));
	return s;
}

static int set_rate(uint32_t bitrate, uint32_t flags,
		    struct sfam_ctl_diag *diag)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;

	config.flags = flags;
	config.timing.bitrate = bitrate;
	return sfam_can_configure("can0", &config, diag);
}

/* The kernel's code before Linux 6.8, and since; with words always. */
static void expect_refusal(int r, int before, const struct sfam_ctl_diag *diag)
{
	ck_assert_msg(r == -before || r == -EINVAL, "%d", r);
	ck_assert_uint_gt(strlen(diag->words), 0);
}

/* One call: rate, modes, restart, up; and libsocketcan sees the same. */
START_TEST(configure_and_read)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	struct sfam_can_status s;
	struct can_bittiming bt;
	struct can_ctrlmode mode;
	struct can_clock clock;
	uint32_t ms;
	int state;

	config.flags = SFAM_CAN_CONFIG_DOWN | SFAM_CAN_CONFIG_UP;
	config.timing.bitrate = 250000;
	config.timing.sample_point_permille = 800;
	config.mode_mask = CAN_CTRLMODE_LISTENONLY | CAN_CTRLMODE_3_SAMPLES |
			   CAN_CTRLMODE_LOOPBACK;
	config.modes = CAN_CTRLMODE_LISTENONLY | CAN_CTRLMODE_3_SAMPLES;
	config.restart_ms = 123;
	ck_assert_ok(sfam_can_configure("can0", &config, NULL));
	s = status_of("can0");
	ck_assert_str_eq(s.kind, "can");
	ck_assert(s.link_flags & IFF_UP);
	ck_assert_uint_eq(s.have & ~(uint32_t)SFAM_CAN_HAVE_SUPPORTED,
			  SFAM_CAN_HAVE_CONTROLLER | SFAM_CAN_HAVE_MODES |
			  SFAM_CAN_HAVE_TIMING | SFAM_CAN_HAVE_LIMITS |
			  SFAM_CAN_HAVE_ERROR_COUNTERS |
			  SFAM_CAN_HAVE_DEVICE_COUNTS);
	ck_assert_int_eq(can_get_bittiming("can0", &bt), 0);
	ck_assert_mem_eq(&bt, &s.timing, sizeof(bt));
	ck_assert_uint_eq(bt.bitrate, 250000);
	ck_assert_int_eq(can_get_ctrlmode("can0", &mode), 0);
	ck_assert_uint_eq(mode.flags, s.modes);
	ck_assert_uint_eq(s.modes, config.modes);
	ck_assert_int_eq(can_get_restart_ms("can0", &ms), 0);
	ck_assert(ms == 123 && s.restart_ms == 123);
	ck_assert_int_eq(can_get_clock("can0", &clock), 0);
	ck_assert_uint_eq(clock.freq, s.clock_hz);
	ck_assert_int_eq(can_get_state("can0", &state), 0);
	ck_assert_uint_eq(s.state, (unsigned int)state);
	ck_assert_uint_eq(s.state, CAN_STATE_ERROR_ACTIVE);
	/* and back */
	config.modes = 0;
	config.restart_ms = 0;
	config.flags = SFAM_CAN_CONFIG_DOWN;
	ck_assert_ok(sfam_can_configure("can0", &config, NULL));
	s = status_of("can0");
	ck_assert_uint_eq(s.modes, 0);
	ck_assert_uint_eq(s.restart_ms, 0);
	ck_assert(!(s.link_flags & IFF_UP));
}
END_TEST

/* What the kernel makes of a rate is what the calculator makes of it. */
START_TEST(kernel_and_calculator_agree)
{
	struct sfam_can_status s = status_of("can0");
	struct sfam_can_timing t;
	size_t i;
	int r;

	for (i = 0; i < HARNESS_LEN(rates); i++) {
		r = set_rate(rates[i], SFAM_CAN_CONFIG_DOWN, NULL);
		ck_assert_int_eq(r < 0, sfam_can_timing_compute(&t, NULL,
				&s.limits, s.clock_hz, rates[i], 0) < 0);
		if (r < 0)
			continue;
		s = status_of("can0");
		ck_assert(s.timing.sjw == t.sjw || s.timing.sjw == 1);
		t.sjw = s.timing.sjw;	/* before Linux 6.3 always 1 */
		ck_assert_mem_eq(&t, &s.timing, sizeof(t));
	}
}
END_TEST

static int fd_rates(uint32_t rate, uint32_t data_rate, uint32_t flags)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;

	config.flags = SFAM_CAN_CONFIG_DOWN | flags;
	config.timing.bitrate = rate;
	config.data.bitrate = data_rate;
	config.mode_mask = config.modes = CAN_CTRLMODE_FD;
	return sfam_can_configure("can2", &config, NULL);
}

START_TEST(fd_configure_and_read)
{
	struct sfam_can_status s;
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	struct sfam_ctl_diag diag;

	ck_assert_ok(fd_rates(500000, 4000000, SFAM_CAN_CONFIG_UP));
	s = status_of("can2");
	ck_assert_uint_eq(s.timing.bitrate, 500000);
	ck_assert_uint_eq(s.data_timing.bitrate, 4000000);
	ck_assert_uint_eq(s.modes, CAN_CTRLMODE_FD);
	ck_assert_uint_eq(s.mtu, 72);
	ck_assert(s.have & SFAM_CAN_HAVE_DATA_LIMITS);
	ck_assert_uint_lt(s.data_limits.tseg1_max, s.limits.tseg1_max);
	/* One thing changes, all others stay. */
	config.flags = SFAM_CAN_CONFIG_DOWN;
	config.restart_ms = 77;
	ck_assert_ok(sfam_can_configure("can2", &config, &diag));
	s = status_of("can2");
	ck_assert_uint_eq(s.restart_ms, 77);
	ck_assert_uint_eq(s.data_timing.bitrate, 4000000);
	/* The data phase alone: the kernel wants the rest of it again. */
	config.data.bitrate = 2000000;
	ck_assert_ok(sfam_can_configure("can2", &config, &diag));
	s = status_of("can2");
	ck_assert_uint_eq(s.data_timing.bitrate, 2000000);
	ck_assert_uint_eq(s.timing.bitrate, 500000);
	ck_assert_uint_eq(s.timing.sample_point_permille, 875);
	config.data.bitrate = 0;
	/* TDC with a controller that has none. */
	config.mode_mask = config.modes = CAN_CTRLMODE_TDC_MANUAL;
	config.tdc.have = SFAM_CAN_TDC_O;
	ck_assert_err(sfam_can_configure("can2", &config, &diag), EOPNOTSUPP);
	ck_assert_uint_gt(strlen(diag.words), 0);
	/* and FD off: a classic interface again */
	config.mode_mask = CAN_CTRLMODE_FD;
	config.modes = config.tdc.have = 0;
	ck_assert_ok(sfam_can_configure("can2", &config, &diag));
	s = status_of("can2");
	ck_assert_uint_eq(s.mtu, 16);
	ck_assert_uint_eq(s.modes, 0);
}
END_TEST

START_TEST(fd_kernel_and_calculator_agree)
{
	static const uint32_t data_rates[] = {
		1000000, 2000000, 4000000, 5000000, 8000000,
	};
	struct sfam_can_status s = status_of("can2");
	struct sfam_can_timing t;
	size_t i;
	int r;

	for (i = 0; i < HARNESS_LEN(data_rates); i++) {
		r = fd_rates(500000, data_rates[i], 0);
		ck_assert_int_eq(r < 0, sfam_can_timing_compute(&t, NULL,
				&s.data_limits, s.clock_hz, data_rates[i],
				0) < 0);
		if (r < 0)
			continue;
		s = status_of("can2");
		/* The driver moves quanta from phase_seg1 to prop_seg. */
		ck_assert_uint_eq(t.prop_seg + t.phase_seg1,
				  s.data_timing.prop_seg +
				  s.data_timing.phase_seg1);
		ck_assert_uint_eq(t.phase_seg2, s.data_timing.phase_seg2);
		ck_assert_uint_eq(t.brp, s.data_timing.brp);
		ck_assert_uint_eq(t.bitrate, s.data_timing.bitrate);
	}
}
END_TEST

START_TEST(explicit_timing)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	struct sfam_can_status s = status_of("can0");
	struct sfam_can_timing t;
	struct sfam_ctl_diag diag;

	ck_assert_ok(sfam_can_timing_compute(&t, NULL, &s.limits, s.clock_hz,
					     125000, 700));
	config.flags = SFAM_CAN_CONFIG_DOWN;
	config.timing = t;
	config.timing.bitrate = 0;
	config.timing.sjw = 2;
	ck_assert_ok(sfam_can_configure("can0", &config, &diag));
	s = status_of("can0");
	t.sjw = 2;
	ck_assert_mem_eq(&t, &s.timing, sizeof(t));
	config.timing.phase_seg2 = s.limits.tseg2_max + 1;
	expect_refusal(sfam_can_configure("can0", &config, &diag), ERANGE,
		       &diag);
}
END_TEST

START_TEST(refusals_in_words)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	struct sfam_ctl_diag diag;

	ck_assert_ok(set_rate(500000, SFAM_CAN_CONFIG_DOWN |
			      SFAM_CAN_CONFIG_UP, NULL));
	ck_assert_err(set_rate(250000, 0, &diag), EBUSY);
	says(&diag, "the link is up");
	ck_assert_err(sfam_can_restart("can0", &diag), EBUSY);
	says(&diag, "not in bus-off");
	ck_assert_ok(sfam_link_down("can0", NULL));
	ck_assert_err(sfam_can_restart("can0", &diag), EINVAL);
	says(&diag, "the link is down");
	expect_refusal(set_rate(1, 0, &diag), EDOM, &diag);
	config.mode_mask = config.modes = CAN_CTRLMODE_FD;
	ck_assert_err(sfam_can_configure("can0", &config, &diag), EOPNOTSUPP);
	ck_assert_uint_gt(strlen(diag.words), 0);	/* FD by name: 5.18 */
	config.mode_mask = config.modes = 0;
	config.termination_ohm = 120;
	ck_assert_err(sfam_can_configure("can0", &config, &diag), EOPNOTSUPP);
	says(&diag, "ermination");
}
END_TEST

START_TEST(without_privilege)
{
	struct sfam_can_status s;
	struct sfam_ctl_diag diag;

	ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_ok(sfam_can_get_status("can0", &s, NULL));
	ck_assert_err(set_rate(500000, 0, &diag), EPERM);
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ timing_of_common_rates, NULL },
		{ timing_refusals, NULL },
		{ timing_of_anything, NULL },
		{ names, NULL },
		{ no_controller, NULL },
		{ virtual, "netns can vcan" },
		{ configure_and_read, "can-bus" },
		{ kernel_and_calculator_agree, "can-bus" },
		{ explicit_timing, "can-bus" },
		{ fd_configure_and_read, "canfd-bus" },
		{ fd_kernel_and_calculator_agree, "canfd-bus" },
		{ refusals_in_words, "can-bus" },
		{ without_privilege, "can-bus" },
	};

	return harness_run("can-ctl", tests, HARNESS_LEN(tests));
}
