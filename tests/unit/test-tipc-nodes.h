/* SPDX-License-Identifier: MIT */
/*
 * A TIPC cluster in one kernel: each node is a process in a network
 * namespace of its own, with a veth to a bridge in the test's. The test tells
 * the nodes what to do, and changes their links itself, in their namespace.
 *
 * The links have the longest tolerance, 30 s, so that no slowness ends one.
 * When the test has cut one it tells both ends to miss each other soon.
 * Data between namespaces of one kernel does not use the links (peer_net of
 * net/tipc/node.c), but only while they are up.
 */
#ifndef SFAM_TEST_TIPC_NODES_H
#define SFAM_TEST_TIPC_NODES_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include <sockfam/ctl.h>

#include "test-tipc-data.h"

#define NODES 5u
#define ALL_NODES ((1u << NODES) - 1)

struct node {
	pid_t pid;
	int sock;
	int netns;
};

/* The nodes' words to all, and to the test. */
struct board {
	uint32_t address[NODES];
	uint32_t progress[NODES];
};

struct cluster {
	struct node node[NODES];
	struct board *board;
	int home;		/* the test's network namespace */
	int by_udp;
};

/* ---------------------------------------------------------------- a node -- */

/* What a node is asked to do; a function's address is good there, too. */
struct order {
	int (*call)(struct board *board, unsigned int me, uint32_t arg);
	uint32_t arg;
};

static inline void node_serve(int sock, struct board *board, unsigned int me)
{
	struct order order;
	int r;

	while (recv(sock, &order, sizeof(order), 0) == sizeof(order)) {
		r = order.call(board, me, order.arg);
		if (send(sock, &r, sizeof(r), 0) < 0)
			break;
	}
	_exit(0);
}

static inline void node_begin(const struct node *n,
			      int (*call)(struct board *, unsigned int,
					  uint32_t),
			      uint32_t arg)
{
	struct order order;

	memset(&order, 0, sizeof(order));
	order.call = call;
	order.arg = arg;
	ck_assert_int_eq(send(n->sock, &order, sizeof(order), 0),
			 sizeof(order));
}

static inline int node_end(const struct node *n)
{
	int r = -1;

	ck_assert_int_eq(recv(n->sock, &r, sizeof(r), 0), sizeof(r));
	ck_assert_ok(r);
	return r;
}

static inline int node_do(const struct node *n,
			  int (*call)(struct board *, unsigned int, uint32_t),
			  uint32_t arg)
{
	node_begin(n, call, arg);
	return node_end(n);
}

/* The same on some nodes at once. */
static inline void nodes_do(const struct cluster *c, uint32_t mask,
			    int (*call)(struct board *, unsigned int,
					uint32_t),
			    uint32_t arg)
{
	unsigned int i;

	for (i = 0; i < NODES; i++)
		if (mask & 1u << i)
			node_begin(&c->node[i], call, arg);
	for (i = 0; i < NODES; i++)
		if (mask & 1u << i)
			node_end(&c->node[i]);
}

/* --------------------------------------------------------------- bridges -- */

static inline void bridge_call(unsigned long request, void *arg)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(ioctl(fd, request, arg), 0);
	close(fd);
}

static inline void bridge_add(const char *name)
{
	char text[IFNAMSIZ];

	snprintf(text, sizeof(text), "%s", name);
	bridge_call(SIOCBRADDBR, text);
	link_set_up(name, 1);
}

static inline void bridge_take(const char *bridge, const char *port)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", bridge);
	ifr.ifr_ifindex = (int)if_nametoindex(port);
	bridge_call(SIOCBRADDIF, &ifr);
	link_set_up(port, 1);
}

/* Nodes 0 to 2 are behind one bridge, 3 and 4 behind the other. */
static inline const char *bridge_of(unsigned int number)
{
	return number < 3 ? "br0" : "br1";
}

/* The one link between both. */
static inline void trunk_set_up(int up)
{
	link_set_up("trunk0", up);
}

/* ---------------------------------------------------------------- set-up -- */

static inline int enter_netns(struct board *board, unsigned int me,
			      uint32_t arg)
{
	(void)board;
	(void)me;
	(void)arg;
	return unshare(CLONE_NEWNET) < 0 ? -errno : sfam_link_up("lo", NULL);
}

static inline int set_address(const char *name, unsigned int number)
{
	struct ifreq ifr = { .ifr_flags = 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&ifr.ifr_addr;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0x0a010101 + number);
	r = ioctl(fd, SIOCSIFADDR, &ifr) < 0 ? -errno : 0;
	in->sin_addr.s_addr = htonl(0xffffff00);
	if (r == 0 && ioctl(fd, SIOCSIFNETMASK, &ifr) < 0)
		r = -errno;
	close(fd);
	return r;
}

static inline int enable(const char *dev, unsigned int me, uint32_t by_udp)
{
	struct sfam_tipc_bearer_config config = SFAM_TIPC_BEARER_CONFIG_INIT;
	struct sockaddr_in *local = (struct sockaddr_in *)&config.local;
	char name[SFAM_TIPC_NAME_MAX] = "udp:U";

	config.properties.tolerance_ms = 30000;
	if (by_udp) {
		local->sin_family = AF_INET;
		local->sin_addr.s_addr = htonl(0x0a010101 + me);
	} else {
		snprintf(name, sizeof(name), "eth:%s", dev);
	}
	return sfam_tipc_enable_bearer(name, &config, NULL);
}

static inline int bring_up(struct board *board, unsigned int me,
			   uint32_t by_udp)
{
	struct sfam_tipc_node node = { 0, 98, { "" } };
	char id[8], dev[IFNAMSIZ];
	int r;

	(void)board;
	snprintf(id, sizeof(id), "node-%u", me);
	snprintf(dev, sizeof(dev), "eth%u", me);
	r = sfam_tipc_id_parse(&node.id, id, strlen(id));
	r = r < 0 ? r : sfam_link_up(dev, NULL);
	r = r < 0 || !by_udp ? r : set_address(dev, me);
	r = r < 0 ? r : sfam_tipc_set_node(&node, NULL);
	return r < 0 ? r : enable(dev, me, by_udp);
}

static inline int open_netns(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

/* In a new node: what the test has of the others would keep them. */
static inline void forget_nodes(const struct cluster *c)
{
	unsigned int i;

	for (i = 0; i < NODES; i++) {
		close(c->node[i].netns);
		close(c->node[i].sock);
	}
}

static inline void node_start(struct cluster *c, unsigned int i)
{
	char port[IFNAMSIZ], dev[IFNAMSIZ];
	struct node *n = &c->node[i];
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	n->pid = fork();
	ck_assert_int_ge(n->pid, 0);
	if (n->pid == 0) {
		close(pair[0]);
		forget_nodes(c);
		node_serve(pair[1], c->board, i);
	}
	close(pair[1]);
	n->sock = pair[0];
	node_do(n, enter_netns, 0);
	n->netns = open_netns(n->pid);
	snprintf(port, sizeof(port), "port%u", i);
	snprintf(dev, sizeof(dev), "eth%u", i);
	ck_assert_ok(sfam_link_add(port, "veth", dev, 0, NULL));
	ck_assert_ok(sfam_link_move_to_process(dev, n->pid, NULL));
	bridge_take(bridge_of(i), port);
	node_do(n, bring_up, (uint32_t)c->by_udp);
}

static inline void cluster_start(struct cluster *c, int by_udp)
{
	unsigned int i;

	c->by_udp = by_udp;
	for (i = 0; i < NODES; i++)
		c->node[i].sock = c->node[i].netns = -1;
	c->home = open_netns(getpid());
	c->board = mmap(NULL, sizeof(*c->board), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(c->board != MAP_FAILED);
	bridge_add("br0");
	bridge_add("br1");
	ck_assert_ok(sfam_link_add("trunk0", "veth", "trunk1", 0, NULL));
	bridge_take("br0", "trunk0");
	bridge_take("br1", "trunk1");
	for (i = 0; i < NODES; i++)
		node_start(c, i);
}

/* ------------------------------------------------------------------- end -- */

/* A wait for what no event tells. */
static inline void a_moment(void)
{
	const struct timespec ts = { 0, 10000000 };

	nanosleep(&ts, NULL);
}

/* Its process ends at once; returns when its namespace is gone, too. */
static inline void node_kill(struct cluster *c, unsigned int i)
{
	struct node *n = &c->node[i];
	char port[IFNAMSIZ];

	close(n->netns);
	n->netns = -1;
	ck_assert_int_eq(kill(n->pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(n->pid, NULL, 0), n->pid);
	close(n->sock);
	n->sock = -1;
	snprintf(port, sizeof(port), "port%u", i);
	while (if_nametoindex(port))
		a_moment();
}

static inline void cluster_end(struct cluster *c)
{
	unsigned int i;
	int status;

	for (i = 0; i < NODES; i++) {
		close(c->node[i].netns);
		close(c->node[i].sock);
		ck_assert_int_eq(waitpid(c->node[i].pid, &status, 0),
				 c->node[i].pid);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	munmap(c->board, sizeof(*c->board));
	close(c->home);
}

/* ----------------------------------------------------------------- links -- */

struct tolerance {
	uint32_t peer;
	int32_t ms;
};

static inline int set_tolerance(const struct sfam_tipc_link *l, void *arg)
{
	struct sfam_tipc_properties p = SFAM_TIPC_PROPERTIES_INIT;
	const struct tolerance *t = arg;
	int r = 0;

	p.tolerance_ms = t->ms;
	if (l->peer == t->peer)
		r = sfam_tipc_set_link(l->name, &p, NULL);
	return r == -ENODEV ? 0 : r;	/* gone meanwhile */
}

/* The links of some nodes to some others end after so much silence. */
static inline void tolerate(const struct cluster *c, uint32_t of, uint32_t to,
			    int32_t ms)
{
	struct tolerance t = { 0, ms };
	unsigned int i, j;

	for (i = 0; i < NODES; i++) {
		if (!(of & 1u << i))
			continue;
		ck_assert_int_eq(setns(c->node[i].netns, CLONE_NEWNET), 0);
		for (j = 0; j < NODES; j++) {
			t.peer = c->board->address[j];
			if (to & 1u << j)
				ck_assert_ok(sfam_tipc_list_links(
					set_tolerance, &t, NULL));
		}
		ck_assert_int_eq(setns(c->home, CLONE_NEWNET), 0);
	}
}

/* ---------------------------------------------------------------- events -- */

#define NAMES 4000	/* each node has its own number of this service */
#define PLACES 5000	/* instance 0 is a service that moves */

/* What a node has been told; only in its process. */
struct told {
	int fd;
	uint32_t node[2 * NODES];	/* addresses of those up */
	uint32_t n_nodes;
	uint32_t names;		/* bit per instance of NAMES */
	uint32_t places;	/* so many have PLACES:0 */
	uint32_t events;
};

static inline void told_subscribe(struct told *told, uint32_t type)
{
	struct sfam_tipc_subscription sub;

	memset(&sub, 0, sizeof(sub));
	sub.type = type;
	sub.upper = UINT32_MAX;
	sub.timeout_ns = SFAM_FOREVER;
	ck_assert_ok(sfam_tipc_subscribe(told->fd, &sub));
}

static inline void told_open(struct told *told)
{
	memset(told, 0, sizeof(*told));
	told->fd = sfam_tipc_topology_open(LONG_NS);
	ck_assert_ok(told->fd);
	told_subscribe(told, SFAM_TIPC_NODES);
	told_subscribe(told, NAMES);
	told_subscribe(told, PLACES);
}

static inline void told_node(struct told *told, uint32_t address, int is_up)
{
	uint32_t i = 0;

	while (i < told->n_nodes && told->node[i] != address)
		i++;
	/* Up and down in turn, and of one that was up. */
	ck_assert_int_eq(i < told->n_nodes, !is_up);
	if (is_up) {
		ck_assert_uint_lt(i, 2 * NODES);
		told->node[told->n_nodes++] = address;
	} else {
		told->node[i] = told->node[--told->n_nodes];
	}
}

static inline void told_one(struct told *told)
{
	struct sfam_tipc_event ev;
	uint32_t bit;

	ck_assert_ok(sfam_tipc_event_recv(told->fd, &ev, LONG_NS));
	ck_assert_int_ne(ev.change, SFAM_TIPC_SUB_OVER);
	told->events++;
	if (ev.type == SFAM_TIPC_NODES) {
		told_node(told, ev.lower, ev.change == SFAM_TIPC_UP);
	} else if (ev.type == PLACES) {
		told->places += ev.change == SFAM_TIPC_UP ? 1u : -1u;
	} else {
		ck_assert_uint_eq(ev.type, NAMES);
		ck_assert_uint_lt(ev.lower, NODES);
		bit = 1u << ev.lower;
		ck_assert_int_eq((told->names & bit) != 0,
				 ev.change == SFAM_TIPC_DOWN);
		told->names ^= bit;
	}
}

static inline uint32_t told_nodes(const struct told *told,
				  const struct board *board)
{
	uint32_t mask = 0, i, j;

	for (i = 0; i < told->n_nodes; i++)
		for (j = 0; j < NODES; j++)
			if (board->address[j] == told->node[i])
				mask |= 1u << j;
	return mask;
}

/* Until those nodes are up, with their names, and no other. */
static inline void told_until(struct told *told, const struct board *board,
			      uint32_t mask)
{
	while (told_nodes(told, board) != mask || told->names != mask)
		told_one(told);
}

/* Its address: the first node that is told to be up is oneself. */
static inline uint32_t told_own(struct told *told)
{
	struct sfam_tipc_node self;

	while (told->n_nodes == 0)
		told_one(told);
	ck_assert_ok(sfam_tipc_get_node(&self, NULL));
	ck_assert_uint_eq(told->node[0], self.address);
	return self.address;
}

#endif
