/* SPDX-License-Identifier: MIT */
/* Interfaces that are sniffed. */
#include <errno.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/ctl.h>

#include "packet-cli.h"
#include "packet-filter.h"

enum sfam_packet_link packet_filter_link(uint32_t link_type)
{
	switch (link_type) {
	case SFAM_CAPTURE_LINK_ETHERNET:
		return SFAM_PACKET_LINK_ETHER;
	case SFAM_CAPTURE_LINK_RAW:
	case DECODE_IPV4:
	case DECODE_IPV6:
		return SFAM_PACKET_LINK_IP;
	default:
		return SFAM_PACKET_LINK_COOKED;
	}
}

int packet_is_twin(const struct sockaddr_ll *from)
{
	return from->sll_pkttype == PACKET_OUTGOING &&
	       (from->sll_hatype == ARPHRD_LOOPBACK ||
		from->sll_hatype == ARPHRD_CAN);
}

int packet_bad_open(const char *ifname, int error)
{
	if (error == -EPERM)
		return cli_error("%s: packet sockets need CAP_NET_RAW; try: as "
				 "root, or in a user and network namespace",
				 ifname);
	return cli_bad_call(ifname, error);
}

int packet_link_type(const char *ifname, uint32_t *ret)
{
	struct sfam_link_info link;
	int r = sfam_link_get(ifname, &link, NULL);

	if (r < 0)
		return cli_bad_call(ifname, r);
	*ret = sfam_capture_link_type((uint16_t)link.type);
	return CLI_OK;
}

/*
 * Of all interfaces, and of those whose link header has no name in files,
 * packets come without it.
 */
static int choose_link(struct packet_source *src, struct sfam_addr *addr,
		       unsigned int index)
{
	char name[SFAM_INTERFACE_NAME_SIZE];
	int r = index ? sfam_interface_name(index, name) : 0;

	if (r < 0)
		return cli_bad_call(src->name, r);
	src->link_type = SFAM_CAPTURE_LINK_COOKED;
	if (index && packet_link_type(name, &src->link_type) != CLI_OK)
		return CLI_FAILED;
	if (addr->type != SOCK_RAW)
		return cli_error("%s: leave out ,type=", src->name);
	if (src->link_type == SFAM_CAPTURE_LINK_COOKED)
		addr->type = SOCK_DGRAM;
	return CLI_OK;
}

static int open_ring(struct packet_source *src, const struct sfam_addr *addr,
		     const struct packet_source_opts *o)
{
	struct sfam_packet_ring_opts ring = SFAM_PACKET_RING_OPTS_INIT;
	struct sfam_packet_opts opts = SFAM_PACKET_OPTS_INIT;
	struct sock_filter insns[BPF_MAXINSNS];
	struct sock_fprog filter = { .filter = insns };
	ssize_t n;
	int r;

	if (o->n_filter) {
		n = packet_filter_compile(insns, BPF_MAXINSNS,
					  packet_filter_link(src->link_type),
					  UINT32_MAX, o->n_filter, o->filter);
		if (n < 0)
			return CLI_FAILED;
		filter.len = (unsigned short)n;
		opts.filter = &filter;
	}
	opts.flags = o->flags;
	if (src->link_type == SFAM_CAPTURE_LINK_COOKED)
		opts.flags &= ~SFAM_PACKET_PROMISC;
	opts.snap_len = o->snap_len;
	ring.bytes = o->ring_bytes;
	r = sfam_packet_ring_new(&src->ring, addr, &opts, &ring);
	return r < 0 ? packet_bad_open(src->name, r) : CLI_OK;
}

static int open_source(struct packet_sources *s, char *name,
		       const struct packet_source_opts *opts)
{
	struct packet_source *src = &s->list[s->n];
	const char *text = strcmp(name, "any") == 0 ? "" : name;
	struct sockaddr_ll ll;
	struct sfam_addr addr;

	if (s->n == PACKET_SOURCES_MAX) {
		free(name);
		return cli_error("more than %d interfaces; try: any",
				 PACKET_SOURCES_MAX);
	}
	memset(src, 0, sizeof(*src));
	src->name = name;
	s->n++;
	if (cli_parse_addr("packet", text, &addr) != CLI_OK)
		return CLI_FAILED;
	memcpy(&ll, &addr.storage, sizeof(ll));
	if (choose_link(src, &addr, (unsigned int)ll.sll_ifindex) != CLI_OK ||
	    open_ring(src, &addr, opts) != CLI_OK)
		return CLI_FAILED;
	s->alive++;
	return CLI_OK;
}

/* Behind the next comma that is not escaped, and has no key behind it. */
static const char *end_of_name(const char *names)
{
	const char *p;

	for (p = names; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == ',' && p[1 + strcspn(p + 1, ",=")] != '=')
			break;
	}
	return p;
}

int packet_sources_open(struct packet_sources *s, const char *names,
			const struct packet_source_opts *opts)
{
	const char *end;
	char *name;

	do {
		end = end_of_name(names);
		name = end == names ? strdup("any") :
				      strndup(names, (size_t)(end - names));
		if (!name)
			return cli_bad_call("packet", -ENOMEM);
		if (open_source(s, name, opts) != CLI_OK)
			return CLI_FAILED;
		names = end + 1;
	} while (*end);
	return CLI_OK;
}

void packet_sources_close(struct packet_sources *s)
{
	while (s->n) {
		s->n--;
		sfam_packet_ring_free(s->list[s->n].ring);
		free(s->list[s->n].name);
	}
	s->alive = 0;
}
