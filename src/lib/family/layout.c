/* SPDX-License-Identifier: MIT */
/* Which bytes of a sockaddr are which field. */
#include "family/row.h"

/* A row's table of fields while it is walked, with the tail behind it. */
struct walk {
	const struct sfam_addr *addr;
	const struct sfam_addr_field *next;
	size_t base;		/* of the offsets in this table */
	bool in_tail;
};

static void go_to_tail(struct walk *w)
{
	const struct sfam_family *f = w->addr->family;

	if (w->in_tail || (w->next && w->next->name))
		return;
	w->in_tail = true;
	w->base = f->tail_at;
	w->next = f->tail ? f->tail(w->addr) : NULL;
}

/* The field that begins at this byte, or the padding up to the next. */
static struct sfam_addr_field field_at(struct walk *w, size_t at)
{
	struct sfam_addr_field field = { "(padding)", at, w->addr->len - at,
					 SFAM_FIELD_PADDING };

	go_to_tail(w);
	if (!w->next || !w->next->name)
		return field;
	if (w->base + w->next->offset > at) {
		field.size = w->base + w->next->offset - at;
	} else {
		field = *w->next++;
		field.offset += w->base;
	}
	if (field.size > w->addr->len - at)
		field.size = w->addr->len - at;
	return field;
}

SFAM_PUBLIC int sfam_addr_field(const struct sfam_addr *addr, size_t n,
				struct sfam_addr_field *ret)
{
	struct walk w = { addr, NULL, 0, false };
	struct sfam_addr_field field;
	size_t at;

	if (!addr->family || addr->len > sizeof(addr->storage))
		return -EINVAL;
	w.next = addr->family->fields;
	for (at = 0; at < addr->len; at += field.size) {
		field = field_at(&w, at);
		if (n-- == 0) {
			*ret = field;
			return 1;
		}
	}
	return 0;
}
