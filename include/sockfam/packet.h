/* SPDX-License-Identifier: MIT */
/*
 * Packet sockets: opened so that no packet passes unfiltered, counted so
 * that reading the counters loses none, and a record for each packet that is
 * the same for a plain descriptor and for a ring (sockfam/packet-ring.h).
 *
 * Constants (PACKET_..., TP_STATUS_...) and structs of the kernel are those
 * of linux/if_packet.h or of netpacket/packet.h, whichever you include.
 */
#ifndef SOCKFAM_PACKET_H
#define SOCKFAM_PACKET_H

#include <sys/uio.h>

#include <sockfam/addr.h>
#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct packet_mreq;	/* linux/if_packet.h, netpacket/packet.h */
struct sockaddr_ll;	/* the same */
struct sock_fprog;	/* linux/filter.h */
struct virtio_net_hdr;	/* linux/virtio_net.h */

/* -------------------------------------------------------------- open -- */

/* Bits of struct sfam_packet_opts.flags. */
#define SFAM_PACKET_PROMISC	(1u << 0) /* what is for others too */
#define SFAM_PACKET_ALLMULTI	(1u << 1) /* every multicast address */
/* Nothing that this host sends; since Linux 4.20. */
#define SFAM_PACKET_IGNORE_OUTGOING (1u << 2)
/*
 * What is sent goes to the driver at once: past the queue (and its limits),
 * and unseen by other packet sockets of this host.
 */
#define SFAM_PACKET_QDISC_BYPASS (1u << 3)
/*
 * For sfam_packet_recv(): VLAN tags, and the length before the snap length
 * cut it. A ring has them anyway.
 */
#define SFAM_PACKET_AUXDATA	(1u << 4)
#define SFAM_PACKET_TIME	(1u << 5) /* time stamps; rings have them */
/*
 * Those of the interface where it was told to make them (SIOCSHWTSTAMP);
 * else as SFAM_PACKET_TIME. The kernel begins to stamp a moment after the
 * first socket of the machine asks: of a packet from before that
 * sfam_packet_recv() has no time with SFAM_PACKET_HWTIME alone, and else that
 * of its reading.
 */
#define SFAM_PACKET_HWTIME	(1u << 6)
/* An interface that is down is no error: packets come when it is up. */
#define SFAM_PACKET_DOWN_OK	(1u << 7)
/*
 * A struct virtio_net_hdr with each packet, for offloads: received, see
 * sfam_packet_vnet(); sent, it is in front of the packet, in the same iovec.
 * SOCK_RAW only.
 */
#define SFAM_PACKET_VNET	(1u << 8)

/*
 * Several sockets, each with a part of the packets of one interface and
 * protocol. mode and flags: PACKET_FANOUT_..., PACKET_FANOUT_FLAG_...
 * id names the group in this network namespace; the first member makes it.
 * With PACKET_FANOUT_FLAG_UNIQUEID it must be 0: the kernel chooses, see
 * sfam_packet_fanout_id(); the members after the first come by that id,
 * without the flag. A packet that arrives just as a member joins may come to
 * it and to another one: the kernel knows no joining before it listens.
 */
struct sfam_packet_fanout {
	uint16_t mode;
	uint16_t flags;
	uint16_t id;
	/*
	 * Whose result, modulo the number of members, says which of them a
	 * packet is for; of the whole group, so one member is enough to
	 * bring it. Without any all packets are the first member's. For
	 * PACKET_FANOUT_CBPF, and, as the descriptor of a loaded one, for
	 * PACKET_FANOUT_EBPF, which stays the caller's. NULL: none.
	 */
	const struct sock_fprog *program;
	const int *program_fd;
};

/* NULL means SFAM_PACKET_OPTS_INIT. Tails unknown here must be zero. */
struct sfam_packet_opts {
	size_t size;		/* sizeof(struct sfam_packet_opts) */
	uint32_t flags;		/* SFAM_PACKET_... */
	/*
	 * Bytes of a packet that are kept; 0: all. A filter's constants are
	 * lowered to it; one that computes its result (BPF_RET | BPF_A) is
	 * let alone.
	 */
	uint32_t snap_len;
	const struct sock_fprog *filter;	/* NULL: everything passes */
	/*
	 * More of what the interface shall let through: multicast addresses,
	 * further unicast ones (PACKET_MR_...). mr_ifindex 0 is the
	 * address's interface. As with the flags, they end with the socket,
	 * however that ends.
	 */
	const struct packet_mreq *memberships;
	size_t n_memberships;
	const struct sfam_packet_fanout *fanout;	/* NULL: none */
};
#define SFAM_PACKET_OPTS_INIT \
	{ sizeof(struct sfam_packet_opts), 0, 0, NULL, NULL, 0, NULL }

/*
 * A socket for an address of the row packet: its interface (none: all), its
 * protocol (0: receives nothing, for sending), and its type, SOCK_RAW with
 * link-layer headers or SOCK_DGRAM without. Everything in opts is in place
 * before the socket can see its first packet. Returns the descriptor; the
 * caller closes it.
 * -EPERM: needs CAP_NET_RAW. -ENETDOWN: the interface is down. -ENODEV: no
 * such interface, or memberships without one. -EAFNOSUPPORT: addr is of
 * another family, or packet sockets are not in this kernel. -EINVAL: unknown
 * flags, SFAM_PACKET_VNET with SOCK_DGRAM, a filter that the kernel refuses,
 * a membership of the wrong length, a fanout that does not fit its group
 * (another mode, type or protocol), or a program that does not fit its mode.
 * -EBADF: program_fd. -EALREADY: the group's id is in use for something else.
 * -ENOSPC: the group is full (256). -ENOPROTOOPT: a flag that this kernel
 * does not have.
 * -E2BIG: opts asks for what this library does not know. Others: socket(2),
 * bind(2), setsockopt(2).
 */
int sfam_packet_open(const struct sfam_addr *addr,
		     const struct sfam_packet_opts *opts) SFAM_MUST_CHECK;

/*
 * The id of fd's fanout group. -ENOENT: it is in none (group 0 with
 * PACKET_FANOUT_HASH looks the same). Others: getsockopt(2).
 */
int sfam_packet_fanout_id(int fd) SFAM_MUST_CHECK;

/* -------------------------------------------------------- statistics -- */

/* Counted since the socket was opened. Begin with all zero. */
struct sfam_packet_stats {
	uint64_t seen;		/* passed the filter; received or dropped */
	uint64_t dropped;	/* of those: there was no room */
	uint64_t freezes;	/* a ring of blocks was full; else 0 */
	/*
	 * In a fanout with rollover: packets for this member that went to
	 * another one since it was full (in PACKET_FANOUT_ROLLOVER, all of
	 * the group, at its first member); those of them of one flow that is
	 * most of the traffic, when there was a little room left; and those
	 * that no other member had room for.
	 */
	uint64_t rolled;
	uint64_t rolled_huge;
	uint64_t not_rolled;
};

/*
 * Adds to *stats what the kernel has counted since this was last called for
 * fd. The kernel forgets what it has told (packet(7)), so of each socket
 * there must be one struct, and nobody else who asks; and it counts modulo
 * 2^32, so ask now and then (10 million packets a second: every 7 minutes).
 * One thread at a time. *stats is untouched on failure: getsockopt(2).
 */
int sfam_packet_stats_add(int fd, struct sfam_packet_stats *stats)
	SFAM_MUST_CHECK;

/* ------------------------------------------------------------ packet -- */

/*
 * What the kernel says of a packet: struct tpacket3_hdr, then (at
 * SFAM_PACKET_FROM_AT) struct sockaddr_ll. The functions below read it.
 */
struct sfam_packet_header {
	uint32_t next_offset;
	uint32_t sec, nsec;
	uint32_t len;
	uint32_t orig_len;
	uint32_t status;
	uint16_t mac, net;	/* where the headers begin, from here */
	uint32_t rxhash;
	uint32_t vlan_tci;
	uint16_t vlan_tpid;
	uint16_t unused;
	uint8_t padding[8];
};
#define SFAM_PACKET_FROM_AT sizeof(struct sfam_packet_header)

/*
 * A packet, where the kernel put it: in a ring's memory or in the buffer of
 * sfam_packet_recv(). It is valid as long as that. The bytes may be changed.
 */
struct sfam_packet {
	uint8_t *data;
	uint32_t len;		/* bytes at data */
	uint32_t orig_len;	/* before snap length and buffer cut it */
	struct sfam_packet_header *header;
};

/* Bits of sfam_packet_status(), TP_STATUS_... of linux/if_packet.h. */
/*
 * In a ring: packets were lost before this one, since the last time that
 * somebody asked for its statistics. In throughput mode a block's first
 * packet has it for all of them.
 */
#define SFAM_PACKET_LOSING	(1u << 2)
#define SFAM_PACKET_CSUM_NOT_READY (1u << 3) /* the interface fills it in */
#define SFAM_PACKET_VLAN_VALID	(1u << 4)
#define SFAM_PACKET_TPID_VALID	(1u << 6)
#define SFAM_PACKET_CSUM_VALID	(1u << 7)
/* In a ring, whose time it is. Neither: that of its way into the ring. */
#define SFAM_PACKET_SWTIME_VALID (1u << 29) /* the kernel's, on its arrival */
#define SFAM_PACKET_HWTIME_VALID (1u << 31) /* the interface's; always told */

static inline uint32_t sfam_packet_status(const struct sfam_packet *packet)
{
	return packet->header->status;
}

/*
 * When it came, CLOCK_REALTIME, or the interface's own clock with
 * SFAM_PACKET_HWTIME_VALID; 0: unknown (a plain socket that was not asked).
 */
static inline int64_t sfam_packet_time_ns(const struct sfam_packet *packet)
{
	return (int64_t)packet->header->sec * 1000000000 +
	       packet->header->nsec;
}

/*
 * Interface, protocol, direction (sll_pkttype), kind of hardware, sender. A
 * hardware address of more than 8 bytes (InfiniBand) goes on behind it.
 */
static inline const struct sockaddr_ll *
sfam_packet_from(const struct sfam_packet *packet)
{
	return (const struct sockaddr_ll *)(const void *)
		((const uint8_t *)packet->header + SFAM_PACKET_FROM_AT);
}

/*
 * The tag that the kernel, or the interface, took out of the packet. 1, or
 * 0 if there is none.
 */
static inline int sfam_packet_vlan(const struct sfam_packet *packet,
				   uint16_t *ret_tpid, uint16_t *ret_tci)
{
	const struct sfam_packet_header *h = packet->header;

	if (!(h->status & SFAM_PACKET_VLAN_VALID))
		return 0;
	*ret_tpid = h->status & SFAM_PACKET_TPID_VALID ?
		    h->vlan_tpid : (uint16_t)0x8100;
	*ret_tci = (uint16_t)h->vlan_tci;
	return 1;
}

/*
 * What offloads have left undone, with SFAM_PACKET_VNET and only then: a
 * segment that is to be cut in pieces (gso_type, gso_size), a checksum that
 * is not there yet (VIRTIO_NET_HDR_F_NEEDS_CSUM, csum_start, csum_offset).
 * Its numbers are in the byte order of the machine. Valid as the packet is,
 * and until sfam_packet_restore_vlan(), which writes over it.
 */
#define SFAM_PACKET_VNET_LEN 10
static inline const struct virtio_net_hdr *
sfam_packet_vnet(const struct sfam_packet *packet)
{
	return (const struct virtio_net_hdr *)(const void *)
		(packet->data - SFAM_PACKET_VNET_LEN);
}

/*
 * Puts the tag back behind the two hardware addresses, in place: data moves
 * by 4 bytes to the front, where there is always room, and both lengths
 * grow. Afterwards there is no tag to be had from sfam_packet_vlan().
 * Without a link-layer header (SOCK_DGRAM) the packet begins with the rest of
 * the tag then, and sll_protocol of sfam_packet_from() is the tag's.
 * Returns 1; 0 if there is none, or no place for it: cut within the
 * addresses.
 */
int sfam_packet_restore_vlan(struct sfam_packet *packet);

/* In front of a packet in the buffer of sfam_packet_recv(). */
#define SFAM_PACKET_HEADROOM 96

/*
 * The next packet of a plain socket, into the caller's buf of size bytes,
 * aligned as a uint32_t; SFAM_PACKET_HEADROOM of them are for what is told
 * of the packet. Packets that do not fit are cut, len is less than
 * orig_len then.
 * -EINVAL: size is less than the headroom. -ETIMEDOUT. -ENETDOWN: the
 * interface went down, which is told once; packets from before are still
 * there. -ENODEV: it was deleted; when the kernel has only just begun with
 * that, it is -ENETDOWN, and nothing comes later (rings do tell). Others:
 * recvmsg(2).
 */
int sfam_packet_recv(int fd, void *buf, size_t size, struct sfam_packet *ret,
		     int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * The same of a socket that was opened with SFAM_PACKET_VNET, and for those
 * only: of others the first bytes of the packet would be missing.
 */
int sfam_packet_recv_vnet(int fd, void *buf, size_t size,
			  struct sfam_packet *ret, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/* -------------------------------------------------------------- send -- */

/*
 * Sends n packets in order, in batches by sendmmsg(2): each iovec is one,
 * with its link-layer header if the socket is SOCK_RAW. to: NULL for the
 * interface and protocol of fd; SOCK_DGRAM needs one, which says to whom.
 * Returns how many went, which is n unless one failed after at least one
 * had gone; then call again from that one on, and its error comes back if
 * it persists. If none went:
 * -ENOBUFS: the queue of the interface is full and stayed full for
 * timeout_ns (the kernel gives no event for room in it, so this waits in
 * short sleeps). -ETIMEDOUT: the socket's own buffer stayed full.
 * -EMSGSIZE: longer than the MTU. -EINVAL: shorter than the link-layer
 * header, or a struct virtio_net_hdr that does not fit the packet.
 * -ENETDOWN: the interface is down. -ENXIO: fd is not bound and there is no
 * `to`, or the interface was deleted. Others: sendmsg(2).
 */
ssize_t sfam_packet_send(int fd, const struct iovec *packets, size_t n,
			 const struct sfam_addr *to, int64_t timeout_ns)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
