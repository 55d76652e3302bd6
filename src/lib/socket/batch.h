/* SPDX-License-Identifier: MIT */
#ifndef SFAM_SOCKET_BATCH_H
#define SFAM_SOCKET_BATCH_H

#include <sockfam/addr.h>

struct iovec;

/*
 * Sends n messages in order, each an iovec, by sendmmsg(2). to may be NULL.
 * -ENOBUFS, that the interface's queue is full, is tried again until the
 * timeout. Returns how many went; an error only if none did.
 */
ssize_t sfam__send_batch(int fd, const struct iovec *messages, size_t n,
			 const struct sfam_addr *to, int64_t timeout_ns);

#endif
