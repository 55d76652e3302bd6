/* SPDX-License-Identifier: MIT */
/* CAN frames of capture files: what link.c has put there, back. */
#include <endian.h>
#include <linux/can.h>

#include "capture/layout.h"

#include <sockfam/can.h>

#define HEAD 8			/* of classic and FD frames */
#define FDF 0x04		/* in the flags, if it is one */
#define XLF 0x80		/* where the others have their length */

static ssize_t take_xl(const uint8_t *p, size_t len, uint8_t *ret)
{
	uint32_t id, af;
	uint16_t n;

	if (len < SFAM_CANXL_HDR)
		return -EBADMSG;
	memcpy(ret, p, SFAM_CANXL_HDR);
	memcpy(&id, p, 4);
	memcpy(&n, p + 6, 2);
	memcpy(&af, p + 8, 4);
	id = be32toh(id);
	n = le16toh(n);
	af = le32toh(af);
	if (n == 0 || n > SFAM_CANXL_DLEN || n > len - SFAM_CANXL_HDR)
		return -EBADMSG;
	memcpy(ret, &id, 4);
	memcpy(ret + 6, &n, 2);
	memcpy(ret + 8, &af, 4);
	memcpy(ret + SFAM_CANXL_HDR, p + SFAM_CANXL_HDR, n);
	return SFAM_CANXL_HDR + n;
}

/* Not all who write files pad the data. */
static ssize_t take_short(const uint8_t *p, size_t len, uint8_t *ret)
{
	const bool is_fd = len == CANFD_MTU || p[5] & FDF;
	const size_t max = is_fd ? CANFD_MAX_DLEN : CAN_MAX_DLEN;
	uint32_t id;

	if (p[4] > max || p[4] > len - HEAD)
		return -EBADMSG;
	memset(ret, 0, CANFD_MTU);
	memcpy(ret, p, HEAD + p[4]);
	memcpy(&id, p, 4);
	id = be32toh(id);
	memcpy(ret, &id, 4);
	if (!is_fd)
		ret[5] = 0;
	return is_fd ? CANFD_MTU : CAN_MTU;
}

SFAM_PUBLIC ssize_t
sfam_capture_can_frame(const struct sfam_capture_record *record, void *buf,
		       size_t size)
{
	const uint8_t *p = record->data;
	uint8_t frame[SFAM_CANXL_MTU];
	ssize_t n;

	if (record->link_type != SFAM_CAPTURE_LINK_CAN || record->head_len)
		return -EINVAL;
	if (record->len < HEAD)
		return -EBADMSG;
	n = p[4] & XLF ? take_xl(p, record->len, frame) :
			 take_short(p, record->len, frame);
	if (n < 0)
		return n;
	if ((size_t)n > size)
		return -ENOSPC;
	memcpy(buf, frame, (size_t)n);
	return n;
}
