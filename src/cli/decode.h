/* SPDX-License-Identifier: MIT */
/*
 * Packets for people, in the words of tcpdump -n -S (TCP numbers absolute):
 * Ethernet, VLAN tags, cooked captures, ARP, IPv4, IPv6, ICMP, ICMPv6, IGMP,
 * TCP, UDP, SCTP, GRE, VXLAN, MPLS, LLDP and CAN; hex of the rest. Nothing
 * here depends on anything but its arguments, or reads behind caplen.
 */
#ifndef SFAM_CLI_DECODE_H
#define SFAM_CLI_DECODE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "json.h"

/* What the data begins with: LINKTYPE_... of capture files, and our own. */
enum decode_link {
	DECODE_ETHERNET = 1,
	DECODE_RAW = 101,		/* IPv4 or IPv6 */
	DECODE_SLL = 113,		/* tcpdump -i any, until 2020 */
	DECODE_CAN_FILE = 227,		/* LINKTYPE_CAN_SOCKETCAN */
	DECODE_IPV4 = 228,
	DECODE_IPV6 = 229,
	DECODE_SLL2 = 276,		/* tcpdump -i any */
	DECODE_COOKED = 0x10000,	/* no header: protocol tells */
	DECODE_CAN,			/* as sockets give it: host order */
	DECODE_UNKNOWN,
};

/* What packets of a raw packet socket begin with, by sll_hatype. */
enum decode_link decode_link(unsigned int arphrd);

struct decode_packet {
	const uint8_t *data;
	size_t caplen;		/* bytes at data */
	size_t origlen;		/* bytes that were on the wire */
	unsigned int link;	/* enum decode_link; others are shown in hex */
	/* For DECODE_COOKED alone, as in struct sockaddr_ll. */
	unsigned int protocol;	/* ETH_P_... */
	unsigned int index;	/* of the interface */
	const uint8_t *address;	/* of the sender: 8 bytes */
	size_t address_len;	/* may be more; 0: there is none */
};

#define DECODE_WITH_LINK (1u << 0)	/* -e */
#define DECODE_VERBOSE (1u << 1)	/* -v: on several lines */
/* For decode_print alone. */
#define DECODE_HEX (1u << 2)		/* -x */
#define DECODE_ASCII (1u << 3)		/* -X: and the characters beside */
#define DECODE_TEXT (1u << 4)		/* -A: characters alone */
#define DECODE_FROM_LINK (1u << 5)	/* -xx, -XX, -AA: link header too */

/* The letters of those options, and flags with one more of them given. */
#define DECODE_OPTIONS "evxXA"
unsigned int decode_option(unsigned int flags, int letter);

/* A buffer of this size holds any text. */
#define DECODE_STRLEN 16384

/* Offsets into the packet. */
struct decode_extent {
	size_t link_len;	/* what comes before the network layer */
	size_t rest_at;		/* what was not decoded, and is worth a dump */
	size_t rest_len;	/* 0: nothing */
	int rest_is_plain;	/* tcpdump shows no characters beside it */
};

/*
 * Writes the packet without a newline at the end. Without DECODE_VERBOSE it
 * is one line; bytes are printable ASCII, newlines and tabs. Lists that make
 * it long end with [...]. ret_extent may be NULL.
 * Returns the length without NUL. -ENOSPC: size is too small.
 */
ssize_t decode_text(char *buf, size_t size, const struct decode_packet *p,
		    unsigned int flags, struct decode_extent *ret_extent);

/* The text, a newline, and the bytes asked for or those of the rest. */
void decode_print(FILE *to, const struct decode_packet *p,
		  unsigned int flags);

/* Lines "\t0x0000:  4500 ..." of len bytes, with characters or without. */
void decode_dump(FILE *to, const uint8_t *data, size_t len,
		 int with_characters);

/*
 * Members of an object, which the caller opens and ends: length, captured
 * (bytes), and of each layer that there is an object (the outermost ones, if
 * packets are in packets; a layer that was cut is left out):
 *   ethernet  src, dst, type (number)
 *   vlan      a list of id, priority, dei (truth)
 *   arp       op, sender_mac, sender_ip, target_mac, target_ip
 *   ip        version, src, dst, protocol (number: the transport's), ttl,
 *             length (of what follows), fragment (id, offset, more: truth)
 *   tcp       src_port, dst_port, seq, ack, flags (tcpdump's), window, length
 *   udp       src_port, dst_port, length
 *   sctp      src_port, dst_port, tag
 *   icmp      type, code (ICMPv6's too)
 *   can       id, extended, remote, error, fd, xl (truths), data (hex)
 * and text, the line.
 */
void decode_json(struct json *j, const struct decode_packet *p);

#endif
