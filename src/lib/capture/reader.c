/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/sys.h"
#include "base/text.h"
#include "capture/reader.h"

static int read_magic(struct sfam_capture_reader *r,
		      struct sfam_capture_item *ret);

SFAM_PUBLIC int sfam_capture_reader_new(struct sfam_capture_reader **ret,
					int fd)
{
	struct sfam_capture_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->fd = fd;
	r->read = read_magic;
	*ret = r;
	return 0;
}

SFAM_PUBLIC struct sfam_capture_reader *
sfam_capture_reader_free(struct sfam_capture_reader *reader)
{
	free(reader);
	return NULL;
}

SFAM_PUBLIC uint64_t sfam_capture_offset(const struct sfam_capture_reader *r)
{
	return r->offset;
}

/* ---------------------------------------------------------------- input -- */

static void move_down(struct sfam_capture_reader *r)
{
	r->end -= r->at;
	memmove(r->buf, r->buf + r->at, r->end);
	r->at = 0;
}

/* More input behind what is there, or the end of it. */
static int fill(struct sfam_capture_reader *r)
{
	ssize_t n;

	if (r->fd < 0)
		return r->ended ? 0 : -EAGAIN;
	move_down(r);
	n = sfam__sys_read(r->fd, r->buf + r->end, SFAM__CAPTURE_CHUNK);
	if (n < 0)
		return (int)n;
	r->end += (size_t)n;
	r->ended = n == 0;
	return 0;
}

SFAM_PUBLIC ssize_t sfam_capture_feed(struct sfam_capture_reader *reader,
				      const void *buf, size_t len)
{
	if (reader->fd >= 0)
		return -EINVAL;
	if (reader->ended)
		return -ESHUTDOWN;
	if (len == 0) {
		reader->ended = true;
		return 0;
	}
	move_down(reader);
	if (len > sizeof(reader->buf) - reader->end)
		len = sizeof(reader->buf) - reader->end;
	memcpy(reader->buf + reader->end, buf, len);
	reader->end += len;
	return (ssize_t)len;
}

/* ------------------------------------------------------- what is wrong -- */

static void expect(struct sfam_capture_reader *r, size_t at,
		   const char *expected)
{
	struct sfam__out o = { r->diag.expected, sizeof(r->diag.expected), 0 };

	r->diag.offset = (size_t)(r->offset + at);
	sfam__out_str(&o, expected);
	(void)sfam__out_finish(&o);
	r->diag.found[0] = '\0';
}

int sfam__capture_bad(struct sfam_capture_reader *r, int error, size_t at,
		      const char *expected, uint64_t found)
{
	struct sfam__out o = { r->diag.found, sizeof(r->diag.found), 0 };

	expect(r, at, expected);
	sfam__out_dec(&o, found);
	(void)sfam__out_finish(&o);
	return error;
}

/* ---------------------------------------------------------------- items -- */

int sfam__capture_need(struct sfam_capture_reader *r, size_t n,
		       const char *expected)
{
	int e;

	while (r->end - r->at < n) {
		if (r->ended) {
			expect(r, r->end - r->at, expected);
			return -ENODATA;
		}
		e = fill(r);
		if (e < 0)
			return e;
	}
	return 0;
}

void sfam__capture_used(struct sfam_capture_reader *r, size_t n)
{
	r->at += n;
	r->offset += n;
}

/* Passes over what is left of an item. */
static int skip(struct sfam_capture_reader *r)
{
	size_t n;
	int e;

	while (r->skip) {
		n = r->end - r->at;
		if (n > r->skip)
			n = (size_t)r->skip;
		r->at += n;
		r->skip -= n;
		if (r->skip == 0)
			break;
		if (r->ended) {
			expect(r, (size_t)(r->skip_len - r->skip),
			       "the rest of a block");
			return -ENODATA;
		}
		e = fill(r);
		if (e < 0)
			return e;
	}
	r->offset += r->skip_len;
	r->skip_len = 0;
	return 0;
}

/* Four bytes, which tell the format. */
static int read_magic(struct sfam_capture_reader *r,
		      struct sfam_capture_item *ret)
{
	int e = sfam__capture_need(r, 4, "a pcap or pcapng file");
	uint32_t magic;

	if (e < 0)
		return e;
	memcpy(&magic, sfam__capture_here(r), sizeof(magic));
	r->read = magic == SFAM__PCAPNG_SECTION ? sfam__capture_read_block :
						  sfam__capture_read_header;
	return r->read(r, ret);
}

static int read_item(struct sfam_capture_reader *r,
		     struct sfam_capture_item *ret)
{
	int kind;

	do {
		kind = skip(r);
		if (kind == 0 && r->at == r->end && !r->ended)
			kind = fill(r);
		if (kind < 0)
			return kind;
		/* The end, but for a file that has not begun. */
		if (r->at == r->end && r->ended && r->offset > 0)
			return SFAM_CAPTURE_END;
		kind = r->read(r, ret);
	} while (kind == SFAM__CAPTURE_PASSED);
	return kind;
}

SFAM_PUBLIC int sfam_capture_read(struct sfam_capture_reader *reader,
				  struct sfam_capture_item *ret_item,
				  struct sfam_diag *diag)
{
	int kind = reader->error;

	if (kind == 0)
		kind = read_item(reader, ret_item);
	if (kind >= 0 || kind == -EAGAIN)
		return kind;
	reader->error = kind;
	if (diag && reader->diag.expected[0])
		*diag = reader->diag;
	return kind;
}
