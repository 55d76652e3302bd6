/* SPDX-License-Identifier: MIT */
/*
 * Packets as text: the vectors of tests/data/packet-lines.txt, cut at every
 * byte, damaged, and random bytes. Every packet ends at a page that cannot
 * be read, and every text at one that cannot be written.
 */
#include <errno.h>
#include <linux/can.h>
#include <linux/can/error.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"
#include "decode.h"

#define PACKET_MAX 1024
#define RANDOM_ROUNDS 20000
#define MODES 4

/* Of a vector the first three have a text. */
static const unsigned int modes[MODES] = {
	0, DECODE_WITH_LINK, DECODE_VERBOSE, DECODE_VERBOSE | DECODE_WITH_LINK,
};

struct vector {
	char name[64];
	unsigned int link;
	size_t len;
	uint8_t data[PACKET_MAX];
	char text[3][2048];
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

/* The text is at *ret, with its NUL, if it fits in size. */
static ssize_t text_of(const char **ret, size_t size, const uint8_t *data,
		       size_t caplen, size_t origlen, unsigned int link,
		       unsigned int flags)
{
	static uint8_t *in, *out;
	struct decode_extent extent = { 0, 0, 0, 0 };
	struct decode_packet p = {
		.caplen = caplen,
		.origlen = origlen,
		.link = link,
	};
	ssize_t n;

	if (!in) {
		in = make_edge();
		out = make_edge();
	}
	p.data = memcpy(in - caplen, data, caplen);
	n = decode_text((char *)out - size, size, &p, flags, &extent);
	*ret = (const char *)out - size;
	expect_that(extent.link_len <= caplen);
	expect_that(extent.rest_at <= caplen);
	expect_that(extent.rest_len <= caplen - extent.rest_at);
	return n;
}

static int is_printable(const char *text, unsigned int flags)
{
	while ((*text >= ' ' && *text < 0x7f) ||
	       (flags & DECODE_VERBOSE && (*text == '\n' || *text == '\t')))
		text++;
	return *text == '\0';
}

/* Whatever the packet: a text, printable, as long as it says. */
static void check_sane(const uint8_t *data, size_t caplen, size_t origlen,
		       unsigned int link)
{
	const char *text;
	size_t i;
	ssize_t n;

	for (i = 0; i < MODES; i++) {
		n = text_of(&text, DECODE_STRLEN, data, caplen, origlen, link,
			    modes[i]);
		expect_that(n >= 0);
		expect_that(strlen(text) == (size_t)n);
		expect_msg(is_printable(text, modes[i]), "%s", text);
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

	v->link = (unsigned int)strtoul(text, &hex, 10);
	ck_assert_int_eq(*hex++, ' ');
	for (v->len = 0; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		expect_that(v->len < PACKET_MAX);
		v->data[v->len++] = (uint8_t)byte;
	}
	ck_assert_int_eq(*hex, '\0');
}

/* Newlines and tabs, and no other things, are written with a backslash. */
static void unescape(char *to, const char *from)
{
	for (; *from; from++, to++) {
		if (from[0] != '\\' || (from[1] != 'n' && from[1] != 't')) {
			*to = *from;
			continue;
		}
		from++;
		*to = *from == 'n' ? '\n' : '\t';
	}
	*to = '\0';
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
	for (i = 0; i < 3; i++) {
		ck_assert(next_text(f, text, sizeof(text)));
		ck_assert(text[0] == '=' || text[0] == '~');
		unescape(v->text[i], text + 2);
	}
	return 1;
}

START_TEST(texts)
{
	struct vector v;
	const char *text;
	unsigned int i;
	FILE *f = open_vectors();
	int count = 0;

	for (; next_vector(f, &v); count++) {
		for (i = 0; i < 3; i++) {
			ck_assert_ok(text_of(&text, DECODE_STRLEN, v.data,
					     v.len, v.len, v.link, modes[i]));
			ck_assert_msg(strcmp(text, v.text[i]) == 0,
				      "%s:\n%s\nexpected\n%s", v.name, text,
				      v.text[i]);
		}
	}
	ck_assert_int_gt(count, 350);
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
			check_sane(v.data, n, v.len, v.link);
			check_sane(v.data, n, n, v.link);
		}
	}
	fclose(f);
}
END_TEST

/* A text is whole or an error, and never a byte too long. */
START_TEST(every_size)
{
	struct vector v;
	const char *text;
	FILE *f = open_vectors();
	size_t want, size;
	ssize_t n;

	while (next_vector(f, &v)) {
		want = strlen(v.text[2]);
		for (size = 0; size <= want + 1; size++) {
			n = text_of(&text, size, v.data, v.len, v.len, v.link,
				    DECODE_VERBOSE);
			expect_that(n == (size <= want ? -ENOSPC :
							 (ssize_t)want));
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
		const char *text;
	} cuts[] = {
		{ "arp-request", 13, "[|ether]" },
		{ "arp-request", 14, "ARP, [|arp]" },
		{ "arp-request", 41, "ARP, [|arp], length 28" },
		{ "icmp-request", 33, "IP [|ip]" },
		{ "icmp-request", 41, "IP 10.0.0.1 > 10.0.0.2: ICMP [|icmp]" },
		{ "icmp-request", 42, "IP 10.0.0.1 > 10.0.0.2: ICMP echo "
		  "request, id 3, seq 1, length 64" },
		{ "icmp-unreach3", 61, "IP 10.0.0.1 > 10.0.0.2: ICMP "
		  "unreachable [|icmp], length 36" },
		{ "udp-some", 37, "IP 10.0.0.1 > 10.0.0.2: [|udp]" },
		{ "udp-some", 41, "IP 10.0.0.1.5000 > 10.0.0.2.5001: "
		  "[|udp]" },
		{ "tcp-data", 53, "IP 10.0.0.1.1234 > 10.0.0.2.8099: "
		  "[|tcp]" },
		{ "tcp-options", 60, "IP 10.0.0.1.1234 > 10.0.0.2.8099: "
		  "Flags [S], seq 100, win 64240, options [mss 1460,sackOK,"
		  "[|tcp]], length 0" },
		{ "icmp6-request", 53, "IP6 [|ip6]" },
		{ "icmp6-ns", 77, "IP6 fe80::1 > 2001:db8::2: ICMP6, neighbor "
		  "solicitation [|icmp6], length 24" },
		{ "icmp6-unreach4", 101, "IP6 fe80::1 > 2001:db8::2: ICMP6, "
		  "destination unreachable, [|icmp6], length 76" },
		{ "ip6-hbh", 61, "IP6 fe80::1 > 2001:db8::2: [|ip6]" },
		{ "sctp-data3", 48, "IP 10.0.0.1.2000 > 10.0.0.2.2001: sctp "
		  "[|sctp]" },
		{ "sctp-data3", 50, "IP 10.0.0.1.2000 > 10.0.0.2.2001: sctp "
		  "(1) [DATA] [|sctp]" },
		{ "gre-all", 49, "IP 10.0.0.1 > 10.0.0.2: GREv0 [|gre]" },
		{ "vxlan", 49, "IP 10.0.0.1.50000 > 10.0.0.2.4789: VXLAN, "
		  "[|vxlan]" },
		{ "mpls-two", 21, "MPLS (label 100, tc 5, ttl 64) [|mpls]" },
		{ "lldp-named", 40, "LLDP, length 30 [|lldp]" },
		{ "link-vlan", 17, "02:00:00:00:00:01 > 02:00:00:00:00:02, "
		  "ethertype 802.1Q (0x8100), length 46: [|vlan]" },
		{ "link113-0", 15, "[|sll]" },
		{ "link276-0", 19, "[|sll2]" },
		{ "can-123#DEADBEEF", 12, "CAN [|can]" },
	};
	struct vector v;
	const char *text;
	FILE *f = open_vectors();
	size_t i, done = 0;

	while (next_vector(f, &v)) {
		for (i = 0; i < HARNESS_LEN(cuts); i++) {
			if (strcmp(cuts[i].name, v.name) != 0)
				continue;
			ck_assert_ok(text_of(&text, DECODE_STRLEN, v.data,
					     cuts[i].cap, v.len, v.link, 0));
			ck_assert_str_eq(text, cuts[i].text);
			done++;
		}
	}
	ck_assert_uint_eq(done, HARNESS_LEN(cuts));
	fclose(f);
}
END_TEST

/* ------------------------------------------------- other than vectors -- */

static void check_text(const char *want, const void *data, size_t caplen,
		       size_t origlen, unsigned int link, unsigned int flags)
{
	const char *text;

	ck_assert_ok(text_of(&text, DECODE_STRLEN, data, caplen, origlen,
			     link, flags));
	ck_assert_str_eq(text, want);
}

/* Of a socket they are in host byte order, so no bytes in a file. */
START_TEST(can_frames)
{
	struct can_frame cc = { .can_id = 0x123, .data = { 0xde, 0xad } };
	struct canfd_frame fd = { .can_id = 0x12345678 | CAN_EFF_FLAG };
	struct can_frame error = { .can_id = CAN_ERR_FLAG | CAN_ERR_CRTL };

	cc.can_dlc = 2;
	fd.len = 1;
	fd.flags = CANFD_BRS;
	error.can_dlc = CAN_ERR_DLC;
	error.data[1] = CAN_ERR_CRTL_RX_OVERFLOW;
	check_text("CAN 123#DEAD", &cc, sizeof(cc), sizeof(cc), DECODE_CAN, 0);
	check_text("CAN 12345678##100", &fd, sizeof(fd), sizeof(fd),
		   DECODE_CAN, 0);
	check_text("CAN [|can]", &fd, sizeof(fd) - 1, sizeof(fd), DECODE_CAN,
		   0);
	check_text("CAN [|can]", "\0\0\1\x23\4\0\0\0\1", 9, 9,
		   DECODE_CAN_FILE, 0);
	check_text("CAN, not a frame, length 7", &cc, 7, 7, DECODE_CAN, 0);
	check_text("CAN 20000004#0001000000000000 "
		   "controller-problem{rx-overflow}", &error, sizeof(error),
		   sizeof(error), DECODE_CAN, DECODE_VERBOSE);
	check_text("CAN 20000004#0001000000000000", &error, sizeof(error),
		   sizeof(error), DECODE_CAN, 0);
}
END_TEST

START_TEST(links)
{
	ck_assert_uint_eq(decode_link(ARPHRD_ETHER), DECODE_ETHERNET);
	ck_assert_uint_eq(decode_link(ARPHRD_LOOPBACK), DECODE_ETHERNET);
	ck_assert_uint_eq(decode_link(ARPHRD_NONE), DECODE_RAW);
	ck_assert_uint_eq(decode_link(ARPHRD_PPP), DECODE_RAW);
	ck_assert_uint_eq(decode_link(ARPHRD_TUNNEL), DECODE_RAW);
	ck_assert_uint_eq(decode_link(ARPHRD_CAN), DECODE_CAN);
	ck_assert_uint_eq(decode_link(801), DECODE_UNKNOWN);
	check_text("unknown link, length 30", "abc", 3, 30, DECODE_UNKNOWN, 0);
	check_text("link type 4711, length 3", "abc", 3, 3, 4711, 0);
	check_text("[|ip]", "", 0, 0, DECODE_RAW, 0);
	check_text("[|ether]", "", 0, 0, DECODE_ETHERNET, 0);
}
END_TEST

static const uint8_t udp_packet[] = {
	0x45, 0, 0, 31, 0, 1, 0, 0, 64, 17, 0x66, 0xcb, 10, 0, 0, 1, 10, 0, 0,
	2, 0x13, 0x88, 0x13, 0x89, 0, 11, 0, 0x62, 'a', 'b', 'c',
};

/* Without a header the protocol beside it tells. */
START_TEST(cooked)
{
	static const struct {
		unsigned int protocol, flags;
		const char *text;
	} cases[] = {
		{ 0x0800, 0, "IP 10.0.0.1.5000 > 10.0.0.2.5001: UDP, "
		  "length 3" },
		{ 0x0800, DECODE_WITH_LINK, "ifindex 7 02:00:00:00:00:01 "
		  "ethertype IPv4 (0x0800), length 51: 10.0.0.1.5000 > "
		  "10.0.0.2.5001: UDP, length 3" },
		{ 0x86dd, 0, "IP6 [|ip6]" },
		{ 0x88b5, 0, "ethertype Unknown (0x88b5), length 31" },
		{ 0x000c, 0, "CAN, not a frame, length 31" },
	};
	struct decode_packet p = {
		.data = udp_packet,
		.caplen = sizeof(udp_packet),
		.origlen = sizeof(udp_packet),
		.link = DECODE_COOKED,
		.index = 7,
		.address = (const uint8_t *)"\2\0\0\0\0\1\0",
		.address_len = 6,
	};
	struct decode_extent extent;
	char text[DECODE_STRLEN];
	size_t i;

	for (i = 0; i < HARNESS_LEN(cases); i++) {
		p.protocol = cases[i].protocol;
		ck_assert_ok(decode_text(text, sizeof(text), &p,
					 cases[i].flags, &extent));
		ck_assert_str_eq(text, cases[i].text);
		ck_assert_uint_eq(extent.link_len, 0);
	}
}
END_TEST

START_TEST(option_letters)
{
	unsigned int flags = 0;

	flags = decode_option(flags, 'e');
	flags = decode_option(flags, 'v');
	ck_assert_uint_eq(flags, DECODE_WITH_LINK | DECODE_VERBOSE);
	flags = decode_option(flags, 'v');
	ck_assert_uint_eq(flags, DECODE_WITH_LINK | DECODE_VERBOSE);
	ck_assert_uint_eq(decode_option(0, 'x'), DECODE_HEX);
	ck_assert_uint_eq(decode_option(DECODE_HEX, 'x'),
			  DECODE_HEX | DECODE_FROM_LINK);
	ck_assert_uint_eq(decode_option(DECODE_WITH_LINK, 'x'),
			  DECODE_WITH_LINK | DECODE_HEX);
	ck_assert_uint_eq(decode_option(0, 'X'), DECODE_ASCII);
	ck_assert_uint_eq(decode_option(DECODE_ASCII, 'X'),
			  DECODE_ASCII | DECODE_FROM_LINK);
	ck_assert_uint_eq(decode_option(DECODE_TEXT, 'A'),
			  DECODE_TEXT | DECODE_FROM_LINK);
}
END_TEST

static void check_print(const char *want, const struct decode_packet *p,
			unsigned int flags)
{
	char *printed = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&printed, &size);

	ck_assert_ptr_nonnull(to);
	decode_print(to, p, flags);
	ck_assert_int_eq(fclose(to), 0);
	ck_assert_str_eq(printed, want);
	free(printed);
}

#define UDP_TEXT "IP 10.0.0.1.5000 > 10.0.0.2.5001: UDP, length 3\n"

START_TEST(dumps)
{
	struct decode_packet p = {
		.data = udp_packet,
		.caplen = sizeof(udp_packet),
		.origlen = sizeof(udp_packet),
		.link = DECODE_RAW,
	};

	check_print(UDP_TEXT, &p, 0);
	check_print(UDP_TEXT
		"\t0x0000:  4500 001f 0001 0000 4011 66cb 0a00 0001\n"
		"\t0x0010:  0a00 0002 1388 1389 000b 0062 6162 63\n",
		&p, DECODE_HEX);
	check_print(UDP_TEXT
		"\t0x0000:  4500 001f 0001 0000 4011 66cb 0a00 0001  "
		"E.......@.f.....\n"
		"\t0x0010:  0a00 0002 1388 1389 000b 0062 6162 63    "
		"...........babc\n", &p, DECODE_ASCII);
	check_print(UDP_TEXT "E.......@.f.\n...\n..........babc\n", &p,
		    DECODE_TEXT);
	p.link = DECODE_UNKNOWN;
	check_print("unknown link, length 31\n"
		"\t0x0000:  4500 001f 0001 0000 4011 66cb 0a00 0001  "
		"E.......@.f.....\n"
		"\t0x0010:  0a00 0002 1388 1389 000b 0062 6162 63    "
		"...........babc\n", &p, 0);
	p.caplen = 0;
	check_print("unknown link, length 31\n", &p, DECODE_HEX);
}
END_TEST

/* Lines end as lines do, and nothing can do harm to a terminal. */
START_TEST(characters)
{
	static const uint8_t bytes[] = "a\r\nb\rc\td\x1b[m \xff";
	struct decode_packet p = {
		.data = bytes,
		.caplen = sizeof(bytes) - 1,
		.origlen = sizeof(bytes) - 1,
		.link = DECODE_UNKNOWN,
	};

	check_print("unknown link, length 13\na\nb.c\td.[m .\n", &p,
		    DECODE_TEXT);
}
END_TEST

/* IPv4 in IPv4 and so on; every header says that all of the rest is in it. */
START_TEST(packets_in_packets)
{
	uint8_t data[20 * 40] = { 0 };
	const char *text;
	size_t at;

	for (at = 0; at < sizeof(data); at += 20) {
		data[at] = 0x45;
		data[at + 2] = (uint8_t)((sizeof(data) - at) >> 8);
		data[at + 3] = (uint8_t)(sizeof(data) - at);
		data[at + 9] = 4;
	}
	ck_assert_ok(text_of(&text, DECODE_STRLEN, data, sizeof(data),
			     sizeof(data), DECODE_RAW, DECODE_VERBOSE));
	ck_assert_ptr_nonnull(strstr(text, "[nested too deep]"));
	check_sane(data, sizeof(data), sizeof(data), DECODE_RAW);
}
END_TEST

/* A list that never ends does, and says that it did. */
START_TEST(long_lists)
{
	static uint8_t data[20 + 12 + 4 * 4000];
	const char *text;
	size_t at;

	data[0] = 0x45;
	data[2] = sizeof(data) >> 8;
	data[3] = sizeof(data) & 0xff;
	data[9] = 132;
	for (at = 32; at < sizeof(data); at += 4) {
		data[at] = 11;		/* COOKIE ACK */
		data[at + 3] = 4;
	}
	ck_assert_ok(text_of(&text, DECODE_STRLEN, data, sizeof(data),
			     sizeof(data), DECODE_RAW, 0));
	ck_assert_ptr_nonnull(strstr(text, "[COOKIE ACK] [...]"));
	ck_assert_uint_lt(strlen(text), 4200);
}
END_TEST

/* ----------------------------------------------------------- random -- */

static const unsigned int random_links[] = {
	DECODE_ETHERNET, DECODE_RAW, DECODE_SLL, DECODE_SLL2, DECODE_CAN,
	DECODE_CAN_FILE, DECODE_UNKNOWN,
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
			   random_links[test_random(&state) %
					HARNESS_LEN(random_links)]);
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
		for (round = 0; v.len && round < 200; round++) {
			memcpy(data, v.data, v.len);
			data[test_random(&state) % v.len] =
				(uint8_t)test_random(&state);
			data[test_random(&state) % v.len] ^=
				(uint8_t)(1 << test_random(&state) % 8);
			check_sane(data, 1 + test_random(&state) % v.len,
				   v.len, v.link);
		}
	}
	fclose(f);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ texts, NULL },
		{ cut_at_every_byte, NULL },
		{ every_size, NULL },
		{ cut_headers, NULL },
		{ can_frames, NULL },
		{ links, NULL },
		{ cooked, NULL },
		{ option_letters, NULL },
		{ dumps, NULL },
		{ characters, NULL },
		{ packets_in_packets, NULL },
		{ long_lists, NULL },
		{ random_bytes, NULL },
		{ damaged, NULL },
	};

	return harness_run("decode", tests, HARNESS_LEN(tests));
}
