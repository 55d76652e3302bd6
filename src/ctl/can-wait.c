/* SPDX-License-Identifier: MIT */
/* Waiting for a controller's state, and bringing it back from bus-off. */
#include <linux/can/netlink.h>

#include "link-wait.h"

struct wanted {
	const char *ifname;
	uint32_t states;
	uint32_t state;
	uint32_t restart_ms;
};

static int in_state(void *arg, struct sfam_ctl_diag *diag)
{
	struct wanted *w = arg;
	struct sfam_can_status s;
	int r = sfam__ctl_can_controller(w->ifname, &s, diag);

	if (r < 0)
		return r;
	w->state = s.state;
	w->restart_ms = s.restart_ms;
	return s.state < 32 && w->states & 1u << s.state;
}

SFAM_PUBLIC int sfam_can_wait_state(const char *ifname, uint32_t states,
				    uint32_t *ret_state, int64_t timeout_ns,
				    struct sfam_ctl_diag *diag)
{
	struct wanted w = { .ifname = ifname, .states = states };
	int r = sfam__ctl_wait_until(in_state, &w,
				     sfam__ctl_deadline_in(timeout_ns), diag);

	if (r == 0 && ret_state)
		*ret_state = w.state;
	return r;
}

/*
 * 1: restarted; 0: it came back meanwhile. Where the driver knows no restart
 * (slcan), down and up does the same.
 */
static int restart(const char *ifname, struct sfam_ctl_diag *diag)
{
	int r = sfam_can_restart(ifname, diag);

	if (r == -EBUSY)
		return 0;
	if (r == -EOPNOTSUPP) {
		r = sfam_link_down(ifname, diag);
		if (r == 0)
			r = sfam_link_up(ifname, diag);
	}
	return r < 0 ? r : 1;
}

static int check_policy(const struct sfam_can_restarts *p)
{
	if (p->size > sizeof(*p))
		return -E2BIG;
	if (p->size < sizeof(*p) || p->delay_ns < 0 ||
	    p->delay_max_ns < p->delay_ns || p->calm_ns < 0)
		return -EINVAL;
	return 0;
}

struct keeper {
	const struct sfam_can_restarts *policy;
	struct sfam__ctl_deadline calm;	/* when the last restart is past */
	int64_t delay_ns;
	uint32_t in_row;
	uint32_t restarts;
};

static int wait_for(struct wanted *w, uint32_t states,
		    struct sfam__ctl_deadline deadline,
		    struct sfam_ctl_diag *diag)
{
	w->states = states;
	return sfam__ctl_wait_until(in_state, w, deadline, diag);
}

/* The delay, cut short if it comes back by itself; then the restart. */
static int bring_back(struct keeper *k, struct wanted *w,
		      struct sfam__ctl_deadline deadline,
		      struct sfam_ctl_diag *diag)
{
	int64_t left = sfam__ctl_left_ns(deadline);
	int r;

	if (left >= 0 && left < k->delay_ns)
		return wait_for(w, ~(1u << CAN_STATE_BUS_OFF), deadline, diag);
	r = wait_for(w, ~(1u << CAN_STATE_BUS_OFF),
		     sfam__ctl_deadline_in(k->delay_ns), diag);
	if (r != -ETIMEDOUT)
		return r;
	r = restart(w->ifname, diag);
	if (r <= 0)
		return r;
	k->restarts++;
	k->in_row++;
	k->delay_ns = k->delay_ns > k->policy->delay_max_ns / 2 ?
		      k->policy->delay_max_ns : 2 * k->delay_ns;
	k->calm = sfam__ctl_deadline_in(k->policy->calm_ns);
	return 0;
}

static int keep(struct keeper *k, const char *ifname,
		struct sfam__ctl_deadline deadline, struct sfam_ctl_diag *diag)
{
	const struct sfam_can_restarts *p = k->policy;
	struct wanted w = { .ifname = ifname };
	int r;

	for (;;) {
		r = wait_for(&w, 1u << CAN_STATE_BUS_OFF, deadline, diag);
		if (r < 0)
			return r;
		if (w.restart_ms)
			return sfam__ctl_refuse(diag, -EBUSY, "it restarts by "
						"itself after %u ms",
						w.restart_ms);
		if (k->in_row == 0 || sfam__ctl_left_ns(k->calm) == 0) {
			k->in_row = 0;
			k->delay_ns = p->delay_ns;
		}
		if (p->limit && k->in_row >= p->limit)
			return sfam__ctl_refuse(diag, -ENETDOWN, "in bus-off "
						"again after %u restarts",
						k->in_row);
		r = bring_back(k, &w, deadline, diag);
		if (r < 0)
			return r;
	}
}

SFAM_PUBLIC int sfam_can_keep_running(const char *ifname,
				      const struct sfam_can_restarts *policy,
				      uint32_t *ret_restarts,
				      int64_t timeout_ns,
				      struct sfam_ctl_diag *diag)
{
	static const struct sfam_can_restarts usual = SFAM_CAN_RESTARTS_INIT;
	struct keeper k = { .policy = policy ? policy : &usual };
	int r = check_policy(k.policy);

	if (r < 0)
		return sfam__ctl_refuse(diag, r, "%s", "not a policy that "
					"this library knows");
	r = keep(&k, ifname, sfam__ctl_deadline_in(timeout_ns), diag);
	if (ret_restarts)
		*ret_restarts = k.restarts;
	return r;
}
