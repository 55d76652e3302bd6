/* SPDX-License-Identifier: MIT */
/* Sets up a CAN controller: any combination in one request. */
#include <linux/can/netlink.h>

#include "request.h"

static int has_timing(const struct sfam_can_timing *t)
{
	return t->bitrate || t->tq_ns;
}

/* The structs have the same fields in the same order. */
static int put_timing(struct nl_msg *msg, int attr,
		      const struct sfam_can_timing *t)
{
	struct can_bittiming bt = {
		.bitrate = t->bitrate,
		.sample_point = t->sample_point_permille,
		.tq = t->tq_ns,
		.prop_seg = t->prop_seg,
		.phase_seg1 = t->phase_seg1,
		.phase_seg2 = t->phase_seg2,
		.sjw = t->sjw,
		.brp = t->brp,
	};

	/* With a tq the kernel would not look at the bit rate. */
	if (bt.bitrate)
		bt.tq = bt.prop_seg = bt.phase_seg1 = bt.phase_seg2 = 0;
	return has_timing(t) ? nla_put(msg, attr, sizeof(bt), &bt) : 0;
}

static int put_tdc(struct nl_msg *msg, const struct sfam_can_tdc *tdc)
{
	struct nlattr *nest;
	int r = 0;

	if (!tdc->have)
		return 0;
	nest = nla_nest_start(msg, IFLA_CAN_TDC);
	if (!nest)
		return -1;
	if (tdc->have & SFAM_CAN_TDC_V)
		r |= nla_put_u32(msg, IFLA_CAN_TDC_TDCV, tdc->tdcv);
	if (tdc->have & SFAM_CAN_TDC_O)
		r |= nla_put_u32(msg, IFLA_CAN_TDC_TDCO, tdc->tdco);
	if (tdc->have & SFAM_CAN_TDC_F)
		r |= nla_put_u32(msg, IFLA_CAN_TDC_TDCF, tdc->tdcf);
	nla_nest_end(msg, nest);
	return r;
}

static int put_data(struct nl_msg *msg, const struct sfam_can_config *c)
{
	struct can_ctrlmode mode = { c->mode_mask, c->modes & c->mode_mask };
	int r = put_timing(msg, IFLA_CAN_BITTIMING, &c->timing);

	r |= put_timing(msg, IFLA_CAN_DATA_BITTIMING, &c->data);
	if (mode.mask)
		r |= nla_put(msg, IFLA_CAN_CTRLMODE, sizeof(mode), &mode);
	if (c->restart_ms >= 0)
		r |= nla_put_u32(msg, IFLA_CAN_RESTART_MS,
				 (uint32_t)c->restart_ms);
	if (c->termination_ohm >= 0)
		r |= nla_put_u16(msg, IFLA_CAN_TERMINATION,
				 (uint16_t)c->termination_ohm);
	return r | put_tdc(msg, &c->tdc);
}

static int put_all(struct nl_msg *msg, int (*put)(struct nl_msg *msg,
		   const struct sfam_can_config *config),
		   const struct sfam_can_config *config)
{
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
	struct nlattr *data;

	if (!info || nla_put_string(msg, IFLA_INFO_KIND, "can") < 0)
		return -1;
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	if (!data || put(msg, config) < 0)
		return -1;
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return 0;
}

/* A request that changes the controller, with words for what has none. */
static int change(const char *ifname, unsigned int up,
		  int (*put)(struct nl_msg *msg,
			     const struct sfam_can_config *config),
		  const struct sfam_can_config *config,
		  struct sfam_ctl_diag *diag)
{
	struct nl_msg *msg = sfam__ctl_link_message(RTM_NEWLINK, 0, ifname,
						    up, up);

	if (msg && put_all(msg, put, config) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return sfam__ctl_request(msg, NULL, NULL, diag);
}

static int take_down(const char *ifname, struct sfam_ctl_diag *diag)
{
	return sfam__ctl_request(sfam__ctl_link_message(RTM_NEWLINK, 0,
					ifname, IFF_UP, 0), NULL, NULL, diag);
}

/* The lowest of the modes that it lacks. */
static int no_mode(uint32_t modes, struct sfam_ctl_diag *diag)
{
	const char *name = sfam_can_mode_name(modes & -modes);

	return sfam__ctl_refuse(diag, -EOPNOTSUPP, "the controller has no "
				"mode %s", name ? name : "of that number");
}

/* The kernel's words where it has some; else what its code means here. */
static int explain(const struct sfam_can_status *s,
		   const struct sfam_can_config *c, int r,
		   struct sfam_ctl_diag *diag)
{
	if (r == 0 || !diag || diag->words[0])
		return r;
	if (r == -EBUSY)
		return sfam__ctl_refuse(diag, r, "%s", "the link is up; this "
					"can be changed only while down");
	if (r == -EOPNOTSUPP && s->have & SFAM_CAN_HAVE_SUPPORTED &&
	    c->mode_mask & ~s->modes_supported)
		return no_mode(c->mode_mask & ~s->modes_supported, diag);
	if (r == -EOPNOTSUPP && has_timing(&c->data) !=
	    ((c->modes & CAN_CTRLMODE_FD) != 0))
		return sfam__ctl_refuse(diag, r, "%s", "CAN FD wants both its "
					"mode and a data bit rate");
	if (r == -EOPNOTSUPP && c->termination_ohm >= 0 &&
	    !(s->have & SFAM_CAN_HAVE_TERMINATION))
		return sfam__ctl_refuse(diag, r, "%s", "no termination that "
					"can be switched");
	if (r == -EOPNOTSUPP)
		return sfam__ctl_refuse(diag, r, "%s", "the controller cannot "
					"do that");
	if (r == -EDOM)
		return sfam__ctl_refuse(diag, r, "no such bit rate within 5 %% "
					"from a clock of %u Hz", s->clock_hz);
	if (r == -ERANGE)
		return sfam__ctl_refuse(diag, r, "a timing segment is out of "
					"the limits of %s", s->limits.name);
	if (r == -EINVAL && c->flags & SFAM_CAN_CONFIG_UP &&
	    !has_timing(&c->timing) && s->timing.bitrate == 0)
		return sfam__ctl_refuse(diag, r, "%s", "no bit rate is set");
	return r;
}

static int check_arguments(const struct sfam_can_config *c)
{
	static const uint32_t known = SFAM_CAN_CONFIG_DOWN |
				      SFAM_CAN_CONFIG_UP;

	if (c->size > sizeof(*c))
		return -E2BIG;
	if (c->size < sizeof(*c) || c->flags & ~known ||
	    c->termination_ohm > UINT16_MAX || c->modes & ~c->mode_mask ||
	    (c->tdc.have && !(c->mode_mask & c->modes &
			      CAN_CTRLMODE_TDC_MANUAL)))
		return -EINVAL;
	return 0;
}

/* The kind first: the kernel's answer to others is about its own parsing. */
int sfam__ctl_can_controller(const char *ifname, struct sfam_can_status *ret,
			     struct sfam_ctl_diag *diag)
{
	int r = sfam_can_get_status(ifname, ret, diag);

	if (r == 0 && !(ret->have & SFAM_CAN_HAVE_CONTROLLER))
		return sfam__ctl_refuse(diag, -EOPNOTSUPP, "a %s has no "
					"controller", ret->kind);
	return r;
}

/*
 * The kernel takes the FD mode, the data phase and the nominal one only all
 * together (can_validate() of drivers/net/can/dev/netlink.c): what the
 * caller leaves as it is goes along as it is.
 */
static void complete(struct sfam_can_config *c,
		     const struct sfam_can_status *s)
{
	if (has_timing(&c->data) && !(c->mode_mask & CAN_CTRLMODE_FD)) {
		c->mode_mask |= s->modes & CAN_CTRLMODE_FD;
		c->modes |= s->modes & CAN_CTRLMODE_FD;
	}
	if (!(c->modes & CAN_CTRLMODE_FD))
		return;
	if (!has_timing(&c->timing) && s->timing.bitrate) {
		c->timing = s->timing;
		c->timing.bitrate = 0;
	}
	if (!has_timing(&c->data) && s->data_timing.bitrate) {
		c->data = s->data_timing;
		c->data.bitrate = 0;
	}
}

SFAM_PUBLIC int sfam_can_configure(const char *ifname,
				   const struct sfam_can_config *config,
				   struct sfam_ctl_diag *diag)
{
	unsigned int up = config->flags & SFAM_CAN_CONFIG_UP ? IFF_UP : 0;
	struct sfam_can_config whole = *config;
	struct sfam_can_status s;
	int r = check_arguments(config);

	if (r < 0)
		return sfam__ctl_refuse(diag, r, "%s", "not a configuration "
					"that this library knows");
	r = sfam__ctl_can_controller(ifname, &s, diag);
	if (r == 0 && config->flags & SFAM_CAN_CONFIG_DOWN &&
	    s.link_flags & IFF_UP)
		r = take_down(ifname, diag);
	if (r < 0)
		return r;
	complete(&whole, &s);
	r = change(ifname, up, put_data, &whole, diag);
	return explain(&s, &whole, r, diag);
}

static int put_restart(struct nl_msg *msg, const struct sfam_can_config *none)
{
	(void)none;
	return nla_put_u32(msg, IFLA_CAN_RESTART, 1);
}

SFAM_PUBLIC int sfam_can_restart(const char *ifname,
				 struct sfam_ctl_diag *diag)
{
	struct sfam_can_status s;
	int r = sfam__ctl_can_controller(ifname, &s, diag);

	if (r < 0)
		return r;
	r = change(ifname, 0, put_restart, NULL, diag);
	if (r == -EBUSY && s.restart_ms)
		return sfam__ctl_refuse(diag, r, "it restarts by itself after "
					"%u ms", s.restart_ms);
	if (r == -EBUSY)
		return sfam__ctl_refuse(diag, r, "%s", "not in bus-off");
	if (r == -EINVAL && !(s.link_flags & IFF_UP))
		return sfam__ctl_refuse(diag, r, "%s", "the link is down");
	return r;
}
