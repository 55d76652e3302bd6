/* SPDX-License-Identifier: MIT */
/* net/unix/diag.c. Peers are told by inode; names only of one's own side. */
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "diag.h"

#ifndef UDIAG_SHOW_UID
#define UDIAG_SHOW_UID 0x40	/* linux/unix_diag.h since 5.3 */
#define UNIX_DIAG_UID 7
#endif
#define ATTRS 7

static int unix_request(struct nl_msg *msg, const struct sfam__diag *row)
{
	struct unix_diag_req req = {
		.sdiag_family = AF_UNIX,
		.udiag_states = UINT32_MAX,
		.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS |
			      UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN |
			      UDIAG_SHOW_MEMINFO | UDIAG_SHOW_UID,
	};

	(void)row;
	return nlmsg_append(msg, &req, sizeof(req), NLMSG_ALIGNTO);
}

/* The attribute is the address without its family; none: unnamed. */
static void read_name(struct sfam_socket_info *ret, const struct nlattr *name)
{
	struct {
		sa_family_t family;
		char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
	} sa = { .family = AF_UNIX };
	size_t len = name ? (size_t)nla_len(name) : 0;

	if (len <= sizeof(sa.path) &&
	    (!name || sfam__diag_copy(sa.path, sizeof(sa.path), name) == 0))
		sfam__diag_local(ret, &sa, sizeof(sa.family) + len);
}

static void read_numbers(struct sfam_socket_info *ret, struct nlattr **tb)
{
	struct unix_diag_vfs vfs;
	struct unix_diag_rqlen queues;

	if (sfam__diag_copy(&vfs, sizeof(vfs), tb[UNIX_DIAG_VFS]) == 0) {
		ret->have |= SFAM_SOCKET_HAVE_FILE;
		ret->file_inode = vfs.udiag_vfs_ino;
		ret->file_device = vfs.udiag_vfs_dev;
	}
	if (sfam__diag_copy(&queues, sizeof(queues),
			    tb[UNIX_DIAG_RQLEN]) == 0) {
		ret->have |= SFAM_SOCKET_HAVE_QUEUES;
		ret->recv_queue = queues.udiag_rqueue;
		ret->send_queue = queues.udiag_wqueue;
	}
	if (tb[UNIX_DIAG_PEER]) {
		ret->have |= SFAM_SOCKET_HAVE_PEER_INODE;
		ret->peer_inode = nla_get_u32(tb[UNIX_DIAG_PEER]);
	}
	if (tb[UNIX_DIAG_SHUTDOWN]) {
		ret->have |= SFAM_SOCKET_HAVE_SHUTDOWN;
		ret->shutdown = nla_get_u8(tb[UNIX_DIAG_SHUTDOWN]);
	}
	if (tb[UNIX_DIAG_UID]) {
		ret->have |= SFAM_SOCKET_HAVE_UID;
		ret->uid = nla_get_u32(tb[UNIX_DIAG_UID]);
	}
}

static int unix_read(struct sfam_socket_info *ret,
		     const struct sfam__diag *row, struct nlmsghdr *header)
{
	const struct unix_diag_msg *m = nlmsg_data(header);
	struct nlattr *tb[ATTRS + 1];

	(void)row;
	if (nlmsg_parse(header, sizeof(*m), tb, ATTRS, NULL) < 0)
		return -EIO;
	ret->type = m->udiag_type;
	ret->state = m->udiag_state;
	ret->inode = m->udiag_ino;
	ret->cookie = SFAM__COOKIE(m->udiag_cookie);
	read_name(ret, tb[UNIX_DIAG_NAME]);
	read_numbers(ret, tb);
	sfam__diag_memory(ret, tb[UNIX_DIAG_MEMINFO]);
	if (ret->state == SFAM_SOCKET_LISTENING ||
	    (ret->type == SOCK_DGRAM && tb[UNIX_DIAG_NAME] &&
	     ret->state == SFAM_SOCKET_UNCONNECTED))
		ret->have |= SFAM_SOCKET_IS_LISTENING;
	return 0;
}

const struct sfam__diag sfam__diag_unix[] = {
	{ "unix", "UNIX", "unix_diag", "CONFIG_UNIX_DIAG", 0, 0, 0,
	  unix_request, unix_read },
	{ .scheme = NULL },
};
