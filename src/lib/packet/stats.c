/* SPDX-License-Identifier: MIT */
/*
 * The kernel's counters begin anew with each reading. tp_packets has the
 * dropped ones in it (packet_getsockopt() of net/packet/af_packet.c); only
 * sockets of TPACKET_V3 have tp_freeze_q_cnt.
 */
#include "base/sys.h"

#include <linux/if_packet.h>

#include <sockfam/packet.h>

_Static_assert(sizeof(struct tpacket_rollover_stats) == 24,
	       "the same to 32-bit processes");

/* These are never reset. -EINVAL: no fanout with rollover. */
static int read_rollover(int fd, struct tpacket_rollover_stats *ret)
{
	socklen_t len = sizeof(*ret);
	int r = sfam__sys_getsockopt(fd, SOL_PACKET, PACKET_ROLLOVER_STATS,
				     ret, &len);

	/* Before Linux 4.2 there were none. */
	return r == -EINVAL || r == -ENOPROTOOPT ? 0 : r;
}

SFAM_PUBLIC int sfam_packet_stats_add(int fd, struct sfam_packet_stats *stats)
{
	struct tpacket_rollover_stats rollover = { .tp_all = 0 };
	struct tpacket_stats_v3 s = { .tp_packets = 0 };
	socklen_t len = sizeof(s);
	int r = read_rollover(fd, &rollover);

	if (r == 0)
		r = sfam__sys_getsockopt(fd, SOL_PACKET, PACKET_STATISTICS,
					 &s, &len);
	if (r < 0)
		return r;
	stats->seen += s.tp_packets;
	stats->dropped += s.tp_drops;
	stats->freezes += s.tp_freeze_q_cnt;
	stats->rolled = rollover.tp_all;
	stats->rolled_huge = rollover.tp_huge;
	stats->not_rolled = rollover.tp_failed;
	return 0;
}
