/* SPDX-License-Identifier: MIT */
/* What a file has beside packets: who wrote it, interfaces, counts. */
#include "capture/writer.h"

/* ------------------------------------------------------------- options -- */

static const char *text_at(const void *object,
			   const struct sfam__capture_option *o)
{
	const char *text;

	memcpy(&text, (const char *)object + o->at, sizeof(text));
	return text;
}

/* A filter's text has a byte before it that says it is one. */
static size_t text_len(const char *text, const struct sfam__capture_option *o)
{
	return strlen(text) + (o->code == SFAM__OPT_FILTER);
}

/* What the texts take. -EINVAL: one is too long. */
static ssize_t texts_size(const void *object,
			  const struct sfam__capture_option *o)
{
	size_t size = 0, len;

	for (; o->code; o++) {
		if (!text_at(object, o))
			continue;
		len = text_len(text_at(object, o), o);
		if (len > SFAM__OPT_MAX)
			return -EINVAL;
		size += SFAM__OPT_HEAD + len + sfam__capture_pad(len);
	}
	return (ssize_t)size;
}

static void put_texts(struct sfam_capture_writer *w, const void *object,
		      const struct sfam__capture_option *o)
{
	const char *text;
	size_t len;

	for (; o->code; o++) {
		text = text_at(object, o);
		if (!text)
			continue;
		len = text_len(text, o);
		sfam__capture_put_pair(w, o->code, len);
		sfam__capture_put_zeros(w, len - strlen(text));
		sfam__capture_put_far(w, text, strlen(text));
		sfam__capture_put_zeros(w, sfam__capture_pad(len));
	}
}

static void put_end(struct sfam_capture_writer *w, size_t options)
{
	if (options)
		sfam__capture_put_pair(w, SFAM__OPT_END, 0);
}

static uint32_t block_len(size_t body, size_t options)
{
	return (uint32_t)(SFAM__PCAPNG_FRAME + body + options +
			  (options ? SFAM__OPT_HEAD : 0));
}

/* -------------------------------------------------------------- section -- */

int sfam__capture_put_section(struct sfam_capture_writer *w,
			      const struct sfam_capture_section *section)
{
	static const struct sfam_capture_section none = { .os = NULL };
	ssize_t options;
	uint32_t len;

	if (!section)
		section = &none;
	options = texts_size(section, sfam__capture_section_texts);
	if (options < 0)
		return (int)options;
	len = block_len(SFAM__PCAPNG_SECTION_LEN, (size_t)options);
	sfam__capture_put_word(w, SFAM__PCAPNG_SECTION);
	sfam__capture_put_word(w, len);
	sfam__capture_put_word(w, SFAM__PCAPNG_MAGIC);
	sfam__capture_put_pair(w, 1, 0);
	sfam__capture_put_long(w, UINT64_MAX);	/* to the end of the file */
	put_texts(w, section, sfam__capture_section_texts);
	put_end(w, (size_t)options);
	sfam__capture_put_word(w, len);
	return 0;
}

/* ------------------------------------------------------------ interface -- */

/* libpcap takes 0 for 262144 as well, but not every reader does. */
static void put_pcap_header(struct sfam_capture_writer *w,
			    const struct sfam_capture_interface *i)
{
	sfam__capture_put_word(w, w->format == SFAM_CAPTURE_PCAP ?
				  SFAM__PCAP_MAGIC : SFAM__PCAP_MAGIC_NS);
	sfam__capture_put_pair(w, SFAM__PCAP_MAJOR, SFAM__PCAP_MINOR);
	sfam__capture_put_long(w, 0);
	sfam__capture_put_word(w, i->snap_len ? i->snap_len : 262144);
	sfam__capture_put_word(w, i->link_type);
}

static int put_description(struct sfam_capture_writer *w,
			   const struct sfam_capture_interface *i)
{
	ssize_t texts = texts_size(i, sfam__capture_interface_texts);
	size_t options;
	uint32_t len;

	if (texts < 0)
		return (int)texts;
	options = (size_t)texts + SFAM__OPT_HEAD + 4;
	len = block_len(SFAM__PCAPNG_INTERFACE_LEN, options);
	sfam__capture_put_word(w, SFAM__PCAPNG_INTERFACE);
	sfam__capture_put_word(w, len);
	sfam__capture_put_pair(w, i->link_type, 0);
	sfam__capture_put_word(w, i->snap_len);
	put_texts(w, i, sfam__capture_interface_texts);
	sfam__capture_put_pair(w, SFAM__OPT_TSRESOL, 1);
	sfam__capture_put(w, "\x09\0\0", 4);	/* 10^-9 s, and padding */
	put_end(w, options);
	sfam__capture_put_word(w, len);
	return 0;
}

int sfam__capture_put_interface(struct sfam_capture_writer *w,
				const struct sfam_capture_interface *i)
{
	if (w->format == SFAM_CAPTURE_PCAPNG)
		return put_description(w, i);
	put_pcap_header(w, i);
	return 0;
}

/* --------------------------------------------------------------- counts -- */

static uint64_t value_at(const struct sfam_capture_stats *stats,
			 const struct sfam__capture_option *o)
{
	uint64_t value;

	memcpy(&value, (const char *)stats + o->at, sizeof(value));
	return value;
}

/* What times and counts take, those not told left out. */
static size_t numbers_size(const struct sfam_capture_stats *stats)
{
	const struct sfam__capture_option *o;
	size_t n = 0;

	for (o = sfam__capture_stats_times; o->code; o++)
		n += value_at(stats, o) != 0;
	for (o = sfam__capture_stats_counts; o->code; o++)
		n += value_at(stats, o) != SFAM_CAPTURE_NOT_TOLD;
	return n * (SFAM__OPT_HEAD + 8);
}

static void put_numbers(struct sfam_capture_writer *w,
			const struct sfam_capture_stats *stats)
{
	const struct sfam__capture_option *o;
	uint64_t value;

	for (o = sfam__capture_stats_times; o->code; o++) {
		value = value_at(stats, o);
		if (value == 0)
			continue;
		sfam__capture_put_pair(w, o->code, 8);
		sfam__capture_put_time(w, (int64_t)value);
	}
	for (o = sfam__capture_stats_counts; o->code; o++) {
		value = value_at(stats, o);
		if (value == SFAM_CAPTURE_NOT_TOLD)
			continue;
		sfam__capture_put_pair(w, o->code, 8);
		sfam__capture_put_long(w, value);
	}
}

int sfam__capture_put_stats(struct sfam_capture_writer *w,
			    const struct sfam_capture_stats *stats)
{
	ssize_t texts = texts_size(stats, sfam__capture_stats_texts);
	size_t options;
	uint32_t len;

	if (texts < 0)
		return (int)texts;
	options = (size_t)texts + numbers_size(stats);
	len = block_len(SFAM__PCAPNG_STATS_LEN, options);
	sfam__capture_put_word(w, SFAM__PCAPNG_STATS);
	sfam__capture_put_word(w, len);
	sfam__capture_put_word(w, stats->interface);
	sfam__capture_put_time(w, stats->time_ns);
	put_texts(w, stats, sfam__capture_stats_texts);
	put_numbers(w, stats);
	put_end(w, options);
	sfam__capture_put_word(w, len);
	return 0;
}
