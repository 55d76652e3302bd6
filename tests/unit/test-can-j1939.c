/* SPDX-License-Identifier: MIT */
/* J1939: identifiers, NAMEs, options, short messages and errors. */
#include <linux/capability.h>
#include <sys/syscall.h>

#include "test-can-j1939.h"

/* ----------------------------------------------- identifiers and NAMEs -- */

START_TEST(identifiers)
{
	static const struct {
		uint32_t can_id;
		struct sfam_j1939_id id;
	} good[] = {
		{ 0x98fecaff, { 6, 0xfeca, 0xff, 0xff } },
		{ 0x98eaff80, { 6, 0xea00, 0xff, 0x80 } },
		{ 0x9cec9080, { 7, 0xec00, 0x90, 0x80 } },
		{ 0x80000000, { 0, 0, 0, 0 } },
		{ 0x9fffffff, { 7, 0x3ffff, 0xff, 0xff } },
		{ 0x81ef0102, { 0, 0x1ef00, 1, 2 } },
		{ 0x80f00001, { 0, 0xf000, 0xff, 1 } },
		{ 0x80efff01, { 0, 0xef00, 0xff, 1 } },
	};
	static const struct sfam_j1939_id bad[] = {
		{ 8, 0xfeca, 0xff, 0 },
		{ 6, 0x40000, 0xff, 0 },
		{ 6, 0xea01, 0x80, 0 },
		{ 6, 0xfeca, 0x80, 0 },
	};
	struct sfam_j1939_id id;
	uint32_t can_id;
	size_t i;

	for (i = 0; i < HARNESS_LEN(good); i++) {
		can_id = 0;
		ck_assert_ok(sfam_j1939_id_pack(&can_id, &good[i].id));
		ck_assert_uint_eq(can_id, good[i].can_id);
		ck_assert_ok(sfam_j1939_id_unpack(&id, can_id));
		ck_assert_uint_eq(id.prio, good[i].id.prio);
		ck_assert_uint_eq(id.pgn, good[i].id.pgn);
		ck_assert_uint_eq(id.dst, good[i].id.dst);
		ck_assert_uint_eq(id.src, good[i].id.src);
	}
	can_id = 7;
	for (i = 0; i < HARNESS_LEN(bad); i++)
		ck_assert_err(sfam_j1939_id_pack(&can_id, &bad[i]), EINVAL);
	ck_assert_uint_eq(can_id, 7);
	ck_assert_err(sfam_j1939_id_unpack(&id, 0x123), EINVAL);
	ck_assert_err(sfam_j1939_id_unpack(&id, 0xd8fecaff), EINVAL);
	ck_assert_err(sfam_j1939_id_unpack(&id, 0xb8fecaff), EINVAL);
}
END_TEST

/* Every bit is in one part, and its neighbours are in others or in order. */
START_TEST(name_parts)
{
	uint64_t seed = test_seed(), name, back;
	struct sfam_j1939_name n;
	int i;

	for (i = 0; i < 1000; i++) {
		name = i < 64 ? UINT64_C(1) << i : test_random(&seed);
		sfam_j1939_name_unpack(&n, name);
		ck_assert_ok(sfam_j1939_name_pack(&back, &n));
		expect_that(back == name);
	}
	sfam_j1939_name_unpack(&n, 0xb5aa93f7ffe00001);
	ck_assert_uint_eq(n.identity, 1);
	ck_assert_uint_eq(n.manufacturer, 0x7ff);
	ck_assert_uint_eq(n.ecu_instance, 7);
	ck_assert_uint_eq(n.function_instance, 0x1e);
	ck_assert_uint_eq(n.function, 0x93);
	ck_assert_uint_eq(n.reserved, 0);
	ck_assert_uint_eq(n.vehicle_system, 0x55);
	ck_assert_uint_eq(n.system_instance, 5);
	ck_assert_uint_eq(n.industry_group, 3);
	ck_assert_uint_eq(n.arbitrary_address, 1);
	back = 7;
	n.industry_group = 8;
	ck_assert_err(sfam_j1939_name_pack(&back, &n), ERANGE);
	n.industry_group = 0;
	n.identity = 1 << 21;
	ck_assert_err(sfam_j1939_name_pack(&back, &n), ERANGE);
	n.identity = 0;
	n.arbitrary_address = 2;
	ck_assert_err(sfam_j1939_name_pack(&back, &n), ERANGE);
	ck_assert_uint_eq(back, 7);
}
END_TEST

START_TEST(words)
{
	static const int known[] = {
		EALREADY, EMSGSIZE, EHOSTUNREACH, EBADMSG, ENOTRECOVERABLE,
		ENOTCONN, EILSEQ, EPROTO, ENETUNREACH, ETIME, ENETDOWN,
		ENODEV, ESHUTDOWN, EBUSY,
	};
	const char *other = sfam_j1939_abort_words(-ENOENT);
	size_t i;

	ck_assert_ptr_nonnull(other);
	for (i = 0; i < HARNESS_LEN(known); i++)
		ck_assert_str_ne(sfam_j1939_abort_words(-known[i]), other);
}
END_TEST

/* ----------------------------------------------------- short messages -- */

/* The next message, of one frame. */
static struct sfam_j1939_event next_message(int fd, char *ret_text)
{
	struct sfam_j1939_event e;
	char buf[9] = "";

	ck_assert_ok(sfam_j1939_recv(fd, &e, buf, 8, FAR_NS));
	ck_assert_int_eq(e.kind, SFAM_J1939_MESSAGE);
	strcpy(ret_text, buf);
	return e;
}

static void expect_message(int fd, const char *text)
{
	char got[9];
	struct sfam_j1939_event e = next_message(fd, got);

	ck_assert_str_eq(got, text);
	ck_assert_uint_eq(e.len, strlen(text));
}

static void send_to(int fd, const char *to, const char *text)
{
	send_whole(fd, text, strlen(text), to);
}

START_TEST(what_is_told)
{
	int rx = j1939_open("vcan0,addr=0x90", 0);
	int tx = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_TX_EVENTS);
	struct sfam_j1939_event e;
	unsigned int index;
	char text[9];
	int raw = can_open("vcan0");

	stay_on_cpu();
	ck_assert_ok(sfam_interface_index("vcan0", &index));
	ck_assert_ok(sfam_can_set_options(rx, SFAM_CAN_OPT_TIME, 0));
	e = send_whole(tx, "ab", 2, "vcan0,addr=0x90,pgn=0x12300");
	ck_assert_uint_eq(e.len, 2);
	ck_assert_int_gt(e.time_ns, 0);
	e = next_message(rx, text);
	ck_assert_str_eq(text, "ab");
	ck_assert_uint_eq(e.pgn, 0x12300);
	ck_assert_uint_eq(e.src, 0x80);
	ck_assert_uint_eq(e.dst, 0x90);
	ck_assert_uint_eq(e.src_name, 0);
	ck_assert_uint_eq(e.dst_name, 0);
	ck_assert_uint_eq(e.prio, 6);
	ck_assert_uint_eq(e.rx_flags, SFAM_CAN_RX_LOCAL);
	ck_assert_int_eq(e.ifindex, (int)index);
	ck_assert_uint_eq(e.drops, 0);
	ck_assert_int_eq(e.error, 0);
	ck_assert_int_gt(e.time_ns, 0);
	/* What a bare frame is here. */
	ck_assert_ok(send_text(raw, "0CEF9033#6364"));
	e = next_message(rx, text);
	ck_assert_str_eq(text, "cd");
	ck_assert_uint_eq(e.prio, 3);
	ck_assert_uint_eq(e.src, 0x33);
	ck_assert_uint_eq(e.pgn, 0xef00);
	expect_nothing(rx);
	close(raw);
	close(rx);
	close(tx);
}
END_TEST

/* Frames as they go out. */
START_TEST(priorities)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	int tx = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_TX_EVENTS);
	int raw = can_open("vcan0");
	char expected[32];
	const struct sfam_can_record *rec;
	char text[SFAM_CAN_TEXT_STRLEN];
	int i;

	/* 0 and 1 are for the real root: the peer test has them. */
	for (i = 2; i < 8; i++) {
		ck_assert_ok(sfam_j1939_set_priority(tx, i));
		send_to(tx, "vcan0,addr=0x90,pgn=0xef00", "z");
		snprintf(expected, sizeof(expected), "%02XEF9080#7A", i * 4);
		ck_assert_int_eq(sfam_can_receive(raw, r, &rec, FAR_NS), 1);
		ck_assert_ok(sfam_can_text_format(text, sizeof(text),
						  rec->frame, rec->size));
		ck_assert_str_eq(text, expected);
	}
	ck_assert_err(sfam_j1939_set_priority(tx, 8), EDOM);
	ck_assert_err(sfam_j1939_set_priority(tx, -1), EDOM);
	sfam_can_receiver_free(r);
	close(raw);
	close(tx);
}
END_TEST

START_TEST(filters)
{
	const struct j1939_filter two[] = {
		{ .pgn = 0xef00, .pgn_mask = 0x3ffff, .addr = 0x80,
		  .addr_mask = 0xf0 },
		{ .pgn = 0xfe00, .pgn_mask = 0x3ff00 },
	};
	static const struct j1939_filter many[J1939_FILTER_MAX + 1];
	int rx = j1939_open("vcan0,addr=0x90", SFAM_J1939_OPT_BROADCAST);
	int raw = can_open("vcan0");

	stay_on_cpu();
	ck_assert_ok(sfam_j1939_set_filters(rx, two, 2));
	ck_assert_ok(send_text(raw, "18EF9080#31"));
	ck_assert_ok(send_text(raw, "18EF9070#32"));
	ck_assert_ok(send_text(raw, "18EE9080#33"));
	ck_assert_ok(send_text(raw, "18EF908F#34"));
	ck_assert_ok(send_text(raw, "18FECA70#35"));
	ck_assert_ok(send_text(raw, "18FDCA70#36"));
	expect_message(rx, "1");
	expect_message(rx, "4");
	expect_message(rx, "5");
	expect_nothing(rx);
	ck_assert_ok(sfam_j1939_set_filters(rx, NULL, 0));
	ck_assert_ok(send_text(raw, "18EF9070#37"));
	expect_message(rx, "7");
	ck_assert_ok(sfam_j1939_set_filters(rx, many, J1939_FILTER_MAX));
	ck_assert_err(sfam_j1939_set_filters(rx, many, J1939_FILTER_MAX + 1),
		      EINVAL);
	close(raw);
	close(rx);
}
END_TEST

START_TEST(who_hears)
{
	int mine = j1939_open("vcan0,addr=0x90", 0);
	int all = j1939_open("vcan0,addr=0x91", SFAM_J1939_OPT_BROADCAST);
	int spy = j1939_open("vcan0", SFAM_J1939_OPT_PROMISC);
	int raw = can_open("vcan0");

	stay_on_cpu();
	ck_assert_ok(send_text(raw, "18EF9080#31"));
	ck_assert_ok(send_text(raw, "18EFFF80#32"));
	ck_assert_ok(send_text(raw, "18EF4480#33"));
	expect_message(mine, "1");
	expect_nothing(mine);
	expect_message(all, "2");
	expect_nothing(all);
	expect_message(spy, "1");
	expect_message(spy, "2");
	expect_message(spy, "3");
	ck_assert_ok(sfam_j1939_set_options(spy, 0, SFAM_J1939_OPT_PROMISC));
	ck_assert_ok(sfam_j1939_set_options(all, 0, SFAM_J1939_OPT_BROADCAST));
	ck_assert_ok(send_text(raw, "18EF4480#34"));
	ck_assert_ok(send_text(raw, "18EFFF80#35"));
	expect_nothing(spy);
	expect_nothing(all);
	close(mine);
	close(all);
	close(spy);
	close(raw);
}
END_TEST

START_TEST(cut)
{
	int rx = j1939_open("vcan0,addr=0x90", 0);
	int raw = can_open("vcan0");
	struct sfam_j1939_event e = { .len = 77 };
	char buf[8];

	stay_on_cpu();
	ck_assert_ok(send_text(raw, "18EF9080#3132333435"));
	ck_assert_ok(send_text(raw, "18EF9080#3637"));
	ck_assert_err(sfam_j1939_recv(rx, &e, buf, 4, FAR_NS), EMSGSIZE);
	ck_assert_uint_eq(e.len, 77);
	expect_message(rx, "67");
	close(raw);
	close(rx);
}
END_TEST

START_TEST(drops)
{
	int rx = j1939_open("vcan0,addr=0x90", 0);
	int raw = can_open("vcan0");
	struct sfam_j1939_event e;
	char buf[8], text[9];
	size_t told = 0;
	int i;

	stay_on_cpu();
	ck_assert_ok(sfam_can_set_options(rx, SFAM_CAN_OPT_DROPS, 0));
	ck_assert_ok(sfam_option_set_int(rx, SOL_SOCKET, SO_RCVBUF, 0));
	for (i = 0; i < 100; i++)
		ck_assert_ok(send_text(raw, "18EF9080#31"));
	while (sfam_j1939_recv(rx, &e, buf, sizeof(buf), 0) == 0)
		told++;
	ck_assert_uint_gt(told, 0);
	ck_assert_uint_lt(told, 100);
	ck_assert_ok(send_text(raw, "18EF9080#32"));
	e = next_message(rx, text);
	ck_assert_str_eq(text, "2");
	ck_assert_uint_eq(e.drops, 100 - told);
	close(raw);
	close(rx);
}
END_TEST

/* ------------------------------------------------------------- errors -- */

static void drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	ck_assert_int_eq((int)syscall(SYS_capset, &head, data), 0);
}

START_TEST(bad_options)
{
	int fd = j1939_open("vcan0,addr=0x80", 0);
	int raw = can_open("vcan0");

	ck_assert_err(sfam_j1939_set_options(fd, 1u << 4, 0), EINVAL);
	ck_assert_err(sfam_j1939_set_options(fd, 0, 1u << 31), EINVAL);
	ck_assert_err(sfam_j1939_set_options(fd, 1, 1), EINVAL);
	ck_assert_ok(sfam_j1939_set_options(fd, 0, 0));
	ck_assert_err(sfam_j1939_set_options(raw, SFAM_J1939_OPT_PROMISC, 0),
		      EINVAL);
	drop_capabilities();
	ck_assert_err(sfam_j1939_set_priority(fd, 1), EPERM);
	ck_assert_ok(sfam_j1939_set_priority(fd, 2));
	close(raw);
	close(fd);
}
END_TEST

START_TEST(bad_sends)
{
	static char big[2 * 1785];
	struct sfam_addr to = j1939_addr("vcan0,addr=0x90,pgn=0xef00");
	struct sfam_addr all = j1939_addr("vcan0,pgn=0xfeca");
	struct sfam_addr cm = j1939_addr("vcan0,addr=0x90,pgn=0xec00");
	struct sfam_addr lo = j1939_addr("lo,addr=0x90,pgn=0xef00");
	struct sfam_addr named = j1939_addr("vcan0,name=5,pgn=0xef00");
	int fd = j1939_open("vcan0,addr=0x80", 0);
	int nobody = j1939_open("vcan0", 0);
	int unbound = sfam_open(&to, SFAM_OPEN_SOCKET, NULL);

	ck_assert_ok(unbound);
	ck_assert_err(sfam_j1939_send(fd, big, 0, &to, 0), EINVAL);
	ck_assert_err(sfam_j1939_send(fd, big, SFAM_J1939_SIZE_MAX + 1, &to,
				      0), EMSGSIZE);
	ck_assert_err(sfam_j1939_send(fd, big, 8, &all, 0), EACCES);
	ck_assert_err(sfam_j1939_send(fd, big, 8, NULL, 0), EACCES);
	ck_assert_err(sfam_j1939_send(fd, big, 8, &cm, 0), EDOM);
	ck_assert_err(sfam_j1939_send(fd, big, 8, &lo, 0), EBADFD);
	ck_assert_err(sfam_j1939_send(fd, big, 8, &named, 0), EADDRNOTAVAIL);
	ck_assert_err(sfam_j1939_send(nobody, big, 8, &to, 0), EBADFD);
	ck_assert_err(sfam_j1939_send(unbound, big, 8, &to, 0), EBADFD);
	ck_assert_ok(sfam_j1939_set_options(fd, SFAM_J1939_OPT_BROADCAST, 0));
	ck_assert_err(sfam_j1939_send(fd, big, 1786, &all, 0), EDESTADDRREQ);
	close(unbound);
	close(nobody);
	close(fd);
}
END_TEST

/* Nothing goes out that does not fit as a whole. */
START_TEST(no_room)
{
	struct sfam_addr to = j1939_addr("vcan0,addr=0x90,pgn=0xef00");
	int fd = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_TX_EVENTS);
	char *big = calloc(1, 10000000);

	ck_assert_ptr_nonnull(big);
	drop_capabilities();
	ck_assert_err(sfam_j1939_send(fd, big, 10000000, &to, 0), ENOBUFS);
	expect_nothing(fd);
	free(big);
	close(fd);
}
END_TEST

START_TEST(goes_down)
{
	int fd = j1939_open("vcan0,addr=0x80", 0);
	int events = j1939_open("vcan0,addr=0x80", EVENTS_ALL);
	struct sfam_j1939_event e;
	char buf[8];

	link_set_up("vcan0", 0);
	ck_assert_err(sfam_j1939_recv(fd, &e, buf, 8, FAR_NS), ENETDOWN);
	ck_assert_err(sfam_j1939_recv(events, &e, NULL, 0, FAR_NS), ENETDOWN);
	expect_nothing(fd);
	expect_nothing(events);
	close(fd);
	close(events);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ identifiers, NULL },
		{ name_parts, NULL },
		{ words, NULL },
		{ what_is_told, "can can-j1939 vcan" },
		{ priorities, "can can-j1939 vcan" },
		{ filters, "can can-j1939 vcan" },
		{ who_hears, "can can-j1939 vcan" },
		{ cut, "can can-j1939 vcan" },
		{ drops, "can can-j1939 vcan" },
		{ bad_options, "can can-j1939 vcan" },
		{ bad_sends, "can can-j1939 vcan" },
		{ no_room, "can can-j1939 vcan" },
		{ goes_down, "can can-j1939 vcan" },
	};

	return harness_run("can-j1939", tests, HARNESS_LEN(tests));
}
