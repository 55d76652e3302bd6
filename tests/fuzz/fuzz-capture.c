/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: any bytes as a capture file. It is read alike whole and in
 * pieces; every byte of what comes is looked at; and what was read, written
 * again as pcapng, is read back the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockfam/capture.h>

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

static uint64_t sum;			/* of what was read */

static void add(const void *p, size_t n)
{
	const uint8_t *bytes = p;
	size_t i;

	for (i = 0; i < n; i++)
		sum = (sum ^ bytes[i]) * 0x100000001b3u;
}

static void add_text(const char *text)
{
	add(text ? text : "-", text ? strlen(text) + 1 : 1);
}

static void add_packet(const struct sfam_capture_record *p)
{
	const uint16_t link_type = (uint16_t)p->link_type; /* as in pcapng */

	add(&p->time_ns, sizeof(p->time_ns));
	add(p->data, p->len);
	add(&p->orig_len, sizeof(p->orig_len));
	add(&p->interface, sizeof(p->interface));
	add(&link_type, sizeof(link_type));
	add(&p->flags, sizeof(p->flags));
	add(&p->drops, sizeof(p->drops));
	add_text(p->comment && *p->comment ? p->comment : NULL);
	MUST(p->len <= SFAM_CAPTURE_LEN_MAX && p->head_len == 0);
}

static void add_item(int kind, const struct sfam_capture_item *item)
{
	const struct sfam_capture_interface *i = &item->interface;

	if (kind == SFAM_CAPTURE_PACKET) {
		add_packet(&item->packet);
	} else if (kind == SFAM_CAPTURE_INTERFACE) {
		add_text(i->name);
		add_text(i->description);
		add_text(i->filter);
		add_text(i->os);
		add_text(i->comment);
		add(&i->link_type, sizeof(i->link_type));
		add(&i->snap_len, sizeof(i->snap_len));
	} else if (kind == SFAM_CAPTURE_STATS) {
		add(&item->stats.interface, sizeof(uint32_t));
		add(&item->stats.time_ns, 8 * sizeof(uint64_t));
		add_text(item->stats.comment);
	} else {
		MUST(kind == SFAM_CAPTURE_SECTION);
		add_text(item->section.application);
		add_text(item->section.os);
		add_text(item->section.hardware);
		add_text(item->section.comment);
	}
}

/* In pieces of so many bytes. Returns how it ended. */
static int read_fed(const uint8_t *data, size_t size, size_t piece,
		    struct sfam_diag *diag)
{
	struct sfam_capture_reader *r;
	struct sfam_capture_item item;
	uint64_t before = 0;
	size_t at = 0, n;
	int kind;

	MUST(sfam_capture_reader_new(&r, -1) == 0);
	for (;;) {
		kind = sfam_capture_read(r, &item, diag);
		MUST(sfam_capture_offset(r) >= before);
		before = sfam_capture_offset(r);
		if (kind > 0) {
			add_item(kind, &item);
		} else if (kind == -EAGAIN) {
			n = size - at < piece ? size - at : piece;
			MUST(sfam_capture_feed(r, data + at, n) ==
			     (ssize_t)n);
			at += n;
		} else {
			break;
		}
	}
	MUST(kind < 0 || before == size);
	sfam_capture_reader_free(r);
	return kind;
}

/* What pcapng can say again; others end the copy. */
static int copy_item(struct sfam_capture_writer *w, int kind,
		     const struct sfam_capture_item *item)
{
	struct sfam_capture_interface i = item->interface;
	int r = 0;

	if (kind == SFAM_CAPTURE_INTERFACE) {
		i.snap_len = 0;		/* files need not keep to it */
		i.link_type &= UINT16_MAX;	/* pcap has 26 bits */
		r = sfam_capture_add_interface(w, &i);
	} else if (kind == SFAM_CAPTURE_PACKET) {
		r = sfam_capture_write(w, &item->packet, 1);
		if (r == 0)
			add_packet(&item->packet);
	} else if (kind == SFAM_CAPTURE_STATS) {
		r = sfam_capture_write_stats(w, &item->stats);
	}
	MUST(r >= 0 || r == -EUSERS || r == -ERANGE);
	return r;
}

static void copy(const uint8_t *data, size_t size, int fd)
{
	struct sfam_capture_reader *r;
	struct sfam_capture_writer *w;
	struct sfam_capture_item item;
	int kind;

	MUST(sfam_capture_writer_new(&w, fd, SFAM_CAPTURE_PCAPNG, NULL) == 0);
	MUST(sfam_capture_reader_new(&r, -1) == 0);
	MUST(sfam_capture_feed(r, data, size) == (ssize_t)size);
	while ((kind = sfam_capture_read(r, &item, NULL)) > 0)
		if (copy_item(w, kind, &item) == -EUSERS)
			break;
	sfam_capture_reader_free(r);
	sfam_capture_writer_free(w);
}

static void read_packets(int fd)
{
	struct sfam_capture_reader *r;
	struct sfam_capture_item item;
	int kind;

	MUST(lseek(fd, 0, SEEK_SET) == 0);
	MUST(sfam_capture_reader_new(&r, fd) == 0);
	while ((kind = sfam_capture_read(r, &item, NULL)) > 0)
		if (kind == SFAM_CAPTURE_PACKET)
			add_packet(&item.packet);
	MUST(kind == SFAM_CAPTURE_END);
	sfam_capture_reader_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sfam_diag diag = { .offset = 0 }, again = { .offset = 0 };
	uint64_t whole;
	int fd, end;

	if (size == 0 || size > 65536)
		return 0;
	sum = 0;
	end = read_fed(data, size, size, &diag);
	MUST(diag.offset <= size);
	whole = sum;
	sum = 0;
	MUST(read_fed(data, size, 1 + data[0] % 31, &again) == end);
	MUST(sum == whole && memcmp(&diag, &again, sizeof(diag)) == 0);

	fd = memfd_create("fuzz", MFD_CLOEXEC);
	sum = 0;
	copy(data, size, fd);
	whole = sum;
	sum = 0;
	read_packets(fd);
	MUST(sum == whole);
	close(fd);
	return 0;
}
