/* SPDX-License-Identifier: MIT */
/*
 * Messages of the broadcast manager, whose layout follows the kernel's long
 * and not the program's. Watches of all interfaces need none to be there.
 */
#include "test-bits.h"

static uint32_t buf[SFAM_BCM_BUF_SIZE / 4];

static void check_watch(int fd, const struct sfam_bcm_watch *w)
{
	struct sfam_bcm_event e;
	size_t i;

	EXPECT(sfam_bcm_watch_start(fd, w) == 0);
	EXPECT(sfam_bcm_watch_ask(fd, w) == 0);
	memset(&e, 0, sizeof(e));
	EXPECT(sfam_bcm_recv(fd, &e, buf, sizeof(buf), 0) == 0);
	EXPECT(e.kind == SFAM_BCM_WATCH && e.id == w->id);
	EXPECT(e.flags == w->flags && e.n == w->n);
	EXPECT(e.first_ns == w->timeout_ns && e.then_ns == w->throttle_ns);
	for (i = 0; i < e.n; i++)
		EXPECT(memcmp((const char *)buf + i * e.frame_size,
			      w->frames[i].iov_base, e.frame_size) == 0);
}

/* A message of a task, which is refused only after it was understood. */
static void refused_task(int fd, const struct iovec *frames)
{
	struct sfam_bcm_task t = SFAM_BCM_TASK_INIT;

	t.frames = frames;
	t.n = 2;
	t.then_ns = 1000;
	EXPECT(sfam_bcm_task_start(fd, &t) == -ENODEV);
	EXPECT(sfam_bcm_task_ask(fd, &t) == -ENOENT);
}

void bcm(void)
{
	struct can_frame frames[2] = { { .can_id = 1, .len = 8 },
				       { .can_id = 2, .len = 8 } };
	struct iovec iov[2] = { { &frames[0], sizeof(frames[0]) },
				{ &frames[1], sizeof(frames[1]) } };
	struct sfam_bcm_watch w = SFAM_BCM_WATCH_INIT;
	struct sfam_bcm_event e;
	int fd = sfam_open_text("can-bcm:", 8, SFAM_OPEN_CONNECT, NULL, NULL);

	if (fd < 0) {
		EXPECT(getenv("SFAM_IN_VM") == NULL);
		return;
	}
	memset(frames[0].data, 0x5a, 8);
	memset(frames[1].data, 1, 8);
	w.id = 0x123;
	w.frames = iov;
	w.n = 2;
	w.flags = SFAM_BCM_LENGTH;
	w.timeout_ns = INT64_C(3600000001000);
	w.throttle_ns = SFAM_BCM_MAX_NS;
	check_watch(fd, &w);
	w.n = 1;
	check_watch(fd, &w);
	w.n = 0;
	w.timeout_ns = 5000000;
	EXPECT(sfam_bcm_watch_start(fd, &w) == 0);
	EXPECT(sfam_bcm_recv(fd, &e, NULL, 0, INT64_C(300000000000)) == 0);
	EXPECT(e.kind == SFAM_BCM_TIMEOUT && e.first_ns == 5000000);
	EXPECT(sfam_bcm_watch_stop(fd, &w) == 0);
	EXPECT(sfam_bcm_watch_stop(fd, &w) == -ENOENT);
	refused_task(fd, iov);
	close(fd);
}
