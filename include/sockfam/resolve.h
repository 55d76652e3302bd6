/* SPDX-License-Identifier: MIT */
/*
 * Names of hosts and services: shorthands for internet addresses, of which
 * one may stand for several. They are for connecting and listening
 * (sfam_open_text(), sfam_listen_all()) and for sfam_resolve(); the other
 * functions take the addresses that come out, of the families inet and
 * inet6.
 *
 *	tcp:HOST:SERVICE  udp:...  udplite:...  mptcp:...  sctp:...
 *
 * HOST is a name, an IPv4 address, or an IPv6 address as [ADDRESS] or
 * [ADDRESS%SCOPE]. Without one, or as *, it is every address of this
 * machine for a server and the loopback addresses for a client. SERVICE is
 * a port or a name of /etc/services (of tcp or udp; small systems do not
 * have that file). Keys: family=inet or family=inet6 for addresses of one
 * kind; sctp has type=stream or type=seqpacket. (The latter is one to many:
 * the kernel tells nothing of what becomes of a connect, and a send without
 * an address is -EPIPE, net/sctp/socket.c.)
 */
#ifndef SOCKFAM_RESOLVE_H
#define SOCKFAM_RESOLVE_H

#include <sockfam/addr.h>
#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of sfam_resolve(). */
#define SFAM_RESOLVE_PASSIVE	(1u << 0) /* a server's: no HOST is any */
#define SFAM_RESOLVE_NUMERIC	(1u << 1) /* numbers only: nobody is asked */

/*
 * The addresses that text stands for, in the order in which they are to be
 * tried, none twice; any other address gives itself. *ret_n is how many
 * there are: where it is more than max, only the first max are in ret
 * (which may be NULL with max 0).
 * This may take as long as the system's resolver takes; nothing can bound
 * it (see resolv.conf(5): timeout, attempts).
 * -EINVAL: bad text (diag) or unknown flags. -ENODEV: no such interface in
 * a scope (diag). A resolver's error: see sfam_error_eai(); diag tells
 * which part it is about. Others: as sfam_addr_parse(), and errno of the
 * resolver's own calls.
 */
int sfam_resolve(const char *text, size_t text_len, uint32_t flags,
		 struct sfam_addr *ret, size_t max, size_t *ret_n,
		 struct sfam_diag *diag) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
