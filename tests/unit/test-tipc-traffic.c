/* SPDX-License-Identifier: MIT */
/*
 * Numbered messages with a checksum between five TIPC nodes, each to each,
 * one of which is killed in the middle and comes again. What survivors send
 * to survivors arrives once, in order and whole. What was on its way to the
 * dead node comes back or is told by its name's end: never more than what a
 * sender had sent and not heard of. SFAM_MESSAGES=n: other than 100000.
 *
 * A node has a name for each of its lives, so nobody takes one for the other.
 */
#include <poll.h>
#include <stdlib.h>

#include "test-tipc-nodes.h"

#define TRAFFIC 6000
#define VICTIM 3u
#define SECOND_LIFE 8u		/* added to the number of the node */
#define LIVES 16u		/* names there are */
#define WINDOW 64u		/* sent to one, and not heard of */
#define EACH 16u		/* so many are acknowledged at once */
#define WORDS 24u
#define TURNS 16		/* of one kind in a row */

struct message {
	uint32_t is_ack;
	uint32_t from;		/* a life */
	uint32_t number;	/* ack: so many have come */
	uint32_t words[WORDS];
	uint64_t sum;
};

/* What this node and a life of another have said to each other. */
struct talk {
	int is_up, was_up;
	uint32_t sent, acked, returned;
	uint32_t got, acked_by_us;
};

/* A node's; each process has its own. */
static struct talk talks[LIVES];
static uint32_t mine;
static int data = -1, topology = -1;

/* What the nodes tell at the end, and all of it together. */
struct figures {
	uint64_t sent, got, acked, returned, untold;
};

/* -------------------------------------------------------------- messages -- */

static uint64_t sum_of(const struct message *m)
{
	uint64_t sum = 0xcbf29ce484222325u;
	uint32_t i;

	sum = (sum ^ m->is_ack) * 0x100000001b3u;
	sum = (sum ^ m->from) * 0x100000001b3u;
	sum = (sum ^ m->number) * 0x100000001b3u;
	for (i = 0; i < WORDS; i++)
		sum = (sum ^ m->words[i]) * 0x100000001b3u;
	return sum;
}

static struct message message_of(uint32_t is_ack, uint32_t number)
{
	uint64_t state = (uint64_t)mine << 32 | number;
	struct message m;
	uint32_t i;

	memset(&m, 0, sizeof(m));
	m.is_ack = is_ack;
	m.from = mine;
	m.number = number;
	for (i = 0; i < WORDS; i++)
		m.words[i] = (uint32_t)test_random(&state);
	m.sum = sum_of(&m);
	return m;
}

static struct sfam_addr name_of(uint32_t life)
{
	char text[32];

	snprintf(text, sizeof(text), "tipc:%u:%u", TRAFFIC, life);
	return tipc_text(text);
}

/* 1: it is on its way. 0: its name has gone already. */
static int send_to(uint32_t life, const struct message *m)
{
	struct sfam_addr to = name_of(life);
	ssize_t n = sfam_tipc_send(data, &to, m, sizeof(*m), LONG_NS);

	if (n == -EHOSTUNREACH && life == VICTIM)
		return 0;
	ck_assert_msg(n == sizeof(*m), "to %u (up: %d, ack: %u): %zd", life,
		      talks[life].is_up, m->is_ack, n);
	return 1;
}

/* Messages of a node that is new may come before its name is known. */
static void acknowledge(uint32_t life)
{
	struct talk *t = &talks[life];
	const uint32_t due = t->got - t->got % EACH;
	struct message ack;

	if (!t->is_up || due == t->acked_by_us)
		return;
	t->acked_by_us = due;
	ack = message_of(1, due);
	send_to(life, &ack);
}

static void take_data(const struct message *m)
{
	struct talk *t = &talks[m->from];

	expect_that(m->number == t->got);
	t->got++;
	acknowledge(m->from);
}

/* Only from the dead node may something come back. */
static void take_back(const struct sfam_tipc_received *got,
		      const struct message *m)
{
	expect_that(got->cause == TIPC_ERR_NO_PORT ||
		    got->cause == TIPC_ERR_NO_NODE ||
		    got->cause == TIPC_ERR_NO_NAME);
	expect_that(got->len == sizeof(*m) && m->from == mine);
	expect_that(talks[VICTIM].was_up);
	if (!m->is_ack)
		talks[VICTIM].returned++;
}

/* 0: there was none. */
static int take_message(void)
{
	struct sfam_tipc_received got;
	struct message m;
	int r = sfam_tipc_recv(data, &m, sizeof(m), &got, 0);

	if (r == -ETIMEDOUT)
		return 0;
	ck_assert_ok(r);
	expect_that(m.sum == sum_of(&m));
	if (got.kind == SFAM_TIPC_REJECTED) {
		take_back(&got, &m);
		return 1;
	}
	expect_that(got.kind == SFAM_TIPC_MESSAGE && got.len == sizeof(m));
	expect_that(m.from < LIVES && m.from != mine);
	if (!m.is_ack) {
		take_data(&m);
	} else {
		expect_that(m.number >= talks[m.from].acked);
		expect_that(m.number <= talks[m.from].sent);
		talks[m.from].acked = m.number;
	}
	return 1;
}

/* ---------------------------------------------------------------- a node -- */

static void take_event(void)
{
	struct sfam_tipc_event ev;

	ck_assert_ok(sfam_tipc_event_recv(topology, &ev, LONG_NS));
	ck_assert_uint_lt(ev.lower, LIVES);
	/* A survivor never goes, and nobody comes twice in a life. */
	if (ev.change == SFAM_TIPC_DOWN)
		ck_assert_uint_eq(ev.lower, VICTIM);
	else
		ck_assert(!talks[ev.lower].was_up);
	talks[ev.lower].is_up = ev.change == SFAM_TIPC_UP;
	talks[ev.lower].was_up = 1;
	acknowledge(ev.lower);
}

static int had_end(uint32_t life)
{
	return talks[life].was_up && !talks[life].is_up;
}

/*
 * So many go to a life now: the first half before the victim's end is told,
 * and a quarter only when it is back. To the victim they go until its end.
 */
static uint32_t limit_of(uint32_t life, uint32_t n)
{
	if (life == VICTIM || mine == VICTIM)
		return UINT32_MAX;
	if (mine == VICTIM + SECOND_LIFE || life == VICTIM + SECOND_LIFE ||
	    talks[VICTIM + SECOND_LIFE].was_up)
		return n;
	return had_end(VICTIM) ? n - n / 4 : n / 2;
}

static int send_some(uint32_t n)
{
	uint32_t life;
	struct message m;
	int some = 0;

	for (life = 0; life < LIVES; life++) {
		struct talk *t = &talks[life];

		if (life == mine || !t->is_up ||
		    t->sent - t->acked >= WINDOW ||
		    t->sent >= limit_of(life, n))
			continue;
		m = message_of(0, t->sent);
		if (send_to(life, &m)) {
			t->sent++;
			some = 1;
		}
	}
	return some;
}

/* Those who have to be there in the end: survivors and the second life. */
static int is_partner(uint32_t life)
{
	return life != mine && (life == VICTIM + SECOND_LIFE ||
				(life < NODES && life != VICTIM));
}

/* The least that any of them has sent us and heard from us. */
static uint32_t progress(void)
{
	uint32_t least = UINT32_MAX, life;
	const struct talk *t;

	for (life = 0; life < NODES; life++) {
		t = &talks[life];
		if (life != mine && t->got < least)
			least = t->got;
		if (life != mine && t->acked < least)
			least = t->acked;
	}
	return least;
}

static int is_done(uint32_t n)
{
	uint32_t life;

	for (life = 0; life < LIVES; life++)
		if (is_partner(life) && (talks[life].acked_by_us < n ||
					 talks[life].acked < n))
			return 0;
	return mine == VICTIM + SECOND_LIFE || had_end(VICTIM);
}

static void subscribe(void)
{
	struct sfam_tipc_subscription sub;

	memset(&sub, 0, sizeof(sub));
	sub.type = TRAFFIC;
	sub.upper = UINT32_MAX;
	sub.timeout_ns = SFAM_FOREVER;
	topology = sfam_tipc_topology_open(LONG_NS);
	ck_assert_ok(topology);
	ck_assert_ok(sfam_tipc_subscribe(topology, &sub));
}

static int begin(struct board *board, unsigned int me, uint32_t life)
{
	struct sfam_addr name = name_of(life);

	(void)board;
	(void)me;
	mine = life;
	data = tipc_socket(SOCK_RDM);
	ck_assert_ok(sfam_option_set_int(data, SOL_TIPC, TIPC_DEST_DROPPABLE,
					 0));
	ck_assert_ok(sfam_tipc_bind(data, &name, 0, 0));
	subscribe();
	return 0;
}

static int await_first(struct board *board, unsigned int me, uint32_t arg)
{
	uint32_t i;

	(void)board;
	(void)me;
	(void)arg;
	for (i = 0; i < NODES; i++)
		while (!talks[i].was_up)
			take_event();
	return 0;
}

/* Sends and receives n with each; the first life of the victim for ever. */
static int talk(struct board *board, unsigned int me, uint32_t n)
{
	struct pollfd p[2] = {
		{ .fd = data, .events = POLLIN },
		{ .fd = topology, .events = POLLIN },
	};
	int busy = 1, i;

	while (mine == VICTIM || !is_done(n)) {
		ck_assert_int_ge(poll(p, 2, busy ? 0 : -1), 0);
		if (p[1].revents)
			take_event();
		busy = 0;
		for (i = 0; i < TURNS && take_message(); i++)
			busy = 1;
		for (i = 0; i < TURNS && send_some(n); i++)
			busy = 1;
		__atomic_store_n(&board->progress[me], progress(),
				 __ATOMIC_RELAXED);
	}
	return 0;
}

/* --------------------------------------------------------------- figures -- */

static struct figures *figures;		/* shared by all */

static int add_up(struct board *board, unsigned int me, uint32_t n)
{
	const struct talk *t = &talks[VICTIM];
	uint32_t life;

	(void)board;
	for (life = 0; life < LIVES; life++) {
		if (is_partner(life)) {
			ck_assert_uint_eq(talks[life].got, n);
			ck_assert_uint_eq(talks[life].sent, n);
			ck_assert_uint_eq(talks[life].returned, 0);
			figures[me].sent += talks[life].sent;
			figures[me].got += talks[life].got;
		}
	}
	figures[NODES + me].sent = t->sent;
	figures[NODES + me].got = t->got;
	figures[NODES + me].acked = t->acked;
	figures[NODES + me].returned = t->returned;
	/* The victim had taken some of those, and not said so yet. */
	figures[NODES + me].untold = t->sent - t->acked;
	ck_assert_uint_le(t->sent - t->acked, WINDOW);
	ck_assert_uint_le(t->returned, t->sent - t->acked);
	return 0;
}

static void tell_figures(void)
{
	struct figures all = { 0, 0, 0, 0, 0 }, dead = { 0, 0, 0, 0, 0 };
	uint32_t i;

	for (i = 0; i < NODES; i++) {
		all.sent += figures[i].sent;
		all.got += figures[i].got;
		dead.sent += figures[NODES + i].sent;
		dead.got += figures[NODES + i].got;
		dead.acked += figures[NODES + i].acked;
		dead.returned += figures[NODES + i].returned;
		dead.untold += figures[NODES + i].untold;
	}
	ck_assert_uint_eq(all.sent, all.got);
	printf("tipc-traffic: %llu messages between survivors and with who "
	       "came again: each once, in order, whole\n",
	       (unsigned long long)all.got);
	printf("tipc-traffic: %llu came from the dead node; of %llu to it "
	       "%llu were acknowledged, of the other %llu %llu came back\n",
	       (unsigned long long)dead.got, (unsigned long long)dead.sent,
	       (unsigned long long)dead.acked,
	       (unsigned long long)dead.untold,
	       (unsigned long long)dead.returned);
	fflush(stdout);
}

/* ------------------------------------------------------------------ test -- */

static uint32_t messages_each(void)
{
	const char *text = getenv("SFAM_MESSAGES");
	unsigned long n = text ? strtoul(text, NULL, 10) : 100000;

	/* Twenty pairs, both ways; whole lots of what is acknowledged. */
	return (uint32_t)((n / 20 + 4 * EACH - 1) / (4 * EACH) * (4 * EACH));
}

static void wait_for_progress(const struct cluster *c, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < NODES; i++)
		while (__atomic_load_n(&c->board->progress[i],
				       __ATOMIC_RELAXED) < n) {
			ck_assert_int_eq(waitpid(c->node[i].pid, NULL,
						 WNOHANG), 0);
			a_moment();
		}
}

START_TEST(traffic)
{
	const uint32_t survivors = ALL_NODES & ~(1u << VICTIM);
	const uint32_t n = messages_each();
	struct cluster c;
	unsigned int i;

	figures = mmap(NULL, 2 * NODES * sizeof(*figures),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);
	ck_assert(figures != MAP_FAILED);
	cluster_start(&c, 0);
	for (i = 0; i < NODES; i++)
		node_do(&c.node[i], begin, i);
	nodes_do(&c, ALL_NODES, await_first, 0);
	for (i = 0; i < NODES; i++)
		node_begin(&c.node[i], talk, n);
	wait_for_progress(&c, n / 4);
	node_kill(&c, VICTIM);
	node_start(&c, VICTIM);
	node_do(&c.node[VICTIM], begin, VICTIM + SECOND_LIFE);
	node_begin(&c.node[VICTIM], talk, n);
	for (i = 0; i < NODES; i++)
		node_end(&c.node[i]);
	nodes_do(&c, survivors, add_up, n);
	node_do(&c.node[VICTIM], add_up, n);
	tell_figures();
	cluster_end(&c);
	munmap(figures, 2 * NODES * sizeof(*figures));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ traffic, "netns tipc" },
	};

	return harness_run("tipc-traffic", tests, HARNESS_LEN(tests));
}
