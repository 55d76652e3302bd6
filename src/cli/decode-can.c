// SPDX-License-Identifier: MIT
/* CAN frames, in the words of candump -L; errors in those of candump -e. */
#include <linux/if_ether.h>
#include <string.h>

#include <sockfam/can.h>
#include <sockfam/can-error.h>

#include "decode-layer.h"
#include "decode-can.h"

#define XL_FLAG 0x80		/* CANXL_XLF: linux/can.h since 6.2 */
#define FD_FLAG 0x04		/* CANFD_FDF: linux/can.h since 5.14 */
#define DATA_AT 8
#define ETH_P_CAN_XL 0x000e	/* ETH_P_CANXL: linux/if_ether.h since 6.2 */

/*
 * In files identifiers are big-endian, and what XL has besides them little:
 * LINKTYPE_CAN_SOCKETCAN. Frames may have been cut behind their last byte.
 */
static size_t from_file(uint32_t frame[], const uint8_t *bytes, size_t len)
{
	struct view v = { bytes, len, len };
	const int is_xl = (view_u8(v, 4) & XL_FLAG) != 0;
	const int is_fd = (view_u8(v, 5) & FD_FLAG) != 0;
	uint16_t xl_len;

	frame[0] = view_be32(v, 0);
	if (is_xl) {
		xl_len = (uint16_t)(view_u8(v, 6) | view_u8(v, 7) << 8);
		memcpy((uint8_t *)frame + 6, &xl_len, sizeof(xl_len));
		frame[2] = view_u8(v, 8) | view_u8(v, 9) << 8 |
			   view_u8(v, 10) << 16 |
			   (uint32_t)view_u8(v, 11) << 24;
		return len;
	}
	if (len < DATA_AT || len - DATA_AT < view_u8(v, 4))
		return 0;	/* cut: no frame */
	return is_fd || len > CAN_MTU ? CANFD_MTU : CAN_MTU;
}

size_t decode_can_frame(uint32_t frame[CAN_FRAME_WORDS], struct view v,
			int is_file)
{
	if (!view_is_whole(v) || v.cap > CAN_FRAME_WORDS * sizeof(*frame))
		return 0;
	memset(frame, 0, CAN_FRAME_WORDS * sizeof(*frame));
	memcpy(frame, v.data, v.cap);
	return is_file ? from_file(frame, v.data, v.cap) : v.cap;
}

int decode_is_can(unsigned int type)
{
	return type == ETH_P_CAN || type == ETH_P_CANFD ||
	       type == ETH_P_CAN_XL;
}

static void put_error(struct text *t, const uint32_t *frame, size_t size)
{
	char words[SFAM_CAN_ERROR_STRLEN];
	struct sfam_can_error error;

	if (sfam_can_error_decode(&error, frame, size) == 0 &&
	    sfam_can_error_format(words, sizeof(words), &error, ", ") > 0)
		text_put(t, " %s", words);
}

void decode_can(struct decode *d, struct view v, int is_file)
{
	uint32_t frame[CAN_FRAME_WORDS];
	char text[SFAM_CAN_TEXT_STRLEN];
	size_t size = decode_can_frame(frame, v, is_file);

	if (size == 0) {
		text_put(&d->text, "CAN [|can]");
	} else if (sfam_can_text_format(text, sizeof(text), frame, size) < 0) {
		text_put(&d->text, "CAN, not a frame, length %zu", v.orig);
		decode_rest(d, v, 0);
	} else {
		text_put(&d->text, "CAN %s", text);
		if (decode_is_verbose(d))
			put_error(&d->text, frame, size);
	}
}
