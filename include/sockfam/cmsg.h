/* SPDX-License-Identifier: MIT */
/*
 * Control messages: what travels beside the payload of sendmsg(2) and
 * recvmsg(2). A reader decodes what came, a writer makes what is to go.
 *
 * A control buffer must be aligned like a size_t; `size_t control[64]` is
 * the simplest such buffer, and is 512 bytes. Space for n descriptors:
 * CMSG_LEN(n * sizeof(int)), never CMSG_SPACE: its padding would let one
 * descriptor more in, and no flag says so.
 */
#ifndef SOCKFAM_CMSG_H
#define SOCKFAM_CMSG_H

#include <sockfam/base.h>
#include <sockfam/peer.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What an item is, and which member of `u` holds it. An item of a kind
 * that is not here is SFAM_CMSG_RAW.
 */
enum sfam_cmsg_kind {
	SFAM_CMSG_RAW,			/* none: level, type, data, len */
	/* SOL_SOCKET */
	SFAM_CMSG_RIGHTS,		/* fds */
	SFAM_CMSG_CREDENTIALS,		/* credentials */
	SFAM_CMSG_SECURITY,		/* bytes: a label without NUL */
	SFAM_CMSG_PIDFD,		/* pidfd */
	SFAM_CMSG_TIMESTAMP,		/* time_ns: SO_TIMESTAMP and _NS */
	SFAM_CMSG_TIMESTAMPING,		/* stamps */
	SFAM_CMSG_DROPS,		/* number: lost since the socket was
					   opened, modulo 2^32 */
	/* IP, UDP */
	SFAM_CMSG_PKTINFO,		/* pktinfo: IP_PKTINFO */
	SFAM_CMSG_PKTINFO_INET6,	/* pktinfo: IPV6_PKTINFO */
	SFAM_CMSG_GRO,			/* number: bytes of one datagram */
	SFAM_CMSG_SEGMENT,		/* number: the same, for sending */
	/*
	 * error, from the error queue (MSG_ERRQUEUE) of any family: IP,
	 * IPv6, packet, CAN RAW, J1939, vsock. Origins tell failures from
	 * notices (transmission stamps, zero-copy).
	 */
	SFAM_CMSG_ERROR,
	SFAM_CMSG_AUXDATA,		/* auxdata: PACKET_AUXDATA */
	SFAM_CMSG_ALG_IV,		/* bytes */
	SFAM_CMSG_ALG_OP,		/* number: ALG_OP_... */
	SFAM_CMSG_ALG_ASSOCLEN,		/* number: bytes */
	SFAM_CMSG_TIPC_ERROR,		/* words: TIPC_ERR..., bytes returned */
	SFAM_CMSG_TIPC_RETURNED,	/* bytes: of the rejected message */
	SFAM_CMSG_TIPC_NAME,		/* words: type, lower, upper */
	SFAM_CMSG_J1939_ADDR,		/* number: destination address */
	SFAM_CMSG_J1939_NAME,		/* number: destination name */
	SFAM_CMSG_J1939_PRIO,		/* number: 0 (first) to 7 */
	SFAM_CMSG_RXRPC_CALL,		/* number: user call ID */
	SFAM_CMSG_RXRPC_ABORT,		/* number: abort code */
	SFAM_CMSG_RXRPC_ACK,		/* - */
	SFAM_CMSG_RXRPC_NET_ERROR,	/* number: errno */
	SFAM_CMSG_RXRPC_BUSY,		/* - */
	SFAM_CMSG_RXRPC_LOCAL_ERROR,	/* number: errno */
	SFAM_CMSG_RXRPC_NEW_CALL,	/* - */
	SFAM_CMSG_RXRPC_EXCLUSIVE,	/* - */
	SFAM_CMSG_RXRPC_UPGRADE,	/* - */
	SFAM_CMSG_RXRPC_TX_LENGTH,	/* number: bytes */
	SFAM_CMSG_RXRPC_TIMEOUT,	/* words: hard s, idle ms, normal ms */
	SFAM_CMSG_RXRPC_CHARGE,		/* number: user call ID */
};

/* Whose descriptors they are is in the item's comments above. */
struct sfam_cmsg_fds {
	const int *fd;		/* inside the control buffer */
	size_t n;
};

struct sfam_cmsg_bytes {
	const void *data;	/* inside the control buffer */
	size_t len;
};

/* 0: no such stamp. Both are real time unless the hardware has its own. */
struct sfam_cmsg_stamps {
	int64_t software_ns;
	int64_t hardware_ns;
};

/* Addresses in network order; INET uses the first 4 bytes of addr. */
struct sfam_cmsg_pktinfo {
	int ifindex;
	uint8_t addr[16];	/* where the packet was sent to */
	uint8_t local[4];	/* INET: the local address that took it */
};

/* struct sock_extended_err (linux/errqueue.h), names there. */
struct sfam_cmsg_error {
	uint32_t error;		/* errno, positive; ENOMSG: a stamp */
	uint8_t origin;		/* SO_EE_ORIGIN_...; 5 zero-copy: the sends
				   info..data are done; 4: a stamp, info is
				   SCM_TSTAMP_..., data the number of it */
	uint8_t type;		/* of ICMP */
	uint8_t code;		/* of ICMP; zero-copy: 1, it was copied */
	uint32_t info;
	uint32_t data;
	const struct sockaddr *offender; /* who said so, or NULL; inside the
					    control buffer */
	size_t offender_len;
};

/* struct tpacket_auxdata (linux/if_packet.h). */
struct sfam_cmsg_auxdata {
	uint32_t status;	/* TP_STATUS_... */
	uint32_t len;		/* on the wire */
	uint32_t snaplen;
	uint16_t mac;		/* offsets */
	uint16_t net;
	uint16_t vlan_tci;	/* if status has TP_STATUS_VLAN_VALID */
	uint16_t vlan_tpid;
};

/*
 * The last item of control data that was cut (MSG_CTRUNC): it may lack its
 * end. What is too short for its kind is SFAM_CMSG_RAW then.
 */
#define SFAM_CMSG_CUT	(1u << 0)

struct sfam_cmsg {
	int level, type;
	enum sfam_cmsg_kind kind;
	uint32_t flags;		/* SFAM_CMSG_... */
	const void *data;	/* all bytes of the item, whatever its kind */
	size_t len;
	union {
		struct sfam_cmsg_fds fds;
		struct sfam_credentials credentials;
		struct sfam_cmsg_bytes bytes;
		int pidfd;	/* or -errno: the kernel could not make it */
		int64_t time_ns;
		struct sfam_cmsg_stamps stamps;
		uint64_t number;
		struct sfam_cmsg_pktinfo pktinfo;
		struct sfam_cmsg_error error;
		struct sfam_cmsg_auxdata auxdata;
		uint32_t words[3];
	} u;
};

/* ------------------------------------------------------------- read -- */

/* The members are the library's own. */
struct sfam_cmsg_reader {
	const unsigned char *next;
	size_t left;
	int msg_flags;
};

/*
 * Reads what recvmsg(2) left in msg, which must stay as it is meanwhile.
 * Descriptors among it are the caller's, who closes them, wanted or not:
 * sfam_cmsg_close_fds() closes all.
 * -EINVAL: the buffer is not aligned.
 */
int sfam_cmsg_reader_init(struct sfam_cmsg_reader *reader,
			  const struct msghdr *msg) SFAM_MUST_CHECK;

/*
 * The next item. Returns 1; 0 at the end.
 * -EBADMSG: an item is too short for its kind or wrong in itself; it was
 * passed over, and the next call goes on behind it. Where what follows
 * cannot be found, the next call is the end.
 * -ENOBUFS: the end, but the kernel had more than the buffer could hold
 * (MSG_CTRUNC); every later call says so again. So a loop that runs while
 * this returns 1, and then looks at the result, misses nothing.
 */
int sfam_cmsg_next(struct sfam_cmsg_reader *reader, struct sfam_cmsg *ret)
	SFAM_MUST_CHECK;

/*
 * Closes every descriptor that came with msg (SCM_RIGHTS, SCM_PIDFD).
 * Returns how many. Call it once, and not after keeping one.
 */
size_t sfam_cmsg_close_fds(const struct msghdr *msg);

/*
 * One recvmsg(2) within a time, on a socket of any family. msg is used as
 * there and changes on success only; its control buffer (NULL: none) must
 * be aligned, and descriptors in it are close-on-exec and the caller's.
 * flags: MSG_OOB; MSG_PEEK without a control buffer; MSG_ERRQUEUE, which
 * never waits (poll for POLLERR); MSG_TRUNC and MSG_CTRUNC: payload (the
 * return value is its true length) or control data may be cut, msg_flags
 * tells. Without them these fail, with all descriptors closed and the
 * message lost: -EMSGSIZE, a datagram longer than the buffers; -ENOBUFS,
 * more control data than there is room for, or that RLIMIT_NOFILE allows;
 * without a buffer see sfam_recv().
 * -EINVAL: flags, or the buffer is not aligned. -ETIMEDOUT. Others:
 * recvmsg(2).
 */
ssize_t sfam_recvmsg(int fd, struct msghdr *msg, int flags,
		     int64_t timeout_ns) SFAM_MUST_CHECK;

/* ------------------------------------------------------------ write -- */

/* The members are the library's own. */
struct sfam_cmsg_writer {
	unsigned char *buf;
	size_t size;
	size_t len;
};

/* buf of size bytes is the caller's. -EINVAL: it is not aligned. */
int sfam_cmsg_writer_init(struct sfam_cmsg_writer *writer, void *buf,
			  size_t size) SFAM_MUST_CHECK;

/*
 * Adds an item: kind and its member of u; level and type choose among
 * several forms of a kind (SO_TIMESTAMP_OLD ...), else the first is taken;
 * data and len are not looked at, but for SFAM_CMSG_RAW.
 * -ENOSPC: no room for it (CMSG_SPACE of its length). -EINVAL: no such
 * kind.
 */
int sfam_cmsg_put(struct sfam_cmsg_writer *writer,
		  const struct sfam_cmsg *item) SFAM_MUST_CHECK;

/* The same for bytes as they are. -ENOSPC */
int sfam_cmsg_put_raw(struct sfam_cmsg_writer *writer, int level, int type,
		      const void *data, size_t len) SFAM_MUST_CHECK;

/* SCM_RIGHTS. They stay the caller's. -ENOSPC */
int sfam_cmsg_put_fds(struct sfam_cmsg_writer *writer, const int *fds,
		      size_t n_fds) SFAM_MUST_CHECK;

/* Sets msg_control and msg_controllen; NULL and 0 if nothing was added. */
void sfam_cmsg_writer_finish(const struct sfam_cmsg_writer *writer,
			     struct msghdr *msg);

/*
 * One sendmsg(2) within a time; no SIGPIPE. Returns the bytes sent, flags
 * and errors as for sfam_send(), and what control data is good for
 * (-EINVAL, -EBADF, -ETOOMANYREFS, -EPERM ...).
 */
ssize_t sfam_sendmsg(int fd, const struct msghdr *msg, int flags,
		     int64_t timeout_ns) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
