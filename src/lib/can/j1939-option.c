/* SPDX-License-Identifier: MIT */
/* The switches of a J1939 socket. */
#include "can/j1939.h"

#include <linux/net_tstamp.h>

#define EVENTS (SFAM_J1939_OPT_TX_EVENTS | SFAM_J1939_OPT_RX_EVENTS)
#define OPTIONS_ALL (SFAM_J1939_OPT_PROMISC | SFAM_J1939_OPT_BROADCAST | \
		     EVENTS)

/* Events come as stamps of the error queue; these say which. */
#define TX_STAMPS (SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_ACK)
#define RX_STAMPS SOF_TIMESTAMPING_RX_SOFTWARE
#define STAMPS (SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_CMSG | \
		SOF_TIMESTAMPING_OPT_TSONLY | SOF_TIMESTAMPING_OPT_STATS | \
		SOF_TIMESTAMPING_OPT_ID)

/*
 * j1939_sk_setsockopt_flag() in net/can/j1939/socket.c returns the value
 * that was set, and setsockopt(2) that.
 */
static int set_int(int fd, int level, int name, int value)
{
	int r = sfam__sys_setsockopt(fd, level, name, &value, sizeof(value));

	return r > 0 ? 0 : r;
}

/* The option that the kernel has; before 5.1 there is the old one alone. */
static int stamps_option(int fd, int *ret_flags)
{
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TIMESTAMPING_NEW,
					 ret_flags);

	return r == 0 ? SO_TIMESTAMPING_NEW : SO_TIMESTAMPING_OLD;
}

static int set_events(int fd, uint32_t on, uint32_t off)
{
	int flags = 0;
	int option = stamps_option(fd, &flags);
	int r;

	flags |= on & SFAM_J1939_OPT_TX_EVENTS ? TX_STAMPS : 0;
	flags |= on & SFAM_J1939_OPT_RX_EVENTS ? RX_STAMPS : 0;
	flags &= off & SFAM_J1939_OPT_TX_EVENTS ? ~TX_STAMPS : ~0;
	flags &= off & SFAM_J1939_OPT_RX_EVENTS ? ~RX_STAMPS : ~0;
	if (flags & (TX_STAMPS | RX_STAMPS))
		flags |= STAMPS;
	else
		flags = 0;
	r = set_int(fd, SOL_SOCKET, option, flags);
	if (r < 0)
		return r;
	return set_int(fd, SOL_CAN_J1939, SO_J1939_ERRQUEUE, flags != 0);
}

static int set_flag(int fd, int level, int name, uint32_t on, uint32_t off)
{
	if (!on && !off)
		return 0;
	return set_int(fd, level, name, on != 0);
}

SFAM_PUBLIC int sfam_j1939_set_options(int fd, uint32_t on, uint32_t off)
{
	int r;

	if ((on | off) & ~OPTIONS_ALL || on & off)
		return -EINVAL;
	r = set_flag(fd, SOL_CAN_J1939, SO_J1939_PROMISC,
		     on & SFAM_J1939_OPT_PROMISC, off & SFAM_J1939_OPT_PROMISC);
	if (r == 0)
		r = set_flag(fd, SOL_SOCKET, SO_BROADCAST,
			     on & SFAM_J1939_OPT_BROADCAST,
			     off & SFAM_J1939_OPT_BROADCAST);
	if (r == 0 && (on | off) & EVENTS)
		r = set_events(fd, on, off);
	return r;
}

SFAM_PUBLIC int sfam_j1939_set_filters(int fd,
				       const struct j1939_filter *filters,
				       size_t n)
{
	if (n > J1939_FILTER_MAX)
		return -EINVAL;
	return sfam__sys_setsockopt(fd, SOL_CAN_J1939, SO_J1939_FILTER,
				    filters, (socklen_t)(n * sizeof(*filters)));
}

SFAM_PUBLIC int sfam_j1939_set_priority(int fd, int prio)
{
	return set_int(fd, SOL_CAN_J1939, SO_J1939_SEND_PRIO, prio);
}
