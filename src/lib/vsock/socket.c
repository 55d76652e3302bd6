/* SPDX-License-Identifier: MIT */
/* Buffers of a socket, and what is in them. */
#include "vsock/vsock.h"

#include <sockfam/option.h>

SFAM_PUBLIC int sfam_vsock_buffer_get(int fd, struct sfam_vsock_buffer *ret)
{
	struct sfam_vsock_buffer b;
	int r = sfam_option_get_wide(fd, AF_VSOCK, SO_VM_SOCKETS_BUFFER_SIZE,
				     &b.bytes);

	if (r == 0)
		r = sfam_option_get_wide(fd, AF_VSOCK,
					 SO_VM_SOCKETS_BUFFER_MIN_SIZE,
					 &b.min_bytes);
	if (r == 0)
		r = sfam_option_get_wide(fd, AF_VSOCK,
					 SO_VM_SOCKETS_BUFFER_MAX_SIZE,
					 &b.max_bytes);
	if (r == 0)
		*ret = b;
	return r;
}

/* The bound that is in the way, if one is. */
static int make_room(int fd, uint64_t bytes)
{
	struct sfam_vsock_buffer b;
	int r = sfam_vsock_buffer_get(fd, &b);

	if (r == 0 && bytes > b.max_bytes)
		return sfam_option_set_wide(fd, AF_VSOCK,
					    SO_VM_SOCKETS_BUFFER_MAX_SIZE,
					    bytes);
	if (r == 0 && bytes < b.min_bytes)
		return sfam_option_set_wide(fd, AF_VSOCK,
					    SO_VM_SOCKETS_BUFFER_MIN_SIZE,
					    bytes);
	return r;
}

SFAM_PUBLIC int sfam_vsock_buffer_set(int fd, uint64_t bytes,
				      uint64_t *ret_bytes)
{
	uint64_t became;
	int r = bytes ? make_room(fd, bytes) : -EINVAL;

	if (r == 0)
		r = sfam_option_set_wide(fd, AF_VSOCK,
					 SO_VM_SOCKETS_BUFFER_SIZE, bytes);
	if (r == 0)
		r = sfam_option_get_wide(fd, AF_VSOCK,
					 SO_VM_SOCKETS_BUFFER_SIZE, &became);
	if (r == 0 && ret_bytes)
		*ret_bytes = became;
	return r;
}

/* An ioctl that there is not yet is ENOTTY, and EOPNOTSUPP before 6.11. */
static int put_count(uint64_t *ret, int r, int n)
{
	if (r == 0)
		*ret = (uint64_t)n;
	return r == -ENOTTY ? -EOPNOTSUPP : r;
}

SFAM_PUBLIC int sfam_vsock_unsent(int fd, uint64_t *ret_bytes)
{
	int n = 0;
	int r = sfam__sys_unread(fd, &n);

	return put_count(ret_bytes, r, n);
}

SFAM_PUBLIC int sfam_vsock_waiting(int fd, uint64_t *ret_bytes)
{
	int n = 0;
	int r = sfam__sys_queued(fd, &n);

	return put_count(ret_bytes, r, n);
}
