/* SPDX-License-Identifier: MIT */
/*
 * The wire length of a frame. The bits up to the CRC go through stuffing one
 * by one: after five equal ones the opposite is put in, and counts as the
 * first of the next run.
 */
#include "can/layout.h"

#include <sockfam/can-bits.h>

#define CRC15_POLY 0x4599u
#define ACK_TO_INTERMISSION 12	/* ACK slot, its delimiter, EOF 7, 3 */
#define CRC_DELIMITER 1

struct wire {
	uint32_t bits;		/* without stuff bits */
	uint32_t stuffed;
	uint32_t run;		/* equal bits in a row */
	uint32_t last;		/* the bit they are; 2 before the first */
	uint32_t crc;
};

static void put_bit(struct wire *w, uint32_t bit)
{
	/* The stuff bit that the run before has earned. */
	if (w->run == 5) {
		w->stuffed++;
		w->last ^= 1;
		w->run = 1;
	}
	w->run = bit == w->last ? w->run + 1 : 1;
	w->last = bit;
	w->bits++;
	w->crc = w->crc << 1 ^ ((w->crc >> 14 ^ bit) & 1 ? CRC15_POLY : 0);
}

static void put_bits(struct wire *w, uint32_t value, unsigned int n)
{
	while (n--)
		put_bit(w, value >> n & 1);
}

static void put_bytes(struct wire *w, const uint8_t *data, size_t len)
{
	while (len--)
		put_bits(w, *data++, 8);
}

/* Start of frame and identifier, to the bit before the next reserved one. */
static void put_head(struct wire *w, const struct sfam_can_fields *f,
		     uint32_t remote)
{
	put_bit(w, 0);
	if (!(f->flags & SFAM_CAN_EXT)) {
		put_bits(w, f->id, 11);
		put_bits(w, remote << 1, 2);		/* RTR, IDE */
		return;
	}
	put_bits(w, f->id >> 18, 11);
	put_bits(w, 3, 2);				/* SRR, IDE */
	put_bits(w, f->id & 0x3ffff, 18);
	put_bit(w, remote);
}

/* 9 and more stand for longer lengths: 12 16 20 24, 32 48 64. */
static uint32_t fd_dlc(uint32_t len)
{
	if (len <= 8)
		return len;
	return len <= 24 ? 6 + len / 4 : 11 + len / 16;
}

static void count_classic(struct sfam_can_bits *ret,
			  const struct sfam_can_fields *f)
{
	uint32_t remote = f->flags & SFAM_CAN_RTR ? 1 : 0;
	struct wire w = { .last = 2 };

	put_head(&w, f, remote);
	put_bits(&w, 0, f->flags & SFAM_CAN_EXT ? 2 : 1);	/* r1, r0 */
	put_bits(&w, f->len8_dlc ? f->len8_dlc : f->len, 4);
	if (!remote)
		put_bytes(&w, f->data, f->len);
	put_bits(&w, w.crc & 0x7fff, 15);
	if (w.run == 5)		/* the delimiter is not stuffed, this is */
		w.stuffed++;
	ret->stuffed = w.stuffed;
	ret->nominal = w.bits + w.stuffed + CRC_DELIMITER +
		       ACK_TO_INTERMISSION;
	ret->data = 0;
}

/*
 * Stuff count and CRC have a fixed stuff bit before them and after every
 * fourth bit, and none by runs: their values do not matter. Where the data
 * end in a run of five, the first fixed one is its stuff bit as well.
 */
static void count_fd(struct sfam_can_bits *ret,
		     const struct sfam_can_fields *f)
{
	uint32_t check_bits = 4 + (f->len > 16 ? 21 : 17);
	uint32_t fixed = 1 + check_bits / 4;
	uint32_t brs = f->flags & SFAM_CAN_BRS ? 1 : 0;
	struct wire w = { .last = 2 };
	uint32_t head, rest;

	put_head(&w, f, 0);
	put_bits(&w, 2, 2);				/* FDF, reserved */
	put_bit(&w, brs);
	head = w.bits + w.stuffed;
	put_bit(&w, f->flags & SFAM_CAN_ESI ? 1 : 0);
	put_bits(&w, fd_dlc(f->len), 4);
	put_bytes(&w, f->data, f->len);
	rest = w.bits + w.stuffed - head + check_bits + fixed + CRC_DELIMITER;
	ret->stuffed = w.stuffed + fixed;
	ret->nominal = head + ACK_TO_INTERMISSION + (brs ? 0 : rest);
	ret->data = brs ? rest : 0;
}

SFAM_PUBLIC int sfam_can_count_bits(struct sfam_can_bits *ret,
				    const void *frame, size_t size)
{
	struct sfam_can_fields f;
	int r = sfam_can_unpack(&f, frame, size);

	if (r < 0)
		return r;
	if (f.flags & SFAM_CAN_ERR)
		return -EINVAL;
	if (f.flags & SFAM_CAN_XL)
		return -EOPNOTSUPP;
	if (f.flags & SFAM_CAN_FD && sfam_can_fd_len(f.len) != f.len)
		return -EINVAL;
	if (f.flags & SFAM_CAN_FD)
		count_fd(ret, &f);
	else
		count_classic(ret, &f);
	return 0;
}
