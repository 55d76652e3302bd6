/* SPDX-License-Identifier: MIT */
/*
 * Socket options by their type: what getsockopt(2) and setsockopt(2) let
 * pass without a word is an error here. level and name as there.
 */
#ifndef SOCKFAM_OPTION_H
#define SOCKFAM_OPTION_H

#include <sys/socket.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Errors of all: -ENOPROTOOPT: the socket has no such option. -EBADF,
 * -ENOTSOCK. Others: getsockopt(2), setsockopt(2), and each family's own.
 */

/*
 * An int, and (wide) an unsigned 64-bit number: SO_COOKIE,
 * SO_MAX_PACING_RATE, SO_VM_SOCKETS_BUFFER_SIZE ...
 * get: -EMSGSIZE: the kernel gave another length, so this is not the
 * option's type (which getsockopt would leave half filled).
 */
int sfam_option_get_int(int fd, int level, int name, int *ret)
	SFAM_MUST_CHECK;
int sfam_option_set_int(int fd, int level, int name, int value)
	SFAM_MUST_CHECK;
int sfam_option_get_wide(int fd, int level, int name, uint64_t *ret)
	SFAM_MUST_CHECK;
int sfam_option_set_wide(int fd, int level, int name, uint64_t value)
	SFAM_MUST_CHECK;

/*
 * SO_RCVTIMEO or SO_SNDTIMEO of SOL_SOCKET as nanoseconds; SFAM_FOREVER is
 * none. The kernel rounds up to a tick of its clock, and the type of time_t
 * does not matter. They belong to the socket, so to all who share it, and
 * limit each system call; functions with a timeout_ns need neither.
 * set: -EINVAL: 0, which the kernel takes for "none". -ENOPROTOOPT: another
 * name.
 */
int sfam_option_get_timeout(int fd, int name, int64_t *ret_ns)
	SFAM_MUST_CHECK;
int sfam_option_set_timeout(int fd, int name, int64_t ns) SFAM_MUST_CHECK;

/*
 * SO_LINGER in seconds; -1 is off. 0 resets a TCP connection on close.
 */
int sfam_option_get_linger(int fd, int *ret_seconds) SFAM_MUST_CHECK;
int sfam_option_set_linger(int fd, int seconds) SFAM_MUST_CHECK;

/*
 * Any option as bytes. get returns their number, at most size. -ENOSPC: the
 * kernel has more (of most options it gives as much as fits and says no
 * more than that, so a full buffer may be a cut one). -EINVAL: size or len
 * is over INT_MAX. set with buf NULL passes NULL and len
 * (ALG_SET_AEAD_AUTHSIZE).
 */
ssize_t sfam_option_get(int fd, int level, int name, void *buf, size_t size)
	SFAM_MUST_CHECK;
int sfam_option_set(int fd, int level, int name, const void *buf, size_t len)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
