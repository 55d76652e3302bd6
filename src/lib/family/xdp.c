/* SPDX-License-Identifier: MIT */
/*
 * AF_XDP (linux/if_xdp.h): a queue of an interface. shared_umem_fd counts
 * with its flag only, which the key of that name sets. What bind refuses:
 * xsk_bind() of net/xdp/xsk.c, xp_assign_dev() of net/xdp/xsk_buff_pool.c.
 */
#include <sys/socket.h>
#include <linux/if_xdp.h>

#include "family/row.h"

#ifndef XDP_USE_SG
#define XDP_USE_SG (1 << 4)	/* linux/if_xdp.h since 6.6 */
#endif

static const struct sfam__name flags[] = {
	{ "copy", XDP_COPY },
	{ "zerocopy", XDP_ZEROCOPY },
	{ "need-wakeup", XDP_USE_NEED_WAKEUP },
	{ "sg", XDP_USE_SG },
	{ NULL, 0 },
};

static const char flags_expected[] =
	"copy or zerocopy, need-wakeup, sg, joined by +; "
	"none with shared_umem_fd";

static bool flags_are_valid(uint32_t v)
{
	if (v & XDP_SHARED_UMEM)
		return v == XDP_SHARED_UMEM;
	return !(v & ~(uint32_t)(XDP_COPY | XDP_ZEROCOPY |
				 XDP_USE_NEED_WAKEUP | XDP_USE_SG)) &&
	       (v & (XDP_COPY | XDP_ZEROCOPY)) != (XDP_COPY | XDP_ZEROCOPY);
}

static int set_flags(struct sfam__scan *s, void *sa)
{
	struct sockaddr_xdp *xdp = sa;
	size_t start = s->pos;
	uint32_t v;
	int r;

	r = sfam__scan_flags(s, flags, &v, flags_expected);
	if (r < 0)
		return r;
	v |= xdp->sxdp_flags;
	if (!flags_are_valid(v))
		return sfam__scan_fail(s, -EINVAL, start, flags_expected);
	xdp->sxdp_flags = (uint16_t)v;
	return 0;
}

static int set_shared(struct sfam__scan *s, void *sa)
{
	struct sockaddr_xdp *xdp = sa;

	if (xdp->sxdp_flags)
		return sfam__scan_fail(s, -EINVAL, s->pos, flags_expected);
	xdp->sxdp_flags = XDP_SHARED_UMEM;
	return sfam__scan_u32(s, INT32_MAX, &xdp->sxdp_shared_umem_fd,
			      "a file descriptor");
}

static const struct sfam__key keys[] = {
	{ "flags", set_flags },
	{ "shared_umem_fd", set_shared },
	{ NULL, NULL },
};

static int xdp_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_xdp xdp = { .sxdp_family = AF_XDP };
	size_t start = s->pos;
	int index = 0;
	int r;

	r = sfam__scan_interface(s, ':', &index);
	if (r == 0 && index == 0)
		r = sfam__scan_fail(s, -EINVAL, start, "an interface");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":QUEUE\"");
	if (r == 0)
		r = sfam__scan_u32(s, UINT32_MAX, &xdp.sxdp_queue_id,
				   "a queue 0..4294967295");
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &xdp, NULL);
	if (r < 0)
		return r;
	xdp.sxdp_ifindex = (uint32_t)index;
	sfam__addr_set(ret, &xdp, sizeof(xdp));
	return 0;
}

static int xdp_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_xdp xdp;

	sfam__addr_get(addr, &xdp, sizeof(xdp));
	if (!flags_are_valid(xdp.sxdp_flags))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_xdp,
						     sxdp_flags),
				      flags_expected);
	if (xdp.sxdp_ifindex == 0 || xdp.sxdp_ifindex > INT32_MAX)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_xdp,
						     sxdp_ifindex),
				      "an interface index of 1 or more");
	if (!(xdp.sxdp_flags & XDP_SHARED_UMEM))
		xdp.sxdp_shared_umem_fd = 0;
	if (xdp.sxdp_shared_umem_fd > INT32_MAX)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_xdp,
						     sxdp_shared_umem_fd),
				      "a file descriptor");
	sfam__addr_set(addr, &xdp, sizeof(xdp));
	return 0;
}

static void xdp_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_xdp xdp;

	sfam__addr_get(addr, &xdp, sizeof(xdp));
	sfam__out_interface(o, ':', (int)xdp.sxdp_ifindex);
	sfam__out_char(o, ':');
	sfam__out_dec(o, xdp.sxdp_queue_id);
	if (xdp.sxdp_flags & XDP_SHARED_UMEM) {
		sfam__out_str(o, ",shared_umem_fd=");
		sfam__out_dec(o, xdp.sxdp_shared_umem_fd);
	} else if (xdp.sxdp_flags) {
		sfam__out_str(o, ",flags=");
		sfam__out_flags(o, flags, xdp.sxdp_flags);
	}
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_xdp, sxdp_family, HOST),
	SFAM__FIELD(struct sockaddr_xdp, sxdp_flags, HOST),
	SFAM__FIELD(struct sockaddr_xdp, sxdp_ifindex, HOST),
	SFAM__FIELD(struct sockaddr_xdp, sxdp_queue_id, HOST),
	SFAM__FIELD(struct sockaddr_xdp, sxdp_shared_umem_fd, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_xdp = {
	.name = "xdp",
	.syntax = "xdp:IF:QUEUE[,flags=][,shared_umem_fd=]  "
		  "(flags: copy+need-wakeup ...)",
	.af = AF_XDP,
	.type = SOCK_RAW,
	.types = SFAM_TYPE_RAW,
	.len_min = sizeof(struct sockaddr_xdp),
	.len_max = sizeof(struct sockaddr_xdp),
	.config = "CONFIG_XDP_SOCKETS",
	.since = "4.18",
	.needs = "CAP_NET_RAW: run as root, or in a user and network namespace",
	.parse = xdp_parse,
	.format = xdp_format,
	.fields = fields,
	.check = xdp_check,
};
