/* SPDX-License-Identifier: MIT */
/* The switches of a CAN_RAW socket. */
#include "base/sys.h"

#include <linux/can.h>
#include <linux/can/raw.h>
#include <linux/net_tstamp.h>

#include <sockfam/can.h>

/* An enumerator, so that no #ifdef can tell whether linux/can/raw.h has it. */
#define OPT_XL_FRAMES 7		/* CAN_RAW_XL_FRAMES, since 6.1 */
#define OPT_XL_VCID_OPTS 8	/* CAN_RAW_XL_VCID_OPTS, since 6.9 */
#define FILTERS_MAX 512		/* CAN_RAW_FILTER_MAX, net/can/raw.c */

#define HWTIME_FLAGS (SOF_TIMESTAMPING_RX_HARDWARE | \
		      SOF_TIMESTAMPING_RAW_HARDWARE | \
		      SOF_TIMESTAMPING_RX_SOFTWARE | \
		      SOF_TIMESTAMPING_SOFTWARE)

/* The switch of bit i; 0 is no option's number. */
struct option {
	int level;
	int name;
	int old_name;	/* where the kernel has no 64-bit time (before 5.1) */
	int on;
};

static const struct option options[] = {
	{ SOL_CAN_RAW, CAN_RAW_LOOPBACK, 0, 1 },
	{ SOL_CAN_RAW, CAN_RAW_RECV_OWN_MSGS, 0, 1 },
	{ SOL_CAN_RAW, CAN_RAW_FD_FRAMES, 0, 1 },
	{ SOL_CAN_RAW, OPT_XL_FRAMES, 0, 1 },
	{ SOL_CAN_RAW, CAN_RAW_JOIN_FILTERS, 0, 1 },
	{ SOL_SOCKET, SO_TIMESTAMPNS_NEW, SO_TIMESTAMPNS_OLD, 1 },
	{ SOL_SOCKET, SO_TIMESTAMPING_NEW, SO_TIMESTAMPING_OLD,
	  HWTIME_FLAGS },
	{ SOL_SOCKET, SO_RXQ_OVFL, 0, 1 },
};

#define OPTIONS_ALL ((1u << SFAM_ARRAY_LEN(options)) - 1)

/*
 * Without these options, since 6.9, the kernel clears the VCID of what is
 * sent and drops in silence what comes with one (net/can/raw.c).
 */
static int pass_every_vcid(int fd)
{
	static const struct vcid_options {	/* can_raw_vcid_options */
		uint8_t flags, tx_vcid, rx_vcid, rx_vcid_mask;
	} all = { 0x02 | 0x04, 0, 0, 0 };	/* TX_PASS, RX_FILTER */
	int r = sfam__sys_setsockopt(fd, SOL_CAN_RAW, OPT_XL_VCID_OPTS, &all,
				     sizeof(all));

	return r == -ENOPROTOOPT ? 0 : r;
}

static int switch_option(int fd, const struct option *o, bool on)
{
	int value = on ? o->on : 0;
	int r = sfam__sys_setsockopt(fd, o->level, o->name, &value,
				     sizeof(value));

	if (r == -ENOPROTOOPT && o->old_name)
		r = sfam__sys_setsockopt(fd, o->level, o->old_name, &value,
					 sizeof(value));
	if (r == 0 && on && o->name == OPT_XL_FRAMES && o->level == SOL_CAN_RAW)
		r = pass_every_vcid(fd);
	return r;
}

/*
 * Off goes downwards: the kernel refuses to take FD away while XL is on
 * (raw_setsockopt() in net/can/raw.c).
 */
SFAM_PUBLIC int sfam_can_set_options(int fd, uint32_t on, uint32_t off)
{
	size_t i;
	int r;

	if ((on | off) & ~OPTIONS_ALL || on & off)
		return -EINVAL;
	for (i = SFAM_ARRAY_LEN(options); i-- > 0;) {
		if (!(off & 1u << i))
			continue;
		r = switch_option(fd, &options[i], false);
		if (r < 0)
			return r;
	}
	for (i = 0; i < SFAM_ARRAY_LEN(options); i++) {
		if (!(on & 1u << i))
			continue;
		r = switch_option(fd, &options[i], true);
		if (r < 0)
			return r;
	}
	return 0;
}

SFAM_PUBLIC int sfam_can_set_filters(int fd, const struct can_filter *filters,
				     size_t n)
{
	if (n > FILTERS_MAX)
		return -EINVAL;
	return sfam__sys_setsockopt(fd, SOL_CAN_RAW, CAN_RAW_FILTER, filters,
				    (socklen_t)(n * sizeof(*filters)));
}

SFAM_PUBLIC int sfam_can_set_error_mask(int fd, uint32_t mask)
{
	can_err_mask_t value = mask;

	return sfam__sys_setsockopt(fd, SOL_CAN_RAW, CAN_RAW_ERR_FILTER,
				    &value, sizeof(value));
}
