/* SPDX-License-Identifier: MIT */
/*
 * The only raw system calls of the library. Each returns what the call
 * returns, or -errno. Those that can wait take a deadline and never touch
 * O_NONBLOCK of the descriptor: MSG_DONTWAIT first, poll(2) if need be.
 */
#ifndef SFAM_BASE_SYS_H
#define SFAM_BASE_SYS_H

#include <sys/socket.h>

#include "base/common.h"

struct sfam__deadline {
	int64_t at_ns;		/* on CLOCK_MONOTONIC; -1: never */
};

struct sfam__deadline sfam__deadline_in(int64_t timeout_ns);
/* What is left, 0 at the least; -1: for ever. */
int64_t sfam__deadline_left_ns(struct sfam__deadline deadline);

int sfam__sys_socket(int af, int type, int protocol);
int sfam__sys_bind(int fd, const void *sa, socklen_t len);
int sfam__sys_connect(int fd, const void *sa, socklen_t len);
int sfam__sys_listen(int fd, int backlog);
int sfam__sys_accept(int fd, void *sa, socklen_t *len, int flags);
int sfam__sys_getsockname(int fd, void *sa, socklen_t *len);
int sfam__sys_getpeername(int fd, void *sa, socklen_t *len);
int sfam__sys_setsockopt(int fd, int level, int name, const void *value,
			 socklen_t len);
int sfam__sys_getsockopt(int fd, int level, int name, void *value,
			 socklen_t *len);
int sfam__sys_getsockopt_int(int fd, int level, int name, int *ret);
void sfam__sys_close(int fd);
/* For descriptors made here, not yet in anybody else's hands. */
int sfam__sys_clear_nonblock(int fd);
int sfam__sys_clear_cloexec(int fd);

/* In connect.c. 1 if fd is O_NONBLOCK, 0 if not, or -errno. */
int sfam__sys_is_nonblock(int fd);
/* connect while every signal waits, so that none can end it. */
int sfam__sys_connect_calm(int fd, const void *sa, socklen_t len);

/* In interface.c. -ENODEV: there is none. ret_name has IFNAMSIZ bytes. */
int sfam__sys_ifindex(const char *name, int *ret_index);
int sfam__sys_ifname(int index, char *ret_name);

/* Waits for one of poll(2)'s events. Returns revents, -ETIMEDOUT, -errno. */
int sfam__sys_wait(int fd, short events, struct sfam__deadline deadline);

/* Sleeps for ns, or until the deadline: -ETIMEDOUT if that is past. */
int sfam__sys_sleep(int64_t ns, struct sfam__deadline deadline);

ssize_t sfam__sys_sendmsg(int fd, const struct msghdr *msg, int flags,
			  struct sfam__deadline deadline);
/*
 * Waits for room, then sends all of a message however long that takes, with
 * no signal in between. -EOPNOTSUPP: fd is O_NONBLOCK.
 */
ssize_t sfam__sys_sendmsg_whole(int fd, const struct msghdr *msg, int flags,
				struct sfam__deadline deadline);
ssize_t sfam__sys_recvmsg(int fd, struct msghdr *msg, int flags,
			  struct sfam__deadline deadline);
int sfam__sys_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n,
		       int flags, struct sfam__deadline deadline);
int sfam__sys_recvmmsg(int fd, struct mmsghdr *msgs, unsigned int n,
		       int flags, struct sfam__deadline deadline);

#endif
