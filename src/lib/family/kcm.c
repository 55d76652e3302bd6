/* SPDX-License-Identifier: MIT */
/*
 * The kernel connection multiplexor: no address, TCP sockets are attached
 * by SIOCKCMATTACH. bind and getsockname are EOPNOTSUPP (net/kcm/kcmsock.c).
 */
#include "family/bare.h"

#ifndef AF_KCM
#define AF_KCM 41		/* sys/socket.h since glibc 2.24 */
#endif

const struct sfam_family sfam__family_kcm = {
	.name = "kcm",
	.syntax = "kcm:  (no address)",
	.af = AF_KCM,
	.type = SOCK_DGRAM,
	.types = SFAM_TYPE_DGRAM | SFAM_TYPE_SEQPACKET,
	.flags = SFAM_ROW_UNNAMED,
	.len_min = sizeof(sa_family_t),
	.len_max = sizeof(sa_family_t),
	.config = "CONFIG_AF_KCM",
	.module = "kcm",
	.since = "4.6",
	.parse = sfam__bare_parse,
	.format = sfam__bare_format,
	.fields = sfam__bare_fields,
};
