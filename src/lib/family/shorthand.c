/* SPDX-License-Identifier: MIT */
#include "family/shorthand.h"

#include <arpa/inet.h>

#include "family/inet.h"

/* Of a row they have what socket(2) wants; protocol 0 is TCP or UDP. */
static const struct sfam_family shorthands[] = {
	{ .name = "tcp", .type = SOCK_STREAM, .types = SFAM_TYPE_STREAM },
	{ .name = "udp", .type = SOCK_DGRAM, .types = SFAM_TYPE_DGRAM },
	{ .name = "udplite", .type = SOCK_DGRAM, .types = SFAM_TYPE_DGRAM,
	  .protocol = IPPROTO_UDPLITE },
	{ .name = "mptcp", .type = SOCK_STREAM, .types = SFAM_TYPE_STREAM,
	  .protocol = IPPROTO_MPTCP },
	{ .name = "sctp", .type = SOCK_STREAM, .protocol = IPPROTO_SCTP,
	  .types = SFAM_TYPE_STREAM | SFAM_TYPE_SEQPACKET },
};

static const struct sfam__name families[] = {
	{ "inet", AF_INET },
	{ "inet6", AF_INET6 },
	{ NULL, 0 },
};

static int set_family(struct sfam__scan *s, void *sa)
{
	const struct sfam__name *n;
	struct sfam__name_addr *ret = sa;

	for (n = families; n->name; n++) {
		if (sfam__scan_word(s, n->name)) {
			ret->af = (int)n->value;
			return 0;
		}
	}
	return sfam__scan_fail(s, -EINVAL, s->pos, "inet or inet6");
}

static const struct sfam__key keys[] = {
	{ "family", set_family },
	{ NULL, NULL },
};

const struct sfam_family *sfam__scan_shorthand(struct sfam__scan *s)
{
	size_t start = s->pos;
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(shorthands); i++) {
		if (sfam__scan_word(s, shorthands[i].name) &&
		    sfam__scan_skip(s, ':'))
			return &shorthands[i];
		s->pos = start;
	}
	return NULL;
}

/* Printable ASCII up to stop or a comma; what the resolver would take. */
static int scan_word_until(struct sfam__scan *s, char stop, char *buf,
			   size_t size, const char *expected)
{
	size_t start = s->pos;
	size_t n = 0;
	char c;

	while (!sfam__scan_end(s)) {
		c = s->text[s->pos];
		if (c == ',' || (stop && c == stop))
			break;
		if (c <= ' ' || c > '~' || c == ':' || n == size - 1)
			return sfam__scan_fail(s, -EINVAL, start, expected);
		buf[n++] = c;
		s->pos++;
	}
	buf[n] = '\0';
	return 0;
}

/* The scope is found by our own look-up, and put back afterwards. */
static int scan_host_inet6(struct sfam__scan *s, struct sfam__name_addr *ret)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	int r = sfam__inet6_scan_host(s, &in6.sin6_addr,
				      &in6.sin6_scope_id);

	if (r < 0)
		return r;
	inet_ntop(AF_INET6, &in6.sin6_addr, ret->host, sizeof(ret->host));
	ret->scope = in6.sin6_scope_id;
	return 0;
}

static int scan_host(struct sfam__scan *s, struct sfam__name_addr *ret)
{
	ret->host_at = s->pos;
	if (sfam__scan_is(s, '['))
		return scan_host_inet6(s, ret);
	if (sfam__scan_skip(s, '*'))
		return 0;
	return scan_word_until(s, ':', ret->host, sizeof(ret->host),
			       "a host: a name in ASCII, an IPv4 address, "
			       "an IPv6 address in [ ], * or nothing");
}

/*
 * A number is checked here, since getaddrinfo(3) of glibc takes 65616 for
 * 80, and written again in decimal, the only form that it knows.
 */
static int scan_port(struct sfam__scan *s, struct sfam__name_addr *ret)
{
	struct sfam__out o = { ret->service, sizeof(ret->service), 0 };
	uint32_t port = 0;
	int r = sfam__scan_u32(s, UINT16_MAX, &port, "a port 0..65535");

	if (r < 0)
		return r;
	sfam__out_dec(&o, port);
	sfam__out_finish(&o);
	ret->numeric_service = true;
	return 0;
}

/* Names of services may begin with a digit (3com-tsmux). */
static bool is_number(const char *word)
{
	if (word[0] == '0' && word[1] == 'x')
		return true;
	return word[strspn(word, "0123456789")] == '\0';
}

static int scan_service(struct sfam__scan *s, struct sfam__name_addr *ret)
{
	static const char expected[] =
		"a service: port or name (IPv6 addresses go in [ ])";
	int r;

	r = sfam__scan_expect(s, ':', "\":SERVICE\", a port or a name");
	if (r < 0)
		return r;
	ret->service_at = s->pos;
	r = scan_word_until(s, 0, ret->service, sizeof(ret->service),
			    expected);
	if (r < 0)
		return r;
	if (ret->service[0] == '\0')
		return sfam__scan_fail(s, -EINVAL, s->pos, expected);
	if (!is_number(ret->service))
		return 0;
	s->pos = ret->service_at;
	return scan_port(s, ret);
}

int sfam__scan_name_addr(struct sfam__scan *s, const struct sfam_family *f,
			 struct sfam__name_addr *ret)
{
	struct sfam_addr addr = { .family = f, .type = f->type };
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->shorthand = f;
	r = scan_host(s, ret);
	if (r == 0)
		r = scan_service(s, ret);
	if (r == 0)
		r = sfam__keys_parse(s, &addr, keys, ret, NULL);
	ret->type = addr.type;
	return r;
}
