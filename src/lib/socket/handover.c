/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <sockfam/fdpass.h>
#include <sockfam/handover.h>

static const char ready[] = { 'r', 'e', 'a', 'd', 'y' };

static int wait_until_ready(int sock, struct sfam__deadline deadline)
{
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	char buf[sizeof(ready)];
	struct sfam_fdpass_message m = { .buf = buf, .size = sizeof(buf) };
	int r;

	opts.flags = SFAM_FDPASS_FRAMED;
	opts.timeout_ns = sfam__deadline_left_ns(deadline);
	r = sfam_fdpass_recv_message(sock, &m, &opts);
	if (r == 0 || r == -ENODATA)
		return -ECONNRESET;
	if (r == -EMSGSIZE || r == -E2BIG)
		return -EBADMSG;
	if (r < 0)
		return r;
	if (m.pidfd >= 0)
		sfam__sys_close(m.pidfd);
	return m.len == sizeof(ready) && memcmp(buf, ready, m.len) == 0 ?
	       0 : -EBADMSG;
}

SFAM_PUBLIC int sfam_handover_give(int sock, const int *fds, size_t n_fds,
				   const char *names, int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	int r = sfam_fdnames_check(names, n_fds);

	if (r < 0)
		return r;
	opts.flags = SFAM_FDPASS_FRAMED | SFAM_FDPASS_SPLIT;
	opts.timeout_ns = timeout_ns;
	r = sfam_fdpass_send_message(sock, fds, n_fds, names, strlen(names),
				     &opts);
	return r < 0 ? r : wait_until_ready(sock, deadline);
}

SFAM_PUBLIC ssize_t sfam_handover_take(int sock, int *ret_fds, size_t max_fds,
				       char *ret_names, size_t size,
				       int64_t timeout_ns)
{
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	struct sfam_fdpass_message m = {
		.buf = ret_names,
		.size = size - 1,
		.fds = ret_fds,
		.max_fds = max_fds,
	};
	int r;

	if (size == 0)
		return -EMSGSIZE;
	opts.flags = SFAM_FDPASS_FRAMED;
	opts.timeout_ns = timeout_ns;
	r = sfam_fdpass_recv_message(sock, &m, &opts);
	if (r <= 0)
		return r < 0 ? r : -ENODATA;
	if (m.pidfd >= 0)
		sfam__sys_close(m.pidfd);
	ret_names[m.len] = '\0';
	if (memchr(ret_names, '\0', m.len) ||
	    sfam_fdnames_check(ret_names, m.n_fds) < 0) {
		while (m.n_fds)
			sfam__sys_close(ret_fds[--m.n_fds]);
		return -EBADMSG;
	}
	return (ssize_t)m.n_fds;
}

SFAM_PUBLIC int sfam_handover_ready(int sock, int64_t timeout_ns)
{
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;

	opts.flags = SFAM_FDPASS_FRAMED;
	opts.timeout_ns = timeout_ns;
	return sfam_fdpass_send_message(sock, NULL, 0, ready, sizeof(ready),
					&opts);
}
