/* SPDX-License-Identifier: MIT */
/* What the inet and inet6 rows share, and rows with such addresses. */
#ifndef SFAM_FAMILY_INET_H
#define SFAM_FAMILY_INET_H

#include <netinet/in.h>

#include "family/row.h"

#ifndef IPPROTO_L2TP
#define IPPROTO_L2TP 115	/* of linux/in.h, not of netinet/in.h */
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262	/* linux/in.h since 5.6 */
#endif

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
#define SFAM_FLOWINFO_MAX 0x0fffffffu	/* traffic class and flow label */

/* "flowinfo=", into host order. sa: struct sfam__inet_keys. */
int sfam__inet_set_flowinfo(struct sfam__scan *s, void *sa);

/* HOST:PORT and [HOST%SCOPE]:PORT; the rest of ret stays as it is. */
int sfam__inet_scan(struct sfam__scan *s, struct sockaddr_in *ret);
int sfam__inet6_scan(struct sfam__scan *s, struct sockaddr_in6 *ret);
void sfam__inet_out(struct sfam__out *o, const struct sockaddr_in *in);
void sfam__inet6_out(struct sfam__out *o, const struct sockaddr_in6 *in6);
void sfam__inet6_out_flowinfo(struct sfam__out *o, uint32_t flowinfo_be);

/* HOST alone, up to a colon or comma, and [HOST%SCOPE] alone. */
int sfam__inet_scan_host(struct sfam__scan *s, struct in_addr *ret);
int sfam__inet6_scan_host(struct sfam__scan *s, struct in6_addr *ret,
			  uint32_t *ret_scope);
void sfam__inet_out_host(struct sfam__out *o, const struct in_addr *host);
void sfam__inet6_out_host(struct sfam__out *o, const struct in6_addr *host,
			  uint32_t scope);

/* One or the other. */
union sfam__inet_either {
	sa_family_t family;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* Sets all of ret: [ begins an IPv6 address. */
int sfam__inet_either_scan(struct sfam__scan *s, union sfam__inet_either *ret);
void sfam__inet_either_out(struct sfam__out *o,
			   const union sfam__inet_either *u);
/* The fields of one or of the other, by the family in them. */
const struct sfam_addr_field *
sfam__inet_either_fields(const union sfam__inet_either *u);
/* The same, as a row's tail, where the sockaddr is nothing else. */
const struct sfam_addr_field *
sfam__inet_either_tail(const struct sfam_addr *addr);
/*
 * Zeroes what the kernel ignores. Returns the length of the sockaddr, or
 * -EINVAL; len is what there is of it, at its offset for diag.
 */
int sfam__inet_either_check(union sfam__inet_either *u, size_t len, size_t at,
			    struct sfam_diag *diag);

#endif
