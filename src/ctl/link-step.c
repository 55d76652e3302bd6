/* SPDX-License-Identifier: MIT */
/*
 * Each step tells one difference and takes it over into what was told, so
 * that a message with several of them, or a fresh read after a loss, comes
 * out as several events.
 */
#include <linux/can/netlink.h>

#include "link-step.h"

/* What UP, DOWN, RUNNING and NO_CARRIER tell; DORMANT is part of RUNNING. */
#define OPERATION (IFF_UP | IFF_RUNNING | SFAM__LOWER_UP | SFAM__DORMANT)

static int tell(const struct sfam__ctl_watched *w, enum sfam_link_change change,
		struct sfam_link_event *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->change = change;
	ret->link = w->now.info;
	ret->times = 1;
	return 1;
}

static int step_name(struct sfam__ctl_watched *w, struct sfam_link_event *ret)
{
	if (strcmp(w->told.info.name, w->now.info.name) == 0)
		return 0;
	tell(w, SFAM_LINK_RENAMED, ret);
	memcpy(ret->old_name, w->told.info.name, sizeof(ret->old_name));
	memcpy(w->told.info.name, w->now.info.name, sizeof(ret->old_name));
	return 1;
}

static int step_up(struct sfam__ctl_watched *w, struct sfam_link_event *ret)
{
	struct sfam_link_info *told = &w->told.info;
	const struct sfam_link_info *now = &w->now.info;

	if (!((told->flags ^ now->flags) & IFF_UP))
		return 0;
	told->flags &= ~OPERATION;
	told->flags |= now->flags & IFF_UP;
	return tell(w, now->flags & IFF_UP ? SFAM_LINK_UP : SFAM_LINK_DOWN,
		    ret);
}

static int step_carrier(struct sfam__ctl_watched *w,
			struct sfam_link_event *ret)
{
	struct sfam_link_info *told = &w->told.info;
	const struct sfam_link_info *now = &w->now.info;

	if (sfam_link_is_running(told) == sfam_link_is_running(now))
		return 0;
	told->flags = (told->flags & ~OPERATION) | (now->flags & OPERATION);
	return tell(w, sfam_link_is_running(now) ? SFAM_LINK_RUNNING :
						   SFAM_LINK_NO_CARRIER, ret);
}

static int tell_state(struct sfam__ctl_watched *w, enum sfam_link_change change,
		      uint32_t state, struct sfam_link_event *ret)
{
	tell(w, change, ret);
	ret->old_state = w->told.info.can_state;
	ret->state = state;
	w->told.info.can_state = state;
	return 1;
}

/*
 * How far a counter has gone on. A message that is older than the last list
 * of all has an older one: that is no event.
 */
static uint32_t count(uint32_t *told, uint32_t now)
{
	uint32_t n = now - *told;

	if (n > INT32_MAX)
		return 0;
	*told = now;
	return n;
}

static int tell_count(struct sfam__ctl_watched *w, enum sfam_link_change change,
		      uint32_t state, uint32_t times,
		      struct sfam_link_event *ret)
{
	tell_state(w, change, state, ret);
	ret->times = times;
	return 1;
}

/* States that it passed through unseen are known by their counters. */
static int step_can(struct sfam__ctl_watched *w, struct sfam_link_event *ret)
{
	struct sfam__ctl_link *told = &w->told;
	const struct sfam__ctl_link *now = &w->now;
	uint32_t n;

	if (now->info.can_state == SFAM_LINK_NO_STATE)
		return 0;
	if (told->info.can_state == CAN_STATE_BUS_OFF &&
	    (n = count(&told->restarts, now->restarts)) > 0)
		return tell_count(w, SFAM_LINK_RESTARTED,
				  CAN_STATE_ERROR_ACTIVE, n, ret);
	if ((n = count(&told->warnings, now->warnings)) > 0)
		return tell_count(w, SFAM_LINK_CAN_STATE,
				  CAN_STATE_ERROR_WARNING, n, ret);
	if ((n = count(&told->passives, now->passives)) > 0)
		return tell_count(w, SFAM_LINK_CAN_STATE,
				  CAN_STATE_ERROR_PASSIVE, n, ret);
	if ((n = count(&told->bus_offs, now->bus_offs)) > 0)
		return tell_count(w, SFAM_LINK_BUS_OFF, CAN_STATE_BUS_OFF, n,
				  ret);
	if (told->info.can_state == now->info.can_state)
		return 0;
	return tell_state(w, now->info.can_state == CAN_STATE_BUS_OFF ?
			     SFAM_LINK_BUS_OFF : SFAM_LINK_CAN_STATE,
			  now->info.can_state, ret);
}

static int rest_is_same(const struct sfam_link_info *a,
			const struct sfam_link_info *b)
{
	return a->type == b->type && a->mtu == b->mtu &&
	       a->tx_queue == b->tx_queue &&
	       a->peer_index == b->peer_index &&
	       a->peer_netns_id == b->peer_netns_id &&
	       a->address_len == b->address_len &&
	       memcmp(a->address, b->address, a->address_len) == 0 &&
	       ((a->flags ^ b->flags) & ~OPERATION) == 0;
}

int sfam__ctl_link_step(struct sfam__ctl_watched *w,
			struct sfam_link_event *ret)
{
	int is_same;

	if (!w->is_told) {
		w->is_told = 1;
		w->told = w->now;
		return tell(w, w->came, ret);
	}
	/* The kernel takes it down first; that message may have been lost. */
	if (w->is_gone)
		w->now.info.flags &= ~(unsigned int)IFF_UP;
	/* Bus-off is why the carrier goes: it comes before that. */
	if (step_name(w, ret) || step_up(w, ret) || step_can(w, ret) ||
	    step_carrier(w, ret))
		return 1;
	is_same = rest_is_same(&w->told.info, &w->now.info);
	w->told.info = w->now.info;
	if (!is_same)
		return tell(w, SFAM_LINK_CHANGED, ret);
	if (!w->is_gone)
		return 0;
	return tell(w, w->went, ret);
}
