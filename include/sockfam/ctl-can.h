/* SPDX-License-Identifier: MIT */
/*
 * libsockfam-ctl: CAN controllers. Bit rates, modes, state and counters of
 * an interface such as can0, by one netlink request each.
 *
 * Reading needs no privilege; changing needs CAP_NET_ADMIN in the network
 * namespace of the calling thread. Constants that a header of your system
 * lacks are in <linux/can/netlink.h> of a newer one; the numbers are good.
 */
#ifndef SOCKFAM_CTL_CAN_H
#define SOCKFAM_CTL_CAN_H

#include <sockfam/ctl-base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* struct can_bittiming of linux/can/netlink.h, field by field. */
struct sfam_can_timing {
	uint32_t bitrate;		/* bits/s */
	uint32_t sample_point_permille;	/* of the bit time; 875 is 87.5 % */
	uint32_t tq_ns;			/* time quantum, cut to whole ns */
	uint32_t prop_seg;		/* quanta */
	uint32_t phase_seg1;		/* quanta */
	uint32_t phase_seg2;		/* quanta */
	uint32_t sjw;			/* synchronisation jump width, quanta */
	uint32_t brp;			/* prescaler of the clock */
};

/* What a controller can do: struct can_bittiming_const. */
struct sfam_can_limits {
	char name[16];			/* of the driver */
	uint32_t tseg1_min, tseg1_max;	/* prop_seg + phase_seg1 */
	uint32_t tseg2_min, tseg2_max;	/* phase_seg2 */
	uint32_t sjw_max;
	uint32_t brp_min, brp_max, brp_inc;
};

/*
 * The timing for a bit rate on a controller of clock_hz: the smallest error
 * of bit rate, then of sample point. sample_point_permille 0: CiA's advice
 * (750 over 800 kbit/s, 800 over 500 kbit/s, else 875). The result has all
 * fields; its bitrate and sample point are those that come out.
 * ret_error_ppm, if not NULL: how far the bit rate is off, in 1/1 000 000.
 * It is the kernel's own choice for `bitrate` and a sample point, but: before
 * Linux 6.3 the kernel takes a sjw of 1; some drivers move quanta between
 * prop_seg and phase_seg1, which changes nothing on the bus; the kernel cuts
 * the error to 1/1000 before it compares, so it takes rates that are off by
 * 5.09 %; and for early sample points it goes below tseg1_min, be the result
 * in use then or refused (-EINVAL, "sjw: 1 greater than phase-seg1: 0").
 * -EDOM: the nearest possible bit rate is off by more than 5 %. -EINVAL: a
 * bit rate or clock of 0, a sample point over 999, or limits that contradict
 * themselves.
 */
int sfam_can_timing_compute(struct sfam_can_timing *ret,
			    uint32_t *ret_error_ppm,
			    const struct sfam_can_limits *limits,
			    uint32_t clock_hz, uint32_t bitrate,
			    uint32_t sample_point_permille) SFAM_MUST_CHECK;

/* Transmitter delay compensation; which of the fields mean something. */
#define SFAM_CAN_TDC_V		(1u << 0)
#define SFAM_CAN_TDC_O		(1u << 1)
#define SFAM_CAN_TDC_F		(1u << 2)

struct sfam_can_tdc {
	uint32_t have;			/* SFAM_CAN_TDC_... */
	uint32_t tdcv, tdco, tdcf;	/* clock periods */
};

/* What to do with the link beside the change (struct sfam_can_config). */
#define SFAM_CAN_CONFIG_DOWN	(1u << 0) /* take it down first if it is up */
#define SFAM_CAN_CONFIG_UP	(1u << 1) /* up, in the same request */

/* Start from SFAM_CAN_CONFIG_INIT, which changes nothing. */
struct sfam_can_config {
	size_t size;			/* sizeof(struct sfam_can_config) */
	uint32_t flags;			/* SFAM_CAN_CONFIG_... */
	/*
	 * bitrate, with or without a sample point: the kernel computes the
	 * rest. bitrate 0 and a tq_ns: every field counts. Both 0: as it is.
	 */
	struct sfam_can_timing timing;
	struct sfam_can_timing data;	/* data phase, with CAN_CTRLMODE_FD */
	uint32_t mode_mask;		/* CAN_CTRLMODE_... to change */
	uint32_t modes;			/* and their values */
	struct sfam_can_tdc tdc;	/* wants CAN_CTRLMODE_TDC_MANUAL */
	int32_t restart_ms;		/* after bus-off; 0: never. -1: as is */
	int32_t termination_ohm;	/* 0: off. -1: as it is */
};
#define SFAM_CAN_CONFIG_INIT { sizeof(struct sfam_can_config), \
	0, { 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0, 0, 0 }, 0, 0, \
	{ 0, 0, 0, 0 }, -1, -1 }

/*
 * Sets any combination in one request. What the kernel refuses changes
 * nothing but, with _DOWN, that the link is down.
 * -ENODEV: no such interface. -EOPNOTSUPP: no CAN controller (vcan and
 * vxcan are none), or one that cannot do this mode or termination.
 * -EBUSY: the link is up; this can be changed on a stopped one only
 * (SFAM_CAN_CONFIG_DOWN). -EPERM. -EINVAL: a bit rate that the clock cannot
 * give within 5 % (before Linux 6.8 -EDOM), a timing out of the limits
 * (then -ERANGE), TDC without its mode, up without any bit rate, unknown
 * flags. -E2BIG: config asks for what this library does not know.
 */
int sfam_can_configure(const char *ifname, const struct sfam_can_config *config,
		       struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * Ends bus-off now. -EBUSY: the controller is not in bus-off, or restarts
 * by itself (restart_ms). -EINVAL: the link is down. -EOPNOTSUPP also: its
 * driver cannot (slcan; kernels before July 2025 do not look and crash).
 * -ENODEV, -EPERM as above.
 */
int sfam_can_restart(const char *ifname, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/* Which parts of a struct sfam_can_status the kernel and driver told. */
#define SFAM_CAN_HAVE_CONTROLLER	(1u << 0) /* state, clock, restart_ms */
#define SFAM_CAN_HAVE_MODES		(1u << 1)
#define SFAM_CAN_HAVE_SUPPORTED		(1u << 2) /* Linux 5.18 */
#define SFAM_CAN_HAVE_TIMING		(1u << 3)
#define SFAM_CAN_HAVE_LIMITS		(1u << 4)
#define SFAM_CAN_HAVE_DATA_TIMING	(1u << 5)
#define SFAM_CAN_HAVE_DATA_LIMITS	(1u << 6)
#define SFAM_CAN_HAVE_ERROR_COUNTERS	(1u << 7) /* tx_errors, rx_errors */
#define SFAM_CAN_HAVE_TERMINATION	(1u << 8)
#define SFAM_CAN_HAVE_TDC_LIMITS	(1u << 9) /* Linux 5.16 */
#define SFAM_CAN_HAVE_DEVICE_COUNTS	(1u << 10)
#define SFAM_CAN_HAVE_BITRATES		(1u << 11) /* fixed rates only */
#define SFAM_CAN_HAVE_DATA_BITRATES	(1u << 12)

#define SFAM_CAN_TERMINATIONS_MAX 16
#define SFAM_CAN_BITRATES_MAX 64

struct sfam_can_status {
	uint32_t have;			/* SFAM_CAN_HAVE_... */
	char kind[16];			/* "can", "vcan", "vxcan" */
	unsigned int index;
	uint32_t link_flags;		/* IFF_UP ... of net/if.h */
	uint32_t mtu;			/* 16 classic, 72 FD, up to 2060 XL */
	uint32_t state;			/* CAN_STATE_... */
	uint32_t clock_hz;
	uint32_t modes;			/* CAN_CTRLMODE_... */
	uint32_t modes_supported;
	uint32_t restart_ms;
	uint32_t tx_errors, rx_errors;	/* the controller's error counters */
	struct sfam_can_timing timing, data_timing;
	struct sfam_can_limits limits, data_limits;
	uint32_t bitrate_max;		/* of the transceiver; 0: not told */
	uint32_t bitrates[SFAM_CAN_BITRATES_MAX], n_bitrates;
	uint32_t data_bitrates[SFAM_CAN_BITRATES_MAX], n_data_bitrates;
	struct sfam_can_tdc tdc, tdc_min, tdc_max;
	uint32_t termination_ohm;
	uint32_t terminations_ohm[SFAM_CAN_TERMINATIONS_MAX], n_terminations;
	/* struct can_device_stats */
	uint32_t bus_errors, error_warnings, error_passives, bus_offs;
	uint32_t arbitrations_lost, restarts;
	/* of the link */
	uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes;
	uint64_t rx_errors_total, tx_errors_total, rx_dropped, tx_dropped;
	uint64_t rx_overruns;
};

/*
 * Everything about a CAN interface. Of a virtual one there is the link part
 * only: have is without SFAM_CAN_HAVE_CONTROLLER.
 * -ENODEV: no such interface. -EOPNOTSUPP: it is not CAN.
 */
int sfam_can_get_status(const char *ifname, struct sfam_can_status *ret,
			struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * Waits until the controller is in one of the states: for each a bit,
 * 1u << CAN_STATE_... of linux/can/netlink.h. ret_state may be NULL.
 * -ETIMEDOUT. -ENODEV, -EOPNOTSUPP as above, also if it goes meanwhile.
 * How it learns of changes: see sfam_link_watch_new. A state that is left
 * again before it can be read is not seen; bus-off without restart_ms
 * stays.
 */
int sfam_can_wait_state(const char *ifname, uint32_t states,
			uint32_t *ret_state, int64_t timeout_ns,
			struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * When and how often to restart after bus-off. The kernel's own restart_ms
 * goes on for ever at one pace; this waits longer each time, and ends.
 */
struct sfam_can_restarts {
	size_t size;		/* sizeof(struct sfam_can_restarts) */
	uint32_t limit;		/* restarts in a row; 0: no limit */
	int64_t delay_ns;	/* before the first; then twice that ... */
	int64_t delay_max_ns;	/* ... up to this */
	int64_t calm_ns;	/* so long without bus-off begins a new row */
};
#define SFAM_CAN_RESTARTS_INIT { sizeof(struct sfam_can_restarts), 10, \
	100000000, 10000000000, 60000000000 }

/*
 * Brings the controller back from bus-off each time, for timeout_ns: for a
 * thread or program of its own. policy NULL: SFAM_CAN_RESTARTS_INIT (100 ms
 * to 10 s, 10 in a row, a minute). A driver that cannot restart is taken
 * down and up. Never 0; *ret_restarts, if not NULL, is set all the same,
 * but for -EINVAL and -E2BIG: not a policy.
 * -ETIMEDOUT: the time is over. -ENETDOWN: the limit is reached, it is in
 * bus-off. -EBUSY: restart_ms is set, so the kernel does it. Others as of
 * sfam_can_restart.
 */
int sfam_can_keep_running(const char *ifname,
			  const struct sfam_can_restarts *policy,
			  uint32_t *ret_restarts, int64_t timeout_ns,
			  struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* "ERROR-ACTIVE" ... as ip(8) has them; NULL if unknown. Static storage. */
const char *sfam_can_state_name(uint32_t state);

/* Of one CAN_CTRLMODE_ bit: "LOOPBACK" ...; NULL if unknown. */
const char *sfam_can_mode_name(uint32_t mode);

#ifdef __cplusplus
}
#endif

#endif
