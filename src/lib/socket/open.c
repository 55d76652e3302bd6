/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "socket/open.h"

#include "family/inet.h"

#define OPEN_FLAGS (SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC | \
		    SFAM_OPEN_REUSEADDR | SFAM_OPEN_REUSEPORT | \
		    SFAM_OPEN_V6ONLY)
#define ACCEPT_FLAGS (SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC)

int sfam__open_opts(struct sfam_open_opts *ret, enum sfam_open_how how,
		    const struct sfam_open_opts *opts)
{
	const struct sfam_open_opts defaults = SFAM_OPEN_OPTS_INIT;
	int r;

	*ret = defaults;
	r = sfam__opts_read(ret, sizeof(*ret), opts);
	if (r < 0)
		return r;
	if (ret->flags & ~OPEN_FLAGS)
		return -EINVAL;
	return ret->source && how != SFAM_OPEN_CONNECT ? -EINVAL : 0;
}

/* fd is new and non-blocking. */
static int connect_within(int fd, const struct sfam_addr *addr,
			  int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	int r;

	if (addr->family->allow_connect_ns) {
		r = addr->family->allow_connect_ns(fd, timeout_ns);
		if (r < 0)
			return r;
	}
	r = sfam__sys_connect(fd, &addr->storage, addr->len);
	if (r == -EAGAIN && timeout_ns != 0) {
		/* A full backlog (unix(7)): blocking, it waits for room. */
		r = sfam__sys_clear_nonblock(fd);
		if (r == 0)
			r = sfam__connect_in_steps(fd, addr, deadline);
	}
	if (r == -EAGAIN)
		return -ETIMEDOUT;
	return r == -EINPROGRESS || r == -EINTR ?
	       sfam__connect_wait(fd, deadline) : r;
}

static int set_int(int fd, int level, int name, int value)
{
	return sfam__sys_setsockopt(fd, level, name, &value, sizeof(value));
}

static int set_v6only(int fd, const struct sfam_addr *addr,
		      enum sfam__v6only v6only)
{
	if (v6only == SFAM__V6ONLY_DEFAULT ||
	    addr->family != &sfam__family_inet6)
		return 0;
	return set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY,
		      v6only == SFAM__V6ONLY_ON);
}

static int bind_addr(int fd, const struct sfam_addr *addr, uint32_t flags,
		     enum sfam__v6only v6only)
{
	int r = 0;

	if (flags & SFAM_OPEN_REUSEADDR)
		r = set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (r == 0 && flags & SFAM_OPEN_REUSEPORT)
		r = set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (r == 0)
		r = set_v6only(fd, addr, flags & SFAM_OPEN_V6ONLY ?
					 SFAM__V6ONLY_ON : v6only);
	return r < 0 ? r : sfam__sys_bind(fd, &addr->storage, addr->len);
}

static int listen_at(int fd, const struct sfam_addr *addr,
		     const struct sfam_open_opts *o, enum sfam__v6only v6only)
{
	uint32_t flags = o->flags;
	int r;

	if (addr->family->flags & SFAM_ROW_PORT_LINGERS)
		flags |= SFAM_OPEN_REUSEADDR;
	r = bind_addr(fd, addr, flags, v6only);
	return r < 0 ? r : sfam__sys_listen(fd, o->backlog ? o->backlog :
							     SOMAXCONN);
}

static int connect_from(int fd, const struct sfam_addr *addr,
			const struct sfam_open_opts *o)
{
	int r = 0;

	if (o->source)
		r = bind_addr(fd, o->source, o->flags, SFAM__V6ONLY_DEFAULT);
	return r < 0 ? r : connect_within(fd, addr, o->timeout_ns);
}

static int use(int fd, const struct sfam_addr *addr, enum sfam_open_how how,
	       const struct sfam_open_opts *o, enum sfam__v6only v6only)
{
	switch (how) {
	case SFAM_OPEN_SOCKET:
		return 0;
	case SFAM_OPEN_BIND:
		return bind_addr(fd, addr, o->flags, v6only);
	case SFAM_OPEN_CONNECT:
		return connect_from(fd, addr, o);
	case SFAM_OPEN_LISTEN:
		return listen_at(fd, addr, o, v6only);
	}
	return -EINVAL;
}

/* Connecting within a time is done non-blocking, whatever is asked for. */
static int open_socket(const struct sfam_addr *addr, enum sfam_open_how how,
		       uint32_t flags)
{
	int type = addr->type;

	if (flags & SFAM_OPEN_NONBLOCK || how == SFAM_OPEN_CONNECT)
		type |= SOCK_NONBLOCK;
	return sfam__sys_socket(addr->family->af, type, addr->protocol);
}

int sfam__open(const struct sfam_addr *addr, enum sfam_open_how how,
	       const struct sfam_open_opts *o, enum sfam__v6only v6only)
{
	int fd;
	int r;

	if (o->source && o->source->family != addr->family)
		return -EINVAL;
	fd = open_socket(addr, how, o->flags);
	if (fd < 0)
		return fd;
	r = use(fd, addr, how, o, v6only);
	if (r == 0 && !(o->flags & SFAM_OPEN_NONBLOCK) &&
	    how == SFAM_OPEN_CONNECT)
		r = sfam__sys_clear_nonblock(fd);
	if (r == 0 && o->flags & SFAM_OPEN_KEEP_ON_EXEC)
		r = sfam__sys_clear_cloexec(fd);
	if (r < 0) {
		sfam__sys_close(fd);
		return r;
	}
	return fd;
}

SFAM_PUBLIC int sfam_open(const struct sfam_addr *addr,
			  enum sfam_open_how how,
			  const struct sfam_open_opts *opts)
{
	struct sfam_open_opts o;
	int r = sfam__open_opts(&o, how, opts);

	return r < 0 ? r : sfam__open(addr, how, &o, SFAM__V6ONLY_DEFAULT);
}

/* What accept gave, with the peer's address where it is wanted. */
static int with_peer(int child, const void *sa, socklen_t len,
		     struct sfam_addr *ret_peer)
{
	int r;

	if (child < 0 || !ret_peer)
		return child;
	r = sfam__addr_of_fd(ret_peer, child, sa, len);
	if (r < 0) {
		sfam__sys_close(child);
		return r;
	}
	return child;
}

/*
 * A bound AF_ALG socket does not listen: its accept never waits, poll has
 * nothing to say of it, and asking for the peer's address would fail the
 * whole call with ECONNABORTED (crypto/af_alg.c, do_accept() of
 * net/socket.c).
 */
static int accept_operation(int fd, int flags, struct sfam_addr *ret_peer)
{
	int child = sfam__sys_accept(fd, NULL, NULL, flags);

	return with_peer(child, NULL, 0, ret_peer);
}

static int accept_connection(int fd, int flags, int64_t timeout_ns,
			     struct sfam_addr *ret_peer)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	struct sockaddr_storage ss;
	socklen_t len;
	int child;
	int r;

	do {
		r = sfam__sys_wait(fd, POLLIN, deadline);
		if (r < 0)
			return r;
		len = sizeof(ss);
		child = sfam__sys_accept(fd, &ss, &len, flags);
	} while (child == -EAGAIN);
	return with_peer(child, &ss, len, ret_peer);
}

SFAM_PUBLIC int sfam_accept(int fd, uint32_t flags, int64_t timeout_ns,
			    struct sfam_addr *ret_peer)
{
	int how = (flags & SFAM_OPEN_NONBLOCK ? SOCK_NONBLOCK : 0) |
		  (flags & SFAM_OPEN_KEEP_ON_EXEC ? 0 : SOCK_CLOEXEC);
	int listens;
	int r;

	if (flags & ~ACCEPT_FLAGS)
		return -EINVAL;
	r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens);
	if (r < 0)
		return r;
	return listens ? accept_connection(fd, how, timeout_ns, ret_peer) :
			 accept_operation(fd, how, ret_peer);
}
