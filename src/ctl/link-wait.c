/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a link or a controller: begin to watch, then read, and read
 * again after each event. So no change falls between the two.
 */
#include "link-wait.h"

int sfam__ctl_wait_until(int (*reached)(void *arg, struct sfam_ctl_diag *diag),
			 void *arg, struct sfam__ctl_deadline deadline,
			 struct sfam_ctl_diag *diag)
{
	struct sfam_link_watch *watch;
	struct sfam_link_event event;
	int r = sfam_link_watch_new(&watch, 0);

	if (r < 0)
		return r;
	while ((r = reached(arg, diag)) == 0) {
		r = sfam_link_watch_next(watch, &event,
					 sfam__ctl_left_ns(deadline));
		if (r < 0)
			break;
	}
	sfam_link_watch_free(watch);
	return r < 0 ? r : 0;
}

static int is_running(void *arg, struct sfam_ctl_diag *diag)
{
	struct sfam_link_info link;
	int r = sfam_link_get(arg, &link, diag);

	return r < 0 ? r : sfam_link_is_running(&link);
}

SFAM_PUBLIC int sfam_link_wait_running(const char *name, int64_t timeout_ns,
				       struct sfam_ctl_diag *diag)
{
	return sfam__ctl_wait_until(is_running, (void *)(uintptr_t)name,
				    sfam__ctl_deadline_in(timeout_ns), diag);
}
