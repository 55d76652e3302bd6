/* SPDX-License-Identifier: MIT */
/*
 * AX.25. bind wants a call of an interface, or with one digipeater the
 * interface's call there (* for all): net/ax25/af_ax25.c.
 */
#include "family/ax25.h"

const struct sfam_family sfam__family_ax25 = {
	.name = "ax25",
	.syntax = "ax25:CALL[-SSID][,via=CALL/CALL...]  (* for no call)",
	.af = AF_AX25,
	.type = SOCK_SEQPACKET,
	.types = SFAM_TYPE_SEQPACKET | SFAM_TYPE_DGRAM | SFAM_TYPE_RAW,
	.len_min = SFAM_AX25_LEN_MIN,
	.len_max = sizeof(struct sfam__ax25),
	.config = "CONFIG_AX25",
	.module = "ax25",
	.since = "2.0",
	.removed = "7.1",
	.parse = sfam__ax25_parse,
	.format = sfam__ax25_format,
	.fields = sfam__ax25_fields,
	.check = sfam__ax25_check,
};
