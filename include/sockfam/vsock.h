/* SPDX-License-Identifier: MIT */
/*
 * vsock: connections between a host and its virtual machines, retried while
 * a machine starts, with words for what is wrong; and what can be asked of
 * the kernel and of a socket.
 *
 * Addresses in text, which name a machine and a port there:
 *
 *	vsock:CID:PORT[,type=seqpacket][,flags=to-host]
 *	vsock:self:PORT...	the CID of this machine, asked when it is read
 *	vsock:PATH:PORT		/PATH or ./PATH: the socket of a virtual
 *				machine monitor (Firecracker, Cloud
 *				Hypervisor); PORT is one of its guest
 *
 * CID is a number or any, hypervisor (0), local (1: loopback), host (2).
 * PORT 0 is a port like any other; any port is any. In PATH, comma and colon
 * are written \, and \: as in all addresses (sockfam/addr.h).
 *
 * Listening: sfam_vsock_listen_addr() and sfam_open(). What arrives is taken
 * by sfam_accept().
 */
#ifndef SOCKFAM_VSOCK_H
#define SOCKFAM_VSOCK_H

#include <sockfam/addr.h>
#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --------------------------------------------------------- addresses -- */

/* Plain data: copy it freely. */
struct sfam_vsock_addr {
	/* Of the row vsock; or of unix: the socket of a machine's monitor. */
	struct sfam_addr at;
	uint32_t port;		/* in the guest behind unix; else not used */
};

/*
 * Reads one of the forms above. With self it opens /dev/vsock.
 * -EINVAL: not an address; diag says where and what was expected. With self
 * the errors of sfam_vsock_local_cid(), with diag, too.
 */
int sfam_vsock_parse(struct sfam_vsock_addr *ret, const char *text,
		     size_t text_len, struct sfam_diag *diag) SFAM_MUST_CHECK;

/*
 * Writes the text; that of self has the number. Returns its length without
 * NUL; SFAM_ADDR_STRLEN always fits. -ENOSPC: size is too small (buf is then
 * unspecified). -EINVAL: addr is of another family, or damaged.
 */
ssize_t sfam_vsock_format(const struct sfam_vsock_addr *addr, char *buf,
			  size_t size) SFAM_MUST_CHECK;

/*
 * Where a server has to listen, for sfam_open(). That is addr->at itself; of
 * a monitor's socket it is PATH_PORT, where the monitor connects to when its
 * guest connects to PORT of the host. -ENAMETOOLONG: PATH_PORT is over 108
 * bytes. -EAFNOSUPPORT: addr is neither vsock nor unix.
 */
int sfam_vsock_listen_addr(struct sfam_addr *ret,
			   const struct sfam_vsock_addr *addr) SFAM_MUST_CHECK;

/*
 * What an address of the row vsock says, that of a peer (sfam_accept()) say.
 * ret_cid and ret_port may be NULL. -EAFNOSUPPORT: of another row.
 * A peer in this machine has the CID 1 (local), whatever it has dialled; a
 * client's own CID, by sfam_addr_local(), is any.
 */
int sfam_vsock_addr_get(const struct sfam_addr *addr, uint32_t *ret_cid,
			uint32_t *ret_port) SFAM_MUST_CHECK;

/*
 * The CID that this machine has for its host; on a host 2. It may change
 * when the machine is moved.
 * -ENOENT: no /dev/vsock: no vsock in this kernel, or a container without it.
 * -EACCES, -EPERM: no permission to read that. -EADDRNOTAVAIL: none yet (the
 * driver is not there, or still starts). Others: open(2), ioctl(2).
 */
int sfam_vsock_local_cid(uint32_t *ret) SFAM_MUST_CHECK;

/* ----------------------------------------------------------- connect -- */

/* Why there is no connection. The kernel's errno differs by transport. */
enum sfam_vsock_why {
	SFAM_VSOCK_OTHER,	/* what has nothing to do with vsock */
	/*
	 * The machine answers, but nothing listens on the port. Of a
	 * monitor: it has closed without an answer, which may also mean that
	 * the guest has not started so far.
	 */
	SFAM_VSOCK_REFUSED,
	/* This kernel has no driver towards that CID, or not for that type. */
	SFAM_VSOCK_NO_TRANSPORT,
	/* No such machine runs so far, or it does not answer so far. */
	SFAM_VSOCK_NOT_READY,
	/* A CID that never can be reached. */
	SFAM_VSOCK_UNREACHABLE,
	/* Permissions, a seccomp filter, or another sandbox. */
	SFAM_VSOCK_DENIED,
};

struct sfam_vsock_fault {
	enum sfam_vsock_why why;
	int error;		/* -errno of the last try */
	uint32_t tries;		/* how many; 0: the arguments were wrong */
	char words[192];	/* one line: what, why, and what to do */
};

/*
 * Puts the reason of a failed connect to addr into ret, whoever made it. It
 * looks whether the kernel has a driver for the CID, by binding a socket
 * that is closed again at once, or whether /dev/vsock is there. error is
 * -errno; tries becomes 1.
 */
void sfam_vsock_explain(const struct sfam_vsock_addr *addr, int error,
			struct sfam_vsock_fault *ret);

/*
 * Bit of struct sfam_vsock_connect_opts.flags, besides SFAM_OPEN_NONBLOCK
 * and SFAM_OPEN_KEEP_ON_EXEC of sockfam/socket.h: SFAM_VSOCK_REFUSED is
 * retried, too, since the service may still start.
 */
#define SFAM_VSOCK_WAIT_SERVICE	(1u << 16)

/* NULL means SFAM_VSOCK_CONNECT_OPTS_INIT. Tails unknown here must be zero. */
struct sfam_vsock_connect_opts {
	size_t size;		/* sizeof(struct sfam_vsock_connect_opts) */
	uint32_t flags;
	int64_t timeout_ns;	/* of all tries and pauses */
	/*
	 * The longest pause between two tries, 0: 1 s. The first one lasts
	 * 10 ms, each of the others twice as long as the one before.
	 */
	int64_t pause_ns;
	/*
	 * Called after each try that failed for a reason that is retried,
	 * before the pause: 0 to go on, or an -errno that sfam_vsock_connect()
	 * returns. NULL: not called.
	 */
	int (*failed)(void *arg, const struct sfam_vsock_fault *fault);
	void *arg;
};
#define SFAM_VSOCK_CONNECT_OPTS_INIT \
	{ sizeof(struct sfam_vsock_connect_opts), 0, SFAM_FOREVER, 0, NULL, \
	  NULL }

/*
 * Connects to addr; the caller closes the descriptor. Where the reason for a
 * failure is SFAM_VSOCK_NOT_READY it is tried again until the time is over:
 * first for 250 ms, then each time twice as long, 4 s at most. So with
 * SFAM_FOREVER this waits until the machine is there. Any other reason ends
 * it at once. What a try has sent to a machine that did not answer is taken
 * back, so that its server does not see the remains of old tries when it
 * starts. That rests on the kernel's own timer: the call may last some ticks
 * of the kernel's clock (1 to 10 ms each) longer than timeout_ns, and a
 * timeout_ns of 0 is one try of a tick.
 *
 * A monitor is asked by "CONNECT PORT" and a newline and answers "OK NUMBER"
 * and a newline; the bytes after that are the peer's, and still to be
 * received.
 *
 * ret_fault may be NULL; it is filled on failure only.
 * -ETIMEDOUT: the time is over; ret_fault has the reason of the last try.
 * -EPROTO: what listens at PATH is no such monitor. -EPROTOTYPE: an address
 * of datagrams, which do not connect (sfam_open()). -E2BIG, -EINVAL: opts.
 * -EAFNOSUPPORT: addr is neither vsock nor unix; or no vsock in this kernel.
 * What opts->failed returned. Others, each with its reason in ret_fault:
 * socket(2), connect(2).
 */
int sfam_vsock_connect(const struct sfam_vsock_addr *addr,
		       const struct sfam_vsock_connect_opts *opts,
		       struct sfam_vsock_fault *ret_fault) SFAM_MUST_CHECK;

/* -------------------------------------------------------- allow-list -- */

/* Which peers may come, for servers; caller's memory, plain data. */
#define SFAM_VSOCK_ALLOW_MAX 32
struct sfam_vsock_allow {
	size_t n;
	struct {
		uint32_t first, last;	/* both are in it */
	} range[SFAM_VSOCK_ALLOW_MAX];
};

/*
 * Reads "3,5-9,host": CIDs by number, ranges of such, and the names
 * hypervisor, local and host; any is every CID. Peers in this machine are
 * local. -EINVAL: not such a list, or empty, or over SFAM_VSOCK_ALLOW_MAX
 * parts, or a range that ends before it begins; diag says where.
 */
int sfam_vsock_allow_parse(struct sfam_vsock_allow *ret, const char *text,
			   size_t text_len, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

/* 1 if the CID is in the list, else 0. */
int sfam_vsock_allow_has(const struct sfam_vsock_allow *allow, uint32_t cid);

/* ------------------------------------------------------ capabilities -- */

/* Bits of transports. */
#define SFAM_VSOCK_LOOPBACK	(1u << 0) /* CID 1: within this machine */
#define SFAM_VSOCK_AS_GUEST	(1u << 1) /* towards a host */
#define SFAM_VSOCK_AS_HOST	(1u << 2) /* towards guests */

/* Bits of features. */
#define SFAM_VSOCK_TO_HOST	(1u << 0) /* flags=to-host is known: 5.11 */
#define SFAM_VSOCK_ZEROCOPY	(1u << 1) /* sends without a copy: 6.7 */

/* Which CIDs a process sees: /proc/sys/net/vsock/ns_mode, Linux 7.0. */
enum sfam_vsock_namespace {
	SFAM_VSOCK_NS_NONE,	/* the kernel has no such thing, or hides it */
	SFAM_VSOCK_NS_GLOBAL,	/* those of all namespaces of that kind */
	SFAM_VSOCK_NS_LOCAL,	/* those of its own network namespace */
};

struct sfam_vsock_caps {
	size_t size;		/* sizeof(struct sfam_vsock_caps) */
	/*
	 * SFAM_TYPE_... that socket(2) gives. Whether SEQPACKET can connect
	 * depends on the transport, too.
	 */
	uint32_t types;
	uint32_t transports;
	uint32_t transports_unknown;	/* those that could not be told */
	uint32_t features;
	enum sfam_vsock_namespace ns;
	uint32_t local_cid;	/* any (-1) where local_cid_error is not 0 */
	int local_cid_error;	/* what sfam_vsock_local_cid() returned */
};
#define SFAM_VSOCK_CAPS_INIT \
	{ sizeof(struct sfam_vsock_caps), 0, 0, 0, 0, SFAM_VSOCK_NS_NONE, \
	  0, 0 }

/*
 * Asks the running kernel by sockets that are bound and closed again; none
 * listens, none connects.
 * -EAFNOSUPPORT: no vsock in this kernel, or a sandbox hides it. -EPERM,
 * -EACCES: a seccomp filter, or a security policy. -EINVAL: ret->size is not
 * one this library knows. Others: socket(2), bind(2).
 */
int sfam_vsock_probe(struct sfam_vsock_caps *ret) SFAM_MUST_CHECK;

/* ------------------------------------------------------- of a socket -- */

/*
 * Bytes that may be on their way to fd, which is what the peer can send
 * ahead, and of SOCK_SEQPACKET the largest message that can come: a longer
 * one is -EMSGSIZE for its sender (-ENOMEM on 6.1). SO_RCVBUF and SO_SNDBUF
 * have no meaning here. What the peer has cannot be asked; the kernel's
 * default is 262144. Sockets that a listener accepts have its sizes.
 */
struct sfam_vsock_buffer {
	uint64_t bytes;
	uint64_t min_bytes;	/* bounds of what bytes can be set to ... */
	uint64_t max_bytes;	/* ... without sfam_vsock_buffer_set() */
};

/*
 * -ENOPROTOOPT, -EOPNOTSUPP: not a vsock with connections. -EBADF,
 * -ENOTSOCK.
 */
int sfam_vsock_buffer_get(int fd, struct sfam_vsock_buffer *ret)
	SFAM_MUST_CHECK;

/*
 * Sets bytes, and before it the bound that is in the way, which the kernel
 * would clamp it to without a word. *ret_bytes, which may be NULL, is what it
 * has become: transports have limits of their own (virtio: 4 GiB - 1).
 * -EINVAL: 0. Others: as sfam_vsock_buffer_get().
 */
int sfam_vsock_buffer_set(int fd, uint64_t bytes, uint64_t *ret_bytes)
	SFAM_MUST_CHECK;

/*
 * Bytes that were sent and that the kernel has not handed to the other side
 * so far (whether that has read them, it cannot tell); since Linux 6.11. And
 * bytes that can be received; since 6.17.
 * -EOPNOTSUPP: the kernel is older, or fd never was connected, or its
 * transport cannot tell. -EINVAL: fd listens. -EBADF.
 */
int sfam_vsock_unsent(int fd, uint64_t *ret_bytes) SFAM_MUST_CHECK;
int sfam_vsock_waiting(int fd, uint64_t *ret_bytes) SFAM_MUST_CHECK;

/* --------------------------------------------------------- zero-copy -- */

/*
 * Sends of a stream that the kernel makes from the caller's memory, since
 * Linux 6.7. That memory must stay as it is until the kernel has done with
 * it: within one machine (loopback) until the peer has read the bytes. It
 * pays for large buffers (32 KiB and more). One thread at a time; nobody else
 * may read the error queue (MSG_ERRQUEUE) of the socket. Nothing is to be
 * freed, and the descriptor stays the caller's.
 */
struct sfam_vsock_zerocopy {
	int fd;
	/* To be read only. */
	uint64_t sent;		/* pieces that the kernel has taken */
	uint64_t done;		/* of them, what it has done with */
	uint64_t copied;	/* of these, what it has copied after all */
};

/*
 * fd is a connected stream, on which no such send is under way.
 * -EOPNOTSUPP: the kernel or the transport cannot. -EPROTOTYPE: fd is no
 * vsock stream. -ENOTCONN. Others: getsockopt(2), setsockopt(2).
 */
int sfam_vsock_zerocopy_init(struct sfam_vsock_zerocopy *z, int fd)
	SFAM_MUST_CHECK;

/*
 * Sends all of buf. ret_sent, if not NULL, is set on success and on failure
 * alike; the bytes that went are the kernel's until a wait has returned 0.
 * -ETIMEDOUT: not all went in time. -ENOMEM: no memory, or RLIMIT_MEMLOCK is
 * below a piece of 64 KiB. -EPIPE: the peer is gone (SIGPIPE is not raised).
 * Others: sendmsg(2).
 */
int sfam_vsock_zerocopy_send(struct sfam_vsock_zerocopy *z, const void *buf,
			     size_t len, int64_t timeout_ns, size_t *ret_sent)
	SFAM_MUST_CHECK;

/*
 * Waits until the kernel has done with all that was sent. -ETIMEDOUT: not
 * with all so far. Others: recvmsg(2).
 */
int sfam_vsock_zerocopy_wait(struct sfam_vsock_zerocopy *z,
			     int64_t timeout_ns) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
