/* SPDX-License-Identifier: MIT */
/* sd_notify(3)'s way into a store: lines of VARIABLE=VALUE. */
#include "socket/fdsend.h"
#include "socket/fdstore.h"

struct notice {
	bool store, remove;
	char name[SFAM_FDNAME_MAX + 1];
};

static bool is_line(const char *line, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(line, text, len) == 0;
}

static int set_name(struct notice *n, const char *name, size_t len)
{
	if (len >= sizeof(n->name) || memchr(name, '\0', len))
		return -EINVAL;
	memcpy(n->name, name, len);
	n->name[len] = '\0';
	return sfam_fdnames_check(n->name, 1);
}

static int read_line(struct notice *n, const char *line, size_t len)
{
	static const char name[] = "FDNAME=";
	const size_t at = sizeof(name) - 1;

	if (len >= at && memcmp(line, name, at) == 0)
		return set_name(n, line + at, len - at);
	if (is_line(line, len, "FDSTORE=1"))
		n->store = true;
	else if (is_line(line, len, "FDSTOREREMOVE=1"))
		n->remove = true;
	return 0;
}

static int read_notice(struct notice *n, const char *text, size_t len)
{
	const char *eol;
	size_t line;
	int r = 0;

	for (; r == 0 && len; text += line, len -= line) {
		eol = memchr(text, '\n', len);
		line = eol ? (size_t)(eol - text) : len;
		r = read_line(n, text, line);
		line += eol != NULL;
	}
	return r;
}

/* Of one name, each by itself: none is left out for the others' sake. */
static ssize_t store_all(struct sfam_fdstore *store, const char *name,
			 const struct sfam_fdpass_message *m)
{
	size_t i;
	int r;

	for (i = 0; i < m->n_fds; i++) {
		r = sfam_fdstore_add(store, &m->fds[i], 1, name);
		if (r < 0) {
			sfam__fds_close(m->fds + i, m->n_fds - i);
			return r;
		}
	}
	return (ssize_t)m->n_fds;
}

SFAM_PUBLIC ssize_t sfam_fdstore_notify(struct sfam_fdstore *store,
					const struct sfam_fdpass_message *m)
{
	struct notice n = { .name = "stored" };
	int r;

	if (m->pidfd >= 0)
		sfam__sys_close(m->pidfd);
	r = read_notice(&n, m->buf, m->len);
	if (r == 0 && n.store)
		return store_all(store, n.name, m);
	sfam__fds_close(m->fds, m->n_fds);
	if (r == 0 && n.remove)
		return (ssize_t)sfam__store_drop(store, n.name);
	return r;
}
