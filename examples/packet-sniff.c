/* SPDX-License-Identifier: MIT */
/*
 * Prints a line for each packet that an interface sees, also those for
 * others: packet-sniff [packet:[IF][,proto=...]]   (packet: is all of them)
 * A line has the length and an address; in that are interface, protocol,
 * direction and hardware sender. The packets are read where the kernel put
 * them: no copy, and one call for many. Needs CAP_NET_RAW.
 */
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/packet-ring.h>
#include <sockfam/sockfam.h>

static int open_ring(struct sfam_packet_ring **ret, const char *text)
{
	struct sfam_packet_opts opts = SFAM_PACKET_OPTS_INIT;
	struct sfam_diag diag = { 0 };
	struct sfam_addr addr;
	struct sockaddr_ll ll;
	int r = sfam_addr_parse(&addr, text, strlen(text), &diag);

	if (r == 0) {
		memcpy(&ll, sfam_addr_sockaddr(&addr), sizeof(ll));
		if (ll.sll_ifindex)	/* all of them: each as it is */
			opts.flags = SFAM_PACKET_PROMISC;
		r = sfam_packet_ring_new(ret, &addr, &opts, NULL);
	}
	if (r < 0)
		fprintf(stderr, "%s: %s%s%s\n", text, strerror(-r),
			*diag.expected ? ", expected " : "", diag.expected);
	return r;
}

static void show(struct sfam_packet *packet)
{
	char from[SFAM_ADDR_STRLEN];
	struct sfam_addr addr;

	sfam_packet_restore_vlan(packet);
	if (sfam_addr_from_sockaddr(&addr, sfam_family_by_name("packet"), 0, 0,
				    sfam_packet_from(packet),
				    sizeof(struct sockaddr_ll), NULL) == 0 &&
	    sfam_addr_format(&addr, from, sizeof(from)) > 0)
		printf("%u %s\n", packet->orig_len, from);
}

int main(int argc, char **argv)
{
	struct sfam_packet_ring *ring;
	struct sfam_packet_batch batch;
	struct sfam_packet packet;
	ssize_t n;

	if (open_ring(&ring, argc > 1 ? argv[1] : "packet:") < 0)
		return 1;
	fputs("listening\n", stderr);
	do {
		n = sfam_packet_ring_take(ring, &batch, SFAM_FOREVER);
		while (n > 0 && sfam_packet_batch_next(&batch, &packet))
			show(&packet);
		fflush(stdout);
	} while (n >= 0);	/* 0: the interface went down, or up */
	fprintf(stderr, "receive: %s\n", strerror((int)-n));
	sfam_packet_ring_free(ring);
	return 1;
}
