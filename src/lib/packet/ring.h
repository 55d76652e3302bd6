/* SPDX-License-Identifier: MIT */
/* The parts of a ring. */
#ifndef SFAM_PACKET_RING_H
#define SFAM_PACKET_RING_H

#include <net/if.h>

#include "packet/packet.h"

#include <sockfam/packet-ring.h>

/* -------------------------------------------------------------- memory -- */

struct sfam__ring_memory {
	unsigned char *map;
	size_t bytes;
	size_t block_bytes;
	size_t slot_bytes;	/* latency mode; else 0 */
	unsigned int retire_ms;	/* throughput mode; else 0 */
};

/*
 * The version of the rings on fd, and then one with its mapping, smaller if
 * need be. o comes with what the user has set, and no defaults. snap_len: what
 * a slot has to hold; 0: whole packets.
 */
int sfam__ring_map(struct sfam__ring_memory *ret, int fd,
		   const struct sfam_packet_ring_opts *o, uint32_t snap_len);

static inline size_t sfam__ring_blocks(const struct sfam__ring_memory *m)
{
	return m->bytes / m->block_bytes;
}

static inline size_t sfam__ring_slots(const struct sfam__ring_memory *m)
{
	return m->slot_bytes ? m->block_bytes / m->slot_bytes *
			       sfam__ring_blocks(m) : 0;
}

/* -------------------------------------------------------------- packets -- */

/* Where the reader is. */
struct sfam__ring_place {
	size_t next;		/* block or slot to be taken next */
	size_t held;		/* so many before it are the reader's */
};

/* What is ready; a batch of none if nothing is. */
struct sfam_packet_batch sfam__blocks_take(const struct sfam__ring_memory *m,
					   struct sfam__ring_place *place);
struct sfam_packet_batch sfam__slots_take(const struct sfam__ring_memory *m,
					  struct sfam__ring_place *place);
/* Back to the kernel with those that are held. */
void sfam__blocks_give(const struct sfam__ring_memory *m,
		       struct sfam__ring_place *place);
void sfam__slots_give(const struct sfam__ring_memory *m,
		      struct sfam__ring_place *place);

/* The kernel has put packets into a block that it has not handed over yet. */
bool sfam__blocks_pending(const struct sfam__ring_memory *m,
			  const struct sfam__ring_place *place);

/* In front of each slot's packet: PACKET_RESERVE. */
#define SFAM__SLOT_RESERVE 96

/* ----------------------------------------------------------- interface -- */

struct sfam__ring_link {
	int fd;			/* is readable after any change; or -1 */
	int ifindex;		/* 0: all */
	bool up;
	bool gone;
	char name[IFNAMSIZ];
};

/* Begins to listen for changes; before the packet socket is bound. */
int sfam__ring_link_open(struct sfam__ring_link *link, int ifindex);
/* What it is like now. */
int sfam__ring_link_start(struct sfam__ring_link *link, int packet_fd);
/*
 * What has changed since, as SFAM_PACKET_EVENT_... packet_fd: the socket,
 * whose error is taken.
 */
int sfam__ring_link_look(struct sfam__ring_link *link, int packet_fd,
			 uint32_t *ret_events);

/* ---------------------------------------------------------------- ring -- */

struct sfam_packet_ring {
	int fd;
	int wake_fd;		/* an eventfd */
	int poll_fd;		/* epoll: all three of them */
	uint32_t woken;		/* atomic; what wake_fd says is only a hint */
	uint32_t events;	/* not yet asked for */
	struct sfam__ring_memory memory;
	struct sfam__ring_place place;
	struct sfam_packet_batch batch;	/* of sfam_packet_ring_next() */
	struct sfam__ring_link link;
	struct sfam_packet_stats stats;
};

#endif
