/* SPDX-License-Identifier: MIT */
#include <limits.h>

#include "base/sys.h"

#include <sockfam/interface.h>

#define TRIES 10

struct list {
	struct sfam_interface *list;
	size_t room;
	size_t n;
};

SFAM_PUBLIC int sfam_interface_index(const char *name, unsigned int *ret_index)
{
	int index;
	int r = *name ? sfam__sys_ifindex(name, &index) : -ENODEV;

	if (r == 0)
		*ret_index = (unsigned int)index;
	return r;
}

SFAM_PUBLIC int sfam_interface_name(unsigned int index, char *ret_name)
{
	return index > INT_MAX ? -ENODEV :
	       sfam__sys_ifname((int)index, ret_name);
}

static void add(void *arg, int index, const char *name)
{
	struct list *l = arg;
	struct sfam_interface *i;

	if (l->n++ >= l->room)
		return;
	i = &l->list[l->n - 1];
	i->index = (unsigned int)index;
	memset(i->name, 0, sizeof(i->name));
	memcpy(i->name, name, strnlen(name, sizeof(i->name) - 1));
}

SFAM_PUBLIC int sfam_interface_list(struct sfam_interface *list, size_t n,
				    size_t *ret_n)
{
	struct list l = { list, n, 0 };
	int tries = TRIES;
	int r;

	do {
		l.n = 0;
		r = sfam__sys_links(add, &l);
	} while (r == -EAGAIN && --tries);
	if (r < 0)
		return r;
	*ret_n = l.n;
	return l.n > n ? -ENOSPC : 0;
}
