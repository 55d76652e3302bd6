/* SPDX-License-Identifier: MIT */
/*
 * Filters as text: what is refused and where, and how long they may get.
 * What they answer is in test-packet-filter-answers.c, and that tcpdump's
 * answer the same in tests/peer/filter.sh.
 */
#include <stdio.h>

#include "filter-packets.h"
#include "filter-program.h"

static void is_refused_on(enum sfam_packet_link link, const char *text,
			  size_t offset, const char *expected)
{
	ck_assert_err(compile(link, text), EINVAL);
	ck_assert_msg(diag.offset == offset &&
		      strcmp(diag.expected, expected) == 0,
		      "\"%s\": at %zu: %s", text, diag.offset, diag.expected);
	ck_assert_err(sfam_packet_filter_compile(program.insns, BPF_MAXINSNS,
						 link, 1, text, strlen(text),
						 NULL), EINVAL);
}

static void is_refused(const char *text, size_t offset, const char *expected)
{
	is_refused_on(ETHER, text, offset, expected);
}

START_TEST(bad_words)
{
	static const char test[] = "a test, like host, net, port, proto, ip, "
				   "tcp, arp or vlan";
	static const char joint[] = "and, or, or the end";
	static const char address[] = "an IPv4 or IPv6 address (names are "
				      "not looked up)";

	is_refused("nosuch", 0, test);
	is_refused("tcpx", 0, test);
	is_refused("and", 0, test);
	is_refused("ip and", 6, test);
	is_refused("ip or or arp", 6, test);
	is_refused("ip && && arp", 6, test);
	is_refused("not", 3, test);
	is_refused("()", 1, test);
	is_refused("10.0.0.1", 0, test);
	is_refused("tcp and 80", 8, test);
	is_refused("port 80 or arp or 443", 18, test);
	is_refused("(ip", 3, "and, or, or \")\"");
	is_refused("ip)", 2, joint);
	is_refused("ip arp", 3, joint);
	is_refused("ip & arp", 3, joint);
	is_refused("port 80 443", 8, joint);
	is_refused("broadcast 5", 10, joint);
	is_refused("tcp[13] & 2 != 0", 3, joint);
	is_refused("src host", 8, address);
	is_refused("src icmp", 4, address);
	is_refused("dst dst host 1.2.3.4", 4, address);
	is_refused("host example.org", 5, address);
	is_refused("tcp host 1.2.3.4", 4, "port or portrange behind tcp");
	is_refused("udp src 1.2.3.4", 8, "port or portrange behind udp");
	is_refused("ip port 80", 3, "host, net or proto behind ip");
	is_refused("arp proto 6", 4, "host or net behind arp");
	is_refused("icmp host 1.2.3.4", 5,
		   "and, or, or the end behind icmp");
	is_refused("src proto 6", 4,
		   "host, net, port or portrange behind src or dst");
	is_refused("ether net 10", 6, "host, src, dst, proto, broadcast or "
		   "multicast behind ether");
}
END_TEST

START_TEST(bad_values)
{
	static const char zeros[] = "a number without leading zeros";
	static const char port[] = "a port number up to 65535";
	static const char type[] = "an Ethernet type of 0x600 to 0xffff, "
				   "\\ip, \\ip6, \\arp or \\rarp";
	static const char protocol[] = "a protocol up to 255, \\tcp, \\udp, "
				       "\\sctp, \\icmp, \\igmp, \\esp or "
				       "\\ah";
	static const char mac[] = "a MAC address, like 2:0:5e:10:0:1";

	is_refused("host 10.0.0", 11, "four numbers of an IPv4 address");
	is_refused("host 1.2.3.4.5", 12, "and, or, or the end");
	is_refused("host 1.2.3.256", 11, "a number up to 255");
	is_refused("host 01.2.3.4", 5, zeros);
	is_refused("host 1.2.3.4/8", 12, "and, or, or the end");
	is_refused("ip6 host 1.2.3.4", 9, "an IPv6 address");
	is_refused("ip host ::1", 8, "an IPv4 address");
	is_refused("host 1::2::3", 5, "an IPv6 address");
	is_refused("host 1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1",
		   5, "an IPv6 address");
	is_refused("net 10.0.0.1/8", 4, "a network: no bits of the address "
		   "outside of its mask");
	is_refused("net 10.1 mask 255", 4, "a network: no bits of the "
		   "address outside of its mask");
	is_refused("net 10/33", 7, "0 to 32 bits");
	is_refused("net 10 mask x", 12, "a number up to 255");
	is_refused("net ::/129", 7, "0 to 128 bits");
	is_refused("net ::1/64", 4, "a network: no bits of the address "
		   "behind its length");
	is_refused("net 2001:db9::/31", 4, "a network: no bits of the "
		   "address behind its length");
	is_refused("port http", 5, port);
	is_refused("port 65536", 5, port);
	is_refused("port 080", 5, zeros);
	is_refused("portrange 1-65536", 12, port);
	is_refused("portrange 5-", 12, port);
	is_refused("vlan 4096", 5, "a VLAN ID up to 4095");
	is_refused("ether proto 0x5ff", 12, type);
	is_refused("ether proto 65536", 12, type);
	is_refused("ether proto \\tcp", 12, type);
	is_refused("proto 256", 6, protocol);
	is_refused("ip proto \\nosuch", 9, protocol);
	is_refused("ip proto tcp", 9, protocol);
	is_refused("ether host 1:2:3:4:5", 11, mac);
	is_refused("ether host 1:2:3:4:5:678", 11, mac);
	is_refused("ether src 1-2-3-4-5-6", 10, mac);
	is_refused("less x", 5, "a number of bytes");
	is_refused("greater 4294967295", 8, "a number of bytes");
}
END_TEST

START_TEST(bad_places)
{
	static const char no_header[] = "no link address: there is no "
					"Ethernet header here";
	static const char no_ip[] = "a test of IP: there is nothing else "
				    "here";

	is_refused_on(IP, "ip or arp", 6, no_ip);
	is_refused_on(IP, "arp host 1.2.3.4", 0, no_ip);
	is_refused_on(IP, "rarp net 10", 0, no_ip);
	is_refused_on(IP, "ether proto 0x8100", 0, no_ip);
	is_refused_on(IP, "not vlan", 4, no_ip);
	is_refused_on(IP, "ether host 1:2:3:4:5:6", 0, no_header);
	is_refused_on(IP, "broadcast", 0, no_header);
	is_refused_on(COOKED, "ether host 1:2:3:4:5:6", 0, no_header);
	is_refused_on(COOKED, "ether multicast", 0, no_header);
	ck_assert_ok(compile(IP, "ip and host 1.2.3.4 and host ::1"));
	ck_assert_ok(compile(COOKED, "ether proto \\arp or (vlan 5 and ip)"));
	/* Nobody could say whether this IP is behind a tag. */
	is_refused("vlan 5 or arp and ip", 18,
		   "as many vlan in each alternative before this");
	is_refused("(vlan and vlan or vlan) and port 80", 28,
		   "as many vlan in each alternative before this");
	ck_assert_ok(compile(ETHER, "vlan 5 or arp and less 100"));
	ck_assert_ok(compile(ETHER, "vlan 5 or arp and broadcast"));
	ck_assert_err(sfam_packet_filter_compile(program.insns, 10, ETHER, 0,
						 "", 0, NULL), EINVAL);
	ck_assert_err(sfam_packet_filter_compile(program.insns, 10,
						 (enum sfam_packet_link)3, 1,
						 "", 0, NULL), EINVAL);
}
END_TEST

/* text, n times, with joint between. */
static char *repeat(const char *text, const char *joint, size_t n)
{
	char *all = malloc(n * (strlen(text) + strlen(joint)) + 1);
	char *end = all;

	*all = '\0';
	while (n-- > 0)
		end = stpcpy(stpcpy(end, text), n ? joint : "");
	return all;
}

START_TEST(limits)
{
	char *most = repeat("less 9", " or ", 256);
	char *more = repeat("less 9", " or ", 257);
	char *deep = repeat("(", "", 33);
	char *tags = repeat("vlan", " and ", 9);
	char text[100];
	ssize_t n;

	ck_assert_int_gt(compile(ETHER, most), 2 * 256);
	ck_assert_err(compile(ETHER, more), E2BIG);
	ck_assert_uint_eq(diag.offset, 256 * strlen("less 9 or "));
	ck_assert_str_eq(diag.expected, "256 tests at most");
	is_refused(deep, 33, "at most 32 \"(\" in each other");
	snprintf(text, sizeof(text), "%sarp%.32s", deep + 1,
		 "))))))))))))))))))))))))))))))))");
	ck_assert_int_eq(compile(ETHER, text), 4);
	is_refused(tags, 8 * strlen("vlan and "), "at most 8 tags");
	ck_assert_ok(compile(ETHER, tags + strlen("vlan and ")));
	/* Room for exactly that many. */
	n = compile(ETHER, "port 80");
	ck_assert_int_eq(n, 24);
	ck_assert_int_eq(sfam_packet_filter_compile(program.insns, 24, ETHER,
						    1, "port 80", 7, NULL),
			 24);
	for (n = 0; n < 24; n++)
		ck_assert_err(sfam_packet_filter_compile(program.insns,
							 (size_t)n, ETHER, 1,
							 "port 80", 7, NULL),
			      ENOSPC);
	free(most);
	free(more);
	free(deep);
	free(tags);
}
END_TEST

/* Packets by letters; all are from 2:0:0:0:0:1 to 2:0:0:0:0:2. */
static const char *const packets[] = {
	/* a: TCP from 10.0.0.1, 1000 to 10.0.0.2, 80 */
	"0800" "450000280000000040060000" "0a000001" "0a000002" "03e80050",
	/* b: UDP from 10.0.0.2, 53 to 10.0.0.1, 1001, with options */
	"0800" "460000240000000040110000" "0a000002" "0a000001" "01010101"
	"003503e9",
	/* c: as a, but a later fragment of it */
	"0800" "450000280000100040060000" "0a000001" "0a000002" "03e80050",
	/* d: ARP, who has 10.0.0.2, tell 10.0.0.1 */
	"0806" "0001080006040001" "020000000001" "0a000001" "000000000000"
	"0a000002",
	/* e: TCP from 2001:db8::1, 80 to ::2, 443 */
	"86dd" "6000000000080640" "20010db8000000000000000000000001"
	"00000000000000000000000000000002" "005001bb",
	/* f: as e, but UDP and the first fragment of it */
	"86dd" "6000000000102c40" "20010db8000000000000000000000001"
	"00000000000000000000000000000002" "1100000100000000" "005001bb",
	/* g: as a, with the tag 5 */
	"81000005" "0800" "450000280000000040060000" "0a000001" "0a000002"
	"03e80050",
	/* h: as d, with the tag 5 and inside of it 6 */
	"88a80005" "81002006" "0806" "0001080006040001" "020000000001"
	"0a000001" "000000000000" "0a000002",
};

static void put_hex(struct packet *p, const char *hex)
{
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		put_number(p, byte, 1);
}

/* The letters of those that it is true of. */
static void is_true_of(const char *text, const char *letters)
{
	struct packet p;
	struct sfam_bpf_packet view;
	char yes[HARNESS_LEN(packets) + 1] = "";
	char *end = yes;
	size_t i;

	ck_assert_ok(compile(ETHER, text));
	for (i = 0; i < HARNESS_LEN(packets); i++) {
		p.len = 0;
		put_hex(&p, "020000000002" "020000000001");
		put_hex(&p, packets[i]);
		view = as_bytes(&p);
		if (answer(&program, &view))
			*end++ = (char)('a' + i);
	}
	*end = '\0';
	ck_assert_msg(strcmp(yes, letters) == 0, "\"%s\": %s, not %s", text,
		      yes, letters);
}

START_TEST(answers)
{
	is_true_of("", "abcdefgh");
	is_true_of("ip", "abc");
	is_true_of("arp", "d");
	is_true_of("tcp", "ace");
	is_true_of("udp", "bf");
	is_true_of("ip6 proto 17", "f");
	is_true_of("ether proto 0x86dd", "ef");
	is_true_of("host 10.0.0.1", "abcd");
	is_true_of("src 10.0.0.1", "acd");
	is_true_of("dst host 10.0.0.2", "acd");
	is_true_of("arp dst host 10.0.0.2", "d");
	is_true_of("src and dst 10.0.0.1", "");
	is_true_of("src and dst net 10", "abcd");
	is_true_of("net 10.0.0.2/31", "abcd");
	is_true_of("\tnet\n10.0.0.0 \tmask\n 255.255.255.0\t", "abcd");
	is_true_of("src net 10.0.0.2/31", "b");
	is_true_of("host 2001:db8::1", "ef");
	is_true_of("dst host 2001:db8::1", "");
	is_true_of("net 2001:db8::/33", "ef");
	is_true_of("net 2001:db9::/32", "");
	is_true_of("src net 2001:db8::/127", "ef");
	is_true_of("src net 2001:db8::/128", "");
	is_true_of("src net ::/16", "");
	is_true_of("dst net ::/96", "ef");
	is_true_of("port 80", "ae");
	is_true_of("dst port 80", "a");
	is_true_of("src and dst port 80", "");
	is_true_of("udp port 1001", "b");
	is_true_of("tcp port 1001", "");
	is_true_of("portrange 1-53", "b");
	is_true_of("portrange 1000-1001", "ab");
	is_true_of("src portrange 80-1000", "ae");
	is_true_of("port 53 or 443 or 1000", "abe");
	is_true_of("not port 80", "bcdfgh");
	is_true_of("ether src 2:0:0:0:0:1", "abcdefgh");
	is_true_of("ether dst 2:0:0:0:0:1", "");
	is_true_of("less 37", "");
	is_true_of("less 38", "ac");
	is_true_of("greater 59", "f");
	/* and and or bind alike, from the left. */
	is_true_of("arp or ip and udp", "b");
	is_true_of("arp or (ip and udp)", "bd");
	is_true_of("not (ip or arp) and tcp", "e");
	is_true_of("! ip && ! arp", "efgh");
	is_true_of("not not arp", "d");
}
END_TEST

START_TEST(vlan_answers)
{
	is_true_of("vlan", "gh");
	is_true_of("vlan 5", "gh");
	is_true_of("vlan 6", "");
	is_true_of("vlan and vlan 6", "h");
	is_true_of("vlan and ip", "g");
	is_true_of("vlan and arp", "");
	is_true_of("vlan and vlan and arp host 10.0.0.1", "h");
	is_true_of("vlan 5 and dst port 80", "g");
	is_true_of("vlan 5 or vlan 6", "gh");
	is_true_of("vlan 6 or vlan 5 and port 80", "g");
	is_true_of("(vlan 6 or vlan 5) and net 10", "g");
	is_true_of("not vlan", "abcdef");
	is_true_of("not vlan and arp", "d");
	is_true_of("not vlan 6 and vlan 5 and ip", "g");
	is_true_of("vlan and not vlan", "g");
	is_true_of("arp or vlan", "dgh");
}
END_TEST

/* Jumps reach 255 instructions; this has some over nearly 4000. */
START_TEST(long_jumps)
{
	struct packet p;
	struct sfam_bpf_packet view;
	uint64_t seed = 1;
	char text[12000] = "";
	char *end = text;
	unsigned int i;
	ssize_t n;

	for (i = 0; i < 250; i++)
		end += sprintf(end, "%shost 10.9.%u.1", i ? " or " : "", i);
	n = compile(ETHER, text);
	ck_assert_int_gt(n, 250 * 12);
	do {
		random_packet(&p, 0, &seed);
	} while (p.type != ETH_P_IP);
	view = as_bytes(&p);
	ck_assert_int_eq(answer(&program, &view), 0);
	for (i = 0; i < 250; i++) {
		memcpy(p.data + 26, (uint8_t[]){ 10, 9, (uint8_t)i, 1 }, 4);
		ck_assert_int_eq(answer(&program, &view), 1);
	}
	/* And the same around it. */
	memmove(text + 4, text, strlen(text) + 1);
	memcpy(text, "not(", 4);
	strcat(text, ")");
	ck_assert_int_gt(compile(ETHER, text), 0);
	ck_assert_int_eq(answer(&program, &view), 0);
	p.data[27] = 8;
	ck_assert_int_eq(answer(&program, &view), 1);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ bad_words, NULL },
		{ bad_values, NULL },
		{ bad_places, NULL },
		{ limits, NULL },
		{ answers, NULL },
		{ vlan_answers, NULL },
		{ long_jumps, NULL },
	};

	return harness_run("packet-filter", tests, HARNESS_LEN(tests));
}
