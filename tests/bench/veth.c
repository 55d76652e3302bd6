/* SPDX-License-Identifier: MIT */
#include "veth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "bench.h"

#define ERR "bench-err"
#define NAP_NS 10000000L
#define NAPS_MAX 20000

struct iovec veth_packets[VETH_BATCH];
char packet_count[24];

static unsigned char packet[VETH_PACKET_MAX];

static void nap(long ns)
{
	const struct timespec ts = { 0, ns };

	nanosleep(&ts, NULL);
}

/* --------------------------------------------------------------- links -- */

static void run_ip(const char *arguments)
{
	char command[128];

	snprintf(command, sizeof(command), "ip link %s", arguments);
	if (system(command) != 0)
		die(command);
}

void veth_set_len(size_t len)
{
	size_t i;

	memset(packet, 0xff, ETH_ALEN);
	packet[12] = VETH_TYPE >> 8;
	packet[13] = VETH_TYPE & 0xff;
	for (i = 0; i < VETH_BATCH; i++)
		veth_packets[i] = (struct iovec){ packet, len };
}

/* Without IPv6's own packets, or they would be counted. */
void veth_add(void)
{
	run_ip("add bench0 type veth peer name bench1");
	run_ip("set bench0 addrgenmode none up");
	run_ip("set bench1 addrgenmode none up");
	veth_set_len(VETH_PACKET_LEN);
}

void veth_remove(void)
{
	run_ip("del bench0");
}

/* ------------------------------------------------------------- sockets -- */

int open_packet(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("AF_PACKET");
	return fd;
}

void bind_packet(int fd, const char *name, uint16_t type)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(type),
		.sll_ifindex = (int)if_nametoindex(name),
	};

	if (bind(fd, (struct sockaddr *)&ll, sizeof(ll)) < 0)
		die(name);
}

int open_packet_sender(void)
{
	int fd = open_packet();

	bind_packet(fd, "bench0", 0);
	return fd;
}

void set_packet_option(int fd, int name, const void *value, socklen_t len)
{
	if (setsockopt(fd, SOL_PACKET, name, value, len) < 0)
		die("setsockopt");
}

void *map_ring(int fd, int version, const void *req, socklen_t len)
{
	void *map;

	set_packet_option(fd, PACKET_VERSION, &version, sizeof(version));
	set_packet_option(fd, PACKET_RX_RING, req, len);
	map = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	if (map == MAP_FAILED)
		die("mmap");
	return map;
}

void *map_blocks(int fd)
{
	const struct tpacket_req3 req = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = RING_BLOCKS,
		.tp_frame_size = SLOT_BYTES,
		.tp_frame_nr = RING_BYTES / SLOT_BYTES,
		.tp_retire_blk_tov = RETIRE_MS,
	};

	return map_ring(fd, TPACKET_V3, &req, sizeof(req));
}

void wait_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (poll(&p, 1, -1) < 0)
		die("poll");
}

/* --------------------------------------------------------------- send -- */

void send_packets(int fd, size_t n)
{
	static struct mmsghdr msgs[VETH_BATCH];
	size_t sent, i;
	int r;

	for (i = 0; i < VETH_BATCH; i++) {
		msgs[i].msg_hdr.msg_iov = &veth_packets[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	for (sent = 0; sent < n; sent += (size_t)r) {
		i = n - sent < VETH_BATCH ? n - sent : VETH_BATCH;
		r = sendmmsg(fd, msgs, (unsigned int)i, 0);
		if (r < 0)
			die("sendmmsg");
	}
}

/*
 * Real time: nothing gets the CPU before a burst is out. The naps differ, or
 * the kernel's timer might cut all bursts of one loop in two blocks, and
 * none of another's. Returns the CPU time.
 */
static int64_t send_bursts(int fd, size_t n)
{
	struct sched_param param = { .sched_priority = 1 };
	int64_t start = cpu_ns();
	size_t part, i;

	if (sched_setscheduler(0, SCHED_FIFO, &param) < 0)
		die("sched_setscheduler");
	for (i = 0; n; n -= part, i++) {
		part = n < VETH_BURST ? n : VETH_BURST;
		send_packets(fd, part);
		nap(2 * NAP_NS + (long)(i * 7 % 13) * 1000000);
	}
	param.sched_priority = 0;
	sched_setscheduler(0, SCHED_OTHER, &param);
	return cpu_ns() - start;
}

double measure_sender(int fd, size_t n)
{
	int64_t cost = send_bursts(fd, n);

	return (double)(send_bursts(fd, 2 * n) - cost) / (double)n;
}

/* ----------------------------------------------------------- receivers -- */

/* Is there a line that has what is asked for? */
static int has_line(const char *path, int (*is_it)(const char *line))
{
	char line[128];
	int found = 0;
	FILE *f = fopen(path, "r");

	if (!f)
		die(path);
	while (!found && fgets(line, sizeof(line), f))
		found = is_it(line);
	fclose(f);
	return found;
}

/* Of /proc/net/packet: a socket that hears bench1. */
static int is_running(const char *line)
{
	int index, running;

	return sscanf(line, "%*s %*d %*d %*x %d %d", &index, &running) == 2 &&
	       index == (int)if_nametoindex("bench1") && running;
}

static int is_listening(const char *line)
{
	return strstr(line, "listening on") != NULL;
}

/* Until the child hears, and sleeps. */
static void wait_for_receiver(const struct packet_receiver *r)
{
	int i, found = 0;

	for (i = 0; i < NAPS_MAX && !found; i++) {
		nap(NAP_NS);
		found = r->loop ? has_line("/proc/net/packet", is_running) :
				  has_line(ERR, is_listening);
	}
	errno = 0;
	if (!found)
		die("a receiver that does not begin");
	nap(5 * NAP_NS);
}

static pid_t start_receiver(const struct packet_receiver *r, size_t n)
{
	int fd = open(ERR, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	pid_t pid;

	snprintf(packet_count, sizeof(packet_count), "%zu", n);
	if (fd < 0)
		die(ERR);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0 && r->loop)
		r->loop(n);
	if (pid == 0 && dup2(fd, STDERR_FILENO) >= 0) {
		execvp(r->argv[0], (char *const *)r->argv);
		die(r->name);
	}
	close(fd);
	return pid;
}

static int64_t run(const struct packet_receiver *r, int fd, size_t n,
		   int64_t *ret_sender)
{
	pid_t pid;

	/* Or to cut the last one's would count. */
	unlink(PACKET_OUT);
	unlink(PACKET_OUT_NG);
	pid = start_receiver(r, n);
	wait_for_receiver(r);
	*ret_sender = send_bursts(fd, n);
	return reap(pid, r->name);
}

struct packet_cost measure_receiver(const struct packet_receiver *receiver,
				    int fd, size_t n)
{
	int64_t sender, more, cost = run(receiver, fd, n, &sender);

	cost = run(receiver, fd, 2 * n, &more) - cost;
	return (struct packet_cost){ (double)cost / (double)n,
				     (double)(more - sender) / (double)n };
}
