/* SPDX-License-Identifier: MIT */
/* pcap: a header, then packets to the end. */
#include "base/text.h"
#include "capture/reader.h"

static bool take_magic(struct sfam_capture_reader *r, uint32_t magic)
{
	r->record_len = SFAM__PCAP_RECORD;
	r->part_ns = 1000;
	switch (magic) {
	case SFAM__PCAP_MAGIC_NS:
		r->part_ns = 1;
		return true;
	case SFAM__PCAP_MAGIC_MODIFIED:
		r->record_len += 8;	/* interface, protocol, packet type */
		return true;
	default:
		return magic == SFAM__PCAP_MAGIC;
	}
}

/* Its bytes in hex, in their order. */
static int bad_magic(struct sfam_capture_reader *r)
{
	struct sfam__out o = { r->diag.found, sizeof(r->diag.found), 0 };
	const uint8_t *p = sfam__capture_here(r);
	size_t i;

	(void)sfam__capture_bad(r, 0, 0, "a pcap or pcapng file", 0);
	for (i = 0; i < 4; i++)
		sfam__out_hex(&o, p[i], 2);
	(void)sfam__out_finish(&o);
	return -EPROTONOSUPPORT;
}

/* Before 2.3 the two lengths stood the other way round, in 2.3 in some. */
static void swap_lengths(const struct sfam_capture_reader *r, uint32_t *cap,
			 uint32_t *orig)
{
	const uint32_t old = *cap;

	if (r->minor > 3 || (r->minor == 3 && *cap <= *orig))
		return;
	*cap = *orig;
	*orig = old;
}

static int read_record(struct sfam_capture_reader *r,
		       struct sfam_capture_item *ret)
{
	int e = sfam__capture_need(r, r->record_len, "the header of a packet");
	const uint8_t *p;
	uint32_t seconds, part, cap, orig;

	if (e < 0)
		return e;
	p = sfam__capture_here(r);
	seconds = sfam__capture_word(r, p);
	part = sfam__capture_word(r, p + 4);
	cap = sfam__capture_word(r, p + 8);
	orig = sfam__capture_word(r, p + 12);
	swap_lengths(r, &cap, &orig);
	if (cap > SFAM_CAPTURE_LEN_MAX)
		return sfam__capture_bad(r, -EMSGSIZE, 8,
					 "a packet of at most 1048576 bytes",
					 cap);
	e = sfam__capture_need(r, r->record_len + cap, "a packet");
	if (e < 0)
		return e;
	if (r->swapped)
		sfam__capture_swap_cooked(r->sources[0].link_type,
					  r->buf + r->at + r->record_len, cap);
	ret->packet = (struct sfam_capture_record){
		.time_ns = seconds * SFAM__NS_PER_S +
			   (int64_t)part * r->part_ns,
		.data = sfam__capture_here(r) + r->record_len,
		.len = cap,
		.orig_len = orig,
		.link_type = r->sources[0].link_type,
	};
	sfam__capture_used(r, r->record_len + cap);
	return SFAM_CAPTURE_PACKET;
}

int sfam__capture_read_header(struct sfam_capture_reader *r,
			      struct sfam_capture_item *ret)
{
	struct sfam__capture_source *source = &r->sources[0];
	const uint8_t *p = sfam__capture_here(r);
	uint16_t major;
	int e;

	r->swapped = false;
	if (!take_magic(r, sfam__capture_word(r, p))) {
		r->swapped = true;
		if (!take_magic(r, sfam__capture_word(r, p)))
			return bad_magic(r);
	}
	e = sfam__capture_need(r, SFAM__PCAP_HEADER, "the header of a file");
	if (e < 0)
		return e;
	p = sfam__capture_here(r);
	major = sfam__capture_half(r, p + 4);
	r->minor = sfam__capture_half(r, p + 6);
	if (major != SFAM__PCAP_MAJOR || r->minor > SFAM__PCAP_MINOR)
		return sfam__capture_bad(r, -EPROTONOSUPPORT, 4,
					 "pcap version 2.0 to 2.4",
					 major != SFAM__PCAP_MAJOR ? major :
								     r->minor);
	source->snap_len = sfam__capture_word(r, p + 16);
	source->link_type = sfam__capture_word(r, p + 20) &
			    SFAM__PCAP_LINK_MASK;
	ret->interface = (struct sfam_capture_interface){
		.link_type = source->link_type,
		.snap_len = source->snap_len,
	};
	sfam__capture_used(r, SFAM__PCAP_HEADER);
	r->read = read_record;
	return SFAM_CAPTURE_INTERFACE;
}
