/* SPDX-License-Identifier: MIT */
/*
 * Packets into files on a tmpfs: a bare ring and writev(2), the tool, and
 * tcpdump. All of them see every packet of bench1 through the same filter.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <unistd.h>

#include "bench.h"
#include "veth.h"

#define BARE_MAX 1.05		/* the tool to ring and writev */
#define PEER_MAX 0.65		/* to tcpdump -U: both write whole packets */
/*
 * To tcpdump as it comes, which holds back up to a second and 4 KiB. The
 * kernel's part alone, which nobody can do without, is 0.73 (first row).
 */
#define LATE_PEER_MAX 0.95
#define IOVS 1024

/* ---------------------------------------------------------------- bare -- */

struct pcap_record {
	uint32_t sec, nsec, len, orig_len;
};

struct bare {
	int file;
	size_t n;
	struct iovec iovs[IOVS];
	struct pcap_record records[IOVS / 2];
};

static void flush(struct bare *b)
{
	if (b->n && writev(b->file, b->iovs, (int)b->n * 2) < 0)
		die("writev");
	b->n = 0;
}

static void put(struct bare *b, struct tpacket3_hdr *h)
{
	struct iovec *iov = &b->iovs[b->n * 2];

	b->records[b->n] = (struct pcap_record){ h->tp_sec, h->tp_nsec,
						 h->tp_snaplen, h->tp_len };
	iov[0] = (struct iovec){ &b->records[b->n], sizeof(b->records[0]) };
	iov[1] = (struct iovec){ (char *)h + h->tp_mac, h->tp_snaplen };
	if (++b->n == IOVS / 2)
		flush(b);
}

/* A block stays ours until its packets are written. */
static size_t write_block(struct bare *b, struct tpacket_block_desc *block)
{
	struct tpacket_hdr_v1 *head = &block->hdr.bh1;
	struct tpacket3_hdr *h = (void *)((char *)block +
					  head->offset_to_first_pkt);
	uint32_t i, n = head->num_pkts;

	for (i = 0; i < n; i++) {
		put(b, h);
		h = (void *)((char *)h + h->tp_next_offset);
	}
	flush(b);
	__atomic_store_n(&head->block_status, TP_STATUS_KERNEL,
			 __ATOMIC_RELEASE);
	return n;
}

static int create_file(void)
{
	int fd = open(PACKET_OUT, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		      0666);

	if (fd < 0)
		die(PACKET_OUT);
	return fd;
}

static void begin_file(struct bare *b)
{
	const uint32_t header[] = { 0xa1b23c4d, 2 | 4 << 16, 0, 0, 262144, 1 };

	b->file = create_file();
	if (write(b->file, header, sizeof(header)) != sizeof(header))
		die(PACKET_OUT);
}

static void attach_filter(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, VETH_TYPE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 262144),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog prog = { 4, code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
		       sizeof(prog)) < 0)
		die("SO_ATTACH_FILTER");
}

static void loop_writev(size_t n)
{
	static struct bare bare;
	struct tpacket_block_desc *block;
	size_t got = 0, at = 0;
	int fd = open_packet();
	char *map = map_blocks(fd);

	begin_file(&bare);
	attach_filter(fd);
	bind_packet(fd, "bench1", ETH_P_ALL);
	while (got < n) {
		block = (void *)(map + at * BLOCK_BYTES);
		while (!(__atomic_load_n(&block->hdr.bh1.block_status,
					 __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			wait_readable(fd);
		got += write_block(&bare, block);
		at = (at + 1) % RING_BLOCKS;
	}
	_exit(got != n);
}

/* -------------------------------------------------------------- kernel -- */

/* What no program can do without: the bytes go to the file, 64 KiB a call. */
static double measure_write(void)
{
	static char chunk[1 << 16];
	const size_t record = sizeof(struct pcap_record) + VETH_PACKET_LEN;
	int file = create_file();
	int64_t start = cpu_ns(), cost;
	size_t i;

	for (i = 0; i < config.frames * record / sizeof(chunk); i++)
		if (write(file, chunk, sizeof(chunk)) < 0)
			die(PACKET_OUT);
	cost = cpu_ns() - start;
	close(file);
	unlink(PACKET_OUT);
	return (double)cost / (double)(i * sizeof(chunk)) * (double)record;
}

/* ---------------------------------------------------------------- rows -- */

/* Of a receiver, and what it adds to the sender. */
static struct packet_cost
measure(const char *name, void (*loop)(size_t n), const char *const *argv,
	int fd, double alone)
{
	const struct packet_receiver r = { name, loop, argv };
	struct packet_cost c;

	c = measure_receiver(&r, fd, config.frames);
	c.sender -= alone;
	return c;
}

static double sum(struct packet_cost c)
{
	return c.receiver + c.sender;
}

static double measure_tool(const char *out, int fd, double alone)
{
	const char *const argv[] = {
		config.sockfam, "packet", "sniff", "-w", out, "-c",
		packet_count, "bench1", "ether", "proto", "0x88b5", NULL,
	};

	return sum(measure(out, NULL, argv, fd, alone));
}

/* flush: -U or nothing new. */
static double measure_tcpdump(const char *flush, int fd, double alone)
{
	const char *const argv[] = {
		"tcpdump", "-Z", "root", "-n", flush, "-w", PACKET_OUT, "-c",
		packet_count, "-i", "bench1", "ether", "proto", "0x88b5", NULL,
	};

	return have_program(argv[0]) ?
	       sum(measure(argv[0], NULL, argv, fd, alone)) : NONE;
}

static void show(const char *item, double bare, double ours, double whole,
		 double late)
{
	char text[64];

	show_row(&(struct row){ item, bare, ours, late });
	snprintf(text, sizeof(text), "%s; peer -U", item);
	show_row(&(struct row){ text, bare, ours, whole });
	set_limit(item, "ours/floor", ours / bare, BARE_MAX);
	set_limit(item, "ours/-U", ours / whole, PEER_MAX);
}

void bench_packet_files(int fd)
{
	const double alone = measure_sender(fd, config.frames);
	const struct packet_cost bare = measure("ring, writev", loop_writev,
						NULL, fd, alone);
	double late = measure_tcpdump("-n", fd, alone);
	double whole = measure_tcpdump("-U", fd, alone);
	double pcap = measure_tool(PACKET_OUT, fd, alone);

	show_heading("packets to a file, with what it adds to the sender; "
		     "floor: a bare ring\n# and writev; peer: tcpdump -w");
	show_row(&(struct row){ "write(2) and the sender's alone", sum(bare),
				measure_write() + bare.sender, late });
	show("packet sniff -w pcap", sum(bare), pcap, whole, late);
	set_limit("packet sniff -w pcap", "ours/peer", pcap / late,
		  LATE_PEER_MAX);
	show("packet sniff -w pcapng", sum(bare),
	     measure_tool(PACKET_OUT_NG, fd, alone), whole, late);
	unlink(PACKET_OUT);
	unlink(PACKET_OUT_NG);
}
