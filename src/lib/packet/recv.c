/* SPDX-License-Identifier: MIT */
/* One packet by recvmsg(2), told of in the form of a ring's. */
#include "base/sys.h"

#include <linux/if_packet.h>
#include <linux/virtio_net.h>

#include "socket/cmsg-layout.h"

#include <sockfam/packet.h>

/*
 * Holds PACKET_AUXDATA, SCM_TIMESTAMPNS and SCM_TIMESTAMPING together (136
 * bytes), and some that others may have switched on.
 */
#define CONTROL_SIZE 256

/* InfiniBand has addresses of 20 bytes (linux/netdevice.h: up to 32). */
#define FROM_SIZE (SFAM_PACKET_HEADROOM - SFAM_PACKET_FROM_AT - 4)

_Static_assert(sizeof(struct virtio_net_hdr) == SFAM_PACKET_VNET_LEN,
	       "the kernel's header");

static void note_time(struct sfam_packet_header *h, int64_t ns)
{
	h->sec = (uint32_t)(ns / SFAM__NS_PER_S);
	h->nsec = (uint32_t)(ns % SFAM__NS_PER_S);
}

/* Three stamps: software, one that is obsolete, the interface's own. */
static void note_times(struct sfam_packet_header *h, int64_t software,
		       int64_t hardware)
{
	if (hardware)
		h->status |= SFAM_PACKET_HWTIME_VALID;
	if (hardware || software)
		note_time(h, hardware ? hardware : software);
}

static void note_socket_control(struct sfam_packet_header *h, int type,
				const unsigned char *data)
{
	switch (type) {
	case SO_TIMESTAMPNS_NEW:
		note_time(h, sfam__time_new_ns(data, 1));
		break;
	case SO_TIMESTAMPNS_OLD:
		note_time(h, sfam__time_old_ns(data, 1));
		break;
	case SO_TIMESTAMPING_NEW:
		note_times(h, sfam__time_new_ns(data, 1),
			   sfam__time_new_ns(data + 2 * sizeof(struct
							sfam__time_new), 1));
		break;
	case SO_TIMESTAMPING_OLD:
		note_times(h, sfam__time_old_ns(data, 1),
			   sfam__time_old_ns(data + 2 * sizeof(struct
							sfam__time_old), 1));
		break;
	}
}

/* tp_net is counted from the packet here, in a ring from the header. */
static void note_auxdata(struct sfam_packet_header *h,
			 const unsigned char *data)
{
	struct tpacket_auxdata aux;

	memcpy(&aux, data, sizeof(aux));
	h->orig_len = aux.tp_len;
	h->status |= aux.tp_status;
	h->net = (uint16_t)(h->mac + aux.tp_net);
	h->vlan_tci = aux.tp_vlan_tci;
	h->vlan_tpid = aux.tp_vlan_tpid;
}

static void note_controls(struct sfam_packet_header *h,
			  const struct msghdr *msg)
{
	const unsigned char *p = msg->msg_control;
	size_t left = msg->msg_controllen;
	const struct cmsghdr *cmsg;
	size_t len;

	while ((cmsg = sfam__cmsg_step(&p, &left, &len)) != NULL) {
		/* The end of the last one is missing. */
		if (left == 0 && msg->msg_flags & MSG_CTRUNC)
			break;
		if (cmsg->cmsg_level == SOL_PACKET &&
		    cmsg->cmsg_type == PACKET_AUXDATA)
			note_auxdata(h, CMSG_DATA(cmsg));
		else if (cmsg->cmsg_level == SOL_SOCKET)
			note_socket_control(h, cmsg->cmsg_type,
					    CMSG_DATA(cmsg));
	}
}

/*
 * Deleting an interface that is up takes it down first, and only that is an
 * error of the socket; later it is bound to no interface: index -1
 * (packet_notifier() of net/packet/af_packet.c).
 */
static int why_down(int fd)
{
	struct sockaddr_ll ll;
	socklen_t len = sizeof(ll);
	int r = sfam__sys_getsockname(fd, &ll, &len);

	return r == 0 && ll.sll_ifindex < 0 ? -ENODEV : -ENETDOWN;
}

/* vnet_len: so many bytes come in front of the packet. */
static int receive(int fd, void *buf, size_t size, size_t vnet_len,
		   struct sfam_packet *ret, struct sfam__deadline deadline)
{
	unsigned char control[CONTROL_SIZE] __attribute__((aligned(8)));
	struct sfam_packet_header *h = buf;
	uint8_t *data = (uint8_t *)buf + SFAM_PACKET_HEADROOM;
	struct iovec iov = { data - vnet_len, vnet_len };
	struct msghdr msg = {
		.msg_name = (unsigned char *)buf + SFAM_PACKET_FROM_AT,
		.msg_namelen = (socklen_t)(FROM_SIZE - vnet_len),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	size_t room = size - SFAM_PACKET_HEADROOM;
	ssize_t n;

	if (size < SFAM_PACKET_HEADROOM)
		return -EINVAL;
	iov.iov_len += room;
	n = sfam__sys_recvmsg(fd, &msg, MSG_TRUNC, deadline);
	if (n < 0)
		return n == -ENETDOWN ? why_down(fd) : (int)n;
	n = (size_t)n > vnet_len ? n - (ssize_t)vnet_len : 0;
	memset(h, 0, sizeof(*h));
	h->mac = h->net = SFAM_PACKET_HEADROOM;
	h->orig_len = (uint32_t)n;
	h->len = (size_t)n < room ? (uint32_t)n : (uint32_t)room;
	note_controls(h, &msg);
	ret->data = data;
	ret->len = h->len;
	ret->orig_len = h->orig_len;
	ret->header = h;
	return 0;
}

SFAM_PUBLIC int sfam_packet_recv(int fd, void *buf, size_t size,
				 struct sfam_packet *ret, int64_t timeout_ns)
{
	return receive(fd, buf, size, 0, ret, sfam__deadline_in(timeout_ns));
}

SFAM_PUBLIC int sfam_packet_recv_vnet(int fd, void *buf, size_t size,
				      struct sfam_packet *ret,
				      int64_t timeout_ns)
{
	return receive(fd, buf, size, SFAM_PACKET_VNET_LEN, ret,
		       sfam__deadline_in(timeout_ns));
}
