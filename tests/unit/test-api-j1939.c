/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include <sockfam/sockfam.h>

#include "test-api.h"

void api_can_j1939(void)
{
	struct sfam_j1939_id id = { .prio = 6, .pgn = 0xfeca, .dst = 0xff };
	struct sfam_j1939_name name = { .identity = 1 };
	struct sfam_j1939_claim_message message;
	struct sfam_j1939_claim claim;
	struct sfam_j1939_event event;
	uint32_t can_id;
	uint64_t number;
	char buf[8];

	EXPECT(sfam_j1939_id_pack(&can_id, &id) == 0);
	EXPECT(sfam_j1939_id_unpack(&id, can_id) == 0);
	EXPECT(sfam_j1939_name_pack(&number, &name) == 0);
	sfam_j1939_name_unpack(&name, number);
	EXPECT(name.identity == 1);
	EXPECT(sfam_j1939_set_options(-1, 0, SFAM_J1939_OPT_PROMISC) == -EBADF);
	EXPECT(sfam_j1939_set_filters(-1, NULL, 0) == -EBADF);
	EXPECT(sfam_j1939_set_priority(-1, 6) == -EBADF);
	EXPECT(sfam_j1939_send(-1, "", 1, NULL, 0) == -EBADF);
	EXPECT(sfam_j1939_recv(-1, &event, buf, sizeof(buf), 0) == -EBADF);
	EXPECT(sfam_j1939_abort_words(-EPROTO) != NULL);
	EXPECT(sfam_j1939_claim_init(&claim, 1, NULL, 0) == 0);
	EXPECT(sfam_j1939_claim_run(&claim, -1, 0) == -EBADF);
	EXPECT(sfam_j1939_claim_step(&claim, NULL, 0, &message) == 1);
	EXPECT(sfam_j1939_claim_release(&claim, -1) == -EBADF);
}
