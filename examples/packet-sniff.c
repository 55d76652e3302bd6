/* SPDX-License-Identifier: MIT */
/*
 * Prints a line for each packet that an interface sees, also those for
 * others: packet-sniff [packet:[IF][,proto=...]]   (packet: is all of them)
 * A line has the length and an address; in that are interface, protocol,
 * direction and hardware sender. Needs CAP_NET_RAW.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/sockfam.h>

#define LONGEST (1 << 19)	/* with offloads far more than the MTU */

/* Ends when the socket is closed, however the program ends. */
static int be_promiscuous(int fd)
{
	struct packet_mreq mreq = { .mr_type = PACKET_MR_PROMISC };
	struct sockaddr_ll ll;
	struct sfam_addr local;
	int r = sfam_addr_local(&local, fd);

	if (r < 0)
		return r;
	memcpy(&ll, sfam_addr_sockaddr(&local), sizeof(ll));
	mreq.mr_ifindex = ll.sll_ifindex;
	if (mreq.mr_ifindex == 0)	/* all of them: each as it is */
		return 0;
	return setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq,
			  sizeof(mreq)) < 0 ? -errno : 0;
}

static int open_packet(const char *text)
{
	struct sfam_diag diag = { 0 };
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, NULL,
				&diag);

	if (fd < 0)
		fprintf(stderr, "%s: %s%s%s\n", text, strerror(-fd),
			*diag.expected ? ", expected " : "", diag.expected);
	return fd;
}

int main(int argc, char **argv)
{
	int fd = open_packet(argc > 1 ? argv[1] : "packet:");
	static char packet[LONGEST];
	char from[SFAM_ADDR_STRLEN];
	struct sfam_addr addr;
	ssize_t n;

	if (fd < 0)
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	n = be_promiscuous(fd);
	if (n == 0)
		fputs("listening\n", stderr);
	while (n >= 0 || n == -EMSGSIZE) {
		n = sfam_recv(fd, packet, sizeof(packet), SFAM_FOREVER, &addr);
		if (n >= 0 && sfam_addr_format(&addr, from, sizeof(from)) > 0)
			printf("%zd %s\n", n, from);
		else if (n == -EMSGSIZE)
			printf("more than %d\n", LONGEST);
	}
	fprintf(stderr, "receive: %s\n", strerror((int)-n));
	return 1;
}
