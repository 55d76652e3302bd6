/* SPDX-License-Identifier: MIT */
/*
 * Files of captured packets: pcap and pcapng, written and read.
 *
 * Writing takes arrays of records that point to their packets, wherever
 * those are (in a receive ring): writev(2) takes the bytes of long ones from
 * there; short ones are copied side by side, which is cheaper for all.
 *
 *	sfam_capture_writer_new(&w, fd, SFAM_CAPTURE_PCAPNG, NULL);
 *	n = sfam_capture_add_interface(w, &eth);
 *	sfam_capture_write(w, records, count);
 *
 * Reading gives one item after the other, from any descriptor or from
 * memory, in constant space, and never waits for more than the item needs.
 *
 *	sfam_capture_reader_new(&r, fd);
 *	while ((kind = sfam_capture_read(r, &item, &diag)) > 0)
 *		if (kind == SFAM_CAPTURE_PACKET)
 *			show(&item.packet);
 *
 * Texts are UTF-8 and end with NUL; NULL is a text that is not there. One
 * thread at a time uses a writer or a reader. Neither closes its descriptor.
 */
#ifndef SOCKFAM_CAPTURE_H
#define SOCKFAM_CAPTURE_H

#include <linux/if_packet.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Longest packet, written or read; others take no more than 262144. */
#define SFAM_CAPTURE_LEN_MAX	((size_t)1 << 20)
#define SFAM_CAPTURE_INTERFACES_MAX 4096	/* of a file, or a section */
#define SFAM_CAPTURE_HEAD_MAX	24

/* ---------------------------------------------------------- link types -- */

/* What a packet begins with, LINKTYPE_... of tcpdump.org; any other too. */
#define SFAM_CAPTURE_LINK_ETHERNET	1
#define SFAM_CAPTURE_LINK_RAW		101	/* IPv4 or IPv6 */
#define SFAM_CAPTURE_LINK_CAN		227	/* id in network order */
#define SFAM_CAPTURE_LINK_COOKED	276	/* SLL2; CAN id in host order */

/*
 * The link type of what a SOCK_RAW packet socket gets from an interface of
 * that hardware type (ARPHRD_...). SFAM_CAPTURE_LINK_COOKED where there is
 * none that holds for all such interfaces: use SOCK_DGRAM there.
 */
uint32_t sfam_capture_link_type(uint16_t hatype);

/* ------------------------------------------------------------- records -- */

/*
 * Bits of struct sfam_capture_record.flags: the word of the file, which may
 * have more of them in its upper part (frame check length, errors).
 */
#define SFAM_CAPTURE_IN		(1u << 0)
#define SFAM_CAPTURE_OUT	(2u << 0)
#define SFAM_CAPTURE_DIRECTION	(3u << 0)	/* mask */
#define SFAM_CAPTURE_UNICAST	(1u << 2)
#define SFAM_CAPTURE_MULTICAST	(2u << 2)
#define SFAM_CAPTURE_BROADCAST	(3u << 2)
#define SFAM_CAPTURE_OTHERHOST	(4u << 2)	/* promiscuous */
#define SFAM_CAPTURE_RECEPTION	(7u << 2)	/* mask */

/* A packet. What the file does not tell is 0 or NULL. */
struct sfam_capture_record {
	int64_t time_ns;	/* since 1970, UTC */
	const void *data;
	size_t len;		/* bytes of data */
	size_t orig_len;	/* on the wire, head included; may be odd */
	uint32_t interface;	/* counted from 0 through the whole file */
	uint32_t link_type;	/* of its interface; for reading only */
	uint32_t flags;		/* SFAM_CAPTURE_...; pcapng only */
	uint32_t head_len;	/* written before data; for writing only */
	uint64_t drops;		/* lost right before this; pcapng only */
	const char *comment;	/* of several the first; pcapng only */
	uint8_t head[SFAM_CAPTURE_HEAD_MAX];
};

/*
 * Brings a packet as it came from a packet socket (data, len, orig_len) into
 * the form of link_type: sets link_type, flags by from's packet type, and
 * head. COOKED: the header is made of from. CAN: the identifier goes to
 * network order, the FD flag is set or cleared. The bytes at data are only
 * read, and data moves on over those replaced.
 * from: as the kernel gave it, sll_protocol in network order.
 */
void sfam_capture_set_link(struct sfam_capture_record *record,
			   uint32_t link_type,
			   const struct sockaddr_ll *from);

/*
 * The CAN frame of a packet that was read, as it was on a socket (can.h).
 * Returns its size: CAN_MTU, CANFD_MTU, or SFAM_CANXL_HDR and its data.
 * -EINVAL: another link type than CAN. -EBADMSG: cut, or a length that no
 * such frame has. -ENOSPC: size is too small.
 */
ssize_t sfam_capture_can_frame(const struct sfam_capture_record *record,
			       void *buf, size_t size) SFAM_MUST_CHECK;

/* An interface. Only link_type and snap_len are in a pcap file. */
struct sfam_capture_interface {
	uint32_t link_type;
	uint32_t snap_len;	/* no packet has more bytes; 0: no limit */
	const char *name;
	const char *description;
	const char *filter;	/* in tcpdump's language */
	const char *os;
	const char *comment;
};

/* Who wrote this; pcapng only. */
struct sfam_capture_section {
	const char *application;
	const char *os;
	const char *hardware;
	const char *comment;
};

/* Counts since the capture began; pcapng only. */
#define SFAM_CAPTURE_NOT_TOLD UINT64_MAX
struct sfam_capture_stats {
	uint32_t interface;
	int64_t time_ns;	/* when they were taken */
	int64_t start_ns;	/* of the capture; 0: not told */
	int64_t end_ns;		/* of the capture; 0: not told */
	/* Each may be SFAM_CAPTURE_NOT_TOLD. */
	uint64_t received;	/* by the interface */
	uint64_t if_drops;	/* by the interface */
	uint64_t accepted;	/* by the filter */
	uint64_t os_drops;	/* by the kernel: nobody read them in time */
	uint64_t delivered;	/* to the reader */
	const char *comment;
};

/* -------------------------------------------------------------- writer -- */

enum sfam_capture_format {
	SFAM_CAPTURE_PCAP,	/* microseconds; the rest is cut off */
	SFAM_CAPTURE_PCAP_NS,
	SFAM_CAPTURE_PCAPNG,	/* nanoseconds */
};

struct sfam_capture_writer;

/*
 * A writer to fd, from where that stands, in this machine's byte order.
 * section: NULL if there is nothing to tell; its texts are not kept. Free
 * it by sfam_capture_writer_free(), which takes NULL and returns NULL.
 * -EINVAL: another format, or a text of more than 65535 bytes. -ENOMEM.
 * Others: those of sfam_capture_write().
 */
int sfam_capture_writer_new(struct sfam_capture_writer **ret, int fd,
			    enum sfam_capture_format format,
			    const struct sfam_capture_section *section)
	SFAM_MUST_CHECK;
struct sfam_capture_writer *
sfam_capture_writer_free(struct sfam_capture_writer *writer);

/*
 * Writes an interface, at any time before its first packet, and returns its
 * number. Its texts are not kept. -EINVAL: a link type above 65535, or a
 * text of more than 65534 bytes. -EUSERS: SFAM_CAPTURE_INTERFACES_MAX are
 * there; a pcap file has exactly one. Others: sfam_capture_write().
 */
int sfam_capture_add_interface(struct sfam_capture_writer *writer,
			       const struct sfam_capture_interface *interface)
	SFAM_MUST_CHECK;

/*
 * Writes n records, by one writev(2) for some 64 KiB of them. Bytes beyond
 * the interface's snap length are left out. Waits as long as fd makes it wait,
 * O_NONBLOCK or not; no SIGPIPE comes of it.
 * Refused with nothing of that record in the file, and all before it there:
 * -EINVAL: an interface that was not added, a head_len above
 * SFAM_CAPTURE_HEAD_MAX, a comment of more than 65535 bytes, an orig_len
 * above 32 bits. -EMSGSIZE: above SFAM_CAPTURE_LEN_MAX. -ERANGE: a time
 * before 1970 or, in pcap, of 2106 and later.
 * Others are those of writev(2): -ENOSPC, -EFBIG, -EDQUOT, -EIO, -EPIPE,
 * -EBADF. After one of these every later call fails with it: the file ends
 * somewhere behind what sfam_capture_written() tells, where it can be cut.
 */
int sfam_capture_write(struct sfam_capture_writer *writer,
		       const struct sfam_capture_record *records, size_t n)
	SFAM_MUST_CHECK;

/*
 * Writes counts of an interface. -EOPNOTSUPP: not in pcap. -EINVAL: an
 * interface that was not added, or a comment of more than 65535 bytes.
 * -ERANGE: a time before 1970. Others: sfam_capture_write().
 */
int sfam_capture_write_stats(struct sfam_capture_writer *writer,
			     const struct sfam_capture_stats *stats)
	SFAM_MUST_CHECK;

/* What is whole in the file, whatever failed. */
struct sfam_capture_written {
	uint64_t bytes;		/* from where fd stood in the beginning */
	uint64_t packets;
};
void sfam_capture_written(const struct sfam_capture_writer *writer,
			  struct sfam_capture_written *ret);

/*
 * How many bytes of the file a record takes, by which one can tell before
 * writing if it still fits. Its interface must have been added.
 */
size_t sfam_capture_size(const struct sfam_capture_writer *writer,
			 const struct sfam_capture_record *record);

/* -------------------------------------------------------------- reader -- */

enum sfam_capture_kind {
	SFAM_CAPTURE_END,
	SFAM_CAPTURE_PACKET,
	SFAM_CAPTURE_INTERFACE,
	SFAM_CAPTURE_SECTION,
	SFAM_CAPTURE_STATS,
};

/* What was read: the member of its kind, the others are left alone. */
struct sfam_capture_item {
	struct sfam_capture_record packet;
	struct sfam_capture_interface interface;
	struct sfam_capture_section section;
	struct sfam_capture_stats stats;
};

struct sfam_capture_reader;

/*
 * A reader of fd, from where that stands. fd -1: of what is given to
 * sfam_capture_feed(). Free it by sfam_capture_reader_free(), which takes
 * NULL and returns NULL. -ENOMEM.
 */
int sfam_capture_reader_new(struct sfam_capture_reader **ret, int fd)
	SFAM_MUST_CHECK;
struct sfam_capture_reader *
sfam_capture_reader_free(struct sfam_capture_reader *reader);

/*
 * Reads the next item: pcap of both byte orders, in micro- or nanoseconds,
 * also as "modified" by some kernels of the nineties, pcapng of both byte
 * orders with any number of sections. An INTERFACE comes before its packets;
 * they are numbered in the order of coming, and a pcap file has one. Blocks
 * that have no kind here are passed over. Times beyond int64_t are the
 * nearest that fit. CAN frames in cooked packets come in this machine's byte
 * order; else data is as it stands in the file.
 * Returns the kind; what ret_item points to stays until the next call that
 * takes this reader. SFAM_CAPTURE_END (0): the end of a whole file, and of
 * nothing else. -EAGAIN: no more input now (fd is O_NONBLOCK, or to be
 * fed); call again later.
 * Failures, after all that stands before them has been read; every later
 * call gives the same. diag has the offset and what is wrong:
 * -ENODATA: the file ends within an item, or is empty. -EBADMSG: it is
 * damaged. -EPROTONOSUPPORT: not a capture file, or of a version unknown
 * here. -EMSGSIZE: a packet above SFAM_CAPTURE_LEN_MAX, or a description of
 * that size. -EUSERS: more than SFAM_CAPTURE_INTERFACES_MAX in a section.
 * Others, without diag: read(2).
 */
int sfam_capture_read(struct sfam_capture_reader *reader,
		      struct sfam_capture_item *ret_item,
		      struct sfam_diag *diag) SFAM_MUST_CHECK;

/*
 * Gives the next bytes of the file, whatever their boundaries, to a reader
 * without fd; len 0: there are no more. Returns how many it took, 0 only if
 * it has not been read to -EAGAIN since. -EINVAL: it has an fd.
 * -ESHUTDOWN: after the end.
 */
ssize_t sfam_capture_feed(struct sfam_capture_reader *reader,
			  const void *buf, size_t len) SFAM_MUST_CHECK;

/*
 * Where the next item begins, in bytes from the beginning; after a failure
 * where the item begins that could not be read. All before it is whole.
 */
uint64_t sfam_capture_offset(const struct sfam_capture_reader *reader);

#ifdef __cplusplus
}
#endif

#endif
