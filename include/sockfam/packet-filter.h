/* SPDX-License-Identifier: MIT */
/*
 * Packet filters as text, in a part of tcpdump's language (pcap-filter(7)):
 *
 *	ip  ip6  arp  rarp  tcp  udp  sctp  icmp  icmp6  igmp  esp  ah
 *	[ether|ip|ip6] proto NUMBER or \NAME
 *	[ip|ip6|arp|rarp] [DIR] host ADDRESS
 *	[ip|ip6|arp|rarp] [DIR] net ADDRESS/BITS, ADDRESS mask MASK, 10.1
 *	ether [DIR] host MAC    [ether] broadcast    [ether] multicast
 *	[tcp|udp|sctp] [DIR] port NUMBER
 *	[tcp|udp|sctp] [DIR] portrange NUMBER-NUMBER
 *	vlan [ID]    less LENGTH    greater LENGTH
 *
 * joined by and (&&), or (||), not (!) and parentheses; and and or bind
 * alike, from the left. DIR is src, dst, src or dst, src and dst; host may
 * be left out behind it. Behind and, or, not, a value alone takes the words
 * of the one before it: port 80 or 443. No text at all: every packet.
 *
 * Meaning and limits are tcpdump's: ports only in first fragments, no IPv6
 * extension headers but (for protocols) a fragment header, and a packet that
 * ends before what is looked at does not match, with not neither. tcpdump
 * looks in another order at times, which shows in such packets where there
 * is an or.
 *
 * vlan is true of a tag in the bytes and of one that the kernel took out of
 * them (without the word, the latter is not looked at: arp is true of a
 * tagged packet then, as it is for tcpdump on an interface). What follows it
 * by and looks behind the tag, a second vlan at the tag inside. Here it does
 * so within its own alternative alone: `vlan 1 or vlan 2` are the same tag,
 * `not vlan` changes nothing for what follows (with tcpdump it does).
 */
#ifndef SOCKFAM_PACKET_FILTER_H
#define SOCKFAM_PACKET_FILTER_H

#include <linux/filter.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How the bytes that a filter sees begin. */
enum sfam_packet_link {
	SFAM_PACKET_LINK_ETHER,		/* with an Ethernet header */
	SFAM_PACKET_LINK_IP,		/* with an IPv4 or IPv6 header */
	/*
	 * behind the link's header, as on a packet socket with SOCK_DGRAM;
	 * the program asks the kernel for the protocol
	 */
	SFAM_PACKET_LINK_COOKED,
};

/*
 * Text to a program for sfam_bpf_attach() that keeps keep_bytes of each
 * packet that matches (UINT32_MAX: all of it). Returns how many
 * instructions are in insns, at least 1. A test takes about 10, those
 * behind a vlan twice; room for BPF_MAXINSNS is as much as the kernel
 * takes. Uses about 16 KiB of stack.
 * -EINVAL: bad text, or one that has no meaning on this link (diag), or
 * keep_bytes is 0. -E2BIG: more than 256 tests (diag). -ENOSPC: room is too
 * small; what is in insns then is unspecified.
 */
ssize_t sfam_packet_filter_compile(struct sock_filter *insns, size_t room,
				   enum sfam_packet_link link,
				   uint32_t keep_bytes, const char *text,
				   size_t text_len, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
