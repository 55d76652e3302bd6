/* SPDX-License-Identifier: MIT */
/* What is to be written: bytes made here, and the caller's where they are. */
#ifndef SFAM_CAPTURE_WRITER_H
#define SFAM_CAPTURE_WRITER_H

#include <sys/uio.h>

#include "capture/layout.h"

/*
 * What one writev(2) takes, and not much more: before each page that the
 * kernel copies, it touches all that the call has left, iovec by iovec, where
 * the file may have large folios and gets small ones, as on a tmpfs
 * (generic_perform_write() of mm/filemap.c; 6.12 does so, 6.1 does not).
 */
#define SFAM__CAPTURE_IOV 64
#define SFAM__CAPTURE_ROOM 65536
/*
 * Up to so many bytes are copied to the room: to the kernel an iovec is some
 * 170 instructions, as many as it takes here to copy 1500 bytes.
 */
#define SFAM__CAPTURE_NEAR 1536
/* The most that one record or one block takes of either. */
#define SFAM__CAPTURE_IOV_EACH 16
#define SFAM__CAPTURE_ROOM_EACH (256 + 6 * SFAM__CAPTURE_NEAR)

struct sfam_capture_writer {
	int fd;
	enum sfam_capture_format format;
	int error;		/* that left half a record behind */
	bool may_sigpipe;
	struct sfam_capture_written written;
	uint32_t interfaces;
	uint32_t snap_lens[SFAM_CAPTURE_INTERFACES_MAX];
	/* The bytes of room from open to at are in no iovec yet. */
	uint8_t *open;
	uint8_t *at;
	size_t iovs;
	size_t far;		/* bytes in iovecs that are the caller's */
	struct iovec iov[SFAM__CAPTURE_IOV];
	uint8_t room[SFAM__CAPTURE_ROOM];
};

static inline void sfam__capture_put(struct sfam_capture_writer *w,
				     const void *bytes, size_t n)
{
	memcpy(w->at, bytes, n);
	w->at += n;
}

static inline void sfam__capture_put_word(struct sfam_capture_writer *w,
					  uint32_t v)
{
	sfam__capture_put(w, &v, sizeof(v));
}

static inline void sfam__capture_put_words(struct sfam_capture_writer *w,
					   uint32_t a, uint32_t b, uint32_t c,
					   uint32_t d)
{
	const uint32_t words[] = { a, b, c, d };

	sfam__capture_put(w, words, sizeof(words));
}

/* Two 16 bit fields. */
static inline void sfam__capture_put_pair(struct sfam_capture_writer *w,
					  uint32_t first, size_t second)
{
	const uint16_t pair[] = { (uint16_t)first, (uint16_t)second };

	sfam__capture_put(w, pair, sizeof(pair));
}

static inline void sfam__capture_put_long(struct sfam_capture_writer *w,
					  uint64_t v)
{
	sfam__capture_put(w, &v, sizeof(v));
}

/* A time of pcapng: the high half first, whatever the byte order. */
static inline void sfam__capture_put_time(struct sfam_capture_writer *w,
					  int64_t time_ns)
{
	sfam__capture_put_word(w, (uint32_t)((uint64_t)time_ns >> 32));
	sfam__capture_put_word(w, (uint32_t)time_ns);
}

/* n: up to 4. */
static inline void sfam__capture_put_zeros(struct sfam_capture_writer *w,
					   size_t n)
{
	memset(w->at, 0, 4);
	w->at += n;
}

/* The caller's bytes, which stay where they are until the flush if many. */
static inline void sfam__capture_put_far(struct sfam_capture_writer *w,
					 const void *bytes, size_t n)
{
	if (n <= SFAM__CAPTURE_NEAR) {
		sfam__capture_put(w, bytes, n);
		return;
	}
	w->far += n;
	w->iov[w->iovs].iov_base = w->open;
	w->iov[w->iovs++].iov_len = (size_t)(w->at - w->open);
	w->open = w->at;
	w->iov[w->iovs].iov_base = (void *)(uintptr_t)bytes;
	w->iov[w->iovs++].iov_len = n;
}

/* In writer.c. Writes what was put; *ret_done as sfam__sys_writev_all(). */
int sfam__capture_flush(struct sfam_capture_writer *w, size_t *ret_done);
/* The same for what is no packet. */
int sfam__capture_flush_block(struct sfam_capture_writer *w);

/* In write-block.c. */
int sfam__capture_put_section(struct sfam_capture_writer *w,
			      const struct sfam_capture_section *section);
int sfam__capture_put_interface(struct sfam_capture_writer *w,
				const struct sfam_capture_interface *i);
int sfam__capture_put_stats(struct sfam_capture_writer *w,
			    const struct sfam_capture_stats *stats);

/* In write-record.c. */
void sfam__capture_put_pcap(struct sfam_capture_writer *w,
			    const struct sfam_capture_record *r);
void sfam__capture_put_pcapng(struct sfam_capture_writer *w,
			      const struct sfam_capture_record *r);

/* Bytes of the packet in the file. */
static inline size_t sfam__capture_cap(const struct sfam_capture_writer *w,
				       const struct sfam_capture_record *r)
{
	const uint32_t snap = w->snap_lens[r->interface];
	const size_t len = r->head_len + r->len;

	return snap && len > snap ? snap : len;
}

#endif
