/* SPDX-License-Identifier: MIT */
/* The resolver and the words of errors, as libc has them. */
#ifndef SFAM_BASE_RESOLVE_H
#define SFAM_BASE_RESOLVE_H

#include <netdb.h>

#include "base/common.h"

/*
 * getaddrinfo(3). host, service may be NULL. type is SOCK_STREAM or
 * SOCK_DGRAM. Returns 0, -errno or -(SFAM_ERROR_RESOLVER - EAI_...).
 */
int sfam__sys_getaddrinfo(const char *host, const char *service, int af,
			  int type, int flags, struct addrinfo **ret);
void sfam__sys_freeaddrinfo(struct addrinfo *list);

/* Of an EAI_... code; static storage. */
const char *sfam__sys_eai_words(int eai);
/* Of an errno; in buf or in static storage. */
const char *sfam__sys_errno_words(int error, char *buf, size_t size);

#endif
