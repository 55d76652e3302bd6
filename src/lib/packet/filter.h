/* SPDX-License-Identifier: MIT */
/*
 * Packet filters: text (filter-parse.c, filter-value.c) to a tree of tests,
 * which becomes a program (filter-gen.c, filter-test.c) from its end to its
 * beginning (bpf-code.h), so that each jump's target is known.
 */
#ifndef SFAM_PACKET_FILTER_H
#define SFAM_PACKET_FILTER_H

#include <linux/if_ether.h>

#include "base/text.h"
#include "socket/bpf-code.h"

#include <sockfam/packet-filter.h>

#define TESTS_MAX 256

/* -------------------------------------------------------------- tree -- */

enum sfam__test_kind {
	SFAM__TEST_TYPE,	/* ethertype: low */
	SFAM__TEST_PROTO,	/* of IP: low */
	SFAM__TEST_IPV4,	/* host or net: addr[0], mask[0] */
	SFAM__TEST_IPV6,	/* host or net */
	SFAM__TEST_MAC,		/* addr[0]: 2 bytes, addr[1]: 4 */
	SFAM__TEST_MULTICAST,
	SFAM__TEST_PORT,	/* low to high */
	SFAM__TEST_VLAN,	/* (tag & high) == low */
	SFAM__TEST_LENGTH,	/* low to high */
};

/* Which address or port. */
enum sfam__side {
	SFAM__SIDE_EITHER,
	SFAM__SIDE_BOTH,
	SFAM__SIDE_SRC,
	SFAM__SIDE_DST,
};

/* Network protocols that a test is about. */
#define SFAM__NET_IP	(1u << 0)
#define SFAM__NET_IP6	(1u << 1)
#define SFAM__NET_ARP	(1u << 2)
#define SFAM__NET_RARP	(1u << 3)

/* Transports that have ports. */
#define SFAM__PORTS_TCP		(1u << 0)
#define SFAM__PORTS_UDP		(1u << 1)
#define SFAM__PORTS_SCTP	(1u << 2)

struct sfam__test {
	uint8_t kind;
	uint8_t side;
	uint8_t nets;		/* SFAM__NET_... */
	uint8_t transports;	/* SFAM__PORTS_... */
	uint8_t tags;		/* VLAN tags before what is tested */
	uint32_t low, high;
	uint32_t addr[4];	/* in host order, first bytes first */
	uint32_t mask[4];
};

enum sfam__node_op { SFAM__NODE_TEST, SFAM__NODE_AND, SFAM__NODE_OR };

struct sfam__node {
	uint8_t op;
	uint8_t negated;
	uint16_t left;		/* of TEST: which */
	uint16_t right;
};

struct sfam__filter {
	enum sfam_packet_link link;
	struct sfam__test tests[TESTS_MAX];
	size_t tests_n;
	struct sfam__node nodes[2 * TESTS_MAX];
	size_t nodes_n;
	uint16_t root;
	bool is_empty;
	bool has_vlan;
};

int sfam__filter_parse(struct sfam__filter *f, const char *text, size_t len,
		       struct sfam_diag *diag);

/* What stands before a value, and is taken again where nothing does. */
struct sfam__words {
	uint8_t scope;		/* enum sfam__scope */
	uint8_t side;
	uint8_t what;		/* enum sfam__what */
};

enum sfam__scope {
	SFAM__SCOPE_ANY, SFAM__SCOPE_ETHER,
	SFAM__SCOPE_IP, SFAM__SCOPE_IP6, SFAM__SCOPE_ARP, SFAM__SCOPE_RARP,
	SFAM__SCOPE_TCP, SFAM__SCOPE_UDP, SFAM__SCOPE_SCTP,
	/* These stand alone. */
	SFAM__SCOPE_ICMP, SFAM__SCOPE_ICMP6, SFAM__SCOPE_IGMP,
	SFAM__SCOPE_ESP, SFAM__SCOPE_AH,
};

enum sfam__what {
	SFAM__WHAT_NOTHING, SFAM__WHAT_HOST, SFAM__WHAT_NET,
	SFAM__WHAT_PORT, SFAM__WHAT_PORTRANGE, SFAM__WHAT_PROTO,
};

void sfam__filter_skip_blanks(struct sfam__scan *s);

/* In filter-value.c: the value behind these words, to a test. */
int sfam__filter_value(struct sfam__scan *s, const struct sfam__words *words,
		       struct sfam__test *ret);
/* A number without the leading zeros that tcpdump takes for octal. */
int sfam__filter_number(struct sfam__scan *s, uint32_t max, uint32_t *ret,
			const char *expected);

/* In filter-test.c: where one test's answers lead. */
struct sfam__gen {
	struct sfam__code code;
	const struct sfam__filter *filter;
	bool has_tag;		/* the outermost tag is beside the bytes */
};
size_t sfam__gen_test(struct sfam__gen *g, const struct sfam__test *t,
		      size_t yes, size_t no);
/* In filter-gen.c. */
size_t sfam__gen_program(struct sfam__gen *g, uint32_t keep_bytes);

#endif
