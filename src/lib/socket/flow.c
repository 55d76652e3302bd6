/* SPDX-License-Identifier: MIT */
/*
 * The copying path. What was read and cannot be written would be lost, so
 * the input is only looked at (MSG_PEEK, pread), and taken once it has been
 * written.
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>

#include "socket/flow.h"

#define CHUNK 16384
/* Between two looks at the clock. */
#define STEP_MAX (1024 * 1024)

static int check_socket(int fd, int kind)
{
	int type;
	int r;

	if (kind != SFAM__KIND_SOCKET)
		return kind < 0 ? kind : 0;
	r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);
	return r < 0 ? r : type == SOCK_STREAM ? 0 : -EPROTOTYPE;
}

int sfam__flow_init(struct sfam__flow *f, int in, int out, uint64_t len,
		    int64_t timeout_ns)
{
	int r;

	memset(f, 0, sizeof(*f));
	f->in = in;
	f->out = out;
	f->left = len;
	f->deadline = sfam__deadline_in(timeout_ns);
	f->in_kind = sfam__sys_kind(in);
	f->out_kind = sfam__sys_kind(out);
	r = check_socket(in, f->in_kind);
	return r < 0 ? r : check_socket(out, f->out_kind);
}

bool sfam__flow_is_unable(int error)
{
	return error == -EINVAL || error == -ENOSYS || error == -EOPNOTSUPP;
}

bool sfam__flow_out_is_timely(const struct sfam__flow *f)
{
	return f->deadline.at_ns < 0 || f->out_kind == SFAM__KIND_FILE ||
	       sfam__sys_is_nonblock(f->out) == 1;
}

ssize_t sfam__flow_next(const struct sfam__flow *f)
{
	if (f->deadline.at_ns > 0 && sfam__deadline_left_ns(f->deadline) == 0)
		return -ETIMEDOUT;
	return f->left < STEP_MAX ? (ssize_t)f->left : STEP_MAX;
}

void sfam__flow_count(struct sfam__flow *f, ssize_t n)
{
	f->moved += (uint64_t)n;
	f->left -= (uint64_t)n;
}

/* ------------------------------------------------------------- write -- */

static ssize_t send_some(struct sfam__flow *f, const char *buf, size_t len)
{
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sfam__sys_sendmsg(f->out, &msg, 0, f->deadline);
}

/* A blocking pipe that is writable takes PIPE_BUF at once (pipe(7)). */
static ssize_t write_some(struct sfam__flow *f, const char *buf, size_t len)
{
	ssize_t n;

	if (f->out_kind != SFAM__KIND_FILE && len > PIPE_BUF)
		len = PIPE_BUF;
	do {
		n = sfam__sys_wait(f->out, POLLOUT, f->deadline);
		if (n >= 0)
			n = sfam__sys_write(f->out, buf, len);
	} while (n == -EAGAIN);
	return n;
}

size_t sfam__flow_put(struct sfam__flow *f, const char *buf, size_t len,
		      int *ret_error)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = f->out_kind == SFAM__KIND_SOCKET ?
		    send_some(f, buf + done, len - done) :
		    write_some(f, buf + done, len - done);
		if (n <= 0) {
			*ret_error = n < 0 ? (int)n : -EIO;
			break;
		}
		done += (size_t)n;
	}
	sfam__flow_count(f, (ssize_t)done);
	return done;
}

/* -------------------------------------------------------------- read -- */

static ssize_t recv_some(struct sfam__flow *f, char *buf, size_t size,
			 int flags)
{
	struct iovec iov = { buf, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sfam__sys_recvmsg(f->in, &msg, flags, f->deadline);
}

/* As little at a time as may get lost. */
static ssize_t read_some(struct sfam__flow *f, char *buf, size_t size)
{
	ssize_t n;

	do {
		n = sfam__sys_wait(f->in, POLLIN, f->deadline);
		if (n >= 0)
			n = sfam__sys_read(f->in, buf,
					   size < PIPE_BUF ? size : PIPE_BUF);
	} while (n == -EAGAIN);
	return n;
}

static ssize_t look(struct sfam__flow *f, char *buf, size_t size)
{
	switch (f->in_kind) {
	case SFAM__KIND_SOCKET:
		return recv_some(f, buf, size, MSG_PEEK);
	case SFAM__KIND_FILE:
		return sfam__sys_pread(f->in, buf, size, f->at);
	default:
		return read_some(f, buf, size);
	}
}

/* Of looked bytes in buf, which may be overwritten, done are written. */
static int take(struct sfam__flow *f, char *buf, size_t looked, size_t done)
{
	ssize_t n = 0;

	switch (f->in_kind) {
	case SFAM__KIND_SOCKET:
		for (; done; done -= (size_t)n) {
			n = recv_some(f, buf, done, 0);
			if (n <= 0)
				return n < 0 ? (int)n : -EIO;
		}
		return 0;
	case SFAM__KIND_FILE:
		f->at += (int64_t)done;
		return 0;
	default:
		f->lost += looked - done;
		return 0;
	}
}

int sfam__flow_copy(struct sfam__flow *f)
{
	char buf[CHUNK];
	int error = 0;
	ssize_t n;
	int r;

	while (f->left && error == 0) {
		n = sfam__flow_next(f);
		if (n > (ssize_t)sizeof(buf))
			n = sizeof(buf);
		if (n > 0)
			n = look(f, buf, (size_t)n);
		if (n <= 0)
			return n < 0 ? (int)n : 1;
		r = take(f, buf, (size_t)n,
			 sfam__flow_put(f, buf, (size_t)n, &error));
		if (r < 0)
			return r;
	}
	return error;
}
