/* SPDX-License-Identifier: MIT */
/* Threads that share the packets of a0. */
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include "test-ring.h"

#define MEMBERS 3

/* ------------------------------------------------------------- members -- */

/* What a member's thread has seen; assertions are for the test's own. */
struct seen {
	uint64_t packets, calls, events;
	int64_t last;		/* number; in one member they only grow */
	uint32_t which_events;
	pthread_t thread;
	int other_thread, out_of_order, signals_open;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct seen of[MEMBERS];
	int held;		/* nobody reads on */
	int answer[MEMBERS];	/* of read, when it gets packets */
} state = { .lock = PTHREAD_MUTEX_INITIALIZER,
	    .changed = PTHREAD_COND_INITIALIZER };

static void reset(void)
{
	memset(state.of, 0, sizeof(state.of));
	memset(state.answer, 0, sizeof(state.answer));
}

static int signals_are_open(void)
{
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	return !sigismember(&mask, SIGTERM) || !sigismember(&mask, SIGALRM);
}

/* With the lock. */
static void note_packets(struct seen *s, struct sfam_packet_batch batch)
{
	struct sfam_packet p;
	uint32_t number;

	if (s->calls++ == 0)
		s->thread = pthread_self();
	s->other_thread |= !pthread_equal(s->thread, pthread_self());
	s->signals_open |= signals_are_open();
	while (sfam_packet_batch_next(&batch, &p)) {
		memcpy(&number, p.data + ETH_HLEN, sizeof(number));
		s->out_of_order |= s->packets && number <= s->last;
		s->last = number;
		s->packets++;
	}
}

static int read_packets(void *arg, size_t member,
			struct sfam_packet_batch batch, uint32_t events)
{
	int r = 0;

	if (arg != &state || member >= MEMBERS)
		return -EBADMSG;
	pthread_mutex_lock(&state.lock);
	while (state.held)
		pthread_cond_wait(&state.changed, &state.lock);
	if (batch.left)
		r = state.answer[member];
	note_packets(&state.of[member], batch);
	state.of[member].events += events != 0;
	state.of[member].which_events |= events;
	pthread_cond_broadcast(&state.changed);
	pthread_mutex_unlock(&state.lock);
	return r;
}

static uint64_t packets_read(void)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < MEMBERS; i++)
		sum += state.of[i].packets;
	return sum;
}

/* Until the members have read so many. */
static void wait_for_packets(uint64_t n)
{
	pthread_mutex_lock(&state.lock);
	while (packets_read() < n)
		pthread_cond_wait(&state.changed, &state.lock);
	pthread_mutex_unlock(&state.lock);
	ck_assert_uint_eq(packets_read(), n);
}

static void hold(int held)
{
	pthread_mutex_lock(&state.lock);
	state.held = held;
	pthread_cond_broadcast(&state.changed);
	pthread_mutex_unlock(&state.lock);
}

/* What the member answers to its first packets. */
static void set_answer(size_t member, int answer)
{
	pthread_mutex_lock(&state.lock);
	state.answer[member] = answer;
	pthread_mutex_unlock(&state.lock);
}

/* --------------------------------------------------------------- start -- */

static struct sfam_packet_fanout by_turns = {
	.mode = PACKET_FANOUT_LB,
	.flags = PACKET_FANOUT_FLAG_UNIQUEID,
};

static int readers_new(struct sfam_packet_readers **ret,
		       const struct sfam_addr *addr,
		       const struct sfam_packet_fanout *fanout,
		       int64_t retire_ns)
{
	struct sfam_packet_readers_opts o = SFAM_PACKET_READERS_OPTS_INIT;
	struct sfam_packet_opts po = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_ring_opts ro = small_ring(SFAM_PACKET_THROUGHPUT);

	reset();
	po.filter = &our_filter;
	po.snap_len = 200;
	po.fanout = fanout;
	ro.retire_ns = retire_ns;
	o.count = MEMBERS;
	o.opts = &po;
	o.ring_opts = &ro;
	o.read = read_packets;
	o.arg = &state;
	return sfam_packet_readers_new(ret, addr, &o);
}

static struct sfam_packet_readers *
must_start(const struct sfam_packet_fanout *fanout, int64_t retire_ns)
{
	struct sfam_packet_readers *readers = NULL;
	const struct sfam_addr addr = addr_of("packet:a0");

	ck_assert_ok(readers_new(&readers, &addr, fanout, retire_ns));
	return readers;
}

static struct sfam_packet_stats sum_of(struct sfam_packet_readers *readers)
{
	struct sfam_packet_stats s;

	ck_assert_ok(sfam_packet_readers_stats(readers, &s));
	return s;
}

static void expect_good_threads(void)
{
	size_t i, k;

	for (i = 0; i < MEMBERS; i++) {
		ck_assert_int_eq(state.of[i].other_thread, 0);
		ck_assert_int_eq(state.of[i].out_of_order, 0);
		ck_assert_int_eq(state.of[i].signals_open, 0);
		for (k = 0; k < i; k++)
			ck_assert(!state.of[i].calls || !state.of[k].calls ||
				  !pthread_equal(state.of[i].thread,
						 state.of[k].thread));
	}
}

static void stop_and_free(struct sfam_packet_readers *readers)
{
	size_t member = 77;

	sfam_packet_readers_stop(readers);
	ck_assert_int_eq(sfam_packet_readers_wait(readers, &member,
						  SFAM_FOREVER), 0);
	ck_assert_int_eq(sfam_packet_readers_wait(readers, NULL, 0), 0);
	ck_assert_uint_eq(member, 77);
	ck_assert_ptr_null(sfam_packet_readers_free(readers));
}

/* -------------------------------------------------------------- packets -- */

START_TEST(each_packet_once)
{
	struct sfam_packet_readers *readers;
	size_t i;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	readers = must_start(&by_turns, 0);
	ck_assert(signals_are_open());
	ck_assert_err(sfam_packet_readers_wait(readers, NULL, 0), ETIMEDOUT);
	send_numbers(tx, 0, 900);
	wait_for_packets(900);
	ck_assert_uint_eq(sum_of(readers).seen, 900);
	ck_assert_uint_eq(sum_of(readers).dropped, 0);
	ck_assert_err(sfam_packet_readers_wait(readers, NULL, MS), ETIMEDOUT);
	stop_and_free(readers);
	for (i = 0; i < MEMBERS; i++)
		ck_assert_uint_gt(state.of[i].packets, 0);
	expect_good_threads();
	close(tx);
}
END_TEST

/* By hash, if nobody says how; it may well be group 0. */
START_TEST(a_flow_stays_together)
{
	struct sfam_packet_readers *readers;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	readers = must_start(NULL, 0);
	send_numbers(tx, 0, 900);
	wait_for_packets(900);
	ck_assert(state.of[0].packets == 900 || state.of[1].packets == 900 ||
		  state.of[2].packets == 900);
	stop_and_free(readers);
	expect_good_threads();
	close(tx);
}
END_TEST

/* The caller's group, which others may join. */
START_TEST(group_of_the_caller)
{
	const struct sfam_packet_fanout f = {
		.mode = PACKET_FANOUT_LB, .id = 4711,
	};
	struct sfam_packet_readers *readers;
	size_t i;

	links_up();
	readers = must_start(&f, 0);
	for (i = 0; i < MEMBERS; i++)
		ck_assert_int_eq(sfam_packet_fanout_id(sfam_packet_ring_fd(
			sfam_packet_readers_ring(readers, i))), 4711);
	ck_assert_ptr_null(sfam_packet_readers_ring(readers, MEMBERS));
	stop_and_free(readers);
}
END_TEST

/* ------------------------------------------------------------------ end -- */

static void *stop(void *readers)
{
	sfam_packet_readers_stop(readers);
	return NULL;
}

START_TEST(stopped)
{
	struct sfam_packet_readers *readers;
	pthread_t thread;
	int i;

	links_up();
	for (i = 0; i < 20; i++) {
		readers = must_start(&by_turns, 0);
		ck_assert_int_eq(pthread_create(&thread, NULL, stop, readers),
				 0);
		ck_assert_int_eq(sfam_packet_readers_wait(readers, NULL,
							  SFAM_FOREVER), 0);
		pthread_join(thread, NULL);
		ck_assert_uint_eq(packets_read(), 0);
		sfam_packet_readers_free(readers);
		/* Freed alone ends them too. */
		readers = must_start(&by_turns, 0);
		sfam_packet_readers_free(readers);
	}
}
END_TEST

/* All of them end, and what they have not read is in the rings. */
START_TEST(stopped_by_a_member)
{
	struct sfam_packet_readers *readers;
	struct sfam_packet p;
	uint64_t left = 0;
	size_t i;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	readers = must_start(&by_turns, 0);
	for (i = 0; i < MEMBERS; i++)
		set_answer(i, 1);
	send_numbers(tx, 0, 900);
	ck_assert_int_eq(sfam_packet_readers_wait(readers, NULL,
						  SFAM_FOREVER), 0);
	ck_assert_uint_ge(packets_read(), 1);
	while (packets_read() + left < 900)
		for (i = 0; i < MEMBERS; i++)
			while (sfam_packet_ring_next(sfam_packet_readers_ring(
					readers, i), &p, 0) == 1)
				left++;
	ck_assert_uint_eq(packets_read() + left, 900);
	sfam_packet_readers_free(readers);
	close(tx);
}
END_TEST

START_TEST(error_of_a_member)
{
	struct sfam_packet_readers *readers;
	size_t member = 77, which;
	int tx, r;

	links_up();
	tx = must_open(FROM_A0, NULL);
	for (which = 0; which < MEMBERS; which++) {
		readers = must_start(&by_turns, 0);
		set_answer(which, -EPROTO);
		do {
			send_numbers(tx, 0, 90);
			r = sfam_packet_readers_wait(readers, &member, MS);
		} while (r == -ETIMEDOUT);
		ck_assert_err(r, EPROTO);
		ck_assert_uint_eq(member, which);
		ck_assert_err(sfam_packet_readers_wait(readers, NULL, 0),
			      EPROTO);
		ck_assert_uint_eq(state.of[which].calls, 1);
		sfam_packet_readers_free(readers);
	}
	close(tx);
}
END_TEST

/* ------------------------------------------------------------ interface -- */

static void wait_for_events(uint32_t event)
{
	size_t i;

	pthread_mutex_lock(&state.lock);
	for (i = 0; i < MEMBERS; i++)
		while (!(state.of[i].which_events & event))
			pthread_cond_wait(&state.changed, &state.lock);
	pthread_mutex_unlock(&state.lock);
}

START_TEST(down_and_up)
{
	struct sfam_packet_readers *readers;
	size_t i;

	links_up();
	readers = must_start(&by_turns, 0);
	link_set_up("a0", 0);
	wait_for_events(SFAM_PACKET_EVENT_DOWN);
	link_set_up("a0", 1);
	wait_for_events(SFAM_PACKET_EVENT_UP);
	stop_and_free(readers);
	for (i = 0; i < MEMBERS; i++) {
		ck_assert_uint_eq(state.of[i].events, 2);
		ck_assert_uint_eq(state.of[i].which_events,
				  SFAM_PACKET_EVENT_DOWN |
				  SFAM_PACKET_EVENT_UP);
		ck_assert_uint_eq(state.of[i].packets, 0);
	}
}
END_TEST

/* The first one to be told ends no other before its packets are read. */
START_TEST(deleted)
{
	struct sfam_packet_readers *readers;
	size_t member = 77;
	int tx;

	links_up();
	tx = must_open(FROM_A0, NULL);
	readers = must_start(&by_turns, 500 * MS);
	send_numbers(tx, 0, 901);
	link_del("a0");
	ck_assert_err(sfam_packet_readers_wait(readers, &member,
					       SFAM_FOREVER), ENODEV);
	ck_assert_uint_lt(member, MEMBERS);
	ck_assert_uint_eq(packets_read(), 901);
	sfam_packet_readers_free(readers);
	close(tx);
}
END_TEST

/* ----------------------------------------------------------- accounting -- */

static void expect_sums(struct sfam_packet_readers *readers)
{
	struct sfam_packet_stats s = sum_of(readers), one;
	size_t i;

	for (i = 0; i < MEMBERS; i++) {
		one = stats_of(sfam_packet_readers_ring(readers, i));
		s.seen -= one.seen;
		s.dropped -= one.dropped;
		s.freezes -= one.freezes;
		s.rolled -= one.rolled;
		s.rolled_huge -= one.rolled_huge;
		s.not_rolled -= one.not_rolled;
	}
	ck_assert_uint_eq(s.seen | s.dropped | s.freezes | s.rolled |
			  s.rolled_huge | s.not_rolled, 0);
}

/*
 * Nobody reads before some are lost, and then in starts only. What is lost
 * could not roll over to any member.
 */
START_TEST(nothing_lost_uncounted)
{
	const struct sfam_packet_fanout f = {
		.mode = PACKET_FANOUT_LB,
		.flags = PACKET_FANOUT_FLAG_UNIQUEID |
			 PACKET_FANOUT_FLAG_ROLLOVER,
	};
	struct sfam_packet_readers *readers;
	struct sfam_packet_stats s;
	int status = 0;
	pid_t sender;

	links_up();
	readers = must_start(&f, 0);
	hold(1);
	sender = send_in_child(packets());
	while (sum_of(readers).dropped == 0)
		sched_yield();
	while (waitpid(sender, &status, WNOHANG) == 0) {
		hold(0);
		sched_yield();
		hold(1);
		sched_yield();
	}
	hold(0);
	ck_assert_int_eq(status, 0);
	s = sum_of(readers);
	ck_assert_uint_eq(s.seen, packets());
	ck_assert_uint_gt(s.not_rolled, 0);
	wait_for_packets(s.seen - s.dropped);
	sfam_packet_readers_stop(readers);
	ck_assert_int_eq(sfam_packet_readers_wait(readers, NULL,
						  SFAM_FOREVER), 0);
	ck_assert_uint_eq(packets_read() + s.dropped, packets());
	expect_sums(readers);
	expect_good_threads();
	sfam_packet_readers_free(readers);
}
END_TEST

/* --------------------------------------------------------------- refused -- */

/* The library's: how many more threads there may be. */
static int threads_max = 1000000;

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		   void *(*start)(void *arg), void *arg)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
		    void *);

	if (threads_max-- == 0)
		return EAGAIN;
	*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	return real(thread, attr, start, arg);
}

START_TEST(too_few_threads)
{
	struct sfam_packet_readers *readers = NULL;
	struct sfam_addr addr;
	int i;

	links_up();
	addr = addr_of("packet:a0");
	for (i = 0; i < MEMBERS; i++) {
		threads_max = i;
		ck_assert_err(readers_new(&readers, &addr, NULL, 0),
			      EAGAIN);
		ck_assert_ptr_null(readers);
	}
	ck_assert(signals_are_open());
}
END_TEST

/* Four for each ring, and one, and some for a moment: whichever is missing. */
START_TEST(too_few_descriptors)
{
	struct sfam_packet_readers *readers = NULL;
	struct rlimit limit;
	struct sfam_addr addr;
	int r, failures, used = dup(STDIN_FILENO);

	close(used);
	links_up();
	addr = addr_of("packet:a0");
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = (rlim_t)used;
	for (failures = 0; ; failures++, limit.rlim_cur++) {
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		r = readers_new(&readers, &addr, NULL, 0);
		if (r == 0)
			break;
		ck_assert_err(r, EMFILE);
		ck_assert_ptr_null(readers);
	}
	ck_assert_int_ge(failures, 4 * MEMBERS + 1);
	sfam_packet_readers_free(readers);
	limit.rlim_cur = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}
END_TEST

START_TEST(what_new_refuses)
{
	struct {
		struct sfam_packet_readers_opts known;
		uint64_t unknown;
	} larger = { SFAM_PACKET_READERS_OPTS_INIT, 1 };
	struct sfam_packet_readers_opts *o = &larger.known;
	struct sfam_packet_opts po = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_readers *readers = NULL;
	struct sfam_addr addr = addr_of("packet:");

	ck_assert_err(sfam_packet_readers_new(&readers, &addr, NULL), EINVAL);
	ck_assert_err(sfam_packet_readers_new(&readers, &addr, o), EINVAL);
	o->read = read_packets;
	o->count = 0;
	ck_assert_err(sfam_packet_readers_new(&readers, &addr, o), EINVAL);
	o->count = 257;
	ck_assert_err(sfam_packet_readers_new(&readers, &addr, o), EINVAL);
	o->count = 1;
	o->size = sizeof(larger);
	ck_assert_err(sfam_packet_readers_new(&readers, &addr, o), E2BIG);
	larger.unknown = 0;
	o->opts = &po;
	po.flags = 1u << 31;
	ck_assert_err(sfam_packet_readers_new(&readers, &addr, o), EINVAL);
	po.flags = 0;
	addr = addr_of("unix:");
	ck_assert_err(sfam_packet_readers_new(&readers, &addr, o),
		      EAFNOSUPPORT);
	ck_assert_ptr_null(readers);
	addr = addr_of("packet:");
	ck_assert_ok(sfam_packet_readers_new(&readers, &addr, o));
	ck_assert_ptr_null(sfam_packet_readers_free(readers));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ each_packet_once, "netns" },
		{ a_flow_stays_together, "netns" },
		{ group_of_the_caller, "netns" },
		{ stopped, "netns" },
		{ stopped_by_a_member, "netns" },
		{ error_of_a_member, "netns" },
		{ down_and_up, "netns" },
		{ deleted, "netns" },
		{ nothing_lost_uncounted, "netns" },
		{ too_few_threads, "netns" },
		{ too_few_descriptors, "netns" },
		{ what_new_refuses, "netns" },
	};

	return harness_run("readers", tests, HARNESS_LEN(tests));
}
