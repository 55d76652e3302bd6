/* SPDX-License-Identifier: MIT */
/* What packets of a link type begin with, in a file and on a socket. */
#include <endian.h>
#include <linux/if_ether.h>
#include <net/if_arp.h>

#include "capture/layout.h"

/* Not in all headers. */
#define ARPHRD_RAWIP_SINCE_4_14 519
#define ARPHRD_VSOCKMON_SINCE_4_12 826
#define ETH_P_CANXL_SINCE_6_1 0x000e

#define LINK_SLL 113		/* what cooked was before SLL2 */
#define SLL_LEN 16
#define SLL_PROTOCOL_AT 14
#define SLL2_LEN 20
#define CAN_LEN 8		/* before the data of a frame */
#define CANXL_LEN 12
#define CANFD_FDF_SINCE_6_1 0x04

/* PPP is left out: some drivers give its header and others do not. */
static const struct {
	uint16_t hatype;
	uint16_t link_type;
} link_types[] = {
	{ ARPHRD_ETHER, SFAM_CAPTURE_LINK_ETHERNET },
	{ ARPHRD_LOOPBACK, SFAM_CAPTURE_LINK_ETHERNET },
	{ ARPHRD_CAN, SFAM_CAPTURE_LINK_CAN },
	{ ARPHRD_NONE, SFAM_CAPTURE_LINK_RAW },		/* tun, wireguard */
	{ ARPHRD_RAWIP_SINCE_4_14, SFAM_CAPTURE_LINK_RAW },
	{ ARPHRD_TUNNEL, SFAM_CAPTURE_LINK_RAW },
	{ ARPHRD_SIT, SFAM_CAPTURE_LINK_RAW },
	{ ARPHRD_IEEE80211, 105 },
	{ ARPHRD_IEEE80211_RADIOTAP, 127 },
	{ ARPHRD_IEEE802154, 230 },
	{ ARPHRD_VSOCKMON_SINCE_4_12, 271 },
};

SFAM_PUBLIC uint32_t sfam_capture_link_type(uint16_t hatype)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(link_types); i++)
		if (link_types[i].hatype == hatype)
			return link_types[i].link_type;
	return SFAM_CAPTURE_LINK_COOKED;
}

static uint32_t flags_of(uint8_t pkttype)
{
	static const uint8_t flags[] = {
		[PACKET_HOST] = SFAM_CAPTURE_IN | SFAM_CAPTURE_UNICAST,
		[PACKET_BROADCAST] = SFAM_CAPTURE_IN | SFAM_CAPTURE_BROADCAST,
		[PACKET_MULTICAST] = SFAM_CAPTURE_IN | SFAM_CAPTURE_MULTICAST,
		[PACKET_OTHERHOST] = SFAM_CAPTURE_IN | SFAM_CAPTURE_OTHERHOST,
		[PACKET_OUTGOING] = SFAM_CAPTURE_OUT,
	};

	return pkttype < SFAM_ARRAY_LEN(flags) ? flags[pkttype] : 0;
}

static void put_cooked(struct sfam_capture_record *r,
		       const struct sockaddr_ll *from)
{
	uint16_t hatype = htobe16(from->sll_hatype);
	uint32_t index = htobe32((uint32_t)from->sll_ifindex);
	uint8_t *p = r->head;

	memset(p, 0, SLL2_LEN);
	memcpy(p, &from->sll_protocol, 2);
	memcpy(p + 4, &index, 4);
	memcpy(p + 8, &hatype, 2);
	p[10] = from->sll_pkttype;
	p[11] = from->sll_halen;
	memcpy(p + 12, from->sll_addr, 8);
	r->head_len = SLL2_LEN;
	r->orig_len += SLL2_LEN;
}

/* The next n bytes of data go to the head, for changes; less if cut. */
static uint8_t *take(struct sfam_capture_record *r, size_t n)
{
	uint8_t *p = r->head + r->head_len;

	if (n > r->len)
		n = r->len;
	memset(p, 0, CANXL_LEN);
	if (n == 0)
		return p;
	memcpy(p, r->data, n);
	r->data = (const uint8_t *)r->data + n;
	r->len -= n;
	r->head_len += (uint32_t)n;
	return p;
}

static void to_network(uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	v = htobe32(v);
	memcpy(p, &v, 4);
}

/* XL's length and acceptance field are little-endian here. */
static void put_canxl(struct sfam_capture_record *r)
{
	uint8_t *p = take(r, CANXL_LEN);
	uint16_t len;
	uint32_t af;

	to_network(p);
	memcpy(&len, p + 6, 2);
	memcpy(&af, p + 8, 4);
	len = htole16(len);
	af = htole32(af);
	memcpy(p + 6, &len, 2);
	memcpy(p + 8, &af, 4);
}

static void put_can(struct sfam_capture_record *r, bool fd)
{
	uint8_t *p = take(r, CAN_LEN);

	to_network(p);
	if (fd)
		p[5] |= CANFD_FDF_SINCE_6_1;
	else
		p[5] = 0;
}

SFAM_PUBLIC void sfam_capture_set_link(struct sfam_capture_record *record,
				       uint32_t link_type,
				       const struct sockaddr_ll *from)
{
	const uint16_t protocol = be16toh(from->sll_protocol);

	record->link_type = link_type;
	record->flags = flags_of(from->sll_pkttype);
	record->head_len = 0;
	if (link_type == SFAM_CAPTURE_LINK_COOKED)
		put_cooked(record, from);
	if (link_type != SFAM_CAPTURE_LINK_CAN)
		return;
	if (protocol == ETH_P_CANXL_SINCE_6_1)
		put_canxl(record);
	else if (protocol == ETH_P_CAN || protocol == ETH_P_CANFD)
		put_can(record, protocol == ETH_P_CANFD);
}

/* --------------------------------------------------- of another machine -- */

static void reverse(uint8_t *p, size_t n)
{
	uint8_t byte;
	size_t i;

	for (i = 0; i < n / 2; i++) {
		byte = p[i];
		p[i] = p[n - 1 - i];
		p[n - 1 - i] = byte;
	}
}

void sfam__capture_swap_cooked(uint32_t link_type, uint8_t *data, size_t len)
{
	const bool old = link_type == LINK_SLL;
	const size_t head = old ? SLL_LEN : SLL2_LEN;
	const uint8_t *protocol = data + (old ? SLL_PROTOCOL_AT : 0);
	uint8_t *p = data + head;

	if (!old && link_type != SFAM_CAPTURE_LINK_COOKED)
		return;
	if (len < head + 4 || protocol[0] != 0)
		return;
	if (protocol[1] == ETH_P_CAN || protocol[1] == ETH_P_CANFD)
		reverse(p, 4);
	if (protocol[1] != ETH_P_CANXL_SINCE_6_1 || len < head + CANXL_LEN)
		return;
	reverse(p, 4);
	reverse(p + 6, 2);
	reverse(p + 8, 4);
}
