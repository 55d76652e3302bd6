/* SPDX-License-Identifier: MIT */
/* Families whose addresses are those of IPv4 and IPv6: RDS, SMC, RxRPC. */
#include "family/inet.h"

int sfam__inet_either_scan(struct sfam__scan *s, union sfam__inet_either *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (sfam__scan_is(s, '[')) {
		ret->family = AF_INET6;
		return sfam__inet6_scan(s, &ret->in6);
	}
	ret->family = AF_INET;
	return sfam__inet_scan(s, &ret->in);
}

void sfam__inet_either_out(struct sfam__out *o,
			   const union sfam__inet_either *u)
{
	if (u->family == AF_INET6)
		sfam__inet6_out(o, &u->in6);
	else
		sfam__inet_out(o, &u->in);
}

int sfam__inet_either_check(union sfam__inet_either *u, size_t len, size_t at,
			    struct sfam_diag *diag)
{
	size_t want = u->family == AF_INET6 ? sizeof(u->in6) : sizeof(u->in);
	unsigned char *bytes = (unsigned char *)u;	/* up to sizeof(*u) */

	if (u->family != AF_INET && u->family != AF_INET6)
		return sfam__addr_bad(diag, at, "AF_INET (2) or AF_INET6 (10)");
	if (len < want)
		return sfam__addr_bad(diag, at + len,
				      "a sockaddr length of this family");
	if (u->family == AF_INET)
		memset(u->in.sin_zero, 0, sizeof(u->in.sin_zero));
	memset(bytes + want, 0, sizeof(*u) - want);
	return (int)want;
}

const struct sfam_addr_field *
sfam__inet_either_fields(const union sfam__inet_either *u)
{
	return u->family == AF_INET6 ? sfam__family_inet6.fields :
				       sfam__family_inet.fields;
}

const struct sfam_addr_field *
sfam__inet_either_tail(const struct sfam_addr *addr)
{
	union sfam__inet_either u;

	sfam__addr_get(addr, &u, sizeof(u));
	return sfam__inet_either_fields(&u);
}
