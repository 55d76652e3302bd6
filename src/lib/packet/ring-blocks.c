/* SPDX-License-Identifier: MIT */
/*
 * Throughput mode, TPACKET_V3. The status word of a block says whose it is:
 * what was written before it is changed is there for who finds it changed.
 */
#include "packet/ring.h"

#include <linux/if_packet.h>

_Static_assert(sizeof(struct sfam_packet_header) ==
	       sizeof(struct tpacket3_hdr), "the kernel's header");
_Static_assert(offsetof(struct sfam_packet_header, status) ==
	       offsetof(struct tpacket3_hdr, tp_status), "the kernel's header");
_Static_assert(offsetof(struct sfam_packet_header, net) ==
	       offsetof(struct tpacket3_hdr, tp_net), "the kernel's header");
_Static_assert(offsetof(struct sfam_packet_header, vlan_tpid) ==
	       offsetof(struct tpacket3_hdr, hv1.tp_vlan_tpid),
	       "the kernel's header");

static struct tpacket_hdr_v1 *block_at(const struct sfam__ring_memory *m,
				       size_t i)
{
	struct tpacket_block_desc *b = (void *)(m->map + i * m->block_bytes);

	return &b->hdr.bh1;
}

static size_t before(const struct sfam__ring_memory *m, size_t i)
{
	return i ? i - 1 : sfam__ring_blocks(m) - 1;
}

/* num_pkts: see sfam__blocks_pending(). */
static void give(struct tpacket_hdr_v1 *block)
{
	block->num_pkts = 0;
	__atomic_store_n(&block->block_status, TP_STATUS_KERNEL,
			 __ATOMIC_RELEASE);
}

void sfam__blocks_give(const struct sfam__ring_memory *m,
		       struct sfam__ring_place *place)
{
	if (place->held)
		give(block_at(m, before(m, place->next)));
	place->held = 0;
}

struct sfam_packet_batch sfam__blocks_take(const struct sfam__ring_memory *m,
					   struct sfam__ring_place *place)
{
	struct tpacket_hdr_v1 *block = block_at(m, place->next);
	struct sfam_packet_batch batch = { NULL, 0 };
	uint32_t status = __atomic_load_n(&block->block_status,
					  __ATOMIC_ACQUIRE);

	if (!(status & TP_STATUS_USER))
		return batch;
	batch.next = (void *)(m->map + place->next * m->block_bytes +
			      block->offset_to_first_pkt);
	batch.left = block->num_pkts;
	/* Here the kernel marks only blocks (prb_close_block() there). */
	if (status & TP_STATUS_LOSING && batch.left)
		batch.next->status |= SFAM_PACKET_LOSING;
	place->next = place->next + 1 < sfam__ring_blocks(m) ?
		      place->next + 1 : 0;
	place->held = 1;
	return batch;
}

/*
 * The kernel counts in the block itself, and begins with 0 when it opens a
 * block (prb_open_block() of net/packet/af_packet.c); until then it is the 0
 * of give().
 */
bool sfam__blocks_pending(const struct sfam__ring_memory *m,
			  const struct sfam__ring_place *place)
{
	return __atomic_load_n(&block_at(m, place->next)->num_pkts,
			       __ATOMIC_RELAXED) != 0;
}
