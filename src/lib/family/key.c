/* SPDX-License-Identifier: MIT */
/* PF_KEY of IPsec (linux/pfkeyv2.h): no address (net/key/af_key.c). */
#include "family/bare.h"

#include <linux/pfkeyv2.h>

const struct sfam_family sfam__family_key = {
	.name = "key",
	.syntax = "key:  (no address)",
	.af = AF_KEY,
	.type = SOCK_RAW,
	.protocol = PF_KEY_V2,
	.types = SFAM_TYPE_RAW,
	.flags = SFAM_ROW_UNNAMED,
	.len_min = sizeof(sa_family_t),
	.len_max = sizeof(sa_family_t),
	.config = "CONFIG_NET_KEY",
	.module = "af_key",
	.since = "2.5.44",
	.needs = "CAP_NET_ADMIN: run as root, or in a user and network "
		 "namespace",
	.parse = sfam__bare_parse,
	.format = sfam__bare_format,
	.fields = sfam__bare_fields,
};
