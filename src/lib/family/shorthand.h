/* SPDX-License-Identifier: MIT */
/*
 * tcp:HOST:SERVICE and its like: shorthands that stand for inet and inet6
 * addresses. They are no rows of the table, which is for what has a
 * sockaddr; their text is read here, and asked about in socket/.
 */
#ifndef SFAM_FAMILY_SHORTHAND_H
#define SFAM_FAMILY_SHORTHAND_H

#include "family/row.h"

/* What the text says; host and service end with a NUL. */
struct sfam__name_addr {
	const struct sfam_family *shorthand;
	int af;				/* AF_UNSPEC: either */
	int type;
	uint32_t scope;			/* of an IPv6 address; 0: none */
	size_t host_at, service_at;	/* in the text */
	char host[256];			/* a DNS name has up to 253 */
	char service[64];
	bool numeric_service;
};

/* Takes "tcp:" or another if it is next, else NULL. */
const struct sfam_family *sfam__scan_shorthand(struct sfam__scan *s);

/* Reads what follows, keys included, to the end. */
int sfam__scan_name_addr(struct sfam__scan *s, const struct sfam_family *f,
			 struct sfam__name_addr *ret);

#endif
