/* SPDX-License-Identifier: MIT */
/* A store's answers to its clients. */
#include "base/text.h"
#include "socket/fdstore.h"

static const struct sfam__deadline now = { 0 };

/* What was asked becomes the answer: the verb stays. */
static int answer(int sock, struct sfam__store_message *m, int error)
{
	m->head.error = (uint32_t)-error;
	if (error < 0) {
		m->head.n = 0;
		m->names_len = 0;
		m->n_fds = 0;
	}
	return sfam__store_send(sock, m, now);
}

static int put(struct sfam_fdstore *store, struct sfam__store_message *m)
{
	int r = m->n_fds ? sfam_fdstore_add(store, m->fds, m->n_fds,
					    m->names) : -EINVAL;

	if (r < 0)
		sfam__store_close(m);
	m->n_fds = 0;
	m->names_len = 0;
	m->head.n = 0;
	return r;
}

/*
 * As many as one message holds; where to go on is behind the last of them,
 * so none comes twice however the store changes meanwhile.
 */
static void look(const struct sfam_fdstore *store,
		 struct sfam__store_message *m, const char *name, bool fds)
{
	struct sfam__out o = { .buf = m->names, .size = sizeof(m->names) };
	const struct sfam__store_entry *e = store->entries;
	const struct sfam__store_entry *end = e + store->n;
	uint64_t last = m->head.after;

	m->head.n = 0;
	m->head.after = 0;
	for (; e < end; e++) {
		if (e->id <= last || !sfam__store_is_of(e, name))
			continue;
		if (o.len + 1 + strlen(e->name) > SFAM_FDSTORE_NAMES_MAX ||
		    m->n_fds == SFAM_FDPASS_MAX) {
			m->head.after = last;
			break;
		}
		if (m->head.n++)
			sfam__out_char(&o, ':');
		sfam__out_str(&o, e->name);
		if (fds)
			m->fds[m->n_fds++] = e->fd;
		last = e->id;
	}
	m->names_len = o.len;
}

/* Whose descriptors m has is the store's: they are sent, not given away. */
static int answer_for(struct sfam_fdstore *store, int sock,
		      struct sfam__store_message *m)
{
	char name[SFAM_FDNAME_MAX + 1] = "";
	bool fds = memcmp(m->head.verb, SFAM__STORE_GET, 4) == 0;
	int r;

	if (memcmp(m->head.verb, SFAM__STORE_PUT, 4) == 0)
		return answer(sock, m, put(store, m));
	if (m->n_fds || m->head.n > 1) {
		sfam__store_close(m);
		return answer(sock, m, -EINVAL);
	}
	if (m->head.n)
		memcpy(name, m->names, m->names_len);
	if (memcmp(m->head.verb, SFAM__STORE_DROP, 4) == 0) {
		m->head.after = sfam__store_drop(store, name);
		m->head.n = 0;
		m->names_len = 0;
	} else if (fds || memcmp(m->head.verb, SFAM__STORE_LIST, 4) == 0) {
		look(store, m, name, fds);
	} else {
		return answer(sock, m, -EOPNOTSUPP);
	}
	r = answer(sock, m, 0);
	/* Of descriptors in flight there may be too many; later not. */
	return r == -ETOOMANYREFS ? answer(sock, m, r) : r;
}

/*
 * Descriptors in answers that nobody reads count for the keeper's user
 * (RLIMIT_NOFILE), and would keep the other clients from theirs.
 */
static int check_asks_in_turn(int sock)
{
	int unread;
	int r = sfam__sys_unread(sock, &unread);

	if (r < 0)
		return r;
	return unread ? -EPROTO : 0;
}

SFAM_PUBLIC int sfam_fdstore_serve(struct sfam_fdstore *store, int sock)
{
	struct sfam__store_message m;
	int type;
	int r = sfam__sys_getsockopt_int(sock, SOL_SOCKET, SO_TYPE, &type);

	if (r < 0)
		return r;
	if (type != SOCK_SEQPACKET)
		return -EPROTOTYPE;
	r = check_asks_in_turn(sock);
	if (r < 0)
		return r;
	memset(&m.head, 0, sizeof(m.head));
	r = sfam__store_recv(sock, &m, now);
	if (r == -ETIMEDOUT)
		return 1;
	if (r == 0)
		return 0;
	/* Then the message is gone, and the socket as good as before. */
	if (r == -EMFILE)
		r = answer(sock, &m, r);
	else if (r > 0)
		r = answer_for(store, sock, &m);
	return r < 0 ? r : 1;
}
