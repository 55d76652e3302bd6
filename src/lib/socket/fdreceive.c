/* SPDX-License-Identifier: MIT */
/* Receiving a message with its descriptors, plain or framed, whole. */
#include "socket/fdbox.h"
#include "socket/fdsend.h"

#define ALLOW_FLAGS (SFAM_FDPASS_ALLOW_PID | SFAM_FDPASS_ALLOW_UID | \
		     SFAM_FDPASS_ALLOW_GID)
#define RECV_FLAGS (SFAM_FDPASS_FRAMED | SFAM_FDPASS_KEEP_DATA | ALLOW_FLAGS)

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76		/* Linux 6.5 */
#endif

SFAM_PUBLIC int sfam_fdpass_ask(int sock, uint32_t what)
{
	int on = 1;
	int r = 0;

	if (what & ~(SFAM_FDPASS_ASK_CREDENTIALS | SFAM_FDPASS_ASK_PIDFD))
		return -EINVAL;
	if (what & SFAM_FDPASS_ASK_CREDENTIALS)
		r = sfam__sys_setsockopt(sock, SOL_SOCKET, SO_PASSCRED, &on,
					 sizeof(on));
	if (r == 0 && what & SFAM_FDPASS_ASK_PIDFD)
		r = sfam__sys_setsockopt(sock, SOL_SOCKET, SO_PASSPIDFD, &on,
					 sizeof(on));
	return r;
}

/* ------------------------------------------------------------ frames -- */

struct incoming {
	int sock;
	struct sfam__fdbox *box;
	struct sfam__deadline deadline;
	bool begun;
};

/* Exactly len bytes of a stream. 1; 0: the end, before the first byte. */
static int take(struct incoming *in, void *buf, size_t len)
{
	struct iovec iov = { buf, len };
	ssize_t n;
	int flags;

	while (iov.iov_len) {
		n = sfam__fdbox_recv(in->box, in->sock, &iov, 1, in->deadline,
				     &flags);
		if (n == -ETIMEDOUT && in->begun)
			return -EPROTO;
		if (n < 0)
			return (int)n;
		if (n == 0)
			return in->begun ? -ENODATA : 0;
		in->begun = true;
		iov.iov_base = (char *)iov.iov_base + n;
		iov.iov_len -= (size_t)n;
	}
	return 1;
}

static int check_frame(const struct sfam__frame *f, size_t size)
{
	if (memcmp(f->magic, SFAM__FRAME_MAGIC, sizeof(f->magic)) != 0 ||
	    f->n_fds > SFAM_FDPASS_SPLIT_MAX)
		return -EBADMSG;
	return f->len > size ? -EMSGSIZE : 1;
}

static int take_stream(struct incoming *in, struct sfam__frame *f, void *buf,
		       size_t size)
{
	int r = take(in, f, sizeof(*f));

	if (r == 1)
		r = check_frame(f, size);
	if (r == 1)
		r = take(in, buf, (size_t)f->len);
	return r;
}

/* Frame and payload are one message of a socket that keeps its ends. */
static int take_packet(struct incoming *in, struct sfam__frame *f, void *buf,
		       size_t size)
{
	struct iovec iov[2] = { { f, sizeof(*f) }, { buf, size } };
	int flags;
	ssize_t n = sfam__fdbox_recv(in->box, in->sock, iov, 2, in->deadline,
				     &flags);
	int r;

	if (n < 0)
		return (int)n;
	if (n == 0 && !in->box->came && !in->box->error)
		return 0;
	in->begun = true;
	if ((size_t)n < sizeof(*f))
		return -EBADMSG;
	r = check_frame(f, size);
	if (r < 0)
		return r;
	return f->len == (size_t)n - sizeof(*f) ? 1 : -EBADMSG;
}

/* One byte each, and with it the next of the descriptors. */
static int take_batches(struct incoming *in, uint32_t n_fds)
{
	char byte;
	uint32_t i;
	int r = 1;

	for (i = SFAM_FDPASS_MAX; r == 1 && i < n_fds; i += SFAM_FDPASS_MAX)
		r = take(in, &byte, 1);
	if (r == 1 && in->box->came != n_fds && !in->box->error)
		r = -EBADMSG;
	return r;
}

static int recv_framed(struct incoming *in, void *buf, size_t size,
		       size_t *ret_len)
{
	struct sfam__frame frame;
	int type;
	int r = sfam__sys_getsockopt_int(in->sock, SOL_SOCKET, SO_TYPE, &type);

	if (r < 0)
		return r;
	r = type == SOCK_STREAM ? take_stream(in, &frame, buf, size) :
				  take_packet(in, &frame, buf, size);
	if (r == 1)
		r = take_batches(in, frame.n_fds);
	if (r == 1)
		*ret_len = (size_t)frame.len;
	return r;
}

/* ---------------------------------------------------------- messages -- */

static int recv_plain(struct incoming *in, void *buf, size_t size,
		      size_t *ret_len)
{
	ssize_t n = sfam__fdbox_recv_plain(in->box, in->sock, buf, size,
					   in->deadline);

	if (n < 0)
		return (int)n;
	*ret_len = (size_t)n;
	return n || in->box->came || in->box->error;
}

/* Each is what opts says of it, or all are closed. */
static void check_fds(struct sfam__fdbox *box,
		      const struct sfam_fdpass_opts *o)
{
	size_t i, last = o->n_expect - 1;
	int r;

	for (i = 0; o->n_expect && i < box->n; i++) {
		r = sfam_fd_check(box->fds[i],
				  &o->expect[i < last ? i : last], o->diag);
		if (r == 0)
			continue;
		if (o->diag && r == -EPROTOTYPE)
			o->diag->offset = i;
		sfam__fdbox_reject(box, r);
	}
}

static int read_opts(struct sfam_fdpass_opts *ret,
		     const struct sfam_fdpass_opts *opts)
{
	const struct sfam_fdpass_opts defaults = SFAM_FDPASS_OPTS_INIT;
	int r;

	*ret = defaults;
	r = sfam__opts_read(ret, sizeof(*ret), opts);
	if (r < 0)
		return r;
	return ret->flags & ~RECV_FLAGS ? -EINVAL : 0;
}

static bool may_be_lost(int error)
{
	return error == -E2BIG || error == -EMFILE || error == -EPROTOTYPE;
}

SFAM_PUBLIC int sfam_fdpass_recv_message(int sock,
					 struct sfam_fdpass_message *message,
					 const struct sfam_fdpass_opts *opts)
{
	struct sfam_fdpass_opts o;
	struct sfam__fdbox box;
	struct incoming in = { .sock = sock, .box = &box };
	size_t len = 0;
	int r = read_opts(&o, opts);

	if (r < 0)
		return r;
	sfam__fdbox_init(&box, message->fds, message->max_fds);
	box.allow = o.flags & ALLOW_FLAGS;
	box.allowed = o.sender;
	in.deadline = sfam__deadline_in(o.timeout_ns);
	r = o.flags & SFAM_FDPASS_FRAMED ?
	    recv_framed(&in, message->buf, message->size, &len) :
	    recv_plain(&in, message->buf, message->size, &len);
	if (r > 0 && !box.error)
		check_fds(&box, &o);
	if (r < 0 || (box.error && !(o.flags & SFAM_FDPASS_KEEP_DATA &&
				     may_be_lost(box.error)))) {
		sfam__fdbox_reject(&box, r);
		return r < 0 ? r : box.error;
	}
	message->len = len;
	message->n_fds = box.n;
	message->lost = box.error;
	message->sender = box.sender;
	message->pidfd = box.pidfd;
	return r;
}
