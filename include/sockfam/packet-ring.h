/* SPDX-License-Identifier: MIT */
/*
 * Packets by shared memory: a packet socket and the ring that the kernel
 * writes its packets to, without a system call or a copy for each.
 *
 *	while ((n = sfam_packet_ring_take(ring, &batch, SFAM_FOREVER)) >= 0)
 *		while (sfam_packet_batch_next(&batch, &packet))
 *			use(packet.data, packet.len);
 */
#ifndef SOCKFAM_PACKET_RING_H
#define SOCKFAM_PACKET_RING_H

#include <sockfam/packet.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sfam_packet_mode {
	/*
	 * Blocks of many packets (TPACKET_V3, since Linux 3.19). A block is
	 * handed over when it is full or retire_ns old.
	 */
	SFAM_PACKET_THROUGHPUT,
	/* Each packet at once, in a slot of its own (TPACKET_V2). */
	SFAM_PACKET_LATENCY,
};

/* NULL means SFAM_PACKET_RING_OPTS_INIT. Unknown tails must be zero. */
struct sfam_packet_ring_opts {
	size_t size;		/* sizeof(struct sfam_packet_ring_opts) */
	enum sfam_packet_mode mode;
	size_t bytes;		/* of memory, up to 64 GiB; 0: 8 MiB */
	size_t block_bytes;	/* up to 1 GiB; 0: 256 KiB */
	int64_t retire_ns;	/* up to 65.535 s; 0: 10 ms */
};
#define SFAM_PACKET_RING_OPTS_INIT \
	{ sizeof(struct sfam_packet_ring_opts), SFAM_PACKET_THROUGHPUT, 0, 0, \
	  0 }

/* What it became. */
struct sfam_packet_ring_info {
	size_t bytes;		/* less than asked if memory is short */
	size_t block_bytes;	/* a power of two */
	size_t slots;		/* packets in latency mode; else 0 */
	/*
	 * A packet waits no longer than this in its block, but for the time
	 * until the kernel runs its timer: what was asked for, rounded up to
	 * ms and to the tick of the kernel's clock (since 6.18 the kernel
	 * goes by ms alone). 0 in latency mode.
	 */
	int64_t retire_ns;
};

/* One thread at a time, but for sfam_packet_ring_wake(). */
struct sfam_packet_ring;

/*
 * Opens a packet socket as sfam_packet_open() does, with a ring. If memory
 * for it cannot be had, blocks become smaller, then the ring;
 * sfam_packet_ring_get_info() says what came of it. In latency mode each
 * slot holds snap_len bytes of a packet, and without a snap length 65549 (an
 * IP packet and its Ethernet header), longer ones are cut: with a snap_len
 * there are more slots. In throughput mode only what is longer than a block
 * is cut. Free it by sfam_packet_ring_free().
 * -ENOMEM: not even for a small one. -EINVAL: also sizes, times or a mode out
 * of range. Others: sfam_packet_open(); -EMFILE: it takes four descriptors.
 */
int sfam_packet_ring_new(struct sfam_packet_ring **ret,
			 const struct sfam_addr *addr,
			 const struct sfam_packet_opts *opts,
			 const struct sfam_packet_ring_opts *ring_opts)
	SFAM_MUST_CHECK;

/* Takes NULL, returns NULL. All packets of the ring end with it. */
struct sfam_packet_ring *sfam_packet_ring_free(struct sfam_packet_ring *ring);

void sfam_packet_ring_get_info(const struct sfam_packet_ring *ring,
			       struct sfam_packet_ring_info *ret);

/* The socket, for its options, and for sending. It stays the ring's. */
int sfam_packet_ring_fd(const struct sfam_packet_ring *ring);

/*
 * For a poll loop: when it is readable (POLLIN), take with a timeout_ns of 0
 * until that is -ETIMEDOUT. It stays the ring's.
 */
int sfam_packet_ring_poll_fd(const struct sfam_packet_ring *ring);

/*
 * Counted since the ring was made: as sfam_packet_stats_add(), which must
 * not be called for a ring's socket. Errors: getsockopt(2).
 */
int sfam_packet_ring_stats(struct sfam_packet_ring *ring,
			   struct sfam_packet_stats *ret) SFAM_MUST_CHECK;

/* ------------------------------------------------------------ packets -- */

/*
 * Packets one behind the other. The members are the library's own. A copy is
 * as good: a function that has it by value keeps it in registers.
 */
struct sfam_packet_batch {
	struct sfam_packet_header *next;
	size_t left;
};

/* The next one of the batch: 1; 0 if there are no more. */
static inline int sfam_packet_batch_next(struct sfam_packet_batch *batch,
					 struct sfam_packet *ret)
{
	struct sfam_packet_header *h = batch->next;

	if (batch->left == 0)
		return 0;
	/* First, so that what is read of h may be read where it is used. */
	batch->next = (struct sfam_packet_header *)(void *)
		      ((uint8_t *)h + h->next_offset);
	batch->left--;
	ret->data = (uint8_t *)h + h->mac;
	ret->len = h->len;
	ret->orig_len = h->orig_len;
	ret->header = h;
	return 1;
}

/* Bits of sfam_packet_ring_events(). */
#define SFAM_PACKET_EVENT_WOKEN	(1u << 0) /* sfam_packet_ring_wake() */
#define SFAM_PACKET_EVENT_DOWN	(1u << 1) /* the interface went down */
#define SFAM_PACKET_EVENT_UP	(1u << 2) /* it is up (again) */
#define SFAM_PACKET_EVENT_RENAMED (1u << 3)

/*
 * Gives the last batch back to the kernel, with all its packets, and takes
 * the next. What has come so far is handed over without a system call.
 * Returns how many packets are in it. 0: none, but something happened, see
 * sfam_packet_ring_events(); of an interface it is told when no packets are
 * waiting. -ETIMEDOUT. -ENODEV: the interface was deleted (or is in another
 * network namespace now) and all its packets have been taken; every later
 * call says so too. Others: epoll_wait(2), socket(2).
 */
ssize_t sfam_packet_ring_take(struct sfam_packet_ring *ring,
			      struct sfam_packet_batch *ret,
			      int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * The next packet alone: 1. It is valid until the next call. Returns and
 * errors as above. What is left of its batch comes first in a
 * sfam_packet_ring_take() after it.
 */
int sfam_packet_ring_next(struct sfam_packet_ring *ring,
			  struct sfam_packet *ret, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * 1 if packets wait in a block that was not taken yet: a take that waits
 * gives them, in retire_ns at the latest. Else 0; in latency mode always.
 */
int sfam_packet_ring_pending(const struct sfam_packet_ring *ring);

/* What happened since the last call: SFAM_PACKET_EVENT_... */
uint32_t sfam_packet_ring_events(struct sfam_packet_ring *ring);

/*
 * Ends the wait of the thread that takes, now or the next time, packets or
 * not. For any thread, and for signal handlers.
 */
void sfam_packet_ring_wake(struct sfam_packet_ring *ring);

#ifdef __cplusplus
}
#endif

#endif
