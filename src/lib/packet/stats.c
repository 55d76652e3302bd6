/* SPDX-License-Identifier: MIT */
/*
 * The kernel's counters begin anew with each reading. tp_packets has the
 * dropped ones in it (packet_getsockopt() of net/packet/af_packet.c); only
 * sockets of TPACKET_V3 have tp_freeze_q_cnt.
 */
#include "base/sys.h"

#include <linux/if_packet.h>

#include <sockfam/packet.h>

SFAM_PUBLIC int sfam_packet_stats_add(int fd, struct sfam_packet_stats *stats)
{
	struct tpacket_stats_v3 s = { .tp_packets = 0 };
	socklen_t len = sizeof(s);
	int r = sfam__sys_getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &s,
				     &len);

	if (r < 0)
		return r;
	stats->seen += s.tp_packets;
	stats->dropped += s.tp_drops;
	stats->freezes += s.tp_freeze_q_cnt;
	return 0;
}
