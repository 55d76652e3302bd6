/* SPDX-License-Identifier: MIT */
/* CAN_BCM, the broadcast manager: connected, not bound. */
#include "family/can.h"

#include <linux/can/isotp.h>
#include <linux/can/j1939.h>

/* BCM has no options at all: it is what the others are not. */
static bool bcm_is_fd(int fd)
{
	return !sfam__can_answers(fd, SOL_CAN_ISOTP, CAN_ISOTP_OPTS) &&
	       !sfam__can_answers(fd, SOL_CAN_J1939, SO_J1939_PROMISC);
}

const struct sfam_family sfam__family_can_bcm = {
	.name = "can-bcm",
	.syntax = "can-bcm:IF  (no IF: all; connect, do not bind)",
	.af = AF_CAN,
	.type = SOCK_DGRAM,
	.protocol = CAN_BCM,
	.types = SFAM_TYPE_DGRAM,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.len_min = SFAM_CAN_LEN(can_ifindex),
	.len_max = sizeof(struct sockaddr_can),
	.config = "CONFIG_CAN_BCM",
	.module = "can-bcm",
	.since = "2.6.25",
	.parse = sfam__can_parse,
	.format = sfam__can_format,
	.fields = sfam__can_fields,
	.check = sfam__can_check,
	.is_fd = bcm_is_fd,
};
