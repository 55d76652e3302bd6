/* SPDX-License-Identifier: MIT */
/*
 * The table of socket families: one row per text scheme (`can-isotp`).
 * Rows are const and live for ever; compare them by pointer.
 */
#ifndef SOCKFAM_FAMILY_H
#define SOCKFAM_FAMILY_H

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sfam_family;

/* The row after prev in table order; NULL starts, and NULL ends. */
const struct sfam_family *sfam_family_next(const struct sfam_family *prev);

/* The row of a scheme name ("can-isotp"); NULL if there is none. */
const struct sfam_family *sfam_family_by_name(const char *name);

/*
 * The row that a socket belongs to, found by its SO_DOMAIN, SO_TYPE and
 * SO_PROTOCOL (a sockaddr_can alone cannot tell RAW from ISO-TP).
 * -ENOTSOCK, -EBADF: not a socket. -EAFNOSUPPORT: no row for it.
 */
int sfam_family_by_fd(const struct sfam_family **ret, int fd) SFAM_MUST_CHECK;

/* What the row says of itself; strings are static. */
const char *sfam_family_name(const struct sfam_family *f);
const char *sfam_family_syntax(const struct sfam_family *f);
int sfam_family_af(const struct sfam_family *f);
int sfam_family_type(const struct sfam_family *f);	/* default SOCK_... */
int sfam_family_protocol(const struct sfam_family *f);	/* default */
const char *sfam_family_config(const struct sfam_family *f);
const char *sfam_family_module(const struct sfam_family *f);
const char *sfam_family_since(const struct sfam_family *f); /* kernel */

/*
 * How its sockets differ from the rest, for code that serves any family:
 * bits of sfam_family_traits().
 */
/* Bound, a socket sends without a peer: to a bus, a device, the kernel. */
#define SFAM_TRAIT_BUS		(1u << 0)
/* A message is a CAN frame: struct can_frame, canfd_frame, canxl_frame. */
#define SFAM_TRAIT_CAN_FRAMES	(1u << 1)
/*
 * SOCK_SEQPACKET: a send that stops half way (EAGAIN, a signal) leaves half
 * a message in the socket, where the next one is joined to it.
 */
#define SFAM_TRAIT_HALF_MESSAGES (1u << 2)
/* shutdown(2) of one direction ends both. */
#define SFAM_TRAIT_ENDS_AS_ONE	(1u << 3)
/* bind(2) gives a name; getsockname(2) tells the socket's own address. */
#define SFAM_TRAIT_NAMES	(1u << 4)
uint32_t sfam_family_traits(const struct sfam_family *f);

/* Bits of struct sfam_caps.types. */
#define SFAM_TYPE_STREAM	(1u << 1)	/* 1 << SOCK_STREAM ... */
#define SFAM_TYPE_DGRAM		(1u << 2)
#define SFAM_TYPE_RAW		(1u << 3)
#define SFAM_TYPE_RDM		(1u << 4)
#define SFAM_TYPE_SEQPACKET	(1u << 5)

/* Answers of sfam_family_probe(). */
struct sfam_caps {
	size_t size;		/* sizeof(struct sfam_caps), set by caller */
	uint32_t types;		/* SFAM_TYPE_... that this kernel opens */
	int error;		/* 0, or the -errno behind the answer */
	char reason[96];	/* why not, or why it cannot be told */
	char remedy[160];	/* what to do about it */
};
#define SFAM_CAPS_INIT { sizeof(struct sfam_caps), 0, 0, "", "" }

/*
 * Asks the running kernel for the family by socket(2) alone: nothing is
 * bound or sent, so it is safe anywhere (the kernel may load a module).
 * Returns 1: supported. 0: not in this kernel (EAFNOSUPPORT,
 * EPROTONOSUPPORT, ESOCKTNOSUPPORT, ENODEV); reason and remedy say more.
 * -errno: cannot be told (-EPERM, -EACCES: no permission, a security
 * policy or a seccomp filter; -EMFILE ...), reason and remedy are filled.
 * -EINVAL with an untouched ret: ret->size is not one this library knows.
 */
int sfam_family_probe(const struct sfam_family *f, struct sfam_caps *ret)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
