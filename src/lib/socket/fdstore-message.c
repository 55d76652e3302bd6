/* SPDX-License-Identifier: MIT */
/* Requests and answers of a store, as frames. */
#include "socket/fdsend.h"
#include "socket/fdstore.h"

#define HEAD sizeof(struct sfam__store_head)

int sfam__store_send(int sock, const struct sfam__store_message *m,
		     struct sfam__deadline deadline)
{
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	char buf[HEAD + SFAM_FDSTORE_NAMES_MAX];

	opts.flags = SFAM_FDPASS_FRAMED;
	opts.timeout_ns = sfam__deadline_left_ns(deadline);
	memcpy(buf, &m->head, HEAD);
	memcpy(buf + HEAD, m->names, m->names_len);
	return sfam_fdpass_send_message(sock, m->fds, m->n_fds, buf,
					HEAD + m->names_len, &opts);
}

static int read_payload(struct sfam__store_message *m, const char *buf,
			size_t len)
{
	if (len < HEAD)
		return -EBADMSG;
	memcpy(&m->head, buf, HEAD);
	m->names_len = len - HEAD;
	memcpy(m->names, buf + HEAD, m->names_len);
	m->names[m->names_len] = '\0';
	if (memchr(m->names, '\0', m->names_len) ||
	    m->head.n > SFAM_FDSTORE_NAMES_MAX + 1 ||
	    sfam_fdnames_check(m->names, (size_t)m->head.n) < 0)
		return -EBADMSG;
	return 1;
}

int sfam__store_recv(int sock, struct sfam__store_message *m,
		     struct sfam__deadline deadline)
{
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	char buf[HEAD + SFAM_FDSTORE_NAMES_MAX];
	struct sfam_fdpass_message in = {
		.buf = buf,
		.size = sizeof(buf),
		.fds = m->fds,
		.max_fds = SFAM_FDPASS_MAX,
	};
	int r;

	opts.flags = SFAM_FDPASS_FRAMED;
	opts.timeout_ns = sfam__deadline_left_ns(deadline);
	r = sfam_fdpass_recv_message(sock, &in, &opts);
	if (r <= 0)
		return r;
	if (in.pidfd >= 0)
		sfam__sys_close(in.pidfd);
	m->n_fds = in.n_fds;
	r = read_payload(m, buf, in.len);
	if (r < 0)
		sfam__store_close(m);
	return r;
}

void sfam__store_close(struct sfam__store_message *m)
{
	sfam__fds_close(m->fds, m->n_fds);
	m->n_fds = 0;
}
