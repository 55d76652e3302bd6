/* SPDX-License-Identifier: MIT */
/*
 * What happens to a ring's interface. The socket's own error tells only that
 * it went down (packet_notifier() of net/packet/af_packet.c). So there is a
 * netlink socket too; its messages, which may get lost, are not read: any of
 * them is a reason to compare what was with what is.
 */
#include "packet/ring.h"

#include <linux/if_packet.h>
#include <linux/rtnetlink.h>

int sfam__ring_link_open(struct sfam__ring_link *link, int ifindex)
{
	const struct sockaddr_nl changes = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK,
	};
	int fd, r;

	link->fd = -1;
	link->ifindex = ifindex;
	if (ifindex == 0)
		return 0;
	fd = sfam__sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (fd < 0)
		return fd;
	r = sfam__sys_bind(fd, &changes, sizeof(changes));
	if (r < 0)
		sfam__sys_close(fd);
	else
		link->fd = fd;
	return r;
}

/* The thread that reads may be in another network namespace by now. */
static int read_state(int packet_fd, int ifindex, char *ret_name,
		      bool *ret_up)
{
	unsigned int flags;
	int r = sfam__sys_ifstate(packet_fd, ifindex, ret_name, &flags);

	if (r == 0)
		*ret_up = flags & IFF_UP;
	return r;
}

int sfam__ring_link_start(struct sfam__ring_link *link, int packet_fd)
{
	return link->ifindex ? read_state(packet_fd, link->ifindex,
					  link->name, &link->up) : 0;
}

static uint32_t set_up(struct sfam__ring_link *link, bool up)
{
	if (link->up == up)
		return 0;
	link->up = up;
	return up ? SFAM_PACKET_EVENT_UP : SFAM_PACKET_EVENT_DOWN;
}

/* A socket whose interface was deleted is bound to index -1. */
static int is_gone(int packet_fd)
{
	struct sockaddr_ll ll;
	socklen_t len = sizeof(ll);
	int r = sfam__sys_getsockname(packet_fd, &ll, &len);

	return r < 0 ? r : ll.sll_ifindex < 0;
}

static int compare(struct sfam__ring_link *link, int packet_fd,
		   uint32_t *events)
{
	char name[IFNAMSIZ];
	bool up = false;
	int r = is_gone(packet_fd);

	if (r < 0)
		return r;
	if (r > 0) {
		link->gone = true;
		*events |= set_up(link, false);
		return 0;
	}
	r = read_state(packet_fd, link->ifindex, name, &up);
	/* It is just going: of that there will be one more message. */
	if (r == -ENODEV)
		return 0;
	if (r < 0)
		return r;
	if (strcmp(name, link->name) != 0)
		*events |= SFAM_PACKET_EVENT_RENAMED;
	memcpy(link->name, name, sizeof(name));
	*events |= set_up(link, up);
	return 0;
}

static void drain(int fd)
{
	const struct sfam__deadline now = { 0 };
	struct msghdr msg = { .msg_iovlen = 0 };
	ssize_t r;

	do {
		r = sfam__sys_recvmsg(fd, &msg, 0, now);
	} while (r >= 0 || r == -ENOBUFS);
}

static int take_error(int packet_fd, int *ret)
{
	return sfam__sys_getsockopt_int(packet_fd, SOL_SOCKET, SO_ERROR, ret);
}

int sfam__ring_link_look(struct sfam__ring_link *link, int packet_fd,
			 uint32_t *ret_events)
{
	uint32_t events = 0;
	int error, r;

	r = take_error(packet_fd, &error);
	if (r < 0)
		return r;
	if (error && error != ENETDOWN)
		return -error;
	if (link->ifindex == 0)
		return 0;
	if (error)
		events |= set_up(link, false);
	drain(link->fd);
	r = compare(link, packet_fd, &events);
	if (r < 0)
		return r;
	/*
	 * The netlink message is sent before the socket gets its error
	 * (__dev_notify_flags() of net/core/dev.c): that is told already.
	 */
	if (events & SFAM_PACKET_EVENT_DOWN)
		r = take_error(packet_fd, &error);
	*ret_events |= events;
	return r;
}
