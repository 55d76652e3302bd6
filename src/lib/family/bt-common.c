/* SPDX-License-Identifier: MIT */
#include "family/bt.h"

static const struct {
	const char *name;
	struct sfam__bdaddr bdaddr;
} names[] = {
	{ "any", { { 0, 0, 0, 0, 0, 0 } } },
	{ "local", { { 0, 0, 0, 0xff, 0xff, 0xff } } },
};

int sfam__bt_scan(struct sfam__scan *s, struct sfam__bdaddr *ret)
{
	unsigned char octets[6];
	size_t i, n;
	int r;

	for (i = 0; i < SFAM_ARRAY_LEN(names); i++) {
		if (sfam__scan_word(s, names[i].name)) {
			*ret = names[i].bdaddr;
			return 0;
		}
	}
	r = sfam__scan_octets(s, 6, 6, octets, &n, "a Bluetooth address: "
			      "XX:XX:XX:XX:XX:XX, any or local");
	for (i = 0; r == 0 && i < 6; i++)
		ret->b[i] = octets[5 - i];
	return r;
}

void sfam__bt_out(struct sfam__out *o, const struct sfam__bdaddr *bdaddr)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(names); i++) {
		if (memcmp(bdaddr, &names[i].bdaddr, sizeof(*bdaddr)) == 0) {
			sfam__out_str(o, names[i].name);
			return;
		}
	}
	/* Upper case, as every other program writes them. */
	for (i = 6; i-- > 0;) {
		sfam__out_char(o, sfam__hex_pair[bdaddr->b[i]][0]);
		sfam__out_char(o, sfam__hex_pair[bdaddr->b[i]][1]);
		if (i)
			sfam__out_char(o, ':');
	}
}
