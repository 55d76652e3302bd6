/* SPDX-License-Identifier: MIT */
/* How many bits a frame takes on the wire. */
#ifndef SOCKFAM_CAN_BITS_H
#define SOCKFAM_CAN_BITS_H

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * From the start of frame to the end of the intermission (3 bits), stuff
 * bits with it: how long the bus is taken by a frame that nobody disturbs.
 *
 * data counts the bits at the data bit rate: of an FD frame with BRS, those
 * from ESI to the CRC delimiter. The rate changes at the sample points of
 * BRS and of the CRC delimiter, so the first of them is nominal here and the
 * last is data: with equal sample points that is exact.
 */
struct sfam_can_bits {
	uint32_t nominal;	/* at the nominal bit rate */
	uint32_t data;		/* at the data bit rate; 0 without BRS */
	uint32_t stuffed;	/* stuff bits among both, fixed ones too */
};

/*
 * Counts the bits of a frame of size bytes, exactly: the CRC of a classic
 * frame is computed, since its bits are stuffed. FD is ISO 11898-1:2015,
 * with a stuff count; the non-ISO mode of old controllers has none.
 * -EINVAL: not a frame, a length that FD has not, or an error frame, which
 * is none on the wire.
 * -EOPNOTSUPP: CAN XL.
 */
int sfam_can_count_bits(struct sfam_can_bits *ret, const void *frame,
			size_t size) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
