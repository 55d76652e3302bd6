/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <sys/time.h>

#include "base/sys.h"
#include "family/row.h"

#include <sockfam/socket.h>

#define OPEN_FLAGS (SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC | \
		    SFAM_OPEN_REUSEADDR)
#define ACCEPT_FLAGS (SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC)

/* Takes what the caller's headers knew; refuses what we do not know. */
static int read_opts(struct sfam_open_opts *ret,
		     const struct sfam_open_opts *opts)
{
	const struct sfam_open_opts defaults = SFAM_OPEN_OPTS_INIT;
	const unsigned char *bytes = (const unsigned char *)opts;
	size_t i;

	*ret = defaults;
	if (!opts)
		return 0;
	if (opts->size < sizeof(opts->size))
		return -EINVAL;
	for (i = sizeof(*ret); i < opts->size; i++)
		if (bytes[i])
			return -E2BIG;
	memcpy(ret, opts, opts->size < sizeof(*ret) ? opts->size :
						      sizeof(*ret));
	return ret->flags & ~OPEN_FLAGS ? -EINVAL : 0;
}

/* SO_ERROR of a connection that poll said has an outcome. */
static int connect_result(int fd)
{
	int error;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_ERROR, &error);

	return r < 0 ? r : -error;
}

/* For SO_SNDTIMEO, where 0 is for ever: at least a microsecond. */
static struct timeval timeval_left(struct sfam__deadline deadline)
{
	int64_t ns = sfam__deadline_left_ns(deadline);
	struct timeval tv = { 0, 0 };

	if (ns < 0)
		return tv;
	tv.tv_sec = (time_t)(ns / 1000000000);
	tv.tv_usec = (suseconds_t)(ns % 1000000000 / 1000);
	if (tv.tv_sec == 0 && tv.tv_usec == 0)
		tv.tv_usec = 1;
	return tv;
}

/*
 * A unix stream whose peer has a full backlog answers a non-blocking
 * connect with EAGAIN and gives poll nothing to wait for (unix(7)). A
 * blocking one does wait, for SO_SNDTIMEO; the socket is still ours alone.
 */
static int connect_by_sndtimeo(int fd, const struct sfam_addr *addr,
			       struct sfam__deadline deadline)
{
	const struct timeval none = { 0, 0 };
	struct timeval tv;
	int r;

	do {
		tv = timeval_left(deadline);
		r = sfam__sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv,
					 sizeof(tv));
		if (r == 0)
			r = sfam__sys_clear_nonblock(fd);
		if (r == 0)
			r = sfam__sys_connect(fd, &addr->storage, addr->len);
	} while (r == -EINTR);
	sfam__sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof(none));
	return r == -EAGAIN ? -ETIMEDOUT : r;
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
	if (r == -EAGAIN)
		return timeout_ns == 0 ? -ETIMEDOUT :
		       connect_by_sndtimeo(fd, addr, deadline);
	if (r != -EINPROGRESS && r != -EINTR)
		return r;
	r = sfam__sys_wait(fd, POLLOUT, deadline);
	return r < 0 ? r : connect_result(fd);
}

static int bind_addr(int fd, const struct sfam_addr *addr, uint32_t flags)
{
	int one = 1;
	int r = 0;

	if (flags & SFAM_OPEN_REUSEADDR)
		r = sfam__sys_setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one,
					 sizeof(one));
	return r < 0 ? r : sfam__sys_bind(fd, &addr->storage, addr->len);
}

static int use(int fd, const struct sfam_addr *addr, enum sfam_open_how how,
	       const struct sfam_open_opts *o)
{
	int r;

	switch (how) {
	case SFAM_OPEN_SOCKET:
		return 0;
	case SFAM_OPEN_BIND:
		return bind_addr(fd, addr, o->flags);
	case SFAM_OPEN_CONNECT:
		return connect_within(fd, addr, o->timeout_ns);
	case SFAM_OPEN_LISTEN:
		r = bind_addr(fd, addr, o->flags);
		return r < 0 ? r : sfam__sys_listen(fd, o->backlog ?
						    o->backlog : SOMAXCONN);
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

SFAM_PUBLIC int sfam_open(const struct sfam_addr *addr,
			  enum sfam_open_how how,
			  const struct sfam_open_opts *opts)
{
	struct sfam_open_opts o;
	int fd;
	int r;

	r = read_opts(&o, opts);
	if (r < 0)
		return r;
	fd = open_socket(addr, how, o.flags);
	if (fd < 0)
		return fd;
	r = use(fd, addr, how, &o);
	if (r == 0 && !(o.flags & SFAM_OPEN_NONBLOCK) &&
	    how == SFAM_OPEN_CONNECT)
		r = sfam__sys_clear_nonblock(fd);
	if (r == 0 && o.flags & SFAM_OPEN_KEEP_ON_EXEC)
		r = sfam__sys_clear_cloexec(fd);
	if (r < 0) {
		sfam__sys_close(fd);
		return r;
	}
	return fd;
}

SFAM_PUBLIC int sfam_open_text(const char *text, size_t text_len,
			       enum sfam_open_how how,
			       const struct sfam_open_opts *opts,
			       struct sfam_diag *diag)
{
	struct sfam_addr addr;
	int r = sfam_addr_parse(&addr, text, text_len, diag);

	return r < 0 ? r : sfam_open(&addr, how, opts);
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
