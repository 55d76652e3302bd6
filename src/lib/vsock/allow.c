/* SPDX-License-Identifier: MIT */
/* Lists of CIDs: "3,5-9,host". */
#include "vsock/vsock.h"

static int parse_part(struct sfam__scan *s, uint32_t *first, uint32_t *last)
{
	static const char expected[] =
		"a CID: any local host hypervisor or 0..4294967295";
	size_t start = s->pos;
	int r;

	if (sfam__scan_word(s, "any")) {
		*first = 0;
		*last = UINT32_MAX;
		return 0;
	}
	r = sfam__scan_named(s, sfam__vsock_cids, UINT32_MAX, first, expected);
	if (r < 0)
		return r;
	*last = *first;
	if (!sfam__scan_skip(s, '-'))
		return 0;
	r = sfam__scan_u32(s, UINT32_MAX, last, "a CID: 0..4294967295");
	if (r == 0 && *last < *first)
		r = sfam__scan_fail(s, -EINVAL, start,
				    "a range that begins with the smaller");
	return r;
}

SFAM_PUBLIC int sfam_vsock_allow_parse(struct sfam_vsock_allow *ret,
				       const char *text, size_t text_len,
				       struct sfam_diag *diag)
{
	struct sfam__scan s = { text, text_len, 0, diag };
	struct sfam_vsock_allow a;
	int r;

	memset(&a, 0, sizeof(a));
	do {
		if (a.n == SFAM_VSOCK_ALLOW_MAX)
			return sfam__scan_fail(&s, -EINVAL, s.pos,
					       "at most 32 parts");
		r = parse_part(&s, &a.range[a.n].first, &a.range[a.n].last);
		if (r < 0)
			return r;
		a.n++;
	} while (sfam__scan_skip(&s, ','));
	if (!sfam__scan_end(&s))
		return sfam__scan_fail(&s, -EINVAL, s.pos, "a comma");
	*ret = a;
	return 0;
}

SFAM_PUBLIC int sfam_vsock_allow_has(const struct sfam_vsock_allow *allow,
				     uint32_t cid)
{
	size_t i;

	for (i = 0; i < allow->n; i++)
		if (cid >= allow->range[i].first && cid <= allow->range[i].last)
			return 1;
	return 0;
}
