/* SPDX-License-Identifier: MIT */
#include "base/sys.h"
#include "family/row.h"

#include <sockfam/fd.h>
#include <sockfam/socket.h>

#define PAIR_FLAGS (SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC)

SFAM_PUBLIC int sfam_fd_dup(int fd)
{
	return sfam__sys_dup(fd);
}

SFAM_PUBLIC int sfam_fd_get_inheritable(int fd)
{
	int r = sfam__sys_is_cloexec(fd);

	return r < 0 ? r : !r;
}

SFAM_PUBLIC int sfam_fd_set_inheritable(int fd, int inheritable)
{
	if (inheritable != 0 && inheritable != 1)
		return -EINVAL;
	return inheritable ? sfam__sys_clear_cloexec(fd) :
			     sfam__sys_set_cloexec(fd);
}

SFAM_PUBLIC int sfam_socketpair(const struct sfam_family *family, int type,
				uint32_t flags, int ret_fds[2])
{
	int fds[2];
	int r;

	if (flags & ~PAIR_FLAGS || type & (SOCK_NONBLOCK | SOCK_CLOEXEC))
		return -EINVAL;
	type = (type ? type : family->type) |
	       (flags & SFAM_OPEN_NONBLOCK ? SOCK_NONBLOCK : 0) |
	       (flags & SFAM_OPEN_KEEP_ON_EXEC ? 0 : SOCK_CLOEXEC);
	r = sfam__sys_socketpair(family->af, type, family->protocol, fds);
	if (r == 0)
		memcpy(ret_fds, fds, sizeof(fds));
	return r;
}
