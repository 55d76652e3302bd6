/* SPDX-License-Identifier: MIT */
#include "family/row.h"

const struct sfam__name sfam__type_names[] = {
	{ "stream", SOCK_STREAM },
	{ "dgram", SOCK_DGRAM },
	{ "seqpacket", SOCK_SEQPACKET },
	{ "raw", SOCK_RAW },
	{ "rdm", SOCK_RDM },
	{ NULL, 0 },
};

static bool row_has_type(const struct sfam_family *f, uint32_t type)
{
	return type < 32 && (f->types & 1u << type);
}

/* "one of stream dgram": the types of the row. */
static int fail_type(const struct sfam__scan *s, const struct sfam_family *f)
{
	const struct sfam__name *n;
	char list[64];
	struct sfam__out o = { list, sizeof(list), 0 };

	for (n = sfam__type_names; n->name; n++) {
		if (row_has_type(f, n->value)) {
			sfam__out_char(&o, ' ');
			sfam__out_str(&o, n->name);
		}
	}
	sfam__out_finish(&o);
	return sfam__scan_fail_about(s, -EINVAL, s->pos, "one of", list, "");
}

static int set_type(struct sfam__scan *s, struct sfam_addr *addr)
{
	const struct sfam__name *n;
	size_t start = s->pos;

	for (n = sfam__type_names; n->name; n++) {
		if (row_has_type(addr->family, n->value) &&
		    sfam__scan_word(s, n->name)) {
			addr->type = (int)n->value;
			return 0;
		}
	}
	s->pos = start;
	return fail_type(s, addr->family);
}

/* "a key: type= pid= groups=" */
static int fail_key(const struct sfam__scan *s, size_t offset,
		    const struct sfam__key *keys)
{
	char list[80];
	struct sfam__out o = { list, sizeof(list), 0 };

	for (; keys->name; keys++) {
		sfam__out_char(&o, ' ');
		sfam__out_str(&o, keys->name);
		sfam__out_char(&o, '=');
	}
	sfam__out_finish(&o);
	return sfam__scan_fail_about(s, -EINVAL, offset, "a key: type=", list,
				     "");
}

#define TYPE_SEEN (1u << 31)

/* Reads one key=value. Returns its bit in *ret_bit. */
static int parse_key(struct sfam__scan *s, struct sfam_addr *addr,
		     const struct sfam__key *keys, void *sa,
		     uint32_t *ret_bit)
{
	size_t start = s->pos;
	size_t i;

	if (sfam__scan_word(s, "type") && sfam__scan_skip(s, '=')) {
		*ret_bit = TYPE_SEEN;
		return set_type(s, addr);
	}
	for (i = 0; keys[i].name; i++) {
		s->pos = start;
		if (sfam__scan_word(s, keys[i].name) &&
		    sfam__scan_skip(s, '=')) {
			*ret_bit = 1u << i;
			return keys[i].set(s, sa);
		}
	}
	s->pos = start;
	return fail_key(s, start, keys);
}

int sfam__keys_parse(struct sfam__scan *s, struct sfam_addr *addr,
		     const struct sfam__key *keys, void *sa,
		     uint32_t *ret_seen)
{
	uint32_t seen = 0;
	uint32_t bit = 0;
	size_t start;
	int r;

	while (!sfam__scan_end(s)) {
		r = sfam__scan_expect(s, ',', "\",\" or the end");
		if (r < 0)
			return r;
		start = s->pos;
		r = parse_key(s, addr, keys, sa, &bit);
		if (r < 0)
			return r;
		if (seen & bit)
			return sfam__scan_fail(s, -EINVAL, start,
					       "each key once");
		seen |= bit;
	}
	if (ret_seen)
		*ret_seen = seen;
	return 0;
}
