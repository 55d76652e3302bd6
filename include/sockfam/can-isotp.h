/* SPDX-License-Identifier: MIT */
/*
 * CAN_ISOTP, the kernel's transport of longer messages (PDUs) over CAN (ISO
 * 15765-2), and the same seen from outside: PDUs put together again out of
 * sniffed frames.
 */
#ifndef SOCKFAM_CAN_ISOTP_H
#define SOCKFAM_CAN_ISOTP_H

#include <sockfam/addr.h>
#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ----------------------------------------------------------- opening -- */

/* Flags of struct sfam_isotp_opts, with the numbers of linux/can/isotp.h. */
#define SFAM_ISOTP_LISTEN	0x0001u	/* only: no flow control is sent */
#define SFAM_ISOTP_ADDRESS	0x0002u	/* extended addressing: tx_address */
#define SFAM_ISOTP_TX_PAD	0x0004u	/* frames are filled with tx_pad */
#define SFAM_ISOTP_RX_PAD	0x0008u	/* ... and are to be, with rx_pad */
#define SFAM_ISOTP_CHECK_LEN	0x0010u	/* refuse a frame of another length */
#define SFAM_ISOTP_CHECK_PAD	0x0020u	/* refuse one with other padding */
#define SFAM_ISOTP_HALF_DUPLEX	0x0040u	/* send or receive at one time */
#define SFAM_ISOTP_RX_ADDRESS	0x0200u	/* rx_address is another one */
#define SFAM_ISOTP_WAIT_SENT	0x0400u	/* sfam_isotp_send() waits */
#define SFAM_ISOTP_SF_BROADCAST	0x0800u	/* to many: single frames alone */
#define SFAM_ISOTP_CF_BROADCAST	0x1000u	/* to many: no flow control */
/* Each flow control counts, not the first alone. Linux 6.5; ignored before. */
#define SFAM_ISOTP_DYNAMIC_FLOW	0x2000u

/*
 * NULL means SFAM_ISOTP_OPTS_INIT, which is what the kernel does by itself.
 * Of what is received the checks need RX_PAD, or, for CHECK_LEN, frames that
 * are not padded at all; else the kernel refuses all that has room for
 * padding. mtu (CAN_MTU or CANFD_MTU) is the one kind of frame that is sent
 * and received; tx_dl how long an FD frame may get.
 */
struct sfam_isotp_opts {
	size_t size;
	uint32_t flags;		/* SFAM_ISOTP_... */
	uint8_t tx_address;
	uint8_t rx_address;	/* of _RX_ADDRESS; else tx_address */
	uint8_t tx_pad;
	uint8_t rx_pad;
	uint8_t block_size;	/* asked for in flow control; 0: no blocks */
	uint8_t stmin;		/* the same: sfam_isotp_stmin_byte() */
	uint8_t wait_max;	/* kernels up to 6.18 send no wait frames */
	uint8_t mtu;		/* 0: CAN_MTU */
	uint8_t tx_dl;		/* 8 12 16 20 24 32 48 64; 0: 8 */
	uint8_t tx_flags;	/* of FD frames: CANFD_BRS, CANFD_ESI */
	int64_t frame_ns;	/* before each frame, besides STmin; 0: none */
				/* (since Linux 5.18); negative: 50 us */
	int64_t tx_stmin_ns;	/* instead of what flow control asks for; */
				/* negative: as that says */
	int64_t rx_stmin_ns;	/* consecutive frames that come sooner are */
				/* not seen (for tests); negative: all are */
};

#define SFAM_ISOTP_OPTS_INIT { sizeof(struct sfam_isotp_opts), 0, 0, 0, 0, 0, \
			       0, 0, 0, 0, 0, 0, -1, -1, -1 }

/*
 * A socket bound to addr (can-isotp:IF,rx=ID,tx=ID) with these options, which
 * must all be set before bind. Returns the descriptor; the caller closes it.
 * close(2) waits until a PDU that is on its way is out or has failed.
 *
 * -EINVAL: an address of another family; an unknown flag; _RX_ADDRESS without
 * _ADDRESS; both kinds of broadcast; an mtu, tx_dl or tx_flags that does not
 * exist; FD frames on an interface without.
 * -ERANGE: a time over 4294967294 ns. -E2BIG: a tail that is not known here.
 * -EADDRNOTAVAIL: rx and tx are the same. -ENODEV: no CAN interface of that
 * index. -EPROTONOSUPPORT: not in this kernel. Others: socket(2), bind(2).
 *
 * An interface that is down is no error here: the next call says -ENETDOWN.
 */
int sfam_isotp_open(const struct sfam_addr *addr,
		    const struct sfam_isotp_opts *opts) SFAM_MUST_CHECK;

/*
 * The same options for a socket that is not bound yet. What was set before
 * one that failed stays set. -EISCONN: it is bound. Others as above.
 */
int sfam_isotp_set(int fd, const struct sfam_isotp_opts *opts)
	SFAM_MUST_CHECK;

/*
 * STmin, the least time between consecutive frames, as flow control has it:
 * 100 us to 900 us, or whole milliseconds up to 127. ns is rounded up.
 * -EINVAL: negative. -ERANGE: over 127 ms.
 */
int sfam_isotp_stmin_byte(int64_t ns) SFAM_MUST_CHECK;
/* What a byte means; a reserved one means 127 ms, as in the kernel. */
int64_t sfam_isotp_stmin_ns(uint8_t byte);

/* --------------------------------------------------- sending, receiving -- */

/*
 * Room for any PDU of a kernel as it is: 8200 bytes up to Linux 5.17, 66000
 * up to 6.4, 8300 since, unless the module can-isotp was loaded with a larger
 * max_pdu_size (up to 1049600).
 */
#define SFAM_ISOTP_BUF_SIZE 66000

/*
 * Sends a PDU. The kernel has room for one: while another is on its way this
 * waits for that, up to timeout_ns. 0: the kernel has it, and sends it by
 * itself. With SFAM_ISOTP_WAIT_SENT, 0: it went out, and flow control let it.
 * That wait is not counted in timeout_ns; the kernel gives up after a second
 * without an answer, but a receiver that asks for more time, gets it. A
 * signal that interrupts it begins the PDU anew.
 *
 * An error of the transfer shows in this call only with _WAIT_SENT. Without,
 * the next call to send or receive has it, and does nothing else: so has one
 * of reception, always (see sfam_isotp_recv()). Then nothing was sent.
 *
 * -EINVAL: len is 0. -EMSGSIZE: more than this kernel takes (see
 * SFAM_ISOTP_BUF_SIZE), or than a single frame with _SF_BROADCAST.
 * -ETIMEDOUT: the one before is still on its way. -ECOMM: no flow control
 * came for a second, or the frame could not be sent. -EFBIG: the receiver
 * said that it has no room (the kernel's EMSGSIZE). -EBADMSG: an answer that
 * is no flow control, or has the wrong padding. -ENETDOWN, -ENXIO,
 * -EADDRNOTAVAIL: the interface is down, going, or gone. -ENOBUFS: its queue
 * is full. -EILSEQ, -ETIME: of reception. Others: sendmsg(2).
 */
int sfam_isotp_send(int fd, const void *buf, size_t len, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * Receives a PDU. Returns its length. A PDU that breaks off is not there at
 * all: -EILSEQ: one of its frames is missing (or came twice). -ETIME: the
 * next did not come for a second (the kernel's ETIMEDOUT). -EBADMSG: a frame
 * has the wrong length or padding. Each is told once, before PDUs that wait,
 * and the last one alone if there were several.
 *
 * -ETIMEDOUT: none came. -EMSGSIZE: it is longer than size, and gone.
 * -ECOMM, -EFBIG, -EBADMSG: of a PDU that was sent, without _WAIT_SENT.
 * -ENETDOWN: the interface went down; told once. -ENODEV: it was deleted.
 * -EADDRNOTAVAIL: fd is not bound (any more). Others: recvmsg(2).
 */
ssize_t sfam_isotp_recv(int fd, void *buf, size_t size, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * What a code of these functions means here, in words: "no flow control from
 * the receiver ...". NULL: nothing else than elsewhere (sfam_error_format()).
 * The kernel's own codes, from read(2) or write(2), are told by those above,
 * but for ETIMEDOUT and EMSGSIZE, which are ETIME and EFBIG there.
 */
const char *sfam_isotp_words(int error);

/* ----------------------------------------------------------- sniffing -- */

/*
 * Two that talk: side 0 sends frames with ids[0], side 1 with ids[1]. One
 * thread at a time; memory is the caller's, and nothing grows.
 * Start from SFAM_ISOTP_TALK_INIT.
 */
struct sfam_isotp_talk {
	size_t size;
	uint32_t ids[2];	/* as in a frame, with CAN_EFF_FLAG */
	int addresses[2];	/* extended address, 0..255; -1: none */
	void *bufs[2];		/* for a PDU of each side */
	size_t buf_size;	/* of each; longer PDUs are told as such */
	int64_t timeout_ns;	/* a PDU has ended if no frame of it came for */
				/* so long; negative: never */
};

#define SFAM_ISOTP_TALK_INIT { sizeof(struct sfam_isotp_talk), { 0, 0 }, \
			       { -1, -1 }, { NULL, NULL }, 0, \
			       INT64_C(1000000000) }

enum sfam_isotp_kind {
	SFAM_ISOTP_PDU,		/* whole: data */
	/* A PDU that ended: data is what had come of total bytes. */
	SFAM_ISOTP_SEQUENCE,	/* a frame is missing, or came twice */
	SFAM_ISOTP_TIMEOUT,	/* no further frame */
	SFAM_ISOTP_REPLACED,	/* its sender began another */
	SFAM_ISOTP_OVERFLOW,	/* its receiver has no room */
	SFAM_ISOTP_UNFINISHED,	/* at the end of the frames */
	SFAM_ISOTP_TOO_LONG,	/* buf_size is less than total */
	/* A frame alone: data is its own. */
	SFAM_ISOTP_STRAY,	/* a further one of no PDU; the first of such */
	SFAM_ISOTP_MALFORMED,	/* one that ISO-TP does not have */
	/* Nothing is lost: data is what had come. */
	SFAM_ISOTP_NO_FLOW,	/* it goes on, though no flow control was */
				/* seen; told once */
};

struct sfam_isotp_event {
	enum sfam_isotp_kind kind;
	int side;		/* whose PDU or frame it is: 0, 1 */
	const uint8_t *data;	/* until the next call with this reader */
	size_t len;
	size_t total;		/* of the PDU; STRAY, MALFORMED: 0 */
	int64_t begin_ns;	/* stamp of its first frame, and of the last */
	int64_t end_ns;		/* that belongs to it */
	uint8_t number;		/* SEQUENCE: of the frame that came, 0..15 */
	uint8_t expected;	/* ... and the one that did not */
};

/* One side of a reader: nothing to look at or to write. */
struct sfam_isotp_half {
	uint32_t id;
	int address;
	uint8_t *buf;
	size_t len, total;
	int64_t begin_ns, end_ns;
	uint8_t state, next, frame_len, first_len;
	uint16_t allowed;
	uint8_t frame[64];
};

struct sfam_isotp_reader {
	struct sfam_isotp_half halves[2];
	size_t buf_size;
	int64_t timeout_ns;
};

/*
 * -EINVAL: ids that no frame has, or that are the same with the same address
 * (or without); an address over 255; no buffer; a buf_size of 0.
 * -E2BIG: a tail that is not known here.
 */
int sfam_isotp_reader_init(struct sfam_isotp_reader *ret,
			   const struct sfam_isotp_talk *talk)
	SFAM_MUST_CHECK;

/* One frame never tells more. */
#define SFAM_ISOTP_EVENTS_MAX 3

/*
 * The next frame, as from sfam_can_receive() or a log, in the order of the
 * bus. time_ns: its stamp; 0: unknown, and then no time-out is told. Frames
 * of others, remote requests and error frames are passed over.
 * Writes at most SFAM_ISOTP_EVENTS_MAX events, and returns how many.
 * -EINVAL: not a frame; the reader is as it was.
 *
 * It is no judge of what two kernels would make of it: whatever can be a
 * whole PDU is told as one. After a PDU that ended early, the rest of its
 * frames is passed over.
 */
int sfam_isotp_reader_feed(struct sfam_isotp_reader *reader, const void *frame,
			   size_t size, int64_t time_ns,
			   struct sfam_isotp_event *ret_events)
	SFAM_MUST_CHECK;

/*
 * There are no more frames: SFAM_ISOTP_UNFINISHED for each PDU that is not
 * whole. Returns how many events. The reader can be fed again.
 */
int sfam_isotp_reader_end(struct sfam_isotp_reader *reader,
			  struct sfam_isotp_event *ret_events);

#ifdef __cplusplus
}
#endif

#endif
