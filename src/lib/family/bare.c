/* SPDX-License-Identifier: MIT */
#include "family/bare.h"

static const struct sfam__key no_keys[] = { { NULL, NULL } };

int sfam__bare_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	const sa_family_t af = (sa_family_t)ret->family->af;

	sfam__addr_set(ret, &af, sizeof(af));
	return sfam__keys_parse(s, ret, no_keys, NULL, NULL);
}

void sfam__bare_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	(void)addr;
	(void)o;
}

const struct sfam_addr_field sfam__bare_fields[] = {
	{ "sa_family", 0, sizeof(sa_family_t), SFAM_FIELD_HOST },
	SFAM__FIELD_END
};
