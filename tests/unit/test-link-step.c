/* SPDX-License-Identifier: MIT */
/*
 * Events from the difference between what was told and what is known, where
 * no controller here can show it: restarts, and more than one at a time.
 */
#include <linux/can/netlink.h>
#include <string.h>

#include "harness.h"
#include "link-step.h"

static struct sfam__ctl_watched w;
static struct sfam_link_event event;

static void start(uint32_t state)
{
	memset(&w, 0, sizeof(w));
	memcpy(w.now.info.name, "can0", 5);
	w.now.info.can_state = state;
	w.now.info.flags = IFF_UP | IFF_RUNNING | SFAM__LOWER_UP;
	w.came = SFAM_LINK_PRESENT;
	ck_assert_int_eq(sfam__ctl_link_step(&w, &event), 1);
	ck_assert_int_eq(event.change, SFAM_LINK_PRESENT);
	ck_assert_int_eq(sfam__ctl_link_step(&w, &event), 0);
}

static void expect(enum sfam_link_change change, uint32_t state,
		   uint32_t times)
{
	ck_assert_int_eq(sfam__ctl_link_step(&w, &event), 1);
	ck_assert_str_eq(sfam_link_change_name(event.change),
			 sfam_link_change_name(change));
	ck_assert_uint_eq(event.state, state);
	ck_assert_uint_eq(event.times, times);
}

static void expect_no_more(void)
{
	ck_assert_int_eq(sfam__ctl_link_step(&w, &event), 0);
}

START_TEST(restarted)
{
	start(CAN_STATE_BUS_OFF);
	w.now.restarts++;
	w.now.info.can_state = CAN_STATE_ERROR_ACTIVE;
	expect(SFAM_LINK_RESTARTED, CAN_STATE_ERROR_ACTIVE, 1);
	ck_assert_uint_eq(event.old_state, CAN_STATE_BUS_OFF);
	expect_no_more();
	w.now.bus_offs++;
	w.now.info.can_state = CAN_STATE_BUS_OFF;
	expect(SFAM_LINK_BUS_OFF, CAN_STATE_BUS_OFF, 1);
	expect_no_more();
}
END_TEST

/* Restarted, and already on its way down again. */
START_TEST(restarted_and_worse)
{
	start(CAN_STATE_BUS_OFF);
	w.now.restarts++;
	w.now.warnings++;
	w.now.info.can_state = CAN_STATE_ERROR_WARNING;
	expect(SFAM_LINK_RESTARTED, CAN_STATE_ERROR_ACTIVE, 1);
	expect(SFAM_LINK_CAN_STATE, CAN_STATE_ERROR_WARNING, 1);
	expect_no_more();
}
END_TEST

/* In bus-off and out of it, all unseen; the carrier was never missed. */
START_TEST(bus_off_between_two_reads)
{
	start(CAN_STATE_ERROR_ACTIVE);
	w.now.bus_offs += 3;
	w.now.restarts += 3;
	expect(SFAM_LINK_BUS_OFF, CAN_STATE_BUS_OFF, 3);
	expect(SFAM_LINK_RESTARTED, CAN_STATE_ERROR_ACTIVE, 3);
	expect_no_more();
}
END_TEST

/* A driver that does not count. */
START_TEST(no_counters)
{
	start(CAN_STATE_ERROR_ACTIVE);
	w.now.info.can_state = CAN_STATE_BUS_OFF;
	w.now.info.flags &= ~SFAM__LOWER_UP;
	expect(SFAM_LINK_BUS_OFF, CAN_STATE_BUS_OFF, 1);
	expect(SFAM_LINK_NO_CARRIER, 0, 1);
	expect_no_more();
}
END_TEST

/* A message from before the last list: its counters are no news. */
START_TEST(older_message)
{
	start(CAN_STATE_ERROR_ACTIVE);
	w.now.bus_offs--;
	w.now.restarts--;
	expect_no_more();
	w.now.bus_offs += 2;
	w.now.restarts++;
	expect(SFAM_LINK_BUS_OFF, CAN_STATE_BUS_OFF, 1);
	expect(SFAM_LINK_CAN_STATE, CAN_STATE_ERROR_ACTIVE, 1);
	expect_no_more();
}
END_TEST

/* All at once, and gone: the end comes last. */
START_TEST(everything)
{
	start(CAN_STATE_ERROR_ACTIVE);
	memcpy(w.now.info.name, "bus0", 5);
	w.now.info.flags = 0;
	w.now.info.can_state = CAN_STATE_STOPPED;
	w.now.info.mtu = 72;
	w.is_gone = 1;
	w.went = SFAM_LINK_MOVED;
	expect(SFAM_LINK_RENAMED, 0, 1);
	ck_assert_str_eq(event.old_name, "can0");
	ck_assert_str_eq(event.link.name, "bus0");
	expect(SFAM_LINK_DOWN, 0, 1);
	expect(SFAM_LINK_CAN_STATE, CAN_STATE_STOPPED, 1);
	expect(SFAM_LINK_CHANGED, 0, 1);
	expect(SFAM_LINK_MOVED, 0, 1);
}
END_TEST

/* Its message of going down was lost. */
START_TEST(gone_while_up)
{
	start(CAN_STATE_ERROR_ACTIVE);
	w.is_gone = 1;
	w.went = SFAM_LINK_GONE;
	expect(SFAM_LINK_DOWN, 0, 1);
	ck_assert_uint_eq(event.link.flags & IFF_UP, 0);
	expect(SFAM_LINK_GONE, 0, 1);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ restarted, NULL },
		{ restarted_and_worse, NULL },
		{ bus_off_between_two_reads, NULL },
		{ no_counters, NULL },
		{ older_message, NULL },
		{ everything, NULL },
		{ gone_while_up, NULL },
	};

	return harness_run("link-step", tests, HARNESS_LEN(tests));
}
