/* SPDX-License-Identifier: MIT */
#include "genl.h"

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>

#define ATTEMPTS 10

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

/* Messages as they came, one behind the other, each aligned. */
struct heap {
	char *data;
	size_t len, size;
};

static int keep(struct nlmsghdr *h, void *arg)
{
	struct heap *heap = arg;
	size_t n = NLMSG_ALIGN(h->nlmsg_len);
	size_t size = heap->size ? heap->size : 4096;
	char *data;

	while (size - heap->len < n)
		size *= 2;
	if (size != heap->size) {
		data = realloc(heap->data, size);
		if (!data)
			return -ENOMEM;
		heap->data = data;
		heap->size = size;
	}
	memcpy(heap->data + heap->len, h, h->nlmsg_len);
	heap->len += n;
	return 0;
}

static int replay(const struct heap *heap,
		  int (*got)(struct nlmsghdr *header, void *arg), void *arg)
{
	struct nlmsghdr *h;
	size_t at;
	int r = 0;

	for (at = 0; r == 0 && at < heap->len;
	     at += NLMSG_ALIGN(h->nlmsg_len)) {
		h = (struct nlmsghdr *)(heap->data + at);
		r = got(h, arg);
	}
	return r;
}

int sfam__genl_dump(struct nl_msg *msg,
		    int (*got)(struct nlmsghdr *header, void *arg), void *arg,
		    struct sfam_ctl_diag *diag)
{
	struct heap heap = { .data = NULL };
	int attempts = 0;
	int r;

	do {
		heap.len = 0;
		nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
		nlmsg_hdr(msg)->nlmsg_pid = NL_AUTO_PORT;
		nlmsg_get(msg);		/* the request frees one */
		r = sfam__ctl_talk(NETLINK_GENERIC, msg, keep, &heap, diag);
	} while (r == -EAGAIN && ++attempts < ATTEMPTS);
	nlmsg_free(msg);
	if (r == 0)
		r = replay(&heap, got, arg);
	free(heap.data);
	return r;
}
