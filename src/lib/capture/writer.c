/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/sys.h"
#include "capture/writer.h"

SFAM_PUBLIC int sfam_capture_writer_new(
	struct sfam_capture_writer **ret, int fd,
	enum sfam_capture_format format,
	const struct sfam_capture_section *section)
{
	struct sfam_capture_writer *w;
	int r = 0;

	if ((unsigned int)format > SFAM_CAPTURE_PCAPNG)
		return -EINVAL;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->fd = fd;
	w->format = format;
	w->may_sigpipe = sfam__sys_kind(fd) != SFAM__KIND_FILE;
	w->open = w->at = w->room;
	if (format == SFAM_CAPTURE_PCAPNG) {
		r = sfam__capture_put_section(w, section);
		if (r == 0)
			r = sfam__capture_flush_block(w);
	}
	if (r < 0)
		free(w);
	else
		*ret = w;
	return r;
}

SFAM_PUBLIC struct sfam_capture_writer *
sfam_capture_writer_free(struct sfam_capture_writer *writer)
{
	free(writer);
	return NULL;
}

SFAM_PUBLIC void sfam_capture_written(const struct sfam_capture_writer *writer,
				      struct sfam_capture_written *ret)
{
	*ret = writer->written;
}

/* --------------------------------------------------------------- output -- */

int sfam__capture_flush(struct sfam_capture_writer *w, size_t *ret_done)
{
	struct sfam__sigpipe sigpipe;
	int r;

	w->iov[w->iovs].iov_base = w->open;
	w->iov[w->iovs++].iov_len = (size_t)(w->at - w->open);
	if (w->may_sigpipe)
		sfam__sys_hold_sigpipe(&sigpipe);
	r = sfam__sys_writev_all(w->fd, w->iov, w->iovs, ret_done);
	if (w->may_sigpipe)
		sfam__sys_release_sigpipe(&sigpipe, r);
	w->open = w->at = w->room;
	w->iovs = w->far = 0;
	w->error = r;
	return r;
}

int sfam__capture_flush_block(struct sfam_capture_writer *w)
{
	size_t done;
	int r = sfam__capture_flush(w, &done);

	if (r == 0)
		w->written.bytes += done;
	return r;
}

/* --------------------------------------------------------------- blocks -- */

SFAM_PUBLIC int
sfam_capture_add_interface(struct sfam_capture_writer *writer,
			   const struct sfam_capture_interface *interface)
{
	const uint32_t max = writer->format == SFAM_CAPTURE_PCAPNG ?
				     SFAM_CAPTURE_INTERFACES_MAX : 1;
	int r;

	if (writer->error)
		return writer->error;
	if (interface->link_type > UINT16_MAX)
		return -EINVAL;
	if (writer->interfaces == max)
		return -EUSERS;
	r = sfam__capture_put_interface(writer, interface);
	if (r == 0)
		r = sfam__capture_flush_block(writer);
	if (r < 0)
		return r;
	writer->snap_lens[writer->interfaces] = interface->snap_len;
	return (int)writer->interfaces++;
}

SFAM_PUBLIC int sfam_capture_write_stats(struct sfam_capture_writer *writer,
					 const struct sfam_capture_stats *stats)
{
	int r;

	if (writer->error)
		return writer->error;
	if (writer->format != SFAM_CAPTURE_PCAPNG)
		return -EOPNOTSUPP;
	if (stats->interface >= writer->interfaces)
		return -EINVAL;
	if (stats->time_ns < 0 || stats->start_ns < 0 || stats->end_ns < 0)
		return -ERANGE;
	r = sfam__capture_put_stats(writer, stats);
	return r < 0 ? r : sfam__capture_flush_block(writer);
}

/* -------------------------------------------------------------- packets -- */

static int check_pcap(const struct sfam_capture_record *r)
{
	return r->time_ns >= ((int64_t)UINT32_MAX + 1) * SFAM__NS_PER_S ?
	       -ERANGE : 0;
}

static int check_pcapng(const struct sfam_capture_record *r)
{
	if (r->comment &&
	    strnlen(r->comment, SFAM__OPT_MAX + 1) > SFAM__OPT_MAX)
		return -EINVAL;
	return 0;
}

static int check(const struct sfam_capture_writer *w,
		 const struct sfam_capture_record *r)
{
	const uint64_t orig_len = r->orig_len;

	if (r->interface >= w->interfaces ||
	    r->head_len > SFAM_CAPTURE_HEAD_MAX || orig_len > UINT32_MAX)
		return -EINVAL;
	if (r->len > SFAM_CAPTURE_LEN_MAX - r->head_len)
		return -EMSGSIZE;
	if (r->time_ns < 0)
		return -ERANGE;
	return w->format == SFAM_CAPTURE_PCAPNG ? check_pcapng(r) :
						  check_pcap(r);
}

static bool has_room(const struct sfam_capture_writer *w)
{
	return w->far < SFAM__CAPTURE_ROOM &&
	       w->iovs <= SFAM__CAPTURE_IOV - SFAM__CAPTURE_IOV_EACH &&
	       w->at <= w->room + SFAM__CAPTURE_ROOM - SFAM__CAPTURE_ROOM_EACH;
}

static void put(struct sfam_capture_writer *w,
		const struct sfam_capture_record *r)
{
	if (w->format == SFAM_CAPTURE_PCAPNG)
		sfam__capture_put_pcapng(w, r);
	else
		sfam__capture_put_pcap(w, r);
}

/* The records that done bytes are; a part of one does not count. */
static void count(struct sfam_capture_writer *w,
		  const struct sfam_capture_record *records, size_t done)
{
	size_t size;

	for (size = sfam_capture_size(w, records); size <= done;
	     size = sfam_capture_size(w, records)) {
		w->written.packets++;
		w->written.bytes += size;
		done -= size;
		records++;
	}
}

/* Flushes n records. */
static int flush(struct sfam_capture_writer *w,
		 const struct sfam_capture_record *records, size_t n)
{
	size_t done;
	int r;

	if (n == 0)
		return 0;
	r = sfam__capture_flush(w, &done);
	if (r < 0) {
		count(w, records, done);
		return r;
	}
	w->written.packets += n;
	w->written.bytes += done;
	return 0;
}

SFAM_PUBLIC int sfam_capture_write(struct sfam_capture_writer *writer,
				   const struct sfam_capture_record *records,
				   size_t n)
{
	int bad = writer->error, r;
	size_t i, first;

	for (i = 0; i < n && bad == 0;) {
		for (first = i; i < n && has_room(writer); i++) {
			bad = check(writer, &records[i]);
			if (bad < 0)
				break;
			put(writer, &records[i]);
		}
		r = flush(writer, records + first, i - first);
		if (r < 0)
			return r;
	}
	return bad;
}
