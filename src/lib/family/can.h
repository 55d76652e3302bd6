/* SPDX-License-Identifier: MIT */
/* What the four CAN rows share: one interface, different rests. */
#ifndef SFAM_FAMILY_CAN_H
#define SFAM_FAMILY_CAN_H

#include <linux/can.h>

#include "family/row.h"

/* The length that bind and connect want at least (CAN_REQUIRED_SIZE). */
#define SFAM_CAN_LEN(member) \
	((socklen_t)(offsetof(struct sockaddr_can, member) + \
		     sizeof(((struct sockaddr_can *)0)->member)))

/*
 * AF_CAN does not set SO_PROTOCOL (net/can/af_can.c). What tells its sockets
 * apart is which level of getsockopt they answer to.
 */
bool sfam__can_answers(int fd, int level, int name);

/* RAW and BCM have nothing but the interface. */
int sfam__can_parse(struct sfam__scan *s, struct sfam_addr *ret);
int sfam__can_check(struct sfam_addr *addr, struct sfam_diag *diag);
void sfam__can_format(const struct sfam_addr *addr, struct sfam__out *o);

extern const struct sfam_addr_field sfam__can_fields[];

/* -EINVAL for a negative index. */
int sfam__can_check_index(const struct sockaddr_can *can,
			  struct sfam_diag *diag);

#endif
