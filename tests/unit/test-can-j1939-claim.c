/* SPDX-License-Identifier: MIT */
/*
 * Address claims: the machine with a virtual clock, alone and as many on a
 * bus, and on sockets.
 *
 * On sockets nothing is asked of times but that a time is not early: a claim
 * that comes late, for a slow machine, takes the address away later.
 */
#include <poll.h>

#include "test-can-j1939.h"

#define ARBITRARY (UINT64_C(1) << 63)
#define NOWHERE J1939_IDLE_ADDR

static struct sfam_j1939_claim machine(uint64_t name, const char *addrs)
{
	struct sfam_j1939_claim c;

	ck_assert_ok(sfam_j1939_claim_init(&c, name, (const uint8_t *)addrs,
					   strlen(addrs)));
	return c;
}

static struct sfam_j1939_claim_message claim_of(uint64_t name, uint8_t src)
{
	struct sfam_j1939_claim_message m = {
		.pgn = J1939_PGN_ADDRESS_CLAIMED,
		.src = src,
		.dst = J1939_NO_ADDR,
		.len = 8,
	};
	int i;

	for (i = 0; i < 8; i++)
		m.data[i] = (uint8_t)(name >> 8 * i);
	return m;
}

static const struct sfam_j1939_claim_message request = {
	.pgn = J1939_PGN_REQUEST,
	.src = 0x33,
	.dst = J1939_NO_ADDR,
	.data = { 0, 0xee, 0 },
	.len = 3,
};

static void expect_silence(struct sfam_j1939_claim *c,
			   const struct sfam_j1939_claim_message *in,
			   int64_t now_ns)
{
	struct sfam_j1939_claim_message out;

	ck_assert_int_eq(sfam_j1939_claim_step(c, in, now_ns, &out), 0);
}

static void expect_claim(struct sfam_j1939_claim *c,
			 const struct sfam_j1939_claim_message *in,
			 int64_t now_ns, uint8_t src)
{
	struct sfam_j1939_claim_message want = claim_of(c->name, src), out;

	ck_assert_int_eq(sfam_j1939_claim_step(c, in, now_ns, &out), 1);
	ck_assert_uint_eq(out.pgn, want.pgn);
	ck_assert_uint_eq(out.src, want.src);
	ck_assert_uint_eq(out.dst, want.dst);
	ck_assert_uint_eq(out.len, want.len);
	ck_assert_mem_eq(out.data, want.data, 8);
}

static void heard(struct sfam_j1939_claim *c, uint64_t name, uint8_t src)
{
	struct sfam_j1939_claim_message m = claim_of(name, src);

	expect_silence(c, &m, 0);
}

/* At 0 it asks. */
static void start(struct sfam_j1939_claim *c)
{
	struct sfam_j1939_claim_message out;

	ck_assert_int_eq(sfam_j1939_claim_step(c, NULL, 0, &out), 1);
	ck_assert_uint_eq(out.pgn, J1939_PGN_REQUEST);
	ck_assert_uint_eq(out.src, NOWHERE);
	ck_assert_uint_eq(out.dst, J1939_NO_ADDR);
	ck_assert_uint_eq(out.len, 3);
	ck_assert_mem_eq(out.data, request.data, 3);
	ck_assert_int_eq(c->state, SFAM_J1939_CLAIM_LISTENS);
	ck_assert_int_eq(c->due_ns, 250 * MS);
}

/* And has addr at 500 ms. */
static void hold(struct sfam_j1939_claim *c, uint8_t addr)
{
	expect_silence(c, NULL, 250 * MS - 1);
	expect_claim(c, NULL, 250 * MS, addr);
	ck_assert_int_eq(c->state, SFAM_J1939_CLAIM_CLAIMS);
	ck_assert_int_eq(c->due_ns, 500 * MS);
	expect_silence(c, NULL, 500 * MS - 1);
	ck_assert_int_eq(c->state, SFAM_J1939_CLAIM_CLAIMS);
	expect_silence(c, NULL, 500 * MS);
	ck_assert_int_eq(c->state, SFAM_J1939_CLAIM_HOLDS);
	ck_assert_uint_eq(c->addr, addr);
	ck_assert_int_eq(c->due_ns, -1);
}

START_TEST(quiet_bus)
{
	struct sfam_j1939_claim c = machine(7, "\x80");
	struct sfam_j1939_claim_message m = request;

	start(&c);
	expect_silence(&c, &request, 1);
	hold(&c, 0x80);
	expect_claim(&c, &request, 600 * MS, 0x80);
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_HOLDS);
	m.dst = 0x80;
	expect_claim(&c, &m, 600 * MS, 0x80);
	m.dst = 0x81;
	expect_silence(&c, &m, 600 * MS);
	m = request;
	m.data[1] = 0xef;
	expect_silence(&c, &m, 600 * MS);
	m = request;
	m.len = 2;
	expect_silence(&c, &m, 600 * MS);
	m = claim_of(1, 0x80);
	m.len = 7;
	expect_silence(&c, &m, 600 * MS);
	/* Its own, back from somewhere. */
	m = claim_of(7, 0x80);
	expect_silence(&c, &m, 600 * MS);
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_HOLDS);
}
END_TEST

START_TEST(contention)
{
	struct sfam_j1939_claim c = machine(7 | ARBITRARY, "\x80\x81\x82");
	struct sfam_j1939_claim_message m;

	start(&c);
	heard(&c, 1, 0x81);
	expect_claim(&c, NULL, 250 * MS, 0x80);
	/* One that loses makes it say so again, and wait anew. */
	m = claim_of(8 | ARBITRARY, 0x80);
	expect_claim(&c, &m, 300 * MS, 0x80);
	ck_assert_int_eq(c.due_ns, 550 * MS);
	expect_silence(&c, NULL, 550 * MS);
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_HOLDS);
	expect_claim(&c, &m, 600 * MS, 0x80);
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_HOLDS);
	/* One that wins: another, that is free. */
	m = claim_of(6, 0x80);
	expect_claim(&c, &m, 700 * MS, 0x82);
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_CLAIMS);
	ck_assert_int_eq(c.due_ns, 950 * MS);
	/* None is, but the first has become free. */
	m = claim_of(6, NOWHERE);
	expect_silence(&c, &m, 710 * MS);
	m = claim_of(5, 0x82);
	expect_claim(&c, &m, 720 * MS, 0x80);
	/* None is, but one has a higher NAME now. */
	m = claim_of(1, 0x83);
	expect_silence(&c, &m, 730 * MS);
	m = claim_of(9 | ARBITRARY, 0x81);
	expect_silence(&c, &m, 740 * MS);
	m = claim_of(4, 0x80);
	expect_claim(&c, &m, 750 * MS, 0x81);
	/* None at all. It says so, but not at once. */
	m = claim_of(3, 0x81);
	expect_silence(&c, &m, 760 * MS);
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_LOST);
	ck_assert_uint_eq(c.addr, NOWHERE);
	ck_assert_int_eq(c.due_ns, 760 * MS + (0x80 + 7) * 600000);
	expect_claim(&c, NULL, c.due_ns, NOWHERE);
	ck_assert_int_eq(c.due_ns, -1);
	expect_silence(&c, NULL, 900 * MS);
	expect_silence(&c, &request, 1000 * MS);
	expect_claim(&c, NULL, c.due_ns, NOWHERE);
}
END_TEST

/* A NAME that may not choose has one address, taken or not. */
START_TEST(one_address)
{
	struct sfam_j1939_claim c = machine(7, "\x80\x81");
	struct sfam_j1939_claim_message m;

	start(&c);
	heard(&c, 8, 0x80);
	hold(&c, 0x80);
	m = claim_of(6, 0x80);
	expect_silence(&c, &m, 600 * MS);
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_LOST);
	c = machine(7, "\x80\x81");
	start(&c);
	heard(&c, 6, 0x80);
	/* This one will give way to that, as it would to us. */
	heard(&c, 8, 0x80);
	expect_silence(&c, NULL, 250 * MS);
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_LOST);
}
END_TEST

START_TEST(defaults_and_bad_input)
{
	static const uint8_t all[255], bad[] = { 0x80, 254 };
	struct sfam_j1939_claim c = { .n = 77 };
	int i;

	ck_assert_err(sfam_j1939_claim_init(&c, 0, NULL, 0), EINVAL);
	ck_assert_err(sfam_j1939_claim_init(&c, 1, all, 255), EINVAL);
	ck_assert_err(sfam_j1939_claim_init(&c, 1, bad, 2), EINVAL);
	ck_assert_uint_eq(c.n, 77);
	ck_assert_ok(sfam_j1939_claim_init(&c, 1, all, 254));
	ck_assert_ok(sfam_j1939_claim_init(&c, 1 | ARBITRARY, NULL, 0));
	start(&c);
	for (i = 128; i < 247; i++)
		heard(&c, (uint64_t)(300 + i), (uint8_t)i);
	hold(&c, 247);
}
END_TEST

START_TEST(commanded)
{
	struct sfam_j1939_claim c = machine(7, "\x80");
	struct sfam_j1939_claim_message m = claim_of(7, 0x33);

	m.pgn = J1939_PGN_ADDRESS_COMMANDED;
	m.len = 9;
	start(&c);
	heard(&c, 6, 0x90);
	hold(&c, 0x80);
	m.data[8] = 0x90;
	expect_silence(&c, &m, 600 * MS);
	m.data[8] = 0x80;
	expect_silence(&c, &m, 600 * MS);
	m.data[8] = 254;
	expect_silence(&c, &m, 600 * MS);
	m.data[8] = 0x91;
	m.len = 8;
	expect_silence(&c, &m, 600 * MS);
	m.len = 9;
	expect_claim(&c, &m, 600 * MS, 0x91);
	ck_assert_int_eq(c.due_ns, 850 * MS);
	m.data[0] = 8;
	expect_silence(&c, &m, 600 * MS);
}
END_TEST

/* ----------------------------------------------------- many on one bus -- */

#define NODES_MAX 40
#define WAITING_MAX 4096

/* What waits to be sent: a frame takes the bus 1 us, in any order of nodes. */
struct bus {
	struct sfam_j1939_claim nodes[NODES_MAX];
	int64_t starts_ns[NODES_MAX];
	size_t n;
	struct { size_t from; struct sfam_j1939_claim_message m; }
		waiting[WAITING_MAX];
	size_t n_waiting;
	int64_t now_ns;
	uint64_t seed;
};

static void node_step(struct bus *b, size_t i,
		      const struct sfam_j1939_claim_message *in)
{
	struct sfam_j1939_claim_message out;

	if (!sfam_j1939_claim_step(&b->nodes[i], in, b->now_ns, &out))
		return;
	ck_assert_uint_lt(b->n_waiting, WAITING_MAX);
	b->waiting[b->n_waiting].from = i;
	b->waiting[b->n_waiting++].m = out;
}

/* One at random, but of its node the first; all others that run hear it. */
static void bus_send(struct bus *b)
{
	size_t pick = test_random(&b->seed) % b->n_waiting;
	struct sfam_j1939_claim_message m;
	size_t from, i;

	from = b->waiting[pick].from;
	for (pick = 0; b->waiting[pick].from != from; pick++)
		;
	m = b->waiting[pick].m;
	memmove(&b->waiting[pick], &b->waiting[pick + 1],
		(b->n_waiting - pick - 1) * sizeof(b->waiting[0]));
	b->n_waiting--;
	b->now_ns += 1000;
	for (i = 0; i < b->n; i++)
		if (i != from && b->nodes[i].state != SFAM_J1939_CLAIM_START)
			node_step(b, i, &m);
}

static int64_t due_of(const struct bus *b, size_t i)
{
	if (b->nodes[i].state == SFAM_J1939_CLAIM_START)
		return b->starts_ns[i];
	return b->nodes[i].due_ns < 0 ? INT64_MAX : b->nodes[i].due_ns;
}

/* The next that is due; false: none ever is. */
static int bus_advance(struct bus *b)
{
	size_t i, next = 0;

	for (i = 1; i < b->n; i++)
		if (due_of(b, i) < due_of(b, next))
			next = i;
	if (due_of(b, next) == INT64_MAX)
		return 0;
	if (due_of(b, next) > b->now_ns)
		b->now_ns = due_of(b, next);
	node_step(b, next, NULL);
	return 1;
}

static void check_apart(const struct bus *b)
{
	size_t owner[J1939_IDLE_ADDR] = { 0 };
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (b->nodes[i].state != SFAM_J1939_CLAIM_HOLDS)
			continue;
		expect_msg(owner[b->nodes[i].addr] == 0,
			   "two hold 0x%02x", b->nodes[i].addr);
		owner[b->nodes[i].addr] = i + 1;
	}
}

/* With room for m, the m lowest NAMEs have an address, and they alone. */
static void check_end(const struct bus *b, size_t m)
{
	size_t i, j, lower;
	int holds;

	for (i = 0; i < b->n; i++) {
		for (j = lower = 0; j < b->n; j++)
			lower += b->nodes[j].name < b->nodes[i].name;
		holds = b->nodes[i].state == SFAM_J1939_CLAIM_HOLDS;
		expect_msg(holds == (lower < m), "%zu lower, %zu of %zu: %d",
			   lower, m, b->n, b->nodes[i].state);
	}
}

static void run_bus(struct bus *b, size_t n, size_t m, int64_t spread_ns)
{
	uint8_t addrs[NODES_MAX];
	size_t i, j;

	b->n = n;
	b->n_waiting = 0;
	b->now_ns = 0;
	for (i = 0; i < n; i++) {
		for (j = 0; j < m; j++)
			addrs[j] = (uint8_t)((j + i * (b->seed & 1)) % m);
		b->starts_ns[i] = (int64_t)(test_random(&b->seed) %
					    (uint64_t)spread_ns);
		ck_assert_ok(sfam_j1939_claim_init(&b->nodes[i],
			test_random(&b->seed) | ARBITRARY, addrs, m));
	}
	do {
		while (b->n_waiting > 0)
			bus_send(b);
		check_apart(b);
	} while (bus_advance(b));
	check_end(b, m);
}

START_TEST(many)
{
	static struct bus b;
	size_t n, m;
	int i;

	b.seed = test_seed();
	for (i = 0; i < 400; i++) {
		n = 2 + test_random(&b.seed) % (NODES_MAX - 1);
		m = 1 + test_random(&b.seed) % NODES_MAX;
		run_bus(&b, n, m, i % 2 ? 1000 : 2000 * MS);
	}
}
END_TEST

/* ---------------------------------------------------------- on sockets -- */

/* "name=..,addr=254" on vcan0 */
static int claim_socket(uint64_t name)
{
	char body[64];

	snprintf(body, sizeof(body), "vcan0,name=0x%llx,addr=254",
		 (unsigned long long)name);
	return j1939_open(body, 0);
}

/* What is sent goes out by a timer of the kernel, after the call. */
static void await_input(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	ck_assert_int_eq(poll(&p, 1, 300000), 1);
}

static void run_until(struct sfam_j1939_claim *c, int fd,
		      enum sfam_j1939_claim_state state)
{
	while (c->state != state)
		ck_assert_ok(sfam_j1939_claim_run(c, fd, FAR_NS));
}

/* What NAME a message of the socket, bound by it, comes from. */
START_TEST(sends_by_name)
{
	struct sfam_addr to = j1939_addr("vcan0,addr=0x90,pgn=0xef00");
	struct sfam_j1939_claim c = machine(7, "\x80");
	int fd = claim_socket(7);
	int named = j1939_open("vcan0,name=7", SFAM_J1939_OPT_TX_EVENTS);
	int rx = j1939_open("vcan0,addr=0x90", 0);
	struct sfam_j1939_event e;
	char buf[8];
	int64_t begun = clock_ns(CLOCK_MONOTONIC);

	ck_assert_err(sfam_j1939_send(named, "x", 1, &to, 0), EADDRNOTAVAIL);
	run_until(&c, fd, SFAM_J1939_CLAIM_HOLDS);
	ck_assert_int_ge(clock_ns(CLOCK_MONOTONIC) - begun, 500 * MS);
	ck_assert_uint_eq(c.addr, 0x80);
	ck_assert_err(sfam_j1939_claim_run(&c, fd, 0), ETIMEDOUT);
	/* The kernel's own time began with the claim's arrival. */
	while (sfam_j1939_send(named, "x", 1, &to, 0) == -EADDRNOTAVAIL)
		settle();
	ck_assert_ok(sfam_j1939_recv(rx, &e, buf, sizeof(buf), FAR_NS));
	ck_assert_uint_eq(e.src_name, 7);
	ck_assert_uint_eq(e.src, 0x80);
	ck_assert_ok(sfam_j1939_claim_release(&c, fd));
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_LOST);
	while (sfam_j1939_send(named, "x", 1, &to, 0) == 0)
		settle();
	close(rx);
	close(named);
	close(fd);
}
END_TEST

/* The lower NAME has it in the end, the higher another, or none. */
START_TEST(two_claim)
{
	struct sfam_j1939_claim low = machine(7 | ARBITRARY, "\x80\x81");
	struct sfam_j1939_claim high = machine(8 | ARBITRARY, "\x80\x81");
	struct sfam_j1939_claim lowest = machine(6, "\x81");
	int low_fd = claim_socket(low.name);
	int high_fd = claim_socket(high.name);
	int lowest_fd = claim_socket(lowest.name);

	run_until(&high, high_fd, SFAM_J1939_CLAIM_HOLDS);
	ck_assert_uint_eq(high.addr, 0x80);
	/* It answers the request of the other, who takes what is free. */
	ck_assert_ok(sfam_j1939_claim_run(&low, low_fd, FAR_NS));
	ck_assert_int_eq(low.state, SFAM_J1939_CLAIM_LISTENS);
	await_input(high_fd);
	ck_assert_err(sfam_j1939_claim_run(&high, high_fd, 0), ETIMEDOUT);
	await_input(low_fd);
	run_until(&low, low_fd, SFAM_J1939_CLAIM_HOLDS);
	ck_assert_uint_eq(low.addr, 0x81);
	/* It must give way to a lower one, and the highest to it. */
	run_until(&lowest, lowest_fd, SFAM_J1939_CLAIM_HOLDS);
	run_until(&low, low_fd, SFAM_J1939_CLAIM_CLAIMS);
	ck_assert_uint_eq(low.addr, 0x80);
	run_until(&high, high_fd, SFAM_J1939_CLAIM_LOST);
	ck_assert_uint_eq(high.addr, NOWHERE);
	ck_assert_err(sfam_j1939_claim_run(&high, high_fd, 0), ETIMEDOUT);
	run_until(&low, low_fd, SFAM_J1939_CLAIM_HOLDS);
	ck_assert_err(sfam_j1939_claim_run(&lowest, lowest_fd, 0), ETIMEDOUT);
	ck_assert_int_eq(lowest.state, SFAM_J1939_CLAIM_HOLDS);
	/*
	 * A claim that is 250 ms old only after the last socket is closed
	 * holds the interface, and with it the namespace, for good:
	 * j1939_ecu_timer_handler(), net/can/j1939/bus.c.
	 */
	ck_assert_ok(sfam_j1939_claim_release(&low, low_fd));
	close(low_fd);
	close(high_fd);
	close(lowest_fd);
}
END_TEST

START_TEST(wrong_socket)
{
	struct sfam_j1939_claim c = machine(7, "\x80");
	int fd = claim_socket(8);

	ck_assert_err(sfam_j1939_claim_run(&c, fd, 0), EINVAL);
	ck_assert_int_eq(c.state, SFAM_J1939_CLAIM_START);
	close(fd);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ quiet_bus, NULL },
		{ contention, NULL },
		{ one_address, NULL },
		{ defaults_and_bad_input, NULL },
		{ commanded, NULL },
		{ many, NULL },
		{ sends_by_name, "can can-j1939 vcan" },
		{ two_claim, "can can-j1939 vcan" },
		{ wrong_socket, "can can-j1939 vcan" },
	};

	return harness_run("can-j1939-claim", tests, HARNESS_LEN(tests));
}
