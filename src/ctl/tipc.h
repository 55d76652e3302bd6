/* SPDX-License-Identifier: MIT */
/* What the parts of TIPC's control share: its family of generic netlink. */
#ifndef SFAM_CTL_TIPC_H
#define SFAM_CTL_TIPC_H

#include <linux/tipc.h>
#include <linux/tipc_config.h>
#include <linux/tipc_netlink.h>

#include <sockfam/ctl-tipc.h>

#include "genl.h"

typedef int sfam__tipc_got(struct nlmsghdr *header, void *arg);

/*
 * A command and its answer. body has the attributes of the nest (TIPC_NLA_
 * ...) and is freed; both are left out with nest 0. -EAFNOSUPPORT with
 * words: there is no TIPC. -ENOMEM if body is NULL though there is a nest.
 */
int sfam__tipc_do(int command, int nest, struct nl_msg *body,
		  sfam__tipc_got *got, void *arg, struct sfam_ctl_diag *diag);
/* The same with sfam__ctl_dump(). */
int sfam__tipc_dump(int command, int nest, struct nl_msg *body,
		    sfam__tipc_got *got, void *arg,
		    struct sfam_ctl_diag *diag);

/* A body with one attribute; NULL: no memory, or a name beyond all limits. */
struct nl_msg *sfam__tipc_body_text(int attr, const char *text);
struct nl_msg *sfam__tipc_body_number(int attr, uint32_t value);

/* What of p is not -1, as the nest attr. */
int sfam__tipc_put_properties(struct nl_msg *body, int attr,
			      const struct sfam_tipc_properties *p);
void sfam__tipc_get_properties(struct sfam_tipc_properties *ret,
			       struct nlattr *nest);

/*
 * The attributes of the nest in h, up to max; -EBADMSG if there is none.
 * The kernel nests its answers once, but for names.
 */
int sfam__tipc_parse(struct nlmsghdr *h, int nest, struct nlattr **tb, int max);
/* 0 and "" for what is not there. */
uint32_t sfam__tipc_number(struct nlattr *attr);
void sfam__tipc_text(char *ret, size_t size, struct nlattr *attr);

/* -EINVAL is -ENODEV if that is because there is no bearer of that name. */
int sfam__tipc_no_bearer(const char *name, int r, struct sfam_ctl_diag *diag);

/* A UDP bearer's addresses, all told, as a nest. */
int sfam__tipc_put_udp(struct nl_msg *body,
		       const struct sfam_tipc_bearer_config *config,
		       struct sfam_ctl_diag *diag);

/* An AF_TIPC socket, for what netlink does not tell; -errno. */
int sfam__tipc_socket(struct sfam_ctl_diag *diag);

/* The result of a change of properties, with words if there are none. */
int sfam__tipc_bad_properties(int r, struct sfam_ctl_diag *diag);

/* No words; where a call may fail before it asks the kernel. */
void sfam__tipc_clear(struct sfam_ctl_diag *diag);
/* Do words matter, and are there none yet? */
int sfam__tipc_wordless(const struct sfam_ctl_diag *diag);

#endif
