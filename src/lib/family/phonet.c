/* SPDX-License-Identifier: MIT */
/*
 * Phonet (linux/phonet.h). An object is an address (six bits, the upper
 * ones of spn_dev) and a port (ten: the rest, and spn_obj); see
 * net/phonet/socket.c. A pipe's address is the same, seqpacket.
 */
#include <sys/socket.h>
#include <linux/phonet.h>

#include "family/row.h"

#define ADDR_MASK 0xfc
#define PORT_MAX 0x3ff

static int set_resource(struct sfam__scan *s, void *sa)
{
	struct sockaddr_pn *pn = sa;

	return sfam__scan_u8(s, UINT8_MAX, &pn->spn_resource,
			     "a resource 0..255");
}

static const struct sfam__key keys[] = {
	{ "resource", set_resource },
	{ NULL, NULL },
};

static int scan_addr(struct sfam__scan *s, uint8_t *ret)
{
	static const char expected[] = "an address 0, 4 .. 0xfc";
	size_t start = s->pos;
	int r = sfam__scan_u8(s, ADDR_MASK, ret, expected);

	if (r == 0 && *ret & ~ADDR_MASK)
		return sfam__scan_fail(s, -EINVAL, start, expected);
	return r;
}

static int phonet_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_pn pn = { .spn_family = AF_PHONET };
	uint16_t port = 0;
	uint8_t dev = 0;
	int r;

	r = scan_addr(s, &dev);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":PORT\"");
	if (r == 0)
		r = sfam__scan_u16(s, PORT_MAX, &port, "a port 0..1023");
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &pn, NULL);
	if (r < 0)
		return r;
	pn.spn_dev = (uint8_t)(dev | port >> 8);
	pn.spn_obj = (uint8_t)port;
	sfam__addr_set(ret, &pn, sizeof(pn));
	return 0;
}

static int phonet_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_pn pn;

	(void)diag;
	sfam__addr_get(addr, &pn, sizeof(pn));
	memset(pn.spn_zero, 0, sizeof(pn.spn_zero));
	sfam__addr_set(addr, &pn, sizeof(pn));
	return 0;
}

static void phonet_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_pn pn;

	sfam__addr_get(addr, &pn, sizeof(pn));
	sfam__out_str(o, "0x");
	sfam__out_hex(o, pn.spn_dev & ADDR_MASK, 2);
	sfam__out_char(o, ':');
	sfam__out_dec(o, (uint64_t)((pn.spn_dev & ~ADDR_MASK) << 8 |
				    pn.spn_obj));
	sfam__out_key(o, "resource", pn.spn_resource);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_pn, spn_family, HOST),
	SFAM__FIELD(struct sockaddr_pn, spn_obj, HOST),
	SFAM__FIELD(struct sockaddr_pn, spn_dev, HOST),
	SFAM__FIELD(struct sockaddr_pn, spn_resource, HOST),
	SFAM__FIELD(struct sockaddr_pn, spn_zero, BYTES),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_phonet = {
	.name = "phonet",
	.syntax = "phonet:ADDR:PORT[,resource=]",
	.af = AF_PHONET,
	.type = SOCK_DGRAM,
	.types = SFAM_TYPE_DGRAM | SFAM_TYPE_SEQPACKET,
	.len_min = sizeof(struct sockaddr_pn),
	.len_max = sizeof(struct sockaddr_pn),
	.config = "CONFIG_PHONET",
	.module = "phonet",
	.since = "2.6.28",
	.needs = "CAP_SYS_ADMIN: run as root",
	.parse = phonet_parse,
	.format = phonet_format,
	.fields = fields,
	.check = phonet_check,
};
