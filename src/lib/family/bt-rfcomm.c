/* SPDX-License-Identifier: MIT */
/*
 * RFCOMM. Channel 0: listen takes a free one. RFCOMM has channels up to 30
 * and connect refuses more, but bind takes any and getsockname tells it.
 */
#include "family/bt.h"

/* struct sockaddr_rc of net/bluetooth/rfcomm.h */
struct sockaddr_rc {
	sa_family_t family;
	struct sfam__bdaddr bdaddr;
	uint8_t channel;
	uint8_t pad;		/* unnamed there */
};

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int rfcomm_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_rc rc = { .family = AF_BLUETOOTH };
	int r;

	r = sfam__bt_scan(s, &rc.bdaddr);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":CHANNEL\"");
	if (r == 0)
		r = sfam__scan_u8(s, UINT8_MAX, &rc.channel,
				  "a channel 0..255 (1..30 for connect)");
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &rc, sizeof(rc));
	return r;
}

static int rfcomm_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_rc rc;

	(void)diag;
	sfam__addr_get(addr, &rc, sizeof(rc));
	rc.pad = 0;
	sfam__addr_set(addr, &rc, sizeof(rc));
	return 0;
}

static void rfcomm_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_rc rc;

	sfam__addr_get(addr, &rc, sizeof(rc));
	sfam__bt_out(o, &rc.bdaddr);
	sfam__out_char(o, ':');
	sfam__out_dec(o, rc.channel);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("rc_family", struct sockaddr_rc, family, HOST),
	SFAM__FIELD_AS("rc_bdaddr", struct sockaddr_rc, bdaddr, LITTLE),
	SFAM__FIELD_AS("rc_channel", struct sockaddr_rc, channel, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_bt_rfcomm = {
	.name = "bt-rfcomm",
	.syntax = "bt-rfcomm:BDADDR:CHANNEL",
	.af = AF_BLUETOOTH,
	.type = SOCK_STREAM,
	.protocol = SFAM_BT_RFCOMM,
	.types = SFAM_TYPE_STREAM | SFAM_TYPE_RAW,
	.flags = SFAM_ROW_BY_PROTOCOL,
	/* connect wants it whole (net/bluetooth/rfcomm/sock.c) */
	.len_min = sizeof(struct sockaddr_rc),
	.len_max = sizeof(struct sockaddr_rc),
	.config = "CONFIG_BT_RFCOMM",
	.module = "rfcomm",
	.since = "2.4.21",
	.parse = rfcomm_parse,
	.format = rfcomm_format,
	.fields = fields,
	.check = rfcomm_check,
};
