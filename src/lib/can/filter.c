/* SPDX-License-Identifier: MIT */
/* The items of candump's filter list. */
#include "base/text.h"

#include <linux/can.h>

#include <sockfam/can.h>

#define INVERSE 0x20000000u	/* CAN_INV_FILTER: bit 29 of the id */

static int scan_number(struct sfam__scan *s, uint32_t *ret,
		       const char *expected)
{
	size_t n = sfam__scan_hex_run(s);

	if (n < 1 || n > 8)
		return sfam__scan_fail(s, -EINVAL, s->pos, expected);
	return sfam__scan_hex(s, n, ret, expected);
}

static int scan_end(const struct sfam__scan *s)
{
	if (sfam__scan_end(s))
		return 0;
	return sfam__scan_fail(s, -EINVAL, s->pos, "the end of the filter");
}

static int scan_error_mask(struct sfam__scan *s, uint32_t *ret_error_mask)
{
	uint32_t mask;
	int r;

	r = scan_number(s, &mask, "an error mask of 1 to 8 hex digits");
	if (r < 0)
		return r;
	r = scan_end(s);
	if (r < 0)
		return r;
	*ret_error_mask = mask;
	return SFAM_CAN_FILTER_ERROR;
}

/* ":" or "~"; candump takes the first 8 digits before it for extended. */
static int scan_separator(struct sfam__scan *s, uint32_t *id)
{
	if (s->pos == 8)
		*id |= CAN_EFF_FLAG;
	if (sfam__scan_skip(s, ':'))
		return 0;
	if (!sfam__scan_skip(s, '~'))
		return sfam__scan_fail(s, -EINVAL, s->pos,
				       "\":\" or \"~\", and a mask");
	*id |= INVERSE;
	return 0;
}

static int scan_id_mask(struct sfam__scan *s, struct can_filter *ret)
{
	struct can_filter f;
	int r;

	r = scan_number(s, &f.can_id, "ID:MASK, ID~MASK, #MASK or j "
				      "(1 to 8 hex digits each)");
	if (r < 0)
		return r;
	/*
	 * In a kernel filter this bit turns the sense around; whoever wrote
	 * it here meant error frames.
	 */
	if (f.can_id & INVERSE)
		return sfam__scan_fail(s, -EINVAL, 0, "an identifier without "
				       "bit 29 (error frames: #MASK, "
				       "inverse: ID~MASK)");
	r = scan_separator(s, &f.can_id);
	if (r < 0)
		return r;
	r = scan_number(s, &f.can_mask, "a mask of 1 to 8 hex digits");
	if (r < 0)
		return r;
	r = scan_end(s);
	if (r < 0)
		return r;
	/* In the mask it would turn this into a filter of error frames. */
	f.can_mask &= ~CAN_ERR_FLAG;
	*ret = f;
	return SFAM_CAN_FILTER_ID;
}

SFAM_PUBLIC int sfam_can_filter_parse(struct can_filter *ret_filter,
				      uint32_t *ret_error_mask,
				      const char *text, size_t text_len,
				      struct sfam_diag *diag)
{
	struct sfam__scan s = { text, text_len, 0, diag };
	int r;

	if (sfam__scan_skip(&s, 'j') || sfam__scan_skip(&s, 'J')) {
		r = scan_end(&s);
		return r < 0 ? r : SFAM_CAN_FILTER_JOIN;
	}
	if (sfam__scan_skip(&s, '#'))
		return scan_error_mask(&s, ret_error_mask);
	return scan_id_mask(&s, ret_filter);
}
