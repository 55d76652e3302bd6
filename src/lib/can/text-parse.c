/* SPDX-License-Identifier: MIT */
/*
 * can-utils' compact text to a frame.
 *
 * The kind of a frame shows in where its first "#" stands and what comes
 * next; each kind has a function below. Frames are put together on the
 * stack, so that a text which fails at its end leaves the caller's buffer
 * alone.
 */
#include "can/hex16.h"
#include "can/layout.h"
#include "base/text.h"

struct source {
	const char *text;
	size_t len;
	bool lenient;
	struct sfam_diag *diag;
};

struct target {
	void *buf;
	size_t size;
};

#define AT_END "the end of the frame"

static ssize_t __attribute__((cold, noinline))
refuse(const struct source *s, size_t offset, const char *expected)
{
	struct sfam__scan scan = { s->text, s->len, 0, s->diag };

	return sfam__scan_fail(&scan, -EINVAL, offset, expected);
}

static bool has(const struct source *s, size_t pos, char c)
{
	return pos < s->len && s->text[pos] == c;
}

/* Negative if it is none: 0xff becomes -1, and stays it below. */
static int hex_digit(const char *p)
{
	return (int8_t)sfam__hex_value[(uint8_t)*p];
}

static int hex_byte(const char *p)
{
	return hex_digit(p) * 16 | hex_digit(p + 1);
}

static int hex_three(const char *p)
{
	return hex_digit(p) * 256 | hex_byte(p + 1);
}

static int64_t hex_word(const char *p)
{
	return hex_byte(p) * INT64_C(0x1000000) | hex_byte(p + 2) * 0x10000 |
	       hex_byte(p + 4) * 0x100 | hex_byte(p + 6);
}

static ssize_t deliver(const struct target *t, const void *frame, size_t size)
{
	if (size > t->size)
		return -ENOSPC;
	memcpy(t->buf, frame, size);
	return (ssize_t)size;
}

/* data: CAN_MAX_DLEN bytes */
static void put_classic(void *buf, const struct sfam__can_head *head,
			const uint8_t *data)
{
	memcpy(buf, head, sizeof(*head));
	memcpy((uint8_t *)buf + SFAM__CAN_DATA, data, CAN_MAX_DLEN);
}

static ssize_t deliver_classic(const struct target *t,
			       const struct sfam__can_head *head,
			       const uint8_t *data)
{
	if (t->size < CAN_MTU)
		return -ENOSPC;
	put_classic(t->buf, head, data);
	return CAN_MTU;
}

/* ------------------------------------------------------------- data -- */

/* Why there is no byte at pos. */
static ssize_t __attribute__((cold, noinline))
refuse_byte(const struct source *s, size_t pos)
{
	if (pos < s->len && hex_digit(s->text + pos) >= 0)
		return refuse(s, pos + 1, "the second hex digit of a byte");
	return refuse(s, pos, "two hex digits");
}

/*
 * The rest of the data, byte by byte. Returns the offset behind it. The
 * separators at either end are for the lenient.
 */
static ssize_t read_bytes(const struct source *s, size_t pos, uint8_t *data,
			  size_t max, size_t *n)
{
	int v;

	for (; *n < max && pos < s->len; pos += 2) {
		if (s->text[pos] == '.' && (*n || s->lenient)) {
			pos++;
			if (pos == s->len && s->lenient)
				break;
		}
		if (s->len - pos < 2)
			return refuse_byte(s, pos);
		v = hex_byte(s->text + pos);
		if (v < 0)
			return refuse_byte(s, pos);
		data[(*n)++] = (uint8_t)v;
	}
	return (ssize_t)pos;
}

/* Up to max bytes of data. Returns the offset behind them. */
static ssize_t read_data(const struct source *s, size_t pos, uint8_t *data,
			 size_t max, size_t *ret_n)
{
	size_t n = 0;

	while (SFAM__HEX16 && max - n >= SFAM__HEX16_BYTES &&
	       s->len - pos >= SFAM__HEX16_DIGITS &&
	       sfam__hex16_parse(data + n, s->text + pos)) {
		n += SFAM__HEX16_BYTES;
		pos += SFAM__HEX16_DIGITS;
	}
	*ret_n = n;
	if (n == max || pos == s->len)
		return (ssize_t)pos;
	return read_bytes(s, pos, data, max, ret_n);
}

/* ---------------------------------------------------------- classic -- */

/* What may follow eight bytes: the raw DLC. */
static ssize_t read_len8_dlc(const struct source *s, size_t pos, uint8_t *ret)
{
	int dlc;

	if (pos == s->len)
		return 0;
	if (s->text[pos] != '_')
		return s->lenient ? 0 : refuse(s, pos, AT_END ", or \"_\" and "
					       "a DLC (8 bytes at most)");
	dlc = pos + 1 < s->len ? hex_digit(s->text + pos + 1) : -1;
	if (dlc <= CAN_MAX_DLEN)
		return s->lenient ? 0 : refuse(s, pos + 1, "a DLC of 9 to F");
	if (pos + 2 < s->len && !s->lenient)
		return refuse(s, pos + 2, AT_END);
	*ret = (uint8_t)dlc;
	return 0;
}

static ssize_t parse_data(const struct source *s, size_t pos, uint32_t id,
			  const struct target *t)
{
	struct sfam__can_head head = { .id = id };
	uint8_t data[CAN_MAX_DLEN] = { 0 };
	ssize_t end;
	ssize_t r;
	size_t n;

	end = read_data(s, pos, data, CAN_MAX_DLEN, &n);
	if (end < 0)
		return end;
	head.len = (uint8_t)n;
	if ((size_t)end < s->len) {
		r = read_len8_dlc(s, (size_t)end, &head.len8_dlc);
		if (r < 0)
			return r;
	}
	return deliver_classic(t, &head, data);
}

/* pos is behind the R. */
static ssize_t read_request(const struct source *s, size_t pos,
			    struct sfam__can_head *head)
{
	int len;

	if (pos == s->len)
		return 0;
	len = hex_digit(s->text + pos);
	if (len < 0 || len > CAN_MAX_DLEN)
		return s->lenient ? 0 : refuse(s, pos, "a length of 0 to 8");
	head->len = (uint8_t)len;
	if (len == CAN_MAX_DLEN)
		return read_len8_dlc(s, pos + 1, &head->len8_dlc);
	if (pos + 1 < s->len && !s->lenient)
		return refuse(s, pos + 1, AT_END);
	return 0;
}

static ssize_t parse_request(const struct source *s, size_t pos, uint32_t id,
			     const struct target *t)
{
	static const uint8_t no_data[CAN_MAX_DLEN];
	struct sfam__can_head head = { .id = id | CAN_RTR_FLAG };
	ssize_t r;

	if (id & CAN_ERR_FLAG && !s->lenient)
		return refuse(s, pos - 1, "the data of an error frame");
	r = read_request(s, pos, &head);
	if (r < 0)
		return r;
	return deliver_classic(t, &head, no_data);
}

/* --------------------------------------------------------------- FD -- */

/* pos is behind the second "#". */
static ssize_t parse_fd(const struct source *s, size_t pos, uint32_t id,
			const struct target *t)
{
	struct {
		struct sfam__can_head head;
		uint8_t data[CANFD_MAX_DLEN];
	} frame = { { id, 0, 0, 0, 0 }, { 0 } };
	ssize_t end;
	size_t n;
	int flags;

	if (id & CAN_ERR_FLAG && !s->lenient)
		return refuse(s, pos - 1, "the data of an error frame");
	flags = pos < s->len ? hex_digit(s->text + pos) : -1;
	if (flags < 0)
		return refuse(s, pos, "one hex digit of flags");
	end = read_data(s, pos + 1, frame.data, CANFD_MAX_DLEN, &n);
	if (end < 0)
		return end;
	if ((size_t)end < s->len && !s->lenient)
		return refuse(s, (size_t)end, AT_END " (64 bytes at most)");
	frame.head.flags = (uint8_t)(flags | SFAM__CANFD_FDF);
	frame.head.len = (uint8_t)(s->lenient ? n : sfam_can_fd_len(n));
	return deliver(t, &frame, sizeof(frame));
}

/* --------------------------------------------------------------- XL -- */

static ssize_t __attribute__((cold, noinline))
refuse_xl_head(const struct source *s, size_t pos)
{
	static const char pattern[] = "hh:hh:hhhhhhhh#";
	const char *want = pattern;

	for (; *want && pos < s->len; want++, pos++) {
		if (*want == 'h' ? hex_digit(s->text + pos) < 0
				 : s->text[pos] != *want)
			break;
	}
	return refuse(s, pos, "FL:SDT:AF# of CAN XL (5 digits are VCID and "
			      "priority)");
}

/* FL:SDT:AF# at pos. */
static ssize_t read_xl_head(const struct source *s, size_t pos,
			    struct sfam__canxl_head *head)
{
	const char *p = s->text + pos;
	int64_t af;
	int flags;
	int sdt;

	if (!has(s, pos + 2, ':') || !has(s, pos + 5, ':') ||
	    !has(s, pos + 14, '#'))
		return refuse_xl_head(s, pos);
	flags = hex_byte(p);
	sdt = hex_byte(p + 3);
	af = hex_word(p + 6);
	if (flags < 0 || sdt < 0 || af < 0)
		return refuse_xl_head(s, pos);
	head->flags = (uint8_t)(flags | SFAM__CANXL_XLF);
	head->sdt = (uint8_t)sdt;
	head->af = (uint32_t)af;
	return (ssize_t)pos + 15;
}

static ssize_t parse_xl(const struct source *s, size_t pos, uint32_t prio,
			const struct target *t)
{
	struct {
		struct sfam__canxl_head head;
		uint8_t data[SFAM_CANXL_DLEN];
	} frame;
	ssize_t end;
	size_t n;

	end = read_xl_head(s, pos, &frame.head);
	if (end < 0)
		return end;
	pos = (size_t)end;
	end = read_data(s, pos, frame.data, SFAM_CANXL_DLEN, &n);
	if (end < 0)
		return end;
	if (n == 0 && !s->lenient)
		return refuse(s, pos, "data: a CAN XL frame is never empty");
	if ((size_t)end < s->len && !s->lenient)
		return refuse(s, (size_t)end, AT_END " (2048 bytes at most)");
	frame.head.prio = prio;
	frame.head.len = (uint16_t)n;
	return deliver(t, &frame, SFAM_CANXL_HDR + n);
}

/* ------------------------------------------------------- identifier -- */

static ssize_t __attribute__((cold, noinline))
refuse_id(const struct source *s)
{
	struct sfam__scan scan = { s->text, s->len, 0, NULL };
	size_t n = sfam__scan_hex_run(&scan);

	return refuse(s, n < 8 ? n : 8, "an identifier of 3 or 8 hex digits "
					"(CAN XL: 5), then \"#\"");
}

static ssize_t read_standard(const struct source *s, uint32_t *ret)
{
	int id = hex_three(s->text);

	if (id < 0)
		return refuse_id(s);
	if (id > (int)CAN_SFF_MASK && !s->lenient)
		return refuse(s, 0, "a standard identifier up to 7FF "
				    "(8 digits: extended)");
	*ret = (uint32_t)id;
	return 4;
}

static ssize_t read_extended(const struct source *s, uint32_t *ret)
{
	int64_t id = hex_word(s->text);

	if (id < 0)
		return refuse_id(s);
	if (id > (CAN_ERR_FLAG | CAN_ERR_MASK) && !s->lenient)
		return refuse(s, 0, "an extended identifier up to 1FFFFFFF "
				    "(from 20000000 on: error frame)");
	if (!(id & CAN_ERR_FLAG))
		id |= CAN_EFF_FLAG;
	*ret = (uint32_t)id;
	return 9;
}

/* Returns the offset behind the "#". */
static ssize_t read_id(const struct source *s, uint32_t *ret)
{
	if (has(s, 3, '#'))
		return read_standard(s, ret);
	if (has(s, 8, '#'))
		return read_extended(s, ret);
	return refuse_id(s);
}

static ssize_t parse_vcid_prio(const struct source *s, const struct target *t)
{
	int vcid = hex_byte(s->text);
	int prio = hex_three(s->text + 2);

	if (vcid < 0 || prio < 0)
		return refuse_id(s);
	if (prio > (int)SFAM__CANXL_PRIO_MASK && !s->lenient)
		return refuse(s, 2, "a CAN XL priority up to 7FF");
	prio &= (int)SFAM__CANXL_PRIO_MASK;
	return parse_xl(s, 6, (uint32_t)(vcid << SFAM__CANXL_VCID_SHIFT | prio),
			t);
}

static ssize_t parse(const struct source *s, const struct target *t)
{
	ssize_t pos;
	uint32_t id = 0;

	if (has(s, 5, '#') && !has(s, 3, '#'))
		return parse_vcid_prio(s, t);
	pos = read_id(s, &id);
	if (pos < 0)
		return pos;
	if (has(s, (size_t)pos, '#'))
		return parse_fd(s, (size_t)pos + 1, id, t);
	if (has(s, (size_t)pos, 'R') || has(s, (size_t)pos, 'r'))
		return parse_request(s, (size_t)pos + 1, id, t);
	/* can-utils' parser takes any prefix for VCID and priority. */
	if (s->lenient && has(s, (size_t)pos + 2, ':'))
		return parse_xl(s, (size_t)pos, id, t);
	return parse_data(s, (size_t)pos, id, t);
}

static ssize_t __attribute__((noinline))
parse_any(void *buf, size_t size, const char *text, size_t text_len,
	  uint32_t flags, struct sfam_diag *diag)
{
	const struct source s = {
		text, text_len, flags & SFAM_CAN_TEXT_LENIENT, diag,
	};
	const struct target t = { buf, size };

	if (flags & ~SFAM_CAN_TEXT_LENIENT)
		return refuse(&s, 0, "flags that this library knows");
	return parse(&s, &t);
}

/* -------------------------------------------------------- hot path -- */

/* Whether text is ID#, eight bytes and nothing else. */
static bool read_common(const char *text, size_t text_len,
			struct sfam__can_head *head, uint8_t *data)
{
	int64_t id;

	if (text_len == 4 + SFAM__HEX16_DIGITS && text[3] == '#') {
		id = hex_three(text);
		if (id < 0 || id > CAN_SFF_MASK)
			return false;
		head->id = (uint32_t)id;
	} else if (text_len == 9 + SFAM__HEX16_DIGITS && text[8] == '#') {
		id = hex_word(text);
		if (id < 0 || id > CAN_EFF_MASK)
			return false;
		head->id = (uint32_t)id | CAN_EFF_FLAG;
	} else {
		return false;
	}
	head->len = CAN_MAX_DLEN;
	return sfam__hex16_parse(data, text + text_len - SFAM__HEX16_DIGITS);
}

/* What most frames are goes the short way, all else and errors the long. */
SFAM_PUBLIC ssize_t sfam_can_text_parse(void *buf, size_t size,
					const char *text, size_t text_len,
					uint32_t flags, struct sfam_diag *diag)
{
	struct sfam__can_head head = { 0 };
	uint8_t data[CAN_MAX_DLEN];

	if (SFAM__HEX16 && size >= CAN_MTU && flags <= SFAM_CAN_TEXT_LENIENT &&
	    read_common(text, text_len, &head, data)) {
		put_classic(buf, &head, data);
		return CAN_MTU;
	}
	return parse_any(buf, size, text, text_len, flags, diag);
}
