/* SPDX-License-Identifier: MIT */
/* Opening packet sockets: options, filters, counters, fanout. */
#include <limits.h>

#include "test-packet.h"

static int index_of(const char *name)
{
	unsigned int index;

	ck_assert_ok(sfam_interface_index(name, &index));
	return (int)index;
}

/* -------------------------------------------------------------- open -- */

START_TEST(raw_and_cooked)
{
	struct sfam_packet p;
	union test_frame sent;
	struct sockaddr_ll ll;
	int tx, raw, cooked;

	links_up();
	tx = must_open(FROM_A0, NULL);
	raw = must_open(ON_B0, NULL);
	cooked = must_open(ON_B0 ",type=dgram", NULL);
	send_numbers(tx, 7, 1);
	fill_frame(&sent, OUR_TYPE, 7);
	ck_assert_ok(receive(raw, &p, SFAM_FOREVER));
	ck_assert_uint_eq(p.len, FRAME_LEN);
	ck_assert_uint_eq(p.orig_len, FRAME_LEN);
	ck_assert_mem_eq(p.data, &sent, FRAME_LEN);
	ll = from_of(&p);
	ck_assert_int_eq(ll.sll_ifindex, index_of("b0"));
	ck_assert_uint_eq(ll.sll_protocol, htons(OUR_TYPE));
	ck_assert_uint_eq(ll.sll_pkttype, PACKET_BROADCAST);
	ck_assert_uint_eq(ll.sll_halen, ETH_ALEN);
	ck_assert_mem_eq(ll.sll_addr, sent.at.eth.h_source, ETH_ALEN);
	ck_assert_ok(receive(cooked, &p, SFAM_FOREVER));
	ck_assert_uint_eq(p.len, FRAME_LEN - ETH_HLEN);
	ck_assert_mem_eq(p.data, sent.bytes + ETH_HLEN, p.len);
	close(cooked);
	close(raw);
	close(tx);
}
END_TEST

/* How the interface is set, as iproute2 tells it. */
static int link_number(const char *name, const char *word)
{
	char command[64], text[4096];
	const char *found;
	size_t n;
	FILE *f;

	snprintf(command, sizeof(command), "ip -d link show dev %s", name);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	ck_assert_int_eq(pclose(f), 0);
	text[n] = '\0';
	found = strstr(text, word);
	ck_assert_ptr_nonnull(found);
	return atoi(found + strlen(word));
}

/* Users of the multicast address 03:00:00:00:00:09 on b0. */
static int multicast_users(void)
{
	FILE *f = fopen("/proc/net/dev_mcast", "r");
	char line[128], name[32], addr[80];
	int users, found = 0;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%*d %31s %d %*d %79s", name, &users,
			   addr) == 3 && strcmp(name, "b0") == 0 &&
		    strcmp(addr, "030000000009") == 0)
			found = users;
	fclose(f);
	return found;
}

START_TEST(memberships_end_with_the_socket)
{
	struct packet_mreq group = {
		.mr_type = PACKET_MR_MULTICAST,
		.mr_alen = ETH_ALEN,
		.mr_address = { 3, 0, 0, 0, 0, 9 },
	};
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	int both, one;

	links_up();
	o.flags = SFAM_PACKET_PROMISC | SFAM_PACKET_ALLMULTI;
	o.memberships = &group;
	o.n_memberships = 1;
	both = must_open("packet:b0", &o);
	ck_assert_int_eq(link_number("b0", "promiscuity "), 1);
	ck_assert_int_eq(multicast_users(), 1);
	o.flags = SFAM_PACKET_PROMISC;
	one = must_open("packet:b0", &o);
	ck_assert_int_eq(link_number("b0", "promiscuity "), 2);
	close(both);
	ck_assert_int_eq(link_number("b0", "promiscuity "), 1);
	ck_assert_int_eq(multicast_users(), 1);
	close(one);
	ck_assert_int_eq(link_number("b0", "promiscuity "), 0);
	ck_assert_int_eq(multicast_users(), 0);
	/* On another interface than the socket's. */
	group.mr_ifindex = index_of("b0");
	o.flags = 0;
	one = must_open("packet:a0", &o);
	ck_assert_int_eq(multicast_users(), 1);
	close(one);
}
END_TEST

/* Both sockets see, or do not, what a0 sends before its send has ended. */
START_TEST(ignore_outgoing)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet p;
	int tx, all, deaf;

	links_up();
	tx = must_open(FROM_A0, NULL);
	o.filter = &our_filter;
	all = must_open("packet:a0", &o);
	o.flags = SFAM_PACKET_IGNORE_OUTGOING;
	deaf = must_open("packet:a0", &o);
	send_numbers(tx, 1, 1);
	ck_assert_ok(receive(all, &p, 0));
	ck_assert_uint_eq(from_of(&p).sll_pkttype, PACKET_OUTGOING);
	ck_assert_err(receive(deaf, &p, 0), ETIMEDOUT);
	close(tx);
	/* What goes to the driver at once is not seen at all. */
	o.flags = SFAM_PACKET_QDISC_BYPASS;
	tx = must_open(FROM_A0, &o);
	send_numbers(tx, 2, 1);
	ck_assert_err(receive(all, &p, 0), ETIMEDOUT);
	close(tx);
	close(all);
	close(deaf);
}
END_TEST

static void expect_lengths(const struct sfam_packet_opts *o, int tx,
			   uint32_t len, uint32_t orig_len)
{
	int fd = must_open(ON_B0, o);
	struct sfam_packet p;

	send_numbers(tx, 1, 1);
	ck_assert_ok(receive(fd, &p, SFAM_FOREVER));
	ck_assert_uint_eq(p.len, len);
	ck_assert_uint_eq(p.orig_len, orig_len);
	close(fd);
}

START_TEST(snap_length)
{
	struct sock_filter computing[] = {
		BPF_STMT(BPF_LD | BPF_IMM, 50),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	const struct sock_fprog computed = { 2, computing };
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	o.flags = SFAM_PACKET_AUXDATA;
	expect_lengths(&o, tx, FRAME_LEN, FRAME_LEN);
	o.snap_len = 20;
	expect_lengths(&o, tx, 20, FRAME_LEN);
	o.filter = &our_filter;
	expect_lengths(&o, tx, 20, FRAME_LEN);
	o.snap_len = 0;
	expect_lengths(&o, tx, FRAME_LEN, FRAME_LEN);
	o.filter = &computed;
	o.snap_len = 20;
	expect_lengths(&o, tx, 50, FRAME_LEN);
	/* Without, nothing tells of the cut. */
	o.flags = 0;
	expect_lengths(&o, tx, 50, 50);
	close(tx);
}
END_TEST

#define SOCKETS 100

/*
 * While packets of one type flood b0, sockets for another are opened, by
 * filter and by protocol; none of the flood may ever be in them. The witness
 * sees that it goes on.
 */
START_TEST(no_packet_before_the_filter)
{
	struct sock_filter code[] = ONLY_TYPE(OUR_TYPE + 1);
	const struct sock_fprog other = { HARNESS_LEN(code), code };
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_stats witnessed = { 0 }, seen = { 0 };
	int witness, fds[SOCKETS];
	pid_t flood;
	size_t i;

	links_up();
	witness = must_open(ON_B0, NULL);
	flood = flood_start(OUR_TYPE);
	o.filter = &other;
	for (i = 0; i < SOCKETS || witnessed.seen < 20000; i++) {
		if (i >= SOCKETS)
			close(fds[i % SOCKETS]);
		fds[i % SOCKETS] = i % 2 ?
				   must_open("packet:b0", &o) :
				   must_open("packet:b0,proto=0x88b6", NULL);
		ck_assert_ok(sfam_packet_stats_add(fds[i % SOCKETS], &seen));
		ck_assert_uint_eq(seen.seen, 0);
		ck_assert_ok(sfam_packet_stats_add(witness, &witnessed));
	}
	for (i = 0; i < SOCKETS; i++)
		close(fds[i]);
	flood_end(flood);
	close(witness);
}
END_TEST

START_TEST(what_open_refuses)
{
	struct packet_mreq longer = { .mr_type = PACKET_MR_MULTICAST,
				      .mr_alen = 8 };
	struct sock_filter nonsense = { .code = 0xffff };
	const struct sock_fprog filter = { 1, &nonsense };
	const struct sock_fprog huge = { USHRT_MAX, &nonsense };
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct {
		struct sfam_packet_opts known;
		uint64_t unknown;
	} larger = { SFAM_PACKET_OPTS_INIT, 1 };
	int fd;

	links_up();
	ck_assert_err(packet_open("unix:", NULL), EAFNOSUPPORT);
	ck_assert_err(packet_open("packet:%12345", NULL), ENODEV);
	larger.known.size = sizeof(larger);
	ck_assert_err(packet_open(ON_B0, &larger.known), E2BIG);
	larger.unknown = 0;
	fd = must_open(ON_B0, &larger.known);
	close(fd);
	o.flags = 1u << 31;
	ck_assert_err(packet_open(ON_B0, &o), EINVAL);
	o.flags = SFAM_PACKET_PROMISC;
	ck_assert_err(packet_open("packet:", &o), ENODEV);
	o.flags = 0;
	o.filter = &filter;
	ck_assert_err(packet_open(ON_B0, &o), EINVAL);
	o.filter = &huge;
	o.snap_len = 1;
	ck_assert_err(packet_open(ON_B0, &o), EINVAL);
	o.filter = NULL;
	o.memberships = &longer;
	o.n_memberships = 1;
	ck_assert_err(packet_open(ON_B0, &o), EINVAL);
}
END_TEST

START_TEST(an_interface_that_is_down)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet p;
	int tx, rx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	link_set_up("b0", 0);
	ck_assert_err(packet_open(ON_B0, &o), ENETDOWN);
	o.flags = SFAM_PACKET_DOWN_OK;
	rx = must_open(ON_B0, &o);
	ck_assert_err(receive(rx, &p, 0), ETIMEDOUT);
	link_set_up("b0", 1);
	send_till_received(tx, rx, OUR_TYPE);
	close(tx);
	close(rx);
}
END_TEST

/* --------------------------------------------------------- statistics -- */

static size_t drain(int fd)
{
	struct sfam_packet p;
	size_t n = 0;

	while (receive(fd, &p, 0) == 0)
		n++;
	return n;
}

/* On a0 nothing is under way when the sender is back. */
START_TEST(statistics_add_up)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_stats s = { 0 };
	int tx, rx, small = 4096;
	size_t got = 0;
	uint32_t i;

	links_up();
	tx = must_open(FROM_A0, NULL);
	o.filter = &our_filter;
	rx = must_open("packet:a0", &o);
	ck_assert_int_eq(setsockopt(rx, SOL_SOCKET, SO_RCVBUF, &small,
				    sizeof(small)), 0);
	for (i = 1; i <= 10; i++) {
		send_numbers(tx, 0, 100);
		ck_assert_ok(sfam_packet_stats_add(rx, &s));
		ck_assert_uint_eq(s.seen, 100 * i);
		got += drain(rx);
		ck_assert_uint_eq(got + s.dropped, s.seen);
		ck_assert_ok(sfam_packet_stats_add(rx, &s));
		ck_assert_uint_eq(s.seen, 100 * i);
	}
	ck_assert_uint_gt(s.dropped, 0);
	ck_assert_uint_gt(got, 0);
	ck_assert_uint_eq(s.freezes, 0);
	ck_assert_err(sfam_packet_stats_add(-1, &s), EBADF);
	ck_assert_uint_eq(s.seen, 1000);
	close(tx);
	close(rx);
}
END_TEST

/* ------------------------------------------------------------- fanout -- */

#define MEMBERS 3

START_TEST(fanout)
{
	struct sfam_packet_fanout f = {
		.mode = PACKET_FANOUT_LB,
		.flags = PACKET_FANOUT_FLAG_UNIQUEID,
	};
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	int tx, fds[MEMBERS], other, i;
	size_t got, sum = 0;

	links_up();
	tx = must_open(FROM_A0, NULL);
	ck_assert_err(sfam_packet_fanout_id(tx), ENOENT);
	o.filter = &our_filter;
	o.fanout = &f;
	fds[0] = must_open("packet:a0", &o);
	other = must_open("packet:a0", &o);
	ck_assert_ok(sfam_packet_fanout_id(fds[0]));
	ck_assert_int_ne(sfam_packet_fanout_id(fds[0]),
			 sfam_packet_fanout_id(other));
	f.flags = 0;
	f.id = (uint16_t)sfam_packet_fanout_id(fds[0]);
	for (i = 1; i < MEMBERS; i++) {
		fds[i] = must_open("packet:a0", &o);
		ck_assert_int_eq(sfam_packet_fanout_id(fds[i]), f.id);
	}
	send_numbers(tx, 0, 90);
	for (i = 0; i < MEMBERS; i++) {
		got = drain(fds[i]);
		ck_assert_uint_ge(got, 1);
		sum += got;
	}
	ck_assert_uint_eq(sum, 90);
	ck_assert_uint_eq(drain(other), 90);
	f.mode = PACKET_FANOUT_HASH;
	ck_assert_err(packet_open("packet:a0", &o), EINVAL);
	f.mode = PACKET_FANOUT_LB;
	ck_assert_err(packet_open(ON_B0, &o), EINVAL);
	f.mode = 0xff;
	ck_assert_err(packet_open("packet:a0", &o), EINVAL);
	for (i = 0; i < MEMBERS; i++)
		close(fds[i]);
	close(other);
	close(tx);
	ck_assert_err(sfam_packet_fanout_id(-1), EBADF);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ raw_and_cooked, "netns" },
		{ memberships_end_with_the_socket, "netns" },
		{ ignore_outgoing, "netns" },
		{ snap_length, "netns" },
		{ no_packet_before_the_filter, "netns" },
		{ what_open_refuses, "netns" },
		{ an_interface_that_is_down, "netns" },
		{ statistics_add_up, "netns" },
		{ fanout, "netns" },
	};

	return harness_run("packet", tests, HARNESS_LEN(tests));
}
