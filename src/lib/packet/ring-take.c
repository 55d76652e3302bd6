/* SPDX-License-Identifier: MIT */
/* Packets out of a ring, and the wait for them. */
#include "packet/ring.h"

#include <sys/epoll.h>

/* ----------------------------------------------------------- wake-ups -- */

SFAM_PUBLIC void sfam_packet_ring_wake(struct sfam_packet_ring *ring)
{
	__atomic_store_n(&ring->woken, 1, __ATOMIC_RELEASE);
	sfam__sys_eventfd_set(ring->wake_fd);
}

static bool take_wake(struct sfam_packet_ring *ring)
{
	if (!__atomic_load_n(&ring->woken, __ATOMIC_RELAXED))
		return false;
	sfam__sys_eventfd_clear(ring->wake_fd);
	/* What was done before the last of several is seen after this. */
	__atomic_exchange_n(&ring->woken, 0, __ATOMIC_ACQUIRE);
	ring->events |= SFAM_PACKET_EVENT_WOKEN;
	return true;
}

/* --------------------------------------------------------------- wait -- */

/* Does the kernel, which gets no more of them, still hold packets back? */
SFAM_PUBLIC int sfam_packet_ring_pending(const struct sfam_packet_ring *ring)
{
	return !ring->memory.slot_bytes &&
	       sfam__blocks_pending(&ring->memory, &ring->place);
}

/* 1: something happened; 0: look for packets. */
static int look(struct sfam_packet_ring *ring, const struct epoll_event *e)
{
	uint32_t events = 0;
	int r;

	if (e->data.fd == ring->wake_fd)
		sfam__sys_eventfd_clear(ring->wake_fd);
	if (e->data.fd != ring->link.fd && !(e->events & EPOLLERR))
		return 0;
	r = sfam__ring_link_look(&ring->link, ring->fd, &events);
	ring->events |= events;
	return r < 0 ? r : events != 0;
}

static int wait(struct sfam_packet_ring *ring, struct sfam__deadline deadline)
{
	struct epoll_event ready[3];
	int i, n, r = 0;

	if (ring->link.gone && !sfam_packet_ring_pending(ring))
		return -ENODEV;
	n = sfam__sys_epoll_wait(ring->poll_fd, ready, 3, deadline);
	for (i = 0; i < n && r == 0; i++)
		r = look(ring, &ready[i]);
	return n < 0 ? n : r;
}

/* ------------------------------------------------------------- packets -- */

static void give(struct sfam_packet_ring *ring)
{
	if (ring->memory.slot_bytes)
		sfam__slots_give(&ring->memory, &ring->place);
	else
		sfam__blocks_give(&ring->memory, &ring->place);
}

static struct sfam_packet_batch take(struct sfam_packet_ring *ring)
{
	return ring->memory.slot_bytes ?
	       sfam__slots_take(&ring->memory, &ring->place) :
	       sfam__blocks_take(&ring->memory, &ring->place);
}

static ssize_t take_or_wait(struct sfam_packet_ring *ring,
			    struct sfam_packet_batch *ret, int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	struct sfam_packet_batch batch;
	int r;

	for (;;) {
		give(ring);
		if (take_wake(ring))
			return 0;
		batch = take(ring);
		if (batch.left) {
			*ret = batch;
			return (ssize_t)batch.left;
		}
		r = wait(ring, deadline);
		if (r)
			return r < 0 ? r : 0;
	}
}

SFAM_PUBLIC ssize_t sfam_packet_ring_take(struct sfam_packet_ring *ring,
					  struct sfam_packet_batch *ret,
					  int64_t timeout_ns)
{
	if (!ring->batch.left)
		return take_or_wait(ring, ret, timeout_ns);
	*ret = ring->batch;
	ring->batch.left = 0;
	return (ssize_t)ret->left;
}

SFAM_PUBLIC int sfam_packet_ring_next(struct sfam_packet_ring *ring,
				      struct sfam_packet *ret,
				      int64_t timeout_ns)
{
	ssize_t n;

	if (!ring->batch.left) {
		n = take_or_wait(ring, &ring->batch, timeout_ns);
		if (n <= 0)
			return (int)n;
	}
	return sfam_packet_batch_next(&ring->batch, ret);
}
