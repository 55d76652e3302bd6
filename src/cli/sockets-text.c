/* SPDX-License-Identifier: MIT */
/* A line for each socket. */
#include <ctype.h>
#include <stdio.h>

#include "sockets.h"

/* A process may call itself anything. */
static void print_name(const char *name)
{
	for (; *name; name++)
		if (isgraph((unsigned char)*name) && *name != '\\')
			putchar(*name);
		else
			printf("\\x%02x", (unsigned char)*name);
}

static void print_owners(const struct sockets *s,
			 const struct sfam_socket_info *info)
{
	size_t n, i;
	const struct sfam_socket_owner *o = sockets_owners(s, info, &n);

	for (i = 0; i < n; i++) {
		putchar(' ');
		print_name(o[i].name);
		printf("(%d):%d", (int)o[i].pid, o[i].fd);
	}
}

static void print_ring(const char *which, const struct sfam_packet_ring *r)
{
	printf(" %s-ring %ux%u", which, r->blocks, r->block_bytes);
}

static void print_packet(const struct sfam_socket_info *info)
{
	const struct sfam_packet_info *p = &info->packet;

	if (info->have & SFAM_SOCKET_HAVE_RX_RING)
		print_ring("rx", &p->rx_ring);
	if (info->have & SFAM_SOCKET_HAVE_TX_RING)
		print_ring("tx", &p->tx_ring);
	if (info->have & SFAM_SOCKET_HAVE_FANOUT)
		printf(" fanout %u:%s", p->fanout_group,
		       sockets_fanout(p->fanout_mode));
	if (p->n_memberships)
		printf(" members %zu", p->n_memberships);
	if (info->have & SFAM_SOCKET_HAVE_FILTER)
		printf(" filter %zu", p->n_filter);
}

void sockets_print(const struct sockets *s,
		   const struct sfam_socket_info *info)
{
	const struct sfam_addr *peer = sockets_peer(s, info);
	const char *state = sfam_socket_state_name(info->state);
	char text[SFAM_ADDR_STRLEN];

	printf("%-10s %6u %6u ", state ? state : "-", info->recv_queue,
	       info->send_queue);
	if (info->have & SFAM_SOCKET_HAVE_LOCAL)
		fputs(cli_addr_text(&info->local, text, sizeof(text)), stdout);
	else
		printf("%s:,type=%s", sfam_family_name(info->family),
		       sockets_type(info->type));
	if (peer)
		printf(" -> %s", cli_addr_text(peer, text, sizeof(text)));
	printf("  inode %u", info->inode);
	if (info->have & SFAM_SOCKET_HAVE_UID)
		printf(" uid %u", info->uid);
	if (info->drops)
		printf(" drops %u", info->drops);
	print_packet(info);
	print_owners(s, info);
	putchar('\n');
}
