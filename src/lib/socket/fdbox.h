/* SPDX-License-Identifier: MIT */
/*
 * Where the descriptors of a message are kept until all of it is there:
 * from one recvmsg(2) or, in a frame, from many.
 */
#ifndef SFAM_SOCKET_FDBOX_H
#define SFAM_SOCKET_FDBOX_H

#include <sys/uio.h>

#include "base/sys.h"

#include <sockfam/fdpass.h>

struct sfam__fdbox {
	int *fds;		/* room for max, n are open */
	size_t max;
	size_t n;
	size_t came;		/* those that were closed at once too */
	/*
	 * Once it is set nothing is kept open: -E2BIG, -EMFILE, -EACCES,
	 * -EBADMSG.
	 */
	int error;
	uint32_t allow;		/* SFAM_FDPASS_ALLOW_... */
	struct sfam_credentials allowed;
	struct sfam_credentials sender;
	int pidfd;		/* -1: none */
};

void sfam__fdbox_init(struct sfam__fdbox *box, int *fds, size_t max);
/* Closes all that is open; box->error is error, if it had none. */
void sfam__fdbox_reject(struct sfam__fdbox *box, int error);

/*
 * One recvmsg(2), whose descriptors go into the box. What is wrong with
 * them is in box->error; the result is the payload's length, or what the
 * call itself said. *ret_flags: msg_flags.
 */
ssize_t sfam__fdbox_recv(struct sfam__fdbox *box, int sock, struct iovec *iov,
			 size_t n_iov, struct sfam__deadline deadline,
			 int *ret_flags);

/*
 * The same for a message without a frame, and for its errors too: then the
 * box is closed. size 0: see sfam_fdpass_recv().
 */
ssize_t sfam__fdbox_recv_plain(struct sfam__fdbox *box, int sock, void *buf,
			       size_t size, struct sfam__deadline deadline);

#endif
