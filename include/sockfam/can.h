/* SPDX-License-Identifier: MIT */
/*
 * CAN frames: fields, kernel structs, text; and CAN_RAW sockets in batches.
 *
 * A frame in memory is what the kernel reads and writes on a CAN_RAW
 * socket: struct can_frame (CAN_MTU, 16 bytes), struct canfd_frame
 * (CANFD_MTU, 72 bytes) or struct canxl_frame (12 + length bytes, up to
 * SFAM_CANXL_MTU); its size tells which. The identifier is in host byte
 * order. A buffer for a frame must be aligned for uint32_t.
 */
#ifndef SOCKFAM_CAN_H
#define SOCKFAM_CAN_H

#include <linux/can.h>
#include <sys/uio.h>

#include <sockfam/addr.h>
#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* CAN XL of linux/can.h since 6.1, for older headers. */
#define SFAM_CANXL_HDR 12	/* bytes before the data */
#define SFAM_CANXL_DLEN 2048
#define SFAM_CANXL_MTU (SFAM_CANXL_HDR + SFAM_CANXL_DLEN)

/* ------------------------------------------------------------ fields -- */

/* Bits of struct sfam_can_fields.flags. */
#define SFAM_CAN_EXT	(1u << 0)	/* 29 bit identifier */
#define SFAM_CAN_RTR	(1u << 1)	/* remote request; classic only */
#define SFAM_CAN_ERR	(1u << 2)	/* error frame; id is the class word */
#define SFAM_CAN_FD	(1u << 3)
#define SFAM_CAN_BRS	(1u << 4)	/* FD: bit rate switch */
#define SFAM_CAN_ESI	(1u << 5)	/* FD: error state indicator */
#define SFAM_CAN_XL	(1u << 6)
#define SFAM_CAN_SEC	(1u << 7)	/* XL: simple extended content */
#define SFAM_CAN_RRS	(1u << 8)	/* XL: remote request substitution */

/* A frame taken apart. */
struct sfam_can_fields {
	uint32_t id;		/* identifier; XL: 11 bit priority */
	uint32_t flags;		/* SFAM_CAN_... */
	uint16_t len;		/* bytes of data; RTR: bytes asked for */
	uint8_t len8_dlc;	/* classic, len 8: raw DLC 9..15, else 0 */
	uint8_t vcid;		/* XL: virtual CAN network */
	uint8_t sdt;		/* XL: service data unit type */
	uint32_t af;		/* XL: acceptance field */
	const uint8_t *data;	/* len bytes; not read for RTR */
};

/*
 * Fields to a frame at buf. Returns its size: CAN_MTU, CANFD_MTU or
 * SFAM_CANXL_HDR + len. Unused bytes of a classic or FD frame are zero.
 * -EINVAL: flags that exclude each other, an identifier out of range, a
 * length that its kind cannot have (classic 0..8, FD 0..8 12 16 20 24 32
 * 48 64, XL 1..2048), a len8_dlc other than 0 or 9..15 with length 8.
 * -ENOSPC: size is too small for the frame.
 */
ssize_t sfam_can_pack(void *buf, size_t size,
		      const struct sfam_can_fields *fields) SFAM_MUST_CHECK;

/*
 * A frame of size bytes, as read from the kernel, to fields; ret->data
 * points into it. -EINVAL: not a frame (wrong size, length beyond it).
 * A length that an FD controller could not send (9) is passed on, as the
 * kernel does; stray bits in a standard identifier are masked off.
 */
int sfam_can_unpack(struct sfam_can_fields *ret, const void *frame,
		    size_t size) SFAM_MUST_CHECK;

/*
 * The smallest length that an FD frame can have for len bytes; 0 for more
 * than 64.
 */
size_t sfam_can_fd_len(size_t len);

/* -------------------------------------------------------------- text -- */

/*
 * The compact text of can-utils:
 *   frame := cc | fd | xl          HEX digits in either case
 *   id    := HEX{3} standard | HEX{8} extended (bit 29 set: error frame)
 *   cc    := id "#" data [ "_" DLC ]      up to 8 bytes; DLC 9..F with 8
 *          | id "#" ("R"|"r") [ LEN [ "_" DLC ] ]      LEN 0..8
 *   fd    := id "##" FLAGS data           HEX; BRS 1, ESI 2, FDF 4 (implied)
 *   xl    := VCID{2} PRIO{3} "#" FL{2} ":" SDT{2} ":" AF{8} "#" data
 *   data  := bytes of two HEX digits, a "." between any two if you like
 */
#define SFAM_CAN_TEXT_STRLEN (24 + 2 * SFAM_CANXL_DLEN)

/* Flags of sfam_can_text_parse(). */
/*
 * Take what can-utils' parser takes: trailing junk after a full frame, an
 * RTR length it cannot read (0), identifiers over 7FF in 3 digits, FD
 * lengths that do not exist, an empty XL frame, stray separators. Never
 * its 5-digit identifiers (they lose digits) nor its reads past the end.
 */
#define SFAM_CAN_TEXT_LENIENT (1u << 0)

/*
 * Reads one frame from exactly text_len bytes. Strict by default: every
 * byte must belong to the frame, and FD data is padded with zeros to the
 * next length that exists. Returns the size of the frame at buf, which is
 * untouched on failure.
 * -EINVAL: not a frame; diag says where. Also for unknown flags.
 * -ENOSPC: size is too small (CANFD_MTU holds any classic or FD frame,
 * SFAM_CANXL_MTU any).
 */
ssize_t sfam_can_text_parse(void *buf, size_t size, const char *text,
			    size_t text_len, uint32_t flags,
			    struct sfam_diag *diag) SFAM_MUST_CHECK;

/*
 * Writes a frame of frame_size bytes as text, upper case, without
 * separators; no NUL is counted but one is written. Returns the length.
 * -EINVAL: not a frame. -ENOSPC: does not fit (SFAM_CAN_TEXT_STRLEN does);
 * buf is untouched then.
 */
ssize_t sfam_can_text_format(char *buf, size_t size, const void *frame,
			     size_t frame_size) SFAM_MUST_CHECK;

/* ----------------------------------------------------------- options -- */

/* Switches of a CAN_RAW socket (linux/can/raw.h). */
#define SFAM_CAN_OPT_LOOPBACK	(1u << 0) /* others here see my frames */
#define SFAM_CAN_OPT_OWN	(1u << 1) /* I see my frames */
#define SFAM_CAN_OPT_FD		(1u << 2)
#define SFAM_CAN_OPT_XL		(1u << 3) /* since Linux 6.1; implies FD */
#define SFAM_CAN_OPT_JOIN	(1u << 4) /* frames must match all filters */
#define SFAM_CAN_OPT_TIME	(1u << 5) /* software time stamps, ns */
#define SFAM_CAN_OPT_HWTIME	(1u << 6) /* and the controller's, if it does */
#define SFAM_CAN_OPT_DROPS	(1u << 7) /* count what the socket drops */

/*
 * Turns the switches in `on` on and those in `off` off. With XL on, frames
 * of every VCID are sent and received as they are. The kernel begins to
 * stamp a moment after the first socket of the machine asks: a frame from
 * before that has no time with HWTIME, that of its reading with TIME.
 * -EINVAL: an unknown bit, or one in both. -ENOPROTOOPT: not in this
 * kernel. -EOPNOTSUPP: fd is of another family.
 * First `off` is done from its highest bit down, then `on` from its lowest
 * up (off FD is refused as long as XL is on); what was done before the one
 * that failed stays done.
 */
int sfam_can_set_options(int fd, uint32_t on, uint32_t off) SFAM_MUST_CHECK;

/*
 * Which frames reach the socket: n (at most 512) filters of linux/can.h;
 * a frame passes if any matches (all, with SFAM_CAN_OPT_JOIN); n = 0 lets
 * none pass. -EINVAL: more than 512. -ENODEV: the interface is just going.
 */
int sfam_can_set_filters(int fd, const struct can_filter *filters, size_t n)
	SFAM_MUST_CHECK;

/* Which error classes reach it: CAN_ERR_... of linux/can/error.h, or 0. */
int sfam_can_set_error_mask(int fd, uint32_t mask) SFAM_MUST_CHECK;

/* What one item of candump's filter list says. */
enum sfam_can_filter_kind {
	SFAM_CAN_FILTER_ID,	/* ID:MASK, ID~MASK (inverse) */
	SFAM_CAN_FILTER_ERROR,	/* #MASK */
	SFAM_CAN_FILTER_JOIN,	/* j or J */
};

/*
 * Reads one such item. ID and MASK are 1 to 8 hex digits; an ID of 8 is
 * extended, which matters only if MASK has bit 31 (CAN_EFF_FLAG) too. Bit
 * 29 is cleared in MASK, as candump does, and refused in ID, where it would
 * turn the filter around without a word.
 * ret_filter is written for _ID, ret_error_mask for _ERROR; the other stays
 * untouched. Returns the kind. -EINVAL: not an item; diag says where.
 */
int sfam_can_filter_parse(struct can_filter *ret_filter,
			  uint32_t *ret_error_mask, const char *text,
			  size_t text_len, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

/* ----------------------------------------------------------- receive -- */

/* Bits of struct sfam_can_record.flags. */
#define SFAM_CAN_RX_LOCAL	(1u << 0) /* sent on this host (TX) */
#define SFAM_CAN_RX_OWN		(1u << 1) /* sent through this very socket */
#define SFAM_CAN_RX_HWTIME	(1u << 2) /* hw_time_ns is set */
#define SFAM_CAN_RX_CUT		(1u << 3) /* frame longer than its slot */
#define SFAM_CAN_RX_CUT_INFO	(1u << 4) /* times, drops may be missing */
/*
 * An error frame by which the controller tells that it lost frames before
 * this one: its own buffer was full. How many, it does not know, and the
 * socket counts them nowhere. The error mask must let CAN_ERR_CRTL pass.
 */
#define SFAM_CAN_RX_OVERRUN	(1u << 5)

/*
 * A received frame and what the kernel says of it. Drops show only in the
 * next frame that is queued after them, or by sfam_can_receiver_drops(); all
 * together they are exact (even after SFAM_CAN_RX_CUT_INFO, which this
 * library's own switches never cause).
 */
struct sfam_can_record {
	const void *frame;	/* in the receiver; until the next receive */
	uint32_t size;		/* of frame: CAN_MTU, CANFD_MTU, XL's */
	uint32_t flags;		/* SFAM_CAN_RX_... */
	int ifindex;		/* where it came from */
	uint32_t drops;		/* frames lost right before this one */
	int64_t time_ns;	/* CLOCK_REALTIME at reception; 0: none */
	int64_t hw_time_ns;	/* clock of the controller */
};

/* Buffers for one socket, and its last drop count. One thread at a time. */
struct sfam_can_receiver;

/*
 * Room for n frames (1..1024) per call: classic and FD frames by default,
 * XL too with SFAM_CAN_OPT_XL in flags (28 times the memory per frame).
 * NULL: out of memory, or n or flags out of range. Free it by
 * sfam_can_receiver_free(), which takes NULL and returns NULL.
 */
struct sfam_can_receiver *sfam_can_receiver_new(size_t n, uint32_t flags)
	SFAM_MUST_CHECK;
struct sfam_can_receiver *
sfam_can_receiver_free(struct sfam_can_receiver *receiver);

/*
 * Receives what is there, at least one frame, at most the n of the
 * receiver, by one recvmmsg(2). *ret_records points into the receiver.
 * fd: a CAN_RAW socket, always the same one with the same receiver.
 * Returns the number of records. -ETIMEDOUT: none came. -ENETDOWN: the
 * interface went down. -ENODEV: it was deleted. Either is told once, and
 * frames from before it are still there after it. Others: recvmsg(2).
 */
ssize_t sfam_can_receive(int fd, struct sfam_can_receiver *receiver,
			 const struct sfam_can_record **ret_records,
			 int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * Frames that the socket lost and no record has told of: to be asked when
 * nothing more comes, since only then it is sure that they are the last.
 * They count as told now. If they are asked for while frames wait that came
 * before the loss, the records of those tell of no drops.
 * -EOPNOTSUPP: before Linux 4.12. Others: getsockopt(2).
 */
int sfam_can_receiver_drops(int fd, struct sfam_can_receiver *receiver,
			    uint32_t *ret_drops) SFAM_MUST_CHECK;

/*
 * Room in the socket for at least n classic or FD frames that nobody has
 * received yet (XL: of 2048 bytes a fifth as many); the kernel's default is
 * some 200. With CAP_NET_ADMIN up to two million, without it what
 * net.core.rmem_max allows. A buffer that has it already stays. Returns for
 * how many there is room now, which may be fewer, or more. Errors:
 * setsockopt(2), getsockopt(2).
 */
ssize_t sfam_can_set_room(int fd, size_t n) SFAM_MUST_CHECK;

/* -------------------------------------------------------------- send -- */

/*
 * Sends n frames in order, in batches by sendmmsg(2): iov_base is a frame,
 * iov_len its size. to: NULL for the interface that fd is bound to.
 * Returns how many went, which is n unless a frame failed after at least
 * one had gone; then call again from that one on, and its error comes back
 * if it persists. If none went:
 * -ENOBUFS: the queue of the interface is full and stayed full for
 * timeout_ns (the kernel gives no event for room in it, so this waits in
 * short sleeps; a longer txqueuelen or a smaller SO_SNDBUF avoids it).
 * -ETIMEDOUT: the socket's own buffer stayed full. -ENETDOWN: the interface is
 * down. -ENXIO: fd is not bound, or its interface was deleted. -EINVAL: the
 * kernel refuses the frame (FD or XL without its switch, or on an interface
 * without it).
 */
ssize_t sfam_can_send(int fd, const struct iovec *frames, size_t n,
		      const struct sfam_addr *to, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/* --------------------------------------------------------------- log -- */

/* Longest line of sfam_can_log_format() for an ifname_width up to 15. */
#define SFAM_CAN_LOG_STRLEN (64 + SFAM_CAN_TEXT_STRLEN)

/*
 * One line of candump's log format with its newline, no NUL:
 *   (1700000000.123456) vcan0 123#11223344
 * ifname_width pads the name on the left, as candump does with the longest
 * of its interfaces. Stamps are cut to microseconds.
 * Returns the length. -EINVAL: not a frame, a negative time, or a name of
 * more than 15 bytes or of none. -ENOSPC: size is too small; buf is
 * untouched then.
 */
ssize_t sfam_can_log_format(char *buf, size_t size, int64_t time_ns,
			    const char *ifname, size_t ifname_width,
			    const void *frame, size_t frame_size)
	SFAM_MUST_CHECK;

enum sfam_can_log_kind {
	SFAM_CAN_LOG_OTHER,	/* does not begin with "(": comments */
	SFAM_CAN_LOG_FRAME,
	SFAM_CAN_LOG_DROPS,	/* DROPCOUNT: frames that candump lost */
};

/* What a line of the log says; zero where it says nothing. */
struct sfam_can_log_line {
	int64_t time_ns;
	size_t frame_size;
	char ifname[16];	/* with its NUL */
	char direction;		/* 'R' received, 'T' sent */
	uint64_t drops;		/* since the last such line */
	uint64_t total;		/* since candump began */
};

/*
 * Reads a line of candump's log format, with or without its newline:
 *   (1700000000.123456) vcan0 123#11223344 R
 *   DROPCOUNT: dropped 3 CAN frames on 'vcan0' socket (total drops 8)
 * Stamps have six or nine digits behind the point. The frame goes to frame,
 * a buffer of size bytes, as by sfam_can_text_parse() with text_flags.
 * Returns the kind: enum sfam_can_log_kind; nothing is written for OTHER.
 * -EINVAL, -ENOSPC: as there, diag->offset counts from the line's begin.
 */
int sfam_can_log_parse(struct sfam_can_log_line *ret, void *frame,
		       size_t size, const char *line, size_t line_len,
		       uint32_t text_flags, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
