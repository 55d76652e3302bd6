/* SPDX-License-Identifier: MIT */
#include "base/resolve.h"
#include "base/text.h"

#include <sockfam/error.h>

static const struct {
	int error;
	enum sfam_error class;
} classes[] = {
	{ ETIMEDOUT, SFAM_ERROR_TIMEOUT },
	{ EAGAIN, SFAM_ERROR_WOULD_BLOCK },
	{ EINPROGRESS, SFAM_ERROR_WOULD_BLOCK },
	{ EALREADY, SFAM_ERROR_WOULD_BLOCK },
	{ EPIPE, SFAM_ERROR_PEER_GONE },
	{ ECONNRESET, SFAM_ERROR_PEER_GONE },
	{ ECONNABORTED, SFAM_ERROR_PEER_GONE },
	{ ENODATA, SFAM_ERROR_PEER_GONE },
	{ ESHUTDOWN, SFAM_ERROR_PEER_GONE },
	{ ENOTCONN, SFAM_ERROR_PEER_GONE },
	{ ECONNREFUSED, SFAM_ERROR_REFUSED },
	{ ENETUNREACH, SFAM_ERROR_UNREACHABLE },
	{ EHOSTUNREACH, SFAM_ERROR_UNREACHABLE },
	{ EHOSTDOWN, SFAM_ERROR_UNREACHABLE },
	{ ENETDOWN, SFAM_ERROR_UNREACHABLE },
	{ EADDRINUSE, SFAM_ERROR_ADDRESS },
	{ EADDRNOTAVAIL, SFAM_ERROR_ADDRESS },
	{ EAFNOSUPPORT, SFAM_ERROR_NO_FAMILY },
	{ EPROTONOSUPPORT, SFAM_ERROR_NO_FAMILY },
	{ ESOCKTNOSUPPORT, SFAM_ERROR_NO_FAMILY },
	{ EPROTOTYPE, SFAM_ERROR_NO_FAMILY },
	{ ENODEV, SFAM_ERROR_NO_DEVICE },
	{ ENXIO, SFAM_ERROR_NO_DEVICE },
	{ EPERM, SFAM_ERROR_PERMISSION },
	{ EACCES, SFAM_ERROR_PERMISSION },
	{ ENOMEM, SFAM_ERROR_RESOURCES },
	{ ENOBUFS, SFAM_ERROR_RESOURCES },
	{ EMFILE, SFAM_ERROR_RESOURCES },
	{ ENFILE, SFAM_ERROR_RESOURCES },
	{ EINVAL, SFAM_ERROR_ARGUMENT },
	{ EBADF, SFAM_ERROR_ARGUMENT },
	{ ENOTSOCK, SFAM_ERROR_ARGUMENT },
	{ EFAULT, SFAM_ERROR_ARGUMENT },
	{ EOPNOTSUPP, SFAM_ERROR_ARGUMENT },
	{ EMSGSIZE, SFAM_ERROR_ARGUMENT },
	{ ENOSPC, SFAM_ERROR_ARGUMENT },
	{ E2BIG, SFAM_ERROR_ARGUMENT },
	{ EISCONN, SFAM_ERROR_ARGUMENT },
	{ EDESTADDRREQ, SFAM_ERROR_ARGUMENT },
	{ ENOPROTOOPT, SFAM_ERROR_ARGUMENT },
};

SFAM_PUBLIC int sfam_error_eai(int r)
{
	return r < -SFAM_ERROR_RESOLVER ? r + SFAM_ERROR_RESOLVER : 0;
}

SFAM_PUBLIC enum sfam_error sfam_error_class(int r)
{
	size_t i;

	if (r >= 0)
		return SFAM_ERROR_NONE;
	if (sfam_error_eai(r))
		return SFAM_ERROR_NAME;
	for (i = 0; i < SFAM_ARRAY_LEN(classes); i++)
		if (r == -classes[i].error)
			return classes[i].class;
	return SFAM_ERROR_SYSTEM;
}

/* libc's words for these are about something else than what we mean. */
static const char *own_words(int r)
{
	return r == -ETIMEDOUT ? "timed out" :
	       r == -ENODATA ? "the peer ended the stream" :
	       sfam_error_eai(r) == EAI_SERVICE ? "service not known" : NULL;
}

SFAM_PUBLIC ssize_t sfam_error_format(int r, char *buf, size_t size)
{
	struct sfam__out o = { buf, size, 0 };
	const char *words = own_words(r);
	char space[SFAM_ERROR_STRLEN];
	int eai = sfam_error_eai(r);

	if (eai && !words)
		words = sfam__sys_eai_words(eai);
	else if (!words)
		words = sfam__sys_errno_words(r < 0 ? -r : 0, space,
					      sizeof(space));
	sfam__out_str(&o, words);
	return sfam__out_finish(&o);
}
