/* SPDX-License-Identifier: MIT */
/*
 * Packet sockets on a pair of veth. A receiver is a child that ends after n
 * packets; its cost is the difference of 2n and n packets, without start and
 * end. They come in bursts that fill no ring.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <sockfam/packet-ring.h>

#include "bench.h"
#include "veth.h"

/*
 * Some 50 instructions a packet on both sides, of which the kernel's timer
 * takes a share that changes from run to run: 0.67 to 1.07 were seen.
 */
#define WALK_MAX 1.3
#define PACKET_LEN 200
#define BURST 200
#define NAP_NS 10000000L
#define NAPS_MAX 20000

#define RING_BYTES (8 << 20)
#define BLOCK_BYTES (256 << 10)
#define SLOT_BYTES 2048
#define RETIRE_MS 10

static unsigned char packet[PACKET_LEN];
static struct iovec iovs[BATCH];
static volatile uint64_t sink;

/* Looks at all that a loop gets. */
static inline void note(const void *data, uint32_t len, uint32_t orig_len)
{
	uint32_t first;

	memcpy(&first, data, sizeof(first));
	sink += first + len + orig_len;
}

static void nap(long ns)
{
	const struct timespec ts = { 0, ns };

	nanosleep(&ts, NULL);
}

static void fill_packet(void)
{
	size_t i;

	memset(packet, 0xff, ETH_ALEN);
	packet[12] = TYPE >> 8;
	packet[13] = TYPE & 0xff;
	for (i = 0; i < BATCH; i++)
		iovs[i] = (struct iovec){ packet, PACKET_LEN };
}

static void *map_ring(int fd, int version, const void *req, socklen_t len)
{
	void *map;

	set_option(fd, PACKET_VERSION, &version, sizeof(version));
	set_option(fd, PACKET_RX_RING, req, len);
	map = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	if (map == MAP_FAILED)
		die("mmap");
	return map;
}

static void wait_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, -1) < 0)
		die("poll");
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
	const struct tpacket_req3 req = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = RING_BYTES / BLOCK_BYTES,
		.tp_frame_size = SLOT_BYTES,
		.tp_frame_nr = RING_BYTES / SLOT_BYTES,
		.tp_retire_blk_tov = RETIRE_MS,
	};
	int fd = open_packet();
	char *map = map_ring(fd, TPACKET_V3, &req, sizeof(req));
	struct tpacket_block_desc *b;
	size_t got = 0, at = 0;

	bind_packet(fd, "bench1", TYPE);
	while (got < n) {
		b = (void *)(map + at * BLOCK_BYTES);
		while (!(__atomic_load_n(&b->hdr.bh1.block_status,
					 __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			wait_readable(fd);
		got += walk_block(&b->hdr.bh1, b);
		at = (at + 1) % (RING_BYTES / BLOCK_BYTES);
	}
	_exit(got != n);
}

static void loop_slots(size_t n)
{
	const struct tpacket_req req = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = RING_BYTES / BLOCK_BYTES,
		.tp_frame_size = SLOT_BYTES,
		.tp_frame_nr = RING_BYTES / SLOT_BYTES,
	};
	int fd = open_packet();
	char *map = map_ring(fd, TPACKET_V2, &req, sizeof(req));
	struct tpacket2_hdr *h;
	size_t got, at = 0;

	bind_packet(fd, "bench1", TYPE);
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

	set_option(fd, PACKET_AUXDATA, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	bind_packet(fd, "bench1", TYPE);
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

/* ------------------------------------------------------------ count -- */

/* Until the child hears, and sleeps. */
static void wait_for_receiver(void)
{
	char line[128];
	int i, found = 0;
	FILE *f;

	for (i = 0; i < NAPS_MAX && !found; i++) {
		nap(NAP_NS);
		f = fopen("/proc/net/packet", "r");
		if (!f)
			die("/proc/net/packet");
		while (fgets(line, sizeof(line), f))
			found |= strstr(line, " 88b5 ") != NULL;
		fclose(f);
	}
	errno = 0;
	if (!found)
		die("a receiver that does not bind");
	nap(5 * NAP_NS);
}

/*
 * Real time: nothing gets the CPU before a burst is out. The naps differ, or
 * the kernel's timer might cut all bursts of one loop in two blocks, and
 * none of another's.
 */
static void send_bursts(int fd, size_t n)
{
	struct sched_param param = { .sched_priority = 1 };
	size_t part, i;

	if (sched_setscheduler(0, SCHED_FIFO, &param) < 0)
		die("sched_setscheduler");
	for (i = 0; n; n -= part, i++) {
		part = n < BURST ? n : BURST;
		send_by_sendmmsg(fd, iovs, part);
		nap(2 * NAP_NS + (long)(i * 7 % 13) * 1000000);
	}
	param.sched_priority = 0;
	sched_setscheduler(0, SCHED_OTHER, &param);
}

static int64_t receive_in_child(void (*loop)(size_t n), const char *name,
				int fd, size_t n)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0)
		loop(n);
	wait_for_receiver();
	send_bursts(fd, n);
	return reap(pid, name);
}

static double measure(void (*loop)(size_t n), const char *name, int fd,
		      size_t n)
{
	int64_t cost = receive_in_child(loop, name, fd, n);

	cost = receive_in_child(loop, name, fd, 2 * n) - cost;
	return (double)cost / (double)n;
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

	show("packet ring, blocks", blocks,
	     measure(loop_take, "sfam_packet_ring_take", fd, n), WALK_MAX);
	show_row(&(struct row){ "packet ring, blocks, one by one", blocks,
				measure(loop_next, "sfam_packet_ring_next",
					fd, n), NONE });
}

void bench_packet(void)
{
	size_t n = config.frames;
	int fd;

	add_veth();
	fill_packet();
	fd = bind_packet(open_packet(), "bench0", 0);
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
	close(fd);
	del_veth();
}
