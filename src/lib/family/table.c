/* SPDX-License-Identifier: MIT */
#include "base/sys.h"
#include "family/row.h"

#include <sockfam/family.h>

static const struct sfam_family *const table[] = {
#define SFAM_FAMILY(id) &sfam__family_##id,
#include "families.def"
#undef SFAM_FAMILY
};

SFAM_PUBLIC const struct sfam_family *
sfam_family_next(const struct sfam_family *prev)
{
	size_t i = 0;

	if (prev) {
		while (i < SFAM_ARRAY_LEN(table) && table[i] != prev)
			i++;
		i++;
	}
	return i < SFAM_ARRAY_LEN(table) ? table[i] : NULL;
}

SFAM_PUBLIC const struct sfam_family *sfam_family_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(table); i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}

#define NOT_ASKED (-1)

/* Most rows need not know the protocol: a question less. */
static int row_serves(const struct sfam_family *f, int fd, int af, int type,
		      int *protocol)
{
	int r = 0;

	if (f->af != af || !(f->types & 1u << type))
		return 0;
	if (!(f->flags & SFAM_ROW_BY_PROTOCOL))
		return 1;
	if (*protocol == NOT_ASKED)
		r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_PROTOCOL,
					     protocol);
	if (r < 0)
		return r;
	return *protocol || !f->is_fd ? f->protocol == *protocol :
					f->is_fd(fd);
}

int sfam__family_of_type(const struct sfam_family **ret, int fd, int type)
{
	int protocol = NOT_ASKED;
	size_t i;
	int af;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_DOMAIN, &af);

	for (i = 0; r == 0 && i < SFAM_ARRAY_LEN(table); i++) {
		r = row_serves(table[i], fd, af, type, &protocol);
		if (r > 0)
			*ret = table[i];
	}
	if (r > 0)
		return 0;
	return r < 0 ? r : -EAFNOSUPPORT;
}

SFAM_PUBLIC int sfam_family_by_fd(const struct sfam_family **ret, int fd)
{
	int type;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);

	return r < 0 ? r : sfam__family_of_type(ret, fd, type);
}

SFAM_PUBLIC const char *sfam_family_name(const struct sfam_family *f)
{
	return f->name;
}

SFAM_PUBLIC const char *sfam_family_syntax(const struct sfam_family *f)
{
	return f->syntax;
}

SFAM_PUBLIC int sfam_family_af(const struct sfam_family *f)
{
	return f->af;
}

SFAM_PUBLIC int sfam_family_type(const struct sfam_family *f)
{
	return f->type;
}

SFAM_PUBLIC int sfam_family_protocol(const struct sfam_family *f)
{
	return f->protocol;
}

SFAM_PUBLIC uint32_t sfam_family_traits(const struct sfam_family *f)
{
	return f->traits;
}

SFAM_PUBLIC const char *sfam_family_config(const struct sfam_family *f)
{
	return f->config;
}

SFAM_PUBLIC const char *sfam_family_module(const struct sfam_family *f)
{
	return f->module;
}

SFAM_PUBLIC const char *sfam_family_since(const struct sfam_family *f)
{
	return f->since;
}
