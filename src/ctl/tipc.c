/* SPDX-License-Identifier: MIT */
/* TIPC's family of generic netlink: net/tipc/netlink.c. */
#include "tipc.h"

#include <netlink/genl/genl.h>
#include <sys/socket.h>

static int no_tipc(struct sfam_ctl_diag *diag)
{
	return sfam__ctl_refuse(diag, -EAFNOSUPPORT, "there is no TIPC in "
				"this kernel; try: modprobe tipc");
}

/* The nest must say that it is one: TIPC_NL_KEY_SET looks. */
static int message(int command, int flags, int nest, struct nl_msg *body,
		   struct nl_msg **ret, struct sfam_ctl_diag *diag)
{
	struct nl_msg *msg;
	int r;

	sfam__tipc_clear(diag);
	if (nest && !body)
		return -ENOMEM;
	r = sfam__genl_message(TIPC_GENL_V2_NAME, TIPC_GENL_V2_VERSION,
			       (uint8_t)command, flags, &msg, diag);
	if (r == -ENOENT)
		return no_tipc(diag);
	if (r < 0)
		return r;
	if (nest && nla_put(msg, nest | NLA_F_NESTED,
			    nlmsg_datalen(nlmsg_hdr(body)),
			    nlmsg_data(nlmsg_hdr(body))) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	*ret = msg;
	return 0;
}

int sfam__tipc_do(int command, int nest, struct nl_msg *body,
		  sfam__tipc_got *got, void *arg, struct sfam_ctl_diag *diag)
{
	struct nl_msg *msg;
	int r = message(command, 0, nest, body, &msg, diag);

	nlmsg_free(body);
	if (r < 0)
		return r;
	return sfam__ctl_talk(NETLINK_GENERIC, msg, got, arg, diag);
}

int sfam__tipc_dump(int command, int nest, struct nl_msg *body,
		    sfam__tipc_got *got, void *arg,
		    struct sfam_ctl_diag *diag)
{
	struct nl_msg *msg;
	int r = message(command, NLM_F_DUMP, nest, body, &msg, diag);

	nlmsg_free(body);
	return r < 0 ? r : sfam__ctl_dump(NETLINK_GENERIC, msg, got, arg, diag);
}

struct nl_msg *sfam__tipc_body_text(int attr, const char *text)
{
	struct nl_msg *body = nlmsg_alloc();

	if (body && nla_put_string(body, attr, text) < 0) {
		nlmsg_free(body);
		return NULL;
	}
	return body;
}

struct nl_msg *sfam__tipc_body_number(int attr, uint32_t value)
{
	struct nl_msg *body = nlmsg_alloc();

	if (body && nla_put_u32(body, attr, value) < 0) {
		nlmsg_free(body);
		return NULL;
	}
	return body;
}

/* ----------------------------------------------------------- properties -- */

static const struct property {
	int attr;
	size_t at;	/* in struct sfam_tipc_properties */
} properties[] = {
#define AT(field) offsetof(struct sfam_tipc_properties, field)
	{ TIPC_NLA_PROP_PRIO, AT(priority) },
	{ TIPC_NLA_PROP_TOL, AT(tolerance_ms) },
	{ TIPC_NLA_PROP_WIN, AT(window) },
	{ TIPC_NLA_PROP_MTU, AT(mtu) },
	{ TIPC_NLA_PROP_BROADCAST, AT(broadcast) },
	{ TIPC_NLA_PROP_BROADCAST_RATIO, AT(broadcast_ratio) },
#undef AT
};
#define N_PROPERTIES (sizeof(properties) / sizeof(properties[0]))

static int32_t *property(struct sfam_tipc_properties *p, size_t i)
{
	return (int32_t *)((char *)p + properties[i].at);
}

int sfam__tipc_put_properties(struct nl_msg *body, int attr,
			      const struct sfam_tipc_properties *p)
{
	struct sfam_tipc_properties copy = *p;
	struct nlattr *nest = nla_nest_start(body, attr);
	size_t i;

	if (!nest)
		return -ENOMEM;
	for (i = 0; i < N_PROPERTIES; i++)
		if (*property(&copy, i) >= 0 &&
		    nla_put_u32(body, properties[i].attr,
				(uint32_t)*property(&copy, i)) < 0)
			return -ENOMEM;
	nla_nest_end(body, nest);
	return 0;
}

void sfam__tipc_get_properties(struct sfam_tipc_properties *ret,
			       struct nlattr *nest)
{
	static const struct sfam_tipc_properties none =
		SFAM_TIPC_PROPERTIES_INIT;
	struct nlattr *tb[TIPC_NLA_PROP_MAX + 1];
	size_t i;

	*ret = none;
	if (!nest || nla_parse_nested(tb, TIPC_NLA_PROP_MAX, nest, NULL) < 0)
		return;
	for (i = 0; i < N_PROPERTIES; i++)
		if (tb[properties[i].attr])
			*property(ret, i) = (int32_t)
				sfam__tipc_number(tb[properties[i].attr]);
}

void sfam__tipc_clear(struct sfam_ctl_diag *diag)
{
	if (diag)
		diag->words[0] = '\0';
}

int sfam__tipc_wordless(const struct sfam_ctl_diag *diag)
{
	return diag && diag->words[0] == '\0';
}

/* tipc_nl_parse_link_prop() of net/tipc/link.c has no words for these. */
int sfam__tipc_bad_properties(int r, struct sfam_ctl_diag *diag)
{
	if (r != -EINVAL || !sfam__tipc_wordless(diag))
		return r;
	return sfam__ctl_refuse(diag, r, "refused: priority is %d to %d, "
				"tolerance %d to %d ms, window %d to %d, "
				"broadcast ratio 1 to 100",
				TIPC_MIN_LINK_PRI, TIPC_MAX_LINK_PRI,
				TIPC_MIN_LINK_TOL, TIPC_MAX_LINK_TOL,
				TIPC_DEF_LINK_WIN, TIPC_MAX_LINK_WIN);
}

/* --------------------------------------------------------------- answers -- */

int sfam__tipc_parse(struct nlmsghdr *h, int nest, struct nlattr **tb, int max)
{
	struct nlattr *top[TIPC_NLA_MAX + 1];

	if (genlmsg_parse(h, 0, top, TIPC_NLA_MAX, NULL) < 0 || !top[nest] ||
	    nla_parse_nested(tb, max, top[nest], NULL) < 0)
		return -EBADMSG;
	return 0;
}

uint32_t sfam__tipc_number(struct nlattr *attr)
{
	return attr && nla_len(attr) >= (int)sizeof(uint32_t) ?
		nla_get_u32(attr) : 0;
}

void sfam__tipc_text(char *ret, size_t size, struct nlattr *attr)
{
	ret[0] = '\0';
	if (attr)
		nla_strlcpy(ret, attr, size);
}

int sfam__tipc_socket(struct sfam_ctl_diag *diag)
{
	int fd = socket(AF_TIPC, SOCK_RDM | SOCK_CLOEXEC, 0);

	sfam__tipc_clear(diag);
	if (fd < 0 && errno == EAFNOSUPPORT)
		return no_tipc(diag);
	return fd < 0 ? -errno : fd;
}
