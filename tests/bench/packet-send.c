/* SPDX-License-Identifier: MIT */
/*
 * Packets out of a veth whose other end nobody listens to: by sendmmsg(2),
 * by the library, and by TX rings, into which they are copied as a call that
 * takes them from anywhere would have to. The rings are here to show that
 * they cost more: to the kernel a packet in a ring is a page with a reference
 * of its own (tpacket_fill_skb() of net/packet/af_packet.c).
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/if_packet.h>

#include <sockfam/packet.h>

#include "bench.h"
#include "veth.h"

#define LOOP_MAX 1.03		/* the library to the bare loop */
#define SLOTS (RING_BYTES / SLOT_BYTES)

static size_t batch_of(size_t left)
{
	return left < VETH_BATCH ? left : VETH_BATCH;
}

/* ------------------------------------------------------------ sockets -- */

static void send_by_library(int fd, size_t n)
{
	size_t sent;
	ssize_t r;

	for (sent = 0; sent < n; sent += (size_t)r) {
		r = sfam_packet_send(fd, veth_packets, batch_of(n - sent), NULL,
				     SFAM_FOREVER);
		if (r < 0)
			die("sfam_packet_send");
	}
}

/* -------------------------------------------------------------- rings -- */

/* Where things are in a slot. Both headers end aligned (TPACKET_ALIGN). */
struct slot {
	int version;
	size_t status, len, data;
};
static const struct slot old_slot = {
	TPACKET_V2,
	offsetof(struct tpacket2_hdr, tp_status),
	offsetof(struct tpacket2_hdr, tp_len),
	sizeof(struct tpacket2_hdr),
};
static const struct slot new_slot = {
	TPACKET_V3,
	offsetof(struct tpacket3_hdr, tp_status),
	offsetof(struct tpacket3_hdr, tp_len),
	sizeof(struct tpacket3_hdr),
};

static struct {
	unsigned char *map;
	size_t at;
	const struct slot *slot;
} ring;

static int open_ring(const struct slot *slot)
{
	const struct tpacket_req3 req = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = RING_BLOCKS,
		.tp_frame_size = SLOT_BYTES,
		.tp_frame_nr = SLOTS,
	};
	int fd = open_packet();

	set_packet_option(fd, PACKET_VERSION, &slot->version,
			  sizeof(slot->version));
	set_packet_option(fd, PACKET_TX_RING, &req,
			  slot->version == TPACKET_V3 ?
				  sizeof(req) : sizeof(struct tpacket_req));
	ring.map = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			fd, 0);
	if (ring.map == MAP_FAILED)
		die("mmap");
	ring.at = 0;
	ring.slot = slot;
	bind_packet(fd, "bench0", 0);
	return fd;
}

static void kick(int fd, int flags)
{
	if (send(fd, NULL, 0, flags) < 0)
		die("send");
}

/* As soon as the slot is free again: its last packet has left. */
static void fill_slot(int fd, const struct iovec *packet)
{
	unsigned char *slot = ring.map + ring.at * SLOT_BYTES;
	uint32_t *status = (uint32_t *)(void *)(slot + ring.slot->status);
	const uint32_t len = (uint32_t)packet->iov_len;

	while (__atomic_load_n(status, __ATOMIC_ACQUIRE) !=
	       TP_STATUS_AVAILABLE)
		kick(fd, 0);
	memcpy(slot + ring.slot->len, &len, sizeof(len));
	memcpy(slot + ring.slot->data, packet->iov_base, len);
	__atomic_store_n(status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
	ring.at = (ring.at + 1) % SLOTS;
}

static void send_by_ring(int fd, size_t n)
{
	size_t sent, part, i;

	for (sent = 0; sent < n; sent += part) {
		part = batch_of(n - sent);
		for (i = 0; i < part; i++)
			fill_slot(fd, &veth_packets[i]);
		kick(fd, MSG_DONTWAIT);
	}
}

/* -------------------------------------------------------------- count -- */

static double measure(void (*send_all)(int fd, size_t n), int fd)
{
	int64_t start, cost;

	/* Once in advance, for the page faults of a ring. */
	send_all(fd, SLOTS);
	start = cpu_ns();
	send_all(fd, config.frames);
	cost = cpu_ns() - start;
	start = cpu_ns();
	send_all(fd, 2 * config.frames);
	cost = cpu_ns() - start - cost;
	return (double)cost / (double)config.frames;
}

static double measure_ring(const struct slot *slot)
{
	int fd = open_ring(slot);
	double cost = measure(send_by_ring, fd);

	munmap(ring.map, RING_BYTES);
	close(fd);
	return cost;
}

static void measure_len(size_t len)
{
	int fd = open_packet_sender();
	double floor, ours;
	char item[48];

	veth_set_len(len);
	floor = measure(send_packets, fd);
	ours = measure(send_by_library, fd);
	snprintf(item, sizeof(item), "packet send, %zu bytes", len);
	show_row(&(struct row){ item, floor, ours,
				measure_ring(&old_slot) });
	set_limit(item, "ours/floor", ours / floor, LOOP_MAX);
	snprintf(item, sizeof(item), "packet send, %zu bytes, V3", len);
	show_row(&(struct row){ item, floor, ours,
				measure_ring(&new_slot) });
	close(fd);
}

void bench_packet_send(void)
{
	veth_add();
	show_heading("packets sent in batches of 256; floor: sendmmsg(2), "
		     "peer: a TX ring");
	measure_len(64);
	measure_len(VETH_PACKET_MAX);
	veth_remove();
}
