/* SPDX-License-Identifier: MIT */
/* Frames that leave at their time, and those that never do. */
#include <linux/capability.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "test-can-vcan.h"

#define DELTA_NS 300000
#define FRAMES 100

static struct can_frame frames[FRAMES];
static struct iovec iovs[FRAMES];
static int64_t times[FRAMES];

static void set_queue(void)
{
	char command[128];

	snprintf(command, sizeof(command), "tc qdisc add dev vcan0 root etf "
		 "clockid CLOCK_TAI delta %d", DELTA_NS);
	ck_assert_msg(system(command) == 0, "%s", command);
}

static int open_timed(int clock)
{
	int fd = can_open("vcan0");

	/* A frame that came back here would be the socket's no more. */
	ck_assert_ok(sfam_can_set_options(fd, 0, SFAM_CAN_OPT_LOOPBACK));
	ck_assert_ok(sfam_can_set_txtime(fd, clock));
	return fd;
}

/* The i-th is due so long from now. */
static void make_frame(size_t i, int64_t in_ns)
{
	frames[i] = (struct can_frame){ .can_id = 0x100 + (canid_t)i };
	iovs[i] = (struct iovec){ &frames[i], CAN_MTU };
	times[i] = clock_ns(CLOCK_TAI) + in_ns;
}

/* The next that is told is the i-th, for this reason. */
static void expect_late(int fd, size_t i, enum sfam_can_late_why why)
{
	struct sfam_can_late late = { .time_ns = -1 };
	struct can_frame frame;

	ck_assert_int_eq(sfam_can_late(fd, &late, &frame, sizeof(frame)),
			 CAN_MTU);
	ck_assert_mem_eq(&frame, &frames[i], sizeof(frame));
	ck_assert_int_eq(late.time_ns, times[i]);
	ck_assert_int_eq(late.why, why);
}

static void expect_none_late(int fd)
{
	struct sfam_can_late late = { .time_ns = -1 };
	struct can_frame frame;

	ck_assert_err(sfam_can_late(fd, &late, &frame, sizeof(frame)),
		      ETIMEDOUT);
	ck_assert_int_eq(late.time_ns, -1);
}

static uint32_t bytes_waiting(int fd)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len),
			 0);
	return info[SK_MEMINFO_WMEM_ALLOC];
}

static void wait_until_gone(int fd)
{
	while (bytes_waiting(fd))
		usleep(1000);
}

/* So many of n go, and then that happens. */
static void send_from(int fd, size_t first, size_t n, size_t expected,
		      int error)
{
	size_t sent = n + 1;

	ck_assert_int_eq(sfam_can_send_at(fd, iovs + first, times + first, n,
					  0, &sent), -error);
	ck_assert_uint_eq(sent, expected);
}

START_TEST(past)
{
	int fd = open_timed(CLOCK_TAI);

	set_queue();
	make_frame(0, -1);
	send_from(fd, 0, 1, 0, ENOBUFS);
	expect_late(fd, 0, SFAM_CAN_LATE_REFUSED);
	expect_none_late(fd);
	close(fd);
}
END_TEST

START_TEST(other_clock)
{
	int fd = open_timed(CLOCK_MONOTONIC);

	set_queue();
	make_frame(0, 3600000 * MS);
	send_from(fd, 0, 1, 0, ENOBUFS);
	expect_late(fd, 0, SFAM_CAN_LATE_REFUSED);
	close(fd);
}
END_TEST

/* An hour is more than the test lasts. */
START_TEST(past_among_others)
{
	int fd = open_timed(CLOCK_TAI);

	set_queue();
	make_frame(0, 3600000 * MS);
	make_frame(1, -1);
	make_frame(2, 3600000 * MS);
	send_from(fd, 0, 3, 1, ENOBUFS);
	send_from(fd, 2, 1, 1, 0);
	expect_late(fd, 1, SFAM_CAN_LATE_REFUSED);
	expect_none_late(fd);
	ck_assert_uint_gt(bytes_waiting(fd), 0);
	close(fd);
}
END_TEST

/* However late it gets the processor: it is sent, or told of as missed. */
START_TEST(at_its_time)
{
	int fd = open_timed(CLOCK_TAI);
	struct sfam_can_late late;
	struct can_frame frame;
	size_t sent;
	ssize_t n;

	set_queue();
	do
		make_frame(0, 50 * MS);
	while (sfam_can_send_at(fd, iovs, times, 1, 0, &sent) == -ENOBUFS);
	ck_assert_uint_eq(sent, 1);
	wait_until_gone(fd);
	ck_assert_int_ge(clock_ns(CLOCK_TAI), times[0] - DELTA_NS);
	/* Refused ones were others, of the same data. */
	while ((n = sfam_can_late(fd, &late, &frame, sizeof(frame))) > 0) {
		ck_assert_mem_eq(&frame, &frames[0], sizeof(frame));
		ck_assert_int_eq(late.why == SFAM_CAN_LATE_MISSED,
				 late.time_ns == times[0]);
	}
	ck_assert_err(n, ETIMEDOUT);
	close(fd);
}
END_TEST

START_TEST(many)
{
	int fd = open_timed(CLOCK_TAI);
	size_t i;

	set_queue();
	for (i = 0; i < FRAMES; i++)
		make_frame(i, 3600000 * MS + (int64_t)i);
	send_from(fd, 0, FRAMES, FRAMES, 0);
	send_from(fd, 0, 0, 0, 0);
	expect_none_late(fd);
	close(fd);
}
END_TEST

/* vcan's own queue is none: it has sent them when the call returns. */
START_TEST(no_such_queue)
{
	int fd = open_timed(CLOCK_TAI);

	make_frame(0, 3600000 * MS);
	make_frame(1, -1);
	send_from(fd, 0, 2, 2, 0);
	ck_assert_uint_eq(bytes_waiting(fd), 0);
	expect_none_late(fd);
	close(fd);
}
END_TEST

START_TEST(small_buffer)
{
	int fd = open_timed(CLOCK_TAI);
	struct sfam_can_late late = { .time_ns = -1 };
	char small[CAN_MTU - 1];

	set_queue();
	make_frame(0, -1);
	send_from(fd, 0, 1, 0, ENOBUFS);
	ck_assert_err(sfam_can_late(fd, &late, small, sizeof(small)),
		      EMSGSIZE);
	ck_assert_int_eq(late.time_ns, -1);
	expect_none_late(fd);
	close(fd);
}
END_TEST

START_TEST(refused)
{
	int fd = can_open("vcan0");

	make_frame(0, 50 * MS);
	send_from(fd, 0, 1, 0, EINVAL);
	ck_assert_err(sfam_can_set_txtime(-1, CLOCK_TAI), EBADF);
	send_from(-1, 0, 1, 0, EBADF);
	close(fd);
}
END_TEST

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	memset(data, 0, sizeof(data));
	return (int)syscall(SYS_capset, &head, data);
}

/* In a child, since other tests may run in this process (CK_FORK=no). */
START_TEST(unprivileged)
{
	int fd = can_open("vcan0");
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(drop_capabilities() < 0 ||
		      sfam_can_set_txtime(fd, CLOCK_TAI) != -EPERM ||
		      sfam_can_set_txtime(fd, CLOCK_MONOTONIC) != 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	close(fd);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ past, "can vcan" },
		{ other_clock, "can vcan" },
		{ past_among_others, "can vcan" },
		{ at_its_time, "can vcan" },
		{ many, "can vcan" },
		{ no_such_queue, "can vcan" },
		{ small_buffer, "can vcan" },
		{ refused, "can vcan" },
		{ unprivileged, "can vcan" },
	};

	return harness_run("can-txtime", tests, HARNESS_LEN(tests));
}
