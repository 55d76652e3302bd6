/* SPDX-License-Identifier: MIT */
/*
 * A packet in a file. Short ones stand in the room, one behind the other. A
 * long one costs two iovecs: its own bytes, and what is between it and the
 * long one before.
 */
#include "capture/writer.h"

#define OPT_FLAGS_LEN (SFAM__OPT_HEAD + 4)
#define OPT_DROPS_LEN (SFAM__OPT_HEAD + 8)

static void put_packet(struct sfam_capture_writer *w,
		       const struct sfam_capture_record *r, size_t cap)
{
	const size_t head = r->head_len < cap ? r->head_len : cap;

	if (head)
		sfam__capture_put(w, r->head, head);
	sfam__capture_put_far(w, r->data, cap - head);
}

void sfam__capture_put_pcap(struct sfam_capture_writer *w,
			    const struct sfam_capture_record *r)
{
	const uint64_t time = (uint64_t)r->time_ns;
	const uint32_t cap = (uint32_t)sfam__capture_cap(w, r);
	uint32_t part = (uint32_t)(time % SFAM__NS_PER_S);

	if (w->format == SFAM_CAPTURE_PCAP)
		part /= 1000;
	sfam__capture_put_words(w, (uint32_t)(time / SFAM__NS_PER_S), part,
				cap, (uint32_t)r->orig_len);
	put_packet(w, r, cap);
}

static size_t comment_len(const struct sfam_capture_record *r)
{
	size_t len = r->comment ? strlen(r->comment) : 0;

	return len ? SFAM__OPT_HEAD + len + sfam__capture_pad(len) : 0;
}

static size_t options_len(const struct sfam_capture_record *r)
{
	size_t len = comment_len(r);

	if (r->flags)
		len += OPT_FLAGS_LEN;
	if (r->drops)
		len += OPT_DROPS_LEN;
	return len ? len + SFAM__OPT_HEAD : 0;
}

static void put_comment(struct sfam_capture_writer *w, const char *text)
{
	const size_t len = text ? strlen(text) : 0;

	if (len == 0)
		return;
	sfam__capture_put_pair(w, SFAM__OPT_COMMENT, len);
	sfam__capture_put_far(w, text, len);
	sfam__capture_put_zeros(w, sfam__capture_pad(len));
}

static void put_options(struct sfam_capture_writer *w,
			const struct sfam_capture_record *r)
{
	put_comment(w, r->comment);
	if (r->flags) {
		sfam__capture_put_pair(w, SFAM__OPT_FLAGS, 4);
		sfam__capture_put_word(w, r->flags);
	}
	if (r->drops) {
		sfam__capture_put_pair(w, SFAM__OPT_DROPS, 8);
		sfam__capture_put_long(w, r->drops);
	}
	sfam__capture_put_pair(w, SFAM__OPT_END, 0);
}

static size_t block_len(size_t cap, size_t options)
{
	return SFAM__PCAPNG_FRAME + SFAM__PCAPNG_PACKET_LEN + cap +
	       sfam__capture_pad(cap) + options;
}

void sfam__capture_put_pcapng(struct sfam_capture_writer *w,
			      const struct sfam_capture_record *r)
{
	const uint64_t time = (uint64_t)r->time_ns;
	const size_t options = options_len(r);
	const uint32_t cap = (uint32_t)sfam__capture_cap(w, r);
	const uint32_t len = (uint32_t)block_len(cap, options);

	sfam__capture_put_words(w, SFAM__PCAPNG_PACKET, len, r->interface,
				(uint32_t)(time >> 32));
	sfam__capture_put_word(w, (uint32_t)time);
	sfam__capture_put_word(w, cap);
	sfam__capture_put_word(w, (uint32_t)r->orig_len);
	put_packet(w, r, cap);
	sfam__capture_put_zeros(w, sfam__capture_pad(cap));
	if (options)
		put_options(w, r);
	sfam__capture_put_word(w, len);
}

SFAM_PUBLIC size_t sfam_capture_size(const struct sfam_capture_writer *writer,
				     const struct sfam_capture_record *record)
{
	const size_t cap = sfam__capture_cap(writer, record);

	if (writer->format != SFAM_CAPTURE_PCAPNG)
		return SFAM__PCAP_RECORD + cap;
	return block_len(cap, options_len(record));
}
