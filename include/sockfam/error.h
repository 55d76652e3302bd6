/* SPDX-License-Identifier: MIT */
/*
 * What a negative result means: one number space for errno and for the
 * resolver, classes to act upon, and words.
 */
#ifndef SOCKFAM_ERROR_H
#define SOCKFAM_ERROR_H

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Below -SFAM_ERROR_RESOLVER, where no errno is, are the answers of the
 * resolver, getaddrinfo(3): EAI_NONAME (-2) is -(SFAM_ERROR_RESOLVER + 2).
 * Two have an errno and come as that: EAI_SYSTEM, and EAI_MEMORY (-ENOMEM).
 */
#define SFAM_ERROR_RESOLVER 4096

/* What a program can do about a failure; the codes are those of errno. */
enum sfam_error {
	SFAM_ERROR_NONE,	/* no failure: 0 or more */
	SFAM_ERROR_TIMEOUT,	/* ETIMEDOUT: try again, or give up */
	SFAM_ERROR_WOULD_BLOCK,	/* EAGAIN, EINPROGRESS, EALREADY: poll */
	SFAM_ERROR_NAME,	/* the resolver's: is the name right? */
	/*
	 * There was a peer, and it has ended: EPIPE, ECONNRESET,
	 * ECONNABORTED, ENODATA, ESHUTDOWN, ENOTCONN. (The answer of vsock
	 * to a connect that nobody waits for is ECONNRESET, too.)
	 */
	SFAM_ERROR_PEER_GONE,
	SFAM_ERROR_REFUSED,	/* ECONNREFUSED: nobody listens there */
	/* No way there: ENETUNREACH, EHOSTUNREACH, EHOSTDOWN, ENETDOWN. */
	SFAM_ERROR_UNREACHABLE,
	/* The address cannot be had here: EADDRINUSE, EADDRNOTAVAIL. */
	SFAM_ERROR_ADDRESS,
	/* Not in this kernel: EAFNOSUPPORT, EPROTONOSUPPORT, ... */
	SFAM_ERROR_NO_FAMILY,
	SFAM_ERROR_NO_DEVICE,	/* ENODEV, ENXIO: no such interface */
	SFAM_ERROR_PERMISSION,	/* EPERM, EACCES */
	SFAM_ERROR_RESOURCES,	/* ENOMEM, ENOBUFS, EMFILE, ENFILE */
	/* A mistake of the caller's: EINVAL, EBADF, ENOTSOCK, EMSGSIZE ... */
	SFAM_ERROR_ARGUMENT,
	SFAM_ERROR_SYSTEM,	/* any other errno */
};

/* The class of what a function of this library returned. */
enum sfam_error sfam_error_class(int r);

/* EAI_... of netdb.h if r came from the resolver, or 0. */
int sfam_error_eai(int r);

/*
 * Words for what a function of this library returned, in the language of
 * the locale where libc has them. Returns the length without NUL; -ENOSPC:
 * size is too small (SFAM_ERROR_STRLEN always fits).
 */
#define SFAM_ERROR_STRLEN 128
ssize_t sfam_error_format(int r, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
