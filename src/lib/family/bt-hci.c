/* SPDX-License-Identifier: MIT */
/*
 * The controllers themselves. Device "none" is for all of them (raw) and
 * for the channels that want it so: monitor, control, logging. Others may
 * be registered in the kernel at any time (hci_mgmt_chan_register()).
 */
#include "family/bt.h"

#define DEV_NONE 0xffff		/* HCI_DEV_NONE */

/* struct sockaddr_hci of net/bluetooth/hci_sock.h */
struct sockaddr_hci {
	sa_family_t family;
	uint16_t dev;
	uint16_t channel;
};

static const struct sfam__name devs[] = {
	{ "none", DEV_NONE },
	{ NULL, 0 },
};

static const struct sfam__name channels[] = {
	{ "raw", 0 },
	{ "user", 1 },
	{ "monitor", 2 },
	{ "control", 3 },
	{ "logging", 4 },	/* since 4.6 */
	{ NULL, 0 },
};

static int set_channel(struct sfam__scan *s, void *sa)
{
	struct sockaddr_hci *hci = sa;
	uint32_t v;
	int r = sfam__scan_named(s, channels, UINT16_MAX, &v,
				 "raw user monitor control logging or "
				 "0..65535");

	if (r == 0)
		hci->channel = (uint16_t)v;
	return r;
}

static const struct sfam__key keys[] = {
	{ "channel", set_channel },
	{ NULL, NULL },
};

static int hci_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_hci hci = { .family = AF_BLUETOOTH };
	uint32_t dev;
	int r;

	r = sfam__scan_named(s, devs, UINT16_MAX, &dev,
			     "the number of a device, or none");
	if (r < 0)
		return r;
	hci.dev = (uint16_t)dev;
	r = sfam__keys_parse(s, ret, keys, &hci, NULL);
	if (r == 0)
		sfam__addr_set(ret, &hci, sizeof(hci));
	return r;
}

/* Without a channel it is the raw one: bind fills up with zeros. */
static int hci_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_hci hci;

	(void)diag;
	sfam__addr_get(addr, &hci, sizeof(hci));
	if (addr->len < sizeof(hci))
		hci.channel = 0;
	sfam__addr_set(addr, &hci, sizeof(hci));
	return 0;
}

static void hci_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_hci hci;

	sfam__addr_get(addr, &hci, sizeof(hci));
	sfam__out_named(o, devs, hci.dev);
	if (hci.channel) {
		sfam__out_str(o, ",channel=");
		sfam__out_named(o, channels, hci.channel);
	}
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("hci_family", struct sockaddr_hci, family, HOST),
	SFAM__FIELD_AS("hci_dev", struct sockaddr_hci, dev, HOST),
	SFAM__FIELD_AS("hci_channel", struct sockaddr_hci, channel, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_bt_hci = {
	.name = "bt-hci",
	.syntax = "bt-hci:DEV[,channel=]  (DEV: a number, or none)",
	.af = AF_BLUETOOTH,
	.type = SOCK_RAW,
	.protocol = SFAM_BT_HCI,
	.types = SFAM_TYPE_RAW,
	.flags = SFAM_ROW_BY_PROTOCOL,
	.traits = SFAM_TRAIT_BUS,
	/* before 2.6.37 there were no channels */
	.len_min = offsetof(struct sockaddr_hci, channel),
	.len_max = sizeof(struct sockaddr_hci),
	.config = "CONFIG_BT",
	.module = "bluetooth",
	.since = "2.4.6",
	.parse = hci_parse,
	.format = hci_format,
	.fields = fields,
	.check = hci_check,
};
