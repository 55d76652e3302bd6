/* SPDX-License-Identifier: MIT */
#ifndef SFAM_SOCKET_FDSEND_H
#define SFAM_SOCKET_FDSEND_H

#include <sys/uio.h>

#include "base/sys.h"

#include <sockfam/fdpass.h>

/* One sendmsg(2) with 0 to 253 descriptors. */
ssize_t sfam__fds_send(int sock, const int *fds, size_t n_fds,
		       struct iovec *iov, size_t n_iov,
		       struct sfam__deadline deadline);
/* sfam_fdpass_send() */
ssize_t sfam__fds_send_plain(int sock, const int *fds, size_t n_fds,
			     const void *buf, size_t len,
			     struct sfam__deadline deadline);
void sfam__fds_close(const int *fds, size_t n_fds);

/* What goes before the payload: see SFAM_FDPASS_FRAMED. */
struct sfam__frame {
	char magic[4];
	uint32_t n_fds;
	uint64_t len;
};
#define SFAM__FRAME_MAGIC "sfd1"

#endif
