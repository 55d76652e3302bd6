/* SPDX-License-Identifier: MIT */
/* Generic netlink: families by name. */
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

#endif
