/* SPDX-License-Identifier: MIT */
/*
 * connect(2) has no flag of its own not to wait, and O_NONBLOCK of a
 * descriptor from elsewhere is not ours to touch. A blocking socket is
 * therefore connected with the shortest SO_SNDTIMEO that there is: the call
 * comes back within a tick of the kernel's clock, the connection goes on,
 * and poll waits for it as for that of a non-blocking socket. Until it is
 * connected a socket sends nothing, so nobody else can feel that timeout.
 */
#include <poll.h>
#include <sys/time.h>

#include "socket/open.h"

/*
 * A full backlog of a unix stream gives poll nothing to wait for (unix(7)):
 * non-blocking, one asks again and again; blocking, connect waits, and is
 * woken when there is room. No signal comes through while it does.
 */
#define NAP_NS 1000000
#define CALM_MAX_NS 50000000

static int connect_nonblocking(int fd, const struct sfam_addr *addr,
			       struct sfam__deadline deadline)
{
	int r = sfam__sys_connect(fd, &addr->storage, addr->len);

	while (r == -EAGAIN) {
		r = sfam__sys_sleep(NAP_NS, deadline);
		if (r == 0)
			r = sfam__sys_connect(fd, &addr->storage, addr->len);
	}
	return r;
}

/* ns is less than a second. The kernel rounds it up to a tick. */
static int connect_for(int fd, const struct sfam_addr *addr, int64_t ns)
{
	const struct timeval tv = { 0, (suseconds_t)(ns / 1000 + 1) };
	int r = sfam__sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv,
				     sizeof(tv));

	return r < 0 ? r :
	       sfam__sys_connect_calm(fd, &addr->storage, addr->len);
}

int sfam__connect_in_steps(int fd, const struct sfam_addr *addr,
			   struct sfam__deadline deadline)
{
	struct timeval own;
	socklen_t len = sizeof(own);
	int64_t left;
	int r;

	r = sfam__sys_getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &own, &len);
	if (r < 0)
		return r;
	r = connect_for(fd, addr, 0);
	while (r == -EAGAIN) {
		left = sfam__deadline_left_ns(deadline);
		if (left == 0)
			break;
		if (left < 0 || left > CALM_MAX_NS)
			left = CALM_MAX_NS;
		r = connect_for(fd, addr, left);
	}
	sfam__sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &own, sizeof(own));
	return r == -EAGAIN ? -ETIMEDOUT : r;
}

/* A blocking connect of another family waits as long as the kernel likes. */
static int connect_at_leisure(int fd, const struct sfam_addr *addr,
			      int64_t timeout_ns)
{
	int type;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);

	if (r < 0)
		return r;
	if (timeout_ns >= 0 && (type == SOCK_STREAM || type == SOCK_SEQPACKET))
		return -EOPNOTSUPP;
	return addr->family->flags & SFAM_ROW_CONNECT_FRAGILE ?
	       sfam__sys_connect_calm(fd, &addr->storage, addr->len) :
	       sfam__sys_connect(fd, &addr->storage, addr->len);
}

static int begin(int fd, const struct sfam_addr *addr, int64_t timeout_ns,
		 struct sfam__deadline deadline)
{
	int nonblock = sfam__sys_is_nonblock(fd);
	uint32_t flags = addr->family->flags;
	int r = 0;

	if (nonblock < 0)
		return nonblock;
	if (addr->family->allow_connect_ns &&
	    (nonblock || !(flags & SFAM_ROW_CONNECT_FRAGILE)))
		r = addr->family->allow_connect_ns(fd, timeout_ns);
	if (r < 0)
		return r;
	if (nonblock)
		return connect_nonblocking(fd, addr, deadline);
	if (flags & SFAM_ROW_CONNECT_SNDTIMEO)
		return sfam__connect_in_steps(fd, addr, deadline);
	return connect_at_leisure(fd, addr, timeout_ns);
}

int sfam__connect_wait(int fd, struct sfam__deadline deadline)
{
	int error;
	int r = sfam__sys_wait(fd, POLLOUT, deadline);

	if (r >= 0)
		r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_ERROR, &error);
	return r < 0 ? r : -error;
}

SFAM_PUBLIC int sfam_connect(int fd, const struct sfam_addr *addr,
			     int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	int r = begin(fd, addr, timeout_ns, deadline);

	if (r != -EINPROGRESS && r != -EINTR && r != -EALREADY)
		return r;
	return timeout_ns == 0 ? -EINPROGRESS :
				 sfam__connect_wait(fd, deadline);
}
