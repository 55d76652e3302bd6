/* SPDX-License-Identifier: MIT */
/* Interfaces by name and by index, in the caller's network namespace. */
#include "base/sys.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* RTM_GETLINK by name, or by index. */
struct request {
	struct nlmsghdr header;
	struct ifinfomsg link;
	struct rtattr attr;
	char name[IFNAMSIZ];
};

/*
 * What comes back, as far as it is of use: the kernel cuts the rest of the
 * message, which is not read. link and error begin at the same place.
 */
struct answer {
	struct nlmsghdr header;
	union {
		struct ifinfomsg link;
		struct nlmsgerr error;
	} body;
};

static void fill_request(struct request *q)
{
	memset(q, 0, sizeof(*q));
	q->header.nlmsg_type = RTM_GETLINK;
	q->header.nlmsg_flags = NLM_F_REQUEST;
	q->header.nlmsg_len = offsetof(struct request, attr);
}

static void add_name(struct request *q, const char *name, size_t len)
{
	q->attr.rta_type = IFLA_IFNAME;
	q->attr.rta_len = (unsigned short)RTA_LENGTH(len + 1);
	memcpy(q->name, name, len);
	q->header.nlmsg_len += (uint32_t)RTA_SPACE(len + 1);
}

static int ask_on(int fd, struct request *q, struct answer *a)
{
	const struct sfam__deadline never = { -1 };
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct iovec iov = { q, q->header.nlmsg_len };
	struct msghdr msg = {
		.msg_name = (void *)(uintptr_t)&kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n = sfam__sys_sendmsg(fd, &msg, 0, never);

	if (n < 0)
		return (int)n;
	iov.iov_base = a;
	iov.iov_len = sizeof(*a);
	n = sfam__sys_recvmsg(fd, &msg, 0, never);
	if (n < 0)
		return (int)n;
	return (size_t)n < sizeof(*a) ? -EIO : 0;
}

static int ask(struct request *q, struct answer *a)
{
	int fd = sfam__sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	int r;

	if (fd < 0)
		return fd;
	r = ask_on(fd, q, a);
	sfam__sys_close(fd);
	if (r < 0)
		return r;
	return a->header.nlmsg_type == NLMSG_ERROR ? a->body.error.error : 0;
}

/*
 * Not by SIOCGIFINDEX (if_nametoindex(3)): asked by root for a name that
 * does not exist, that runs modprobe for it (dev_load() of
 * net/core/dev_ioctl.c), which no look-up of a text should do.
 */
int sfam__sys_ifindex(const char *name, int *ret_index)
{
	size_t len = strlen(name);
	struct request q;
	struct answer a;
	int r;

	if (len >= IFNAMSIZ)
		return -ENODEV;
	fill_request(&q);
	add_name(&q, name, len);
	r = ask(&q, &a);
	if (r < 0)
		return r;
	*ret_index = a.body.link.ifi_index;
	return 0;
}

/* SIOCGIFNAME loads nothing. */
static int name_on(int fd, int index, struct ifreq *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->ifr_ifindex = index;
	if (ioctl(fd, SIOCGIFNAME, ret) < 0)
		return errno == ENXIO ? -ENODEV : -errno;
	return 0;
}

int sfam__sys_ifname(int index, char *ret_name)
{
	struct ifreq ifr;
	int fd = sfam__sys_socket(AF_UNIX, SOCK_DGRAM, 0);
	int r;

	if (fd < 0)
		return fd;
	r = name_on(fd, index, &ifr);
	sfam__sys_close(fd);
	if (r == 0)
		memcpy(ret_name, ifr.ifr_name, sizeof(ifr.ifr_name));
	return r;
}

/* SIOCGIFFLAGS asks for a name that was there a moment ago. */
int sfam__sys_ifstate(int fd, int index, char *ret_name,
		      unsigned int *ret_flags)
{
	char name[IFNAMSIZ];
	struct ifreq ifr;
	int r = name_on(fd, index, &ifr);

	if (r < 0)
		return r;
	memcpy(name, ifr.ifr_name, sizeof(name));
	if (ioctl(fd, SIOCGIFFLAGS, &ifr) < 0)
		return -errno;
	memcpy(ret_name, name, sizeof(name));
	*ret_flags = (unsigned short)ifr.ifr_flags;
	return 0;
}
