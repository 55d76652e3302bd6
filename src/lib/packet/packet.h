/* SPDX-License-Identifier: MIT */
/* Opening in the order that no packet can slip through. */
#ifndef SFAM_PACKET_PACKET_H
#define SFAM_PACKET_PACKET_H

#include "base/sys.h"

#include <sockfam/packet.h>

int sfam__packet_opts(struct sfam_packet_opts *ret,
		      const struct sfam_packet_opts *opts);

/*
 * A socket that hears nothing yet, its options and its filter set. o comes
 * from sfam__packet_opts().
 */
int sfam__packet_socket(const struct sfam_addr *addr,
			const struct sfam_packet_opts *o);

/* From here on it hears. */
int sfam__packet_start(int fd, const struct sfam_addr *addr,
		       const struct sfam_packet_opts *o);

/* 0: all of them. */
int sfam__packet_ifindex(const struct sfam_addr *addr);

/* The filter of o, or what its snap length asks for. */
int sfam__packet_attach(int fd, const struct sfam_packet_opts *o);

#endif
