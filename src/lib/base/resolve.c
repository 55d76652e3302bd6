/* SPDX-License-Identifier: MIT */
#include "base/resolve.h"

#include <sockfam/error.h>

static int from_eai(int eai, int error)
{
	if (eai == EAI_SYSTEM)
		return error ? -error : -EIO;
	if (eai == EAI_MEMORY)
		return -ENOMEM;
	return eai - SFAM_ERROR_RESOLVER;
}

int sfam__sys_getaddrinfo(const char *host, const char *service, int af,
			  int type, int flags, struct addrinfo **ret)
{
	const struct addrinfo hints = {
		.ai_flags = flags,
		.ai_family = af,
		.ai_socktype = type,
	};
	int r;

	errno = 0;
	r = getaddrinfo(host, service, &hints, ret);
	return r ? from_eai(r, errno) : 0;
}

void sfam__sys_freeaddrinfo(struct addrinfo *list)
{
	freeaddrinfo(list);
}

const char *sfam__sys_eai_words(int eai)
{
	return gai_strerror(eai);
}

const char *sfam__sys_errno_words(int error, char *buf, size_t size)
{
	return strerror_r(error, buf, size);
}
