/* SPDX-License-Identifier: MIT */
/* pcapng: the three kinds of packet. */
#include "capture/read-option.h"

const struct sfam__capture_source *
sfam__capture_source(struct sfam_capture_reader *r, uint32_t interface)
{
	if (interface < r->count)
		return &r->sources[interface];
	(void)sfam__capture_bad(r, 0, 8, "an interface that was described",
				interface);
	return NULL;
}

/* The packet's cap bytes, which begin `at` bytes into the body. */
static int take_data(struct sfam_capture_reader *r,
		     struct sfam_capture_record *record,
		     const struct sfam__capture_body *body, size_t at,
		     uint32_t cap)
{
	if (cap > SFAM_CAPTURE_LEN_MAX)
		return sfam__capture_bad(r, -EMSGSIZE, 8,
					 "a packet of at most 1048576 bytes",
					 cap);
	if (cap > body->len - at)
		return sfam__capture_bad(r, -EBADMSG, 8,
					 "a packet within its block", cap);
	if (r->swapped)
		sfam__capture_swap_cooked(record->link_type, body->at + at,
					  cap);
	record->data = body->at + at;
	record->len = cap;
	return 0;
}

static int take_option(struct sfam_capture_reader *r,
		       struct sfam_capture_record *record,
		       const struct sfam__capture_found *o)
{
	int e = 0;

	if (o->code == SFAM__OPT_COMMENT && !record->comment) {
		record->comment = sfam__capture_text(o, 0);
	} else if (o->code == SFAM__OPT_FLAGS) {
		e = sfam__capture_check_len(r, o, 4);
		if (e == 0)
			record->flags = sfam__capture_word(r, o->value);
	} else if (o->code == SFAM__OPT_DROPS) {
		e = sfam__capture_check_len(r, o, 8);
		if (e == 0)
			record->drops = sfam__capture_long(r, o->value);
	}
	return e;
}

static int take_options(struct sfam_capture_reader *r,
			struct sfam_capture_record *record,
			const struct sfam__capture_body *body, size_t at)
{
	struct sfam__capture_options options =
		sfam__capture_options_of(body, at);
	struct sfam__capture_found o;
	int e;

	while ((e = sfam__capture_next(r, &options, &o)) > 0) {
		e = take_option(r, record, &o);
		if (e < 0)
			break;
	}
	return e;
}

/* The obsolete kind differs in the first word only. */
static int read_packet(struct sfam_capture_reader *r,
		       const struct sfam__capture_body *body,
		       uint32_t interface, uint64_t drops,
		       struct sfam_capture_item *ret)
{
	const struct sfam__capture_source *source =
		sfam__capture_source(r, interface);
	const uint32_t cap = sfam__capture_word(r, body->at + 12);
	struct sfam_capture_record record = {
		.orig_len = sfam__capture_word(r, body->at + 16),
		.interface = r->first + interface,
		.drops = drops,
	};
	int e;

	if (!source)
		return -EBADMSG;
	record.link_type = source->link_type;
	record.time_ns = sfam__capture_time(
		source, sfam__capture_units(r, body->at + 4));
	e = take_data(r, &record, body, SFAM__PCAPNG_PACKET_LEN, cap);
	if (e == 0)
		e = take_options(r, &record, body,
				 SFAM__PCAPNG_PACKET_LEN + cap +
				 sfam__capture_pad(cap));
	if (e < 0)
		return e;
	ret->packet = record;
	return SFAM_CAPTURE_PACKET;
}

int sfam__capture_read_packet(struct sfam_capture_reader *r,
			      const struct sfam__capture_body *body,
			      struct sfam_capture_item *ret)
{
	return read_packet(r, body, sfam__capture_word(r, body->at), 0, ret);
}

int sfam__capture_read_old_packet(struct sfam_capture_reader *r,
				  const struct sfam__capture_body *body,
				  struct sfam_capture_item *ret)
{
	const uint16_t drops = sfam__capture_half(r, body->at + 2);

	return read_packet(r, body, sfam__capture_half(r, body->at),
			   drops == UINT16_MAX ? 0 : drops, ret);
}

/* No time, no options, and the length only if it was not cut. */
int sfam__capture_read_simple(struct sfam_capture_reader *r,
			      const struct sfam__capture_body *body,
			      struct sfam_capture_item *ret)
{
	const struct sfam__capture_source *source = sfam__capture_source(r, 0);
	struct sfam_capture_record record = { .interface = r->first };
	uint32_t cap = sfam__capture_word(r, body->at);
	int e;

	if (!source)
		return -EBADMSG;
	record.link_type = source->link_type;
	record.orig_len = cap;
	if (source->snap_len && cap > source->snap_len)
		cap = source->snap_len;
	e = take_data(r, &record, body, SFAM__PCAPNG_SIMPLE_LEN, cap);
	if (e < 0)
		return e;
	ret->packet = record;
	return SFAM_CAPTURE_PACKET;
}
