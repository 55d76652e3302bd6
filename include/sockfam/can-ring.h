/* SPDX-License-Identifier: MIT */
/*
 * CAN frames by shared memory: the records of sfam_can_receive(), without a
 * system call or a copy for each frame. It needs CAP_NET_RAW.
 *
 * What differs from a CAN_RAW socket:
 * - Frames are handed over in blocks, when a block is full or a tick of the
 *   kernel's clock old (1 to 10 ms).
 * - A record does not tell whether the frame was sent on this host: of the
 *   flags it has SFAM_CAN_RX_OVERRUN alone. The kernel marks both kinds as
 *   broadcasts (can_send() of net/can/af_can.c), and keeps the sender's
 *   socket to itself.
 * - There are no stamps of controllers; the kernel's are the same.
 * - Frames of all kinds come: classic, FD and XL, of every VCID.
 * All kinds come in their order, since the kernel hands them to one ring.
 * With all interfaces (0) its filter looks at every packet of the host, of
 * Ethernet too.
 */
#ifndef SOCKFAM_CAN_RING_H
#define SOCKFAM_CAN_RING_H

#include <sockfam/can-filter.h>
#include <sockfam/can.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One thread at a time, but for sfam_can_ring_wake(). */
struct sfam_can_ring;

/*
 * Hears from now on what an interface, or each (0), receives. It has room
 * for at least so many classic or FD frames if they come fast, of XL for a
 * tenth; 0: 32768. It is less if memory is short. What comes slowly, while
 * nobody reads, takes a block of 16 KiB for each time that blocks are handed
 * over. filters: those of a CAN_RAW socket; NULL: all frames but errors. Free
 * it by sfam_can_ring_free().
 * -EPERM: needs CAP_NET_RAW. -ENETDOWN: the interface is down. -ENODEV: no
 * such CAN interface. -EINVAL: a negative ifindex, more than 2^24 frames,
 * more filters than 512. -ENOMEM. -EMFILE: it takes four descriptors.
 * -EAFNOSUPPORT, -ENOPROTOOPT: this kernel has no such rings (before Linux
 * 4.20). Others: socket(2), bind(2), setsockopt(2).
 */
int sfam_can_ring_new(struct sfam_can_ring **ret, int ifindex, size_t frames,
		      const struct sfam_can_filters *filters) SFAM_MUST_CHECK;

/* Takes NULL, returns NULL. All its frames end with it. */
struct sfam_can_ring *sfam_can_ring_free(struct sfam_can_ring *ring);

/*
 * For a poll loop: when it is readable (POLLIN), receive with a timeout_ns
 * of 0 until that is -ETIMEDOUT. It stays the ring's.
 */
int sfam_can_ring_poll_fd(const struct sfam_can_ring *ring);

/*
 * Receives what is there: as sfam_can_receive(), at most 256 frames of one
 * block. Frames are valid until the next call. The kernel tells only by
 * blocks where frames were lost: drops of a record are those before it, and
 * it may be some that came later; their sum is exact.
 * Returns the number of records; 0: sfam_can_ring_wake() was called.
 * -ETIMEDOUT: none came. -ENETDOWN: the interface went down; told once, when
 * all from before it was received. -ENODEV: it was deleted (which takes it
 * down first), and all was received; every later call says so too. Neither
 * with all interfaces. Others: epoll_wait(2), getsockopt(2).
 */
ssize_t sfam_can_ring_receive(struct sfam_can_ring *ring,
			      const struct sfam_can_record **ret_records,
			      int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * 1 if frames are in the ring that were not received: a receive that waits
 * gives them, in a tick at the latest. Else 0. So nothing is left behind at
 * the end.
 */
int sfam_can_ring_pending(const struct sfam_can_ring *ring);

/*
 * Frames lost that no record has told of; as sfam_can_receiver_drops(),
 * also in that they count as told now. Errors: getsockopt(2).
 */
int sfam_can_ring_drops(struct sfam_can_ring *ring, uint32_t *ret_drops)
	SFAM_MUST_CHECK;

/*
 * Ends the wait of the thread that receives, now or the next time, frames or
 * not. For any thread, and for signal handlers.
 */
void sfam_can_ring_wake(struct sfam_can_ring *ring);

#ifdef __cplusplus
}
#endif

#endif
