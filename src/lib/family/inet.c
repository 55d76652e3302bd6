/* SPDX-License-Identifier: MIT */
/* ip(7). Numeric only: names are for connecting, not for the codec. */
#include "family/inet.h"

#include <arpa/inet.h>

static const struct sfam__key keys[] = {
	{ "proto", sfam__inet_set_proto },
	{ NULL, NULL },
};

int sfam__inet_scan_host(struct sfam__scan *s, struct in_addr *ret)
{
	char host[INET_ADDRSTRLEN];
	size_t start = s->pos;
	size_t n = 0;

	if (sfam__scan_is(s, ':')) {
		ret->s_addr = htonl(INADDR_ANY);
		return 0;
	}
	while (!sfam__scan_end(s) && !sfam__scan_is(s, ':') &&
	       !sfam__scan_is(s, ',') && n < sizeof(host) - 1)
		host[n++] = s->text[s->pos++];
	host[n] = '\0';
	if (strcmp(host, "<broadcast>") == 0)
		ret->s_addr = htonl(INADDR_BROADCAST);
	else if (strlen(host) != n || inet_pton(AF_INET, host, ret) != 1)
		return sfam__scan_fail(s, -EINVAL, start,
				       "a numeric IPv4 address, "
				       "<broadcast> or nothing");
	return 0;
}

int sfam__inet_scan(struct sfam__scan *s, struct sockaddr_in *ret)
{
	int r = sfam__inet_scan_host(s, &ret->sin_addr);

	return r < 0 ? r : sfam__inet_scan_port(s, &ret->sin_port);
}

void sfam__inet_out_host(struct sfam__out *o, const struct in_addr *host)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, host, text, sizeof(text));
	sfam__out_str(o, text);
}

void sfam__inet_out(struct sfam__out *o, const struct sockaddr_in *in)
{
	sfam__inet_out_host(o, &in->sin_addr);
	sfam__out_char(o, ':');
	sfam__out_dec(o, ntohs(in->sin_port));
}

static int inet_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sfam__inet_keys k = { 0, 0 };
	int r;

	r = sfam__inet_scan(s, &in);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &k, NULL);
	if (r < 0)
		return r;
	ret->protocol = (int)k.protocol;
	r = sfam__inet_check_proto(ret, NULL);
	if (r < 0)
		return r;
	sfam__addr_set(ret, &in, sizeof(in));
	return 0;
}

static int inet_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_in in;

	sfam__addr_get(addr, &in, sizeof(in));
	memset(in.sin_zero, 0, sizeof(in.sin_zero));
	sfam__addr_set(addr, &in, sizeof(in));
	return sfam__inet_check_proto(addr, diag);
}

static void inet_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_in in;

	sfam__addr_get(addr, &in, sizeof(in));
	sfam__inet_out(o, &in);
	sfam__inet_out_proto(addr, o);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_in, sin_family, HOST),
	SFAM__FIELD(struct sockaddr_in, sin_port, NET),
	SFAM__FIELD(struct sockaddr_in, sin_addr, INET),
	SFAM__FIELD(struct sockaddr_in, sin_zero, BYTES),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_inet = {
	.name = "inet",
	.syntax = "inet:HOST:PORT[,proto=]  (numeric; no HOST: any)",
	.af = AF_INET,
	.type = SOCK_STREAM,
	.types = SFAM_TYPE_STREAM | SFAM_TYPE_DGRAM | SFAM_TYPE_RAW |
		 SFAM_TYPE_SEQPACKET,
	.flags = SFAM_ROW_ANY_PROTOCOL | SFAM_ROW_PORT_LINGERS |
		 SFAM_ROW_CONNECT_SNDTIMEO,
	.len_min = sizeof(struct sockaddr_in),
	.len_max = sizeof(struct sockaddr_in),
	.config = "CONFIG_INET",
	.since = "2.0",
	.parse = inet_parse,
	.format = inet_format,
	.fields = fields,
	.check = inet_check,
};
