/* SPDX-License-Identifier: MIT */
/*
 * Sixteen hex digits and eight bytes, one into the other at once: the data
 * of a classic frame. GNU C vectors become a few SIMD instructions, half of
 * what tables cost on x86-64. Where the machine has none, tables are
 * better: SFAM__HEX16 says which. The vectors stay inside the functions; as
 * arguments they would depend on the machine's ABI.
 */
#ifndef SFAM_CAN_HEX16_H
#define SFAM_CAN_HEX16_H

#include "base/common.h"

#if defined(__SSE2__) || defined(__ARM_NEON) || defined(__VSX__)
#define SFAM__HEX16 1
#else
#define SFAM__HEX16 0
#endif

/* On a hot path a call costs more than what is called. */
#define SFAM__INLINE inline __attribute__((always_inline))
/* And off it, what is inlined costs saved registers. */
#define SFAM__NOINLINE __attribute__((noinline))

#define SFAM__HEX16_DIGITS 16
#define SFAM__HEX16_BYTES 8

typedef uint8_t sfam__u8x8 __attribute__((vector_size(8)));
typedef uint8_t sfam__u8x16 __attribute__((vector_size(16)));
typedef int8_t sfam__s8x16 __attribute__((vector_size(16)));
typedef uint16_t sfam__u16x8 __attribute__((vector_size(16)));
typedef uint64_t sfam__u64x2 __attribute__((vector_size(16)));

/* Reads 16 digits into 8 bytes; false, and nothing, if one is no digit. */
static SFAM__INLINE bool sfam__hex16_parse(uint8_t *bytes, const char *digits)
{
	sfam__u8x16 c, v, is_digit, is_letter;
	sfam__u16x8 lanes;
	sfam__u64x2 ok;
	sfam__u8x8 out;

	memcpy(&c, digits, sizeof(c));
	v = c - '0';
	is_digit = (sfam__u8x16)(v < 10);
	c = (c | 0x20) - 'a';
	is_letter = (sfam__u8x16)(c < 6);
	ok = (sfam__u64x2)(is_digit | is_letter);
	if ((ok[0] & ok[1]) != UINT64_MAX)
		return false;
	/* Two digits to a lane, the first in the byte that comes first. */
	lanes = (sfam__u16x8)((v & is_digit) | ((c + 10) & is_letter));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	lanes = (lanes & 0xff) << 4 | lanes >> 8;
#else
	lanes = lanes >> 8 << 4 | (lanes & 0xff);
#endif
	out = __builtin_convertvector(lanes, sfam__u8x8);
	memcpy(bytes, &out, sizeof(out));
	return true;
}

/* Writes 8 bytes as 16 upper case digits. */
static SFAM__INLINE void sfam__hex16_format(char *digits, const uint8_t *bytes)
{
	sfam__u8x8 in;
	sfam__u16x8 lanes;
	sfam__u8x16 v;

	memcpy(&in, bytes, sizeof(in));
	lanes = __builtin_convertvector(in, sfam__u16x8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	lanes = lanes >> 4 | lanes << 8;
#else
	lanes = lanes << 4 | lanes;
#endif
	v = (sfam__u8x16)lanes & 0x0f;
	/* Signed: SSE2 has no unsigned comparison. */
	v += '0' + ((sfam__u8x16)((sfam__s8x16)v > 9) & ('A' - '9' - 1));
	memcpy(digits, &v, sizeof(v));
}

#endif
