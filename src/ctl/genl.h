/* SPDX-License-Identifier: MIT */
/* Generic netlink: families by name, and dumps that are of one moment. */
#ifndef SFAM_CTL_GENL_H
#define SFAM_CTL_GENL_H

#include "request.h"

/*
 * A request of the family called name. -ENOENT: the kernel has none of that
 * name, now. Others as sfam__ctl_talk().
 */
int sfam__genl_message(const char *name, uint8_t version, uint8_t command,
		       int flags, struct nl_msg **ret,
		       struct sfam_ctl_diag *diag);

/*
 * sfam__ctl_talk() for a dump. What changes while it is told is asked for
 * again, up to ten times (then -EAGAIN); got sees messages only after all
 * have come, so it may make requests itself. Other than 0 from got ends it
 * and is returned.
 */
int sfam__genl_dump(struct nl_msg *msg,
		    int (*got)(struct nlmsghdr *header, void *arg), void *arg,
		    struct sfam_ctl_diag *diag);

#endif
