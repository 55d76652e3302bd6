/* SPDX-License-Identifier: MIT */
/*
 * libsockfam-ctl, the control plane: network interfaces. It links libnl,
 * which libsockfam itself does not.
 *
 * All of it works in the network namespace of the calling thread. Reading
 * needs no privilege, changing needs CAP_NET_ADMIN there; without it:
 * -EPERM. Errors of the kernel come back as they are, and its words in
 * diag; what goes wrong on the way to it is -ENOMEM, -EMFILE or -EIO.
 */
#ifndef SOCKFAM_CTL_H
#define SOCKFAM_CTL_H

#include <sockfam/ctl-base.h>
#include <sockfam/ctl-can.h>
#include <sockfam/ctl-crypto.h>
#include <sockfam/ctl-diag.h>
#include <sockfam/ctl-gw.h>
#include <sockfam/ctl-link.h>
#include <sockfam/ctl-tipc.h>
#include <sockfam/ctl-watch.h>

#endif
