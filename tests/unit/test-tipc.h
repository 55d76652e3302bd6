/* SPDX-License-Identifier: MIT */
/* What the tests of TIPC's control share. */
#ifndef SFAM_TEST_TIPC_H
#define SFAM_TEST_TIPC_H

#include <linux/tipc.h>
#include <string.h>
#include <sys/socket.h>

#define SERVICE 5000

static inline struct sockaddr_tipc service(uint32_t type, uint32_t instance)
{
	struct sockaddr_tipc addr;

	memset(&addr, 0, sizeof(addr));
	addr.family = AF_TIPC;
	addr.addrtype = TIPC_SERVICE_ADDR;
	addr.addr.name.name.type = type;
	addr.addr.name.name.instance = instance;
	return addr;
}

#endif
