/* SPDX-License-Identifier: MIT */
/*
 * ISO-TP sockets against a test that plays the other side with CAN_RAW:
 * flow control, times, and all that goes wrong with a PDU. All is on one CPU,
 * see test-can-isotp.c.
 */
#include "test-can-isotp.h"

/* ------------------------------------------------------------- sending -- */

/*
 * A PDU of 30 bytes: a first frame, and four. The answers are given when the
 * frame before them has been seen.
 */
struct dialogue {
	const char *const *frames;	/* what is to come, "" an answer */
	const char *const *answers;
	int64_t times[8];		/* of the frames that came */
};

static int try_dialogue(struct wire *w, int fd, struct dialogue *d)
{
	char text[SFAM_CAN_TEXT_STRLEN];
	const char *const *answer = d->answers;
	size_t i, n = 0;
	int r;

	wire_drain(w);
	r = sfam_isotp_send(fd, bytes, 30, FAR_NS);
	if (r < 0)
		return r;
	for (i = 0; d->frames[i]; i++) {
		if (!d->frames[i][0]) {
			ck_assert_int_eq(send_text(w->raw, *answer++), 1);
			continue;
		}
		if (!wire_await(w, fd, text, &d->times[n++]))
			return -ECOMM;
		ck_assert_str_eq(text, d->frames[i]);
	}
	return 0;
}

/* The frames of it, and no more. */
static void dialogue(struct wire *w, const struct sfam_isotp_opts *o,
		     struct dialogue *d)
{
	int fd = isotp_open("vcan0", 0, o);
	int r;

	do
		r = try_dialogue(w, fd, d);
	while (was_late(r));
	ck_assert_ok(r);
	settle();
	settle();
	wire_expect(w, NULL);
	wire_send(w, END_IT);
	close(fd);
}

#define FF "123#101E010203040506"
#define CF1 "123#210708090A0B0C0D"
#define CF2 "123#220E0F1011121314"
#define CF3 "123#2315161718191A1B"
#define CF4 "123#241C1D1E"

static const char *const all_frames[] = { FF, "", CF1, CF2, CF3, CF4, NULL };

START_TEST(blocks)
{
	const char *const frames[] = { FF, "", CF1, CF2, CF3, "", CF4, NULL };
	const char *const answers[] = { "321#300300", "321#300000" };
	struct sfam_isotp_opts o = at_once(0);
	struct wire w = wire_open();
	struct dialogue d = { frames, answers, { 0 } };

	dialogue(&w, &o, &d);
	wire_close(&w);
}
END_TEST

/* A wait, and then leave to go on. */
START_TEST(wait_frames)
{
	const char *const frames[] = { FF, "", "", CF1, CF2, CF3, CF4, NULL };
	const char *const answers[] = { "321#310000", "321#300000" };
	struct sfam_isotp_opts o = at_once(0);
	struct wire w = wire_open();
	struct dialogue d = { frames, answers, { 0 } };

	dialogue(&w, &o, &d);
	wire_close(&w);
}
END_TEST

/* Timers of the kernel are never early, so there is a least time. */
START_TEST(times_between)
{
	static const struct {
		const char *answer;
		int64_t frame_ns, stmin_ns, least_ns;
	} cases[] = {
		{ "321#300005", 0, -1, 5 * MS },
		{ "321#3000F3", 0, -1, 3 * MS / 10 },
		{ "321#300000", 7 * MS, -1, 7 * MS },
		{ "321#300003", 4 * MS, -1, 7 * MS },
		{ "321#300000", 0, 6 * MS, 6 * MS },
	};
	struct sfam_isotp_opts o = at_once(0);
	struct wire w = wire_open();
	struct dialogue first = { all_frames, &cases[0].answer, { 0 } };
	size_t i, k;

	/* In the middle of it the kernel may begin to stamp. */
	dialogue(&w, &o, &first);
	for (i = 0; i < HARNESS_LEN(cases); i++) {
		struct dialogue d = { all_frames, &cases[i].answer, { 0 } };

		o.frame_ns = cases[i].frame_ns;
		o.tx_stmin_ns = cases[i].stmin_ns;
		dialogue(&w, &o, &d);
		for (k = 2; k <= 4; k++)
			expect_that(d.times[k] - d.times[k - 1] >=
				    cases[i].least_ns);
	}
	wire_close(&w);
}
END_TEST

/* STmin of the receiver's is passed over, which alone would be 127 ms. */
START_TEST(forced_stmin)
{
	static const char *const answers[] = { "321#30007F" };
	struct sfam_isotp_opts o = at_once(0);
	struct wire w = wire_open();
	struct dialogue d = { all_frames, answers, { 0 } };
	int rounds = 0;

	/* A machine may lose time, but not in each of many rounds. */
	o.tx_stmin_ns = 0;
	do
		dialogue(&w, &o, &d);
	while (d.times[4] - d.times[1] >= 3 * 127 * MS && ++rounds < 1000);
	ck_assert_int_lt(rounds, 1000);
	wire_close(&w);
}
END_TEST

START_TEST(broadcast_without_flow)
{
	const char *const frames[] = { FF, CF1, CF2, CF3, CF4, NULL };
	struct sfam_isotp_opts o = at_once(SFAM_ISOTP_CF_BROADCAST);
	struct wire w = wire_open();
	struct dialogue d = { frames, NULL, { 0 } };

	dialogue(&w, &o, &d);
	wire_close(&w);
}
END_TEST

/* Without it the first flow control counts: blocks of one. */
START_TEST(dynamic_flow)
{
	const char *const first[] = { FF, "", CF1, "", CF2, NULL };
	const char *const each[] = { FF, "", CF1, "", CF2, CF3, CF4, NULL };
	const char *const answers[] = { "321#300100", "321#300000" };
	struct sfam_isotp_opts o = at_once(0);
	struct wire w = wire_open();
	struct dialogue d = { first, answers, { 0 } };

	dialogue(&w, &o, &d);
	/* The module has this parameter since the kernel knows the flag. */
	if (access("/sys/module/can_isotp/parameters/max_pdu_size", F_OK) == 0)
		d.frames = each;
	o.flags = SFAM_ISOTP_DYNAMIC_FLOW;
	dialogue(&w, &o, &d);
	wire_close(&w);
}
END_TEST

/* ------------------------------------------------------- errors, sending -- */

/* A first frame, and this as an answer to it. */
static int answered(struct wire *w, const struct sfam_isotp_opts *o,
		    const char *answer)
{
	int fd = isotp_open("vcan0", 0, o);
	uint8_t buf[8];
	ssize_t r;

	do {
		wire_drain(w);
		ck_assert_ok(sfam_isotp_send(fd, bytes, 30, FAR_NS));
		wire_send(w, answer);
		r = sfam_isotp_recv(fd, buf, sizeof(buf), FAR_NS);
	} while (was_late(r));
	/* Told once. */
	ck_assert_err(sfam_isotp_recv(fd, buf, sizeof(buf), 0), ETIMEDOUT);
	close(fd);
	return (int)r;
}

START_TEST(bad_answers)
{
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	struct wire w = wire_open();

	ck_assert_err(answered(&w, NULL, "321#320000"), EFBIG);
	ck_assert_err(answered(&w, NULL, "321#3000"), EBADMSG);
	ck_assert_err(answered(&w, NULL, "321#350000"), EBADMSG);
	o.flags = SFAM_ISOTP_RX_PAD | SFAM_ISOTP_CHECK_PAD;
	o.rx_pad = 0x99;
	ck_assert_err(answered(&w, &o, "321#300000999999AA99"), EBADMSG);
	wire_close(&w);
}
END_TEST

/*
 * Nobody is there: a second, and then in the call that waits or in the next.
 * All wait for the same second.
 */
START_TEST(no_answer)
{
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	int waits, sends_next, receives_next, r;
	uint8_t buf[8];

	stay_on_cpu();
	o.flags = SFAM_ISOTP_WAIT_SENT;
	waits = isotp_open("vcan0", 0, &o);
	sends_next = isotp_open("vcan0", 0, NULL);
	receives_next = isotp_open("vcan0", 0, NULL);
	do {
		ck_assert_ok(sfam_isotp_send(sends_next, bytes, 30, FAR_NS));
		/* The one before is on its way: if that was not long ago. */
		r = sfam_isotp_send(sends_next, bytes, 30, 0);
	} while (r == -ECOMM);
	ck_assert_err(r, ETIMEDOUT);
	ck_assert_ok(sfam_isotp_send(receives_next, bytes, 30, 0));
	ck_assert_err(sfam_isotp_send(waits, bytes, 30, 0), ECOMM);
	ck_assert_err(sfam_isotp_recv(waits, buf, sizeof(buf), 0), ETIMEDOUT);
	ck_assert_err(sfam_isotp_recv(receives_next, buf, sizeof(buf), FAR_NS),
		      ECOMM);
	ck_assert_err(sfam_isotp_send(sends_next, bytes, 30, FAR_NS), ECOMM);
	ck_assert_ok(sfam_isotp_send(sends_next, bytes, 1, FAR_NS));
	close(waits);
	close(sends_next);
	close(receives_next);
}
END_TEST

/* While a PDU waits for its answer, nothing else is heard. */
START_TEST(half_duplex)
{
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	struct wire w = wire_open();
	uint8_t buf[8];
	ssize_t r;
	int fd, half;

	for (half = 0; half < 2; half++) {
		o.flags = half ? SFAM_ISOTP_HALF_DUPLEX : 0;
		fd = isotp_open("vcan0", 0, &o);
		do {
			ck_assert_ok(sfam_isotp_send(fd, bytes, 30, FAR_NS));
			wire_send(&w, "321#0155");
			r = sfam_isotp_recv(fd, buf, sizeof(buf), 0);
			if (was_late(r))
				while (sfam_isotp_recv(fd, buf, sizeof(buf),
						       0) >= 0)
					;
		} while (was_late(r));
		if (half)
			ck_assert_err(r, ETIMEDOUT);
		else
			ck_assert_int_eq(r, 1);
		wire_send(&w, END_IT);
		close(fd);
	}
	wire_close(&w);
}
END_TEST

/* ----------------------------------------------------- errors, receiving -- */

/* Frames in a row, and what the socket says of them. */
static ssize_t received(struct wire *w, const struct sfam_isotp_opts *o,
			const char *const *frames, size_t size)
{
	int fd = isotp_open("vcan0", 0, o);
	uint8_t buf[64];
	ssize_t r;

	for (; *frames; frames++)
		wire_send(w, *frames);
	settle();
	r = sfam_isotp_recv(fd, buf, size, FAR_NS);
	if (r >= 0)
		ck_assert_int_eq(buf[0], 1);
	ck_assert_err(sfam_isotp_recv(fd, buf, sizeof(buf), 0), ETIMEDOUT);
	close(fd);
	wire_drain(w);
	return r;
}

static ssize_t received_one(struct wire *w, const struct sfam_isotp_opts *o,
			    const char *frame)
{
	const char *const frames[] = { frame, NULL };

	return received(w, o, frames, 64);
}

START_TEST(broken_pdus)
{
	const char *const wrong[] = { "321#100A010203040506",
				      "321#220708090A", NULL };
	const char *const first[] = { "321#100A010203040506", NULL };
	const char *const whole[] = { "321#0401020304", NULL };
	struct wire w = wire_open();
	ssize_t r;

	do
		r = received(&w, NULL, wrong, 64);
	while (was_late(r));
	ck_assert_err(r, EILSEQ);
	ck_assert_err(received(&w, NULL, first, 64), ETIME);
	ck_assert_int_eq(received(&w, NULL, whole, 4), 4);
	ck_assert_err(received(&w, NULL, whole, 3), EMSGSIZE);
	ck_assert_err(received(&w, NULL, whole, 0), EMSGSIZE);
	wire_close(&w);
}
END_TEST

START_TEST(padding_checks)
{
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	struct wire w = wire_open();

	/* Without padding: as short as can be. */
	o.flags = SFAM_ISOTP_CHECK_LEN;
	ck_assert_int_eq(received_one(&w, &o, "321#03010203"), 3);
	ck_assert_err(received_one(&w, &o, "321#0301020300"), EBADMSG);
	o.flags |= SFAM_ISOTP_RX_PAD | SFAM_ISOTP_CHECK_PAD;
	o.rx_pad = 0xaa;
	ck_assert_int_eq(received_one(&w, &o, "321#03010203AAAAAAAA"), 3);
	ck_assert_err(received_one(&w, &o, "321#03010203AAAAAAAB"), EBADMSG);
	ck_assert_err(received_one(&w, &o, "321#03010203AAAAAA"), EBADMSG);
	o.flags = SFAM_ISOTP_RX_PAD | SFAM_ISOTP_CHECK_PAD;
	ck_assert_int_eq(received_one(&w, &o, "321#03010203AAAAAA"), 3);
	wire_close(&w);
}
END_TEST

/* The second consecutive frame comes too soon, and then none. */
START_TEST(rx_stmin)
{
	const char *const frames[] = { "321#1011010203040506",
				       "321#210708090A0B0C0D",
				       "321#220E0F1011", NULL };
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	struct wire w = wire_open();
	ssize_t r;

	do
		r = received(&w, NULL, frames, 64);
	while (was_late(r));
	ck_assert_int_eq(r, 17);
	o.rx_stmin_ns = 4000 * MS;
	do	/* whole: they came so long after each other */
		r = received(&w, &o, frames, 64);
	while (r == 17);
	ck_assert_err(r, ETIME);
	wire_close(&w);
}
END_TEST

int main(void)
{
	static const char needs[] = "vcan can-isotp";
	const struct harness_test tests[] = {
		{ blocks, needs },
		{ wait_frames, needs },
		{ times_between, needs },
		{ forced_stmin, needs },
		{ broadcast_without_flow, needs },
		{ dynamic_flow, needs },
		{ bad_answers, needs },
		{ no_answer, needs },
		{ half_duplex, needs },
		{ broken_pdus, needs },
		{ padding_checks, needs },
		{ rx_stmin, needs },
	};

	return harness_run("can-isotp-talk", tests, HARNESS_LEN(tests));
}
