/* SPDX-License-Identifier: MIT */
/* Sending in batches, and what happens when there is no room. */
#include "test-can-vcan.h"

static struct sfam_addr addr_of(const char *text)
{
	struct sfam_addr addr;

	ck_assert_ok(sfam_addr_parse(&addr, text, strlen(text), NULL));
	return addr;
}

/* How many of the numbers from 0 on are there. */
static uint32_t count_numbers(int fd)
{
	struct sfam_can_receiver *r = receiver_new(256, 0);
	const struct sfam_can_record *rec;
	uint32_t next = 0;
	ssize_t n, i;

	while ((n = sfam_can_receive(fd, r, &rec, 0)) > 0)
		for (i = 0; i < n; i++)
			ck_assert_uint_eq(number_of(&rec[i]), next++);
	ck_assert_err(n, ETIMEDOUT);
	sfam_can_receiver_free(r);
	return next;
}

static void enlarge(int fd)
{
	int size = 1 << 22;

	/* Beyond rmem_max; in a namespace of our own there is no FORCE. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
		       sizeof(size)) != 0)
		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
					    sizeof(size)), 0);
}

START_TEST(any_number_of_frames)
{
	static const size_t counts[] = { 1, 2, 63, 64, 65, 128, 200 };
	int tx = can_open("vcan0");
	int rx = can_open("vcan0");
	size_t i;

	enlarge(rx);
	for (i = 0; i < HARNESS_LEN(counts); i++) {
		ck_assert_int_eq(send_numbers(tx, 0, counts[i], NULL, 0),
				 (ssize_t)counts[i]);
		ck_assert_uint_eq(count_numbers(rx), counts[i]);
	}
	ck_assert_int_eq(sfam_can_send(tx, NULL, 0, NULL, 0), 0);
	close(tx);
	close(rx);
}
END_TEST

START_TEST(to_an_interface)
{
	static const char unbound[] = "can:";
	struct sfam_addr to, nowhere = addr_of(unbound);
	int tx, rx;

	link_add("vcan1", "vcan", 72);
	to = addr_of("can:vcan1");
	tx = sfam_open_text(unbound, strlen(unbound), SFAM_OPEN_SOCKET, NULL,
			    NULL);
	ck_assert_ok(tx);
	rx = can_open("vcan1");
	ck_assert_int_eq(send_numbers(tx, 0, 70, &to, 0), 70);
	ck_assert_uint_eq(count_numbers(rx), 70);
	ck_assert_err(send_numbers(tx, 0, 1, NULL, 0), ENXIO);
	ck_assert_err(send_numbers(tx, 0, 1, &nowhere, 0), ENXIO);
	close(tx);
	/* Also from one that is bound elsewhere. */
	tx = can_open("vcan0");
	ck_assert_int_eq(send_numbers(tx, 0, 3, &to, 0), 3);
	ck_assert_uint_eq(count_numbers(rx), 3);
	close(tx);
	close(rx);
}
END_TEST

/* The frames before a bad one go; then its error comes, and again. */
START_TEST(a_bad_frame_in_between)
{
	static struct can_frame frames[100];
	struct iovec iovs[100];
	int tx = can_open("vcan0");
	size_t i;

	for (i = 0; i < HARNESS_LEN(frames); i++) {
		frames[i].can_id = 0x123;
		iovs[i].iov_base = &frames[i];
		iovs[i].iov_len = CAN_MTU;
	}
	frames[70].len = 9;
	ck_assert_int_eq(sfam_can_send(tx, iovs, 100, NULL, 0), 70);
	ck_assert_err(sfam_can_send(tx, iovs + 70, 30, NULL, 0), EINVAL);
	ck_assert_err(sfam_can_send(tx, iovs + 70, 1, NULL, 0), EINVAL);
	ck_assert_int_eq(sfam_can_send(tx, iovs + 71, 29, NULL, 0), 29);
	frames[70].len = 8;
	iovs[70].iov_len = CAN_MTU - 1;
	ck_assert_err(sfam_can_send(tx, iovs + 70, 1, NULL, 0), EINVAL);
	close(tx);
}
END_TEST

START_TEST(kinds_need_their_switch)
{
	static const char fd[] = "123##51122";
	static const char xl[] = "00123#80:00:00000000#1122";
	int tx = can_open("vcan0");

	ck_assert_err(send_text(tx, fd), EINVAL);
	ck_assert_err(send_text(tx, xl), EINVAL);
	ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_FD, 0));
	ck_assert_int_eq(send_text(tx, fd), 1);
	ck_assert_err(send_text(tx, xl), EINVAL);
	ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_XL, 0));
	ck_assert_int_eq(send_text(tx, xl), 1);
	ck_assert_int_eq(send_text(tx, fd), 1);
	ck_assert_int_eq(send_text(tx, "123#"), 1);
	close(tx);
}
END_TEST

START_TEST(kinds_need_their_interface)
{
	int tx = can_open("vcan0");

	ck_assert_ok(sfam_can_set_options(tx, SFAM_CAN_OPT_XL, 0));
	ck_assert_err(send_text(tx, "00123#80:00:00000000#1122"), EINVAL);
	ck_assert_int_eq(send_text(tx, "123##51122"), 1);
	close(tx);
}
END_TEST

START_TEST(no_interface)
{
	int tx = can_open("vcan0");

	link_set_up("vcan0", 0);
	ck_assert_err(send_numbers(tx, 0, 3, NULL, 0), ENETDOWN);
	link_set_up("vcan0", 1);
	ck_assert_int_eq(send_numbers(tx, 0, 3, NULL, 0), 3);
	link_del("vcan0");
	ck_assert_err(send_numbers(tx, 0, 3, NULL, SFAM_FOREVER), ENXIO);
	close(tx);
}
END_TEST

/* ----------------------------------------------------------- no room -- */

/*
 * vcan takes everything at once: hold frames back as a slow bus would.
 * netem does not count them as the socket's any more (netem_enqueue() in
 * net/sched/sch_netem.c), tbf does.
 */
static void slow_down(const char *qdisc)
{
	char command[128] = "tc qdisc add dev vcan0 root ";

	strcat(command, qdisc);
	ck_assert_msg(system(command) == 0, "%s", command);
}

START_TEST(full_queue)
{
	int tx = can_open("vcan0");
	int rx = can_open("vcan0");
	int64_t start;

	slow_down("netem delay 250s limit 10");
	/* Ten go; the rest is the caller's again. */
	ck_assert_int_eq(send_numbers(tx, 0, 100, NULL, 0), 10);
	ck_assert_err(send_numbers(tx, 0, 100, NULL, 0), ENOBUFS);
	start = clock_ns(CLOCK_MONOTONIC);
	ck_assert_err(send_numbers(tx, 0, 1, NULL, 20 * MS), ENOBUFS);
	ck_assert_int_ge(clock_ns(CLOCK_MONOTONIC) - start, 20 * MS);
	ck_assert_uint_eq(count_numbers(rx), 10);
	close(tx);
	close(rx);
}
END_TEST

START_TEST(full_queue_empties)
{
	int tx = can_open("vcan0");
	int rx = can_open("vcan0");

	slow_down("netem delay 10ms limit 10");
	ck_assert_int_eq(send_numbers(tx, 0, 100, NULL, 3600000 * MS),
			 100);
	ck_assert_uint_eq(count_numbers(rx), 100);
	ck_assert_int_eq(send_numbers(tx, 0, 100, NULL, SFAM_FOREVER), 100);
	ck_assert_uint_eq(count_numbers(rx), 100);
	close(tx);
	close(rx);
}
END_TEST

static void shrink(int fd)
{
	int size = 2048;

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
				    sizeof(size)), 0);
}

START_TEST(full_socket_buffer)
{
	int tx = can_open("vcan0");
	ssize_t n;

	slow_down("tbf rate 8bit burst 64 limit 100000");
	shrink(tx);
	n = send_numbers(tx, 0, 100, NULL, 0);
	ck_assert_int_gt(n, 0);
	ck_assert_int_lt(n, 100);
	ck_assert_err(send_numbers(tx, 0, 1, NULL, 0), ETIMEDOUT);
	ck_assert_err(send_numbers(tx, 0, 1, NULL, 20 * MS), ETIMEDOUT);
	close(tx);
}
END_TEST

START_TEST(full_socket_buffer_empties)
{
	int tx = can_open("vcan0");
	int rx = can_open("vcan0");

	slow_down("tbf rate 64kbit burst 64 limit 100000");
	shrink(tx);
	ck_assert_int_eq(send_numbers(tx, 0, 100, NULL, 3600000 * MS),
			 100);
	ck_assert_uint_eq(count_numbers(rx), 100);
	close(tx);
	close(rx);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ any_number_of_frames, "can vcan" },
		{ to_an_interface, "can vcan" },
		{ a_bad_frame_in_between, "can vcan" },
		{ kinds_need_their_switch, "can vcanxl" },
		{ kinds_need_their_interface, "can vcan" },
		{ no_interface, "can vcan" },
		{ full_queue, "can vcan" },
		{ full_queue_empties, "can vcan" },
		{ full_socket_buffer, "can vcan" },
		{ full_socket_buffer_empties, "can vcan" },
	};

	return harness_run("can-send", tests, HARNESS_LEN(tests));
}
