/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <stdlib.h>
#include <unistd.h>

const char *sfam__sys_getenv(const char *name)
{
	return getenv(name);
}

void sfam__sys_unsetenv(const char *name)
{
	unsetenv(name);
}

pid_t sfam__sys_getpid(void)
{
	return getpid();
}
