/* SPDX-License-Identifier: MIT */
/*
 * RxRPC (linux/rxrpc.h): a service behind a UDP address. The protocol of
 * socket(2) is the address family inside, and SO_PROTOCOL does not tell it
 * (net/rxrpc/af_rxrpc.c): the address decides. Service 0: a client.
 */
#include "family/inet.h"

/* struct sockaddr_rxrpc */
struct sockaddr_rxrpc {
	sa_family_t family;
	uint16_t service;
	uint16_t transport_type;
	uint16_t transport_len;
	union sfam__inet_either transport;
};

#define TRANSPORT_AT offsetof(struct sockaddr_rxrpc, transport)

static int set_service(struct sfam__scan *s, void *sa)
{
	struct sockaddr_rxrpc *srx = sa;

	return sfam__scan_u16(s, UINT16_MAX, &srx->service,
			      "a service 0..65535");
}

static const struct sfam__key keys[] = {
	{ "service", set_service },
	{ NULL, NULL },
};

static int rxrpc_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_rxrpc srx = { .family = AF_RXRPC };
	int r;

	r = sfam__inet_either_scan(s, &srx.transport);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &srx, NULL);
	if (r < 0)
		return r;
	srx.transport_type = SOCK_DGRAM;
	srx.transport_len = srx.transport.family == AF_INET ?
			    sizeof(srx.transport.in) :
			    sizeof(srx.transport.in6);
	ret->protocol = srx.transport.family;
	sfam__addr_set(ret, &srx, sizeof(srx));
	return 0;
}

/* rxrpc_validate_address(): what is behind the IPv4 address is zeroed. */
static int rxrpc_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_rxrpc srx;
	size_t len;
	int r;

	sfam__addr_get(addr, &srx, sizeof(srx));
	if (srx.transport_type != SOCK_DGRAM)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_rxrpc,
						     transport_type),
				      "transport_type SOCK_DGRAM (2)");
	len = srx.transport_len;
	if (len > sizeof(srx.transport))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_rxrpc,
						     transport_len),
				      "a transport_len within the sockaddr");
	r = sfam__inet_either_check(&srx.transport, len, TRANSPORT_AT, diag);
	if (r < 0)
		return r;
	if (srx.transport.family == AF_INET6)
		srx.transport.in6.sin6_flowinfo = 0;
	srx.transport_len = (uint16_t)r;
	addr->protocol = srx.transport.family;
	sfam__addr_set(addr, &srx, sizeof(srx));
	return 0;
}

static void rxrpc_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_rxrpc srx;

	sfam__addr_get(addr, &srx, sizeof(srx));
	sfam__inet_either_out(o, &srx.transport);
	sfam__out_key(o, "service", srx.service);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("srx_family", struct sockaddr_rxrpc, family, HOST),
	SFAM__FIELD_AS("srx_service", struct sockaddr_rxrpc, service, HOST),
	SFAM__FIELD(struct sockaddr_rxrpc, transport_type, HOST),
	SFAM__FIELD(struct sockaddr_rxrpc, transport_len, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field *rxrpc_tail(const struct sfam_addr *addr)
{
	struct sockaddr_rxrpc srx;

	sfam__addr_get(addr, &srx, sizeof(srx));
	return sfam__inet_either_fields(&srx.transport);
}

const struct sfam_family sfam__family_rxrpc = {
	.name = "rxrpc",
	.syntax = "rxrpc:HOST:PORT[,service=] | "
		  "rxrpc:[HOST%SCOPE]:PORT[,service=]",
	.af = AF_RXRPC,
	.type = SOCK_DGRAM,
	.protocol = AF_INET,
	.types = SFAM_TYPE_DGRAM,
	.flags = SFAM_ROW_ANY_PROTOCOL,
	.len_min = sizeof(struct sockaddr_rxrpc),
	.len_max = sizeof(struct sockaddr_rxrpc),
	.config = "CONFIG_AF_RXRPC",
	.module = "rxrpc",
	.since = "2.6.22",
	.parse = rxrpc_parse,
	.format = rxrpc_format,
	.fields = fields,
	.tail = rxrpc_tail,
	.tail_at = TRANSPORT_AT,
	.check = rxrpc_check,
};
