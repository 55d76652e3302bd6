/* SPDX-License-Identifier: MIT */
/*
 * Who is at the other end of a connected AF_UNIX socket: what the kernel
 * noted when it was connected (or, of the listener, when it listened),
 * whoever holds the other end by now.
 */
#ifndef SOCKFAM_PEER_H
#define SOCKFAM_PEER_H

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As seen from here: pid is 0 for a process outside this pid namespace. */
struct sfam_credentials {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/*
 * SO_PEERCRED. A pid may belong to somebody else by the time it is read;
 * where that matters, take sfam_peer_pidfd().
 * -ENOTCONN: not connected, or not a family that knows its peer.
 * -ENOTSOCK, -EBADF, -ENOPROTOOPT.
 */
int sfam_peer_credentials(int sock, struct sfam_credentials *ret)
	SFAM_MUST_CHECK;

/*
 * SO_PEERPIDFD (Linux 6.5): a descriptor for the peer's process, the
 * caller's to close, close-on-exec.
 * -ENOPROTOOPT: this kernel has none (6.1 has not). -ENODATA: no peer, or
 * a family without. -ESRCH: the process is gone and reaped (before 6.16;
 * since then its pidfd comes all the same).
 */
int sfam_peer_pidfd(int sock) SFAM_MUST_CHECK;

/*
 * SO_PEERGROUPS (4.13): the peer's supplementary groups. Returns how many;
 * -ERANGE: more than max (65536 always fits), nothing was written.
 * -ENODATA: no peer.
 */
ssize_t sfam_peer_groups(int sock, gid_t *ret_groups, size_t max)
	SFAM_MUST_CHECK;

/*
 * SO_PEERSEC: the peer's security label, its length without the NUL, which
 * is added. -ENOPROTOOPT: no security module that labels sockets.
 * -ERANGE: it needs more than size.
 */
ssize_t sfam_peer_security(int sock, char *buf, size_t size) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
