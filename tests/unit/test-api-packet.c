/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include <sockfam/sockfam.h>

#include "test-api.h"

void api_packet(void)
{
	struct sfam_packet_stats stats = { 0 };
	struct sfam_packet_header header = { 0 };
	struct sfam_packet packet = { .header = &header };
	uint32_t buf[SFAM_PACKET_HEADROOM / 4];
	struct iovec iov = { buf, 1 };
	struct sfam_addr addr;

	EXPECT(sfam_addr_parse(&addr, "unix:", 5, NULL) == 0);
	EXPECT(sfam_packet_open(&addr, NULL) == -EAFNOSUPPORT);
	EXPECT(sfam_packet_recv(-1, buf, sizeof(buf), &packet, 0) == -EBADF);
	EXPECT(sfam_packet_recv_vnet(-1, buf, sizeof(buf), &packet, 0) ==
	       -EBADF);
	EXPECT(sfam_packet_send(-1, &iov, 1, NULL, 0) == -EBADF);
	EXPECT(sfam_packet_stats_add(-1, &stats) == -EBADF);
	EXPECT(sfam_packet_fanout_id(-1) == -EBADF);
	EXPECT(sfam_packet_restore_vlan(&packet) == 0);
}

static void packet_ring(void)
{
	struct sfam_packet_ring_info info;
	struct sfam_packet_ring *ring = NULL;
	struct sfam_packet_stats stats;
	struct sfam_packet_batch batch;
	struct sfam_packet packet;
	struct sfam_addr addr;

	EXPECT(sfam_packet_ring_free(NULL) == NULL);
	EXPECT(sfam_addr_parse(&addr, "packet:", 7, NULL) == 0);
	if (sfam_packet_ring_new(&ring, &addr, NULL, NULL) < 0)
		return;		/* not root, and no user namespaces */
	sfam_packet_ring_get_info(ring, &info);
	EXPECT(info.bytes > 0 && info.slots == 0);
	EXPECT(sfam_packet_ring_fd(ring) >= 0);
	EXPECT(sfam_packet_ring_poll_fd(ring) >= 0);
	EXPECT(sfam_packet_ring_take(ring, &batch, 0) == -ETIMEDOUT);
	EXPECT(sfam_packet_ring_next(ring, &packet, 0) == -ETIMEDOUT);
	sfam_packet_ring_wake(ring);
	EXPECT(sfam_packet_ring_take(ring, &batch, -1) == 0);
	EXPECT(sfam_packet_ring_pending(ring) <= 1);
	EXPECT(sfam_packet_ring_events(ring) == SFAM_PACKET_EVENT_WOKEN);
	EXPECT(sfam_packet_ring_stats(ring, &stats) == 0);
	EXPECT(sfam_packet_ring_free(ring) == NULL);
}

static void can_ring(void)
{
	const struct sfam_can_record *records;
	struct sfam_can_ring *ring = NULL;
	uint32_t drops;

	EXPECT(sfam_can_ring_free(NULL) == NULL);
	if (sfam_can_ring_new(&ring, 0, 0, NULL) < 0)
		return;		/* as above */
	EXPECT(sfam_can_ring_poll_fd(ring) >= 0);
	EXPECT(sfam_can_ring_receive(ring, &records, 0) == -ETIMEDOUT);
	sfam_can_ring_wake(ring);
	EXPECT(sfam_can_ring_receive(ring, &records, -1) == 0);
	EXPECT(sfam_can_ring_pending(ring) == 0);
	EXPECT(sfam_can_ring_drops(ring, &drops) == 0 && drops == 0);
	EXPECT(sfam_can_ring_free(ring) == NULL);
}

static int read_packets(void *arg, size_t member,
			struct sfam_packet_batch batch, uint32_t events)
{
	(void)arg;
	(void)member;
	(void)batch;
	(void)events;
	return 0;
}

static void packet_readers(void)
{
	struct sfam_packet_readers_opts o = SFAM_PACKET_READERS_OPTS_INIT;
	struct sfam_packet_readers *readers = NULL;
	struct sfam_packet_stats stats;
	struct sfam_addr addr;

	EXPECT(sfam_packet_readers_free(NULL) == NULL);
	EXPECT(sfam_addr_parse(&addr, "packet:", 7, NULL) == 0);
	EXPECT(sfam_packet_readers_new(&readers, &addr, &o) == -EINVAL);
	o.read = read_packets;
	if (sfam_packet_readers_new(&readers, &addr, &o) < 0)
		return;		/* no permission here */
	EXPECT(sfam_packet_readers_ring(readers, 0) != NULL);
	EXPECT(sfam_packet_readers_stats(readers, &stats) == 0);
	sfam_packet_readers_stop(readers);
	EXPECT(sfam_packet_readers_wait(readers, NULL, -1) == 0);
	EXPECT(sfam_packet_readers_free(readers) == NULL);
}

void api_packet_rings(void)
{
	packet_ring();
	can_ring();
	packet_readers();
}
