/* SPDX-License-Identifier: MIT */
/* net/xdp/xsk_diag.c (Linux 5.1). */
#include <sys/socket.h>
#include <linux/if_xdp.h>
#include <linux/xdp_diag.h>

#include "diag.h"

static int xdp_request(struct nl_msg *msg, const struct sfam__diag *row)
{
	struct xdp_diag_req req = {
		.sdiag_family = AF_XDP,
		.xdiag_show = XDP_SHOW_INFO | XDP_SHOW_MEMINFO,
	};

	(void)row;
	return nlmsg_append(msg, &req, sizeof(req), NLMSG_ALIGNTO);
}

static int xdp_read(struct sfam_socket_info *ret, const struct sfam__diag *row,
		    struct nlmsghdr *header)
{
	const struct xdp_diag_msg *m = nlmsg_data(header);
	struct sockaddr_xdp sa = { .sxdp_family = AF_XDP };
	struct xdp_diag_info info = { 0 };
	struct nlattr *tb[XDP_DIAG_MAX + 1];

	(void)row;
	if (nlmsg_parse(header, sizeof(*m), tb, XDP_DIAG_MAX, NULL) < 0)
		return -EIO;
	ret->type = m->xdiag_type;
	ret->state = SFAM_SOCKET_UNCONNECTED;
	ret->inode = m->xdiag_ino;
	ret->cookie = SFAM__COOKIE(m->xdiag_cookie);
	sfam__diag_copy(&info, sizeof(info), tb[XDP_DIAG_INFO]);
	if (info.ifindex) {
		ret->have |= SFAM_SOCKET_IS_LISTENING;
		sa.sxdp_ifindex = info.ifindex;
		sa.sxdp_queue_id = info.queue_id;
		sfam__diag_local(ret, &sa, sizeof(sa));
	}
	if (tb[XDP_DIAG_UID]) {
		ret->have |= SFAM_SOCKET_HAVE_UID;
		ret->uid = nla_get_u32(tb[XDP_DIAG_UID]);
	}
	sfam__diag_memory_queues(ret, tb[XDP_DIAG_MEMINFO]);
	return 0;
}

const struct sfam__diag sfam__diag_xdp[] = {
	{ "xdp", "XDP", "xsk_diag", "CONFIG_XDP_SOCKETS_DIAG", 0, 0, 0,
	  xdp_request, xdp_read },
	{ .scheme = NULL },
};
