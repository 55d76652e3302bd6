/* SPDX-License-Identifier: MIT */
/* Items of lists of filters: identifiers, classes, and conditions on data. */
#include "can/filters-item.h"

#include <sockfam/can.h>

struct parser {
	struct sfam__scan *s;
	size_t end;		/* of the item */
	struct sfam__can_item *item;
	struct sfam__can_terms *terms;
	bool is_negated;	/* the term at hand */
	size_t start;		/* of it */
};

static int fail(const struct parser *p, size_t at, const char *expected)
{
	return sfam__scan_fail(p->s, -EINVAL, at, expected);
}

static void add_term(struct parser *p, struct sfam__can_term term)
{
	struct sfam__can_terms *t = p->terms;

	if (t->n == SFAM__TERMS_MAX) {
		t->is_full = true;
		return;
	}
	term.is_negated = p->is_negated;
	t->terms[t->n++] = term;
}

/* A term of filters, of which one must hold. */
static void add_ids(struct parser *p, const struct can_filter *filters,
		    size_t n)
{
	struct sfam__can_terms *t = p->terms;
	const size_t first = t->n_ids;
	size_t i;

	if (n > SFAM_CAN_FILTERS_MAX - first) {
		t->is_full = true;
		return;
	}
	for (i = 0; i < n; i++)
		t->ids[t->n_ids++] = sfam__can_filter_normal(filters[i]);
	add_term(p, (struct sfam__can_term){
		.kind = SFAM__TERM_IDS,
		.low = (uint16_t)first,
		.high = (uint16_t)t->n_ids,
	});
}

/* --------------------------------------------------------- identifiers -- */

/* An identifier with CAN_EFF_FLAG, if it has 8 digits. */
static int scan_id(struct sfam__scan *s, uint32_t *ret)
{
	static const char expected[] = "an identifier: 3 hex digits up to "
				       "7FF, or 8 up to 1FFFFFFF";
	const size_t start = s->pos;
	const size_t n = sfam__scan_hex_run(s);
	uint32_t id = 0;

	if (n >= 1 && n <= 8)
		sfam__scan_hex(s, n, &id, expected);
	if (n == 0 || (n > 3 && n != 8) ||
	    id > (n == 8 ? CAN_EFF_MASK : CAN_SFF_MASK))
		return sfam__scan_fail(s, -EINVAL, start, expected);
	*ret = n == 8 ? id | CAN_EFF_FLAG : id;
	return 0;
}

/* Aligned blocks from first to last, each as large as can be. */
static size_t put_range(struct can_filter *to, uint32_t first, uint32_t last)
{
	const uint32_t all = first & CAN_EFF_FLAG ? CAN_EFF_MASK :
						    CAN_SFF_MASK;
	uint32_t size;
	size_t n = 0;

	while (first <= last) {
		size = 1;
		while (!(first & size) && size <= all &&
		       first + (2 * size - 1) <= last)
			size *= 2;
		to[n++] = (struct can_filter){
			.can_id = first,
			.can_mask = (all & ~(size - 1)) | CAN_EFF_FLAG,
		};
		first += size;
	}
	return n;
}

/* All but those from first to last. */
static size_t put_others(struct can_filter *to, uint32_t first, uint32_t last)
{
	const uint32_t kind = first & CAN_EFF_FLAG;
	const uint32_t max = kind | (kind ? CAN_EFF_MASK : CAN_SFF_MASK);
	size_t n = 0;

	if (first > kind)
		n += put_range(to, kind, first - 1);
	if (last < max)
		n += put_range(to + n, last + 1, max);
	to[n++] = (struct can_filter){
		.can_id = kind ^ CAN_EFF_FLAG, .can_mask = CAN_EFF_FLAG,
	};
	return n;
}

/*
 * The first identifiers of an item are what filters can say of it. Others
 * beside them only leave out.
 */
static int take_ids(struct parser *p, const struct can_filter *filters,
		    size_t n, uint32_t first, uint32_t last)
{
	struct sfam__can_item *item = p->item;

	if (item->has_ids && !p->is_negated)
		return fail(p, p->start, "\"!\": an item has one identifier "
			    "or range, the first");
	add_ids(p, filters, n);
	if (item->has_ids) {
		item->is_exact = false;
		return 0;
	}
	item->has_ids = true;
	item->n_ids = n;
	memcpy(item->ids, filters, n * sizeof(filters[0]));
	if (p->is_negated && n == 1)
		item->ids[0].can_id ^= SFAM__CAN_INVERSE;
	else if (p->is_negated)
		item->n_ids = put_others(item->ids, first, last);
	return 0;
}

/* ID or ID-ID. */
static int parse_range(struct parser *p)
{
	struct can_filter filters[SFAM__ITEM_IDS_MAX];
	uint32_t first, last;
	size_t second;
	int r = scan_id(p->s, &first);

	if (r < 0)
		return r;
	last = first;
	if (sfam__scan_skip(p->s, '-')) {
		second = p->s->pos;
		r = scan_id(p->s, &last);
		if (r < 0)
			return r;
		if (last < first || ((first ^ last) & CAN_EFF_FLAG))
			return fail(p, second, "an identifier of the same "
				    "kind, not below the first");
	}
	return take_ids(p, filters, put_range(filters, first, last), first,
			last);
}

/* ID:MASK or ID~MASK, up to end. */
static int parse_mask(struct parser *p, size_t end)
{
	struct sfam__scan *s = p->s;
	const size_t start = s->pos;
	struct can_filter filter;
	uint32_t error_mask;
	int r = sfam_can_filter_parse(&filter, &error_mask, s->text + start,
				      end - start, s->diag);

	if (r < 0 && s->diag)
		s->diag->offset += start;
	if (r < 0)
		return r;
	s->pos = end;
	return take_ids(p, &filter, 1, 0, 0);
}

/* std, ext, rtr, or what is none of these: in the kernel's words too. */
static int take_class(struct parser *p, uint32_t bits, uint32_t mask)
{
	const struct can_filter class = { .can_id = bits, .can_mask = mask };
	struct can_filter *must = &p->item->must;
	const uint32_t wanted = p->is_negated ? bits ^ mask : bits;

	if (must->can_mask & mask & (must->can_id ^ wanted))
		return fail(p, p->start, "what some frame can be");
	add_ids(p, &class, 1);
	must->can_id |= wanted;
	must->can_mask |= mask;
	return 0;
}

/* ---------------------------------------------------------- conditions -- */

static int scan_byte(struct parser *p, uint8_t *ret)
{
	static const char expected[] = "a byte of 1 or 2 hex digits";
	const size_t n = sfam__scan_hex_run(p->s);
	uint32_t v = 0;

	if (n < 1 || n > 2)
		return fail(p, p->s->pos, expected);
	sfam__scan_hex(p->s, n, &v, expected);
	*ret = (uint8_t)v;
	return 0;
}

static int scan_number(struct parser *p, uint64_t max, uint16_t *ret,
		       const char *expected)
{
	const size_t start = p->s->pos;
	uint64_t v;

	if (sfam__scan_digits(p->s, max, &v) == 0)
		return fail(p, start, expected);
	*ret = (uint16_t)v;
	return 0;
}

/* "[N]=VALUE", "[N]&MASK=VALUE" */
static int parse_byte(struct parser *p)
{
	struct sfam__can_term t = { .kind = SFAM__TERM_BYTE, .mask = 0xff };
	size_t at;
	int r;

	p->s->pos++;
	r = scan_number(p, SFAM_CANXL_DLEN - 1, &t.at,
			"the number of a byte, 0 to 2047");
	if (r == 0)
		r = sfam__scan_expect(p->s, ']', "\"]\"");
	if (r == 0 && sfam__scan_skip(p->s, '&'))
		r = scan_byte(p, &t.mask);
	if (r == 0)
		r = sfam__scan_expect(p->s, '=', "\"=\" and a value (or "
				      "\"&\" and a mask before it)");
	at = p->s->pos;
	if (r == 0)
		r = scan_byte(p, &t.value);
	if (r < 0)
		return r;
	if (t.value & ~t.mask)
		return fail(p, at, "a value within its mask");
	p->item->is_exact = false;
	add_term(p, t);
	return 0;
}

/* "len=N", "len>N", "len<N", "len>=N", "len<=N" */
static int parse_length(struct parser *p)
{
	struct sfam__can_term t = {
		.kind = SFAM__TERM_LENGTH, .high = SFAM_CANXL_DLEN,
	};
	const bool is_more = sfam__scan_skip(p->s, '>');
	const bool is_less = !is_more && sfam__scan_skip(p->s, '<');
	const bool is_equal = sfam__scan_skip(p->s, '=');
	uint16_t n = 0;
	int r;

	if (!is_more && !is_less && !is_equal)
		return fail(p, p->s->pos, "one of = < > <= >=");
	/* "less than 0" is nothing, "more than 2048" too. */
	r = scan_number(p, SFAM_CANXL_DLEN, &n, "a length of up to 2048");
	if (r < 0)
		return r;
	if (!is_equal && n == (is_less ? 0 : SFAM_CANXL_DLEN))
		return fail(p, p->start, "what some frame can be");
	if (!is_less)
		t.low = (uint16_t)(is_equal ? n : n + 1);
	if (!is_more)
		t.high = (uint16_t)(is_equal ? n : n - 1);
	p->item->is_exact = false;
	add_term(p, t);
	return 0;
}

/* ---------------------------------------------------------------- terms -- */

static size_t end_of_term(const struct parser *p)
{
	size_t at = p->s->pos;

	while (at < p->end && p->s->text[at] != '+' && p->s->text[at] != '[')
		at++;
	return at;
}

static int take_kind(struct parser *p, enum sfam__can_term_kind kind)
{
	p->item->is_exact = false;
	add_term(p, (struct sfam__can_term){ .kind = (uint8_t)kind });
	return 0;
}

static int parse_term(struct parser *p)
{
	static const char expected[] = "ID, ID-ID, ID:MASK, ID~MASK, #MASK, "
				       "std, ext, rtr, err, classic, canfd, "
				       "canxl, [N], len or j";
	struct sfam__scan *s = p->s;
	const size_t end = end_of_term(p);
	const size_t n = sfam__scan_hex_run(s);

	if (sfam__scan_word(s, "std"))
		return take_class(p, 0, CAN_EFF_FLAG);
	if (sfam__scan_word(s, "ext"))
		return take_class(p, CAN_EFF_FLAG, CAN_EFF_FLAG);
	if (sfam__scan_word(s, "rtr"))
		return take_class(p, CAN_RTR_FLAG, CAN_RTR_FLAG);
	if (sfam__scan_word(s, "classic"))
		return take_kind(p, SFAM__TERM_CLASSIC);
	if (sfam__scan_word(s, "canfd"))
		return take_kind(p, SFAM__TERM_FD);
	if (sfam__scan_word(s, "canxl"))
		return take_kind(p, SFAM__TERM_XL);
	if (sfam__scan_word(s, "len"))
		return parse_length(p);
	if (sfam__scan_is(s, '['))
		return parse_byte(p);
	if (n > 0 && (s->pos + n == end || s->text[s->pos + n] == '-'))
		return parse_range(p);
	return n > 0 ? parse_mask(p, end) : fail(p, s->pos, expected);
}

int sfam__can_item_parse(struct sfam__scan *s, size_t end,
			 struct sfam__can_item *ret,
			 struct sfam__can_terms *terms)
{
	struct parser p = { .s = s, .end = end, .item = ret, .terms = terms };
	int r;

	ret->has_ids = false;
	ret->n_ids = 0;
	ret->must = (struct can_filter){ .can_id = 0 };
	ret->is_exact = true;
	do {
		p.start = s->pos;
		p.is_negated = sfam__scan_skip(s, '!');
		r = parse_term(&p);
		if (r < 0)
			return r;
	} while (sfam__scan_skip(s, '+') || sfam__scan_is(s, '['));
	if (s->pos != end)
		return sfam__scan_fail(s, -EINVAL, s->pos, "a comma or the "
				       "end");
	if (terms->n > 0)
		terms->terms[terms->n - 1].ends_item = true;
	return 0;
}
