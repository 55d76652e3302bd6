/* SPDX-License-Identifier: MIT */
/*
 * How control data lies in memory: what a reader on the hot path shares
 * with the one for everybody.
 */
#ifndef SFAM_SOCKET_CMSG_LAYOUT_H
#define SFAM_SOCKET_CMSG_LAYOUT_H

#include <sys/socket.h>

#include "base/common.h"

#define SFAM__NS_PER_S INT64_C(1000000000)

/* What the _NEW and the _OLD time stamp options deliver. */
struct sfam__time_new {
	int64_t sec;
	int64_t fraction;	/* ns, or us of SO_TIMESTAMP */
};

struct sfam__time_old {
	long sec;
	long fraction;
};

/* Unsigned: bytes that the kernel did not write may overflow. */
static inline int64_t sfam__time_ns(int64_t sec, int64_t fraction,
				    int64_t unit_ns)
{
	return (int64_t)((uint64_t)sec * (uint64_t)SFAM__NS_PER_S +
			 (uint64_t)fraction * (uint64_t)unit_ns);
}

/* Control data is aligned for long only, and 64-bit times on i386 are not. */
static inline int64_t sfam__time_new_ns(const unsigned char *data,
					int64_t unit_ns)
{
	struct sfam__time_new t;

	memcpy(&t, data, sizeof(t));
	return sfam__time_ns(t.sec, t.fraction, unit_ns);
}

static inline int64_t sfam__time_old_ns(const unsigned char *data,
					int64_t unit_ns)
{
	struct sfam__time_old t;

	memcpy(&t, data, sizeof(t));
	return sfam__time_ns(t.sec, t.fraction, unit_ns);
}

/*
 * The item at *p, of which *ret_len data bytes are inside; *p and *left go
 * on behind it. NULL at the end, and where a length cannot be: *left is 0
 * only in the first case. Cheaper than CMSG_NXTHDR, and safe for what the
 * kernel did not write.
 */
static inline const struct cmsghdr *
sfam__cmsg_step(const unsigned char **p, size_t *left, size_t *ret_len)
{
	const struct cmsghdr *cmsg = (const void *)*p;
	size_t len;

	if (*left < sizeof(*cmsg)) {
		*left = 0;
		return NULL;
	}
	len = cmsg->cmsg_len;
	if (len < sizeof(*cmsg))
		return NULL;
	if (len >= *left)
		len = *left;
	*ret_len = len - sizeof(*cmsg);
	len = CMSG_ALIGN(len);
	if (len > *left)
		len = *left;
	*p += len;
	*left -= len;
	return cmsg;
}

#endif
