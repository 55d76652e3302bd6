/* SPDX-License-Identifier: MIT */
/* One row per family (inet: and protocol) that sock_diag can list. */
#ifndef SFAM_CTL_DIAG_H
#define SFAM_CTL_DIAG_H

#include <linux/sock_diag.h>

#include <sockfam/ctl-diag.h>

#include "request.h"

struct sfam__diag {
	const char *scheme;		/* the family's row */
	const char *name;		/* in /proc/net/protocols */
	const char *module;		/* what sock_diag needs, ... */
	const char *config;		/* ... and where it comes from */
	int protocol;			/* inet: IPPROTO_... */
	int type;			/* and its SOCK_... */
	int repeats;			/* names a bound listener twice */
	/* Appends the request for all sockets. 0 or below. */
	int (*request)(struct nl_msg *msg, const struct sfam__diag *row);
	/*
	 * Reads one answer; type and family are set, the rest is zeroed.
	 * -EIO: too short.
	 */
	int (*read)(struct sfam_socket_info *ret, const struct sfam__diag *row,
		    struct nlmsghdr *header);
};

/* Each ends with a NULL scheme. */
extern const struct sfam__diag sfam__diag_unix[];
extern const struct sfam__diag sfam__diag_packet[];
extern const struct sfam__diag sfam__diag_vsock[];
extern const struct sfam__diag sfam__diag_netlink[];
extern const struct sfam__diag sfam__diag_inet[];
extern const struct sfam__diag sfam__diag_xdp[];

#define SFAM__COOKIE(words) ((uint64_t)(words)[1] << 32 | (words)[0])

/* The address and its bit of have, if the row takes it. */
void sfam__diag_local(struct sfam_socket_info *info, const void *sa,
		      size_t len);
void sfam__diag_peer(struct sfam_socket_info *info, const void *sa,
		     size_t len);
/* SK_MEMINFO_...: buffers and drops; queues as well with the second one. */
void sfam__diag_memory(struct sfam_socket_info *info,
		       const struct nlattr *attr);
void sfam__diag_memory_queues(struct sfam_socket_info *info,
			      const struct nlattr *attr);
/* Copies as much as there is of size bytes; -1 without an attribute. */
int sfam__diag_copy(void *to, size_t size, const struct nlattr *attr);

#endif
