/* SPDX-License-Identifier: MIT */
/* A store's clients. */
#include "base/text.h"
#include "socket/fdstore.h"

#define ERRNO_MAX 4095

/* A refusal of what the keeper could not read has no verb. */
static int check_answer(const struct sfam__store_head *asked,
			const struct sfam__store_head *got)
{
	const bool is_mine = memcmp(got->verb, asked->verb,
				    sizeof(got->verb)) == 0;

	if (got->error > ERRNO_MAX ||
	    !(is_mine || (got->error && !got->verb[0])))
		return -EBADMSG;
	return -(int)got->error;
}

/* m, asked, becomes the answer. */
static int ask(int sock, struct sfam__store_message *m,
	       struct sfam__deadline deadline)
{
	const struct sfam__store_head asked = m->head;
	int r = sfam__store_send(sock, m, deadline);

	if (r == -EPIPE)
		return -ECONNRESET;
	if (r < 0)
		return r;
	r = sfam__store_recv(sock, m, deadline);
	if (r <= 0)
		return r < 0 ? r : -ECONNRESET;
	r = check_answer(&asked, &m->head);
	if (r < 0)
		sfam__store_close(m);
	return r;
}

static int prepare(struct sfam__store_message *m, const char *verb,
		   const char *names, size_t n)
{
	memset(&m->head, 0, sizeof(m->head));
	memcpy(m->head.verb, verb, sizeof(m->head.verb));
	m->head.n = n;
	m->n_fds = 0;
	m->names_len = n ? strlen(names) : 0;
	if (m->names_len > SFAM_FDSTORE_NAMES_MAX)
		return -E2BIG;
	memcpy(m->names, n ? names : "", m->names_len);
	return 0;
}

SFAM_PUBLIC int sfam_fdstore_put(int sock, const int *fds, size_t n_fds,
				 const char *names, int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	struct sfam__store_message m;
	int r;

	if (n_fds == 0 || sfam_fdnames_check(names, n_fds) < 0)
		return -EINVAL;
	if (n_fds > SFAM_FDPASS_MAX)
		return -E2BIG;
	r = prepare(&m, SFAM__STORE_PUT, names, n_fds);
	if (r < 0)
		return r;
	memcpy(m.fds, fds, n_fds * sizeof(*fds));
	m.n_fds = n_fds;
	r = ask(sock, &m, deadline);
	if (r == 0)
		sfam__store_close(&m);
	return r;
}

/* ------------------------------------------------------- get and list -- */

struct found {
	int *fds;		/* NULL: only names are wanted */
	size_t max_fds;
	size_t n;
	struct sfam__out names;
};

/* -EBADMSG too: an answer that would have us ask for ever. */
static int add_answer(struct found *f, const struct sfam__store_message *m,
		      uint64_t after)
{
	if ((f->fds ? m->n_fds != m->head.n : m->n_fds != 0) ||
	    (m->head.after && (m->head.after <= after || !m->head.n)))
		return -EBADMSG;
	if (f->fds && m->n_fds > f->max_fds - f->n)
		return -E2BIG;
	if (f->n && m->head.n)
		sfam__out_char(&f->names, ':');
	sfam__out_str(&f->names, m->names);
	if (f->names.len >= f->names.size)
		return -ENOSPC;
	if (f->fds)
		memcpy(f->fds + f->n, m->fds, m->n_fds * sizeof(int));
	f->n += (size_t)m->head.n;
	return 0;
}

static int collect(int sock, const char *verb, const char *name,
		   struct found *f, struct sfam__deadline deadline)
{
	struct sfam__store_message m;
	uint64_t after = 0;
	int r;

	do {
		r = prepare(&m, verb, name, name && *name);
		if (r < 0)
			return r;
		m.head.after = after;
		r = ask(sock, &m, deadline);
		if (r < 0)
			return r;
		r = add_answer(f, &m, after);
		if (r < 0)
			sfam__store_close(&m);
		after = m.head.after;
	} while (r == 0 && after);
	return r;
}

static ssize_t find(int sock, const char *verb, const char *name,
		    struct found *f, int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	int r;

	if (name && sfam_fdnames_check(name, 1) < 0)
		return -EINVAL;
	r = collect(sock, verb, name, f, deadline);
	if (r == 0) {
		sfam__out_finish(&f->names);
		return (ssize_t)f->n;
	}
	while (f->fds && f->n)
		sfam__sys_close(f->fds[--f->n]);
	return r;
}

SFAM_PUBLIC ssize_t sfam_fdstore_get(int sock, const char *name, int *ret_fds,
				     size_t max_fds, char *ret_names,
				     size_t size, int64_t timeout_ns)
{
	struct found f = {
		.fds = ret_fds,
		.max_fds = max_fds,
		.names = { .buf = ret_names, .size = size },
	};

	return find(sock, SFAM__STORE_GET, name, &f, timeout_ns);
}

SFAM_PUBLIC ssize_t sfam_fdstore_list(int sock, const char *name,
				      char *ret_names, size_t size,
				      int64_t timeout_ns)
{
	struct found f = { .names = { .buf = ret_names, .size = size } };

	return find(sock, SFAM__STORE_LIST, name, &f, timeout_ns);
}

SFAM_PUBLIC ssize_t sfam_fdstore_remove(int sock, const char *name,
					int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	struct sfam__store_message m;
	int r;

	if (name && sfam_fdnames_check(name, 1) < 0)
		return -EINVAL;
	r = prepare(&m, SFAM__STORE_DROP, name, name && *name);
	if (r == 0)
		r = ask(sock, &m, deadline);
	if (r < 0)
		return r;
	sfam__store_close(&m);
	return (ssize_t)m.head.after;
}
