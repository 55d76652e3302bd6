/* SPDX-License-Identifier: MIT */
/*
 * Sends without a copy, and the kernel's word that it has done with the
 * bytes. It counts pieces, not calls: one for each packet that a call ends
 * with (virtio_transport_send_pkt_info() of virtio_transport_common.c). A
 * call that does not wait and has no more bytes than a packet is one piece,
 * or has failed as a whole.
 */
#include <poll.h>

#include "vsock/vsock.h"

#include <sockfam/cmsg.h>

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY 60
#endif
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif
#define ORIGIN_ZEROCOPY 5		/* SO_EE_ORIGIN_ZEROCOPY */
#define CODE_COPIED 1			/* SO_EE_CODE_ZEROCOPY_COPIED */

#define PIECE_MAX 65536			/* VIRTIO_VSOCK_MAX_PKT_BUF_SIZE */
#define NAP_NS 1000000

static int check_socket(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int domain, type;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_DOMAIN, &domain);

	if (r == 0)
		r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);
	if (r == 0 && (domain != AF_VSOCK || type != SOCK_STREAM))
		r = -EPROTOTYPE;
	return r < 0 ? r : sfam__sys_getpeername(fd, &ss, &len);
}

SFAM_PUBLIC int sfam_vsock_zerocopy_init(struct sfam_vsock_zerocopy *z, int fd)
{
	const int on = 1;
	int r = check_socket(fd);

	if (r == 0)
		r = sfam__sys_setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on,
					 sizeof(on));
	if (r < 0)
		return r;
	memset(z, 0, sizeof(*z));
	z->fd = fd;
	return 0;
}

/* ------------------------------------------------------------- notes -- */

static void count(struct sfam_vsock_zerocopy *z, const struct msghdr *msg)
{
	struct sfam_cmsg_reader reader;
	struct sfam_cmsg item;
	uint32_t n;

	if (sfam_cmsg_reader_init(&reader, msg) < 0)
		return;
	while (sfam_cmsg_next(&reader, &item) == 1) {
		if (item.kind != SFAM_CMSG_ERROR ||
		    item.u.error.origin != ORIGIN_ZEROCOPY)
			continue;
		n = item.u.error.data - item.u.error.info + 1;
		z->done += n;
		if (item.u.error.code & CODE_COPIED)
			z->copied += n;
	}
}

/* What is there of the kernel's notes. Returns how many pieces, or -errno. */
static int64_t take_notes(struct sfam_vsock_zerocopy *z)
{
	const uint64_t before = z->done;
	size_t control[16];
	struct msghdr msg;
	ssize_t n;

	do {
		memset(&msg, 0, sizeof(msg));
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		n = sfam_recvmsg(z->fd, &msg, MSG_ERRQUEUE, 0);
		if (n >= 0)
			count(z, &msg);
	} while (n >= 0);
	return n == -ETIMEDOUT ? (int64_t)(z->done - before) : n;
}

/*
 * Waits for at least one. POLLERR tells of them, but it and POLLHUP may also
 * be there for ever, for other reasons.
 */
static int wait_note(struct sfam_vsock_zerocopy *z,
		     struct sfam__deadline deadline)
{
	bool in_vain = false;
	int64_t n;
	int r;

	while ((n = take_notes(z)) == 0) {
		r = in_vain ? sfam__sys_sleep(NAP_NS, deadline) :
			      sfam__sys_wait(z->fd, 0, deadline);
		if (r < 0)
			return r;
		in_vain = true;
	}
	return n < 0 ? (int)n : 0;
}

/* Notes that have not been taken would keep poll from waiting. */
static int wait_room(struct sfam_vsock_zerocopy *z,
		     struct sfam__deadline deadline)
{
	int64_t n = take_notes(z);
	int r;

	if (n < 0)
		return (int)n;
	r = sfam__sys_wait(z->fd, POLLOUT, deadline);
	return r < 0 ? r : 0;
}

/* -------------------------------------------------------------- send -- */

static ssize_t send_piece(struct sfam_vsock_zerocopy *z, const char *buf,
			  size_t len, struct sfam__deadline deadline)
{
	struct iovec iov = { (void *)(uintptr_t)buf,
			     len > PIECE_MAX ? PIECE_MAX : len };
	const struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;
	int r = 0;

	while (r == 0) {
		n = sfam__sys_sendmsg(z->fd, &msg, MSG_ZEROCOPY,
				      sfam__deadline_in(0));
		if (n >= 0) {
			z->sent++;
			return n;
		}
		if (n == -ETIMEDOUT)
			r = wait_room(z, deadline);
		else if (n == -ENOMEM && z->sent != z->done)
			r = wait_note(z, deadline);
		else
			r = (int)n;
	}
	return r;
}

SFAM_PUBLIC int sfam_vsock_zerocopy_send(struct sfam_vsock_zerocopy *z,
					 const void *buf, size_t len,
					 int64_t timeout_ns, size_t *ret_sent)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	const char *bytes = buf;
	size_t sent = 0;
	ssize_t n = 0;

	while (n >= 0 && sent < len) {
		n = send_piece(z, bytes + sent, len - sent, deadline);
		if (n > 0)
			sent += (size_t)n;
	}
	if (ret_sent)
		*ret_sent = sent;
	return n < 0 ? (int)n : 0;
}

SFAM_PUBLIC int sfam_vsock_zerocopy_wait(struct sfam_vsock_zerocopy *z,
					 int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	int r = 0;

	while (r == 0 && z->done < z->sent)
		r = wait_note(z, deadline);
	return r;
}
