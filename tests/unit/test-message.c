/* SPDX-License-Identifier: MIT */
/* sfam_recvmsg and sfam_sendmsg: whole messages, or an error. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>

#include <linux/can.h>
#include <linux/can/j1939.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "test-fd.h"
#include "test-udp.h"

/* Room for a message, and the message. */
struct room {
	size_t control[32];
	char data[64];
	struct iovec iov;
	struct msghdr msg;
};

static struct msghdr *room_of(struct room *r, size_t size, size_t control)
{
	memset(r, 0, sizeof(*r));
	r->iov = (struct iovec){ r->data, size };
	r->msg.msg_iov = &r->iov;
	r->msg.msg_iovlen = 1;
	r->msg.msg_control = control ? r->control : NULL;
	r->msg.msg_controllen = control;
	return &r->msg;
}

static struct sfam_cmsg item_of(const struct msghdr *msg,
				enum sfam_cmsg_kind kind)
{
	struct sfam_cmsg item, found = { .kind = SFAM_CMSG_RAW };
	struct sfam_cmsg_reader reader;

	ck_assert_ok(sfam_cmsg_reader_init(&reader, msg));
	while (sfam_cmsg_next(&reader, &item) == 1)
		if (item.kind == kind)
			found = item;
	ck_assert_int_eq(found.kind, kind);
	return found;
}

/* Both families refuse MSG_CMSG_CLOEXEC. */
START_TEST(packet_auxdata)
{
	struct room r;
	struct msghdr *m = room_of(&r, 64, sizeof(r.control));
	int sniffer = sfam_open_text("packet:lo,proto=ip", 18, SFAM_OPEN_BIND,
				     NULL, NULL);
	int rx = open_udp("inet:127.0.0.1:0,type=dgram");
	int tx = connect_udp(rx);
	struct sfam_cmsg item;

	ck_assert_ok(sniffer);
	stay_on_cpu();
	set(sniffer, SOL_PACKET, PACKET_AUXDATA, 1);
	ck_assert_err(sfam_recvmsg(sniffer, m, 0, 1000000), ETIMEDOUT);
	ck_assert_int_eq(send(tx, "12345678", 8, 0), 8);
	ck_assert_int_eq(sfam_recvmsg(sniffer, m, 0, SFAM_FOREVER),
			 ETH_HLEN + 20 + 8 + 8);
	item = item_of(m, SFAM_CMSG_AUXDATA);
	ck_assert_uint_eq(item.u.auxdata.len, ETH_HLEN + 20 + 8 + 8);
	ck_assert_uint_eq(item.u.auxdata.net, ETH_HLEN);
	/* The same by the true length of a packet that is cut on purpose */
	settle();
	while (sfam_recvmsg(sniffer, room_of(&r, 64, 64), 0, 0) >= 0)
		;
	ck_assert_int_eq(send(tx, "12345678", 8, 0), 8);
	m = room_of(&r, 10, sizeof(r.control));
	ck_assert_int_eq(sfam_recvmsg(sniffer, m, MSG_TRUNC, SFAM_FOREVER),
			 ETH_HLEN + 20 + 8 + 8);
	ck_assert_uint_eq(item_of(m, SFAM_CMSG_AUXDATA).u.auxdata.snaplen,
			  ETH_HLEN + 20 + 8 + 8);
	close(sniffer);
	close(rx);
	close(tx);
}
END_TEST

START_TEST(j1939_items)
{
	static const char to[] = "can-j1939:vcan0,addr=0x20";
	static const char from[] = "can-j1939:vcan0,addr=0x30";
	struct sockaddr_can peer = { .can_family = AF_CAN };
	struct room r;
	struct msghdr *m = room_of(&r, 64, sizeof(r.control));
	int rx = sfam_open_text(to, strlen(to), SFAM_OPEN_BIND, NULL, NULL);
	int tx = sfam_open_text(from, strlen(from), SFAM_OPEN_BIND, NULL,
				NULL);

	ck_assert_ok(rx);
	ck_assert_ok(tx);
	peer.can_addr.j1939.name = J1939_NO_NAME;
	peer.can_addr.j1939.addr = 0x20;
	peer.can_addr.j1939.pgn = 0x12300;
	ck_assert_int_eq(sendto(tx, "x", 1, 0, (const void *)&peer,
				sizeof(peer)), 1);
	ck_assert_int_eq(sfam_recvmsg(rx, m, 0, SFAM_FOREVER), 1);
	ck_assert_uint_eq(item_of(m, SFAM_CMSG_J1939_ADDR).u.number, 0x20);
	close(rx);
	close(tx);
}
END_TEST

static ssize_t send_fds(int sock, const int *fds, size_t n)
{
	size_t control[16];
	struct iovec iov = { (void *)(uintptr_t)"abcd", 4 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct sfam_cmsg_writer w;

	ck_assert_ok(sfam_cmsg_writer_init(&w, control, sizeof(control)));
	ck_assert_ok(sfam_cmsg_put_fds(&w, fds, n));
	sfam_cmsg_writer_finish(&w, &m);
	return sfam_sendmsg(sock, &m, 0, 0);
}

START_TEST(descriptors)
{
	const int bad = -1;
	struct room r;
	struct sfam_cmsg item;
	struct msghdr *m;
	int sock[2];
	size_t t;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		ck_assert_err(send_fds(sock[1], &bad, 1), EBADF);
		ck_assert_int_eq(send_fds(sock[1], sock, 2), 4);
		m = room_of(&r, 64, sizeof(r.control));
		ck_assert_int_eq(sfam_recvmsg(sock[0], m, 0, 0), 4);
		item = item_of(m, SFAM_CMSG_RIGHTS);
		ck_assert_uint_eq(item.u.fds.n, 2);
		ck_assert_int_eq(fcntl(item.u.fds.fd[0], F_GETFD), FD_CLOEXEC);
		ck_assert_uint_eq(sfam_cmsg_close_fds(m), 2);
		ck_assert_err(sfam_recvmsg(sock[0], m, 0, 0), ETIMEDOUT);
		close_all(sock, 1);
		ck_assert_err(send_fds(sock[1], &sock[1], 1),
			      types[t] == SOCK_DGRAM ? ECONNREFUSED : EPIPE);
		close(sock[1]);
	}
}
END_TEST

/* Cut control data closes what came; by MSG_CTRUNC it is the caller's. */
START_TEST(cut)
{
	struct room r, before;
	struct msghdr *m;
	int sock[2], fds[3], here;
	size_t t, i, size;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		for (i = 0; i < 3; i++)
			fds[i] = sock[1];
		here = open_fds();
		for (size = 1; size < CMSG_LEN(3 * sizeof(int)); size++) {
			ck_assert_int_eq(send_fds(sock[1], fds, 3), 4);
			m = room_of(&r, 4, size);
			before = r;
			ck_assert_err(sfam_recvmsg(sock[0], m, 0, 0), ENOBUFS);
			ck_assert_int_eq(open_fds(), here);
			ck_assert_int_eq(memcmp(&r.msg, &before.msg,
						sizeof(r.msg)), 0);
		}
		ck_assert_int_eq(send_fds(sock[1], fds, 3), 4);
		m = room_of(&r, 4, CMSG_LEN(2 * sizeof(int)));
		ck_assert_int_eq(sfam_recvmsg(sock[0], m, MSG_CTRUNC, 0), 4);
		ck_assert_int_eq(m->msg_flags & MSG_CTRUNC, MSG_CTRUNC);
		ck_assert_uint_eq(sfam_cmsg_close_fds(m), 2);
		ck_assert_int_eq(open_fds(), here);
		if (types[t] != SOCK_STREAM) {
			ck_assert_int_eq(send_fds(sock[1], fds, 3), 4);
			m = room_of(&r, 3, sizeof(r.control));
			ck_assert_err(sfam_recvmsg(sock[0], m, 0, 0),
				      EMSGSIZE);
			ck_assert_int_eq(open_fds(), here);
		}
		close_all(sock, 2);
	}
}
END_TEST

/* The sender's process is a descriptor too (Linux 6.5). */
START_TEST(pidfds)
{
	struct room r;
	struct msghdr *m;
	int sock[2], here, on = 1;

	pair(sock, SOCK_SEQPACKET);
	here = open_fds();
	if (setsockopt(sock[0], SOL_SOCKET, 76 /* SO_PASSPIDFD */, &on,
		       sizeof(on)) == 0) {
		ck_assert_int_eq(send_fds(sock[1], sock, 2), 4);
		m = room_of(&r, 3, sizeof(r.control));
		ck_assert_err(sfam_recvmsg(sock[0], m, 0, 0), EMSGSIZE);
		ck_assert_int_eq(open_fds(), here);
		ck_assert_int_eq(send_fds(sock[1], sock, 2), 4);
		m = room_of(&r, 4, sizeof(r.control));
		ck_assert_int_eq(sfam_recvmsg(sock[0], m, 0, 0), 4);
		ck_assert_uint_eq(sfam_cmsg_close_fds(m), 3);
		ck_assert_int_eq(open_fds(), here);
	}
	close_all(sock, 2);
}
END_TEST

/* Who has no room for descriptors is told that they are gone. */
START_TEST(dropped)
{
	struct room r;
	char buf[8];
	int sock[2], here;
	size_t t;

	for (t = 0; t < HARNESS_LEN(types); t++) {
		pair(sock, types[t]);
		here = open_fds();
		ck_assert_int_eq(send_fds(sock[1], sock, 1), 4);
		ck_assert_err(sfam_recv(sock[0], buf, 8, 0, NULL), ENOBUFS);
		ck_assert_int_eq(send_fds(sock[1], sock, 1), 4);
		ck_assert_err(sfam_recvmsg(sock[0], room_of(&r, 8, 0), 0, 0),
			      ENOBUFS);
		ck_assert_int_eq(send_fds(sock[1], sock, 1), 4);
		ck_assert_int_eq(sfam_recvv(sock[0], &r.iov, 1, MSG_CTRUNC, 0,
					    NULL), 4);
		ck_assert_int_eq(send(sock[1], "abc", 3, 0), 3);
		ck_assert_int_eq(sfam_recv(sock[0], buf, 8, 0, NULL), 3);
		/* The flag is set for everything then: it says nothing */
		set(sock[0], SOL_SOCKET, SO_PASSCRED, 1);
		ck_assert_int_eq(send(sock[1], "abc", 3, 0), 3);
		ck_assert_int_eq(sfam_recv(sock[0], buf, 8, 0, NULL), 3);
		ck_assert_int_eq(open_fds(), here);
		close_all(sock, 2);
	}
	pair(sock, SOCK_STREAM);
	ck_assert_int_eq(send_fds(sock[1], sock, 1), 4);
	ck_assert_err(sfam_recv_exact(sock[0], buf, 4, 0, NULL), ENOBUFS);
	ck_assert_int_eq(send_fds(sock[1], sock, 1), 4);
	close(sock[1]);
	ck_assert_err(sfam_recv_until_end(sock[0], buf, 8, 0, NULL), ENOBUFS);
	close(sock[0]);
}
END_TEST

/* Stamps that nobody reads are no loss of descriptors. */
START_TEST(unread_stamps)
{
	static const int options[] = { SO_TIMESTAMP_OLD, SO_TIMESTAMPNS_OLD,
				       SO_TIMESTAMP_NEW, SO_TIMESTAMPNS_NEW };
	int rx = open_udp("inet:127.0.0.1:0,type=dgram"), sock[2];
	int tx = connect_udp(rx);
	char buf[8];
	size_t i;

	for (i = 0; i < HARNESS_LEN(options); i++) {
		set(rx, SOL_SOCKET, options[i], 1);
		ck_assert_int_eq(send(tx, "abc", 3, 0), 3);
		ck_assert_int_eq(sfam_recv(rx, buf, 8, SFAM_FOREVER, NULL),
				 3);
		pair(sock, SOCK_DGRAM);
		set(sock[0], SOL_SOCKET, options[i], 1);
		ck_assert_int_eq(send(sock[1], "abc", 3, 0), 3);
		ck_assert_int_eq(sfam_recv(sock[0], buf, 8, 0, NULL), 3);
		close_all(sock, 2);
	}
	close(rx);
	close(tx);
}
END_TEST

START_TEST(errors)
{
	struct room r;
	struct msghdr *m = room_of(&r, 8, 64);
	int rx = open_udp("inet:127.0.0.1:0,type=dgram");
	int tx = connect_udp(rx);
	int sock[2];

	set(tx, SOL_IP, IP_RECVERR, 1);
	ck_assert_err(sfam_recvmsg(tx, m, MSG_ERRQUEUE, SFAM_FOREVER),
		      ETIMEDOUT);
	close(rx);
	stay_on_cpu();
	ck_assert_int_eq(send(tx, "abc", 3, 0), 3);
	settle();
	ck_assert_int_eq(sfam_recvmsg(tx, m, MSG_ERRQUEUE, 0), 3);
	ck_assert_uint_eq(item_of(m, SFAM_CMSG_ERROR).u.error.error,
			  ECONNREFUSED);
	close(tx);
	pair(sock, SOCK_SEQPACKET);
	ck_assert_int_eq(send_fds(sock[1], sock, 1), 4);
	m = room_of(&r, 8, 64);
	ck_assert_err(sfam_recvmsg(sock[0], m, MSG_PEEK, 0), EINVAL);
	ck_assert_err(sfam_recvmsg(sock[0], m, MSG_WAITALL, 0), EINVAL);
	m->msg_control = (char *)r.control + 1;
	ck_assert_err(sfam_recvmsg(sock[0], m, 0, 0), EINVAL);
	m = room_of(&r, 8, 64);
	ck_assert_int_eq(sfam_recvmsg(sock[0], m, 0, 0), 4);
	ck_assert_uint_eq(sfam_cmsg_close_fds(m), 1);
	ck_assert_int_eq(send(sock[1], "abc", 3, 0), 3);
	m = room_of(&r, 8, 0);
	ck_assert_int_eq(sfam_recvmsg(sock[0], m, MSG_PEEK, 0), 3);
	ck_assert_int_eq(sfam_recvmsg(sock[0], m, 0, 0), 3);
	ck_assert_err(sfam_recvmsg(-1, m, 0, 0), EBADF);
	close_all(sock, 2);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ packet_auxdata, "netns" },
		{ j1939_items, "can-j1939 vcan" },
		{ descriptors, NULL },
		{ cut, NULL },
		{ pidfds, NULL },
		{ dropped, NULL },
		{ unread_stamps, "netns" },
		{ errors, "netns" },
	};

	return harness_run("message", tests, HARNESS_LEN(tests));
}
