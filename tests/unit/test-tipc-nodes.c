/* SPDX-License-Identifier: MIT */
/*
 * Five TIPC nodes: events arrive everywhere, a multicast reaches all, a
 * service moves when its node dies, and a cluster cut in two heals.
 */
#include "test-tipc-nodes.h"

#define SHOUTS 50u

/* --------------------------------------------------- what a node can do -- */

static struct told told;
static int data = -1;		/* has the node's own name */
static int place = -1;		/* listens, of the node with the service */
static int call = -1;		/* the connection to it */

static struct sfam_addr name_of(uint32_t type, uint32_t lower, uint32_t upper)
{
	char text[64];

	snprintf(text, sizeof(text), "tipc:%u:%u-%u", type, lower, upper);
	return tipc_text(text);
}

static int begin(struct board *board, unsigned int me, uint32_t arg)
{
	struct sfam_addr name = name_of(NAMES, me, me);

	(void)arg;
	told_open(&told);
	board->address[me] = told_own(&told);
	data = tipc_socket(SOCK_RDM);
	return sfam_tipc_bind(data, &name, 0, 0);
}

static int await(struct board *board, unsigned int me, uint32_t mask)
{
	(void)me;
	told_until(&told, board, mask);
	return 0;
}

static int await_places(struct board *board, unsigned int me, uint32_t n)
{
	(void)board;
	(void)me;
	while (told.places != n)
		told_one(&told);
	return 0;
}

struct shout {
	uint32_t from;
	uint32_t number;
};

static int shout(struct board *board, unsigned int me, uint32_t arg)
{
	struct sfam_addr all = name_of(NAMES, 0, NODES - 1);
	struct shout s = { me, 0 };

	(void)board;
	(void)arg;
	for (; s.number < SHOUTS; s.number++)
		ck_assert_int_eq(sfam_tipc_send(data, &all, &s, sizeof(s),
						LONG_NS), sizeof(s));
	return 0;
}

/* All of one node's, in order, once; nothing else is on its way. */
static int hear(struct board *board, unsigned int me, uint32_t from)
{
	struct sfam_tipc_received got;
	struct shout s;
	uint32_t i;

	(void)board;
	(void)me;
	for (i = 0; i < SHOUTS; i++) {
		ck_assert_ok(sfam_tipc_recv(data, &s, sizeof(s), &got,
					    LONG_NS));
		ck_assert_int_eq(got.kind, SFAM_TIPC_MESSAGE);
		ck_assert_uint_eq(got.len, sizeof(s));
		ck_assert_uint_eq(got.name_type, NAMES);
		ck_assert_uint_eq(got.name_upper, NODES - 1);
		ck_assert_uint_eq(s.from, from);
		ck_assert_uint_eq(s.number, i);
	}
	return 0;
}

static int offer(struct board *board, unsigned int me, uint32_t arg)
{
	struct sfam_addr name = name_of(PLACES, 0, 0);

	(void)board;
	(void)me;
	(void)arg;
	place = sfam_open(&name, SFAM_OPEN_LISTEN, NULL);
	return place < 0 ? place : 0;
}

/* Says who answers, and keeps the connection. */
static int answer(struct board *board, unsigned int me, uint32_t arg)
{
	int fd = sfam_accept(place, 0, LONG_NS, NULL);

	(void)board;
	(void)arg;
	ck_assert_ok(fd);
	ck_assert_int_eq(sfam_tipc_send(fd, NULL, &me, sizeof(me), LONG_NS),
			 sizeof(me));
	return 0;
}

static int ask(struct board *board, unsigned int me, uint32_t arg)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_tipc_received got;
	struct sfam_addr name = tipc_text("tipc:5000:0");
	unsigned int who;

	(void)board;
	(void)me;
	(void)arg;
	opts.timeout_ns = LONG_NS;
	ck_assert_ok(sfam_tipc_wait(&name, LONG_NS));
	call = sfam_open(&name, SFAM_OPEN_CONNECT, &opts);
	ck_assert_ok(call);
	ck_assert_ok(sfam_tipc_recv(call, &who, sizeof(who), &got, LONG_NS));
	ck_assert_int_eq(got.kind, SFAM_TIPC_MESSAGE);
	return (int)who;
}

/* The connection ends because the other node is not there. */
static int lose(struct board *board, unsigned int me, uint32_t arg)
{
	struct sfam_tipc_received got;
	char c;

	(void)board;
	(void)me;
	(void)arg;
	ck_assert_ok(sfam_tipc_recv(call, &c, 1, &got, LONG_NS));
	ck_assert_int_eq(got.kind, SFAM_TIPC_END);
	ck_assert_uint_eq(got.cause, TIPC_ERR_NO_NODE);
	close(call);
	return 0;
}

static int count_events(struct board *board, unsigned int me, uint32_t arg)
{
	(void)board;
	(void)me;
	(void)arg;
	return (int)told.events;
}

/* ----------------------------------------------------------- the cluster -- */

static uint32_t without(unsigned int i)
{
	return ALL_NODES & ~(1u << i);
}

static void begin_all(struct cluster *c, int by_udp)
{
	cluster_start(c, by_udp);
	nodes_do(c, ALL_NODES, begin, 0);
	nodes_do(c, ALL_NODES, await, ALL_NODES);
}

static void shout_to(const struct cluster *c, unsigned int from,
		     uint32_t mask)
{
	node_do(&c->node[from], shout, 0);
	nodes_do(c, mask, hear, from);
}

static void check_multicast(const struct cluster *c)
{
	unsigned int i;

	for (i = 0; i < NODES; i++)
		shout_to(c, i, ALL_NODES);
}

static unsigned int ask_from(const struct cluster *c, unsigned int client,
			     unsigned int server)
{
	int who;

	node_begin(&c->node[server], answer, 0);
	who = node_do(&c->node[client], ask, 0);
	node_end(&c->node[server]);
	return (unsigned int)who;
}

/* Node 2 has it, and its link goes; node 4 takes it over, then 2 is back. */
static void check_move(struct cluster *c)
{
	node_do(&c->node[2], offer, 0);
	ck_assert_uint_eq(ask_from(c, 0, 2), 2);
	nodes_do(c, ALL_NODES, await_places, 1);
	link_set_up("port2", 0);
	tolerate(c, without(2), 1u << 2, 100);
	nodes_do(c, without(2), await, without(2));
	nodes_do(c, without(2), await_places, 0);
	node_do(&c->node[2], await, 1u << 2);
	node_do(&c->node[0], lose, 0);
	node_do(&c->node[4], offer, 0);
	ck_assert_uint_eq(ask_from(c, 0, 4), 4);
	tolerate(c, without(2), 1u << 2, 30000);
	node_kill(c, 2);
	node_start(c, 2);
	node_do(&c->node[2], begin, 0);
	nodes_do(c, ALL_NODES, await, ALL_NODES);
	nodes_do(c, ALL_NODES, await_places, 1);
	ck_assert_uint_eq(ask_from(c, 2, 4), 4);
}

/* Between nodes 0 to 2 and 3 to 4 nothing passes any more. */
static void check_partition(struct cluster *c)
{
	const uint32_t low = 7, high = ALL_NODES & ~low;

	trunk_set_up(0);
	tolerate(c, low, high, 100);
	tolerate(c, high, low, 100);
	nodes_do(c, low, await, low);
	nodes_do(c, high, await, high);
	nodes_do(c, low, await_places, 0);
	shout_to(c, 0, low);
	shout_to(c, 3, high);
	tolerate(c, low, high, 30000);
	tolerate(c, high, low, 30000);
	trunk_set_up(1);
	nodes_do(c, ALL_NODES, await, ALL_NODES);
	nodes_do(c, ALL_NODES, await_places, 1);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* For people; nothing depends on it. */
static int64_t tell(const char *what, int64_t since_ms)
{
	int64_t now = now_ms();

	printf("tipc-nodes: %s: %lld ms\n", what, (long long)(now - since_ms));
	fflush(stdout);
	return now;
}

START_TEST(over_eth)
{
	int64_t since = now_ms();
	struct cluster c;
	unsigned int i;

	begin_all(&c, 0);
	since = tell("five nodes up, told everywhere", since);
	check_multicast(&c);
	since = tell("multicasts, 250 messages to each of five", since);
	check_move(&c);
	since = tell("a node lost, its service moved, it is back", since);
	check_multicast(&c);
	check_partition(&c);
	tell("cut into 3 and 2, and healed", since);
	check_multicast(&c);
	for (i = 0; i < NODES; i++)
		printf("tipc-nodes: node %u was told %d events\n", i,
		       node_do(&c.node[i], count_events, 0));
	fflush(stdout);
	cluster_end(&c);
}
END_TEST

START_TEST(over_udp)
{
	struct cluster c;

	begin_all(&c, 1);
	check_multicast(&c);
	cluster_end(&c);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ over_eth, "netns tipc" },
		{ over_udp, "netns tipc" },
	};

	return harness_run("tipc-nodes", tests, HARNESS_LEN(tests));
}
