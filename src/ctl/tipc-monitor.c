/* SPDX-License-Identifier: MIT */
/* Who watches whom: net/tipc/monitor.c. */
#include "tipc.h"

struct monitors {
	int (*each)(const struct sfam_tipc_monitor *m, void *arg);
	void *arg;
};

static int got_monitor(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_MON_MAX + 1];
	struct sfam_tipc_monitor m = { .bearer = 0 };
	struct monitors *monitors = arg;
	int r = sfam__tipc_parse(h, TIPC_NLA_MON, tb, TIPC_NLA_MON_MAX);

	if (r < 0)
		return r;
	m.bearer = sfam__tipc_number(tb[TIPC_NLA_MON_REF]);
	sfam__tipc_text(m.name, sizeof(m.name), tb[TIPC_NLA_MON_BEARER_NAME]);
	m.is_active = tb[TIPC_NLA_MON_ACTIVE] != NULL;
	m.nodes = sfam__tipc_number(tb[TIPC_NLA_MON_PEERCNT]);
	m.generation = sfam__tipc_number(tb[TIPC_NLA_MON_LISTGEN]);
	return monitors->each(&m, monitors->arg);
}

SFAM_PUBLIC int sfam_tipc_list_monitors(int (*each)
					(const struct sfam_tipc_monitor *m,
					 void *arg),
					void *arg, struct sfam_ctl_diag *diag)
{
	struct monitors monitors = { each, arg };

	return sfam__tipc_dump(TIPC_NL_MON_GET, 0, NULL, got_monitor,
			       &monitors, diag);
}

struct monitored {
	int (*each)(const struct sfam_tipc_monitored *m, void *arg);
	void *arg;
};

static void get_members(struct sfam_tipc_monitored *m, struct nlattr *attr)
{
	size_t len = attr ? (size_t)nla_len(attr) : 0;

	if (len > sizeof(m->members))
		len = sizeof(m->members);
	if (len)
		memcpy(m->members, nla_data(attr), len);
	m->n_members = (uint32_t)(len / sizeof(m->members[0]));
}

static int got_monitored(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_MON_PEER_MAX + 1];
	struct sfam_tipc_monitored m = { .flags = 0 };
	struct monitored *monitored = arg;
	int r = sfam__tipc_parse(h, TIPC_NLA_MON_PEER, tb,
				 TIPC_NLA_MON_PEER_MAX);

	if (r < 0)
		return r;
	m.address = sfam__tipc_number(tb[TIPC_NLA_MON_PEER_ADDR]);
	m.flags = (tb[TIPC_NLA_MON_PEER_UP] ? SFAM_TIPC_MONITOR_UP : 0) |
		  (tb[TIPC_NLA_MON_PEER_HEAD] ? SFAM_TIPC_MONITOR_HEAD : 0) |
		  (tb[TIPC_NLA_MON_PEER_LOCAL] ? SFAM_TIPC_MONITOR_LOCAL : 0);
	m.applied = sfam__tipc_number(tb[TIPC_NLA_MON_PEER_APPLIED]);
	m.generation = sfam__tipc_number(tb[TIPC_NLA_MON_PEER_DOMGEN]);
	if (tb[TIPC_NLA_MON_PEER_UPMAP])
		m.up = nla_get_u64(tb[TIPC_NLA_MON_PEER_UPMAP]);
	get_members(&m, tb[TIPC_NLA_MON_PEER_MEMBERS]);
	return monitored->each(&m, monitored->arg);
}

SFAM_PUBLIC int sfam_tipc_list_monitored(uint32_t bearer,
			int (*each)(const struct sfam_tipc_monitored *m,
				    void *arg),
			void *arg, struct sfam_ctl_diag *diag)
{
	struct monitored monitored = { each, arg };

	return sfam__tipc_dump(TIPC_NL_MON_PEER_GET, TIPC_NLA_MON,
			       sfam__tipc_body_number(TIPC_NLA_MON_REF,
						      bearer),
			       got_monitored, &monitored, diag);
}

static int got_threshold(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_MON_MAX + 1];
	uint32_t *ret = arg;
	int r = sfam__tipc_parse(h, TIPC_NLA_MON, tb, TIPC_NLA_MON_MAX);

	if (r == 0)
		*ret = sfam__tipc_number(
				tb[TIPC_NLA_MON_ACTIVATION_THRESHOLD]);
	return r;
}

SFAM_PUBLIC int sfam_tipc_get_threshold(uint32_t *ret,
					struct sfam_ctl_diag *diag)
{
	uint32_t nodes = 0;
	int r = sfam__tipc_do(TIPC_NL_MON_GET, 0, NULL, got_threshold, &nodes,
			      diag);

	if (r == 0)
		*ret = nodes;
	return r;
}

SFAM_PUBLIC int sfam_tipc_set_threshold(uint32_t nodes,
					struct sfam_ctl_diag *diag)
{
	int r = sfam__tipc_do(TIPC_NL_MON_SET, TIPC_NLA_MON,
			sfam__tipc_body_number(
				TIPC_NLA_MON_ACTIVATION_THRESHOLD, nodes),
			NULL, NULL, diag);

	if (r == -EINVAL)
		return sfam__ctl_refuse(diag, r, "a threshold is 0 to %u",
					(unsigned int)TIPC_CLUSTER_SIZE);
	return r;
}
