/* SPDX-License-Identifier: MIT */
/*
 * Latency mode, TPACKET_V2. So that a packet looks as in throughput mode,
 * its header is written once more, in V3's form, to where PACKET_RESERVE
 * has kept the slot free:
 *
 *	0	struct tpacket2_hdr
 *	32	struct sockaddr_ll, up to 32 bytes
 *	64	struct sfam_packet_header	] written here, while the
 *	112	struct sockaddr_ll		] slot is the reader's
 *	148	at the earliest: the packet
 */
#include "packet/ring.h"

#include <linux/if_packet.h>

#define FROM_AT 32
#define FROM_LEN 32
#define HEADER_AT (FROM_AT + FROM_LEN)

/* As many are taken at once. */
#define TAKE_MAX 64

_Static_assert(sizeof(struct tpacket2_hdr) == FROM_AT,
	       "struct sockaddr_ll comes behind the header");
/* The packet is behind the aligned end of both, without its own header. */
_Static_assert(FROM_AT + sizeof(struct sockaddr_ll) + SFAM__SLOT_RESERVE >=
	       HEADER_AT + SFAM_PACKET_FROM_AT + FROM_LEN + 4,
	       "room for a header, and for a tag");

static struct tpacket2_hdr *slot_at(const struct sfam__ring_memory *m,
				    size_t i)
{
	size_t per_block = m->block_bytes / m->slot_bytes;

	return (void *)(m->map + i / per_block * m->block_bytes +
			i % per_block * m->slot_bytes);
}

static struct sfam_packet_header *translate(struct tpacket2_hdr *slot)
{
	unsigned char *at = (unsigned char *)slot;
	struct sfam_packet_header *h = (void *)(at + HEADER_AT);

	h->next_offset = 0;
	h->sec = slot->tp_sec;
	h->nsec = slot->tp_nsec;
	h->len = slot->tp_snaplen;
	h->orig_len = slot->tp_len;
	h->status = slot->tp_status;
	h->mac = (uint16_t)(slot->tp_mac - HEADER_AT);
	h->net = (uint16_t)(slot->tp_net - HEADER_AT);
	h->rxhash = 0;
	h->vlan_tci = slot->tp_vlan_tci;
	h->vlan_tpid = slot->tp_vlan_tpid;
	memcpy((unsigned char *)h + SFAM_PACKET_FROM_AT, at + FROM_AT,
	       FROM_LEN);
	return h;
}

static bool is_ready(const struct tpacket2_hdr *slot)
{
	return __atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) &
	       TP_STATUS_USER;
}

/* Those that are ready one behind the other, at most to the ring's end. */
struct sfam_packet_batch sfam__slots_take(const struct sfam__ring_memory *m,
					  struct sfam__ring_place *place)
{
	struct sfam_packet_header *h, *last = NULL;
	struct sfam_packet_batch batch = { NULL, 0 };
	size_t end = sfam__ring_slots(m);
	struct tpacket2_hdr *slot;

	while (batch.left < TAKE_MAX && place->next < end) {
		slot = slot_at(m, place->next);
		if (!is_ready(slot))
			break;
		h = translate(slot);
		if (last)
			last->next_offset = (uint32_t)((unsigned char *)h -
						       (unsigned char *)last);
		else
			batch.next = h;
		last = h;
		batch.left++;
		place->next++;
	}
	place->held = batch.left;
	return batch;
}

void sfam__slots_give(const struct sfam__ring_memory *m,
		      struct sfam__ring_place *place)
{
	for (; place->held; place->held--)
		__atomic_store_n(&slot_at(m, place->next - place->held)->
				 tp_status, TP_STATUS_KERNEL,
				 __ATOMIC_RELEASE);
	if (place->next == sfam__ring_slots(m))
		place->next = 0;
}
