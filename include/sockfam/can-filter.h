/* SPDX-License-Identifier: MIT */
/*
 * Lists of CAN filters as text, in few filters of the kernel:
 *
 *	ITEM[,ITEM]...
 *	ID:MASK  ID~MASK  #MASK  j	as sfam_can_filter_parse() takes them
 *	ID				this identifier
 *	ID-ID				from the first to the second
 *	std  ext			all identifiers of 11, of 29 bits
 *	rtr				remote requests
 *
 * ID alone and in ranges is 1 to 3 hex digits for a standard identifier, 8
 * for an extended one; each is of that kind only, unlike ID:MASK, which is
 * of both where the mask leaves the kind open. A frame passes if any item
 * holds, or all, where there is a j. Error frames pass by #MASK alone, and
 * with a j only where there is no more than one filter beside it
 * (raw_rcv(), net/can/raw.c). Without other items than # and j all frames
 * but errors pass.
 */
#ifndef SOCKFAM_CAN_FILTER_H
#define SOCKFAM_CAN_FILTER_H

#include <linux/can.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SFAM_CAN_FILTERS_MAX 512	/* what a socket takes */

struct sfam_can_filters {
	struct can_filter filters[SFAM_CAN_FILTERS_MAX];
	size_t n;		/* 0: the socket's own, which lets all pass */
	uint32_t error_mask;
	uint32_t is_joined;	/* 1: all of filters must match */
};

/*
 * Identifiers that differ in bits that do not matter share a filter, and
 * what another filter lets pass anyway has none; with j each item stays as
 * it is.
 * -EINVAL: bad text (diag); a range that needs more than one filter, where
 * there is a j. -E2BIG: more than 512 filters are left (diag: the item).
 */
int sfam_can_filters_parse(struct sfam_can_filters *ret, const char *text,
			   size_t text_len, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

/*
 * All of it on a CAN_RAW socket. Errors: as sfam_can_set_filters(),
 * sfam_can_set_error_mask() and sfam_can_set_options(); what came before
 * the error is set.
 */
int sfam_can_filters_set(int fd, const struct sfam_can_filters *filters)
	SFAM_MUST_CHECK;

/*
 * 1 if a frame with this identifier and its flags (can_id of linux/can.h)
 * passes, as such a socket would let it pass, 0 if not.
 */
int sfam_can_filters_match(const struct sfam_can_filters *filters,
			   uint32_t can_id);

#ifdef __cplusplus
}
#endif

#endif
