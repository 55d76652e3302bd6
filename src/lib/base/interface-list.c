/* SPDX-License-Identifier: MIT */
/* All interfaces of the caller's network namespace. */
#include "base/sys.h"

#include <linux/rtnetlink.h>
#include <net/if.h>

#ifndef RTEXT_FILTER_SKIP_STATS
#define RTEXT_FILTER_SKIP_STATS (1 << 3)	/* linux/rtnetlink.h, 4.4 */
#endif

/* The kernel fills up to 32 KiB at a time (net/netlink/af_netlink.c). */
union answer {
	struct nlmsghdr header;
	char bytes[32768];
};

static int request_dump(int fd)
{
	const struct sfam__deadline never = { -1 };
	struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
		struct rtattr attr;
		uint32_t mask;
	} q = {
		.header = {
			.nlmsg_len = sizeof(q),
			.nlmsg_type = RTM_GETLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.attr = { RTA_LENGTH(sizeof(q.mask)), IFLA_EXT_MASK },
		.mask = RTEXT_FILTER_SKIP_STATS,
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct iovec iov = { &q, sizeof(q) };
	const struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n = sfam__sys_sendmsg(fd, &msg, 0, never);

	return n < 0 ? (int)n : 0;
}

static void read_link(const struct nlmsghdr *h, sfam__found_link *found,
		      void *arg)
{
	const struct ifinfomsg *link = NLMSG_DATA(h);
	const char *p = (const char *)IFLA_RTA(link);
	const char *end = (const char *)h + h->nlmsg_len;
	const struct rtattr *a;

	for (; end - p >= (ptrdiff_t)sizeof(*a); p += RTA_ALIGN(a->rta_len)) {
		a = (const void *)p;
		if (a->rta_len < sizeof(*a))
			break;
		if (a->rta_type == IFLA_IFNAME)
			found(arg, link->ifi_index, RTA_DATA(a));
	}
}

/* Returns 1 for more to come. *torn: the list changed meanwhile. */
static int read_answer(const struct nlmsghdr *h, size_t len,
		       sfam__found_link *found, void *arg, bool *torn)
{
	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		if (h->nlmsg_flags & NLM_F_DUMP_INTR)
			*torn = true;
		if (h->nlmsg_type == RTM_NEWLINK)
			read_link(h, found, arg);
		else if (h->nlmsg_type == NLMSG_ERROR)
			return ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
		else if (h->nlmsg_type == NLMSG_DONE)
			return *(const int *)NLMSG_DATA(h);
	}
	return 1;
}

static int dump(int fd, sfam__found_link *found, void *arg)
{
	const struct sfam__deadline never = { -1 };
	union answer a;
	struct iovec iov = { &a, sizeof(a) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	bool torn = false;
	ssize_t n;
	int r = request_dump(fd);

	if (r < 0)
		return r;
	do {
		n = sfam__sys_recvmsg(fd, &msg, 0, never);
		if (n < 0)
			return (int)n;
		if (msg.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
		r = read_answer(&a.header, (size_t)n, found, arg, &torn);
	} while (r > 0);
	return r == 0 && torn ? -EAGAIN : r;
}

int sfam__sys_links(sfam__found_link *found, void *arg)
{
	int fd = sfam__sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	int r;

	if (fd < 0)
		return fd;
	r = dump(fd, found, arg);
	sfam__sys_close(fd);
	return r;
}
