/* SPDX-License-Identifier: MIT */
/* One link as a message of the kernel's tells it. */
#ifndef SFAM_CTL_LINK_INFO_H
#define SFAM_CTL_LINK_INFO_H

#include <linux/if_link.h>

#include "request.h"

/* IFF_LOWER_UP, IFF_DORMANT of linux/if.h, which net/if.h lacks. */
#define SFAM__LOWER_UP (1u << 16)
#define SFAM__DORMANT (1u << 17)

struct sfam__ctl_link {
	struct sfam_link_info info;
	/* of the CAN controller: struct can_device_stats */
	uint32_t warnings, passives, bus_offs, restarts;
};

void sfam__ctl_link_init(struct sfam__ctl_link *link);

/*
 * Takes over what the message has; the rest stays as it is. -EIO: it is not
 * an RTM_NEWLINK or RTM_DELLINK.
 */
int sfam__ctl_link_parse(struct nlmsghdr *header, struct sfam__ctl_link *link);

/* -ENODEV, with words: no interface can have that name. */
int sfam__ctl_check_name(const char *name, struct sfam_ctl_diag *diag);

/* sfam__ctl_dump() of all of them. */
int sfam__ctl_link_dump(int (*got)(struct nlmsghdr *header, void *arg),
			void *arg, struct sfam_ctl_diag *diag);

/* The controller's part of IFLA_LINKINFO; can-status.c. */
void sfam__ctl_can_take(struct nlattr *linkinfo, struct sfam_can_status *s);
/* Fields up to rx_over_errors, zeros behind them; 1 if it was there. */
int sfam__ctl_take_stats(struct nlattr *attr,
			 struct rtnl_link_stats64 *ret);

#endif
