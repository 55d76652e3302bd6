/* SPDX-License-Identifier: MIT */
/*
 * libsockfam-ctl, the control plane: network interfaces. It links libnl,
 * which libsockfam itself does not.
 *
 * All of it works in the network namespace of the calling thread and needs
 * CAP_NET_ADMIN there; without it: -EPERM. Errors of the kernel come back
 * as they are; what goes wrong on the way to it is -ENOMEM or -EIO.
 */
#ifndef SOCKFAM_CTL_H
#define SOCKFAM_CTL_H

#include <sockfam/base.h>
#include <sockfam/ctl-can.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Creates an interface, down. kind: "vcan", "vxcan", "veth", "dummy".
 * peer: name of the other end, for veth and vxcan; else NULL.
 * mtu: 0 for the default of the kind (vcan: 16 is classic only, 72 CAN FD,
 * 2060 CAN XL); for a pair both ends get it.
 * -EEXIST: the name is taken. -EOPNOTSUPP: no such kind in this kernel.
 * -EINVAL: a name the kernel does not take, an MTU out of range, a peer
 * missing or not wanted. If the MTU cannot be set nothing stays behind.
 */
int sfam_link_add(const char *name, const char *kind, const char *peer,
		  uint32_t mtu) SFAM_MUST_CHECK;

/* -ENODEV: no such interface. -EOPNOTSUPP: it cannot be deleted. */
int sfam_link_delete(const char *name) SFAM_MUST_CHECK;

/* -ENODEV. -EINVAL: a CAN controller without a bit rate. */
int sfam_link_up(const char *name) SFAM_MUST_CHECK;
int sfam_link_down(const char *name) SFAM_MUST_CHECK;

/* Moves it to the network namespace of a process. -ESRCH: no such pid. */
int sfam_link_move(const char *name, pid_t pid) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
