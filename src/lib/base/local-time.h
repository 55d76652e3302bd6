/* SPDX-License-Identifier: MIT */
#ifndef SFAM_BASE_LOCAL_TIME_H
#define SFAM_BASE_LOCAL_TIME_H

#include <time.h>

/* mktime(3): tm is made regular; -1 if it cannot be told. */
time_t sfam__time_of_local(struct tm *tm);
/* localtime_r(3): 0, or -EINVAL. */
int sfam__local_of_time(struct tm *ret, time_t t);

#endif
