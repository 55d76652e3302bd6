/* SPDX-License-Identifier: MIT */
/*
 * Packets as text: the vectors of tests/data/packet-lines.txt, cut at every
 * byte, damaged, and random bytes. Every packet ends at a page that cannot
 * be read, and every line at one that cannot be written.
 */
#include <errno.h>
#include <linux/can.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"
#include "packet-line.h"

#define PACKET_MAX 512
#define RANDOM_ROUNDS 20000

struct vector {
	char name[64];
	unsigned int arphrd;
	size_t len;
	uint8_t data[PACKET_MAX];
	char line[2][PACKET_LINE_STRLEN];	/* by flags */
};

/* ------------------------------------------------------ at the edge -- */

/* The first byte of a page that cannot be touched, behind 8 that can. */
static uint8_t *make_edge(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = 8 * page;
	uint8_t *p = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	ck_assert_int_eq(mprotect(p + room, page, PROT_NONE), 0);
	return p + room;
}

/* The line is at *ret, with its NUL, if it fits in size. */
static ssize_t line_of(const char **ret, size_t size, const uint8_t *data,
		       size_t caplen, size_t origlen, unsigned int arphrd,
		       unsigned int flags)
{
	static uint8_t *in, *out;
	ssize_t n;

	if (!in) {
		in = make_edge();
		out = make_edge();
	}
	memcpy(in - caplen, data, caplen);
	n = packet_line((char *)out - size, size, in - caplen, caplen,
			origlen, arphrd, flags);
	*ret = (const char *)out - size;
	return n;
}

/* Without an assertion for each byte: check tells its parent of every one. */
static int is_printable(const char *line)
{
	while (*line >= ' ' && *line < 0x7f)
		line++;
	return *line == '\0';
}

/* Whatever the packet: a line, printable, as long as it says. */
static void check_sane(const uint8_t *data, size_t caplen, size_t origlen,
		       unsigned int arphrd)
{
	const char *line;
	unsigned int flags;
	ssize_t n;

	for (flags = 0; flags < 2; flags++) {
		n = line_of(&line, PACKET_LINE_STRLEN, data, caplen, origlen,
			    arphrd, flags);
		ck_assert_ok(n);
		ck_assert_uint_eq(strlen(line), (size_t)n);
		ck_assert(is_printable(line));
	}
}

/* ---------------------------------------------------------- vectors -- */

static FILE *open_vectors(void)
{
	FILE *f = fopen(TESTDATA_DIR "/packet-lines.txt", "r");

	ck_assert_ptr_nonnull(f);
	return f;
}

static int next_text(FILE *f, char *buf, size_t size)
{
	do {
		if (!fgets(buf, (int)size, f))
			return 0;
	} while (strncmp(buf, "# SPDX", 6) == 0);
	buf[strcspn(buf, "\n")] = '\0';
	return 1;
}

static void read_packet(struct vector *v, const char *text)
{
	unsigned int byte;
	char *hex;

	v->arphrd = (unsigned int)strtoul(text, &hex, 10);
	ck_assert_int_eq(*hex++, ' ');
	for (v->len = 0; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		ck_assert_uint_lt(v->len, PACKET_MAX);
		v->data[v->len++] = (uint8_t)byte;
	}
	ck_assert_int_eq(*hex, '\0');
}

static int next_vector(FILE *f, struct vector *v)
{
	char text[2 * PACKET_MAX + 64];
	int i;

	do {		/* the last line of a comment is the name */
		if (!next_text(f, text, sizeof(text)))
			return 0;
		if (text[0] == '#')
			snprintf(v->name, sizeof(v->name), "%.60s", text + 2);
	} while (text[0] == '#');
	read_packet(v, text);
	for (i = 0; i < 2; i++) {
		ck_assert(next_text(f, v->line[i], sizeof(v->line[i])));
		ck_assert(v->line[i][0] == '=' || v->line[i][0] == '~');
	}
	return 1;
}

START_TEST(lines)
{
	struct vector v;
	const char *line;
	unsigned int i;
	FILE *f = open_vectors();
	int count = 0;

	for (; next_vector(f, &v); count++) {
		for (i = 0; i < 2; i++) {
			ck_assert_ok(line_of(&line, PACKET_LINE_STRLEN, v.data,
					     v.len, v.len, v.arphrd, i));
			ck_assert_msg(strcmp(line, v.line[i] + 2) == 0,
				      "%s:\n%s\nexpected\n%s", v.name, line,
				      v.line[i] + 2);
		}
	}
	ck_assert_int_gt(count, 60);
	fclose(f);
}
END_TEST

START_TEST(cut_at_every_byte)
{
	struct vector v;
	FILE *f = open_vectors();
	size_t n;

	while (next_vector(f, &v)) {
		for (n = 0; n <= v.len; n++) {
			check_sane(v.data, n, v.len, v.arphrd);
			check_sane(v.data, n, n, v.arphrd);
		}
	}
	fclose(f);
}
END_TEST

/* A line is whole or an error, and never a byte too long. */
START_TEST(every_size)
{
	struct vector v;
	const char *line;
	FILE *f = open_vectors();
	size_t want, size;
	ssize_t n;

	while (next_vector(f, &v)) {
		want = strlen(v.line[1] + 2);
		for (size = 0; size <= want + 1; size++) {
			n = line_of(&line, size, v.data, v.len, v.len,
				    v.arphrd, PACKET_LINE_LINK);
			if (size <= want)
				ck_assert_err(n, ENOSPC);
			else
				ck_assert_uint_eq((size_t)n, want);
		}
	}
	fclose(f);
}
END_TEST

/* What was cut is told, and nothing of it is made up. */
START_TEST(cut_headers)
{
	static const struct {
		const char *name;
		size_t cap;
		const char *line;
	} cuts[] = {
		{ "arp-request", 13, "[|ether]" },
		{ "arp-request", 14, "ARP, [|arp]" },
		{ "arp-request", 41, "ARP, [|arp], length 28" },
		{ "icmp-echo", 33, "IP [|ip]" },
		{ "icmp-echo", 41, "IP 10.0.0.1 > 10.0.0.2: ICMP [|icmp]" },
		{ "icmp-echo", 42, "IP 10.0.0.1 > 10.0.0.2: ICMP echo "
		  "request, id 3, seq 1, length 64" },
		{ "udp", 37, "IP 10.0.0.1 > 224.0.0.251: [|udp]" },
		{ "udp", 41, "IP 10.0.0.1.5000 > 224.0.0.251.5001: [|udp]" },
		{ "tcp-data", 53, "IP 10.0.0.1.1234 > 10.0.0.2.8099: [|tcp]" },
		{ "ip6-echo", 53, "IP6 [|ip6]" },
		{ "ip6-ns", 77, "IP6 fe80::1 > ff02::2: ICMP6, [|icmp6], "
		  "length 32" },
		{ "vlan", 17, "[|vlan]" },
	};
	struct vector v;
	const char *line;
	FILE *f = open_vectors();
	size_t i, done = 0;

	while (next_vector(f, &v)) {
		for (i = 0; i < HARNESS_LEN(cuts); i++) {
			if (strcmp(cuts[i].name, v.name) != 0)
				continue;
			ck_assert_ok(line_of(&line, PACKET_LINE_STRLEN, v.data,
					     cuts[i].cap, v.len, v.arphrd, 0));
			ck_assert_str_eq(line, cuts[i].line);
			done++;
		}
	}
	ck_assert_uint_eq(done, HARNESS_LEN(cuts));
	fclose(f);
}
END_TEST

/* Frames are in host byte order, so these are no bytes in a file. */
START_TEST(can_frames)
{
	struct can_frame cc = { .can_id = 0x123, .data = { 0xde, 0xad } };
	struct canfd_frame fd = { .can_id = 0x12345678 | CAN_EFF_FLAG };
	const char *line;

	cc.can_dlc = 2;
	fd.len = 1;
	fd.flags = CANFD_BRS;
	ck_assert_ok(line_of(&line, PACKET_LINE_STRLEN, (void *)&cc,
			     sizeof(cc), sizeof(cc), ARPHRD_CAN, 0));
	ck_assert_str_eq(line, "CAN 123#DEAD");
	ck_assert_ok(line_of(&line, PACKET_LINE_STRLEN, (void *)&fd,
			     sizeof(fd), sizeof(fd), ARPHRD_CAN, 0));
	ck_assert_str_eq(line, "CAN 12345678##100");
	ck_assert_ok(line_of(&line, PACKET_LINE_STRLEN, (void *)&fd,
			     sizeof(fd) - 1, sizeof(fd), ARPHRD_CAN, 0));
	ck_assert_str_eq(line, "CAN [|can]");
}
END_TEST

/* ----------------------------------------------------------- random -- */

static const unsigned int links[] = {
	ARPHRD_ETHER, ARPHRD_LOOPBACK, ARPHRD_NONE, ARPHRD_CAN, 801,
};

START_TEST(random_bytes)
{
	uint64_t state = test_seed();
	uint8_t data[PACKET_MAX];
	size_t cap, i;
	int round;

	for (round = 0; round < RANDOM_ROUNDS; round++) {
		cap = test_random(&state) % 200;
		for (i = 0; i < cap; i++)
			data[i] = (uint8_t)test_random(&state);
		check_sane(data, cap, cap + test_random(&state) % 2000,
			   links[test_random(&state) % HARNESS_LEN(links)]);
	}
}
END_TEST

START_TEST(damaged)
{
	uint64_t state = test_seed();
	struct vector v;
	uint8_t data[PACKET_MAX];
	FILE *f = open_vectors();
	int round;

	while (next_vector(f, &v)) {
		for (round = 0; v.len && round < 500; round++) {
			memcpy(data, v.data, v.len);
			data[test_random(&state) % v.len] =
				(uint8_t)test_random(&state);
			data[test_random(&state) % v.len] ^=
				(uint8_t)(1 << test_random(&state) % 8);
			check_sane(data, 1 + test_random(&state) % v.len,
				   v.len, v.arphrd);
		}
	}
	fclose(f);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ lines, NULL },
		{ cut_at_every_byte, NULL },
		{ every_size, NULL },
		{ cut_headers, NULL },
		{ can_frames, NULL },
		{ random_bytes, NULL },
		{ damaged, NULL },
	};

	return harness_run("packet-line", tests, HARNESS_LEN(tests));
}
