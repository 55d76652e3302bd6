/* SPDX-License-Identifier: MIT */
/* The sending side of sd_listen_fds(3)'s protocol: the environment. */
#include "base/text.h"
#include "socket/listen.h"

#include <sockfam/handover.h>

#define PID "LISTEN_PID="
#define PID_DIGITS 10
#define PIDFDID "LISTEN_PIDFDID="
#define PIDFDID_DIGITS 20

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

	for (i = 0; i < SFAM__LISTEN_VARIABLES; i++)
		if (is_variable(entry, sfam__listen_variables[i]))
			return true;
	return false;
}

/* Begins the next string; where it begins. */
static size_t next_string(struct sfam__out *o, const char *start)
{
	size_t at;

	if (o->len)
		sfam__out_char(o, '\0');
	at = o->len;
	sfam__out_str(o, start);
	return at;
}

SFAM_PUBLIC int sfam_listen_env(char *const *env, const char *names,
				size_t n_fds, char **ret_env, size_t max,
				char *buf, size_t size)
{
	struct sfam__out o = { .buf = buf, .size = size };
	size_t at[4], n = 0, i;

	if (sfam_fdnames_check(names, n_fds) < 0)
		return -EINVAL;
	at[0] = next_string(&o, PID "0000000000");
	at[1] = next_string(&o, "LISTEN_FDS=");
	sfam__out_dec(&o, n_fds);
	at[2] = next_string(&o, "LISTEN_FDNAMES=");
	sfam__out_str(&o, names);
	at[3] = next_string(&o, PIDFDID "00000000000000000000");
	if (sfam__out_finish(&o) < 0)
		return -ENOSPC;
	for (; env && *env; env++) {
		if (is_ours(*env))
			continue;
		if (n == max)
			return -ENOSPC;
		ret_env[n++] = *env;
	}
	if (max - n < SFAM_ARRAY_LEN(at) + 1)
		return -ENOSPC;
	for (i = 0; i < SFAM_ARRAY_LEN(at); i++)
		ret_env[n++] = buf + at[i];
	ret_env[n] = NULL;
	return 0;
}

/* ---------------------------------------------- in the child, no heap -- */

static char **find_variable(char **env, const char *name)
{
	while (*env && !is_variable(*env, name))
		env++;
	return env;
}

/* In place, without zeros before it: others parse it, not all the same. */
static int write_number(char *entry, const char *start, size_t n_digits,
			uint64_t number)
{
	char digits[PIDFDID_DIGITS + 1];
	struct sfam__out o = { .buf = digits, .size = sizeof(digits) };

	if (!entry || strlen(entry) != strlen(start) + n_digits)
		return -EINVAL;
	sfam__out_dec(&o, number);
	sfam__out_finish(&o);
	memcpy(entry + strlen(start), digits, o.len + 1);
	return 0;
}

static void remove_entry(char **at)
{
	for (; *at; at++)
		at[0] = at[1];
}

int sfam__listen_write_ids(char **env)
{
	char **at = find_variable(env, "LISTEN_PIDFDID");
	uint64_t id;
	int r;

	r = write_number(*find_variable(env, "LISTEN_PID"), PID, PID_DIGITS,
			 (uint64_t)sfam__sys_getpid());
	if (r < 0)
		return r;
	if (sfam__sys_process_id(&id) == 0)
		return write_number(*at, PIDFDID, PIDFDID_DIGITS, id);
	remove_entry(at);
	return 0;
}
