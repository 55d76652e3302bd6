/* SPDX-License-Identifier: MIT */
#ifndef SFAM_VSOCK_VSOCK_H
#define SFAM_VSOCK_VSOCK_H

#include "base/sys.h"
#include "family/vsock.h"

#include <sockfam/vsock.h>

/* addr is the socket of a virtual machine monitor. */
static inline bool sfam__vsock_is_monitor(const struct sfam_vsock_addr *addr)
{
	return addr->at.family == &sfam__family_unix;
}

/*
 * In monitor.c: asks for a connection to the port. On success the next byte
 * of fd is the peer's. -ECONNRESET: closed without an answer. -EPROTO:
 * another answer. -ETIMEDOUT. Others: send(2), recv(2).
 */
int sfam__vsock_ask_monitor(int fd, uint32_t port,
			    struct sfam__deadline deadline);

/*
 * In probe.c: 1 if this machine has the CID (2: it may have guests), so that
 * there is a driver behind it; 0 if not; -errno: cannot be told.
 */
int sfam__vsock_has_cid(uint32_t cid);

#endif
