/* SPDX-License-Identifier: MIT */
/* The values of packet filters: addresses, ports, protocols. */
#include <arpa/inet.h>

#include "packet/filter.h"

#define ETHER_TYPE_MIN 0x600	/* below that it is a length */

static bool is_digit(const struct sfam__scan *s)
{
	return s->pos < s->len && s->text[s->pos] >= '0' &&
	       s->text[s->pos] <= '9';
}

int sfam__filter_number(struct sfam__scan *s, uint32_t max, uint32_t *ret,
			const char *expected)
{
	struct sfam__scan next = *s;

	if (sfam__scan_skip(&next, '0') && is_digit(&next))
		return sfam__scan_fail(s, -EINVAL, s->pos,
				       "a number without leading zeros");
	return sfam__scan_u32(s, max, ret, expected);
}

/* --------------------------------------------------------- addresses -- */

/* How many bytes of an address come next. */
static size_t address_run(const struct sfam__scan *s)
{
	size_t i;
	char c;

	for (i = s->pos; i < s->len; i++) {
		c = s->text[i];
		if (c != ':' && c != '.' &&
		    sfam__hex_value[(unsigned char)c] == 0xff)
			break;
	}
	return i - s->pos;
}

/* One to four numbers with dots between: the first bytes of an address. */
static int scan_octets(struct sfam__scan *s, uint32_t *ret,
		       unsigned int *ret_n)
{
	static const char expected[] = "a number up to 255";
	uint32_t octet, v = 0;
	unsigned int n = 0;
	int r;

	do {
		r = sfam__filter_number(s, 255, &octet, expected);
		if (r < 0)
			return r;
		v |= octet << (24 - 8 * n);
	} while (++n < 4 && sfam__scan_skip(s, '.'));
	*ret = v;
	*ret_n = n;
	return 0;
}

static uint32_t mask_of(uint32_t bits)
{
	return bits ? UINT32_MAX << (32 - bits) : 0;
}

/* /BITS, mask MASK, or what the address itself says. */
static int scan_ipv4_mask(struct sfam__scan *s, unsigned int octets,
			  uint32_t *ret)
{
	uint32_t bits = 8 * octets;
	size_t start;
	int r;

	if (sfam__scan_skip(s, '/')) {
		r = sfam__filter_number(s, 32, &bits, "0 to 32 bits");
		if (r < 0)
			return r;
	} else {
		start = s->pos;
		sfam__filter_skip_blanks(s);
		if (sfam__scan_word(s, "mask")) {
			sfam__filter_skip_blanks(s);
			return scan_octets(s, ret, &octets);
		}
		s->pos = start;
	}
	*ret = mask_of(bits);
	return 0;
}

static int scan_ipv4(struct sfam__scan *s, bool is_net,
		     struct sfam__test *ret)
{
	const size_t start = s->pos;
	unsigned int octets;
	int r;

	r = scan_octets(s, &ret->addr[0], &octets);
	if (r < 0)
		return r;
	if (!is_net && octets < 4)
		return sfam__scan_fail(s, -EINVAL, s->pos,
				       "four numbers of an IPv4 address");
	ret->mask[0] = UINT32_MAX;
	if (is_net) {
		r = scan_ipv4_mask(s, octets, &ret->mask[0]);
		if (r < 0)
			return r;
	}
	if (ret->addr[0] & ~ret->mask[0])
		return sfam__scan_fail(s, -EINVAL, start, "a network: no bits "
				       "of the address outside of its mask");
	ret->kind = SFAM__TEST_IPV4;
	return 0;
}

static int scan_ipv6(struct sfam__scan *s, bool is_net,
		     struct sfam__test *ret)
{
	static const char expected[] = "an IPv6 address";
	const size_t start = s->pos;
	const size_t n = address_run(s);
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;
	uint32_t bits = 128;
	size_t i;
	int r;

	if (n >= sizeof(text))
		return sfam__scan_fail(s, -EINVAL, start, expected);
	memcpy(text, s->text + start, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, &addr) != 1)
		return sfam__scan_fail(s, -EINVAL, start, expected);
	s->pos += n;
	if (is_net && sfam__scan_skip(s, '/')) {
		r = sfam__filter_number(s, 128, &bits, "0 to 128 bits");
		if (r < 0)
			return r;
	}
	for (i = 0; i < 4; i++, bits -= bits < 32 ? bits : 32) {
		ret->addr[i] = ntohl(addr.s6_addr32[i]);
		ret->mask[i] = mask_of(bits < 32 ? bits : 32);
		if (ret->addr[i] & ~ret->mask[i])
			return sfam__scan_fail(s, -EINVAL, start, "a network: "
					       "no bits of the address behind "
					       "its length");
	}
	ret->kind = SFAM__TEST_IPV6;
	return 0;
}

static int scan_mac(struct sfam__scan *s, struct sfam__test *ret)
{
	static const char expected[] = "a MAC address, like 2:0:5e:10:0:1";
	const size_t start = s->pos;
	uint64_t mac = 0;
	uint32_t byte = 0;
	size_t i, n;

	for (i = 0; i < ETH_ALEN; i++) {
		n = i == 0 || sfam__scan_skip(s, ':') ?
		    sfam__scan_hex_run(s) : 0;
		if (n < 1 || n > 2)
			return sfam__scan_fail(s, -EINVAL, start, expected);
		sfam__scan_hex(s, n, &byte, expected);
		mac = mac << 8 | byte;
	}
	ret->kind = SFAM__TEST_MAC;
	ret->addr[0] = (uint32_t)(mac >> 32);
	ret->addr[1] = (uint32_t)mac;
	return 0;
}

/* The networks that an address behind these words may be of. */
static unsigned int nets_of(unsigned int scope)
{
	switch (scope) {
	case SFAM__SCOPE_IP:
		return SFAM__NET_IP;
	case SFAM__SCOPE_IP6:
		return SFAM__NET_IP6;
	case SFAM__SCOPE_ARP:
		return SFAM__NET_ARP;
	case SFAM__SCOPE_RARP:
		return SFAM__NET_RARP;
	default:
		return SFAM__NET_IP | SFAM__NET_IP6 | SFAM__NET_ARP |
		       SFAM__NET_RARP;
	}
}

static int scan_address(struct sfam__scan *s, const struct sfam__words *words,
			struct sfam__test *ret)
{
	const bool is_net = words->what == SFAM__WHAT_NET;
	const size_t n = address_run(s);
	const bool is_ipv6 = n > 0 && memchr(s->text + s->pos, ':', n);

	ret->nets = (uint8_t)nets_of(words->scope);
	if (is_ipv6 && !(ret->nets & SFAM__NET_IP6))
		return sfam__scan_fail(s, -EINVAL, s->pos,
				       "an IPv4 address");
	if (is_ipv6)
		return scan_ipv6(s, is_net, ret);
	if (ret->nets == SFAM__NET_IP6)
		return sfam__scan_fail(s, -EINVAL, s->pos,
				       "an IPv6 address");
	if (!is_digit(s))
		return sfam__scan_fail(s, -EINVAL, s->pos, "an IPv4 or IPv6 "
				       "address (names are not looked up)");
	return scan_ipv4(s, is_net, ret);
}

/* ----------------------------------------------- ports and protocols -- */

static int scan_ports(struct sfam__scan *s, const struct sfam__words *words,
		      struct sfam__test *ret)
{
	static const char expected[] = "a port number up to 65535";
	uint32_t was;
	int r;

	ret->kind = SFAM__TEST_PORT;
	ret->transports = words->scope == SFAM__SCOPE_TCP ? SFAM__PORTS_TCP :
			  words->scope == SFAM__SCOPE_UDP ? SFAM__PORTS_UDP :
			  words->scope == SFAM__SCOPE_SCTP ?
			  SFAM__PORTS_SCTP :
			  SFAM__PORTS_TCP | SFAM__PORTS_UDP |
			  SFAM__PORTS_SCTP;
	r = sfam__filter_number(s, UINT16_MAX, &ret->low, expected);
	if (r < 0)
		return r;
	ret->high = ret->low;
	if (words->what == SFAM__WHAT_PORT || !sfam__scan_skip(s, '-'))
		return 0;
	r = sfam__filter_number(s, UINT16_MAX, &ret->high, expected);
	if (r == 0 && ret->low > ret->high) {
		was = ret->low;
		ret->low = ret->high;
		ret->high = was;
	}
	return r;
}

static const struct sfam__name protocols[] = {
	{ "icmp", IPPROTO_ICMP }, { "igmp", IPPROTO_IGMP },
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP }, { "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH }, { NULL, 0 },
};

static const struct sfam__name types[] = {
	{ "ip6", ETH_P_IPV6 }, { "ip", ETH_P_IP },
	{ "arp", ETH_P_ARP }, { "rarp", ETH_P_RARP },
	{ NULL, 0 },
};

/* Names have a backslash before them, since most are words too. */
static int scan_protocol(struct sfam__scan *s,
			 const struct sfam__words *words,
			 struct sfam__test *ret)
{
	const bool is_type = words->scope == SFAM__SCOPE_ETHER;
	const char *expected = is_type ?
		"an Ethernet type of 0x600 to 0xffff, \\ip, \\ip6, \\arp or "
		"\\rarp" :
		"a protocol up to 255, \\tcp, \\udp, \\sctp, \\icmp, \\igmp, "
		"\\esp or \\ah";
	const struct sfam__name *name = is_type ? types : protocols;
	const size_t start = s->pos;
	int r;

	ret->kind = is_type ? SFAM__TEST_TYPE : SFAM__TEST_PROTO;
	ret->nets = (uint8_t)nets_of(words->scope);
	if (sfam__scan_skip(s, '\\')) {
		for (; name->name; name++) {
			if (sfam__scan_word(s, name->name)) {
				ret->low = name->value;
				return 0;
			}
		}
		return sfam__scan_fail(s, -EINVAL, start, expected);
	}
	r = sfam__filter_number(s, is_type ? UINT16_MAX : UINT8_MAX,
				&ret->low, expected);
	if (r < 0)
		return r;
	if (is_type && ret->low < ETHER_TYPE_MIN)
		return sfam__scan_fail(s, -EINVAL, start, expected);
	return 0;
}

int sfam__filter_value(struct sfam__scan *s, const struct sfam__words *words,
		       struct sfam__test *ret)
{
	ret->side = words->side;
	switch (words->what) {
	case SFAM__WHAT_PORT:
	case SFAM__WHAT_PORTRANGE:
		return scan_ports(s, words, ret);
	case SFAM__WHAT_PROTO:
		return scan_protocol(s, words, ret);
	default:
		if (words->scope == SFAM__SCOPE_ETHER)
			return scan_mac(s, ret);
		return scan_address(s, words, ret);
	}
}
