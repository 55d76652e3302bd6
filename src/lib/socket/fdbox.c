/* SPDX-License-Identifier: MIT */
/*
 * The traps, all of them measured (tests/unit/test-fdpass.c):
 * - A control buffer of CMSG_SPACE(one int) receives two descriptors, and
 *   no flag says so. So the buffer always has room for all that the kernel
 *   can send, and what the caller did not ask for is closed.
 * - When the receiver is out of descriptors the kernel installs some or
 *   none and sets MSG_CTRUNC, nothing more.
 */
#include "socket/fdbox.h"

#include <sockfam/cmsg.h>

/* Room for credentials, a security label and time stamps beside them. */
#define OTHER_CONTROL 512

union control {
	struct cmsghdr align;
	unsigned char bytes[CMSG_SPACE(sizeof(int) * SFAM_FDPASS_MAX) +
			    OTHER_CONTROL];
};

void sfam__fdbox_init(struct sfam__fdbox *box, int *fds, size_t max)
{
	memset(box, 0, sizeof(*box));
	box->fds = fds;
	box->max = max;
	box->pidfd = -1;
}

static void close_pidfd(struct sfam__fdbox *box)
{
	if (box->pidfd >= 0)
		sfam__sys_close(box->pidfd);
	box->pidfd = -1;
}

void sfam__fdbox_reject(struct sfam__fdbox *box, int error)
{
	while (box->n)
		sfam__sys_close(box->fds[--box->n]);
	close_pidfd(box);
	if (!box->error)
		box->error = error;
}

static void keep_fds(struct sfam__fdbox *box, const struct sfam_cmsg_fds *fds)
{
	size_t room = box->error ? 0 : box->max - box->n;
	size_t kept = fds->n < room ? fds->n : room;
	size_t i;

	box->came += fds->n;
	if (kept)
		memcpy(box->fds + box->n, fds->fd, kept * sizeof(int));
	box->n += kept;
	if (kept == fds->n)
		return;
	for (i = kept; i < fds->n; i++)
		sfam__sys_close(fds->fd[i]);
	sfam__fdbox_reject(box, -E2BIG);
}

/* The kernel's scm_pidfd_recv() may put an errno in its place. */
static void keep_pidfd(struct sfam__fdbox *box, int pidfd)
{
	close_pidfd(box);
	box->pidfd = pidfd;
	if (box->error)
		close_pidfd(box);
}

static void keep_item(struct sfam__fdbox *box, const struct sfam_cmsg *item)
{
	if (item->kind == SFAM_CMSG_RIGHTS)
		keep_fds(box, &item->u.fds);
	else if (item->kind == SFAM_CMSG_PIDFD)
		keep_pidfd(box, item->u.pidfd);
	else if (item->kind == SFAM_CMSG_CREDENTIALS)
		box->sender = item->u.credentials;
}

/*
 * A pid of 0 means that the kernel noted no sender, and the overflow ids
 * beside it are nobody's (net/unix/af_unix.c); or one of another pid
 * namespace, which is not known either.
 */
static bool sender_is_allowed(const struct sfam__fdbox *box)
{
	const struct sfam_credentials *is = &box->sender;
	const struct sfam_credentials *shall = &box->allowed;

	if (!box->allow)
		return true;
	return is->pid != 0 &&
	       (!(box->allow & SFAM_FDPASS_ALLOW_PID) ||
		is->pid == shall->pid) &&
	       (!(box->allow & SFAM_FDPASS_ALLOW_UID) ||
		is->uid == shall->uid) &&
	       (!(box->allow & SFAM_FDPASS_ALLOW_GID) ||
		is->gid == shall->gid);
}

static void keep_control(struct sfam__fdbox *box, const struct msghdr *msg)
{
	struct sfam_cmsg_reader reader;
	struct sfam_cmsg item;
	int r = sfam_cmsg_reader_init(&reader, msg);

	memset(&box->sender, 0, sizeof(box->sender));
	if (r < 0)
		return;
	do {
		r = sfam_cmsg_next(&reader, &item);
		if (r == 1)
			keep_item(box, &item);
	} while (r == 1 || r == -EBADMSG);
	if (r < 0)
		sfam__fdbox_reject(box, -EMFILE);
	if (!sender_is_allowed(box)) {
		sfam__fdbox_reject(box, -EACCES);
		box->error = -EACCES;
	}
}

ssize_t sfam__fdbox_recv(struct sfam__fdbox *box, int sock, struct iovec *iov,
			 size_t n_iov, struct sfam__deadline deadline,
			 int *ret_flags)
{
	union control control;
	struct msghdr msg = {
		.msg_iov = iov,
		.msg_iovlen = n_iov,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = sfam__sys_recvmsg(sock, &msg, MSG_CMSG_CLOEXEC,
					deadline);

	if (len < 0)
		return len;
	/* The end of a stream comes from nobody. */
	if (len > 0 || msg.msg_controllen || msg.msg_flags & MSG_CTRUNC)
		keep_control(box, &msg);
	*ret_flags = msg.msg_flags;
	return len;
}

/*
 * A read of nothing would take the descriptors off a stream and leave the
 * byte that they came with (unix_stream_read_generic()).
 */
static ssize_t recv_filler(struct sfam__fdbox *box, int sock,
			   struct sfam__deadline deadline)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	int flags;
	ssize_t len = sfam__fdbox_recv(box, sock, &iov, 1, deadline, &flags);

	if (len > 0)
		return box->came || box->error ? 0 : -ENOMSG;
	return len;
}

static ssize_t recv_payload(struct sfam__fdbox *box, int sock, void *buf,
			    size_t size, struct sfam__deadline deadline)
{
	struct iovec iov = { buf, size };
	int flags;
	ssize_t len = sfam__fdbox_recv(box, sock, &iov, 1, deadline, &flags);

	return len >= 0 && flags & MSG_TRUNC ? -EMSGSIZE : len;
}

ssize_t sfam__fdbox_recv_plain(struct sfam__fdbox *box, int sock, void *buf,
			       size_t size, struct sfam__deadline deadline)
{
	int type = 0;
	ssize_t len;
	int r;

	if (size == 0) {
		r = sfam__sys_getsockopt_int(sock, SOL_SOCKET, SO_TYPE, &type);
		if (r < 0)
			return r;
	}
	len = type == SOCK_STREAM ?
	      recv_filler(box, sock, deadline) :
	      recv_payload(box, sock, buf, size, deadline);
	if (len < 0)
		sfam__fdbox_reject(box, (int)len);
	return len;
}
