/* SPDX-License-Identifier: MIT */
/*
 * Open descriptors from process to process over AF_UNIX (SCM_RIGHTS).
 *
 * Two levels. sfam_fdpass_send(), _consume() and _recv() are one sendmsg(2)
 * or recvmsg(2) each and talk to any program. The ..._message() calls take
 * options: a frame that ties descriptors to their payload on a stream,
 * more of them than one message holds, who may send, what may come.
 *
 * Who owns what: sending leaves the descriptors the caller's; a call named
 * consume closes them after success, and only then. What is received is the
 * caller's. No call that fails leaves a descriptor open that it received,
 * and every one is close-on-exec from birth.
 *
 * On a SOCK_STREAM the kernel lets plain bytes that were sent earlier run
 * into the message that has descriptors: nothing tells to which byte they
 * belonged. There, send nothing but such messages, take SOCK_SEQPACKET, or
 * SFAM_FDPASS_FRAMED at both ends. And never read(2) or MSG_PEEK where
 * descriptors may come: the one drops them, the other doubles them.
 */
#ifndef SOCKFAM_FDPASS_H
#define SOCKFAM_FDPASS_H

#include <sockfam/base.h>
#include <sockfam/family.h>
#include <sockfam/peer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The kernel's SCM_MAX_FD (include/net/scm.h): descriptors in a message. */
#define SFAM_FDPASS_MAX 253

/*
 * Sends n_fds descriptors (1..SFAM_FDPASS_MAX) with len bytes of payload.
 * They stay the caller's: close them when you like after success.
 * On a stream only the first bytes may go, as with send(2): the count
 * returned is of payload bytes, and all the descriptors went with the first
 * of them. With len 0 one zero byte goes there all the same, since without
 * the kernel drops the descriptors, and 0 is returned: let the receiver
 * ask for 0 bytes.
 * -EINVAL: n_fds out of range, or a kind of descriptor that the kernel
 * does not pass (io_uring). -EBADF: one of fds is not open.
 * -ETOOMANYREFS: more descriptors are in flight for this user than
 * RLIMIT_NOFILE allows. -EPERM: the peer refuses descriptors
 * (SO_PASSRIGHTS, Linux 6.16). -EPIPE, -ECONNREFUSED: no peer.
 * -ETIMEDOUT. -EMSGSIZE: a datagram larger than the socket buffer.
 */
ssize_t sfam_fdpass_send(int sock, const int *fds, size_t n_fds,
			 const void *buf, size_t len, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/* The same, and closes all of fds after success. */
ssize_t sfam_fdpass_consume(int sock, const int *fds, size_t n_fds,
			    const void *buf, size_t len, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * Receives one message with at most max_fds descriptors into ret_fds, all
 * of them close-on-exec; *ret_n_fds is how many came (0 is no error). The
 * caller closes them. Returns the payload bytes in buf; 0 with no
 * descriptors is the end of a stream. With size 0 a stream's one byte that
 * had to go with the descriptors is taken off, and 0 returned.
 * On any failure no descriptor stays open and *ret_n_fds is untouched:
 * -E2BIG: the sender sent more than max_fds. -EMFILE: the kernel could not
 * install all that was sent (RLIMIT_NOFILE, or a security module): it says
 * no more than MSG_CTRUNC. -EMSGSIZE: the payload of a datagram is longer
 * than size. -EINVAL: max_fds over SFAM_FDPASS_MAX. -ETIMEDOUT. -ENOMSG:
 * size is 0, and a byte came without descriptors. Others: recvmsg(2). The
 * message is consumed in all but the last two.
 */
ssize_t sfam_fdpass_recv(int sock, int *ret_fds, size_t max_fds,
			 size_t *ret_n_fds, void *buf, size_t size,
			 int64_t timeout_ns) SFAM_MUST_CHECK;

/* --------------------------------------------------- what may it be -- */

enum sfam_fd_kind {
	SFAM_FD_ANY,
	SFAM_FD_REGULAR,	/* memfds too */
	SFAM_FD_DIRECTORY,
	SFAM_FD_FIFO,		/* and pipes */
	SFAM_FD_CHAR_DEVICE,
	SFAM_FD_BLOCK_DEVICE,
	SFAM_FD_SOCKET,
};

/* Bits of struct sfam_fd_expect.flags. With O_PATH it is neither of both. */
#define SFAM_FD_READABLE	(1u << 0)	/* is open for reading */
#define SFAM_FD_WRITABLE	(1u << 1)
#define SFAM_FD_NOT_READABLE	(1u << 2)
#define SFAM_FD_NOT_WRITABLE	(1u << 3)
#define SFAM_FD_LISTENING	(1u << 4)	/* a socket that listens */
#define SFAM_FD_READ_ONLY	(SFAM_FD_READABLE | SFAM_FD_NOT_WRITABLE)

/* What a descriptor has to be; zeros ask for nothing. */
struct sfam_fd_expect {
	enum sfam_fd_kind kind;
	uint32_t flags;			/* SFAM_FD_... */
	uint32_t seals;			/* F_SEAL_..., all of them (memfd) */
	int socket_type;		/* SOCK_... */
	const struct sfam_family *family; /* of the socket */
};

/*
 * Is fd that? 0, or -EPROTOTYPE: it is not; diag, if not NULL, says why.
 * -EBADF. -EINVAL: unknown kind or flags.
 */
int sfam_fd_check(int fd, const struct sfam_fd_expect *expect,
		  struct sfam_diag *diag) SFAM_MUST_CHECK;

/* --------------------------------------------------------- messages -- */

/* Bits of struct sfam_fdpass_opts.flags. */
/*
 * Both ends: a frame goes before the payload, so that descriptors and
 * payload come as they were sent on a stream too, and an empty payload is
 * possible. The frame is 16 bytes, in host order: the letters "sfd1",
 * uint32_t number of descriptors, uint64_t length of the payload; then the
 * payload; then one byte for each further batch. The first 253 descriptors
 * are sent with the first byte, each further batch of 253 with its byte.
 * Where messages have ends, frame and payload are one message, and each
 * further byte is one.
 */
#define SFAM_FDPASS_FRAMED	(1u << 0)
/*
 * Sending, with FRAMED: more than 253 descriptors (up to
 * SFAM_FDPASS_SPLIT_MAX) are split over messages, and joined by the
 * receiver; without, -E2BIG. So too on SOCK_DGRAM: the batches of several
 * senders come there as they like, in between each other, and a batch has
 * nothing that says whose it is. Send several messages there.
 */
#define SFAM_FDPASS_SPLIT	(1u << 1)
/*
 * Receiving: descriptors that cannot be had (-E2BIG, -EMFILE, -EPROTOTYPE)
 * do not fail the call; all that came are closed, `lost` says why, and the
 * payload is there.
 */
#define SFAM_FDPASS_KEEP_DATA	(1u << 2)
/*
 * Receiving: what of `sender` must be what opts.sender says, checked before
 * a descriptor is given out. Needs SFAM_FDPASS_ASK_CREDENTIALS.
 */
#define SFAM_FDPASS_ALLOW_PID	(1u << 3)
#define SFAM_FDPASS_ALLOW_UID	(1u << 4)
#define SFAM_FDPASS_ALLOW_GID	(1u << 5)

#define SFAM_FDPASS_SPLIT_MAX 65535

/* NULL means SFAM_FDPASS_OPTS_INIT. Tails unknown here must be zero. */
struct sfam_fdpass_opts {
	size_t size;		/* sizeof(struct sfam_fdpass_opts) */
	uint32_t flags;		/* SFAM_FDPASS_... */
	int64_t timeout_ns;	/* in all */
	/* Receiving only: */
	struct sfam_credentials sender; /* for SFAM_FDPASS_ALLOW_... */
	/*
	 * What descriptor i has to be: expect[i], for those past the last
	 * expect[n_expect - 1]; n_expect 0: anything. diag.offset is the
	 * number of the one at fault.
	 */
	const struct sfam_fd_expect *expect;
	size_t n_expect;
	struct sfam_diag *diag;
};
#define SFAM_FDPASS_OPTS_INIT \
	{ sizeof(struct sfam_fdpass_opts), 0, SFAM_FOREVER, { 0, 0, 0 }, \
	  NULL, 0, NULL }

/*
 * Sends all of the payload, however many system calls that takes, and the
 * descriptors (0 or more with FRAMED, else as sfam_fdpass_send()). Where
 * too many are in flight it waits, within the time.
 * Returns 0. Errors are sfam_fdpass_send()'s, and -E2BIG: more than 253
 * descriptors and no SFAM_FDPASS_SPLIT, or more than it allows. -EPROTO:
 * part of a message went on a stream, then the time ran out or sending
 * failed; close it.
 */
int sfam_fdpass_send_message(int sock, const int *fds, size_t n_fds,
			     const void *buf, size_t len,
			     const struct sfam_fdpass_opts *opts)
	SFAM_MUST_CHECK;

/* The same, and closes all of fds after success. */
int sfam_fdpass_consume_message(int sock, const int *fds, size_t n_fds,
				const void *buf, size_t len,
				const struct sfam_fdpass_opts *opts)
	SFAM_MUST_CHECK;

/* The first four members are the caller's; the rest is what came. */
struct sfam_fdpass_message {
	void *buf;
	size_t size;		/* bytes at buf */
	int *fds;
	size_t max_fds;		/* room at fds; any number */

	size_t len;		/* bytes in buf */
	size_t n_fds;		/* in fds, the caller's to close */
	int lost;		/* 0, or why there are none (KEEP_DATA) */
	/* Who sent it; pid 0: not known (nobody asked in time). */
	struct sfam_credentials sender;
	int pidfd;		/* the sender's process, the caller's to
				   close; negative: none */
};

/*
 * Asks the kernel for who sends, with every message from now on, and for
 * those not yet accepted: so before listen, connect or the first message.
 * The socket gets a name of its own if it has none (autobind, unix(7)) once
 * it connects or sends a datagram.
 * -ENOPROTOOPT: not in this kernel (_PIDFD: Linux 6.5; 6.1 lacks it).
 * -EINVAL: unknown bits.
 */
#define SFAM_FDPASS_ASK_CREDENTIALS	(1u << 0)	/* SO_PASSCRED */
#define SFAM_FDPASS_ASK_PIDFD		(1u << 1)	/* SO_PASSPIDFD */
int sfam_fdpass_ask(int sock, uint32_t what) SFAM_MUST_CHECK;

/*
 * Receives one message. Returns 1; 0 at the end of the stream. What is at
 * message->fds and buf may be overwritten even on failure; then nothing in
 * it is open, and its other members are untouched.
 * After these the message is consumed and the next may be received:
 * -E2BIG: more than max_fds descriptors. -EMFILE: the kernel could not
 * install all (RLIMIT_NOFILE, a security module). -EPROTOTYPE: a
 * descriptor is not what opts->expect says, see opts->diag. -EACCES: the
 * sender is not allowed, or not known.
 * After these a stream is of no more use; close it: -EMSGSIZE: the payload
 * is longer than size (without FRAMED only datagrams can be). -EBADMSG: not
 * a frame, or not as many descriptors as it says. -ENODATA: the stream
 * ended within a frame. -EPROTO: the time ran out within a frame.
 * -ETIMEDOUT: nothing came. -ENOMSG: as for sfam_fdpass_recv(). -EINVAL:
 * unknown flags.
 */
int sfam_fdpass_recv_message(int sock, struct sfam_fdpass_message *message,
			     const struct sfam_fdpass_opts *opts)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
