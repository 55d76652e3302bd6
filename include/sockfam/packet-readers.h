/* SPDX-License-Identifier: MIT */
/*
 * Several threads that share the packets of one interface: each has a ring
 * of its own, and the rings are the members of one fanout group.
 */
#ifndef SOCKFAM_PACKET_READERS_H
#define SOCKFAM_PACKET_READERS_H

#include <sockfam/packet-ring.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What the threads do. NULL for opts or ring_opts means what it means in
 * sfam_packet_ring_new(), and no fanout in opts: by hash, so that the packets
 * of a flow come to one member, in order. Unknown tails must be zero.
 */
struct sfam_packet_readers_opts {
	size_t size;	/* sizeof(struct sfam_packet_readers_opts) */
	size_t count;	/* of members, 1 to 256 */
	const struct sfam_packet_opts *opts;
	const struct sfam_packet_ring_opts *ring_opts;	/* of each ring */
	/*
	 * Called by the thread of a member (from 0 on) with packets, which
	 * are valid until it returns; or with none, when something happened
	 * to the interface: events, SFAM_PACKET_EVENT_... of which each
	 * member is told. 0: go on. Else all members end: 1 as by
	 * sfam_packet_readers_stop(); a negative value is an error of this
	 * member.
	 */
	int (*read)(void *arg, size_t member, struct sfam_packet_batch batch,
		    uint32_t events);
	void *arg;
};
#define SFAM_PACKET_READERS_OPTS_INIT \
	{ sizeof(struct sfam_packet_readers_opts), 1, NULL, NULL, NULL, NULL }

/* One thread at a time, but for sfam_packet_readers_stop(). */
struct sfam_packet_readers;

/*
 * Opens the rings and starts the threads; read may be called before this
 * returns. In the threads all signals are blocked. Free it by
 * sfam_packet_readers_free().
 * -EINVAL: also a count out of range, or no function. -ENOMEM, -EAGAIN: too
 * many threads. -EMFILE: each member takes four descriptors, and there is one
 * more. Others: sfam_packet_ring_new().
 */
int sfam_packet_readers_new(struct sfam_packet_readers **ret,
			    const struct sfam_addr *addr,
			    const struct sfam_packet_readers_opts *opts)
	SFAM_MUST_CHECK;

/*
 * Stops and waits, so not to be called by read. Takes NULL, returns NULL.
 * All rings and their packets end with it.
 */
struct sfam_packet_readers *
sfam_packet_readers_free(struct sfam_packet_readers *readers);

/*
 * The members end, each when its read returns. What has come since stays in
 * the rings. For any thread, for read, and for signal handlers.
 */
void sfam_packet_readers_stop(struct sfam_packet_readers *readers);

/*
 * Until all members have ended. 0: they were stopped. -ETIMEDOUT: not yet.
 * Else the error of the member that was the first to have one: what its read
 * returned, or of sfam_packet_ring_take(). *ret_member, unless it is NULL, is
 * its number. -ENODEV: the interface was deleted; a member ends with that
 * behind its last packet, unless it was stopped. Others: poll(2).
 */
int sfam_packet_readers_wait(struct sfam_packet_readers *readers,
			     size_t *ret_member, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * The sum over all members; also while they read. What was seen, and neither
 * dropped nor given to read, is in the rings. Errors: getsockopt(2).
 */
int sfam_packet_readers_stats(struct sfam_packet_readers *readers,
			      struct sfam_packet_stats *ret) SFAM_MUST_CHECK;

/*
 * A member's ring, or NULL: there is no such member. While the members read
 * only for sfam_packet_ring_fd() and sfam_packet_ring_get_info(); when they
 * have ended, for what is left in it.
 */
struct sfam_packet_ring *
sfam_packet_readers_ring(const struct sfam_packet_readers *readers,
			 size_t member);

#ifdef __cplusplus
}
#endif

#endif
