/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a packet, read in bounds: a view is what was captured of a layer,
 * and how long the layer is. Behind what was captured all bytes are 0.
 */
#ifndef SFAM_CLI_DECODE_VIEW_H
#define SFAM_CLI_DECODE_VIEW_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct view {
	const uint8_t *data;
	size_t cap;		/* bytes captured */
	size_t orig;		/* bytes there are, at least cap */
};

unsigned int view_u8(struct view v, size_t at);
unsigned int view_be16(struct view v, size_t at);
uint32_t view_be32(struct view v, size_t at);

/* All of it was captured. */
int view_is_whole(struct view v);
/* What follows the first n bytes; empty if they are not all there. */
struct view view_behind(struct view v, size_t n);
/* The first n bytes: what a length field says there is, more or less. */
struct view view_first(struct view v, size_t n);

struct ip_text {
	char s[INET6_ADDRSTRLEN];
};

struct ip_text view_ip4(struct view v, size_t at);
struct ip_text view_ip6(struct view v, size_t at);

/* Sum of the 16-bit words (RFC 1071), folded; an odd byte is padded. */
uint32_t view_sum(struct view v, uint32_t start);
/* Of its first len bytes but for the field at that offset. */
unsigned int view_checksum(struct view v, size_t len, size_t field,
			   uint32_t start);

#endif
