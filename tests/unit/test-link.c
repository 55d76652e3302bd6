/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"

static int ask(const char *name, unsigned long what, struct ifreq *ifr)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	memset(ifr, 0, sizeof(*ifr));
	strncpy(ifr->ifr_name, name, IFNAMSIZ - 1);
	r = ioctl(fd, what, ifr);
	close(fd);
	return r < 0 ? -errno : 0;
}

static int mtu_of(const char *name)
{
	struct ifreq ifr;
	int r = ask(name, SIOCGIFMTU, &ifr);

	return r < 0 ? r : ifr.ifr_mtu;
}

static void says(const struct sfam_ctl_diag *diag, const char *words)
{
	ck_assert_msg(strstr(diag->words, words) != NULL, "\"%s\" lacks "
		      "\"%s\"", diag->words, words);
}

START_TEST(up_and_down)
{
	ck_assert_ok(sfam_link_add("d0", "veth", "d1", 1400, NULL));
	ck_assert_err(sfam_link_add("d0", "veth", "d2", 0, NULL), EEXIST);
	ck_assert_ok(sfam_link_up("d0", NULL));
	ck_assert_ok(sfam_link_down("d0", NULL));
	ck_assert_ok(sfam_link_delete("d0", NULL));
	ck_assert_err(sfam_link_delete("d0", NULL), ENODEV);
	ck_assert_err(sfam_link_up("d0", NULL), ENODEV);
}
END_TEST

START_TEST(veth)
{
	ck_assert_err(sfam_link_add("v0", "veth", NULL, 0, NULL), EINVAL);
	ck_assert_err(sfam_link_add("v0", "dummy", "v1", 0, NULL), EINVAL);
	ck_assert_ok(sfam_link_add("v0", "veth", "v1", 1300, NULL));
	ck_assert_int_eq(mtu_of("v0"), 1300);
	ck_assert_int_eq(mtu_of("v1"), 1300);
	ck_assert_err(sfam_link_move_to_process("v1", -1, NULL), ESRCH);
	ck_assert_ok(sfam_link_move_to_process("v1", getpid(), NULL));
	ck_assert_ok(sfam_link_delete("v1", NULL));
	ck_assert_uint_eq(if_nametoindex("v0"), 0);
}
END_TEST

START_TEST(bad)
{
	ck_assert_err(sfam_link_add("", "dummy", NULL, 0, NULL), EINVAL);
	ck_assert_err(sfam_link_add("averyverylongname", "dummy", NULL, 0,
				    NULL), EINVAL);
	ck_assert_err(sfam_link_add("x0", "nosuchkind", NULL, 0, NULL),
		      EOPNOTSUPP);
	ck_assert_err(sfam_link_delete("lo", NULL), EOPNOTSUPP);
}
END_TEST

/* An interface that has no name any more is written by its index. */
START_TEST(address_of_gone_interface)
{
	static const char named[] = "packet:a\\,b\\\\c,proto=ip";
	struct sfam_addr a, b;
	char text[SFAM_ADDR_STRLEN], again[SFAM_ADDR_STRLEN];

	ck_assert_ok(sfam_link_add("a,b\\c", "veth", "p0", 0, NULL));
	ck_assert_ok(sfam_addr_parse(&a, named, strlen(named), NULL));
	ck_assert_ok(sfam_addr_format(&a, text, sizeof(text)));
	ck_assert_str_eq(text, named);
	ck_assert_ok(sfam_link_delete("a,b\\c", NULL));
	ck_assert_ok(sfam_addr_format(&a, text, sizeof(text)));
	ck_assert_int_eq(strncmp(text, "packet:%", 8), 0);
	ck_assert_ok(sfam_addr_parse(&b, text, strlen(text), NULL));
	ck_assert(sfam_addr_equal(&a, &b));
	ck_assert_ok(sfam_addr_format(&b, again, sizeof(again)));
	ck_assert_str_eq(text, again);
}
END_TEST

START_TEST(vcan)
{
	ck_assert_ok(sfam_link_add("c0", "vcan", NULL, 72, NULL));
	ck_assert_int_eq(mtu_of("c0"), 72);
	ck_assert_err(sfam_link_add("c1", "vcan", NULL, 73, NULL), EINVAL);
	ck_assert_uint_eq(if_nametoindex("c1"), 0);
	ck_assert_ok(sfam_link_delete("c0", NULL));
}
END_TEST

START_TEST(words)
{
	struct sfam_ctl_diag diag;

	ck_assert_ok(sfam_link_add("v0", "veth", "v1", 0, &diag));
	ck_assert_err(sfam_link_add("v0", "veth", "v2", 0, &diag), EEXIST);
	says(&diag, "the name is taken");
	ck_assert_err(sfam_link_add("v2", "veth", NULL, 0, &diag), EINVAL);
	says(&diag, "wants a peer");
	ck_assert_err(sfam_link_add("a/b", "veth", "v2", 0, &diag), EINVAL);
	ck_assert_err(sfam_link_add("v3", "veth", "v2", 9, &diag), EINVAL);
	says(&diag, "mtu less than device minimum");	/* the kernel's */
	ck_assert_uint_eq(if_nametoindex("v3"), 0);
	ck_assert_err(sfam_link_up("nosuch0", &diag), ENODEV);
	says(&diag, "no such interface");
	ck_assert_err(sfam_link_delete("lo", &diag), EOPNOTSUPP);
	ck_assert_uint_gt(strlen(diag.words), 0);
	ck_assert_err(sfam_link_rename("v0", "v1", &diag), EEXIST);
	ck_assert_err(sfam_link_rename("v0", "", &diag), EINVAL);
	ck_assert_err(sfam_link_rename("nosuch0", "v9", &diag), ENODEV);
	ck_assert_err(sfam_link_move_to_netns("v0", -1, &diag), EBADF);
	ck_assert_err(sfam_link_move_to_netns("v0", STDIN_FILENO, &diag),
		      EINVAL);
	says(&diag, "no network namespace");
	ck_assert_err(sfam_link_move_to_netns("v0", 1000, &diag), EBADF);
}
END_TEST

START_TEST(set_and_get)
{
	struct sfam_link_info v0, v1 = { .index = 77 };
	struct ifreq ifr;

	ck_assert_ok(sfam_link_add("v0", "veth", "v1", 0, NULL));
	ck_assert_ok(sfam_link_set_mtu("v0", 1234, NULL));
	ck_assert_int_eq(mtu_of("v0"), 1234);
	ck_assert_ok(sfam_link_set_tx_queue("v0", 0, NULL));
	ck_assert_ok(sfam_link_set_tx_queue("v0", 55, NULL));
	ck_assert_ok(ask("v0", SIOCGIFTXQLEN, &ifr));
	ck_assert_int_eq(ifr.ifr_qlen, 55);
	ck_assert_err(sfam_link_get("nosuch0", &v1, NULL), ENODEV);
	ck_assert_uint_eq(v1.index, 77);
	ck_assert_ok(sfam_link_get("v0", &v0, NULL));
	ck_assert_ok(sfam_link_get("v1", &v1, NULL));
	ck_assert_str_eq(v0.name, "v0");
	ck_assert_str_eq(v0.kind, "veth");
	ck_assert_uint_eq(v0.index, if_nametoindex("v0"));
	ck_assert_uint_eq(v0.peer_index, v1.index);
	ck_assert_uint_eq(v1.peer_index, v0.index);
	ck_assert_int_eq(v0.peer_netns_id, -1);
	ck_assert_uint_eq(v0.mtu, 1234);
	ck_assert_uint_eq(v0.tx_queue, 55);
	ck_assert_uint_eq(v0.can_state, SFAM_LINK_NO_STATE);
	ck_assert_uint_eq(v0.flags & IFF_UP, 0);
	ck_assert_uint_eq(v0.address_len, 6);
	ck_assert_ok(ask("v0", SIOCGIFHWADDR, &ifr));
	ck_assert_mem_eq(ifr.ifr_hwaddr.sa_data, v0.address, 6);
	ck_assert_uint_eq(ifr.ifr_hwaddr.sa_family, v0.type);
	ck_assert_ok(sfam_link_rename("v0", "w0", NULL));
	ck_assert_uint_eq(if_nametoindex("w0"), v0.index);
	ck_assert_uint_eq(if_nametoindex("v0"), 0);
}
END_TEST

START_TEST(list)
{
	static struct sfam_link_info all[5];
	size_t n = 9, i, found = 0;

	ck_assert_ok(sfam_link_add("v0", "veth", "v1", 0, NULL));
	ck_assert_err(sfam_link_list(NULL, 0, &n, NULL), ENOSPC);
	ck_assert_uint_eq(n, 3);
	ck_assert_err(sfam_link_list(all, 2, &n, NULL), ENOSPC);
	ck_assert_uint_eq(n, 3);
	ck_assert_ok(sfam_link_list(all, 5, &n, NULL));
	ck_assert_uint_eq(n, 3);
	for (i = 0; i < n; i++) {
		ck_assert_uint_eq(all[i].index, if_nametoindex(all[i].name));
		found += strcmp(all[i].name, "v1") == 0;
	}
	ck_assert_uint_eq(found, 1);
}
END_TEST

/* A child does what is waited for, or spoils it. */
static pid_t later(int (*act)(const char *name, struct sfam_ctl_diag *diag))
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		usleep(20000);
		_exit(act("v1", NULL) < 0);
	}
	return pid;
}

static void ended_well(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(wait_until_running)
{
	struct sfam_ctl_diag diag;
	struct sfam_link_info v0;
	pid_t pid;

	ck_assert_err(sfam_link_wait_running("v0", -1, &diag), ENODEV);
	ck_assert_ok(sfam_link_add("v0", "veth", "v1", 0, NULL));
	ck_assert_ok(sfam_link_up("v0", NULL));
	ck_assert_err(sfam_link_wait_running("v0", 0, &diag), ETIMEDOUT);
	ck_assert_err(sfam_link_wait_running("v0", 1000000, &diag), ETIMEDOUT);
	pid = later(sfam_link_up);
	ck_assert_ok(sfam_link_wait_running("v0", SFAM_FOREVER, &diag));
	ended_well(pid);
	ck_assert_ok(sfam_link_get("v0", &v0, NULL));
	ck_assert(sfam_link_is_running(&v0));
	ck_assert_ok(sfam_link_wait_running("v0", 0, &diag));
	ck_assert_ok(sfam_link_down("v0", NULL));
	pid = later(sfam_link_delete);
	ck_assert_err(sfam_link_wait_running("v0", SFAM_FOREVER, &diag),
		      ENODEV);
	ended_well(pid);
}
END_TEST

static int netns_fd(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static size_t count_links(void)
{
	size_t n = 0;

	ck_assert_err(sfam_link_list(NULL, 0, &n, NULL), ENOSPC);
	return n;
}

/* Made in one namespace, moved to the other, deleted there. */
static void round_trip(const char *kind, const int ns[2])
{
	int pair = strcmp(kind, "veth") == 0 || strcmp(kind, "vxcan") == 0;

	ck_assert_ok(sfam_link_add("l0", kind, pair ? "l1" : NULL, 0, NULL));
	ck_assert_ok(sfam_link_move_to_netns("l0", ns[1], NULL));
	ck_assert_int_eq(setns(ns[1], CLONE_NEWNET), 0);
	ck_assert_ok(sfam_link_up("l0", NULL));
	ck_assert_ok(sfam_link_delete("l0", NULL));
	ck_assert_int_eq(setns(ns[0], CLONE_NEWNET), 0);
	ck_assert_uint_eq(if_nametoindex("l1"), 0);
}

static size_t heap(void)
{
	return mallinfo2().uordblks;
}

/* SFAM_LINK_ROUNDS: how often with each kind. */
static void many_round_trips(const char *const *kinds, size_t n)
{
	const char *text = getenv("SFAM_LINK_ROUNDS");
	int rounds = text ? atoi(text) : 4;
	size_t links = count_links(), used = 0, i;
	int ns[2] = { netns_fd(), -1 };
	int fds, round;

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	ns[1] = netns_fd();
	ck_assert_int_eq(setns(ns[0], CLONE_NEWNET), 0);
	fds = open_fds();
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < n; i++)
			round_trip(kinds[i], ns);
		if (round == 0)
			used = heap();
	}
	/* Not exactly: what malloc keeps at hand counts as used. */
	ck_assert_uint_le(heap(), used + 256);
	ck_assert_int_eq(open_fds(), fds);
	ck_assert_uint_eq(count_links(), links);
	ck_assert_int_eq(setns(ns[1], CLONE_NEWNET), 0);
	ck_assert_uint_eq(count_links(), 1);
	close(ns[0]);
	close(ns[1]);
}

START_TEST(veth_in_namespaces)
{
	const char *const kinds[] = { "veth" };

	many_round_trips(kinds, HARNESS_LEN(kinds));
}
END_TEST

START_TEST(all_kinds_in_namespaces)
{
	const char *const kinds[] = { "vcan", "vxcan", "veth", "dummy" };

	many_round_trips(kinds, HARNESS_LEN(kinds));
}
END_TEST

/* Root of a user namespace that an ordinary user made, and no more. */
static void be_ordinary(void)
{
	if (geteuid() == 0) {
		ck_assert_int_eq(setgid(65534), 0);
		ck_assert_int_eq(setuid(65534), 0);
		prctl(PR_SET_DUMPABLE, 1);	/* /proc/self is ours again */
	}
	ck_assert_err(sfam_link_up("lo", NULL), EPERM);
	netns_enter();
}

START_TEST(veth_of_an_ordinary_user)
{
	const char *const kinds[] = { "veth" };

	be_ordinary();
	many_round_trips(kinds, HARNESS_LEN(kinds));
}
END_TEST

START_TEST(all_kinds_of_an_ordinary_user)
{
	const char *const kinds[] = { "vcan", "vxcan", "veth", "dummy" };

	be_ordinary();
	many_round_trips(kinds, HARNESS_LEN(kinds));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ up_and_down, "netns" },
		{ veth, "netns" },
		{ bad, "netns" },
		{ address_of_gone_interface, "netns" },
		{ vcan, "netns vcan" },
		{ words, "netns" },
		{ set_and_get, "netns" },
		{ list, "netns" },
		{ wait_until_running, "netns" },
		{ veth_in_namespaces, "netns" },
		{ all_kinds_in_namespaces, "netns vcan" },
		{ veth_of_an_ordinary_user, NULL },
		{ all_kinds_of_an_ordinary_user, "vm" },
	};

	return harness_run("link", tests, HARNESS_LEN(tests));
}
