/* SPDX-License-Identifier: MIT */
/* A rule from the options of cangw(1), with the place of what is wrong. */
#include "base/text.h"

#include "can-gw.h"

struct parse {
	struct sfam__scan s;
	struct sfam_can_gw_rule rule;
	size_t at[128];		/* where an option's value begins; 0: none */
};

static int fail(struct parse *p, const char *expected)
{
	return sfam__scan_fail(&p->s, -EINVAL, p->s.pos, expected);
}

/* ---------------------------------------------------------- values -- */

static int hex(struct parse *p, size_t digits, uint32_t *ret,
	       const char *expected)
{
	size_t n = sfam__scan_hex_run(&p->s);

	if (n < 1 || n > digits)
		return fail(p, expected);
	return sfam__scan_hex(&p->s, n, ret, expected);
}

static int hex_byte(struct parse *p, uint8_t *ret, const char *expected)
{
	uint32_t v;
	int r = hex(p, 2, &v, expected);

	if (r == 0)
		*ret = (uint8_t)v;
	return r;
}

/* Exactly n bytes of two digits. */
static int hex_bytes(struct parse *p, uint8_t *ret, size_t n,
		     const char *expected)
{
	uint32_t v;

	if (sfam__scan_hex_run(&p->s) != 2 * n)
		return fail(p, expected);
	while (n--) {
		sfam__scan_hex(&p->s, 2, &v, expected);
		*ret++ = (uint8_t)v;
	}
	return 0;
}

/* "3:" or "-3:"; what fits into a classic frame is looked at in the end. */
static int index_of_data(struct parse *p, int8_t *ret)
{
	static const char expected[] = "an index of data, -64 to 63";
	size_t start = p->s.pos;
	bool negative = sfam__scan_skip(&p->s, '-');
	uint32_t v;
	int r = sfam__scan_u32(&p->s, negative ? 64 : 63, &v, expected);

	if (r < 0)
		return sfam__scan_fail(&p->s, r, start, expected);
	*ret = (int8_t)(negative ? -(int)v : (int)v);
	return sfam__scan_expect(&p->s, ':', "\":\"");
}

/* ---------------------------------------------------- modifications -- */

/* enum sfam_can_gw_op, or -EINVAL. */
static int operation(struct parse *p)
{
	static const char *const names[] = { "AND", "OR", "XOR", "SET" };
	size_t start = p->s.pos;
	int r;
	int i;

	for (i = 0; i < SFAM_CAN_GW_OPS; i++)
		if (sfam__scan_word(&p->s, names[i]))
			break;
	if (i == SFAM_CAN_GW_OPS)
		return fail(p, "AND, OR, XOR or SET");
	if (p->rule.mods[i].what)
		return sfam__scan_fail(&p->s, -EINVAL, start, "each of AND, "
				       "OR, XOR and SET only once");
	r = sfam__scan_expect(&p->s, ':', "\":\"");
	return r < 0 ? r : i;
}

static int elements(struct parse *p, struct sfam_can_gw_mod *m, bool fd)
{
	const char *expected = fd ? "one or more of I, F, L and D, then \":\""
				  : "one or more of I, L and D, then \":\"";

	while (!sfam__scan_is(&p->s, ':')) {
		if (sfam__scan_skip(&p->s, 'I'))
			m->what |= CGW_MOD_ID;
		else if (sfam__scan_skip(&p->s, 'L'))
			m->what |= CGW_MOD_LEN;
		else if (sfam__scan_skip(&p->s, 'D'))
			m->what |= CGW_MOD_DATA;
		else if (fd && sfam__scan_skip(&p->s, 'F'))
			m->what |= CGW_MOD_FLAGS;
		else
			return fail(p, expected);
	}
	return m->what ? sfam__scan_expect(&p->s, ':', "\":\"")
		       : fail(p, expected);
}

/* "333.4.1122334455667788"; FD has flags before the length. */
static int operand(struct parse *p, struct sfam_can_gw_mod *m, bool fd)
{
	int r = hex(p, 8, &m->id, "an identifier of 1 to 8 hex digits");

	if (r == 0)
		r = sfam__scan_expect(&p->s, '.', "\".\"");
	if (r == 0 && fd)
		r = hex_byte(p, &m->flags, "flags of one or two hex digits");
	if (r == 0 && fd)
		r = sfam__scan_expect(&p->s, '.', "\".\"");
	if (r == 0)
		r = hex_byte(p, &m->len, "a length of one or two hex digits");
	if (r == 0)
		r = sfam__scan_expect(&p->s, '.', "\".\"");
	if (r < 0)
		return r;
	return fd ? hex_bytes(p, m->data, 64, "64 bytes, 128 hex digits")
		  : hex_bytes(p, m->data, 8, "8 bytes, 16 hex digits");
}

static int modification(struct parse *p, bool fd)
{
	struct sfam_can_gw_mod *m;
	int op = operation(p);
	int r;

	if (op < 0)
		return op;
	m = &p->rule.mods[op];
	r = elements(p, m, fd);
	return r < 0 ? r : operand(p, m, fd);
}

static int mod_classic(struct parse *p)
{
	return modification(p, false);
}

static int mod_fd(struct parse *p)
{
	return modification(p, true);
}

/* -------------------------------------------------------- checksums -- */

static int sum_byte(struct parse *p, uint8_t *ret)
{
	return hex_byte(p, ret, "a byte of one or two hex digits");
}

static int sum_xor(struct parse *p)
{
	struct cgw_csum_xor *c = &p->rule.sum_xor;
	int r = index_of_data(p, &c->from_idx);

	if (r == 0)
		r = index_of_data(p, &c->to_idx);
	if (r == 0)
		r = index_of_data(p, &c->result_idx);
	p->rule.have |= SFAM_CAN_GW_HAVE_XOR;
	return r < 0 ? r : sum_byte(p, &c->init_xor_val);
}

static int sum_crc8(struct parse *p)
{
	struct cgw_csum_crc8 *c = &p->rule.sum_crc8;
	int r = index_of_data(p, &c->from_idx);

	if (r == 0)
		r = index_of_data(p, &c->to_idx);
	if (r == 0)
		r = index_of_data(p, &c->result_idx);
	if (r == 0)
		r = sum_byte(p, &c->init_crc_val);
	if (r == 0)
		r = sfam__scan_expect(&p->s, ':', "\":\"");
	if (r == 0)
		r = sum_byte(p, &c->final_xor_val);
	if (r == 0)
		r = sfam__scan_expect(&p->s, ':', "\":\"");
	p->rule.have |= SFAM_CAN_GW_HAVE_CRC8;
	return r < 0 ? r : hex_bytes(p, c->crctab, sizeof(c->crctab),
				     "a table of 256 bytes, 512 hex digits");
}

static int profile(struct parse *p)
{
	static const char expected[] = "1:XX, 2: and 16 bytes, or 3:";
	struct cgw_csum_crc8 *c = &p->rule.sum_crc8;
	size_t start = p->s.pos;
	uint32_t v;
	int r = sfam__scan_u32(&p->s, CGW_CRC8PRF_SFFID_XOR, &v, expected);

	if (r < 0 || v == CGW_CRC8PRF_UNSPEC)
		return sfam__scan_fail(&p->s, -EINVAL, start, expected);
	c->profile = (uint8_t)v;
	if (v == CGW_CRC8PRF_SFFID_XOR && sfam__scan_end(&p->s))
		return 0;
	r = sfam__scan_expect(&p->s, ':', expected);
	if (r == 0 && v == CGW_CRC8PRF_1U8)
		return sum_byte(p, c->profile_data);
	if (r == 0 && v == CGW_CRC8PRF_16U8)
		return hex_bytes(p, c->profile_data, 16,
				 "16 bytes, 32 hex digits");
	return r;
}

/* ------------------------------------------------------ other values -- */

static int interface(struct parse *p, char *ret)
{
	size_t n = p->s.len - p->s.pos;

	if (n >= SFAM_INTERFACE_NAME_SIZE ||
	    memchr(p->s.text + p->s.pos, 0, n))
		return fail(p, "an interface of at most 15 bytes");
	memcpy(ret, p->s.text + p->s.pos, n);
	p->s.pos += n;
	return 0;
}

static int source(struct parse *p)
{
	return interface(p, p->rule.source);
}

static int destination(struct parse *p)
{
	return interface(p, p->rule.destination);
}

static int hops(struct parse *p)
{
	static const char expected[] = "a number of hops from 1";
	size_t start = p->s.pos;
	int r = sfam__scan_u32(&p->s, UINT8_MAX, &p->rule.hops, expected);

	return r == 0 && p->rule.hops == 0 ?
	       sfam__scan_fail(&p->s, -EINVAL, start, expected) : r;
}

static int uid(struct parse *p)
{
	static const char expected[] = "a number other than 0, 1 to 8 hex "
				       "digits";
	size_t start = p->s.pos;
	int r = hex(p, 8, &p->rule.uid, expected);

	return r == 0 && p->rule.uid == 0 ?
	       sfam__scan_fail(&p->s, -EINVAL, start, expected) : r;
}

static int filter(struct parse *p)
{
	struct can_filter *f = &p->rule.filter;
	size_t start = p->s.pos;
	int r = hex(p, 8, &f->can_id, "ID:MASK or ID~MASK, 1 to 8 hex digits "
				      "each");

	if (r < 0)
		return r;
	/* It is the kernel's own mark of an inverse filter. */
	if (f->can_id & CAN_INV_FILTER)
		return sfam__scan_fail(&p->s, -EINVAL, start, "an identifier "
				       "without bit 29 (inverse: ID~MASK)");
	if (sfam__scan_skip(&p->s, '~'))
		f->can_id |= CAN_INV_FILTER;
	else
		r = sfam__scan_expect(&p->s, ':', "\":\" or \"~\"");
	return r < 0 ? r : hex(p, 8, &f->can_mask,
			       "a mask of 1 to 8 hex digits");
}

/* ---------------------------------------------------------- options -- */

static const struct option {
	char letter;
	uint32_t flag;			/* without a value */
	int (*value)(struct parse *p);
} options[] = {
	{ 's', 0, source },
	{ 'd', 0, destination },
	{ 'X', CGW_FLAGS_CAN_FD, NULL },
	{ 'e', CGW_FLAGS_CAN_ECHO, NULL },
	{ 't', CGW_FLAGS_CAN_SRC_TSTAMP, NULL },
	{ 'i', CGW_FLAGS_CAN_IIF_TX_OK, NULL },
	{ 'l', 0, hops },
	{ 'm', 0, mod_classic },
	{ 'M', 0, mod_fd },
	{ 'u', 0, uid },
	{ 'c', 0, sum_crc8 },
	{ 'p', 0, profile },
	{ 'x', 0, sum_xor },
	{ 'f', 0, filter },
};

static bool is_blank(const struct sfam__scan *s)
{
	return sfam__scan_is(s, ' ') || sfam__scan_is(s, '\t') ||
	       sfam__scan_is(s, '\n');
}

static void skip_blanks(struct sfam__scan *s)
{
	while (is_blank(s))
		s->pos++;
}

/* The rest of this word, or the next one: for its parser nothing follows. */
static int value_of(struct parse *p, const struct option *o)
{
	size_t *at = &p->at[(size_t)o->letter];
	size_t text_len = p->s.len;
	size_t start;
	int r;

	skip_blanks(&p->s);
	start = p->s.pos;
	if (sfam__scan_end(&p->s))
		return fail(p, "the value of this option");
	if (*at && o->letter != 'm' && o->letter != 'M')
		return fail(p, "this option only once");
	while (p->s.pos < text_len && !is_blank(&p->s))
		p->s.pos++;
	p->s.len = p->s.pos;
	p->s.pos = *at = start;
	r = o->value(p);
	if (r == 0 && !sfam__scan_end(&p->s))
		r = fail(p, "the end of this value");
	p->s.len = text_len;
	return r;
}

static int one_option(struct parse *p)
{
	const struct option *o;
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(options); i++)
		if (sfam__scan_skip(&p->s, options[i].letter))
			break;
	if (i == SFAM_ARRAY_LEN(options))
		return fail(p, "an option out of s d X e t i l m M u c p x f");
	o = &options[i];
	p->rule.flags |= o->flag;
	return o->value ? value_of(p, o) : 0;
}

static int all_options(struct parse *p)
{
	int r = 0;

	for (skip_blanks(&p->s); r == 0 && !sfam__scan_end(&p->s);
	     skip_blanks(&p->s)) {
		r = sfam__scan_expect(&p->s, '-', "an option: -s, -d ...");
		do
			r = r < 0 ? r : one_option(p);
		while (r == 0 && !sfam__scan_end(&p->s) && !is_blank(&p->s));
	}
	return r;
}

/* ------------------------------------------------- what goes together -- */

static int fail_at(struct parse *p, char letter, const char *expected)
{
	return sfam__scan_fail(&p->s, -EINVAL, p->at[(size_t)letter],
			       expected);
}

static bool beyond_classic(int8_t from, int8_t to, int8_t result)
{
	return from < -8 || from > 7 || to < -8 || to > 7 || result < -8 ||
	       result > 7;
}

static int check_frame(struct parse *p)
{
	static const char expected[] = "indexes from -8 to 7 (-X: to 63)";
	const struct cgw_csum_crc8 *c = &p->rule.sum_crc8;
	const struct cgw_csum_xor *x = &p->rule.sum_xor;

	if (p->rule.flags & CGW_FLAGS_CAN_FD)
		return p->at['m'] ? fail_at(p, 'm', "-M in a rule for CAN "
					    "FD (-X)") : 0;
	if (p->at['M'])
		return fail_at(p, 'M', "-M only in a rule for CAN FD (-X)");
	if (beyond_classic(c->from_idx, c->to_idx, c->result_idx))
		return fail_at(p, 'c', expected);
	if (beyond_classic(x->from_idx, x->to_idx, x->result_idx))
		return fail_at(p, 'x', expected);
	return 0;
}

static int check(struct parse *p)
{
	static const char alone[] = "this only beside -m or -M (the kernel "
				    "ignores it alone)";
	const char *letter;

	if (!p->at['s'])
		return fail(p, "-s and the source interface");
	if (!p->at['d'])
		return fail(p, "-d and the destination interface");
	for (letter = "cxu"; *letter; letter++)
		if (p->at[(size_t)*letter] &&
		    !sfam__can_gw_has_mods(&p->rule))
			return fail_at(p, *letter, alone);
	if (p->at['p'] && !p->at['c'])
		return fail_at(p, 'p', "this only beside -c");
	return check_frame(p);
}

SFAM_PUBLIC int sfam_can_gw_rule_parse(struct sfam_can_gw_rule *ret,
				       const char *text, size_t text_len,
				       struct sfam_diag *diag)
{
	struct parse p;
	int r;

	memset(&p, 0, sizeof(p));
	p.s = (struct sfam__scan){ text, text_len, 0, diag };
	r = all_options(&p);
	if (r == 0)
		r = check(&p);
	if (r == 0)
		*ret = p.rule;
	return r;
}
