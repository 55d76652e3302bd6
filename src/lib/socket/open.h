/* SPDX-License-Identifier: MIT */
/* The parts of sfam_open(), for names that stand for several addresses. */
#ifndef SFAM_SOCKET_OPEN_H
#define SFAM_SOCKET_OPEN_H

#include "base/sys.h"
#include "family/row.h"

#include <sockfam/socket.h>

/* Of an inet6 socket that is bound; SFAM_OPEN_V6ONLY goes before. */
enum sfam__v6only {
	SFAM__V6ONLY_DEFAULT,	/* as net.ipv6.bindv6only says */
	SFAM__V6ONLY_ON,
	SFAM__V6ONLY_OFF,
};

/* Takes what the caller's headers knew; refuses what we do not know. */
int sfam__open_opts(struct sfam_open_opts *ret, enum sfam_open_how how,
		    const struct sfam_open_opts *opts);

/* o comes from sfam__open_opts(). */
int sfam__open(const struct sfam_addr *addr, enum sfam_open_how how,
	       const struct sfam_open_opts *o, enum sfam__v6only v6only);

/*
 * Connects a blocking socket of SFAM_ROW_CONNECT_SNDTIMEO: done, or
 * -EINPROGRESS (go on with sfam__connect_wait), or -ETIMEDOUT.
 */
int sfam__connect_in_steps(int fd, const struct sfam_addr *addr,
			   struct sfam__deadline deadline);
/* Waits for the outcome of a connection that has begun. */
int sfam__connect_wait(int fd, struct sfam__deadline deadline);

#endif
