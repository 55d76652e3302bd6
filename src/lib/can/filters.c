/* SPDX-License-Identifier: MIT */
/* Lists of filters: text, as few filters as it takes, and what passes. */
#include "base/text.h"
#include "can/filters.h"

#include <sockfam/can.h>

struct list {
	struct sfam__scan s;
	struct sfam_can_filters f;
	size_t many_at;		/* the first item of several filters */
	bool has_many;
	bool has_shrunk;
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

/* An identifier with CAN_EFF_FLAG, if it has 8 digits. */
static int scan_id(struct list *l, uint32_t *ret)
{
	static const char expected[] = "an identifier: 3 hex digits up to "
				       "7FF, or 8 up to 1FFFFFFF";
	const size_t start = l->s.pos;
	const size_t n = sfam__scan_hex_run(&l->s);
	uint32_t id = 0;

	if (n >= 1 && n <= 8)
		sfam__scan_hex(&l->s, n, &id, expected);
	if (n == 0 || (n > 3 && n != 8) ||
	    id > (n == 8 ? CAN_EFF_MASK : CAN_SFF_MASK))
		return sfam__scan_fail(&l->s, -EINVAL, start, expected);
	*ret = n == 8 ? id | CAN_EFF_FLAG : id;
	return 0;
}

/* Aligned blocks from first to last, each as large as can be. */
static int add_range(struct list *l, uint32_t first, uint32_t last,
		     size_t start)
{
	const uint32_t all = first & CAN_EFF_FLAG ? CAN_EFF_MASK :
						    CAN_SFF_MASK;
	const size_t n = l->f.n;
	uint32_t size;
	int r;

	while (first <= last) {
		size = 1;
		while (!(first & size) && size <= all &&
		       first + (2 * size - 1) <= last)
			size *= 2;
		r = add(l, (struct can_filter){
			.can_id = first,
			.can_mask = (all & ~(size - 1)) | CAN_EFF_FLAG,
		}, start);
		if (r < 0)
			return r;
		first += size;
	}
	if (l->f.n > n + 1 && !l->has_many) {
		l->has_many = true;
		l->many_at = start;
	}
	return 0;
}

/* ID or ID-ID. */
static int parse_ids(struct list *l, size_t start)
{
	uint32_t first, last;
	size_t second;
	int r;

	r = scan_id(l, &first);
	if (r < 0)
		return r;
	last = first;
	if (sfam__scan_skip(&l->s, '-')) {
		second = l->s.pos;
		r = scan_id(l, &last);
		if (r < 0)
			return r;
		if (last < first || ((first ^ last) & CAN_EFF_FLAG))
			return sfam__scan_fail(&l->s, -EINVAL, second,
					       "an identifier of the same "
					       "kind, not below the first");
	}
	if (!sfam__scan_end(&l->s) && !sfam__scan_is(&l->s, ','))
		return sfam__scan_fail(&l->s, -EINVAL, l->s.pos,
				       "a comma or the end");
	return add_range(l, first, last, start);
}

/* One of candump's items, up to end. */
static int parse_candump(struct list *l, size_t start, size_t end)
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
	return r == SFAM_CAN_FILTER_ID ? add(l, filter, start) : 0;
}

static int parse_item(struct list *l, size_t end)
{
	static const struct sfam__name classes[] = {
		{ "std", 0 }, { "ext", CAN_EFF_FLAG }, { "rtr", CAN_RTR_FLAG },
		{ NULL, 0 },
	};
	const size_t start = l->s.pos;
	const char *text = l->s.text + start;
	const size_t n = sfam__scan_hex_run(&l->s);
	size_t i;

	for (i = 0; classes[i].name; i++) {
		if (sfam__scan_word(&l->s, classes[i].name))
			return add(l, (struct can_filter){
				.can_id = classes[i].value,
				.can_mask = classes[i].value ?
					    classes[i].value : CAN_EFF_FLAG,
			}, start);
	}
	if (start + n == end || (n > 0 && text[n] == '-'))
		if (n > 0)
			return parse_ids(l, start);
	if (n == 0 && (start == end || !memchr("#jJ", *text, 3)))
		return sfam__scan_fail(&l->s, -EINVAL, start, "ID, ID-ID, "
				       "ID:MASK, ID~MASK, #MASK, std, ext, "
				       "rtr or j");
	return parse_candump(l, start, end);
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
	*ret = l.f;
	return 0;
}

/* ---------------------------------------------------------- in use -- */

SFAM_PUBLIC int sfam_can_filters_set(int fd,
				     const struct sfam_can_filters *filters)
{
	int r = 0;

	if (filters->n > 0)
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
