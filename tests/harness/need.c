/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"
#include "need.h"

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -errno : 0;
}

/* Root of a new user namespace: as in `unshare -rn`. */
static int enter(void)
{
	char map[32];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return -errno;
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	if (write_file("/proc/self/uid_map", map) < 0)
		return -EPERM;
	snprintf(map, sizeof(map), "0 %u 1", gid);
	if (write_file("/proc/self/gid_map", map) < 0)
		return -EPERM;
	return sfam_link_up("lo", NULL);
}

/* Tries in a child, so that this process stays where it is. */
static int try_in_child(int (*try)(void))
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(try() < 0 ? 1 : 0);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int try_vcan(void)
{
	int r = enter();

	return r < 0 ? r : sfam_link_add("vcan0", "vcan", NULL, 72, NULL);
}

static int try_vcanxl(void)
{
	int r = enter();

	return r < 0 ? r : sfam_link_add("vcan0", "vcan", NULL, 2060, NULL);
}

/*
 * Only where the tests may use vsock at all: on a machine with services of
 * others (not the VM) even trying is not ours to do.
 */
static int try_vsock_loopback(void)
{
	static const char text[] = "vsock:local:any";
	int fd;

	if (!getenv("SFAM_IN_VM"))
		return -EPERM;
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN, NULL, NULL);
	if (fd >= 0)
		close(fd);
	return fd;
}

static int try_vm(void)
{
	return getenv("SFAM_IN_VM") ? 0 : -ENOENT;
}

static int try_root(void)
{
	return geteuid() == 0 ? 0 : -EPERM;
}

static int try_can_bus(void)
{
	struct sfam_addr addr;
	int r = sfam_addr_parse(&addr, "can:can0", 8, NULL);

	return r < 0 ? r : sfam_addr_parse(&addr, "can:can1", 8, NULL);
}

static int try_canfd_bus(void)
{
	struct sfam_addr addr;
	int r = sfam_addr_parse(&addr, "can:can2", 8, NULL);

	return r < 0 ? r : sfam_addr_parse(&addr, "can:can3", 8, NULL);
}

static void set_up_netns(void)
{
	netns_enter();
}

static void set_up_vcan(void)
{
	stay_on_cpu();
	netns_enter();
	link_add("vcan0", "vcan", 72);
}

static void set_up_vcanxl(void)
{
	stay_on_cpu();
	netns_enter();
	link_add("vcan0", "vcan", 2060);
}

static const struct need {
	const char *word;
	int (*try)(void);
	void (*set_up)(void);
	const char *why;
} needs[] = {
	{ "netns", enter, set_up_netns,
	  "user and network namespaces (CONFIG_USER_NS, CONFIG_NET_NS)" },
	{ "vcan", try_vcan, set_up_vcan,
	  "CONFIG_CAN_VCAN (modprobe vcan) and network namespaces" },
	{ "vcanxl", try_vcanxl, set_up_vcanxl,
	  "CONFIG_CAN_VCAN with CAN XL, since Linux 6.1" },
	{ "can-bus", try_can_bus, NULL,
	  "two controllers can0 and can1 on one bus (tests/vm/run --can-bus)" },
	{ "canfd-bus", try_canfd_bus, NULL,
	  "CAN FD controllers can2 and can3 on one bus (tests/vm/run --can-bus "
	  "--canfd-bus)" },
	{ "vsock-loopback", try_vsock_loopback, NULL,
	  "the VM, and CONFIG_VSOCKETS_LOOPBACK (modprobe vsock_loopback)" },
	{ "vm", try_vm, NULL, "the VM (tests/vm/run)" },
	{ "root", try_root, NULL, "user id 0" },
};

/* A family's scheme. */
static int family_met(const char *word, const char **ret_why)
{
	static struct sfam_caps caps;
	const struct sfam_family *f = sfam_family_by_name(word);

	if (!f) {
		fprintf(stderr, "no such need: %s\n", word);
		abort();
	}
	caps = (struct sfam_caps)SFAM_CAPS_INIT;
	if (sfam_family_probe(f, &caps) == 1)
		return 1;
	*ret_why = caps.remedy;
	return 0;
}

int need_met(const char *word, const char **ret_why)
{
	static int answers[HARNESS_LEN(needs)];	/* 0: not tried, else 1 + met */
	size_t i;

	for (i = 0; i < HARNESS_LEN(needs); i++) {
		if (strcmp(needs[i].word, word) != 0)
			continue;
		if (!answers[i])
			answers[i] = 1 + try_in_child(needs[i].try);
		*ret_why = needs[i].why;
		return answers[i] - 1;
	}
	return family_met(word, ret_why);
}

static int has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *p;

	for (p = list; (p = strstr(p, word)) != NULL; p += n)
		if ((p == list || p[-1] == ' ') && (!p[n] || p[n] == ' '))
			return 1;
	return 0;
}

void need_add_fixtures(TCase *tc, const char *list)
{
	size_t i;

	for (i = 0; list && i < HARNESS_LEN(needs); i++)
		if (needs[i].set_up && has_word(list, needs[i].word))
			tcase_add_checked_fixture(tc, needs[i].set_up, NULL);
}

void netns_enter(void)
{
	ck_assert_ok(enter());
}

void link_add(const char *name, const char *kind, unsigned int mtu)
{
	ck_assert_ok(sfam_link_add(name, kind, NULL, mtu, NULL));
	ck_assert_ok(sfam_link_up(name, NULL));
}

void link_add_pair(const char *name, const char *peer)
{
	ck_assert_ok(sfam_link_add(name, "veth", peer, 0, NULL));
	ck_assert_ok(sfam_link_up(name, NULL));
	ck_assert_ok(sfam_link_up(peer, NULL));
}

void link_del(const char *name)
{
	ck_assert_ok(sfam_link_delete(name, NULL));
}

void link_set_up(const char *name, int up)
{
	ck_assert_ok(up ? sfam_link_up(name, NULL) :
			  sfam_link_down(name, NULL));
}

void stay_on_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
}

void settle(void)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char c;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	ck_assert_int_eq(sendto(fd, "x", 1, 0, (struct sockaddr *)&at, len),
			 1);
	ck_assert_int_eq(recv(fd, &c, 1, 0), 1);
	close(fd);
}
