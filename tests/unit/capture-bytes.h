/* SPDX-License-Identifier: MIT */
/* Files in memory: bytes in either byte order, blocks of pcapng. */
#ifndef CAPTURE_BYTES_H
#define CAPTURE_BYTES_H

#include <stdint.h>
#include <string.h>

#include <check.h>

#define HOST_BIG (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

struct bytes {
	uint8_t at[16384];
	size_t len;
	size_t block;		/* where the open one begins */
	int big;		/* big-endian */
};

static inline void put(struct bytes *b, const void *p, size_t n)
{
	ck_assert_uint_le(b->len + n, sizeof(b->at));
	memcpy(b->at + b->len, p, n);
	b->len += n;
}

static inline void put_number(struct bytes *b, uint64_t v, size_t n)
{
	uint8_t p[8];
	size_t i;

	for (i = 0; i < n; i++)
		p[b->big ? n - 1 - i : i] = (uint8_t)(v >> 8 * i);
	put(b, p, n);
}

static inline void put16(struct bytes *b, uint32_t v)
{
	put_number(b, v, 2);
}

static inline void put32(struct bytes *b, uint64_t v)
{
	put_number(b, v, 4);
}

static inline void put64(struct bytes *b, uint64_t v)
{
	put_number(b, v, 8);
}

/* A time of pcapng: its halves, the high one first. */
static inline void put_time(struct bytes *b, uint64_t v)
{
	put32(b, v >> 32);
	put32(b, v & UINT32_MAX);
}

static inline void put_pad(struct bytes *b)
{
	while (b->len % 4)
		put(b, "", 1);
}

static inline void block_begin(struct bytes *b, uint32_t type)
{
	b->block = b->len;
	put32(b, type);
	put32(b, 0);
}

static inline void block_end(struct bytes *b)
{
	const size_t end = b->len + 4;

	b->len = b->block + 4;
	put32(b, end - b->block);
	b->len = end - 4;
	put32(b, end - b->block);
}

static inline void option_begin(struct bytes *b, uint32_t code, size_t len)
{
	put16(b, code);
	put16(b, (uint32_t)len);
}

static inline void put_option(struct bytes *b, uint32_t code, const char *text)
{
	option_begin(b, code, strlen(text));
	put(b, text, strlen(text));
	put_pad(b);
}

static inline void put_section(struct bytes *b)
{
	block_begin(b, 0x0a0d0d0a);
	put32(b, 0x1a2b3c4d);
	put16(b, 1);
	put16(b, 0);
	put64(b, UINT64_MAX);
	block_end(b);
}

static inline void put_interface(struct bytes *b, uint32_t link, uint32_t snap)
{
	block_begin(b, 1);
	put16(b, link);
	put16(b, 0);
	put32(b, snap);
	block_end(b);
}

/* Begins an enhanced packet (6), or an obsolete one (2). */
static inline void packet_begin(struct bytes *b, uint32_t type, uint64_t time,
				const char *data, size_t orig_len)
{
	block_begin(b, type);
	put32(b, 0);
	put_time(b, time);
	put32(b, strlen(data));
	put32(b, orig_len);
	put(b, data, strlen(data));
	put_pad(b);
}

static inline void put_packet(struct bytes *b, uint64_t time, const char *data)
{
	packet_begin(b, 6, time, data, strlen(data));
	block_end(b);
}

/* The header of a pcap file, and of a packet in it. */
static inline void put_pcap(struct bytes *b, uint32_t magic, uint32_t minor,
			    uint32_t snap, uint32_t link)
{
	put32(b, magic);
	put16(b, 2);
	put16(b, minor);
	put64(b, 0);
	put32(b, snap);
	put32(b, link);
}

static inline void put_pcap_packet(struct bytes *b, uint32_t seconds,
				   uint32_t part, uint32_t cap, uint32_t orig)
{
	put32(b, seconds);
	put32(b, part);
	put32(b, cap);
	put32(b, orig);
}

#endif
