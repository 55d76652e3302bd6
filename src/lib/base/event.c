/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int sfam__sys_eventfd(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

/*
 * Either fails if it is so already, which is as good. Whom a signal handler
 * interrupts may need errno.
 */
void sfam__sys_eventfd_set(int fd)
{
	const uint64_t one = 1;
	int saved = errno;

	if (write(fd, &one, sizeof(one)) < 0)
		errno = saved;
}

void sfam__sys_eventfd_clear(int fd)
{
	uint64_t n;
	int saved = errno;

	if (read(fd, &n, sizeof(n)) < 0)
		errno = saved;
}

int sfam__sys_epoll(void)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int sfam__sys_epoll_add(int epoll_fd, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data = { .fd = fd } };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}

int sfam__sys_epoll_set(int epoll_fd, int fd, uint32_t old_events,
			uint32_t events, void *data)
{
	struct epoll_event e = { .events = events, .data = { .ptr = data } };
	int op = !events ? EPOLL_CTL_DEL :
		 old_events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	return epoll_ctl(epoll_fd, op, fd, &e) < 0 ? -errno : 0;
}

/* In ns epoll can wait since 5.11 only. */
int sfam__sys_epoll_wait(int epoll_fd, struct epoll_event *events, int max,
			 struct sfam__deadline deadline)
{
	int n;

	if (deadline.at_ns >= 0) {
		n = sfam__sys_wait(epoll_fd, POLLIN, deadline);
		if (n < 0)
			return n;
	}
	do {
		n = epoll_wait(epoll_fd, events, max,
			       deadline.at_ns >= 0 ? 0 : -1);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}
