/* SPDX-License-Identifier: MIT */
/* The VLAN tag, which the kernel keeps beside the packet. */
#include "base/common.h"

#include <sockfam/packet.h>

#define TAG_LEN 4
#define ADDRS_LEN 12		/* destination and source */
#define ETHERNET_LEN 14

/* Behind the header and struct sockaddr_ll. */
#define MAC_MIN (SFAM_PACKET_FROM_AT + 20 + TAG_LEN)

/*
 * The room in front of a packet comes of the alignment of its network
 * header, for which 16 bytes of link-layer header are counted at the least
 * (tpacket_rcv() of net/packet/af_packet.c).
 */
SFAM_PUBLIC int sfam_packet_restore_vlan(struct sfam_packet *packet)
{
	struct sfam_packet_header *h = packet->header;
	uint16_t tpid, tci;
	uint8_t *tag;

	if (!sfam_packet_vlan(packet, &tpid, &tci) ||
	    packet->len < ADDRS_LEN || h->net - h->mac < ETHERNET_LEN ||
	    h->mac < MAC_MIN)
		return 0;
	packet->data -= TAG_LEN;
	memmove(packet->data, packet->data + TAG_LEN, ADDRS_LEN);
	tag = packet->data + ADDRS_LEN;
	tag[0] = (uint8_t)(tpid >> 8);
	tag[1] = (uint8_t)tpid;
	tag[2] = (uint8_t)(tci >> 8);
	tag[3] = (uint8_t)tci;
	packet->len += TAG_LEN;
	packet->orig_len += TAG_LEN;
	h->status &= ~SFAM_PACKET_VLAN_VALID;
	h->mac = (uint16_t)(h->mac - TAG_LEN);
	h->len = packet->len;
	h->orig_len = packet->orig_len;
	return 1;
}
