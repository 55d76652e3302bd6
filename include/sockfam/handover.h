/* SPDX-License-Identifier: MIT */
/*
 * Sockets that outlive their process: handed over to the next one while
 * both run, or inherited by it at exec.
 *
 * Descriptors go by names here. All names are one text, as in systemd's
 * $LISTEN_FDNAMES: one per descriptor, in their order, colons between
 * ("web:web:admin"). A name has up to 255 printable ASCII bytes and no
 * colon; several may be equal, or empty.
 */
#ifndef SOCKFAM_HANDOVER_H
#define SOCKFAM_HANDOVER_H

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SFAM_FDNAME_MAX 255

/* Are there n_fds good names? 0 or -EINVAL. No descriptor: "". */
int sfam_fdnames_check(const char *names, size_t n_fds) SFAM_MUST_CHECK;

/*
 * Name number i. Returns its length; -ENOENT: there are fewer; -ENOSPC: buf
 * is too small (SFAM_FDNAME_MAX + 1 always fits).
 */
ssize_t sfam_fdnames_get(const char *names, size_t i, char *buf, size_t size)
	SFAM_MUST_CHECK;

/* The number of the first of that name from number i on, or -ENOENT. */
ssize_t sfam_fdnames_find(const char *names, const char *name, size_t i)
	SFAM_MUST_CHECK;

/* --------------------------------------------------------- hand over -- */

/*
 * A restart that no client notices. The old process listens on an AF_UNIX
 * socket; the new one connects to it and takes; it begins to accept from
 * what it took, and says that it is ready; then the old one stops accepting,
 * serves the connections that it has, and ends. Meanwhile both hold the same
 * listening sockets, and connections wait in their queues: none is refused,
 * none is lost. Where both accept, a listening socket must be O_NONBLOCK
 * (see sfam_accept()). A unix path must not be unlinked by the old one.
 *
 * On the wire: a frame (SFAM_FDPASS_FRAMED, _SPLIT) of the descriptors with
 * the names as payload; back, a frame with the payload "ready". Any AF_UNIX
 * socket but SOCK_DGRAM. Who may connect is the caller's to check
 * (sfam_peer_credentials(), or the permissions of the path).
 */

/*
 * The old one: gives descriptors, which stay open here too, and waits for
 * the new one's word. 0: it serves; stop accepting.
 * On any failure go on serving, and close sock, so that a new one that is
 * slow finds out. -ECONNRESET: it ended before it was ready. -ETIMEDOUT.
 * -EBADMSG: it speaks otherwise. -EINVAL: names. Others as
 * sfam_fdpass_send_message().
 */
int sfam_handover_give(int sock, const int *fds, size_t n_fds,
		       const char *names, int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * The new one: takes at most max_fds descriptors, its own to close, and
 * their names into ret_names of size bytes. Returns how many.
 * -ENODATA: the old one ended, or does not give. -EMSGSIZE: size is too
 * small for the names. -EBADMSG: not as many good names as descriptors.
 * Others as sfam_fdpass_recv_message().
 */
ssize_t sfam_handover_take(int sock, int *ret_fds, size_t max_fds,
			   char *ret_names, size_t size, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * The new one, as soon as it accepts. -EPIPE: the old one has given up
 * waiting, or ended: whether to go on is yours to say.
 */
int sfam_handover_ready(int sock, int64_t timeout_ns) SFAM_MUST_CHECK;

/* ------------------------------------------------------ inherit at exec -- */

/* The first descriptor of those that are inherited. */
#define SFAM_LISTEN_FDS_START 3

/* The variables are taken out of the environment, so no child sees them. */
#define SFAM_LISTEN_UNSET_ENV	(1u << 0)

/*
 * What a service manager left to this process, as sd_listen_fds(3): how
 * many descriptors, from SFAM_LISTEN_FDS_START on; all are close-on-exec
 * then, and their names are in ret_names (size bytes; NULL: not wanted).
 * Without $LISTEN_FDNAMES each is named "unknown". 0: nothing was left, or
 * $LISTEN_PID or $LISTEN_PIDFDID (systemd 258; the inode of the process's
 * pidfd, which a later process of the same pid has not) says: to somebody
 * else. The latter is not looked at where the kernel has none (before 6.9).
 * -EINVAL: unknown flags, a variable that is no number, names that do not
 * fit. -EBADF: one is not open. -ENOSPC: size. The environment is read, and
 * by _UNSET_ENV written, without a lock: call this before there are threads.
 */
ssize_t sfam_listen_fds(uint32_t flags, char *ret_names, size_t size)
	SFAM_MUST_CHECK;

/* Bytes that sfam_listen_env() needs beside the names and their NUL. */
#define SFAM_LISTEN_ENV_SIZE 128

/*
 * Makes an environment that leaves n_fds descriptors to the program of the
 * next execve(2): env (NULL: empty) without its LISTEN_ variables, and new
 * ones, whose text is in buf, of at least SFAM_LISTEN_ENV_SIZE +
 * strlen(names) + 1 bytes. ret_env has room for max pointers: those of env,
 * four, and NULL. What it points to must stay.
 * -EINVAL: names. -ENOSPC: max or size is too small.
 */
int sfam_listen_env(char *const *env, const char *names, size_t n_fds,
		    char **ret_env, size_t max, char *buf, size_t size)
	SFAM_MUST_CHECK;

/*
 * Between fork(2) and execve(2), or just before the latter; it is
 * async-signal-safe. Puts fds to SFAM_LISTEN_FDS_START and on, to be
 * inherited, and this process's ids into env (of $LISTEN_PIDFDID, if the
 * kernel tells one; else it is taken out). What else stood at these numbers
 * is closed. fds is changed to what they are now.
 * -EBADF: one is not open. -EMFILE: RLIMIT_NOFILE; one number more than
 * theirs is needed where they have to change places in a ring, and one for
 * each that is in fds twice. -EINVAL: env is not sfam_listen_env()'s.
 */
int sfam_listen_place(char **env, int *fds, size_t n_fds) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
