/* SPDX-License-Identifier: MIT */
/* Flags of descriptors, and new descriptors of what is there. */
#include "base/sys.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int sfam__sys_is_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -errno : !!(flags & O_NONBLOCK);
}

int sfam__sys_is_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags < 0 ? -errno : !!(flags & FD_CLOEXEC);
}

int sfam__sys_set_cloexec(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

int sfam__sys_dup(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -errno : copy;
}

int sfam__sys_socketpair(int af, int type, int protocol, int ret_fds[2])
{
	return socketpair(af, type, protocol, ret_fds) < 0 ? -errno : 0;
}

/* A filter that forbids kcmp makes all of them different. */
bool sfam__sys_is_same_file(int a, int b)
{
	const pid_t pid = getpid();

	return syscall(SYS_kcmp, pid, pid, KCMP_FILE, a, b) == 0;
}

int sfam__sys_unread(int fd, int *ret)
{
	return ioctl(fd, SIOCOUTQ, ret) < 0 ? -errno : 0;
}

int sfam__sys_queued(int fd, int *ret)
{
	return ioctl(fd, SIOCINQ, ret) < 0 ? -errno : 0;
}
