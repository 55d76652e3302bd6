/* SPDX-License-Identifier: MIT */
/*
 * What the packet rows share: a pair of veth, bench0 and bench1, of which
 * the first one sends and the other is listened to.
 */
#ifndef BENCH_VETH_H
#define BENCH_VETH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define VETH_TYPE 0x88b5	/* for experiments */
#define VETH_PACKET_LEN 200
#define VETH_PACKET_MAX 1514
#define VETH_BATCH 256
#define VETH_BURST 200

/* As large as a ring is without options. */
#define RING_BYTES (8 << 20)
#define BLOCK_BYTES (256 << 10)
#define RING_BLOCKS (RING_BYTES / BLOCK_BYTES)
#define SLOT_BYTES 2048
#define RETIRE_MS 10

/* The packet that is sent, always, VETH_BATCH times: see veth_set_len(). */
extern struct iovec veth_packets[VETH_BATCH];

void veth_add(void);
void veth_set_len(size_t len);
void veth_remove(void);

/* A packet socket that is not bound yet, and one on bench0 that hears none. */
int open_packet(void);
int open_packet_sender(void);
void bind_packet(int fd, const char *name, uint16_t type);
void set_packet_option(int fd, int name, const void *value, socklen_t len);

/* A receive ring of RING_BYTES. */
void *map_ring(int fd, int version, const void *req, socklen_t len);
void *map_blocks(int fd);
void wait_readable(int fd);

/* By sendmmsg(2). */
void send_packets(int fd, size_t n);

/* ---------------------------------------------------------- receivers -- */

struct packet_receiver {
	const char *name;
	void (*loop)(size_t n);	/* in a child, until n packets; or NULL and: */
	const char *const *argv;	/* says "listening on" on stderr */
};

/* Files that receivers may make. */
#define PACKET_OUT "bench-out.pcap"
#define PACKET_OUT_NG "bench-out.pcapng"

/* n in the arguments of a program. */
extern char packet_count[24];

/* Instructions per packet. */
struct packet_cost {
	double receiver;
	double sender;		/* sending included */
};

/*
 * The difference of 2n and n packets, without start and end. They come in
 * bursts that fill no ring.
 */
struct packet_cost measure_receiver(const struct packet_receiver *receiver,
				    int fd, size_t n);

/* The same of the sender while nobody listens. */
double measure_sender(int fd, size_t n);

/* In packet-file.c. fd: the sender's. */
void bench_packet_files(int fd);

#endif
