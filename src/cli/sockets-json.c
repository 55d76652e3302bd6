/* SPDX-License-Identifier: MIT */
/* An object for each socket; what the kernel did not tell is left out. */
#include <linux/filter.h>

#include "sockets.h"

static void put_addr(struct json *j, const char *key,
		     const struct sfam_addr *addr)
{
	char text[SFAM_ADDR_STRLEN];

	if (addr)
		json_text(j, key, cli_addr_text(addr, text, sizeof(text)));
}

static void put_ring(struct json *j, const char *key,
		     const struct sfam_packet_ring *r)
{
	json_object(j, key);
	json_uint(j, "block_bytes", r->block_bytes);
	json_uint(j, "blocks", r->blocks);
	json_uint(j, "frame_bytes", r->frame_bytes);
	json_uint(j, "frames", r->frames);
	json_uint(j, "retire_ms", r->retire_ms);
	json_uint(j, "private_bytes", r->private_bytes);
	json_uint(j, "features", r->features);
	json_end(j);
}

static void put_members(struct json *j, const struct sfam_packet_info *p)
{
	const struct sfam_packet_membership *m = p->memberships;
	size_t i, byte;

	json_list(j, "memberships");
	for (i = 0; i < p->n_memberships; i++) {
		json_object(j, NULL);
		json_uint(j, "interface", m[i].interface);
		json_uint(j, "count", m[i].count);
		json_uint(j, "type", m[i].type);
		json_list(j, "address");
		for (byte = 0; byte < m[i].addr_len && byte < 32; byte++)
			json_uint(j, NULL, m[i].addr[byte]);
		json_end(j);
		json_end(j);
	}
	json_end(j);
}

/* As `tcpdump -ddd` has it: [code, jt, jf, k]. */
static void put_filter(struct json *j, const struct sfam_packet_info *p)
{
	size_t i;

	json_list(j, "filter");
	for (i = 0; i < p->n_filter; i++) {
		json_list(j, NULL);
		json_uint(j, NULL, p->filter[i].code);
		json_uint(j, NULL, p->filter[i].jt);
		json_uint(j, NULL, p->filter[i].jf);
		json_uint(j, NULL, p->filter[i].k);
		json_end(j);
	}
	json_end(j);
}

static void put_packet(struct json *j, const struct sfam_socket_info *info)
{
	const struct sfam_packet_info *p = &info->packet;

	json_uint(j, "packet_version", p->version);
	json_uint(j, "packet_flags", p->flags);
	if (info->have & SFAM_SOCKET_HAVE_RX_RING)
		put_ring(j, "rx_ring", &p->rx_ring);
	if (info->have & SFAM_SOCKET_HAVE_TX_RING)
		put_ring(j, "tx_ring", &p->tx_ring);
	if (info->have & SFAM_SOCKET_HAVE_FANOUT) {
		json_object(j, "fanout");
		json_uint(j, "group", p->fanout_group);
		json_text(j, "mode", sockets_fanout(p->fanout_mode));
		json_end(j);
	}
	put_members(j, p);
	if (info->have & SFAM_SOCKET_HAVE_FILTER)
		put_filter(j, p);
}

static void put_owners(struct json *j, const struct sockets *s,
		       const struct sfam_socket_info *info)
{
	size_t n, i;
	const struct sfam_socket_owner *o = sockets_owners(s, info, &n);

	json_list(j, "processes");
	for (i = 0; i < n; i++) {
		json_object(j, NULL);
		json_int(j, "pid", o[i].pid);
		json_text(j, "name", o[i].name);
		json_int(j, "fd", o[i].fd);
		json_end(j);
	}
	json_end(j);
}

static void put_numbers(struct json *j, const struct sfam_socket_info *info)
{
	uint32_t have = info->have;

	if (have & SFAM_SOCKET_HAVE_UID)
		json_uint(j, "uid", info->uid);
	if (have & SFAM_SOCKET_HAVE_QUEUES) {
		json_uint(j, "recv_queue", info->recv_queue);
		json_uint(j, "send_queue", info->send_queue);
	}
	if (have & SFAM_SOCKET_HAVE_MEMORY) {
		json_uint(j, "recv_buffer_bytes", info->recv_buffer);
		json_uint(j, "send_buffer_bytes", info->send_buffer);
		json_uint(j, "drops", info->drops);
	}
	if (have & SFAM_SOCKET_HAVE_SHUTDOWN) {
		json_truth(j, "shutdown_recv", (info->shutdown & 1) != 0);
		json_truth(j, "shutdown_send", (info->shutdown & 2) != 0);
	}
	if (have & SFAM_SOCKET_HAVE_PEER_INODE)
		json_uint(j, "peer_inode", info->peer_inode);
	if (have & SFAM_SOCKET_HAVE_FILE) {
		json_uint(j, "file_inode", info->file_inode);
		json_uint(j, "file_device", info->file_device);
	}
	if (info->interface)
		json_uint(j, "interface", info->interface);
}

void sockets_json(struct json *j, const struct sockets *s,
		  const struct sfam_socket_info *info)
{
	const char *state = sfam_socket_state_name(info->state);

	json_object(j, NULL);
	json_text(j, "family", sfam_family_name(info->family));
	json_text(j, "type", sockets_type(info->type));
	json_int(j, "protocol", info->protocol);
	json_text(j, "state", state ? state : "-");
	json_truth(j, "listening",
		   (info->have & SFAM_SOCKET_IS_LISTENING) != 0);
	put_addr(j, "local", info->have & SFAM_SOCKET_HAVE_LOCAL ?
		 &info->local : NULL);
	put_addr(j, "peer", sockets_peer(s, info));
	json_uint(j, "inode", info->inode);
	json_uint(j, "cookie", info->cookie);
	put_numbers(j, info);
	if (sfam_family_af(info->family) == AF_PACKET)
		put_packet(j, info);
	if (s->with_owners)
		put_owners(j, s, info);
	json_end(j);
}
