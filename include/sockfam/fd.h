/* SPDX-License-Identifier: MIT */
/*
 * Copies of descriptors, and whether programs that are executed get them.
 * All three take any descriptor, not only sockets.
 */
#ifndef SOCKFAM_FD_H
#define SOCKFAM_FD_H

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Another descriptor of the same thing, close-on-exec from birth (dup(2)'s
 * is not). The caller closes it. -EBADF. -EMFILE: no descriptor is free.
 */
int sfam_fd_dup(int fd) SFAM_MUST_CHECK;

/*
 * Whether fd stays open in a program that this process executes: 0 or 1.
 * It is a flag of this descriptor, not of its copies. -EBADF. set: -EINVAL:
 * neither 0 nor 1.
 */
int sfam_fd_get_inheritable(int fd) SFAM_MUST_CHECK;
int sfam_fd_set_inheritable(int fd, int inheritable) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
