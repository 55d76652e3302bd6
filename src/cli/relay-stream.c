/* SPDX-License-Identifier: MIT */
/*
 * Bytes from one stream to another: by splice(2) through a pipe, or through
 * a buffer. What measured better is in relay_flow_init().
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "relay.h"

/* Of a pipe; what it holds goes by at most so many pages at a time. */
#define PIPE_BYTES (256 * 1024)

/* -------------------------------------------------------------- pipes -- */

/*
 * Only a flow that holds bytes has a pipe, so a thousand idle clients have
 * none.
 */
static int take_pipe(struct relay *r, struct flow *f)
{
	if (r->n_free_pipes) {
		memcpy(f->pipe, r->free_pipes[--r->n_free_pipes],
		       sizeof(f->pipe));
		return 0;
	}
	if (pipe2(f->pipe, O_CLOEXEC | O_NONBLOCK) < 0) {
		f->pipe[0] = f->pipe[1] = -1;
		return -errno;
	}
	/* Less is slower, no more (/proc/sys/fs/pipe-user-pages-soft). */
	fcntl(f->pipe[1], F_SETPIPE_SZ, PIPE_BYTES);
	return 0;
}

/* A pipe that is not empty is for nobody else. */
void relay_give_pipe(struct relay *r, struct flow *f)
{
	if (f->pipe[0] < 0)
		return;
	if (f->in_pipe == 0 && r->n_free_pipes < RELAY_PIPES_MAX) {
		memcpy(r->free_pipes[r->n_free_pipes++], f->pipe,
		       sizeof(f->pipe));
	} else {
		close(f->pipe[0]);
		close(f->pipe[1]);
	}
	f->pipe[0] = f->pipe[1] = -1;
	f->in_pipe = 0;
}

void relay_close_pipes(struct relay *r)
{
	while (r->n_free_pipes) {
		r->n_free_pipes--;
		close(r->free_pipes[r->n_free_pipes][0]);
		close(r->free_pipes[r->n_free_pipes][1]);
	}
}

/* ---------------------------------------------------------------- get -- */

static int get_result(struct flow *f, int error)
{
	if (error == 0) {
		f->is_eof = 1;
		return FLOW_MORE;
	}
	return error == EAGAIN || error == EINTR ? FLOW_IN : -error;
}

int relay_get_splice(struct relay *r, struct flow *f)
{
	ssize_t n = -1;

	errno = EINVAL;		/* no pipe to be had: as if it could not */
	if (take_pipe(r, f) == 0)
		n = splice(f->from->in.fd, NULL, f->pipe[1], NULL, PIPE_BYTES,
			   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (n > 0) {
		f->in_pipe = (size_t)n;
		*f->bytes += (size_t)n;
		return FLOW_MORE;
	}
	n = n == 0 ? 0 : errno;
	relay_give_pipe(r, f);
	if (n == EINVAL || n == EMFILE || n == ENFILE) {
		f->get = relay_get_bytes;
		return FLOW_MORE;
	}
	return get_result(f, (int)n);
}

ssize_t relay_read(const struct side *s, void *buf, size_t size)
{
	/* Of stdin O_NONBLOCK is not ours; epoll said that it is ready. */
	return s->is_stdio ? read(s->in.fd, buf, size) :
			     recv(s->in.fd, buf, size, MSG_DONTWAIT);
}

/* -1 with errno, as write(2). */
static ssize_t write_some(const struct side *s, const void *buf, size_t len)
{
	if (s->is_stdio)
		return write(s->out.fd, buf,
			     len < s->write_max ? len : s->write_max);
	return send(s->in.fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int relay_get_bytes(struct relay *r, struct flow *f)
{
	ssize_t n = relay_read(f->from, r->buf, RELAY_BUF);
	ssize_t sent;
	int hold;

	if (n <= 0)
		return get_result(f, n == 0 ? 0 : errno);
	*f->bytes += (size_t)n;
	sent = write_some(f->to, r->buf, (size_t)n);
	if (sent == n)
		return n < RELAY_BUF ? FLOW_IN : FLOW_MORE;
	/* An error comes again in put. */
	sent = sent < 0 ? 0 : sent;
	hold = relay_hold(f, r->buf + sent, (size_t)(n - sent));
	return hold < 0 ? hold : FLOW_MORE;
}

/* ---------------------------------------------------------------- put -- */

/* The other end cannot splice: what is in the pipe goes the other way. */
static int empty_pipe(struct relay *r, struct flow *f)
{
	size_t want = f->in_pipe < RELAY_BUF ? f->in_pipe : RELAY_BUF;
	ssize_t n = read(f->pipe[0], r->buf, want);
	int hold;

	if (n <= 0)
		return n < 0 ? -errno : -EIO;
	hold = relay_hold(f, r->buf, (size_t)n);
	if (hold < 0)
		return hold;
	f->in_pipe -= (size_t)n;
	if (f->in_pipe == 0)
		relay_give_pipe(r, f);
	f->get = relay_get_bytes;
	return FLOW_MORE;
}

static int put_pipe(struct relay *r, struct flow *f)
{
	ssize_t n = splice(f->pipe[0], NULL, f->to->in.fd, NULL, f->in_pipe,
			   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

	if (n < 0 && errno == EINVAL)
		return empty_pipe(r, f);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? FLOW_OUT : -errno;
	f->in_pipe -= (size_t)n;
	if (f->in_pipe == 0)
		relay_give_pipe(r, f);
	return FLOW_MORE;
}

static int put_held(struct flow *f)
{
	ssize_t n = write_some(f->to, f->held + f->held_off, f->held_len);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? FLOW_OUT : -errno;
	f->held_off += (size_t)n;
	f->held_len -= (size_t)n;
	/* The rest of a pipe waits for the next POLLOUT. */
	return f->held_len && f->to->is_stdio ? FLOW_OUT : FLOW_MORE;
}

/* Held bytes are older than those in the pipe. */
int relay_put_bytes(struct relay *r, struct flow *f)
{
	return f->held_len ? put_held(f) : put_pipe(r, f);
}
