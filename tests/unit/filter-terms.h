/* SPDX-License-Identifier: MIT */
/*
 * Random lists of filters with terms, and what each says of a frame, by the
 * frame's fields. Included once.
 */
#ifndef SFAM_TEST_FILTER_TERMS_H
#define SFAM_TEST_FILTER_TERMS_H

#include <stdio.h>

#include "test-can-vcan.h"

/* --------------------------------------------------------------- model */

#define TERMS 4
#define ITEMS 4

struct term {
	enum { ID, MASK, STD, EXT, RTR, CLASSIC, FD, XL, BYTE, LENGTH } kind;
	int is_negated;
	uint32_t first, last;	/* with CAN_EFF_FLAG; of MASK: id and mask */
	unsigned int at, mask, value;
	unsigned int low, high;
};

struct item {
	struct term terms[TERMS];
	size_t n;
};

struct list {
	struct item items[ITEMS];
	size_t n;
	uint32_t error_mask;
	char text[512];
};

static int term_holds(const struct term *t, const struct sfam_can_fields *f,
		      uint32_t can_id)
{
	/* An XL frame's priority goes for an identifier, without its VCID. */
	const uint32_t id = can_id & (can_id & CAN_EFF_FLAG ?
				      CAN_EFF_FLAG | CAN_EFF_MASK :
				      CAN_SFF_MASK);
	const int is_xl = !!(f->flags & SFAM_CAN_XL);
	const int is_fd = !!(f->flags & SFAM_CAN_FD);

	switch (t->kind) {
	case ID:
		return t->first <= id && id <= t->last;
	case MASK:
		return ((can_id ^ t->first) & t->last) == 0;
	case STD:
		return !(can_id & CAN_EFF_FLAG);
	case EXT:
		return !!(can_id & CAN_EFF_FLAG);
	case RTR:
		return !!(can_id & CAN_RTR_FLAG);
	case CLASSIC:
		return !is_xl && !is_fd;
	case FD:
		return is_fd;
	case XL:
		return is_xl;
	case BYTE:
		return !(f->flags & SFAM_CAN_RTR) && t->at < f->len &&
		       (f->data[t->at] & t->mask) == t->value;
	default:
		return t->low <= f->len && f->len <= t->high;
	}
}

static int list_holds(const struct list *l, const union frame *frame,
		      size_t size)
{
	struct sfam_can_fields f;
	size_t i, k;

	ck_assert_ok(sfam_can_unpack(&f, frame, size));
	if (frame->id & CAN_ERR_FLAG)
		return !!(frame->id & l->error_mask & CAN_ERR_MASK);
	for (i = 0; i < l->n; i++) {
		const struct item *item = &l->items[i];

		for (k = 0; k < item->n; k++)
			if (term_holds(&item->terms[k], &f, frame->id) ==
			    item->terms[k].is_negated)
				break;
		if (k == item->n)
			return 1;
	}
	return 0;
}

/* -------------------------------------------------------- random lists */

static unsigned int below(uint64_t *seed, unsigned int n)
{
	return (unsigned int)(test_random(seed) % n);
}

/* A few that are near each other. */
static uint32_t random_id(uint64_t *seed)
{
	const uint32_t id = below(seed, 8) << 7 | below(seed, 4);

	return below(seed, 2) ? id : id | CAN_EFF_FLAG |
	       (below(seed, 2) ? 1u << 25 : 0);
}

static const char *id_text(char *buf, uint32_t id)
{
	sprintf(buf, id & CAN_EFF_FLAG ? "%08X" : "%03X", id & CAN_EFF_MASK);
	return buf;
}

static void random_length(struct term *t, char *to, uint64_t *seed)
{
	static const char *const ops[] = { "=", "<", ">", "<=", ">=" };
	const unsigned int op = below(seed, 5);
	const unsigned int n = 1 + below(seed, 70);

	t->kind = LENGTH;
	t->low = op == 0 || op == 4 ? n : op == 2 ? n + 1 : 0;
	t->high = op == 0 || op == 3 ? n : op == 1 ? n - 1 : UINT32_MAX;
	sprintf(to, "len%s%u", ops[op], n);
}

static void random_byte(struct term *t, char *to, uint64_t *seed)
{
	t->kind = BYTE;
	t->at = below(seed, 8) ? below(seed, 10) : below(seed, 100);
	t->mask = below(seed, 2) ? 0xff : below(seed, 256);
	t->value = below(seed, 4) & t->mask;
	if (t->mask == 0xff)
		sprintf(to, "[%u]=%X", t->at, t->value);
	else
		sprintf(to, "[%u]&%02x=%x", t->at, t->mask, t->value);
}

static void random_ids(struct term *t, char *to, uint64_t *seed)
{
	char a[16], b[16];
	const uint32_t id = random_id(seed);

	t->kind = ID;
	t->first = t->last = id;
	if (below(seed, 3) == 0) {
		t->kind = MASK;
		t->last = below(seed, 2) ? 0x7f : CAN_EFF_FLAG | 0x781;
		t->first = id & t->last;
		sprintf(to, "%s:%X", id_text(a, id), t->last);
	} else if (below(seed, 2)) {
		t->last += below(seed, 300);
		sprintf(to, "%s-%s", id_text(a, id), id_text(b, t->last));
	} else {
		id_text(to, id);
	}
}

static void random_term(struct term *t, char *to, size_t i, uint64_t *seed)
{
	static const char *const names[] = {
		[STD] = "std", [EXT] = "ext", [RTR] = "rtr",
		[CLASSIC] = "classic", [FD] = "canfd", [XL] = "canxl",
	};
	const unsigned int kind = below(seed, 10);

	t->is_negated = below(seed, 3) == 0;
	if (t->is_negated)
		*to++ = '!';
	if ((i == 0 && kind < 6) || (t->is_negated && kind < 3)) {
		random_ids(t, to, seed);
	} else if (kind < 6) {
		random_byte(t, to, seed);
	} else if (kind < 7) {
		random_length(t, to, seed);
	} else {
		t->kind = STD + below(seed, 6);
		strcpy(to, names[t->kind]);
	}
}

static void random_list(struct list *l, uint64_t *seed)
{
	char *to = l->text;
	size_t i, k;

	l->n = 1 + below(seed, ITEMS);
	for (i = 0; i < l->n; i++) {
		if (i)
			*to++ = ',';
		l->items[i].n = 1 + below(seed, TERMS);
		for (k = 0; k < l->items[i].n; k++) {
			random_term(&l->items[i].terms[k], to + (k > 0), k,
				    seed);
			/* A "+" that may be left out is left out at times. */
			if (k && (to[1] != '[' || below(seed, 2)))
				*to = '+';
			else if (k)
				memmove(to, to + 1, strlen(to + 1) + 1);
			to += strlen(to);
		}
	}
	l->error_mask = below(seed, 2) ? 0 : 0x85;
	if (l->error_mask)
		sprintf(to, ",#%X", l->error_mask);
}

#endif
