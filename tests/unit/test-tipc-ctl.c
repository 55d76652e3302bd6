/* SPDX-License-Identifier: MIT */
/*
 * TIPC's control on one node. All of it runs as root of a user namespace
 * (the need "netns"), which the kernel lets do this (GENL_UNS_ADMIN_PERM).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tipc.h>
#include <linux/tipc_netlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "harness.h"

/* ------------------------------------------------------------- identity -- */

static const struct {
	const char *text;
	struct sfam_tipc_id id;
	const char *again;	/* as it is written */
} ids[] = {
	{ "node1", { "node1" }, "node1" },
	{ "a", { "a" }, "a" },
	{ "aZ09.:_-@aZ09.:", { "aZ09.:_-@aZ09.:" }, "aZ09.:_-@aZ09.:" },
	{ "sixteen-letters.",
	  { { 's', 'i', 'x', 't', 'e', 'e', 'n', '-', 'l', 'e', 't', 't',
	      'e', 'r', 's', '.' } }, "sixteen-letters." },
	{ "00", { "00" }, "00" },
	{ "ff0102030405060708090a0b0c0d0e0f",
	  { { 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 } },
	  "ff0102030405060708090a0b0c0d0e0f" },
	{ "fF000000000000000000000000000000", { { 255 } }, "ff" },
	{ "a0000000000000000000000000000010",
	  { { 0xa0, [15] = 0x10 } }, "a000000000000000000000000000001" },
	{ "61000000000000000000000000000000", { "a" }, "a" },
	{ "61006100000000000000000000000000", { "a\0a" }, "610061" },
};

START_TEST(identity_text)
{
	struct sfam_tipc_id id;
	char text[SFAM_TIPC_ID_STRLEN];
	const char *again;
	size_t i;

	for (i = 0; i < HARNESS_LEN(ids); i++) {
		ck_assert_ok(sfam_tipc_id_parse(&id, ids[i].text,
						strlen(ids[i].text)));
		ck_assert_mem_eq(&id, &ids[i].id, sizeof(id));
		again = ids[i].again;
		ck_assert_int_eq(sfam_tipc_id_format(&id, text, sizeof(text)),
				 (ssize_t)strlen(again));
		ck_assert_str_eq(text, again);
		ck_assert_err(sfam_tipc_id_format(&id, text, strlen(again)),
			      ENOSPC);
	}
}
END_TEST

START_TEST(identity_refusals)
{
	static const char *const bad[] = {
		"", "a b", "n\xc3\xb6", "seventeen-letters", "a/b",
		"00000000000000000000000000000000",
		"0000000000000000000000000000000g",
		"ff0102030405060708090a0b0c0d0e0f0",
	};
	struct sfam_tipc_id id = { "kept" };
	size_t i;

	for (i = 0; i < HARNESS_LEN(bad); i++)
		ck_assert_err(sfam_tipc_id_parse(&id, bad[i], strlen(bad[i])),
			      EINVAL);
	ck_assert_err(sfam_tipc_id_parse(&id, "a\0b", 3), EINVAL);
	ck_assert_str_eq((char *)id.bytes, "kept");
}
END_TEST

/* ------------------------------------------------------------------ node -- */

START_TEST(node)
{
	struct sfam_tipc_node want = { 0, 4712, { "one" } }, now;
	struct sfam_ctl_diag diag;

	ck_assert_ok(sfam_tipc_get_node(&now, NULL));
	ck_assert_uint_eq(now.address, 0);
	ck_assert_uint_eq(now.cluster, 4711);
	ck_assert_uint_eq(now.id.bytes[0], 0);
	ck_assert_ok(sfam_tipc_set_node(&want, NULL));
	ck_assert_ok(sfam_tipc_get_node(&now, NULL));
	ck_assert_mem_eq(&now, &want, sizeof(now));
	/* Until there is an address the cluster may change. */
	want = (struct sfam_tipc_node){ 0, 9999, { "" } };
	ck_assert_ok(sfam_tipc_set_node(&want, NULL));
	/* The kernel says 0 to this, and does nothing. */
	want = (struct sfam_tipc_node){ 0, 0, { "two" } };
	ck_assert_err(sfam_tipc_set_node(&want, &diag), EBUSY);
	ck_assert_ptr_nonnull(strstr(diag.words, "has an identity"));
	want = (struct sfam_tipc_node){ 7, 0, { "" } };
	ck_assert_err(sfam_tipc_set_node(&want, NULL), EBUSY);
	ck_assert_ok(sfam_tipc_get_node(&now, NULL));
	ck_assert_uint_eq(now.cluster, 9999);
	ck_assert_str_eq((char *)now.id.bytes, "one");
}
END_TEST

START_TEST(node_address)
{
	struct sfam_tipc_node want = { 0x1001001, 0, { "" } }, now;
	struct sfam_ctl_diag diag;

	ck_assert_ok(sfam_tipc_set_node(&want, NULL));
	ck_assert_ok(sfam_tipc_get_node(&now, NULL));
	ck_assert_uint_eq(now.address, 0x1001001);
	ck_assert_str_eq((char *)now.id.bytes, "1001001");
	want = (struct sfam_tipc_node){ 0, 5, { "" } };
	ck_assert_err(sfam_tipc_set_node(&want, &diag), EBUSY);
	ck_assert_ptr_nonnull(strstr(diag.words, "has an address"));
	ck_assert_err(sfam_tipc_remove_peer(0x1001001, &diag), EOPNOTSUPP);
	ck_assert_str_eq(diag.words, "that is this node");
	ck_assert_err(sfam_tipc_remove_peer(5, &diag), ENODEV);
	ck_assert_str_eq(diag.words, "no such node");
}
END_TEST

START_TEST(node_refusals)
{
	static const struct sfam_tipc_node bad[] = {
		{ 0, 0, { "" } }, { 0, 10000, { "" } }, { 1, 0, { "a" } },
	};
	struct sfam_ctl_diag diag;
	size_t i;

	for (i = 0; i < HARNESS_LEN(bad); i++) {
		ck_assert_err(sfam_tipc_set_node(&bad[i], &diag), EINVAL);
		ck_assert_int_ne(diag.words[0], '\0');
	}
}
END_TEST

/* --------------------------------------------------------------- bearers -- */

struct bearers {
	struct sfam_tipc_bearer list[4];
	int n;
};

static int take_bearer(const struct sfam_tipc_bearer *b, void *arg)
{
	struct bearers *all = arg;

	ck_assert_int_lt(all->n, 4);
	all->list[all->n++] = *b;
	return 0;
}

/* Of the one bearer that there is. */
static struct sfam_tipc_bearer the_bearer(void)
{
	struct bearers all = { .n = 0 };

	ck_assert_ok(sfam_tipc_list_bearers(take_bearer, &all, NULL));
	ck_assert_int_eq(all.n, 1);
	return all.list[0];
}

static void no_bearers(void)
{
	struct bearers all = { .n = 0 };

	ck_assert_ok(sfam_tipc_list_bearers(take_bearer, &all, NULL));
	ck_assert_int_eq(all.n, 0);
}

#define P(prio, tol, win, mtu) \
	((struct sfam_tipc_properties){ prio, tol, win, mtu, -1, -1 })

static void check_properties(const struct sfam_tipc_properties *p,
			     const struct sfam_tipc_properties *want)
{
	ck_assert_int_eq(p->priority, want->priority);
	ck_assert_int_eq(p->tolerance_ms, want->tolerance_ms);
	ck_assert_int_eq(p->window, want->window);
	ck_assert_int_eq(p->mtu, want->mtu);
}

START_TEST(eth_bearer)
{
	struct sfam_tipc_bearer_config config = SFAM_TIPC_BEARER_CONFIG_INIT;
	struct sfam_tipc_bearer b;

	link_add_pair("v0", "v1");
	ck_assert_ok(sfam_tipc_enable_bearer("eth:v0", NULL, NULL));
	b = the_bearer();
	ck_assert_str_eq(b.name, "eth:v0");
	ck_assert_int_eq(b.properties.priority, 10);
	ck_assert_int_eq(b.properties.mtu, -1);
	ck_assert_int_eq(b.local.ss_family, AF_UNSPEC);
	ck_assert_ok(sfam_tipc_set_bearer("eth:v0", &P(11, 1000, -1, -1),
					  NULL));
	ck_assert_ok(sfam_tipc_set_bearer("eth:v0", &P(-1, -1, 60, -1),
					  NULL));
	b = the_bearer();
	check_properties(&b.properties, &P(11, 1000, 60, -1));
	ck_assert_ok(sfam_tipc_disable_bearer("eth:v0", NULL));
	no_bearers();
	config.properties = P(0, 50, 8191, -1);
	config.domain = 0x1001000;
	ck_assert_ok(sfam_tipc_enable_bearer("eth:v0", &config, NULL));
	b = the_bearer();
	check_properties(&b.properties, &config.properties);
}
END_TEST

static const struct {
	const char *name;
	struct sfam_tipc_properties p;
	int error;
	const char *words;
} bad_eth[] = {
	{ "eth:v1", P(33, -1, -1, -1), EINVAL, "refused: priority" },
	{ "eth:v1", P(-1, 49, -1, -1), EINVAL, "tolerance 50 to 30000" },
	{ "eth:v1", P(-1, 30001, -1, -1), EINVAL, "tolerance 50 to 30000" },
	{ "eth:v1", P(-1, -1, 49, -1), EINVAL, "window 50 to 8191" },
	{ "eth:v1", P(-1, -1, -1, 1400), EINVAL, "MTU" },
	{ "eth:nosuch", P(-1, -1, -1, -1), ENODEV, "no such interface" },
	{ "foo:v1", P(-1, -1, -1, -1), EINVAL, "Media not registered" },
	{ "eth", P(-1, -1, -1, -1), EINVAL, "Illegal name" },
	{ "eth:", P(-1, -1, -1, -1), EINVAL, "Illegal name" },
	{ "", P(-1, -1, -1, -1), EINVAL, "1 to 31" },
	{ "eth:abcdefghijklmnopqrstuvwxyzab", P(-1, -1, -1, -1), EINVAL,
	  "1 to 31" },
	{ "udp:x", P(-1, -1, -1, -1), EINVAL, "local" },
};

START_TEST(bearer_refusals)
{
	struct sfam_tipc_bearer_config config = SFAM_TIPC_BEARER_CONFIG_INIT;
	struct sfam_ctl_diag diag;
	size_t i;

	link_add_pair("v0", "v1");
	for (i = 0; i < HARNESS_LEN(bad_eth); i++) {
		config.properties = bad_eth[i].p;
		ck_assert_err(sfam_tipc_enable_bearer(bad_eth[i].name, &config,
						      &diag),
			      bad_eth[i].error);
		ck_assert_msg(strstr(diag.words, bad_eth[i].words) != NULL,
			      "%zu: %s", i, diag.words);
		no_bearers();
	}
	ck_assert_err(sfam_tipc_disable_bearer("eth:v0", &diag), ENODEV);
	ck_assert_str_eq(diag.words, "no such bearer");
	ck_assert_err(sfam_tipc_set_bearer("eth:v0", &P(5, -1, -1, -1), NULL),
		      ENODEV);
	ck_assert_ok(sfam_tipc_enable_bearer("eth:v0", NULL, NULL));
	ck_assert_err(sfam_tipc_enable_bearer("eth:v0", NULL, &diag), EEXIST);
	ck_assert_ptr_nonnull(strstr(diag.words, "already"));
	ck_assert_err(sfam_tipc_set_bearer("eth:v0", &P(32, -1, -1, -1),
					   &diag), EINVAL);
	ck_assert_ptr_nonnull(strstr(diag.words, "0 to 31"));
}
END_TEST

START_TEST(config_size)
{
	struct {
		struct sfam_tipc_bearer_config config;
		char tail[8];
	} big = { SFAM_TIPC_BEARER_CONFIG_INIT, { 0 } };

	link_add_pair("v0", "v1");
	big.config.size = sizeof(big.config) - 1;
	ck_assert_err(sfam_tipc_enable_bearer("eth:v0", &big.config, NULL),
		      EINVAL);
	big.config.size = sizeof(big);
	big.tail[7] = 1;
	ck_assert_err(sfam_tipc_enable_bearer("eth:v0", &big.config, NULL),
		      E2BIG);
	no_bearers();
	big.tail[7] = 0;
	ck_assert_ok(sfam_tipc_enable_bearer("eth:v0", &big.config, NULL));
}
END_TEST

static void set_in(struct sockaddr_storage *ret, const char *host, int port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret;

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		return;
	}
	ck_assert_int_eq(inet_pton(AF_INET6, host, &six->sin6_addr), 1);
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t)port);
}

static void check_in(const struct sockaddr_storage *addr, const char *host,
		     int port)
{
	struct sockaddr_storage want;

	set_in(&want, host, port);
	ck_assert_mem_eq(addr, &want, sizeof(want));
}

static int count_remote(const struct sockaddr_storage *remote, void *arg)
{
	struct sockaddr_storage *seen = arg;

	while (seen->ss_family != AF_UNSPEC)
		seen++;
	*seen = *remote;
	return 0;
}

START_TEST(udp_bearer)
{
	struct sfam_tipc_bearer_config config = SFAM_TIPC_BEARER_CONFIG_INIT;
	const struct sfam_tipc_node of_cluster = { 0, 4712, { "" } };
	struct sockaddr_storage seen[4] = { { .ss_family = AF_UNSPEC } };
	struct sfam_tipc_bearer b;
	struct sfam_ctl_diag diag;

	ck_assert_ok(sfam_tipc_set_node(&of_cluster, NULL));
	set_in(&config.local, "127.0.0.1", 0);
	config.properties.mtu = 2000;
	ck_assert_ok(sfam_tipc_enable_bearer("udp:any name", &config, NULL));
	b = the_bearer();
	check_in(&b.local, "127.0.0.1", 6118);
	check_in(&b.remote, "228.0.18.104", 6118);
	ck_assert_int_eq(b.properties.mtu, 2000);
	ck_assert_err(sfam_tipc_enable_bearer("udp:b", &config, &diag),
		      EADDRINUSE);
	set_in(&seen[0], "127.0.0.9", 1);
	ck_assert_err(sfam_tipc_add_remote("udp:any name", &seen[0], &diag),
		      EINVAL);
	ck_assert_ptr_nonnull(strstr(diag.words, "multicast"));
	ck_assert_ok(sfam_tipc_disable_bearer("udp:any name", NULL));
	set_in(&config.local, "127.0.0.1", 7000);
	set_in(&config.remote, "127.0.0.2", 0);
	ck_assert_ok(sfam_tipc_enable_bearer("udp:b", &config, NULL));
	b = the_bearer();
	check_in(&b.remote, "127.0.0.2", 6118);
	ck_assert(b.has_remotes);
	ck_assert_ok(sfam_tipc_add_remote("udp:b", &seen[0], NULL));
	memset(seen, 0, sizeof(seen));
	ck_assert_ok(sfam_tipc_list_remotes("udp:b", count_remote, seen,
					    NULL));
	check_in(&seen[0], "127.0.0.9", 1);
	check_in(&seen[1], "127.0.0.2", 6118);
	ck_assert_int_eq(seen[2].ss_family, AF_UNSPEC);
}
END_TEST

START_TEST(udp_six)
{
	struct sfam_tipc_bearer_config config = SFAM_TIPC_BEARER_CONFIG_INIT;
	struct sfam_tipc_bearer b;

	set_in(&config.local, "::1", 0);
	set_in(&config.remote, "127.0.0.1", 0);
	ck_assert_err(sfam_tipc_enable_bearer("udp:b", &config, NULL), EINVAL);
	config.remote.ss_family = AF_UNSPEC;
	ck_assert_ok(sfam_tipc_enable_bearer("udp:b", &config, NULL));
	b = the_bearer();
	check_in(&b.local, "::1", 6118);
	check_in(&b.remote, "ff02::1267", 6118);
}
END_TEST

START_TEST(udp_refusals)
{
	struct sfam_tipc_bearer_config config = SFAM_TIPC_BEARER_CONFIG_INIT;
	struct sockaddr_storage seen[2] = { { .ss_family = AF_UNSPEC } };
	struct sfam_ctl_diag diag;

	config.local.ss_family = AF_UNIX;
	ck_assert_err(sfam_tipc_enable_bearer("udp:b", &config, NULL), EINVAL);
	set_in(&config.local, "192.0.2.1", 0);
	ck_assert_err(sfam_tipc_enable_bearer("udp:b", &config, &diag),
		      ENODEV);
	ck_assert_str_eq(diag.words, "no interface has the local address");
	/* What went in a second request takes the first with it. */
	set_in(&config.local, "127.0.0.1", 0);
	config.properties.mtu = 3;
	ck_assert_err(sfam_tipc_enable_bearer("udp:b", &config, &diag),
		      EINVAL);
	no_bearers();
	/* The end of a dump brings the error. */
	ck_assert_err(sfam_tipc_list_remotes("udp:b", count_remote, seen,
					     &diag), ENODEV);
	ck_assert_str_eq(diag.words, "no such UDP bearer");
	ck_assert_err(sfam_tipc_add_remote("udp:b", &config.local, NULL),
		      ENODEV);
	ck_assert_err(sfam_tipc_add_remote("udp:b", &seen[0], NULL),
		      EADDRNOTAVAIL);
}
END_TEST

static int take_udp(const struct sfam_tipc_media *m, void *arg)
{
	if (strcmp(m->name, "udp") != 0)
		return 0;
	*(struct sfam_tipc_properties *)arg = m->properties;
	return 77;
}

/* It is everyone's: set to what it is. */
START_TEST(media)
{
	struct sfam_tipc_properties p;
	struct sfam_ctl_diag diag;

	ck_assert_int_eq(sfam_tipc_list_media(take_udp, &p, NULL), 77);
	ck_assert_int_ge(p.mtu, 100);
	ck_assert_ok(sfam_tipc_set_media("udp", &p, NULL));
	ck_assert_err(sfam_tipc_set_media("nosuch", &p, &diag), ENODEV);
	ck_assert_str_eq(diag.words, "no such media");
	ck_assert_err(sfam_tipc_set_media("eth", &P(-1, 1, -1, -1), &diag),
		      EINVAL);
	ck_assert_ptr_nonnull(strstr(diag.words, "50 to 30000"));
}
END_TEST

/* ----------------------------------------------------------------- links -- */

static int take_link(const struct sfam_tipc_link *l, void *arg)
{
	*(struct sfam_tipc_link *)arg = *l;
	return 0;
}

START_TEST(broadcast_link)
{
	struct sfam_tipc_properties p = SFAM_TIPC_PROPERTIES_INIT;
	struct sfam_tipc_link l = { .name = "" };
	struct sfam_ctl_diag diag;

	p.window = 99;
	ck_assert_ok(sfam_tipc_set_link("broadcast-link", &p, NULL));
	ck_assert_ok(sfam_tipc_list_links(take_link, &l, NULL));
	ck_assert_str_eq(l.name, "broadcast-link");
	ck_assert_uint_eq(l.flags, SFAM_TIPC_LINK_UP |
			  SFAM_TIPC_LINK_BROADCAST);
	ck_assert_int_eq(l.properties.window, 99);
	ck_assert_int_ge(l.properties.broadcast, 0);
	ck_assert(l.have >> TIPC_NLA_STATS_RX_INFO & 1);
	ck_assert(!(l.have >> TIPC_NLA_STATS_RX_PROBES & 1));
	ck_assert_err(sfam_tipc_set_link("broadcast-link", &P(5, -1, -1, -1),
					 NULL), EOPNOTSUPP);
	ck_assert_ok(sfam_tipc_reset_link("broadcast-link", NULL));
	ck_assert_err(sfam_tipc_reset_link("nosuch", &diag), ENODEV);
	ck_assert_str_eq(diag.words, "no such link");
	ck_assert_err(sfam_tipc_set_link("nosuch", &p, NULL), ENODEV);
	ck_assert_str_eq(sfam_tipc_stat_name(TIPC_NLA_STATS_AVG_QUEUE),
			 "queue_average");
	ck_assert_ptr_null(sfam_tipc_stat_name(0));
	ck_assert_ptr_null(sfam_tipc_stat_name(TIPC_NLA_STATS_MAX + 1));
}
END_TEST

/* --------------------------------------------------------------- monitor -- */

static int count(const struct sfam_tipc_monitored *m, void *arg)
{
	(void)m;
	++*(int *)arg;
	return 0;
}

static int take_monitor(const struct sfam_tipc_monitor *m, void *arg)
{
	*(struct sfam_tipc_monitor *)arg = *m;
	return 0;
}

START_TEST(monitor)
{
	struct sfam_tipc_monitor m = { .nodes = 0 };
	struct sfam_ctl_diag diag;
	uint32_t nodes = 0;
	int n = 0;

	ck_assert_ok(sfam_tipc_set_threshold(4095, NULL));
	ck_assert_ok(sfam_tipc_get_threshold(&nodes, NULL));
	ck_assert_uint_eq(nodes, 4095);
	ck_assert_err(sfam_tipc_set_threshold(4096, &diag), EINVAL);
	ck_assert_ptr_nonnull(strstr(diag.words, "4095"));
	ck_assert_err(sfam_tipc_list_monitored(3, count, &n, NULL), EINVAL);
	link_add_pair("v0", "v1");
	ck_assert_ok(sfam_tipc_enable_bearer("eth:v0", NULL, NULL));
	ck_assert_ok(sfam_tipc_list_monitors(take_monitor, &m, NULL));
	ck_assert_str_eq(m.name, "eth:v0");
	ck_assert_uint_eq(m.nodes, 1);
	ck_assert(!m.is_active);
	ck_assert_ok(sfam_tipc_list_monitored(m.bearer, count, &n, NULL));
	ck_assert_int_eq(n, 1);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ identity_text, NULL },
		{ identity_refusals, NULL },
		{ node, "netns tipc" },
		{ node_address, "netns tipc" },
		{ node_refusals, "netns tipc" },
		{ eth_bearer, "netns tipc" },
		{ bearer_refusals, "netns tipc" },
		{ config_size, "netns tipc" },
		{ udp_bearer, "netns tipc" },
		{ udp_six, "netns tipc" },
		{ udp_refusals, "netns tipc" },
		{ media, "netns tipc" },
		{ broadcast_link, "netns tipc" },
		{ monitor, "netns tipc" },
	};

	return harness_run("tipc-ctl", tests, HARNESS_LEN(tests));
}
