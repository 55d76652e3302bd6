/* SPDX-License-Identifier: MIT */
/*
 * A packet ring that hears CAN frames. It is one for all kinds, with
 * ETH_P_ALL and a filter, and not one for each kind's protocol: the order
 * between kinds is the kernel's then, and so is the count of what was lost.
 */
#include "base/sys.h"
#include "can/filters.h"
#include "can/layout.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "family/row.h"

#include <sockfam/can-ring.h>
#include <sockfam/packet-ring.h>

#define ETH_P_XL 0x000E		/* ETH_P_CANXL, since Linux 6.1 */

#define RECORDS 256
#define FRAMES_DEFAULT 32768
#define FRAMES_MAX (1u << 24)

/*
 * Small, since each that is handed over is taken until it was read, however
 * few frames are in it.
 */
#define BLOCK_BYTES 16384
/* In a block are as many FD frames, each with its headers (176 bytes). */
#define BLOCK_FRAMES 92

/* The shortest time that there is. */
#define RETIRE_NS 1000000

struct sfam_can_ring {
	struct sfam_packet_ring *packets;
	struct sfam_packet_batch batch;	/* what is left of the block */
	bool losing;		/* something was lost before it */
	uint64_t told;		/* drops, of all that were counted */
	struct sfam_can_record records[RECORDS];
};

/* ------------------------------------------------------------ filter -- */

/* What the kernel takes for CAN frames: can_rcv() of net/can/af_can.c. */
static const struct sock_filter is_can[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		 (uint32_t)SKF_AD_OFF + SKF_AD_PROTOCOL),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_CAN, 3, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_CANFD, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_XL, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, 0),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		 (uint32_t)SKF_AD_OFF + SKF_AD_HATYPE),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPHRD_CAN, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, 0),
};
#define IS_CAN_LEN SFAM_ARRAY_LEN(is_can)

static int open_packets(struct sfam_packet_ring **ret,
			const struct sfam_addr *addr, size_t frames,
			const struct sfam_can_filters *filters)
{
	static const struct sfam_can_filters all;
	struct sfam_packet_ring_opts ring_opts = SFAM_PACKET_RING_OPTS_INIT;
	struct sfam_packet_opts opts = SFAM_PACKET_OPTS_INIT;
	struct sock_filter insns[IS_CAN_LEN + SFAM__CAN_CODE_MAX];
	struct sock_fprog filter = { .filter = insns };

	memcpy(insns, is_can, sizeof(is_can));
	filter.len = (unsigned short)
		     (IS_CAN_LEN +
		      sfam__can_filters_code(insns + IS_CAN_LEN,
					     filters ? filters : &all,
					     SFAM_CANXL_MTU));
	opts.flags = SFAM_PACKET_TIME | SFAM_PACKET_IGNORE_OUTGOING;
	opts.filter = &filter;
	opts.snap_len = SFAM_CANXL_MTU;
	ring_opts.block_bytes = BLOCK_BYTES;
	ring_opts.bytes = (frames / BLOCK_FRAMES + 2) * BLOCK_BYTES;
	ring_opts.retire_ns = RETIRE_NS;
	return sfam_packet_ring_new(ret, addr, &opts, &ring_opts);
}

/* --------------------------------------------------------------- new -- */

static void make_addr(struct sfam_addr *ret, int ifindex)
{
	const struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = ifindex,
	};

	memset(ret, 0, sizeof(*ret));
	ret->family = &sfam__family_packet;
	ret->type = SOCK_RAW;
	sfam__addr_set(ret, &ll, sizeof(ll));
}

/* Its kind comes with the name of a socket that is bound to it. */
static int check_kind(const struct sfam_packet_ring *packets, int ifindex)
{
	struct sockaddr_ll ll = { .sll_hatype = 0 };
	socklen_t len = sizeof(ll);
	int r = sfam__sys_getsockname(sfam_packet_ring_fd(packets), &ll,
				      &len);

	if (r < 0)
		return r;
	return ifindex && ll.sll_hatype != ARPHRD_CAN ? -ENODEV : 0;
}

SFAM_PUBLIC int sfam_can_ring_new(struct sfam_can_ring **ret, int ifindex,
				  size_t frames,
				  const struct sfam_can_filters *filters)
{
	struct sfam_can_ring *ring;
	struct sfam_addr addr;
	int r;

	if (ifindex < 0 || frames > FRAMES_MAX ||
	    (filters && filters->n > SFAM_CAN_FILTERS_MAX))
		return -EINVAL;
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return -ENOMEM;
	make_addr(&addr, ifindex);
	r = open_packets(&ring->packets, &addr,
			 frames ? frames : FRAMES_DEFAULT, filters);
	if (r == 0)
		r = check_kind(ring->packets, ifindex);
	if (r < 0)
		sfam_can_ring_free(ring);
	else
		*ret = ring;
	return r;
}

SFAM_PUBLIC struct sfam_can_ring *
sfam_can_ring_free(struct sfam_can_ring *ring)
{
	if (ring)
		sfam_packet_ring_free(ring->packets);
	free(ring);
	return NULL;
}

SFAM_PUBLIC int sfam_can_ring_poll_fd(const struct sfam_can_ring *ring)
{
	return sfam_packet_ring_poll_fd(ring->packets);
}

SFAM_PUBLIC void sfam_can_ring_wake(struct sfam_can_ring *ring)
{
	sfam_packet_ring_wake(ring->packets);
}

SFAM_PUBLIC int sfam_can_ring_pending(const struct sfam_can_ring *ring)
{
	return ring->batch.left || sfam_packet_ring_pending(ring->packets);
}

/* ----------------------------------------------------------- receive -- */

SFAM_PUBLIC int sfam_can_ring_drops(struct sfam_can_ring *ring,
				    uint32_t *ret_drops)
{
	struct sfam_packet_stats stats;
	int r = sfam_packet_ring_stats(ring->packets, &stats);

	if (r < 0)
		return r;
	*ret_drops = (uint32_t)(stats.dropped - ring->told);
	ring->told = stats.dropped;
	return 0;
}

static void read_record(struct sfam_can_record *rec,
			const struct sfam_packet *packet)
{
	rec->frame = packet->data;
	rec->size = packet->len;
	rec->flags = sfam__can_overrun(packet->data);
	rec->ifindex = sfam_packet_from(packet)->sll_ifindex;
	rec->drops = 0;
	rec->time_ns = sfam_packet_time_ns(packet);
}

/* hw_time_ns is 0 always. */
static ssize_t read_records(struct sfam_can_ring *ring)
{
	struct sfam_packet_batch batch = ring->batch;
	struct sfam_packet packet;
	uint32_t drops = 0;
	size_t n = 0;
	int r = 0;

	if (ring->losing)
		r = sfam_can_ring_drops(ring, &drops);
	if (r < 0)
		return r;
	ring->losing = false;
	while (n < RECORDS && sfam_packet_batch_next(&batch, &packet))
		read_record(&ring->records[n++], &packet);
	ring->batch = batch;
	ring->records[0].drops = drops;
	return (ssize_t)n;
}

/* 1: something is there; 0: woken. */
static int wait_for_frames(struct sfam_can_ring *ring, int64_t timeout_ns)
{
	const struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	uint32_t events;
	ssize_t r;

	while (ring->batch.left == 0) {
		r = sfam_packet_ring_take(ring->packets, &ring->batch,
					  sfam__deadline_left_ns(deadline));
		if (r < 0)
			return (int)r;
		if (r > 0) {
			/* The kernel says so once a block, of its first. */
			ring->losing = ring->batch.next->status &
				       SFAM_PACKET_LOSING;
			break;
		}
		events = sfam_packet_ring_events(ring->packets);
		if (events & SFAM_PACKET_EVENT_WOKEN)
			return 0;
		if (events & SFAM_PACKET_EVENT_DOWN)
			return -ENETDOWN;
	}
	return 1;
}

SFAM_PUBLIC ssize_t
sfam_can_ring_receive(struct sfam_can_ring *ring,
		      const struct sfam_can_record **ret_records,
		      int64_t timeout_ns)
{
	ssize_t r = wait_for_frames(ring, timeout_ns);

	if (r <= 0)
		return r;
	r = read_records(ring);
	if (r > 0)
		*ret_records = ring->records;
	return r;
}
