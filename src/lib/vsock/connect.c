/* SPDX-License-Identifier: MIT */
/* Tries until a machine is there, or the time is over. */
#include "vsock/vsock.h"

#include "socket/open.h"

#include <time.h>

#define MS INT64_C(1000000)
#define TRY_NS (250 * MS)
#define TRY_MAX_NS (4000 * MS)
#define PAUSE_NS (10 * MS)
#define PAUSE_MAX_NS (1000 * MS)
/* The kernel's timer ends a try; this is for one that does not. */
#define TIMER_LATE_NS (1000 * MS)

#define OPEN_FLAGS (SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC)

/*
 * A request to a guest whose driver has not started waits in a queue of the
 * host, and close does not take it out again: only the end of the socket's
 * own time does (vsock_connect_timeout() of net/vmw_vsock/af_vsock.c, to
 * vhost_transport_cancel_pkt()). Otherwise the guest would start with a
 * connection of each try. So the limit is the kernel's. 0 is its default.
 */
static int set_limit(int fd, int64_t ns)
{
	int64_t us = ns / 1000 + 1;
	const struct timeval tv = { .tv_sec = (time_t)(us / 1000000),
				    .tv_usec = (suseconds_t)(us % 1000000) };

	return sfam__sys_setsockopt(fd, AF_VSOCK,
				    SO_VM_SOCKETS_CONNECT_TIMEOUT, &tv,
				    sizeof(tv));
}

static int connect_vsock(int fd, const struct sfam_addr *at, int64_t ns)
{
	int r = set_limit(fd, ns);

	if (r == 0)
		r = sfam__sys_connect(fd, &at->storage, at->len);
	if (r == -EINPROGRESS)
		r = sfam__connect_wait(fd,
				       sfam__deadline_in(ns + TIMER_LATE_NS));
	return r;
}

static int try_vsock(const struct sfam_addr *at, uint32_t flags, int64_t ns)
{
	struct sfam_open_opts o = SFAM_OPEN_OPTS_INIT;
	int fd, r;

	o.flags = flags | SFAM_OPEN_NONBLOCK;
	fd = sfam_open(at, SFAM_OPEN_SOCKET, &o);
	if (fd < 0)
		return fd;
	r = connect_vsock(fd, at, ns);
	if (r == 0 && !(flags & SFAM_OPEN_NONBLOCK))
		r = sfam__sys_clear_nonblock(fd);
	if (r < 0) {
		sfam__sys_close(fd);
		return r;
	}
	return fd;
}

static int try_monitor(const struct sfam_vsock_addr *addr, uint32_t flags,
		       int64_t ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(ns);
	struct sfam_open_opts o = SFAM_OPEN_OPTS_INIT;
	int fd, r;

	o.flags = flags;
	o.timeout_ns = ns;
	fd = sfam_open(&addr->at, SFAM_OPEN_CONNECT, &o);
	if (fd < 0)
		return fd;
	r = sfam__vsock_ask_monitor(fd, addr->port, deadline);
	if (r < 0) {
		sfam__sys_close(fd);
		return r;
	}
	return fd;
}

static int try_for(const struct sfam_vsock_addr *addr, uint32_t flags,
		   int64_t ns)
{
	flags &= OPEN_FLAGS;
	return sfam__vsock_is_monitor(addr) ?
	       try_monitor(addr, flags, ns) : try_vsock(&addr->at, flags, ns);
}

/* ------------------------------------------------------------- again -- */

static bool is_retried(const struct sfam_vsock_fault *fault, uint32_t flags)
{
	return fault->why == SFAM_VSOCK_NOT_READY ||
	       (fault->why == SFAM_VSOCK_REFUSED &&
		flags & SFAM_VSOCK_WAIT_SERVICE);
}

static int64_t least(int64_t ns, int64_t max)
{
	return max >= 0 && ns > max ? max : ns;
}

static int connect_until(const struct sfam_vsock_addr *addr,
			 const struct sfam_vsock_connect_opts *o,
			 struct sfam_vsock_fault *fault)
{
	struct sfam__deadline deadline = sfam__deadline_in(o->timeout_ns);
	int64_t try_ns = TRY_NS;
	int64_t pause_ns = least(PAUSE_NS, o->pause_ns);
	uint32_t tries = 0;
	int fd, r;

	for (;;) {
		fd = try_for(addr, o->flags,
			     least(try_ns, sfam__deadline_left_ns(deadline)));
		if (fd >= 0)
			return fd;
		sfam_vsock_explain(addr, fd, fault);
		fault->tries = ++tries;
		if (!is_retried(fault, o->flags))
			return fd;
		r = o->failed ? o->failed(o->arg, fault) : 0;
		if (r == 0)
			r = sfam__sys_sleep(pause_ns, deadline);
		if (r < 0)
			return r;
		try_ns = least(2 * try_ns, TRY_MAX_NS);
		pause_ns = least(2 * pause_ns, o->pause_ns);
	}
}

static int read_opts(struct sfam_vsock_connect_opts *ret,
		     const struct sfam_vsock_connect_opts *opts)
{
	const struct sfam_vsock_connect_opts defaults =
		SFAM_VSOCK_CONNECT_OPTS_INIT;
	int r;

	*ret = defaults;
	r = sfam__opts_read(ret, sizeof(*ret), opts);
	if (r < 0)
		return r;
	if (ret->flags & ~(OPEN_FLAGS | SFAM_VSOCK_WAIT_SERVICE) ||
	    ret->pause_ns < 0)
		return -EINVAL;
	if (ret->pause_ns == 0)
		ret->pause_ns = PAUSE_MAX_NS;
	return 0;
}

static int check_addr(const struct sfam_vsock_addr *addr)
{
	if (!sfam__vsock_is_monitor(addr) &&
	    addr->at.family != &sfam__family_vsock)
		return -EAFNOSUPPORT;
	return addr->at.type == SOCK_DGRAM ? -EPROTOTYPE : 0;
}

SFAM_PUBLIC int sfam_vsock_connect(const struct sfam_vsock_addr *addr,
				   const struct sfam_vsock_connect_opts *opts,
				   struct sfam_vsock_fault *ret_fault)
{
	struct sfam_vsock_connect_opts o;
	struct sfam_vsock_fault fault;
	int r = read_opts(&o, opts);

	if (r == 0)
		r = check_addr(addr);
	if (r < 0) {
		sfam_vsock_explain(addr, r, &fault);
		fault.tries = 0;
	} else {
		r = connect_until(addr, &o, &fault);
	}
	if (r < 0 && ret_fault)
		*ret_fault = fault;
	return r;
}
