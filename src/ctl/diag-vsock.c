/* SPDX-License-Identifier: MIT */
/* net/vmw_vsock/diag.c: addresses, state and shutdown, and no more. */
#include <sys/socket.h>
#include <linux/vm_sockets.h>
#include <linux/vm_sockets_diag.h>

#include "diag.h"

static int vsock_request(struct nl_msg *msg, const struct sfam__diag *row)
{
	struct vsock_diag_req req = {
		.sdiag_family = AF_VSOCK,
		.vdiag_states = UINT32_MAX,
	};

	(void)row;
	return nlmsg_append(msg, &req, sizeof(req), NLMSG_ALIGNTO);
}

/* A datagram socket has one state for all its life. */
static int is_open_to_all(const struct vsock_diag_msg *m)
{
	return m->vdiag_state == SFAM_SOCKET_LISTENING ||
	       (m->vdiag_type == SOCK_DGRAM &&
		m->vdiag_src_port != VMADDR_PORT_ANY &&
		m->vdiag_dst_port == VMADDR_PORT_ANY);
}

static int vsock_read(struct sfam_socket_info *ret,
		      const struct sfam__diag *row, struct nlmsghdr *header)
{
	const struct vsock_diag_msg *m = nlmsg_data(header);
	struct sockaddr_vm sa = { .svm_family = AF_VSOCK };

	(void)row;
	if (nlmsg_datalen(header) < (int)sizeof(*m))
		return -EIO;
	ret->type = m->vdiag_type;
	ret->state = m->vdiag_state;
	ret->inode = m->vdiag_ino;
	ret->cookie = SFAM__COOKIE(m->vdiag_cookie);
	ret->have = SFAM_SOCKET_HAVE_SHUTDOWN;
	ret->shutdown = m->vdiag_shutdown;
	sa.svm_cid = m->vdiag_src_cid;
	sa.svm_port = m->vdiag_src_port;
	sfam__diag_local(ret, &sa, sizeof(sa));
	sa.svm_cid = m->vdiag_dst_cid;
	sa.svm_port = m->vdiag_dst_port;
	if (sa.svm_port != VMADDR_PORT_ANY)
		sfam__diag_peer(ret, &sa, sizeof(sa));
	if (is_open_to_all(m))
		ret->have |= SFAM_SOCKET_IS_LISTENING;
	return 0;
}

const struct sfam__diag sfam__diag_vsock[] = {
	{ "vsock", "AF_VSOCK", "vsock_diag", "CONFIG_VSOCKETS_DIAG", 0, 0, 0,
	  vsock_request, vsock_read },
	{ .scheme = NULL },
};
