/* SPDX-License-Identifier: MIT */
/* ipv6(7). A scope of digits is always an index, never a name. */
#include "family/inet.h"

#include <arpa/inet.h>
#include <net/if.h>

#include "base/sys.h"

int sfam__inet_set_flowinfo(struct sfam__scan *s, void *sa)
{
	struct sfam__inet_keys *k = sa;

	return sfam__scan_u32(s, SFAM_FLOWINFO_MAX, &k->flowinfo,
			      "a flow info 0..0xfffffff");
}

static const struct sfam__key keys[] = {
	{ "proto", sfam__inet_set_proto },
	{ "flowinfo", sfam__inet_set_flowinfo },
	{ NULL, NULL },
};

static int scan_host(struct sfam__scan *s, struct in6_addr *ret)
{
	char host[INET6_ADDRSTRLEN];
	size_t start = s->pos;
	size_t n = 0;

	if (sfam__scan_is(s, ']') || sfam__scan_is(s, '%')) {
		*ret = in6addr_any;
		return 0;
	}
	while (!sfam__scan_end(s) && !sfam__scan_is(s, ']') &&
	       !sfam__scan_is(s, '%') && n < sizeof(host) - 1)
		host[n++] = s->text[s->pos++];
	host[n] = '\0';
	if (strlen(host) != n || inet_pton(AF_INET6, host, ret) != 1)
		return sfam__scan_fail(s, -EINVAL, start,
				       "a numeric IPv6 address, or nothing");
	return 0;
}

static bool scope_is_number(const struct sfam__scan *s)
{
	size_t i = s->pos;

	while (i < s->len && s->text[i] >= '0' && s->text[i] <= '9')
		i++;
	return i > s->pos && i < s->len && s->text[i] == ']';
}

static int scan_scope(struct sfam__scan *s, uint32_t *ret)
{
	size_t start = s->pos;
	int index;
	int r;

	if (scope_is_number(s))
		return sfam__scan_u32(s, UINT32_MAX, ret, "an index");
	r = sfam__scan_interface(s, ']', &index);
	if (r < 0)
		return r;
	if (s->pos == start)
		return sfam__scan_fail(s, -EINVAL, start,
				       "a scope: interface or index");
	*ret = (uint32_t)index;
	return 0;
}

int sfam__inet6_scan_host(struct sfam__scan *s, struct in6_addr *ret,
			  uint32_t *ret_scope)
{
	int r;

	r = sfam__scan_expect(s, '[', "\"[\"");
	if (r == 0)
		r = scan_host(s, ret);
	if (r == 0 && sfam__scan_skip(s, '%'))
		r = scan_scope(s, ret_scope);
	if (r == 0)
		r = sfam__scan_expect(s, ']', "\"]\"");
	return r;
}

int sfam__inet6_scan(struct sfam__scan *s, struct sockaddr_in6 *in6)
{
	int r = sfam__inet6_scan_host(s, &in6->sin6_addr,
				      &in6->sin6_scope_id);

	return r < 0 ? r : sfam__inet_scan_port(s, &in6->sin6_port);
}

static int inet6_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sfam__inet_keys k = { 0, 0 };
	int r;

	r = sfam__inet6_scan(s, &in6);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &k, NULL);
	if (r < 0)
		return r;
	in6.sin6_flowinfo = htonl(k.flowinfo);
	ret->protocol = (int)k.protocol;
	r = sfam__inet_check_proto(ret, NULL);
	if (r < 0)
		return r;
	sfam__addr_set(ret, &in6, sizeof(in6));
	return 0;
}

/* Without a scope (24 bytes, RFC 2133) it is 0, as the kernel has it. */
static int inet6_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_in6 in6;

	sfam__addr_get(addr, &in6, sizeof(in6));
	if (ntohl(in6.sin6_flowinfo) > SFAM_FLOWINFO_MAX)
		return sfam__addr_bad(diag,
				      offsetof(struct sockaddr_in6,
					       sin6_flowinfo),
				      "a flow info 0..0xfffffff");
	sfam__addr_set(addr, &in6, sizeof(in6));
	return sfam__inet_check_proto(addr, diag);
}

static bool all_digits(const char *name)
{
	return name[strspn(name, "0123456789")] == '\0';
}

static void out_scope(struct sfam__out *o, uint32_t scope)
{
	char name[IFNAMSIZ];

	if (scope == 0)
		return;
	sfam__out_char(o, '%');
	if (scope <= INT32_MAX && sfam__sys_ifname((int)scope, name) == 0 &&
	    !all_digits(name))
		sfam__out_bytes(o, ']', name, strnlen(name, sizeof(name)));
	else
		sfam__out_dec(o, scope);
}

void sfam__inet6_out_host(struct sfam__out *o, const struct in6_addr *host,
			  uint32_t scope)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, host, text, sizeof(text));
	sfam__out_char(o, '[');
	sfam__out_str(o, text);
	out_scope(o, scope);
	sfam__out_char(o, ']');
}

void sfam__inet6_out(struct sfam__out *o, const struct sockaddr_in6 *in6)
{
	sfam__inet6_out_host(o, &in6->sin6_addr, in6->sin6_scope_id);
	sfam__out_char(o, ':');
	sfam__out_dec(o, ntohs(in6->sin6_port));
}

void sfam__inet6_out_flowinfo(struct sfam__out *o, uint32_t flowinfo_be)
{
	if (flowinfo_be == 0)
		return;
	sfam__out_str(o, ",flowinfo=0x");
	sfam__out_hex(o, ntohl(flowinfo_be), 1);
}

static void inet6_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_in6 in6;

	sfam__addr_get(addr, &in6, sizeof(in6));
	sfam__inet6_out(o, &in6);
	sfam__inet_out_proto(addr, o);
	sfam__inet6_out_flowinfo(o, in6.sin6_flowinfo);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_in6, sin6_family, HOST),
	SFAM__FIELD(struct sockaddr_in6, sin6_port, NET),
	SFAM__FIELD(struct sockaddr_in6, sin6_flowinfo, NET),
	SFAM__FIELD(struct sockaddr_in6, sin6_addr, INET),
	SFAM__FIELD(struct sockaddr_in6, sin6_scope_id, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_inet6 = {
	.name = "inet6",
	.syntax = "inet6:[HOST%SCOPE]:PORT[,proto=][,flowinfo=]",
	.af = AF_INET6,
	.type = SOCK_STREAM,
	.types = SFAM_TYPE_STREAM | SFAM_TYPE_DGRAM | SFAM_TYPE_RAW |
		 SFAM_TYPE_SEQPACKET,
	.flags = SFAM_ROW_ANY_PROTOCOL | SFAM_ROW_PORT_LINGERS |
		 SFAM_ROW_CONNECT_SNDTIMEO,
	/* without sin6_scope_id: SIN6_LEN_RFC2133 of net/ipv6.h */
	.len_min = offsetof(struct sockaddr_in6, sin6_scope_id),
	.len_max = sizeof(struct sockaddr_in6),
	.config = "CONFIG_IPV6",
	.module = "ipv6",
	.since = "2.2",
	.parse = inet6_parse,
	.format = inet6_format,
	.fields = fields,
	.check = inet6_check,
};
