/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include <sockfam/sockfam.h>

#include "test-api.h"

void api_can_isotp(void)
{
	static const char text[] = "unix:";
	struct sfam_isotp_opts opts = SFAM_ISOTP_OPTS_INIT;
	struct sfam_isotp_talk talk = SFAM_ISOTP_TALK_INIT;
	struct sfam_isotp_event events[SFAM_ISOTP_EVENTS_MAX];
	struct sfam_isotp_reader reader;
	struct can_frame frame = { .can_id = 0x123 };
	struct sfam_addr addr;
	char bufs[2][8];

	EXPECT(sfam_addr_parse(&addr, text, strlen(text), NULL) == 0);
	EXPECT(sfam_isotp_open(&addr, &opts) == -EINVAL);
	EXPECT(sfam_isotp_set(-1, &opts) == -EBADF);
	EXPECT(sfam_isotp_send(-1, text, 1, 0) == -EBADF);
	EXPECT(sfam_isotp_recv(-1, bufs, sizeof(bufs), 0) == -EBADF);
	EXPECT(sfam_isotp_stmin_byte(1000000) == 1);
	EXPECT(sfam_isotp_stmin_ns(1) == 1000000);
	EXPECT(sfam_isotp_words(-ECOMM) != NULL);
	talk.ids[0] = 0x123;
	talk.ids[1] = 0x321;
	talk.bufs[0] = bufs[0];
	talk.bufs[1] = bufs[1];
	talk.buf_size = sizeof(bufs[0]);
	EXPECT(sfam_isotp_reader_init(&reader, &talk) == 0);
	EXPECT(sfam_isotp_reader_feed(&reader, &frame, sizeof(frame), 0,
				      events) == 1);
	EXPECT(sfam_isotp_reader_end(&reader, events) == 0);
}
