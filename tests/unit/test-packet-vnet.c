/* SPDX-License-Identifier: MIT */
/* What offloads have left undone, sent and received beside a packet. */
#include <linux/can.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/virtio_net.h>

#include "test-ring.h"

#define PAYLOAD 1000
#define PIECE 100
#define TCP_AT (ETH_HLEN + sizeof(struct iphdr))

/* As it is sent: one segment that is to become ten. */
struct segment {
	struct virtio_net_hdr vnet;
	struct {
		struct ethhdr eth;
		struct iphdr ip;
		struct tcphdr tcp;
		uint8_t payload[PAYLOAD];
	} __attribute__((packed)) frame;
} __attribute__((packed));

static struct sock_filter ip_code[] = ONLY_TYPE(ETH_P_IP);
static const struct sock_fprog ip_filter = { HARNESS_LEN(ip_code), ip_code };

static struct segment tcp_segment(void)
{
	struct segment s = {
		.vnet = {
			.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
			.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
			.gso_size = PIECE,
			.hdr_len = sizeof(s.frame) - PAYLOAD,
			.csum_start = TCP_AT,
			.csum_offset = offsetof(struct tcphdr, check),
		},
		.frame = {
			.eth = { .h_proto = htons(ETH_P_IP) },
			.ip = {
				.version = 4, .ihl = 5, .ttl = 1,
				.protocol = IPPROTO_TCP,
				.tot_len = htons(sizeof(s.frame) - ETH_HLEN),
				.saddr = htonl(0x0a000001),
				.daddr = htonl(0x0a000002),
			},
			.tcp = { .doff = 5, .ack = 1 },
		},
	};
	size_t i;

	memset(s.frame.eth.h_dest, 0xff, ETH_ALEN);
	for (i = 0; i < PAYLOAD; i++)
		s.frame.payload[i] = (uint8_t)(i * 7);
	return s;
}

static void send_segment(int tx, const struct segment *s)
{
	const struct iovec iov = { (void *)s, sizeof(*s) };

	ck_assert_int_eq(sfam_packet_send(tx, &iov, 1, NULL, 0), 1);
}

/* hdr_len is a hint, and the kernel's own. */
static void expect_segment(const struct sfam_packet *p,
			   const struct segment *sent)
{
	struct virtio_net_hdr h;

	ck_assert_uint_eq(p->len, sizeof(sent->frame));
	ck_assert_uint_eq(p->orig_len, sizeof(sent->frame));
	ck_assert_mem_eq(p->data, &sent->frame, p->len);
	memcpy(&h, sfam_packet_vnet(p), sizeof(h));
	ck_assert_uint_eq(h.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM,
			  sent->vnet.flags);
	ck_assert_uint_eq(h.gso_type, sent->vnet.gso_type);
	ck_assert_uint_eq(h.gso_size, sent->vnet.gso_size);
	ck_assert_uint_eq(h.csum_start, sent->vnet.csum_start);
	ck_assert_uint_eq(h.csum_offset, sent->vnet.csum_offset);
	ck_assert_uint_eq(from_of(p).sll_protocol, htons(ETH_P_IP));
	ck_assert_uint_eq(from_of(p).sll_halen, ETH_ALEN);
}

static struct sfam_packet_opts vnet_opts(void)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;

	o.flags = SFAM_PACKET_VNET;
	o.filter = &ip_filter;
	return o;
}

/* Whole, and as it is when nothing is left to be done. */
static struct segment plain(struct segment s)
{
	memset(&s.vnet, 0, sizeof(s.vnet));
	return s;
}

START_TEST(by_recv)
{
	const struct segment gso = tcp_segment(), done = plain(gso);
	struct sfam_packet_opts o = vnet_opts();
	struct sfam_packet p;
	int i, tx, rx;

	links_up();
	tx = must_open(FROM_A0, &o);
	for (i = 0; i < 2; i++) {
		rx = must_open("packet:a0", &o);
		send_segment(tx, &gso);
		ck_assert_ok(sfam_packet_recv_vnet(rx, buf, sizeof(buf), &p,
						   0));
		expect_segment(&p, &gso);
		send_segment(tx, &done);
		ck_assert_ok(sfam_packet_recv_vnet(rx, buf, sizeof(buf), &p,
						   0));
		expect_segment(&p, &done);
		ck_assert_err(sfam_packet_recv_vnet(rx, buf, sizeof(buf), &p,
						    0), ETIMEDOUT);
		close(rx);
		/* With lengths from beside the packet, too. */
		o.flags |= SFAM_PACKET_AUXDATA;
	}
	close(tx);
}
END_TEST

/* No byte behind the buffer, which is too small by more and more. */
START_TEST(cut)
{
	const struct segment gso = tcp_segment();
	const size_t whole = SFAM_PACKET_HEADROOM + sizeof(gso.frame);
	struct sfam_packet_opts o = vnet_opts();
	uint8_t *room = (uint8_t *)buf;
	struct sfam_packet p;
	int tx, rx;
	size_t size;

	links_up();
	tx = must_open(FROM_A0, &o);
	rx = must_open("packet:a0", &o);
	ck_assert_err(sfam_packet_recv_vnet(rx, buf, SFAM_PACKET_HEADROOM - 1,
					    &p, 0), EINVAL);
	for (size = SFAM_PACKET_HEADROOM; size <= whole; size += 53) {
		memset(buf, 0xa5, sizeof(buf));
		send_segment(tx, &gso);
		ck_assert_ok(sfam_packet_recv_vnet(rx, buf, size, &p, 0));
		ck_assert_uint_eq(p.len, size - SFAM_PACKET_HEADROOM);
		ck_assert_uint_eq(p.orig_len, sizeof(gso.frame));
		ck_assert_mem_eq(p.data, &gso.frame, p.len);
		ck_assert_mem_eq(sfam_packet_vnet(&p), &gso.vnet, 2);
		ck_assert_uint_eq(room[size], 0xa5);
	}
	close(tx);
	close(rx);
}
END_TEST

START_TEST(by_ring)
{
	const struct segment gso = tcp_segment(), done = plain(gso);
	struct sfam_packet_opts o = vnet_opts();
	struct sfam_packet_ring_opts ro;
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int i, tx;

	links_up();
	tx = must_open(FROM_A0, &o);
	for (EACH_MODE(mode)) {
		ro = small_ring(mode);
		/* It fits to the byte; then the default. */
		o.snap_len = sizeof(gso.frame);
		for (i = 0; i < 2; i++, o.snap_len = 0) {
			ring = must_ring("packet:a0", &o, &ro);
			send_segment(tx, &gso);
			send_segment(tx, &done);
			send_segment(tx, &gso);
			p = must_next(ring);
			expect_segment(&p, &gso);
			p = must_next(ring);
			expect_segment(&p, &done);
			p = must_next(ring);
			expect_segment(&p, &gso);
			sfam_packet_ring_free(ring);
		}
	}
	close(tx);
}
END_TEST

/* At every snap length: none is cut by the header in front of it. */
START_TEST(every_snap_length)
{
	const struct segment gso = tcp_segment();
	struct sfam_packet_opts o = vnet_opts();
	struct sfam_packet_ring_opts ro;
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int tx;

	links_up();
	tx = must_open(FROM_A0, &o);
	for (EACH_MODE(mode)) {
		ro = small_ring(mode);
		for (o.snap_len = 100; o.snap_len <= 120; o.snap_len++) {
			ring = must_ring("packet:a0", &o, &ro);
			send_segment(tx, &gso);
			p = must_next(ring);
			ck_assert_uint_eq(p.len, o.snap_len);
			ck_assert_uint_eq(p.orig_len, sizeof(gso.frame));
			ck_assert_mem_eq(p.data, &gso.frame, p.len);
			ck_assert_uint_eq(sfam_packet_vnet(&p)->gso_size,
					  PIECE);
			sfam_packet_ring_free(ring);
		}
	}
	close(tx);
}
END_TEST

/* Without a link-layer header there is no room to spare in a slot. */
START_TEST(no_link_header)
{
	const struct sfam_addr to = addr_of("packet:vcan0,proto=can");
	struct can_frame frame = { .can_id = 0x123, .can_dlc = 8,
				   .data = { 1, 2, 3, 4, 5, 6, 7, 8 } };
	struct iovec iov = { &frame, sizeof(frame) };
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_ring_opts ro;
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int tx;

	tx = must_open("packet:vcan0,proto=0x0000", NULL);
	o.flags = SFAM_PACKET_VNET;
	o.snap_len = sizeof(frame);
	for (EACH_MODE(mode)) {
		ro = small_ring(mode);
		ring = must_ring("packet:vcan0", &o, &ro);
		ck_assert_int_eq(sfam_packet_send(tx, &iov, 1, &to, 0), 1);
		p = must_next(ring);
		ck_assert_uint_eq(p.len, sizeof(frame));
		ck_assert_mem_eq(p.data, &frame, sizeof(frame));
		ck_assert_uint_eq(sfam_packet_vnet(&p)->gso_type,
				  VIRTIO_NET_HDR_GSO_NONE);
		sfam_packet_ring_free(ring);
	}
	close(tx);
}
END_TEST

START_TEST(refused)
{
	struct sfam_packet_opts o = vnet_opts();
	struct sfam_packet_ring *ring = NULL;
	struct sfam_packet_ring_opts ro = small_ring(SFAM_PACKET_LATENCY);
	struct segment s = tcp_segment();
	struct iovec iov = { &s, sizeof(s) };
	struct sfam_addr addr;
	struct sfam_packet p;
	int tx;

	links_up();
	ck_assert_err(packet_open("packet:a0,type=dgram", &o), EINVAL);
	addr = addr_of("packet:a0,type=dgram");
	ck_assert_err(sfam_packet_ring_new(&ring, &addr, &o, &ro), EINVAL);
	/* No sum of it and the header becomes a small number. */
	addr = addr_of("packet:a0");
	for (o.snap_len = UINT32_MAX; o.snap_len > UINT32_MAX - 20;
	     o.snap_len--)
		ck_assert_err(sfam_packet_ring_new(&ring, &addr, &o, &ro),
			      EINVAL);
	ck_assert_ptr_null(ring);
	o.snap_len = 0;
	tx = must_open(FROM_A0, &o);
	ck_assert_err(sfam_packet_recv_vnet(tx, buf, sizeof(buf), &p, 0),
		      ETIMEDOUT);
	s.vnet.csum_start = sizeof(s.frame);
	ck_assert_err(sfam_packet_send(tx, &iov, 1, NULL, 0), EINVAL);
	s = tcp_segment();
	s.vnet.gso_type = 0x7f;
	ck_assert_err(sfam_packet_send(tx, &iov, 1, NULL, 0), EINVAL);
	iov.iov_len = sizeof(s.vnet) - 1;
	ck_assert_err(sfam_packet_send(tx, &iov, 1, NULL, 0), EINVAL);
	close(tx);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ by_recv, "netns" },
		{ cut, "netns" },
		{ by_ring, "netns" },
		{ every_snap_length, "netns" },
		{ no_link_header, "vcan" },
		{ refused, "netns" },
	};

	return harness_run("packet-vnet", tests, HARNESS_LEN(tests));
}
