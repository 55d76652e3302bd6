/* SPDX-License-Identifier: MIT */
/* CAN frames of packets, for text and JSON alike. */
#ifndef SFAM_CLI_DECODE_CAN_H
#define SFAM_CLI_DECODE_CAN_H

#include <sockfam/can.h>

#include "decode-view.h"

#define CAN_FRAME_WORDS ((SFAM_CANXL_MTU + 3) / 4)

/*
 * The frame as sockets give it, of a socket or a file. Returns its size; 0
 * if it was cut.
 */
size_t decode_can_frame(uint32_t frame[CAN_FRAME_WORDS], struct view v,
			int is_file);

#endif
