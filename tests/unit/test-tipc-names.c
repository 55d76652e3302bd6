/* SPDX-License-Identifier: MIT */
/* TIPC's name table and sockets as they are listed, and who may do what. */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "harness.h"
#include "test-tipc.h"

#define LISTS 20
#define NAMES 1000	/* more than one message of a dump has room for */

static int bind_range(int fd, uint32_t type, uint32_t lower, int scope)
{
	struct sockaddr_tipc addr = service(type, 0);

	addr.addrtype = TIPC_SERVICE_RANGE;
	addr.scope = (signed char)scope;
	addr.addr.nameseq.lower = lower;
	addr.addr.nameseq.upper = lower + 1;
	return bind(fd, (struct sockaddr *)&addr, sizeof(addr));
}

static uint32_t ref_of(int fd)
{
	struct sockaddr_tipc addr;
	socklen_t len = sizeof(addr);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	return addr.addr.id.ref;
}

struct seen {
	unsigned char times[NAMES];
	uint32_t scope, ref;
	int wrong;
};

static int see(const struct sfam_tipc_name *n, void *arg)
{
	struct seen *seen = arg;

	if (n->type < SERVICE || n->type >= SERVICE + NAMES / 10)
		return 0;
	if (n->upper != n->lower + 1 || n->lower % 10 || n->lower > 90 ||
	    n->scope != seen->scope || n->ref != seen->ref)
		seen->wrong++;
	else
		seen->times[(n->type - SERVICE) * 10 + n->lower / 10]++;
	return 0;
}

static void check_seen(const struct seen *seen)
{
	size_t i = 0;

	ck_assert_int_eq(seen->wrong, 0);
	while (i < NAMES && seen->times[i] == 1)
		i++;
	ck_assert_msg(i == NAMES, "name %zu: %u times", i, seen->times[i]);
}

static int bind_all(void)
{
	int fd = socket(AF_TIPC, SOCK_RDM | SOCK_CLOEXEC, 0);
	uint32_t i;

	for (i = 0; i < NAMES; i++)
		if (bind_range(fd, SERVICE + i / 10, i % 10 * 10,
			       TIPC_NODE_SCOPE) < 0)
			ck_abort_msg("name %u: no bind", i);
	return fd;
}

START_TEST(names)
{
	struct seen seen = { .scope = TIPC_NODE_SCOPE };
	struct sfam_ctl_diag diag;
	int fd = bind_all();

	seen.ref = ref_of(fd);
	ck_assert_ok(sfam_tipc_list_names(see, &seen, NULL));
	check_seen(&seen);
	memset(&seen, 0, sizeof(seen));	/* of a socket: neither is told */
	ck_assert_ok(sfam_tipc_list_publications(ref_of(fd), see, &seen,
						 NULL));
	check_seen(&seen);
	close(fd);
	ck_assert_err(sfam_tipc_list_publications(1, see, &seen, &diag),
		      ENOENT);
	ck_assert_str_eq(diag.words, "no such socket");
}
END_TEST

/*
 * Binds a name beside each of the others, then unbinds them, until it is
 * killed. A dump that goes on at a name that went stops there.
 */
static void churn(void)
{
	int fd = socket(AF_TIPC, SOCK_RDM | SOCK_CLOEXEC, 0);
	int scope = TIPC_NODE_SCOPE;
	uint32_t i;

	for (;; scope = -scope)
		for (i = 0; i < NAMES; i++)
			bind_range(fd, SERVICE + i / 10, i % 10 * 10 + 5,
				   scope);
}

static int see_churn(const struct sfam_tipc_name *n, void *arg)
{
	return n->lower % 10 == 5 ? 0 : see(n, arg);
}

/* A list is whole, or there is none; whole it is when nothing changes. */
START_TEST(names_that_change)
{
	struct seen seen = { .scope = TIPC_NODE_SCOPE };
	int fd = bind_all();
	pid_t pid = fork();
	int i, r = 0, whole = 0;

	if (pid == 0)
		churn();
	seen.ref = ref_of(fd);
	for (i = 0; i <= LISTS; i++) {
		if (i == LISTS) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
		memset(seen.times, 0, sizeof(seen.times));
		r = sfam_tipc_list_names(see_churn, &seen, NULL);
		if (r == -EAGAIN)
			continue;
		ck_assert_ok(r);
		check_seen(&seen);
		whole++;
	}
	ck_assert_ok(r);
	close(fd);
	printf("%d of %d lists were whole\n", whole, LISTS + 1);
}
END_TEST

struct found {
	uint32_t ref;
	struct sfam_tipc_socket sock;
	int n;
};

static int find(const struct sfam_tipc_socket *s, void *arg)
{
	struct found *found = arg;

	if (s->ref != found->ref)
		return 0;
	found->sock = *s;
	return ++found->n;
}

static struct sfam_tipc_socket socket_of(int fd)
{
	struct found found = { .ref = ref_of(fd) };

	ck_assert_int_eq(sfam_tipc_list_sockets(find, &found, NULL), 1);
	return found.sock;
}

START_TEST(sockets)
{
	struct sockaddr_tipc addr = service(SERVICE, 11);
	struct sfam_tipc_socket s;
	int server = socket(AF_TIPC, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int client = socket(AF_TIPC, SOCK_SEQPACKET | SOCK_CLOEXEC |
			    SOCK_NONBLOCK, 0);
	int child;

	ck_assert_int_eq(bind_range(server, SERVICE, 10, TIPC_NODE_SCOPE), 0);
	ck_assert_int_eq(listen(server, 1), 0);
	ck_assert_uint_eq(socket_of(server).flags, SFAM_TIPC_SOCKET_BOUND);
	ck_assert_uint_eq(socket_of(client).flags, 0);
	connect(client, (struct sockaddr *)&addr, sizeof(addr));
	child = accept(server, NULL, NULL);
	s = socket_of(child);
	ck_assert(s.flags & SFAM_TIPC_SOCKET_CONNECTED);
	ck_assert_uint_eq(s.peer_ref, ref_of(client));
	ck_assert(s.flags & SFAM_TIPC_SOCKET_BY_NAME);
	ck_assert_uint_eq(s.type, SERVICE);
	ck_assert_uint_eq(s.instance, 11);
	close(child);
	close(client);
	close(server);
}
END_TEST

/* ----------------------------------------------------------- permission -- */

static int none(const struct sfam_tipc_name *n, void *arg)
{
	(void)n;
	(void)arg;
	return 0;
}

/* Everything that changes is refused; what reads is not. */
static int is_powerless(void)
{
	static const struct sfam_tipc_properties p =
		SFAM_TIPC_PROPERTIES_INIT;
	const struct sfam_tipc_node node = { 0, 5, { "" } };
	struct sockaddr_storage in = { .ss_family = AF_INET };
	struct sfam_tipc_node now;
	uint32_t n;

	return sfam_tipc_set_node(&node, NULL) == -EPERM &&
	       sfam_tipc_enable_bearer("eth:v0", NULL, NULL) == -EPERM &&
	       sfam_tipc_disable_bearer("eth:v0", NULL) == -EPERM &&
	       sfam_tipc_set_bearer("eth:v0", &p, NULL) == -EPERM &&
	       sfam_tipc_add_remote("udp:x", &in, NULL) == -EPERM &&
	       sfam_tipc_set_media("eth", &p, NULL) == -EPERM &&
	       sfam_tipc_set_link("broadcast-link", &p, NULL) == -EPERM &&
	       sfam_tipc_reset_link("broadcast-link", NULL) == -EPERM &&
	       sfam_tipc_remove_peer(5, NULL) == -EPERM &&
	       sfam_tipc_set_threshold(5, NULL) == -EPERM &&
	       sfam_tipc_get_node(&now, NULL) == 0 &&
	       sfam_tipc_get_threshold(&n, NULL) == 0 &&
	       sfam_tipc_list_names(none, NULL, NULL) == 0;
}

static void no_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	memset(data, 0, sizeof(data));
	if (syscall(SYS_capset, &head, data) < 0)
		_exit(2);
}

/* Root there, but the network namespace is that of another. */
static void foreign_root(void)
{
	if (unshare(CLONE_NEWUSER) < 0)
		_exit(2);
}

static int in_child(void (*become)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		become();
		_exit(is_powerless() ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(permission)
{
	link_add_pair("v0", "v1");
	ck_assert_int_eq(in_child(no_capabilities), 0);
	ck_assert_int_eq(in_child(foreign_root), 0);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ names, "netns tipc" },
		{ names_that_change, "netns tipc" },
		{ sockets, "netns tipc" },
		{ permission, "netns tipc" },
	};

	return harness_run("tipc-names", tests, HARNESS_LEN(tests));
}
