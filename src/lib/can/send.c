/* SPDX-License-Identifier: MIT */
#include "base/common.h"

#include "socket/batch.h"

#include <sockfam/can.h>

SFAM_PUBLIC ssize_t sfam_can_send(int fd, const struct iovec *frames,
				  size_t n, const struct sfam_addr *to,
				  int64_t timeout_ns)
{
	return sfam__send_batch(fd, frames, n, to, timeout_ns);
}
