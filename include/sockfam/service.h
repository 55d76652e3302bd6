/* SPDX-License-Identifier: MIT */
/*
 * A service and its clients, on connections of any family (unix, tcp, vsock,
 * tipc ...): one thread serves many clients, of which none can hold up the
 * others; and a client comes back when its service, or the machine that it
 * runs on, has been away.
 */
#ifndef SOCKFAM_SERVICE_H
#define SOCKFAM_SERVICE_H

#include <sockfam/addr.h>
#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ----------------------------------------------------------- messages -- */

/*
 * One message is one record on SOCK_SEQPACKET. On a stream its length goes
 * before it: 4 bytes, the high one first. An empty message cannot be sent,
 * as on many families it looks like the end.
 *
 * These two are for the end that waits. Two threads may use one socket, one
 * to send and one to receive.
 *
 * send: -EINVAL: len is 0, or over UINT32_MAX on a stream. -EMSGSIZE: more
 * than a record can have (SOCK_SEQPACKET). -ETIMEDOUT: nothing was sent.
 * -EBADMSG: a part of it has gone into a stream, and no more will: close fd.
 * -EPIPE: the peer is gone. Others: as sfam_send_all(), which says what
 * O_NONBLOCK means on vsock.
 */
int sfam_message_send(int fd, const void *buf, size_t len, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * Returns the length of the next message, 0 at the end.
 * -EMSGSIZE: it has more than size bytes, or size is 0. A record is lost
 * then; a stream cannot be read any further: close fd. -EBADMSG: a message
 * that is empty, or that the end of the stream or of the time has cut: close
 * fd. -ETIMEDOUT: none has begun. -ECONNRESET: also how connections of tipc
 * end. Others: as sfam_recv().
 */
ssize_t sfam_message_recv(int fd, void *buf, size_t size, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/* ------------------------------------------------------------ service -- */

struct sfam_service;

/*
 * One client, from opts.accepted to opts.closed. The service's, to be read;
 * only data is the caller's.
 */
struct sfam_service_client {
	void *data;		/* NULL at first */
	int fd;			/* not to be sent to or received from */
	size_t queued;		/* bytes that wait until the client reads */
	struct sfam_addr peer;	/* who; an unnamed unix peer has no name */
};

/* On a stream: bytes as they come, not messages. */
#define SFAM_SERVICE_BYTES	(1u << 0)

/* Tails unknown here must be zero. */
struct sfam_service_opts {
	size_t size;		/* sizeof(struct sfam_service_opts) */
	uint32_t flags;		/* SFAM_SERVICE_... */
	size_t clients_max;	/* the others wait in the listener's queue */
	size_t message_max;	/* bytes, of what is received */
	size_t queue_max;	/* bytes, of one client's output; a message */
				/* in it takes 4 more */
	int64_t idle_ns;	/* without a byte in either direction */
	int64_t total_ns;	/* of one connection */
	void *arg;		/* of all functions below */
	/*
	 * A client has come. Negative: it is not wanted (here is the place to
	 * look at peer) and closed at once. NULL: all are wanted.
	 */
	int (*accepted)(void *arg, struct sfam_service_client *client);
	/*
	 * A message, or bytes; len 0: the client sends no more. It stays
	 * connected until it has read what is queued then. Negative: it is
	 * closed at once, that being the cause. Never NULL.
	 */
	int (*received)(void *arg, struct sfam_service_client *client,
			const void *buf, size_t len);
	/*
	 * All that was queued has been sent: there is room. NULL: not wanted.
	 */
	void (*writable)(void *arg, struct sfam_service_client *client);
	/*
	 * fd is closed after this. cause: 0: in order. -ETIMEDOUT: idle_ns,
	 * total_ns. -EMSGSIZE: a message over message_max. -EBADMSG: one that
	 * was empty or cut. -ENOSPC: the queue was full. -ENOBUFS: a vsock
	 * record did not fit (sfam_service_send()), or descriptors came
	 * (sfam_recv()). -ESHUTDOWN: sfam_service_stop(), _free().
	 * -ECONNRESET, -EPIPE: it is gone. What received returned; what
	 * sfam_service_end() was given. Others: recv(2), send(2). NULL: not
	 * wanted.
	 */
	void (*closed)(void *arg, struct sfam_service_client *client,
		       int cause);
	/*
	 * accept(2) failed (-EMFILE, -ENFILE, -ENOMEM ...). Clients wait, and
	 * it is tried again ten times a second, and when one has gone. Told
	 * once, until one has come. NULL: not wanted.
	 */
	void (*not_accepted)(void *arg, int error);
};
#define SFAM_SERVICE_OPTS_INIT \
	{ sizeof(struct sfam_service_opts), 0, 256, 65536, 262144, \
	  SFAM_FOREVER, SFAM_FOREVER, NULL, NULL, NULL, NULL, NULL, NULL }

/*
 * A service at n_listeners listening sockets of streams or SOCK_SEQPACKET,
 * from sfam_open_text(), sfam_listen_all(), or of a service manager
 * (sfam_listen_fds()). They stay the caller's, and open until after _free.
 * Where several processes accept from one it must be O_NONBLOCK (see
 * sfam_accept()).
 *
 * All memory there will ever be is taken here: for each of clients_max
 * message_max bytes (but for bytes and records: once) and queue_max, of
 * which the kernel gives what is touched.
 * -EINVAL: no listener, an unknown flag, no function received, a maximum
 * that is 0 or over UINT32_MAX. -E2BIG: opts asks for what is not known
 * here. -ENOMEM. -EMFILE, -ENFILE: two descriptors are needed. -EPERM,
 * -EBADF, -ENOTSOCK: a listener is no socket. -EPROTONOSUPPORT: nor has it
 * connections.
 */
int sfam_service_new(struct sfam_service **ret, const int *listeners,
		     size_t n_listeners,
		     const struct sfam_service_opts *opts) SFAM_MUST_CHECK;

/*
 * Serves, and calls all functions of opts from this thread. 0: it was
 * stopped, and no client is left. -ETIMEDOUT: it can be called again.
 * Others: epoll_wait(2).
 *
 * No client holds up the others: nothing is waited for, each gets its turn,
 * and of one that has output queued nothing is received until it has read
 * that. Accepting cannot fail for good (not_accepted).
 */
int sfam_service_run(struct sfam_service *service, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * No new clients. Those there may go on for timeout_ns, and then are closed.
 * The first call counts, but for one that leaves less time. For any thread,
 * for signal handlers, and for the functions of opts.
 */
void sfam_service_stop(struct sfam_service *service, int64_t timeout_ns);

/*
 * Queues a message, or bytes, and sends what can be sent. Only in functions
 * of opts, for any client but one in its own closed; so is _end.
 *
 * -ENOSPC: the queue has no room; the client is closed, that being the
 * cause. -EINVAL: len is 0, or a message over UINT32_MAX. -ESHUTDOWN: it is
 * ending. Others: send(2); the client is closed for them, too.
 *
 * vsock with SOCK_SEQPACKET: the kernel cannot take back a message that did
 * not fit (net/vmw_vsock/af_vsock.c). A record is sent when there is some
 * room; if that was not enough the client is closed with -ENOBUFS, and will
 * never see that record. So a client has to read as it asks: what it has not
 * read must stay below its receive buffer (256 KiB, if it did not set
 * another). Else use a stream, or a thread for each client.
 */
int sfam_service_send(struct sfam_service_client *client, const void *buf,
		      size_t len) SFAM_MUST_CHECK;

/*
 * Ends a client. cause 0: nothing is received any more; it is closed when
 * what is queued has been sent, and it has read that, or two seconds later.
 * Negative: soon, and what is queued is lost. closed is called from
 * sfam_service_run(), not from here. The first cause stands.
 */
void sfam_service_end(struct sfam_service_client *client, int cause);

/*
 * Closes all clients, with -ESHUTDOWN; takes NULL, returns it. tipc: a client
 * that does not read is closed by a thread of its own, which may last eight
 * seconds more: the kernel waits so long.
 */
struct sfam_service *sfam_service_free(struct sfam_service *service);

/* ------------------------------------------------- a client that stays -- */

enum sfam_redial_state {
	SFAM_REDIAL_RESTS,	/* until due_ns */
	SFAM_REDIAL_CONNECTS,
	SFAM_REDIAL_UP,		/* fd is connected */
};

/*
 * A connection that is made again when it is lost. Read state, fd, events,
 * due_ns, tries and error, set the three times between _init and the first
 * _step if they shall be others; the rest is the functions'.
 */
struct sfam_redial {
	enum sfam_redial_state state;
	int fd;			/* -1: none; it goes when state changes */
	short events;		/* poll(2) fd for these and call _step */
	int64_t due_ns;		/* call _step then at the latest; -1: never */
	unsigned int tries;	/* that failed, since a connection lasted */
	int error;		/* why the last one ended, or 0 */
	int64_t first_ns;	/* first rest, 100 ms; doubled each time */
	int64_t longest_ns;	/* longest rest, 10 s; if a connection lasts */
				/* as long, the next rest is the first again */
	int64_t try_ns;		/* for one try to connect, 5 s; of vsock and */
				/* tipc the kernel's own limit is 1 s here */
	int64_t up_ns;		/* since when it was up */
	uint64_t random;	/* state of what makes rests differ */
	struct sfam_addr addr;
};

/*
 * seed: two machines with the same rest in the same way; 0: as the kernel's
 * random numbers have it. The rests are between a half and all of their
 * time, so that not all clients come at once.
 * -EINVAL: an address without a family. Others: getrandom(2).
 */
int sfam_redial_init(struct sfam_redial *redial, const struct sfam_addr *addr,
		     uint64_t seed) SFAM_MUST_CHECK;

/*
 * What is to be done at now_ns, of any clock: to begin a try, to see how it
 * ended, to give it up, to notice that the connection has died. Call it at
 * the start, at due_ns, and when poll(2) tells of fd; nothing waits in it.
 * Returns 1 if state has changed, else 0.
 *
 * fd blocks once it is up. It is lost (rests) when poll(2) says POLLERR or
 * POLLHUP: the peer reset it, or, of vsock, the other machine or the device
 * went away. First read what has come. An end of file is the caller's to
 * tell, by _lost. What a try fails with is no reason to stop here, whatever
 * it is: look at error (sfam_error_class()) and tries.
 */
int sfam_redial_step(struct sfam_redial *redial, int64_t now_ns);

/* The caller has found that it is no good: closes fd, and rests. */
void sfam_redial_lost(struct sfam_redial *redial, int error, int64_t now_ns);

/* Closes fd; _step would begin anew, at once. */
void sfam_redial_done(struct sfam_redial *redial);

#ifdef __cplusplus
}
#endif

#endif
