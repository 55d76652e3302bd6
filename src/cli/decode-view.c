// SPDX-License-Identifier: MIT
/* Reading in bounds: see decode-view.h. */
#include <arpa/inet.h>

#include "decode-view.h"

unsigned int view_u8(struct view v, size_t at)
{
	return at < v.cap ? v.data[at] : 0;
}

unsigned int view_be16(struct view v, size_t at)
{
	return view_u8(v, at) << 8 | view_u8(v, at + 1);
}

uint32_t view_be32(struct view v, size_t at)
{
	return (uint32_t)view_be16(v, at) << 16 | view_be16(v, at + 2);
}

int view_is_whole(struct view v)
{
	return v.cap >= v.orig;
}

struct view view_behind(struct view v, size_t n)
{
	size_t cap = n < v.cap ? n : v.cap;
	size_t orig = n < v.orig ? n : v.orig;
	struct view ret = { v.data + cap, v.cap - cap, v.orig - orig };

	return ret;
}

struct view view_first(struct view v, size_t n)
{
	struct view ret = { v.data, v.cap < n ? v.cap : n, n };

	return ret;
}

static struct ip_text get_address(struct view v, size_t at, int af)
{
	struct ip_text t = { "" };
	uint8_t a[16];
	size_t i;

	for (i = 0; i < sizeof(a); i++)
		a[i] = (uint8_t)view_u8(v, at + i);
	inet_ntop(af, a, t.s, sizeof(t.s));
	return t;
}

struct ip_text view_ip4(struct view v, size_t at)
{
	return get_address(v, at, AF_INET);
}

struct ip_text view_ip6(struct view v, size_t at)
{
	return get_address(v, at, AF_INET6);
}

uint32_t view_sum(struct view v, uint32_t start)
{
	uint64_t sum = start;
	size_t i;

	for (i = 0; i < v.cap; i += 2)
		sum += view_be16(v, i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)sum;
}

unsigned int view_checksum(struct view v, size_t len, size_t field,
			   uint32_t start)
{
	uint32_t sum = view_sum(view_first(v, len), start);

	sum += 0xffff - view_be16(v, field);
	sum = (sum & 0xffff) + (sum >> 16);
	return 0xffff - sum;
}
