/* SPDX-License-Identifier: MIT */
/* SCO, the voice links: nothing but the device. */
#include "family/bt.h"

/* struct sockaddr_sco of net/bluetooth/sco.h */
struct sockaddr_sco {
	sa_family_t family;
	struct sfam__bdaddr bdaddr;
};

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int sco_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_sco sco = { .family = AF_BLUETOOTH };
	int r;

	r = sfam__bt_scan(s, &sco.bdaddr);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &sco, sizeof(sco));
	return r;
}

static void sco_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_sco sco;

	sfam__addr_get(addr, &sco, sizeof(sco));
	sfam__bt_out(o, &sco.bdaddr);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("sco_family", struct sockaddr_sco, family, HOST),
	SFAM__FIELD_AS("sco_bdaddr", struct sockaddr_sco, bdaddr, LITTLE),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_bt_sco = {
	.name = "bt-sco",
	.syntax = "bt-sco:BDADDR",
	.af = AF_BLUETOOTH,
	.type = SOCK_SEQPACKET,
	.protocol = SFAM_BT_SCO,
	.types = SFAM_TYPE_SEQPACKET,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.len_min = sizeof(struct sockaddr_sco),
	.len_max = sizeof(struct sockaddr_sco),
	.config = "CONFIG_BT_BREDR",
	.module = "bluetooth",
	.since = "2.4.6",
	.parse = sco_parse,
	.format = sco_format,
	.fields = fields,
};
