/* SPDX-License-Identifier: MIT */
/* TIPC: a message there and back, and one to all of a group. */
#include "bench.h"

#include <errno.h>
#include <linux/tipc.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/tipc.h>

#define CALLS 4000
#define BARE_MAX 1.05		/* the library to the bare calls */
#define MEMBERS 4

static char buf[64];
static int fd[MEMBERS];

static void bare_send(int from, const struct sockaddr_tipc *to)
{
	if (sendto(from, buf, sizeof(buf), MSG_NOSIGNAL,
		   (const struct sockaddr *)to, to ? sizeof(*to) : 0) < 0)
		die("sendto");
}

/* What sfam_tipc_recv() finds out, by hand. */
struct bare_received {
	struct sockaddr_tipc from[2];
	uint32_t error[2];
	uint32_t name[3];
	const void *returned;
	int event;
};

static void bare_control(struct bare_received *got, struct msghdr *msg)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_TIPC)
			continue;
		if (c->cmsg_type == TIPC_ERRINFO)
			memcpy(got->error, CMSG_DATA(c), sizeof(got->error));
		else if (c->cmsg_type == TIPC_RETDATA)
			got->returned = CMSG_DATA(c);
		else if (c->cmsg_type == TIPC_DESTNAME)
			memcpy(got->name, CMSG_DATA(c), sizeof(got->name));
	}
}

static void bare_recv(int at, struct bare_received *got)
{
	size_t control[(CMSG_SPACE(8) + CMSG_SPACE(1024) + CMSG_SPACE(12)) /
		       sizeof(size_t)];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = {
		.msg_name = got->from,
		.msg_namelen = sizeof(got->from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	memset(got, 0, sizeof(*got));
	if (recvmsg(at, &msg, 0) != sizeof(buf) || msg.msg_flags & MSG_TRUNC)
		die("recvmsg");
	bare_control(got, &msg);
	got->event = (msg.msg_flags & MSG_OOB) != 0;
	if (got->event || got->error[0])
		die("not a message");
}

static void our_send(int from, const struct sfam_addr *to)
{
	if (sfam_tipc_send(from, to, buf, sizeof(buf), -1) != sizeof(buf))
		die("sfam_tipc_send");
}

static void our_recv(int at, struct sfam_tipc_received *got)
{
	if (sfam_tipc_recv(at, buf, sizeof(buf), got, -1) < 0 ||
	    got->len != sizeof(buf))
		die("sfam_tipc_recv");
}

static struct sfam_addr address(uint32_t instance)
{
	const struct sockaddr_tipc tipc = {
		.family = AF_TIPC,
		.addrtype = TIPC_SERVICE_ADDR,
		.scope = TIPC_NODE_SCOPE,
		.addr.name.name = { 5000, instance },
	};
	struct sfam_addr addr;

	if (sfam_addr_from_sockaddr(&addr, sfam_family_by_name("tipc"),
				    SOCK_RDM, 0, &tipc, sizeof(tipc),
				    NULL) < 0)
		die("address");
	return addr;
}

static struct sfam_addr service;
static struct sockaddr_tipc bare_service;

static void bare_echo(size_t i)
{
	struct bare_received got;

	(void)i;
	bare_send(fd[0], &bare_service);
	bare_recv(fd[1], &got);
	bare_send(fd[1], got.from);
	bare_recv(fd[0], &got);
}

static void our_echo(size_t i)
{
	struct sfam_tipc_received got;

	(void)i;
	our_send(fd[0], &service);
	our_recv(fd[1], &got);
	our_send(fd[1], &got.from);
	our_recv(fd[0], &got);
}

static void bare_broadcast(size_t i)
{
	struct bare_received got;
	int n;

	(void)i;
	bare_send(fd[0], NULL);
	for (n = 1; n < MEMBERS; n++)
		bare_recv(fd[n], &got);
}

static void our_broadcast(size_t i)
{
	struct sfam_tipc_received got;
	int n;

	(void)i;
	our_send(fd[0], NULL);
	for (n = 1; n < MEMBERS; n++)
		our_recv(fd[n], &got);
}

static void none(size_t i)
{
	(void)i;
}

static void compare(const char *item, void (*bare)(size_t i),
		    void (*ours)(size_t i))
{
	double floor = count_calls(bare, none, CALLS);
	double cost = count_calls(ours, none, CALLS);

	show_row(&(struct row){ item, floor, cost, NONE });
	set_limit(item, "ours/floor", cost / floor, BARE_MAX);
}

static void open_all(void)
{
	int i;

	for (i = 0; i < MEMBERS; i++) {
		fd[i] = socket(AF_TIPC, SOCK_RDM | SOCK_CLOEXEC, 0);
		if (fd[i] < 0)
			die("socket");
	}
}

static void close_all(void)
{
	int i;

	for (i = 0; i < MEMBERS; i++)
		close(fd[i]);
}

/* All know of all before the first message. */
static void join_all(void)
{
	struct sfam_tipc_received got;
	struct sfam_addr member;
	int i, j;

	for (i = 0; i < MEMBERS; i++) {
		member = address((uint32_t)i);
		if (sfam_tipc_group_join(fd[i], &member,
					 SFAM_TIPC_GROUP_EVENTS) < 0)
			die("sfam_tipc_group_join");
	}
	for (i = 0; i < MEMBERS; i++)
		for (j = 1; j < MEMBERS; j++)
			if (sfam_tipc_recv(fd[i], buf, sizeof(buf), &got,
					   -1) < 0 ||
			    got.kind != SFAM_TIPC_JOINED)
				die("joining");
}

void bench_tipc(void)
{
	show_heading("TIPC, 64 bytes, within a node");
	open_all();
	service = address(1);
	memcpy(&bare_service, &service.storage, sizeof(bare_service));
	if (sfam_tipc_bind(fd[1], &service, 0, 0) < 0)
		die("sfam_tipc_bind");
	compare("message echo", bare_echo, our_echo);
	close_all();
	open_all();
	join_all();
	compare("group broadcast to 3", bare_broadcast, our_broadcast);
	close_all();
}
