/* SPDX-License-Identifier: MIT */
/*
 * What filters answer: the same wherever a VLAN tag is and whatever the link
 * is, and on packet sockets what we foretell.
 */
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter-packets.h"
#include "filter-program.h"

static const char *const texts[] = {
	"", "ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6",
	"igmp", "esp", "ah", "proto 200", "ip proto \\tcp", "ip6 proto 17",
	"ether proto 0x88b5", "host 10.0.0.1", "src host 10.0.0.1",
	"dst 10.0.0.2", "src and dst net 10", "ip host 10.0.0.1",
	"arp host 10.0.0.2", "rarp src net 192.168.0.0/16", "net 10.0.0.0/15",
	"net 0.0.0.0/0", "net 10.0.0.0 mask 255.0.0.0",
	"host 2001:db8::1", "ip6 src net 2001:db8::/31",
	"net 2001:db8:8000::/33", "dst net ::/96", "port 80",
	"tcp dst port 443", "src and dst port 80", "udp portrange 1000-1001",
	"src portrange 0-80", "portrange 443-65535", "less 70",
	"greater 70", "not tcp and not udp", "port 80 or 443 and not arp",
	"host 10.0.0.1 or 10.0.0.2", "not (ip or arp)", "! ip6 && less 80",
	"ip or ip6 and port 53",
};

static const char *const vlan_texts[] = {
	"vlan", "vlan 5", "not vlan", "vlan 5 or vlan 6", "vlan and ip",
	"vlan 5 and host 10.0.0.1", "vlan and not arp", "vlan and vlan",
	"vlan 5 and vlan 6 and port 80", "not vlan 5 and not vlan and ip",
	"vlan 5 and tcp or vlan 6 and udp", "(vlan 5 or vlan 6) and ip6",
	"vlan and (ip or vlan 0)", "vlan and not (vlan 5) and arp",
	"vlan and not vlan", "vlan 0",
};

/* What a text says of a packet does not depend on where its tag is. */
START_TEST(tag_beside_bytes)
{
	struct packet p, room;
	struct sfam_bpf_packet bytes, received;
	uint64_t seed = test_seed();
	unsigned int yes = 0;
	size_t i, k;

	for (i = 0; i < HARNESS_LEN(vlan_texts); i++) {
		ck_assert_ok(compile(ETHER, vlan_texts[i]));
		for (k = 0; k < 2000; k++) {
			random_packet(&p, TAGS_ROOM, &seed);
			bytes = as_bytes(&p);
			received = as_received(&p, &room);
			ck_assert_msg(answer(&program, &bytes) ==
				      answer(&program, &received), "%s",
				      vlan_texts[i]);
			yes += (unsigned int)answer(&program, &bytes);
		}
	}
	ck_assert_uint_gt(yes, 1000);
	/* Without the word, what the kernel left in the bytes counts. */
	do {
		random_packet(&p, 1, &seed);
	} while (p.type != ETH_P_ARP || p.tags == 0);
	bytes = as_bytes(&p);
	received = as_received(&p, &room);
	ck_assert_ok(compile(ETHER, "arp"));
	ck_assert_int_eq(answer(&program, &bytes), 0);
	ck_assert_int_eq(answer(&program, &received), 1);
	ck_assert_ok(compile(ETHER, "not vlan and arp"));
	ck_assert_int_eq(answer(&program, &bytes), 0);
	ck_assert_int_eq(answer(&program, &received), 0);
}
END_TEST

/* Nor on whether there is a header of the link before it. */
START_TEST(links_agree)
{
	static struct program cooked, ip;
	struct packet p;
	struct sfam_bpf_packet ether, below;
	uint64_t seed = test_seed();
	size_t i, k;
	int has_ip;

	for (i = 0; i < HARNESS_LEN(texts); i++) {
		if (strstr(texts[i], "less") || strstr(texts[i], "greater"))
			continue;
		ck_assert_ok(compile(COOKED, texts[i]));
		cooked = program;
		has_ip = compile(IP, texts[i]) >= 0;
		ip = program;
		ck_assert_ok(compile(ETHER, texts[i]));
		for (k = 0; k < 1000; k++) {
			random_packet(&p, 0, &seed);
			ether = as_bytes(&p);
			below = as_cooked(ether);
			ck_assert_msg(answer(&program, &ether) ==
				      answer(&cooked, &below), "%s",
				      texts[i]);
			if (!has_ip || (p.type != ETH_P_IP &&
					p.type != ETH_P_IPV6))
				continue;
			ck_assert_msg(answer(&program, &ether) ==
				      answer(&ip, &below), "%s", texts[i]);
		}
	}
	for (i = 0; i < HARNESS_LEN(vlan_texts); i++) {
		ck_assert_ok(compile(COOKED, vlan_texts[i]));
		cooked = program;
		ck_assert_ok(compile(ETHER, vlan_texts[i]));
		for (k = 0; k < 1000; k++) {
			random_packet(&p, TAGS_ROOM, &seed);
			ether = as_bytes(&p);
			below = as_cooked(ether);
			ck_assert_msg(answer(&program, &ether) ==
				      answer(&cooked, &below), "%s",
				      vlan_texts[i]);
		}
	}
}
END_TEST

/* ------------------------------------------------------------ kernel -- */

#define BATCH 20
#define BARRIER 0x88b6

/* Three sockets see what is sent into the other end of their veth. */
struct wire {
	int out;
	int all;		/* without a filter */
	int raw;
	int cooked;
	uint32_t barriers;
};

static int packet_socket(int type, unsigned int protocol, const char *name)
{
	const struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons((uint16_t)protocol),
		.sll_ifindex = (int)if_nametoindex(name),
	};
	int fd = socket(AF_PACKET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_ok(bind(fd, (const void *)&at, sizeof(at)));
	return fd;
}

static void send_packet(const struct wire *w, const struct packet *p)
{
	ck_assert_int_eq(send(w->out, p->data, p->len, 0), (ssize_t)p->len);
}

static void send_barrier(struct wire *w)
{
	struct packet p = { .len = 12 };

	put_number(&p, BARRIER, 2);
	put_number(&p, ++w->barriers, 4);
	send_packet(w, &p);
}

/* Has the last barrier come out at the other end? */
static int barrier_came(const struct wire *w)
{
	struct packet p;
	uint32_t number;

	while (recv(w->all, p.data, sizeof(p.data), 0) >= 0) {
		number = (uint32_t)read_u16(p.data + 14) << 16 |
			 read_u16(p.data + 16);
		if (read_u16(p.data + 12) == BARRIER && number == w->barriers)
			return 1;
	}
	return 0;
}

/*
 * All that was sent before has been seen by all sockets: one CPU takes the
 * packets in turn, each to all sockets.
 */
static void wait_for_barrier(struct wire *w)
{
	struct pollfd poll_all = { .fd = w->all, .events = POLLIN };

	send_barrier(w);
	while (!barrier_came(w))
		poll(&poll_all, 1, -1);
}

/* A link that is up begins to carry a little later. */
static void wait_for_link(struct wire *w)
{
	struct pollfd poll_all = { .fd = w->all, .events = POLLIN };

	do {
		send_barrier(w);
		poll(&poll_all, 1, 10);
	} while (!barrier_came(w));
}

/* The sender of a packet of ours, or one that the kernel itself sent? */
static int is_ours(const struct sockaddr_ll *from)
{
	const uint8_t *mac = from->sll_addr;

	return from->sll_pkttype != PACKET_OUTGOING &&
	       ntohs(from->sll_protocol) != BARRIER &&
	       ((mac[0] <= 3 && mac[1] == 0 && mac[2] == 0 && mac[3] == 0) ||
		mac[5] == 255);
}

/* The next of our packets that passed, or -1. */
static ssize_t next_passed(int fd, uint8_t *buf, size_t size)
{
	struct sockaddr_ll from;
	socklen_t len;
	ssize_t n;

	do {
		len = sizeof(from);
		n = recvfrom(fd, buf, size, 0, (void *)&from, &len);
	} while (n >= 0 && !is_ours(&from));
	return n;
}

static void is_next(int fd, const struct sfam_bpf_packet *view,
		    const char *text)
{
	size_t kept = view->len < KEPT ? view->len : KEPT;
	uint8_t buf[PACKET_ROOM];
	ssize_t n = next_passed(fd, buf, sizeof(buf));

	ck_assert_msg(n == (ssize_t)kept && memcmp(buf, view->data, kept) == 0,
		      "\"%s\": %zd bytes, not %zu", text, n, kept);
}

static void filter_on_wire(struct wire *w, const char *text,
			   uint64_t *seed)
{
	static struct program ether, cooked;
	struct packet packets[BATCH], room;
	struct sfam_bpf_packet view;
	uint8_t buf[PACKET_ROOM];
	int is_cooked = compile(COOKED, text) >= 0;
	size_t i;

	cooked = program;
	ck_assert_ok(compile(ETHER, text));
	ether = program;
	ck_assert_ok(sfam_bpf_attach(w->raw, ether.insns, ether.n));
	if (is_cooked)
		ck_assert_ok(sfam_bpf_attach(w->cooked, cooked.insns,
					     cooked.n));
	for (i = 0; i < BATCH; i++) {
		random_packet(&packets[i], TAGS_ROOM, seed);
		send_packet(w, &packets[i]);
	}
	wait_for_barrier(w);
	for (i = 0; i < BATCH; i++) {
		view = as_received(&packets[i], &room);
		if (answer(&ether, &view))
			is_next(w->raw, &view, text);
		view = as_cooked(view);
		if (is_cooked && answer(&cooked, &view))
			is_next(w->cooked, &view, text);
	}
	ck_assert_int_lt(next_passed(w->raw, buf, sizeof(buf)), 0);
	if (is_cooked)
		ck_assert_int_lt(next_passed(w->cooked, buf, sizeof(buf)),
				 0);
}

/* On packet sockets, where the kernel takes tags out, what we foretell. */
START_TEST(in_kernel)
{
	static const char *const link_texts[] = {
		"ether host 2:0:0:0:0:1", "ether src 2:0:0:0:1:1",
		"ether dst 3:0:0:0:0:1", "broadcast", "multicast",
		"ether src and dst 2:0:0:0:0:2 or vlan 5",
	};
	uint64_t seed = test_seed();
	struct wire w = { .barriers = 0 };
	size_t i;

	stay_on_cpu();
	link_add_pair("v0", "v1");
	w.out = packet_socket(SOCK_RAW, 0, "v0");
	w.raw = packet_socket(SOCK_RAW, ETH_P_ALL, "v1");
	w.cooked = packet_socket(SOCK_DGRAM, ETH_P_ALL, "v1");
	w.all = packet_socket(SOCK_RAW, ETH_P_ALL, "v1");
	wait_for_link(&w);
	for (i = 0; i < HARNESS_LEN(texts); i++)
		filter_on_wire(&w, texts[i], &seed);
	for (i = 0; i < HARNESS_LEN(vlan_texts); i++)
		filter_on_wire(&w, vlan_texts[i], &seed);
	for (i = 0; i < HARNESS_LEN(link_texts); i++)
		filter_on_wire(&w, link_texts[i], &seed);
	close(w.out);
	close(w.raw);
	close(w.cooked);
	close(w.all);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ tag_beside_bytes, NULL },
		{ links_agree, NULL },
		{ in_kernel, "netns" },
	};

	return harness_run("packet-filter-answers", tests,
			   HARNESS_LEN(tests));
}
