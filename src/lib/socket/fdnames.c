/* SPDX-License-Identifier: MIT */
#include "base/common.h"

#include <sockfam/handover.h>

/* To the colon after a name, or the end. */
static size_t name_len(const char *name)
{
	size_t len = strlen(name);
	const char *colon = memchr(name, ':', len);

	return colon ? (size_t)(colon - name) : len;
}

static bool is_good(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (name[i] < ' ' || name[i] > '~')
			return false;
	return len <= SFAM_FDNAME_MAX;
}

/* The name after this one, or NULL. */
static const char *next_name(const char *name)
{
	name += name_len(name);
	return *name ? name + 1 : NULL;
}

SFAM_PUBLIC int sfam_fdnames_check(const char *names, size_t n_fds)
{
	size_t n = 0;

	if (n_fds == 0)
		return *names ? -EINVAL : 0;
	for (; names; names = next_name(names), n++)
		if (!is_good(names, name_len(names)))
			return -EINVAL;
	return n == n_fds ? 0 : -EINVAL;
}

static const char *name_at(const char *names, size_t i)
{
	while (names && i--)
		names = next_name(names);
	return names;
}

SFAM_PUBLIC ssize_t sfam_fdnames_get(const char *names, size_t i, char *buf,
				     size_t size)
{
	const char *name = name_at(names, i);
	size_t len;

	if (!name)
		return -ENOENT;
	len = name_len(name);
	if (len >= size)
		return -ENOSPC;
	memcpy(buf, name, len);
	buf[len] = '\0';
	return (ssize_t)len;
}

SFAM_PUBLIC ssize_t sfam_fdnames_find(const char *names, const char *name,
				      size_t i)
{
	const char *at = name_at(names, i);
	size_t len = strlen(name);

	for (; at; at = next_name(at), i++)
		if (name_len(at) == len && memcmp(at, name, len) == 0)
			return (ssize_t)i;
	return -ENOENT;
}
