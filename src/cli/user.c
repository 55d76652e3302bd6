/* SPDX-License-Identifier: MIT */
/* Root that becomes somebody else, for good. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "cli.h"

int cli_become(const char *name)
{
	const struct passwd *user;

	errno = 0;
	user = getpwnam(name);
	if (!user)
		return errno ? cli_bad_call(name, -errno) :
			       cli_error("%s: no such user", name);
	if (initgroups(name, user->pw_gid) < 0 || setgid(user->pw_gid) < 0 ||
	    setuid(user->pw_uid) < 0)
		return cli_bad_call(name, -errno);
	if (user->pw_uid && setuid(0) == 0)
		return cli_error("%s: it can become root again", name);
	return CLI_OK;
}
