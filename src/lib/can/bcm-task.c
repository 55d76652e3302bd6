/* SPDX-License-Identifier: MIT */
/* Frames that the kernel sends by itself. */
#include "can/bcm.h"

#include "can/layout.h"

#define START_FLAGS (SFAM_BCM_FD | SFAM_BCM_TELL_SENT)
#define CHANGE_FLAGS (START_FLAGS | SFAM_BCM_NOW | SFAM_BCM_FROM_FIRST)

static int check_frames(const struct sfam_bcm_task *t)
{
	const enum sfam__can_kind want = t->flags & SFAM_BCM_FD
						 ? SFAM__CAN_FD
						 : SFAM__CAN_CLASSIC;
	size_t i;

	if (t->n == 0)
		return -EINVAL;
	if (t->n > SFAM_BCM_FRAMES_MAX)
		return -E2BIG;
	for (i = 0; i < t->n; i++)
		if (sfam__can_kind(t->frames[i].iov_base,
				   t->frames[i].iov_len) != want)
			return -EINVAL;
	return 0;
}

/* What the kernel would take and do nothing, or something else, with. */
static int check_times(const struct sfam_bcm_task *t)
{
	int r = sfam__bcm_check_ns(t->first_ns);

	if (r == 0)
		r = sfam__bcm_check_ns(t->then_ns);
	if (r < 0)
		return r;
	if ((t->count == 0) != (t->first_ns == 0))
		return -EINVAL;
	if (t->first_ns == 0 && t->then_ns == 0)
		return -EINVAL;
	/* The first frame is sent by TX_SETUP, the event by the timer. */
	if (t->flags & SFAM_BCM_TELL_SENT && t->count < 2)
		return -EINVAL;
	return 0;
}

static int set_up(int fd, const struct sfam_bcm_task *t, uint32_t flags)
{
	const struct sfam__bcm_head head = {
		.opcode = TX_SETUP,
		.flags = t->flags | flags,
		.count = t->count,
		.first_ns = t->first_ns,
		.then_ns = t->then_ns,
		.id = t->id,
		.n = (uint32_t)t->n,
	};

	return sfam__bcm_send(fd, &head, t->frames);
}

SFAM_PUBLIC int sfam_bcm_task_start(int fd, struct sfam_bcm_task *task)
{
	struct sfam_bcm_task t = SFAM_BCM_TASK_INIT;
	int r = sfam__opts_read(&t, sizeof(t), task);

	if (r < 0)
		return r;
	if (t.flags & ~START_FLAGS)
		return -EINVAL;
	r = check_frames(&t);
	if (r == 0)
		r = check_times(&t);
	if (r == 0)
		r = set_up(fd, &t, SETTIMER | STARTTIMER | TX_RESET_MULTI_IDX);
	if (r == 0)
		task->room = t.n;
	return r;
}

/*
 * All flags of a task are replaced by those of TX_SETUP (bcm_tx_setup() in
 * net/can/bcm.c), TX_COUNTEVT too, so they must be given again. Without
 * SETTIMER the times are not read.
 */
SFAM_PUBLIC int sfam_bcm_task_change(int fd, struct sfam_bcm_task *task)
{
	struct sfam_bcm_task t = SFAM_BCM_TASK_INIT;
	int r = sfam__opts_read(&t, sizeof(t), task);

	if (r < 0)
		return r;
	if (t.flags & ~CHANGE_FLAGS)
		return -EINVAL;
	r = check_frames(&t);
	if (r < 0)
		return r;
	if (t.room == 0)
		return -ENOENT;
	if (t.n > t.room)
		return -E2BIG;
	r = set_up(fd, &t, 0);
	if (r == 0)
		task->room = t.n;
	return r;
}

static int request(int fd, uint32_t opcode, const struct sfam_bcm_task *task)
{
	struct sfam_bcm_task t = SFAM_BCM_TASK_INIT;
	int r = sfam__opts_read(&t, sizeof(t), task);

	return r < 0 ? r : sfam__bcm_request(fd, opcode, t.id, t.flags);
}

SFAM_PUBLIC int sfam_bcm_task_stop(int fd, struct sfam_bcm_task *task)
{
	int r = request(fd, TX_DELETE, task);

	if (r == 0)
		task->room = 0;
	return r;
}

SFAM_PUBLIC int sfam_bcm_task_ask(int fd, const struct sfam_bcm_task *task)
{
	return request(fd, TX_READ, task);
}
