/* SPDX-License-Identifier: MIT */
/* Links and their statistics: net/tipc/node.c, net/tipc/link.c. */
#include "tipc.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_BEARERS 3		/* net/tipc/core.h */

/*
 * A link tells its name, but not which node it leads to, and names cannot
 * be cut: both a node's and an interface's may have ':' and '-' in it. The
 * other way round the kernel answers: SIOCGETLINKNAME.
 */
struct peers {
	struct tipc_sioc_ln_req *links;
	size_t n;
	int fd;
};

static int add_peer(const struct sfam_tipc_peer *peer, void *arg)
{
	struct peers *peers = arg;
	struct tipc_sioc_ln_req *req;
	uint32_t bearer;

	req = realloc(peers->links, (peers->n + MAX_BEARERS) * sizeof(*req));
	if (!req)
		return -ENOMEM;
	peers->links = req;
	for (bearer = 0; bearer < MAX_BEARERS; bearer++) {
		req = &peers->links[peers->n];
		memset(req, 0, sizeof(*req));
		req->peer = peer->address;
		req->bearer_id = bearer;
		if (ioctl(peers->fd, SIOCGETLINKNAME, req) == 0)
			peers->n++;
	}
	return 0;
}

static uint32_t find_peer(const struct peers *peers, const char *name)
{
	size_t i;

	for (i = 0; i < peers->n; i++)
		if (strncmp(peers->links[i].linkname, name,
			    TIPC_MAX_LINK_NAME) == 0)
			return peers->links[i].peer;
	return 0;
}

struct links {
	int (*each)(const struct sfam_tipc_link *link, void *arg);
	void *arg;
	struct peers peers;
};

static void get_stats(struct sfam_tipc_link *l, struct nlattr *nest)
{
	struct nlattr *tb[SFAM_TIPC_STATS_MAX];
	unsigned int i;

	if (!nest || nla_parse_nested(tb, SFAM_TIPC_STATS_MAX - 1, nest,
				      NULL) < 0)
		return;
	for (i = 1; i < SFAM_TIPC_STATS_MAX; i++) {
		if (!tb[i])
			continue;
		l->have |= UINT64_C(1) << i;
		l->stats[i] = sfam__tipc_number(tb[i]);
	}
}

/* Each of the two kinds of links has the packets where the other has 0. */
static void get_packets(struct sfam_tipc_link *l, struct nlattr **tb)
{
	if (l->flags & SFAM_TIPC_LINK_BROADCAST) {
		l->rx_packets = l->stats[TIPC_NLA_STATS_RX_INFO];
		l->tx_packets = l->stats[TIPC_NLA_STATS_TX_INFO];
		return;
	}
	l->rx_packets = sfam__tipc_number(tb[TIPC_NLA_LINK_RX]);
	l->tx_packets = sfam__tipc_number(tb[TIPC_NLA_LINK_TX]);
}

static int got_link(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_LINK_MAX + 1];
	struct sfam_tipc_link l = { .flags = 0 };
	struct links *links = arg;
	int r = sfam__tipc_parse(h, TIPC_NLA_LINK, tb, TIPC_NLA_LINK_MAX);

	if (r < 0)
		return r;
	sfam__tipc_text(l.name, sizeof(l.name), tb[TIPC_NLA_LINK_NAME]);
	l.flags = (tb[TIPC_NLA_LINK_UP] ? SFAM_TIPC_LINK_UP : 0) |
		  (tb[TIPC_NLA_LINK_ACTIVE] ? SFAM_TIPC_LINK_ACTIVE : 0) |
		  (tb[TIPC_NLA_LINK_BROADCAST] ? SFAM_TIPC_LINK_BROADCAST : 0);
	l.mtu = sfam__tipc_number(tb[TIPC_NLA_LINK_MTU]);
	sfam__tipc_get_properties(&l.properties, tb[TIPC_NLA_LINK_PROP]);
	get_stats(&l, tb[TIPC_NLA_LINK_STATS]);
	get_packets(&l, tb);
	l.peer = find_peer(&links->peers, l.name);
	return links->each(&l, links->arg);
}

SFAM_PUBLIC int sfam_tipc_list_links(int (*each)
				     (const struct sfam_tipc_link *link,
				      void *arg),
				     void *arg, struct sfam_ctl_diag *diag)
{
	struct links links = { each, arg, { NULL, 0, 0 } };
	int r;

	links.peers.fd = sfam__tipc_socket(diag);
	if (links.peers.fd < 0)
		return links.peers.fd;
	r = sfam_tipc_list_peers(add_peer, &links.peers, diag);
	close(links.peers.fd);
	if (r == 0)
		r = sfam__tipc_dump(TIPC_NL_LINK_GET, 0, NULL, got_link,
				    &links, diag);
	free(links.peers.links);
	return r;
}

SFAM_PUBLIC const char *sfam_tipc_stat_name(unsigned int stat)
{
	static const char *const names[] = {
		[TIPC_NLA_STATS_RX_INFO] = "rx_info",
		[TIPC_NLA_STATS_RX_FRAGMENTS] = "rx_fragments",
		[TIPC_NLA_STATS_RX_FRAGMENTED] = "rx_fragmented",
		[TIPC_NLA_STATS_RX_BUNDLES] = "rx_bundles",
		[TIPC_NLA_STATS_RX_BUNDLED] = "rx_bundled",
		[TIPC_NLA_STATS_TX_INFO] = "tx_info",
		[TIPC_NLA_STATS_TX_FRAGMENTS] = "tx_fragments",
		[TIPC_NLA_STATS_TX_FRAGMENTED] = "tx_fragmented",
		[TIPC_NLA_STATS_TX_BUNDLES] = "tx_bundles",
		[TIPC_NLA_STATS_TX_BUNDLED] = "tx_bundled",
		[TIPC_NLA_STATS_MSG_PROF_TOT] = "profile_messages",
		[TIPC_NLA_STATS_MSG_LEN_CNT] = "length_messages",
		[TIPC_NLA_STATS_MSG_LEN_TOT] = "length_bytes",
		[TIPC_NLA_STATS_MSG_LEN_P0] = "messages_to_64_bytes",
		[TIPC_NLA_STATS_MSG_LEN_P1] = "messages_to_256_bytes",
		[TIPC_NLA_STATS_MSG_LEN_P2] = "messages_to_1024_bytes",
		[TIPC_NLA_STATS_MSG_LEN_P3] = "messages_to_4096_bytes",
		[TIPC_NLA_STATS_MSG_LEN_P4] = "messages_to_16384_bytes",
		[TIPC_NLA_STATS_MSG_LEN_P5] = "messages_to_32768_bytes",
		[TIPC_NLA_STATS_MSG_LEN_P6] = "messages_to_66000_bytes",
		[TIPC_NLA_STATS_RX_STATES] = "rx_states",
		[TIPC_NLA_STATS_RX_PROBES] = "rx_probes",
		[TIPC_NLA_STATS_RX_NACKS] = "rx_nacks",
		[TIPC_NLA_STATS_RX_DEFERRED] = "rx_deferred",
		[TIPC_NLA_STATS_TX_STATES] = "tx_states",
		[TIPC_NLA_STATS_TX_PROBES] = "tx_probes",
		[TIPC_NLA_STATS_TX_NACKS] = "tx_nacks",
		[TIPC_NLA_STATS_TX_ACKS] = "tx_acks",
		[TIPC_NLA_STATS_RETRANSMITTED] = "retransmitted",
		[TIPC_NLA_STATS_DUPLICATES] = "duplicates",
		[TIPC_NLA_STATS_LINK_CONGS] = "link_congestions",
		[TIPC_NLA_STATS_MAX_QUEUE] = "queue_max",
		[TIPC_NLA_STATS_AVG_QUEUE] = "queue_average",
	};

	return stat < sizeof(names) / sizeof(names[0]) ? names[stat] : NULL;
}

/* ---------------------------------------------------------------- change -- */

/* EINVAL is also "no such link". */
static int no_link(const char *name, int r, struct sfam_ctl_diag *diag)
{
	if (r == -EINVAL &&
	    sfam__tipc_do(TIPC_NL_LINK_GET, TIPC_NLA_LINK,
			  sfam__tipc_body_text(TIPC_NLA_LINK_NAME, name),
			  NULL, NULL, NULL) == -EINVAL)
		return sfam__ctl_refuse(diag, -ENODEV, "no such link");
	return r;
}

SFAM_PUBLIC int sfam_tipc_set_link(const char *name,
				   const struct sfam_tipc_properties *p,
				   struct sfam_ctl_diag *diag)
{
	struct nl_msg *body;
	int r;

	sfam__tipc_clear(diag);
	if (strlen(name) >= SFAM_TIPC_LINK_NAME_MAX)
		return sfam__ctl_refuse(diag, -ENODEV, "no such link");
	body = sfam__tipc_body_text(TIPC_NLA_LINK_NAME, name);
	if (!body || sfam__tipc_put_properties(body, TIPC_NLA_LINK_PROP,
					       p) < 0) {
		nlmsg_free(body);
		return -ENOMEM;
	}
	r = sfam__tipc_do(TIPC_NL_LINK_SET, TIPC_NLA_LINK, body, NULL, NULL,
			  diag);
	return sfam__tipc_bad_properties(no_link(name, r, diag), diag);
}

SFAM_PUBLIC int sfam_tipc_reset_link(const char *name,
				     struct sfam_ctl_diag *diag)
{
	int r;

	if (strlen(name) >= SFAM_TIPC_LINK_NAME_MAX)
		return sfam__ctl_refuse(diag, -ENODEV, "no such link");
	r = sfam__tipc_do(TIPC_NL_LINK_RESET_STATS, TIPC_NLA_LINK,
			  sfam__tipc_body_text(TIPC_NLA_LINK_NAME, name),
			  NULL, NULL, diag);
	return no_link(name, r, diag);
}
