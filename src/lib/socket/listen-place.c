/* SPDX-License-Identifier: MIT */
/*
 * Descriptors to their places: which may be where others stand that have
 * places of their own. Each is moved once, those first whose place nobody
 * needs any more; a ring needs one spare number, as swapping two values
 * does. There is no heap between fork and exec, so fds itself has the marks:
 * ~fd at i says that what stands at place i is needed elsewhere.
 */
#include <fcntl.h>

#include "socket/listen.h"

#include <sockfam/handover.h>

struct places {
	int *fds;
	size_t n;
};

static int place_of(size_t i)
{
	return SFAM_LISTEN_FDS_START + (int)i;
}

static bool is_place(const struct places *p, int fd)
{
	return fd >= SFAM_LISTEN_FDS_START &&
	       (size_t)(fd - SFAM_LISTEN_FDS_START) < p->n;
}

static int fd_at(const struct places *p, size_t i)
{
	return p->fds[i] < 0 ? ~p->fds[i] : p->fds[i];
}

static bool is_there(const struct places *p, size_t i)
{
	return fd_at(p, i) == place_of(i);
}

static int copy_above(const struct places *p, int fd)
{
	int r = sfam__sys_fcntl(fd, F_DUPFD_CLOEXEC, place_of(p->n));

	return r == -EINVAL ? -EMFILE : r;
}

/* Of two that are the same descriptor one becomes a copy, till the exec. */
static int mark_needed(const struct places *p)
{
	size_t i, k;
	int fd;

	for (i = 0; i < p->n; i++) {
		fd = fd_at(p, i);
		if (!is_place(p, fd) || is_there(p, i))
			continue;
		k = (size_t)(fd - SFAM_LISTEN_FDS_START);
		if (p->fds[k] >= 0) {
			p->fds[k] = ~p->fds[k];
			continue;
		}
		fd = copy_above(p, fd);
		if (fd < 0)
			return fd;
		p->fds[i] = p->fds[i] < 0 ? ~fd : fd;
	}
	return 0;
}

/*
 * i to its place; then what belongs where it stood, and so on. first: what
 * stood at the place of the first, if that is needed, else -1.
 */
static int move_chain(const struct places *p, size_t i, int first)
{
	const int start = place_of(i);
	int from, r;

	do {
		from = fd_at(p, i);
		r = sfam__sys_dup_to(first >= 0 && from == start ? first :
				     from, place_of(i));
		if (r < 0)
			return r;
		p->fds[i] = place_of(i);
		i = (size_t)(from - SFAM_LISTEN_FDS_START);
	} while (is_place(p, from) && !is_there(p, i));
	return 0;
}

static int move_chains(const struct places *p)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < p->n; i++)
		if (p->fds[i] >= 0 && !is_there(p, i))
			r = move_chain(p, i, -1);
	return r;
}

static int move_rings(const struct places *p)
{
	int spare, r = 0;
	size_t i;

	for (i = 0; r == 0 && i < p->n; i++) {
		if (is_there(p, i))
			continue;
		spare = copy_above(p, place_of(i));
		if (spare < 0)
			return spare;
		r = move_chain(p, i, spare);
		sfam__sys_close(spare);
	}
	return r;
}

static int move_all(const struct places *p)
{
	int r = mark_needed(p);
	size_t i;

	if (r == 0)
		r = move_chains(p);
	if (r == 0)
		r = move_rings(p);
	for (i = 0; i < p->n; i++)
		p->fds[i] = fd_at(p, i);
	return r;
}

SFAM_PUBLIC int sfam_listen_place(char **env, int *fds, size_t n_fds)
{
	const struct places p = { fds, n_fds };
	size_t i;
	int r = 0;

	for (i = 0; i < n_fds; i++)
		if (fds[i] < 0)
			return -EBADF;
	r = move_all(&p);
	/* Those that were there from the start, too */
	for (i = 0; r == 0 && i < n_fds; i++)
		r = sfam__sys_clear_cloexec(fds[i]);
	return r < 0 ? r : sfam__listen_write_ids(env);
}
