/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "test-api.h"

void api_tipc(void)
{
	const struct sfam_tipc_subscription sub = { 64, 2, 1, 0, 0, 0 };
	struct sfam_tipc_received got;
	struct sfam_tipc_event event;
	struct sfam_addr addr;
	char c;
	int fd;

	EXPECT(sfam_addr_parse(&addr, "tipc:socket:0:1", 15, NULL) == 0);
	EXPECT(sfam_tipc_bind(-1, &addr, 0, 0) == -EINVAL);
	EXPECT(sfam_tipc_unbind(-1, NULL) == -EBADF);
	EXPECT(sfam_tipc_send(-1, NULL, "x", 1, 0) == -EBADF);
	EXPECT(sfam_tipc_connect_send(-1, &addr, "x", 1, 0) == -EBADF);
	EXPECT(sfam_tipc_recv(-1, &c, 1, &got, 0) == -EBADF);
	/* It may be there at once. */
	fd = sfam_tipc_topology_open(0);
	if (fd >= 0)
		close(fd);
	EXPECT(sfam_tipc_subscribe(-1, &sub) == -EINVAL);
	EXPECT(sfam_tipc_unsubscribe(-1, &sub) == -EINVAL);
	EXPECT(sfam_tipc_event_recv(-1, &event, 0) == -EBADF);
	EXPECT(sfam_tipc_wait(&addr, 0) == -EINVAL);
	EXPECT(sfam_tipc_group_join(-1, &addr, 0) == -EINVAL);
	EXPECT(sfam_tipc_group_leave(-1) == -EBADF);
}
