/* SPDX-License-Identifier: MIT */
/* Lists of filters: text, as few filters as it takes, and what passes. */
#include "base/text.h"
#include "can/filters-item.h"

#include <sockfam/bpf.h>
#include <sockfam/can.h>

struct list {
	struct sfam__scan s;
	struct sfam_can_filters f;
	size_t many_at;		/* the first item of several filters */
	size_t code_at;		/* the first that filters cannot express */
	bool has_many;
	bool has_code;
	bool has_shrunk;
	struct sfam__can_terms terms;
};

/* --------------------------------------------------------- few filters -- */

/* Does a let pass all that b does? */
static bool covers(const struct can_filter *a, const struct can_filter *b)
{
	return !((a->can_id | b->can_id) & SFAM__CAN_INVERSE) &&
	       (a->can_mask & ~b->can_mask) == 0 &&
	       ((a->can_id ^ b->can_id) & a->can_mask) == 0;
}

/* Makes one of two that differ in this bit of the id alone. */
static bool join_pair(struct can_filter *a, const struct can_filter *b,
		      uint32_t bit)
{
	if (((a->can_id | b->can_id) & SFAM__CAN_INVERSE) ||
	    a->can_mask != b->can_mask || (a->can_id ^ b->can_id) != bit)
		return false;
	a->can_mask &= ~bit;
	a->can_id &= ~bit;
	return true;
}

/* Has another filter taken what filter i lets pass? bit 0: without change. */
static bool is_taken(struct sfam_can_filters *f, size_t i, uint32_t bit)
{
	size_t k;

	for (k = 0; k < f->n; k++) {
		if (k == i)
			continue;
		if (bit ? join_pair(&f->filters[k], &f->filters[i], bit) :
			  covers(&f->filters[k], &f->filters[i]))
			return true;
	}
	return false;
}

static bool shrink_by(struct sfam_can_filters *f, uint32_t bit)
{
	const size_t n = f->n;
	size_t i;

	for (i = n; i-- > 0;) {
		if (!is_taken(f, i, bit))
			continue;
		f->n--;
		memmove(&f->filters[i], &f->filters[i + 1],
			(f->n - i) * sizeof(f->filters[0]));
	}
	return f->n < n;
}

/* From the lowest bit on, so that identifiers in a row make large blocks. */
static void shrink(struct sfam_can_filters *f)
{
	unsigned int bit;
	bool again;

	do {
		again = shrink_by(f, 0);
		for (bit = 0; bit < 32; bit++)
			again |= shrink_by(f, 1u << bit);
	} while (again);
}

/* ------------------------------------------------------------- items -- */

static int add(struct list *l, struct can_filter filter, size_t start)
{
	struct sfam_can_filters *f = &l->f;

	if (f->n == SFAM_CAN_FILTERS_MAX) {
		shrink(f);
		l->has_shrunk = true;
	}
	if (f->n == SFAM_CAN_FILTERS_MAX || (l->has_shrunk && f->is_joined))
		return sfam__scan_fail(&l->s, -E2BIG, start,
				       "512 filters at most");
	f->filters[f->n++] = sfam__can_filter_normal(filter);
	return 0;
}

/* #MASK or j, up to end. */
static int parse_other(struct list *l, size_t start, size_t end)
{
	struct can_filter filter;
	int r = sfam_can_filter_parse(&filter, &l->f.error_mask,
				      l->s.text + start, end - start,
				      l->s.diag);

	if (r < 0) {
		if (l->s.diag)
			l->s.diag->offset += start;
		return r;
	}
	l->s.pos = end;
	if (r == SFAM_CAN_FILTER_JOIN)
		l->f.is_joined = 1;
	return 0;
}

/* Both, unless they exclude each other. */
static bool merge(struct can_filter *f, const struct can_filter *must)
{
	if ((f->can_id ^ must->can_id) & f->can_mask & must->can_mask)
		return false;
	f->can_id = (f->can_id & f->can_mask) | must->can_id;
	f->can_mask |= must->can_mask;
	return true;
}

/*
 * Filters of an item: they let pass at least what it does, and no more if it
 * is exact. Inverse ones cannot be merged with another.
 */
static int add_filters(struct list *l, struct sfam__can_item *item,
		       size_t start)
{
	const bool is_inverse = item->has_ids &&
				(item->ids[0].can_id & SFAM__CAN_INVERSE);
	size_t i, n = 0;
	int r;

	if (is_inverse && item->must.can_mask)
		item->is_exact = item->has_ids = false;
	if (!item->has_ids) {
		item->n_ids = 1;
		item->ids[0] = (struct can_filter){ .can_id = 0 };
	}
	for (i = 0; i < item->n_ids; i++) {
		struct can_filter f = item->ids[i];

		if (item->must.can_mask && !merge(&f, &item->must))
			continue;
		/* The kernel looks at less of it than is said. */
		if (item->must.can_mask &&
		    sfam__can_filter_normal(f).can_mask != f.can_mask)
			item->is_exact = false;
		r = add(l, f, start);
		if (r < 0)
			return r;
		n++;
	}
	if (n == 0)
		return sfam__scan_fail(&l->s, -EINVAL, start,
				       "what some frame can be");
	if (n > 1 && !l->has_many) {
		l->has_many = true;
		l->many_at = start;
	}
	return 0;
}

static int parse_item(struct list *l, size_t end)
{
	const size_t start = l->s.pos;
	struct sfam__can_item item;
	int r;

	if (start < end && memchr("#jJ", l->s.text[start], 3))
		return parse_other(l, start, end);
	if (sfam__scan_word(&l->s, "err")) {
		l->f.error_mask = CAN_ERR_MASK;
		return 0;
	}
	r = sfam__can_item_parse(&l->s, end, &item, &l->terms);
	if (r == 0)
		r = add_filters(l, &item, start);
	if (r == 0 && !item.is_exact && !l->has_code) {
		l->has_code = true;
		l->code_at = start;
	}
	return r;
}

static int parse_items(struct list *l)
{
	const char *comma;
	size_t end;
	int r;

	do {
		comma = memchr(l->s.text + l->s.pos, ',',
			       l->s.len - l->s.pos);
		end = comma ? (size_t)(comma - l->s.text) : l->s.len;
		r = parse_item(l, end);
		if (r < 0)
			return r;
		if (l->s.pos != end)
			return sfam__scan_fail(&l->s, -EINVAL, l->s.pos,
					       "a comma or the end");
	} while (sfam__scan_skip(&l->s, ','));
	return 0;
}

/* The program, where filters do not say it all. */
static int put_code(struct list *l)
{
	ssize_t n;

	if (!l->has_code)
		return 0;
	if (l->f.is_joined)
		return sfam__scan_fail(&l->s, -EINVAL, l->code_at, "no "
				       "condition where there is a j: join "
				       "terms by +");
	n = sfam__can_terms_code(l->f.insns, SFAM_CAN_INSNS_MAX, &l->terms,
				 l->f.error_mask);
	if (n < 0)
		return sfam__scan_fail(&l->s, (int)n, l->code_at, "512 "
				       "instructions at most for a list with "
				       "such an item");
	l->f.n_insns = (size_t)n;
	return 0;
}

SFAM_PUBLIC int sfam_can_filters_parse(struct sfam_can_filters *ret,
				       const char *text, size_t text_len,
				       struct sfam_diag *diag)
{
	struct list l = { .s = { text, text_len, 0, diag } };
	int r = parse_items(&l);

	if (r < 0)
		return r;
	if (l.f.is_joined && l.has_shrunk)
		return sfam__scan_fail(&l.s, -E2BIG, 0, "512 filters at most "
				       "where there is a j");
	if (l.f.is_joined && l.has_many)
		return sfam__scan_fail(&l.s, -EINVAL, l.many_at, "a range of "
				       "one filter where there is a j, like "
				       "100-1FF");
	if (!l.f.is_joined)
		shrink(&l.f);
	r = put_code(&l);
	if (r == 0)
		*ret = l.f;
	return r;
}

/* ---------------------------------------------------------- in use -- */

SFAM_PUBLIC int sfam_can_filters_set(int fd,
				     const struct sfam_can_filters *filters)
{
	int r = 0;

	if (filters->n_insns > 0)
		r = sfam_bpf_attach(fd, filters->insns, filters->n_insns);
	if (r == 0 && filters->n > 0)
		r = sfam_can_set_filters(fd, filters->filters, filters->n);
	if (r == 0)
		r = sfam_can_set_error_mask(fd, filters->error_mask);
	if (r == 0 && filters->is_joined)
		r = sfam_can_set_options(fd, SFAM_CAN_OPT_JOIN, 0);
	return r;
}

SFAM_PUBLIC int sfam_can_filters_match(const struct sfam_can_filters *filters,
				       uint32_t can_id)
{
	const bool all = filters->is_joined != 0;
	struct can_filter f;
	size_t i;
	bool holds;

	if (can_id & CAN_ERR_FLAG)
		return (can_id & filters->error_mask & CAN_ERR_MASK) &&
		       !(all && filters->n > 1);
	for (i = 0; i < filters->n; i++) {
		f = sfam__can_filter_normal(filters->filters[i]);
		holds = (can_id & f.can_mask) ==
			(f.can_id & ~SFAM__CAN_INVERSE);
		if (f.can_id & SFAM__CAN_INVERSE)
			holds = !holds;
		if (holds != all)
			return holds;
	}
	return all || filters->n == 0;
}

SFAM_PUBLIC int sfam_can_filters_match_frame(
	const struct sfam_can_filters *filters, const void *frame, size_t size)
{
	const struct sfam_bpf_packet packet = {
		.data = frame, .len = size, .wire_len = size,
	};
	struct sfam_can_fields fields;
	uint32_t bytes = 0, can_id;
	int r = sfam_can_unpack(&fields, frame, size);

	if (r < 0)
		return r;
	memcpy(&can_id, frame, sizeof(can_id));
	if (filters->n_insns == 0)
		return sfam_can_filters_match(filters, can_id);
	r = sfam_bpf_run(filters->insns, filters->n_insns, &packet, &bytes);
	return r < 0 ? r : bytes > 0;
}
