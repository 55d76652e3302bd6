/* SPDX-License-Identifier: MIT */
/* What is in a store of descriptors. */
#include "socket/fdstore.h"

#include <poll.h>
#include <stdlib.h>

#define MAX 65535

SFAM_PUBLIC int sfam_fdstore_new(struct sfam_fdstore **ret,
				 const struct sfam_fdstore_opts *opts)
{
	struct sfam_fdstore_opts o = SFAM_FDSTORE_OPTS_INIT;
	struct sfam_fdstore *store;
	int r = sfam__opts_read(&o, sizeof(o), opts);

	if (r < 0)
		return r;
	if (o.max == 0 || o.max > MAX || o.max_per_name == 0)
		return -EINVAL;
	store = calloc(1, sizeof(*store) + o.max * sizeof(store->entries[0]));
	if (!store)
		return -ENOMEM;
	store->max = o.max;
	store->max_per_name = o.max_per_name;
	*ret = store;
	return 0;
}

SFAM_PUBLIC void sfam_fdstore_free(struct sfam_fdstore *store)
{
	if (!store)
		return;
	sfam__store_drop(store, "");
	free(store);
}

/* --------------------------------------------------------------- add -- */

/* -EEXIST: it is there under that name. */
static int check_room(const struct sfam_fdstore *store, int fd,
		      const char *name)
{
	size_t n_of_name = 0, i;

	for (i = 0; i < store->n; i++) {
		if (strcmp(store->entries[i].name, name) != 0)
			continue;
		if (sfam__sys_is_same_file(store->entries[i].fd, fd))
			return -EEXIST;
		n_of_name++;
	}
	if (store->n == store->max)
		return -ENOSPC;
	return n_of_name < store->max_per_name ? 0 : -EDQUOT;
}

static int add_one(struct sfam_fdstore *store, int fd, const char *names,
		   size_t i)
{
	struct sfam__store_entry new = { .fd = fd };
	int r;

	/* They have been checked, and any name fits. */
	(void)!sfam_fdnames_get(names, i, new.name, sizeof(new.name));
	r = check_room(store, fd, new.name);
	if (r < 0)
		return r == -EEXIST ? 0 : r;
	new.id = ++store->last_id;
	store->entries[store->n++] = new;
	return 0;
}

/* Those that were there: entries from `from` on are the others, in order. */
static void close_known(const struct sfam_fdstore *store, size_t from,
			const int *fds, size_t n_fds)
{
	size_t i;

	for (i = 0; i < n_fds; i++) {
		if (from < store->n && store->entries[from].fd == fds[i])
			from++;
		else
			sfam__sys_close(fds[i]);
	}
}

SFAM_PUBLIC int sfam_fdstore_add(struct sfam_fdstore *store, const int *fds,
				 size_t n_fds, const char *names)
{
	const size_t before = store->n;
	size_t i;
	int r = sfam_fdnames_check(names, n_fds);

	for (i = 0; r == 0 && i < n_fds; i++)
		r = add_one(store, fds[i], names, i);
	if (r < 0)
		store->n = before;
	else
		close_known(store, before, fds, n_fds);
	return r;
}

/* ------------------------------------------------------------ remove -- */

bool sfam__store_is_of(const struct sfam__store_entry *e, const char *name)
{
	return !*name || strcmp(e->name, name) == 0;
}

static bool is_dead(const struct sfam__store_entry *e)
{
	const struct sfam__deadline now = { 0 };
	int r = sfam__sys_wait(e->fd, 0, now);

	return r > 0 && r & (POLLHUP | POLLERR);
}

/* name NULL: the dead ones. */
static size_t drop(struct sfam_fdstore *store, const char *name)
{
	struct sfam__store_entry *e;
	size_t kept = 0, n, i;

	for (i = 0; i < store->n; i++) {
		e = &store->entries[i];
		if (name ? sfam__store_is_of(e, name) : is_dead(e)) {
			sfam__sys_close(e->fd);
			continue;
		}
		if (kept < i)
			store->entries[kept] = *e;
		kept++;
	}
	n = store->n - kept;
	store->n = kept;
	return n;
}

size_t sfam__store_drop(struct sfam_fdstore *store, const char *name)
{
	return drop(store, name);
}

SFAM_PUBLIC size_t sfam_fdstore_drop_dead(struct sfam_fdstore *store)
{
	return drop(store, NULL);
}
