/* SPDX-License-Identifier: MIT */
/*
 * libsockfam-ctl: the TIPC node of this network namespace. Its identity and
 * cluster, bearers and links, the name table, and the monitor.
 *
 * Reading needs no privilege. Changing needs CAP_NET_ADMIN in the user
 * namespace that owns the network namespace: root of `unshare -rn` may. A
 * network namespace is a TIPC node of its own, and gone with it.
 *
 * Beside the codes that each function lists, all give: -EAFNOSUPPORT: the
 * kernel has no TIPC (modprobe tipc). -EPERM: the privilege is missing.
 * -ENOMEM, -EMFILE, -EIO: on the way to the kernel. Those that list give
 * -EAGAIN if what they list changed during each of ten attempts. diag may
 * be NULL (see struct sfam_ctl_diag).
 *
 * Those that list call each() in the kernel's order, once the whole list
 * has come, and stop where it returns other than 0, and return that. What
 * each() gets is valid during the call only.
 */
#ifndef SOCKFAM_CTL_TIPC_H
#define SOCKFAM_CTL_TIPC_H

#include <sys/socket.h>

#include <sockfam/ctl-base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ----------------------------------------------------------------- node -- */

/* A node's identity, unique in its cluster; zeros: none. */
struct sfam_tipc_id {
	unsigned char bytes[16];
};

/*
 * As the kernel writes it, also in the names of links: the bytes themselves
 * where all are letters, digits or one of .:_-@, up to zeros; else hex,
 * without zeros at the end. Returns the length without NUL; -ENOSPC: size
 * is too small (SFAM_TIPC_ID_STRLEN always fits).
 */
#define SFAM_TIPC_ID_STRLEN 33
ssize_t sfam_tipc_id_format(const struct sfam_tipc_id *id, char *buf,
			    size_t size);

/*
 * 1 to 16 of those characters, or 32 hex digits. It is not the inverse of
 * the above where hex lost its zeros, or looks like characters.
 * -EINVAL: neither, or zeros only.
 */
int sfam_tipc_id_parse(struct sfam_tipc_id *ret, const char *text, size_t len)
	SFAM_MUST_CHECK;

struct sfam_tipc_node {
	uint32_t address;	/* 0: none yet */
	uint32_t cluster;	/* 1 to 9999; only equal ones form links */
	struct sfam_tipc_id id;
};

/*
 * The node that we are. It gets its address a second after it has both an
 * identity and a bearer: that long it asks whether others have it.
 */
int sfam_tipc_get_node(struct sfam_tipc_node *ret, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/*
 * Sets what is not 0 of node, in one request. All three are for once: with
 * an address (at once if given here, in the manner of before Linux 4.17)
 * nothing changes until the namespace ends or the module goes. Without any
 * of this the first bearer brings an identity, from its own address.
 * -EBUSY: the node has an identity or an address. -EINVAL: cluster out of
 * range, or both an address and an identity, or nothing to set.
 */
int sfam_tipc_set_node(const struct sfam_tipc_node *node,
		       struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* A node of the cluster that was seen once, ourselves excepted. */
struct sfam_tipc_peer {
	uint32_t address;
	int is_up;		/* a link to it is */
	struct sfam_tipc_id id;
};

int sfam_tipc_list_peers(int (*each)(const struct sfam_tipc_peer *peer,
				     void *arg),
			 void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/*
 * Forgets a node that is down. -ENODEV: no such node. -EBUSY: it is up.
 * -EOPNOTSUPP: it is ourselves.
 */
int sfam_tipc_remove_peer(uint32_t address, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/* -------------------------------------------------------------- bearers -- */

/*
 * Of media, bearers and links: -1 is "not told" where they are listed, and
 * "as it is" where they are set. TIPC_NLA_PROP_... of linux/tipc_netlink.h.
 */
struct sfam_tipc_properties {
	int32_t priority;	/* of links: 0 to 31, the highest is used */
	int32_t tolerance_ms;	/* silence that ends a link: 50 to 30000 */
	/*
	 * Packets on the way: 50 to 8191. Of a link it is what it may grow
	 * to where it is set, and what it is now where it is listed.
	 */
	int32_t window;
	int32_t mtu;		/* bytes; UDP only */
	int32_t broadcast;	/* broadcast link: 1, replicast: 2, either: 4 */
	int32_t broadcast_ratio; /* % of the nodes above which to broadcast */
};
#define SFAM_TIPC_PROPERTIES_INIT { -1, -1, -1, -1, -1, -1 }

#define SFAM_TIPC_NAME_MAX 32		/* "eth:veth0" with its NUL */

struct sfam_tipc_bearer {
	char name[SFAM_TIPC_NAME_MAX];
	struct sfam_tipc_properties properties;
	/* UDP: inet or inet6; else of family AF_UNSPEC. */
	struct sockaddr_storage local;
	struct sockaddr_storage remote;	/* often a multicast group */
	int has_remotes;	/* see sfam_tipc_list_remotes() */
};

int sfam_tipc_list_bearers(int (*each)(const struct sfam_tipc_bearer *bearer,
				       void *arg),
			   void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/* Start from SFAM_TIPC_BEARER_CONFIG_INIT. */
struct sfam_tipc_bearer_config {
	size_t size;		/* sizeof(struct sfam_tipc_bearer_config) */
	/* Where to look for neighbours; 0: the cluster. Never told again. */
	uint32_t domain;
	struct sfam_tipc_properties properties;
	/*
	 * For UDP. local has a port, or SFAM_TIPC_UDP_PORT is meant; remote
	 * is a node or a multicast group, or of family AF_UNSPEC: the group
	 * 228.0.X.Y or ff02::XY of the cluster XY, as tipc(8) has it.
	 */
	struct sockaddr_storage local;
	struct sockaddr_storage remote;
};
#define SFAM_TIPC_BEARER_CONFIG_INIT { \
	sizeof(struct sfam_tipc_bearer_config), 0, \
	SFAM_TIPC_PROPERTIES_INIT, { 0 }, { 0 } }
#define SFAM_TIPC_UDP_PORT 6118

/*
 * Enables a bearer: "eth:IF" on an interface, "ib:IF", or "udp:NAME" with
 * any name. config may be NULL, but for UDP. What fails leaves no bearer.
 * -EEXIST: it is enabled. -ENODEV: no such interface; for UDP: none has
 * the local address. -EINVAL: a name or a property out of range, no such
 * media, three bearers are there, local is missing, or local and remote of
 * different families. -EADDRINUSE: local. -E2BIG: config asks for what this
 * library does not know.
 */
int sfam_tipc_enable_bearer(const char *name,
			    const struct sfam_tipc_bearer_config *config,
			    struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* Its links end with it. -ENODEV: no such bearer. */
int sfam_tipc_disable_bearer(const char *name, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/*
 * Priority and window are for links to come, tolerance and MTU for all.
 * -ENODEV: no such bearer. -EINVAL: out of range, or an MTU for other than
 * UDP; the rest may have been set then.
 */
int sfam_tipc_set_bearer(const char *name,
			 const struct sfam_tipc_properties *properties,
			 struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* The nodes that a UDP bearer sends to one by one. -ENODEV. */
int sfam_tipc_list_remotes(const char *name,
			   int (*each)(const struct sockaddr_storage *remote,
				       void *arg),
			   void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/*
 * One more of them. -ENODEV: no such bearer. -EINVAL: it is not UDP, or its
 * remote is a multicast group. -EADDRNOTAVAIL: not inet, not inet6.
 */
int sfam_tipc_add_remote(const char *name,
			 const struct sockaddr_storage *remote,
			 struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

struct sfam_tipc_media {
	char name[16];		/* "eth" */
	struct sfam_tipc_properties properties; /* of bearers to come */
};

int sfam_tipc_list_media(int (*each)(const struct sfam_tipc_media *media,
				     void *arg),
			 void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/*
 * For the whole machine: media are the same in every network namespace, and
 * the root of any may do this. -ENODEV: no such media. -EINVAL: as
 * sfam_tipc_set_bearer().
 */
int sfam_tipc_set_media(const char *name,
			const struct sfam_tipc_properties *properties,
			struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* ---------------------------------------------------------------- links -- */

#define SFAM_TIPC_LINK_UP		(1u << 0)
#define SFAM_TIPC_LINK_ACTIVE		(1u << 1) /* not only standing by */
#define SFAM_TIPC_LINK_BROADCAST	(1u << 2) /* to all; always up */

#define SFAM_TIPC_LINK_NAME_MAX 68
#define SFAM_TIPC_STATS_MAX 64

struct sfam_tipc_link {
	char name[SFAM_TIPC_LINK_NAME_MAX]; /* "node1:veth0-node2:veth1" */
	uint32_t flags;			/* SFAM_TIPC_LINK_... */
	uint32_t peer;			/* address; 0: broadcast, or gone */
	uint32_t mtu;			/* 0: not told (broadcast) */
	struct sfam_tipc_properties properties;
	uint32_t rx_packets, tx_packets;
	/*
	 * By TIPC_NLA_STATS_... of linux/tipc_netlink.h; `have` has a bit
	 * for each that the kernel told (1ull << TIPC_NLA_STATS_...).
	 */
	uint64_t have;
	uint32_t stats[SFAM_TIPC_STATS_MAX];
};

int sfam_tipc_list_links(int (*each)(const struct sfam_tipc_link *link,
				     void *arg),
			 void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/* "rx_fragments" for TIPC_NLA_STATS_RX_FRAGMENTS ...; NULL if unknown. */
const char *sfam_tipc_stat_name(unsigned int stat);

/*
 * Priority and tolerance reach the peer, too; with a new priority it ends
 * the link, which comes again. The broadcast link has a window, broadcast
 * and broadcast_ratio, the others have not these two.
 * -ENODEV: no such link. -EINVAL: out of range. -EOPNOTSUPP: nothing of it
 * is for the broadcast link. -ENOPROTOOPT: not all bearers can do this.
 */
int sfam_tipc_set_link(const char *name,
		       const struct sfam_tipc_properties *properties,
		       struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* Statistics from 0. -ENODEV: no such link. */
int sfam_tipc_reset_link(const char *name, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/* ------------------------------------------------------- names, sockets -- */

/* An entry of the name table: a range of a service, bound by a socket. */
struct sfam_tipc_name {
	uint32_t type, lower, upper;
	uint32_t scope;		/* TIPC_CLUSTER_SCOPE, TIPC_NODE_SCOPE */
	uint32_t node, ref;	/* the socket; ref 0: the kernel itself */
	uint32_t key;
};

int sfam_tipc_list_names(int (*each)(const struct sfam_tipc_name *name,
				     void *arg),
			 void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

#define SFAM_TIPC_SOCKET_BOUND		(1u << 0) /* has names */
#define SFAM_TIPC_SOCKET_CONNECTED	(1u << 1) /* to peer_... */
#define SFAM_TIPC_SOCKET_BY_NAME	(1u << 2) /* through a service */

/* A socket of this network namespace. */
struct sfam_tipc_socket {
	uint32_t ref;
	uint32_t flags;			/* SFAM_TIPC_SOCKET_... */
	uint32_t peer_node, peer_ref;
	uint32_t type, instance;	/* the service it asked for */
};

int sfam_tipc_list_sockets(int (*each)(const struct sfam_tipc_socket *sock,
				       void *arg),
			   void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/*
 * The names that a socket of this node is bound to: type, lower, upper and
 * key are told, the rest is 0. -ENOENT: no such socket.
 */
int sfam_tipc_list_publications(uint32_t ref,
				int (*each)(const struct sfam_tipc_name *name,
					    void *arg),
				void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/* -------------------------------------------------------------- monitor -- */

/* How the nodes behind a bearer watch each other. */
struct sfam_tipc_monitor {
	uint32_t bearer;		/* its number, not its name */
	char name[SFAM_TIPC_NAME_MAX];
	int is_active;		/* 0: each node watches all others */
	uint32_t nodes;
	uint32_t generation;		/* of the list of nodes */
};

int sfam_tipc_list_monitors(int (*each)(const struct sfam_tipc_monitor *m,
					void *arg),
			    void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

#define SFAM_TIPC_MEMBERS_MAX 64

#define SFAM_TIPC_MONITOR_UP	(1u << 0)
#define SFAM_TIPC_MONITOR_HEAD	(1u << 1) /* of a domain; we watch it */
#define SFAM_TIPC_MONITOR_LOCAL	(1u << 2) /* in our domain; we watch it */

/* A node, and the domain of those that it watches. */
struct sfam_tipc_monitored {
	uint32_t address;
	uint32_t flags;			/* SFAM_TIPC_MONITOR_... */
	uint32_t applied;		/* the first so many members count */
	uint32_t generation;		/* of the domain */
	uint64_t up;			/* bit 0: the first member is up */
	uint32_t members[SFAM_TIPC_MEMBERS_MAX], n_members;
};

/* bearer is the number in struct sfam_tipc_monitor. -EINVAL: above 2. */
int sfam_tipc_list_monitored(uint32_t bearer,
			     int (*each)(const struct sfam_tipc_monitored *m,
					 void *arg),
			     void *arg, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/* So many nodes make the monitors active. -EINVAL: above 4095. */
int sfam_tipc_get_threshold(uint32_t *ret, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;
int sfam_tipc_set_threshold(uint32_t nodes, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
