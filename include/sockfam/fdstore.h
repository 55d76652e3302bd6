/* SPDX-License-Identifier: MIT */
/*
 * A store where descriptors outlive the processes that use them, as
 * systemd's: a program puts them in under names, and when it was started
 * again it gets them back. One process keeps the store and serves it to
 * clients that connect over AF_UNIX with SOCK_SEQPACKET, where a request
 * comes whole or not at all: so it waits for none of them, and needs no
 * state and no thread for each.
 *
 * The keeper polls as it likes, its own descriptors and these:
 *
 *	listener is readable: sock = sfam_accept(), and whether this client
 *		may is the keeper's to say (sfam_peer_credentials(), or the
 *		permissions of the path)
 *	sock is readable: sfam_fdstore_serve(store, sock), until it says 0
 *		or less; then close(sock)
 *
 * Names are those of handover.h. What clients get are copies: the store
 * keeps its own until they are removed.
 *
 * On the wire: frames (SFAM_FDPASS_FRAMED) with at most 253 descriptors.
 * Their payload is 24 bytes in host order, and names: the letters "put ",
 * "get ", "list" or "drop"; uint32_t 0, in an answer the errno; uint64_t
 * where to go on, 0 from the start, and in an answer 0 if that was the end;
 * uint64_t number of names. A request that is no "put " has one name, or
 * none for all.
 */
#ifndef SOCKFAM_FDSTORE_H
#define SOCKFAM_FDSTORE_H

#include <sockfam/base.h>
#include <sockfam/fdpass.h>
#include <sockfam/handover.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of names, with colons, in a request and in one answer. */
#define SFAM_FDSTORE_NAMES_MAX 8192

/* ------------------------------------------------------------ clients -- */

/*
 * All on a connected SOCK_SEQPACKET socket; timeouts are for the whole.
 * Common errors: -ECONNRESET: the keeper ended, or refuses us. -EBADMSG: it
 * speaks otherwise. -ETIMEDOUT, and those of sfam_fdpass_send_message() and
 * _recv_message(). After all of these close sock.
 */

/*
 * Puts copies of fds into the store, all of them or none. One that is there
 * under that name already (the same open file, not another of the same
 * path) is not there twice.
 * -ENOSPC: the store is full. -EDQUOT: so much of one name. -EMFILE: the
 * keeper's RLIMIT_NOFILE. -E2BIG: more than 253, or more than
 * SFAM_FDSTORE_NAMES_MAX bytes of names: put them in several times.
 * -EINVAL: names.
 */
int sfam_fdstore_put(int sock, const int *fds, size_t n_fds,
		     const char *names, int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * Gets copies of those of one name, or of all (NULL, ""), oldest first; they
 * are the caller's. Their names go into ret_names of size bytes. Returns
 * how many, 0 if there are none.
 * -E2BIG: more than max_fds. -ENOSPC: size is too small. ret_fds and
 * ret_names may be overwritten even on failure; then nothing is open.
 */
ssize_t sfam_fdstore_get(int sock, const char *name, int *ret_fds,
			 size_t max_fds, char *ret_names, size_t size,
			 int64_t timeout_ns) SFAM_MUST_CHECK;

/* The names alone. Returns how many. -ENOSPC: size is too small. */
ssize_t sfam_fdstore_list(int sock, const char *name, char *ret_names,
			  size_t size, int64_t timeout_ns) SFAM_MUST_CHECK;

/* Removes those of one name, or all (NULL, ""). Returns how many. */
ssize_t sfam_fdstore_remove(int sock, const char *name, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/* ------------------------------------------------------------- keeper -- */

struct sfam_fdstore;

/* NULL means SFAM_FDSTORE_OPTS_INIT. Tails unknown here must be zero. */
struct sfam_fdstore_opts {
	size_t size;		/* sizeof(struct sfam_fdstore_opts) */
	size_t max;		/* descriptors in all, 1 to 65535 */
	size_t max_per_name;	/* of one name */
};
#define SFAM_FDSTORE_OPTS_INIT \
	{ sizeof(struct sfam_fdstore_opts), 1024, 1024 }

/*
 * -EINVAL: limits. -E2BIG: unknown options. -ENOMEM. RLIMIT_NOFILE is the
 * keeper's to raise.
 */
int sfam_fdstore_new(struct sfam_fdstore **ret,
		     const struct sfam_fdstore_opts *opts) SFAM_MUST_CHECK;
/* Closes all that is in it. NULL is nothing to do. */
void sfam_fdstore_free(struct sfam_fdstore *store);

/*
 * Puts descriptors in without a client, those of an older store say. On
 * success they belong to the store. -ENOSPC, -EDQUOT, -EINVAL as above.
 */
int sfam_fdstore_add(struct sfam_fdstore *store, const int *fds,
		     size_t n_fds, const char *names) SFAM_MUST_CHECK;

/*
 * Receives and answers one request, without waiting. Returns 1: go on; 0:
 * the client has gone. After an error too close sock, and go on with others:
 * the client does not speak as it should (-EPROTO also: it asks before it
 * has read the last answer), or -EPROTOTYPE: no SOCK_SEQPACKET. How many
 * clients there may be at once is the keeper's to limit.
 */
int sfam_fdstore_serve(struct sfam_fdstore *store, int sock) SFAM_MUST_CHECK;

/*
 * Does what a datagram of sd_notify(3) asks for: FDSTORE=1 or
 * FDSTOREREMOVE=1, with FDNAME=; without that the name is "stored". m is
 * from sfam_fdpass_recv_message() without FRAMED, on a SOCK_DGRAM socket
 * whose path is the service's $NOTIFY_SOCKET. Its descriptors are stored or
 * closed, always; what else it says is not looked at (FDPOLL=0 neither: see
 * below). Returns how many were stored or removed. -EINVAL: the name.
 * -ENOSPC, -EDQUOT.
 */
ssize_t sfam_fdstore_notify(struct sfam_fdstore *store,
			    const struct sfam_fdpass_message *m)
	SFAM_MUST_CHECK;

/*
 * Removes what poll(2) says POLLHUP or POLLERR of, as systemd does at once:
 * connections whose peer has gone, but also sockets that are not connected
 * yet and pipes that nobody writes, with what is in them. Returns how many.
 */
size_t sfam_fdstore_drop_dead(struct sfam_fdstore *store);

#ifdef __cplusplus
}
#endif

#endif
