/* SPDX-License-Identifier: MIT */
/*
 * libnl folds errno into codes of its own and has no call for the words of
 * an extended acknowledgement; both are taken from the answer itself.
 */
#include "request.h"

#include <linux/netlink.h>
#include <sys/socket.h>

struct answer {
	int (*got)(struct nlmsghdr *header, void *arg);
	void *arg;
	struct sfam_ctl_diag *diag;
	int error;		/* -errno */
	int done;
	int interrupted;	/* a dump that is of no one moment */
};

int sfam__ctl_refuse(struct sfam_ctl_diag *diag, int error,
		     const char *format, ...)
{
	va_list list;

	if (diag) {
		va_start(list, format);
		vsnprintf(diag->words, sizeof(diag->words), format, list);
		va_end(list);
	}
	return error;
}

/* From offset `at` stand attributes, if NLM_F_ACK_TLVS says so. */
static void take_words(struct answer *a, const struct nlmsghdr *h, size_t at)
{
	struct nlattr *attr;

	if (!a->diag)
		return;
	a->diag->words[0] = '\0';
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS) || at >= h->nlmsg_len)
		return;
	attr = nla_find((const struct nlattr *)((const char *)h + at),
			(int)(h->nlmsg_len - at), NLMSGERR_ATTR_MSG);
	if (attr)
		nla_strlcpy(a->diag->words, attr, sizeof(a->diag->words));
}

/* A copy of the request is in it; NETLINK_CAP_ACK leaves out its body. */
static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	const struct nlmsghdr *h = (const struct nlmsghdr *)
		((const char *)e - NLMSG_HDRLEN);
	struct answer *a = arg;
	size_t at = NLMSG_HDRLEN + sizeof(*e);

	(void)from;
	a->error = e->error;
	a->done = 1;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		at += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	take_words(a, h, at);
	return NL_STOP;
}

/*
 * The end of a dump has an error in it if the kernel gave up there
 * (netlink_dump_done() of net/netlink/af_netlink.c); libnl does not look.
 */
static int on_finish(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *h = nlmsg_hdr(msg);
	struct answer *a = arg;
	int error = 0;

	a->done = 1;
	if (h->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, nlmsg_data(h), sizeof(error));
	if (error < 0 && a->error == 0) {
		a->error = error;
		take_words(a, h, NLMSG_SPACE(sizeof(error)));
	}
	return NL_STOP;
}

/* Without this libnl ends at the first such message of several. */
static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;

	(void)msg;
	a->interrupted = 1;
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;

	(void)msg;
	a->done = 1;
	return NL_STOP;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct answer *a = arg;

	if (a->got && a->error == 0)
		a->error = a->got(nlmsg_hdr(msg), a->arg);
	return NL_OK;
}

/* What libnl says when it is not the kernel that answered. */
static int local_error(int nle)
{
	switch (-nle) {
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_PERM:
		return -EPERM;
	case NLE_PROTO_MISMATCH:
		return -EPROTONOSUPPORT;
	default:
		return -EIO;
	}
}

static int converse(struct nl_sock *sk, int protocol, struct nl_msg *msg,
		    struct nl_cb *cb, struct answer *a)
{
	const int on = 1;
	int r = nl_connect(sk, protocol);

	if (r < 0)
		return local_error(r);
	/* Without them (before Linux 4.12) there are no words, no more. */
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_EXT_ACK, &on,
		   sizeof(on));
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_CAP_ACK, &on,
		   sizeof(on));
	r = nl_send_auto(sk, msg);
	while (r >= 0 && !a->done)
		r = nl_recvmsgs(sk, cb);
	if (a->error)
		return a->error;
	if (r < 0 && !a->done)
		return local_error(r);
	return a->interrupted ? -EAGAIN : 0;
}

int sfam__ctl_request(struct nl_msg *msg,
		      int (*got)(struct nlmsghdr *header, void *arg),
		      void *arg, struct sfam_ctl_diag *diag)
{
	return sfam__ctl_talk(NETLINK_ROUTE, msg, got, arg, diag);
}

int sfam__ctl_talk(int protocol, struct nl_msg *msg,
		   int (*got)(struct nlmsghdr *header, void *arg), void *arg,
		   struct sfam_ctl_diag *diag)
{
	struct answer a = { .got = got, .arg = arg, .diag = diag };
	struct nl_sock *sk = nl_socket_alloc();
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int r = -ENOMEM;

	if (diag)
		diag->words[0] = '\0';
	if (sk && cb && msg) {
		nl_cb_err(cb, NL_CB_CUSTOM, on_error, &a);
		nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, &a);
		nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, &a);
		nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted,
			  &a);
		nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, &a);
		r = converse(sk, protocol, msg, cb, &a);
	}
	if (cb)
		nl_cb_put(cb);
	nl_socket_free(sk);
	nlmsg_free(msg);
	return r;
}

struct nl_msg *sfam__ctl_link_message(int type, int flags, const char *name,
				      unsigned int change, unsigned int value)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_change = change,
		.ifi_flags = value,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && (nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) < 0 ||
		    nla_put_string(msg, IFLA_IFNAME, name) < 0)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}
