/* SPDX-License-Identifier: MIT */
/* pcapng: what is in the blocks that are no packets. */
#include "capture/read-option.h"

/* ------------------------------------------------------------- section -- */

int sfam__capture_read_section(struct sfam_capture_reader *r,
			       const struct sfam__capture_body *body,
			       struct sfam_capture_item *ret)
{
	struct sfam__capture_options options =
		sfam__capture_options_of(body, SFAM__PCAPNG_SECTION_LEN);
	const uint16_t major = sfam__capture_half(r, body->at + 4);
	const uint16_t minor = sfam__capture_half(r, body->at + 6);
	struct sfam_capture_section section = { .os = NULL };
	struct sfam__capture_found o;
	int e;

	/* 1.2 is written by some and the same as 1.0. */
	if (major != 1 || (minor != 0 && minor != 2))
		return sfam__capture_bad(r, -EPROTONOSUPPORT, 12,
					 "pcapng version 1.0",
					 major != 1 ? major : minor);
	while ((e = sfam__capture_next(r, &options, &o)) > 0)
		sfam__capture_take_text(&section, sfam__capture_section_texts,
					&o);
	if (e < 0)
		return e;
	r->first += r->count;
	r->count = 0;
	ret->section = section;
	return SFAM_CAPTURE_SECTION;
}

/* ----------------------------------------------------------- interface -- */

/* What times are to be read by. */
static int take_time(struct sfam_capture_reader *r,
		     struct sfam__capture_source *source,
		     const struct sfam__capture_found *o)
{
	const bool is_offset = o->code == SFAM__OPT_TSOFFSET;
	int e;

	if (!is_offset && o->code != SFAM__OPT_TSRESOL)
		return 0;
	e = sfam__capture_check_len(r, o, is_offset ? 8 : 1);
	if (e < 0)
		return e;
	if (is_offset)
		source->offset_s = (int64_t)sfam__capture_long(r, o->value);
	else
		source->resolution = o->value[0];
	return 0;
}

int sfam__capture_read_interface(struct sfam_capture_reader *r,
				 const struct sfam__capture_body *body,
				 struct sfam_capture_item *ret)
{
	struct sfam__capture_options options =
		sfam__capture_options_of(body, SFAM__PCAPNG_INTERFACE_LEN);
	struct sfam__capture_source source = {
		.link_type = sfam__capture_half(r, body->at),
		.snap_len = sfam__capture_word(r, body->at + 4),
		.resolution = 6,
	};
	struct sfam_capture_interface interface = {
		.link_type = source.link_type,
		.snap_len = source.snap_len,
	};
	struct sfam__capture_found o;
	int e;

	if (r->count == SFAM_CAPTURE_INTERFACES_MAX)
		return sfam__capture_bad(r, -EUSERS, 0,
					 "at most 4096 interfaces",
					 r->count + 1);
	while ((e = sfam__capture_next(r, &options, &o)) > 0) {
		e = take_time(r, &source, &o);
		if (e < 0)
			return e;
		sfam__capture_take_text(&interface,
					sfam__capture_interface_texts, &o);
	}
	if (e < 0)
		return e;
	r->sources[r->count++] = source;
	ret->interface = interface;
	return SFAM_CAPTURE_INTERFACE;
}

/* -------------------------------------------------------------- counts -- */

/* The option's value, if it is of the table: times if source is given. */
static int take_number(struct sfam_capture_reader *r,
		       struct sfam_capture_stats *stats,
		       const struct sfam__capture_option *table,
		       const struct sfam__capture_source *source,
		       const struct sfam__capture_found *o)
{
	uint64_t value;
	int e;

	while (table->code && table->code != o->code)
		table++;
	if (!table->code)
		return 0;
	e = sfam__capture_check_len(r, o, 8);
	if (e < 0)
		return e;
	if (source)
		value = (uint64_t)sfam__capture_time(
			source, sfam__capture_units(r, o->value));
	else
		value = sfam__capture_long(r, o->value);
	memcpy((char *)stats + table->at, &value, sizeof(value));
	return 0;
}

static int take_stats(struct sfam_capture_reader *r,
		      struct sfam_capture_stats *stats,
		      const struct sfam__capture_source *source,
		      const struct sfam__capture_found *o)
{
	int e = take_number(r, stats, sfam__capture_stats_times, source, o);

	if (e == 0)
		e = take_number(r, stats, sfam__capture_stats_counts, NULL, o);
	if (e == 0)
		sfam__capture_take_text(stats, sfam__capture_stats_texts, o);
	return e;
}

int sfam__capture_read_stats(struct sfam_capture_reader *r,
			     const struct sfam__capture_body *body,
			     struct sfam_capture_item *ret)
{
	struct sfam__capture_options options =
		sfam__capture_options_of(body, SFAM__PCAPNG_STATS_LEN);
	const uint32_t interface = sfam__capture_word(r, body->at);
	const struct sfam__capture_source *source =
		sfam__capture_source(r, interface);
	struct sfam_capture_stats stats = {
		.interface = r->first + interface,
		.received = SFAM_CAPTURE_NOT_TOLD,
		.if_drops = SFAM_CAPTURE_NOT_TOLD,
		.accepted = SFAM_CAPTURE_NOT_TOLD,
		.os_drops = SFAM_CAPTURE_NOT_TOLD,
		.delivered = SFAM_CAPTURE_NOT_TOLD,
	};
	struct sfam__capture_found o;
	int e;

	if (!source)
		return -EBADMSG;
	stats.time_ns = sfam__capture_time(source, sfam__capture_units(
							   r, body->at + 4));
	while ((e = sfam__capture_next(r, &options, &o)) > 0) {
		e = take_stats(r, &stats, source, &o);
		if (e < 0)
			return e;
	}
	if (e < 0)
		return e;
	ret->stats = stats;
	return SFAM_CAPTURE_STATS;
}
