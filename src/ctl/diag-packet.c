/* SPDX-License-Identifier: MIT */
/* net/packet/diag.c. */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/packet_diag.h>
#include <sys/socket.h>

#include "diag.h"

static int packet_request(struct nl_msg *msg, const struct sfam__diag *row)
{
	struct packet_diag_req req = {
		.sdiag_family = AF_PACKET,
		.pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_MCLIST |
			      PACKET_SHOW_RING_CFG | PACKET_SHOW_FANOUT |
			      PACKET_SHOW_MEMINFO | PACKET_SHOW_FILTER,
	};

	(void)row;
	return nlmsg_append(msg, &req, sizeof(req), NLMSG_ALIGNTO);
}

/* A ring that is not in use comes as zeros, or not at all. */
static uint32_t read_ring(struct sfam_packet_ring *ret,
			  const struct nlattr *attr, uint32_t bit)
{
	struct packet_diag_ring r;

	memset(&r, 0, sizeof(r));
	if (sfam__diag_copy(&r, sizeof(r), attr) < 0 || r.pdr_block_nr == 0)
		return 0;
	ret->block_bytes = r.pdr_block_size;
	ret->blocks = r.pdr_block_nr;
	ret->frame_bytes = r.pdr_frame_size;
	ret->frames = r.pdr_frame_nr;
	ret->retire_ms = r.pdr_retire_tmo;
	ret->private_bytes = r.pdr_sizeof_priv;
	ret->features = r.pdr_features;
	return bit;
}

static void read_lists(struct sfam_socket_info *ret, struct nlattr **tb)
{
	struct sfam_packet_info *p = &ret->packet;
	const struct nlattr *list = tb[PACKET_DIAG_MCLIST];
	const struct nlattr *filter = tb[PACKET_DIAG_FILTER];

	if (list) {
		p->memberships = nla_data(list);
		p->n_memberships = (size_t)nla_len(list) /
				   sizeof(p->memberships[0]);
	}
	if (filter) {
		p->filter = nla_data(filter);
		p->n_filter = (size_t)nla_len(filter) / sizeof(p->filter[0]);
	}
	if (p->n_filter)
		ret->have |= SFAM_SOCKET_HAVE_FILTER;
}

static void read_fanout(struct sfam_socket_info *ret,
			const struct nlattr *attr)
{
	uint32_t v = attr ? nla_get_u32(attr) : 0; /* flags are not told */

	if (!attr)
		return;
	ret->have |= SFAM_SOCKET_HAVE_FANOUT;
	ret->packet.fanout_group = v & 0xffff;
	ret->packet.fanout_mode = v >> 16 & 0xff;
}

static void read_attrs(struct sfam_socket_info *ret, struct nlattr **tb)
{
	struct sfam_packet_info *p = &ret->packet;

	ret->have |= read_ring(&p->rx_ring, tb[PACKET_DIAG_RX_RING],
			       SFAM_SOCKET_HAVE_RX_RING);
	ret->have |= read_ring(&p->tx_ring, tb[PACKET_DIAG_TX_RING],
			       SFAM_SOCKET_HAVE_TX_RING);
	read_fanout(ret, tb[PACKET_DIAG_FANOUT]);
	read_lists(ret, tb);
	if (tb[PACKET_DIAG_UID]) {
		ret->have |= SFAM_SOCKET_HAVE_UID;
		ret->uid = nla_get_u32(tb[PACKET_DIAG_UID]);
	}
	sfam__diag_memory_queues(ret, tb[PACKET_DIAG_MEMINFO]);
}

/* pdi_index of a socket whose interface has gone is -1. */
static int packet_read(struct sfam_socket_info *ret,
		       const struct sfam__diag *row, struct nlmsghdr *header)
{
	const struct packet_diag_msg *m = nlmsg_data(header);
	struct sockaddr_ll sa = { .sll_family = AF_PACKET };
	struct packet_diag_info info = { 0 };
	struct nlattr *tb[PACKET_DIAG_MAX + 1];

	(void)row;
	if (nlmsg_parse(header, sizeof(*m), tb, PACKET_DIAG_MAX, NULL) < 0)
		return -EIO;
	ret->type = m->pdiag_type;
	ret->protocol = 0;
	ret->state = SFAM_SOCKET_UNCONNECTED;
	ret->inode = m->pdiag_ino;
	ret->cookie = SFAM__COOKIE(m->pdiag_cookie);
	sfam__diag_copy(&info, sizeof(info), tb[PACKET_DIAG_INFO]);
	ret->packet.version = info.pdi_version;
	ret->packet.flags = info.pdi_flags;
	sa.sll_protocol = htons(m->pdiag_num);
	sa.sll_ifindex = (int)info.pdi_index;
	sfam__diag_local(ret, &sa, sizeof(sa));
	read_attrs(ret, tb);
	if (info.pdi_flags & PDI_RUNNING)
		ret->have |= SFAM_SOCKET_IS_LISTENING;
	return 0;
}

const struct sfam__diag sfam__diag_packet[] = {
	{ "packet", "PACKET", "af_packet_diag", "CONFIG_PACKET_DIAG", 0, 0, 0,
	  packet_request, packet_read },
	{ .scheme = NULL },
};
