/* SPDX-License-Identifier: MIT */
/*
 * Open descriptors from process to process over AF_UNIX (SCM_RIGHTS).
 */
#ifndef SOCKFAM_FDPASS_H
#define SOCKFAM_FDPASS_H

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The kernel's SCM_MAX_FD (include/net/scm.h): descriptors in a message. */
#define SFAM_FDPASS_MAX 253

/*
 * Sends n_fds descriptors (1..SFAM_FDPASS_MAX) with len bytes of payload.
 * They stay the caller's: close them when you like after success.
 * On a stream the kernel drops descriptors that come without payload, so
 * len must be at least 1 there (-EINVAL); only the first bytes may go, as
 * with send(2): the count returned is of payload bytes, and all the
 * descriptors went with the first of them.
 * -EINVAL: n_fds out of range, or a kind of descriptor that the kernel
 * does not pass (io_uring). -EBADF: one of fds is not open.
 * -ETOOMANYREFS: more descriptors are in flight for this user than
 * RLIMIT_NOFILE allows. -EPERM: the peer refuses descriptors
 * (SO_PASSRIGHTS, Linux 6.16). -EPIPE, -ECONNREFUSED: no peer.
 * -ETIMEDOUT. -EMSGSIZE: a datagram larger than the socket buffer.
 */
ssize_t sfam_fdpass_send(int sock, const int *fds, size_t n_fds,
			 const void *buf, size_t len, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * Receives one message with at most max_fds descriptors into ret_fds, all
 * of them close-on-exec; *ret_n_fds is how many came (0 is no error). The
 * caller closes them. Returns the payload bytes in buf; 0 with no
 * descriptors is the end of a stream.
 * On any failure no descriptor stays open and *ret_n_fds is untouched:
 * -E2BIG: the sender sent more than max_fds. -EMFILE: the kernel could not
 * install all that was sent (RLIMIT_NOFILE, or a security module): it says
 * no more than MSG_CTRUNC. -EMSGSIZE: the payload of a datagram is longer
 * than size. -EINVAL: max_fds over SFAM_FDPASS_MAX. -ETIMEDOUT. Others:
 * recvmsg(2). The message is consumed in the first three cases.
 */
ssize_t sfam_fdpass_recv(int sock, int *ret_fds, size_t max_fds,
			 size_t *ret_n_fds, void *buf, size_t size,
			 int64_t timeout_ns) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
