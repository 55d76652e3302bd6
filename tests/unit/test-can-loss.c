/* SPDX-License-Identifier: MIT */
/*
 * Frames that are lost: sent = received + told, exactly, by a socket and by
 * a ring, also when nothing more comes. SFAM_PACKETS=n: in a flood of n.
 */
#include <net/if.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <signal.h>

#include "test-can-vcan.h"

#define CHUNK 500	/* less than the kernel's own queue (1000) */

/* Either engine. */
struct reader {
	int fd;				/* -1: a ring */
	struct sfam_can_receiver *receiver;
	struct sfam_can_ring *ring;
	uint32_t received;
	uint32_t told;			/* lost */
};

static void set_rcvbuf(int fd, int bytes)
{
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes,
				    sizeof(bytes)), 0);
}

static struct reader socket_reader(void)
{
	struct reader r = { .fd = can_open("vcan0"),
			    .receiver = receiver_new(32, 0) };

	set_rcvbuf(r.fd, 4096);
	ck_assert_ok(sfam_can_set_options(r.fd, SFAM_CAN_OPT_DROPS, 0));
	return r;
}

static struct reader ring_reader(void)
{
	struct reader r = { .fd = -1 };

	ck_assert_ok(sfam_can_ring_new(&r.ring,
				       (int)if_nametoindex("vcan0"), 100,
				       NULL));
	return r;
}

static void reader_close(struct reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	sfam_can_receiver_free(r->receiver);
	sfam_can_ring_free(r->ring);
}

static ssize_t receive(struct reader *r, const struct sfam_can_record **rec)
{
	return r->fd >= 0 ? sfam_can_receive(r->fd, r->receiver, rec, 0) :
			    sfam_can_ring_receive(r->ring, rec, 0);
}

static void ask(struct reader *r)
{
	uint32_t drops = UINT32_MAX;

	if (r->fd >= 0)
		ck_assert_ok(sfam_can_receiver_drops(r->fd, r->receiver,
						     &drops));
	else
		ck_assert_ok(sfam_can_ring_drops(r->ring, &drops));
	r->told += drops;
}

/*
 * A batch, if one is there. What was lost before a frame has been told by
 * then, of the frames in order.
 */
static ssize_t take(struct reader *r)
{
	const struct sfam_can_record *rec;
	ssize_t n = receive(r, &rec);
	ssize_t i;

	if (n == -ETIMEDOUT)
		return 0;
	ck_assert_ok(n);
	for (i = 0; i < n; i++) {
		r->told += rec[i].drops;
		expect_that(number_of(&rec[i]) <= r->received + r->told);
		expect_that(number_of(&rec[i]) >= r->received);
		r->received++;
	}
	return n;
}

static uint32_t sum(const struct reader *r)
{
	return r->received + r->told;
}

/* A block of a ring comes in its own time. */
static void take_until(struct reader *r, uint32_t sent)
{
	while (sum(r) < sent)
		if (take(r) == 0)
			ask(r);
	ck_assert_uint_eq(sum(r), sent);
}

static void send_all(int tx, uint32_t first, uint32_t n)
{
	uint32_t i, part;

	for (i = 0; i < n; i += part) {
		part = n - i < CHUNK ? n - i : CHUNK;
		ck_assert_int_eq(send_numbers(tx, first + i, part, NULL, 0),
				 (ssize_t)part);
	}
}

/* ------------------------------------------------------------- asleep -- */

/* It reads only when all was sent, and nothing more comes. */
static void sleeper(struct reader r)
{
	int tx = can_open("vcan0");
	uint32_t few;

	send_all(tx, 0, 5000);
	take_until(&r, 5000);
	few = r.received;
	ck_assert_uint_gt(few, 0);
	ck_assert_uint_lt(few, 1000);
	/* It is told once; and there was nothing else. */
	ask(&r);
	ck_assert_int_eq(take(&r), 0);
	ck_assert_uint_eq(sum(&r), 5000);
	/* What comes next is told of no loss. */
	send_all(tx, 5000, 1);
	take_until(&r, 5001);
	ck_assert_uint_eq(r.received, few + 1);
	reader_close(&r);
	close(tx);
}

START_TEST(socket_asleep)
{
	sleeper(socket_reader());
}
END_TEST

START_TEST(ring_asleep)
{
	sleeper(ring_reader());
}
END_TEST

/* Gaps between frames are told by the frames; the last one is not. */
static void bursts(struct reader r)
{
	int tx = can_open("vcan0");
	uint32_t sent, told;

	for (sent = 0; sent < 5000; sent += 1000) {
		told = r.told;
		send_all(tx, sent, 1000);
		while (take(&r))
			;
		ck_assert_uint_le(sum(&r), sent + 1000);
		/* A ring's records may have told already of this one's. */
		if (r.fd < 0)
			continue;
		ck_assert_uint_eq(r.told > told, sent > 0);
		ck_assert_uint_lt(sum(&r), sent + 1000);
	}
	take_until(&r, sent);
	reader_close(&r);
	close(tx);
}

START_TEST(socket_bursts)
{
	bursts(socket_reader());
}
END_TEST

START_TEST(ring_bursts)
{
	bursts(ring_reader());
}
END_TEST

/* Told before frames that were queued before the loss: once all the same. */
START_TEST(asked_early)
{
	struct reader r = socket_reader();
	int tx = can_open("vcan0");
	uint32_t sent, told;

	for (sent = 0; sent < 5000; sent += 1000) {
		send_all(tx, sent, 1000);
		ask(&r);
		told = r.told;
		while (take(&r))
			;
		ck_assert_uint_eq(r.told, told);
		ck_assert_uint_eq(sum(&r), sent + 1000);
	}
	reader_close(&r);
	close(tx);
}
END_TEST

START_TEST(no_loss)
{
	struct reader s = socket_reader();
	struct reader r = ring_reader();
	int tx = can_open("vcan0");
	uint32_t sent;

	for (sent = 0; sent < 80; sent += 4) {
		send_all(tx, sent, 4);
		take_until(&s, sent + 4);
		take_until(&r, sent + 4);
	}
	ck_assert_uint_eq(s.received, sent);
	ck_assert_uint_eq(r.received, sent);
	reader_close(&s);
	reader_close(&r);
	close(tx);
}
END_TEST

/* -------------------------------------------------------------- flood -- */

static uint32_t frames(void)
{
	const char *text = getenv("SFAM_PACKETS");

	return text ? (uint32_t)strtoul(text, NULL, 10) : 20000;
}

static pid_t send_in_child(uint32_t n)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	send_all(can_open("vcan0"), 0, n);
	_exit(0);
}

/* A reader that sleeps, wakes up, asks at any time, while frames come. */
static void flood(struct reader r)
{
	uint64_t seed = test_seed();
	pid_t pid = send_in_child(frames());
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		take(&r);
		if (test_random(&seed) % 8 == 0)
			ask(&r);
		if (test_random(&seed) % 4 == 0)
			usleep((useconds_t)(test_random(&seed) % 2000));
	}
	ck_assert_int_eq(status, 0);
	take_until(&r, frames());
	ask(&r);
	ck_assert_int_eq(take(&r), 0);
	ck_assert_uint_eq(sum(&r), frames());
	reader_close(&r);
}

START_TEST(socket_flood)
{
	flood(socket_reader());
}
END_TEST

START_TEST(ring_flood)
{
	flood(ring_reader());
}
END_TEST

/* --------------------------------------------------------------- room -- */

START_TEST(room_in_frames)
{
	struct reader r = socket_reader();
	int tx = can_open("vcan0");
	ssize_t n = sfam_can_set_room(r.fd, 100);
	struct sfam_can_receiver *receiver = receiver_new(1, 0);
	uint32_t drops;

	/* Within what anybody may have. */
	ck_assert_int_ge(n, 100);
	ck_assert_int_le(n, 102);
	send_all(tx, 0, 100);
	take_until(&r, 100);
	ck_assert_uint_eq(r.received, 100);
	ck_assert_uint_eq(r.told, 0);
	/* It never becomes less. */
	ck_assert_int_eq(sfam_can_set_room(r.fd, 0), n);
	ck_assert_int_eq(sfam_can_set_room(r.fd, 20), n);
	ck_assert_int_gt(sfam_can_set_room(r.fd, SIZE_MAX), n);
	ck_assert_err(sfam_can_set_room(-1, 1), EBADF);
	ck_assert_err(sfam_can_receiver_drops(-1, receiver, &drops), EBADF);
	sfam_can_receiver_free(receiver);
	reader_close(&r);
	close(tx);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ socket_asleep, "can vcan" },
		{ ring_asleep, "can vcan" },
		{ socket_bursts, "can vcan" },
		{ ring_bursts, "can vcan" },
		{ asked_early, "can vcan" },
		{ no_loss, "can vcan" },
		{ socket_flood, "can vcan" },
		{ ring_flood, "can vcan" },
		{ room_in_frames, "can vcan" },
	};

	return harness_run("can-loss", tests, HARNESS_LEN(tests));
}
