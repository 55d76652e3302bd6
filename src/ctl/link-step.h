/* SPDX-License-Identifier: MIT */
/* From what was told of a link to what is known of it, event by event. */
#ifndef SFAM_CTL_LINK_STEP_H
#define SFAM_CTL_LINK_STEP_H

#include "link-info.h"

struct sfam__ctl_watched {
	struct sfam__ctl_link told, now;
	/* How it came; SFAM_LINK_GONE or _MOVED: how it went. */
	enum sfam_link_change came, went;
	int is_told;		/* that it came */
	int is_gone;
	int is_seen;		/* in the last list of all */
};

/* Fills ret with the next event of this link and returns 1; 0: no more. */
int sfam__ctl_link_step(struct sfam__ctl_watched *w,
			struct sfam_link_event *ret);

#endif
