/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include <sockfam/sockfam.h>

#include "test-api.h"

/* Nothing here connects, listens or binds: this may be anybody's machine. */
void api_vsock(void)
{
	const struct sfam_vsock_connect_opts opts = {
		.size = sizeof(opts), .timeout_ns = 0,
	};
	struct sfam_vsock_caps caps = { .size = 0 };
	struct sfam_vsock_allow allow;
	struct sfam_vsock_buffer buffer;
	struct sfam_vsock_zerocopy z = { .fd = -1 };
	struct sfam_vsock_fault fault;
	struct sfam_vsock_addr addr;
	char text[SFAM_ADDR_STRLEN];
	struct sfam_addr at;
	uint32_t cid, port;
	uint64_t bytes;
	int r;

	EXPECT(sfam_vsock_parse(&addr, "vsock:3:5", 9, NULL) == 0);
	EXPECT(sfam_vsock_addr_get(&addr.at, &cid, &port) == 0);
	EXPECT(cid == 3 && port == 5);
	EXPECT(sfam_vsock_parse(&addr, "vsock:/no/such:5", 16, NULL) == 0);
	EXPECT(sfam_vsock_format(&addr, text, sizeof(text)) == 16);
	EXPECT(sfam_vsock_listen_addr(&at, &addr) == 0);
	EXPECT(sfam_vsock_connect(&addr, &opts, &fault) == -ETIMEDOUT);
	sfam_vsock_explain(&addr, -ECONNRESET, &fault);
	EXPECT(fault.why == SFAM_VSOCK_REFUSED);
	EXPECT(sfam_vsock_allow_parse(&allow, "3,5-9,host", 10, NULL) == 0);
	EXPECT(sfam_vsock_allow_has(&allow, 2) == 1);
	r = sfam_vsock_local_cid(&cid);
	EXPECT(r == 0 || r < 0);
	EXPECT(sfam_vsock_probe(&caps) == -EINVAL);
	EXPECT(sfam_vsock_buffer_get(-1, &buffer) == -EBADF);
	EXPECT(sfam_vsock_buffer_set(-1, 1, NULL) == -EBADF);
	EXPECT(sfam_vsock_unsent(-1, &bytes) == -EBADF);
	EXPECT(sfam_vsock_waiting(-1, &bytes) == -EBADF);
	EXPECT(sfam_vsock_zerocopy_init(&z, -1) == -EBADF);
	EXPECT(sfam_vsock_zerocopy_send(&z, "x", 1, 0, NULL) == -EBADF);
	EXPECT(sfam_vsock_zerocopy_wait(&z, 0) == 0);
}
