/* SPDX-License-Identifier: MIT */
/* How large a ring is, and what to do when memory is short. */
#include "packet/ring.h"

#include <linux/if_packet.h>

#define BYTES_DEFAULT ((size_t)8 << 20)
#define BYTES_MAX (UINT64_C(64) << 30)
#define BLOCK_DEFAULT ((size_t)256 << 10)
#define BLOCK_MAX ((size_t)1 << 30)
#define BLOCKS_MIN 2		/* one is filled, the other one read */

#define NS_PER_MS INT64_C(1000000)
#define RETIRE_DEFAULT_NS (10 * NS_PER_MS)
/* An unsigned short in older kernels (net/packet/internal.h). */
#define RETIRE_MAX_MS 65535

/* The longest IP packet, an Ethernet header and a struct virtio_net_hdr. */
#define WHOLE_PACKET (65549 + SFAM_PACKET_VNET_LEN)

/*
 * In front of a packet, at most: a V2 header, struct sockaddr_ll, and 16
 * bytes for a link-layer header, each aligned to 16; and what is reserved.
 */
#define SLOT_OVERHEAD (80 + SFAM__SLOT_RESERVE)

static size_t align(size_t size, size_t to)
{
	return (size + to - 1) / to * to;
}

static size_t power_of_two(size_t size)
{
	size_t p = sfam__sys_page_size();

	while (p < size)
		p *= 2;
	return p;
}

/* The smallest block that holds a packet. */
static size_t block_min(uint32_t snap_len)
{
	size_t len = snap_len && snap_len < WHOLE_PACKET ? snap_len :
							   WHOLE_PACKET;

	return power_of_two(len + SLOT_OVERHEAD + 64);
}

static int plan(struct sfam__ring_memory *m,
		const struct sfam_packet_ring_opts *o, uint32_t snap_len)
{
	uint64_t bytes = o->bytes ? o->bytes : BYTES_DEFAULT;
	size_t block = o->block_bytes ? o->block_bytes : BLOCK_DEFAULT;
	int64_t retire_ns = o->retire_ns ? o->retire_ns : RETIRE_DEFAULT_NS;
	uint32_t slot = snap_len ? snap_len : WHOLE_PACKET;

	if (bytes > BYTES_MAX || block > BLOCK_MAX || slot > BLOCK_MAX / 2 ||
	    retire_ns < 0 || retire_ns > RETIRE_MAX_MS * NS_PER_MS)
		return -EINVAL;
	if (o->mode == SFAM_PACKET_THROUGHPUT)
		m->retire_ms = (unsigned int)((retire_ns + NS_PER_MS - 1) /
					      NS_PER_MS);
	else if (o->mode == SFAM_PACKET_LATENCY)
		m->slot_bytes = align(slot + SLOT_OVERHEAD,
				      TPACKET_ALIGNMENT);
	else
		return -EINVAL;
	block = power_of_two(block);
	if (block < m->slot_bytes || block < block_min(snap_len))
		block = power_of_two(m->slot_bytes > block_min(snap_len) ?
				     m->slot_bytes : block_min(snap_len));
	m->block_bytes = block;
	m->bytes = bytes < BLOCKS_MIN * block ? BLOCKS_MIN * block :
						(size_t)bytes / block * block;
	return 0;
}

/* In throughput mode the kernel has no use for tp_frame_size, but checks. */
static int set_ring(int fd, const struct sfam__ring_memory *m)
{
	unsigned int slot = (unsigned int)(m->slot_bytes ? m->slot_bytes :
							   m->block_bytes);
	unsigned int block = (unsigned int)m->block_bytes;
	struct tpacket_req3 req = {
		.tp_block_size = block,
		.tp_block_nr = (unsigned int)sfam__ring_blocks(m),
		.tp_frame_size = slot,
		.tp_frame_nr = block / slot *
			       (unsigned int)sfam__ring_blocks(m),
		.tp_retire_blk_tov = m->retire_ms,
	};

	/* Its first four fields are struct tpacket_req, for V2. */
	return sfam__sys_setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req,
				    m->slot_bytes ?
				    sizeof(struct tpacket_req) : sizeof(req));
}

static void remove_ring(int fd, const struct sfam__ring_memory *m)
{
	const struct tpacket_req3 none = { 0 };

	sfam__sys_setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &none,
			     m->slot_bytes ? sizeof(struct tpacket_req) :
					     sizeof(none));
}

static int try_map(int fd, struct sfam__ring_memory *m)
{
	void *map;
	int r = set_ring(fd, m);

	if (r < 0)
		return r;
	r = sfam__sys_map_shared(fd, m->bytes, &map);
	if (r < 0)
		remove_ring(fd, m);
	else
		m->map = map;
	return r;
}

/* Smaller blocks are easier to find; then fewer of them. */
static bool shrink(struct sfam__ring_memory *m, uint32_t snap_len)
{
	size_t half = m->block_bytes / 2;

	if (half >= block_min(snap_len) && half >= m->slot_bytes) {
		m->block_bytes = half;
		return true;
	}
	half = m->bytes / 2 / m->block_bytes * m->block_bytes;
	if (half < BLOCKS_MIN * m->block_bytes)
		return false;
	m->bytes = half;
	return true;
}

static int set_version(int fd, enum sfam_packet_mode mode)
{
	int version = mode == SFAM_PACKET_LATENCY ? TPACKET_V2 : TPACKET_V3;
	unsigned int reserve = SFAM__SLOT_RESERVE;
	int r = sfam__sys_setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version,
				     sizeof(version));

	if (r < 0 || version == TPACKET_V3)
		return r;
	return sfam__sys_setsockopt(fd, SOL_PACKET, PACKET_RESERVE, &reserve,
				    sizeof(reserve));
}

int sfam__ring_map(struct sfam__ring_memory *ret, int fd,
		   const struct sfam_packet_ring_opts *o, uint32_t snap_len)
{
	struct sfam__ring_memory m = { .map = NULL };
	int r = plan(&m, o, snap_len);

	if (r == 0)
		r = set_version(fd, o->mode);
	if (r < 0)
		return r;
	do {
		r = try_map(fd, &m);
	} while (r == -ENOMEM && shrink(&m, snap_len));
	if (r == 0)
		*ret = m;
	return r;
}
