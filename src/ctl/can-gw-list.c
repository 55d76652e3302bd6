/* SPDX-License-Identifier: MIT */
/* Rules of the CAN gateway out of the kernel. */
#include <sockfam/interface.h>

#include "can-gw.h"

static const struct nla_policy policy[CGW_MAX + 1] = {
	[CGW_MOD_AND] = { .minlen = sizeof(struct cgw_frame_mod) },
	[CGW_MOD_OR] = { .minlen = sizeof(struct cgw_frame_mod) },
	[CGW_MOD_XOR] = { .minlen = sizeof(struct cgw_frame_mod) },
	[CGW_MOD_SET] = { .minlen = sizeof(struct cgw_frame_mod) },
	[CGW_FDMOD_AND] = { .minlen = sizeof(struct cgw_fdframe_mod) },
	[CGW_FDMOD_OR] = { .minlen = sizeof(struct cgw_fdframe_mod) },
	[CGW_FDMOD_XOR] = { .minlen = sizeof(struct cgw_fdframe_mod) },
	[CGW_FDMOD_SET] = { .minlen = sizeof(struct cgw_fdframe_mod) },
	[CGW_CS_XOR] = { .minlen = CGW_CS_XOR_LEN },
	[CGW_CS_CRC8] = { .minlen = CGW_CS_CRC8_LEN },
	[CGW_FILTER] = { .minlen = sizeof(struct can_filter) },
	[CGW_HANDLED] = { .type = NLA_U32 },
	[CGW_DROPPED] = { .type = NLA_U32 },
	[CGW_DELETED] = { .type = NLA_U32 },
	[CGW_SRC_IF] = { .type = NLA_U32 },
	[CGW_DST_IF] = { .type = NLA_U32 },
	[CGW_MOD_UID] = { .type = NLA_U32 },
	[CGW_LIM_HOPS] = { .type = NLA_U8 },
};

static void take_mod(struct nlattr *classic, struct nlattr *fd,
		     struct sfam_can_gw_mod *ret)
{
	struct cgw_fdframe_mod fd_mod;
	struct cgw_frame_mod mod;

	if (classic) {
		nla_memcpy(&mod, classic, sizeof(mod));
		ret->what = mod.modtype;
		ret->id = mod.cf.can_id;
		ret->len = mod.cf.can_dlc;
		memcpy(ret->data, mod.cf.data, sizeof(mod.cf.data));
	} else if (fd) {
		nla_memcpy(&fd_mod, fd, sizeof(fd_mod));
		ret->what = fd_mod.modtype;
		ret->id = fd_mod.cf.can_id;
		ret->len = fd_mod.cf.len;
		ret->flags = fd_mod.cf.flags;
		memcpy(ret->data, fd_mod.cf.data, sizeof(fd_mod.cf.data));
	}
}

static void take_sums(struct nlattr **a, struct sfam_can_gw_rule *rule)
{
	if (a[CGW_CS_CRC8]) {
		rule->have |= SFAM_CAN_GW_HAVE_CRC8;
		nla_memcpy(&rule->sum_crc8, a[CGW_CS_CRC8], CGW_CS_CRC8_LEN);
	}
	if (a[CGW_CS_XOR]) {
		rule->have |= SFAM_CAN_GW_HAVE_XOR;
		nla_memcpy(&rule->sum_xor, a[CGW_CS_XOR], CGW_CS_XOR_LEN);
	}
}

static uint32_t number(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static void take_rule(struct nlattr **a, struct sfam_can_gw_entry *e)
{
	int i;

	for (i = 0; i < SFAM_CAN_GW_OPS; i++)
		take_mod(a[CGW_MOD_AND + i], a[CGW_FDMOD_AND + i],
			 &e->rule.mods[i]);
	take_sums(a, &e->rule);
	if (a[CGW_FILTER])
		nla_memcpy(&e->rule.filter, a[CGW_FILTER],
			   sizeof(e->rule.filter));
	if (a[CGW_LIM_HOPS])
		e->rule.hops = nla_get_u8(a[CGW_LIM_HOPS]);
	e->rule.uid = number(a[CGW_MOD_UID]);
	e->source_index = number(a[CGW_SRC_IF]);
	e->destination_index = number(a[CGW_DST_IF]);
	e->handled = number(a[CGW_HANDLED]);
	e->dropped = number(a[CGW_DROPPED]);
	e->deleted = number(a[CGW_DELETED]);
}

struct each {
	int (*each)(const struct sfam_can_gw_entry *entry, void *arg);
	void *arg;
};

/*
 * Without can-gw the request falls to the dump of all other families'
 * routes (rtnl_dump_all() of net/core/rtnetlink.c): those come here.
 */
static int on_rule(struct nlmsghdr *header, void *arg)
{
	const struct rtcanmsg *head = nlmsg_data(header);
	const struct each *each = arg;
	struct nlattr *a[CGW_MAX + 1];
	struct sfam_can_gw_entry e;

	if (!nlmsg_valid_hdr(header, sizeof(*head)))
		return -EIO;
	if (head->can_family != AF_CAN)
		return -EOPNOTSUPP;
	if (head->gwtype != CGW_TYPE_CAN_CAN)
		return 0;
	if (nlmsg_parse(header, sizeof(*head), a, CGW_MAX, policy) < 0)
		return -EIO;
	memset(&e, 0, sizeof(e));
	e.rule.flags = head->flags;
	take_rule(a, &e);
	return each->each(&e, each->arg);
}

int sfam__can_gw_each(int (*each)(const struct sfam_can_gw_entry *entry,
				  void *arg),
		      void *arg, struct sfam_ctl_diag *diag)
{
	struct rtcanmsg head = { .can_family = AF_CAN };
	struct each all = { each, arg };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_DUMP);

	if (msg && nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return sfam__can_gw_explain(sfam__ctl_dump(NETLINK_ROUTE, msg,
						   on_rule, &all, diag), diag);
}

/* ------------------------------------------------------------ names -- */

/* In all n entries the names of what the first still lacks. */
static int fill_name(struct sfam_can_gw_entry *list, size_t n,
		     unsigned int index)
{
	char name[SFAM_INTERFACE_NAME_SIZE];
	int r = sfam_interface_name(index, name);

	if (r < 0)
		return r;
	for (; n; n--, list++) {
		if (list->source_index == index)
			memcpy(list->rule.source, name, sizeof(name));
		if (list->destination_index == index)
			memcpy(list->rule.destination, name, sizeof(name));
	}
	return 0;
}

/* An interface that is gone has taken its rules along: so do we. */
static int fill_names(struct sfam_can_gw_entry *list, size_t *n)
{
	size_t i = 0;
	int r;

	while (i < *n) {
		r = list[i].rule.source[0] ? 0 :
		    fill_name(list + i, *n - i, list[i].source_index);
		if (r == 0 && !list[i].rule.destination[0])
			r = fill_name(list + i, *n - i,
				      list[i].destination_index);
		if (r < 0 && r != -ENODEV)
			return r;
		if (r == 0)
			i++;
		else
			memmove(list + i, list + i + 1,
				(--*n - i) * sizeof(*list));
	}
	return 0;
}

/* ------------------------------------------------------------- list -- */

struct array {
	struct sfam_can_gw_entry *list;
	size_t size;
	size_t n;
};

static int append(const struct sfam_can_gw_entry *entry, void *arg)
{
	struct array *a = arg;

	if (a->n < a->size)
		a->list[a->n] = *entry;
	a->n++;
	return 0;
}

SFAM_PUBLIC int sfam_can_gw_list(struct sfam_can_gw_entry *list, size_t n,
				 size_t *ret_n, struct sfam_ctl_diag *diag)
{
	struct array a = { list, n, 0 };
	int r = sfam__can_gw_each(append, &a, diag);

	if (r == 0 && a.n > n)
		r = -ENOSPC;
	else if (r == 0)
		r = fill_names(list, &a.n);
	if (r == 0 || r == -ENOSPC)
		*ret_n = a.n;
	return r;
}
