/* SPDX-License-Identifier: MIT */
/* Frames that the kernel tells of when they change, or stay away. */
#include "can/bcm.h"

#include "can/layout.h"

#define FLAGS (SFAM_BCM_FD | SFAM_BCM_LENGTH)

/* The identifier is compared with all its bits (bcm_rx_handler()). */
static bool id_is_valid(uint32_t id)
{
	uint32_t bits = id & ~(CAN_EFF_FLAG | CAN_RTR_FLAG);

	return bits <= (id & CAN_EFF_FLAG ? CAN_EFF_MASK : CAN_SFF_MASK);
}

static int check_frames(const struct sfam_bcm_watch *w)
{
	size_t i;

	if (w->n > SFAM__BCM_ITEMS_MAX)
		return -E2BIG;
	for (i = 0; i < w->n; i++)
		if (w->frames[i].iov_len != sfam__bcm_frame_size(w->flags))
			return -EINVAL;
	return 0;
}

static int check(const struct sfam_bcm_watch *w)
{
	int r;

	if (w->flags & ~FLAGS || !id_is_valid(w->id))
		return -EINVAL;
	r = check_frames(w);
	if (r == 0)
		r = sfam__bcm_check_ns(w->timeout_ns);
	if (r == 0)
		r = sfam__bcm_check_ns(w->throttle_ns);
	return r;
}

/*
 * SETTIMER always: without it the kernel leaves the times of the watch that
 * this one replaces. STARTTIMER, or an absent frame would be told only after
 * one had come; RX_ANNOUNCE_RESUME, or one that came back unchanged would not
 * be told at all.
 */
SFAM_PUBLIC int sfam_bcm_watch_start(int fd,
				     const struct sfam_bcm_watch *watch)
{
	struct sfam_bcm_watch w = SFAM_BCM_WATCH_INIT;
	struct sfam__bcm_head head = { .opcode = RX_SETUP };
	int r = sfam__opts_read(&w, sizeof(w), watch);

	if (r == 0)
		r = check(&w);
	if (r < 0)
		return r;
	head.flags = w.flags | SETTIMER;
	if (w.n == 0)
		head.flags |= RX_FILTER_ID;
	if (w.timeout_ns)
		head.flags |= STARTTIMER | RX_ANNOUNCE_RESUME;
	head.first_ns = w.timeout_ns;
	head.then_ns = w.throttle_ns;
	head.id = w.id;
	head.n = (uint32_t)w.n;
	return sfam__bcm_send(fd, &head, w.frames);
}

static int request(int fd, uint32_t opcode, const struct sfam_bcm_watch *watch)
{
	struct sfam_bcm_watch w = SFAM_BCM_WATCH_INIT;
	int r = sfam__opts_read(&w, sizeof(w), watch);

	return r < 0 ? r : sfam__bcm_request(fd, opcode, w.id, w.flags);
}

SFAM_PUBLIC int sfam_bcm_watch_stop(int fd, const struct sfam_bcm_watch *watch)
{
	return request(fd, RX_DELETE, watch);
}

SFAM_PUBLIC int sfam_bcm_watch_ask(int fd, const struct sfam_bcm_watch *watch)
{
	return request(fd, RX_READ, watch);
}
