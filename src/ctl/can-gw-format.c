/* SPDX-License-Identifier: MIT */
/*
 * A rule as cangw(1) prints it: the mandatory options and flags, then what
 * else there is in the order of the kernel's attributes.
 */
#include "base/text.h"

#include "can-gw.h"

static const char ops[SFAM_CAN_GW_OPS][4] = { "AND", "OR", "XOR", "SET" };

static void out_bytes(struct sfam__out *o, const uint8_t *bytes, size_t n)
{
	for (; n; n--, bytes++) {
		sfam__out_char(o, sfam__hex_pair[*bytes][0]);
		sfam__out_char(o, sfam__hex_pair[*bytes][1]);
	}
}

/* Upper case, at least width digits. */
static void out_hex(struct sfam__out *o, uint32_t v, unsigned int width)
{
	while (width < 8 && v >> 4 * width)
		width++;
	while (width--)
		sfam__out_char(o, sfam__hex_pair[v >> 4 * width & 15][1]);
}

/* " -x ", and after it a number that may be negative. */
static void out_option(struct sfam__out *o, char letter)
{
	sfam__out_str(o, " -");
	sfam__out_char(o, letter);
	sfam__out_char(o, ' ');
}

static void out_index(struct sfam__out *o, int index)
{
	if (index < 0)
		sfam__out_char(o, '-');
	sfam__out_dec(o, (uint64_t)(index < 0 ? -index : index));
	sfam__out_char(o, ':');
}

static void out_flags(struct sfam__out *o, uint32_t flags)
{
	if (flags & CGW_FLAGS_CAN_FD)
		sfam__out_str(o, " -X");
	if (flags & CGW_FLAGS_CAN_ECHO)
		sfam__out_str(o, " -e");
	if (flags & CGW_FLAGS_CAN_SRC_TSTAMP)
		sfam__out_str(o, " -t");
	if (flags & CGW_FLAGS_CAN_IIF_TX_OK)
		sfam__out_str(o, " -i");
}

static void out_mod(struct sfam__out *o, const char *op,
		    const struct sfam_can_gw_mod *m, uint32_t fd)
{
	out_option(o, fd ? 'M' : 'm');
	sfam__out_str(o, op);
	sfam__out_char(o, ':');
	if (m->what & CGW_MOD_ID)
		sfam__out_char(o, 'I');
	if (fd && m->what & CGW_MOD_FLAGS)
		sfam__out_char(o, 'F');
	if (m->what & CGW_MOD_LEN)
		sfam__out_char(o, 'L');
	if (m->what & CGW_MOD_DATA)
		sfam__out_char(o, 'D');
	sfam__out_char(o, ':');
	out_hex(o, m->id, 3);
	sfam__out_char(o, '.');
	if (fd) {
		out_hex(o, m->flags, 1);
		sfam__out_char(o, '.');
	}
	out_hex(o, m->len, 1);
	sfam__out_char(o, '.');
	out_bytes(o, m->data, fd ? CANFD_MAX_DLEN : CAN_MAX_DLEN);
}

static void out_profile(struct sfam__out *o, const struct cgw_csum_crc8 *c)
{
	if (c->profile == CGW_CRC8PRF_UNSPEC)
		return;
	out_option(o, 'p');
	sfam__out_dec(o, c->profile);
	sfam__out_char(o, ':');
	if (c->profile == CGW_CRC8PRF_1U8) {
		out_bytes(o, c->profile_data, 1);
	} else if (c->profile == CGW_CRC8PRF_16U8) {
		out_bytes(o, c->profile_data, 16);
	} else if (c->profile != CGW_CRC8PRF_SFFID_XOR) {
		sfam__out_str(o, "<unknown profile #");
		sfam__out_dec(o, c->profile);
		sfam__out_char(o, '>');
	}
}

static void out_crc8(struct sfam__out *o, const struct cgw_csum_crc8 *c)
{
	out_option(o, 'c');
	out_index(o, c->from_idx);
	out_index(o, c->to_idx);
	out_index(o, c->result_idx);
	out_bytes(o, &c->init_crc_val, 1);
	sfam__out_char(o, ':');
	out_bytes(o, &c->final_xor_val, 1);
	sfam__out_char(o, ':');
	out_bytes(o, c->crctab, sizeof(c->crctab));
	out_profile(o, c);
}

static void out_xor(struct sfam__out *o, const struct cgw_csum_xor *c)
{
	out_option(o, 'x');
	out_index(o, c->from_idx);
	out_index(o, c->to_idx);
	out_index(o, c->result_idx);
	out_bytes(o, &c->init_xor_val, 1);
}

static void out_filter(struct sfam__out *o, const struct can_filter *f)
{
	if (f->can_id == 0 && f->can_mask == 0)
		return;
	out_option(o, 'f');
	out_hex(o, f->can_id & ~CAN_INV_FILTER, 3);
	sfam__out_char(o, f->can_id & CAN_INV_FILTER ? '~' : ':');
	out_hex(o, f->can_mask, 1);
}

static void out_rest(struct sfam__out *o, const struct sfam_can_gw_rule *rule)
{
	int i;

	if (rule->hops) {
		out_option(o, 'l');
		sfam__out_dec(o, rule->hops);
	}
	for (i = 0; i < SFAM_CAN_GW_OPS; i++)
		if (rule->mods[i].what)
			out_mod(o, ops[i], &rule->mods[i],
				rule->flags & CGW_FLAGS_CAN_FD);
	if (rule->uid) {
		out_option(o, 'u');
		out_hex(o, rule->uid, 1);
	}
	if (rule->have & SFAM_CAN_GW_HAVE_CRC8)
		out_crc8(o, &rule->sum_crc8);
	if (rule->have & SFAM_CAN_GW_HAVE_XOR)
		out_xor(o, &rule->sum_xor);
	out_filter(o, &rule->filter);
}

SFAM_PUBLIC ssize_t
sfam_can_gw_rule_format(const struct sfam_can_gw_rule *rule, char *buf,
			size_t size)
{
	struct sfam__out o = { buf, size, 0 };

	if (!memchr(rule->source, 0, sizeof(rule->source)) ||
	    !memchr(rule->destination, 0, sizeof(rule->destination)))
		return -EINVAL;
	sfam__out_str(&o, "-s ");
	sfam__out_str(&o, rule->source);
	sfam__out_str(&o, " -d ");
	sfam__out_str(&o, rule->destination);
	out_flags(&o, rule->flags);
	out_rest(&o, rule);
	return sfam__out_finish(&o);
}
