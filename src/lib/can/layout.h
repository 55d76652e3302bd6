/* SPDX-License-Identifier: MIT */
/*
 * How the kernel lays frames out, and which of the three kinds one is.
 *
 * linux/can.h aligns data to 8 bytes and, before 6.1, knows no XL. These
 * are the same bytes, of which only the identifier wants alignment.
 */
#ifndef SFAM_CAN_LAYOUT_H
#define SFAM_CAN_LAYOUT_H

#include <linux/can.h>
#include <linux/can/error.h>

#include "base/common.h"

#include <sockfam/can.h>

/* Callers declare frames as the kernel's structs. */
#define SFAM__MAY_ALIAS __attribute__((may_alias))

/* Before the data of classic and FD frames. */
struct SFAM__MAY_ALIAS sfam__can_head {
	uint32_t id;
	uint8_t len;
	uint8_t flags;		/* FD: CANFD_... */
	uint8_t reserved;
	uint8_t len8_dlc;	/* classic */
};

/* Before the data of an XL frame. Its flags stand where len is above. */
struct SFAM__MAY_ALIAS sfam__canxl_head {
	uint32_t prio;		/* and the VCID above it */
	uint8_t flags;
	uint8_t sdt;
	uint16_t len;
	uint32_t af;
};

#define SFAM__CAN_DATA sizeof(struct sfam__can_head)

/*
 * SFAM_CAN_RX_OVERRUN, or 0. The first word of an XL frame has no such bit,
 * and all error frames have 8 bytes of data.
 */
static inline uint32_t sfam__can_overrun(const void *frame)
{
	const struct sfam__can_head *head = frame;
	const uint8_t *data = (const uint8_t *)frame + SFAM__CAN_DATA;

	return (head->id & CAN_ERR_FLAG) && (head->id & CAN_ERR_CRTL) &&
	       (data[1] & CAN_ERR_CRTL_RX_OVERFLOW) ? SFAM_CAN_RX_OVERRUN : 0;
}

#define SFAM__CANFD_BRS 0x01
#define SFAM__CANFD_ESI 0x02
#define SFAM__CANFD_FDF 0x04	/* in every FD frame since 6.1 */

#define SFAM__CANXL_SEC 0x01
#define SFAM__CANXL_RRS 0x02	/* not in all headers yet */
#define SFAM__CANXL_XLF 0x80	/* in every XL frame */
#define SFAM__CANXL_PRIO_MASK 0x7ffu
#define SFAM__CANXL_VCID_SHIFT 16	/* since 6.9 */

enum sfam__can_kind {
	SFAM__CAN_NONE,
	SFAM__CAN_CLASSIC,
	SFAM__CAN_FD,
	SFAM__CAN_XL,
};

static inline bool sfam__canxl_is_whole(const void *frame, size_t size)
{
	const struct sfam__canxl_head *head = frame;

	return head->len >= 1 && head->len <= SFAM_CANXL_DLEN &&
	       size == SFAM_CANXL_HDR + (size_t)head->len;
}

/*
 * An XL frame can be as long as the other two, so its mark comes first: it
 * makes a length that neither of them can have.
 */
static inline enum sfam__can_kind sfam__can_kind(const void *frame,
						 size_t size)
{
	const struct sfam__can_head *head = frame;

	if (size < SFAM_CANXL_HDR)
		return SFAM__CAN_NONE;
	if (head->len & SFAM__CANXL_XLF)
		return sfam__canxl_is_whole(frame, size) ? SFAM__CAN_XL
							 : SFAM__CAN_NONE;
	if (size == CAN_MTU && head->len <= CAN_MAX_DLEN)
		return SFAM__CAN_CLASSIC;
	if (size == CANFD_MTU && head->len <= CANFD_MAX_DLEN)
		return SFAM__CAN_FD;
	return SFAM__CAN_NONE;
}

/* The raw DLC of a classic frame, 9..15, or 0 where it is the length. */
static inline uint8_t sfam__can_len8_dlc(const struct sfam__can_head *head)
{
	if (head->len != CAN_MAX_DLEN || head->len8_dlc <= CAN_MAX_DLEN ||
	    head->len8_dlc > CAN_MAX_RAW_DLC)
		return 0;
	return head->len8_dlc;
}

#endif
