/* SPDX-License-Identifier: MIT */
/* Local time: libc reads the rules of TZ from files. */
#include "base/local-time.h"

#include <errno.h>

time_t sfam__time_of_local(struct tm *tm)
{
	return mktime(tm);
}

int sfam__local_of_time(struct tm *ret, time_t t)
{
	return localtime_r(&t, ret) ? 0 : -EINVAL;
}
