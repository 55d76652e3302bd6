/* SPDX-License-Identifier: MIT */
/* What the bodies and keys of several rows are made of. */
#include "family/row.h"

int sfam__scan_u16(struct sfam__scan *s, uint32_t max, uint16_t *ret,
		   const char *expected)
{
	uint32_t v;
	int r = sfam__scan_u32(s, max, &v, expected);

	if (r == 0)
		*ret = (uint16_t)v;
	return r;
}

int sfam__scan_u8(struct sfam__scan *s, uint32_t max, uint8_t *ret,
		  const char *expected)
{
	uint32_t v;
	int r = sfam__scan_u32(s, max, &v, expected);

	if (r == 0)
		*ret = (uint8_t)v;
	return r;
}

void sfam__out_key(struct sfam__out *o, const char *key, uint32_t v)
{
	if (v == 0)
		return;
	sfam__out_char(o, ',');
	sfam__out_str(o, key);
	sfam__out_char(o, '=');
	sfam__out_dec(o, v);
}

int sfam__scan_octets(struct sfam__scan *s, size_t min, size_t max,
		      unsigned char *ret, size_t *ret_n, const char *expected)
{
	size_t n = 0;
	uint32_t v;
	int r;

	do {
		r = sfam__scan_hex(s, 2, &v, expected);
		if (r < 0)
			return r;
		ret[n++] = (unsigned char)v;
	} while (n < max && sfam__scan_skip(s, ':'));
	if (n < min)
		return sfam__scan_fail(s, -EINVAL, s->pos, expected);
	*ret_n = n;
	return 0;
}

void sfam__out_octets(struct sfam__out *o, const unsigned char *octets,
		      size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i)
			sfam__out_char(o, ':');
		sfam__out_hex(o, octets[i], 2);
	}
}

static uint32_t scan_flag(struct sfam__scan *s, const struct sfam__name *names)
{
	for (; names->name; names++)
		if (sfam__scan_word(s, names->name))
			return names->value;
	return 0;
}

int sfam__scan_flags(struct sfam__scan *s, const struct sfam__name *names,
		     uint32_t *ret, const char *expected)
{
	uint32_t flags = 0;
	uint32_t flag;
	size_t start;

	do {
		start = s->pos;
		flag = scan_flag(s, names);
		if (flag == 0 || flags & flag)
			return sfam__scan_fail(s, -EINVAL, start, expected);
		flags |= flag;
	} while (sfam__scan_skip(s, '+'));
	*ret = flags;
	return 0;
}

void sfam__out_flags(struct sfam__out *o, const struct sfam__name *names,
		     uint32_t flags)
{
	bool first = true;

	for (; names->name; names++) {
		if (!(flags & names->value))
			continue;
		if (!first)
			sfam__out_char(o, '+');
		sfam__out_str(o, names->name);
		first = false;
	}
}
