/* SPDX-License-Identifier: MIT */
/* pcapng: the frame that every block has. */
#include "capture/reader.h"

static const struct block {
	uint32_t type;
	uint32_t len_min;	/* of the body */
	sfam__capture_read_body *read;
} blocks[] = {
	{ SFAM__PCAPNG_PACKET, SFAM__PCAPNG_PACKET_LEN,
	  sfam__capture_read_packet },
	{ SFAM__PCAPNG_SIMPLE, SFAM__PCAPNG_SIMPLE_LEN,
	  sfam__capture_read_simple },
	{ SFAM__PCAPNG_OLD_PACKET, SFAM__PCAPNG_OLD_PACKET_LEN,
	  sfam__capture_read_old_packet },
	{ SFAM__PCAPNG_STATS, SFAM__PCAPNG_STATS_LEN,
	  sfam__capture_read_stats },
	{ SFAM__PCAPNG_INTERFACE, SFAM__PCAPNG_INTERFACE_LEN,
	  sfam__capture_read_interface },
	{ SFAM__PCAPNG_SECTION, SFAM__PCAPNG_SECTION_LEN,
	  sfam__capture_read_section },
};

static const struct block *find(uint32_t type)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(blocks); i++)
		if (blocks[i].type == type)
			return &blocks[i];
	return NULL;
}

/* The byte order, which each section chooses for itself. */
static int read_order(struct sfam_capture_reader *r)
{
	int e = sfam__capture_need(r, 12, "the header of a section");
	uint32_t magic;

	if (e < 0)
		return e;
	r->swapped = false;
	magic = sfam__capture_word(r, sfam__capture_here(r) + 8);
	r->swapped = magic != SFAM__PCAPNG_MAGIC;
	if (r->swapped && __builtin_bswap32(magic) != SFAM__PCAPNG_MAGIC)
		return sfam__capture_bad(r, -EBADMSG, 8,
					 "the byte order of a section", magic);
	return 0;
}

static int check_len(struct sfam_capture_reader *r, const struct block *b,
		     uint32_t len)
{
	if (len % 4 || len < SFAM__PCAPNG_FRAME + (b ? b->len_min : 0))
		return sfam__capture_bad(r, -EBADMSG, 4, "a block's length",
					 len);
	if (b && len > SFAM__CAPTURE_BLOCK_MAX)
		return sfam__capture_bad(r, -EMSGSIZE, 4,
					 "a block of at most 1114112 bytes",
					 len);
	return 0;
}

/* All of it, with the same length at both ends. */
static int read_whole(struct sfam_capture_reader *r, uint32_t len)
{
	int e = sfam__capture_need(r, len, "the rest of a block");
	uint32_t again;

	if (e < 0)
		return e;
	again = sfam__capture_word(r, sfam__capture_here(r) + len - 4);
	if (again != len)
		return sfam__capture_bad(r, -EBADMSG, len - 4,
					 "the length of the block again",
					 again);
	return 0;
}

static int read_body(struct sfam_capture_reader *r, const struct block *b,
		     uint32_t len, struct sfam_capture_item *ret)
{
	const struct sfam__capture_body body = {
		r->buf + r->at + 8, len - SFAM__PCAPNG_FRAME,
	};
	int kind = b ? b->read(r, &body, ret) : SFAM__CAPTURE_PASSED;

	if (kind >= 0)
		sfam__capture_used(r, len);
	return kind;
}

int sfam__capture_read_block(struct sfam_capture_reader *r,
			     struct sfam_capture_item *ret)
{
	int e = sfam__capture_need(r, 8, "the header of a block");
	const struct block *b;
	uint32_t type, len;

	if (e < 0)
		return e;
	type = sfam__capture_word(r, sfam__capture_here(r));
	if (type == SFAM__PCAPNG_SECTION)
		e = read_order(r);
	if (e < 0)
		return e;
	b = find(type);
	len = sfam__capture_word(r, sfam__capture_here(r) + 4);
	e = check_len(r, b, len);
	if (e == 0 && len > SFAM__CAPTURE_BLOCK_MAX) {
		r->skip = r->skip_len = len;
		return SFAM__CAPTURE_PASSED;
	}
	if (e == 0)
		e = read_whole(r, len);
	return e < 0 ? e : read_body(r, b, len, ret);
}
