/* SPDX-License-Identifier: MIT */
#ifndef SFAM_CTL_CAN_GW_H
#define SFAM_CTL_CAN_GW_H

#include "request.h"

/* Why the kernel may have refused any request: its code with words. */
int sfam__can_gw_explain(int error, struct sfam_ctl_diag *diag);

/*
 * Calls each() for every rule; the names are not filled in. Below 0 it ends
 * the dump with that error.
 */
int sfam__can_gw_each(int (*each)(const struct sfam_can_gw_entry *entry,
				  void *arg),
		      void *arg, struct sfam_ctl_diag *diag);

int sfam__can_gw_has_mods(const struct sfam_can_gw_rule *rule);

#endif
