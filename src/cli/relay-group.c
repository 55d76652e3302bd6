/* SPDX-License-Identifier: MIT */
/*
 * A TIPC group as one side: what comes from the other side goes to all
 * members, what any of them sends goes to the other side. Nobody gets what
 * it sent itself. A member that is behind makes those who send wait, so
 * nothing is lost between members; who comes and goes is told on stderr.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/tipc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "relay.h"

/* ----------------------------------------------------------------- open -- */

/* The default type of the row is for connections; members have none. */
int relay_group_mark(struct endpoint *e)
{
	struct sockaddr_tipc sa;

	if (!e->is_parsed || sfam_family_af(e->addr.family) != AF_TIPC)
		return 0;
	memcpy(&sa, sfam_addr_sockaddr(&e->addr), sizeof(sa));
	if (sa.addrtype != TIPC_SERVICE_ADDR)
		return 0;
	if (e->addr.type == SOCK_SEQPACKET)
		e->addr.type = SOCK_RDM;
	e->is_group = 1;
	return 1;
}

int relay_group_open(const struct endpoint *e)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd, r;

	opts.flags = SFAM_OPEN_NONBLOCK;
	fd = sfam_open(&e->addr, SFAM_OPEN_SOCKET, &opts);
	if (fd < 0)
		return fd;
	r = sfam_tipc_group_join(fd, &e->addr, SFAM_TIPC_GROUP_EVENTS);
	if (r < 0) {
		close(fd);
		return r;
	}
	fprintf(stderr, "relay: in the group %s; what is sent while nobody "
		"else is there is lost\n", e->text);
	return fd;
}

/* --------------------------------------------------------------- members -- */

/* Whose node that is; in: its address, out: its identity. */
static int take_node(const struct sfam_tipc_peer *peer, void *arg)
{
	struct sfam_tipc_peer *wanted = arg;

	if (peer->address == wanted->address)
		*wanted = *peer;
	return 0;
}

/* "name (0x12345678)"; a node without a name has its address only. */
static void node_text(uint32_t address, char *buf, size_t size)
{
	char name[SFAM_TIPC_ID_STRLEN] = "";
	struct sfam_tipc_node self;
	struct sfam_tipc_peer node;
	int r;

	memset(&node, 0, sizeof(node));
	node.address = address;
	r = sfam_tipc_get_node(&self, NULL);
	if (r == 0 && self.address == address)
		node.id = self.id;
	else if (r == 0)
		r = sfam_tipc_list_peers(take_node, &node, NULL);
	if (r < 0 || sfam_tipc_id_format(&node.id, name, sizeof(name)) <= 0)
		snprintf(buf, size, "0x%" PRIx32, address);
	else
		snprintf(buf, size, "%s (0x%" PRIx32 ")", name, address);
}

static void tell_member(struct side *s, const struct sfam_tipc_received *got)
{
	char node[SFAM_TIPC_ID_STRLEN + 16];
	struct sockaddr_tipc from;
	int came = got->kind == SFAM_TIPC_JOINED;

	memcpy(&from, sfam_addr_sockaddr(&got->from), sizeof(from));
	node_text(from.addr.id.node, node, sizeof(node));
	if (came)
		s->members++;
	else if (s->members)
		s->members--;
	fprintf(stderr, "relay: %s: node %s, member %" PRIu32 ", %s; %" PRIu64
		" others now%s\n", relay_side_endpoint(s)->text, node,
		got->member_instance, came ? "joined" : "left or is lost",
		s->members, s->members ? "" : ": what is sent is lost");
}

/* --------------------------------------------------------------- receive -- */

static int hold_message(struct relay *r, struct flow *f, size_t len)
{
	*f->bytes += len;
	if (!f->to->is_stdio)
		return relay_hold_message(f, r->buf, len);
	++*f->messages;
	return relay_hold(f, r->buf, len);
}

/* One message or event; they are in one order. */
int relay_get_group(struct relay *r, struct flow *f)
{
	struct sfam_tipc_received got;
	int result = sfam_tipc_recv(f->from->in.fd, r->buf, RELAY_BUF, &got,
				    0);

	if (result == -ETIMEDOUT)
		return FLOW_IN;
	if (result < 0)
		return result;
	if (got.kind == SFAM_TIPC_JOINED || got.kind == SFAM_TIPC_LEFT)
		tell_member(f->from, &got);
	else if (got.kind == SFAM_TIPC_MESSAGE)
		result = hold_message(r, f, got.len);
	return result < 0 ? result : FLOW_MORE;
}
