/* SPDX-License-Identifier: MIT */
/* The receiving side of sd_listen_fds(3)'s protocol. */
#include <fcntl.h>

#include "base/text.h"
#include "socket/listen.h"

#include <sockfam/handover.h>

const char *const sfam__listen_variables[SFAM__LISTEN_VARIABLES] = {
	"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
	"LISTEN_PIDFDID",	/* systemd 258 */
};

/* -ENOENT: not set. */
static int read_number(const char *variable, uint64_t max, uint64_t *ret)
{
	const char *text = sfam__sys_getenv(variable);
	struct sfam__scan s = { .text = text };

	if (!text)
		return -ENOENT;
	s.len = strlen(text);
	if (sfam__scan_uint(&s, max, ret, "a number") < 0 ||
	    !sfam__scan_end(&s))
		return -EINVAL;
	return 0;
}

/*
 * Pids come again, these numbers never; who can tell none believes the pid.
 * A 32-bit kernel gives the lower half of them (fs/pidfs.c).
 */
static int is_this_process(bool *ret)
{
	uint64_t want = 0, is;
	int r = read_number("LISTEN_PID", INT32_MAX, &want);

	*ret = want == (uint64_t)sfam__sys_getpid();
	if (r < 0 || !*ret)
		return r;
	r = read_number("LISTEN_PIDFDID", UINT64_MAX, &want);
	if (r == 0 && sfam__sys_process_id(&is) == 0)
		*ret = (unsigned long)want == (unsigned long)is;
	return r == -ENOENT ? 0 : r;
}

static ssize_t write_names(size_t n_fds, char *buf, size_t size)
{
	const char *names = sfam__sys_getenv("LISTEN_FDNAMES");
	struct sfam__out o = { .buf = buf, .size = size };
	size_t i;

	if (names && sfam_fdnames_check(names, n_fds) < 0)
		return -EINVAL;
	for (i = 0; !names && i < n_fds; i++)
		sfam__out_str(&o, i ? ":unknown" : "unknown");
	if (names)
		sfam__out_str(&o, names);
	return sfam__out_finish(&o);
}

/* Nobody's children shall inherit them by accident. */
static int shut_on_exec(size_t n_fds)
{
	int fd = SFAM_LISTEN_FDS_START;
	int r;

	for (; n_fds; n_fds--, fd++) {
		r = sfam__sys_fcntl(fd, F_SETFD, FD_CLOEXEC);
		if (r < 0)
			return r;
	}
	return 0;
}

static ssize_t read_env(char *ret_names, size_t size)
{
	bool is_this = false;
	uint64_t n = 0;
	ssize_t r = is_this_process(&is_this);

	if (r == 0 && !is_this)
		return 0;
	if (r == 0)
		r = read_number("LISTEN_FDS", INT32_MAX, &n);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = shut_on_exec((size_t)n);
	if (r == 0 && ret_names)
		r = write_names((size_t)n, ret_names, size);
	return r < 0 ? r : (ssize_t)n;
}

SFAM_PUBLIC ssize_t sfam_listen_fds(uint32_t flags, char *ret_names,
				    size_t size)
{
	ssize_t r;
	size_t i;

	if (flags & ~SFAM_LISTEN_UNSET_ENV)
		return -EINVAL;
	r = read_env(ret_names, size);
	if (flags & SFAM_LISTEN_UNSET_ENV)
		for (i = 0; i < SFAM__LISTEN_VARIABLES; i++)
			sfam__sys_unsetenv(sfam__listen_variables[i]);
	return r;
}
