/* SPDX-License-Identifier: MIT */
#include "base/common.h"

#include "socket/batch.h"

#include <sockfam/packet.h>

SFAM_PUBLIC ssize_t sfam_packet_send(int fd, const struct iovec *packets,
				     size_t n, const struct sfam_addr *to,
				     int64_t timeout_ns)
{
	return sfam__send_batch(fd, packets, n, to, timeout_ns);
}
