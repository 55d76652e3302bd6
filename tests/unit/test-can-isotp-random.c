/* SPDX-License-Identifier: MIT */
/*
 * Random PDUs of both sides at once, whole and with losses, are put together
 * again. The frames are made here, by another way than they are read.
 */
#include <stdlib.h>
#include <string.h>

#include <sockfam/sockfam.h>

#include "harness.h"

#define BUF_SIZE 9000

/* A PDU as its sender cuts it up. */
struct sender {
	uint8_t pdu[BUF_SIZE];
	size_t len, at;		/* at 0: none begun */
	unsigned int number;
	unsigned int block;	/* frames to the next flow control; 0: wait */
};

struct world {
	uint64_t seed;
	struct sfam_isotp_reader reader;
	uint8_t bufs[2][BUF_SIZE];
	struct sfam_isotp_event events[SFAM_ISOTP_EVENTS_MAX];
	int n;			/* of them, of the last frame */
	struct sender sides[2];
	int address;
	size_t frame_len;	/* 8, or of FD */
};

static size_t random_below(struct world *w, size_t n)
{
	return (size_t)(test_random(&w->seed) % n);
}

/* len bytes, the address before them, padded to what a frame can have. */
static void put(struct world *w, int side, const uint8_t *bytes, size_t len)
{
	uint8_t data[64];
	struct sfam_can_fields fields = {
		.id = side ? 0x321 : 0x123,
		.flags = w->frame_len > 8 ? SFAM_CAN_FD : 0,
		.data = data,
	};
	char frame[CANFD_MTU] __attribute__((aligned(8)));
	size_t n = 0;
	ssize_t size;

	memset(data, 0xcc, sizeof(data));
	if (w->address >= 0)
		data[n++] = (uint8_t)w->address;
	memcpy(data + n, bytes, len);
	fields.len = (uint16_t)sfam_can_fd_len(n + len);
	size = sfam_can_pack(frame, sizeof(frame), &fields);
	expect_that(size > 0);
	w->n = sfam_isotp_reader_feed(&w->reader, frame, (size_t)size, 0,
				      w->events);
}

static void begin(struct world *w, struct sender *s, size_t most)
{
	size_t i;

	s->len = 1 + random_below(w, random_below(w, 4) ? 80 : most);
	for (i = 0; i < s->len; i++)
		s->pdu[i] = (uint8_t)test_random(&w->seed);
	s->at = 0;
}

/* As one frame; 0: it is too long for that. */
static int put_single(struct world *w, int side, struct sender *s)
{
	const size_t room = w->frame_len - (size_t)(w->address >= 0);
	const size_t classic = 7 - (size_t)(w->address >= 0);
	uint8_t bytes[64] = { 0 };

	if (s->len <= classic) {
		bytes[0] = (uint8_t)s->len;
		memcpy(bytes + 1, s->pdu, s->len);
		put(w, side, bytes, 1 + s->len);
	} else if (w->frame_len > 8 && s->len <= room - 2) {
		bytes[1] = (uint8_t)s->len;
		memcpy(bytes + 2, s->pdu, s->len);
		put(w, side, bytes, 2 + s->len);
	} else {
		return 0;
	}
	s->at = s->len;
	return 1;
}

static void put_first(struct world *w, int side, struct sender *s)
{
	const size_t room = w->frame_len - (size_t)(w->address >= 0);
	uint8_t bytes[64] = { 0x10 };
	size_t head = 2;

	if (s->len > 4095) {
		bytes[4] = (uint8_t)(s->len >> 8);
		bytes[5] = (uint8_t)s->len;
		head = 6;
	} else {
		bytes[0] |= (uint8_t)(s->len >> 8);
		bytes[1] = (uint8_t)s->len;
	}
	s->at = room - head;
	memcpy(bytes + head, s->pdu, s->at);
	s->number = 1;
	s->block = 0;
	put(w, side, bytes, room);
}

static void put_next(struct world *w, int side, struct sender *s)
{
	const size_t room = w->frame_len - (size_t)(w->address >= 0);
	uint8_t bytes[64] = { (uint8_t)(0x20 | s->number++ % 16) };
	size_t n = s->len - s->at < room - 1 ? s->len - s->at : room - 1;

	memcpy(bytes + 1, s->pdu + s->at, n);
	s->at += n;
	s->block--;
	put(w, side, bytes, 1 + n);
}

static void put_flow(struct world *w, int side, struct sender *s)
{
	uint8_t bytes[3] = { 0x30, (uint8_t)random_below(w, 5), 0 };

	if (random_below(w, 8) == 0)
		bytes[0] = 0x31;
	else
		s->block = bytes[1] ? bytes[1] : 100000;
	put(w, !side, bytes, 3);
}

/* The next frame of a side's PDU. 1: that is whole. */
static int step(struct world *w, int side, size_t most)
{
	struct sender *s = &w->sides[side];

	if (s->at == s->len) {
		begin(w, s, most);
		if (put_single(w, side, s))
			return 1;
		put_first(w, side, s);
	} else if (s->block == 0) {
		put_flow(w, side, s);
	} else {
		put_next(w, side, s);
	}
	return s->at == s->len;
}

static struct world *world(void)
{
	static struct world w;

	memset(&w, 0, sizeof(w));
	w.seed = test_seed();
	return &w;
}

static void choose_link(struct world *w)
{
	static const size_t lens[] = { 8, 8, 12, 16, 20, 24, 32, 48, 64 };
	struct sfam_isotp_talk talk = SFAM_ISOTP_TALK_INIT;

	w->frame_len = lens[random_below(w, HARNESS_LEN(lens))];
	w->address = random_below(w, 2) ? (int)random_below(w, 256) : -1;
	talk.ids[0] = 0x123;
	talk.ids[1] = 0x321;
	talk.addresses[0] = talk.addresses[1] = w->address;
	talk.bufs[0] = w->bufs[0];
	talk.bufs[1] = w->bufs[1];
	talk.buf_size = BUF_SIZE;
	ck_assert_ok(sfam_isotp_reader_init(&w->reader, &talk));
	memset(w->sides, 0, sizeof(w->sides));
}

static size_t rounds(void)
{
	const char *text = getenv("SFAM_ROUNDS");

	return text ? strtoul(text, NULL, 10) : 20000;
}

/* Of both sides at once: each comes out whole, when its last frame comes. */
START_TEST(random_talk)
{
	struct world *w = world();
	const struct sfam_isotp_event *e;
	size_t i, n = rounds();
	int side, whole;

	for (i = 0; i < n; i++) {
		if (i % 1000 == 0)
			choose_link(w);
		side = (int)random_below(w, 2);
		whole = step(w, side, BUF_SIZE);
		expect_that(w->n == whole);
		e = &w->events[0];
		if (whole) {
			expect_that(e->kind == SFAM_ISOTP_PDU);
			expect_that(e->side == side);
			expect_that(e->len == w->sides[side].len);
			expect_that(memcmp(e->data, w->sides[side].pdu,
					   e->len) == 0);
		}
	}
}
END_TEST

static int is_consecutive_next(const struct sender *s)
{
	return s->at != s->len && s->block != 0;
}

/*
 * Consecutive frames are lost: never a PDU that was not sent. (One would be
 * taken for whole if 16 in a row were lost, or a first frame too.)
 */
START_TEST(random_losses)
{
	struct world *w = world();
	struct sfam_isotp_reader before;
	const struct sfam_isotp_event *e;
	size_t i, n = rounds(), pdus = 0, lost = 0;
	int side, is_lost, was_lost[2] = { 0, 0 };

	for (i = 0; i < n; i++) {
		if (i % 1000 == 0)
			choose_link(w);
		side = (int)random_below(w, 2);
		is_lost = !was_lost[side] && random_below(w, 10) == 0 &&
			  is_consecutive_next(&w->sides[side]);
		was_lost[side] = is_lost;
		before = w->reader;
		step(w, side, 300);
		if (is_lost) {		/* as if it had not been */
			w->reader = before;
			continue;
		}
		for (e = w->events; w->n > 0; w->n--, e++) {
			expect_that(e->kind != SFAM_ISOTP_MALFORMED);
			if (e->kind != SFAM_ISOTP_PDU) {
				lost++;
				continue;
			}
			pdus++;
			expect_that(e->len == w->sides[side].len);
			expect_that(memcmp(e->data, w->sides[side].pdu,
					   e->len) == 0);
		}
	}
	ck_assert_uint_gt(pdus, n / 100);
	ck_assert_uint_gt(lost, n / 100);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ random_talk, NULL },
		{ random_losses, NULL },
	};

	return harness_run("can-isotp-random", tests, HARNESS_LEN(tests));
}
