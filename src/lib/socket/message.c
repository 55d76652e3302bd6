/* SPDX-License-Identifier: MIT */
/* Receiving one message: nothing of it may get lost without a word. */
#include "socket/message.h"

#include "family/row.h"

#include <sockfam/cmsg.h>

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76		/* Linux 6.5 */
#endif

/* MSG_CTRUNC is ours alone: the kernel tells it, and is never told it. */
#define FLAGS (MSG_PEEK | MSG_OOB | MSG_TRUNC | MSG_CTRUNC | MSG_ERRQUEUE)

static bool may_bring_fds(int fd)
{
	const struct sfam_family *f;

	return sfam_family_by_fd(&f, fd) == 0 &&
	       f->flags & SFAM_ROW_PASSES_FDS;
}

/*
 * Without room for control data the kernel drops it with MSG_CTRUNC; but it
 * sets that as well for all that the socket was told to send along
 * (scm_recv(), include/net/scm.h).
 */
static bool lost_fds(int fd)
{
	static const int asked[] = {
		SO_PASSCRED, SO_PASSSEC, SO_PASSPIDFD,
		SO_TIMESTAMP_OLD, SO_TIMESTAMPNS_OLD,
		SO_TIMESTAMP_NEW, SO_TIMESTAMPNS_NEW,
	};
	int on = 0;
	size_t i;

	if (!may_bring_fds(fd))
		return false;
	for (i = 0; i < SFAM_ARRAY_LEN(asked) && !on; i++)
		sfam__sys_getsockopt_int(fd, SOL_SOCKET, asked[i], &on);
	return !on;
}

static int check_whole(int fd, const struct msghdr *msg, int flags)
{
	if (msg->msg_flags & MSG_TRUNC && !(flags & MSG_TRUNC))
		return -EMSGSIZE;
	if (msg->msg_flags & MSG_CTRUNC && !(flags & MSG_CTRUNC) &&
	    (msg->msg_control || lost_fds(fd)))
		return -ENOBUFS;
	return 0;
}

/*
 * Some families refuse flags that they do not know, MSG_CMSG_CLOEXEC too
 * (packet_recvmsg(), j1939_sk_recvmsg(), isotp_recvmsg()). No descriptors
 * come there, so they are asked again without it.
 */
static ssize_t recv_control(int fd, struct msghdr *msg, int flags,
			    struct sfam__deadline deadline)
{
	ssize_t n = sfam__sys_recvmsg(fd, msg, flags | MSG_CMSG_CLOEXEC,
				      deadline);

	if (n == -EINVAL && !may_bring_fds(fd))
		n = sfam__sys_recvmsg(fd, msg, flags, deadline);
	return n;
}

ssize_t sfam__recvmsg(int fd, struct msghdr *msg, int flags,
		      struct sfam__deadline deadline)
{
	const int asked = flags & ~MSG_CTRUNC;
	struct msghdr m = *msg;
	ssize_t len;
	int r;

	/* Its event is POLLERR, and a hang-up would look like it. */
	if (flags & MSG_ERRQUEUE)
		deadline.at_ns = 0;
	len = m.msg_control ? recv_control(fd, &m, asked, deadline) :
			      sfam__sys_recvmsg(fd, &m, asked, deadline);
	if (len < 0)
		return len;
	r = check_whole(fd, &m, flags);
	if (r < 0) {
		sfam_cmsg_close_fds(&m);
		return r;
	}
	*msg = m;
	return len;
}

SFAM_PUBLIC ssize_t sfam_recvmsg(int fd, struct msghdr *msg, int flags,
				 int64_t timeout_ns)
{
	struct sfam_cmsg_reader reader;

	/* A look at descriptors would be a second set of them. */
	if (flags & ~FLAGS || (msg->msg_control && flags & MSG_PEEK))
		return -EINVAL;
	/* What cannot be read could not be closed. */
	if (sfam_cmsg_reader_init(&reader, msg) < 0)
		return -EINVAL;
	return sfam__recvmsg(fd, msg, flags, sfam__deadline_in(timeout_ns));
}
