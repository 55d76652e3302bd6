/* SPDX-License-Identifier: MIT */
/* sd_listen_fds(3)'s protocol, from both sides. */
#include <fcntl.h>

#include "base/sys.h"
#include "base/text.h"

#include <sockfam/handover.h>

static const char *const variables[] = {
	"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
	"LISTEN_PIDFDID",	/* systemd 258 */
};

/* ------------------------------------------------------------- read -- */

/* -ENOENT: not set. */
static int read_number(const char *variable, uint32_t *ret)
{
	const char *text = sfam__sys_getenv(variable);
	struct sfam__scan s = { .text = text };

	if (!text)
		return -ENOENT;
	s.len = strlen(text);
	if (sfam__scan_u32(&s, INT32_MAX, ret, "a number") < 0 ||
	    !sfam__scan_end(&s))
		return -EINVAL;
	return 0;
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
	uint32_t pid = 0, n = 0;
	ssize_t r = read_number("LISTEN_PID", &pid);

	if (r == 0 && pid != (uint32_t)sfam__sys_getpid())
		return 0;
	if (r == 0)
		r = read_number("LISTEN_FDS", &n);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = shut_on_exec(n);
	if (r == 0 && ret_names)
		r = write_names(n, ret_names, size);
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
		for (i = 0; i < SFAM_ARRAY_LEN(variables); i++)
			sfam__sys_unsetenv(variables[i]);
	return r;
}

/* ---------------------------------------------------------- prepare -- */

#define PID "LISTEN_PID="
#define PID_DIGITS 10

/* Is entry `NAME=...`? */
static bool is_variable(const char *entry, const char *name)
{
	size_t len = strlen(name);

	return strnlen(entry, len + 1) > len &&
	       memcmp(entry, name, len) == 0 && entry[len] == '=';
}

static bool is_ours(const char *entry)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(variables); i++)
		if (is_variable(entry, variables[i]))
			return true;
	return false;
}

SFAM_PUBLIC int sfam_listen_env(char *const *env, const char *names,
				size_t n_fds, char **ret_env, size_t max,
				char *buf, size_t size)
{
	struct sfam__out o = { .buf = buf, .size = size };
	size_t n = 0, fds_at, names_at;

	if (sfam_fdnames_check(names, n_fds) < 0)
		return -EINVAL;
	sfam__out_str(&o, PID "0000000000");
	sfam__out_char(&o, '\0');
	fds_at = o.len;
	sfam__out_str(&o, "LISTEN_FDS=");
	sfam__out_dec(&o, n_fds);
	sfam__out_char(&o, '\0');
	names_at = o.len;
	sfam__out_str(&o, "LISTEN_FDNAMES=");
	sfam__out_str(&o, names);
	if (sfam__out_finish(&o) < 0)
		return -ENOSPC;
	for (; env && *env; env++) {
		if (is_ours(*env))
			continue;
		if (n == max)
			return -ENOSPC;
		ret_env[n++] = *env;
	}
	if (max - n < 4)
		return -ENOSPC;
	ret_env[n++] = buf;
	ret_env[n++] = buf + fds_at;
	ret_env[n++] = buf + names_at;
	ret_env[n] = NULL;
	return 0;
}

/* In place, without zeros before it: others parse it, not all the same. */
static int write_pid(char **env)
{
	char digits[PID_DIGITS + 1];
	struct sfam__out o = { .buf = digits, .size = sizeof(digits) };

	while (*env && !is_variable(*env, "LISTEN_PID"))
		env++;
	if (!*env || strlen(*env) != strlen(PID) + PID_DIGITS)
		return -EINVAL;
	sfam__out_dec(&o, (uint64_t)sfam__sys_getpid());
	sfam__out_finish(&o);
	memcpy(*env + strlen(PID), digits, o.len + 1);
	return 0;
}

/* Out of the way of those that have yet to come to their places. */
static int lift(int *fds, size_t n_fds)
{
	int above = SFAM_LISTEN_FDS_START + (int)n_fds;
	size_t i;
	int fd;

	for (i = 0; i < n_fds; i++) {
		if (fds[i] >= above ||
		    fds[i] == SFAM_LISTEN_FDS_START + (int)i)
			continue;
		fd = sfam__sys_fcntl(fds[i], F_DUPFD_CLOEXEC, above);
		if (fd < 0)
			return fd == -EINVAL ? -EMFILE : fd;
		fds[i] = fd;
	}
	return 0;
}

SFAM_PUBLIC int sfam_listen_place(char **env, int *fds, size_t n_fds)
{
	int r = lift(fds, n_fds);
	size_t i;
	int to;

	for (i = 0; r == 0 && i < n_fds; i++) {
		to = SFAM_LISTEN_FDS_START + (int)i;
		r = fds[i] == to ? sfam__sys_clear_cloexec(to) :
				   sfam__sys_dup_to(fds[i], to);
		if (r == 0)
			fds[i] = to;
	}
	return r < 0 ? r : write_pid(env);
}
