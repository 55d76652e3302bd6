/* SPDX-License-Identifier: MIT */
/* The CAN gateway: what the kernel keeps of our rules, and what it refuses. */
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gw-links.h"
#include "gw-random.h"

static void expect_words(int r, int code, const struct sfam_ctl_diag *diag,
			 const char *words)
{
	ck_assert_err(r, code);
	ck_assert_msg(strstr(diag->words, words) != NULL, "\"%s\" lacks "
		      "\"%s\"", diag->words, words);
}

/* ------------------------------------------------------------ rules -- */

START_TEST(kernel_keeps_every_field)
{
	uint64_t state = test_seed();
	struct sfam_can_gw_rule rule;
	int i;

	set_up_links();
	for (i = 0; i < 400; i++) {
		gw_random_rule(&rule, &state, i & 1);
		add(&rule);
		ck_assert_uint_eq(get_list(), 1);
		gw_expect_equal(&list[0].rule, &rule);
		ck_assert_uint_eq(list[0].handled + list[0].dropped +
				  list[0].deleted, 0);
		ck_assert_ok(sfam_can_gw_delete(&list[0].rule, NULL));
	}
	ck_assert_uint_eq(get_list(), 0);
}
END_TEST

/* Rules that differ from the first in one thing each. */
static size_t variants(struct sfam_can_gw_rule *v, uint32_t fd)
{
	size_t n, i;

	v[0] = rule_of("-s va -d vb -e -f 123:7FF "
		       "-m SET:I:333.4.1122334455667788 -x 0:1:2:03");
	v[0].flags |= fd;
	for (i = 1; i < 24; i++)
		v[i] = v[0];
	n = 1;
	strcpy(v[n++].source, "vc");
	strcpy(v[n++].destination, "vc");
	v[n++].flags ^= CGW_FLAGS_CAN_ECHO;
	v[n++].flags ^= CGW_FLAGS_CAN_SRC_TSTAMP;
	v[n++].flags ^= CGW_FLAGS_CAN_IIF_TX_OK;
	v[n++].flags ^= CGW_FLAGS_CAN_FD;
	v[n++].filter.can_id ^= 1;
	v[n++].filter.can_id ^= CAN_INV_FILTER;
	v[n++].filter.can_mask ^= 1;
	v[n++].hops = 1;
	v[n++].uid = 5;
	v[n++].mods[SFAM_CAN_GW_SET].what ^= CGW_MOD_LEN;
	v[n++].mods[SFAM_CAN_GW_SET].id ^= 1;
	v[n++].mods[SFAM_CAN_GW_SET].len ^= 1;
	v[n++].mods[SFAM_CAN_GW_SET].data[7] ^= 1;
	v[n++].mods[SFAM_CAN_GW_AND].what = CGW_MOD_ID;
	v[n++].have = 0;
	v[n++].have |= SFAM_CAN_GW_HAVE_CRC8;
	v[n++].sum_xor.from_idx = -1;
	v[n++].sum_xor.to_idx = 7;
	v[n++].sum_xor.result_idx = 7;
	v[n++].sum_xor.init_xor_val ^= 1;
	memset(&v[17].sum_xor, 0, sizeof(v[17].sum_xor));
	return n;
}

static void deletes_exactly(uint32_t fd)
{
	struct sfam_can_gw_rule v[24];
	struct sfam_ctl_diag diag;
	size_t i, j, n = variants(v, fd);

	for (i = 0; i < n; i++) {
		add(&v[i]);
		for (j = 0; j < n; j++)
			if (j != i)
				expect_words(sfam_can_gw_delete(&v[j], &diag),
					     ENOENT, &diag, "no such rule");
		ck_assert_uint_eq(get_list(), 1);
		gw_expect_equal(&list[0].rule, &v[i]);
		ck_assert_ok(sfam_can_gw_delete(&v[i], NULL));
		ck_assert_uint_eq(get_list(), 0);
	}
	for (i = 0; i < n; i++)
		add(&v[i]);
	ck_assert_uint_eq(get_list(), n);
	for (i = 0; i < n; i++) {
		ck_assert_ok(sfam_can_gw_delete(&v[i], NULL));
		ck_assert_uint_eq(get_list(), n - i - 1);
		for (j = i + 1; j < n; j++)
			gw_expect_equal(&list[n - 1 - j].rule, &v[j]);
	}
}

START_TEST(delete_is_exact)
{
	set_up_links();
	deletes_exactly(0);
	deletes_exactly(CGW_FLAGS_CAN_FD);
}
END_TEST

START_TEST(of_equal_rules_one_goes)
{
	struct sfam_can_gw_rule rule = rule_of("-s va -d vb");
	int i;

	set_up_links();
	for (i = 0; i < 3; i++)
		add(&rule);
	for (i = 0; i < 3; i++) {
		ck_assert_uint_eq(get_list(), 3u - (unsigned int)i);
		ck_assert_ok(sfam_can_gw_delete(&rule, NULL));
	}
	ck_assert_err(sfam_can_gw_delete(&rule, NULL), ENOENT);
}
END_TEST

START_TEST(uid_replaces_modifications)
{
	struct sfam_can_gw_rule a = rule_of("-s va -d vb -e -u 5 -m "
					    "SET:I:111.0.0000000000000000");
	struct sfam_can_gw_rule b = rule_of("-s va -d vb -e -u 5 -m "
					    "OR:D:0.0.0000000000000001");
	struct sfam_can_gw_rule c = b;
	struct sfam_ctl_diag diag;
	static const char other[] = "other interfaces, filter, flags or hops";

	set_up_links();
	add(&a);
	add(&b);
	ck_assert_uint_eq(get_list(), 1);
	gw_expect_equal(&list[0].rule, &b);
	/* Those with FD would write 64 bytes into a frame of 16. */
	c.flags |= CGW_FLAGS_CAN_FD;
	expect_words(sfam_can_gw_add(&c, &diag), EINVAL, &diag, other);
	c.flags = 0;
	expect_words(sfam_can_gw_add(&c, &diag), EINVAL, &diag, other);
	c = b;
	c.hops = 1;
	expect_words(sfam_can_gw_add(&c, &diag), EINVAL, &diag, other);
	c = b;
	c.filter.can_mask = 1;
	expect_words(sfam_can_gw_add(&c, &diag), EINVAL, &diag, other);
	c = b;
	strcpy(c.destination, "vc");
	expect_words(sfam_can_gw_add(&c, &diag), EINVAL, &diag, other);
	ck_assert_uint_eq(get_list(), 1);
	gw_expect_equal(&list[0].rule, &b);
	c.uid = 6;
	add(&c);
	ck_assert_uint_eq(get_list(), 2);
	/* The uid alone is compared. */
	ck_assert_ok(sfam_can_gw_delete(&a, NULL));
	ck_assert_uint_eq(get_list(), 1);
	ck_assert_uint_eq(list[0].rule.uid, 6);
	c.mods[SFAM_CAN_GW_OR].what = 0;
	expect_words(sfam_can_gw_delete(&c, &diag), EINVAL, &diag,
		     "count only");
}
END_TEST

START_TEST(many_rules)
{
	uint64_t state = test_seed();
	static struct sfam_can_gw_rule rules[150];
	struct sfam_can_gw_entry few[3];
	size_t i, n = 77;

	set_up_links();
	for (i = 0; i < HARNESS_LEN(rules); i++) {
		gw_random_rule(&rules[i], &state, i & 1);
		rules[i].uid = 0;
		if (i % 2)
			strcpy(rules[i].destination, "vc");
		add(&rules[i]);
	}
	ck_assert_uint_eq(get_list(), HARNESS_LEN(rules));
	for (i = 0; i < HARNESS_LEN(rules); i++)
		gw_expect_equal(&list[HARNESS_LEN(rules) - 1 - i].rule,
				&rules[i]);
	ck_assert_err(sfam_can_gw_list(few, 3, &n, NULL), ENOSPC);
	ck_assert_uint_eq(n, HARNESS_LEN(rules));
	n = 77;
	ck_assert_err(sfam_can_gw_list(NULL, 0, &n, NULL), ENOSPC);
	ck_assert_uint_eq(n, HARNESS_LEN(rules));
	ck_assert_ok(sfam_can_gw_flush(NULL));
	ck_assert_ok(sfam_can_gw_list(NULL, 0, &n, NULL));
	ck_assert_uint_eq(n, 0);
}
END_TEST

static void rename_link(const char *from, const char *to)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char ifr[40] = "";		/* struct ifreq: two names */

	ck_assert_ok(sfam_link_down(from, NULL));
	strcpy(ifr, from);
	strcpy(ifr + SFAM_INTERFACE_NAME_SIZE, to);
	ck_assert_int_eq(ioctl(fd, SIOCSIFNAME, ifr), 0);
	ck_assert_ok(sfam_link_up(to, NULL));
	close(fd);
}

START_TEST(rules_follow_their_links)
{
	set_up_links();
	add_text("-s va -d vb");
	add_text("-s vb -d va");
	add_text("-s vc -d va");
	rename_link("vb", "other");
	ck_assert_uint_eq(get_list(), 3);
	ck_assert_str_eq(list[0].rule.source, "vc");
	ck_assert_str_eq(list[1].rule.source, "other");
	ck_assert_str_eq(list[1].rule.destination, "va");
	ck_assert_str_eq(list[2].rule.destination, "other");
	ck_assert_uint_eq(list[1].source_index, list[2].destination_index);
	link_del("other");
	ck_assert_uint_eq(get_list(), 1);
	link_del("va");
	ck_assert_uint_eq(get_list(), 0);
}
END_TEST

/* --------------------------------------------------------- refusals -- */

START_TEST(hops_beyond_the_module)
{
	struct sfam_can_gw_rule rule = rule_of("-s va -d vb -l 7");
	struct sfam_ctl_diag diag;

	set_up_links();
	expect_words(sfam_can_gw_add(&rule, &diag), EINVAL, &diag,
		     "more hops than the module allows");
	rule.hops = 1;
	add(&rule);
	rule.hops = 7;
	expect_words(sfam_can_gw_delete(&rule, &diag), ENOENT, &diag,
		     "no such rule");
	ck_assert_uint_eq(get_list(), 1);
}
END_TEST

static void expect_no_permission(void)
{
	struct sfam_can_gw_rule rule = rule_of("-s va -d vb");
	struct sfam_ctl_diag diag;

	expect_words(sfam_can_gw_add(&rule, &diag), EPERM, &diag,
		     "CAP_NET_ADMIN");
	expect_words(sfam_can_gw_delete(&rule, &diag), EPERM, &diag,
		     "CAP_NET_ADMIN");
	expect_words(sfam_can_gw_flush(&diag), EPERM, &diag,
		     "CAP_NET_ADMIN");
}

START_TEST(ordinary_user)
{
	set_up_links();
	add_text("-s va -d vb -f 1:7FF");
	ck_assert_int_eq(seteuid(65534), 0);
	expect_no_permission();
	ck_assert_uint_eq(get_list(), 1);
	ck_assert_str_eq(list[0].rule.source, "va");
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(root_of_a_user_namespace)
{
	link_add("va", "vcan", 72);
	link_add("vb", "vcan", 72);
	expect_no_permission();
	ck_assert_uint_eq(get_list(), 0);
}
END_TEST

int main(void)
{
	static const char needs[] = "root vm can";
	const struct harness_test tests[] = {
		{ kernel_keeps_every_field, needs },
		{ delete_is_exact, needs },
		{ of_equal_rules_one_goes, needs },
		{ uid_replaces_modifications, needs },
		{ many_rules, needs },
		{ rules_follow_their_links, needs },
		{ hops_beyond_the_module, needs },
		{ ordinary_user, needs },
		{ root_of_a_user_namespace, "netns can vcan" },
	};

	return harness_run("can-gw-rules", tests, HARNESS_LEN(tests));
}
