/* SPDX-License-Identifier: MIT */
/* CAN_RAW: bound to an interface, or to all of them by index 0. */
#include "family/can.h"

#include <linux/can/raw.h>

#include "base/sys.h"

static const struct sfam__key no_keys[] = { { NULL, NULL } };

int sfam__can_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_can can = { .can_family = AF_CAN };
	int r;

	r = sfam__scan_interface(s, 0, &can.can_ifindex);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &can, sizeof(can));
	return r;
}

int sfam__can_check_index(const struct sockaddr_can *can,
			  struct sfam_diag *diag)
{
	if (can->can_ifindex >= 0)
		return 0;
	return sfam__addr_bad(diag, offsetof(struct sockaddr_can, can_ifindex),
			      "an interface index of 0 or more");
}

int sfam__can_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_can old;
	struct sockaddr_can can = { .can_family = AF_CAN };

	sfam__addr_get(addr, &old, sizeof(old));
	can.can_ifindex = old.can_ifindex;
	sfam__addr_set(addr, &can, sizeof(can));
	return sfam__can_check_index(&can, diag);
}

void sfam__can_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_can can;

	sfam__addr_get(addr, &can, sizeof(can));
	sfam__out_interface(o, 0, can.can_ifindex);
}

bool sfam__can_answers(int fd, int level, int name)
{
	char value[64];		/* more than any of the options asked for */
	socklen_t len = sizeof(value);

	return sfam__sys_getsockopt(fd, level, name, value, &len) == 0;
}

static bool can_is_fd(int fd)
{
	return sfam__can_answers(fd, SOL_CAN_RAW, CAN_RAW_LOOPBACK);
}

const struct sfam_addr_field sfam__can_fields[] = {
	SFAM__FIELD(struct sockaddr_can, can_family, HOST),
	SFAM__FIELD(struct sockaddr_can, can_ifindex, SIGNED),
	SFAM__FIELD(struct sockaddr_can, can_addr, BYTES),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_can = {
	.name = "can",
	.syntax = "can:IF  (no IF: all)",
	.af = AF_CAN,
	.type = SOCK_RAW,
	.protocol = CAN_RAW,
	.types = SFAM_TYPE_RAW,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.traits = SFAM_TRAIT_BUS | SFAM_TRAIT_CAN_FRAMES,
	.len_min = SFAM_CAN_LEN(can_ifindex),
	.len_max = sizeof(struct sockaddr_can),
	.config = "CONFIG_CAN_RAW",
	.module = "can-raw",
	.since = "2.6.25",
	.parse = sfam__can_parse,
	.format = sfam__can_format,
	.fields = sfam__can_fields,
	.check = sfam__can_check,
	.is_fd = can_is_fd,
};
