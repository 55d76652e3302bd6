/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "can-watch.h"

#define INVERSE "\033[7m"
#define PLAIN "\033[27m"

int can_watch_init(struct can_watch *w, size_t size)
{
	memset(w, 0, sizeof(*w));
	w->rows = calloc(size, sizeof(*w->rows));
	w->size = size;
	return w->rows ? 0 : -ENOMEM;
}

void can_watch_done(struct can_watch *w)
{
	free(w->rows);
	w->rows = NULL;
}

/* ------------------------------------------------------------- frames -- */

static int is_before(const struct can_watch_row *row, uint32_t id,
		     uint32_t kind)
{
	return row->id != id ? row->id < id : row->kind < kind;
}

/* Its row, a new one if need be; NULL if there is no room. */
static struct can_watch_row *row_of(struct can_watch *w, uint32_t id,
				    uint32_t kind)
{
	size_t low = 0, high = w->n, mid;
	struct can_watch_row *row;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (is_before(&w->rows[mid], id, kind))
			low = mid + 1;
		else
			high = mid;
	}
	row = &w->rows[low];
	if (low < w->n && row->id == id && row->kind == kind)
		return row;
	if (w->n == w->size)
		return NULL;
	memmove(row + 1, row, (w->n++ - low) * sizeof(*row));
	memset(row, 0, sizeof(*row));
	row->id = id;
	row->kind = kind;
	return row;
}

/*
 * Bits that differ; all of those that came or went with the length. 1: one
 * of them is shown.
 */
static int note_changes(struct can_watch_row *row, const uint8_t *data,
			uint8_t n, int64_t time_ns)
{
	uint8_t diff, old, seen = 0;
	size_t i;

	for (i = 0; i < n || i < row->n; i++) {
		old = row->data[i];
		row->data[i] = i < n ? data[i] : 0;
		diff = i < n && i < row->n ? old ^ row->data[i] : 0xff;
		row->changed[i] |= diff;
		row->ever[i] |= diff;
		if (diff)
			row->changed_ns = time_ns;
		seen |= diff & (uint8_t)~row->known[i];
	}
	row->n = n;
	return seen != 0;
}

static uint32_t id_with_flags(const struct sfam_can_fields *f)
{
	return f->id | (f->flags & SFAM_CAN_EXT ? CAN_EFF_FLAG : 0) |
	       (f->flags & SFAM_CAN_RTR ? CAN_RTR_FLAG : 0) |
	       (f->flags & SFAM_CAN_ERR ? CAN_ERR_FLAG : 0);
}

int can_watch_take(struct can_watch *w, const struct sfam_can_record *rec)
{
	struct sfam_can_fields f;
	struct can_watch_row *row;
	uint8_t n;

	if (sfam_can_unpack(&f, rec->frame, rec->size) < 0)
		return 0;
	w->frames++;
	row = row_of(w, id_with_flags(&f),
		     f.flags & (SFAM_CAN_FD | SFAM_CAN_XL));
	if (!row) {
		w->left_out++;
		return 0;
	}
	n = f.len < CAN_WATCH_BYTES ? (uint8_t)f.len : CAN_WATCH_BYTES;
	if (f.flags & SFAM_CAN_RTR)
		n = 0;
	row->gap_ns = row->frames ? rec->time_ns - row->last_ns : 0;
	row->last_ns = rec->time_ns;
	row->len = f.len;
	if (row->frames++ == 0) {
		memcpy(row->data, f.data, n);
		row->n = n;
		return 1;
	}
	return note_changes(row, f.data, n, rec->time_ns);
}

int can_watch_expire(struct can_watch *w, int64_t before_ns)
{
	struct can_watch_row *row;
	int some = 0;

	for (row = w->rows; row < w->rows + w->n; row++) {
		if (row->changed_ns == 0 || row->changed_ns >= before_ns)
			continue;
		memset(row->changed, 0, sizeof(row->changed));
		row->changed_ns = 0;
		some = 1;
	}
	return some;
}

void can_watch_notch(struct can_watch *w)
{
	struct can_watch_row *row;
	size_t i;

	for (row = w->rows; row < w->rows + w->n; row++)
		for (i = 0; i < CAN_WATCH_BYTES; i++)
			row->known[i] |= row->ever[i];
}

void can_watch_unnotch(struct can_watch *w)
{
	struct can_watch_row *row;

	for (row = w->rows; row < w->rows + w->n; row++)
		memset(row->known, 0, sizeof(row->known));
}

/* --------------------------------------------------------------- text -- */

static int put_head(char *p, const struct can_watch_row *row)
{
	const char *kind = row->kind == SFAM_CAN_FD ? "FD" :
			   row->kind == SFAM_CAN_XL ? "XL" : "  ";
	char id[16];

	if (row->id & CAN_ERR_FLAG)
		snprintf(id, sizeof(id), "%08X",
			 row->id & (CAN_EFF_MASK | CAN_ERR_FLAG));
	else if (row->id & CAN_EFF_FLAG)
		snprintf(id, sizeof(id), "%08X", row->id & CAN_EFF_MASK);
	else
		snprintf(id, sizeof(id), "%03X", row->id & CAN_SFF_MASK);
	return sprintf(p, "%8.3f  %8s %s [%4u]%s", (double)row->gap_ns / 1e9,
		       id, kind, row->len,
		       row->id & CAN_RTR_FLAG ? " remote" : "");
}

/* A run of digits, inverse or not. */
static char *put_digits(char *p, const char *digits, int inverse)
{
	if (inverse)
		p = stpcpy(p, INVERSE);
	p = stpcpy(p, digits);
	return inverse ? stpcpy(p, PLAIN) : p;
}

static char *put_bits(char *p, uint8_t value, uint8_t changed)
{
	char digit[2] = "";
	uint8_t bit;

	for (bit = 0x80; bit; bit >>= 1) {
		digit[0] = value & bit ? '1' : '0';
		p = put_digits(p, digit, changed & bit);
	}
	return p;
}

size_t can_watch_line(char *buf, const struct can_watch_row *row,
		      size_t width, int bits)
{
	size_t step = bits ? 9 : 3;
	size_t used, i;
	uint8_t changed;
	char byte[4];
	char *p = buf;

	used = (size_t)put_head(p, row);
	if (used > width)
		used = width;
	p += used;
	for (i = 0; i < row->n && used + step <= width; i++, used += step) {
		changed = row->changed[i] & (uint8_t)~row->known[i];
		*p++ = ' ';
		if (bits) {
			p = put_bits(p, row->data[i], changed);
			continue;
		}
		snprintf(byte, sizeof(byte), "%02X", row->data[i]);
		p = put_digits(p, byte, changed);
	}
	/* Bytes for which there is no room, or that are not held. */
	if (row->n && (i < row->n || row->len > row->n) && used + 2 <= width)
		p = stpcpy(p, " >");
	*p = '\0';
	return (size_t)(p - buf);
}
