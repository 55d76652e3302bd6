/* SPDX-License-Identifier: MIT */
/* J1939's long messages: sizes, progress, and what ends them early. */
#include <sched.h>

#include "test-can-j1939.h"

/* What is sent is told apart by a number in front, where it has room. */
static char *content(size_t size, uint32_t number)
{
	char *data = malloc(size);
	size_t i;

	ck_assert_ptr_nonnull(data);
	for (i = 0; i < size; i++)
		data[i] = (char)(i ^ i >> 8 ^ number);
	return data;
}

/* One transfer; if the machine was slow, the next has other bytes. */
static void transfer(int tx, int rx, size_t size)
{
	struct sfam_addr to = j1939_addr("vcan0,addr=0x90,pgn=0x12300");
	struct sfam_j1939_event e;
	char *buf = malloc(size);
	char *data = NULL;
	uint32_t number = 0;

	ck_assert_ptr_nonnull(buf);
	do {
		free(data);
		data = content(size, ++number);
		ck_assert_ok(sfam_j1939_send(tx, data, size, &to, FAR_NS));
		e = tx_end(tx);
	} while (e.kind == SFAM_J1939_TX_ABORT && was_slow(e.error));
	ck_assert_int_eq(e.error, 0);
	ck_assert_int_eq(e.kind, SFAM_J1939_TX_DONE);
	ck_assert_uint_eq(e.len, size);
	/* One that the sender gave up may be there as well. */
	do {
		ck_assert_ok(sfam_j1939_recv(rx, &e, buf, size, FAR_NS));
		ck_assert_int_eq(e.kind, SFAM_J1939_MESSAGE);
		ck_assert_uint_eq(e.len, size);
	} while (memcmp(buf, data, size) != 0 && --number > 0);
	ck_assert_mem_eq(buf, data, size);
	ck_assert_uint_eq(e.pgn, 0x12300);
	ck_assert_uint_eq(e.src, 0x80);
	ck_assert_uint_eq(e.dst, 0x90);
	free(buf);
	free(data);
}

START_TEST(sizes)
{
	static const size_t list[] = {
		1, 7, 8, 9, 14, 15, 62, 63, 1784, 1785, 1786, 2000, 4095,
		20000,
	};
	int rx = j1939_open("vcan0,addr=0x90", 0);
	int tx = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_TX_EVENTS);
	size_t i;

	for (i = 0; i < HARNESS_LEN(list); i++)
		transfer(tx, rx, list[i]);
	expect_nothing(rx);
	close(tx);
	close(rx);
}
END_TEST

/*
 * More than the send buffer held before, and more than it may without
 * privilege, which must be of the machine (SO_SNDBUFFORCE).
 */
START_TEST(large)
{
	int rx, tx;

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	link_add("vcan0", "vcan", 72);
	rx = j1939_open("vcan0,addr=0x90", 0);
	tx = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_TX_EVENTS);
	transfer(tx, rx, getenv("SFAM_LARGE") ? 3000000 : 200000);
	close(tx);
	close(rx);
}
END_TEST

/* Both sides of it: how many bytes, in growing numbers, with one key. */
START_TEST(progress)
{
	static char data[6000], buf[6000];
	struct sfam_addr to = j1939_addr("vcan0,addr=0x90,pgn=0x12300");
	int rx = j1939_open("vcan0,addr=0x90", EVENTS_ALL);
	int tx = j1939_open("vcan0,addr=0x80", EVENTS_ALL);
	struct sfam_j1939_event e;
	size_t steps, last;
	uint32_t key = 0;

	do {
		ck_assert_ok(sfam_j1939_send(tx, data, sizeof(data), &to,
					     FAR_NS));
		for (last = steps = 0;; last = e.len, steps++) {
			ck_assert_ok(sfam_j1939_recv(tx, &e, NULL, 0,
						     FAR_NS));
			ck_assert_uint_eq(e.key, key);
			ck_assert_int_gt(e.time_ns, 0);
			if (e.kind != SFAM_J1939_TX_PROGRESS)
				break;
			ck_assert_uint_gt(e.len, last);
			ck_assert_uint_lt(e.len, sizeof(data));
		}
		key++;
	} while (e.kind == SFAM_J1939_TX_ABORT && was_slow(e.error));
	ck_assert_int_eq(e.kind, SFAM_J1939_TX_DONE);
	ck_assert_uint_eq(steps, 3);
	ck_assert_uint_eq(e.len, sizeof(data));
	/* All of it is told by now, as it was before the sender knew. */
	do {
		ck_assert_ok(sfam_j1939_recv(rx, &e, NULL, 0, 0));
		if (e.kind != SFAM_J1939_RX_BEGIN)
			continue;
		ck_assert_uint_eq(e.len, sizeof(data));
		ck_assert_uint_eq(e.pgn, 0x12300);
		ck_assert_uint_eq(e.src, 0x80);
		ck_assert_uint_eq(e.dst, 0x90);
		last = 0;
		steps = 0;
		while (sfam_j1939_recv(rx, &e, NULL, 0, 0) == 0 &&
		       e.kind == SFAM_J1939_RX_PROGRESS) {
			ck_assert_uint_ge(e.len, last);
			last = e.len;
			steps++;
		}
	} while (--key > 0);
	ck_assert_uint_eq(steps, 4);
	ck_assert_uint_eq(last, 3 * 1785);
	ck_assert_ok(sfam_j1939_recv(rx, &e, buf, sizeof(buf), FAR_NS));
	ck_assert_int_eq(e.kind, SFAM_J1939_MESSAGE);
	close(tx);
	close(rx);
}
END_TEST

/*
 * To all: there is no answer, so a receiver that was slow (750 ms between
 * two frames) is all that can fail, and it tells.
 */
START_TEST(to_all)
{
	struct sfam_addr all = j1939_addr("vcan0,pgn=0xfeca");
	int rx = j1939_open("vcan0,addr=0x90", SFAM_J1939_OPT_BROADCAST |
			    SFAM_J1939_OPT_RX_EVENTS);
	int tx = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_BROADCAST |
			    SFAM_J1939_OPT_TX_EVENTS);
	const char text[] = "to all of you";
	struct sfam_j1939_event e = { .kind = SFAM_J1939_RX_ABORT };
	char buf[100];

	while (e.kind == SFAM_J1939_RX_ABORT) {
		ck_assert_ok(sfam_j1939_send(tx, text, sizeof(text), &all,
					     FAR_NS));
		do {
			ck_assert_ok(sfam_j1939_recv(rx, &e, buf, sizeof(buf),
						     FAR_NS));
		} while (e.kind == SFAM_J1939_RX_BEGIN);
		if (e.kind == SFAM_J1939_RX_ABORT)
			ck_assert_int_eq(e.error, -EHOSTUNREACH);
	}
	ck_assert_int_eq(e.kind, SFAM_J1939_MESSAGE);
	ck_assert_uint_eq(e.len, sizeof(text));
	ck_assert_str_eq(buf, text);
	ck_assert_uint_eq(e.pgn, 0xfeca);
	ck_assert_uint_eq(e.dst, J1939_NO_ADDR);
	close(tx);
	close(rx);
}
END_TEST

/* ------------------------------------------------------------- aborts -- */

START_TEST(no_receiver)
{
	struct sfam_addr to = j1939_addr("vcan0,addr=0x90,pgn=0x12300");
	int tx = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_TX_EVENTS);
	int bare = j1939_open("vcan0,addr=0x81", 0);
	struct sfam_j1939_event e;
	char buf[100] = "";

	ck_assert_ok(sfam_j1939_send(tx, buf, sizeof(buf), &to, FAR_NS));
	ck_assert_ok(sfam_j1939_send(bare, buf, sizeof(buf), &to, FAR_NS));
	e = tx_end(tx);
	ck_assert_int_eq(e.kind, SFAM_J1939_TX_ABORT);
	ck_assert_int_eq(e.error, -EHOSTUNREACH);
	ck_assert_uint_eq(e.len, 0);
	ck_assert_uint_eq(e.key, 0);
	/* Without events, a call tells. */
	ck_assert_err(sfam_j1939_recv(bare, &e, buf, sizeof(buf), FAR_NS),
		      EHOSTUNREACH);
	expect_nothing(bare);
	close(bare);
	close(tx);
}
END_TEST

/* Until a frame with this PGN comes, to the peer. */
static void await_pgn(int raw, struct sfam_can_receiver *r, uint32_t pgn)
{
	const struct sfam_can_record *rec;
	struct sfam_j1939_id id;

	do {
		ck_assert_int_eq(sfam_can_receive(raw, r, &rec, FAR_NS), 1);
		ck_assert_ok(sfam_j1939_id_unpack(&id,
					*(const uint32_t *)rec->frame));
	} while (id.pgn != pgn || id.dst != 0x90);
}

/*
 * The peer is a bare socket. If it is too slow, the kernel gives up before
 * it (EHOSTUNREACH), and it is tried again. The kernel heeds it only if its
 * address is one of this machine, so another socket, which hears nothing, is
 * bound to it.
 */
START_TEST(peer_aborts)
{
	static const struct { int code, error; } codes[] = {
		{ 1, EALREADY }, { 2, EMSGSIZE }, { 3, EHOSTUNREACH },
		{ 4, EBADMSG }, { 5, ENOTRECOVERABLE }, { 6, ENOTCONN },
		{ 7, EILSEQ }, { 8, EPROTO }, { 9, EPROTO }, { 15, EPROTO },
		{ 250, EPROTO },
	};
	struct sfam_addr to = j1939_addr("vcan0,addr=0x90,pgn=0x12300");
	static const struct j1939_filter none = { .pgn = 1, .pgn_mask = 1 };
	struct sfam_can_receiver *r = receiver_new(1, 0);
	int tx = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_TX_EVENTS);
	int deaf = j1939_open("vcan0,addr=0x90", 0);
	int raw = can_open("vcan0");
	struct sfam_j1939_event e;
	char text[64], buf[9] = "";
	size_t i;

	ck_assert_ok(sfam_j1939_set_filters(deaf, &none, 1));
	for (i = 0; i < HARNESS_LEN(codes); i++) {
		snprintf(text, sizeof(text), "1CEC8090#FF%02XFFFFFF002301",
			 codes[i].code);
		do {
			ck_assert_ok(sfam_j1939_send(tx, buf, sizeof(buf),
						     &to, FAR_NS));
			await_pgn(raw, r, 0xec00);
			ck_assert_ok(send_text(raw, text));
			e = tx_end(tx);
		} while (e.error == -EHOSTUNREACH && codes[i].code != 3);
		ck_assert_int_eq(e.kind, SFAM_J1939_TX_ABORT);
		ck_assert_int_eq(e.error, -codes[i].error);
	}
	sfam_can_receiver_free(r);
	close(raw);
	close(deaf);
	close(tx);
}
END_TEST

/* The receiver is gone in the middle: it has begun, and says no more. */
START_TEST(receiver_goes)
{
	static char buf[2000];
	struct sfam_addr to = j1939_addr("vcan0,addr=0x90,pgn=0x12300");
	struct sfam_can_receiver *r = receiver_new(1, 0);
	int tx = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_TX_EVENTS);
	int raw = can_open("vcan0");
	struct sfam_j1939_event e;

	do {
		ck_assert_ok(sfam_j1939_send(tx, buf, sizeof(buf), &to,
					     FAR_NS));
		await_pgn(raw, r, 0xc800);
		/* 4 packets, and then it wants the 5th and those after. */
		ck_assert_ok(send_text(raw, "1CC88090#1504010000002301"));
		await_pgn(raw, r, 0xc700);
		ck_assert_ok(send_text(raw, "1CC88090#1504050000002301"));
		e = tx_end(tx);
		ck_assert_int_eq(e.kind, SFAM_J1939_TX_ABORT);
		ck_assert_int_eq(e.error, -EHOSTUNREACH);
	} while (e.len != 28);
	sfam_can_receiver_free(r);
	close(raw);
	close(tx);
}
END_TEST

/* The sender gives up: it may be told twice, and never as a message. */
START_TEST(sender_aborts)
{
	int rx = j1939_open("vcan0,addr=0x80", SFAM_J1939_OPT_RX_EVENTS);
	int raw = can_open("vcan0");
	struct sfam_j1939_event e;
	char buf[64];

	do {
		ck_assert_ok(send_text(raw, "1CEC8090#10140003FF002301"));
		ck_assert_ok(sfam_j1939_recv(rx, &e, buf, sizeof(buf),
					     FAR_NS));
		ck_assert_int_eq(e.kind, SFAM_J1939_RX_BEGIN);
		ck_assert_uint_eq(e.len, 20);
		ck_assert_uint_eq(e.src, 0x90);
		ck_assert_ok(send_text(raw, "1CEC8090#FF02FFFFFF002301"));
		ck_assert_ok(sfam_j1939_recv(rx, &e, buf, sizeof(buf),
					     FAR_NS));
		ck_assert_int_eq(e.kind, SFAM_J1939_RX_ABORT);
	} while (e.error == -EHOSTUNREACH);
	ck_assert_int_eq(e.error, -EMSGSIZE);
	while (sfam_j1939_recv(rx, &e, buf, sizeof(buf), 0) == 0)
		ck_assert_int_eq(e.kind, SFAM_J1939_RX_ABORT);
	/* Off, nothing is told. */
	ck_assert_ok(sfam_j1939_set_options(rx, 0, SFAM_J1939_OPT_RX_EVENTS));
	ck_assert_ok(send_text(raw, "1CEC8090#10140003FF002301"));
	ck_assert_ok(send_text(raw, "1CEC8090#FF02FFFFFF002301"));
	expect_nothing(rx);
	close(raw);
	close(rx);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ sizes, "can can-j1939 vcan" },
		{ large, "can can-j1939 root vm" },
		{ progress, "can can-j1939 vcan" },
		{ to_all, "can can-j1939 vcan" },
		{ no_receiver, "can can-j1939 vcan" },
		{ peer_aborts, "can can-j1939 vcan" },
		{ receiver_goes, "can can-j1939 vcan" },
		{ sender_aborts, "can can-j1939 vcan" },
	};

	return harness_run("can-j1939-transfer", tests, HARNESS_LEN(tests));
}
