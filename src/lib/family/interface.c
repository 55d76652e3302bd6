/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <net/if.h>

#include "base/sys.h"
#include "family/row.h"

static const char expected[] = "an interface name of at most 15 bytes, or %N";

static int scan_index(struct sfam__scan *s, int *ret_index)
{
	uint32_t v;
	int r;

	s->pos++;
	r = sfam__scan_u32(s, INT_MAX, &v, "the number of an interface");
	if (r == 0)
		*ret_index = (int)v;
	return r;
}

int sfam__scan_interface(struct sfam__scan *s, char stop, int *ret_index)
{
	char name[IFNAMSIZ];
	size_t start = s->pos;
	size_t n;
	int r;

	if (sfam__scan_is(s, '%'))
		return scan_index(s, ret_index);
	r = sfam__scan_bytes(s, stop, name, sizeof(name) - 1, &n, expected);
	if (r < 0)
		return r;
	if (n == 0) {
		*ret_index = 0;
		return 0;
	}
	name[n] = '\0';
	if (strlen(name) != n)
		return sfam__scan_fail(s, -EINVAL, start, expected);
	r = sfam__sys_ifindex(name, ret_index);
	if (r < 0)
		sfam__scan_fail(s, r, start, r == -ENODEV ?
				"the name of an existing interface" :
				"a look-up of this interface that works");
	return r;
}

void sfam__out_interface(struct sfam__out *o, char stop, int index)
{
	char name[IFNAMSIZ];

	if (index == 0)
		return;
	if (sfam__sys_ifname(index, name) == 0) {
		sfam__out_bytes(o, stop, name, strnlen(name, sizeof(name)));
	} else {
		sfam__out_char(o, '%');
		sfam__out_dec(o, (uint32_t)index);
	}
}
