/* SPDX-License-Identifier: MIT */
/*
 * Four ways, by what the two ends are:
 * - one of them is a pipe: splice, which takes from the one what the other
 *   took, so nothing can be lost;
 * - a file: sendfile, likewise;
 * - two others, with all the time in the world: splice into a pipe of our
 *   own and on from there. What is in that pipe could not be given back, so
 *   it has to be written however long that takes;
 * - else copies.
 */
#include <fcntl.h>
#include <poll.h>

#include "socket/flow.h"

#include <sockfam/socket.h>

/* A pipe's default size (pipe(7)). */
#define PIPE_SIZE 65536

static int wait_both(const struct sfam__flow *f)
{
	int r = sfam__sys_wait(f->in, POLLIN, f->deadline);

	if (r >= 0)
		r = sfam__sys_wait(f->out, POLLOUT, f->deadline);
	return r < 0 ? r : 0;
}

/*
 * SPLICE_F_NONBLOCK is for the pipe only: an empty blocking TCP socket waits
 * all the same (tcp_splice_read() of net/ipv4/tcp.c). Hence poll first.
 */
static int splice_pipe(struct sfam__flow *f)
{
	bool timed = f->deadline.at_ns >= 0;
	ssize_t n;
	int r = 0;

	while (f->left && r == 0) {
		n = sfam__flow_next(f);
		if (n > 0 && timed)
			r = wait_both(f);
		if (n > 0 && r == 0)
			n = sfam__sys_splice(f->in, f->out, (size_t)n,
					     timed ? SPLICE_F_NONBLOCK : 0);
		if (r < 0)
			break;
		if (n == -EAGAIN)
			r = wait_both(f);
		else if (n > 0)
			sfam__flow_count(f, n);
		else
			r = n < 0 ? (int)n : 1;
	}
	return r;
}

/* out cannot be spliced to (a terminal, a file to append to). */
static int drain_by_copy(struct sfam__flow *f, int from, size_t held)
{
	char buf[4096];
	int error = 0;
	size_t done;
	ssize_t n;

	while (held && error == 0) {
		n = sfam__sys_read(from, buf,
				   held < sizeof(buf) ? held : sizeof(buf));
		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		done = sfam__flow_put(f, buf, (size_t)n, &error);
		held -= done;
	}
	f->lost += held;
	return error < 0 ? error : -ENOSYS;
}

static int drain(struct sfam__flow *f, int from, size_t held)
{
	ssize_t n;
	int r = 0;

	while (held && r >= 0) {
		n = sfam__sys_splice(from, f->out, held, 0);
		if (sfam__flow_is_unable((int)n))
			return drain_by_copy(f, from, held);
		if (n > 0) {
			sfam__flow_count(f, n);
			held -= (size_t)n;
		} else if (n == -EAGAIN) {
			r = sfam__sys_wait(f->out, POLLOUT, f->deadline);
		} else {
			r = n < 0 ? (int)n : -EIO;
		}
	}
	f->lost += held;
	return r < 0 ? r : 0;
}

static int splice_through(struct sfam__flow *f, const int pipe[2])
{
	ssize_t n;
	int r = 0;

	while (f->left && r == 0) {
		n = sfam__sys_splice(f->in, pipe[1], f->left < PIPE_SIZE ?
				     (size_t)f->left : PIPE_SIZE, 0);
		if (n > 0)
			r = drain(f, pipe[0], (size_t)n);
		else if (n == -EAGAIN)
			r = sfam__sys_wait(f->in, POLLIN, f->deadline);
		else
			return n < 0 ? (int)n : 1;
		if (r > 0)
			r = 0;
	}
	return r;
}

static int splice_own_pipe(struct sfam__flow *f)
{
	int pipe[2];
	int r = sfam__sys_pipe(pipe);

	if (r < 0)
		return r;
	r = splice_through(f, pipe);
	sfam__sys_close(pipe[0]);
	sfam__sys_close(pipe[1]);
	return r;
}

static int move_file(struct sfam__flow *f)
{
	int r, seek;

	f->at = sfam__sys_position(f->in);
	if (f->at < 0)
		return (int)f->at;
	r = sfam__flow_file(f);
	seek = sfam__sys_set_position(f->in, f->at);
	return r < 0 ? r : seek < 0 ? seek : r;
}

static int move(struct sfam__flow *f)
{
	int r = -ENOSYS;

	if (f->out_kind == SFAM__KIND_PIPE ||
	    (f->in_kind == SFAM__KIND_PIPE && sfam__flow_out_is_timely(f)))
		r = splice_pipe(f);
	else if (f->in_kind == SFAM__KIND_FILE)
		return move_file(f);
	else if (f->deadline.at_ns < 0)
		r = splice_own_pipe(f);
	if (!sfam__flow_is_unable(r) || f->lost)
		return r;
	return f->in_kind == SFAM__KIND_FILE ? move_file(f) :
					       sfam__flow_copy(f);
}

SFAM_PUBLIC int sfam_splice(int in_fd, int out_fd, uint64_t len,
			    int64_t timeout_ns, uint64_t *ret_moved,
			    uint64_t *ret_lost)
{
	struct sfam__sigpipe s;
	struct sfam__flow f;
	int r = sfam__flow_init(&f, in_fd, out_fd, len, timeout_ns);

	if (r == 0) {
		sfam__sys_hold_sigpipe(&s);
		r = move(&f);
		sfam__sys_release_sigpipe(&s, r);
	}
	if (ret_moved)
		*ret_moved = f.moved;
	if (ret_lost)
		*ret_lost = f.lost;
	if (r > 0)
		r = len == SFAM_TO_END ? 0 : -ENODATA;
	return r;
}
