/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include <sockfam/sockfam.h>

#include "test-api.h"

void api_can_bcm(void)
{
	struct can_frame frame = { .can_id = 0x123 };
	struct iovec iov = { &frame, sizeof(frame) };
	struct sfam_bcm_task task = SFAM_BCM_TASK_INIT;
	struct sfam_bcm_watch watch = SFAM_BCM_WATCH_INIT;
	struct sfam_bcm_chain chain = { 0, 0, &iov, 1, 1000, 0 };
	struct sfam_bcm_event event;

	task.frames = &iov;
	task.n = 1;
	task.then_ns = 1000;
	EXPECT(sfam_bcm_task_start(-1, &task) == -EBADF);
	EXPECT(sfam_bcm_task_change(-1, &task) == -ENOENT);
	EXPECT(sfam_bcm_task_ask(-1, &task) == -EBADF);
	EXPECT(sfam_bcm_task_stop(-1, &task) == -EBADF);
	EXPECT(sfam_bcm_chain_next(-1, &chain, 0) == -EBADF);
	EXPECT(sfam_bcm_watch_start(-1, &watch) == -EBADF);
	EXPECT(sfam_bcm_watch_ask(-1, &watch) == -EBADF);
	EXPECT(sfam_bcm_watch_stop(-1, &watch) == -EBADF);
	EXPECT(sfam_bcm_recv(-1, &event, &frame, sizeof(frame), 0) == -EBADF);
}
