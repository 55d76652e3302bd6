/* SPDX-License-Identifier: MIT */
/*
 * The instructions of one test. Each function returns where it begins, and
 * goes on at yes or no; read them from the last line to the first.
 */
#include <netinet/in.h>

#include "packet/filter.h"

#define LOAD_B (BPF_LD | BPF_B | BPF_ABS)
#define LOAD_H (BPF_LD | BPF_H | BPF_ABS)
#define LOAD_W (BPF_LD | BPF_W | BPF_ABS)
#define ETH_P_QINQ_OLD 0x9100

/* Tags in the bytes before what is tested. */
static unsigned int tags(const struct sfam__gen *g,
			 const struct sfam__test *t)
{
	return t->tags - (g->has_tag && t->tags > 0 ? 1u : 0u);
}

/* Where the network header begins. */
static uint32_t net_offset(const struct sfam__gen *g, unsigned int tags_n)
{
	return (g->filter->link == SFAM_PACKET_LINK_ETHER ? ETH_HLEN : 0) +
	       4 * tags_n;
}

static size_t load_type(struct sfam__gen *g, unsigned int tags_n, size_t next)
{
	struct sfam__code *c = &g->code;

	if (g->filter->link == SFAM_PACKET_LINK_IP) {
		next = sfam__code_do(c, BPF_ALU | BPF_AND | BPF_K, 0xf0,
				     next);
		return sfam__code_do(c, LOAD_B, 0, next);
	}
	if (g->filter->link == SFAM_PACKET_LINK_COOKED && tags_n == 0)
		return sfam__code_do(c, LOAD_W,
				     (uint32_t)SKF_AD_OFF + SKF_AD_PROTOCOL,
				     next);
	return sfam__code_do(c, LOAD_H, net_offset(g, tags_n) - 2, next);
}

/* Behind load_type(). On raw IP its version stands for it. */
static size_t is_type(struct sfam__gen *g, uint32_t type, size_t yes,
		      size_t no)
{
	if (g->filter->link == SFAM_PACKET_LINK_IP)
		type = type == ETH_P_IP ? 0x40 : 0x60;
	return sfam__code_branch(&g->code, BPF_JEQ, type, yes, no);
}

/* (what was loaded & mask) == value */
static size_t masked(struct sfam__gen *g, unsigned int load, uint32_t offset,
		     uint32_t mask, uint32_t value, size_t yes, size_t no)
{
	const uint32_t all = load == LOAD_H ? UINT16_MAX : UINT32_MAX;

	if (mask == 0)
		return yes;
	yes = sfam__code_branch(&g->code, BPF_JEQ, value, yes, no);
	if (mask != all)
		yes = sfam__code_do(&g->code, BPF_ALU | BPF_AND | BPF_K, mask,
				    yes);
	return sfam__code_do(&g->code, load, offset, yes);
}

/* One address or port, at this offset. */
typedef size_t one_side(struct sfam__gen *g, const struct sfam__test *t,
			uint32_t offset, size_t yes, size_t no);

static size_t sides(struct sfam__gen *g, const struct sfam__test *t,
		    one_side *one, uint32_t src, uint32_t dst, size_t yes,
		    size_t no)
{
	switch (t->side) {
	case SFAM__SIDE_SRC:
		return one(g, t, src, yes, no);
	case SFAM__SIDE_DST:
		return one(g, t, dst, yes, no);
	case SFAM__SIDE_BOTH:
		return one(g, t, src, one(g, t, dst, yes, no), no);
	default:
		return one(g, t, src, yes, one(g, t, dst, yes, no));
	}
}

static size_t type(struct sfam__gen *g, const struct sfam__test *t,
		   size_t yes, size_t no)
{
	return load_type(g, tags(g, t), is_type(g, t->low, yes, no));
}

/* --------------------------------------------------------- addresses -- */

static size_t ipv4_side(struct sfam__gen *g, const struct sfam__test *t,
			uint32_t offset, size_t yes, size_t no)
{
	return masked(g, LOAD_W, offset, t->mask[0], t->addr[0], yes, no);
}

static size_t ipv4(struct sfam__gen *g, const struct sfam__test *t,
		   size_t yes, size_t no)
{
	const uint32_t at = net_offset(g, tags(g, t));
	size_t next = no;
	size_t body;

	if (t->nets & (SFAM__NET_ARP | SFAM__NET_RARP)) {
		body = sides(g, t, ipv4_side, at + 14, at + 24, yes, no);
		if (t->nets & SFAM__NET_RARP)
			next = is_type(g, ETH_P_RARP, body, next);
		if (t->nets & SFAM__NET_ARP)
			next = is_type(g, ETH_P_ARP, body, next);
	}
	if (t->nets & SFAM__NET_IP) {
		body = sides(g, t, ipv4_side, at + 12, at + 16, yes, no);
		next = is_type(g, ETH_P_IP, body, next);
	}
	return load_type(g, tags(g, t), next);
}

static size_t ipv6_side(struct sfam__gen *g, const struct sfam__test *t,
			uint32_t offset, size_t yes, size_t no)
{
	uint32_t i;

	for (i = 4; i-- > 0;)
		yes = masked(g, LOAD_W, offset + 4 * i, t->mask[i],
			     t->addr[i], yes, no);
	return yes;
}

static size_t ipv6(struct sfam__gen *g, const struct sfam__test *t,
		   size_t yes, size_t no)
{
	const uint32_t at = net_offset(g, tags(g, t));

	yes = sides(g, t, ipv6_side, at + 8, at + 24, yes, no);
	return load_type(g, tags(g, t), is_type(g, ETH_P_IPV6, yes, no));
}

static size_t mac_side(struct sfam__gen *g, const struct sfam__test *t,
		       uint32_t offset, size_t yes, size_t no)
{
	yes = masked(g, LOAD_H, offset, UINT16_MAX, t->addr[0], yes, no);
	return masked(g, LOAD_W, offset + 2, UINT32_MAX, t->addr[1], yes, no);
}

static size_t multicast(struct sfam__gen *g, size_t yes, size_t no)
{
	yes = sfam__code_branch(&g->code, BPF_JSET, 1, yes, no);
	return sfam__code_do(&g->code, LOAD_B, 0, yes);
}

/* --------------------------------------------------------- protocols -- */

static size_t proto(struct sfam__gen *g, const struct sfam__test *t,
		    size_t yes, size_t no)
{
	const uint32_t at = net_offset(g, tags(g, t));
	struct sfam__code *c = &g->code;
	size_t next = no;
	size_t body;

	if (t->nets & SFAM__NET_IP6) {
		body = sfam__code_branch(c, BPF_JEQ, t->low, yes, no);
		body = sfam__code_do(c, LOAD_B, at + 40, body);
		body = sfam__code_branch(c, BPF_JEQ, IPPROTO_FRAGMENT, body,
					 no);
		body = sfam__code_branch(c, BPF_JEQ, t->low, yes, body);
		body = sfam__code_do(c, LOAD_B, at + 6, body);
		next = is_type(g, ETH_P_IPV6, body, next);
	}
	if (t->nets & SFAM__NET_IP) {
		body = sfam__code_branch(c, BPF_JEQ, t->low, yes, no);
		body = sfam__code_do(c, LOAD_B, at + 9, body);
		next = is_type(g, ETH_P_IP, body, next);
	}
	return load_type(g, tags(g, t), next);
}

/* Is what was loaded one of the test's transports? */
static size_t transport(struct sfam__gen *g, const struct sfam__test *t,
			size_t yes, size_t no)
{
	struct sfam__code *c = &g->code;

	if (t->transports & SFAM__PORTS_UDP)
		no = sfam__code_branch(c, BPF_JEQ, IPPROTO_UDP, yes, no);
	if (t->transports & SFAM__PORTS_TCP)
		no = sfam__code_branch(c, BPF_JEQ, IPPROTO_TCP, yes, no);
	if (t->transports & SFAM__PORTS_SCTP)
		no = sfam__code_branch(c, BPF_JEQ, IPPROTO_SCTP, yes, no);
	return no;
}

/* Is what was loaded within low to high? */
static size_t within(struct sfam__gen *g, const struct sfam__test *t,
		     size_t yes, size_t no)
{
	struct sfam__code *c = &g->code;

	if (t->low == t->high)
		return sfam__code_branch(c, BPF_JEQ, t->low, yes, no);
	if (t->high < UINT32_MAX)
		yes = sfam__code_branch(c, BPF_JGT, t->high, no, yes);
	if (t->low == 0)
		return yes;
	return sfam__code_branch(c, BPF_JGE, t->low, yes, no);
}

static size_t port_fixed(struct sfam__gen *g, const struct sfam__test *t,
			 uint32_t offset, size_t yes, size_t no)
{
	return sfam__code_do(&g->code, LOAD_H, offset,
			     within(g, t, yes, no));
}

/* Behind an IPv4 header, whose length is in X. */
static size_t port_behind(struct sfam__gen *g, const struct sfam__test *t,
			  uint32_t offset, size_t yes, size_t no)
{
	return sfam__code_do(&g->code, BPF_LD | BPF_H | BPF_IND, offset,
			     within(g, t, yes, no));
}

static size_t port(struct sfam__gen *g, const struct sfam__test *t,
		   size_t yes, size_t no)
{
	const uint32_t at = net_offset(g, tags(g, t));
	struct sfam__code *c = &g->code;
	size_t next, body;

	body = sides(g, t, port_behind, at, at + 2, yes, no);
	body = sfam__code_do(c, BPF_LDX | BPF_B | BPF_MSH, at, body);
	/* Only the first fragment has the ports. */
	body = sfam__code_branch(c, BPF_JSET, 0x1fff, no, body);
	body = sfam__code_do(c, LOAD_H, at + 6, body);
	body = transport(g, t, body, no);
	body = sfam__code_do(c, LOAD_B, at + 9, body);
	next = is_type(g, ETH_P_IP, body, no);
	body = sides(g, t, port_fixed, at + 40, at + 42, yes, no);
	body = transport(g, t, body, no);
	body = sfam__code_do(c, LOAD_B, at + 6, body);
	next = is_type(g, ETH_P_IPV6, body, next);
	return load_type(g, tags(g, t), next);
}

static size_t vlan(struct sfam__gen *g, const struct sfam__test *t,
		   size_t yes, size_t no)
{
	const unsigned int n = tags(g, t);
	size_t next;

	/* The program begins with the look whether it is there. */
	if (g->has_tag && t->tags == 0)
		return masked(g, LOAD_W,
			      (uint32_t)SKF_AD_OFF + SKF_AD_VLAN_TAG,
			      t->high, t->low, yes, no);
	yes = masked(g, LOAD_H, net_offset(g, n), t->high, t->low, yes, no);
	next = is_type(g, ETH_P_QINQ_OLD, yes, no);
	next = is_type(g, ETH_P_8021AD, yes, next);
	next = is_type(g, ETH_P_8021Q, yes, next);
	return load_type(g, n, next);
}

static size_t length(struct sfam__gen *g, const struct sfam__test *t,
		     size_t yes, size_t no)
{
	return sfam__code_do(&g->code, BPF_LD | BPF_W | BPF_LEN, 0,
			     within(g, t, yes, no));
}

size_t sfam__gen_test(struct sfam__gen *g, const struct sfam__test *t,
		      size_t yes, size_t no)
{
	switch (t->kind) {
	case SFAM__TEST_TYPE:
		return type(g, t, yes, no);
	case SFAM__TEST_PROTO:
		return proto(g, t, yes, no);
	case SFAM__TEST_IPV4:
		return ipv4(g, t, yes, no);
	case SFAM__TEST_IPV6:
		return ipv6(g, t, yes, no);
	case SFAM__TEST_MAC:
		return sides(g, t, mac_side, ETH_ALEN, 0, yes, no);
	case SFAM__TEST_MULTICAST:
		return multicast(g, yes, no);
	case SFAM__TEST_PORT:
		return port(g, t, yes, no);
	case SFAM__TEST_VLAN:
		return vlan(g, t, yes, no);
	default:
		return length(g, t, yes, no);
	}
}
