/* SPDX-License-Identifier: MIT */
/*
 * A table of all links; messages of the kernel's change its entries, and the
 * differences are the events. The list of all is asked for by a socket of
 * its own: what changes meanwhile waits in ours and comes after it, so the
 * last word is always the latest.
 */
#include <linux/can.h>
#include <linux/can/error.h>
#include <linux/can/raw.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "link-step.h"
#include "wait.h"

/* The kernel's largest: a list's. One that is cut counts as lost. */
union message {
	struct nlmsghdr header;
	char bytes[32768];
};

struct sfam_link_watch {
	int fd;			/* epoll, of the two others */
	int netlink;
	int can;		/* error frames; -1: no controller so far */
	int is_begun;		/* the first list was read */
	int is_stale;		/* read all again */
	int is_lost;		/* and say so */
	int has_resynced;	/* to be said */
	struct sfam__ctl_watched *links;
	size_t n, room;
	size_t at, end;		/* of links that may have something to tell */
	union message message;
};

static int add_fd(struct sfam_link_watch *watch, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(watch->fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int open_netlink(struct sfam_link_watch *watch, size_t receive_bytes)
{
	struct sockaddr_nl sa = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK,
	};
	int bytes = receive_bytes > INT32_MAX ? INT32_MAX : (int)receive_bytes;

	watch->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC |
				SOCK_NONBLOCK, NETLINK_ROUTE);
	if (watch->netlink < 0)
		return -errno;
	if (bytes && setsockopt(watch->netlink, SOL_SOCKET, SO_RCVBUF, &bytes,
				sizeof(bytes)) < 0)
		return -errno;
	if (bind(watch->netlink, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	return add_fd(watch, watch->netlink);
}

/* No CAN_RAW in this kernel: there are the messages. */
static int open_errors(struct sfam_link_watch *watch)
{
	const can_err_mask_t mask = CAN_ERR_CRTL | CAN_ERR_BUSOFF |
				    CAN_ERR_RESTARTED;
	const struct sockaddr_can any = { .can_family = AF_CAN };
	int fd = socket(AF_CAN, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			CAN_RAW);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_CAN_RAW, CAN_RAW_FILTER, NULL, 0) < 0 ||
	    setsockopt(fd, SOL_CAN_RAW, CAN_RAW_ERR_FILTER, &mask,
		       sizeof(mask)) < 0 ||
	    bind(fd, (const struct sockaddr *)&any, sizeof(any)) < 0 ||
	    add_fd(watch, fd) < 0) {
		close(fd);
		return -EIO;
	}
	watch->can = fd;
	return 0;
}

/* What happened before the socket was there was not heard. */
static void note_controller(struct sfam_link_watch *watch,
			    const struct sfam__ctl_watched *w)
{
	if (watch->can >= 0 || w->now.info.can_state == SFAM_LINK_NO_STATE)
		return;
	if (open_errors(watch) == 0)
		watch->is_stale = 1;
}

static struct sfam__ctl_watched *find(struct sfam_link_watch *watch, int index)
{
	size_t i;

	for (i = 0; i < watch->n; i++)
		if (watch->links[i].now.info.index == (unsigned int)index)
			return &watch->links[i];
	return NULL;
}

static struct sfam__ctl_watched *append(struct sfam_link_watch *watch)
{
	size_t room = watch->room ? 2 * watch->room : 8;
	struct sfam__ctl_watched *w;

	if (watch->n == watch->room) {
		w = realloc(watch->links, room * sizeof(*w));
		if (!w)
			return NULL;
		watch->links = w;
		watch->room = room;
	}
	w = &watch->links[watch->n++];
	memset(w, 0, sizeof(*w));
	sfam__ctl_link_init(&w->now);
	w->came = watch->is_begun ? SFAM_LINK_ADDED : SFAM_LINK_PRESENT;
	return w;
}

static void remove_at(struct sfam_link_watch *watch, size_t i)
{
	watch->n--;
	memmove(&watch->links[i], &watch->links[i + 1],
		(watch->n - i) * sizeof(watch->links[0]));
}

/* It may have something to tell. */
static void mark(struct sfam_link_watch *watch,
		 const struct sfam__ctl_watched *w)
{
	watch->at = (size_t)(w - watch->links);
	watch->end = watch->at + 1;
}

/*
 * Those of another family are about something else: AF_BRIDGE's RTM_DELLINK
 * only means that the link is no port any more (net/bridge/br_netlink.c).
 */
static int is_about_link(const struct nlmsghdr *header)
{
	const struct ifinfomsg *ifi = nlmsg_data(header);

	return nlmsg_valid_hdr(header, sizeof(*ifi)) &&
	       (header->nlmsg_type == RTM_NEWLINK ||
		header->nlmsg_type == RTM_DELLINK) &&
	       ifi->ifi_family == AF_UNSPEC;
}

static int take_link(struct nlmsghdr *header, void *arg)
{
	const struct ifinfomsg *ifi = nlmsg_data(header);
	struct sfam_link_watch *watch = arg;
	struct sfam__ctl_watched *w;
	int r;

	if (!is_about_link(header))
		return 0;
	w = find(watch, ifi->ifi_index);
	if (!w)
		w = append(watch);
	if (!w)
		return -ENOMEM;
	r = sfam__ctl_link_parse(header, &w->now);
	if (r < 0)
		return r;
	w->is_seen = 1;
	mark(watch, w);
	note_controller(watch, w);
	return 0;
}

/* Moved ones tell where to (since Linux 4.15; only to who could see it). */
static void take_end(struct sfam_link_watch *watch, struct nlmsghdr *header)
{
	const struct ifinfomsg *ifi = nlmsg_data(header);
	struct sfam__ctl_watched *w = find(watch, ifi->ifi_index);

	if (!w)
		return;
	w->is_gone = 1;
	w->went = nlmsg_find_attr(header, sizeof(*ifi), IFLA_NEW_NETNSID) ?
		  SFAM_LINK_MOVED : SFAM_LINK_GONE;
	mark(watch, w);
}

static int take_message(struct sfam_link_watch *watch, struct nlmsghdr *header)
{
	if (is_about_link(header) && header->nlmsg_type == RTM_DELLINK) {
		take_end(watch, header);
		return 0;
	}
	return take_link(header, watch);
}

/* 1: a message was read, or lost. 0: none is there. */
static int read_message(struct sfam_link_watch *watch)
{
	struct sockaddr_nl from;
	socklen_t from_len = sizeof(from);
	ssize_t n = recvfrom(watch->netlink, &watch->message,
			     sizeof(watch->message), MSG_TRUNC,
			     (struct sockaddr *)&from, &from_len);
	int r;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (n < 0 && errno != ENOBUFS)
		return -errno;
	if (n < 0 || (size_t)n > sizeof(watch->message)) {
		watch->is_stale = watch->is_lost = 1;
		return 1;
	}
	if (from.nl_pid != 0 || !nlmsg_ok(&watch->message.header, (int)n))
		return 1;	/* not from the kernel */
	r = take_message(watch, &watch->message.header);
	if (r < 0)
		watch->is_stale = watch->is_lost = 1;
	return r < 0 ? r : 1;
}

/*
 * An error frame says that a state changed, and the list of all says which
 * it is: frames that were lost, because the queue was full, cannot matter,
 * since the state is read after the queue was empty.
 */
static void hear_errors(struct sfam_link_watch *watch)
{
	struct can_frame frame;

	while (watch->can >= 0 && read(watch->can, &frame, sizeof(frame)) > 0)
		watch->is_stale = 1;
}

/* 1, since there may be something to tell now. */
static int read_all(struct sfam_link_watch *watch)
{
	size_t i;
	int r;

	watch->is_stale = 0;
	for (i = 0; i < watch->n; i++)
		watch->links[i].is_seen = 0;
	r = sfam__ctl_link_dump(take_link, watch, NULL);
	watch->at = 0;
	watch->end = watch->n;
	if (r < 0) {
		watch->is_stale = 1;
		return r;
	}
	for (i = 0; i < watch->n; i++) {
		if (watch->links[i].is_seen)
			continue;
		watch->links[i].is_gone = 1;
		watch->links[i].went = SFAM_LINK_GONE;
	}
	watch->is_begun = 1;
	watch->has_resynced = watch->is_lost;
	watch->is_lost = 0;
	return 1;
}

/*
 * In this order: error frames, then all messages that are there, then the
 * list. After a loss the kernel drops what comes until the queue is empty,
 * and says so only once (netlink_overrun() of net/netlink/af_netlink.c): a
 * list before that could be too early. A message that is older than the list
 * may come after it, but then the error frame of a later state does so, too.
 */
static int take(struct sfam_link_watch *watch)
{
	int r;

	hear_errors(watch);
	r = read_message(watch);
	if (r != 0)
		return r;
	return watch->is_stale ? read_all(watch) : 0;
}

static int next_event(struct sfam_link_watch *watch,
		      struct sfam_link_event *ret)
{
	struct sfam__ctl_watched *w;

	if (watch->has_resynced) {
		watch->has_resynced = 0;
		memset(ret, 0, sizeof(*ret));
		ret->change = SFAM_LINK_RESYNC;
		return 1;
	}
	while (watch->at < watch->end) {
		w = &watch->links[watch->at];
		if (sfam__ctl_link_step(w, ret)) {
			if (!w->is_gone || ret->change != w->went)
				return 1;
			remove_at(watch, watch->at);
			watch->end--;
			return 1;
		}
		watch->at++;
	}
	return 0;
}

SFAM_PUBLIC int sfam_link_watch_next(struct sfam_link_watch *watch,
				     struct sfam_link_event *ret,
				     int64_t timeout_ns)
{
	struct sfam__ctl_deadline deadline = sfam__ctl_deadline_in(timeout_ns);
	int r;

	while (!next_event(watch, ret)) {
		r = take(watch);
		if (r == 0)
			r = sfam__ctl_wait(watch->fd, deadline);
		if (r < 0)
			return r;
	}
	return 0;
}

SFAM_PUBLIC int sfam_link_watch_fd(const struct sfam_link_watch *watch)
{
	return watch->fd;
}

SFAM_PUBLIC int sfam_link_watch_new(struct sfam_link_watch **ret,
				    size_t receive_bytes)
{
	struct sfam_link_watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch)
		return -ENOMEM;
	watch->netlink = watch->can = -1;
	watch->fd = epoll_create1(EPOLL_CLOEXEC);
	r = watch->fd < 0 ? -errno : open_netlink(watch, receive_bytes);
	if (r == 0)
		r = read_all(watch);
	if (r < 0) {
		sfam_link_watch_free(watch);
		return r;
	}
	*ret = watch;
	return 0;
}

SFAM_PUBLIC struct sfam_link_watch *
sfam_link_watch_free(struct sfam_link_watch *watch)
{
	if (!watch)
		return NULL;
	if (watch->fd >= 0)
		close(watch->fd);
	if (watch->netlink >= 0)
		close(watch->netlink);
	if (watch->can >= 0)
		close(watch->can);
	free(watch->links);
	free(watch);
	return NULL;
}

SFAM_PUBLIC const char *sfam_link_change_name(enum sfam_link_change change)
{
	static const char *const names[] = {
		"present", "added", "gone", "moved", "renamed", "up", "down",
		"running", "no-carrier", "changed", "can-state", "bus-off",
		"restarted", "resync",
	};

	return (unsigned int)change < sizeof(names) / sizeof(names[0]) ?
	       names[change] : NULL;
}
