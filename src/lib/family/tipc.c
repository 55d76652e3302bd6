/* SPDX-License-Identifier: MIT */
/*
 * tipc(7). Host byte order. Scope counts for services and ranges only; a
 * negative one withdraws a binding, 0 is what a look-up may have.
 */
#include <linux/tipc.h>

#include "base/sys.h"
#include "family/row.h"

/* Names since Linux 4.17; the numbers are older. */
#define RANGE TIPC_ADDR_NAMESEQ
#define SERVICE TIPC_ADDR_NAME
#define SOCKET TIPC_ADDR_ID

static const struct sfam__name scopes[] = {
	{ "zone", TIPC_ZONE_SCOPE },
	{ "cluster", TIPC_CLUSTER_SCOPE },
	{ "node", TIPC_NODE_SCOPE },
	{ NULL, 0 },
};

static const char u32_expected[] = "a number 0..4294967295";

static int scan_scope(struct sfam__scan *s, struct sockaddr_tipc *tipc)
{
	bool negative;
	uint32_t v;
	int r;

	tipc->scope = TIPC_CLUSTER_SCOPE;
	if (!sfam__scan_skip(s, '@'))
		return 0;
	negative = sfam__scan_skip(s, '-');
	r = sfam__scan_named(s, scopes, TIPC_NODE_SCOPE, &v,
			     "a scope: zone cluster node or -3..3");
	if (r == 0)
		tipc->scope = (signed char)(negative ? -(int)v : (int)v);
	return r;
}

static int set_domain(struct sfam__scan *s, void *sa)
{
	struct sockaddr_tipc *tipc = sa;

	if (tipc->addrtype != SERVICE)
		return sfam__scan_fail(s, -EINVAL, s->pos,
				       "no domain, but for a service");
	return sfam__scan_u32(s, UINT32_MAX, &tipc->addr.name.domain,
			      "a node 0..0xffffffff");
}

static const struct sfam__key keys[] = {
	{ "domain", set_domain },
	{ NULL, NULL },
};

static int scan_socket(struct sfam__scan *s, struct sockaddr_tipc *tipc)
{
	int r;

	tipc->addrtype = SOCKET;
	r = sfam__scan_expect(s, ':', "\":NODE:REF\"");
	if (r == 0)
		r = sfam__scan_u32(s, UINT32_MAX, &tipc->addr.id.node,
				   u32_expected);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":REF\"");
	if (r == 0)
		r = sfam__scan_u32(s, UINT32_MAX, &tipc->addr.id.ref,
				   u32_expected);
	return r;
}

static int scan_upper(struct sfam__scan *s, struct sockaddr_tipc *tipc)
{
	uint32_t lower = tipc->addr.name.name.instance;
	uint32_t type = tipc->addr.name.name.type;
	size_t start = s->pos;
	int r;

	tipc->addrtype = RANGE;
	tipc->addr.nameseq.type = type;
	tipc->addr.nameseq.lower = lower;
	r = sfam__scan_u32(s, UINT32_MAX, &tipc->addr.nameseq.upper,
			   u32_expected);
	if (r == 0 && tipc->addr.nameseq.upper < lower)
		return sfam__scan_fail(s, -EINVAL, start,
				       "an UPPER not below LOWER");
	return r;
}

static int scan_service(struct sfam__scan *s, struct sockaddr_tipc *tipc)
{
	struct tipc_name *name = &tipc->addr.name.name;
	int r;

	tipc->addrtype = SERVICE;
	r = sfam__scan_u32(s, UINT32_MAX, &name->type,
			   "a service type 0..4294967295, or socket:");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":INSTANCE\"");
	if (r == 0)
		r = sfam__scan_u32(s, UINT32_MAX, &name->instance,
				   u32_expected);
	if (r == 0 && sfam__scan_skip(s, '-'))
		r = scan_upper(s, tipc);
	if (r == 0)
		r = scan_scope(s, tipc);
	return r;
}

static int tipc_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_tipc tipc;
	int r;

	memset(&tipc, 0, sizeof(tipc));
	tipc.family = AF_TIPC;
	if (sfam__scan_word(s, "socket"))
		r = scan_socket(s, &tipc);
	else
		r = scan_service(s, &tipc);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &tipc, NULL);
	if (r == 0)
		sfam__addr_set(ret, &tipc, sizeof(tipc));
	return r;
}

static int check_kind(const struct sockaddr_tipc *tipc, struct sfam_diag *diag)
{
	if (tipc->addrtype != RANGE && tipc->addrtype != SERVICE &&
	    tipc->addrtype != SOCKET)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_tipc,
						     addrtype),
				      "an addrtype 1, 2 or 3");
	if (tipc->addrtype == RANGE &&
	    tipc->addr.nameseq.lower > tipc->addr.nameseq.upper)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_tipc,
						     addr.nameseq.upper),
				      "an upper not below lower");
	if (tipc->addrtype != SOCKET && (tipc->scope < -TIPC_NODE_SCOPE ||
					 tipc->scope > TIPC_NODE_SCOPE))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_tipc,
						     scope),
				      "a scope -3..3");
	return 0;
}

static int tipc_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_tipc tipc;
	int r;

	sfam__addr_get(addr, &tipc, sizeof(tipc));
	r = check_kind(&tipc, diag);
	if (r < 0)
		return r;
	if (tipc.addrtype == SOCKET) {
		tipc.scope = 0;
		tipc.addr.nameseq.upper = 0;	/* behind ref and node */
	}
	sfam__addr_set(addr, &tipc, sizeof(tipc));
	return 0;
}

static void out_scope(struct sfam__out *o, int scope)
{
	if (scope == TIPC_CLUSTER_SCOPE)
		return;
	sfam__out_char(o, '@');
	if (scope < 0)
		sfam__out_char(o, '-');
	sfam__out_named(o, scopes, (uint32_t)(scope < 0 ? -scope : scope));
}

static void out_socket(const struct sockaddr_tipc *tipc, struct sfam__out *o)
{
	sfam__out_str(o, "socket:");
	sfam__out_dec(o, tipc->addr.id.node);
	sfam__out_char(o, ':');
	sfam__out_dec(o, tipc->addr.id.ref);
}

static void tipc_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_tipc tipc;

	sfam__addr_get(addr, &tipc, sizeof(tipc));
	if (tipc.addrtype == SOCKET) {
		out_socket(&tipc, o);
		return;
	}
	sfam__out_dec(o, tipc.addr.nameseq.type);
	sfam__out_char(o, ':');
	sfam__out_dec(o, tipc.addr.nameseq.lower);
	if (tipc.addrtype == RANGE) {
		sfam__out_char(o, '-');
		sfam__out_dec(o, tipc.addr.nameseq.upper);
	}
	out_scope(o, tipc.scope);
	if (tipc.addrtype == SERVICE && tipc.addr.name.domain) {
		sfam__out_str(o, ",domain=0x");
		sfam__out_hex(o, tipc.addr.name.domain, 1);
	}
}

/* The kernel gives up after 8 s by itself (net/tipc/socket.c). */
static int tipc_allow_connect_ns(int fd, int64_t timeout_ns)
{
	int64_t ms = timeout_ns < 0 ? INT32_MAX : timeout_ns / 1000000 + 1000;
	uint32_t v = ms > INT32_MAX ? INT32_MAX : (uint32_t)ms;

	return sfam__sys_setsockopt(fd, SOL_TIPC, TIPC_CONN_TIMEOUT, &v,
				    sizeof(v));
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_tipc, family, HOST),
	SFAM__FIELD(struct sockaddr_tipc, addrtype, HOST),
	SFAM__FIELD(struct sockaddr_tipc, scope, SIGNED),
	SFAM__FIELD_END
};

static const struct sfam_addr_field range_tail[] = {
	SFAM__FIELD(struct sockaddr_tipc, addr.nameseq.type, HOST),
	SFAM__FIELD(struct sockaddr_tipc, addr.nameseq.lower, HOST),
	SFAM__FIELD(struct sockaddr_tipc, addr.nameseq.upper, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field service_tail[] = {
	SFAM__FIELD(struct sockaddr_tipc, addr.name.name.type, HOST),
	SFAM__FIELD(struct sockaddr_tipc, addr.name.name.instance, HOST),
	SFAM__FIELD(struct sockaddr_tipc, addr.name.domain, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field socket_tail[] = {
	SFAM__FIELD(struct sockaddr_tipc, addr.id.ref, HOST),
	SFAM__FIELD(struct sockaddr_tipc, addr.id.node, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field *tipc_tail(const struct sfam_addr *addr)
{
	struct sockaddr_tipc tipc;

	sfam__addr_get(addr, &tipc, sizeof(tipc));
	if (tipc.addrtype == SOCKET)
		return socket_tail;
	return tipc.addrtype == RANGE ? range_tail : service_tail;
}

const struct sfam_family sfam__family_tipc = {
	.name = "tipc",
	.syntax = "tipc:TYPE:INSTANCE[@SCOPE][,domain=] | "
		  "tipc:TYPE:LOWER-UPPER[@SCOPE] | tipc:socket:NODE:REF",
	.af = AF_TIPC,
	.type = SOCK_SEQPACKET,
	.types = SFAM_TYPE_SEQPACKET | SFAM_TYPE_STREAM | SFAM_TYPE_RDM |
		 SFAM_TYPE_DGRAM,
	.traits = SFAM_TRAIT_ENDS_AS_ONE | SFAM_TRAIT_NAMES,
	.len_min = sizeof(struct sockaddr_tipc),
	.len_max = sizeof(struct sockaddr_tipc),
	.config = "CONFIG_TIPC",
	.module = "tipc",
	.since = "2.6.16",
	.parse = tipc_parse,
	.format = tipc_format,
	.fields = fields,
	.tail = tipc_tail,
	.check = tipc_check,
	.allow_connect_ns = tipc_allow_connect_ns,
};
