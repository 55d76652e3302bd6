/* SPDX-License-Identifier: MIT */
/* Frames taken apart and put together. */
#include "can/layout.h"

#define CLASSIC_FLAGS (SFAM_CAN_EXT | SFAM_CAN_RTR | SFAM_CAN_ERR)
#define FD_FLAGS (SFAM_CAN_FD | SFAM_CAN_EXT | SFAM_CAN_BRS | SFAM_CAN_ESI)
#define XL_FLAGS (SFAM_CAN_XL | SFAM_CAN_SEC | SFAM_CAN_RRS)

SFAM_PUBLIC size_t sfam_can_fd_len(size_t len)
{
	if (len <= CAN_MAX_DLEN)
		return len;
	if (len <= 24)
		return (len + 3) & ~(size_t)3;
	if (len <= CANFD_MAX_DLEN)
		return (len + 15) & ~(size_t)15;
	return 0;
}

static bool id_is_valid(const struct sfam_can_fields *f)
{
	if (f->flags & (SFAM_CAN_EXT | SFAM_CAN_ERR))
		return f->id <= CAN_EFF_MASK;
	return f->id <= CAN_SFF_MASK;
}

static bool classic_is_valid(const struct sfam_can_fields *f)
{
	uint32_t special = f->flags & (SFAM_CAN_RTR | SFAM_CAN_ERR);

	if (f->flags & ~CLASSIC_FLAGS || f->len > CAN_MAX_DLEN)
		return false;
	/* An error frame is no request, and its id is of no format. */
	if (f->flags & SFAM_CAN_ERR && f->flags != SFAM_CAN_ERR)
		return false;
	if (f->len8_dlc == 0)
		return true;
	return f->len == CAN_MAX_DLEN && f->len8_dlc > CAN_MAX_DLEN &&
	       f->len8_dlc <= CAN_MAX_RAW_DLC && special != SFAM_CAN_ERR;
}

static bool fd_is_valid(const struct sfam_can_fields *f)
{
	return !(f->flags & ~FD_FLAGS) && f->len <= CANFD_MAX_DLEN &&
	       sfam_can_fd_len(f->len) == f->len && f->len8_dlc == 0;
}

static bool xl_is_valid(const struct sfam_can_fields *f)
{
	return !(f->flags & ~XL_FLAGS) && f->len >= 1 &&
	       f->len <= SFAM_CANXL_DLEN && f->len8_dlc == 0;
}

static uint32_t pack_id(const struct sfam_can_fields *f)
{
	uint32_t id = f->id;

	if (f->flags & SFAM_CAN_EXT)
		id |= CAN_EFF_FLAG;
	if (f->flags & SFAM_CAN_RTR)
		id |= CAN_RTR_FLAG;
	if (f->flags & SFAM_CAN_ERR)
		id |= CAN_ERR_FLAG;
	return id;
}

static uint8_t pack_fd_flags(uint32_t flags)
{
	unsigned int v = SFAM__CANFD_FDF;

	if (flags & SFAM_CAN_BRS)
		v |= SFAM__CANFD_BRS;
	if (flags & SFAM_CAN_ESI)
		v |= SFAM__CANFD_ESI;
	return (uint8_t)v;
}

/* Classic and FD. By way of a copy: data may lie in the very buffer. */
static ssize_t pack_short(void *buf, size_t size, size_t frame_size,
			  const struct sfam_can_fields *f)
{
	struct {
		struct sfam__can_head head;
		uint8_t data[CANFD_MAX_DLEN];
	} frame = { { pack_id(f), (uint8_t)f->len, 0, 0, f->len8_dlc }, { 0 } };

	if (size < frame_size)
		return -ENOSPC;
	if (f->flags & SFAM_CAN_FD)
		frame.head.flags = pack_fd_flags(f->flags);
	if (f->len && !(f->flags & SFAM_CAN_RTR))
		memcpy(frame.data, f->data, f->len);
	memcpy(buf, &frame, frame_size);
	return (ssize_t)frame_size;
}

static ssize_t pack_xl(void *buf, size_t size, const struct sfam_can_fields *f)
{
	struct sfam__canxl_head head = {
		.prio = f->id | (uint32_t)f->vcid << SFAM__CANXL_VCID_SHIFT,
		.flags = SFAM__CANXL_XLF,
		.sdt = f->sdt,
		.len = f->len,
		.af = f->af,
	};

	if (size < SFAM_CANXL_HDR + (size_t)f->len)
		return -ENOSPC;
	if (f->flags & SFAM_CAN_SEC)
		head.flags |= SFAM__CANXL_SEC;
	if (f->flags & SFAM_CAN_RRS)
		head.flags |= SFAM__CANXL_RRS;
	/* The data first: it may lie in the very buffer. */
	memmove((uint8_t *)buf + SFAM_CANXL_HDR, f->data, f->len);
	memcpy(buf, &head, SFAM_CANXL_HDR);
	return (ssize_t)(SFAM_CANXL_HDR + f->len);
}

SFAM_PUBLIC ssize_t sfam_can_pack(void *buf, size_t size,
				  const struct sfam_can_fields *fields)
{
	if (!id_is_valid(fields))
		return -EINVAL;
	if (fields->flags & SFAM_CAN_XL)
		return xl_is_valid(fields) ? pack_xl(buf, size, fields)
					   : -EINVAL;
	if (fields->flags & SFAM_CAN_FD)
		return fd_is_valid(fields)
			       ? pack_short(buf, size, CANFD_MTU, fields)
			       : -EINVAL;
	return classic_is_valid(fields)
		       ? pack_short(buf, size, CAN_MTU, fields)
		       : -EINVAL;
}

static void unpack_xl(struct sfam_can_fields *ret,
		      const struct sfam__canxl_head *head)
{
	ret->id = head->prio & SFAM__CANXL_PRIO_MASK;
	ret->vcid = (uint8_t)(head->prio >> SFAM__CANXL_VCID_SHIFT);
	ret->flags = SFAM_CAN_XL;
	if (head->flags & SFAM__CANXL_SEC)
		ret->flags |= SFAM_CAN_SEC;
	if (head->flags & SFAM__CANXL_RRS)
		ret->flags |= SFAM_CAN_RRS;
	ret->sdt = head->sdt;
	ret->len = head->len;
	ret->af = head->af;
	ret->data = (const uint8_t *)head + SFAM_CANXL_HDR;
}

static void unpack_id(struct sfam_can_fields *ret, uint32_t id)
{
	ret->flags = 0;
	ret->id = id & CAN_EFF_MASK;
	if (id & CAN_ERR_FLAG)
		ret->flags |= SFAM_CAN_ERR;
	else if (id & CAN_EFF_FLAG)
		ret->flags |= SFAM_CAN_EXT;
	else
		ret->id = id & CAN_SFF_MASK;
}

static void unpack_short(struct sfam_can_fields *ret,
			 const struct sfam__can_head *head)
{
	unpack_id(ret, head->id);
	ret->len = head->len;
	ret->data = (const uint8_t *)head + SFAM__CAN_DATA;
}

static void unpack_classic(struct sfam_can_fields *ret,
			   const struct sfam__can_head *head)
{
	unpack_short(ret, head);
	if (head->id & CAN_RTR_FLAG)
		ret->flags |= SFAM_CAN_RTR;
	ret->len8_dlc = sfam__can_len8_dlc(head);
}

/* FD has no requests: the bit of one means nothing here. */
static void unpack_fd(struct sfam_can_fields *ret,
		      const struct sfam__can_head *head)
{
	unpack_short(ret, head);
	ret->flags |= SFAM_CAN_FD;
	if (head->flags & SFAM__CANFD_BRS)
		ret->flags |= SFAM_CAN_BRS;
	if (head->flags & SFAM__CANFD_ESI)
		ret->flags |= SFAM_CAN_ESI;
}

SFAM_PUBLIC int sfam_can_unpack(struct sfam_can_fields *ret,
				const void *frame, size_t size)
{
	enum sfam__can_kind kind = sfam__can_kind(frame, size);

	if (kind == SFAM__CAN_NONE)
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	if (kind == SFAM__CAN_XL)
		unpack_xl(ret, frame);
	else if (kind == SFAM__CAN_FD)
		unpack_fd(ret, frame);
	else
		unpack_classic(ret, frame);
	return 0;
}
