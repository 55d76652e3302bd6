/* SPDX-License-Identifier: MIT */
/* Packet sockets without a ring: receiving and sending. */
#include <time.h>

#include "test-packet.h"

/* ------------------------------------------------------------ receive -- */

static int64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* No interface here stamps: SFAM_PACKET_HWTIME falls back to the kernel. */
START_TEST(times)
{
	static const uint32_t flags[] = {
		SFAM_PACKET_TIME, SFAM_PACKET_HWTIME,
		SFAM_PACKET_TIME | SFAM_PACKET_HWTIME,
	};
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet p;
	int64_t before;
	int tx, rx;
	size_t i;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (i = 0; i < HARNESS_LEN(flags); i++) {
		o.flags = flags[i] | SFAM_PACKET_AUXDATA;
		rx = must_open(ON_B0, &o);
		before = clock_ns();
		do {	/* the kernel may have yet to begin with it */
			send_numbers(tx, 1, 1);
			ck_assert_ok(receive(rx, &p, SFAM_FOREVER));
		} while (flags[i] == SFAM_PACKET_HWTIME &&
			 sfam_packet_time_ns(&p) == 0);
		ck_assert_int_ge(sfam_packet_time_ns(&p), before);
		ck_assert_int_le(sfam_packet_time_ns(&p), clock_ns());
		ck_assert_uint_eq(sfam_packet_status(&p) &
				  SFAM_PACKET_HWTIME_VALID, 0);
		close(rx);
	}
	rx = must_open(ON_B0, NULL);
	send_numbers(tx, 1, 1);
	ck_assert_ok(receive(rx, &p, SFAM_FOREVER));
	ck_assert_int_eq(sfam_packet_time_ns(&p), 0);
	close(tx);
	close(rx);
}
END_TEST

static void expect_tag(int tx, int rx, uint16_t tpid)
{
	union test_frame sent;
	struct sfam_packet p;
	uint16_t got_tpid, tci;

	send_tagged(tx, sent.bytes, tpid);
	ck_assert_ok(receive(rx, &p, SFAM_FOREVER));
	ck_assert_uint_eq(p.len, FRAME_LEN - 4);
	ck_assert_int_eq(sfam_packet_vlan(&p, &got_tpid, &tci), 1);
	ck_assert_uint_eq(got_tpid, tpid);
	ck_assert_uint_eq(tci, TEST_TCI);
	ck_assert_int_eq(sfam_packet_restore_vlan(&p), 1);
	ck_assert_uint_eq(p.len, FRAME_LEN);
	ck_assert_uint_eq(p.orig_len, FRAME_LEN);
	ck_assert_mem_eq(p.data, sent.bytes, FRAME_LEN);
	ck_assert_int_eq(sfam_packet_vlan(&p, &got_tpid, &tci), 0);
	ck_assert_int_eq(sfam_packet_restore_vlan(&p), 0);
	ck_assert_mem_eq(p.data, sent.bytes, FRAME_LEN);
}

/*
 * A tag for which there is no VLAN interface shows to those who take all
 * protocols only (__netif_receive_skb_core() of net/core/dev.c).
 */
START_TEST(vlan)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	union test_frame sent;
	struct sfam_packet p;
	uint16_t tpid, tci;
	int tx, rx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	o.filter = &our_filter;
	o.flags = SFAM_PACKET_AUXDATA;
	rx = must_open("packet:b0", &o);
	expect_tag(tx, rx, ETH_P_8021Q);
	expect_tag(tx, rx, ETH_P_8021AD);
	send_numbers(tx, 1, 1);
	ck_assert_ok(receive(rx, &p, SFAM_FOREVER));
	ck_assert_int_eq(sfam_packet_vlan(&p, &tpid, &tci), 0);
	ck_assert_int_eq(sfam_packet_restore_vlan(&p), 0);
	ck_assert_uint_eq(p.len, FRAME_LEN);
	close(rx);
	/* Cut within the addresses, there is no place for it. */
	o.snap_len = 11;
	rx = must_open("packet:b0", &o);
	send_tagged(tx, sent.bytes, ETH_P_8021Q);
	ck_assert_ok(receive(rx, &p, SFAM_FOREVER));
	ck_assert_int_eq(sfam_packet_vlan(&p, &tpid, &tci), 1);
	ck_assert_int_eq(sfam_packet_restore_vlan(&p), 0);
	ck_assert_uint_eq(p.len, 11);
	close(rx);
	close(tx);
}
END_TEST

/* A packet without link-layer header, but with a tag. */
START_TEST(vlan_cooked)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	union test_frame sent;
	struct sfam_packet p;
	uint16_t tpid, tci;
	int tx, rx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	o.flags = SFAM_PACKET_AUXDATA;
	rx = must_open("packet:b0,type=dgram", &o);
	send_tagged(tx, sent.bytes, ETH_P_8021Q);
	do {	/* the kernel has its own to say on b0 */
		ck_assert_ok(receive(rx, &p, SFAM_FOREVER));
	} while (from_of(&p).sll_protocol != htons(OUR_TYPE));
	ck_assert_int_eq(sfam_packet_vlan(&p, &tpid, &tci), 1);
	ck_assert_uint_eq(tci, TEST_TCI);
	ck_assert_uint_eq(p.len, FRAME_LEN - 18);
	ck_assert_int_eq(sfam_packet_restore_vlan(&p), 1);
	ck_assert_uint_eq(p.len, FRAME_LEN - 14);
	ck_assert_uint_eq(p.orig_len, FRAME_LEN - 14);
	ck_assert_mem_eq(p.data, sent.bytes + 14, FRAME_LEN - 14);
	ck_assert_uint_eq(from_of(&p).sll_protocol, htons(ETH_P_8021Q));
	ck_assert_int_eq(sfam_packet_restore_vlan(&p), 0);
	close(rx);
	close(tx);
}
END_TEST

START_TEST(small_buffers)
{
	struct sfam_packet p = { .len = 1 };
	int tx, rx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	rx = must_open(ON_B0, NULL);
	ck_assert_err(sfam_packet_recv(rx, buf, SFAM_PACKET_HEADROOM - 1, &p,
				       0), EINVAL);
	ck_assert_err(receive(rx, &p, 0), ETIMEDOUT);
	ck_assert_err(receive(rx, &p, MS), ETIMEDOUT);
	ck_assert_uint_eq(p.len, 1);
	send_numbers(tx, 1, 2);
	ck_assert_ok(sfam_packet_recv(rx, buf, SFAM_PACKET_HEADROOM + 20, &p,
				      SFAM_FOREVER));
	ck_assert_uint_eq(p.len, 20);
	ck_assert_uint_eq(p.orig_len, FRAME_LEN);
	ck_assert_ok(sfam_packet_recv(rx, buf, SFAM_PACKET_HEADROOM, &p,
				      SFAM_FOREVER));
	ck_assert_uint_eq(p.len, 0);
	ck_assert_uint_eq(p.orig_len, FRAME_LEN);
	ck_assert_err(sfam_packet_recv(-1, buf, sizeof(buf), &p, 0), EBADF);
	close(tx);
	close(rx);
}
END_TEST

START_TEST(down_and_deleted)
{
	struct sfam_packet p;
	int tx, rx, r;

	links_up();
	tx = must_open(FROM_A0, NULL);
	rx = must_open(ON_B0, NULL);
	send_numbers(tx, 3, 1);
	ck_assert_ok(receive(rx, &p, SFAM_FOREVER));
	link_set_up("b0", 0);
	ck_assert_err(receive(rx, &p, SFAM_FOREVER), ENETDOWN);
	ck_assert_err(receive(rx, &p, 0), ETIMEDOUT);
	link_set_up("b0", 1);
	send_till_received(tx, rx, OUR_TYPE);
	link_del("b0");
	do {	/* it may have been sent several times */
		r = receive(rx, &p, SFAM_FOREVER);
	} while (r == 0);
	ck_assert_err(r, ENODEV);
	ck_assert_err(receive(rx, &p, 0), ETIMEDOUT);
	close(tx);
	close(rx);
}
END_TEST

/* --------------------------------------------------------------- send -- */

START_TEST(send_batches)
{
	static const size_t counts[] = { 1, 2, 63, 64, 65, 200 };
	static union test_frame frames[200];
	struct iovec iovs[200];
	int tx, rx;
	size_t i;

	stay_on_cpu();
	links_up();
	tx = must_open(FROM_A0, NULL);
	rx = must_open(ON_B0, NULL);
	for (i = 0; i < HARNESS_LEN(iovs); i++) {
		fill_frame(&frames[i], OUR_TYPE, (uint32_t)i);
		iovs[i].iov_base = &frames[i];
		iovs[i].iov_len = FRAME_LEN;
	}
	for (i = 0; i < HARNESS_LEN(counts); i++) {
		struct sfam_packet p;
		uint32_t j;

		ck_assert_int_eq(sfam_packet_send(tx, iovs, counts[i], NULL,
						  SFAM_FOREVER),
				 (ssize_t)counts[i]);
		for (j = 0; j < counts[i]; j++) {
			ck_assert_ok(receive(rx, &p, SFAM_FOREVER));
			ck_assert_uint_eq(number_of(&p), j);
		}
	}
	ck_assert_int_eq(sfam_packet_send(tx, iovs, 0, NULL, 0), 0);
	/* Too short for an Ethernet header, in the middle. */
	iovs[70].iov_len = 13;
	ck_assert_int_eq(sfam_packet_send(tx, iovs, 200, NULL, SFAM_FOREVER),
			 70);
	ck_assert_err(sfam_packet_send(tx, iovs + 70, 130, NULL, 0), EINVAL);
	close(tx);
	close(rx);
}
END_TEST

/* SOCK_DGRAM: the kernel writes the Ethernet header. */
START_TEST(send_cooked)
{
	static const char hello[46] = "hello";
	struct iovec iov = { (void *)(uintptr_t)hello, sizeof(hello) };
	struct sfam_addr to;
	struct sfam_packet p;
	int tx, rx;

	links_up();
	to = addr_of("packet:a0" OUR_PROTO ",addr=02:00:00:00:00:07");
	tx = must_open("packet:,proto=0x0000,type=dgram", NULL);
	rx = must_open(ON_B0, NULL);
	ck_assert_int_eq(sfam_packet_send(tx, &iov, 1, &to, 0), 1);
	ck_assert_ok(receive(rx, &p, SFAM_FOREVER));
	ck_assert_uint_eq(p.len, ETH_HLEN + sizeof(hello));
	ck_assert_mem_eq(p.data, "\2\0\0\0\0\7", ETH_ALEN);
	ck_assert_mem_eq(p.data + ETH_HLEN, hello, sizeof(hello));
	ck_assert_err(sfam_packet_send(tx, &iov, 1, NULL, 0), ENXIO);
	close(tx);
	close(rx);
}
END_TEST

START_TEST(what_send_refuses)
{
	static uint8_t longer[ETH_HLEN + 1600];
	struct iovec iov = { longer, sizeof(longer) };
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	ck_assert_err(sfam_packet_send(tx, &iov, 1, NULL, 0), EMSGSIZE);
	iov.iov_len = FRAME_LEN;
	link_set_up("a0", 0);
	ck_assert_err(sfam_packet_send(tx, &iov, 1, NULL, 0), ENETDOWN);
	link_set_up("a0", 1);
	ck_assert_int_eq(sfam_packet_send(tx, &iov, 1, NULL, 0), 1);
	link_del("a0");
	ck_assert_err(sfam_packet_send(tx, &iov, 1, NULL, SFAM_FOREVER),
		      ENXIO);
	close(tx);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ times, "netns" },
		{ vlan, "netns" },
		{ vlan_cooked, "netns" },
		{ small_buffers, "netns" },
		{ down_and_deleted, "netns" },
		{ send_batches, "netns" },
		{ send_cooked, "netns" },
		{ what_send_refuses, "netns" },
	};

	return harness_run("packet-io", tests, HARNESS_LEN(tests));
}
