/* SPDX-License-Identifier: MIT */
/*
 * An item of a list of filters: terms that must all hold. What filters of
 * the kernel can say of it, and the terms, for a program that says it all.
 */
#ifndef SFAM_CAN_FILTERS_ITEM_H
#define SFAM_CAN_FILTERS_ITEM_H

#include "base/text.h"
#include "can/filters.h"

enum sfam__can_term_kind {
	SFAM__TERM_IDS,		/* any of ids */
	SFAM__TERM_BYTE,	/* byte at is there: (it & mask) == value */
	SFAM__TERM_LENGTH,	/* low to high */
	SFAM__TERM_CLASSIC,
	SFAM__TERM_FD,
	SFAM__TERM_XL,
};

struct sfam__can_term {
	uint8_t kind;
	bool is_negated;
	bool ends_item;
	uint8_t mask, value;
	uint16_t at;
	uint16_t low, high;	/* of the length; IDS: first and behind last */
};

#define SFAM__TERMS_MAX 128

/* Of the whole list. */
struct sfam__can_terms {
	struct sfam__can_term terms[SFAM__TERMS_MAX];
	size_t n;
	struct can_filter ids[SFAM_CAN_FILTERS_MAX];
	size_t n_ids;
	bool is_full;		/* some have no room */
};

/* A range of 29 bits, or all but one, is at most so many filters. */
#define SFAM__ITEM_IDS_MAX 64

struct sfam__can_item {
	struct can_filter ids[SFAM__ITEM_IDS_MAX];	/* one must hold */
	size_t n_ids;
	bool has_ids;
	struct can_filter must;	/* and this: std, ext, rtr */
	bool is_exact;		/* there are no further terms */
};

/* Up to end. -EINVAL. */
int sfam__can_item_parse(struct sfam__scan *s, size_t end,
			 struct sfam__can_item *ret,
			 struct sfam__can_terms *terms);

/*
 * In filters-code.c. The program is in the first instructions of insns, and
 * decides on error frames too. Returns its length; -E2BIG.
 */
ssize_t sfam__can_terms_code(struct sock_filter *insns, size_t room,
			     const struct sfam__can_terms *terms,
			     uint32_t error_mask);

#endif
