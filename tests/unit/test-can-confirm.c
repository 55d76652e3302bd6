/* SPDX-License-Identifier: MIT */
/* Which frames are on the bus: echoes that come, and that do not. */
#include <linux/can/netlink.h>

#include <sockfam/ctl.h>

#include "test-can-vcan.h"

struct fixture {
	int fd;
	struct sfam_can_confirmer *confirmer;
	struct sfam_can_receiver *receiver;
};

static struct fixture open_own(const char *ifname, size_t n, uint32_t options)
{
	uint32_t xl = options & SFAM_CAN_OPT_XL;
	struct fixture f = { can_open(ifname), sfam_can_confirmer_new(n, xl),
			     receiver_new(16, xl) };

	ck_assert_ptr_nonnull(f.confirmer);
	ck_assert_ok(sfam_can_set_options(f.fd, options | SFAM_CAN_OPT_OWN,
					  0));
	return f;
}

static void close_own(struct fixture *f)
{
	close(f->fd);
	ck_assert_ptr_null(sfam_can_confirmer_free(f->confirmer));
	sfam_can_receiver_free(f->receiver);
}

/* Returns as sfam_can_confirmer_send(); the number must be `expected`. */
static ssize_t send_one(struct fixture *f, const char *text, uint64_t expected)
{
	union frame frame;
	struct iovec iov = { &frame, frame_of(&frame, text) };
	uint64_t first = 12345;
	ssize_t r = sfam_can_confirmer_send(f->fd, f->confirmer, &iov, 1,
					    &first, SFAM_FOREVER);

	ck_assert_uint_eq(first, r < 0 ? 12345 : expected);
	return r;
}

/* What take() says of an echo that was made up: number, or -1. */
static int64_t take(struct fixture *f, const char *text, uint32_t flags)
{
	union frame frame;
	const struct sfam_can_record rec = {
		.frame = &frame,
		.size = (uint32_t)frame_of(&frame, text),
		.flags = flags,
	};
	uint64_t number = 12345;
	int r = sfam_can_confirmer_take(f->confirmer, &rec, &number);

	ck_assert_uint_eq(r == 0 ? number : 12345, 12345);
	return r ? (int64_t)number : -1;
}

static int64_t oldest(const struct fixture *f)
{
	uint64_t number = 12345;

	return sfam_can_confirmer_waiting(f->confirmer, &number) ?
	       (int64_t)number : -1;
}

#define OWN (SFAM_CAN_RX_OWN | SFAM_CAN_RX_LOCAL)

START_TEST(arguments)
{
	ck_assert_ptr_null(sfam_can_confirmer_new(0, 0));
	ck_assert_ptr_null(sfam_can_confirmer_new(1025, 0));
	ck_assert_ptr_null(sfam_can_confirmer_new(1, SFAM_CAN_OPT_FD));
	ck_assert_ptr_null(sfam_can_confirmer_free(NULL));
}
END_TEST

START_TEST(each_kind_comes_back)
{
	static const char *const texts[] = {
		"123#", "123#DEADBEEF", "12345678#11", "7FF#R", "123#R4",
		"123#1122334455667788_E", "123##0", "123##1112233",
		"12345678##3AABB", "00123#80:00:00000000#1122",
		"007FF#81:FF:12345678#00",
	};
	struct fixture f = open_own("vcan0", HARNESS_LEN(texts),
				    SFAM_CAN_OPT_XL);
	size_t i;

	for (i = 0; i < HARNESS_LEN(texts); i++)
		ck_assert_int_eq(send_one(&f, texts[i], i), 1);
	ck_assert_err(send_one(&f, "123#", 0), EAGAIN);
	ck_assert_uint_eq(sfam_can_confirmer_waiting(f.confirmer, NULL), i);
	ck_assert_ok(sfam_can_confirmer_wait(f.fd, f.confirmer, f.receiver,
					     SFAM_FOREVER));
	ck_assert_int_eq(oldest(&f), -1);
	ck_assert_int_eq(send_one(&f, "123#", i), 1);
	close_own(&f);
}
END_TEST

/* Of two equal frames the older one; in any order; each once. */
START_TEST(numbers)
{
	struct fixture f = open_own("vcan0", 4, SFAM_CAN_OPT_FD);

	ck_assert_int_eq(send_one(&f, "123#11", 0), 1);
	ck_assert_int_eq(send_one(&f, "123#22", 1), 1);
	ck_assert_int_eq(send_one(&f, "123#11", 2), 1);
	ck_assert_int_eq(send_one(&f, "123##011", 3), 1);
	ck_assert_int_eq(take(&f, "123#11", SFAM_CAN_RX_LOCAL), -1);
	ck_assert_int_eq(take(&f, "123#33", OWN), -1);
	ck_assert_int_eq(take(&f, "124#11", OWN), -1);
	ck_assert_int_eq(take(&f, "123##111", OWN), -1);
	ck_assert_int_eq(take(&f, "123#22", OWN), 1);
	ck_assert_int_eq(take(&f, "123#22", OWN), -1);
	ck_assert_int_eq(oldest(&f), 0);
	/* The one in the middle leaves no room. */
	ck_assert_err(send_one(&f, "123#44", 0), EAGAIN);
	ck_assert_int_eq(take(&f, "123#11", OWN), 0);
	ck_assert_int_eq(oldest(&f), 2);
	ck_assert_int_eq(send_one(&f, "123#44", 4), 1);
	ck_assert_int_eq(send_one(&f, "123#55", 5), 1);
	ck_assert_err(send_one(&f, "123#66", 0), EAGAIN);
	ck_assert_int_eq(take(&f, "123#11", OWN), 2);
	ck_assert_int_eq(take(&f, "123#55", OWN), 5);
	ck_assert_uint_eq(sfam_can_confirmer_waiting(f.confirmer, NULL), 2);
	ck_assert_uint_eq(sfam_can_confirmer_forget(f.confirmer), 2);
	ck_assert_int_eq(oldest(&f), -1);
	ck_assert_int_eq(take(&f, "123#44", OWN), -1);
	ck_assert_int_eq(send_one(&f, "123#77", 6), 1);
	close_own(&f);
}
END_TEST

static ssize_t send_raw(struct fixture *f, const struct iovec *iov, size_t n)
{
	uint64_t first;

	return sfam_can_confirmer_send(f->fd, f->confirmer, iov, n, &first,
				       0);
}

START_TEST(what_does_not_go_does_not_wait)
{
	struct fixture f = open_own("vcan0", 4, 0);
	static union frame frames[6];
	struct iovec iov[6];
	size_t i;

	for (i = 0; i < 6; i++) {
		iov[i].iov_base = &frames[i];
		iov[i].iov_len = CAN_MTU;
	}
	/* FD without its switch, then one larger than there is room for. */
	iov[2].iov_len = CANFD_MTU;
	ck_assert_int_eq(send_raw(&f, iov, 6), 2);
	ck_assert_err(send_raw(&f, iov + 2, 4), EINVAL);
	iov[2].iov_len = SFAM_CANXL_MTU;
	ck_assert_err(send_raw(&f, iov + 2, 4), EINVAL);
	ck_assert_int_eq(send_raw(&f, iov, 0), 0);
	ck_assert_int_eq(send_raw(&f, iov + 3, 3), 2);
	ck_assert_err(send_raw(&f, iov + 5, 1), EAGAIN);
	ck_assert_uint_eq(sfam_can_confirmer_waiting(f.confirmer, NULL), 4);
	link_set_up("vcan0", 0);
	sfam_can_confirmer_forget(f.confirmer);
	ck_assert_err(send_raw(&f, iov, 1), ENETDOWN);
	ck_assert_uint_eq(sfam_can_confirmer_waiting(f.confirmer, NULL), 0);
	close_own(&f);
}
END_TEST

/* The kernel marks it; but for its size it is like a classic one. */
START_TEST(fd_without_its_mark)
{
	struct fixture f = open_own("vcan0", 4, SFAM_CAN_OPT_FD);
	struct canfd_frame frame = { .can_id = 0x123, .len = 1 };
	const struct iovec iov = { &frame, sizeof(frame) };

	ck_assert_int_eq(send_raw(&f, &iov, 1), 1);
	ck_assert_int_eq(take(&f, "123#00", OWN), -1);
	ck_assert_ok(sfam_can_confirmer_wait(f.fd, f.confirmer, f.receiver,
					     SFAM_FOREVER));
	close_own(&f);
}
END_TEST

/* Another's frames, equal ones too, confirm nothing. */
START_TEST(another_socket)
{
	struct fixture f = open_own("vcan0", 4, 0);
	int other = can_open("vcan0");

	ck_assert_ok(sfam_can_set_options(f.fd, 0, SFAM_CAN_OPT_OWN));
	ck_assert_int_eq(send_one(&f, "123#11", 0), 1);
	ck_assert_int_eq(send_text(other, "123#11"), 1);
	ck_assert_err(sfam_can_confirmer_wait(f.fd, f.confirmer, f.receiver,
					      0), ETIMEDOUT);
	ck_assert_err(sfam_can_confirmer_wait(f.fd, f.confirmer, f.receiver,
					      5 * MS), ETIMEDOUT);
	ck_assert_int_eq(oldest(&f), 0);
	link_set_up("vcan0", 0);
	ck_assert_err(sfam_can_confirmer_wait(f.fd, f.confirmer, f.receiver,
					      SFAM_FOREVER), ENETDOWN);
	close_own(&f);
	close(other);
}
END_TEST

/* ------------------------------------------------------- controllers -- */

static void start(const char *name, uint32_t modes, uint32_t on)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;

	config.flags = SFAM_CAN_CONFIG_DOWN | SFAM_CAN_CONFIG_UP;
	config.timing.bitrate = 500000;
	config.data.bitrate = on & CAN_CTRLMODE_FD ? 4000000 : 0;
	config.mode_mask = modes;
	config.modes = on;
	ck_assert_ok(sfam_can_configure(name, &config, NULL));
}

static void on_a_bus(const char *name, const char *other, uint32_t fd_mode,
		     const char *text)
{
	struct fixture f;
	struct sfam_can_status before, after;
	uint32_t modes = CAN_CTRLMODE_LISTENONLY | fd_mode;

	start(name, modes, fd_mode);
	start(other, fd_mode, fd_mode);
	f = open_own(name, 4, fd_mode ? SFAM_CAN_OPT_FD : 0);
	ck_assert_int_eq(send_one(&f, text, 0), 1);
	ck_assert_int_eq(send_one(&f, "123#", 1), 1);
	ck_assert_ok(sfam_can_confirmer_wait(f.fd, f.confirmer, f.receiver,
					     SFAM_FOREVER));
	/* send(2) says yes, and the driver drops it. */
	start(name, modes, CAN_CTRLMODE_LISTENONLY | fd_mode);
	ck_assert_err(sfam_can_receive(f.fd, f.receiver,
				       &(const struct sfam_can_record *){ 0 },
				       SFAM_FOREVER), ENETDOWN);
	ck_assert_ok(sfam_can_get_status(name, &before, NULL));
	ck_assert_int_eq(send_one(&f, text, 2), 1);
	do
		ck_assert_ok(sfam_can_get_status(name, &after, NULL));
	while (after.tx_dropped == before.tx_dropped);
	ck_assert_err(sfam_can_confirmer_wait(f.fd, f.confirmer, f.receiver,
					      0), ETIMEDOUT);
	ck_assert_int_eq(oldest(&f), 2);
	ck_assert_ok(sfam_link_down(name, NULL));
	ck_assert_err(sfam_can_confirmer_wait(f.fd, f.confirmer, f.receiver,
					      SFAM_FOREVER), ENETDOWN);
	ck_assert_uint_eq(sfam_can_confirmer_forget(f.confirmer), 1);
	start(name, modes, fd_mode);
	ck_assert_ok(sfam_link_down(name, NULL));
	ck_assert_ok(sfam_link_down(other, NULL));
	close_own(&f);
}

START_TEST(classic_controllers)
{
	on_a_bus("can0", "can1", 0, "123#1122");
}
END_TEST

START_TEST(fd_controllers)
{
	on_a_bus("can2", "can3", CAN_CTRLMODE_FD, "12345678##1112233");
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ arguments, NULL },
		{ each_kind_comes_back, "can vcanxl" },
		{ numbers, "can vcan" },
		{ what_does_not_go_does_not_wait, "can vcan" },
		{ fd_without_its_mark, "can vcan" },
		{ another_socket, "can vcan" },
		{ classic_controllers, "can can-bus" },
		{ fd_controllers, "can canfd-bus" },
	};

	return harness_run("can-confirm", tests, HARNESS_LEN(tests));
}
