/* SPDX-License-Identifier: MIT */
#include "socket/resolve.h"

#include "base/resolve.h"
#include "family/inet.h"

#include <sockfam/error.h>

#define RESOLVE_FLAGS (SFAM_RESOLVE_PASSIVE | SFAM_RESOLVE_NUMERIC)

/*
 * AI_ADDRCONFIG is not asked for: it does not count loopback addresses, so
 * a machine without a network would not find itself.
 */
static int lookup_flags(const struct sfam__name_addr *name, uint32_t flags)
{
	return (flags & SFAM_RESOLVE_PASSIVE ? AI_PASSIVE : 0) |
	       (flags & SFAM_RESOLVE_NUMERIC ? AI_NUMERICHOST : 0) |
	       (flags & SFAM_RESOLVE_NUMERIC || name->numeric_service ?
		AI_NUMERICSERV : 0);
}

/* Which part of the text it is about, as far as the answer tells. */
static int fail_lookup(const struct sfam__scan *s, int error,
		       const struct sfam__name_addr *name)
{
	int eai = sfam_error_eai(error);

	if (eai == EAI_SERVICE || (eai && name->host[0] == '\0'))
		return sfam__scan_fail(s, error, name->service_at,
				       "a service that the resolver knows");
	return sfam__scan_fail(s, error, name->host_at,
			       "a host that the resolver knows");
}

/*
 * The resolver does not know every protocol by name, nor SEQPACKET: it is
 * asked for TCP or UDP, and the rest is put in afterwards.
 */
static int look_up(const struct sfam__scan *s,
		   const struct sfam__name_addr *name, uint32_t flags,
		   struct addrinfo **ret)
{
	int r = sfam__sys_getaddrinfo(name->host[0] ? name->host : NULL,
				      name->service, name->af,
				      name->type == SOCK_DGRAM ? SOCK_DGRAM :
								 SOCK_STREAM,
				      lookup_flags(name, flags), ret);

	return r < 0 ? fail_lookup(s, r, name) : 0;
}

static bool same_sockaddr(const struct addrinfo *a, const struct addrinfo *b)
{
	return a->ai_addrlen == b->ai_addrlen &&
	       memcmp(a->ai_addr, b->ai_addr, a->ai_addrlen) == 0;
}

/* A name twice in /etc/hosts comes twice. */
static bool came_before(const struct addrinfo *list, const struct addrinfo *ai)
{
	for (; list != ai; list = list->ai_next)
		if (same_sockaddr(list, ai))
			return true;
	return false;
}

static int convert(struct sfam_addr *ret, const struct addrinfo *ai,
		   const struct sfam__name_addr *name)
{
	bool six = ai->ai_family == AF_INET6;
	struct sockaddr_in6 in6;
	int r;

	r = sfam_addr_from_sockaddr(ret, six ? &sfam__family_inet6 :
						&sfam__family_inet,
				    name->type, name->shorthand->protocol,
				    ai->ai_addr, ai->ai_addrlen, NULL);
	if (r < 0 || !six || name->scope == 0)
		return r;
	sfam__addr_get(ret, &in6, sizeof(in6));
	in6.sin6_scope_id = name->scope;
	sfam__addr_set(ret, &in6, sizeof(in6));
	return 0;
}

/* Returns how many there are; the first max are in ret. */
static ssize_t convert_all(const struct addrinfo *list,
			   const struct sfam__name_addr *name,
			   struct sfam_addr *ret, size_t max)
{
	const struct addrinfo *ai;
	size_t n = 0;
	int r;

	for (ai = list; ai; ai = ai->ai_next) {
		if (came_before(list, ai))
			continue;
		if (n < max) {
			r = convert(&ret[n], ai, name);
			if (r < 0)
				return r;
		}
		n++;
	}
	return (ssize_t)n;
}

static int resolve_name(struct sfam__scan *s, uint32_t flags,
			struct sfam_addr *ret, size_t max, size_t *ret_n,
			struct sfam__name_addr *name)
{
	struct addrinfo *list = NULL;
	ssize_t n;
	int r;

	r = sfam__scan_name_addr(s, name->shorthand, name);
	if (r == 0)
		r = look_up(s, name, flags, &list);
	if (r < 0)
		return r;
	n = convert_all(list, name, ret, max);
	sfam__sys_freeaddrinfo(list);
	if (n < 0)
		return (int)n;
	*ret_n = (size_t)n;
	return 0;
}

static int parse_one(const struct sfam__scan *s, struct sfam_addr *ret,
		     size_t max, size_t *ret_n)
{
	struct sfam_addr addr;
	int r = sfam_addr_parse(&addr, s->text, s->len, s->diag);

	if (r < 0)
		return r;
	if (max > 0)
		ret[0] = addr;
	*ret_n = 1;
	return 0;
}

int sfam__resolve(const char *text, size_t text_len, uint32_t flags,
		  struct sfam_addr *ret, size_t max, size_t *ret_n,
		  struct sfam__name_addr *ret_name, struct sfam_diag *diag)
{
	struct sfam__scan s = { text, text_len, 0, diag };

	ret_name->shorthand = sfam__scan_shorthand(&s);
	return ret_name->shorthand ?
	       resolve_name(&s, flags, ret, max, ret_n, ret_name) :
	       parse_one(&s, ret, max, ret_n);
}

SFAM_PUBLIC int sfam_resolve(const char *text, size_t text_len, uint32_t flags,
			     struct sfam_addr *ret, size_t max, size_t *ret_n,
			     struct sfam_diag *diag)
{
	struct sfam__name_addr name;

	if (flags & ~RESOLVE_FLAGS)
		return sfam__addr_bad(diag, 0, "known flags");
	return sfam__resolve(text, text_len, flags, ret, max, ret_n, &name,
			     diag);
}
