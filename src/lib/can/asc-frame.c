/* SPDX-License-Identifier: MIT */
/*
 * Frames of ASC lines. Only classic lines heed the base: identifiers and
 * data of CANFD and CANXL lines are hex, and the length decimal, in all of
 * them, and so is a DLC hex (asc2log of can-utils).
 */
#include "can/asc.h"
#include "can/layout.h"

#define CHANNEL "a channel of 1 to 255"
#define IS_EVENT 0		/* of scan_direction() */

const uint8_t sfam__asc_fd_lens[16] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64,
};

struct line {
	struct sfam__scan *s;
	bool is_decimal;
	bool has_bytes;		/* of any length: a DLC counts as it stands */
	struct sfam_can_fields f;
	uint32_t dlc;
	uint8_t data[SFAM_CANXL_DLEN];
};

static int fail(const struct line *l, size_t at, const char *expected)
{
	return sfam__scan_fail(l->s, -EINVAL, at, expected);
}

/* A word of hex digits. */
static int scan_hex(struct line *l, uint32_t max, uint32_t *ret,
		    const char *expected)
{
	const size_t start = l->s->pos;
	const size_t n = sfam__scan_hex_run(l->s);
	uint32_t v = 0;

	if (n < 1 || n > 8 || n != sfam__asc_word_len(l->s))
		return fail(l, start, expected);
	sfam__scan_hex(l->s, n, &v, expected);
	if (v > max)
		return fail(l, start, expected);
	sfam__scan_blanks(l->s);
	*ret = v;
	return 0;
}

static int scan_channel(struct line *l, struct sfam_can_asc_line *ret)
{
	const size_t start = l->s->pos;
	uint64_t v;
	int r = sfam__asc_scan_dec(l->s, SFAM_CAN_ASC_CHANNEL_MAX, &v,
				   CHANNEL);

	if (r == 0 && v == 0)
		r = fail(l, start, CHANNEL);
	if (r == 0)
		ret->channel = (uint32_t)v;
	return r;
}

/* 'R', 'T' or IS_EVENT: a TxRq, whose frame comes with a Tx of its own. */
static char scan_direction(struct sfam__scan *s)
{
	if (sfam__asc_skip_word(s, "Rx"))
		return 'R';
	return sfam__asc_skip_word(s, "Tx") ? 'T' : IS_EVENT;
}

/* Digits, then an x if it is extended. */
static int scan_id(struct line *l, bool is_decimal)
{
	static const char expected[] = "an identifier up to 7FF, or up to "
				       "1FFFFFFF and x";
	const size_t start = l->s->pos;
	uint64_t id = 0;
	uint32_t v = 0;
	size_t n;

	if (is_decimal) {
		n = sfam__scan_digits(l->s, CAN_EFF_MASK, &id);
	} else {
		n = sfam__scan_hex_run(l->s);
		if (n >= 1 && n <= 8)
			sfam__scan_hex(l->s, n, &v, expected);
		id = v;
	}
	if (n < 1 || n > 9)
		return fail(l, start, expected);
	if (sfam__scan_skip(l->s, 'x') || sfam__scan_skip(l->s, 'X'))
		l->f.flags |= SFAM_CAN_EXT;
	if (sfam__asc_word_len(l->s) > 0 ||
	    id > (l->f.flags & SFAM_CAN_EXT ? CAN_EFF_MASK : CAN_SFF_MASK))
		return fail(l, start, expected);
	sfam__scan_blanks(l->s);
	l->f.id = (uint32_t)id;
	return 0;
}

static int scan_dlc(struct line *l)
{
	return scan_hex(l, CAN_MAX_RAW_DLC, &l->dlc, "a DLC of 0 to F");
}

/* The DLC of a classic frame: its length, and more than that with eight. */
static void put_dlc(struct line *l)
{
	l->f.len = (uint16_t)(l->dlc < CAN_MAX_DLEN ? l->dlc : CAN_MAX_DLEN);
	l->f.len8_dlc = l->dlc > CAN_MAX_DLEN ? (uint8_t)l->dlc : 0;
}

static int scan_byte(struct line *l, uint8_t *ret)
{
	static const char expected[] = "a byte of data";
	uint64_t dec = 0;
	uint32_t hex = 0;
	int r = l->is_decimal ?
		sfam__asc_scan_dec(l->s, UINT8_MAX, &dec, expected) :
		scan_hex(l, UINT8_MAX, &hex, expected);

	if (r == 0)
		*ret = (uint8_t)(dec | hex);
	return r;
}

static int scan_data(struct line *l)
{
	size_t i;
	int r = 0;

	for (i = 0; i < l->f.len && r == 0; i++)
		r = scan_byte(l, &l->data[i]);
	return r;
}

/* ------------------------------------------------------------- classic -- */

/* Whatever may follow it ("Length = ..."): it is no further byte. */
static int scan_rest(struct line *l)
{
	const size_t n = sfam__asc_word_len(l->s);

	if (n >= 1 && n <= 3 && sfam__scan_hex_run(l->s) == n)
		return fail(l, l->s->pos, "no more bytes than the DLC says");
	return 0;
}

/* Programs before CANoe 8.5 write no DLC here. */
static int scan_request(struct line *l)
{
	int r;

	l->f.flags |= SFAM_CAN_RTR;
	if (sfam__asc_word_len(l->s) == 1) {
		r = scan_dlc(l);
		if (r < 0)
			return r;
		put_dlc(l);
	}
	return scan_rest(l);
}

static int scan_classic(struct line *l)
{
	int r = scan_id(l, l->is_decimal);

	if (r < 0)
		return r;
	scan_direction(l->s);
	if (sfam__asc_skip_word(l->s, "r"))
		return scan_request(l);
	if (!sfam__asc_skip_word(l->s, "d"))
		return fail(l, l->s->pos, "d or r");
	r = scan_dlc(l);
	if (r < 0)
		return r;
	put_dlc(l);
	r = scan_data(l);
	return r < 0 ? r : scan_rest(l);
}

/* ------------------------------------------------------ CANFD and CANXL -- */

/* A name of the database, if there is one: no hex number so short. */
static void skip_symbol(struct line *l)
{
	const size_t n = sfam__asc_word_len(l->s);

	if (n > 2 || sfam__scan_hex_run(l->s) != n)
		sfam__asc_skip_any(l->s, "");
}

/* What both have after the DLC, which must go with it. */
static int scan_length(struct line *l, size_t max)
{
	static const char expected[] = "the length of the data";
	const size_t start = l->s->pos;
	uint64_t len;
	int r = sfam__asc_scan_dec(l->s, max, &len, expected);

	if (r < 0)
		return r;
	if (len > (max == SFAM_CANXL_DLEN ? l->dlc + 1 :
		   sfam__asc_fd_lens[l->dlc]))
		return fail(l, start, "no more bytes than the DLC says");
	l->f.len = (uint16_t)len;
	return 0;
}

static int put_fd_flags(struct line *l, uint32_t flags, size_t at)
{
	if (flags & SFAM__ASC_FDF) {
		l->f.flags |= SFAM_CAN_FD;
		if (flags & SFAM__ASC_BRS)
			l->f.flags |= SFAM_CAN_BRS;
		if (flags & SFAM__ASC_ESI)
			l->f.flags |= SFAM_CAN_ESI;
		return 0;
	}
	if (l->f.len > CAN_MAX_DLEN)
		return fail(l, at, "the flag of an FD frame");
	if (flags & SFAM__ASC_RTR)
		l->f.flags |= SFAM_CAN_RTR;
	if (flags & SFAM__ASC_RTR || l->f.len == CAN_MAX_DLEN)
		put_dlc(l);
	return 0;
}

/* Words that nobody needs, and the flags behind them. */
static int scan_flags(struct line *l, unsigned int before, uint32_t *ret)
{
	int r = 0;

	while (before-- > 0 && r == 0)
		r = sfam__asc_skip_any(l->s, "what stands before the flags");
	return r < 0 ? r : scan_hex(l, UINT32_MAX, ret, "flags");
}

static int scan_fd(struct line *l)
{
	uint32_t flags, switches;
	size_t at;
	int r = scan_id(l, false);

	if (r < 0)
		return r;
	skip_symbol(l);
	/* BRS and ESI: both are in the flags again. */
	r = scan_hex(l, 1, &switches, "0 or 1");
	if (r == 0)
		r = scan_hex(l, 1, &switches, "0 or 1");
	if (r == 0)
		r = scan_dlc(l);
	if (r == 0)
		r = scan_length(l, CANFD_MAX_DLEN);
	if (r == 0)
		r = scan_data(l);
	at = l->s->pos;
	if (r == 0)
		r = scan_flags(l, 2, &flags);
	return r < 0 ? r : put_fd_flags(l, flags, at);
}

/* Classic (CBFF, CEFF) and FD (FBFF, FEFF) frames in CANXL lines. */
static int scan_xl_other(struct line *l, bool is_fd)
{
	uint32_t flags;
	size_t at;
	int r = scan_dlc(l);

	if (r == 0)
		r = scan_length(l, is_fd ? CANFD_MAX_DLEN : CAN_MAX_DLEN);
	if (r == 0)
		r = scan_data(l);
	at = l->s->pos;
	/* A checksum, and with FD the stuff bits before it. */
	if (r == 0)
		r = scan_flags(l, is_fd ? 2 : 1, &flags);
	if (r < 0)
		return r;
	if (is_fd && !(flags & SFAM__ASC_FDF))
		return fail(l, at, "the flag of an FD frame");
	return put_fd_flags(l, is_fd ? flags : flags & SFAM__ASC_RTR, at);
}

static int scan_xl_numbers(struct line *l)
{
	static const char expected[] = "SDT, SEC, DLC, length, two numbers, "
				       "VCID and AF";
	uint32_t sdt, sec, vcid;
	int r = scan_hex(l, UINT8_MAX, &sdt, expected);

	if (r == 0)
		r = scan_hex(l, 1, &sec, expected);
	if (r == 0)
		r = scan_hex(l, SFAM_CANXL_DLEN - 1, &l->dlc, expected);
	if (r == 0)
		r = scan_length(l, SFAM_CANXL_DLEN);
	if (r == 0)
		r = sfam__asc_skip_any(l->s, expected);
	if (r == 0)
		r = sfam__asc_skip_any(l->s, expected);
	if (r == 0)
		r = scan_hex(l, UINT8_MAX, &vcid, expected);
	if (r == 0)
		r = scan_hex(l, UINT32_MAX, &l->f.af, expected);
	if (r < 0)
		return r;
	l->f.sdt = (uint8_t)sdt;
	l->f.vcid = (uint8_t)vcid;
	return 0;
}

static int scan_xl(struct line *l)
{
	const size_t start = l->s->pos;
	uint32_t flags;
	size_t at;
	int r = scan_xl_numbers(l);

	if (r == 0 && l->f.len != l->dlc + 1)
		r = fail(l, start, "a length of the DLC plus 1");
	if (r == 0)
		r = scan_data(l);
	at = l->s->pos;
	if (r == 0)
		r = scan_flags(l, 1, &flags);
	if (r < 0)
		return r;
	if (!(flags & SFAM__ASC_XLF))
		return fail(l, at, "the flag of an XL frame");
	l->f.flags = SFAM_CAN_XL;
	if (flags & SFAM__ASC_SEC)
		l->f.flags |= SFAM_CAN_SEC;
	if (flags & SFAM__ASC_RRS)
		l->f.flags |= SFAM_CAN_RRS;
	return 0;
}

static int scan_any_xl(struct line *l)
{
	static const char kinds[] = "CBFF, CEFF, FBFF, FEFF or XLFF";
	const size_t start = l->s->pos;
	const char *kind = l->s->text + start;
	int r;

	if (sfam__asc_word_len(l->s) != 4 ||
	    (memcmp(kind, "XLFF", 4) != 0 && !memchr("CF", kind[0], 2)))
		return fail(l, start, kinds);
	sfam__asc_skip_any(l->s, kinds);
	r = sfam__asc_skip_any(l->s, "the frame's duration");
	if (r == 0)
		r = sfam__asc_skip_any(l->s, "the frame's bits");
	if (r == 0)
		r = scan_id(l, false);
	if (r < 0)
		return r;
	skip_symbol(l);
	if (kind[0] != 'X')
		return scan_xl_other(l, kind[0] == 'F');
	if (l->f.flags & SFAM_CAN_EXT)
		return fail(l, start, "a priority, without x");
	return scan_xl(l);
}

/* --------------------------------------------------------------- frames -- */

/* A length that FD does not have, like 9, stays as it is. */
static size_t put_odd_fd(const struct line *l, void *frame)
{
	struct sfam_can_fields f = l->f;
	struct sfam__can_head *head = frame;
	ssize_t n;

	f.len = (uint16_t)sfam_can_fd_len(f.len);
	n = sfam_can_pack(frame, CANFD_MTU, &f);
	if (n > 0)
		head->len = (uint8_t)l->f.len;
	return n > 0 ? (size_t)n : 0;
}

static size_t put_frame(const struct line *l, void *frame)
{
	ssize_t n;

	if (l->f.flags & SFAM_CAN_FD)
		return put_odd_fd(l, frame);
	n = sfam_can_pack(frame, SFAM_CANXL_MTU, &l->f);
	return n > 0 ? (size_t)n : 0;
}

/* All that the format tells of one. */
static int put_error(struct line *l)
{
	l->f.flags = SFAM_CAN_ERR;
	l->f.id = 0x80;		/* CAN_ERR_BUSERROR of linux/can/error.h */
	l->f.len = CAN_MAX_DLEN;
	return 0;
}

/* CHANNEL Rx|Tx ...; -EINVAL, IS_EVENT, or 1. */
static int scan_tagged(struct line *l, struct sfam_can_asc_line *ret,
		       int (*scan)(struct line *l))
{
	int r = scan_channel(l, ret);

	if (r < 0)
		return r;
	ret->direction = scan_direction(l->s);
	if (ret->direction == IS_EVENT)
		return IS_EVENT;
	l->is_decimal = false;
	if (sfam__asc_skip_word(l->s, "ErrorFrame")) {
		ret->direction = 0;
		r = put_error(l);
	} else {
		r = scan(l);
	}
	return r < 0 ? r : 1;
}

/* CHANNEL ErrorFrame, CHANNEL ID Rx|Tx ...; all else is an event. */
static int scan_untagged(struct line *l, struct sfam_can_asc_line *ret)
{
	struct sfam__scan ahead = { l->s->text, l->s->len, l->s->pos, NULL };
	bool is_error;
	int r;

	/* "Start of measurement", "CAN 1 Status:..." */
	if (sfam__scan_end(&ahead) || ahead.text[ahead.pos] < '0' ||
	    ahead.text[ahead.pos] > '9')
		return IS_EVENT;
	sfam__asc_skip_any(&ahead, "");
	is_error = sfam__asc_skip_word(&ahead, "ErrorFrame");
	if (!is_error) {
		sfam__asc_skip_any(&ahead, "");
		ret->direction = scan_direction(&ahead);
		if (ret->direction == IS_EVENT)
			return IS_EVENT;
	}
	r = scan_channel(l, ret);
	if (r == 0)
		r = is_error ? put_error(l) : scan_classic(l);
	return r < 0 ? r : 1;
}

int sfam__asc_scan_frame(struct sfam__scan *s, bool is_decimal,
			 struct sfam_can_asc_line *ret, void *frame)
{
	struct line l = { .s = s, .is_decimal = is_decimal };
	int r;

	if (sfam__asc_skip_word(s, "CANFD"))
		r = scan_tagged(&l, ret, scan_fd);
	else if (sfam__asc_skip_word(s, "CANXL"))
		r = scan_tagged(&l, ret, scan_any_xl);
	else
		r = scan_untagged(&l, ret);
	if (r < 0)
		return r;
	if (r == IS_EVENT)
		return SFAM_CAN_ASC_EVENT;
	l.f.data = l.data;
	ret->frame_size = put_frame(&l, frame);
	return SFAM_CAN_ASC_FRAME;
}
