/* SPDX-License-Identifier: MIT */
/* A ring's beginning and end, and what it knows of itself. */
#include "packet/ring.h"

#include <stdlib.h>

static int read_ring_opts(struct sfam_packet_ring_opts *ret,
			  const struct sfam_packet_ring_opts *opts)
{
	const struct sfam_packet_ring_opts defaults =
		SFAM_PACKET_RING_OPTS_INIT;

	*ret = defaults;
	return sfam__opts_read(ret, sizeof(*ret), opts);
}

static struct sfam_packet_ring *alloc(void)
{
	struct sfam_packet_ring *ring = calloc(1, sizeof(*ring));

	if (ring)
		ring->fd = ring->wake_fd = ring->poll_fd =
			ring->link.fd = -1;
	return ring;
}

/* Nothing is heard before the ring is there, and no change is missed. */
static int start(struct sfam_packet_ring *ring, const struct sfam_addr *addr,
		 const struct sfam_packet_opts *o)
{
	int ifindex = sfam__packet_ifindex(addr);
	int r = sfam__ring_link_open(&ring->link, ifindex);

	if (r == 0)
		r = sfam__packet_start(ring->fd, addr, o);
	return r < 0 ? r : sfam__ring_link_start(&ring->link, ring->fd);
}

static int open_poll(struct sfam_packet_ring *ring)
{
	int r;

	ring->poll_fd = sfam__sys_epoll();
	if (ring->poll_fd < 0)
		return ring->poll_fd;
	r = sfam__sys_epoll_add(ring->poll_fd, ring->fd);
	if (r == 0)
		r = sfam__sys_epoll_add(ring->poll_fd, ring->wake_fd);
	if (r == 0 && ring->link.fd >= 0)
		r = sfam__sys_epoll_add(ring->poll_fd, ring->link.fd);
	return r;
}

/* What offloads tell is in front of the packet, in the same slot. */
static uint32_t room(const struct sfam_packet_opts *o)
{
	uint32_t len = o->flags & SFAM_PACKET_VNET ? SFAM_PACKET_VNET_LEN : 0;

	return o->snap_len && o->snap_len <= UINT32_MAX - len ?
	       o->snap_len + len : o->snap_len;
}

static int open_all(struct sfam_packet_ring *ring,
		    const struct sfam_addr *addr,
		    const struct sfam_packet_opts *o,
		    const struct sfam_packet_ring_opts *ro)
{
	int r;

	ring->fd = sfam__packet_socket(addr, o);
	if (ring->fd < 0)
		return ring->fd;
	ring->wake_fd = sfam__sys_eventfd();
	if (ring->wake_fd < 0)
		return ring->wake_fd;
	r = sfam__ring_map(&ring->memory, ring->fd, ro, room(o));
	if (r == 0)
		r = start(ring, addr, o);
	return r < 0 ? r : open_poll(ring);
}

SFAM_PUBLIC int
sfam_packet_ring_new(struct sfam_packet_ring **ret,
		     const struct sfam_addr *addr,
		     const struct sfam_packet_opts *opts,
		     const struct sfam_packet_ring_opts *ring_opts)
{
	struct sfam_packet_ring *ring;
	struct sfam_packet_ring_opts ro;
	struct sfam_packet_opts o;
	int r = sfam__packet_opts(&o, opts);

	if (r == 0)
		r = read_ring_opts(&ro, ring_opts);
	if (r < 0)
		return r;
	ring = alloc();
	if (!ring)
		return -ENOMEM;
	r = open_all(ring, addr, &o, &ro);
	if (r < 0)
		sfam_packet_ring_free(ring);
	else
		*ret = ring;
	return r;
}

static void close_one(int fd)
{
	if (fd >= 0)
		sfam__sys_close(fd);
}

SFAM_PUBLIC struct sfam_packet_ring *
sfam_packet_ring_free(struct sfam_packet_ring *ring)
{
	if (!ring)
		return NULL;
	if (ring->memory.map)
		sfam__sys_unmap(ring->memory.map, ring->memory.bytes);
	close_one(ring->fd);
	close_one(ring->wake_fd);
	close_one(ring->poll_fd);
	close_one(ring->link.fd);
	free(ring);
	return NULL;
}

/* ---------------------------------------------------------------- facts -- */

static int64_t effective_retire_ns(unsigned int ms)
{
	int64_t tick = sfam__sys_tick_ns();
	int64_t ns = (int64_t)ms * 1000000;

	return tick > 0 ? (ns + tick - 1) / tick * tick : ns;
}

SFAM_PUBLIC void
sfam_packet_ring_get_info(const struct sfam_packet_ring *ring,
			  struct sfam_packet_ring_info *ret)
{
	const struct sfam__ring_memory *m = &ring->memory;

	ret->bytes = m->bytes;
	ret->block_bytes = m->block_bytes;
	ret->slots = sfam__ring_slots(m);
	ret->retire_ns = effective_retire_ns(m->retire_ms);
}

SFAM_PUBLIC int sfam_packet_ring_fd(const struct sfam_packet_ring *ring)
{
	return ring->fd;
}

SFAM_PUBLIC int sfam_packet_ring_poll_fd(const struct sfam_packet_ring *ring)
{
	return ring->poll_fd;
}

SFAM_PUBLIC int sfam_packet_ring_stats(struct sfam_packet_ring *ring,
				       struct sfam_packet_stats *ret)
{
	int r = sfam_packet_stats_add(ring->fd, &ring->stats);

	if (r == 0)
		*ret = ring->stats;
	return r;
}

SFAM_PUBLIC uint32_t sfam_packet_ring_events(struct sfam_packet_ring *ring)
{
	uint32_t events = ring->events;

	ring->events = 0;
	return events;
}
