/* SPDX-License-Identifier: MIT */
/* Capture files as they are written, byte by byte, and what is refused. */
#include <errno.h>

#include "capture-bytes.h"
#include "capture-writer.h"

/* The file's bytes are these, and the writer knows how many. */
static void is_file(int fd, const struct bytes *b,
		    const struct sfam_capture_writer *w, uint64_t packets)
{
	static uint8_t got[sizeof(b->at) + 1];
	struct sfam_capture_written written;

	ck_assert_int_eq(pread(fd, got, sizeof(got), 0), (ssize_t)b->len);
	ck_assert_mem_eq(got, b->at, b->len);
	sfam_capture_written(w, &written);
	ck_assert_uint_eq(written.bytes, b->len);
	ck_assert_uint_eq(written.packets, packets);
}

/* ---------------------------------------------------------- exact bytes -- */

static void is_pcap(enum sfam_capture_format format, uint32_t magic,
		    uint32_t first, uint32_t second)
{
	struct sfam_capture_record r[2] = {
		packet(1700000000 * S + 123456789, "abcde"),
		packet(UINT32_MAX * S + S - 1, "0123456789"),
	};
	struct sfam_capture_writer *w;
	struct bytes b = { .big = HOST_BIG };
	int fd = file();

	r[0].orig_len = 1500;
	/* There is no place for these. */
	r[0].flags = SFAM_CAPTURE_OUT;
	r[0].drops = 7;
	r[0].comment = "no";
	w = writer_to(fd, format, 1000);
	ck_assert_ok(sfam_capture_write(w, r, 2));
	put_pcap(&b, magic, 4, 1000, 1);
	put_pcap_packet(&b, 1700000000, first, 5, 1500);
	put(&b, "abcde", 5);
	put_pcap_packet(&b, UINT32_MAX, second, 10, 10);
	put(&b, "0123456789", 10);
	is_file(fd, &b, w, 2);
	sfam_capture_writer_free(w);
	close(fd);
}

START_TEST(pcap)
{
	is_pcap(SFAM_CAPTURE_PCAP, 0xa1b2c3d4, 123456, 999999);
	is_pcap(SFAM_CAPTURE_PCAP_NS, 0xa1b23c4d, 123456789, 999999999);
}
END_TEST

/* Byte by byte, without the helpers that other tests share. */
START_TEST(pcapng_literally)
{
	static const uint8_t expected[] =
		"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0"
		"\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0"
		"\1\0\0\0\x20\0\0\0\1\0\0\0\0\0\4\0\x09\0\1\0\x09\0\0\0"
		"\0\0\0\0\x20\0\0\0"
		"\6\0\0\0\x24\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\x40\0\0\0"
		"abc\0\x24\0\0\0"
		"\6\0\0\0\x38\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0"
		"x\0\0\0\1\0\2\0hi\0\0\2\0\4\0\2\0\0\0\0\0\0\0\x38\0\0\0";
	struct sfam_capture_record r[2] = {
		packet(((int64_t)1 << 32) + 2, "abc"), packet(0, "x"),
	};
	struct sfam_capture_writer *w;
	struct bytes b = { .big = HOST_BIG };
	int fd;

	if (HOST_BIG)
		return;
	fd = file();
	r[0].orig_len = 64;
	r[1].comment = "hi";
	r[1].flags = SFAM_CAPTURE_OUT;
	w = writer_to(fd, SFAM_CAPTURE_PCAPNG, 262144);
	ck_assert_ok(sfam_capture_write(w, r, 2));
	put(&b, expected, sizeof(expected) - 1);
	is_file(fd, &b, w, 2);
	sfam_capture_writer_free(w);
	close(fd);
}
END_TEST

static void put_full_section(struct bytes *b)
{
	block_begin(b, 0x0a0d0d0a);
	put32(b, 0x1a2b3c4d);
	put16(b, 1);
	put16(b, 0);
	put64(b, UINT64_MAX);
	put_option(b, 1, "a test");
	put_option(b, 2, "x86");
	put_option(b, 3, "Linux");
	put_option(b, 4, "sockfam");
	option_begin(b, 0, 0);
	block_end(b);
}

static void put_full_interface(struct bytes *b)
{
	block_begin(b, 1);
	put16(b, 227);
	put16(b, 0);
	put32(b, 0);
	put_option(b, 1, "c");
	put_option(b, 2, "can0");
	put_option(b, 3, "the engine");
	option_begin(b, 11, 4);
	put(b, "\0tcp", 4);
	put_option(b, 12, "Linux 6.12");
	option_begin(b, 9, 1);
	put(b, "\x09\0\0\0", 4);
	option_begin(b, 0, 0);
	block_end(b);
}

static void put_full_packet(struct bytes *b)
{
	block_begin(b, 6);
	put32(b, 1);
	put_time(b, 5 * S);
	put32(b, 9);
	put32(b, 9);
	put(b, "HEADtail!\0\0\0", 12);
	put_option(b, 1, "look");
	option_begin(b, 2, 4);
	put32(b, SFAM_CAPTURE_IN | SFAM_CAPTURE_BROADCAST);
	option_begin(b, 4, 8);
	put64(b, UINT64_MAX);
	option_begin(b, 0, 0);
	block_end(b);
}

static void put_full_stats(struct bytes *b)
{
	uint32_t code;

	block_begin(b, 5);
	put32(b, 1);
	put_time(b, 9 * S);
	put_option(b, 1, "end");
	option_begin(b, 2, 8);
	put_time(b, S);
	option_begin(b, 3, 8);
	put_time(b, 8 * S);
	for (code = 4; code <= 8; code++) {
		if (code == 6)
			continue;
		option_begin(b, code, 8);
		put64(b, code == 4 ? 0 : (uint64_t)code << 40);
	}
	option_begin(b, 0, 0);
	block_end(b);
}

static void write_full(struct sfam_capture_writer *w)
{
	static const struct sfam_capture_interface can = {
		.link_type = SFAM_CAPTURE_LINK_CAN,
		.name = "can0",
		.description = "the engine",
		.filter = "tcp",
		.os = "Linux 6.12",
		.comment = "c",
	};
	static const struct sfam_capture_stats stats = {
		.interface = 1,
		.time_ns = 9 * S,
		.start_ns = S,
		.end_ns = 8 * S,
		.received = 0,
		.if_drops = (uint64_t)5 << 40,
		.accepted = SFAM_CAPTURE_NOT_TOLD,
		.os_drops = (uint64_t)7 << 40,
		.delivered = (uint64_t)8 << 40,
		.comment = "end",
	};
	struct sfam_capture_record r = packet(5 * S, "tail!");

	memcpy(r.head, "HEAD", 4);
	r.head_len = 4;
	r.orig_len = 9;
	r.interface = 1;
	r.comment = "look";
	r.flags = SFAM_CAPTURE_IN | SFAM_CAPTURE_BROADCAST;
	r.drops = UINT64_MAX;
	ck_assert_int_eq(sfam_capture_add_interface(w, &can), 1);
	ck_assert_ok(sfam_capture_write(w, &r, 1));
	ck_assert_ok(sfam_capture_write_stats(w, &stats));
}

START_TEST(pcapng_everything)
{
	static const struct sfam_capture_section section = {
		.application = "sockfam",
		.os = "Linux",
		.hardware = "x86",
		.comment = "a test",
	};
	static const struct sfam_capture_interface bare = { .link_type = 1 };
	struct sfam_capture_writer *w;
	struct bytes b = { .big = HOST_BIG };
	int fd = file();

	ck_assert_ok(sfam_capture_writer_new(&w, fd, SFAM_CAPTURE_PCAPNG,
					     &section));
	ck_assert_int_eq(sfam_capture_add_interface(w, &bare), 0);
	write_full(w);
	put_full_section(&b);
	block_begin(&b, 1);
	put16(&b, 1);
	put16(&b, 0);
	put32(&b, 0);
	option_begin(&b, 9, 1);
	put(&b, "\x09\0\0\0", 4);
	option_begin(&b, 0, 0);
	block_end(&b);
	put_full_interface(&b);
	put_full_packet(&b);
	put_full_stats(&b);
	is_file(fd, &b, w, 1);
	sfam_capture_writer_free(w);
	close(fd);
}
END_TEST

/* From where the file stands. */
START_TEST(behind_other_bytes)
{
	struct sfam_capture_record r = packet(S, "abc");
	struct sfam_capture_writer *w;
	struct sfam_capture_written written;
	struct bytes b = { .big = HOST_BIG };
	uint8_t got[64];
	int fd = file();

	ck_assert_int_eq(write(fd, "12345", 5), 5);
	w = writer_to(fd, SFAM_CAPTURE_PCAP_NS, 0);
	ck_assert_ok(sfam_capture_write(w, &r, 1));
	ck_assert_ok(sfam_capture_write(w, NULL, 0));
	put(&b, "12345", 5);
	put_pcap(&b, 0xa1b23c4d, 4, 262144, 1);
	put_pcap_packet(&b, 1, 0, 3, 3);
	put(&b, "abc", 3);
	ck_assert_int_eq(pread(fd, got, sizeof(got), 0), (ssize_t)b.len);
	ck_assert_mem_eq(got, b.at, b.len);
	sfam_capture_written(w, &written);
	ck_assert_uint_eq(written.bytes, b.len - 5);
	sfam_capture_writer_free(w);
	close(fd);
}
END_TEST

/* Of head and data together no more than the snap length. */
START_TEST(snap_length)
{
	struct sfam_capture_record r[3] = {
		packet(0, "123456"), packet(0, "123"), packet(0, "12345678"),
	};
	struct sfam_capture_writer *w;
	struct bytes b = { .big = HOST_BIG };
	int fd = file();

	r[1].head_len = r[2].head_len = 4;
	memcpy(r[1].head, "head", 4);
	memcpy(r[2].head, "HEAD", 4);
	w = writer_to(fd, SFAM_CAPTURE_PCAP, 5);
	ck_assert_uint_eq(sfam_capture_size(w, &r[0]), 16 + 5);
	ck_assert_ok(sfam_capture_write(w, r, 3));
	put_pcap(&b, 0xa1b2c3d4, 4, 5, 1);
	put_pcap_packet(&b, 0, 0, 5, 6);
	put(&b, "12345", 5);
	put_pcap_packet(&b, 0, 0, 5, 3);
	put(&b, "head1", 5);
	put_pcap_packet(&b, 0, 0, 5, 8);
	put(&b, "HEAD1", 5);
	is_file(fd, &b, w, 3);
	sfam_capture_writer_free(w);
	close(fd);

	fd = file();
	w = writer_to(fd, SFAM_CAPTURE_PCAP, 2);
	ck_assert_ok(sfam_capture_write(w, &r[1], 1));
	b.len = 0;
	put_pcap(&b, 0xa1b2c3d4, 4, 2, 1);
	put_pcap_packet(&b, 0, 0, 2, 3);
	put(&b, "he", 2);
	is_file(fd, &b, w, 1);
	sfam_capture_writer_free(w);
	close(fd);
}
END_TEST

/* -------------------------------------------------------------- refused -- */

START_TEST(refused_blocks)
{
	static char text[65537];
	struct sfam_capture_section section = { .os = text };
	struct sfam_capture_interface interface = { .link_type = 65536 };
	struct sfam_capture_stats stats = { .interface = 1 };
	struct sfam_capture_writer *w = NULL;
	int fd = file();

	memset(text, 'x', 65536);
	ck_assert_err(sfam_capture_writer_new(&w, fd,
					      (enum sfam_capture_format)3,
					      NULL), EINVAL);
	ck_assert_err(sfam_capture_writer_new(&w, fd, SFAM_CAPTURE_PCAPNG,
					      &section), EINVAL);
	ck_assert_err(sfam_capture_writer_new(&w, -1, SFAM_CAPTURE_PCAPNG,
					      NULL), EBADF);
	ck_assert_ptr_null(w);
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), 0);
	w = writer_to(fd, SFAM_CAPTURE_PCAPNG, 0);
	ck_assert_err(sfam_capture_add_interface(w, &interface), EINVAL);
	interface = (struct sfam_capture_interface){ .filter = text + 1 };
	ck_assert_err(sfam_capture_add_interface(w, &interface), EINVAL);
	ck_assert_err(sfam_capture_write_stats(w, &stats), EINVAL);
	stats.interface = 0;
	stats.comment = text;
	ck_assert_err(sfam_capture_write_stats(w, &stats), EINVAL);
	stats.start_ns = -1;
	ck_assert_err(sfam_capture_write_stats(w, &stats), ERANGE);
	/* None of that did any harm, and a byte less goes. */
	interface.filter = text + 2;
	ck_assert_int_eq(sfam_capture_add_interface(w, &interface), 1);
	sfam_capture_writer_free(w);
	close(fd);
}
END_TEST

START_TEST(too_many_interfaces)
{
	const struct sfam_capture_interface eth = { .link_type = 1 };
	const struct sfam_capture_stats stats = { .interface = 0 };
	struct sfam_capture_writer *w;
	int i, fd = file();

	w = writer_to(fd, SFAM_CAPTURE_PCAP, 0);
	ck_assert_err(sfam_capture_add_interface(w, &eth), EUSERS);
	ck_assert_err(sfam_capture_write_stats(w, &stats), EOPNOTSUPP);
	sfam_capture_writer_free(w);
	w = writer_to(fd, SFAM_CAPTURE_PCAPNG, 0);
	for (i = 1; i < SFAM_CAPTURE_INTERFACES_MAX; i++)
		ck_assert_int_eq(sfam_capture_add_interface(w, &eth), i);
	ck_assert_err(sfam_capture_add_interface(w, &eth), EUSERS);
	ck_assert_ptr_null(sfam_capture_writer_free(w));
	ck_assert_ptr_null(sfam_capture_writer_free(NULL));
	close(fd);
}
END_TEST

/* One bad record between two good ones. */
static void is_refused(enum sfam_capture_format format,
		       const struct sfam_capture_record *bad, int error)
{
	struct sfam_capture_record r[3] = {
		packet(0, "one"), *bad, packet(0, "three"),
	};
	struct sfam_capture_written before, after;
	struct sfam_capture_writer *w;
	int fd = file();

	w = writer_to(fd, format, 0);
	sfam_capture_written(w, &before);
	ck_assert_err(sfam_capture_write(w, r, 3), error);
	sfam_capture_written(w, &after);
	ck_assert_uint_eq(after.packets, 1);
	ck_assert_uint_eq(after.bytes,
			  before.bytes + sfam_capture_size(w, &r[0]));
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), (off_t)after.bytes);
	ck_assert_ok(sfam_capture_write(w, r + 2, 1));
	sfam_capture_writer_free(w);
	close(fd);
}

START_TEST(refused_records)
{
	static char text[65537];
	struct sfam_capture_record r;

	memset(text, 'x', 65536);
	r = packet(0, "x");
	r.interface = 1;
	is_refused(SFAM_CAPTURE_PCAP, &r, EINVAL);
	r = packet(0, "x");
	r.head_len = SFAM_CAPTURE_HEAD_MAX + 1;
	is_refused(SFAM_CAPTURE_PCAP_NS, &r, EINVAL);
	r = packet(0, "x");
	r.comment = text;
	is_refused(SFAM_CAPTURE_PCAPNG, &r, EINVAL);
	r = packet(0, "x");
	r.len = SFAM_CAPTURE_LEN_MAX + 1;
	is_refused(SFAM_CAPTURE_PCAPNG, &r, EMSGSIZE);
	r.len = SFAM_CAPTURE_LEN_MAX;
	r.head_len = 1;
	is_refused(SFAM_CAPTURE_PCAP, &r, EMSGSIZE);
	r = packet(-1, "x");
	is_refused(SFAM_CAPTURE_PCAPNG, &r, ERANGE);
	r = packet(((int64_t)UINT32_MAX + 1) * S, "x");
	is_refused(SFAM_CAPTURE_PCAP, &r, ERANGE);
	is_refused(SFAM_CAPTURE_PCAP_NS, &r, ERANGE);
#if SIZE_MAX > UINT32_MAX
	r = packet(0, "x");
	r.orig_len = (size_t)UINT32_MAX + 1;
	is_refused(SFAM_CAPTURE_PCAPNG, &r, EINVAL);
#endif
}
END_TEST

/* ----------------------------------------------------------- round trip -- */

#define RECORDS 2000

/* One of many interfaces, times and sizes, with and without all the rest. */
static void make_record(struct sfam_capture_record *r, uint64_t *state)
{
	static const char *const comments[] = { NULL, "a", "two", "threes" };
	static uint8_t data[4000];
	uint64_t x = test_random(state);
	size_t i;

	for (i = 0; i < sizeof(data) && data[sizeof(data) - 1] == 0; i++)
		data[i] = (uint8_t)(test_random(state) | 1);
	*r = (struct sfam_capture_record){
		.time_ns = (int64_t)(test_random(state) >> (x % 60 + 3)),
		.data = data + x % 2000,
		.len = (x >> 8) % (x & 1 << 20 ? 2000 : 70),
		.orig_len = (uint32_t)test_random(state),
		.interface = (uint32_t)(x >> 32) % 3,
		.flags = x & 2 ? (uint32_t)test_random(state) : 0,
		.head_len = x & 4 ? (uint32_t)(x >> 40) % 25 : 0,
		.drops = x & 8 ? test_random(state) : 0,
		.comment = comments[(x >> 50) % 4],
	};
	for (i = 0; i < r->head_len; i++)
		r->head[i] = (uint8_t)test_random(state);
}

static const uint32_t snap_lens[] = { 0, 1000, 20 };

static void is_written(const struct sfam_capture_record *w,
		       const struct sfam_capture_record *got,
		       enum sfam_capture_format format)
{
	const uint32_t snap = snap_lens[w->interface];
	uint8_t all[4096];
	size_t len = w->head_len + w->len;

	memcpy(all, w->head, w->head_len);
	memcpy(all + w->head_len, w->data, w->len);
	len = snap && len > snap ? snap : len;
	ck_assert_uint_eq(got->len, len);
	ck_assert_mem_eq(got->data, all, len);
	ck_assert_uint_eq(got->orig_len, w->orig_len);
	ck_assert_uint_eq(got->interface, w->interface);
	ck_assert_uint_eq(got->link_type, 100 + w->interface);
	ck_assert_int_eq(got->time_ns, format == SFAM_CAPTURE_PCAP ?
				       w->time_ns / 1000 * 1000 : w->time_ns);
	if (format != SFAM_CAPTURE_PCAPNG)
		return;
	ck_assert_uint_eq(got->flags, w->flags);
	ck_assert_uint_eq(got->drops, w->drops);
	ck_assert_pstr_eq(got->comment, w->comment);
}

static void read_back(int fd, const struct sfam_capture_record *records,
		      enum sfam_capture_format format)
{
	struct sfam_capture_reader *r;
	struct sfam_capture_item item;
	int kind, interfaces = 0;
	size_t n = 0;

	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_ok(sfam_capture_reader_new(&r, fd));
	while ((kind = sfam_capture_read(r, &item, NULL)) > 0) {
		interfaces += kind == SFAM_CAPTURE_INTERFACE;
		if (kind == SFAM_CAPTURE_PACKET)
			is_written(&records[n++], &item.packet, format);
	}
	ck_assert_int_eq(kind, SFAM_CAPTURE_END);
	ck_assert_uint_eq(n, RECORDS);
	ck_assert_int_eq(interfaces, format == SFAM_CAPTURE_PCAPNG ? 3 : 1);
	sfam_capture_reader_free(r);
}

static void round_trip_of(enum sfam_capture_format format)
{
	static struct sfam_capture_record records[RECORDS];
	struct sfam_capture_interface interface = { .link_type = 100 };
	struct sfam_capture_written written;
	struct sfam_capture_writer *w;
	uint64_t state = test_seed(), bytes;
	size_t i, n;
	int fd = file();

	ck_assert_ok(sfam_capture_writer_new(&w, fd, format, NULL));
	n = format == SFAM_CAPTURE_PCAPNG ? 3 : 1;
	for (i = 0; i < n; i++) {
		interface.snap_len = snap_lens[i];
		ck_assert_ok(sfam_capture_add_interface(w, &interface));
		interface.link_type++;
	}
	sfam_capture_written(w, &written);
	bytes = written.bytes;
	for (i = 0; i < RECORDS; i++) {
		make_record(&records[i], &state);
		if (format != SFAM_CAPTURE_PCAPNG)
			records[i].interface = 0;
		bytes += sfam_capture_size(w, &records[i]);
	}
	for (i = 0; i < RECORDS; i += n) {
		n = test_random(&state) % 700 + 1;
		n = n < RECORDS - i ? n : RECORDS - i;
		ck_assert_ok(sfam_capture_write(w, records + i, n));
	}
	sfam_capture_written(w, &written);
	ck_assert_uint_eq(written.packets, RECORDS);
	ck_assert_uint_eq(written.bytes, bytes);
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), (off_t)bytes);
	sfam_capture_writer_free(w);
	read_back(fd, records, format);
	close(fd);
}

START_TEST(round_trip)
{
	round_trip_of(SFAM_CAPTURE_PCAP);
	round_trip_of(SFAM_CAPTURE_PCAP_NS);
	round_trip_of(SFAM_CAPTURE_PCAPNG);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ pcap, NULL },
		{ pcapng_literally, NULL },
		{ pcapng_everything, NULL },
		{ behind_other_bytes, NULL },
		{ snap_length, NULL },
		{ refused_blocks, NULL },
		{ too_many_interfaces, NULL },
		{ refused_records, NULL },
		{ round_trip, NULL },
	};

	return harness_run("capture-write", tests, HARNESS_LEN(tests));
}
