/* SPDX-License-Identifier: MIT */
/* Receiving in batches: frames, order, stamps, flags, drops, errors. */
#include <fcntl.h>
#include <linux/can/error.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <sys/wait.h>

#include "test-can-vcan.h"

/* ---------------------------------------------------------- receiver -- */

START_TEST(receiver_limits)
{
	static const size_t good[] = { 1, 2, 64, 1024 };
	struct sfam_can_receiver *r;
	size_t i;

	ck_assert_ptr_null(sfam_can_receiver_new(0, 0));
	ck_assert_ptr_null(sfam_can_receiver_new(1025, 0));
	ck_assert_ptr_null(sfam_can_receiver_new(SIZE_MAX, 0));
	ck_assert_ptr_null(sfam_can_receiver_new(1, SFAM_CAN_OPT_FD));
	ck_assert_ptr_null(sfam_can_receiver_new(1, 1u << 31));
	ck_assert_ptr_null(sfam_can_receiver_free(NULL));
	for (i = 0; i < HARNESS_LEN(good); i++) {
		r = receiver_new(good[i], 0);
		ck_assert_ptr_null(sfam_can_receiver_free(r));
		r = receiver_new(good[i], SFAM_CAN_OPT_XL);
		ck_assert_ptr_null(sfam_can_receiver_free(r));
	}
}
END_TEST

START_TEST(not_a_socket)
{
	struct sfam_can_receiver *r = receiver_new(4, 0);
	const struct sfam_can_record *rec = NULL;
	int fds[2];

	ck_assert_err(sfam_can_receive(-1, r, &rec, 0), EBADF);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_err(sfam_can_receive(fds[0], r, &rec, 0), ENOTSOCK);
	ck_assert_ptr_null(rec);
	close(fds[0]);
	close(fds[1]);
	sfam_can_receiver_free(r);
}
END_TEST

/* ------------------------------------------------------------ frames -- */

struct pair {
	int tx;
	int rx;
	struct sfam_can_receiver *receiver;
};

static struct pair pair_open(size_t n, uint32_t options)
{
	struct pair p = {
		.tx = can_open("vcan0"), .rx = can_open("vcan0"),
		.receiver = receiver_new(n, options & SFAM_CAN_OPT_XL),
	};

	ck_assert_ok(sfam_can_set_options(p.rx, options, 0));
	return p;
}

static void pair_close(struct pair *p)
{
	sfam_can_receiver_free(p->receiver);
	close(p->tx);
	close(p->rx);
}

/*
 * The kernel begins to stamp some time after a socket asks for it, in
 * deferred work (net_enable_timestamp() of net/core/dev.c). Until then a
 * frame has no stamp, or that of its reading.
 */
static void await_stamps(struct pair *p)
{
	const struct sfam_can_record *rec;
	int64_t sent;

	do {
		ck_assert_int_eq(send_numbers(p->tx, 0, 1, NULL, 0), 1);
		sent = clock_ns(CLOCK_REALTIME);
		usleep(1000);
		ck_assert_int_eq(sfam_can_receive(p->rx, p->receiver, &rec, 0),
				 1);
	} while (rec[0].time_ns == 0 || rec[0].time_ns > sent);
}

START_TEST(batches_in_order)
{
	struct pair p = pair_open(64, SFAM_CAN_OPT_TIME | SFAM_CAN_OPT_DROPS);
	int ifindex = (int)if_nametoindex("vcan0");
	const struct sfam_can_record *rec;
	uint32_t next = 0;
	int64_t last;
	ssize_t n, i;

	await_stamps(&p);
	last = clock_ns(CLOCK_REALTIME);
	ck_assert_int_eq(send_numbers(p.tx, 0, 200, NULL, 0), 200);
	while (next < 200) {
		n = sfam_can_receive(p.rx, p.receiver, &rec, 0);
		ck_assert_int_eq(n, next < 192 ? 64 : 8);
		for (i = 0; i < n; i++) {
			ck_assert_uint_eq(number_of(&rec[i]), next++);
			ck_assert_uint_eq(rec[i].size, CAN_MTU);
			ck_assert_uint_eq(rec[i].flags, SFAM_CAN_RX_LOCAL);
			ck_assert_int_eq(rec[i].ifindex, ifindex);
			ck_assert_uint_eq(rec[i].drops, 0);
			ck_assert_int_eq(rec[i].hw_time_ns, 0);
			ck_assert_int_ge(rec[i].time_ns, last);
			last = rec[i].time_ns;
		}
	}
	ck_assert_int_le(last, clock_ns(CLOCK_REALTIME));
	expect_text(p.rx, p.receiver, NULL);
	pair_close(&p);
}
END_TEST

START_TEST(no_stamps_unless_asked)
{
	struct pair p = pair_open(4, 0);
	const struct sfam_can_record *rec;

	ck_assert_int_eq(send_numbers(p.tx, 0, 4, NULL, 0), 4);
	ck_assert_int_eq(sfam_can_receive(p.rx, p.receiver, &rec, 0), 4);
	ck_assert_int_eq(rec[3].time_ns, 0);
	ck_assert_int_eq(rec[3].hw_time_ns, 0);
	/* Off again, and nothing of the last record stays. */
	ck_assert_ok(sfam_can_set_options(p.rx, SFAM_CAN_OPT_TIME, 0));
	ck_assert_int_eq(send_numbers(p.tx, 0, 1, NULL, 0), 1);
	ck_assert_int_eq(sfam_can_receive(p.rx, p.receiver, &rec, 0), 1);
	ck_assert_int_ne(rec[0].time_ns, 0);
	ck_assert_ok(sfam_can_set_options(p.rx, 0, SFAM_CAN_OPT_TIME));
	ck_assert_int_eq(send_numbers(p.tx, 0, 1, NULL, 0), 1);
	ck_assert_int_eq(sfam_can_receive(p.rx, p.receiver, &rec, 0), 1);
	ck_assert_int_eq(rec[0].time_ns, 0);
	pair_close(&p);
}
END_TEST

static void expect_stamp(struct pair *p)
{
	const struct sfam_can_record *rec;
	int64_t before;

	await_stamps(p);
	before = clock_ns(CLOCK_REALTIME);
	ck_assert_int_eq(send_numbers(p->tx, 0, 1, NULL, 0), 1);
	ck_assert_int_eq(sfam_can_receive(p->rx, p->receiver, &rec, 0), 1);
	ck_assert_int_ge(rec[0].time_ns, before);
	ck_assert_int_le(rec[0].time_ns, clock_ns(CLOCK_REALTIME));
	/* No controller, no stamp of one. */
	ck_assert_int_eq(rec[0].hw_time_ns, 0);
	ck_assert_uint_eq(rec[0].flags, SFAM_CAN_RX_LOCAL);
}

static void set_int(int fd, int name, int value)
{
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, name, &value,
				    sizeof(value)), 0);
}

/* All forms that the kernel has, whoever switched them on. */
START_TEST(stamps_of_every_form)
{
	static const int names[] = { SO_TIMESTAMPNS_OLD, SO_TIMESTAMPNS_NEW };
	static const int hw_names[] = {
		SO_TIMESTAMPING_OLD, SO_TIMESTAMPING_NEW,
	};
	struct pair p = pair_open(4, 0);
	size_t i;

	for (i = 0; i < HARNESS_LEN(names); i++) {
		set_int(p.rx, names[i], 1);
		expect_stamp(&p);
		set_int(p.rx, names[i], 0);
	}
	for (i = 0; i < HARNESS_LEN(hw_names); i++) {
		set_int(p.rx, hw_names[i], SOF_TIMESTAMPING_RX_SOFTWARE |
			SOF_TIMESTAMPING_SOFTWARE);
		expect_stamp(&p);
		set_int(p.rx, hw_names[i], 0);
	}
	ck_assert_ok(sfam_can_set_options(p.rx, SFAM_CAN_OPT_HWTIME, 0));
	expect_stamp(&p);
	ck_assert_ok(sfam_can_set_options(p.rx, SFAM_CAN_OPT_TIME, 0));
	expect_stamp(&p);
	pair_close(&p);
}
END_TEST

START_TEST(own_frames_are_marked)
{
	struct pair p = pair_open(4, SFAM_CAN_OPT_OWN);
	const struct sfam_can_record *rec;

	ck_assert_ok(send_text(p.rx, "123#01"));
	ck_assert_ok(send_text(p.tx, "123#02"));
	ck_assert_int_eq(sfam_can_receive(p.rx, p.receiver, &rec, 0), 2);
	ck_assert_uint_eq(rec[0].flags, SFAM_CAN_RX_LOCAL | SFAM_CAN_RX_OWN);
	ck_assert_uint_eq(rec[1].flags, SFAM_CAN_RX_LOCAL);
	pair_close(&p);
}
END_TEST

/* The controller's error frame alone, whatever the bytes of others are. */
START_TEST(overruns_are_marked)
{
	static const char *const texts[] = {
		"20000004#0001000000000000", "20000004#00FF000000000000",
		"20000204#0041000000000000", "20000004#00FE000000000000",
		"20000200#0001000000000000", "20000040#0000000000000000",
		"004#0001000000000000", "00000004#0001000000000000",
		"204#R", "004##10001",
	};
	struct pair p = pair_open(16, SFAM_CAN_OPT_FD);
	const struct sfam_can_record *rec;
	size_t i;

	ck_assert_ok(sfam_can_set_options(p.tx, SFAM_CAN_OPT_FD, 0));
	ck_assert_ok(sfam_can_set_error_mask(p.rx, CAN_ERR_MASK));
	for (i = 0; i < HARNESS_LEN(texts); i++)
		ck_assert_ok(send_text(p.tx, texts[i]));
	ck_assert_int_eq(sfam_can_receive(p.rx, p.receiver, &rec, 0),
			 (int)HARNESS_LEN(texts));
	for (i = 0; i < HARNESS_LEN(texts); i++)
		ck_assert_uint_eq(rec[i].flags & ~SFAM_CAN_RX_LOCAL,
				  i < 3 ? SFAM_CAN_RX_OVERRUN : 0);
	pair_close(&p);
}
END_TEST

START_TEST(frames_from_all_interfaces)
{
	struct sfam_can_receiver *r = receiver_new(8, 0);
	const struct sfam_can_record *rec;
	int any, a, b;

	link_add("vcan1", "vcan", 72);
	any = can_open("");
	a = can_open("vcan0");
	b = can_open("vcan1");
	ck_assert_ok(send_text(a, "123#0A"));
	ck_assert_ok(send_text(b, "123#0B"));
	ck_assert_int_eq(sfam_can_receive(any, r, &rec, 0), 2);
	ck_assert_int_eq(rec[0].ifindex, (int)if_nametoindex("vcan0"));
	ck_assert_int_eq(rec[1].ifindex, (int)if_nametoindex("vcan1"));
	expect_text(a, r, NULL);
	sfam_can_receiver_free(r);
	close(any);
	close(a);
	close(b);
}
END_TEST

START_TEST(frames_of_every_kind)
{
	static const char *const texts[] = {
		"123#", "12345678#1122334455667788", "7FF#R5",
		"123#1122334455667788_F", "123##5112233445566778899AABBCC",
		"45123#81:02:12345678#112233", "123#11",
		"00000#80:00:00000000#11223344", "123##4",
	};
	struct pair p = pair_open(1, SFAM_CAN_OPT_XL);
	size_t i;

	ck_assert_ok(sfam_can_set_options(p.tx, SFAM_CAN_OPT_XL, 0));
	for (i = 0; i < HARNESS_LEN(texts); i++)
		ck_assert_int_eq(send_text(p.tx, texts[i]), 1);
	for (i = 0; i < HARNESS_LEN(texts); i++)
		expect_text(p.rx, p.receiver, texts[i]);
	pair_close(&p);
}
END_TEST

START_TEST(longest_xl_frame)
{
	struct pair p = pair_open(4, SFAM_CAN_OPT_XL);
	const struct sfam_can_record *rec;
	uint16_t len = SFAM_CANXL_DLEN;
	static union frame f;
	struct iovec iov = { &f, SFAM_CANXL_MTU };

	memset(&f, 0x5a, sizeof(f));
	f.id = 0x7ff;
	f.at[4] = 0x80;
	memcpy(f.at + 6, &len, sizeof(len));
	ck_assert_ok(sfam_can_set_options(p.tx, SFAM_CAN_OPT_XL, 0));
	ck_assert_int_eq(sfam_can_send(p.tx, &iov, 1, NULL, 0), 1);
	ck_assert_int_eq(sfam_can_receive(p.rx, p.receiver, &rec, 0), 1);
	ck_assert_uint_eq(rec[0].size, SFAM_CANXL_MTU);
	ck_assert_uint_eq(rec[0].flags, SFAM_CAN_RX_LOCAL);
	ck_assert_mem_eq(rec[0].frame, &f, SFAM_CANXL_MTU);
	pair_close(&p);
}
END_TEST

/* An XL frame into a receiver that was not made for it. */
START_TEST(cut_frames_are_marked)
{
	/* 61 bytes: one more than fits */
	static const char long_xl[] = "00123#80:00:00000000#"
		"00112233445566778899AABBCCDDEE00112233445566778899AABBCCDDEE"
		"00112233445566778899AABBCCDDEE00112233445566778899AABBCCDDEE"
		"55";
	struct pair p = pair_open(4, SFAM_CAN_OPT_XL);
	struct sfam_can_receiver *small = receiver_new(4, 0);
	const struct sfam_can_record *rec;
	struct sfam_can_fields fields;

	ck_assert_ok(sfam_can_set_options(p.tx, SFAM_CAN_OPT_XL, 0));
	ck_assert_ok(send_text(p.tx, long_xl));
	ck_assert_ok(send_text(p.tx, "123#11"));
	ck_assert_int_eq(sfam_can_receive(p.rx, small, &rec, 0), 2);
	ck_assert_uint_eq(rec[0].flags, SFAM_CAN_RX_LOCAL | SFAM_CAN_RX_CUT);
	ck_assert_uint_eq(rec[0].size, CANFD_MTU);
	ck_assert_err(sfam_can_unpack(&fields, rec[0].frame, rec[0].size),
		      EINVAL);
	ck_assert_uint_eq(rec[1].flags, SFAM_CAN_RX_LOCAL);
	ck_assert_uint_eq(rec[1].size, CAN_MTU);
	sfam_can_receiver_free(small);
	pair_close(&p);
}
END_TEST

/* ------------------------------------------------------------- drops -- */

/* Takes all that is there. Counts frames; checks that drops are gaps. */
static uint32_t drain(struct pair *p, uint32_t *next)
{
	const struct sfam_can_record *rec;
	uint32_t got = 0;
	ssize_t n, i;

	for (;;) {
		n = sfam_can_receive(p->rx, p->receiver, &rec, 0);
		if (n == -ETIMEDOUT)
			return got;
		ck_assert_ok(n);
		for (i = 0; i < n; i++) {
			*next += rec[i].drops;
			ck_assert_uint_eq(number_of(&rec[i]), *next);
			++*next;
			got++;
		}
	}
}

/*
 * Each frame that the socket dropped is counted in the record right after
 * the gap. The kernel tells with the next frame it queues, not before.
 */
START_TEST(drops_are_counted_exactly)
{
	struct pair p = pair_open(32, SFAM_CAN_OPT_DROPS | SFAM_CAN_OPT_TIME);
	uint32_t next = 0, sent = 0;
	int burst;

	set_int(p.rx, SO_RCVBUF, 4096);
	for (burst = 0; burst < 5; burst++) {
		ck_assert_int_eq(send_numbers(p.tx, sent, 1000, NULL, 0),
				 1000);
		sent += 1000;
		ck_assert_uint_lt(drain(&p, &next), 1000);
		ck_assert_uint_lt(next, sent);
	}
	ck_assert_int_eq(send_numbers(p.tx, sent, 1, NULL, 0), 1);
	ck_assert_uint_eq(drain(&p, &next), 1);
	ck_assert_uint_eq(next, sent + 1);
	pair_close(&p);
}
END_TEST

/* ------------------------------------------------- timeouts, errors -- */

START_TEST(timeouts)
{
	struct pair p = pair_open(4, 0);
	const struct sfam_can_record *rec = NULL;
	int64_t start = clock_ns(CLOCK_MONOTONIC);

	ck_assert_err(sfam_can_receive(p.rx, p.receiver, &rec, 0), ETIMEDOUT);
	ck_assert_err(sfam_can_receive(p.rx, p.receiver, &rec, 30 * MS),
		      ETIMEDOUT);
	ck_assert_int_ge(clock_ns(CLOCK_MONOTONIC) - start, 30 * MS);
	ck_assert_ptr_null(rec);
	pair_close(&p);
}
END_TEST

/* Sends one frame in 50 ms from another process. */
static pid_t send_later(struct pair *p)
{
	struct timespec ts = { 0, 50 * MS };
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid)
		return pid;
	nanosleep(&ts, NULL);
	_exit(send_text(p->tx, "123#11") == 1 ? 0 : 1);
}

static void expect_wakeup(struct pair *p, int64_t timeout_ns)
{
	const struct sfam_can_record *rec;
	pid_t pid = send_later(p);
	int status;

	ck_assert_int_eq(sfam_can_receive(p->rx, p->receiver, &rec,
					  timeout_ns), 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(waits_for_the_first_frame)
{
	struct pair p = pair_open(4, 0);

	expect_wakeup(&p, SFAM_FOREVER);
	expect_wakeup(&p, 3600000 * MS);
	/* The flag of the descriptor does not change what a timeout means. */
	ck_assert_int_eq(fcntl(p.rx, F_SETFL, O_NONBLOCK), 0);
	expect_wakeup(&p, SFAM_FOREVER);
	ck_assert_int_eq(fcntl(p.rx, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	pair_close(&p);
}
END_TEST

START_TEST(interface_goes_down)
{
	struct pair p = pair_open(4, 0);
	const struct sfam_can_record *rec;

	ck_assert_ok(send_text(p.tx, "123#11"));
	link_set_up("vcan0", 0);
	ck_assert_err(sfam_can_receive(p.rx, p.receiver, &rec, SFAM_FOREVER),
		      ENETDOWN);
	/* Told once; what had come before is still there. */
	expect_text(p.rx, p.receiver, "123#11");
	link_set_up("vcan0", 1);
	ck_assert_err(sfam_can_receive(p.tx, p.receiver, &rec, 0), ENETDOWN);
	ck_assert_ok(send_text(p.tx, "123#22"));
	expect_text(p.rx, p.receiver, "123#22");
	pair_close(&p);
}
END_TEST

START_TEST(interface_is_deleted)
{
	struct pair p = pair_open(4, 0);
	const struct sfam_can_record *rec;

	link_del("vcan0");
	ck_assert_err(sfam_can_receive(p.rx, p.receiver, &rec, SFAM_FOREVER),
		      ENODEV);
	pair_close(&p);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ receiver_limits, NULL },
		{ not_a_socket, NULL },
		{ batches_in_order, "can vcan" },
		{ no_stamps_unless_asked, "can vcan" },
		{ stamps_of_every_form, "can vcan" },
		{ own_frames_are_marked, "can vcan" },
		{ overruns_are_marked, "can vcan" },
		{ frames_from_all_interfaces, "can vcan" },
		{ frames_of_every_kind, "can vcanxl" },
		{ longest_xl_frame, "can vcanxl" },
		{ cut_frames_are_marked, "can vcanxl" },
		{ drops_are_counted_exactly, "can vcan" },
		{ timeouts, "can vcan" },
		{ waits_for_the_first_frame, "can vcan" },
		{ interface_goes_down, "can vcan" },
		{ interface_is_deleted, "can vcan" },
	};

	return harness_run("can-receive", tests, HARNESS_LEN(tests));
}
