/* SPDX-License-Identifier: MIT */
#ifndef SFAM_CTL_LINK_WAIT_H
#define SFAM_CTL_LINK_WAIT_H

#include "request.h"
#include "wait.h"

/*
 * Until reached(arg) says 1, or an error; it is asked again after whatever
 * happens to any link. -ETIMEDOUT.
 */
int sfam__ctl_wait_until(int (*reached)(void *arg, struct sfam_ctl_diag *diag),
			 void *arg, struct sfam__ctl_deadline deadline,
			 struct sfam_ctl_diag *diag);

#endif
