/* SPDX-License-Identifier: MIT */
#ifndef SFAM_TIPC_TIPC_H
#define SFAM_TIPC_TIPC_H

#include <linux/tipc.h>

#include "base/sys.h"

#include <sockfam/tipc.h>

/* -EAFNOSUPPORT: addr is not of the row tipc. */
int sfam__tipc_of(struct sockaddr_tipc *ret, const struct sfam_addr *addr);
/* The same for a service or range with a scope of 0 or more, as a range. */
int sfam__tipc_name_of(struct sockaddr_tipc *ret,
		       const struct sfam_addr *addr);
/* 1: SEQPACKET or STREAM; 0: RDM or DGRAM. */
int sfam__tipc_connects(int fd);

#endif
