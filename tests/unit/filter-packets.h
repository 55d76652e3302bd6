/* SPDX-License-Identifier: MIT */
/*
 * Packets for filters to tell apart: each field is one of few values, so
 * that any two packets have much in common.
 */
#ifndef SFAM_TEST_FILTER_PACKETS_H
#define SFAM_TEST_FILTER_PACKETS_H

#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

#include <sockfam/bpf.h>

#include "harness.h"

#define PACKET_ROOM 192
#define TAGS_ROOM 2

struct packet {
	uint8_t data[PACKET_ROOM];	/* with an Ethernet header */
	size_t len;
	size_t tags;		/* VLAN tags in it */
	uint16_t type;		/* ethertype behind them */
};

static unsigned int pick(unsigned int n, uint64_t *seed)
{
	return (unsigned int)(test_random(seed) % n);
}

static void put(struct packet *p, const void *bytes, size_t n)
{
	memcpy(p->data + p->len, bytes, n);
	p->len += n;
}

static void put_number(struct packet *p, uint64_t v, size_t n)
{
	while (n-- > 0)
		p->data[p->len++] = (uint8_t)(v >> 8 * n);
}

static void put_mac(struct packet *p, uint64_t *seed)
{
	static const uint8_t macs[][ETH_ALEN] = {
		{ 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 },
		{ 2, 0, 0, 0, 1, 1 }, { 3, 0, 0, 0, 0, 1 },
		{ 255, 255, 255, 255, 255, 255 },
	};

	put(p, macs[pick(HARNESS_LEN(macs), seed)], ETH_ALEN);
}

static void put_ipv4(struct packet *p, uint64_t *seed)
{
	static const uint32_t addrs[] = {
		0x0a000001, 0x0a000002, 0x0a010203, 0xc0a80001, 0x0b000001,
	};

	put_number(p, addrs[pick(HARNESS_LEN(addrs), seed)], 4);
}

static void put_ipv6(struct packet *p, uint64_t *seed)
{
	static const uint32_t first[] = { 0x20010db8, 0x20010db9, 0 };
	static const uint32_t second[] = { 0, 0x80000000, 0x00010000 };
	static const uint32_t last[] = { 1, 2 };

	put_number(p, first[pick(HARNESS_LEN(first), seed)], 4);
	put_number(p, second[pick(HARNESS_LEN(second), seed)], 4);
	put_number(p, 0, 4);
	put_number(p, last[pick(HARNESS_LEN(last), seed)], 4);
}

static unsigned int pick_proto(uint64_t *seed)
{
	static const uint8_t protos[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_TCP,
		IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_IGMP,
		IPPROTO_ESP, IPPROTO_AH, 200,
	};

	return protos[pick(HARNESS_LEN(protos), seed)];
}

/* Ports, or what would be read as some. */
static void put_ports(struct packet *p, uint64_t *seed)
{
	static const uint16_t ports[] = { 53, 80, 443, 1000, 1001, 65535 };

	put_number(p, ports[pick(HARNESS_LEN(ports), seed)], 2);
	put_number(p, ports[pick(HARNESS_LEN(ports), seed)], 2);
	put_number(p, 0x50, 4);
}

static void put_ipv4_packet(struct packet *p, uint64_t *seed)
{
	const unsigned int words = pick(3, seed) ? 5 : 5 + pick(4, seed);
	static const uint16_t fragments[] = {
		0, 0x4000, 0x2000, 0x2001, 0x1fff, 0x0001,
	};
	unsigned int i;

	put_number(p, 0x40 | words, 1);
	put_number(p, 0, 1);
	put_number(p, 4 * words + 8, 2);
	put_number(p, 0x1234, 2);
	put_number(p, pick(2, seed) ? 0 :
		   fragments[pick(HARNESS_LEN(fragments), seed)], 2);
	put_number(p, 64, 1);
	put_number(p, pick_proto(seed), 1);
	put_number(p, 0, 2);
	put_ipv4(p, seed);
	put_ipv4(p, seed);
	for (i = 5; i < words; i++)
		put_number(p, 0x01010101, 4);
	put_ports(p, seed);
}

static void put_ipv6_packet(struct packet *p, uint64_t *seed)
{
	const int is_fragment = pick(4, seed) == 0;

	put_number(p, 0x60000000, 4);
	put_number(p, is_fragment ? 16 : 8, 2);
	put_number(p, is_fragment ? IPPROTO_FRAGMENT : pick_proto(seed), 1);
	put_number(p, 64, 1);
	put_ipv6(p, seed);
	put_ipv6(p, seed);
	if (is_fragment) {
		put_number(p, pick_proto(seed), 1);
		put_number(p, 0, 7);
	}
	put_ports(p, seed);
}

static void put_arp(struct packet *p, uint64_t *seed)
{
	put_number(p, 0x00010800, 4);
	put_number(p, 0x06040001, 4);
	put_mac(p, seed);
	put_ipv4(p, seed);
	put_mac(p, seed);
	put_ipv4(p, seed);
}

/* All but the type of the Ethernet header and what is behind it. */
static void put_body(struct packet *p, uint64_t *seed)
{
	static const uint16_t types[] = {
		ETH_P_IP, ETH_P_IP, ETH_P_IP, ETH_P_IPV6, ETH_P_IPV6,
		ETH_P_ARP, ETH_P_RARP, 0x88b5,
	};

	p->type = types[pick(HARNESS_LEN(types), seed)];
	put_number(p, p->type, 2);
	if (p->type == ETH_P_IP)
		put_ipv4_packet(p, seed);
	else if (p->type == ETH_P_IPV6)
		put_ipv6_packet(p, seed);
	else if (p->type == 0x88b5)
		put_ports(p, seed);
	else
		put_arp(p, seed);
}

/* A whole packet, with up to max_tags tags. */
static inline void random_packet(struct packet *p, size_t max_tags,
				 uint64_t *seed)
{
	static const uint16_t tpids[] = { ETH_P_8021Q, ETH_P_8021AD };
	static const uint16_t tags[] = { 5, 6, 0x2005, 0xe006, 0 };
	size_t i;

	memset(p, 0, sizeof(*p));
	put_mac(p, seed);
	put_mac(p, seed);
	p->tags = pick((unsigned int)max_tags + 1, seed);
	for (i = 0; i < p->tags; i++) {
		put_number(p, tpids[pick(HARNESS_LEN(tpids), seed)], 2);
		put_number(p, tags[pick(HARNESS_LEN(tags), seed)], 2);
	}
	put_body(p, seed);
	/* Many lengths, to tell less from greater. */
	p->len += pick(40, seed);
}

static inline uint16_t read_u16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

/* As bytes, the tags among them. */
static inline struct sfam_bpf_packet as_bytes(const struct packet *p)
{
	return (struct sfam_bpf_packet){
		.data = p->data,
		.len = p->len,
		.wire_len = p->len,
		.net_offset = ETH_HLEN,
		.protocol = read_u16(p->data + 12),
	};
}

/* As the kernel shows what it received: the first tag beside the bytes. */
static inline struct sfam_bpf_packet as_received(const struct packet *p,
						 struct packet *room)
{
	struct sfam_bpf_packet view;

	*room = *p;
	if (p->tags > 0) {
		room->len -= 4;
		memcpy(room->data + 12, p->data + 16, p->len - 16);
	}
	view = as_bytes(room);
	if (p->tags > 0) {
		view.vlan_present = 1;
		view.vlan_tpid = read_u16(p->data + 12);
		view.vlan_tci = read_u16(p->data + 14);
	}
	return view;
}

/* Without its Ethernet header, as a cooked socket shows it. */
static inline struct sfam_bpf_packet as_cooked(struct sfam_bpf_packet view)
{
	view.data = (const uint8_t *)view.data + ETH_HLEN;
	view.len -= ETH_HLEN;
	view.wire_len -= ETH_HLEN;
	view.net_offset = 0;
	return view;
}

#endif
