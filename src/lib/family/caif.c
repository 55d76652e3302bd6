/* SPDX-License-Identifier: MIT */
/*
 * CAIF, to a modem: connect alone. The protocol says what kind of channel
 * it is and what the sockaddr means (linux/caif/caif_socket.h, gone in 7.1;
 * what is read: caif_connect_req_to_link_param() of net/caif/cfcnfg.c).
 */
#include <sys/socket.h>

#include "family/row.h"

#ifndef AF_CAIF
#define AF_CAIF 37		/* sys/socket.h since glibc 2.12 */
#endif
#define STRING_LEN 16
#define AT_MAX 15		/* two bits each of endpoint and channel */

enum { AT, DATAGRAM, DATAGRAM_LOOP, UTIL, RFM, DEBUG };	/* CAIFPROTO_... */

/* struct sockaddr_caif, its unions spread out: what each protocol has. */
struct sockaddr_caif {
	sa_family_t family;
	uint16_t pad;		/* unnamed there */
	union {
		uint8_t at;
		uint32_t connection;		/* datagram, rfm */
		uint8_t debug[2];		/* type, service */
		char service[STRING_LEN];	/* util */
		struct {
			uint32_t connection;
			char volume[STRING_LEN];
		} rfm;
	} u;
};

static const struct sfam__name protocols[] = {
	{ "at", AT },
	{ "datagram", DATAGRAM },
	{ "datagram-loop", DATAGRAM_LOOP },
	{ "util", UTIL },
	{ "rfm", RFM },
	{ "debug", DEBUG },
	{ NULL, 0 },
};

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int scan_string(struct sfam__scan *s, char *ret)
{
	static const char expected[] = "a name of at most 15 bytes";
	size_t start = s->pos;
	size_t n = 0;
	int r = sfam__scan_bytes(s, 0, ret, STRING_LEN - 1, &n, expected);

	if (r == 0 && memchr(ret, '\0', n))
		return sfam__scan_fail(s, -EINVAL, start, expected);
	return r;
}

static int scan_connection(struct sfam__scan *s, uint32_t *ret)
{
	return sfam__scan_u32(s, UINT32_MAX, ret,
			      "a connection 0..4294967295");
}

static int scan_rfm(struct sfam__scan *s, struct sockaddr_caif *sa)
{
	int r = scan_connection(s, &sa->u.rfm.connection);

	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":VOLUME\"");
	return r < 0 ? r : scan_string(s, sa->u.rfm.volume);
}

static int scan_debug(struct sfam__scan *s, struct sockaddr_caif *sa)
{
	int r = sfam__scan_u8(s, UINT8_MAX, &sa->u.debug[0],
			      "a type 0..255");

	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":SERVICE\"");
	return r < 0 ? r : sfam__scan_u8(s, UINT8_MAX, &sa->u.debug[1],
					 "a service 0..255");
}

static int scan_rest(struct sfam__scan *s, uint32_t protocol,
		     struct sockaddr_caif *sa)
{
	switch (protocol) {
	case AT:
		return sfam__scan_u8(s, AT_MAX, &sa->u.at, "a type 0..15");
	case UTIL:
		return scan_string(s, sa->u.service);
	case RFM:
		return scan_rfm(s, sa);
	case DEBUG:
		return scan_debug(s, sa);
	}
	return scan_connection(s, &sa->u.connection);
}

static int caif_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_caif sa;
	uint32_t protocol = 0;
	int r;

	memset(&sa, 0, sizeof(sa));
	sa.family = AF_CAIF;
	r = sfam__scan_named(s, protocols, DEBUG, &protocol, "a channel: at "
			     "datagram datagram-loop util rfm debug");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":\" and the rest");
	if (r == 0)
		r = scan_rest(s, protocol, &sa);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r < 0)
		return r;
	ret->protocol = (int)protocol;
	sfam__addr_set(ret, &sa, sizeof(sa));
	return 0;
}

/* Takes a string over; false if it has no end. */
static bool copy_string(char *ret, const char *old)
{
	size_t n = strnlen(old, STRING_LEN);

	memcpy(ret, old, n);
	return n < STRING_LEN;
}

/* Takes over what the protocol has; ret is zero. */
static bool copy_rest(struct sockaddr_caif *ret,
		      const struct sockaddr_caif *old, int protocol)
{
	switch (protocol) {
	case AT:
		ret->u.at = old->u.at & AT_MAX;
		return true;
	case UTIL:
		return copy_string(ret->u.service, old->u.service);
	case RFM:
		ret->u.rfm.connection = old->u.rfm.connection;
		return copy_string(ret->u.rfm.volume, old->u.rfm.volume);
	case DEBUG:
		memcpy(ret->u.debug, old->u.debug, sizeof(ret->u.debug));
		return true;
	}
	ret->u.connection = old->u.connection;
	return true;
}

static int caif_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_caif old, sa;

	if (addr->protocol < 0 || addr->protocol > DEBUG)
		return sfam__addr_bad(diag, 0, "a protocol 0..5");
	sfam__addr_get(addr, &old, sizeof(old));
	memset(&sa, 0, sizeof(sa));
	sa.family = AF_CAIF;
	if (!copy_rest(&sa, &old, addr->protocol))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_caif, u),
				      "a name of at most 15 bytes");
	sfam__addr_set(addr, &sa, sizeof(sa));
	return 0;
}

static void out_string(struct sfam__out *o, const char *string)
{
	sfam__out_bytes(o, 0, string, strnlen(string, STRING_LEN));
}

static void caif_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_caif sa;

	sfam__addr_get(addr, &sa, sizeof(sa));
	sfam__out_named(o, protocols, (uint32_t)addr->protocol);
	sfam__out_char(o, ':');
	switch (addr->protocol) {
	case AT:
		sfam__out_dec(o, sa.u.at);
		return;
	case UTIL:
		out_string(o, sa.u.service);
		return;
	case RFM:
		sfam__out_dec(o, sa.u.rfm.connection);
		sfam__out_char(o, ':');
		out_string(o, sa.u.rfm.volume);
		return;
	case DEBUG:
		sfam__out_dec(o, sa.u.debug[0]);
		sfam__out_char(o, ':');
		sfam__out_dec(o, sa.u.debug[1]);
		return;
	}
	sfam__out_dec(o, sa.u.connection);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_caif, family, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field at_tail[] = {
	SFAM__FIELD_AS("u.at.type", struct sockaddr_caif, u.at, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field dgm_tail[] = {
	SFAM__FIELD_AS("u.dgm.connection_id", struct sockaddr_caif,
		       u.connection, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field util_tail[] = {
	SFAM__FIELD_AS("u.util.service", struct sockaddr_caif, u.service, TEXT),
	SFAM__FIELD_END
};

static const struct sfam_addr_field rfm_tail[] = {
	SFAM__FIELD_AS("u.rfm.connection_id", struct sockaddr_caif,
		       u.rfm.connection, HOST),
	SFAM__FIELD(struct sockaddr_caif, u.rfm.volume, TEXT),
	SFAM__FIELD_END
};

static const struct sfam_addr_field debug_tail[] = {
	SFAM__FIELD_AS("u.dbg.type", struct sockaddr_caif, u.debug[0], HOST),
	SFAM__FIELD_AS("u.dbg.service", struct sockaddr_caif, u.debug[1], HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field *caif_tail(const struct sfam_addr *addr)
{
	switch (addr->protocol) {
	case AT:
		return at_tail;
	case UTIL:
		return util_tail;
	case RFM:
		return rfm_tail;
	case DEBUG:
		return debug_tail;
	}
	return dgm_tail;
}

const struct sfam_family sfam__family_caif = {
	.name = "caif",
	.syntax = "caif:at:TYPE | caif:util:NAME | caif:datagram:ID | "
		  "caif:datagram-loop:ID | caif:rfm:ID:VOLUME | "
		  "caif:debug:TYPE:SERVICE",
	.af = AF_CAIF,
	.type = SOCK_SEQPACKET,
	.types = SFAM_TYPE_SEQPACKET | SFAM_TYPE_STREAM,
	.flags = SFAM_ROW_ANY_PROTOCOL,
	.len_min = sizeof(struct sockaddr_caif),
	.len_max = sizeof(struct sockaddr_caif),
	.config = "CONFIG_CAIF",
	.module = "caif_socket",
	.since = "2.6.35",
	.removed = "7.1",
	.needs = "CAP_SYS_ADMIN or CAP_NET_ADMIN: run as root",
	.parse = caif_parse,
	.format = caif_format,
	.fields = fields,
	.tail = caif_tail,
	.check = caif_check,
};
