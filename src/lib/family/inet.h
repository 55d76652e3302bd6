/* SPDX-License-Identifier: MIT */
/* What the inet and inet6 rows share. */
#ifndef SFAM_FAMILY_INET_H
#define SFAM_FAMILY_INET_H

#include "family/row.h"

/* What a proto= key gives: keys write here, the rows copy it to addr. */
struct sfam__inet_keys {
	uint32_t protocol;
	uint32_t flowinfo;
};

/* "proto=" : tcp, udp, icmp ... or a number. sa: struct sfam__inet_keys. */
int sfam__inet_set_proto(struct sfam__scan *s, void *sa);
/* Writes ,proto= unless it is the default of the type. */
void sfam__inet_out_proto(const struct sfam_addr *addr, struct sfam__out *o);
/* TCP of a stream and UDP of a datagram socket are the default: 0. */
int sfam__inet_check_proto(struct sfam_addr *addr, struct sfam_diag *diag);
/* ":PORT", the port in network byte order. */
int sfam__inet_scan_port(struct sfam__scan *s, uint16_t *ret_be);

#endif
