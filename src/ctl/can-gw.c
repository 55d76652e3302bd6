/* SPDX-License-Identifier: MIT */
/*
 * Rules of the CAN gateway into the kernel (net/can/gw.c). It takes more
 * than it does: what it would leave out without a word is refused here.
 */
#include "can-gw.h"

int sfam__can_gw_explain(int error, struct sfam_ctl_diag *diag)
{
	if (error == -EPERM)
		return sfam__ctl_refuse(diag, error, "%s", "no permission "
					"(CAP_NET_ADMIN, and not only in a "
					"user namespace)");
	if (error == -EOPNOTSUPP)
		return sfam__ctl_refuse(diag, error, "%s", "no CAN gateway in "
					"this kernel; try: modprobe can-gw");
	return error;
}

int sfam__can_gw_has_mods(const struct sfam_can_gw_rule *rule)
{
	int i;

	for (i = 0; i < SFAM_CAN_GW_OPS; i++)
		if (rule->mods[i].what)
			return 1;
	return 0;
}

/* ---------------------------------------------------------- message -- */

static int put_mod(struct nl_msg *msg, int op, const struct sfam_can_gw_mod *m)
{
	struct cgw_frame_mod frame = { .modtype = (uint8_t)m->what };

	frame.cf.can_id = m->id;
	frame.cf.can_dlc = m->len;
	memcpy(frame.cf.data, m->data, sizeof(frame.cf.data));
	return nla_put(msg, CGW_MOD_AND + op, sizeof(frame), &frame);
}

static int put_fd_mod(struct nl_msg *msg, int op,
		      const struct sfam_can_gw_mod *m)
{
	struct cgw_fdframe_mod frame = { .modtype = (uint8_t)m->what };

	frame.cf.can_id = m->id;
	frame.cf.len = m->len;
	frame.cf.flags = m->flags;
	memcpy(frame.cf.data, m->data, sizeof(frame.cf.data));
	return nla_put(msg, CGW_FDMOD_AND + op, sizeof(frame), &frame);
}

static int put_rule(struct nl_msg *msg, const struct sfam_can_gw_entry *e)
{
	const struct sfam_can_gw_rule *rule = &e->rule;
	int r = nla_put_u32(msg, CGW_SRC_IF, e->source_index);
	int i;

	r |= nla_put_u32(msg, CGW_DST_IF, e->destination_index);
	for (i = 0; i < SFAM_CAN_GW_OPS; i++)
		if (rule->mods[i].what)
			r |= rule->flags & CGW_FLAGS_CAN_FD ?
			     put_fd_mod(msg, i, &rule->mods[i]) :
			     put_mod(msg, i, &rule->mods[i]);
	if (rule->have & SFAM_CAN_GW_HAVE_CRC8)
		r |= nla_put(msg, CGW_CS_CRC8, CGW_CS_CRC8_LEN,
			     &rule->sum_crc8);
	if (rule->have & SFAM_CAN_GW_HAVE_XOR)
		r |= nla_put(msg, CGW_CS_XOR, CGW_CS_XOR_LEN, &rule->sum_xor);
	if (rule->uid)
		r |= nla_put_u32(msg, CGW_MOD_UID, rule->uid);
	if (rule->hops)
		r |= nla_put_u8(msg, CGW_LIM_HOPS, (uint8_t)rule->hops);
	if (rule->filter.can_id || rule->filter.can_mask)
		r |= nla_put(msg, CGW_FILTER, sizeof(rule->filter),
			     &rule->filter);
	return r;
}

/* Both indexes 0 and RTM_DELROUTE: every rule there is. */
static int request(int type, const struct sfam_can_gw_entry *e,
		   struct sfam_ctl_diag *diag)
{
	struct rtcanmsg head = {
		.can_family = AF_CAN,
		.gwtype = CGW_TYPE_CAN_CAN,
		.flags = (uint16_t)e->rule.flags,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(type, 0);

	if (msg && (nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO) < 0 ||
		    put_rule(msg, e) < 0)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return sfam__can_gw_explain(sfam__ctl_request(msg, NULL, NULL, diag),
				    diag);
}

/* ----------------------------------------------------------- checks -- */

static int refuse(struct sfam_ctl_diag *diag, const char *words)
{
	return sfam__ctl_refuse(diag, -EINVAL, "%s", words);
}

static int has_more_than_classic(const struct sfam_can_gw_mod *m)
{
	size_t i;

	for (i = CAN_MAX_DLEN; i < sizeof(m->data); i++)
		if (m->data[i])
			return 1;
	return m->flags != 0;
}

/* What does not fit into a message, or is left out when it is read. */
static int check_whole(const struct sfam_can_gw_rule *rule,
		       struct sfam_ctl_diag *diag)
{
	int i;

	if (rule->flags > UINT16_MAX || rule->hops > UINT8_MAX)
		return refuse(diag, "flags or hops beyond what there can be");
	for (i = 0; i < SFAM_CAN_GW_OPS; i++)
		if (rule->mods[i].what > UINT8_MAX)
			return refuse(diag, "no such element of a frame");
		else if (rule->mods[i].what &&
			 !(rule->flags & CGW_FLAGS_CAN_FD) &&
			 has_more_than_classic(&rule->mods[i]))
			return refuse(diag, "flags or more than 8 bytes for a "
				      "classic frame");
	if ((rule->have || rule->uid) && !sfam__can_gw_has_mods(rule))
		return refuse(diag, "checksums and a uid count only in a rule "
			      "that modifies something");
	return 0;
}

static int beyond(int index, uint32_t flags)
{
	int len = flags & CGW_FLAGS_CAN_FD ? CANFD_MAX_DLEN : CAN_MAX_DLEN;

	return index < -len || index >= len;
}

/* What the kernel would refuse without words, or take for nothing. */
static int check_new(const struct sfam_can_gw_rule *rule,
		     struct sfam_ctl_diag *diag)
{
	const struct cgw_csum_crc8 *c = &rule->sum_crc8;
	const struct cgw_csum_xor *x = &rule->sum_xor;
	uint32_t what = CGW_MOD_ID | CGW_MOD_LEN | CGW_MOD_DATA;
	int i;

	if (rule->flags & ~(uint32_t)(CGW_FLAGS_CAN_ECHO |
				      CGW_FLAGS_CAN_SRC_TSTAMP |
				      CGW_FLAGS_CAN_IIF_TX_OK |
				      CGW_FLAGS_CAN_FD))
		return refuse(diag, "no such flags");
	if (rule->flags & CGW_FLAGS_CAN_FD)
		what |= CGW_MOD_FLAGS;
	for (i = 0; i < SFAM_CAN_GW_OPS; i++)
		if (rule->mods[i].what & ~what)
			return refuse(diag, "no such element of a frame");
	if ((rule->have & SFAM_CAN_GW_HAVE_CRC8 &&
	     (beyond(c->from_idx, rule->flags) ||
	      beyond(c->to_idx, rule->flags) ||
	      beyond(c->result_idx, rule->flags))) ||
	    (rule->have & SFAM_CAN_GW_HAVE_XOR &&
	     (beyond(x->from_idx, rule->flags) ||
	      beyond(x->to_idx, rule->flags) ||
	      beyond(x->result_idx, rule->flags))))
		return refuse(diag, "an index of a checksum is out of the "
			      "frame's data");
	if (strcmp(rule->source, rule->destination) == 0 &&
	    !(rule->flags & CGW_FLAGS_CAN_IIF_TX_OK))
		return refuse(diag, "source and destination are the same (-i "
			      "allows it)");
	return 0;
}

static int same_uid(const struct sfam_can_gw_entry *found, void *arg)
{
	const struct sfam_can_gw_entry *e = arg;

	if (found->rule.uid != e->rule.uid)
		return 0;
	return found->source_index == e->source_index &&
	       found->destination_index == e->destination_index &&
	       found->rule.flags == e->rule.flags &&
	       found->rule.hops == e->rule.hops &&
	       found->rule.filter.can_id == e->rule.filter.can_id &&
	       found->rule.filter.can_mask == e->rule.filter.can_mask ?
	       0 : -EEXIST;
}

/*
 * The kernel changes the rule that has the uid; the new flags and hops it
 * drops. Modifications of CAN FD it puts into a classic rule, where they
 * write 64 bytes into a frame of 16: never let that happen.
 */
static int check_uid(struct sfam_can_gw_entry *e, struct sfam_ctl_diag *diag)
{
	int r = e->rule.uid ? sfam__can_gw_each(same_uid, e, diag) : 0;

	if (r == -EEXIST)
		return refuse(diag, "a rule with this uid has other "
			      "interfaces, filter, flags or hops; delete it "
			      "first");
	return r;
}

/* ------------------------------------------------------------ calls -- */

static int index_of(const char *name, unsigned int *ret,
		    struct sfam_ctl_diag *diag)
{
	struct sfam_can_status status;
	int r;

	if (!name[0] || !memchr(name, 0, SFAM_INTERFACE_NAME_SIZE))
		return refuse(diag, "not the name of an interface");
	r = sfam_can_get_status(name, &status, diag);
	if (r == -ENODEV)
		return sfam__ctl_refuse(diag, r, "%s: no such interface",
					name);
	if (r == -EOPNOTSUPP)
		return sfam__ctl_refuse(diag, -EINVAL, "%s: not a CAN "
					"interface", name);
	if (r == 0)
		*ret = status.index;
	return r;
}

static int indexes_of(struct sfam_can_gw_entry *e, struct sfam_ctl_diag *diag)
{
	int r = index_of(e->rule.source, &e->source_index, diag);

	return r < 0 ? r : index_of(e->rule.destination,
				    &e->destination_index, diag);
}

SFAM_PUBLIC int sfam_can_gw_add(const struct sfam_can_gw_rule *rule,
				struct sfam_ctl_diag *diag)
{
	struct sfam_can_gw_entry e = { .rule = *rule };
	int r = check_whole(rule, diag);

	if (r == 0)
		r = check_new(rule, diag);
	if (r == 0)
		r = indexes_of(&e, diag);
	if (r == 0)
		r = check_uid(&e, diag);
	if (r < 0)
		return r;
	r = request(RTM_NEWROUTE, &e, diag);
	if (r == -EINVAL && rule->hops)
		return refuse(diag, "more hops than the module allows (its "
			      "max_hops; 1 if not given)");
	return r;
}

SFAM_PUBLIC int sfam_can_gw_delete(const struct sfam_can_gw_rule *rule,
				   struct sfam_ctl_diag *diag)
{
	struct sfam_can_gw_entry e = { .rule = *rule };
	int r = check_whole(rule, diag);

	if (r == 0)
		r = indexes_of(&e, diag);
	if (r < 0)
		return r;
	r = request(RTM_DELROUTE, &e, diag);
	return r == -EINVAL ? sfam__ctl_refuse(diag, -ENOENT, "%s",
					       "no such rule") : r;
}

SFAM_PUBLIC int sfam_can_gw_flush(struct sfam_ctl_diag *diag)
{
	const struct sfam_can_gw_entry all = { .source_index = 0 };

	return request(RTM_DELROUTE, &all, diag);
}
