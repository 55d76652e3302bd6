/* SPDX-License-Identifier: MIT */
#include "packet/filter.h"

SFAM_PUBLIC ssize_t sfam_packet_filter_compile(struct sock_filter *insns,
					       size_t room,
					       enum sfam_packet_link link,
					       uint32_t keep_bytes,
					       const char *text,
					       size_t text_len,
					       struct sfam_diag *diag)
{
	struct sfam__filter f;
	struct sfam__gen g = { .code = { insns, room, 0, false } };
	int r;

	if (keep_bytes == 0 || link > SFAM_PACKET_LINK_COOKED)
		return -EINVAL;
	f.link = link;
	r = sfam__filter_parse(&f, text, text_len, diag);
	if (r < 0)
		return r;
	g.filter = &f;
	sfam__code_begin(&g.code, sfam__gen_program(&g, keep_bytes));
	if (g.code.is_full)
		return -ENOSPC;
	memmove(insns, insns + room - g.code.n,
		g.code.n * sizeof(insns[0]));
	return (ssize_t)g.code.n;
}
