/* SPDX-License-Identifier: MIT */
/* A frame of ISO-TP in the words of isotpdump. */
#include <stdio.h>

#include "can-isotp.h"

static uint8_t at(const struct sfam_can_fields *f, size_t i)
{
	return i < f->len ? f->data[i] : 0;
}

static int put_flow(char *p, const struct sfam_can_fields *f, size_t i)
{
	static const char *const names[] = { "CTS", "WT", "OVFLW",
					     "reserved" };
	const unsigned int status = at(f, i) & 0xf;
	const unsigned int size = at(f, i + 1), stmin = at(f, i + 2);
	int n = sprintf(p, "[FC] FC: %u = %s # BS: %u %s# STmin: 0x%02X = ",
			status, names[status > 3 ? 3 : status], size,
			size ? "" : "= off ", stmin);

	if (stmin < 0x80)
		return n + sprintf(p + n, "%u ms", stmin);
	if (stmin > 0xf0 && stmin < 0xfa)
		return n + sprintf(p + n, "%u us", (stmin & 0xf) * 100);
	return n + sprintf(p + n, "reserved");
}

static int put_first(char *p, const struct sfam_can_fields *f, size_t i,
		     size_t *ret_data)
{
	unsigned int len = (at(f, i) & 0xfu) << 8 | at(f, i + 1);

	*ret_data = i + 2;
	if (len == 0) {
		len = (unsigned int)at(f, i + 2) << 24 |
		      (unsigned int)at(f, i + 3) << 16 |
		      (unsigned int)at(f, i + 4) << 8 | at(f, i + 5);
		*ret_data = i + 6;
	}
	return sprintf(p, "[FF] ln: %-4u data:", len);
}

/* *ret_data: where data begins; 0: there is none. */
static int put_head(char *p, const struct sfam_can_fields *f, size_t i,
		    size_t *ret_data)
{
	const unsigned int pci = at(f, i);
	const int is_long = (pci & 0xf) == 0;

	*ret_data = 0;
	switch (pci >> 4) {
	case 0:
		*ret_data = i + (is_long ? 2 : 1);
		return sprintf(p, "[SF] ln: %-4u data:",
			       is_long ? at(f, i + 1) : pci & 0xf);
	case 1:
		return put_first(p, f, i, ret_data);
	case 2:
		*ret_data = i + 1;
		return sprintf(p, "[CF] sn: %X    data:", pci & 0xf);
	case 3:
		return put_flow(p, f, i);
	default:
		return sprintf(p, "[??]");
	}
}

static int put_ascii(char *p, const struct sfam_can_fields *f, size_t from,
		     int has_address)
{
	const int blanks = (7 - has_address - (int)(f->len - from)) * 3 + 5;
	int n = sprintf(p, "%*s", blanks, "-  '");
	size_t i;

	for (i = from; i < f->len; i++)
		p[n++] = f->data[i] > 0x1f && f->data[i] < 0x7f ?
			 (char)f->data[i] : '.';
	p[n++] = '\'';
	return n;
}

/* The widths below 0, of FD frames, fill on the right, as there. */
static int put_uds(char *p, const struct sfam_can_fields *f, size_t from,
		   int has_address, int with_ascii)
{
	const int room = 7 - has_address - (int)(f->len - from);
	const char *flag, *name = isotp_uds(at(f, from), at(f, from + 2),
					    &flag);

	return sprintf(p, "%*s[%s] %s", room * (with_ascii ? 1 : 3) + 3, " - ",
		       flag, name);
}

size_t isotp_frame_text(char *buf, const struct sfam_can_fields *f,
			uint32_t looks)
{
	const int has_address = (looks & ISOTP_TEXT_ADDRESS) != 0;
	const uint8_t pci = at(f, (size_t)has_address);
	size_t data;
	char *p = buf;

	p += sprintf(p, f->flags & SFAM_CAN_EXT ? "%8X" : "%3X", f->id);
	if (has_address)
		p += sprintf(p, "{%02X}", at(f, 0));
	p += sprintf(p, f->flags & SFAM_CAN_FD ? " [%02d]  " : "  [%d]  ",
		     f->len);
	p += put_head(p, f, (size_t)has_address, &data);
	if (data && f->len > data) {
		*p++ = ' ';
		p += isotp_write_hex(p, f->data + data, f->len - data, " ");
		if (looks & ISOTP_TEXT_ASCII)
			p += put_ascii(p, f, data, has_address);
		/* A request or a response begins in these frames alone. */
		if (looks & ISOTP_TEXT_UDS && pci >> 4 < 2)
			p += put_uds(p, f, data, has_address,
				     looks & ISOTP_TEXT_ASCII);
	}
	return (size_t)(p - buf);
}
