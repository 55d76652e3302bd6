/* SPDX-License-Identifier: MIT */
/*
 * CAN receive. A receiver is a child that ends after n frames; its cost is
 * the difference of 2n and n frames, without start and end. What it adds to
 * the sender is over what sending costs while nobody listens.
 */
#include "bus.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <sockfam/can-ring.h>
#include <sockfam/can.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "bench.h"
#include "veth.h"

#define LOOP_MAX 1.03		/* the library to the bare loop */
#define LOOP_RING_MAX 1.5	/* the same of rings, with the sender too */
#define DUMP_MAX 0.55		/* sockfam can dump, socket, to candump; */
#define DUMP_FLOOD_MAX 0.6	/* in a flood the scheduler has its part */
#define RING_MAX 0.2		/* the same, ring, with the sender's share */
#define OUT "bench-out"

struct cost {
	double receiver;
	double sender;
};

struct receiver {
	const char *name;
	int is_ring;
	void (*loop)(size_t n);	/* in a child; or NULL and: */
	const char *const *argv;	/* writes a line per frame */
};

/* In the arguments of programs. */
static char count[24];

static volatile int64_t sink;

/* Looks at all that a loop gets. */
static void note(uint32_t size, const void *frame, int ifindex, int64_t time_ns)
{
	canid_t id;

	memcpy(&id, frame, sizeof(id));
	sink += size + id + time_ns + ifindex;
}

/* ------------------------------------------------------------- bare -- */

struct slot {
	struct can_frame frame;
	struct sockaddr_can from;
	struct iovec iov;
	char control[CMSG_SPACE(sizeof(struct timespec)) +
		     CMSG_SPACE(sizeof(uint32_t))]
		__attribute__((aligned(8)));
};

static struct slot slots[BATCH];
static struct mmsghdr msgs[BATCH];

static void link_slots(void)
{
	size_t i;

	for (i = 0; i < BATCH; i++) {
		slots[i].iov.iov_base = &slots[i].frame;
		slots[i].iov.iov_len = sizeof(slots[i].frame);
		msgs[i].msg_hdr.msg_iov = &slots[i].iov;
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
}

static int receive_batch(int fd)
{
	int n = recvmmsg(fd, msgs, BATCH, MSG_WAITFORONE, NULL);

	if (n < 0)
		die("recvmmsg");
	return n;
}

/* The frames alone. */
static void loop_barest(size_t n)
{
	static const int options[] = { 0 };
	int fd = open_receiver(options);
	size_t got = 0;
	int r, i;

	link_slots();
	while (got < n) {
		r = receive_batch(fd);
		for (i = 0; i < r; i++)
			note(msgs[i].msg_len, &slots[i].frame, 0, 0);
		got += (size_t)r;
	}
	_exit(got != n);
}

static int64_t read_control(struct msghdr *hdr)
{
	struct cmsghdr *cmsg;
	struct timespec ts;
	uint32_t drops = 0;
	int64_t time_ns = 0;

	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg; cmsg = CMSG_NXTHDR(hdr, cmsg)) {
		if (cmsg->cmsg_level != SOL_SOCKET)
			continue;
		if (cmsg->cmsg_type == SO_TIMESTAMPNS) {
			memcpy(&ts, CMSG_DATA(cmsg), sizeof(ts));
			time_ns = ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
		} else if (cmsg->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&drops, CMSG_DATA(cmsg), sizeof(drops));
		}
	}
	if (drops)
		_exit(1);
	return time_ns;
}

static void arm(int i)
{
	struct msghdr *hdr = &msgs[i].msg_hdr;

	hdr->msg_name = &slots[i].from;
	hdr->msg_namelen = sizeof(slots[i].from);
	hdr->msg_control = slots[i].control;
	hdr->msg_controllen = sizeof(slots[i].control);
}

/* With where from, when, and how many were lost: what a user must know. */
static void loop_bare(size_t n)
{
	static const int options[] = { SO_TIMESTAMPNS, SO_RXQ_OVFL, 0 };
	int fd = open_receiver(options);
	size_t got = 0;
	int r, i;

	link_slots();
	for (i = 0; i < BATCH; i++)
		arm(i);
	while (got < n) {
		r = receive_batch(fd);
		for (i = 0; i < r; i++) {
			note(msgs[i].msg_len, &slots[i].frame,
			     slots[i].from.can_ifindex,
			     read_control(&msgs[i].msg_hdr));
			arm(i);
		}
		got += (size_t)r;
	}
	_exit(got != n);
}

/* A ring for classic frames alone, with large blocks. */
static size_t walk_block(char *start)
{
	struct tpacket_hdr_v1 *block =
		&((struct tpacket_block_desc *)(void *)start)->hdr.bh1;
	struct tpacket3_hdr *h;
	struct sockaddr_ll *from;
	uint32_t i, n = block->num_pkts;

	h = (void *)(start + block->offset_to_first_pkt);
	for (i = 0; i < n; i++) {
		from = (void *)((char *)h + sizeof(*h));
		note(h->tp_snaplen, (char *)h + h->tp_mac, from->sll_ifindex,
		     h->tp_sec * INT64_C(1000000000) + h->tp_nsec);
		h = (void *)((char *)h + h->tp_next_offset);
	}
	__atomic_store_n(&block->block_status, TP_STATUS_KERNEL,
			 __ATOMIC_RELEASE);
	return n;
}

static void loop_ring(size_t n)
{
	int fd = open_packet();
	char *map = map_blocks(fd);
	struct tpacket_block_desc *b;
	size_t got = 0, at = 0;

	bind_packet(fd, config.ifname, ETH_P_CAN);
	while (got < n) {
		b = (void *)(map + at * BLOCK_BYTES);
		while (!(__atomic_load_n(&b->hdr.bh1.block_status,
					 __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			wait_readable(fd);
		got += walk_block((char *)b);
		at = (at + 1) % RING_BLOCKS;
	}
	_exit(got != n);
}

/* ------------------------------------------------------------- ours -- */

static size_t take(const struct sfam_can_record *rec, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		note(rec[i].size, rec[i].frame, rec[i].ifindex,
		     rec[i].time_ns);
		if (rec[i].drops)
			_exit(1);
	}
	return n;
}

static void loop_ours(size_t n)
{
	static const int options[] = { 0 };
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(BATCH, 0);
	const struct sfam_can_record *rec;
	int fd = open_receiver(options);
	size_t got = 0;
	ssize_t r;

	if (!receiver || sfam_can_set_options(fd, SFAM_CAN_OPT_TIME |
					      SFAM_CAN_OPT_DROPS, 0) < 0)
		die("the library's receiver");
	while (got < n) {
		r = sfam_can_receive(fd, receiver, &rec, -1);
		if (r < 0)
			die("sfam_can_receive");
		got += take(rec, (size_t)r);
	}
	_exit(got != n);
}

/* The same by the library's ring, which hears CAN frames of all kinds. */
static void loop_our_ring(size_t n)
{
	const struct sfam_can_record *rec;
	struct sfam_can_ring *ring;
	size_t got = 0;
	ssize_t r;

	r = sfam_can_ring_new(&ring, (int)if_nametoindex(config.ifname), 0,
			      NULL);
	if (r < 0)
		die("sfam_can_ring_new");
	while (got < n) {
		r = sfam_can_ring_receive(ring, &rec, -1);
		if (r < 0)
			die("sfam_can_ring_receive");
		got += take(rec, (size_t)r);
	}
	_exit(got != n);
}

/* ------------------------------------------------------------ count -- */

static pid_t start(const struct receiver *rx, size_t n)
{
	pid_t pid;

	if (rx->argv) {
		snprintf(count, sizeof(count), "%zu", n);
		return start_program(rx->argv, OUT);
	}
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		rx->loop(n);
	return pid;
}

/* As many lines as frames, or the row is worth nothing. */
static void check_lines(const char *name, size_t n)
{
	FILE *f = fopen(OUT, "r");
	size_t lines = 0;
	int c;

	if (!f)
		die(OUT);
	while ((c = getc(f)) != EOF)
		lines += c == '\n';
	fclose(f);
	unlink(OUT);
	errno = 0;
	if (lines != n)
		die(name);
}

static int64_t run(const struct receiver *rx, const struct pace *pace,
		   size_t n, int64_t *ret_sender)
{
	pid_t pid = start(rx, n);
	int fd = open_sender();
	int64_t cost;

	if (rx->is_ring)
		wait_for_rings(1);
	else
		wait_for_receivers(1);
	*ret_sender = send_paced(fd, pace, n);
	cost = reap(pid, rx->name);
	close(fd);
	if (rx->argv)
		check_lines(rx->name, n);
	return cost;
}

static struct cost measure(const struct receiver *rx, const struct pace *pace,
			   double alone)
{
	double n = (double)config.frames;
	int64_t sender, more;
	int64_t cost = run(rx, pace, config.frames, &sender);

	cost = run(rx, pace, 2 * config.frames, &more) - cost;
	return (struct cost){ (double)cost / n,
			      (double)(more - sender) / n - alone };
}

static double measure_alone(const struct pace *pace)
{
	int fd = open_sender();
	int64_t cost;

	cost = send_paced(fd, pace, config.frames);
	cost = send_paced(fd, pace, 2 * config.frames) - cost;
	close(fd);
	return (double)cost / (double)config.frames;
}

/* ------------------------------------------------------------- rows -- */

enum { BAREST, BARE, BARE_RING, OURS, OUR_RING, DUMP, RING, PEER, RECEIVERS };

static struct receiver receivers[RECEIVERS] = {
	[BAREST] = { .name = "barest loop", .loop = loop_barest },
	[BARE] = { .name = "bare loop", .loop = loop_bare },
	[BARE_RING] = { .name = "bare ring", .is_ring = 1, .loop = loop_ring },
	[OURS] = { .name = "the library", .loop = loop_ours },
	[OUR_RING] = { .name = "the library's ring", .is_ring = 1,
		       .loop = loop_our_ring },
	[DUMP] = { .name = "sockfam can dump" },
	[RING] = { .name = "sockfam can dump, ring", .is_ring = 1 },
	[PEER] = { .name = "candump" },
};

static const struct pace paces[] = {
	{ "flood", 0, 0 },
	{ "bursts", 200, 20000000 },
	{ "singles", 1, 1000000 },
};

static void show(const char *name, const char *pace, const struct cost *floor,
		 const struct cost *ours, const struct cost *peer)
{
	static const struct cost unknown = { NONE, NONE };
	char item[64];

	if (!peer)
		peer = &unknown;
	snprintf(item, sizeof(item), "%s, %s", name, pace);
	show_row(&(struct row){ item, floor->receiver, ours->receiver,
				peer->receiver });
	show_row(&(struct row){ "  added to the sender", floor->sender,
				ours->sender, peer->sender });
}

/* What it adds to the sender too: a ring takes it from there. */
static double total(const struct cost *c)
{
	return c->receiver + c->sender;
}

static void show_ring(const struct pace *pace, const struct cost *c)
{
	const double floor = total(&c[BARE_RING]), ours = total(&c[RING]),
		     peer = total(&c[PEER]), alone = total(&c[OUR_RING]);
	char item[64];

	snprintf(item, sizeof(item), "receive, ring, %s", pace->name);
	show_row(&(struct row){ item, floor, alone, peer });
	/* Else it is the scheduler who says how full the blocks are. */
	if (pace->burst > 1)
		set_limit(item, "ours/floor", alone / floor, LOOP_RING_MAX);
	snprintf(item, sizeof(item), "dump -L, ring, %s", pace->name);
	show_row(&(struct row){ item, floor, ours, peer });
	if (pace->burst != 1)
		set_limit(item, "ours/peer", ours / peer, RING_MAX);
}

static void show_pace(const struct pace *pace)
{
	double alone = measure_alone(pace);
	struct cost c[RECEIVERS];
	char item[64];
	int i;

	for (i = 0; i < RECEIVERS; i++) {
		if (i == PEER && !have_program("candump"))
			c[i] = (struct cost){ NONE, NONE };
		else
			c[i] = measure(&receivers[i], pace, alone);
	}
	show("barest loop", pace->name, &c[BAREST], &c[OURS], NULL);
	show("receive", pace->name, &c[BARE], &c[OURS], &c[PEER]);
	show("can dump -L", pace->name, &c[BARE], &c[DUMP], &c[PEER]);
	show_ring(pace, c);
	/* One by one the wake-ups are most of it, for any program. */
	if (pace->burst != 1) {
		snprintf(item, sizeof(item), "can dump -L, %s", pace->name);
		set_limit(item, "ours/peer",
			  c[DUMP].receiver / c[PEER].receiver,
			  pace->burst ? DUMP_MAX : DUMP_FLOOD_MAX);
	}
	/* In a flood the scheduler's whims differ by more than the loops. */
	if (pace->burst) {
		snprintf(item, sizeof(item), "receive, %s", pace->name);
		set_limit(item, "ours/floor",
			  c[OURS].receiver / c[BARE].receiver, LOOP_MAX);
	}
}

void bench_receive(void)
{
	const char *const dump[] = {
		config.sockfam, "can", "dump", "--engine", "raw", "-L", "-r",
		RCVBUF_TEXT, "-n", count, config.ifname, NULL,
	};
	const char *const ring[] = {
		config.sockfam, "can", "dump", "--engine", "ring", "-L", "-n",
		count, config.ifname, NULL,
	};
	const char *const peer[] = {
		"candump", "-L", "-r", RCVBUF_TEXT, "-n", count, config.ifname,
		NULL,
	};
	size_t i;

	receivers[DUMP].argv = dump;
	receivers[RING].argv = ring;
	receivers[PEER].argv = peer;
	show_heading("CAN receive, per frame; floor: bare recvmmsg loop with "
		     "name, stamp, drops\n# (barest: without); peer: candump "
		     "-L to a file\n# ring: with the sender's share; floor: a "
		     "ring that is only read");
	for (i = 0; i < sizeof(paces) / sizeof(paces[0]); i++)
		show_pace(&paces[i]);
}
