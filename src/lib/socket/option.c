/* SPDX-License-Identifier: MIT */
#include <limits.h>

#include "base/sys.h"

#include <sockfam/option.h>

#define NS_PER_S 1000000000

/* Of SO_..._NEW, which there is since Linux 5.1 whatever time_t is. */
struct timeval_new {
	int64_t sec;
	int64_t usec;
};

static int get_exactly(int fd, int level, int name, void *value, size_t size)
{
	socklen_t len = (socklen_t)size;
	int r = sfam__sys_getsockopt(fd, level, name, value, &len);

	return r < 0 ? r : len == size ? 0 : -EMSGSIZE;
}

SFAM_PUBLIC int sfam_option_get_int(int fd, int level, int name, int *ret)
{
	int value;
	int r = get_exactly(fd, level, name, &value, sizeof(value));

	if (r == 0)
		*ret = value;
	return r;
}

SFAM_PUBLIC int sfam_option_set_int(int fd, int level, int name, int value)
{
	return sfam__sys_setsockopt(fd, level, name, &value, sizeof(value));
}

SFAM_PUBLIC int sfam_option_get_wide(int fd, int level, int name,
				     uint64_t *ret)
{
	uint64_t value;
	int r = get_exactly(fd, level, name, &value, sizeof(value));

	if (r == 0)
		*ret = value;
	return r;
}

SFAM_PUBLIC int sfam_option_set_wide(int fd, int level, int name,
				     uint64_t value)
{
	return sfam__sys_setsockopt(fd, level, name, &value, sizeof(value));
}

/* ----------------------------------------------------------- timeout -- */

/* What the caller's headers call it depends on their time_t. */
static int timeout_name(int name)
{
	switch (name) {
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
		return SO_RCVTIMEO_NEW;
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		return SO_SNDTIMEO_NEW;
	default:
		return -ENOPROTOOPT;
	}
}

SFAM_PUBLIC int sfam_option_get_timeout(int fd, int name, int64_t *ret_ns)
{
	struct timeval_new tv;
	int r = timeout_name(name);

	if (r > 0)
		r = get_exactly(fd, SOL_SOCKET, r, &tv, sizeof(tv));
	if (r < 0)
		return r;
	if (tv.sec == 0 && tv.usec == 0)
		*ret_ns = SFAM_FOREVER;
	else
		*ret_ns = tv.sec * NS_PER_S + tv.usec * 1000;
	return 0;
}

SFAM_PUBLIC int sfam_option_set_timeout(int fd, int name, int64_t ns)
{
	struct timeval_new tv = { 0, 0 };
	int r = timeout_name(name);

	if (r < 0)
		return r;
	if (ns == 0)
		return -EINVAL;
	if (ns > 0) {
		tv.sec = ns / NS_PER_S;
		tv.usec = (ns % NS_PER_S + 999) / 1000;
		if (tv.usec == 1000000) {
			tv.sec++;
			tv.usec = 0;
		}
	}
	return sfam__sys_setsockopt(fd, SOL_SOCKET, r, &tv, sizeof(tv));
}

/* ------------------------------------------------------------ linger -- */

SFAM_PUBLIC int sfam_option_get_linger(int fd, int *ret_seconds)
{
	struct linger l;
	int r = get_exactly(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));

	if (r == 0)
		*ret_seconds = l.l_onoff ? l.l_linger : -1;
	return r;
}

SFAM_PUBLIC int sfam_option_set_linger(int fd, int seconds)
{
	const struct linger l = { seconds >= 0, seconds >= 0 ? seconds : 0 };

	return sfam__sys_setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

/* ------------------------------------------------------------- bytes -- */

SFAM_PUBLIC ssize_t sfam_option_get(int fd, int level, int name, void *buf,
				    size_t size)
{
	socklen_t len = (socklen_t)size;
	int r;

	if (size > INT_MAX)
		return -EINVAL;
	r = sfam__sys_getsockopt(fd, level, name, buf, &len);
	if (r < 0)
		return r;
	return len > size ? -ENOSPC : (ssize_t)len;
}

SFAM_PUBLIC int sfam_option_set(int fd, int level, int name, const void *buf,
				size_t len)
{
	return len > INT_MAX ? -EINVAL :
	       sfam__sys_setsockopt(fd, level, name, buf, (socklen_t)len);
}
