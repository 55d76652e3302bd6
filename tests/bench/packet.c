/* SPDX-License-Identifier: MIT */
/*
 * Packet sockets on a pair of veth. A receiver is a child that ends after n
 * packets; its cost is the difference of 2n and n packets, without start and
 * end. They come in bursts that fill no ring.
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_packet.h>

#include <sockfam/packet-ring.h>

#include "bench.h"
#include "veth.h"

#define LOOP_MAX 1.03		/* the library to the bare loop */
#define PASSES 8
#define PASS_BLOCKS 4		/* of one walk; more are ready */
#define PASS_PACKETS 5000

static volatile uint64_t sink;

/* Looks at all that a loop gets. */
static inline void note(const void *data, uint32_t len, uint32_t orig_len)
{
	uint32_t first;

	memcpy(&first, data, sizeof(first));
	sink += first + len + orig_len;
}

/* ------------------------------------------------------------- bare -- */

static size_t walk_block(struct tpacket_hdr_v1 *block, void *start)
{
	struct tpacket3_hdr *h = start;
	uint32_t i, n = block->num_pkts;

	h = (void *)((char *)start + block->offset_to_first_pkt);
	for (i = 0; i < n; i++) {
		note((char *)h + h->tp_mac, h->tp_snaplen, h->tp_len);
		h = (void *)((char *)h + h->tp_next_offset);
	}
	__atomic_store_n(&block->block_status, TP_STATUS_KERNEL,
			 __ATOMIC_RELEASE);
	return n;
}

static void loop_blocks(size_t n)
{
	int fd = open_packet();
	char *map = map_blocks(fd);
	struct tpacket_block_desc *b;
	size_t got = 0, at = 0;

	bind_packet(fd, "bench1", VETH_TYPE);
	while (got < n) {
		b = (void *)(map + at * BLOCK_BYTES);
		while (!(__atomic_load_n(&b->hdr.bh1.block_status,
					 __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			wait_readable(fd);
		got += walk_block(&b->hdr.bh1, b);
		at = (at + 1) % (RING_BLOCKS);
	}
	_exit(got != n);
}

static void loop_slots(size_t n)
{
	const struct tpacket_req req = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = RING_BLOCKS,
		.tp_frame_size = SLOT_BYTES,
		.tp_frame_nr = RING_BYTES / SLOT_BYTES,
	};
	int fd = open_packet();
	char *map = map_ring(fd, TPACKET_V2, &req, sizeof(req));
	struct tpacket2_hdr *h;
	size_t got, at = 0;

	bind_packet(fd, "bench1", VETH_TYPE);
	for (got = 0; got < n; got++) {
		h = (void *)(map + at * SLOT_BYTES);
		while (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) &
			 TP_STATUS_USER))
			wait_readable(fd);
		note((char *)h + h->tp_mac, h->tp_snaplen, h->tp_len);
		__atomic_store_n(&h->tp_status, TP_STATUS_KERNEL,
				 __ATOMIC_RELEASE);
		at = (at + 1) % (RING_BYTES / SLOT_BYTES);
	}
	_exit(0);
}

/* With whence, what auxiliary data says, and when: all of a record. */
static void loop_recvmsg(size_t n)
{
	static char buf[2048], control[256] __attribute__((aligned(8)));
	struct iovec iov = { buf, sizeof(buf) };
	int on = 1, fd = open_packet();
	struct tpacket_auxdata aux;
	struct timespec ts;
	struct sockaddr_ll from;
	struct cmsghdr *c;
	size_t got;
	ssize_t r;

	set_packet_option(fd, PACKET_AUXDATA, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	bind_packet(fd, "bench1", VETH_TYPE);
	for (got = 0; got < n; got++) {
		struct msghdr msg = {
			&from, sizeof(from), &iov, 1, control,
			sizeof(control), 0
		};

		r = recvmsg(fd, &msg, MSG_TRUNC);
		if (r < 0)
			die("recvmsg");
		aux.tp_len = 0;
		for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
			if (c->cmsg_type == SO_TIMESTAMPNS)
				memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			else
				memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		}
		sink += (uint64_t)ts.tv_nsec;
		note(buf, (uint32_t)r, aux.tp_len);
	}
	_exit(0);
}

/* ------------------------------------------------------------- ours -- */

static struct sfam_addr addr_of(const char *text)
{
	struct sfam_addr addr;

	if (sfam_addr_parse(&addr, text, strlen(text), NULL) < 0)
		die(text);
	return addr;
}

static struct sfam_packet_ring *open_ring(enum sfam_packet_mode mode)
{
	const struct sfam_addr addr = addr_of("packet:bench1,proto=0x88b5");
	struct sfam_packet_ring_opts ro = SFAM_PACKET_RING_OPTS_INIT;
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_ring *ring;

	ro.mode = mode;
	ro.bytes = RING_BYTES;
	ro.block_bytes = BLOCK_BYTES;
	ro.retire_ns = RETIRE_MS * INT64_C(1000000);
	if (mode == SFAM_PACKET_LATENCY)
		o.snap_len = SLOT_BYTES - 176;
	if (sfam_packet_ring_new(&ring, &addr, &o, &ro) < 0)
		die("sfam_packet_ring_new");
	return ring;
}

static void walk(struct sfam_packet_batch batch)
{
	struct sfam_packet p;

	while (sfam_packet_batch_next(&batch, &p))
		note(p.data, p.len, p.orig_len);
}

static void take_all(enum sfam_packet_mode mode, size_t n)
{
	struct sfam_packet_ring *ring = open_ring(mode);
	struct sfam_packet_batch batch;
	size_t got = 0;
	ssize_t r;

	while (got < n) {
		r = sfam_packet_ring_take(ring, &batch, SFAM_FOREVER);
		if (r < 0)
			die("sfam_packet_ring_take");
		walk(batch);
		got += (size_t)r;
	}
	_exit(got != n);
}

static void loop_take(size_t n)
{
	take_all(SFAM_PACKET_THROUGHPUT, n);
}

static void loop_take_slots(size_t n)
{
	take_all(SFAM_PACKET_LATENCY, n);
}

static void loop_next(size_t n)
{
	struct sfam_packet_ring *ring = open_ring(SFAM_PACKET_THROUGHPUT);
	struct sfam_packet p;
	size_t got;

	for (got = 0; got < n; got++) {
		if (sfam_packet_ring_next(ring, &p, SFAM_FOREVER) != 1)
			die("sfam_packet_ring_next");
		note(p.data, p.len, p.orig_len);
	}
	_exit(0);
}

static void loop_recv(size_t n)
{
	const struct sfam_addr addr = addr_of("packet:bench1,proto=0x88b5");
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	static uint32_t buf[1024];
	struct sfam_packet p;
	size_t got;
	int fd;

	o.flags = SFAM_PACKET_AUXDATA | SFAM_PACKET_TIME;
	fd = sfam_packet_open(&addr, &o);
	for (got = 0; got < n; got++) {
		if (sfam_packet_recv(fd, buf, sizeof(buf), &p,
				     SFAM_FOREVER) < 0)
			die("sfam_packet_recv");
		sink += (uint64_t)sfam_packet_time_ns(&p);
		note(p.data, p.len, p.orig_len);
	}
	_exit(0);
}

/* ------------------------------------------------------------- walk -- */

/*
 * Blocks that are ready, without a wait: no system call, and of several
 * passes the cheapest, which no timer has interrupted.
 */
static double cheapest(size_t (*pass)(void), int tx)
{
	double cost, best = 0;
	int64_t start;
	size_t n;
	int i;

	for (i = 0; i < PASSES; i++) {
		send_packets(tx, PASS_PACKETS);
		start = cpu_ns();
		n = pass();
		cost = (double)(cpu_ns() - start) / (double)n;
		if (i == 0 || cost < best)
			best = cost;
	}
	return best;
}

static char *pass_map;
static size_t pass_at;
static struct sfam_packet_ring *pass_ring;

static size_t pass_bare(void)
{
	struct tpacket_block_desc *b;
	size_t got = 0;
	int i;

	for (i = 0; i < PASS_BLOCKS; i++) {
		b = (void *)(pass_map + pass_at * BLOCK_BYTES);
		if (!(__atomic_load_n(&b->hdr.bh1.block_status,
				      __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			die("a block that is not ready");
		got += walk_block(&b->hdr.bh1, b);
		pass_at = (pass_at + 1) % RING_BLOCKS;
	}
	return got;
}

static size_t pass_take(void)
{
	struct sfam_packet_batch batch;
	size_t got = 0;
	ssize_t r;
	int i;

	for (i = 0; i < PASS_BLOCKS; i++) {
		r = sfam_packet_ring_take(pass_ring, &batch, 0);
		if (r <= 0)
			die("a block that is not ready");
		walk(batch);
		got += (size_t)r;
	}
	return got;
}

static double walk_bare(int tx)
{
	int fd = open_packet();
	double cost;

	pass_map = map_blocks(fd);
	pass_at = 0;
	bind_packet(fd, "bench1", VETH_TYPE);
	cost = cheapest(pass_bare, tx);
	munmap(pass_map, RING_BYTES);
	close(fd);
	return cost;
}

static double walk_ours(int tx)
{
	double cost;

	pass_ring = open_ring(SFAM_PACKET_THROUGHPUT);
	cost = cheapest(pass_take, tx);
	sfam_packet_ring_free(pass_ring);
	return cost;
}

/* ------------------------------------------------------------ count -- */

static double measure(void (*loop)(size_t n), const char *name, int fd,
		      size_t n)
{
	const struct packet_receiver r = { name, loop, NULL };

	return measure_receiver(&r, fd, n).receiver;
}

static void show(const char *item, double floor, double ours, double max)
{
	show_row(&(struct row){ item, floor, ours, NONE });
	set_limit(item, "ours/floor", ours / floor, max);
}

static void show_ring(int fd)
{
	/* A packet costs little, and a wake-up more or less is seen. */
	size_t n = 10 * config.frames;
	double blocks = measure(loop_blocks, "bare blocks", fd, n);

	show("packet ring, walk", walk_bare(fd), walk_ours(fd), LOOP_MAX);
	/* The kernel's timer takes a share that differs from run to run. */
	show_row(&(struct row){ "packet ring, blocks", blocks,
				measure(loop_take, "sfam_packet_ring_take",
					fd, n), NONE });
	show_row(&(struct row){ "packet ring, blocks, one by one", blocks,
				measure(loop_next, "sfam_packet_ring_next",
					fd, n), NONE });
}

void bench_packet(void)
{
	size_t n = config.frames;
	int fd;

	veth_add();
	fd = open_packet_sender();
	show_heading("packet sockets, per packet of 200 bytes; floor: the "
		     "same by bare system calls");
	show_ring(fd);
	show_row(&(struct row){ "packet ring, slots",
				measure(loop_slots, "bare slots", fd, n),
				measure(loop_take_slots, "slots", fd, n),
				NONE });
	show_row(&(struct row){ "packet recv; floor: recvmsg",
				measure(loop_recvmsg, "recvmsg", fd, n),
				measure(loop_recv, "sfam_packet_recv", fd, n),
				NONE });
	bench_packet_files(fd);
	close(fd);
	veth_remove();
}
