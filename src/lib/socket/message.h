/* SPDX-License-Identifier: MIT */
#ifndef SFAM_SOCKET_MESSAGE_H
#define SFAM_SOCKET_MESSAGE_H

#include "base/sys.h"

/* sfam_recvmsg() */
ssize_t sfam__recvmsg(int fd, struct msghdr *msg, int flags,
		      struct sfam__deadline deadline);

#endif
