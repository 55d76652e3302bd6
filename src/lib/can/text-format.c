/* SPDX-License-Identifier: MIT */
/*
 * A frame to can-utils' compact text. The length is known before the first
 * byte is written, so nothing is written that does not fit.
 */
#include "can/hex16.h"
#include "can/layout.h"
#include "base/text.h"

static char *put_byte(char *p, unsigned int v)
{
	memcpy(p, sfam__hex_pair[v & 0xff], 2);
	return p + 2;
}

static char *put_digit(char *p, unsigned int v)
{
	*p = sfam__hex_pair[v & 0xf][1];
	return p + 1;
}

static char *put_word(char *p, uint32_t v)
{
	p = put_byte(p, v >> 24);
	p = put_byte(p, v >> 16);
	p = put_byte(p, v >> 8);
	return put_byte(p, v);
}

static char *put_data(char *p, const uint8_t *data, size_t len)
{
	for (; SFAM__HEX16 && len >= SFAM__HEX16_BYTES;
	     len -= SFAM__HEX16_BYTES) {
		sfam__hex16_format(p, data);
		p += SFAM__HEX16_DIGITS;
		data += SFAM__HEX16_BYTES;
	}
	while (len--)
		p = put_byte(p, *data++);
	return p;
}

/* Error frames keep bit 29: that is what tells them from extended ones. */
static SFAM__INLINE char *put_id(char *p, uint32_t id)
{
	if (id & CAN_ERR_FLAG)
		return put_word(p, id & (CAN_ERR_FLAG | CAN_ERR_MASK));
	if (id & CAN_EFF_FLAG)
		return put_word(p, id & CAN_EFF_MASK);
	return put_byte(put_digit(p, id >> 8 & 7), id);
}

static size_t id_len(uint32_t id)
{
	return id & (CAN_ERR_FLAG | CAN_EFF_FLAG) ? 8 : 3;
}

static const uint8_t *data_of(const struct sfam__can_head *head)
{
	return (const uint8_t *)head + SFAM__CAN_DATA;
}

static ssize_t finish(const char *buf, char *p)
{
	*p = '\0';
	return p - buf;
}

static char *put_dlc(char *p, uint8_t dlc)
{
	*p++ = '_';
	return put_digit(p, dlc);
}

static SFAM__NOINLINE ssize_t
put_request(char *buf, size_t size,
			   const struct sfam__can_head *head)
{
	uint8_t dlc = sfam__can_len8_dlc(head);
	char *p;

	if (id_len(head->id) + 2 + (head->len ? 1 : 0) + (dlc ? 2 : 0) >= size)
		return -ENOSPC;
	p = put_id(buf, head->id);
	*p++ = '#';
	*p++ = 'R';
	if (head->len)
		p = put_digit(p, head->len);
	if (dlc)
		p = put_dlc(p, dlc);
	return finish(buf, p);
}

static SFAM__NOINLINE ssize_t
put_classic_slowly(char *buf, size_t size, const struct sfam__can_head *head)
{
	uint8_t dlc = sfam__can_len8_dlc(head);
	char *p;

	if (head->id & CAN_RTR_FLAG)
		return put_request(buf, size, head);
	if (id_len(head->id) + 1 + 2 * (size_t)head->len + (dlc ? 2 : 0) >=
	    size)
		return -ENOSPC;
	p = put_id(buf, head->id);
	*p++ = '#';
	p = put_data(p, data_of(head), head->len);
	if (dlc)
		p = put_dlc(p, dlc);
	return finish(buf, p);
}

/* Most frames have eight bytes and no more. */
static SFAM__INLINE ssize_t put_classic(char *buf, size_t size,
					const struct sfam__can_head *head)
{
	char *p;

	if (!SFAM__HEX16 || head->len != CAN_MAX_DLEN || head->len8_dlc ||
	    head->id & CAN_RTR_FLAG)
		return put_classic_slowly(buf, size, head);
	if (id_len(head->id) + 1 + SFAM__HEX16_DIGITS >= size)
		return -ENOSPC;
	p = put_id(buf, head->id);
	*p++ = '#';
	sfam__hex16_format(p, data_of(head));
	return finish(buf, p + SFAM__HEX16_DIGITS);
}

static SFAM__NOINLINE ssize_t
put_fd(char *buf, size_t size,
		      const struct sfam__can_head *head)
{
	char *p;

	if (id_len(head->id) + 3 + 2 * (size_t)head->len >= size)
		return -ENOSPC;
	p = put_id(buf, head->id);
	*p++ = '#';
	*p++ = '#';
	p = put_digit(p, head->flags);
	return finish(buf, put_data(p, data_of(head), head->len));
}

static SFAM__NOINLINE ssize_t
put_xl(char *buf, size_t size,
		      const struct sfam__canxl_head *head)
{
	char *p;

	if (21 + 2 * (size_t)head->len >= size)
		return -ENOSPC;
	p = put_byte(buf, head->prio >> SFAM__CANXL_VCID_SHIFT);
	p = put_digit(p, head->prio >> 8 & 7);
	p = put_byte(p, head->prio);
	*p++ = '#';
	p = put_byte(p, head->flags);
	*p++ = ':';
	p = put_byte(p, head->sdt);
	*p++ = ':';
	p = put_word(p, head->af);
	*p++ = '#';
	p = put_data(p, (const uint8_t *)head + SFAM_CANXL_HDR, head->len);
	return finish(buf, p);
}

SFAM_PUBLIC ssize_t sfam_can_text_format(char *buf, size_t size,
					 const void *frame, size_t frame_size)
{
	switch (sfam__can_kind(frame, frame_size)) {
	case SFAM__CAN_CLASSIC:
		return put_classic(buf, size, frame);
	case SFAM__CAN_FD:
		return put_fd(buf, size, frame);
	case SFAM__CAN_XL:
		return put_xl(buf, size, frame);
	default:
		return -EINVAL;
	}
}
