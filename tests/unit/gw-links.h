/* SPDX-License-Identifier: MIT */
/*
 * Links and rules for the tests of the CAN gateway. It asks for CAP_NET_ADMIN
 * of the first user namespace, so they take a network namespace only.
 * Included once by each.
 */
#ifndef SFAM_TEST_GW_LINKS_H
#define SFAM_TEST_GW_LINKS_H

#include <errno.h>
#include <sched.h>
#include <string.h>

#include <sockfam/ctl.h>

#include "harness.h"

#define LIST_MAX 256

static struct sfam_can_gw_entry list[LIST_MAX];

static inline void set_up_links(void)
{
	stay_on_cpu();
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	ck_assert_ok(sfam_link_up("lo", NULL));
	link_add("va", "vcan", 72);
	link_add("vb", "vcan", 72);
	link_add("vc", "vcan", 72);
}

static inline struct sfam_can_gw_rule rule_of(const char *text)
{
	struct sfam_can_gw_rule rule;

	ck_assert_ok(sfam_can_gw_rule_parse(&rule, text, strlen(text), NULL));
	return rule;
}

static inline void add(const struct sfam_can_gw_rule *rule)
{
	struct sfam_ctl_diag diag = { "" };
	int r = sfam_can_gw_add(rule, &diag);

	ck_assert_msg(r == 0, "%s (%s)", strerror(-r), diag.words);
}

static inline void add_text(const char *text)
{
	struct sfam_can_gw_rule rule = rule_of(text);

	add(&rule);
}

static inline size_t get_list(void)
{
	size_t n;

	ck_assert_ok(sfam_can_gw_list(list, LIST_MAX, &n, NULL));
	return n;
}

#endif
