/* SPDX-License-Identifier: MIT */
/* NET/ROM over AX.25 (net/netrom/af_netrom.c). */
#include "family/ax25.h"

const struct sfam_family sfam__family_netrom = {
	.name = "netrom",
	.syntax = "netrom:CALL[-SSID][,via=CALL/CALL...]  (* for no call)",
	.af = AF_NETROM,
	.type = SOCK_SEQPACKET,
	.types = SFAM_TYPE_SEQPACKET,
	.len_min = SFAM_AX25_LEN_MIN,
	.len_max = sizeof(struct sfam__ax25),
	.config = "CONFIG_NETROM",
	.module = "netrom",
	.since = "2.0",
	.removed = "7.1",
	.parse = sfam__ax25_parse,
	.format = sfam__ax25_format,
	.fields = sfam__ax25_fields,
	.check = sfam__ax25_check,
};
