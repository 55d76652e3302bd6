/* SPDX-License-Identifier: MIT */
/*
 * libsockfam-ctl: the sockets that are in use, and who holds them.
 *
 * Asked of the kernel by sock_diag(7): unix, packet, vsock, netlink, xdp,
 * inet and inet6 (TCP, UDP, UDP-Lite, raw, MPTCP, SCTP). Needs no privilege
 * but where it is said. Only sockets of the network namespace of the calling
 * thread are seen. It is no snapshot: what is opened or closed meanwhile may
 * come or not, and a socket may then come twice.
 */
#ifndef SOCKFAM_CTL_DIAG_H
#define SOCKFAM_CTL_DIAG_H

#include <sockfam/addr.h>
#include <sockfam/ctl-can.h>	/* struct sfam_ctl_diag */

#ifdef __cplusplus
extern "C" {
#endif

/* States, the kernel's TCP_... numbers; not every family has all. */
enum sfam_socket_state {
	SFAM_SOCKET_CONNECTED = 1,
	SFAM_SOCKET_SYN_SENT,
	SFAM_SOCKET_SYN_RECEIVED,
	SFAM_SOCKET_FIN_WAIT_1,
	SFAM_SOCKET_FIN_WAIT_2,
	SFAM_SOCKET_TIME_WAIT,
	SFAM_SOCKET_UNCONNECTED,
	SFAM_SOCKET_CLOSE_WAIT,
	SFAM_SOCKET_LAST_ACK,
	SFAM_SOCKET_LISTENING,
	SFAM_SOCKET_CLOSING
};

/* "ESTAB", "LISTEN", "UNCONN" ... as ss(8) has them; NULL if unknown. */
const char *sfam_socket_state_name(uint32_t state);

/* Bits of struct sfam_socket_info.have: what the kernel told. */
#define SFAM_SOCKET_HAVE_LOCAL		(1u << 0)
#define SFAM_SOCKET_HAVE_PEER		(1u << 1)
#define SFAM_SOCKET_HAVE_UID		(1u << 2) /* not vsock, netlink */
#define SFAM_SOCKET_HAVE_QUEUES		(1u << 3) /* not vsock */
#define SFAM_SOCKET_HAVE_MEMORY		(1u << 4) /* not vsock */
#define SFAM_SOCKET_HAVE_SHUTDOWN	(1u << 5) /* unix, vsock, TCP */
#define SFAM_SOCKET_HAVE_PEER_INODE	(1u << 6) /* unix */
#define SFAM_SOCKET_HAVE_FILE		(1u << 7) /* unix with a path */
#define SFAM_SOCKET_HAVE_FANOUT		(1u << 8) /* packet */
#define SFAM_SOCKET_HAVE_RX_RING	(1u << 9) /* packet */
#define SFAM_SOCKET_HAVE_TX_RING	(1u << 10) /* packet */
#define SFAM_SOCKET_HAVE_FILTER		(1u << 11) /* packet, CAP_NET_ADMIN */
/*
 * Others can reach it first: it listens, or is without connections and bound
 * to a name or port, an interface (packet, xdp), a group (netlink; there the
 * kernel's own sockets too).
 */
#define SFAM_SOCKET_IS_LISTENING	(1u << 31)

/* struct tpacket_req3 of linux/if_packet.h. */
struct sfam_packet_ring {
	uint32_t block_bytes, blocks, frame_bytes, frames;
	uint32_t retire_ms;		/* TPACKET_V3: blocks are ended then */
	uint32_t private_bytes, features;
};

/* PACKET_ADD_MEMBERSHIP; struct packet_diag_mclist, field by field. */
struct sfam_packet_membership {
	uint32_t interface, count;
	uint16_t type;			/* PACKET_MR_... */
	uint16_t addr_len;
	uint8_t addr[32];
};

struct sock_filter;			/* linux/filter.h */

struct sfam_packet_info {
	uint32_t version;		/* TPACKET_V1 ... */
	uint32_t flags;			/* PDI_... of linux/packet_diag.h */
	uint32_t fanout_group, fanout_mode; /* PACKET_FANOUT_... */
	struct sfam_packet_ring rx_ring, tx_ring;
	const struct sfam_packet_membership *memberships;
	size_t n_memberships;
	const struct sock_filter *filter; /* the classic BPF program */
	size_t n_filter;		/* instructions */
};

/* What have does not promise is 0. */
struct sfam_socket_info {
	const struct sfam_family *family;
	int type;			/* SOCK_... */
	int protocol;			/* as to socket(2); unix: 0 */
	uint32_t have;			/* SFAM_SOCKET_HAVE_... */
	uint32_t state;			/* enum sfam_socket_state */
	/* Of fstat(2); 0: not accepted yet, or ended (TIME-WAIT). */
	uint32_t inode;
	uint64_t cookie;		/* SO_COOKIE */
	uint32_t uid;			/* of the inode, seen from here */
	uint32_t interface;		/* bound to this one (inet); 0: none */
	uint32_t shutdown;		/* bit 0: receiving, 1: sending ended */
	/*
	 * Listening: connections that wait, and how many may. Else bytes:
	 * of data (inet, unix), or with all that the kernel keeps beside
	 * them (packet, netlink, xdp). unix counts what was sent so, too.
	 */
	uint32_t recv_queue, send_queue;
	uint32_t recv_buffer, send_buffer; /* SO_RCVBUF, SO_SNDBUF */
	uint32_t drops;			/* messages for which was no room */
	uint32_t peer_inode;		/* unix; its local name is the peer's */
	uint32_t file_inode, file_device; /* unix: the path's; 12.20 bits */
	struct sfam_addr local, peer;
	struct sfam_packet_info packet;
};

/*
 * Calls each() for every socket of the family. Stops where each() returns
 * other than 0, and returns that. info and what it points to are valid
 * during the call only. SFAM_SOCKET_HAVE_FILTER wants CAP_NET_ADMIN in the
 * user namespace that owns the network namespace.
 * A family that is not in the kernel (now) has no sockets: 0.
 * -EOPNOTSUPP: no row of sock_diag for this family (CAN and the others,
 * tipc), so its sockets cannot be listed. -ENOENT: the kernel has the family
 * but not its part of sock_diag; diag says which module. inet: what could be
 * listed was. -EAGAIN: the kernel called the list inconsistent, since so much
 * changed meanwhile, in each of ten attempts; each() saw none of it. -EPERM,
 * -EACCES: a security policy. -ENOMEM, -EIO.
 */
int sfam_socket_list(const struct sfam_family *f,
		     int (*each)(const struct sfam_socket_info *info,
				 void *arg),
		     void *arg, struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* A descriptor of a process. */
struct sfam_socket_owner {
	uint32_t inode;			/* struct sfam_socket_info.inode */
	pid_t pid;
	int fd;
	char name[16];			/* /proc/PID/comm: any bytes but NUL */
};

/*
 * Calls each() for every descriptor of a socket, of any family, that the
 * processes under /proc have, in the order of processes. Stops where each()
 * returns other than 0, and returns that. *ret_denied (NULL: not wanted) is
 * how many processes did not let us look: those of others, without
 * CAP_SYS_PTRACE. Not seen: descriptors that are on their way in a message
 * or held by the kernel (io_uring), and those of a thread that has a table
 * of its own.
 * -ENOENT: no /proc. Others: open(2).
 */
int sfam_socket_owners(int (*each)(const struct sfam_socket_owner *owner,
				   void *arg),
		       void *arg, size_t *ret_denied) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
