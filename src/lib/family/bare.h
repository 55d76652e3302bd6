/* SPDX-License-Identifier: MIT */
/* Families without an address: an empty body, a sockaddr of the family. */
#ifndef SFAM_FAMILY_BARE_H
#define SFAM_FAMILY_BARE_H

#include <sys/socket.h>

#include "family/row.h"

int sfam__bare_parse(struct sfam__scan *s, struct sfam_addr *ret);
void sfam__bare_format(const struct sfam_addr *addr, struct sfam__out *o);
extern const struct sfam_addr_field sfam__bare_fields[];

#endif
