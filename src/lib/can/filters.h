/* SPDX-License-Identifier: MIT */
/* What the kernel makes of filters, and the same as a program. */
#ifndef SFAM_CAN_FILTERS_H
#define SFAM_CAN_FILTERS_H

#include <linux/can.h>
#include <linux/filter.h>

#include "base/common.h"

#include <sockfam/can-filter.h>

#define SFAM__CAN_INVERSE 0x20000000u	/* CAN_INV_FILTER: bit 29 of the id */

/*
 * As the kernel takes it (net/can/af_can.c, can_rcv_list_find()): of a mask
 * for standard identifiers only what those can have, of the id only what the
 * mask has.
 */
static inline struct can_filter sfam__can_filter_normal(struct can_filter f)
{
	const uint32_t inverse = f.can_id & SFAM__CAN_INVERSE;

	if ((f.can_mask & CAN_EFF_FLAG) && !(f.can_id & CAN_EFF_FLAG))
		f.can_mask &= CAN_SFF_MASK | CAN_EFF_FLAG | CAN_RTR_FLAG;
	f.can_id = (f.can_id & f.can_mask) | inverse;
	return f;
}

/* In filter-bpf.c. As many instructions as filters can need. */
#define SFAM__CAN_CODE_MAX (8 + 4 * SFAM_CAN_FILTERS_MAX)

/*
 * A program that keeps so many bytes of a frame that passes, 0 of others, for
 * a socket whose packets begin with can_id. Returns its length; insns has
 * room for SFAM__CAN_CODE_MAX.
 */
size_t sfam__can_filters_code(struct sock_filter *insns,
			      const struct sfam_can_filters *filters,
			      uint32_t keep);

#endif
