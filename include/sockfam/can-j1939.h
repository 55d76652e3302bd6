/* SPDX-License-Identifier: MIT */
/*
 * SAE J1939, the network of trucks, tractors and ships on CAN: messages of
 * up to 117440505 bytes between addresses, which have names (NAME).
 *
 * Messages go through a socket that is bound to an address or a NAME
 * (sfam_open_text("can-j1939:can0,addr=0x80", ..., SFAM_OPEN_BIND, ...)).
 * The kernel cuts them into frames, keeps the transport protocols and learns
 * from the address claims that it sees which NAME is where; it does not
 * claim, see struct sfam_j1939_claim. sfam_connect() fixes the destination,
 * and the source of what is received. Any thread may use a socket at any
 * time, but for two that send.
 */
#ifndef SOCKFAM_CAN_J1939_H
#define SOCKFAM_CAN_J1939_H

#include <linux/can.h>
#include <linux/can/j1939.h>

#include <sockfam/addr.h>
#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of one message: what the protocol has room for. */
#define SFAM_J1939_SIZE_MAX 117440505u

/* ------------------------------------------------- identifiers, NAMEs -- */

/* What the 29 bits of an identifier say. */
struct sfam_j1939_id {
	uint8_t prio;		/* 0 (first) to 7 */
	uint32_t pgn;		/* J1939_PGN_MAX at most; it ends in 00 if */
				/* it has a destination (format below 240) */
	uint8_t dst;		/* J1939_NO_ADDR: all */
	uint8_t src;
};

/*
 * To and from the identifier of a frame, with its CAN_EFF_FLAG.
 * -EINVAL: prio, or pgn is out of range or has a low byte where the
 * destination stands; a destination where there is none; an identifier that
 * is not extended, or of a remote request or an error frame.
 */
int sfam_j1939_id_pack(uint32_t *ret_can_id, const struct sfam_j1939_id *id)
	SFAM_MUST_CHECK;
int sfam_j1939_id_unpack(struct sfam_j1939_id *ret, uint32_t can_id)
	SFAM_MUST_CHECK;

/* A NAME's parts (J1939-81). The lower NAME wins an address. */
struct sfam_j1939_name {
	uint32_t identity;		/* 21 bits: the serial number */
	uint16_t manufacturer;		/* 11 bits */
	uint8_t ecu_instance;		/* 3 bits */
	uint8_t function_instance;	/* 5 bits */
	uint8_t function;		/* 8 bits */
	uint8_t reserved;		/* 1 bit */
	uint8_t vehicle_system;		/* 7 bits */
	uint8_t system_instance;	/* 4 bits: of the vehicle system */
	uint8_t industry_group;		/* 3 bits */
	uint8_t arbitrary_address;	/* 1 bit: it may take other addresses */
};

/* -ERANGE: a part has more bits than there is room for. */
int sfam_j1939_name_pack(uint64_t *ret, const struct sfam_j1939_name *name)
	SFAM_MUST_CHECK;
void sfam_j1939_name_unpack(struct sfam_j1939_name *ret, uint64_t name);

/* ------------------------------------------------------------ options -- */

/* All that is on the bus, whoever it is for. */
#define SFAM_J1939_OPT_PROMISC		(1u << 0)
/* Messages to all are sent and received (SO_BROADCAST). */
#define SFAM_J1939_OPT_BROADCAST	(1u << 1)
/*
 * sfam_j1939_recv() tells how sending and receiving of long messages goes.
 * These use SO_TIMESTAMPING, as SFAM_CAN_OPT_HWTIME does: never both.
 */
#define SFAM_J1939_OPT_TX_EVENTS	(1u << 2)
#define SFAM_J1939_OPT_RX_EVENTS	(1u << 3) /* since Linux 5.14 */

/*
 * Turns the switches in `on` on and those in `off` off. Time stamps and
 * counts of lost messages are sfam_can_set_options()'s (SFAM_CAN_OPT_TIME,
 * SFAM_CAN_OPT_DROPS). Events that wait are lost when both kinds are off.
 * -EINVAL: an unknown switch, or one both on and off. -ENOPROTOOPT: no
 * J1939 socket. Others: setsockopt(2).
 */
int sfam_j1939_set_options(int fd, uint32_t on, uint32_t off)
	SFAM_MUST_CHECK;

/*
 * Only messages that match one of n filters are received; none: all. One
 * matches if source NAME, PGN and source address agree in the bits that are
 * 1 in its masks. -EINVAL: more than J1939_FILTER_MAX. Others: setsockopt(2).
 */
int sfam_j1939_set_filters(int fd, const struct j1939_filter *filters,
			   size_t n) SFAM_MUST_CHECK;

/*
 * Of what is sent from now on: 0 (first) to 7; 6 at the start.
 * -EDOM: another number. -EPERM: 0 and 1 want CAP_NET_ADMIN. Others:
 * setsockopt(2).
 */
int sfam_j1939_set_priority(int fd, int prio) SFAM_MUST_CHECK;

/* --------------------------------------------------------------- send -- */

/*
 * Hands a message of len bytes to the kernel, all of it or nothing; to: NULL
 * where the socket is connected. The kernel sends them one after another;
 * how it went, SFAM_J1939_OPT_TX_EVENTS tells, and close(2) waits for it.
 *
 * The kernel takes a message in parts; if it gives the message up between
 * two of them, it takes the rest for a new one (j1939_sk_send_loop() in
 * net/can/j1939/socket.c). So all must fit into the send buffer, which is
 * made larger for more than 1785 bytes: it takes 5.2 bytes a byte.
 *
 * -EINVAL: len is 0: the kernel never ends sending it. Or the PGN of to.
 * -EMSGSIZE: more than SFAM_J1939_SIZE_MAX. -EDESTADDRREQ: more than 1785
 * bytes to all. -ENOBUFS: net.core.wmem_max does not allow such a buffer,
 * and neither does CAP_NET_ADMIN. -EACCES: to all, without
 * SFAM_J1939_OPT_BROADCAST. -EADDRNOTAVAIL: a NAME, its own or that of to,
 * has no address. -EBADFD: not bound, or to no address; to is on another
 * interface. -EDOM: a PGN of the transport protocols. -EBUSY: another socket
 * of this machine sends from the same address to the same one.
 * -ETIMEDOUT: no room in time. -EIO: another thread has sent meanwhile; both
 * messages may be lost.
 * Without events: what a message before has failed with, see
 * sfam_j1939_abort_words(). Others: sendmsg(2).
 */
int sfam_j1939_send(int fd, const void *buf, size_t len,
		    const struct sfam_addr *to, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/* ------------------------------------------------------------ receive -- */

enum sfam_j1939_kind {
	SFAM_J1939_MESSAGE,	/* len bytes in buf */
	/* SFAM_J1939_OPT_TX_EVENTS: */
	SFAM_J1939_TX_PROGRESS,	/* len bytes are out, or acknowledged */
	SFAM_J1939_TX_DONE,	/* all len: acknowledged, if not to all */
	SFAM_J1939_TX_ABORT,	/* error; len bytes were acknowledged */
	/* SFAM_J1939_OPT_RX_EVENTS, of messages of more than 8 bytes: */
	SFAM_J1939_RX_BEGIN,	/* len bytes will come */
	SFAM_J1939_RX_PROGRESS,	/* len bytes have come, of more than 1785 */
	SFAM_J1939_RX_ABORT,	/* error; it may be told twice */
};

struct sfam_j1939_event {
	enum sfam_j1939_kind kind;
	size_t len;
	/* _MESSAGE, _RX_BEGIN */
	uint32_t pgn;
	uint64_t src_name;	/* 0: not known */
	uint64_t dst_name;
	uint8_t src;
	uint8_t dst;		/* J1939_NO_ADDR: all */
	/* _MESSAGE */
	uint8_t prio;
	uint32_t rx_flags;	/* SFAM_CAN_RX_LOCAL of sockfam/can.h; not */
				/* for more than 8 bytes */
	int ifindex;
	uint32_t drops;		/* messages that the socket lost, in all, mod */
				/* 2^32, with SFAM_CAN_OPT_DROPS; else 0 */
	/* the others */
	uint32_t key;		/* _TX: which send, counted from 0 since */
				/* _TX_EVENTS is on; _RX: which transfer */
	int error;		/* _ABORT: -errno */
	/* all */
	int64_t time_ns;	/* CLOCK_REALTIME; of a message only with */
				/* SFAM_CAN_OPT_TIME: its arrival, but the */
				/* time of this call if it has over 8 bytes */
};

/*
 * The next message or event, events first. buf is the caller's; NULL: only
 * events, messages stay where they are. An event of a transfer may come
 * after its message.
 *
 * A message cannot be asked for its size before it is taken. The kernel
 * keeps each in one piece of memory, of 4 MiB at most on most machines, and
 * refuses longer ones (SFAM_J1939_TX_ABORT with -EMSGSIZE at the sender).
 *
 * -ETIMEDOUT: none came. -EMSGSIZE: the message is longer than size; it is
 * gone. -ENETDOWN: the interface went down; told once. -EPROTO: the kernel
 * said what is not known here. Without events also what a message sent
 * before has failed with. Others: recvmsg(2).
 */
int sfam_j1939_recv(int fd, struct sfam_j1939_event *ret, void *buf,
		    size_t size, int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * Why a transfer ended so, in words; static storage. error: -errno.
 * A message that another machine refuses ends with -EHOSTUNREACH, too: the
 * kernel looks for what an abort belongs to only among what it receives
 * (j1939_tp_cmd_recv() in net/can/j1939/transport.c).
 */
const char *sfam_j1939_abort_words(int error);

/* ------------------------------------------------------ address claim -- */

enum sfam_j1939_claim_state {
	SFAM_J1939_CLAIM_START,		/* nothing done yet */
	SFAM_J1939_CLAIM_LISTENS,	/* has asked who is there */
	SFAM_J1939_CLAIM_CLAIMS,	/* addr is claimed, not to be used */
	SFAM_J1939_CLAIM_HOLDS,		/* addr is its own, until it is lost */
	SFAM_J1939_CLAIM_LOST,		/* it cannot have any */
};

/*
 * A node that claims an address and holds it (J1939-81). Read state, addr
 * and due_ns; the rest is the functions'.
 */
struct sfam_j1939_claim {
	uint64_t name;
	enum sfam_j1939_claim_state state;
	uint8_t addr;			/* J1939_IDLE_ADDR: none */
	int64_t due_ns;			/* to be called then; -1: never */
	size_t n;
	uint8_t addrs[J1939_IDLE_ADDR];	/* those it may have */
	uint64_t holders[J1939_IDLE_ADDR]; /* NAMEs, as heard; 0: free */
};

/* How long others have to object. */
#define SFAM_J1939_CLAIM_NS INT64_C(250000000)

/*
 * addrs: those it may have, the best first; n = 0: 128 to 247. A NAME
 * without arbitrary_address has one: only the first counts.
 * -EINVAL: name is 0, n above 254, or an address above 253.
 */
int sfam_j1939_claim_init(struct sfam_j1939_claim *claim, uint64_t name,
			  const uint8_t *addrs, size_t n) SFAM_MUST_CHECK;

struct sfam_j1939_claim_message {
	uint32_t pgn;
	uint8_t src;
	uint8_t dst;
	uint8_t data[9];
	uint8_t len;
};

/*
 * The machine without a socket: what was heard (NULL: nothing, due_ns is
 * there, or it starts) at now_ns, of any clock. Returns 1 if *ret_out is to
 * be sent to all at once, else 0.
 *
 * It asks who is there (250 ms), claims the first address that is free, else
 * the first that it can win, and has it if none with a lower NAME objects
 * for 250 ms. Whoever has a lower NAME and claims it later takes it away; it
 * goes on with another, or gives up. A commanded address (PGN 0xfed8) is
 * claimed if none with a lower NAME has it.
 */
int sfam_j1939_claim_step(struct sfam_j1939_claim *claim,
			  const struct sfam_j1939_claim_message *in,
			  int64_t now_ns,
			  struct sfam_j1939_claim_message *ret_out)
	SFAM_MUST_CHECK;

/*
 * The machine on a socket that is bound to its NAME and address 254, for
 * nothing else: it sets filters and options, and binds to what it claims.
 * Sockets that are bound to the NAME, with address 255, send from its
 * address while it holds one. due_ns is of CLOCK_MONOTONIC.
 * Returns 0 when state or addr has changed. To wait for other descriptors
 * too, poll fd for POLLIN until due_ns and call with timeout_ns 0.
 * -ETIMEDOUT: no change. -EINVAL: fd is not bound to its NAME. Others: of
 * sfam_j1939_recv() and sfam_j1939_send(), -EMSGSIZE excepted, and bind(2).
 */
int sfam_j1939_claim_run(struct sfam_j1939_claim *claim, int fd,
			 int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * Gives its address up and tells all. state is SFAM_J1939_CLAIM_LOST.
 * Errors: of bind(2) and sfam_j1939_send().
 */
int sfam_j1939_claim_release(struct sfam_j1939_claim *claim, int fd)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
