/* SPDX-License-Identifier: MIT */
/* The VLAN tag, which the kernel keeps beside the packet. */
#include "base/common.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <sockfam/packet.h>

#define TAG_LEN 4
#define ADDRS_LEN 12		/* destination and source */
#define ETHERNET_LEN 14

/*
 * Behind the header and struct sockaddr_ll. The room in front of a packet
 * comes of the alignment of its network header, for which 16 bytes of
 * link-layer header are counted at the least (tpacket_rcv() of
 * net/packet/af_packet.c).
 */
#define MAC_MIN (SFAM_PACKET_FROM_AT + 20 + TAG_LEN)

static void put_be16(uint8_t *to, uint16_t value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

static void insert_raw(uint8_t *data, uint16_t tpid, uint16_t tci)
{
	memmove(data, data + TAG_LEN, ADDRS_LEN);
	put_be16(data + ADDRS_LEN, tpid);
	put_be16(data + ADDRS_LEN + 2, tci);
}

/* Without a link-layer header the protocol beside the packet is its type. */
static void insert_cooked(uint8_t *data, struct sfam_packet_header *h,
			  uint16_t tpid, uint16_t tci)
{
	struct sockaddr_ll *from = (struct sockaddr_ll *)(void *)
		((uint8_t *)h + SFAM_PACKET_FROM_AT);

	put_be16(data, tci);
	put_be16(data + 2, ntohs(from->sll_protocol));
	from->sll_protocol = htons(tpid);
}

SFAM_PUBLIC int sfam_packet_restore_vlan(struct sfam_packet *packet)
{
	struct sfam_packet_header *h = packet->header;
	const int is_cooked = h->net == h->mac;
	uint16_t tpid, tci;

	if (!sfam_packet_vlan(packet, &tpid, &tci) || h->mac < MAC_MIN)
		return 0;
	if (!is_cooked && (packet->len < ADDRS_LEN ||
			   h->net - h->mac < ETHERNET_LEN))
		return 0;
	packet->data -= TAG_LEN;
	if (is_cooked)
		insert_cooked(packet->data, h, tpid, tci);
	else
		insert_raw(packet->data, tpid, tci);
	packet->len += TAG_LEN;
	packet->orig_len += TAG_LEN;
	h->status &= ~SFAM_PACKET_VLAN_VALID;
	h->mac = (uint16_t)(h->mac - TAG_LEN);
	h->len = packet->len;
	h->orig_len = packet->orig_len;
	return 1;
}
