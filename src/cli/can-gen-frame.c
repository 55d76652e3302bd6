/* SPDX-License-Identifier: MIT */
#include "can-gen-frame.h"

#include <endian.h>
#include <string.h>

#define FDF 0x04		/* CANFD_FDF, since Linux 6.0 */
#define XL_RANDOM_MAX 64	/* bytes of an XL frame of random length */

/* ------------------------------------------------------------- arguments -- */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) :
			    NULL;

	return p ? (int)(p - digits) : -1;
}

static int read_number(const char *text, unsigned int base, uint32_t max,
		       uint32_t *ret)
{
	uint64_t v = 0;
	int digit;

	if (!*text)
		return -1;
	for (; *text; text++) {
		digit = hex_digit(*text);
		if (digit < 0 || (unsigned int)digit >= base)
			return -1;
		v = v * base + (unsigned int)digit;
		if (v > max)
			return -1;
	}
	*ret = (uint32_t)v;
	return 0;
}

/* One of the letters, or -1. */
static int read_letter(const char *text, const char *letters,
		       enum gen_mode *ret)
{
	static const char all[] = "reoi";	/* as enum gen_mode has them */

	if (!text[0] || text[1] || !strchr(letters, text[0]))
		return -1;
	*ret = (enum gen_mode)(strchr(all, text[0]) - all);
	return 0;
}

static int read_value(struct gen_value *ret, const char *text,
		      const char *letters, unsigned int base, uint32_t max)
{
	if (read_letter(text, letters, &ret->mode) == 0)
		return 0;
	if (read_number(text, base, max, &ret->value) < 0)
		return -1;
	ret->mode = GEN_FIXED;
	return 0;
}

int gen_read_id(struct gen_value *ret, const char *text)
{
	return read_value(ret, text, "reoi", 16, CAN_EFF_MASK);
}

int gen_read_len(struct gen_value *ret, const char *text)
{
	return read_value(ret, text, "ri", 10, SFAM_CANXL_DLEN);
}

int gen_read_byte(struct gen_value *ret, const char *text)
{
	return read_value(ret, text, "ri", 16, UINT8_MAX);
}

int gen_read_word(struct gen_value *ret, const char *text)
{
	return read_value(ret, text, "ri", 16, UINT32_MAX);
}

static int read_nibble(char c, uint8_t *value, uint8_t *mask)
{
	int digit = c == 'x' ? 0 : hex_digit(c);

	if (digit < 0)
		return -1;
	*value = (uint8_t)(*value << 4 | digit);
	*mask = (uint8_t)(*mask << 4 | (c == 'x' ? 15 : 0));
	return 0;
}

static int read_pattern(struct gen *g, const char *text)
{
	uint8_t data[GEN_DATA_MAX] = { 0 }, mask[GEN_DATA_MAX] = { 0 };
	const size_t n = strlen(text);
	size_t i;

	if (n == 0 || n % 2 || n / 2 > GEN_DATA_MAX)
		return -1;
	for (i = 0; i < n; i++)
		if (read_nibble(text[i], &data[i / 2], &mask[i / 2]) < 0)
			return -1;
	memcpy(g->data, data, sizeof(data));
	memcpy(g->mask, mask, sizeof(mask));
	g->data_mode = GEN_FIXED;
	return 0;
}

int gen_read_data(struct gen *g, const char *text)
{
	return read_letter(text, "ri", &g->data_mode) == 0 ? 0 :
	       read_pattern(g, text);
}

/* Of lengths that a kind cannot have: a mix cuts them. */
static const char *check_len(const struct gen *g)
{
	const uint32_t len = g->len.value;

	if (g->len.mode != GEN_FIXED || g->mixes)
		return NULL;
	if (g->flags & SFAM_CAN_XL)
		return len ? NULL : "an XL frame has 1 to 2048 bytes";
	if (g->flags & SFAM_CAN_FD)
		return len <= CANFD_MAX_DLEN ? NULL :
		       "an FD frame has 64 bytes at most";
	if (g->has_raw_dlc)
		return len <= 15 ? NULL : "a raw DLC is 15 at most";
	return len <= CAN_MAX_DLEN ? NULL : "a classic frame has 8 bytes at "
					    "most; try: -f, or -8";
}

const char *gen_check(const struct gen *g)
{
	if (g->id.mode == GEN_FIXED && g->id.value > CAN_SFF_MASK &&
	    !(g->flags & SFAM_CAN_EXT))
		return "an identifier over 7FF is extended; try: -e";
	if (g->xl_flags.mode == GEN_FIXED && g->xl_flags.value & ~0x83u)
		return "flags of an XL frame are 1 (SEC) and 2 (RRS)";
	if (g->mixes)
		return NULL;
	if (g->flags & SFAM_CAN_RTR && g->flags & (SFAM_CAN_FD | SFAM_CAN_XL))
		return "only classic frames are remote requests";
	if (g->flags & SFAM_CAN_XL &&
	    g->flags & (SFAM_CAN_EXT | SFAM_CAN_FD))
		return "an XL frame has no extended identifier, and is no FD "
		       "frame";
	return check_len(g);
}

/* ---------------------------------------------------------------- values -- */

/* Marsaglia: "Xorshift RNGs". A cheap one, as each frame takes three. */
static uint64_t next_random(struct gen *g)
{
	uint64_t x = g->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return g->random = x;
}

static uint32_t next_id(struct gen *g, uint32_t mask)
{
	struct gen_value *v = &g->id;

	switch (v->mode) {
	case GEN_RANDOM:
		return (uint32_t)next_random(g) & mask;
	case GEN_EVEN:
		return (uint32_t)next_random(g) & mask & ~1u;
	case GEN_ODD:
		return ((uint32_t)next_random(g) & mask) | 1;
	case GEN_INCREMENT:
		/* As cangen's: what a mask cuts in a mix is gone. */
		v->value = (v->value & mask) + 1;
		return v->value - 1;
	default:
		return v->value & mask;
	}
}

/* Of an XL frame: cangen adds before it sends, so the first is step. */
static uint32_t next_field(struct gen *g, struct gen_value *v, uint32_t step)
{
	if (v->mode == GEN_RANDOM)
		return (uint32_t)next_random(g);
	if (v->mode == GEN_INCREMENT)
		v->value += step;
	return v->value;
}

/* --------------------------------------------------------------- lengths -- */

static uint16_t fd_len_of(uint32_t dlc)
{
	static const uint8_t lens[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20,
					24, 32, 48, 64 };

	return lens[dlc & 15];
}

/* Before it is cut to what the frame can have; a DLC for -L r and i. */
static uint32_t next_dlc(struct gen *g, uint32_t flags)
{
	const uint32_t dlc = g->len.value;
	int is_wide;

	if (g->len.mode == GEN_RANDOM)
		return (uint32_t)next_random(g) & 15;
	/* In a mix, what a classic frame can have is counted. */
	is_wide = g->has_raw_dlc ||
		  (flags & (SFAM_CAN_FD | SFAM_CAN_XL) && !g->mixes);
	g->len.value = (dlc + 1) % (is_wide ? 16 : 9);
	return dlc;
}

static void set_classic_len(const struct gen *g, struct sfam_can_fields *f,
			    uint32_t dlc)
{
	if (dlc <= CAN_MAX_DLEN) {
		f->len = (uint16_t)dlc;
		return;
	}
	f->len = CAN_MAX_DLEN;
	if (g->has_raw_dlc && dlc <= 15)
		f->len8_dlc = (uint8_t)dlc;
}

static void set_len(struct gen *g, struct sfam_can_fields *f)
{
	const int is_fixed = g->len.mode == GEN_FIXED;
	uint32_t n = is_fixed ? g->len.value : next_dlc(g, f->flags);

	if (f->flags & SFAM_CAN_XL) {
		if (g->len.mode == GEN_RANDOM)
			n = 1 + (uint32_t)next_random(g) % XL_RANDOM_MAX;
		else if (!is_fixed)
			n = fd_len_of(n);
		f->len = (uint16_t)n;
	} else if (f->flags & SFAM_CAN_FD) {
		if (n > CANFD_MAX_DLEN)
			n = CANFD_MAX_DLEN;
		f->len = is_fixed ? (uint16_t)sfam_can_fd_len(n) : fd_len_of(n);
	} else {
		set_classic_len(g, f, n);
	}
	if (f->len == 0 && (f->flags & SFAM_CAN_XL ||
			    g->data_mode == GEN_INCREMENT))
		f->len = 1;
}

/* ------------------------------------------------------------------ data -- */

/* At most eight bytes of v; zeros behind the end, up to the eighth. */
static void put_eight(uint8_t *to, uint64_t v, size_t len)
{
	if (len < sizeof(v))
		v &= htole64(UINT64_MAX >> (64 - 8 * len));
	memcpy(to, &v, sizeof(v));
}

static void put_random(struct gen *g, uint8_t *to, size_t len)
{
	for (; len > 8; len -= 8, to += 8)
		put_eight(to, next_random(g), 8);
	if (len)
		put_eight(to, next_random(g), len);
}

/* The user's bytes; where the mask has a 1, a random bit. */
static void put_pattern(struct gen *g, uint8_t *to, size_t len)
{
	uint64_t v, mask;
	size_t at;

	for (at = 0; at < len; at += sizeof(v)) {
		memcpy(&v, g->data + at, sizeof(v));
		memcpy(&mask, g->mask + at, sizeof(mask));
		if (mask)
			v = (v & ~mask) | (next_random(g) & mask);
		put_eight(to + at, v, len - at);
	}
}

/* data is zero, and so are up to seven bytes behind its len. */
static void put_data(struct gen *g, uint8_t *data, size_t len)
{
	uint64_t count;
	size_t i;

	switch (g->data_mode) {
	case GEN_RANDOM:
		put_random(g, data, len);
		return;
	case GEN_INCREMENT:
		count = g->data_count++;
		for (i = 0; i < len && i < sizeof(count); i++)
			data[i] = (uint8_t)(count >> 8 * i);
		return;
	default:
		put_pattern(g, data, len < GEN_DATA_MAX ? len : GEN_DATA_MAX);
	}
}

/* ---------------------------------------------------------------- frames -- */

/* As often as in cangen: a quarter each of XL and of remote requests. */
static uint32_t mixed_flags(struct gen *g)
{
	const uint64_t r = next_random(g);
	uint32_t flags = 0;

	if (g->mixable & SFAM_CAN_XL && (r & 96) == 96)
		return SFAM_CAN_XL;
	if (r & 1)
		flags |= SFAM_CAN_EXT;
	if (g->mixable & SFAM_CAN_FD && r & 2)
		return flags | SFAM_CAN_FD | (r & 4 ? SFAM_CAN_BRS : 0) |
		       (r & 8 ? SFAM_CAN_ESI : 0);
	return flags | ((r & 24) == 24 ? SFAM_CAN_RTR : 0);
}

static void set_xl(struct gen *g, struct sfam_can_fields *f)
{
	const uint32_t bits = next_field(g, &g->xl_flags, 1);

	if (bits & 1)
		f->flags |= SFAM_CAN_SEC;
	/* Random and counted ones are SEC alone. */
	if (g->xl_flags.mode == GEN_FIXED && bits & 2)
		f->flags |= SFAM_CAN_RRS;
	f->sdt = (uint8_t)next_field(g, &g->sdt, 1);
	f->af = next_field(g, &g->af, 1);
	f->vcid = (uint8_t)next_field(g, &g->vcid, 1);
}

static ssize_t put_xl(struct gen *g, struct sfam_can_fields *f, void *frame)
{
	uint8_t data[SFAM_CANXL_DLEN + 8];

	memset(data, 0, sizeof(data));
	put_data(g, data, f->len);
	f->data = data;
	set_xl(g, f);
	return sfam_can_pack(frame, SFAM_CANXL_MTU, f);
}

/*
 * Where it will be sent from: at full speed this is most of what is done
 * here. A classic frame has its raw DLC where one of FD has nothing.
 */
static ssize_t put_short(struct gen *g, const struct sfam_can_fields *f,
			 void *frame)
{
	struct canfd_frame *c = frame;

	memset(c, 0, CAN_MTU);
	if (f->flags & SFAM_CAN_FD)
		memset(c, 0, CANFD_MTU);
	c->can_id = f->id | (f->flags & SFAM_CAN_EXT ? CAN_EFF_FLAG : 0) |
		    (f->flags & SFAM_CAN_RTR ? CAN_RTR_FLAG : 0);
	c->len = (uint8_t)f->len;
	c->__res1 = f->len8_dlc;
	if (f->flags & SFAM_CAN_FD)
		c->flags = FDF | (f->flags & SFAM_CAN_BRS ? CANFD_BRS : 0) |
			   (f->flags & SFAM_CAN_ESI ? CANFD_ESI : 0);
	if (!(f->flags & SFAM_CAN_RTR))
		put_data(g, c->data, f->len);
	return f->flags & SFAM_CAN_FD ? CANFD_MTU : CAN_MTU;
}

ssize_t gen_next(struct gen *g, void *frame)
{
	struct sfam_can_fields f = {
		.flags = g->mixes ? mixed_flags(g) : g->flags,
	};

	f.id = next_id(g, f.flags & SFAM_CAN_EXT ? CAN_EFF_MASK :
						   CAN_SFF_MASK);
	set_len(g, &f);
	return f.flags & SFAM_CAN_XL ? put_xl(g, &f, frame) :
				       put_short(g, &f, frame);
}
