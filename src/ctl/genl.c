/* SPDX-License-Identifier: MIT */
#include "genl.h"

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>

static int got_family(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	uint16_t *ret = arg;

	if (genlmsg_parse(h, 0, tb, CTRL_ATTR_MAX, NULL) < 0 ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return -EBADMSG;
	*ret = nla_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	return 0;
}

static struct nl_msg *message(uint16_t family, uint8_t version,
			      uint8_t command, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				flags, command, version)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

int sfam__genl_message(const char *name, uint8_t version, uint8_t command,
		       int flags, struct nl_msg **ret,
		       struct sfam_ctl_diag *diag)
{
	struct nl_msg *msg = message(GENL_ID_CTRL, 1, CTRL_CMD_GETFAMILY, 0);
	uint16_t family = 0;
	int r;

	if (msg && nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, name) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	r = sfam__ctl_talk(NETLINK_GENERIC, msg, got_family, &family, diag);
	if (r < 0)
		return r;
	msg = message(family, version, command, flags);
	if (!msg)
		return -ENOMEM;
	*ret = msg;
	return 0;
}
