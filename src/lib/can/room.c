/* SPDX-License-Identifier: MIT */
/* A socket's receive buffer, counted in frames. */
#include "base/sys.h"

#include <sockfam/can.h>

/*
 * What a queued frame is charged: 768 bytes in Linux 6.1, 960 in 6.12, and of
 * XL up to 4352 (the truesize of its sk_buff).
 */
#define FRAME_BYTES 1024

#define FRAMES_MAX (INT32_MAX / FRAME_BYTES)

/* The kernel doubles what is asked for (__sock_set_rcvbuf(), sock.c). */
static int set_bytes(int fd, int bytes)
{
	int half = bytes / 2;
	int r = sfam__sys_setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &half,
				     sizeof(half));

	if (r != -EPERM)
		return r;
	return sfam__sys_setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &half,
				    sizeof(half));
}

SFAM_PUBLIC ssize_t sfam_can_set_room(int fd, size_t n)
{
	const int wanted = (n < FRAMES_MAX ? (int)n : FRAMES_MAX) *
			   FRAME_BYTES;
	int bytes = 0;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_RCVBUF, &bytes);

	if (r == 0 && bytes < wanted) {
		r = set_bytes(fd, wanted);
		if (r == 0)
			r = sfam__sys_getsockopt_int(fd, SOL_SOCKET,
						     SO_RCVBUF, &bytes);
	}
	return r < 0 ? r : bytes / FRAME_BYTES;
}
