/* SPDX-License-Identifier: MIT */
/*
 * From an address to a descriptor, and bytes through it within a total
 * time. All functions take plain descriptors, ours or not.
 */
#ifndef SOCKFAM_SOCKET_H
#define SOCKFAM_SOCKET_H

#include <sys/uio.h>

#include <sockfam/addr.h>
#include <sockfam/base.h>
#include <sockfam/resolve.h>

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
/*
 * SO_REUSEADDR before bind. Listeners of inet, inet6 and smc have it
 * anyway, so that connections of an earlier server that linger in TIME_WAIT
 * are not in the way. On datagram sockets it lets another take the port
 * over; there it is for multicast.
 */
#define SFAM_OPEN_REUSEADDR	(1u << 2)
#define SFAM_OPEN_REUSEPORT	(1u << 3) /* SO_REUSEPORT before bind */
#define SFAM_OPEN_V6ONLY	(1u << 4) /* inet6: bound for IPv6 alone */

/* NULL means SFAM_OPEN_OPTS_INIT. Tails unknown here must be zero. */
struct sfam_open_opts {
	size_t size;		/* sizeof(struct sfam_open_opts) */
	uint32_t flags;		/* SFAM_OPEN_... */
	int backlog;		/* of listen; 0: SOMAXCONN */
	int64_t timeout_ns;	/* of connect, in all */
	/*
	 * SFAM_OPEN_CONNECT: the address to connect from, bound before (a
	 * unix path stays behind as a file). NULL: the kernel chooses.
	 */
	const struct sfam_addr *source;
};
#define SFAM_OPEN_OPTS_INIT \
	{ sizeof(struct sfam_open_opts), 0, 0, SFAM_FOREVER, NULL }

/*
 * A socket for addr, used as `how` says. Returns the descriptor; the
 * caller closes it.
 * -EAFNOSUPPORT, -EPROTONOSUPPORT, -ESOCKTNOSUPPORT: not in this kernel
 * (sfam_family_probe() has the words). -ETIMEDOUT: connect did not finish
 * in time. -EOPNOTSUPP: the family cannot do that (listen on CAN, connect
 * of TIPC with a source, SFAM_OPEN_REUSEPORT outside IP; of the last, older
 * kernels say nothing). -E2BIG: opts asks for what this library does not
 * know. -EINVAL: unknown flags or `how`, or a source of another family or
 * without SFAM_OPEN_CONNECT. -EADDRINUSE: another has the address. Others
 * from socket(2), bind(2), connect(2), listen(2).
 *
 * A unix server that was killed leaves its path behind (-EADDRINUSE). No
 * function here removes it: from outside, a dead one and one that is bound
 * but does not listen yet look alike. Who knows that there is no second
 * server, by flock(2) on a file of its own say, can unlink the path first;
 * abstract names leave nothing behind.
 */
int sfam_open(const struct sfam_addr *addr, enum sfam_open_how how,
	      const struct sfam_open_opts *opts) SFAM_MUST_CHECK;

/*
 * The same from text, which may be a name (sockfam/resolve.h).
 *
 * SFAM_OPEN_CONNECT tries each address of a name in turn and returns the
 * first that connects. timeout_ns is for all of it: resolving, which it
 * cannot cut short, counts, and each try gets its equal share of what is
 * then left, the last one all. An address that does not fit the source's
 * family is passed over; -EADDRNOTAVAIL if there is no other. Else the
 * error is that of the last try, but an address to which there is no way
 * from here (-EAFNOSUPPORT, -ENETUNREACH, -EADDRNOTAVAIL) does not hide what
 * another one answered.
 *
 * SFAM_OPEN_LISTEN and _BIND without a host take IPv6 and IPv4 by one
 * socket, whatever net.ipv6.bindv6only says, or IPv4 alone where there is
 * no IPv6; with family=inet6 or SFAM_OPEN_V6ONLY, IPv6 alone. Of a host
 * with several addresses it is the first that this machine has.
 *
 * Errors: as sfam_resolve() and sfam_open(); only with those of the first
 * has diag words, else its expected is empty. Of more than 64 addresses the
 * first 64 count.
 */
int sfam_open_text(const char *text, size_t text_len, enum sfam_open_how how,
		   const struct sfam_open_opts *opts, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

/*
 * A listening socket for each address of a name, those of IPv6 for IPv6
 * alone; datagram sockets are bound, as there is nothing to listen for. The
 * descriptors are put into ret_fds, and *ret_n says how many; the caller
 * closes them. Addresses that this machine does not have (-EAFNOSUPPORT,
 * -EADDRNOTAVAIL) are left out as long as one is left. With port 0 each
 * socket gets a port of its own. On failure none is left open.
 * -ENOSPC: more than max addresses, or than 64. Others: as sfam_open_text().
 */
int sfam_listen_all(const char *text, size_t text_len,
		    const struct sfam_open_opts *opts, int *ret_fds,
		    size_t max, size_t *ret_n, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

/*
 * 1 if one IPv6 socket can serve IPv4 clients too, 0 if not (no IPv6 in
 * this kernel). -errno: cannot be told (-EPERM, -EACCES, -EMFILE ...).
 */
int sfam_has_dualstack(void) SFAM_MUST_CHECK;

/*
 * Connects a socket that you have; its O_NONBLOCK stays as it is. Signals
 * do not end it and nothing is begun twice. timeout_ns 0 begins only:
 * -EINPROGRESS, and once poll(2) gives POLLOUT, SO_ERROR is the outcome
 * (sfam_option_get_int()), or call again to wait for it: on a socket that
 * is connecting already this only waits.
 * -ETIMEDOUT: not in time. The connection may still come, so close fd. Or a
 * unix stream with timeout_ns 0 whose peer has a full backlog: nothing has
 * begun. -EOPNOTSUPP: fd blocks, and the kernel has no way to end the wait
 * of this family's connect: any timeout but SFAM_FOREVER needs O_NONBLOCK.
 * -EISCONN: it is connected; also one that was connecting (TCP tells by 0).
 * Others: connect(2), and the network's own time limit, -ETIMEDOUT too.
 *
 * On an O_NONBLOCK socket all that holds for every family. On a blocking
 * one of inet, inet6 and unix too; SO_SNDTIMEO is lowered and set back
 * during the call, which may last a tick of the kernel's clock (1 to 10 ms)
 * longer than asked. Of the other streams and seqpackets, blocking ones
 * take SFAM_FOREVER only, and the kernel's limit stands where it has one
 * (vsock: SO_VM_SOCKETS_CONNECT_TIMEOUT, 2 s; there signals wait till the
 * end, for they would cancel the connection, net/vmw_vsock/af_vsock.c).
 * Datagram and raw sockets do not wait to connect.
 */
int sfam_connect(int fd, const struct sfam_addr *addr, int64_t timeout_ns)
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
 * Two sockets connected to each other, of a family that has such pairs
 * (unix, tipc). type: SOCK_..., 0 for the default of the row. flags:
 * SFAM_OPEN_NONBLOCK, _KEEP_ON_EXEC. The caller closes both.
 * -EOPNOTSUPP: the family has no pairs. -EINVAL: unknown flags, or bits in
 * type that are none. Others: socketpair(2).
 */
int sfam_socketpair(const struct sfam_family *family, int type, uint32_t flags,
		    int ret_fds[2]) SFAM_MUST_CHECK;

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
 * The same for n buffers, one after the other; neither they nor iov change.
 * On a datagram socket all of them are one datagram. -EMSGSIZE: n is over
 * IOV_MAX (1024). -EINVAL: the lengths add up to more than there can be.
 */
int sfam_sendv_all(int fd, const struct iovec *iov, size_t n, int flags,
		   int64_t timeout_ns, size_t *ret_sent) SFAM_MUST_CHECK;

/*
 * One sendto(2) within a time. Returns the bytes sent: on a stream as many
 * as there was room for, otherwise a whole message. to is NULL on a
 * connected socket. flags, errors and vsock as for sfam_send_all();
 * -EISCONN: a connected stream takes no address.
 */
ssize_t sfam_send(int fd, const void *buf, size_t len, int flags,
		  int64_t timeout_ns, const struct sfam_addr *to)
	SFAM_MUST_CHECK;

/*
 * Receives exactly len bytes from a stream. ret_got, if not NULL, is set
 * on success and on failure alike; what came is in buf.
 * -ENODATA: the peer ended the stream first. -ETIMEDOUT. Others: recv(2),
 * and -ENOBUFS as for sfam_recv().
 */
int sfam_recv_exact(int fd, void *buf, size_t len, int64_t timeout_ns,
		    size_t *ret_got) SFAM_MUST_CHECK;

/*
 * Receives a stream to its end. ret_got, if not NULL, is set on success and
 * on failure alike; what came is in buf. -EMSGSIZE: more than size bytes
 * come; the first of them fill buf, the others can still be received.
 * -ETIMEDOUT. Others: recv(2), and -ENOBUFS as for sfam_recv().
 */
int sfam_recv_until_end(int fd, void *buf, size_t size, int64_t timeout_ns,
			size_t *ret_got) SFAM_MUST_CHECK;

/*
 * One recv(2) within a time: what is there, up to size bytes, a datagram
 * or part of a stream; 0 at the end of a stream, and where it would wait for
 * what cannot come (after shutdown(2)). ret_from may be NULL.
 * -EMSGSIZE: the datagram was longer than size; it is lost. -ETIMEDOUT.
 * -ENOBUFS: descriptors came with it on a unix socket, which have no place
 * here; they are closed, and what came with them is lost: take
 * sfam_fdpass_recv(). This cannot be told, and is not, where the socket was
 * asked for other control data (SO_PASSCRED ...).
 */
ssize_t sfam_recv(int fd, void *buf, size_t size, int64_t timeout_ns,
		  struct sfam_addr *ret_from) SFAM_MUST_CHECK;

/*
 * The same into n buffers, filled one after the other; iov does not change.
 * flags: MSG_PEEK; MSG_OOB (which does not wait for urgent data to be sent:
 * -EINVAL, poll for POLLPRI); MSG_TRUNC: a datagram may be cut, the return
 * value is its true length; MSG_CTRUNC: descriptors may get lost (no
 * -ENOBUFS). Others are -EINVAL (what MSG_WAITALL is for,
 * sfam_recv_exact() does within a time). -EMSGSIZE: also n over IOV_MAX.
 */
ssize_t sfam_recvv(int fd, const struct iovec *iov, size_t n, int flags,
		   int64_t timeout_ns, struct sfam_addr *ret_from)
	SFAM_MUST_CHECK;

/* As the len of the two below: all that there is. */
#define SFAM_TO_END UINT64_MAX

/*
 * Sends len bytes of a file through a stream socket, in the kernel where it
 * can (sendfile(2)), else by copies. in_fd is what pread(2) reads. They are
 * taken from *offset, which moves on by what was sent, on failure too;
 * offset NULL: from in_fd's own position, and that moves. So nothing is lost
 * whatever happens: call again to go on. ret_sent, if not NULL, is set on
 * success and on failure alike. SIGPIPE is not raised.
 * -ENODATA: the file ended before len bytes. -ETIMEDOUT: not all went in
 * time. -EPROTOTYPE: fd has messages, not a stream. -ESPIPE: in_fd has no
 * positions (sfam_splice() takes pipes and sockets). -ENOTSOCK. -EPIPE: the
 * peer is gone. Others: sendfile(2), send(2), pread(2).
 * sendfile has no way not to wait for a blocking socket: to one, with any
 * timeout but SFAM_FOREVER, the bytes go by copies.
 */
int sfam_sendfile(int fd, int in_fd, int64_t *offset, uint64_t len,
		  int64_t timeout_ns, uint64_t *ret_sent) SFAM_MUST_CHECK;

/*
 * Moves len bytes from one descriptor to another: sockets (streams only),
 * pipes, files from their positions, in any pair. In the kernel where it can
 * (splice(2), with a pipe made and closed inside if neither is one), else by
 * copies. SIGPIPE is not raised. *ret_moved is what out_fd took, *ret_lost
 * what in_fd gave and out_fd did not take; both, if not NULL, are set on
 * success and on failure alike.
 * Bytes are lost only if a write fails for good (-EPIPE, -ECONNRESET,
 * -ENOSPC ...) between two sockets with SFAM_FOREVER (65536 at most), or if
 * in_fd can neither be looked into nor be spliced (a terminal; a pipe to a
 * blocking socket with a timeout; 4096 at most, then by -ETIMEDOUT too).
 * -ENODATA: the input ended before len bytes. -ETIMEDOUT. -EPROTOTYPE: a
 * socket with messages, not a stream. -EPIPE: nobody reads out_fd any more.
 * Others: splice(2), read(2), recv(2), write(2), send(2).
 * With a timeout (not SFAM_FOREVER) between two sockets, and to a blocking
 * socket, the bytes go by copies: splice could not be ended in time without
 * losing what it holds.
 */
int sfam_splice(int in_fd, int out_fd, uint64_t len, int64_t timeout_ns,
		uint64_t *ret_moved, uint64_t *ret_lost) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
