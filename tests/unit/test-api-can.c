/* SPDX-License-Identifier: MIT */
/* Symbols of what becomes of sent CAN frames: each is called once. */
#include <errno.h>
#include <time.h>

#include <sockfam/sockfam.h>

#include "test-api.h"

static void can_confirm(void)
{
	struct sfam_can_confirmer *c = sfam_can_confirmer_new(1, 0);
	struct sfam_can_receiver *r = sfam_can_receiver_new(1, 0);
	struct can_frame frame = { .can_id = 1 };
	const struct iovec iov = { &frame, sizeof(frame) };
	const struct sfam_can_record rec = { .flags = 0 };
	uint64_t number;

	EXPECT(sfam_can_confirmer_send(-1, c, &iov, 1, &number, 0) == -EBADF);
	EXPECT(sfam_can_confirmer_take(c, &rec, &number) == 0);
	EXPECT(sfam_can_confirmer_waiting(c, NULL) == 0);
	EXPECT(sfam_can_confirmer_wait(-1, c, r, 0) == 0);
	EXPECT(sfam_can_confirmer_forget(c) == 0);
	EXPECT(sfam_can_confirmer_free(c) == NULL);
	EXPECT(sfam_can_receiver_free(r) == NULL);
}

static void can_txtime(void)
{
	struct can_frame frame = { .can_id = 1 };
	const struct iovec iov = { &frame, sizeof(frame) };
	const int64_t time_ns = 0;
	struct sfam_can_late late;
	size_t sent;

	EXPECT(sfam_can_set_txtime(-1, CLOCK_TAI) == -EBADF);
	EXPECT(sfam_can_send_at(-1, &iov, &time_ns, 1, 0, &sent) == -EBADF);
	EXPECT(sfam_can_late(-1, &late, &frame, sizeof(frame)) == -EBADF);
}

void api_can_sent(void)
{
	can_confirm();
	can_txtime();
}
