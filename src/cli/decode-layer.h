/* SPDX-License-Identifier: MIT */
/*
 * The layers of decode.h, one group of protocols a file. From the outside
 * in, each gets the view of its bytes and hands a part of it on. A layer that
 * was cut is written as [|name], as tcpdump does.
 */
#ifndef SFAM_CLI_DECODE_LAYER_H
#define SFAM_CLI_DECODE_LAYER_H

#include "decode.h"
#include "decode-text.h"

enum {
	VLANS_MAX = 4,		/* tags followed */
	EXTENSIONS_MAX = 8,	/* IPv6 headers followed */
};

struct decode {
	struct text text;
	unsigned int flags;
	unsigned int depth;	/* of packets in packets */
	int is_quote;		/* of an ICMP error: cut by who sent it */
	struct view start;	/* the network layer of the outermost */
	struct view rest;	/* see struct decode_extent */
	int rest_is_plain;
};

/* What a transport has to know of the IP header before it. */
struct ends {
	unsigned int version;
	struct ip_text src, dst;
	uint32_t sum;		/* of the addresses, for its checksum */
	int is_fragment;	/* there is more than the lengths say */
	int is_named;		/* the addresses are written already */
};

int decode_is_verbose(const struct decode *d);
/* "IP ", where the link header has not said so already. */
void decode_prefix(struct decode *d, const char *name);
/* Nobody knows what this is: a dump for the reader. */
void decode_rest(struct decode *d, struct view v, int is_plain);
/* 0, and a word about it, if packets in packets are too deep. */
int decode_enter(struct decode *d);
void decode_leave(struct decode *d);

/* Links */
void decode_ethernet(struct decode *d, struct view v);
void decode_sll(struct decode *d, struct view v);
void decode_sll2(struct decode *d, struct view v);
void decode_cooked(struct decode *d, struct view v,
		   const struct decode_packet *p);
void decode_raw(struct decode *d, struct view v);
/* Whether a protocol's number means a CAN frame. */
int decode_is_can(unsigned int type);
void decode_can(struct decode *d, struct view v, int is_file);

/* Takes the tags off, and the type behind them with it. */
struct view decode_skip_vlans(struct view v, unsigned int *type);
/* The tags from v to end, each with the type that it has inside. */
void decode_vlans(struct text *t, struct view v, struct view end);
const char *decode_ethertype_name(unsigned int type);
/* 0: nothing was written; the type is not known. */
int decode_network(struct decode *d, struct view v, unsigned int type);

/* Networks */
void decode_arp(struct decode *d, struct view v);
void decode_ip4(struct decode *d, struct view v);
void decode_ip4_options(struct decode *d, struct view v);
void decode_ip6(struct decode *d, struct view v);
/*
 * Goes over the headers between IPv6 and the transport, up to that of a later
 * fragment. *ret_fragment is the fragment header; empty if there is none.
 */
struct view decode_ip6_skip(struct view v, unsigned int *proto,
			    struct view *ret_fragment);
void decode_ip6_options(struct decode *d, struct view v);
void decode_mpls(struct decode *d, struct view v);
void decode_lldp(struct decode *d, struct view v);

/* Transports */
const char *decode_protocol_name(unsigned int proto);
void decode_transport(struct decode *d, struct ends *e, unsigned int proto,
		      struct view v);
/* "A > B: ", if it has not been written. */
void decode_names(struct decode *d, struct ends *e);
/* The same with ports: the first four bytes. */
void decode_ports(struct decode *d, struct ends *e, struct view v);
/* What a checksum over addresses, protocol and length starts with. */
uint32_t decode_pseudo_sum(const struct ends *e, unsigned int proto,
			   size_t len);
void decode_icmp(struct decode *d, const struct ends *e, struct view v);
void decode_icmp6(struct decode *d, const struct ends *e, struct view v);
void decode_nd_options(struct decode *d, struct view v);
void decode_mld_query(struct decode *d, struct view v);
void decode_mld_report(struct decode *d, struct view v);
void decode_igmp(struct decode *d, struct view v);
void decode_tcp(struct decode *d, const struct ends *e, struct view v);
const char *decode_tcp_flags(char buf[16], unsigned int bits);
void decode_tcp_options(struct decode *d, struct view v);
void decode_udp(struct decode *d, const struct ends *e, struct view v);
void decode_sctp(struct decode *d, struct view v);
void decode_gre(struct decode *d, struct view v);

#endif
