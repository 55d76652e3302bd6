/* SPDX-License-Identifier: MIT */
/*
 * More frames than a task holds. Several tasks side by side would not stay in
 * step: each counts its interval from when it was last late. Frames changed
 * while a task runs would be sent twice, or not at all, where the change
 * comes late. So a task stops behind its part before the next one begins.
 */
#include "can/bcm.h"

static size_t part_len(const struct sfam_bcm_chain *c, size_t most)
{
	size_t len = c->n - c->next;

	if (len > SFAM_BCM_FRAMES_MAX)
		len = SFAM_BCM_FRAMES_MAX;
	return most && most < len ? most : len;
}

SFAM_PUBLIC ssize_t sfam_bcm_chain_next(int fd, struct sfam_bcm_chain *chain,
					size_t most)
{
	struct sfam_bcm_task t = SFAM_BCM_TASK_INIT;
	int r;

	if (chain->next >= chain->n || chain->flags & ~SFAM_BCM_FD)
		return -EINVAL;
	t.id = chain->id;
	t.frames = chain->frames + chain->next;
	t.n = part_len(chain, most);
	t.flags = chain->flags | (t.n > 1 ? SFAM_BCM_TELL_SENT : 0);
	t.count = (uint32_t)t.n;
	t.first_ns = chain->interval_ns;
	/* A task takes no more frames than it was made with. */
	r = sfam_bcm_task_stop(fd, &t);
	if (r < 0 && r != -ENOENT)
		return r;
	r = sfam_bcm_task_start(fd, &t);
	if (r < 0)
		return r;
	chain->next = (chain->next + t.n) % chain->n;
	return (ssize_t)t.n;
}
