/* SPDX-License-Identifier: MIT */
/*
 * From an address to a descriptor, and bytes through it within a total
 * time. All functions take plain descriptors, ours or not.
 */
#ifndef SOCKFAM_SOCKET_H
#define SOCKFAM_SOCKET_H

#include <sockfam/addr.h>
#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What to do with the address once the socket exists. */
enum sfam_open_how {
	SFAM_OPEN_SOCKET,	/* nothing: socket(2) only */
	SFAM_OPEN_BIND,
	SFAM_OPEN_CONNECT,
	SFAM_OPEN_LISTEN,	/* bind and listen */
};

/* Bits of struct sfam_open_opts.flags. */
#define SFAM_OPEN_NONBLOCK	(1u << 0) /* leave O_NONBLOCK on */
#define SFAM_OPEN_KEEP_ON_EXEC	(1u << 1) /* no close-on-exec */
#define SFAM_OPEN_REUSEADDR	(1u << 2) /* SO_REUSEADDR before bind */

/* NULL means SFAM_OPEN_OPTS_INIT. Tails unknown here must be zero. */
struct sfam_open_opts {
	size_t size;		/* sizeof(struct sfam_open_opts) */
	uint32_t flags;		/* SFAM_OPEN_... */
	int backlog;		/* of listen; 0: SOMAXCONN */
	int64_t timeout_ns;	/* of connect, in all */
};
#define SFAM_OPEN_OPTS_INIT \
	{ sizeof(struct sfam_open_opts), 0, 0, SFAM_FOREVER }

/*
 * A socket for addr, used as `how` says. Returns the descriptor; the
 * caller closes it.
 * -EAFNOSUPPORT, -EPROTONOSUPPORT, -ESOCKTNOSUPPORT: not in this kernel
 * (sfam_family_probe() has the words). -ETIMEDOUT: connect did not finish
 * in time. -EOPNOTSUPP: the family cannot do that (listen on CAN).
 * -E2BIG: opts asks for what this library does not know. -EINVAL: unknown
 * flags or `how`. Others from socket(2), bind(2), connect(2), listen(2).
 */
int sfam_open(const struct sfam_addr *addr, enum sfam_open_how how,
	      const struct sfam_open_opts *opts) SFAM_MUST_CHECK;

/* The same from text: sfam_addr_parse() and sfam_open() in one call. */
int sfam_open_text(const char *text, size_t text_len, enum sfam_open_how how,
		   const struct sfam_open_opts *opts, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

/*
 * The next connection of a listening socket (or an operation descriptor of
 * a bound AF_ALG socket). flags: SFAM_OPEN_NONBLOCK, _KEEP_ON_EXEC.
 * ret_peer may be NULL; for a peer without an address (AF_ALG, unnamed
 * unix) its len is 0 or that of the unnamed address.
 * Returns the descriptor; the caller closes it. -ETIMEDOUT. Others from
 * accept4(2). Where several threads or processes accept from one socket
 * and a timeout matters, that socket must be O_NONBLOCK: accept has no
 * per-call way not to wait (accept(2)).
 */
int sfam_accept(int fd, uint32_t flags, int64_t timeout_ns,
		struct sfam_addr *ret_peer) SFAM_MUST_CHECK;

/*
 * Sends all of buf. flags: MSG_MORE, MSG_EOR, MSG_OOB of send(2).
 * ret_sent, if not NULL, is set on success and on failure alike.
 * On a datagram socket it is one datagram. -ETIMEDOUT: not all went in
 * time. -EPIPE: the peer is gone (SIGPIPE is not raised). Others: send(2).
 * vsock with SOCK_SEQPACKET: the kernel cannot take back a message that has
 * begun to go (net/vmw_vsock/af_vsock.c), so timeout_ns is for its beginning
 * only, signals wait till its end, and an O_NONBLOCK fd is -EOPNOTSUPP.
 */
int sfam_send_all(int fd, const void *buf, size_t len, int flags,
		  int64_t timeout_ns, size_t *ret_sent) SFAM_MUST_CHECK;

/*
 * Receives exactly len bytes from a stream. ret_got, if not NULL, is set
 * on success and on failure alike; what came is in buf.
 * -ENODATA: the peer ended the stream first. -ETIMEDOUT. Others: recv(2).
 */
int sfam_recv_exact(int fd, void *buf, size_t len, int64_t timeout_ns,
		    size_t *ret_got) SFAM_MUST_CHECK;

/*
 * One recv(2) within a time: what is there, up to size bytes, a datagram
 * or part of a stream; 0 at the end of a stream. ret_from may be NULL.
 * -EMSGSIZE: the datagram was longer than size; it is lost. -ETIMEDOUT.
 */
ssize_t sfam_recv(int fd, void *buf, size_t size, int64_t timeout_ns,
		  struct sfam_addr *ret_from) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
