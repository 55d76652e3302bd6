/* SPDX-License-Identifier: MIT */
#include "veth.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>

#include "bench.h"

static void run_ip(const char *arguments)
{
	char command[128];

	snprintf(command, sizeof(command), "ip link %s", arguments);
	if (system(command) != 0)
		die(command);
}

void add_veth(void)
{
	run_ip("add bench0 type veth peer name bench1");
	run_ip("set bench0 up");
	run_ip("set bench1 up");
}

void del_veth(void)
{
	run_ip("del bench0");
}

int open_packet(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("AF_PACKET");
	return fd;
}

int bind_packet(int fd, const char *name, uint16_t type)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(type),
		.sll_ifindex = (int)if_nametoindex(name),
	};

	if (bind(fd, (struct sockaddr *)&ll, sizeof(ll)) < 0)
		die(name);
	return fd;
}

void set_option(int fd, int name, const void *value, socklen_t len)
{
	if (setsockopt(fd, SOL_PACKET, name, value, len) < 0)
		die("setsockopt");
}

void send_by_sendmmsg(int fd, struct iovec iovs[BATCH], size_t n)
{
	static struct mmsghdr msgs[BATCH];
	size_t sent, i;
	int r;

	for (i = 0; i < BATCH; i++) {
		msgs[i].msg_hdr.msg_iov = &iovs[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	for (sent = 0; sent < n; sent += (size_t)r) {
		i = n - sent < BATCH ? n - sent : BATCH;
		r = sendmmsg(fd, msgs, (unsigned int)i, 0);
		if (r < 0)
			die("sendmmsg");
	}
}
