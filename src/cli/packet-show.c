/* SPDX-License-Identifier: MIT */
/* One packet on stdout. */
#include <inttypes.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <time.h>

#include "packet-cli.h"

#define SECOND INT64_C(1000000000)

const char *packet_direction(unsigned int pkttype)
{
	static const char *const names[] = {
		[PACKET_HOST] = "In",
		[PACKET_BROADCAST] = "B",
		[PACKET_MULTICAST] = "M",
		[PACKET_OTHERHOST] = "P",
		[PACKET_OUTGOING] = "Out",
	};

	return pkttype < CLI_ARRAY_LEN(names) ? names[pkttype] : "?";
}

static void show_json(int64_t time_ns, const char *ifname,
		      const char *direction, const struct decode_packet *d)
{
	struct json j = JSON_INIT(stdout);

	json_object(&j, NULL);
	json_int(&j, "time_ns", time_ns);
	json_text(&j, "interface", ifname);
	json_text(&j, "direction", direction);
	decode_json(&j, d);
	json_end(&j);
}

void packet_show(const struct packet_show *how, int64_t time_ns,
		 const char *ifname, const char *direction,
		 const struct decode_packet *d)
{
	const time_t seconds = (time_t)(time_ns / SECOND);
	char clock[16] = "";
	struct tm tm;

	if (how->as_json) {
		show_json(time_ns, ifname, direction, d);
		return;
	}
	if (localtime_r(&seconds, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	printf("%s.%06" PRId64 " %-5s %-3s ", clock, time_ns % SECOND / 1000,
	       ifname, direction);
	decode_print(stdout, d, how->flags);
}
