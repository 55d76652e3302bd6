/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <sockfam/peer.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77		/* Linux 6.5 */
#endif
#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

/* Without a peer the kernel answers, with ids of -1 (cred_to_ucred()). */
SFAM_PUBLIC int sfam_peer_credentials(int sock, struct sfam_credentials *ret)
{
	struct ucred c;
	socklen_t len = sizeof(c);
	int r = sfam__sys_getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &c, &len);

	if (r < 0)
		return r;
	if (c.uid == (uid_t)-1)
		return -ENOTCONN;
	ret->pid = c.pid;
	ret->uid = c.uid;
	ret->gid = c.gid;
	return 0;
}

SFAM_PUBLIC int sfam_peer_pidfd(int sock)
{
	int fd = -1;
	int r = sfam__sys_getsockopt_int(sock, SOL_SOCKET, SO_PEERPIDFD, &fd);

	return r < 0 ? r : fd;
}

SFAM_PUBLIC ssize_t sfam_peer_groups(int sock, gid_t *ret_groups, size_t max)
{
	size_t bytes = max > 65536 ? 65536 * sizeof(gid_t) :
				     max * sizeof(gid_t);
	socklen_t len = (socklen_t)bytes;
	int r = sfam__sys_getsockopt(sock, SOL_SOCKET, SO_PEERGROUPS,
				     ret_groups, &len);

	return r < 0 ? r : (ssize_t)(len / sizeof(gid_t));
}

/* Some modules count a NUL, some do not. */
SFAM_PUBLIC ssize_t sfam_peer_security(int sock, char *buf, size_t size)
{
	socklen_t len;
	int r;

	if (size == 0)
		return -ERANGE;
	len = size > INT32_MAX ? INT32_MAX : (socklen_t)(size - 1);
	r = sfam__sys_getsockopt(sock, SOL_SOCKET, SO_PEERSEC, buf, &len);
	if (r < 0)
		return r;
	buf[len] = '\0';
	return (ssize_t)strnlen(buf, len);
}
