/* SPDX-License-Identifier: MIT */
#include <poll.h>

#include "socket/flow.h"

#include <sockfam/socket.h>

int sfam__flow_sendfile(struct sfam__flow *f)
{
	ssize_t n;

	while (f->left) {
		n = sfam__flow_next(f);
		if (n > 0)
			n = sfam__sys_sendfile(f->out, f->in, &f->at,
					       (size_t)n);
		if (n == -EAGAIN)
			n = sfam__sys_wait(f->out, POLLOUT, f->deadline);
		else if (n > 0)
			sfam__flow_count(f, n);
		else
			return n < 0 ? (int)n : 1;
		if (n < 0)
			return (int)n;
	}
	return 0;
}

int sfam__flow_file(struct sfam__flow *f)
{
	int r = sfam__flow_out_is_timely(f) ? sfam__flow_sendfile(f) : -ENOSYS;

	f->in_kind = SFAM__KIND_FILE;
	return sfam__flow_is_unable(r) ? sfam__flow_copy(f) : r;
}

static int send_file(struct sfam__flow *f, int fd, int in_fd,
		     const int64_t *offset, uint64_t len, int64_t timeout_ns)
{
	struct sfam__sigpipe s;
	int r = sfam__flow_init(f, in_fd, fd, len, timeout_ns);

	if (r == 0 && f->out_kind != SFAM__KIND_SOCKET)
		r = -ENOTSOCK;
	if (r < 0)
		return r;
	f->at = offset ? *offset : sfam__sys_position(in_fd);
	if (f->at < 0)
		return offset ? -EINVAL : (int)f->at;
	sfam__sys_hold_sigpipe(&s);
	r = sfam__flow_file(f);
	sfam__sys_release_sigpipe(&s, r);
	return r;
}

SFAM_PUBLIC int sfam_sendfile(int fd, int in_fd, int64_t *offset, uint64_t len,
			      int64_t timeout_ns, uint64_t *ret_sent)
{
	struct sfam__flow f;
	int r = send_file(&f, fd, in_fd, offset, len, timeout_ns);
	int seek = 0;

	if (f.moved && offset)
		*offset = f.at;
	else if (f.moved)
		seek = sfam__sys_set_position(in_fd, f.at);
	if (ret_sent)
		*ret_sent = f.moved;
	if (r > 0)
		r = len == SFAM_TO_END ? 0 : -ENODATA;
	return r < 0 ? r : seek;
}
