/* SPDX-License-Identifier: MIT */
#ifndef SFAM_CAN_J1939_H
#define SFAM_CAN_J1939_H

#include "base/sys.h"

#include <sockfam/can-j1939.h>

/* A PGN whose PDU format is below 240 is sent to an address. */
static inline bool sfam__j1939_has_dst(uint32_t pgn)
{
	return (pgn & 0xff00) < 0xf000;
}

#endif
