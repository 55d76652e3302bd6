/* SPDX-License-Identifier: MIT */
/* CAN by a ring: the same records as by a socket, its errors and its waits. */
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <poll.h>

#include "test-can-vcan.h"

/* No wait of a test ends by this one. */
#define SAFE_NS (300000 * MS)

static struct sfam_can_ring *ring_new(const char *ifname,
				      const struct sfam_can_filters *filters)
{
	const int ifindex = *ifname ? (int)if_nametoindex(ifname) : 0;
	struct sfam_can_ring *ring = NULL;

	ck_assert_ok(sfam_can_ring_new(&ring, ifindex, 1000, filters));
	return ring;
}

/* ---------------------------------------------------------- new, free -- */

static int open_ring(int ifindex, size_t frames,
		     const struct sfam_can_filters *filters)
{
	struct sfam_can_ring *ring = NULL;
	int r = sfam_can_ring_new(&ring, ifindex, frames, filters);

	ck_assert_int_eq(r == 0, ring != NULL);
	sfam_can_ring_free(ring);
	return r;
}

START_TEST(refused)
{
	static struct sfam_can_filters many = {
		.n = SFAM_CAN_FILTERS_MAX + 1,
	};
	int vcan0 = (int)if_nametoindex("vcan0");

	ck_assert_ptr_null(sfam_can_ring_free(NULL));
	ck_assert_ok(open_ring(vcan0, 0, NULL));
	ck_assert_ok(open_ring(0, 1, NULL));
	ck_assert_err(open_ring(-1, 0, NULL), EINVAL);
	ck_assert_err(open_ring(vcan0, SIZE_MAX, NULL), EINVAL);
	ck_assert_err(open_ring(vcan0, ((size_t)1 << 24) + 1, NULL), EINVAL);
	ck_assert_err(open_ring(vcan0, 0, &many), EINVAL);
	ck_assert_err(open_ring(9999, 0, NULL), ENODEV);
	/* It is up, but no CAN interface. */
	link_set_up("lo", 1);
	ck_assert_err(open_ring((int)if_nametoindex("lo"), 0, NULL), ENODEV);
	link_set_up("vcan0", 0);
	ck_assert_err(open_ring(vcan0, 0, NULL), ENETDOWN);
	link_set_up("vcan0", 1);
	/* In a user namespace below, the interface is another's. */
	ck_assert_int_eq(unshare(CLONE_NEWUSER), 0);
	ck_assert_err(open_ring(vcan0, 0, NULL), EPERM);
}
END_TEST

/* ------------------------------------------------------- same records -- */

#define MARKER (CAN_EFF_FLAG | 0x1ffffffe)
#define SEEN_MAX 512

struct seen {
	size_t n;
	struct sfam_can_record records[SEEN_MAX];
	uint8_t frames[SEEN_MAX][SFAM_CANXL_MTU];
};

static struct seen by_socket, by_ring;

static void send_marker(int tx)
{
	const struct can_frame frame = { .can_id = MARKER };

	ck_assert_int_eq(write(tx, &frame, sizeof(frame)),
			 (ssize_t)sizeof(frame));
	settle();
}

/* 1 when that was the marker. */
static int note(struct seen *s, const struct sfam_can_record *rec)
{
	canid_t id;

	memcpy(&id, rec->frame, sizeof(id));
	if (id == MARKER)
		return 1;
	ck_assert_uint_lt(s->n, SEEN_MAX);
	ck_assert_uint_le(rec->size, SFAM_CANXL_MTU);
	memcpy(s->frames[s->n], rec->frame, rec->size);
	s->records[s->n++] = *rec;
	return 0;
}

static void see_socket(int fd, struct sfam_can_receiver *r)
{
	const struct sfam_can_record *rec;
	ssize_t n, i;
	int end = 0;

	by_socket.n = 0;
	while (!end) {
		n = sfam_can_receive(fd, r, &rec, SAFE_NS);
		ck_assert_int_gt(n, 0);
		for (i = 0; i < n; i++)
			end |= note(&by_socket, &rec[i]);
	}
}

static void see_ring(struct sfam_can_ring *ring)
{
	const struct sfam_can_record *rec;
	ssize_t n, i;
	int end = 0;

	by_ring.n = 0;
	while (!end) {
		n = sfam_can_ring_receive(ring, &rec, SAFE_NS);
		ck_assert_int_gt(n, 0);
		for (i = 0; i < n; i++)
			end |= note(&by_ring, &rec[i]);
	}
}

/* All but the flag of direction, which a ring cannot tell. */
static void same_records(void)
{
	const struct sfam_can_record *a, *b;
	size_t i;

	ck_assert_uint_eq(by_socket.n, by_ring.n);
	for (i = 0; i < by_socket.n; i++) {
		a = &by_socket.records[i];
		b = &by_ring.records[i];
		ck_assert_uint_eq(a->size, b->size);
		ck_assert_mem_eq(by_socket.frames[i], by_ring.frames[i],
				 a->size);
		ck_assert_int_eq(a->ifindex, b->ifindex);
		ck_assert_int_eq(a->time_ns, b->time_ns);
		ck_assert_int_ne(a->time_ns, 0);
		ck_assert_uint_eq(b->flags,
				  a->flags & SFAM_CAN_RX_OVERRUN);
		ck_assert_uint_eq(a->drops, 0);
		ck_assert_uint_eq(b->drops, 0);
		ck_assert_int_eq(b->hw_time_ns, 0);
	}
}

/* Once it does, all sockets have the stamp: see test-can-receive.c. */
static void await_stamps(int tx, int rx, struct sfam_can_receiver *r)
{
	const struct sfam_can_record *rec;
	int64_t sent;

	do {
		ck_assert_ok(send_text(tx, "123#"));
		sent = clock_ns(CLOCK_REALTIME);
		usleep(1000);
		ck_assert_int_eq(sfam_can_receive(rx, r, &rec, 0), 1);
	} while (rec[0].time_ns == 0 || rec[0].time_ns > sent);
}

static void send_random(int tx, uint64_t *seed)
{
	const uint64_t r = test_random(seed);
	uint8_t data[SFAM_CANXL_DLEN];
	struct sfam_can_fields f = { .data = data };
	union frame frame;
	struct iovec iov = { &frame, 0 };
	ssize_t size;

	memset(data, (int)(r >> 8), sizeof(data));
	f.id = (uint32_t)(r >> 16) & CAN_SFF_MASK;
	switch (r % 6) {
	case 0:
		f.flags = SFAM_CAN_XL;
		f.len = (uint16_t)(1 + (r >> 32) % SFAM_CANXL_DLEN);
		f.vcid = (uint8_t)(r >> 48);
		break;
	case 1:
		f.flags = SFAM_CAN_FD | SFAM_CAN_BRS;
		f.len = (uint16_t)sfam_can_fd_len((r >> 32) % 65);
		break;
	case 2:
		f.flags = SFAM_CAN_ERR;
		f.len = 8;
		break;
	case 3:
		f.flags = SFAM_CAN_RTR;
		break;
	case 4:
		f.flags = SFAM_CAN_EXT;
		f.len = (uint16_t)((r >> 32) % 9);
		break;
	default:
		f.len = (uint16_t)((r >> 32) % 9);
		break;
	}
	size = sfam_can_pack(&frame, sizeof(frame), &f);
	ck_assert_ok(size);
	iov.iov_len = (size_t)size;
	ck_assert_int_eq(sfam_can_send(tx, &iov, 1, NULL, 0), 1);
}

START_TEST(all_kinds)
{
	struct sfam_can_filters filters = { .error_mask = CAN_ERR_MASK };
	struct sfam_can_receiver *r = receiver_new(64, SFAM_CAN_OPT_XL);
	struct sfam_can_ring *ring;
	uint64_t seed = test_seed();
	int tx, rx, round, i;

	link_add("vcan1", "vcan", 2060);
	tx = can_open("vcan0");
	rx = can_open("");
	ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_XL, 0));
	ck_assert_ok(sfam_can_set_options(rx, SFAM_CAN_OPT_XL |
					  SFAM_CAN_OPT_DROPS |
					  SFAM_CAN_OPT_TIME, 0));
	await_stamps(tx, rx, r);
	ck_assert_ok(sfam_can_filters_set(rx, &filters));
	ring = ring_new("", &filters);
	for (round = 0; round < 10; round++) {
		for (i = 0; i < 40; i++)
			send_random(tx, &seed);
		close(tx);
		tx = can_open(round & 1 ? "vcan0" : "vcan1");
		ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_XL, 0));
		send_marker(tx);
		see_socket(rx, r);
		see_ring(ring);
		ck_assert_uint_eq(by_socket.n, 40);
		same_records();
	}
	sfam_can_ring_free(ring);
	sfam_can_receiver_free(r);
	close(tx);
	close(rx);
}
END_TEST

static uint32_t random_id(uint64_t *seed)
{
	const uint64_t r = test_random(seed);
	const uint32_t id = (uint32_t)(r % 16) << (r >> 8) % 26;

	return id | (uint32_t)(r >> 16) % 4 << 30;
}

static void random_filters(struct sfam_can_filters *f, uint64_t *seed)
{
	const uint64_t r = test_random(seed);
	size_t i;

	memset(f, 0, sizeof(*f));
	f->n = 1 + r % 4;
	f->is_joined = (uint32_t)(r >> 8) & 1;
	f->error_mask = r & 0x200 ? (uint32_t)(r >> 32) & CAN_ERR_MASK : 0;
	for (i = 0; i < f->n; i++) {
		f->filters[i].can_id = random_id(seed);
		f->filters[i].can_mask = random_id(seed);
		if (test_random(seed) % 3 == 0)
			f->filters[i].can_id |= CAN_INV_FILTER;
	}
}

static void write_id(int tx, uint32_t can_id)
{
	const struct can_frame frame = { .can_id = can_id };

	ck_assert_int_eq(write(tx, &frame, sizeof(frame)),
			 (ssize_t)sizeof(frame));
}

/* Behind the filters' own marker, so that it passes whatever they are. */
static void add_marker(struct sfam_can_filters *f)
{
	if (f->is_joined)
		f->n = 1;
	f->is_joined = 0;
	f->filters[f->n++] = (struct can_filter){
		.can_id = MARKER, .can_mask = CAN_EFF_FLAG | CAN_EFF_MASK,
	};
}

/* Joined filters have no room for a marker: frames that match are counted. */
static void see_matching(struct sfam_can_ring *ring, int fd,
			 struct sfam_can_receiver *r, size_t n)
{
	const struct sfam_can_record *rec;
	ssize_t got, i;

	by_socket.n = by_ring.n = 0;
	while (by_socket.n < n) {
		got = sfam_can_receive(fd, r, &rec, SAFE_NS);
		ck_assert_int_gt(got, 0);
		for (i = 0; i < got; i++)
			note(&by_socket, &rec[i]);
	}
	while (by_ring.n < n) {
		got = sfam_can_ring_receive(ring, &rec, SAFE_NS);
		ck_assert_int_gt(got, 0);
		for (i = 0; i < got; i++)
			note(&by_ring, &rec[i]);
	}
}

static void same_answers(struct sfam_can_filters *f, int tx,
			 struct sfam_can_receiver *r, uint64_t *seed)
{
	const int is_joined = f->is_joined && test_random(seed) % 2;
	struct sfam_can_ring *ring;
	int rx = can_open("vcan0");
	uint32_t ids[64];
	size_t i, k = 0, n = 0;

	if (!is_joined)
		add_marker(f);
	ck_assert_ok(sfam_can_set_options(rx, SFAM_CAN_OPT_TIME, 0));
	ck_assert_ok(sfam_can_filters_set(rx, f));
	ring = ring_new("vcan0", f);
	for (i = 0; i < HARNESS_LEN(ids); i++) {
		ids[i] = i % 8 ? random_id(seed) :
			 CAN_ERR_FLAG | (uint32_t)test_random(seed) % 512;
		n += (size_t)sfam_can_filters_match(f, ids[i]);
		write_id(tx, ids[i]);
	}
	send_marker(tx);
	if (is_joined) {
		see_matching(ring, rx, r, n);
	} else {
		see_socket(rx, r);
		see_ring(ring);
	}
	same_records();
	ck_assert_uint_eq(by_ring.n, n);
	for (i = 0; i < HARNESS_LEN(ids); i++)
		if (sfam_can_filters_match(f, ids[i]))
			ck_assert_mem_eq(by_ring.frames[k++], &ids[i], 4);
	sfam_can_ring_free(ring);
	close(rx);
}

START_TEST(random_filters_on_both)
{
	struct sfam_can_receiver *r = receiver_new(64, 0);
	uint64_t seed = test_seed();
	struct sfam_can_filters f;
	int tx = can_open("vcan0");
	int stamped = can_open("vcan0");
	int round;

	/* It keeps the kernel stamping. */
	ck_assert_ok(sfam_can_set_options(stamped, SFAM_CAN_OPT_TIME, 0));
	await_stamps(tx, stamped, r);
	for (round = 0; round < 25; round++) {
		random_filters(&f, &seed);
		same_answers(&f, tx, r, &seed);
	}
	sfam_can_receiver_free(r);
	close(stamped);
	close(tx);
}
END_TEST

/* --------------------------------------------------------------- waits -- */

START_TEST(timeouts)
{
	struct sfam_can_ring *ring = ring_new("vcan0", NULL);
	const struct sfam_can_record *rec = NULL;
	int64_t start = clock_ns(CLOCK_MONOTONIC);
	struct pollfd p = { sfam_can_ring_poll_fd(ring), POLLIN, 0 };

	ck_assert_err(sfam_can_ring_receive(ring, &rec, 0), ETIMEDOUT);
	ck_assert_err(sfam_can_ring_receive(ring, &rec, 30 * MS), ETIMEDOUT);
	ck_assert_int_ge(clock_ns(CLOCK_MONOTONIC) - start, 30 * MS);
	ck_assert_ptr_null(rec);
	ck_assert_int_eq(poll(&p, 1, 0), 0);
	sfam_can_ring_free(ring);
}
END_TEST

/* A lone frame ends a wait for ever, and the descriptor tells of it. */
START_TEST(lone_frames)
{
	struct sfam_can_ring *ring = ring_new("vcan0", NULL);
	struct pollfd p = { sfam_can_ring_poll_fd(ring), POLLIN, 0 };
	const struct sfam_can_record *rec;
	int tx = can_open("vcan0");
	int i;

	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(sfam_can_ring_pending(ring), 0);
		ck_assert_int_eq(send_numbers(tx, (uint32_t)i, 1, NULL, 0), 1);
		ck_assert_int_eq(sfam_can_ring_pending(ring), 1);
		if (i & 1)
			ck_assert_int_eq(poll(&p, 1, 300000), 1);
		ck_assert_int_eq(sfam_can_ring_receive(ring, &rec, SAFE_NS),
				 1);
		ck_assert_uint_eq(number_of(rec), (uint32_t)i);
	}
	sfam_can_ring_free(ring);
	close(tx);
}
END_TEST

static struct sfam_can_ring *to_wake;
static volatile sig_atomic_t signals;

static void on_signal(int signo)
{
	(void)signo;
	if (++signals == 3 && to_wake)
		sfam_can_ring_wake(to_wake);
}

/* Anew: none is on its way while what they do is changed. */
static void start_signals(struct sfam_can_ring *ring)
{
	const struct sigaction sa = { .sa_handler = on_signal };
	const struct itimerval every = { { 0, 5000 }, { 0, 5000 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };

	ck_assert_int_eq(sigaction(SIGALRM, &sa, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	to_wake = ring;
	signals = 0;
	ck_assert_int_eq(setitimer(ITIMER_REAL, &every, NULL), 0);
}

START_TEST(signals_and_wake)
{
	struct sfam_can_ring *ring = ring_new("vcan0", NULL);
	const struct sfam_can_record *rec = NULL;
	int64_t start = clock_ns(CLOCK_MONOTONIC);

	/* A signal alone does not end the wait. */
	start_signals(NULL);
	ck_assert_err(sfam_can_ring_receive(ring, &rec, 50 * MS), ETIMEDOUT);
	ck_assert_int_ge(clock_ns(CLOCK_MONOTONIC) - start, 50 * MS);
	start_signals(ring);
	ck_assert_int_eq(sfam_can_ring_receive(ring, &rec, SFAM_FOREVER), 0);
	ck_assert_int_ge(signals, 3);
	/* Before the wait it counts too, and once. */
	sfam_can_ring_wake(ring);
	ck_assert_int_eq(sfam_can_ring_receive(ring, &rec, SFAM_FOREVER), 0);
	ck_assert_err(sfam_can_ring_receive(ring, &rec, 0), ETIMEDOUT);
	ck_assert_ptr_null(rec);
	sfam_can_ring_free(ring);
}
END_TEST

/* ----------------------------------------------------------- interface -- */

static void expect_numbers(struct sfam_can_ring *ring, uint32_t first,
			   uint32_t n)
{
	const struct sfam_can_record *rec;
	uint32_t got = 0;
	ssize_t r, i;

	while (got < n) {
		r = sfam_can_ring_receive(ring, &rec, SAFE_NS);
		ck_assert_int_gt(r, 0);
		for (i = 0; i < r; i++)
			ck_assert_uint_eq(number_of(&rec[i]), first + got++);
	}
	ck_assert_uint_eq(got, n);
}

START_TEST(interface_goes_down)
{
	struct sfam_can_ring *ring = ring_new("vcan0", NULL);
	const struct sfam_can_record *rec;
	int tx = can_open("vcan0");

	ck_assert_int_eq(send_numbers(tx, 0, 300, NULL, 0), 300);
	link_set_up("vcan0", 0);
	expect_numbers(ring, 0, 300);
	ck_assert_err(sfam_can_ring_receive(ring, &rec, SFAM_FOREVER),
		      ENETDOWN);
	ck_assert_err(sfam_can_ring_receive(ring, &rec, 0), ETIMEDOUT);
	link_set_up("vcan0", 1);
	close(tx);
	tx = can_open("vcan0");
	ck_assert_int_eq(send_numbers(tx, 300, 2, NULL, 0), 2);
	expect_numbers(ring, 300, 2);
	sfam_can_ring_free(ring);
	close(tx);
}
END_TEST

START_TEST(interface_is_deleted)
{
	struct sfam_can_ring *ring = ring_new("vcan0", NULL);
	struct sfam_can_ring *any = ring_new("", NULL);
	const struct sfam_can_record *rec;
	int tx = can_open("vcan0");
	ssize_t r;

	ck_assert_int_eq(send_numbers(tx, 0, 300, NULL, 0), 300);
	link_del("vcan0");
	expect_numbers(ring, 0, 300);
	r = sfam_can_ring_receive(ring, &rec, SFAM_FOREVER);
	if (r == -ENETDOWN)
		r = sfam_can_ring_receive(ring, &rec, SFAM_FOREVER);
	ck_assert_err(r, ENODEV);
	ck_assert_err(sfam_can_ring_receive(ring, &rec, 0), ENODEV);
	/* Of one among all there is nothing to tell. */
	expect_numbers(any, 0, 300);
	ck_assert_err(sfam_can_ring_receive(any, &rec, 0), ETIMEDOUT);
	sfam_can_ring_free(ring);
	sfam_can_ring_free(any);
	close(tx);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ refused, "can vcan" },
		{ all_kinds, "can vcanxl" },
		{ random_filters_on_both, "can vcan" },
		{ timeouts, "can vcan" },
		{ lone_frames, "can vcan" },
		{ signals_and_wake, "can vcan" },
		{ interface_goes_down, "can vcan" },
		{ interface_is_deleted, "can vcan" },
	};

	return harness_run("can-ring", tests, HARNESS_LEN(tests));
}
