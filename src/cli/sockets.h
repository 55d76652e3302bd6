/* SPDX-License-Identifier: MIT */
/* sockfam sockets: what was found, and the two ways to write it. */
#ifndef SFAM_CLI_SOCKETS_H
#define SFAM_CLI_SOCKETS_H

#include <sockfam/ctl-diag.h>

#include "cli.h"
#include "json.h"

struct sockets {
	struct sfam_socket_info **infos;
	size_t n, room;
	struct sfam_socket_info **by_inode;	/* when all are there */
	struct sfam_socket_owner *owners;	/* by inode */
	size_t n_owners, owners_room;
	int with_owners;
	uint32_t want;		/* SFAM_SOCKET_IS_LISTENING or 0 */
};

/* The peer's address, of a unix socket too; NULL: none, or not known. */
const struct sfam_addr *sockets_peer(const struct sockets *s,
				     const struct sfam_socket_info *info);
/* Who holds it: the first, and how many follow. */
const struct sfam_socket_owner *
sockets_owners(const struct sockets *s, const struct sfam_socket_info *info,
	       size_t *ret_n);
/* "stream" ...; "-" if unknown. */
const char *sockets_type(int type);
/* "hash" ... for PACKET_FANOUT_HASH; "-" if unknown. */
const char *sockets_fanout(uint32_t mode);

void sockets_print(const struct sockets *s,
		   const struct sfam_socket_info *info);
void sockets_json(struct json *j, const struct sockets *s,
		  const struct sfam_socket_info *info);

#endif
