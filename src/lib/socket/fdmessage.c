/* SPDX-License-Identifier: MIT */
/* Sending a message with its descriptors, plain or framed, whole. */
#include "socket/fdsend.h"

#define SEND_FLAGS (SFAM_FDPASS_FRAMED | SFAM_FDPASS_SPLIT)
#define RETRY_NS INT64_C(1000000)

struct outgoing {
	int sock;
	const int *fds;
	size_t n_fds;
	struct iovec iov[2];	/* frame, payload */
	struct sfam__deadline deadline;
	bool begun;		/* some of it went on a stream */
};

/* Nothing is added to what may be NULL: not even 0 may be. */
static void advance(struct iovec *iov, size_t n)
{
	size_t step = n < iov[0].iov_len ? n : iov[0].iov_len;

	iov[0].iov_base = (char *)iov[0].iov_base + step;
	iov[0].iov_len -= step;
	if (n == step)
		return;
	iov[1].iov_base = (char *)iov[1].iov_base + (n - step);
	iov[1].iov_len -= n - step;
}

/*
 * Too many in flight: there is no event for their becoming fewer, so it is
 * tried again while there is time (too_many_unix_fds(), net/unix/).
 */
static ssize_t send_batch(const struct outgoing *o, const int *fds, size_t n,
			  struct iovec *iov, size_t n_iov)
{
	ssize_t sent;

	do {
		sent = sfam__fds_send(o->sock, fds, n, iov, n_iov,
				      o->deadline);
	} while (sent == -ETOOMANYREFS &&
		 sfam__sys_sleep(RETRY_NS, o->deadline) == 0);
	return sent;
}

static size_t batch_of(size_t n)
{
	return n < SFAM_FDPASS_MAX ? n : SFAM_FDPASS_MAX;
}

/* The first batch goes with the first byte, whatever more that call takes. */
static int send_first(struct outgoing *o)
{
	size_t n = batch_of(o->n_fds);
	ssize_t sent;

	do {
		sent = send_batch(o, o->fds, o->begun ? 0 : n, o->iov, 2);
		if (sent < 0)
			return (int)sent;
		o->begun = true;
		advance(o->iov, (size_t)sent);
	} while (o->iov[0].iov_len || o->iov[1].iov_len);
	o->n_fds -= n;
	if (o->n_fds)
		o->fds += n;
	return 0;
}

static int send_all(struct outgoing *o)
{
	char zero = 0;
	struct iovec byte = { &zero, 1 };
	int r = send_first(o);
	ssize_t sent;
	size_t n;

	while (r == 0 && o->n_fds) {
		n = batch_of(o->n_fds);
		sent = send_batch(o, o->fds, n, &byte, 1);
		if (sent < 0)
			r = (int)sent;
		o->fds += n;
		o->n_fds -= n;
	}
	return r < 0 && o->begun ? -EPROTO : r;
}

static int send_framed(struct outgoing *o, uint32_t flags)
{
	struct sfam__frame frame = {
		.magic = SFAM__FRAME_MAGIC,
		.n_fds = (uint32_t)o->n_fds,
		.len = o->iov[1].iov_len,
	};
	int type;
	int r = sfam__sys_getsockopt_int(o->sock, SOL_SOCKET, SO_TYPE, &type);

	if (r < 0)
		return r;
	if (o->n_fds > SFAM_FDPASS_MAX &&
	    (!(flags & SFAM_FDPASS_SPLIT) || type == SOCK_DGRAM ||
	     o->n_fds > SFAM_FDPASS_SPLIT_MAX))
		return -E2BIG;
	o->iov[0].iov_base = &frame;
	o->iov[0].iov_len = sizeof(frame);
	return send_all(o);
}

/* Only a stream may leave some of the payload for another call. */
static int send_plain(struct outgoing *o)
{
	ssize_t n;

	if (o->n_fds > SFAM_FDPASS_MAX)
		return -E2BIG;
	if (o->n_fds == 0)
		return -EINVAL;
	if (o->iov[1].iov_len)
		return send_all(o);
	do {
		n = sfam__fds_send_plain(o->sock, o->fds, o->n_fds, NULL, 0,
					 o->deadline);
	} while (n == -ETOOMANYREFS &&
		 sfam__sys_sleep(RETRY_NS, o->deadline) == 0);
	return n < 0 ? (int)n : 0;
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
	return ret->flags & ~SEND_FLAGS ? -EINVAL : 0;
}

SFAM_PUBLIC int sfam_fdpass_send_message(int sock, const int *fds,
					 size_t n_fds, const void *buf,
					 size_t len,
					 const struct sfam_fdpass_opts *opts)
{
	struct sfam_fdpass_opts o;
	struct outgoing out = {
		.sock = sock,
		.fds = fds,
		.n_fds = n_fds,
		.iov[1] = { (void *)(uintptr_t)buf, len },
	};
	int r = read_opts(&o, opts);

	if (r < 0)
		return r;
	out.deadline = sfam__deadline_in(o.timeout_ns);
	return o.flags & SFAM_FDPASS_FRAMED ? send_framed(&out, o.flags) :
					      send_plain(&out);
}

SFAM_PUBLIC int sfam_fdpass_consume_message(int sock, const int *fds,
					    size_t n_fds, const void *buf,
					    size_t len,
					    const struct sfam_fdpass_opts *opts)
{
	int r = sfam_fdpass_send_message(sock, fds, n_fds, buf, len, opts);

	if (r == 0)
		sfam__fds_close(fds, n_fds);
	return r;
}
