/* SPDX-License-Identifier: MIT */
/*
 * PPPoE (linux/if_pppox.h, packed): connect alone, by the name of the
 * interface. Session 0 ends a connection. L2TP and PPTP, the other
 * protocols of the family, have layouts of their own and no row.
 */
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <linux/if_pppox.h>

#include "family/row.h"

#define DEV_LEN IFNAMSIZ

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int scan_dev(struct sfam__scan *s, char dev[DEV_LEN])
{
	static const char expected[] = "an interface name of at most 15 bytes";
	size_t start = s->pos;
	size_t n = 0;
	int r = sfam__scan_bytes(s, ':', dev, DEV_LEN - 1, &n, expected);

	if (r == 0 && memchr(dev, '\0', n))
		return sfam__scan_fail(s, -EINVAL, start, expected);
	return r;
}

static int scan_body(struct sfam__scan *s, struct pppoe_addr *a)
{
	uint16_t sid = 0;
	size_t n;
	int r;

	r = scan_dev(s, a->dev);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":MAC:SESSION\"");
	if (r == 0)
		r = sfam__scan_octets(s, ETH_ALEN, ETH_ALEN, a->remote, &n,
				      "a MAC address: XX:XX:XX:XX:XX:XX");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":SESSION\"");
	if (r == 0)
		r = sfam__scan_u16(s, UINT16_MAX, &sid, "a session 0..65535");
	a->sid = htons(sid);
	return r;
}

static int pppox_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_pppox sp = { .sa_family = AF_PPPOX };
	struct pppoe_addr a;
	int r;

	memset(&a, 0, sizeof(a));
	r = scan_body(s, &a);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r < 0)
		return r;
	sp.sa_protocol = PX_PROTO_OE;
	memcpy(&sp.sa_addr.pppoe, &a, sizeof(a));
	sfam__addr_set(ret, &sp, sizeof(sp));
	return 0;
}

/*
 * pppoe_connect() of drivers/net/ppp/pppoe.c looks dev up as a string. The
 * name of a socket that is not connected has none.
 */
static int pppox_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_pppox sp;
	char *dev = sp.sa_addr.pppoe.dev;
	size_t n;

	sfam__addr_get(addr, &sp, sizeof(sp));
	if (sp.sa_protocol != PX_PROTO_OE)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_pppox,
						     sa_protocol),
				      "PX_PROTO_OE (0)");
	n = strnlen(dev, DEV_LEN);
	if (n == DEV_LEN)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_pppox,
						     sa_addr.pppoe.dev),
				      "an interface name of at most 15 bytes");
	memset(dev + n, 0, DEV_LEN - n);
	sfam__addr_set(addr, &sp, sizeof(sp));
	return 0;
}

static void pppox_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_pppox sp;
	struct pppoe_addr a;

	sfam__addr_get(addr, &sp, sizeof(sp));
	memcpy(&a, &sp.sa_addr.pppoe, sizeof(a));
	sfam__out_bytes(o, ':', a.dev, strnlen(a.dev, sizeof(a.dev)));
	sfam__out_char(o, ':');
	sfam__out_octets(o, a.remote, ETH_ALEN);
	sfam__out_char(o, ':');
	sfam__out_dec(o, ntohs(a.sid));
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_pppox, sa_family, HOST),
	SFAM__FIELD(struct sockaddr_pppox, sa_protocol, HOST),
	SFAM__FIELD(struct sockaddr_pppox, sa_addr.pppoe.sid, NET),
	SFAM__FIELD(struct sockaddr_pppox, sa_addr.pppoe.remote, BYTES),
	SFAM__FIELD(struct sockaddr_pppox, sa_addr.pppoe.dev, TEXT),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_pppox = {
	.name = "pppox",
	.syntax = "pppox:IF:MAC:SESSION  (PPPoE)",
	.af = AF_PPPOX,
	.type = SOCK_STREAM,
	.protocol = PX_PROTO_OE,
	/* the kernel looks at no type; pppd's is this one */
	.types = SFAM_TYPE_STREAM | SFAM_TYPE_DGRAM,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.len_min = sizeof(struct sockaddr_pppox),
	.len_max = sizeof(struct sockaddr_pppox),
	.config = "CONFIG_PPPOE",
	.module = "pppoe",
	.since = "2.4.1",
	.parse = pppox_parse,
	.format = pppox_format,
	.fields = fields,
	.check = pppox_check,
};
