/* SPDX-License-Identifier: MIT */
/* Control messages as the kernel writes them, family by family. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/can.h>
#include <linux/can/j1939.h>
#include <linux/errqueue.h>
#include <linux/if_alg.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/tipc.h>

#include <sockfam/sockfam.h>

#include "harness.h"
#include "test-udp.h"

#define NS_PER_S INT64_C(1000000000)

/* A message and what it brought, kept while its items are looked at. */
static size_t control[128];
static char data[70000];
static struct msghdr msg;
static struct iovec iov;

static void receive(int fd, int flags)
{
	struct pollfd p = { fd, POLLIN, 0 };

	/* The error queue is told by POLLERR, which needs no asking. */
	ck_assert_int_eq(poll(&p, 1, -1), 1);
	iov = (struct iovec){ data, sizeof(data) };
	msg = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1,
			       .msg_control = control,
			       .msg_controllen = sizeof(control) };
	ck_assert_int_ge(recvmsg(fd, &msg, flags | MSG_DONTWAIT), 0);
}

/* The item of that kind, or RAW; the others are read to their end, too. */
static struct sfam_cmsg look_for(enum sfam_cmsg_kind kind)
{
	struct sfam_cmsg item, found = { .kind = SFAM_CMSG_RAW };
	struct sfam_cmsg_reader reader;
	int r;

	ck_assert_ok(sfam_cmsg_reader_init(&reader, &msg));
	while ((r = sfam_cmsg_next(&reader, &item)) == 1)
		if (item.kind == kind)
			found = item;
	ck_assert_ok(r);
	return found;
}

static struct sfam_cmsg find(enum sfam_cmsg_kind kind)
{
	struct sfam_cmsg found = look_for(kind);

	ck_assert_int_eq(found.kind, kind);
	return found;
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

#define UDP4 "inet:127.0.0.1:0,type=dgram"
#define UDP6 "inet6:[::1]:0,type=dgram"

/* Both forms of each option, by number: 29, 35, 63, 64. */
START_TEST(receive_times)
{
	static const int options[] = {
		SO_TIMESTAMP_OLD, SO_TIMESTAMPNS_OLD, SO_TIMESTAMP_NEW,
		SO_TIMESTAMPNS_NEW,
	};
	struct sfam_cmsg item;
	int64_t before;
	int rx, tx;
	size_t i;

	for (i = 0; i < HARNESS_LEN(options); i++) {
		rx = open_udp(UDP4);
		tx = connect_udp(rx);
		set(rx, SOL_SOCKET, options[i], 1);
		before = now_ns() / 1000 * 1000;
		ck_assert_int_eq(send(tx, "x", 1, 0), 1);
		receive(rx, 0);
		item = find(SFAM_CMSG_TIMESTAMP);
		ck_assert_int_eq(item.type, options[i]);
		ck_assert_int_ge(item.u.time_ns, before);
		ck_assert_int_le(item.u.time_ns, now_ns());
		close(rx);
		close(tx);
	}
}
END_TEST

START_TEST(receive_stamps)
{
	static const int options[] = { SO_TIMESTAMPING_OLD,
				       SO_TIMESTAMPING_NEW };
	const int rx_flags = SOF_TIMESTAMPING_RX_SOFTWARE |
			     SOF_TIMESTAMPING_SOFTWARE;
	struct sfam_cmsg item;
	int64_t before;
	int rx, tx;
	size_t i;

	for (i = 0; i < HARNESS_LEN(options); i++) {
		rx = open_udp(UDP4);
		tx = connect_udp(rx);
		set(rx, SOL_SOCKET, options[i], rx_flags);
		/* The kernel begins to stamp a while after it was asked. */
		do {
			before = now_ns();
			ck_assert_int_eq(send(tx, "x", 1, 0), 1);
			receive(rx, 0);
			item = look_for(SFAM_CMSG_TIMESTAMPING);
		} while (item.kind == SFAM_CMSG_RAW);
		ck_assert_int_eq(item.type, options[i]);
		ck_assert_int_ge(item.u.stamps.software_ns, before);
		ck_assert_int_le(item.u.stamps.software_ns, now_ns());
		ck_assert_int_eq(item.u.stamps.hardware_ns, 0);
		close(rx);
		close(tx);
	}
}
END_TEST

/* Written in each of its forms, to the last digit that the form has. */
START_TEST(times_put)
{
	static const struct {
		int type;
		enum sfam_cmsg_kind kind;
		size_t seconds_size;
		int64_t unit_ns;
	} forms[] = {
		{ SO_TIMESTAMP_OLD, SFAM_CMSG_TIMESTAMP, sizeof(long), 1000 },
		{ SO_TIMESTAMP_NEW, SFAM_CMSG_TIMESTAMP, 8, 1000 },
		{ SO_TIMESTAMPNS_OLD, SFAM_CMSG_TIMESTAMP, sizeof(long), 1 },
		{ SO_TIMESTAMPNS_NEW, SFAM_CMSG_TIMESTAMP, 8, 1 },
		{ SO_TIMESTAMPING_OLD, SFAM_CMSG_TIMESTAMPING, sizeof(long),
		  1 },
		{ SO_TIMESTAMPING_NEW, SFAM_CMSG_TIMESTAMPING, 8, 1 },
	};
	const int64_t soft = 1700000000 * NS_PER_S + 123456789;
	const int64_t hard = 3 * NS_PER_S + 987654321;
	struct sfam_cmsg_writer w;
	struct sfam_cmsg item;
	size_t i;

	for (i = 0; i < HARNESS_LEN(forms); i++) {
		int is_pair = forms[i].kind == SFAM_CMSG_TIMESTAMPING;

		memset(&item, 0, sizeof(item));
		item.kind = forms[i].kind;
		item.level = SOL_SOCKET;
		item.type = forms[i].type;
		item.u.stamps.software_ns = soft;
		if (is_pair)
			item.u.stamps.hardware_ns = hard;
		else
			item.u.time_ns = soft;
		ck_assert_ok(sfam_cmsg_writer_init(&w, control,
						   sizeof(control)));
		ck_assert_ok(sfam_cmsg_put(&w, &item));
		msg = (struct msghdr){ .msg_iov = NULL };
		sfam_cmsg_writer_finish(&w, &msg);
		item = find(forms[i].kind);
		ck_assert_int_eq(item.type, forms[i].type);
		ck_assert_uint_eq(item.len, forms[i].seconds_size * 2 *
				  (is_pair ? 3 : 1));
		ck_assert_int_eq(is_pair ? item.u.stamps.software_ns :
					   item.u.time_ns,
				 soft - soft % forms[i].unit_ns);
		if (is_pair)
			ck_assert_int_eq(item.u.stamps.hardware_ns, hard);
	}
}
END_TEST

/* The stamp of a sent packet comes back by the error queue. */
START_TEST(send_stamps)
{
	struct sfam_cmsg item;
	int rx = open_udp(UDP4);
	int tx = connect_udp(rx);

	set(tx, SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_TX_SCHED |
	    SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
	    SOF_TIMESTAMPING_OPT_TSONLY);
	ck_assert_int_eq(send(tx, "x", 1, 0), 1);
	receive(tx, MSG_ERRQUEUE);
	item = find(SFAM_CMSG_ERROR);
	ck_assert_uint_eq(item.u.error.error, ENOMSG);
	ck_assert_uint_eq(item.u.error.origin, SO_EE_ORIGIN_TIMESTAMPING);
	ck_assert_uint_eq(item.u.error.info, SCM_TSTAMP_SCHED);
	ck_assert_int_gt(find(SFAM_CMSG_TIMESTAMPING).u.stamps.software_ns, 0);
	close(rx);
	close(tx);
}
END_TEST

START_TEST(zero_copy)
{
	struct sfam_cmsg item;
	int rx = open_udp(UDP4);
	int tx = connect_udp(rx);

	set(tx, SOL_SOCKET, SO_ZEROCOPY, 1);
	ck_assert_int_eq(send(tx, "x", 1, MSG_ZEROCOPY), 1);
	receive(rx, 0);
	receive(tx, MSG_ERRQUEUE);
	item = find(SFAM_CMSG_ERROR);
	ck_assert_uint_eq(item.u.error.error, 0);
	ck_assert_uint_eq(item.u.error.origin, SO_EE_ORIGIN_ZEROCOPY);
	ck_assert_uint_eq(item.u.error.info, 0);
	ck_assert_uint_eq(item.u.error.data, 0);
	ck_assert_uint_eq(item.u.error.code, SO_EE_CODE_ZEROCOPY_COPIED);
	close(rx);
	close(tx);
}
END_TEST

START_TEST(icmp_errors)
{
	struct sfam_cmsg item;
	int fd = open_udp(UDP4);
	int tx = connect_udp(fd);
	const struct sockaddr_in *sin;
	const struct sockaddr_in6 *sin6;

	close(fd);
	set(tx, SOL_IP, IP_RECVERR, 1);
	ck_assert_int_eq(send(tx, "x", 1, 0), 1);
	receive(tx, MSG_ERRQUEUE);
	item = find(SFAM_CMSG_ERROR);
	ck_assert_uint_eq(item.u.error.error, ECONNREFUSED);
	ck_assert_uint_eq(item.u.error.origin, SO_EE_ORIGIN_ICMP);
	ck_assert_uint_eq(item.u.error.type, 3);
	ck_assert_uint_eq(item.u.error.code, 3);
	sin = (const void *)item.u.error.offender;
	ck_assert_ptr_nonnull(sin);
	ck_assert_uint_ge(item.u.error.offender_len, sizeof(*sin));
	ck_assert_uint_eq(ntohl(sin->sin_addr.s_addr), INADDR_LOOPBACK);
	close(tx);
	fd = open_udp(UDP6);
	tx = connect_udp(fd);
	close(fd);
	set(tx, SOL_IPV6, IPV6_RECVERR, 1);
	ck_assert_int_eq(send(tx, "x", 1, 0), 1);
	receive(tx, MSG_ERRQUEUE);
	item = find(SFAM_CMSG_ERROR);
	ck_assert_uint_eq(item.u.error.origin, SO_EE_ORIGIN_ICMP6);
	sin6 = (const void *)item.u.error.offender;
	ck_assert_ptr_nonnull(sin6);
	ck_assert(IN6_IS_ADDR_LOOPBACK(&sin6->sin6_addr));
	close(tx);
}
END_TEST

START_TEST(packet_info)
{
	static const uint8_t local[4] = { 127, 0, 0, 1 };
	const int lo = (int)if_nametoindex("lo");
	struct sfam_cmsg item;
	int rx = open_udp(UDP4);
	int tx = connect_udp(rx);

	set(rx, SOL_IP, IP_PKTINFO, 1);
	ck_assert_int_eq(send(tx, "x", 1, 0), 1);
	receive(rx, 0);
	item = find(SFAM_CMSG_PKTINFO);
	ck_assert_int_eq(item.u.pktinfo.ifindex, lo);
	ck_assert_int_eq(memcmp(item.u.pktinfo.addr, local, 4), 0);
	ck_assert_int_eq(memcmp(item.u.pktinfo.local, local, 4), 0);
	close(rx);
	close(tx);
	rx = open_udp(UDP6);
	tx = connect_udp(rx);
	set(rx, SOL_IPV6, IPV6_RECVPKTINFO, 1);
	ck_assert_int_eq(send(tx, "x", 1, 0), 1);
	receive(rx, 0);
	item = find(SFAM_CMSG_PKTINFO_INET6);
	ck_assert_int_eq(item.u.pktinfo.ifindex, lo);
	ck_assert_uint_eq(item.u.pktinfo.addr[15], 1);
	close(rx);
	close(tx);
}
END_TEST

/* Sent as segments by our item, received as one by the kernel's. */
START_TEST(segments)
{
	size_t buf[16];
	struct iovec out = { data, 3000 };
	struct msghdr m = { .msg_iov = &out, .msg_iovlen = 1 };
	struct sfam_cmsg item = { .kind = SFAM_CMSG_SEGMENT };
	struct sfam_cmsg_writer w;
	int rx = open_udp(UDP4);
	int tx = connect_udp(rx);

	set(rx, SOL_UDP, UDP_GRO, 1);
	item.u.number = 1000;
	ck_assert_ok(sfam_cmsg_writer_init(&w, buf, sizeof(buf)));
	ck_assert_ok(sfam_cmsg_put(&w, &item));
	sfam_cmsg_writer_finish(&w, &m);
	ck_assert_int_eq(sendmsg(tx, &m, 0), 3000);
	receive(rx, 0);
	ck_assert_uint_eq(find(SFAM_CMSG_GRO).u.number, 1000);
	close(rx);
	close(tx);
}
END_TEST

START_TEST(drops)
{
	struct sfam_cmsg item;
	int rx = open_udp(UDP4);
	int tx = connect_udp(rx);
	int i;

	stay_on_cpu();
	set(rx, SOL_SOCKET, SO_RXQ_OVFL, 1);
	set(rx, SOL_SOCKET, SO_RCVBUF, 1);
	for (i = 0; i < 50; i++)
		ck_assert_int_eq(send(tx, data, 1000, 0), 1000);
	settle();
	while (recv(rx, data, 1, MSG_DONTWAIT) > 0)
		;
	ck_assert_int_eq(send(tx, "x", 1, 0), 1);
	receive(rx, 0);
	item = find(SFAM_CMSG_DROPS);
	ck_assert_uint_gt(item.u.number, 0);
	ck_assert_uint_lt(item.u.number, 50);
	close(rx);
	close(tx);
}
END_TEST

START_TEST(auxdata)
{
	struct sfam_cmsg item;
	int sniffer = sfam_open_text("packet:lo,proto=ip", 18, SFAM_OPEN_BIND,
				     NULL, NULL);
	int rx = open_udp(UDP4);
	int tx = connect_udp(rx);

	ck_assert_ok(sniffer);
	set(sniffer, SOL_PACKET, PACKET_AUXDATA, 1);
	ck_assert_int_eq(send(tx, "12345678", 8, 0), 8);
	receive(sniffer, 0);
	item = find(SFAM_CMSG_AUXDATA);
	ck_assert_uint_eq(item.u.auxdata.len, 14 + 20 + 8 + 8);
	ck_assert_uint_eq(item.u.auxdata.snaplen, 14 + 20 + 8 + 8);
	ck_assert_uint_eq(item.u.auxdata.net, 14);
	close(sniffer);
	close(rx);
	close(tx);
}
END_TEST

/* The kernel takes the items that the writer made: cbc(aes), FIPS 197. */
START_TEST(alg_items)
{
	static const char text[] = "alg:skcipher:cbc(aes)";
	struct sfam_cmsg op = { .kind = SFAM_CMSG_ALG_OP };
	struct sfam_cmsg iv = { .kind = SFAM_CMSG_ALG_IV };
	unsigned char key[16], plain[16], out[16];
	static const unsigned char want[16] = {
		0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
		0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a,
	};
	struct iovec in = { plain, sizeof(plain) };
	struct msghdr m = { .msg_iov = &in, .msg_iovlen = 1 };
	struct sfam_cmsg_writer w;
	size_t buf[16];
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, NULL,
				NULL);
	int child, i;

	ck_assert_ok(fd);
	for (i = 0; i < 16; i++) {
		key[i] = (unsigned char)i;
		plain[i] = (unsigned char)(i * 0x11);
	}
	ck_assert_int_eq(setsockopt(fd, SOL_ALG, ALG_SET_KEY, key, 16), 0);
	child = sfam_accept(fd, 0, 0, NULL);
	ck_assert_ok(child);
	op.u.number = ALG_OP_ENCRYPT;
	memset(key, 0, sizeof(key));
	iv.u.bytes = (struct sfam_cmsg_bytes){ key, 16 };
	ck_assert_ok(sfam_cmsg_writer_init(&w, buf, sizeof(buf)));
	ck_assert_ok(sfam_cmsg_put(&w, &op));
	ck_assert_ok(sfam_cmsg_put(&w, &iv));
	sfam_cmsg_writer_finish(&w, &m);
	ck_assert_int_eq(sendmsg(child, &m, 0), 16);
	ck_assert_int_eq(recv(child, out, 16, MSG_DONTWAIT), 16);
	ck_assert_int_eq(memcmp(out, want, 16), 0);
	close(child);
	close(fd);
}
END_TEST

/* A message to a name comes with it; one to nobody comes back. */
START_TEST(tipc_items)
{
	const struct sockaddr_tipc nobody = {
		.family = AF_TIPC, .addrtype = TIPC_SOCKET_ADDR,
		.addr.id = { .ref = 0xffffff, .node = 0 },
	};
	struct sfam_cmsg item;
	struct sfam_addr addr;
	int rx = sfam_open_text("tipc:4711:7-9,type=rdm", 22, SFAM_OPEN_BIND,
				NULL, NULL);
	int tx = sfam_open_text("tipc:4712:1,type=rdm", 20, SFAM_OPEN_BIND,
				NULL, NULL);

	ck_assert_ok(rx);
	ck_assert_ok(tx);
	ck_assert_ok(sfam_addr_parse(&addr, "tipc:4711:8", 11, NULL));
	ck_assert_int_eq(sendto(tx, "x", 1, 0, sfam_addr_sockaddr(&addr),
				addr.len), 1);
	receive(rx, 0);
	item = find(SFAM_CMSG_TIPC_NAME);
	ck_assert_uint_eq(item.u.words[0], 4711);
	ck_assert_uint_eq(item.u.words[1], 8);
	set(tx, SOL_TIPC, TIPC_DEST_DROPPABLE, 0);
	ck_assert_int_eq(sendto(tx, "back", 4, 0, (const void *)&nobody,
				sizeof(nobody)), 4);
	receive(tx, 0);
	item = find(SFAM_CMSG_TIPC_ERROR);
	ck_assert_uint_eq(item.u.words[0], TIPC_ERR_NO_PORT);
	ck_assert_uint_eq(item.u.words[1], 4);
	item = find(SFAM_CMSG_TIPC_RETURNED);
	ck_assert_uint_eq(item.u.bytes.len, 4);
	ck_assert_int_eq(memcmp(item.u.bytes.data, "back", 4), 0);
	close(rx);
	close(tx);
}
END_TEST

START_TEST(j1939_items)
{
	static const char to[] = "can-j1939:vcan0,addr=0x20";
	struct sockaddr_can peer = { .can_family = AF_CAN };
	int rx = sfam_open_text(to, strlen(to), SFAM_OPEN_BIND, NULL, NULL);
	int tx = sfam_open_text("can-j1939:vcan0,addr=0x30", 25,
				SFAM_OPEN_BIND, NULL, NULL);

	ck_assert_ok(rx);
	ck_assert_ok(tx);
	set(tx, SOL_CAN_J1939, SO_J1939_SEND_PRIO, 3);
	peer.can_addr.j1939.name = J1939_NO_NAME;
	peer.can_addr.j1939.addr = 0x20;
	peer.can_addr.j1939.pgn = 0x12300;
	ck_assert_int_eq(sendto(tx, "x", 1, 0, (const void *)&peer,
				sizeof(peer)), 1);
	receive(rx, 0);
	ck_assert_uint_eq(find(SFAM_CMSG_J1939_ADDR).u.number, 0x20);
	ck_assert_uint_eq(find(SFAM_CMSG_J1939_PRIO).u.number, 3);
	close(rx);
	close(tx);
}
END_TEST

/* Since Linux 6.7; before, the option says that there is none. */
START_TEST(vsock_zero_copy)
{
	int listener = sfam_open_text("vsock:local:any", 15, SFAM_OPEN_LISTEN,
				      NULL, NULL);
	struct sfam_cmsg item;
	struct sfam_addr addr;
	int fd, child, on = 1;

	ck_assert_ok(listener);
	ck_assert_ok(sfam_addr_local(&addr, listener));
	fd = sfam_open(&addr, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(fd);
	child = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	if (setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) == 0) {
		ck_assert_int_eq(send(fd, data, 65536, MSG_ZEROCOPY), 65536);
		ck_assert_ok(sfam_recv_exact(child, data, 65536, SFAM_FOREVER,
					     NULL));
		receive(fd, MSG_ERRQUEUE);
		item = find(SFAM_CMSG_ERROR);
		ck_assert_int_eq(item.level, 287);
		ck_assert_uint_eq(item.u.error.origin, SO_EE_ORIGIN_ZEROCOPY);
		ck_assert_uint_eq(item.u.error.data, 0);
	}
	close(fd);
	close(child);
	close(listener);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ receive_times, "netns" },
		{ receive_stamps, "netns" },
		{ times_put, NULL },
		{ send_stamps, "netns" },
		{ zero_copy, "netns" },
		{ icmp_errors, "netns" },
		{ packet_info, "netns" },
		{ segments, "netns" },
		{ drops, "netns" },
		{ auxdata, "netns" },
		{ alg_items, "alg" },
		{ tipc_items, "tipc netns" },
		{ j1939_items, "can-j1939 vcan" },
		{ vsock_zero_copy, "vsock-loopback" },
	};

	return harness_run("cmsg", tests, HARNESS_LEN(tests));
}
