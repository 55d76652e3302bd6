/* SPDX-License-Identifier: MIT */
/* The reader's state, and the bytes that it has before it. */
#ifndef SFAM_CAPTURE_READER_H
#define SFAM_CAPTURE_READER_H

#include "capture/layout.h"

#define SFAM__CAPTURE_CHUNK 65536
/* Beside the kinds: there was something, and it has none. */
#define SFAM__CAPTURE_PASSED 1000
/* The longest block that is looked at: a packet, and its options. */
#define SFAM__CAPTURE_BLOCK_MAX (SFAM_CAPTURE_LEN_MAX + SFAM__CAPTURE_CHUNK)

/* What the packets of an interface are read by. */
struct sfam__capture_source {
	uint32_t link_type;
	uint32_t snap_len;
	int64_t offset_s;	/* to be added to times */
	uint8_t resolution;	/* if_tsresol */
};

struct sfam_capture_reader {
	int fd;			/* -1: it is fed */
	bool ended;		/* there will be no more input */
	int error;		/* of the call that failed */
	struct sfam_diag diag;
	/* Reads an item, which begins at `at`: its kind, PASSED, or -errno. */
	int (*read)(struct sfam_capture_reader *r,
		    struct sfam_capture_item *ret);
	uint64_t offset;	/* in the file, of the item */
	uint64_t skip;		/* bytes of it yet to come, and not wanted */
	uint64_t skip_len;	/* all of its bytes */
	bool swapped;		/* numbers are in the other byte order */
	/* pcap */
	uint32_t part_ns;	/* of a second's parts: 1000 or 1 */
	uint32_t record_len;	/* of the header */
	uint16_t minor;
	/* pcapng */
	uint32_t first;		/* number of the section's first interface */
	uint32_t count;
	struct sfam__capture_source sources[SFAM_CAPTURE_INTERFACES_MAX];
	/* What was read and not yet used. */
	size_t at;
	size_t end;
	uint8_t buf[SFAM__CAPTURE_BLOCK_MAX + SFAM__CAPTURE_CHUNK];
};

static inline const uint8_t *
sfam__capture_here(const struct sfam_capture_reader *r)
{
	return r->buf + r->at;
}

static inline uint32_t sfam__capture_word(const struct sfam_capture_reader *r,
					  const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return r->swapped ? __builtin_bswap32(v) : v;
}

static inline uint16_t sfam__capture_half(const struct sfam_capture_reader *r,
					  const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return r->swapped ? __builtin_bswap16(v) : v;
}

static inline uint64_t sfam__capture_long(const struct sfam_capture_reader *r,
					  const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return r->swapped ? __builtin_bswap64(v) : v;
}

/* In reader.c. */
/*
 * Makes n bytes of the item be there. 0, or -errno: -ENODATA if the file
 * ends before them; expected says what should have come.
 */
int sfam__capture_need(struct sfam_capture_reader *r, size_t n,
		       const char *expected);
/* The item is done with, its n bytes are used up. */
void sfam__capture_used(struct sfam_capture_reader *r, size_t n);
/* Fills the diag for byte `at` of the item, and returns error. */
int sfam__capture_bad(struct sfam_capture_reader *r, int error, size_t at,
		      const char *expected, uint64_t found);

/* In read-pcap.c: the header of a pcap file, and packets from then on. */
int sfam__capture_read_header(struct sfam_capture_reader *r,
			      struct sfam_capture_item *ret);
/* In read-pcapng.c: a block. */
int sfam__capture_read_block(struct sfam_capture_reader *r,
			     struct sfam_capture_item *ret);

/* In read-block.c and read-packet.c: what is between a block's frame. */
struct sfam__capture_body {
	uint8_t *at;
	size_t len;
};
typedef int sfam__capture_read_body(struct sfam_capture_reader *r,
				    const struct sfam__capture_body *body,
				    struct sfam_capture_item *ret);
sfam__capture_read_body sfam__capture_read_section;
sfam__capture_read_body sfam__capture_read_interface;
sfam__capture_read_body sfam__capture_read_packet;
sfam__capture_read_body sfam__capture_read_old_packet;
sfam__capture_read_body sfam__capture_read_simple;
sfam__capture_read_body sfam__capture_read_stats;

/* In time.c. */
int64_t sfam__capture_time(const struct sfam__capture_source *source,
			   uint64_t units);

#endif
