/* SPDX-License-Identifier: MIT */
/*
 * Large read-only messages without copying: the bytes stand in a memfd that
 * is sealed, so that nobody can change, cut or grow them any more, and only
 * its descriptor is sent.
 */
#ifndef SOCKFAM_MEMFD_H
#define SOCKFAM_MEMFD_H

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A sealed memfd with a copy of buf; the caller closes it. name is for
 * /proc only, at most 249 bytes. -EINVAL: a longer name. -EMFILE, -ENFILE,
 * -ENOMEM, -ENOSPC.
 */
int sfam_memfd_open(const char *name, const void *buf, size_t len)
	SFAM_MUST_CHECK;

/*
 * Seals a memfd that you filled yourself (made with MFD_ALLOW_SEALING)
 * against writing, shrinking, growing and further seals.
 * -EBUSY: it is still mapped for writing. -EPERM: sealing is not allowed,
 * or fd not open for writing. -EINVAL: not a memfd.
 */
int sfam_memfd_seal(int fd) SFAM_MUST_CHECK;

/*
 * Maps all of a memfd for reading, if it is sealed as above; otherwise its
 * sender could change the bytes under your eyes, or cut it and have you
 * killed by SIGBUS. fd may be closed after; the caller unmaps. An empty one
 * gives NULL and 0.
 * -EPERM: not sealed, or not a memfd. -EFBIG: more than max bytes; a sender
 * may make a huge one for nothing, but reading it costs you memory.
 * -EACCES: not open for reading. -ENOMEM.
 */
int sfam_memfd_map(int fd, size_t max, const void **ret_map, size_t *ret_len)
	SFAM_MUST_CHECK;

/* NULL is nothing to do. */
void sfam_memfd_unmap(const void *map, size_t len);

/*
 * The two of them over an AF_UNIX socket: sfam_memfd_open() and
 * sfam_fdpass_send() without payload; sfam_fdpass_recv() of exactly one
 * and sfam_memfd_map(). Errors are theirs; -ENODATA: the end of a stream, or
 * a message without a descriptor (of a stream: -ENOMSG).
 */
int sfam_memfd_send(int sock, const void *buf, size_t len,
		    int64_t timeout_ns) SFAM_MUST_CHECK;
int sfam_memfd_recv(int sock, size_t max, const void **ret_map,
		    size_t *ret_len, int64_t timeout_ns) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
