/* SPDX-License-Identifier: MIT */
/* What rules of the CAN gateway do to frames, against a model; counters. */
#include <stdio.h>

#include "gw-links.h"
#include "gw-model.h"
#include "gw-random.h"
#include "test-can-vcan.h"

static void send_frame(int fd, const struct canfd_frame *f, size_t size)
{
	struct iovec iov = { (void *)(uintptr_t)f, size };

	ck_assert_int_eq(sfam_can_send(fd, &iov, 1, NULL, SFAM_FOREVER), 1);
}

static size_t next_frame(int fd, struct sfam_can_receiver *r,
			 struct canfd_frame *ret)
{
	const struct sfam_can_record *rec;

	ck_assert_int_eq(sfam_can_receive(fd, r, &rec, SFAM_FOREVER), 1);
	ck_assert_uint_le(rec->size, sizeof(*ret));
	memset(ret, 0, sizeof(*ret));
	memcpy(ret, rec->frame, rec->size);
	return rec->size;
}

static size_t random_frame(struct canfd_frame *f, uint64_t *state)
{
	struct can_frame *classic = (struct can_frame *)f;
	uint64_t r = test_random(state);
	int fd = (r & 7) < 3;

	memset(f, 0, sizeof(*f));
	f->can_id = (uint32_t)(r >> 8) & CAN_SFF_MASK;
	if (r >> 3 & 1)
		f->can_id = ((uint32_t)(r >> 8) & CAN_EFF_MASK) | CAN_EFF_FLAG;
	gw_random_bytes(f->data, fd ? 64 : 8, state);
	if (fd) {
		f->len = (uint8_t)sfam_can_fd_len((r >> 40) % 65);
		f->flags = (uint8_t)(CANFD_FDF | (r >> 50 & 3));
		return CANFD_MTU;
	}
	if (r >> 4 & 1)
		f->can_id |= CAN_RTR_FLAG;
	classic->len = (uint8_t)((r >> 40) % 9);
	if (classic->len == 8 && r >> 50 & 1)
		classic->len8_dlc = (uint8_t)(9 + (r >> 51) % 7);
	return CAN_MTU;
}

/* So that frames come out at all: no error frames, few lengths too long. */
static void tame(struct sfam_can_gw_rule *rule, uint64_t *state)
{
	uint64_t r = test_random(state);
	int i;

	rule->flags |= CGW_FLAGS_CAN_ECHO;
	rule->filter.can_mask &= ~CAN_ERR_FLAG & (r & 1 ? 0x3 : 0xc0000001);
	for (i = 0; i < SFAM_CAN_GW_OPS; i++) {
		rule->mods[i].id &= ~CAN_ERR_FLAG;
		if (i != SFAM_CAN_GW_AND && r >> 8 & 3)
			rule->mods[i].len &= rule->flags & CGW_FLAGS_CAN_FD ?
					     63 : 7;
	}
}

struct path {
	int in, out, beside;		/* va, vb, and vc with its own rule */
	struct sfam_can_receiver *receiver;
	struct sfam_can_gw_rule rule;
	uint32_t handled, deleted;
};

static void path_open(struct path *p)
{
	set_up_links();
	add_text("-s vc -d vb -e");
	p->in = can_open("va");
	p->out = can_open("vb");
	p->beside = can_open("vc");
	p->receiver = receiver_new(1, 0);
	ck_assert_ok(sfam_can_set_options(p->in, SFAM_CAN_OPT_FD, 0));
	ck_assert_ok(sfam_can_set_options(p->out, SFAM_CAN_OPT_FD, 0));
}

static void path_close(struct path *p)
{
	close(p->in);
	close(p->out);
	close(p->beside);
	sfam_can_receiver_free(p->receiver);
}

/* A mark by the other rule: all before it is done, and nothing else came. */
static void path_sync(struct path *p)
{
	struct canfd_frame got;

	ck_assert_int_eq(send_text(p->beside, "1FFFFFFF#"), 1);
	ck_assert_uint_eq(next_frame(p->out, p->receiver, &got), CAN_MTU);
	ck_assert_uint_eq(got.can_id, CAN_EFF_FLAG | CAN_EFF_MASK);
	ck_assert_uint_eq(got.len, 0);
}

static void pass_one(struct path *p, uint64_t *state)
{
	struct canfd_frame f, got;
	size_t size = random_frame(&f, state);
	enum gw_fate fate;

	send_frame(p->in, &f, size);
	fate = gw_apply(&p->rule, &f, size);
	p->handled += fate == GW_PASSES;
	p->deleted += fate == GW_DELETED;
	if (fate != GW_PASSES)
		return;
	ck_assert_uint_eq(next_frame(p->out, p->receiver, &got), size);
	ck_assert_mem_eq(&got, &f, size);
}

/* Random rules on random frames of all kinds: each as the model has it. */
START_TEST(frames_pass_as_ruled)
{
	struct path p = { .handled = 0 };
	uint64_t state = test_seed();
	uint32_t handled = 0, deleted = 0;
	int i, j;

	path_open(&p);
	for (i = 0; i < 250; i++) {
		gw_random_rule(&p.rule, &state, i & 1);
		tame(&p.rule, &state);
		add(&p.rule);
		p.handled = p.deleted = 0;
		for (j = 0; j < 12; j++)
			pass_one(&p, &state);
		path_sync(&p);
		ck_assert_uint_eq(get_list(), 2);
		ck_assert_uint_eq(list[0].handled, p.handled);
		ck_assert_uint_eq(list[0].deleted, p.deleted);
		ck_assert_uint_eq(list[0].dropped, 0);
		ck_assert_ok(sfam_can_gw_delete(&p.rule, NULL));
		handled += p.handled;
		deleted += p.deleted;
	}
	ck_assert_uint_gt(handled, 500);
	ck_assert_uint_gt(deleted, 20);
	path_close(&p);
}
END_TEST

static struct sfam_can_gw_entry *find(const char *source)
{
	size_t n = get_list();

	while (n--)
		if (strcmp(list[n].rule.source, source) == 0)
			return &list[n];
	ck_abort_msg("no rule from %s", source);
	return NULL;
}

/* va to vb to vc: one hop too many for a module with max_hops 1. */
START_TEST(counters)
{
	struct path p;
	struct canfd_frame got;

	path_open(&p);
	add_text("-s va -d vb -e -l 1");
	add_text("-s vb -d vc -e");
	ck_assert_int_eq(send_text(p.in, "123#11"), 1);
	ck_assert_int_eq(send_text(p.in, "123#22"), 1);
	next_frame(p.out, p.receiver, &got);
	next_frame(p.out, p.receiver, &got);
	path_sync(&p);
	ck_assert_uint_eq(find("va")->handled, 2);
	ck_assert_uint_eq(find("vb")->deleted, 3);	/* and the mark */
	ck_assert_uint_eq(find("vb")->handled, 0);
	ck_assert_ok(sfam_link_down("vb", NULL));
	ck_assert_int_eq(send_text(p.in, "123#33"), 1);
	while (find("va")->dropped == 0)
		sched_yield();
	ck_assert_uint_eq(find("va")->dropped, 1);
	ck_assert_uint_eq(find("va")->handled, 2);
	ck_assert_uint_eq(find("va")->deleted, 0);
	path_close(&p);
}
END_TEST

static void expect_late(int fd, struct sfam_can_receiver *r,
			const char *expected)
{
	char text[SFAM_CAN_TEXT_STRLEN];
	struct canfd_frame got;
	size_t size = next_frame(fd, r, &got);

	ck_assert_ok(sfam_can_text_format(text, sizeof(text), &got, size));
	ck_assert_str_eq(text, expected);
}

/* Out again where it came in, once: what comes by the rule is at its end. */
START_TEST(back_to_the_source)
{
	struct sfam_can_receiver *r = receiver_new(1, 0);
	int in, out;

	set_up_links();
	in = can_open("va");
	out = can_open("va");
	add_text("-s va -d va -i -e -m SET:I:222.0.0000000000000000");
	ck_assert_int_eq(send_text(in, "111#"), 1);
	expect_late(out, r, "111#");
	expect_late(out, r, "222#");
	ck_assert_ok(sfam_can_gw_flush(NULL));
	ck_assert_int_eq(send_text(in, "333#"), 1);
	expect_late(out, r, "333#");
	sfam_can_receiver_free(r);
	close(in);
	close(out);
}
END_TEST

/* The kinds of frame, by hand, as a user would write them. */
START_TEST(kinds_of_frames)
{
	static const char *const rules[][3] = {
		{ "", "123#1122", "123#1122" },
		{ "", "12345678#R5", "12345678#R5" },
		{ "-m OR:I:80000000.0.0000000000000000", "123#11",
		  "00000123#11" },
		{ "-m OR:I:40000000.0.0000000000000000", "123#11", "123#R1" },
		{ "-m AND:I:7FF.0.0000000000000000", "12345678#R3",
		  "678#000000" },
		{ "-m SET:L:0.F.0000000000000000", "123#11",
		  "123#1100000000000000_F" },
		{ "-m AND:L:0.7.0000000000000000", "123#1122334455667788_B",
		  "123#112233" },
		{ "-m SET:ILD:333.4.1122334455667788", "123#AA",
		  "333#11223344" },
		{ "-m XOR:D:0.0.FFFFFFFFFFFFFFFF -x 0:2:3:00", "001#01020304",
		  "001#FEFDFCFF" },
		{ "-X -M SET:F:0.1.0." "@", "123##01122", "123##51122" },
		{ "-X -M SET:L:0.0.0C." "@", "12345678##11122",
		  "12345678##5112200000000000000000000" },
	};
	char text[SFAM_CAN_GW_TEXT_STRLEN], *at;
	struct path p;
	size_t i;

	path_open(&p);
	for (i = 0; i < HARNESS_LEN(rules); i++) {
		snprintf(text, sizeof(text), "-s va -d vb -e %s", rules[i][0]);
		at = strchr(text, '@');
		if (at)
			sprintf(at, "%0128d", 0);
		add_text(text);
		ck_assert_int_eq(send_text(p.in, rules[i][1]), 1);
		expect_late(p.out, p.receiver, rules[i][2]);
		p.rule = rule_of(text);
		ck_assert_ok(sfam_can_gw_delete(&p.rule, NULL));
	}
	path_sync(&p);
	path_close(&p);
}
END_TEST

int main(void)
{
	static const char needs[] = "root vm can";
	const struct harness_test tests[] = {
		{ kinds_of_frames, needs },
		{ frames_pass_as_ruled, needs },
		{ counters, needs },
		{ back_to_the_source, needs },
	};

	return harness_run("can-gw-frames", tests, HARNESS_LEN(tests));
}
