/* SPDX-License-Identifier: MIT */
/*
 * TIPC's control on two nodes: this process and a child in a network
 * namespace of its own, with a pair of veth between them, brought together
 * by the library's calls alone. What is waited for is told by TIPC's own
 * topology service.
 *
 * Between namespaces of one kernel TIPC does not send data over the link,
 * once that is up (peer_net of net/tipc/node.c): it counts what the nodes
 * tell each other, and no more.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tipc.h>
#include <linux/tipc_netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "harness.h"
#include "test-tipc.h"

/* ------------------------------------------------------- the other node -- */

struct other {
	pid_t pid;
	int sock;
};

/* A function's address is good in the child. Ends with the socket. */
static void serve(int sock)
{
	int (*f)(void);
	int r;

	while (recv(sock, &f, sizeof(f), 0) == (ssize_t)sizeof(f)) {
		r = f();
		if (send(sock, &r, sizeof(r), 0) < 0)
			break;
	}
	_exit(0);
}

static void other_do(const struct other *o, int (*f)(void))
{
	int r = -1;

	ck_assert_int_eq(send(o->sock, &f, sizeof(f), 0), sizeof(f));
	ck_assert_int_eq(recv(o->sock, &r, sizeof(r), 0), sizeof(r));
	ck_assert_ok(r);
}

static int enter_netns(void)
{
	return unshare(CLONE_NEWNET) < 0 ? -errno : sfam_link_up("lo", NULL);
}

static struct other other_start(void)
{
	struct other o;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	o.pid = fork();
	ck_assert_int_ge(o.pid, 0);
	if (o.pid == 0) {
		close(pair[0]);
		serve(pair[1]);
	}
	close(pair[1]);
	o.sock = pair[0];
	other_do(&o, enter_netns);
	ck_assert_ok(sfam_link_add("v0", "veth", "v1", 0, NULL));
	ck_assert_ok(sfam_link_move_to_process("v1", o.pid, NULL));
	ck_assert_ok(sfam_link_up("v0", NULL));
	return o;
}

static void other_end(const struct other *o)
{
	int status;

	close(o->sock);
	ck_assert_int_eq(waitpid(o->pid, &status, 0), o->pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ------------------------------------------------------------ addresses -- */

static int set_address(const char *name, const char *host)
{
	struct ifreq ifr = { .ifr_flags = 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&ifr.ifr_addr;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	in->sin_family = AF_INET;
	inet_pton(AF_INET, host, &in->sin_addr);
	r = ioctl(fd, SIOCSIFADDR, &ifr) < 0 ? -errno : 0;
	in->sin_addr.s_addr = htonl(0xffffff00);
	if (r == 0 && ioctl(fd, SIOCSIFNETMASK, &ifr) < 0)
		r = -errno;
	close(fd);
	return r;
}

/* The longest tolerance: no slowness shall end a link. */
static int bring_up(const char *id, const char *bearer, const char *host)
{
	struct sfam_tipc_bearer_config config = SFAM_TIPC_BEARER_CONFIG_INIT;
	struct sockaddr_in *local = (struct sockaddr_in *)&config.local;
	struct sfam_tipc_node node = { 0, 99, { "" } };
	int r = sfam_tipc_id_parse(&node.id, id, strlen(id));

	config.properties.tolerance_ms = 30000;
	if (host) {
		local->sin_family = AF_INET;
		inet_pton(AF_INET, host, &local->sin_addr);
	}
	if (r == 0)
		r = sfam_tipc_set_node(&node, NULL);
	if (r == 0)
		r = sfam_tipc_enable_bearer(bearer, &config, NULL);
	return r;
}

static int other_eth(void)
{
	int r = sfam_link_up("v1", NULL);

	return r < 0 ? r : bring_up("node:b-2", "eth:v1", NULL);
}

static int other_udp(void)
{
	int r = sfam_link_up("v1", NULL);

	r = r < 0 ? r : set_address("v1", "10.1.1.2");
	return r < 0 ? r : bring_up("node:b-2", "udp:U", "10.1.1.2");
}

/* ------------------------------------------------------------- services -- */

/* Returns once a name came (TIPC_PUBLISHED) or went (TIPC_WITHDRAWN). */
static uint32_t wait_for_name(uint32_t type, uint32_t lower, uint32_t upper,
			      uint32_t what)
{
	struct sockaddr_tipc server = service(TIPC_TOP_SRV, TIPC_TOP_SRV);
	struct tipc_subscr sub = {
		.seq = { type, lower, upper },
		.timeout = (uint32_t)TIPC_WAIT_FOREVER,
		.filter = TIPC_SUB_PORTS,
	};
	struct tipc_event event = { .event = 0 };
	int fd = socket(AF_TIPC, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&server,
				 sizeof(server)), 0);
	ck_assert_int_eq(send(fd, &sub, sizeof(sub), 0), sizeof(sub));
	do {
		ck_assert_int_eq(recv(fd, &event, sizeof(event), 0),
				 sizeof(event));
	} while (event.event != what);
	close(fd);
	return event.found_lower;
}

/* A service on the other node, which gives back what comes, once. */
static int echo_once(void)
{
	static char buf[TIPC_MAX_USER_MSG_SIZE];
	struct sockaddr_tipc addr = service(SERVICE, 1), from[2];
	socklen_t len = sizeof(from);
	int fd = socket(AF_TIPC, SOCK_RDM | SOCK_CLOEXEC, 0);
	ssize_t n;

	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)from, &len);
	n = n < 0 ? n : sendto(fd, buf, (size_t)n, 0, (struct sockaddr *)from,
			       sizeof(from[0]));
	close(fd);
	return n < 0 ? -errno : 0;
}

static void check_echo(const struct other *o)
{
	static char sent[TIPC_MAX_USER_MSG_SIZE], got[sizeof(sent) + 1];
	struct sockaddr_tipc addr = service(SERVICE, 1);
	int (*f)(void) = echo_once;
	int fd = socket(AF_TIPC, SOCK_RDM | SOCK_CLOEXEC, 0);
	uint64_t seed = 1;
	size_t i;
	int r;

	for (i = 0; i < sizeof(sent); i++)
		sent[i] = (char)test_random(&seed);
	ck_assert_int_eq(send(o->sock, &f, sizeof(f), 0), sizeof(f));
	wait_for_name(SERVICE, 1, 1, TIPC_PUBLISHED);
	ck_assert_int_eq(sendto(fd, sent, sizeof(sent), 0,
				(struct sockaddr *)&addr, sizeof(addr)),
			 sizeof(sent));
	ck_assert_int_eq(recv(fd, got, sizeof(got), 0), sizeof(sent));
	ck_assert_mem_eq(got, sent, sizeof(sent));
	ck_assert_int_eq(recv(o->sock, &r, sizeof(r), 0), sizeof(r));
	ck_assert_ok(r);
	close(fd);
}

/* -------------------------------------------------------------- cluster -- */

struct links {
	struct sfam_tipc_link list[4];
	int n;
};

static int take_link(const struct sfam_tipc_link *l, void *arg)
{
	struct links *links = arg;

	ck_assert_int_lt(links->n, 4);
	links->list[links->n++] = *l;
	return 0;
}

static struct sfam_tipc_link the_link(void)
{
	struct links links = { .n = 0 };

	ck_assert_ok(sfam_tipc_list_links(take_link, &links, NULL));
	ck_assert_int_eq(links.n, 2);
	ck_assert_str_eq(links.list[0].name, "broadcast-link");
	return links.list[1];
}

struct peers {
	struct sfam_tipc_peer last;
	int n;
};

static int take_peer(const struct sfam_tipc_peer *peer, void *arg)
{
	struct peers *peers = arg;

	peers->last = *peer;
	peers->n++;
	return 0;
}

static struct peers all_peers(void)
{
	struct peers peers = { .n = 0 };

	ck_assert_ok(sfam_tipc_list_peers(take_peer, &peers, NULL));
	return peers;
}

/* Waits for the other's node and link; its address. */
static uint32_t wait_for_link(void)
{
	struct sfam_tipc_node me;
	uint32_t address;

	address = wait_for_name(TIPC_LINK_STATE, 1, UINT32_MAX,
				TIPC_PUBLISHED);
	ck_assert_ok(sfam_tipc_get_node(&me, NULL));
	ck_assert_uint_ne(me.address, 0);
	ck_assert_uint_ne(me.address, address);
	return address;
}

static void check_cluster(const struct other *o, const char *name)
{
	struct sfam_tipc_link l;
	struct peers peers;
	uint32_t address = wait_for_link();

	peers = all_peers();
	ck_assert_int_eq(peers.n, 1);
	ck_assert_uint_eq(peers.last.address, address);
	ck_assert(peers.last.is_up);
	ck_assert_str_eq((char *)peers.last.id.bytes, "node:b-2");
	check_echo(o);
	l = the_link();
	ck_assert_str_eq(l.name, name);
	ck_assert_uint_eq(l.flags, SFAM_TIPC_LINK_UP | SFAM_TIPC_LINK_ACTIVE);
	ck_assert_uint_eq(l.peer, address);
	ck_assert_uint_gt(l.rx_packets, 0);
	ck_assert_uint_gt(l.tx_packets, 0);
	ck_assert_uint_eq(l.have, (UINT64_C(2) << TIPC_NLA_STATS_MAX) - 2);
}

static void change_link(const char *name)
{
	struct sfam_tipc_properties p = { -1, 29000, 70, -1, -1, -1 };
	struct sfam_tipc_link l;
	struct sfam_ctl_diag diag;

	ck_assert_ok(sfam_tipc_set_link(name, &p, NULL));
	ck_assert_ok(sfam_tipc_reset_link(name, NULL));
	l = the_link();
	ck_assert_int_eq(l.properties.tolerance_ms, 29000);
	ck_assert_uint_eq(l.tx_packets, 0);
	p.tolerance_ms = 1;
	ck_assert_err(sfam_tipc_set_link(name, &p, &diag), EINVAL);
	ck_assert_ptr_nonnull(strstr(diag.words, "tolerance 50 to 30000"));
}

static void try_to_remove(void)
{
	struct peers peers = all_peers();
	struct sfam_ctl_diag diag;

	ck_assert_err(sfam_tipc_remove_peer(peers.last.address, &diag), EBUSY);
	ck_assert_str_eq(diag.words, "the node is up");
}

/* The last of all: the other side ends the link and takes it up again. */
static void change_priority(const char *name)
{
	struct sfam_tipc_properties p = SFAM_TIPC_PROPERTIES_INIT;

	p.priority = 7;
	p.tolerance_ms = 1500;	/* so soon it is missed */
	ck_assert_ok(sfam_tipc_set_link(name, &p, NULL));
	ck_assert_int_eq(the_link().properties.priority, 7);
}

static void take_down(const char *bearer)
{
	struct links links = { .n = 0 };
	struct peers peers;

	ck_assert_ok(sfam_tipc_disable_bearer(bearer, NULL));
	ck_assert_ok(sfam_tipc_list_links(take_link, &links, NULL));
	ck_assert_int_eq(links.n, 1);
	peers = all_peers();
	ck_assert_int_eq(peers.n, 1);
	ck_assert(!peers.last.is_up);
}

/* The other hears of it, at the latest when it misses us. */
static int other_alone(void)
{
	struct sfam_tipc_node me;
	struct peers peers = all_peers();
	uint32_t lost;

	if (sfam_tipc_get_node(&me, NULL) < 0)
		return -1;
	if (peers.n != 1 || peers.last.is_up)
		do {
			lost = wait_for_name(TIPC_NODE_STATE, 1, UINT32_MAX,
					     TIPC_WITHDRAWN);
		} while (lost == me.address);
	peers = all_peers();
	if (peers.n != 1 || peers.last.is_up)
		return -EISCONN;
	return sfam_tipc_remove_peer(peers.last.address, NULL);
}

START_TEST(over_eth)
{
	struct other o = other_start();

	ck_assert_ok(bring_up("node:a-1", "eth:v0", NULL));
	other_do(&o, other_eth);
	check_cluster(&o, "node:a-1:v0-node:b-2:v1");
	change_link("node:a-1:v0-node:b-2:v1");
	try_to_remove();
	change_priority("node:a-1:v0-node:b-2:v1");
	take_down("eth:v0");
	other_do(&o, other_alone);
	other_end(&o);
}
END_TEST

/* By multicast in the cluster's own group. */
START_TEST(over_udp)
{
	struct other o = other_start();

	ck_assert_ok(set_address("v0", "10.1.1.1"));
	ck_assert_ok(bring_up("node:a-1", "udp:U", "10.1.1.1"));
	other_do(&o, other_udp);
	check_cluster(&o, "node:a-1:U-node:b-2:U");
	try_to_remove();
	take_down("udp:U");
	other_end(&o);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ over_eth, "netns tipc" },
		{ over_udp, "netns tipc" },
	};

	return harness_run("tipc-cluster", tests, HARNESS_LEN(tests));
}
