/* SPDX-License-Identifier: MIT */
/* The words of packet filters, and how they are joined. */
#include <netinet/in.h>

#include "packet/filter.h"

#define NESTING_MAX 32
#define TAGS_MAX 8
/* Alternatives of which some have a vlan and some have not lie before. */
#define TAGS_UNSURE UINT8_MAX

struct parser {
	struct sfam__scan s;
	struct sfam__filter *f;
	struct sfam__words last;
	unsigned int nesting;
	uint8_t tags;		/* VLAN tags before what is tested next */
};

#define WHAT(w) (1u << SFAM__WHAT_##w)
#define BOTH_NETS (SFAM__NET_IP | SFAM__NET_IP6)

/* What each word may be followed by, and what it tests alone. */
static const struct scope {
	const char *name;
	uint8_t scope;
	uint8_t whats;
	uint8_t kind;
	uint8_t nets;
	uint16_t value;
	const char *expected;
} scopes[] = {
	{ "ether", SFAM__SCOPE_ETHER, WHAT(HOST) | WHAT(PROTO), 0, 0, 0,
	  "host, src, dst, proto, broadcast or multicast behind ether" },
	{ "ip", SFAM__SCOPE_IP, WHAT(HOST) | WHAT(NET) | WHAT(PROTO),
	  SFAM__TEST_TYPE, 0, ETH_P_IP, "host, net or proto behind ip" },
	{ "ip6", SFAM__SCOPE_IP6, WHAT(HOST) | WHAT(NET) | WHAT(PROTO),
	  SFAM__TEST_TYPE, 0, ETH_P_IPV6, "host, net or proto behind ip6" },
	{ "arp", SFAM__SCOPE_ARP, WHAT(HOST) | WHAT(NET), SFAM__TEST_TYPE, 0,
	  ETH_P_ARP, "host or net behind arp" },
	{ "rarp", SFAM__SCOPE_RARP, WHAT(HOST) | WHAT(NET), SFAM__TEST_TYPE,
	  0, ETH_P_RARP, "host or net behind rarp" },
	{ "tcp", SFAM__SCOPE_TCP, WHAT(PORT) | WHAT(PORTRANGE),
	  SFAM__TEST_PROTO, BOTH_NETS, IPPROTO_TCP,
	  "port or portrange behind tcp" },
	{ "udp", SFAM__SCOPE_UDP, WHAT(PORT) | WHAT(PORTRANGE),
	  SFAM__TEST_PROTO, BOTH_NETS, IPPROTO_UDP,
	  "port or portrange behind udp" },
	{ "sctp", SFAM__SCOPE_SCTP, WHAT(PORT) | WHAT(PORTRANGE),
	  SFAM__TEST_PROTO, BOTH_NETS, IPPROTO_SCTP,
	  "port or portrange behind sctp" },
	{ "icmp", SFAM__SCOPE_ICMP, 0, SFAM__TEST_PROTO, SFAM__NET_IP,
	  IPPROTO_ICMP, "and, or, or the end behind icmp" },
	{ "icmp6", SFAM__SCOPE_ICMP6, 0, SFAM__TEST_PROTO, SFAM__NET_IP6,
	  IPPROTO_ICMPV6, "and, or, or the end behind icmp6" },
	{ "igmp", SFAM__SCOPE_IGMP, 0, SFAM__TEST_PROTO, SFAM__NET_IP,
	  IPPROTO_IGMP, "and, or, or the end behind igmp" },
	{ "esp", SFAM__SCOPE_ESP, 0, SFAM__TEST_PROTO, BOTH_NETS,
	  IPPROTO_ESP, "and, or, or the end behind esp" },
	{ "ah", SFAM__SCOPE_AH, 0, SFAM__TEST_PROTO, BOTH_NETS, IPPROTO_AH,
	  "and, or, or the end behind ah" },
};

static const struct scope any_scope = {
	.whats = WHAT(HOST) | WHAT(NET) | WHAT(PORT) | WHAT(PORTRANGE) |
		 WHAT(PROTO),
};

static const struct sfam__name whats[] = {
	{ "host", SFAM__WHAT_HOST }, { "net", SFAM__WHAT_NET },
	{ "port", SFAM__WHAT_PORT }, { "portrange", SFAM__WHAT_PORTRANGE },
	{ "proto", SFAM__WHAT_PROTO }, { NULL, 0 },
};

/* ------------------------------------------------------------- words -- */

static int fail(const struct parser *p, size_t at, const char *expected)
{
	return sfam__scan_fail(&p->s, -EINVAL, at, expected);
}

void sfam__filter_skip_blanks(struct sfam__scan *s)
{
	while (sfam__scan_skip(s, ' ') || sfam__scan_skip(s, '\t') ||
	       sfam__scan_skip(s, '\n'))
		;
}

static bool take_word(struct parser *p, const char *word)
{
	if (!sfam__scan_word(&p->s, word))
		return false;
	sfam__filter_skip_blanks(&p->s);
	return true;
}

static bool take_sign(struct parser *p, const char *sign)
{
	const size_t n = strlen(sign);

	if (p->s.len - p->s.pos < n ||
	    memcmp(p->s.text + p->s.pos, sign, n) != 0)
		return false;
	p->s.pos += n;
	sfam__filter_skip_blanks(&p->s);
	return true;
}

static bool take_and(struct parser *p)
{
	return take_word(p, "and") || take_sign(p, "&&");
}

static bool take_or(struct parser *p)
{
	return take_word(p, "or") || take_sign(p, "||");
}

static const struct scope *take_scope(struct parser *p)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(scopes); i++)
		if (take_word(p, scopes[i].name))
			return &scopes[i];
	return &any_scope;
}

static uint8_t take_what(struct parser *p)
{
	size_t i;

	for (i = 0; whats[i].name; i++)
		if (take_word(p, whats[i].name))
			return (uint8_t)whats[i].value;
	return SFAM__WHAT_NOTHING;
}

/* src, dst, src or dst ..., or nothing. */
static bool take_side(struct parser *p, uint8_t *ret)
{
	const bool is_src = take_word(p, "src");
	const char *other = is_src ? "dst" : "src";
	size_t start;

	*ret = SFAM__SIDE_EITHER;
	if (!is_src && !take_word(p, "dst"))
		return false;
	start = p->s.pos;
	if (take_or(p) && take_word(p, other))
		return true;
	p->s.pos = start;
	*ret = SFAM__SIDE_BOTH;
	if (take_and(p) && take_word(p, other))
		return true;
	p->s.pos = start;
	*ret = is_src ? SFAM__SIDE_SRC : SFAM__SIDE_DST;
	return true;
}

/* ------------------------------------------------------------- tests -- */

static bool is_link_test(const struct sfam__test *t)
{
	return t->kind == SFAM__TEST_MAC || t->kind == SFAM__TEST_MULTICAST;
}

/* Has the test a meaning on this link, and at this place? */
static int check_place(const struct parser *p, const struct sfam__test *t,
		       size_t start)
{
	const enum sfam_packet_link link = p->f->link;

	if (link != SFAM_PACKET_LINK_ETHER && is_link_test(t))
		return fail(p, start, "no link address: there is no Ethernet "
			    "header here");
	if (link == SFAM_PACKET_LINK_IP &&
	    (t->kind == SFAM__TEST_VLAN ||
	     (t->kind == SFAM__TEST_TYPE && t->low != ETH_P_IP &&
	      t->low != ETH_P_IPV6) ||
	     (t->kind == SFAM__TEST_IPV4 && !(t->nets & SFAM__NET_IP))))
		return fail(p, start, "a test of IP: there is nothing else "
			    "here");
	if (p->tags == TAGS_UNSURE && !is_link_test(t) &&
	    t->kind != SFAM__TEST_LENGTH)
		return fail(p, start, "as many vlan in each alternative "
			    "before this");
	return 0;
}

static int add_node(struct parser *p, enum sfam__node_op op, size_t left,
		    size_t right)
{
	struct sfam__filter *f = p->f;

	f->nodes[f->nodes_n] = (struct sfam__node){
		.op = (uint8_t)op,
		.left = (uint16_t)left,
		.right = (uint16_t)right,
	};
	return (int)f->nodes_n++;
}

/* A node's index, or -errno, as of all that follow. */
static int add_test(struct parser *p, const struct sfam__test *t,
		    size_t start)
{
	struct sfam__filter *f = p->f;
	struct sfam__test *added = &f->tests[f->tests_n];
	int r = check_place(p, t, start);

	if (r < 0)
		return r;
	if (f->tests_n == TESTS_MAX)
		return sfam__scan_fail(&p->s, -E2BIG, start,
				       "256 tests at most");
	*added = *t;
	added->tags = p->tags;
	if (f->link == SFAM_PACKET_LINK_IP)
		added->nets &= BOTH_NETS;
	return add_node(p, SFAM__NODE_TEST, f->tests_n++, 0);
}

static int parse_vlan(struct parser *p, size_t start)
{
	struct sfam__test t = { .kind = SFAM__TEST_VLAN };
	const char *s = p->s.text + p->s.pos;
	int r;

	if (!sfam__scan_end(&p->s) && *s >= '0' && *s <= '9') {
		t.high = 0xfff;
		r = sfam__filter_number(&p->s, 0xfff, &t.low,
					"a VLAN ID up to 4095");
		if (r < 0)
			return r;
	}
	r = add_test(p, &t, start);
	if (r < 0)
		return r;
	if (++p->tags > TAGS_MAX)
		return fail(p, start, "at most 8 tags");
	p->f->has_vlan = true;
	return r;
}

static int parse_length(struct parser *p, bool is_less, size_t start)
{
	struct sfam__test t = {
		.kind = SFAM__TEST_LENGTH,
		.high = UINT32_MAX,
	};
	int r = sfam__filter_number(&p->s, UINT32_MAX - 1,
				    is_less ? &t.high : &t.low,
				    "a number of bytes");

	return r < 0 ? r : add_test(p, &t, start);
}

static int parse_group(struct parser *p, bool is_broadcast, size_t start)
{
	const struct sfam__test t = {
		.kind = is_broadcast ? SFAM__TEST_MAC : SFAM__TEST_MULTICAST,
		.side = SFAM__SIDE_DST,
		.addr = { UINT16_MAX, UINT32_MAX },
	};

	return add_test(p, &t, start);
}

/* A word that is a test alone: tcp. */
static int parse_alone(struct parser *p, const struct scope *scope,
		       size_t start)
{
	const struct sfam__test t = {
		.kind = scope->kind,
		.nets = scope->nets,
		.low = scope->value,
	};

	if (scope->scope == SFAM__SCOPE_ETHER)
		return fail(p, p->s.pos, scope->expected);
	p->last.what = SFAM__WHAT_NOTHING;
	return add_test(p, &t, start);
}

/* The value of words, which a later value may go without. */
static int parse_value(struct parser *p, size_t start)
{
	struct sfam__test t = { .kind = SFAM__TEST_TYPE };
	int r = sfam__filter_value(&p->s, &p->last, &t);

	return r < 0 ? r : add_test(p, &t, start);
}

static int parse_words(struct parser *p, const struct scope *scope,
		       size_t start)
{
	struct sfam__words words = { .scope = scope->scope };
	const bool has_side = take_side(p, &words.side);
	size_t at = p->s.pos;

	words.what = take_what(p);
	if (words.what == SFAM__WHAT_NOTHING && !has_side) {
		if (scope != &any_scope)
			return parse_alone(p, scope, start);
		if (p->last.what == SFAM__WHAT_NOTHING)
			return fail(p, at, "a test, like host, net, port, "
				    "proto, ip, tcp, arp or vlan");
		return parse_value(p, start);
	}
	if (words.what == SFAM__WHAT_NOTHING)
		words.what = SFAM__WHAT_HOST;
	if (!(scope->whats & 1u << words.what))
		return fail(p, at, scope->expected);
	if (has_side && words.what == SFAM__WHAT_PROTO)
		return fail(p, at, "host, net, port or portrange behind src "
			    "or dst");
	p->last = words;
	return parse_value(p, start);
}

static int parse_test(struct parser *p)
{
	const size_t start = p->s.pos;
	const struct scope *scope = take_scope(p);

	if (scope == &any_scope || scope->scope == SFAM__SCOPE_ETHER) {
		if (take_word(p, "broadcast"))
			return parse_group(p, true, start);
		if (take_word(p, "multicast"))
			return parse_group(p, false, start);
	}
	if (scope == &any_scope) {
		if (take_word(p, "vlan"))
			return parse_vlan(p, start);
		if (take_word(p, "less"))
			return parse_length(p, true, start);
		if (take_word(p, "greater"))
			return parse_length(p, false, start);
	}
	return parse_words(p, scope, start);
}

/* -------------------------------------------------------------- tree -- */

static int parse_expression(struct parser *p);

static int parse_parentheses(struct parser *p)
{
	int node;

	if (p->nesting == NESTING_MAX)
		return fail(p, p->s.pos, "at most 32 \"(\" in each other");
	p->nesting++;
	node = parse_expression(p);
	if (node < 0)
		return node;
	if (!take_sign(p, ")"))
		return fail(p, p->s.pos, "and, or, or \")\"");
	p->nesting--;
	return node;
}

static int parse_term(struct parser *p)
{
	const uint8_t tags = p->tags;
	bool negated = false;
	bool was_not = false;
	int node;

	while (take_word(p, "not") || take_sign(p, "!")) {
		negated = !negated;
		was_not = true;
	}
	node = take_sign(p, "(") ? parse_parentheses(p) : parse_test(p);
	if (node < 0)
		return node;
	sfam__filter_skip_blanks(&p->s);
	if (negated)
		p->f->nodes[node].negated ^= 1;
	if (was_not)
		p->tags = tags;
	return node;
}

static int parse_expression(struct parser *p)
{
	const uint8_t tags = p->tags;
	uint8_t tags_left;
	int left, right;
	bool is_or;

	left = parse_term(p);
	if (left < 0)
		return left;
	while ((is_or = take_or(p)) || take_and(p)) {
		tags_left = p->tags;
		if (is_or)
			p->tags = tags;
		right = parse_term(p);
		if (right < 0)
			return right;
		if (is_or && p->tags != tags_left)
			p->tags = TAGS_UNSURE;
		left = add_node(p, is_or ? SFAM__NODE_OR : SFAM__NODE_AND,
				(size_t)left, (size_t)right);
	}
	return left;
}

int sfam__filter_parse(struct sfam__filter *f, const char *text, size_t len,
		       struct sfam_diag *diag)
{
	struct parser p = { .s = { text, len, 0, diag }, .f = f };
	int root;

	f->tests_n = f->nodes_n = 0;
	f->has_vlan = false;
	sfam__filter_skip_blanks(&p.s);
	f->is_empty = sfam__scan_end(&p.s);
	if (f->is_empty)
		return 0;
	root = parse_expression(&p);
	if (root < 0)
		return root;
	if (!sfam__scan_end(&p.s))
		return fail(&p, p.s.pos, "and, or, or the end");
	f->root = (uint16_t)root;
	return 0;
}
