/* SPDX-License-Identifier: MIT */
/* One netlink request and its answer, with the kernel's own errno and words. */
#ifndef SFAM_CTL_REQUEST_H
#define SFAM_CTL_REQUEST_H

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <netlink/attr.h>

#include <sockfam/ctl.h>

#define SFAM_PUBLIC __attribute__((visibility("default")))

/* Notes why, and gives error back. */
int sfam__ctl_refuse(struct sfam_ctl_diag *diag, int error,
		     const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A message about the link of that name (index 0); NULL: no memory. */
struct nl_msg *sfam__ctl_link_message(int type, int flags, const char *name,
				      unsigned int change, unsigned int value);

/*
 * Sends msg, which is freed whatever happens, and waits for the answer.
 * got, if not NULL, sees what is not an acknowledgement; below 0 it ends
 * the request with that error.
 */
int sfam__ctl_request(struct nl_msg *msg,
		      int (*got)(struct nlmsghdr *header, void *arg),
		      void *arg, struct sfam_ctl_diag *diag);
/*
 * The same with any NETLINK_... protocol. -EAGAIN: what a dump tells about
 * changed meanwhile (NLM_F_DUMP_INTR), so it may lack things.
 */
int sfam__ctl_talk(int protocol, struct nl_msg *msg,
		   int (*got)(struct nlmsghdr *header, void *arg), void *arg,
		   struct sfam_ctl_diag *diag);

/*
 * sfam__ctl_talk() for a dump. What changes while it is told is asked for
 * again, up to ten times (then -EAGAIN); got sees messages only after all
 * have come, so it may make requests itself. Other than 0 from got ends it
 * and is returned.
 */
int sfam__ctl_dump(int protocol, struct nl_msg *msg,
		   int (*got)(struct nlmsghdr *header, void *arg), void *arg,
		   struct sfam_ctl_diag *diag);

/* sfam_can_get_status; -EOPNOTSUPP: a CAN interface without a controller. */
int sfam__ctl_can_controller(const char *ifname, struct sfam_can_status *ret,
			     struct sfam_ctl_diag *diag);

#endif
