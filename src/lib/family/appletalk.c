/* SPDX-License-Identifier: MIT */
/* AppleTalk's datagrams (linux/atalk.h); net/appletalk/ddp.c. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "family/row.h"

/* struct sockaddr_at of linux/atalk.h, Linux 6.12 */
struct sockaddr_ddp {
	sa_family_t family;
	uint8_t port;
	uint8_t pad;		/* unnamed there */
	uint16_t net;		/* big endian */
	uint8_t node;
	uint8_t pad_node;	/* unnamed there */
	char zero[8];
};

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int appletalk_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_ddp sat = { .family = AF_APPLETALK };
	uint16_t net = 0;
	int r;

	r = sfam__scan_u16(s, UINT16_MAX, &net, "a network 0..65535");
	if (r == 0)
		r = sfam__scan_expect(s, '.', "\".NODE:PORT\"");
	if (r == 0)
		r = sfam__scan_u8(s, UINT8_MAX, &sat.node, "a node 0..255");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":PORT\"");
	if (r == 0)
		r = sfam__scan_u8(s, UINT8_MAX, &sat.port, "a port 0..255");
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r < 0)
		return r;
	sat.net = htons(net);
	sfam__addr_set(ret, &sat, sizeof(sat));
	return 0;
}

static int appletalk_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_ddp sat;

	(void)diag;
	sfam__addr_get(addr, &sat, sizeof(sat));
	sat.pad = 0;
	sat.pad_node = 0;
	memset(sat.zero, 0, sizeof(sat.zero));
	sfam__addr_set(addr, &sat, sizeof(sat));
	return 0;
}

static void appletalk_format(const struct sfam_addr *addr,
			     struct sfam__out *o)
{
	struct sockaddr_ddp sat;

	sfam__addr_get(addr, &sat, sizeof(sat));
	sfam__out_dec(o, ntohs(sat.net));
	sfam__out_char(o, '.');
	sfam__out_dec(o, sat.node);
	sfam__out_char(o, ':');
	sfam__out_dec(o, sat.port);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("sat_family", struct sockaddr_ddp, family, HOST),
	SFAM__FIELD_AS("sat_port", struct sockaddr_ddp, port, HOST),
	SFAM__FIELD_AS("sat_addr.s_net", struct sockaddr_ddp, net, NET),
	SFAM__FIELD_AS("sat_addr.s_node", struct sockaddr_ddp, node, HOST),
	SFAM__FIELD_AS("sat_zero", struct sockaddr_ddp, zero, BYTES),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_appletalk = {
	.name = "appletalk",
	.syntax = "appletalk:NET.NODE:PORT",
	.af = AF_APPLETALK,
	.type = SOCK_DGRAM,
	.types = SFAM_TYPE_DGRAM | SFAM_TYPE_RAW,
	.len_min = sizeof(struct sockaddr_ddp),
	.len_max = sizeof(struct sockaddr_ddp),
	.config = "CONFIG_ATALK",
	.module = "appletalk",
	.since = "2.0",
	.parse = appletalk_parse,
	.format = appletalk_format,
	.fields = fields,
	.check = appletalk_check,
};
