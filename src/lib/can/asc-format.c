/* SPDX-License-Identifier: MIT */
/* Lines of ASC files, as log2asc of can-utils writes them. */
#include "can/asc.h"

static void out_blanks(struct sfam__out *o, size_t n)
{
	while (n--)
		sfam__out_char(o, ' ');
}

/* Upper case, in a field of width, on its right. */
static void out_hex(struct sfam__out *o, uint32_t v, size_t width)
{
	char digits[8];
	size_t n = 0;

	do {
		digits[n++] = sfam__hex_pair[v & 0xf][1];
		v >>= 4;
	} while (v);
	if (width > n)
		out_blanks(o, width - n);
	while (n)
		sfam__out_char(o, digits[--n]);
}

static void out_dec(struct sfam__out *o, uint64_t v, size_t width)
{
	uint64_t rest = v;
	size_t n = 1;

	while (rest /= 10)
		n++;
	if (width > n)
		out_blanks(o, width - n);
	sfam__out_dec(o, v);
}

static void out_bytes(struct sfam__out *o, const uint8_t *data, size_t n)
{
	for (; n > 0; n--, data++) {
		sfam__out_char(o, ' ');
		sfam__out_char(o, sfam__hex_pair[*data][0]);
		sfam__out_char(o, sfam__hex_pair[*data][1]);
	}
}

static size_t id_len(const struct sfam_can_fields *f)
{
	size_t n = 1;

	while (n < 8 && f->id >> (4 * n))
		n++;
	return n;
}

/* With its x, or a blank. */
static void out_id(struct sfam__out *o, const struct sfam_can_fields *f)
{
	out_hex(o, f->id, 0);
	sfam__out_char(o, f->flags & SFAM_CAN_EXT ? 'x' : ' ');
}

static void out_stamp(struct sfam__out *o, uint64_t time_ns)
{
	uint64_t s = time_ns / (uint64_t)SFAM__ASC_NS_PER_S;
	uint64_t us = time_ns / 1000 % 1000000;
	uint64_t unit;

	out_dec(o, s, 4);
	sfam__out_char(o, '.');
	for (unit = 100000; unit; unit /= 10)
		sfam__out_dec(o, us / unit % 10);
	sfam__out_char(o, ' ');
}

static uint32_t dlc_of(const struct sfam_can_fields *f)
{
	uint32_t dlc = 0;

	if (f->len8_dlc)
		return f->len8_dlc;
	while (sfam__asc_fd_lens[dlc] < f->len)
		dlc++;
	return dlc;
}

/* --------------------------------------------------------------- kinds -- */

static void out_classic(struct sfam__out *o, const struct sfam_can_fields *f,
			uint32_t channel, const char *direction)
{
	const bool is_request = f->flags & SFAM_CAN_RTR;

	sfam__out_dec(o, channel);
	out_blanks(o, channel < 10 ? 2 : 1);
	if (f->flags & SFAM_CAN_ERR) {
		sfam__out_str(o, "ErrorFrame");
		return;
	}
	out_id(o, f);
	out_blanks(o, 15 - id_len(f));
	sfam__out_str(o, direction);
	sfam__out_str(o, is_request ? "   r " : "   d ");
	out_hex(o, dlc_of(f), 0);
	if (!is_request)
		out_bytes(o, f->data, f->len);
}

static void out_fd(struct sfam__out *o, const struct sfam_can_fields *f,
		   uint32_t channel, const char *direction)
{
	uint32_t flags = SFAM__ASC_FDF;

	sfam__out_str(o, "CANFD ");
	out_dec(o, channel, 3);
	sfam__out_char(o, ' ');
	sfam__out_str(o, direction);
	out_blanks(o, 3 + 8 - id_len(f));
	out_id(o, f);
	out_blanks(o, 34);	/* the field of a name */
	sfam__out_str(o, f->flags & SFAM_CAN_BRS ? "1 " : "0 ");
	sfam__out_str(o, f->flags & SFAM_CAN_ESI ? "1 " : "0 ");
	sfam__out_hex(o, dlc_of(f), 1);
	sfam__out_char(o, ' ');
	out_dec(o, f->len, 2);
	out_bytes(o, f->data, f->len);
	if (f->flags & SFAM_CAN_BRS)
		flags |= SFAM__ASC_BRS;
	if (f->flags & SFAM_CAN_ESI)
		flags |= SFAM__ASC_ESI;
	/* Duration and bits are log2asc's: nobody knows them here. */
	sfam__out_str(o, "   130000  130 ");
	out_hex(o, flags, 8);
	sfam__out_str(o, " 0 0 0 0 0");
}

/* The numbers that are no part of the frame are log2asc's, too. */
static void out_xl(struct sfam__out *o, const struct sfam_can_fields *f,
		   uint32_t channel, const char *direction)
{
	uint32_t flags = SFAM__ASC_XLF | SFAM__ASC_FDF | SFAM__ASC_BRS;

	sfam__out_str(o, "CANXL ");
	out_dec(o, channel, 3);
	sfam__out_char(o, ' ');
	sfam__out_str(o, direction);
	sfam__out_str(o, "   XLFF   984438   4656 ");
	out_hex(o, f->id, 9);
	out_blanks(o, 34);
	sfam__out_hex(o, f->sdt, 2);
	sfam__out_str(o, f->flags & SFAM_CAN_SEC ? " 1 " : " 0 ");
	sfam__out_hex(o, f->len - 1u, 1);
	sfam__out_char(o, ' ');
	sfam__out_dec(o, f->len);
	sfam__out_str(o, " 1 1f96 ");
	sfam__out_hex(o, f->vcid, 2);
	sfam__out_char(o, ' ');
	sfam__out_hex(o, f->af, 8);
	out_bytes(o, f->data, f->len);
	if (f->flags & SFAM_CAN_SEC)
		flags |= SFAM__ASC_SEC;
	if (f->flags & SFAM_CAN_RRS)
		flags |= SFAM__ASC_RRS;
	sfam__out_str(o, " 123123 ");
	sfam__out_hex(o, flags, 8);
	sfam__out_str(o, " 00000000"
		      " 000000050005000e 0000000000a00010"
		      " 0000000a000a001d 0000000000a00002"
		      " 000000100010000f 0000000000a00001");
}

/* -------------------------------------------------------------- public -- */

/* All of it, or nothing. */
static ssize_t deliver(char *buf, size_t size, const struct sfam__out *o)
{
	if (o->len > o->size || o->len > size)
		return -ENOSPC;
	memcpy(buf, o->buf, o->len);
	return (ssize_t)o->len;
}

static bool is_channel(uint32_t channel)
{
	return channel >= 1 && channel <= SFAM_CAN_ASC_CHANNEL_MAX;
}

static bool has_blank(const char *text, size_t len)
{
	return memchr(text, ' ', len) || memchr(text, '\t', len) ||
	       memchr(text, '\n', len) || memchr(text, '\r', len);
}

SFAM_PUBLIC ssize_t sfam_can_asc_format_header(char *buf, size_t size,
					       int64_t start_s)
{
	char text[256];
	struct sfam__out o = { text, sizeof(text), 0 };
	int r;

	sfam__out_str(&o, "date ");
	r = sfam__asc_out_date(&o, start_s);
	if (r < 0)
		return r;
	sfam__out_str(&o, "\nbase hex  timestamps absolute\n"
		      "no internal events logged\n"
		      "// " SFAM__ASC_OURS " start ");
	sfam__out_dec(&o, (uint64_t)start_s);
	sfam__out_char(&o, '\n');
	return deliver(buf, size, &o);
}

SFAM_PUBLIC ssize_t sfam_can_asc_format_channel(char *buf, size_t size,
						uint32_t channel,
						const char *ifname)
{
	char text[64];
	struct sfam__out o = { text, sizeof(text), 0 };
	const size_t n = strnlen(ifname, 16);

	if (!is_channel(channel) || n < 1 || n > 15 || has_blank(ifname, n))
		return -EINVAL;
	sfam__out_str(&o, "// " SFAM__ASC_OURS " channel ");
	sfam__out_dec(&o, channel);
	sfam__out_char(&o, ' ');
	sfam__out_str(&o, ifname);
	sfam__out_char(&o, '\n');
	return deliver(buf, size, &o);
}

SFAM_PUBLIC ssize_t sfam_can_asc_format(char *buf, size_t size,
					int64_t time_ns, uint32_t channel,
					char direction, const void *frame,
					size_t frame_size)
{
	const char *const d = direction == 'T' ? "Tx" : "Rx";
	char text[SFAM_CAN_ASC_STRLEN];
	struct sfam__out o = { text, sizeof(text), 0 };
	struct sfam_can_fields f;
	int r = sfam_can_unpack(&f, frame, frame_size);

	if (r < 0)
		return r;
	if (time_ns < 0 || !is_channel(channel))
		return -EINVAL;
	out_stamp(&o, (uint64_t)time_ns);
	if (f.flags & SFAM_CAN_XL)
		out_xl(&o, &f, channel, d);
	else if (f.flags & SFAM_CAN_FD && !(f.flags & SFAM_CAN_ERR))
		out_fd(&o, &f, channel, d);
	else
		out_classic(&o, &f, channel, d);
	sfam__out_char(&o, '\n');
	return deliver(buf, size, &o);
}
